package exchange

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"

	"github.com/paulmach/orb"
	"golang.org/x/text/transform"
)

// geojsonReader reads a GeoJSON text (RFC 7946), or a sequence of them (RFC
// 8142, or one a line), in two passes over the file. The first learns the
// columns, the CRS and the number of rows, and finds broken JSON; the second
// yields rows. Neither holds more than one feature.
type geojsonReader struct {
	ctx    context.Context
	src    source
	o      Options
	header Header
	cols   columnSet
}

// columnSet gives each property name its place, in order of appearance.
type columnSet struct {
	names []string
	index map[string]int
	id    int // place of the id member of features, if it has a column; else -1
}

func openGeoJSON(ctx context.Context, src source, o Options) (*geojsonReader, error) {
	if src.size > o.Limits.MaxBytes {
		return nil, tooManyBytes(o.Limits.MaxBytes)
	}
	g := &geojsonReader{ctx: ctx, src: src, o: o, cols: columnSet{index: map[string]int{}, id: -1}}
	p := &geoParser{limits: o.Limits, cols: &g.cols, scan: true, bound: emptyBound()}
	rows := 0
	p.emit = func(Row) error {
		if rows++; rows > o.Limits.MaxRows {
			return tooManyRows(o.Limits.MaxRows)
		}
		return nil
	}
	if err := g.run(p, 0); err != nil {
		return nil, err
	}
	if p.featureID && !p.idProperty {
		g.cols.id = len(g.cols.names)
		g.cols.names = append(g.cols.names, "id")
	}
	g.header = Header{
		Format: GeoJSON, Columns: g.cols.names, Rows: rows, Layer: src.stem(),
		CRS: p.crsOrDefault(), Encoding: g.encoding(), Warnings: p.fileWarnings,
	}
	if p.sequence {
		g.header.Format = GeoJSONSeq
	}
	return g, nil
}

func (g *geojsonReader) encoding() string {
	if e, err := encodingByName(g.o.Encoding); err == nil && e != nil {
		return e.name + " (--encoding)"
	}
	return "UTF-8 (RFC 8259)"
}

func (g *geojsonReader) Header() Header { return g.header }

func (g *geojsonReader) Close() error { return nil }

// errStop ends a pass whose consumer has had enough.
var errStop = errors.New("stopped")

func (g *geojsonReader) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p := &geoParser{limits: g.o.Limits, cols: &g.cols, bound: emptyBound()}
		p.emit = func(r Row) error {
			if !yield(r, nil) {
				return errStop
			}
			return nil
		}
		if err := g.run(p, g.src.size); err != nil && !errors.Is(err, errStop) {
			yield(Row{}, err)
		}
	}
}

// run reads the file once with p; done is the progress at its start.
func (g *geojsonReader) run(p *geoParser, done int64) error {
	f, err := g.src.open()
	if err != nil {
		return unreadable(g.src.name, err)
	}
	defer f.Close()
	m := &meter{ctx: g.ctx, r: io.LimitReader(f, g.src.size)}
	if g.o.Progress != nil {
		m.report = func(n int64) { g.o.Progress(done+n, 2*g.src.size) }
	}
	var r io.Reader = m
	e, err := encodingByName(g.o.Encoding)
	if err != nil {
		return err
	}
	if e != nil && e.enc != nil {
		r = transform.NewReader(r, e.enc.NewDecoder())
	}
	p.lexer = newLexer(r, g.o.Limits)
	if err := p.text(g.src.ext()); err != nil {
		return unreadable(g.src.name, err)
	}
	return nil
}

// crsOrDefault is the CRS of the crs member; without one WGS 84 holds (RFC
// 7946 4), unless the coordinates cannot be degrees. A longitude may go to 360
// where a shape crosses the antimeridian.
func (p *geoParser) crsOrDefault() CRS {
	if p.crsSeen {
		return p.crs
	}
	b := p.bound
	if b.Min[0] < -360 || b.Max[0] > 360 || b.Min[1] < -90 || b.Max[1] > 90 {
		return CRS{}
	}
	return CRS{EPSG: 4326, Name: "WGS 84", From: "RFC 7946"}
}

func emptyBound() orb.Bound {
	inf := math.Inf(1)
	return orb.Bound{Min: orb.Point{inf, inf}, Max: orb.Point{-inf, -inf}}
}

// text reads a whole GeoJSON text or sequence.
func (p *geoParser) text(ext string) error {
	if err := p.beginning(); err != nil {
		return err
	}
	switch ext {
	case ".ndjson", ".jsonl", ".geojsonl":
		p.sep, p.sequence = '\n', true
	}
	if b, err := p.r.Peek(1); err == nil && b[0] == recordSeparator {
		p.sep, p.sequence = recordSeparator, true
	}
	more, err := p.moreRecords()
	if err != nil {
		return err
	}
	if !more {
		return fileErrorf("json-cut-short", "the file holds no JSON", "文件中没有 JSON 内容")
	}
	if !p.sequence {
		first := p.line
		if err := p.root(); err != nil {
			return err
		}
		last := p.line
		if more, err = p.moreRecords(); err != nil || !more {
			return err
		}
		// More than one value: a sequence, one a line unless a value is longer.
		if p.collection || p.line == last {
			return fileErrorf("trailing-data", "text follows the end of the JSON on line %d",
				"第 %d 行：JSON 结束后还有内容", p.line)
		}
		p.sequence = true
		if last == first {
			p.sep = '\n'
		}
	}
	return p.records()
}

// beginning passes a UTF-8 byte order mark and refuses UTF-16.
func (p *geoParser) beginning() error {
	b, err := p.r.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case len(b) == 3 && string(b) == "\xef\xbb\xbf":
		_, err := p.r.Discard(3)
		return err
	case len(b) >= 2 && (string(b[:2]) == "\xff\xfe" || string(b[:2]) == "\xfe\xff"):
		return fileErrorf("not-utf8", "the file is UTF-16; JSON must be UTF-8",
			"文件是 UTF-16 编码，JSON 必须是 UTF-8")
	}
	return nil
}

// maxBrokenRecords is how many records of a sequence may be broken before it
// is given up: such a file is something else.
const maxBrokenRecords = 100

// records reads the values of a sequence. A broken record is a row with a
// problem where the next one can be found again (RFC 8142 2.3).
func (p *geoParser) records() error {
	for {
		err := p.root()
		var broken *FileError
		switch {
		case err == nil && p.collection:
			return fileErrorf("collection-in-sequence",
				"line %d: a FeatureCollection cannot stand in a sequence of features",
				"第 %d 行：逐行 GeoJSON 中不能出现 FeatureCollection", p.line)
		case err == nil:
			broken = p.trailing()
		case p.sep != 0 && errors.As(err, &broken) && !broken.fatal():
			p.rows++
		default:
			return err
		}
		if broken != nil {
			if p.broken++; p.broken > maxBrokenRecords {
				return broken
			}
			problem := &Problem{Code: broken.Code, Zh: broken.Zh, En: broken.En}
			if err := p.emit(Row{Number: p.rows, Problem: problem}); err != nil {
				return err
			}
		}
		more, err := p.nextRecord()
		if err != nil || !more {
			return err
		}
	}
}

// trailing tells whether text follows the value on its line.
func (p *geoParser) trailing() *FileError {
	if p.sep == 0 {
		return nil
	}
	if t, err := p.peek(); err == nil && t == end {
		return nil
	}
	return fileErrorf("trailing-data", "text follows the end of the JSON on line %d",
		"第 %d 行：JSON 结束后还有内容", p.line)
}

// fatal tells whether a sequence cannot go on after the error.
func (e *FileError) fatal() bool {
	switch e.Code {
	case "too-many-rows", "too-many-columns", "too-many-bytes", "file-changed":
		return true
	}
	return false
}
