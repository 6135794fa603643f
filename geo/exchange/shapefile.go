package exchange

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// shapefileSet is the files that make one Shapefile. Only the .shp must be
// there; a source without open is missing.
type shapefileSet struct {
	shp, shx, dbf, prj, cpg source
}

func (s source) missing() bool { return s.open == nil }

// shapefileSiblings finds the other files beside a .shp on disk, in letters of
// either case.
func shapefileSiblings(name string, shp source, l Limits) (shapefileSet, error) {
	dir := filepath.Dir(name)
	files, err := os.ReadDir(dir)
	if err != nil {
		return shapefileSet{}, unreadable(shp.name, err)
	}
	// Parts go by the name on disk, of which an upload has one of its own.
	stem := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	var found []source
	for _, f := range files {
		ext := filepath.Ext(f.Name())
		if !f.Type().IsRegular() || !strings.EqualFold(strings.TrimSuffix(f.Name(), ext), stem) {
			continue
		}
		if !isShapefilePart(strings.ToLower(ext)) {
			continue
		}
		s, err := fileSource(filepath.Join(dir, f.Name()), l)
		if err != nil {
			return shapefileSet{}, err
		}
		s.name = shp.stem() + ext
		if strings.TrimSuffix(f.Name(), ext) != stem { // spelt in letters of another case
			s.name = f.Name()
		}
		found = append(found, s)
	}
	return siblings(shp, found)
}

func isShapefilePart(ext string) bool {
	switch ext {
	case ".dbf", ".shx", ".prj", ".cpg":
		return true
	}
	return false
}

// siblings picks the parts that belong to shp. Of two that differ in letter
// case only, the one spelt like the .shp wins.
func siblings(shp source, files []source) (shapefileSet, error) {
	set := shapefileSet{shp: shp}
	for _, f := range files {
		if !strings.EqualFold(f.stem(), shp.stem()) {
			continue
		}
		var part *source
		switch f.ext() {
		case ".dbf":
			part = &set.dbf
		case ".shx":
			part = &set.shx
		case ".prj":
			part = &set.prj
		case ".cpg":
			part = &set.cpg
		default:
			continue
		}
		if part.missing() || f.stem() == shp.stem() {
			*part = f
		}
	}
	return set, nil
}

// shapefileReader reads a Shapefile record by record, .shp and .dbf side by
// side.
type shapefileReader struct {
	ctx      context.Context
	set      shapefileSet
	o        Options
	header   Header
	dbf      *dbfTable // nil = there is none
	encoding *textEncoding
}

func openShapefile(ctx context.Context, set shapefileSet, o Options) (*shapefileReader, error) {
	s := &shapefileReader{ctx: ctx, set: set, o: o}
	s.header = Header{Format: Shapefile, Rows: -1, Layer: set.shp.stem()}
	if err := s.openTable(); err != nil {
		return nil, err
	}
	if !set.prj.missing() {
		b, err := set.prj.readAll(maxWKTBytes)
		if err != nil {
			return nil, unreadable(set.prj.name, err)
		}
		s.header.CRS = RecogniseCRS(string(b), ".prj")
	}
	c, err := s.shapes()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if c.stated != set.shp.size {
		s.warn(problemf("shp-length", "", "the .shp states %d bytes in its header but has %d",
			".shp 文件头写有 %d 字节，实际 %d 字节", c.stated, set.shp.size))
	}
	n := c.index.records()
	if n >= 0 && s.dbf != nil && n != s.dbf.records {
		return nil, countsDiffer(n, s.dbf.records)
	}
	if s.dbf == nil {
		s.header.Rows = n
	}
	return s, nil
}

// openTable reads the header of the .dbf and decides how its text is read.
func (s *shapefileReader) openTable() error {
	if s.set.dbf.missing() {
		s.warn(problemf("dbf-missing", "", "there is no .dbf beside the .shp: shapes only, no attributes",
			".shp 旁没有 .dbf：只有图形，没有属性"))
		return nil
	}
	t, err := readDBFHeader(s.set.dbf, s.o.Limits)
	if err != nil {
		return err
	}
	if err := t.survey(s.ctx); err != nil {
		return err
	}
	cpg := ""
	if !s.set.cpg.missing() {
		b, err := s.set.cpg.readAll(1 << 10)
		if err != nil {
			return unreadable(s.set.cpg.name, err)
		}
		cpg = strings.Trim(string(b), "\ufeff \t\r\n\x00")
	}
	enc, why, warning, err := chooseEncoding(s.o.Encoding, cpg, t.language, t.evidence)
	if err != nil {
		return err
	}
	s.warn(warning)
	t.nameFields(enc)
	s.dbf, s.encoding = t, enc
	s.header.Encoding = enc.name + " (" + why + ")"
	s.header.Rows = t.records - t.deleted
	for _, f := range t.fields {
		s.header.Columns = append(s.header.Columns, f.name)
	}
	if t.deleted > 0 {
		s.warn(problemf("deleted-records", "", "%d records are marked as deleted and were passed over",
			"有 %d 条记录已标记删除，未读取", t.deleted))
	}
	return nil
}

func (s *shapefileReader) warn(p *Problem) {
	if p != nil {
		s.header.Warnings = append(s.header.Warnings, *p)
	}
}

func countsDiffer(shp, dbf int) *FileError {
	return fileErrorf("counts-differ", "the .shp has %d records and the .dbf %d: they do not belong together",
		".shp 有 %d 条记录而 .dbf 有 %d 条，两者不配套", shp, dbf)
}

func (s *shapefileReader) Header() Header { return s.header }

func (s *shapefileReader) Close() error { return nil }

func (s *shapefileReader) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		c, err := s.shapes()
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer c.Close()
		var d *dbfCursor
		if s.dbf != nil {
			if d, err = s.dbf.cursor(s.ctx); err != nil {
				yield(Row{}, err)
				return
			}
			defer d.Close()
		}
		for {
			row, more, err := s.row(c, d)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !more {
				return
			}
			if row.Number > 0 && !yield(row, nil) {
				return
			}
		}
	}
}

// row reads the next record of both files; a deleted one comes back without a
// number.
func (s *shapefileReader) row(c *shpCursor, d *dbfCursor) (row Row, more bool, err error) {
	if more, err = c.next(); err != nil {
		return Row{}, false, err
	}
	if !more {
		if d != nil && c.number != s.dbf.records {
			return Row{}, false, countsDiffer(c.number, s.dbf.records)
		}
		return Row{}, false, nil
	}
	if c.number > s.o.Limits.MaxRows {
		return Row{}, false, tooManyRows(s.o.Limits.MaxRows)
	}
	deleted := false
	row.Number = c.number
	if d != nil {
		if c.number > s.dbf.records {
			return Row{}, false, countsDiffer(c.number, s.dbf.records)
		}
		if deleted, err = d.next(); err != nil {
			return Row{}, false, err
		}
		row.Attrs, row.Warnings = d.attributes(s.encoding)
	}
	mp, against, problem, err := c.shape()
	if err != nil {
		return Row{}, false, err
	}
	if deleted {
		return Row{}, true, nil
	}
	row.Geometry, row.Problem = mp, problem
	row.Warnings = append(row.Warnings, against...)
	return row, true, nil
}

// shapes opens the .shp, and the .shx where there is one.
func (s *shapefileReader) shapes() (*shpCursor, error) {
	return openShp(s.ctx, s.set, s.o)
}
