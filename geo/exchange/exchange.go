// Package exchange reads the files that land comes in: GeoJSON, Shapefile and
// GeoPackage, plain or in a zip. A reader yields rows as a stream: the shape
// in the file's own CRS, and the text of every column. It does not reproject,
// does not judge validity (PostGIS does) and writes nothing.
//
// Files come from outside and are taken for hostile: depth, counts and bytes
// are checked against what the file really has before anything is allocated,
// and a limit that is passed stops the work there.
package exchange

import (
	"cmp"
	"context"
	"iter"

	"github.com/paulmach/orb"
)

// Formats that a Header names.
const (
	GeoJSON    = "geojson"
	GeoJSONSeq = "geojsonseq" // one value a line, or RFC 8142 with record separators
	Shapefile  = "shapefile"
	GeoPackage = "geopackage"
)

// Row is one feature or record of a file.
type Row struct {
	// Number counts from 1 as a person would count in the file; deleted
	// records of a DBF count too.
	Number int
	// Geometry is in the file's CRS, easting or longitude first. Rings are
	// closed, the exterior first and counter-clockwise, holes clockwise; a
	// third and fourth ordinate is dropped. Nil when Problem is set.
	Geometry orb.MultiPolygon
	// Attrs is the text of each column in the order of Header.Columns; "" is
	// null. Dates are YYYY-MM-DD, truth is true or false, numbers are as the
	// file writes them. It may be nil when Problem is set.
	Attrs []string
	// Problem says why this row could not be read; the others go on. Rows may
	// share one: it must not be changed.
	Problem *Problem
	// Warnings are what was mended or passed over in this row.
	Warnings []Problem
}

// Problem is something wrong with a row or a file, for a person to read.
type Problem struct {
	Code   string // a stable machine word, such as ring-not-closed
	Field  string // the column or member concerned; "" = the row as a whole
	Zh, En string
}

// CRS is the coordinate reference system that a file states. The zero value
// means that it states none.
type CRS struct {
	EPSG int    // 0 = not recognised
	WKT  string // as the file has it; "" = none
	Name string
	From string // where it was learnt: .prj, crs member, gpkg_spatial_ref_sys, RFC 7946
}

// Header is what a file says about itself.
type Header struct {
	Format   string
	Columns  []string
	CRS      CRS
	Encoding string // what text was decoded with, and why
	Rows     int    // how many rows to expect; -1 = the file does not say
	Layer    string
	Warnings []Problem // about the file as a whole
}

// Options say how a file is to be read. The zero value reads with
// DefaultLimits and takes everything from the file.
type Options struct {
	Name     string // what its owner calls the file, for notes and errors; "" = the name in its path
	Encoding string // of text, over what the file says: GBK, GB18030, UTF-8, ISO-8859-1 …
	Layer    string // which layer, table or file of an archive, where there are several
	Limits   Limits
	// Progress is told now and then how much of the work is done; the unit
	// differs between formats, so only the ratio means something.
	Progress func(done, total int64)
}

// Limits bound what a reader takes. A field that is zero has its default.
type Limits struct {
	MaxBytes     int64 // of the file, and of all entries of an archive together
	MaxRows      int   // of a file
	MaxVertices  int   // of a row
	MaxRings     int   // of a row
	MaxDepth     int   // of nested JSON; a MultiPolygon in a collection is 8 deep
	MaxColumns   int
	MaxTextBytes int // of one text
}

// DefaultLimits are the limits of an import by command.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes:     500 << 20,
		MaxRows:      200_000,
		MaxVertices:  100_000,
		MaxRings:     10_000,
		MaxDepth:     16,
		MaxColumns:   256,
		MaxTextBytes: 1 << 20,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.MaxBytes <= 0 {
		l.MaxBytes = d.MaxBytes
	}
	for _, f := range []struct {
		v *int
		d int
	}{
		{&l.MaxRows, d.MaxRows},
		{&l.MaxVertices, d.MaxVertices},
		{&l.MaxRings, d.MaxRings},
		{&l.MaxDepth, d.MaxDepth},
		{&l.MaxColumns, d.MaxColumns},
		{&l.MaxTextBytes, d.MaxTextBytes},
	} {
		if *f.v <= 0 {
			*f.v = f.d
		}
	}
	return l
}

// Reader gives the rows of one layer of a file.
type Reader interface {
	Header() Header
	// Rows reads the rows in order. An error is the last thing it yields:
	// the file cannot be read from there on. It may be called again, which
	// reads from the beginning.
	Rows() iter.Seq2[Row, error]
	// Close ends the reader and removes what it kept on disk.
	Close() error
}

// Open looks at the content and the name of the file and returns a reader for
// it. A refusal is a *FileError. The context holds for the reader's whole
// life.
func Open(ctx context.Context, path string, o Options) (Reader, error) {
	o.Limits = o.Limits.orDefault()
	src, err := namedSource(path, cmp.Or(o.Name, path), o.Limits)
	if err != nil {
		return nil, err
	}
	kind, err := sniff(src)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "zip":
		return openArchive(ctx, path, src, o)
	case Shapefile:
		set, err := shapefileSiblings(path, src, o.Limits)
		if err != nil {
			return nil, err
		}
		return openShapefile(ctx, set, o)
	case GeoPackage:
		return openGeoPackage(ctx, path, o)
	default:
		return openGeoJSON(ctx, src, o)
	}
}

// Extent reads all rows of r and returns the box around the readable ones.
// It is what GuessCRS is asked with when a file states no CRS.
func Extent(r Reader) (orb.Bound, error) {
	b, any := orb.Bound{}, false
	for row, err := range r.Rows() {
		if err != nil {
			return orb.Bound{}, err
		}
		for _, polygon := range row.Geometry {
			if pb := polygon.Bound(); any {
				b = b.Union(pb)
			} else {
				b, any = pb, true
			}
		}
	}
	return b, nil
}
