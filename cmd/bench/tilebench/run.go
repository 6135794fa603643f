package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/cmd/bench/city"
	"tengdi/cmd/bench/measure"
	"tengdi/geo/postgis/pgtest"
)

// bench is one run on one set of parcels.
type bench struct {
	options
	city    *city.City
	client  *http.Client
	conn    *pgx.Conn
	raw     *competitor
	plain   *competitor
	shipped *competitor
	others  []*competitor
	found   results
}

// timed are the servers whose uncached tiles are compared.
func (b *bench) timed() []*competitor {
	if b.alone {
		return append([]*competitor{b.shipped}, b.others...)
	}
	return append([]*competitor{b.raw, b.plain, b.shipped}, b.others...)
}

// measureAll makes the parcels, measures, prints and writes.
func measureAll(ctx context.Context, o options) (err error) {
	database := o.database
	if database == "" {
		cluster, remove, err := pgtest.Start(ctx)
		if err != nil {
			return err
		}
		defer func() {
			if e := errors.Join(cluster.Stop(context.WithoutCancel(ctx)), remove()); e != nil {
				fmt.Fprintln(os.Stderr, "tilebench:", e)
			}
		}()
		database = cluster.URL("postgres")
	}
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	b := &bench{options: o, city: city.New(o.n), client: newClient(), conn: conn}
	begun := time.Now()
	b.found = results{Parcels: o.n, Machine: measure.Machine(), CPUs: runtime.NumCPU(), Go: runtime.Version(), Begun: begun, Alone: o.alone}
	defer func() {
		for _, c := range []*competitor{b.raw, b.plain, b.shipped} {
			if c != nil {
				err = errors.Join(err, c.stop())
			}
		}
	}()
	for _, step := range []struct {
		name     string
		do       func(context.Context, string) error
		compares bool
	}{
		{"parcels", b.fill, false},
		{"servers", b.start, false},
		{"zooms", b.zooms, false},
		{"throughput", b.throughput, false},
		{"pyramids", b.pyramids, true},
		{"validity", b.validity, true},
		{"cache", b.cached, true},
	} {
		if b.alone && step.compares {
			continue
		}
		at := time.Now()
		if err := step.do(ctx, database); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Fprintf(os.Stderr, "%-10s %5.1f s\n", step.name, time.Since(at).Seconds())
	}
	b.found.Took = time.Since(begun)
	text := b.found.markdown()
	fmt.Print(text)
	if o.document != "" {
		return measure.WriteSection(o.document, "tilebench "+o.section, text)
	}
	return nil
}

// fill puts the parcels into the database, unless they are there.
func (b *bench) fill(ctx context.Context, _ string) error {
	there, err := b.city.Stored(ctx, b.conn)
	if err != nil {
		return err
	}
	if !there {
		begun := time.Now()
		if err := b.city.Fill(ctx, b.conn); err != nil {
			return err
		}
		b.found.Copy = time.Since(begun)
		begun = time.Now()
		if err := city.Index(ctx, b.conn); err != nil {
			return err
		}
		b.found.Index = time.Since(begun)
	}
	return b.conn.QueryRow(ctx, "select split_part(version(), ' ', 2), postgis_lib_version()").Scan(&b.found.Postgres, &b.found.PostGIS)
}

// start starts our servers one after the other and remembers those of others.
func (b *bench) start(ctx context.Context, database string) (err error) {
	if !b.alone {
		if err := b.startCompared(ctx, database); err != nil {
			return err
		}
	}
	if b.shipped, err = startServer(ctx, "shipped", database, -1); err != nil {
		return err
	}
	for _, c := range []*competitor{b.plain, b.shipped} {
		if c == nil {
			continue
		}
		memory := memoryRow{Load: c.said.Load, Heap: c.said.Heap, Layer: c.said.LayerBytes, Parts: c.said.Parts}
		if memory.Resident, err = measure.Resident(c.pid); err != nil {
			memory.Resident = 0 // said in the table
		}
		b.found.Memory = append(b.found.Memory, namedMemory{c.name, memory})
	}
	for _, text := range b.urls {
		name, template, _ := strings.Cut(text, "=")
		b.others = append(b.others, &competitor{name: name, template: template})
	}
	for _, c := range b.timed() {
		b.found.Names = append(b.found.Names, c.name)
	}
	return warmUp(ctx, b.client, b.timed(), b.city)
}

// startCompared starts what shipped tiles are compared with.
func (b *bench) startCompared(ctx context.Context, database string) (err error) {
	if b.raw, err = startServer(ctx, "raw", database, -1); err != nil {
		return err
	}
	var backend int
	if err := b.conn.QueryRow(ctx, "select pg_backend_pid()").Scan(&backend); err != nil {
		return err
	}
	// A database elsewhere has no processes here: its CPU time stays unknown.
	if b.raw.postgres, err = measure.Parent(backend); err != nil || b.database != "" && b.raw.postgres <= 1 {
		b.raw.pid = 0
	}
	b.plain, err = startServer(ctx, "plain", database, -1)
	return err
}

// worstOf is how many requests for shipped tiles of a zoom look for slow ones.
const worstOf = 200

// zooms compares the answers at every zoom, then times them.
func (b *bench) zooms(ctx context.Context, _ string) error {
	rng := rand.New(rand.NewPCG(1, 2))
	for z := firstZoom; z <= lastZoom; z++ {
		ids := pick(rng, b.city, z, b.rounds)
		if !b.alone {
			equal, err := compareAnswers(ctx, b.client, b.raw, b.plain, b.shipped, z, ids)
			if err != nil {
				return fmt.Errorf("zoom %d: %w", z, err)
			}
			b.found.Equal = append(b.found.Equal, equal)
		}
		timed := b.timed()
		if !b.alone {
			for _, only := range []*competitor{b.plain.bytes(), b.shipped.bytes()} {
				for _, id := range ids { // from now on it has them
					if _, err := fetch(ctx, b.client, expand(only.template, id)); err != nil {
						return fmt.Errorf("zoom %d: %w", z, err)
					}
				}
				timed = append(timed, only)
			}
		}
		rows, err := measureZoom(ctx, b.client, timed, ids, b.rounds, b.budget)
		if err != nil {
			return fmt.Errorf("zoom %d: %w", z, err)
		}
		zoom := zoomResult{Zoom: z, Rows: rows}
		own := others(rng, b.city, z, worstOf, ids)
		if zoom.P95, zoom.P95Of, zoom.P95Tiles, err = worst(ctx, b.client, b.shipped, own, worstOf, b.budget/4); err != nil {
			return err
		}
		b.found.Zooms = append(b.found.Zooms, zoom)
	}
	return nil
}

func (b *bench) throughput(ctx context.Context, _ string) error {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, z := range []int{12, 14, 16} {
		v, err := rates(ctx, b.client, b.timed(), pick(rng, b.city, z, 300), 3*time.Second)
		if err != nil {
			return err
		}
		b.found.Rates = append(b.found.Rates, rateResult{z, v})
	}
	return nil
}

func (b *bench) pyramids(ctx context.Context, _ string) error {
	for _, p := range []struct {
		of   *competitor
		from int
	}{{b.shipped, 0}, {b.shipped, firstZoom}, {b.plain, firstZoom}, {b.raw, firstZoom}} {
		got, err := measurePyramid(ctx, b.client, p.of, b.city, p.from, 14)
		if err != nil {
			return err
		}
		b.found.Pyramids = append(b.found.Pyramids, namedPyramid{p.of.name, got})
	}
	return nil
}

func (b *bench) validity(ctx context.Context, _ string) (err error) {
	b.found.Valid, err = measureValidity(ctx, b.client, b.shipped, b.city, b.conn, b.polygons)
	return err
}

// cached starts the shipped server again, with a cache.
func (b *bench) cached(ctx context.Context, database string) (err error) {
	if err := b.shipped.stop(); err != nil {
		return err
	}
	if b.shipped, err = startServer(ctx, "shipped", database, 256<<20); err != nil {
		return err
	}
	ids := pick(rand.New(rand.NewPCG(6, 6)), b.city, 14, 100)
	b.found.Cached, err = measureCached(ctx, b.client, b.shipped, ids)
	return err
}
