package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"tengdi/geo"
	"tengdi/geo/postgis/local"
	"tengdi/tiles"
	"tengdi/web"
)

type serveCmd struct {
	databaseFlags
	signOnFlags
	Listen     string         `help:"Address to listen on; port 0 takes a free one." default:"127.0.0.1:8080" env:"TENGDI_LISTEN"`
	Demo       bool           `help:"Fill an empty database with the demo district and print the demo logins." env:"TENGDI_DEMO"`
	Secure     bool           `help:"Cookies for HTTPS only (set it behind a TLS proxy)." env:"TENGDI_SECURE"`
	Files      string         `help:"Folder of the papers in files; servers that share a database share it. Default: files in the data folder." type:"path" env:"TENGDI_FILES"`
	Archives   string         `help:"Folder of PMTiles files of the public's map, handed out under /archives. Default: archives in the data folder." type:"path" env:"TENGDI_ARCHIVES"`
	Overlays   string         `help:"Folder of layers over the map, GeoJSON and PMTiles, handed out under /overlays. Default: overlays in the data folder." type:"path" env:"TENGDI_OVERLAYS"`
	Maps       string         `help:"Folder in which the maps are kept for a fast start, for this server alone; off = nowhere. Default: maps in the data folder." env:"TENGDI_MAPS"`
	Metrics    string         `help:"Address on which GET /metrics answers Prometheus, without a login and with figures of the staff map: one that the public cannot reach, such as 127.0.0.1:9090. Default: none." env:"TENGDI_METRICS"`
	TileMemory byteSize       `help:"Memory for the geometry of both maps together, such as 512MiB; what has no room is in files in the folder of the maps, or with --maps off in the database, and read when it is needed. 0 = all in memory." default:"0" env:"TENGDI_TILE_MEMORY"`
	TrustProxy []netip.Prefix `help:"Addresses (CIDR) of proxies whose X-Forwarded-For is believed." env:"TENGDI_TRUST_PROXY"`
	EmbedBy    []string       `help:"Sites that may show the public's map (/embed) in a frame, as origins such as https://www.example.cn; * = any, none = no site." default:"*" env:"TENGDI_EMBED_BY"`
	Log        string         `help:"Log level: debug, info, warn, error." default:"info" enum:"debug,info,warn,error" env:"TENGDI_LOG"`
}

// drainTime is how long requests may finish after a signal.
const drainTime = 15 * time.Second

// Run serves until ctx ends, then drains and stops the private cluster.
func (c *serveCmd) Run(ctx context.Context) error {
	log := c.logger()
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return c.cannotListen(err)
	}
	defer listener.Close()
	var figures net.Listener
	if c.Metrics != "" {
		if figures, err = net.Listen("tcp", c.Metrics); err != nil {
			return fmt.Errorf("指标地址 %s 不可用 / cannot listen on %[1]s for metrics: %w", c.Metrics, err)
		}
		defer figures.Close()
	}
	db, err := c.open(ctx, openOptions{migrate: true, create: true, serving: true})
	if err != nil {
		return err
	}
	defer db.close()
	if c.Demo {
		if err := fillDemo(ctx, db.store); err != nil {
			return err
		}
	}
	site, err := c.newSite(ctx, db, log)
	if err != nil {
		return err
	}
	if err := site.run(ctx, db, listener, figures); err != nil {
		return err
	}
	fmt.Println("Tengdi 已停止 / stopped.")
	return nil
}

// cannotListen says who has the address, when that is a service on the same data.
func (c *serveCmd) cannotListen(err error) error {
	if _, running := local.Attach(c.Data); running && c.DatabaseURL == "" {
		return geo.Errorf(geo.Conflict,
			"Tengdi already runs on %s; stop it first, or serve another folder on another address: --data DIR --listen 127.0.0.1:0",
			"%s 上的腾地已在运行；请先停止，或换目录和地址：--data 目录 --listen 127.0.0.1:0", c.Data)
	}
	return fmt.Errorf("地址 %s 不可用，可换一个 / cannot listen on %[1]s, take another address: --listen 127.0.0.1:0: %w", c.Listen, err)
}

// archives is the folder of the archives.
func (c *serveCmd) archives() string {
	if c.Archives != "" {
		return c.Archives
	}
	return archivesIn(c.Data)
}

// openArchives makes the folder of the data folder, so that files can be put there
// while the service runs. One that was named is somebody else's to make. That it
// cannot be made is no reason not to serve.
func (c *serveCmd) openArchives(log *slog.Logger) {
	if c.Archives != "" {
		return
	}
	if err := os.MkdirAll(c.archives(), 0o700); err != nil {
		log.Warn("there is no folder for archives", "folder", c.archives(), "error", err)
	}
}

func (c *serveCmd) logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// site is a running service: the HTTP server and the followers behind it.
type site struct {
	server  *web.Server
	feeds   []*mapFeed
	papers  *papers
	figures http.Handler // of Prometheus; never on the site itself
	log     *slog.Logger
	demo    bool
}

func (c *serveCmd) newSite(ctx context.Context, db *database, log *slog.Logger) (*site, error) {
	district, err := db.store.District(ctx)
	if err != nil {
		return nil, err
	}
	s := &site{log: log, demo: district.Demo}
	if err := c.openSpill(); err != nil {
		return nil, err
	}
	c.openArchives(log)
	c.openOverlays(ctx, log, district.Demo)
	hub := web.NewHub()
	sets, engines := map[geo.Audience]web.Tileset{}, map[geo.Audience]*tiles.Engine{}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		engine, err := tiles.New(tiles.SpecOf(aud), c.tileMemory(aud, db.store))
		if err != nil {
			return nil, err
		}
		sets[aud], engines[aud] = engine, engine
		file := openMapFile(ctx, c.maps(), aud, db.store, log)
		s.feeds = append(s.feeds, &mapFeed{aud: aud, store: db.store, engine: engine, hub: hub, log: log, file: file})
	}
	if s.papers, err = openPapers(c.Files, c.Data); err != nil {
		return nil, err
	}
	provider, err := c.provider()
	if err != nil {
		return nil, err
	}
	s.server, err = web.New(web.Config{
		TwoFactor:      c.twoFactor(district.Demo),
		OIDC:           provider,
		Files:          s.papers,
		Archives:       c.archives(),
		Overlays:       c.overlays(),
		Store:          db.store,
		Tilesets:       sets,
		Hub:            hub,
		Importer:       &importer{store: db.store},
		FeedFailing:    db.store.FeedFailing,
		Logger:         log,
		Version:        version,
		Secure:         c.Secure,
		TrustedProxies: c.TrustProxy,
		Frames:         c.EmbedBy,
		DemoLogins:     demoLogins(district.Demo),
	})
	if err != nil {
		return nil, err
	}
	m := &metrics{engines: engines, failing: db.store.FeedFailing, readers: hub.ReadersOf, answered: s.server.Answered}
	s.figures, err = m.handler(log)
	return s, err
}

// maps is the folder in which the maps are kept.
func (c *serveCmd) maps() string {
	if c.Maps == "" {
		return filepath.Join(c.Data, "maps")
	}
	return c.Maps
}

// run loads the maps, serves and follows; figures is where the metrics are, nil for
// nowhere. The first part that fails ends the rest.
func (s *site) run(ctx context.Context, db *database, listener, figures net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	srv := s.server.HTTPServer()
	group.Go(func() error {
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	if figures != nil {
		group.Go(func() error { return serveMetrics(ctx, figures, s.figures, s.log) })
	}
	group.Go(func() error { return s.follow(ctx, listener.Addr().String()) })
	group.Go(func() error { return s.papers.sweep(ctx, db.store, s.log) })
	group.Go(func() error { return (&clocks{store: db.store, log: s.log, period: clockPeriod}).run(ctx) })
	if db.cluster != nil {
		group.Go(func() error {
			select {
			case err := <-db.cluster.Done():
				return err
			case <-ctx.Done():
				return nil
			}
		})
	}
	group.Go(func() error {
		<-ctx.Done()
		s.server.Drain()
		// The parent has ended; draining has its own time.
		down, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if err := srv.Shutdown(down); err != nil {
			return srv.Close()
		}
		return nil
	})
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// beginAll takes or loads the maps of all audiences at the same time. The first
// that cannot be had ends the others.
func beginAll(ctx context.Context, feeds []*mapFeed) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, f := range feeds {
		group.Go(func() error { return f.begin(ctx) })
	}
	return group.Wait()
}

// follow loads each audience's map, says that the service is there, and keeps
// the maps equal to the database.
func (s *site) follow(ctx context.Context, addr string) error {
	if err := beginAll(ctx, s.feeds); err != nil {
		return err
	}
	s.greet(addr)
	group, ctx := errgroup.WithContext(ctx)
	for _, f := range s.feeds {
		group.Go(func() error { return f.run(ctx) })
	}
	group.Go(func() error {
		for _, f := range s.feeds {
			if f.engine.Prepare(ctx) != nil {
				return nil // the service ends: the next start reads everything again
			}
		}
		s.keepMaps(ctx)
		return nil
	})
	return group.Wait()
}

// keepMaps keeps the maps for the next start, now and then and at the end, one
// after the other.
func (s *site) keepMaps(ctx context.Context) {
	every := time.NewTicker(saveMapsEvery)
	defer every.Stop()
	for over := false; ; {
		for _, f := range s.feeds {
			f.keep()
		}
		if over {
			return
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			over = true
		}
	}
}

// greet prints the address, and on a demo the logins, once the map is there.
func (s *site) greet(addr string) {
	fmt.Printf("Tengdi is at http://%s\n", reachable(addr))
	if s.demo {
		fmt.Println("示例数据 / demo data. 登录 / logins:")
		for _, l := range demoLogins(true) {
			fmt.Printf("  %-10s %-16s %s\n", l.Login, l.Password, l.Name)
		}
	}
	fmt.Println("Ctrl-C 停止 / stops it.")
}

// reachable turns the address of a listener on all interfaces into one that a
// browser on this machine can open.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
