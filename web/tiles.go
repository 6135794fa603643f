package web

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/tiles"
)

// Tileset is the tiles of one audience. *tiles.Engine satisfies it.
type Tileset interface {
	// Cached and Tag answer from memory at once; TileOf may have to build.
	Cached(id tiles.ID, q tiles.Query, want tiles.Coding) (tiles.Tile, bool)
	Tag(id tiles.ID, q tiles.Query) (string, bool)
	TileOf(ctx context.Context, id tiles.ID, q tiles.Query) (tiles.Tile, error)
	Heavy(id tiles.ID, q tiles.Query) bool
	TileJSON(urlTemplate string, o tiles.TileJSONOptions) tiles.TileJSON
	Revision() int64
	Ready() bool
	Missing() []string // layers still to be loaded; nil when ready
	Bounds() (orb.Bound, bool)
}

const (
	tileType = "application/vnd.mapbox-vector-tile"

	// A tile asked for at a revision that the server has reached may be kept. The
	// revision in the URL is the caller's promise: it takes a newer one for a tile
	// as soon as a live event names that tile, and starts from the newest one when
	// it opens the map. So the age only bounds how long a caller that hears no
	// events, or a cache before it, shows an old tile.
	keepTile = "public, max-age=300"
	// Without a revision the tile is asked for again each time; its ETag makes
	// that a 304.
	askAgain = "public, no-cache"
	// Nobody keeps a staff tile: what is not published does not lie in the cache
	// of a shared computer.
	keepNothing = "private, no-store"
)

// tile serves one vector tile: 204 when there is nothing in it, 304 when the
// caller has it, 404 naming the range outside the tileset. Only a tile that has to
// be built waits for its turn.
func (s *Server) tile(aud geo.Audience) handler {
	set := s.cfg.Tilesets[aud]
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := tileID(r)
		if err != nil {
			return err
		}
		ask, err := s.readTileAsk(aud, r)
		if err != nil {
			return err
		}
		query := ask.query
		h := w.Header()
		h["Cache-Control"] = tilePolicy(aud, ask, set.Revision())
		if len(h["Vary"]) == 0 {
			h["Vary"] = varyCoding
		} else {
			h.Add("Vary", varyCoding[0])
		}
		asked := r.Header.Get("If-None-Match")
		if asked != "" {
			if etag, ok := set.Tag(id, query); ok {
				if held, ok := heldTag(asked, etag); ok {
					return notModified(w, held)
				}
			}
		}
		codings := chooseCodings(r.Header.Get("Accept-Encoding"))
		t, ok := set.Cached(id, query, codings.best())
		if !ok {
			if t, err = s.build(r, set, id, query); err != nil {
				return err
			}
		}
		if t.Partial {
			h.Set("Cache-Control", unfinished(aud))
			asked = ""
		}
		if len(t.Raw) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		if held, ok := heldTag(asked, t.ETag); ok {
			return notModified(w, held)
		}
		return writeTile(w, r, t, codings)
	}
}

// build waits for the client's turn and asks the engine, both no longer than
// requestTimeout.
func (s *Server) build(r *http.Request, set Tileset, id tiles.ID, q tiles.Query) (tiles.Tile, error) {
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	in := line{s.clientKey(r), set.Heavy(id, q)}
	if err := s.gate.enter(ctx, in); err != nil {
		return tiles.Tile{}, err
	}
	defer s.gate.leave(in)
	return set.TileOf(ctx, id, q)
}

func notModified(w http.ResponseWriter, etag string) error {
	w.Header().Set("ETag", etag)
	w.WriteHeader(http.StatusNotModified)
	return nil
}

func writeTile(w http.ResponseWriter, r *http.Request, t tiles.Tile, codings codingChoice) error {
	body, etag, coding, ok := codings.form(t)
	if !ok {
		return notAcceptable()
	}
	h := w.Header()
	if coding != tiles.Identity {
		h["Content-Encoding"] = codingNames[coding]
	}
	if t.ETag != "" {
		h["Etag"] = []string{etag}
	}
	h["Content-Type"] = tileTypeValue
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return nil
}

// tileID reads z, x and y. Only plain decimals are numbers here, so that a tile
// has one URL; whether they are in range is the engine's to say.
func tileID(r *http.Request) (tiles.ID, error) {
	var n [3]uint32
	for i, name := range []string{"z", "x", "y"} {
		text := r.PathValue(name)
		v, err := strconv.ParseUint(text, 10, 32) // takes neither signs nor spaces
		if err != nil || len(text) > 1 && text[0] == '0' {
			return tiles.ID{}, notHere()
		}
		n[i] = uint32(v)
	}
	return tiles.ID{Z: n[0], X: n[1], Y: n[2]}, nil
}

// tileAsk is what the query string of a tile asks for.
type tileAsk struct {
	named    bool  // v is given,
	revision int64 // and this is it
	query    tiles.Query
}

// readTileAsk reads the query string. What a map asks for is read without taking
// the string apart; the rest, for which the district's zone may have to be looked
// up, takes no longer than requestTimeout.
func (s *Server) readTileAsk(aud geo.Audience, r *http.Request) (tileAsk, error) {
	if r.URL.RawQuery == "" {
		return tileAsk{}, nil
	}
	if v, ok := plainRevision(r.URL.RawQuery); ok {
		return tileAsk{named: true, revision: v}, nil
	}
	q := r.URL.Query()
	ask := tileAsk{named: q.Has("v")}
	if ask.named {
		var err error
		if ask.revision, err = strconv.ParseInt(q.Get("v"), 10, 64); err != nil || ask.revision < 0 {
			return tileAsk{}, badField("v", "invalid", "must be a revision", "须为版本号")
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	want, err := s.tileQuery(aud, r.WithContext(ctx))
	ask.query = want.query
	return ask, err
}

// Header values that many answers share. Whoever adds to one gets a copy.
var (
	tileTypeValue    = []string{tileType}
	varyCoding       = []string{"Accept-Encoding"}
	keepTileValue    = []string{keepTile}
	askAgainValue    = []string{askAgain}
	keepNothingValue = []string{keepNothing}
	codingNames      = map[tiles.Coding][]string{tiles.Gzip: {"gzip"}, tiles.Brotli: {"br"}, tiles.Zstd: {"zstd"}}
)

// tilePolicy says who may keep the tile, by audience and ?v=.
func tilePolicy(aud geo.Audience, ask tileAsk, revision int64) []string {
	switch {
	case aud == geo.Staff:
		return keepNothingValue
	case !ask.named, ask.revision > revision: // the caller has heard of a change that is not here yet
		return askAgainValue
	}
	return keepTileValue
}

// unfinished says that nobody may keep what is answered while a map is still being
// loaded: half a map at the same revision would pass for the whole one.
func unfinished(aud geo.Audience) string {
	if aud == geo.Staff {
		return keepNothing
	}
	return "no-store"
}

// tileJSONAnswer is TileJSON 3.0 with the revision that the tiles are at.
type tileJSONAnswer struct {
	tiles.TileJSON
	Revision int64 `json:"revision"`
}

func (s *Server) tileJSON(aud geo.Audience) handler {
	set := s.cfg.Tilesets[aud]
	return func(w http.ResponseWriter, r *http.Request) error {
		if !set.Ready() {
			if set.Revision() == 0 { // not a layer yet
				return tiles.ErrNotReady
			}
			w.Header().Set("Cache-Control", unfinished(aud))
		}
		d, err := s.district.get(r.Context())
		if err != nil {
			return err
		}
		want, err := s.tileQuery(aud, r)
		if err != nil {
			return err
		}
		template := s.origin(r) + "/tiles/" + string(aud) + "/{z}/{x}/{y}.mvt"
		if want.address != "" {
			template += "?" + want.address
		}
		revision := set.Revision() // before the document: a client then asks for too much, never too little
		doc := set.TileJSON(template, tiles.TileJSONOptions{Name: d.Name, Attribution: d.ApprovalNo})
		return sendJSON(w, r, tileJSONAnswer{doc, revision})
	}
}

// origin is the scheme and host under which the caller sees us. TileJSON needs
// absolute URLs, because map workers have no page to be relative to.
func (s *Server) origin(r *http.Request) string {
	host := r.Host
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") != "" {
		if a, ok := r.Context().Value(http.LocalAddrContextKey).(interface{ String() string }); ok {
			if ap, err := netip.ParseAddrPort(a.String()); err == nil {
				host = ap.String()
			}
		}
	}
	return s.scheme(r) + "://" + host
}
