package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// measureImport times the command on a file of lots in rows, into an instance
// with nothing in it, then the same file again, which changes nothing.
func measureImport(ctx context.Context, svc *service, dir string, rows int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file := filepath.Join(dir, "lots.geojsonl")
	if err := writeLots(file, rows); err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if out, err := exec.CommandContext(ctx, svc.Binary, "migrate", "--data", data).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	fmt.Printf("Import of %d parcels (start of the cluster included)\n", rows)
	for _, what := range []string{"first", "again, unchanged"} {
		begun := time.Now()
		out, err := exec.CommandContext(ctx, svc.Binary, "import", file, "--layer", "parcels", "--data", data).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		d := time.Since(begun)
		fmt.Printf("  %-18s %6.1f s  %7.0f rows a second\n", what, d.Seconds(), float64(rows)/d.Seconds())
	}
	fmt.Println()
	return nil
}

// writeLots writes a grid of lots about 40 m wide, each with a code and six
// corners, that touch and never overlap.
func writeLots(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	const step, perRow = 0.0005, 200
	for i := range rows {
		x, y := 112+float64(i%perRow)*step, 29+float64(i/perRow)*step
		fmt.Fprintf(w, `{"type":"Feature","properties":{"code":"LOT-%06d","name":"地块 %d"},"geometry":{"type":"Polygon","coordinates":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}`+"\n",
			i, i, x, y, x+step/2, y, x+step, y, x+step, y+step, x+step/2, y+step, x, y+step, x, y)
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
