// Command load puts a running Tengdi under the load of a busy day and prints
// what came of it: status changes at a steady rate, many open streams over real
// HTTP, and a reader of tiles, on one or two servers that share a database. It
// measures the time from a commit to its event at each client and fails when a
// client lost or doubled a change of any thing, or ended in another state than the
// database, or when a tile could not be had.
//
// It starts the built binary on a folder of its own in the temporary directory.
// Streams come from several loopback addresses, as the clients of several
// offices, since a server bounds the streams of one address.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"tengdi/cmd/bench/measure"
	"tengdi/cmd/bench/running"
)

// options are the size of the load.
type options struct {
	binary  string
	minutes float64
	rate    int // status changes a second
	streams int
	servers int
	parcels int // that move to and fro
	tiles   int // tile requests a second
	writers int
	stretch time.Duration // how long changes are made, or not made, at a time

	document string // that the report is written into; "" = none
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/tengdi", "the built tengdi")
	flag.Float64Var(&o.minutes, "minutes", 1, "how long the changes go on, over all stretches")
	flag.IntVar(&o.rate, "rate", 100, "status changes a second")
	flag.IntVar(&o.streams, "streams", 1000, "open streams over all servers")
	flag.IntVar(&o.servers, "servers", 1, "servers on one database, 1 or 2")
	flag.IntVar(&o.parcels, "parcels", 5000, "parcels that are suspended and listed again")
	flag.IntVar(&o.tiles, "tiles", 20, "tile requests a second")
	flag.IntVar(&o.writers, "writers", 4, "writers at once")
	flag.DurationVar(&o.stretch, "stretch", 5*time.Second, "how long changes are made at a time, and not made before it")
	flag.StringVar(&o.document, "write", "", "put the report into this document, between the markers of as many servers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func (o *options) check() error {
	if o.servers < 1 || o.servers > 2 {
		return errors.New("-servers is 1 or 2")
	}
	if o.minutes <= 0 || o.rate < 1 || o.streams < 1 || o.parcels < 1 || o.tiles < 1 || o.writers < 1 || o.stretch < time.Second {
		return errors.New("every size must be above 0, -stretch at least 1s")
	}
	if o.parcels/o.writers*o.writers < 5*o.rate {
		return errors.New("-parcels must be 5 times -rate: two moves of one parcel within one message count as one")
	}
	return nil
}

func (o *options) run(ctx context.Context) error {
	if err := o.check(); err != nil {
		return err
	}
	binary, err := filepath.Abs(o.binary)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tengdi-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%s/%s, %d CPUs, %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	first := &server{running.Server{Binary: binary, Data: filepath.Join(dir, "data"), Log: os.Stderr}}
	if _, err := first.Start(ctx); err != nil {
		return err
	}
	defer stopped(first)
	w, err := newWorld(ctx, first, o.parcels)
	if err != nil {
		return err
	}
	defer w.close()
	servers := []*server{first}
	if o.servers == 2 {
		second := &server{running.Server{Binary: binary, Data: filepath.Join(dir, "second"), Database: w.url, Log: os.Stderr}}
		if _, err := second.Start(ctx); err != nil {
			return err
		}
		defer stopped(second)
		servers = append(servers, second)
	}
	if err := w.settled(ctx, servers); err != nil {
		return err
	}
	return o.measure(ctx, w, servers)
}

// measure opens the streams, then reads tiles in turn while nothing happens and
// while changes are made, so that whatever else the machine does falls on both
// alike. Both stretches of a pair ask for the same tiles; a first one that is not
// counted fills the caches.
func (o *options) measure(ctx context.Context, w *world, servers []*server) error {
	before := use(servers, w.postmaster)
	crowd := newCrowd(w)
	if err := crowd.open(ctx, servers, o.streams); err != nil {
		return err
	}
	defer crowd.close()
	r := &report{o: o, crowd: crowd, before: before, held: use(servers, w.postmaster)}
	if err := crowd.begin(ctx); err != nil {
		return err
	}
	r.first.readTiles(ctx, w, servers, o.tiles, o.stretch, 0)
	w.made = make([]int, o.writers)
	total := int64(float64(o.rate) * o.minutes * 60)
	pairs := max(1, int64(math.Round(o.minutes*float64(time.Minute)/float64(o.stretch))))
	for k := range pairs {
		first, end := total*k/pairs, total*(k+1)/pairs
		if err := o.pair(ctx, w, servers, r, first, end-first, uint64(k)); err != nil {
			return err
		}
	}
	r.end = use(servers, w.postmaster)
	var err error
	if r.verdict, err = crowd.verdict(ctx); err != nil {
		return err
	}
	var text strings.Builder
	r.print(io.MultiWriter(os.Stdout, &text))
	if err := r.err(); err != nil {
		return err
	}
	return o.keep(text.String())
}

// keep puts a report into the document.
func (o *options) keep(report string) error {
	if o.document == "" {
		return nil
	}
	text := fmt.Sprintf("%s, %s/%s, %d CPUs, %s:\n\n```%s```\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), report)
	return measure.WriteSection(o.document, fmt.Sprintf("load %d", o.servers), text)
}

// pair is a stretch without changes and one with them.
func (o *options) pair(ctx context.Context, w *world, servers []*server, r *report, first, count int64, seed uint64) error {
	var idle, under tileTimes
	idle.readTiles(ctx, w, servers, o.tiles, o.stretch, seed)
	start := use(servers, w.postmaster)
	length := time.Duration(count) * time.Second / time.Duration(o.rate)
	var reader sync.WaitGroup
	reader.Go(func() { under.readTiles(ctx, w, servers, o.tiles, length, seed) })
	err := w.write(ctx, &r.written, first, count, o.rate, o.writers, r.crowd)
	took := time.Since(start.at)
	reader.Wait()
	end := use(servers, w.postmaster)
	r.add(took, start, end, &idle, &under)
	time.Sleep(settle)
	if err != nil {
		return err
	}
	if err := r.crowd.learn(ctx); err != nil {
		return err
	}
	r.crowd.reckon()
	return nil
}

// settle is how long the last events of a stretch may take to be told, before
// tiles count as read without changes.
const settle = time.Second
