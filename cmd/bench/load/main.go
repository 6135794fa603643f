// Command load puts a running Tengdi under the load of a busy day and prints
// what came of it: status changes at a steady rate, many open streams over real
// HTTP, and a reader of tiles, on one or two servers that share a database. It
// measures the time from a commit to its event at each client and fails when a
// client lost or doubled a change, or ended in another state than the database.
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
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
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
	idle    time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/tengdi", "the built tengdi")
	flag.Float64Var(&o.minutes, "minutes", 1, "how long the changes go on")
	flag.IntVar(&o.rate, "rate", 100, "status changes a second")
	flag.IntVar(&o.streams, "streams", 1000, "open streams over all servers")
	flag.IntVar(&o.servers, "servers", 1, "servers on one database, 1 or 2")
	flag.IntVar(&o.parcels, "parcels", 5000, "parcels that are suspended and listed again")
	flag.IntVar(&o.tiles, "tiles", 20, "tile requests a second")
	flag.IntVar(&o.writers, "writers", 4, "writers at once")
	flag.DurationVar(&o.idle, "idle", 15*time.Second, "how long tiles are read before the changes begin")
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
	if o.minutes <= 0 || o.rate < 1 || o.streams < 1 || o.parcels < 1 || o.tiles < 1 || o.writers < 1 || o.idle <= 0 {
		return errors.New("every size must be above 0")
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
	first := &server{binary: binary, data: filepath.Join(dir, "data")}
	if err := first.start(ctx); err != nil {
		return err
	}
	defer first.stop()
	w, err := newWorld(ctx, first, o.parcels)
	if err != nil {
		return err
	}
	defer w.close()
	servers := []*server{first}
	if o.servers == 2 {
		second := &server{binary: binary, data: filepath.Join(dir, "second"), database: w.url}
		if err := second.start(ctx); err != nil {
			return err
		}
		defer second.stop()
		servers = append(servers, second)
	}
	if err := w.settled(ctx, servers); err != nil {
		return err
	}
	return o.measure(ctx, w, servers)
}

// measure opens the streams, reads tiles while nothing happens, then writes.
func (o *options) measure(ctx context.Context, w *world, servers []*server) error {
	before := use(servers, w.postmaster)
	crowd := newCrowd(w)
	if err := crowd.open(ctx, servers, o.streams); err != nil {
		return err
	}
	defer crowd.close()
	held := use(servers, w.postmaster)
	idle := readTiles(ctx, w, servers, o.tiles, o.idle)
	start := use(servers, w.postmaster)
	length := time.Duration(o.minutes * float64(time.Minute))
	loaded := make(chan tileTimes, 1)
	go func() { loaded <- readTiles(ctx, w, servers, o.tiles, length) }()
	begun := time.Now()
	written, err := w.write(ctx, o.rate, o.writers, length, crowd)
	took := time.Since(begun)
	if err != nil {
		return err
	}
	under := <-loaded
	end := use(servers, w.postmaster)
	verdict, err := crowd.verdict(ctx)
	if err != nil {
		return err
	}
	r := report{o, took, written, crowd, idle, under, before, held, start, end, verdict}
	r.print()
	return verdict.err()
}
