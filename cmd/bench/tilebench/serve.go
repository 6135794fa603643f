package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tengdi/cmd/bench/city"
	"tengdi/tiles"
)

// handler answers one tile.
type handler func(w http.ResponseWriter, r *http.Request, z, x, y uint32) error

// ready is what a server says on its standard output, as one line of JSON.
type ready struct {
	URL        string
	Load       time.Duration      // from the first query to the first answer
	Heap       int64              // bytes alive after loading
	LayerBytes int64              // of them, of the layers, as the engine counts
	Parts      []tiles.MemoryPart // of LayerBytes
}

// serve is the program as one of the servers that are compared: raw, plain or
// shipped. It serves until its standard input is closed.
func serve(ctx context.Context, kind, database string, cacheBytes int64) error {
	var say ready
	var h handler
	begun := time.Now()
	switch kind {
	case "raw":
		config, err := pgxpool.ParseConfig(database)
		if err != nil {
			return err
		}
		config.MaxConns = clients
		pool, err := pgxpool.NewWithConfig(ctx, config)
		if err != nil {
			return err
		}
		defer pool.Close()
		h = rawHandler(pool)
	case "plain", "shipped":
		engine, err := loadEngine(ctx, database, tiles.Options{CacheBytes: cacheBytes, Plain: kind == "plain"})
		if err != nil {
			return err
		}
		defer engine.Close()
		say.LayerBytes, say.Parts = engine.Stats().LayerBytes, engine.Memory()
		h = engineHandler(engine)
	default:
		return fmt.Errorf("no server is called %q", kind)
	}
	say.Load = time.Since(begun)
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	say.Heap = int64(m.HeapAlloc)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	say.URL = "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{z}/{x}/{y}", answer(h))
	mux.HandleFunc("GET /bytes/{z}/{x}/{y}", answer(byteHandler(h)))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	if err := json.NewEncoder(os.Stdout).Encode(say); err != nil {
		return err
	}
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // ends with whoever started us
		_ = server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// loadEngine reads the city from the database into an engine.
func loadEngine(ctx context.Context, database string, o tiles.Options) (*tiles.Engine, error) {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	engine, err := tiles.New(spec(), o)
	if err != nil {
		return nil, err
	}
	var failed error
	rows := city.Features(ctx, conn, &failed)
	if err := engine.Load(1, seqs(rows)); err != nil {
		return nil, err
	}
	return engine, failed
}

// engineHandler answers with the engine's tile.
func engineHandler(e *tiles.Engine) handler {
	return func(w http.ResponseWriter, r *http.Request, z, x, y uint32) error {
		begun := time.Now()
		tile, err := e.Tile(r.Context(), tiles.ID{Z: z, X: x, Y: y})
		if err != nil {
			return err
		}
		if len(tile.Raw) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		w.Header().Set("ETag", tile.ETag)
		tileHeader(w, len(tile.Raw), len(tile.Gzip), time.Since(begun))
		_, err = w.Write(tile.Gzip)
		return err
	}
}

// byteHandler keeps what another answers and gives it back: as little as a server
// can do for a tile over net/http.
func byteHandler(of handler) handler {
	var kept sync.Map // path -> *recorder
	return func(w http.ResponseWriter, r *http.Request, z, x, y uint32) error {
		got, ok := kept.Load(r.URL.Path)
		if !ok {
			record := &recorder{header: http.Header{}, status: http.StatusOK}
			if err := of(record, r, z, x, y); err != nil {
				return err
			}
			got, _ = kept.LoadOrStore(r.URL.Path, record)
		}
		answer := got.(*recorder)
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.status)
		_, err := w.Write(answer.body)
		return err
	}
}

// recorder is an answer kept.
type recorder struct {
	header http.Header
	status int
	body   []byte
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { r.body = append(r.body, b...); return len(b), nil }

// Headers in which our servers say how large a tile is unzipped, and how many
// nanoseconds it took from the request to the finished bytes.
const (
	rawSize  = "Tile-Bytes"
	workTime = "Tile-Time"
)

func tileHeader(w http.ResponseWriter, raw, zipped int, took time.Duration) {
	w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", strconv.Itoa(zipped))
	w.Header().Set(rawSize, strconv.Itoa(raw))
	w.Header().Set(workTime, strconv.FormatInt(took.Nanoseconds(), 10))
}

// answer reads the numbers of the path.
func answer(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var n [3]uint32
		for i, name := range []string{"z", "x", "y"} {
			v, err := strconv.ParseUint(r.PathValue(name), 10, 32)
			if err != nil {
				http.NotFound(w, r)
				return
			}
			n[i] = uint32(v)
		}
		if err := h(w, r, n[0], n[1], n[2]); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}
