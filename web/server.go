package web

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"tengdi/geo"
)

// Store is what the web floor needs of the database. *postgis.Store satisfies
// it. Each resource declares its own part beside its handlers.
type Store interface {
	Pinger
	DistrictReader
	ReferenceReader
	FeatureReader
	HistoryReader
	Searcher
	Summarizer
	FacetCounter
	MoveCounter
	RemainsReader
	AccountStore
	SessionStore

	ViewerReader
	AccessNoter
	Mover
	Drafter
	Recorder
	Filer
	Auditor
	Worker
	BoardReader
	SettingsKeeper
	ListingStore
	OutlineReader
	NameReader
}

// Config is what a Server is made of. The zero value of a field has the
// meaning that its comment gives.
type Config struct {
	Store    Store                    // required
	Tilesets map[geo.Audience]Tileset // required: one for each audience
	Hub      *Hub                     // required: the caller publishes changes to it
	Importer Importer                 // nil = imports answer 503
	Files    FileKeeper               // nil = papers answer 503
	Archives string                   // folder of PMTiles files for everybody; "" = none
	Overlays string                   // folder of layers over the map; "" = none

	FeedFailing func(geo.Audience) time.Duration // how long the change feed has not got on; nil = never

	Logger  *slog.Logger     // nil = slog.Default()
	Now     func() time.Time // nil = time.Now
	Version string           // shown by /api/district and /api

	TwoFactor bool  // roles that should have a second factor cannot work without one
	OIDC      *OIDC // sign-on by an identity provider; nil = none

	Frames         []string       // origins that may show /embed in a frame; AnySite or none given = any, NoSite = no site
	DemoLogins     []DemoLogin    // shown to everybody; only for a demo instance
	TrustedProxies []netip.Prefix // whose X-Forwarded-For and -Proto are believed; none = nobody's
	Secure         bool           // browsers reach us by https: __Host- cookie, HSTS
	Assets         fs.FS          // the built front end; nil = the embedded one
	TempDir        string         // for uploads; "" = the system's
	Limits         Limits         // zero fields take DefaultLimits
}

// Server answers HTTP. Make it with New.
type Server struct {
	cfg            Config
	log            *slog.Logger
	now            func() time.Time
	handler        http.Handler
	routes         []route
	sessions       *sessions
	logins         *logins
	oidc           *provider // nil = none
	district       *districtCache
	reference      *kept[referenceBody]
	boards         *boardCache
	histograms     *boardCache // apart, so that the public cannot push out the board
	assets         *assets
	clients        *buckets // requests by client address
	programs       *buckets // requests by token
	gate           *gate    // tile builds
	archives       *archives
	overlays       *overlays
	boardOutlines  *kept[boardLayer]
	books          books
	drawings       *drawings // pictures of parcels
	enquiries      *buckets  // enquiries of a client
	enquiriesInAll *buckets
	imports        chan struct{} // one token for each import that may run
	uploads        chan struct{} // and for each paper that may come in
	frames         string        // who may show /embed in a frame, as policies write it
	openAPI        []byte
	answered       answered
	draining       atomic.Bool
}

// New checks the configuration and builds the server. It starts nothing.
func New(cfg Config) (*Server, error) {
	if cfg.Store == nil || cfg.Hub == nil {
		return nil, errors.New("web: a server needs a store and a hub")
	}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		if cfg.Tilesets[aud] == nil {
			return nil, errors.New("web: a server needs the tileset " + string(aud))
		}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Limits = cfg.Limits.withDefaults()
	files, err := loadAssets(cfg.Assets)
	if err != nil {
		return nil, err
	}
	frames, err := frameAncestors(cfg.Frames)
	if err != nil {
		return nil, err
	}
	s := &Server{
		frames:         frames,
		cfg:            cfg,
		log:            cfg.Logger,
		now:            cfg.Now,
		sessions:       newSessions(cfg.Store, cfg.Store, cfg.Secure, cfg.TwoFactor, cfg.Now),
		logins:         newLogins(cfg.Now, cfg.Store),
		district:       newDistrictCache(cfg.Store, cfg.Now),
		reference:      newReferenceCache(cfg.Store, cfg.Now),
		boards:         newBoardCache(),
		histograms:     newBoardCache(),
		assets:         files,
		clients:        newBuckets(cfg.Limits.RequestsPerSecond, cfg.Limits.RequestBurst, cfg.Limits.Clients, cfg.Now),
		programs:       newBuckets(cfg.Limits.TokenRequestsPerSecond, cfg.Limits.TokenRequestBurst, cfg.Limits.Clients, cfg.Now),
		archives:       newArchives(cfg.Archives),
		overlays:       newOverlays(cfg.Overlays, cfg.Logger),
		boardOutlines:  newBoardOutlines(cfg.Store, cfg.Now),
		drawings:       newDrawings(),
		enquiries:      newBuckets(cfg.Limits.EnquiriesPerHour/3600, cfg.Limits.EnquiriesPerHour, cfg.Limits.Clients, cfg.Now),
		enquiriesInAll: newBuckets(cfg.Limits.EnquiriesInAll/3600, cfg.Limits.EnquiriesInAll, 1, cfg.Now),
		gate:           newGate(2*runtime.GOMAXPROCS(0), max(1, runtime.GOMAXPROCS(0)-1), cfg.Limits.WaitingTiles, cfg.Limits.WaitingTilesPerClient),
		imports:        make(chan struct{}, cfg.Limits.Imports),
		uploads:        make(chan struct{}, cfg.Limits.Uploads),
	}
	if cfg.OIDC != nil {
		if s.oidc, err = newProvider(*cfg.OIDC, cfg.Now); err != nil {
			return nil, err
		}
	}
	s.routes = s.table()
	if s.openAPI, err = s.describe(); err != nil {
		return nil, err
	}
	s.handler = s.router()
	return s, nil
}

// Handler is the whole site.
func (s *Server) Handler() http.Handler { return s.handler }

// HTTPServer wraps the handler with the time and size limits of the site; the
// caller gives it an address or a listener. Long answers and uploads lift the
// read and write limits for themselves.
func (s *Server) HTTPServer() *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// Drain begins the end: /readyz answers 503 from now on, open live streams are
// told when to come back and are closed, new ones are refused. The caller then
// lets http.Server.Shutdown wait for the rest.
func (s *Server) Drain() {
	s.draining.Store(true)
	s.cfg.Hub.Drain()
}

// logFailure writes what went wrong, with the id that the caller was given.
func (s *Server) logFailure(r *http.Request, status int, err error) {
	s.log.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelError, "request failed",
		slog.Int("status", status),
		slog.String("method", r.Method),
		slog.String("route", routePattern(r)),
		slog.String("request_id", requestID(r.Context())),
		slog.Any("error", err))
}
