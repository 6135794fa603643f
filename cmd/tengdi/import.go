package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"tengdi/geo"
	"tengdi/web"
)

type importCmd struct {
	databaseFlags
	Files    []string `arg:"" name:"file" help:"GeoJSON (also one feature a line), Shapefile (.shp or .zip) or GeoPackage." type:"existingfile"`
	Layer    string   `help:"What the rows are: areas, parcels or buildings." required:"" enum:"areas,parcels,buildings"`
	CRS      string   `name:"crs" help:"EPSG code of the coordinates, over what the file says: EPSG:4526."`
	Datum    string   `help:"gcj02 or bd09: coordinates shifted by a web map, to be put right."`
	Encoding string   `help:"Of texts, over what the file says: GBK, GB18030, UTF-8, ISO-8859-1."`
	Map      string   `help:"Fields from columns: code=BSM,name=MC."`
	Number   string   `help:"Number rows that have no code: PREFIX00001, PREFIX00002, …"`
	Area     string   `help:"Code of the area that the rows belong to; else by column, else by place."`
	Table    string   `name:"layer-name" help:"Which layer, table or file of an archive, where there are several."`
	On       string   `help:"Day since which what is new has stood, YYYY-MM-DD (default: today); its moves can be dated back as far."`
	Fix      bool     `help:"Repair invalid shapes where that keeps the area within 0.1 %."`
	DryRun   bool     `help:"Report only; write nothing."`
	JSON     bool     `name:"json" help:"Print the report as JSON."`
}

// Run imports file after file; each is all or nothing, and the first that is
// refused ends the run.
func (c *importCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	actor := geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromImport}
	for _, path := range c.Files {
		bar := newProgress(os.Stderr)
		report, err := (&importer{store: db.store}).Import(ctx, actor, c.request(path), bar.set)
		bar.done()
		if err != nil {
			return err
		}
		if err := c.print(os.Stdout, report); err != nil {
			return err
		}
		if report.Refused > 0 {
			return geo.Errorf(geo.Invalid, "%s: %d of %d rows refused; nothing was written",
				"%s：%d 行被拒绝（共 %d 行），未写入任何数据", filepath.Base(path), report.Refused, report.Rows)
		}
	}
	return nil
}

func (c *importCmd) request(path string) web.ImportRequest {
	return web.ImportRequest{
		Path: path, Name: filepath.Base(path), Layer: geo.Layer(c.Layer), CRS: c.CRS, Datum: c.Datum,
		Encoding: c.Encoding, Map: c.Map, Area: c.Area, Number: c.Number, Table: c.Table, On: c.On, Fix: c.Fix, DryRun: c.DryRun,
	}
}

func (c *importCmd) print(w io.Writer, r geo.IngestReport) error {
	if c.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(r)
	}
	return printReport(w, r)
}

// printReport writes the report as text: the counts, then a line for each note.
func printReport(w io.Writer, r geo.IngestReport) error {
	state := "已写入 / committed"
	switch {
	case r.Refused > 0:
		state = "未写入 / nothing written"
	case r.DryRun:
		state = "试运行，未写入 / dry run, nothing written"
	case r.Created+r.Updated == 0:
		state = "无变化 / nothing changed"
	}
	fmt.Fprintf(w, "%s → %s：%s, EPSG:%d (%s)", r.File, r.Layer, r.Format, r.SRID, r.CRSFrom)
	if r.Encoding != "" {
		fmt.Fprintf(w, ", %s", r.Encoding)
	}
	fmt.Fprintf(w, "\n%d 行 / rows：新增 created %d，更新 updated %d，不变 unchanged %d，修复 fixed %d，拒绝 refused %d；%.2f m²（%.2f 亩 mu）；%s\n",
		r.Rows, r.Created, r.Updated, r.Unchanged, r.Fixed, r.Refused, r.AreaM2, geo.SquareMetres(r.AreaM2).Mu(), state)
	if len(r.Notes) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ROW\tCODE\tWHAT\tPROBLEM\t说明 / REASON")
	for _, n := range r.Notes {
		row := fmt.Sprint(n.Row)
		if n.Row == 0 {
			row = "file"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s / %s\n", row, n.Code, n.Severity, n.Problem, n.Zh, n.En)
	}
	return table.Flush()
}

// progress shows long work: a bar on a terminal, a line for each stage
// elsewhere.
type progress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar
	stage string
	tty   bool
	begun time.Time
}

// quiet is how long work may take without a word where there is no terminal.
const quiet = 2 * time.Second

func newProgress(f *os.File) *progress {
	return &progress{w: f, tty: term.IsTerminal(int(f.Fd())), begun: time.Now()}
}

func (p *progress) set(stage string, done, total int64) {
	if stage != p.stage {
		p.done()
		p.stage = stage
		if p.tty {
			p.bar = progressbar.NewOptions64(max(total, 1), progressbar.OptionSetWriter(p.w),
				progressbar.OptionSetDescription(stage), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
		} else if time.Since(p.begun) > quiet {
			fmt.Fprintf(p.w, "%s …\n", stage)
		}
	}
	if p.bar != nil {
		p.bar.ChangeMax64(max(total, 1))
		_ = p.bar.Set64(min(done, max(total, 1))) // a bar that cannot be drawn stops nothing
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish() // as above
		p.bar = nil
	}
	p.stage = ""
}
