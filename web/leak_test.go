package web

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

// looseStore reads for the public what staff read: the projection gone.
type looseStore struct{ *postgis.Store }

func (s looseStore) Features(ctx context.Context, _ geo.Audience, q geo.FeatureQuery) (geo.FeaturePage, error) {
	return s.Store.Features(ctx, geo.Staff, q)
}

// TestNothingHiddenIsTold crawls the demo district as an anonymous visitor. Then
// it loosens the projection, one way after the other, and the same crawl has to
// find each hole: a test that cannot fail proves nothing.
func TestNothingHiddenIsTold(t *testing.T) {
	d := thinDemo(t)
	hidden := secretsOf(d)
	folder := t.TempDir()
	s := newSite(t, d, func(c *Config) {
		c.Assets = builtFrontEnd()
		c.Archives = folder
		c.Limits = Limits{RequestBurst: 1e9}
	})
	s.handOut()
	places := placesOf(d)
	if len(hidden.words) < 1000 || len(hidden.amounts) < 30 {
		t.Fatalf("the demo hides %d words and %d amounts: too few for a test", len(hidden.words), len(hidden.amounts))
	}
	words, parcel := hiddenSample(d)
	word := regexp.MustCompile(`[\p{L}\p{N}]+(?:[-_.][\p{L}\p{N}]+)*`)
	fresh := func() *crawler {
		return &crawler{t: t, v: s.visitor(), secrets: hidden, word: word, routes: map[string]bool{}}
	}

	c := fresh()
	c.crawl(places, words, 500)
	for _, f := range c.found {
		t.Error(f)
	}
	if c.answers < 1000 || c.drawn < 150 || c.values < 20_000 {
		t.Errorf("the crawl read %d answers with %d values and %d drawn tiles: too few", c.answers, c.values, c.drawn)
	}
	t.Logf("%d answers, %d values, %d drawn tiles; %d hidden words, %d reserve prices", c.answers, c.values, c.drawn, len(hidden.words), len(hidden.amounts))
	if t.Failed() {
		return
	}
	s.loosen(t, fresh, places, parcel)
}

// handOut writes an archive of the public's map, of the low zooms, into the folder
// of the archives.
func (s *site) handOut() {
	s.t.Helper()
	scratch, err := os.CreateTemp(s.t.TempDir(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	defer scratch.Close()
	var out bytes.Buffer
	if _, err := s.engines[geo.Public].Archive(s.t.Context(), &out, scratch, tiles.ArchiveOptions{MaxZoom: 11}); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.server.cfg.Archives, "land.pmtiles")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		s.t.Fatal(err)
	}
	day := date(2019, 1, 1) // the list tells when it was changed; twins are made at different times
	if err := os.Chtimes(path, day, day.Add(time.Duration(out.Len())*time.Second)); err != nil {
		s.t.Fatal(err)
	}
}

// placesOf are the first corners of all areas, parcels and buildings, published
// or not.
func placesOf(d geo.Dataset) (places []orb.Point) {
	for _, a := range d.Areas {
		places = append(places, a.Shape.Geometry[0][0][0])
	}
	for _, p := range d.Parcels {
		places = append(places, p.Shape.Geometry[0][0][0])
	}
	for _, b := range d.Buildings {
		places = append(places, b.Shape.Geometry[0][0][0])
	}
	return places
}

// hiddenSample picks a few hidden words to guess at, and one hidden parcel.
func hiddenSample(d geo.Dataset) (words []string, parcel string) {
	for _, p := range d.Parcels {
		if !published(geo.ParcelMachine, p.Status) && len(words) < 10 {
			words, parcel = append(words, p.Code), p.Code
		}
	}
	for _, p := range d.Projects {
		if !published(geo.ProjectMachine, p.Status) && len(words) < 15 {
			words = append(words, p.Code)
		}
	}
	return append(words, d.Buildings[0].Code, d.Households[0].Code), parcel
}

// hole is one way to loosen the projection, the part of the crawl that has to
// notice, and the words by which it does.
type hole struct {
	name  string
	made  func()
	read  func(c *crawler)
	undo  func()
	wants string
}

func (s *site) holes(places []orb.Point, parcel string) []hole {
	// The tables that the crawl reads may be written past the store, by a fault.
	const publish = `
		insert into pub.parcel (public_id, code, name, status, area, area_name, street, address, land_use, use_class,
			official_m2, mu_basis, area_m2, failed_rounds, geom, updated_at)
		select 4000000000 + id, code, name, status, null, null, street, address, land_use, 'other',
			1000, 'ellipsoid', 1000, 0, geom, now()
		from land.parcel where code = $1`
	const deposit = `
		update pub.parcel p set deposit_fen = r.reserve_fen
		from land.round r join land.parcel l on l.id = r.parcel_id
		where l.code = p.code and r.no = l.round_no`
	return []hole{
		{
			"a hidden parcel in the items", func() { s.exec(publish, parcel) },
			func(c *crawler) { c.collections() }, nil, "names parcel",
		},
		{
			"a hidden parcel in the listings", func() { s.exec(`update pub.revision set revision = revision + 1`) },
			func(c *crawler) { c.listings() }, nil, "names parcel",
		},
		{
			"a hidden parcel in the tiles", func() { s.load(geo.Public) },
			func(c *crawler) { c.tiles(places, 500) },
			func() { s.exec(`delete from pub.parcel where code = $1`, parcel); s.load(geo.Public) }, "names parcel",
		},
		{
			"a hidden parcel in an archive", func() { s.exec(publish, parcel); s.load(geo.Public); s.handOut() },
			func(c *crawler) { c.archives() },
			func() { s.exec(`delete from pub.parcel where code = $1`, parcel); s.load(geo.Public); s.handOut() }, "names parcel",
		},
		{
			"a reserve price in another column", func() { s.exec(deposit) },
			func(c *crawler) { c.collections() }, func() { s.exec(`update pub.parcel set deposit_fen = null`) }, "reserve price",
		},
		{
			"a hidden parcel in a project's link", func() {
				s.exec(`update pub.project set parcel = $1 where public_id = (select min(public_id) from pub.project)`, parcel)
			},
			func(c *crawler) { c.collections() }, nil, "names parcel",
		},
		{
			"a store that reads for all what staff read", func() { s.server.cfg.Store = looseStore{s.store} },
			func(c *crawler) { c.collections() }, func() { s.server.cfg.Store = s.store }, "names parcel",
		},
		{
			"a stream that tells of a hidden parcel", func() {
				s.server.cfg.Hub.Publish(geo.Public, s.engines[geo.Public].Revision()+1, []geo.Change{{Layer: parcel, ID: 1}}, nil, false)
			},
			func(c *crawler) { c.stream(strconv.FormatInt(s.engines[geo.Public].Revision(), 10)) }, nil, "names parcel",
		},
	}
}

// loosen makes one hole after the other and wants each found.
func (s *site) loosen(t *testing.T, fresh func() *crawler, places []orb.Point, parcel string) {
	t.Helper()
	for _, h := range s.holes(places, parcel) {
		h.made()
		c := fresh()
		h.read(c)
		if !slices.ContainsFunc(c.found, func(f string) bool { return strings.Contains(f, h.wants) }) {
			t.Errorf("the crawl does not notice %s; it found %q", h.name, c.found)
		}
		if h.undo != nil {
			h.undo()
		}
	}
	c := fresh()
	c.look("x", map[string]any{"reserve_wan": nil})
	if len(c.found) != 1 {
		t.Error("the crawl does not notice a member for staff")
	}
}
