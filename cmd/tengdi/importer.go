package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/exchange"
	"tengdi/geo/postgis"
	"tengdi/web"
)

// importer brings files in, for the command line and for the browser.
type importer struct {
	store *postgis.Store
}

// Import reads one file, row by row, into the database: all of it or nothing.
// The report tells of every row that was refused, mended or warned of. An error
// is about the file or the request as a whole; nothing was written then.
func (i *importer) Import(ctx context.Context, actor geo.Actor, in web.ImportRequest, progress func(stage string, done, total int64)) (geo.IngestReport, error) {
	sum, err := fileHash(in.Path)
	if err != nil {
		return geo.IngestReport{}, err
	}
	reader, err := exchange.Open(ctx, in.Path, exchange.Options{
		Name: in.Name, Encoding: in.Encoding, Layer: in.Table,
		Progress: func(done, total int64) { progress("read", done, total) },
	})
	if err != nil {
		return geo.IngestReport{}, err
	}
	defer reader.Close()
	since, err := began(in.On)
	if err != nil {
		return geo.IngestReport{}, err
	}
	job := intake{request: in, reader: reader, header: reader.Header()}
	if err := job.prepare(ctx, i.store); err != nil {
		return geo.IngestReport{}, err
	}
	report, err := i.store.Ingest(ctx, actor, geo.IngestOptions{
		Layer: in.Layer, SRID: job.srid, Datum: string(job.datum), Area: in.Area, On: since, Fix: in.Fix, DryRun: in.DryRun,
		File: in.Name, SHA256: sum, Progress: progress,
	}, job.rows())
	report.Format, report.Encoding, report.CRSFrom = job.header.Format, job.header.Encoding, job.crsFrom
	report.Notes = append(job.fileNotes(), report.Notes...)
	return report, err
}

// began reads the day since which new rows have stood; "" = 0, which is today.
func began(text string) (geo.Day, error) {
	if text == "" {
		return 0, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, geo.Errorf(geo.Invalid, "%q is no day; write 2019-03-01", "%q 不是日期；请写 2019-03-01 这样的形式", text)
	}
	return geo.CivilDay(day), nil
}

func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", geo.Errorf(geo.Invalid, "there is no file %s", "没有文件 %s", filepath.Base(path))
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// intake is one file on its way in.
type intake struct {
	request web.ImportRequest
	reader  exchange.Reader
	header  exchange.Header
	mapping exchange.Mapping
	srid    int
	crsFrom string
	datum   exchange.Datum
}

// prepare settles columns, reference system and datum before a row is written.
func (j *intake) prepare(ctx context.Context, store *postgis.Store) error {
	if err := j.match(); err != nil {
		return err
	}
	district, err := store.District(ctx)
	if err != nil {
		return err
	}
	var frame orb.Bound
	if district.Frame != nil {
		frame = *district.Frame
	}
	if j.datum, err = exchange.ParseDatum(j.request.Datum); err != nil {
		return err
	}
	if err := j.settleCRS(frame); err != nil {
		return err
	}
	degrees := j.srid == geo.WGS84 || j.srid == geo.CGCS2000
	if j.datum != exchange.Unshifted && !degrees {
		return geo.Errorf(geo.Invalid, "shifted coordinates (%s) are degrees, but the file is in EPSG:%d",
			"偏移坐标（%s）应为经纬度，但文件坐标系为 EPSG:%d", j.datum, j.srid)
	}
	if j.datum == exchange.Unshifted && degrees && district.Frame != nil {
		return j.refuseShifted(frame)
	}
	return nil
}

// match ties the file's columns to fields.
func (j *intake) match() error {
	explicit, err := exchange.ParseMap(j.request.Map)
	if err != nil {
		return err
	}
	fields := exchange.ImportFields(j.request.Layer)
	if fields == nil {
		return geo.Errorf(geo.Invalid, "the layer %q is none of areas, parcels, buildings",
			"图层 %q 不是 areas、parcels、buildings 之一", string(j.request.Layer))
	}
	if j.request.Number != "" && explicit["code"] == "" {
		explicit["code"] = "" // numbered here: no column is taken for it
		for i := range fields {
			if fields[i].Name == "code" {
				fields[i].Required = false
			}
		}
	}
	j.mapping, err = exchange.Match(j.header.Columns, fields, explicit)
	return err
}

// settleCRS takes the CRS from the request, else from the file, else refuses
// with what the coordinates look like.
func (j *intake) settleCRS(frame orb.Bound) error {
	switch text := strings.TrimSpace(j.request.CRS); {
	case text != "":
		n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(text), "EPSG:"))
		if err != nil || n <= 0 {
			return geo.Errorf(geo.Invalid, "%q is no EPSG code; write EPSG:4526", "%q 不是 EPSG 代码；请写 EPSG:4526 这样的形式", text)
		}
		j.srid, j.crsFrom = n, "--crs"
	case j.header.CRS.EPSG != 0:
		j.srid, j.crsFrom = j.header.CRS.EPSG, j.header.CRS.From
	default:
		return j.refuseWithCandidates(frame)
	}
	return nil
}

func (j *intake) refuseWithCandidates(frame orb.Bound) error {
	boxes, err := j.boxes()
	if err != nil {
		return err
	}
	var whole orb.Bound
	for i, b := range boxes {
		if i == 0 {
			whole = b
		} else {
			whole = whole.Union(b)
		}
	}
	e := geo.Errorf(geo.Invalid,
		"the file does not say its coordinate reference system; name it with --crs. Coordinates run from %.3f,%.3f to %.3f,%.3f",
		"文件没有说明坐标系，请用 --crs 指定。坐标范围：%.3f,%.3f 至 %.3f,%.3f",
		whole.Min[0], whole.Min[1], whole.Max[0], whole.Max[1])
	if j.header.CRS.Name != "" {
		e.En += fmt.Sprintf("; the file calls it %q, which is not recognised", j.header.CRS.Name)
		e.Zh += fmt.Sprintf("；文件称其为 %q，无法识别", j.header.CRS.Name)
	}
	for _, c := range exchange.GuessCRS(whole, frame) {
		field := fmt.Sprintf("EPSG:%d", c.EPSG)
		if c.Datum != exchange.Unshifted {
			field += " --datum " + string(c.Datum)
		}
		e.Fields = append(e.Fields, geo.FieldError{Field: field, Code: "crs-candidate", Zh: c.Zh, En: c.En})
	}
	return e
}

// refuseShifted refuses degrees that miss the district's frame as they are, and
// fit when they are shifted back.
func (j *intake) refuseShifted(frame orb.Bound) error {
	boxes, err := j.boxes()
	if err != nil {
		return err
	}
	d := exchange.GuessDatum(boxes, frame)
	if d == exchange.Unshifted {
		return nil
	}
	e := geo.Errorf(geo.Invalid,
		"the coordinates look shifted (%[1]s): they miss the district's frame by some 500 m and fit when shifted back; import with --datum %[1]s",
		"坐标像是加偏的（%[1]s）：与本区范围相差约 500 米，纠偏后相合；请用 --datum %[1]s 导入", string(d))
	e.Fields = []geo.FieldError{{Field: "datum", Code: "datum-shifted", Zh: e.Zh, En: e.En}}
	return e
}

// boxes reads the file once for the boxes of its rows.
func (j *intake) boxes() ([]orb.Bound, error) {
	var out []orb.Bound
	for row, err := range j.reader.Rows() {
		if err != nil {
			return nil, err
		}
		if row.Problem == nil && len(row.Geometry) > 0 {
			out = append(out, row.Geometry.Bound())
		}
	}
	return out, nil
}

// rows turns the file's rows into what the store takes.
func (j *intake) rows() iter.Seq2[geo.IngestRow, error] {
	return func(yield func(geo.IngestRow, error) bool) {
		for row, err := range j.reader.Rows() {
			if err != nil {
				yield(geo.IngestRow{}, err)
				return
			}
			if !yield(j.row(row), nil) {
				return
			}
		}
	}
}

func (j *intake) row(row exchange.Row) geo.IngestRow {
	out := geo.IngestRow{Number: row.Number, Geometry: row.Geometry}
	fields, wrong := j.mapping.Fields(row.Attrs)
	if j.request.Number != "" && fields["code"] == "" {
		fields["code"] = fmt.Sprintf("%s%05d", j.request.Number, row.Number)
	}
	out.Fields = fields
	for _, w := range row.Warnings {
		out.Notes = append(out.Notes, note(row.Number, fields["code"], "warning", w))
	}
	for _, p := range []*exchange.Problem{row.Problem, wrong} {
		if p != nil {
			out.Notes = append(out.Notes, note(row.Number, fields["code"], "refused", *p))
		}
	}
	if j.datum != exchange.Unshifted {
		out.Geometry = j.datum.Unshift(out.Geometry)
	}
	return out
}

func note(row int, code, severity string, p exchange.Problem) geo.RowNote {
	return geo.RowNote{Row: row, Code: code, Problem: p.Code, Field: p.Field, Zh: p.Zh, En: p.En, Severity: severity}
}

// fileNotes are warnings about the file as a whole; their row is 0.
func (j *intake) fileNotes() []geo.RowNote {
	var out []geo.RowNote
	for _, list := range [][]exchange.Problem{j.header.Warnings, j.reader.Header().Warnings, j.mapping.Warnings} {
		for _, p := range list {
			n := note(0, "", "warning", p)
			if len(out) == 0 || !containsNote(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func containsNote(notes []geo.RowNote, n geo.RowNote) bool {
	for _, o := range notes {
		if o == n {
			return true
		}
	}
	return false
}
