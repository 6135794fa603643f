package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/tiles/pmtiles"
)

// What the crawler reads of the site.

// collections reads each collection to its end, and each item in every way.
func (c *crawler) collections() {
	c.t.Helper()
	list, _ := c.get("/api/collections")
	for _, entry := range list["collections"].([]any) {
		id := entry.(map[string]any)["id"].(string)
		at := "/api/collections/" + id
		c.get(at)
		c.counts(at, entry.(map[string]any)["fields"].([]any))
		c.get(at + "/histogram")
		c.get(at + "/histogram?status=cleared")
		for next := at + "/items?limit=50"; next != ""; {
			page, _ := c.get(next)
			next = ""
			for _, l := range page["links"].([]any) {
				if l := l.(map[string]any); l["rel"] == "next" {
					next = l["href"].(string)
				}
			}
			for _, f := range page["features"].([]any) {
				code := url.PathEscape(f.(map[string]any)["id"].(string))
				c.get(at + "/items/" + code)
				c.get("/api/" + id + "/" + code + "/history")
				if id == "parcels" {
					c.get("/api/parcels/" + code + "/rounds")
				}
			}
		}
		for _, m := range []geo.MachineName{geo.AreaMachine, geo.ParcelMachine, geo.ProjectMachine} {
			for _, st := range geo.Statuses(m) {
				c.get(at + "/items?limit=1000&status=" + st.Code)
			}
		}
	}
}

// counts asks how many items have each value, of all and of those in a polygon, and
// for the items in the order of every field.
func (c *crawler) counts(at string, fields []any) {
	c.t.Helper()
	within := "&within=" + url.QueryEscape("113.05 29.2,113.4 29.2,113.4 29.5,113.05 29.5")
	for _, f := range fields {
		name := f.(map[string]any)["name"].(string)
		if f.(map[string]any)["filter"] == true {
			c.get(at + "/counts?ids=1&by=" + name)
			c.get(at + "/counts?by=" + name + within)
		}
		c.get(at + "/items?limit=20&sort=" + name)
		c.get(at + "/items?limit=20&sort=-" + name + within)
	}
}

// listings reads the pages for investors: each group in each order to its end, what
// their choices lead to, and everything of each parcel that they name.
func (c *crawler) listings() {
	c.t.Helper()
	link := regexp.MustCompile(`href="(/listings[^"#]*|/feeds/[^"]*)"`)
	seen := map[string]bool{}
	next := []string{"/listings", "/listings?status=all", "/listings?status=all&lang=en", "/sitemap.xml", "/robots.txt"}
	for len(next) > 0 && len(seen) < 30 {
		path := next[0]
		if next = next[1:]; seen[path] {
			continue
		}
		seen[path] = true
		for _, m := range link.FindAllStringSubmatch(string(c.getPage(path)), -1) {
			next = append(next, html.UnescapeString(m[1]))
		}
	}
	list, _ := c.get("/feeds/listings.json")
	for _, item := range list["items"].([]any) {
		code := url.PathEscape(item.(map[string]any)["_tengdi"].(map[string]any)["code"].(string))
		for _, below := range []string{"", "/sheet", "/card.png", "/enquiry", "/enquiry?sent=1"} {
			c.get("/listings/" + code + below)
		}
	}
}

// guesses asks for hidden things by name, and searches for them.
func (c *crawler) guesses(words []string) {
	c.t.Helper()
	for _, word := range words {
		esc := url.PathEscape(word)
		for _, path := range []string{
			"/api/collections/parcels/items/" + esc, "/api/collections/projects/items/" + esc, "/api/collections/buildings/items/" + esc,
			"/api/parcels/" + esc + "/history", "/api/parcels/" + esc + "/rounds", "/api/buildings/" + esc + "/history", "/api/projects/" + esc + "/history",
			"/listings/" + esc, "/listings/" + esc + "/sheet", "/listings/" + esc + "/card.png", "/listings/" + esc + "/enquiry",
			"/api/collections/households/items/" + esc, "/api/collections/problems/items/" + esc, "/api/households/" + esc + "/history", "/api/problems/" + esc + "/history",
		} {
			if _, status := c.get(path); status != http.StatusNotFound {
				c.note(path, "is not 404 but "+strconv.Itoa(status))
			}
		}
		c.closed(esc)
		runes := []rune(word)
		for _, q := range []string{word, string(runes[:min(2, len(runes))]), string(runes[max(0, len(runes)-2):])} {
			c.get("/api/search?limit=50&q=" + url.QueryEscape(q))
			c.get("/api/collections/parcels/items?name=" + url.QueryEscape(q))
			c.get("/api/collections/parcels/items?after=" + url.QueryEscape(q))
			c.foundFor(q)
		}
	}
}

// foundFor searches the listings: what is found is looked at, not the question, which
// the feed repeats.
func (c *crawler) foundFor(q string) {
	c.t.Helper()
	path := "/feeds/listings.json?status=all&q=" + url.QueryEscape(q)
	var feed struct{ Items []any }
	c.v.read(path, &feed)
	c.answers++
	c.look(path, feed.Items)
}

// closed asks for the files of things: the answer is that one must sign in,
// whatever is hidden there, and the same for what does not exist.
func (c *crawler) closed(esc string) {
	c.t.Helper()
	for _, at := range thingCollections() {
		for _, part := range []string{"/moves", "/records", "/files"} {
			_, hidden := c.get("/api/" + at + "/" + esc + part)
			_, nothing := c.get("/api/" + at + "/no-such-thing" + part)
			if hidden != http.StatusUnauthorized || nothing != hidden {
				c.note("/api/"+at+"/"+esc+part, "is "+strconv.Itoa(hidden)+", for what does not exist "+strconv.Itoa(nothing))
			}
		}
	}
	for _, path := range []string{"/api/files/" + esc, "/api/work", "/api/audit", "/api/audit/access?code=" + esc, "/api/forms", "/api/calendar", "/api/thresholds"} {
		if _, status := c.get(path); status != http.StatusUnauthorized {
			c.note(path, "is "+strconv.Itoa(status))
		}
	}
}

// tiles reads every tile at every zoom over the places, and then others between
// them, n in all.
func (c *crawler) tiles(places []orb.Point, n int) {
	c.t.Helper()
	seen := map[maptile.Tile]bool{}
	see := func(tile maptile.Tile) {
		if len(seen) < n && !seen[tile] {
			seen[tile] = true
			c.get(fmt.Sprintf("/tiles/public/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y))
		}
	}
	around := orb.MultiPoint(places).Bound()
	for _, p := range places {
		for z := geo.MapMinZoom; z <= geo.MapMaxZoom; z++ {
			see(maptile.At(p, maptile.Zoom(z)))
		}
	}
	for rng := rand.New(rand.NewPCG(1, 2)); len(seen) < n; {
		east, north := rng.Float64(), rng.Float64()
		p := orb.Point{
			around.Min[0] + east*(around.Max[0]-around.Min[0]),
			around.Min[1] + north*(around.Max[1]-around.Min[1]),
		}
		see(maptile.At(p, geo.MapMaxZoom-maptile.Zoom(rng.IntN(3))))
	}
}

// archives reads what the list of archives names.
func (c *crawler) archives() {
	c.t.Helper()
	list, _ := c.get("/archives")
	for _, a := range list["archives"].([]any) {
		c.get(a.(map[string]any)["url"].(string))
	}
}

// overlays reads what the list of overlays names.
func (c *crawler) overlays() {
	c.t.Helper()
	list, _ := c.get("/overlays")
	for _, o := range list["overlays"].([]any) {
		c.get(o.(map[string]any)["url"].(string))
	}
}

// archive reads every tile of an archive, and what it says of itself.
func (c *crawler) archive(path string, body []byte) {
	c.t.Helper()
	r, err := pmtiles.Open(bytes.NewReader(body))
	if err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	var about map[string]any
	if err := r.Metadata(&about); err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	c.look(path, about)
	read := uint64(0)
	for id := uint64(0); read < r.Header().Addressed; id++ {
		z, x, y := pmtiles.Tile(id)
		if z > uint32(r.Header().MaxZoom) {
			c.t.Fatalf("%s has %d tiles, its header says %d", path, read, r.Header().Addressed)
		}
		zipped, err := r.Tile(z, x, y)
		if err != nil {
			c.t.Fatalf("%s: %v", path, err)
		}
		if zipped == nil {
			continue
		}
		read++
		z0, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			c.t.Fatalf("%s: %v", path, err)
		}
		tile, err := io.ReadAll(z0)
		if err != nil {
			c.t.Fatalf("%s: %v", path, err)
		}
		c.tile(fmt.Sprintf("%s %d/%d/%d", path, z, x, y), tile)
	}
}

// stream reads the greeting of the live stream and what it replays.
func (c *crawler) stream(lastEvent string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 500*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", c.v.site.http.URL+"/api/live", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", lastEvent)
	res, err := c.v.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	var got strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := res.Body.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			break
		}
	}
	c.answers++
	c.routes["/api/live"] = true
	c.text("/api/live", got.String())
}

// crawl reads every anonymous GET route; one that it leaves out fails the test.
func (c *crawler) crawl(places []orb.Point, words []string, tiles int) {
	c.t.Helper()
	for _, row := range accessTable() {
		switch {
		case row.method != http.MethodGet || row.of(geo.RolePublic) >= 400 && row.pattern != "/api/live" && !strings.HasPrefix(row.pattern, "/auth/"):
		case strings.Contains(row.pattern, "{"), row.pattern == "/api/live": // below
		default:
			c.get(row.path)
		}
	}
	for _, path := range pagePaths() {
		c.get(path)
	}
	c.collections()
	c.listings()
	c.guesses(words)
	c.tiles(places, tiles)
	c.archives()
	c.overlays()
	c.stream("0")
	for _, rt := range c.v.site.server.routes {
		if open := rt.who == public || rt.who == anyAudience; open && rt.method == http.MethodGet && !c.routes[rt.pattern] {
			c.t.Errorf("the crawl does not read %s: teach it", rt.pattern)
		}
	}
}
