// Command bench measures Tengdi on this machine and prints tables: the tile
// engine against ST_AsMVT on the same rows in one interleaved run, import rows
// a second, the time to start, memory, and the way from a commit to an open
// map. It runs the built binary on a demo district of its own in a temporary
// folder; shared machines are noisy, so read the ratios.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"tengdi/cmd/bench/running"
)

func main() {
	binary := flag.String("binary", "bin/tengdi", "the built tengdi")
	rows := flag.Int("rows", 20_000, "rows of the import file")
	perZoom := flag.Int("tiles", 40, "tiles measured at each zoom")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *rows, *perZoom); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary string, rows, perZoom int) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tengdi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%s, %d CPUs, %s\n\n", runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	svc := service{running.Server{Binary: binary, Data: filepath.Join(dir, "data")}}
	if err := svc.measureStart(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	defer func() {
		if e := svc.Stop(); e != nil {
			fmt.Fprintln(os.Stderr, "bench:", e)
		}
	}()
	if err := measureLive(ctx, &svc); err != nil {
		return fmt.Errorf("live: %w", err)
	}
	if err := measureTiles(ctx, &svc, perZoom); err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	if err := measureImport(ctx, &svc, filepath.Join(dir, "import"), rows); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return nil
}
