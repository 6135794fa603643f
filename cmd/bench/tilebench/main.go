// Command tilebench measures tiles of city-like parcels, as many as one likes: the
// engine with the content of ST_AsMVT ("plain") and as it is shipped, against
// ST_AsMVT over an indexed EPSG:3857 column ("raw") and against any tile server
// that is given by its address. Answers are compared before anything is timed, and
// the servers take turns, so that a noisy machine is noisy for all of them.
//
// Every server is a process of its own (this program again, with -serve), so that
// its CPU time and memory are its own; the CPU time of PostgreSQL counts as raw's.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	n        int
	database string
	urls     []string
	rounds   int
	budget   time.Duration
	polygons int
	document string
	section  string
	alone    bool
}

func main() {
	var o options
	flag.IntVar(&o.n, "n", 1_000_000, "parcels")
	flag.StringVar(&o.database, "database", "", "use this database, and keep the parcels in it; without it a private cluster is made and removed")
	flag.Func("url", "name=http://host/{z}/{x}/{y}: another tile server to measure; may be repeated", func(text string) error {
		if _, template, ok := strings.Cut(text, "="); !ok || !strings.Contains(template, "{z}") {
			return fmt.Errorf("want name=template")
		}
		o.urls = append(o.urls, text)
		return nil
	})
	flag.IntVar(&o.rounds, "tiles", 40, "requests to each server at each zoom, at most")
	flag.DurationVar(&o.budget, "budget", 12*time.Second, "time for each zoom, after which three requests are enough")
	flag.IntVar(&o.polygons, "polygons", 1_000_000, "shipped polygons that ST_IsValid judges")
	flag.StringVar(&o.document, "write", "", "put the tables into this document, between the markers of the section")
	flag.StringVar(&o.section, "section", "large", "with -write: the section's name")
	flag.BoolVar(&o.alone, "alone", false, "measure only how shipped tiles load and answer, without the comparisons: for sets that take too long otherwise")
	kind := flag.String("serve", "", "be one of the servers: raw, plain or shipped")
	cache := flag.Int64("cache", -1, "with -serve: bytes of the engine's cache; below zero nothing is kept")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if *kind != "" {
		err = serve(ctx, *kind, o.database, *cache)
	} else {
		err = measureAll(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tilebench:", err)
		os.Exit(1)
	}
}
