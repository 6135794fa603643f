// Command servebench measures the built tengdi on a district of city-like parcels
// with their rounds and their events, as many as one likes: the start from PostGIS,
// the start from the kept maps, and the way of a change from its commit to the event
// on an open map and to the fresh tile. Times are those that somebody outside sees,
// of both audiences' maps. The database keeps running between the starts, so that
// what it has to read is in memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/cmd/bench/city"
	"tengdi/cmd/bench/measure"
	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/pgtest"
)

// options are the flags.
type options struct {
	binary   string
	n        int
	database string
	changes  int
	pause    time.Duration
	document string
	section  string
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/tengdi", "the built tengdi")
	flag.IntVar(&o.n, "n", 1_000_000, "parcels")
	flag.StringVar(&o.database, "database", "", "use this database, fill it if it is empty, and keep it; without it a private cluster is made and removed")
	flag.IntVar(&o.changes, "changes", 200, "status changes, one after the other")
	flag.DurationVar(&o.pause, "pause", 200*time.Millisecond, "between two changes")
	flag.StringVar(&o.document, "write", "", "put the table into this document, between the markers of the section")
	flag.StringVar(&o.section, "section", "large", "with -write: the section's name")
	flag.Parse()
	if o.n < 5000 || o.changes < 1 {
		fmt.Fprintln(os.Stderr, "servebench: -n is at least 5000, for some parcels on offer, and -changes at least 1")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "servebench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.database == "" {
		cluster, remove, err := pgtest.Start(ctx)
		if err != nil {
			return err
		}
		defer func() {
			if e := errors.Join(cluster.Stop(context.WithoutCancel(ctx)), remove()); e != nil {
				fmt.Fprintln(os.Stderr, "servebench:", e)
			}
		}()
		o.database = cluster.URL("postgres")
	}
	if o.binary, err = filepath.Abs(o.binary); err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "tengdi-servebench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	begun := time.Now()
	found := results{Parcels: o.n, Machine: measure.Machine(), CPUs: runtime.NumCPU(), Go: runtime.Version(), Begun: begun}
	store, err := postgis.Open(ctx, postgis.Options{URL: o.database, Migrate: true})
	if err != nil {
		return err
	}
	defer store.Close()
	conn, err := pgx.Connect(ctx, o.database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := fill(ctx, store, conn, o.n, &found); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if err := starts(ctx, o, conn, store, data, &found); err != nil {
		return err
	}
	found.Took = time.Since(begun)
	text := found.markdown()
	fmt.Print(text)
	if o.document != "" {
		return measure.WriteSection(o.document, "servebench "+o.section, text)
	}
	return nil
}

// fill loads the district unless it is there.
func fill(ctx context.Context, store *postgis.Store, conn *pgx.Conn, n int, found *results) error {
	empty, err := store.Empty(ctx)
	if err != nil {
		return err
	}
	if empty {
		begun := time.Now()
		if err := store.LoadDataset(ctx, district(city.New(n), geo.DayOf(begun, nil))); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, "vacuum analyze"); err != nil { // as a database is that has lived a while
			return err
		}
		found.Filled = time.Since(begun)
		runtime.GC()
	}
	err = conn.QueryRow(ctx, `
		select split_part(version(), ' ', 2), postgis_lib_version(),
			(select count(*) from land.parcel), (select count(*) from land.event), (select count(*) from pub.parcel)`).
		Scan(&found.Postgres, &found.PostGIS, &found.Staff, &found.Events, &found.Public)
	if err == nil && found.Staff != n {
		err = fmt.Errorf("the database has %d parcels, not %d", found.Staff, n)
	}
	return err
}

// starts measures both starts, and on the second server the changes.
func starts(ctx context.Context, o options, conn *pgx.Conn, store *postgis.Store, data string, found *results) error {
	watched, err := offers(ctx, conn, o.changes)
	if err != nil {
		return err
	}
	first := newServer(o, data)
	if found.Loaded, err = first.start(ctx, watched[0].tile()); err != nil {
		return fmt.Errorf("start from PostGIS: %w", err)
	}
	// The maps are kept once after the start; then nothing else goes on.
	if err := first.said(ctx, "map kept", 2); err != nil {
		return errors.Join(err, first.stop())
	}
	if err := first.stop(); err != nil {
		return err
	}
	if found.Files, err = sizes(filepath.Join(data, "maps")); err != nil {
		return err
	}
	second := newServer(o, data)
	if found.Restored, err = second.start(ctx, watched[0].tile()); err != nil {
		return fmt.Errorf("start from the kept maps: %w", err)
	}
	if second.count("map restored") != 2 {
		return errors.Join(errors.New("the kept maps were not taken"), second.stop())
	}
	found.Ways, err = follow(ctx, store, second.URL, watched, o.changes, o.pause)
	return errors.Join(err, second.stop())
}

// sizes is the number of bytes of the files in a folder.
func sizes(folder string) (sum int64, err error) {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, err
}
