package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/local"
	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// mover commits transitions of one project past the service, to and fro.
type mover struct {
	url   string
	store *postgis.Store
	code  string
	id    int64
	at    orb.Point
	now   string
}

// open connects as soon as the database is there, and finds a project that the
// public sees too.
func (m *mover) open(t *testing.T) {
	t.Helper()
	if m.store != nil {
		m.store.Close()
	}
	deadline := time.Now().Add(time.Minute)
	for {
		var err error
		if m.store, err = postgis.Open(t.Context(), postgis.Options{URL: m.url, Private: true}); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the database did not come back: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if m.code != "" {
		return
	}
	conn, err := pgx.Connect(t.Context(), m.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	err = conn.QueryRow(t.Context(), `
		select code, id, st_x(geom), st_y(geom), status
		from land.project
		where status = 'landed' and geom is not null
		order by code
		limit 1`).Scan(&m.code, &m.id, &m.at[0], &m.at[1], &m.now)
	if err != nil {
		t.Fatal(err)
	}
}

// move commits one transition.
func (m *mover) move(t *testing.T) {
	t.Helper()
	actor := geo.Actor{Login: "leader", Role: geo.RoleLeader, Source: geo.FromCLI}
	tr := geo.Transition{Entity: geo.ProjectMachine, Code: m.code, To: "started", Data: map[string]string{"permit_no": "施1"}}
	if m.now == "started" {
		tr.To, tr.Data, tr.Reason = "landed", nil, "更正"
		actor.Login, actor.Role = "admin", geo.RoleAdmin
	}
	if _, err := m.store.Transition(t.Context(), actor, tr); err != nil {
		t.Fatalf("to %s: %v", tr.To, err)
	}
	m.now = tr.To
}

// revisions reads what was committed last for staff and public.
func (m *mover) revisions(t *testing.T) map[string]int64 {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), m.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var staff, public int64
	err = conn.QueryRow(t.Context(), `select (select revision from land.revision), (select revision from pub.revision)`).Scan(&staff, &public)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]int64{"staff": staff, "public": public}
}

// getOnce decodes an answer of the service, which may be waiting for its
// database.
func getOnce(c *http.Client, url string, into any) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s %v: %.300s", url, resp.Status, err, text)
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = text
		return nil
	}
	return json.Unmarshal(text, into)
}

// shown says what is missing until tiles and figures are those of the last
// commit.
func (m *mover) shown(c *http.Client, url string, want map[string]int64) error {
	for set, revision := range want {
		var at struct {
			Revision int64 `json:"revision"`
		}
		if err := getOnce(c, url+"/tiles/"+set+".json", &at); err != nil {
			return err
		}
		if at.Revision != revision {
			return fmt.Errorf("the %s tiles are at revision %d, want %d", set, at.Revision, revision)
		}
	}
	var figures struct {
		Revision int64 `json:"revision"`
	}
	if err := getOnce(c, url+"/api/summary", &figures); err != nil {
		return err
	}
	if figures.Revision != want["staff"] {
		return fmt.Errorf("the figures are of revision %d, want %d", figures.Revision, want["staff"])
	}
	tile := maptile.At(m.at, 14)
	var raw []byte
	if err := getOnce(c, fmt.Sprintf("%s/tiles/staff/%d/%d/%d.mvt", url, tile.Z, tile.X, tile.Y), &raw); err != nil {
		return err
	}
	layers, err := tiletest.Decode(raw)
	if err != nil {
		return err
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if l.Name == "projects" && f.ID == uint64(m.id) && f.Values["status"] == m.now {
				return nil
			}
		}
	}
	return fmt.Errorf("the tile does not show project %s as %s", m.code, m.now)
}

func (m *mover) awaitShown(t *testing.T, c *http.Client, p *process) {
	t.Helper()
	want := m.revisions(t)
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := m.shown(c, p.url, want)
		if err == nil {
			return
		}
		select {
		case <-p.read:
			t.Fatalf("the service ended: %.3000s", p.stderr)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestFeedSurvivesTheDatabase: the database server is killed again and again
// while transitions are being committed, then the tables are locked for longer
// than a public page may take; the service lives on and shows the last commit.
func TestFeedSurvivesTheDatabase(t *testing.T) {
	data, err := demoFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p, err := begin(raced, data, "--demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Signal(syscall.SIGKILL) }) // after a failure; else it has ended
	urlOf, ok := local.Attach(data)
	if !ok {
		t.Fatal("no cluster is running")
	}
	m := &mover{url: urlOf(databaseName)}
	m.open(t)
	defer func() { m.store.Close() }()
	c := signIn(t, p.url, "leader")
	for range 3 {
		for range 4 {
			m.move(t)
		}
		killPostmaster(t, data)
		m.open(t)
		m.move(t)
	}
	m.awaitShown(t, c, p)

	lock, err := pgx.Connect(t.Context(), m.url)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close(context.WithoutCancel(t.Context()))
	m.move(t)
	if _, err := lock.Exec(t.Context(), `begin; lock table land.project, pub.project in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	time.Sleep(6 * time.Second)
	if _, err := lock.Exec(t.Context(), `commit`); err != nil {
		t.Fatal(err)
	}
	m.move(t)
	m.awaitShown(t, c, p)
	if err := p.end(os.Interrupt); err != nil {
		t.Errorf("Ctrl-C: %v: %.3000s", err, p.stderr)
	}
}

// quietHub hears everything and tells nobody.
type quietHub struct {
	revisions []int64
	engine    *tiles.Engine // nil = not looked at
	shown     []int64       // revisions that were told while it could be seen
}

func (h *quietHub) Start(_ geo.Audience, revision int64) { h.revisions = append(h.revisions, revision) }

func (h *quietHub) Publish(_ geo.Audience, revision int64, _ []geo.Change, _ []string, _ bool) {
	h.revisions = append(h.revisions, revision)
	if h.engine != nil && h.engine.Ready() {
		h.shown = append(h.shown, revision)
	}
}

// TestRefusedFeaturesAreLeftOut: a feature that the engine refuses does not
// keep the others off the map, neither at the start nor later.
func TestRefusedFeaturesAreLeftOut(t *testing.T) {
	engine, err := newEngine(geo.Staff)
	if err != nil {
		t.Fatal(err)
	}
	f := &mapFeed{aud: geo.Staff, engine: engine, hub: &quietHub{}, log: slog.New(slog.DiscardHandler)}
	point := func(id uint64, at orb.Geometry) tiles.Feature {
		values := []any{"J", "名", "landed", int64(0)}
		for _, l := range geo.MapLayers(geo.Staff) {
			if l.Name == "projects" { // and no history
				values = append(values, make([]any, len(l.Fields)-len(values))...)
			}
		}
		return tiles.Feature{ID: id, Geometry: at, Values: values}
	}
	good, bad := orb.Point{113.1, 29.3}, orb.LineString{{113.1, 29.3}, {113.2, 29.3}}
	loading := engine.Begin(5)
	batch := func() ([]tiles.Feature, error) {
		return []tiles.Feature{point(1, bad), point(2, good), point(3, nil)}, nil
	}
	err = loading.Layer(t.Context(), "projects", func(yield func(tiles.Batch, error) bool) { yield(batch, nil) },
		func(why *tiles.FeatureError) { f.leftOut(5, why) })
	if err != nil {
		t.Fatal(err)
	}
	if err := loading.End(); err != nil {
		t.Fatal(err)
	}
	if n := drawn(t, engine, good); n != 1 {
		t.Errorf("%d projects after the load, want 1", n)
	}
	one, two, four := point(1, good), point(2, bad), point(4, good)
	if _, err := f.apply(6, []tiles.Change{
		{Layer: "projects", ID: 1, Feature: &one}, {Layer: "projects", ID: 2, Feature: &two}, {Layer: "projects", ID: 4, Feature: &four},
	}); err != nil {
		t.Fatal(err)
	}
	if n := drawn(t, engine, good); n != 2 || engine.Revision() != 6 {
		t.Errorf("%d projects at revision %d, want 2 at 6", n, engine.Revision())
	}
	if _, err := f.apply(7, []tiles.Change{{Layer: "none", ID: 1}}); err == nil {
		t.Error("a layer that does not exist was taken")
	}
}

// drawn counts the projects in the tile at a place.
func drawn(t *testing.T, engine *tiles.Engine, at orb.Point) int {
	t.Helper()
	tile := maptile.At(at, 14)
	got, err := engine.Tile(t.Context(), tiles.ID{Z: uint32(tile.Z), X: tile.X, Y: tile.Y})
	if err != nil {
		t.Fatal(err)
	}
	layers, err := tiletest.Decode(got.Raw)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range layers {
		if l.Name == "projects" {
			n += len(l.Features)
		}
	}
	return n
}

// rowsOfTheirRevision: what is committed between the feed's look and the engine's
// change is not in the map of that look. The map is the one that a load had at that
// revision, tile by tile, and so is the next.
func rowsOfTheirRevision(t *testing.T, store *postgis.Store, url string) {
	t.Helper()
	m := &mover{url: url}
	m.open(t)
	defer func() { m.store.Close() }()
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		f, _ := keptFeed(t, store, aud, mapsOff)
		m.move(t)
		one, _ := keptFeed(t, store, aud, mapsOff)
		two := one
		ctx, done := context.WithCancel(t.Context())
		took := 0
		err := store.FollowFrom(ctx, aud, f.at, func(news postgis.MapNews) error {
			if took++; took == 1 {
				m.move(t)
				two, _ = keptFeed(t, store, aud, mapsOff)
			}
			if err := f.take(ctx, news); err != nil {
				t.Error(err)
			}
			if took == 1 {
				sameMaps(t, f.engine, one.engine)
			} else {
				done()
			}
			return nil
		})
		done()
		if !errors.Is(err, context.Canceled) || took != 2 || f.at != two.at {
			t.Errorf("%s: %d calls to %+v, want 2 to %+v: %v", aud, took, f.at, two.at, err)
		}
		sameMaps(t, f.engine, two.engine)
	}
}
