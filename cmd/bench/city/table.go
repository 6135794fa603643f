package city

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"tengdi/tiles"
)

// Table is the table that Fill fills: the geometry in EPSG:4326 (geom), and
// again in EPSG:3857 with an index (g), as a tile server in SQL likes it best.
const Table = "tilebench_city"

// View shows the table as other tile servers should: one geometry, the attributes.
const View = "tilebench_map"

// Stored tells whether the table is there with as many rows as the city has.
func (c *City) Stored(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var there bool
	if err := conn.QueryRow(ctx, "select to_regclass($1) is not null", Table).Scan(&there); err != nil || !there {
		return false, err
	}
	var n int
	err := conn.QueryRow(ctx, "select count(*) from "+Table).Scan(&n)
	return n == c.n, err
}

// Fill makes the table anew and copies every parcel into it.
func (c *City) Fill(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{
		"create extension if not exists postgis",
		"drop table if exists " + Table + " cascade",
		`create table ` + Table + ` (
			id bigint not null,
			code text not null,
			status text not null,
			use text not null,
			mu double precision not null,
			m2 double precision not null,
			geom geometry(MultiPolygon, 4326) not null,
			g geometry(MultiPolygon, 3857) not null
		)`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	read, write := io.Pipe()
	go func() { write.CloseWithError(c.copyTo(write)) }()
	_, err := conn.PgConn().CopyFrom(ctx, read, "copy "+Table+" from stdin (format binary)")
	read.CloseWithError(errors.New("the copy has ended")) // whoever still writes must not wait for ever
	return err
}

// Index makes the indexes and the view, and lets PostgreSQL look at the rows.
func Index(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{
		"create index on " + Table + " using gist (g)",
		"alter table " + Table + " add primary key (id)",
		"create view " + View + " as select id, " + strings.Join(Fields(), ", ") + ", g from " + Table,
		"vacuum analyze " + Table,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// copyTo writes the rows in the binary format of COPY.
func (c *City) copyTo(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<20)
	if _, err := w.WriteString("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"); err != nil {
		return err
	}
	var row []byte
	for i := range c.n {
		row = c.Parcel(i).appendRow(row[:0])
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	if _, err := w.Write([]byte{0xff, 0xff}); err != nil {
		return err
	}
	return w.Flush()
}

func (p Parcel) appendRow(b []byte) []byte {
	number := func(v uint64) {
		b = binary.BigEndian.AppendUint32(b, 8)
		b = binary.BigEndian.AppendUint64(b, v)
	}
	text := func(s string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	b = binary.BigEndian.AppendUint16(b, 8)
	number(p.ID)
	text(p.Code)
	text(p.Status)
	text(p.Use)
	number(math.Float64bits(p.Mu))
	number(math.Float64bits(p.M2))
	b = appendShape(b, p.Ring, 4326, func(v orb.Point) orb.Point { return v })
	return appendShape(b, p.Ring, 3857, mercator)
}

// appendShape writes a field with the ring as a MultiPolygon in EWKB.
func appendShape(b []byte, r orb.Ring, srid uint32, project func(orb.Point) orb.Point) []byte {
	const littleEndian, polygon, multiPolygon, withSRID = 1, 3, 6, 0x20000000
	b = binary.BigEndian.AppendUint32(b, uint32(5+4+4+5+4+4+16*len(r)))
	b = append(b, littleEndian)
	b = binary.LittleEndian.AppendUint32(b, multiPolygon|withSRID)
	b = binary.LittleEndian.AppendUint32(b, srid)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = append(b, littleEndian)
	b = binary.LittleEndian.AppendUint32(b, polygon)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(r)))
	for _, v := range r {
		v = project(v)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v[1]))
	}
	return b
}

// mercator is EPSG:3857 of a position in degrees, in metres.
func mercator(v orb.Point) orb.Point {
	return orb.Point{v[0] * math.Pi / 180 * earth, math.Asinh(math.Tan(v[1]*math.Pi/180)) * earth}
}

// Features reads the table as the engine takes it, row by row. The error is there
// when the sequence has ended.
func Features(ctx context.Context, conn *pgx.Conn, failed *error) iter.Seq[tiles.Feature] {
	return func(yield func(tiles.Feature) bool) {
		rows, err := conn.Query(ctx, "select id, code, status, use, mu, m2, st_asbinary(geom) from "+Table)
		if err != nil {
			*failed = err
			return
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var code, status, use string
			var mu, m2 float64
			var raw []byte
			if err := rows.Scan(&id, &code, &status, &use, &mu, &m2, &raw); err != nil {
				*failed = err
				return
			}
			shape, err := wkb.Unmarshal(raw)
			if err != nil {
				*failed = err
				return
			}
			if !yield(tiles.Feature{ID: uint64(id), Geometry: shape, Values: []tiles.Value{code, status, use, mu}, M2: m2}) {
				return
			}
		}
		*failed = rows.Err()
	}
}
