package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/tiles"
)

// noStore is a store in which every question is a panic, and so a 500: what is
// answered with it was answered without a database.
type noStore struct{ Store }

// gridTileset is an engine of n x n small parcels around Yueyang.
func gridTileset(t testing.TB, n int) *tiles.Engine {
	t.Helper()
	e := newEngine(t, geo.Public)
	layers := geo.MapLayers(geo.Public)
	at := slices.IndexFunc(layers, func(l geo.MapLayer) bool { return l.Name == "parcels" })
	var parcels []tiles.Feature
	for i := range n * n {
		x, y := 113.094+float64(i%n)*0.0008, 29.345+float64(i/n)*0.0007
		values := make([]tiles.Value, len(layers[at].Fields))
		values[0] = fmt.Sprintf("P%05d", i)
		parcels = append(parcels, tiles.Feature{ID: uint64(i + 1), Values: values, Geometry: orb.Polygon{{
			{x, y}, {x + 0.0007, y}, {x + 0.0007, y + 0.0006}, {x + 0.0003, y + 0.00055}, {x, y + 0.0006}, {x, y},
		}}})
	}
	if err := e.Load(1, map[string]iter.Seq[tiles.Feature]{"parcels": slices.Values(parcels)}); err != nil {
		t.Fatal(err)
	}
	return e
}

// tileServer is a server of tiles without a database.
func tileServer(t testing.TB, set Tileset, limits Limits) *Server {
	t.Helper()
	s, err := New(Config{
		Store: noStore{}, Tilesets: map[geo.Audience]Tileset{geo.Public: set, geo.Staff: set}, Hub: NewHub(), Limits: limits,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// BenchmarkCachedTile asks turn by turn for a tile from the cache, over the whole
// handler chain, and for the same bytes with the same headers from a server that
// has them in a slice. The metric is how many of the latter's answers a second the
// former has. The client is as cheap as can be: it counts bytes.
func BenchmarkCachedTile(b *testing.B) {
	const path, clients, batch = villageTile + "?v=1", 8, 50
	s := tileServer(b, gridTileset(b, 22), Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9})
	ours := httptest.NewServer(s.Handler())
	defer ours.Close()
	r, err := http.NewRequestWithContext(context.Background(), "GET", ours.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	var answer *http.Response
	var body []byte
	for range 2000 { // until the tile is hot and compressed as well as it will be
		if answer, err = http.DefaultClient.Do(r); err != nil {
			b.Fatal(err)
		}
		body, _ = io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != 200 {
			b.Fatalf("%d %s", answer.StatusCode, body)
		}
	}
	header := answer.Header.Clone()
	header.Del("Date")
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		_, _ = w.Write(body)
	}))
	defer plain.Close()

	var took [2][]time.Duration
	pools := [2][]*rawClient{}
	for k, server := range []*httptest.Server{ours, plain} {
		for range clients {
			pools[k] = append(pools[k], dialRaw(b, server.Listener.Addr().String(), path))
		}
	}
	for n := 0; b.Loop(); n++ {
		for k := range pools {
			k = (k + n) % 2
			began := time.Now()
			var wg sync.WaitGroup
			for _, c := range pools[k] {
				wg.Go(func() { c.ask(batch) })
			}
			wg.Wait()
			took[k] = append(took[k], time.Since(began))
		}
	}
	median := func(d []time.Duration) float64 { slices.Sort(d); return float64(d[len(d)/2]) }
	b.ReportMetric(100*median(took[1])/median(took[0]), "%-of-plain")
	b.ReportMetric(clients*batch*1e9/median(took[0]), "tiles/s")
	b.ReportMetric(clients*batch*1e9/median(took[1]), "plain/s")
	b.ReportMetric(float64(len(body)), "tile-bytes")
}

// rawClient repeats one request over one connection. Every answer has the length
// of the first.
type rawClient struct {
	b      testing.TB
	conn   net.Conn
	text   []byte
	answer []byte
}

func dialRaw(b testing.TB, addr, path string) *rawClient {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	c := &rawClient{b: b, conn: conn, text: []byte("GET " + path + " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")}
	if _, err := conn.Write(c.text); err != nil {
		b.Fatal(err)
	}
	r := bufio.NewReader(conn)
	length := 0
	for size := 0; ; {
		line, err := r.ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		length += len(line)
		if _, err := fmt.Sscanf(line, "Content-Length: %d", &size); err == nil {
			length += size
		}
		if line == "\r\n" {
			if _, err := r.Discard(size); err != nil {
				b.Fatal(err)
			}
			break
		}
	}
	c.answer = make([]byte, length)
	return c
}

func (c *rawClient) ask(times int) {
	for range times {
		if _, err := c.conn.Write(c.text); err != nil {
			c.b.Error(err)
			return
		}
		if _, err := io.ReadFull(c.conn, c.answer); err != nil || !slices.Equal(c.answer[:15], []byte("HTTP/1.1 200 OK")) {
			c.b.Errorf("%.40s, %v", c.answer, err)
			return
		}
	}
}

// BenchmarkTileChain is what the handler chain takes for a tile from the cache,
// without a network.
func BenchmarkTileChain(b *testing.B) {
	s := tileServer(b, gridTileset(b, 22), Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9})
	h := s.Handler()
	r := httptest.NewRequest("GET", villageTile+"?v=1", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(discard{http.Header{}}, r)
	}
}

// discard is an answer to nobody.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
