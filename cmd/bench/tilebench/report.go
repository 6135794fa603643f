package main

import (
	"fmt"
	"strings"
	"time"

	"tengdi/cmd/bench/measure"
)

// markdown is the report.
func (r results) markdown() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%d parcels of 13 vertices, %s, on %s (%d CPUs), %s, PostgreSQL %s, PostGIS %s; the run took %.0f s.",
		r.Parcels, r.Begun.UTC().Format(time.DateOnly), r.Machine, r.CPUs, r.Go, r.Postgres, r.PostGIS, r.Took.Seconds())
	line("")
	r.goalTable(line)
	r.zoomTables(line)
	r.otherTables(line)
	return b.String()
}

func (r results) goalTable(line func(string, ...any)) {
	line("| goal | measured | |\n|---|---|---|")
	for _, g := range r.goals() {
		mark := "met"
		if !g.met {
			mark = "**not met**"
		}
		line("| %s | %s | %s |", g.promise, strings.TrimSpace(g.seen), mark)
	}
	line("")
}

// table prints one value for each zoom and server.
func (r results) table(line func(string, ...any), title string, extra []string, cell func(z zoomResult, row zoomRow) string, more func(z zoomResult) []string) {
	line("%s\n", title)
	line("| zoom | %s |", strings.Join(append(append([]string{}, r.Names...), extra...), " | "))
	line("|---%s|", strings.Repeat("|---", len(r.Names)+len(extra)))
	for _, z := range r.Zooms {
		cells := []string{fmt.Sprint(z.Zoom)}
		for _, name := range r.Names {
			cells = append(cells, cell(z, z.Rows[name]))
		}
		line("| %s |", strings.Join(append(cells, more(z)...), " | "))
	}
	line("")
}

// compares is the cells, or none where nothing was compared.
func (r results) compares(cells ...string) []string {
	if r.Alone {
		return nil
	}
	return cells
}

func (r results) zoomTables(line func(string, ...any)) {
	r.table(line, "Uncached tiles, median / p95 in ms over HTTP, in turns; the last column is the p95 of shipped tiles over other tiles than these, as far as the zoom has them (requests, different tiles):",
		append(r.compares("raw : plain", "raw : shipped"), "p95 shipped"),
		func(_ zoomResult, row zoomRow) string {
			return fmt.Sprintf("%.2f / %.2f", measure.Millis(row.Median), measure.Millis(row.P95))
		},
		func(z zoomResult) []string {
			return append(r.compares(factor(z.ratios("plain").Client), factor(z.ratios("shipped").Client)),
				fmt.Sprintf("%.2f (%d, %d)", measure.Millis(z.P95), z.P95Of, z.P95Tiles))
		})
	r.table(line, "The server's part of it, from the request to the finished bytes, median in ms:",
		r.compares("raw : plain", "raw : shipped"),
		func(_ zoomResult, row zoomRow) string {
			if row.Work == 0 {
				return "-"
			}
			return fmt.Sprintf("%.2f", measure.Millis(row.Work))
		},
		func(z zoomResult) []string {
			return r.compares(factor(z.ratios("plain").Server), factor(z.ratios("shipped").Server))
		})
	title := "CPU time of the server, ms a tile:"
	if !r.Alone {
		title = "CPU time of the server, and of PostgreSQL for raw, ms a tile; net/http is that of the bytes of plain and of shipped from a server that does nothing else, asked in the same turns, and the last columns are without it:"
	}
	r.table(line, title, r.compares("raw : plain", "raw : shipped", "net/http", "raw : plain", "raw : shipped"),
		func(_ zoomResult, row zoomRow) string {
			if !row.HasCPU {
				return "-"
			}
			return fmt.Sprintf("%.2f", measure.Millis(row.CPU))
		},
		func(z zoomResult) []string {
			plain, shipped, http := z.ratios("plain"), z.ratios("shipped"), "-"
			if row := z.Rows[bytesOf("plain")]; row.HasCPU {
				http = fmt.Sprintf("%.2f / %.2f", measure.Millis(row.CPU), measure.Millis(z.Rows[bytesOf("shipped")].CPU))
			}
			return r.compares(factor(plain.CPU), factor(shipped.CPU), http, factor(plain.Engine), factor(shipped.Engine))
		})
	r.table(line, "Mean KB of a tile, unzipped / as sent:", nil,
		func(_ zoomResult, row zoomRow) string {
			return fmt.Sprintf("%.1f / %.1f", float64(row.Raw)/1000, float64(row.Wire)/1000)
		},
		func(zoomResult) []string { return nil })
}

// memoryTable tells the layers' bytes apart, by what they are of.
func (r results) memoryTable(line func(string, ...any)) {
	var names, heads []string
	bytes := map[string]map[string]int64{} // by part and engine
	for _, m := range r.Memory {
		heads = append(heads, m.Name)
		for _, p := range m.Parts {
			if bytes[p.Name] == nil {
				names = append(names, p.Name)
				bytes[p.Name] = map[string]int64{}
			}
			bytes[p.Name][m.Name] = p.Bytes
		}
	}
	line("| layer, bytes a parcel | %s |\n|---|%s", strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	for _, name := range names {
		cells := []string{name}
		for _, m := range r.Memory {
			cells = append(cells, fmt.Sprintf("%.1f", float64(bytes[name][m.Name])/float64(r.Parcels)))
		}
		line("| %s |", strings.Join(cells, " | "))
	}
	line("")
}

func factor(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", v)
}

func (r results) otherTables(line func(string, ...any)) {
	line("Uncached tiles a second, %d clients:\n", clients)
	line("| zoom | %s |\n|---%s|", strings.Join(r.Names, " | "), strings.Repeat("|---", len(r.Names)))
	for _, rate := range r.Rates {
		cells := []string{fmt.Sprint(rate.Zoom)}
		for _, name := range r.Names {
			cells = append(cells, fmt.Sprintf("%.0f", rate.Rate[name]))
		}
		line("| %s |", strings.Join(cells, " | "))
	}
	line("")
	if r.Alone {
		r.loadTable(line)
		return
	}
	line("Cached z14 tiles a second, %d clients: engine %.0f, the same bytes from a plain net/http server %.0f (CPU %.0f and %.0f us an answer).",
		clients, r.Cached.Engine, r.Cached.Bytes, float64(r.Cached.CPU)/1e3, float64(r.Cached.CPUOfBytes)/1e3)
	line("")
	line("| every tile of | server | tiles | s | MB sent | largest, KB unzipped |\n|---|---|---|---|---|---|")
	for _, p := range r.Pyramids {
		line("| z%d-z%d | %s | %d | %.1f | %.1f | %.0f in %s |", p.From, p.To, p.Name, p.Tiles, p.Took.Seconds(), float64(p.Bytes)/1e6, float64(p.Largest)/1000, p.Where)
	}
	line("")
	r.loadTable(line)
	plain, shipped, tiles, mosaics := r.compared()
	line("Compared with raw before timing, %d tiles: plain has %d of %d features with every vertex within a unit both ways, %d more where ST_AsMVT simplified a vertex away, %d thin ones that ST_AsMVT lost, and leaves %d of about a square unit out. Shipped tiles were mosaics in %d of them; where they drew parcels, %d of %d are the same.",
		tiles, plain.Same, plain.Features, plain.Loose, plain.Kept, plain.Small, mosaics, shipped.Same+shipped.Loose, shipped.Features)
	line("ST_IsValid refuses %d of %d polygons from %d shipped tiles.", r.Valid.Invalid, r.Valid.Polygons, r.Valid.Tiles)
}

// loadTable tells how the engines loaded and what they hold.
func (r results) loadTable(line func(string, ...any)) {
	line("| engine | loaded from PostGIS in | heap, bytes a parcel | layer, bytes a parcel | resident MB |\n|---|---|---|---|---|")
	for _, m := range r.Memory {
		line("| %s | %.1f s | %.0f | %.0f | %.0f |", m.Name, m.Load.Seconds(), float64(m.Heap)/float64(r.Parcels), float64(m.Layer)/float64(r.Parcels), float64(m.Resident)/1e6)
	}
	line("")
	r.memoryTable(line)
	if r.Copy > 0 {
		line("The parcels were made and copied in %.1f s (%.0f rows a second), indexed in %.1f s.", r.Copy.Seconds(), float64(r.Parcels)/r.Copy.Seconds(), r.Index.Seconds())
	}
}
