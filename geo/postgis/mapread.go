package postgis

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"tengdi/geo"
)

// Bounds of a MapRows: so much is copied at a time, and decoded elsewhere.
const (
	mapRowsMost  = 1024
	mapRowsBytes = 1 << 20
)

// MapRows is some rows of a map layer as they came over the wire. Reading goes
// on while another goroutine decodes them.
type MapRows struct {
	columns []pgconn.FieldDescription
	raw     []byte
	lens    []int32 // per row and column; -1 = null
	shapes  int     // bytes of geometry
	lives   *mapLives
	moves   *mapHistories // nil where things have no states
	ended   []MapFeature  // without rows
}

// MapRowsOf is the rows of one layer, in any order.
type MapRowsOf struct {
	Layer string
	Rows  iter.Seq2[*MapRows, error] // reads as it is ranged over, once
}

// readFirst are the layers that ReadMap hands over first: they make a map.
var readFirst = []string{"areas", "arealabels", "parcels"}

// ReadMap hands fn all layers of the audience's map as they are at one state:
// areas first, then parcels, then the others; those that are made of another
// (geo.MapLayer.Of) are not among them. They are read one after another, and only
// until fn returns.
func (s *Store) ReadMap(ctx context.Context, aud geo.Audience, fn func(at MapState, layers []MapRowsOf) error) error {
	return s.read(ctx, aud, func(tx pgx.Tx) error {
		// A whole layer may take longer than a page of the API.
		if err := patient(ctx, tx, 0); err != nil {
			return err
		}
		at, err := stateOf(ctx, tx, aud)
		if err != nil {
			return err
		}
		var names []string
		for _, l := range geo.MapLayers(aud) {
			if l.Of == "" {
				names = append(names, l.Name)
			}
		}
		reading := &mapReading{tx: tx, aud: aud}
		var layers []MapRowsOf
		for _, name := range firstOf(names, readFirst) {
			layers = append(layers, MapRowsOf{name, reading.rows(ctx, name)})
		}
		return fn(at, layers)
	})
}

// firstOf is names with those in first before the others.
func firstOf(names, first []string) []string {
	var out, rest []string
	has := map[string]bool{}
	for _, n := range names {
		has[n] = true
	}
	for _, n := range first {
		if has[n] {
			out = append(out, n)
			delete(has, n)
		}
	}
	for _, n := range names {
		if has[n] {
			rest = append(rest, n)
		}
	}
	return append(out, rest...)
}

// mapReading is one reading of layers of a map, in one transaction.
type mapReading struct {
	tx    pgx.Tx
	aud   geo.Audience
	ids   []int64 // nil = all
	moves map[geo.MachineName]*mapHistories
}

// rows reads the rows of a layer's statement in pieces. Over 200,000 rows of
// 13 vertices a plain query with binary results is as fast as COPY.
// With them goes what the features were before; those that have ended come last.
func (r *mapReading) rows(ctx context.Context, layer string) iter.Seq2[*MapRows, error] {
	return func(yield func(*MapRows, error) bool) {
		lives, err := livesOf(ctx, r.tx, r.aud, layer, r.ids)
		if err != nil {
			yield(nil, err)
			return
		}
		moves, err := r.movesOf(ctx, layer)
		if err != nil {
			yield(nil, err)
			return
		}
		for rows, err := range queryRows(ctx, r.tx, mapSource(r.aud, layer), r.ids) {
			if err == nil {
				rows.lives, rows.moves = lives, moves
			}
			if !yield(rows, err) || err != nil {
				return
			}
		}
		if ended, err := lives.gone(); err != nil || len(ended) > 0 {
			yield(&MapRows{ended: ended}, err)
		}
	}
}

// movesOf are the moves of a layer's things, read for the first layer that asks.
func (r *mapReading) movesOf(ctx context.Context, layer string) (*mapHistories, error) {
	var machine geo.MachineName
	for _, l := range geo.MapLayers(r.aud) {
		if l.Name == layer {
			machine = l.Machine
		}
	}
	if machine == "" {
		return nil, nil
	}
	if h, ok := r.moves[machine]; ok {
		return h, nil
	}
	h, err := historiesOf(ctx, r.tx, r.aud, machine, r.ids)
	if err != nil {
		return nil, err
	}
	if r.moves == nil {
		r.moves = map[geo.MachineName]*mapHistories{}
	}
	r.moves[machine] = h
	return h, nil
}

// queryRows reads the rows of a statement, with the arguments that pgx takes.
func queryRows(ctx context.Context, tx pgx.Tx, sql string, args ...any) iter.Seq2[*MapRows, error] {
	return func(yield func(*MapRows, error) bool) {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			yield(nil, asGeo(err))
			return
		}
		defer rows.Close()
		batch := newMapRows(rows)
		for rows.Next() {
			batch.add(rows.RawValues())
			if !batch.full() {
				continue
			}
			if !yield(batch, nil) {
				return
			}
			batch = batch.next()
		}
		if err := rows.Err(); err != nil {
			yield(nil, asGeo(err))
			return
		}
		if len(batch.lens) > 0 {
			yield(batch, nil)
		}
	}
}

func newMapRows(rows pgx.Rows) *MapRows {
	return &MapRows{columns: rows.FieldDescriptions()}
}

// next is a MapRows for the rows that follow, with as much room.
func (b *MapRows) next() *MapRows {
	return &MapRows{columns: b.columns, raw: make([]byte, 0, len(b.raw)+len(b.raw)/16), lens: make([]int32, 0, len(b.lens))}
}

func (b *MapRows) add(values [][]byte) {
	for i, v := range values {
		if v == nil {
			b.lens = append(b.lens, -1)
			continue
		}
		b.lens = append(b.lens, int32(len(v)))
		b.raw = append(b.raw, v...)
		if i == 1 {
			b.shapes += len(v)
		}
	}
}

func (b *MapRows) full() bool {
	return b.Len() >= mapRowsMost || len(b.raw) >= mapRowsBytes
}

// Len is the number of rows.
func (b *MapRows) Len() int { return len(b.lens)/max(len(b.columns), 1) + len(b.ended) }

// Features decodes the rows; safe to call on any goroutine.
func (b *MapRows) Features() ([]MapFeature, error) {
	if len(b.ended) > 0 {
		return b.ended, nil
	}
	if len(b.columns) < 2 {
		return nil, fmt.Errorf("a map layer of %d columns has no id and geometry", len(b.columns))
	}
	var shapes shapeReader
	shapes.expect(b.shapes)
	decode := newValueDecoder(b.columns)
	n, told := b.Len(), len(b.columns)-decode.first
	width := told
	if b.moves != nil {
		width += 1 + geo.HistoryLength
	}
	out := make([]MapFeature, n)
	values := make([]any, n*width)
	raw := b.raw
	history := historyTeller{of: b.moves}
	for i := range out {
		f := &out[i]
		f.Values = values[i*width : (i+1)*width : (i+1)*width]
		for c, size := range b.lens[i*len(b.columns) : (i+1)*len(b.columns)] {
			var v []byte
			if size >= 0 {
				v, raw = raw[:size:size], raw[size:]
			}
			if err := decode.into(f, c, v, &shapes); err != nil {
				return nil, fmt.Errorf("column %s: %w", b.columns[c].Name, err)
			}
		}
		if b.moves != nil {
			if err := history.values(f.ID, f.Values[told:]); err != nil {
				return nil, err
			}
		}
		if err := b.lives.tell(f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// valueDecoder turns raw values into what pgx would scan into an any. Equal texts
// that follow each other share their memory.
type valueDecoder struct {
	columns []pgconn.FieldDescription
	first   int // column of the values
	last    []lastText
	types   *pgtype.Map // made when first needed
}

type lastText struct {
	raw  []byte
	text any
}

func newValueDecoder(columns []pgconn.FieldDescription) *valueDecoder {
	d := &valueDecoder{columns: columns, first: 2, last: make([]lastText, len(columns))}
	if len(columns) > 2 && columns[2].Name == areaColumn {
		d.first = 3
	}
	return d
}

// into puts column c of a row into the feature; v is nil for null.
func (d *valueDecoder) into(f *MapFeature, c int, v []byte, shapes *shapeReader) error {
	if c == 1 && d.columns[c].Format == pgtype.BinaryFormatCode {
		return f.setShape(v, shapes)
	}
	value, err := d.value(c, v)
	if err != nil {
		return err
	}
	ok := true
	switch {
	case c == 0:
		f.ID, ok = value.(int64)
	case c == 1:
		b, _ := value.([]byte)
		return f.setShape(b, shapes)
	case c < d.first:
		f.M2, ok = value.(float64)
	default:
		f.Values[c-d.first] = value
	}
	if !ok {
		return fmt.Errorf("a value of type %T", value)
	}
	return nil
}

func (f *MapFeature) setShape(b []byte, shapes *shapeReader) (err error) {
	if len(b) > 0 {
		f.Geometry, err = shapes.decode(b)
	}
	return err
}

func (d *valueDecoder) value(c int, v []byte) (any, error) {
	if v == nil {
		return nil, nil
	}
	column := &d.columns[c]
	binaryForm := column.Format == pgtype.BinaryFormatCode
	switch {
	case column.DataTypeOID == pgtype.NumericOID && (column.Name == areaColumn || column.Name == muColumn):
		units, ok := areaOf(v, binaryForm)
		switch {
		case !ok:
			return nil, fmt.Errorf("%q is no area", v)
		case column.Name == muColumn:
			return muOf(units), nil
		}
		return m2Of(units), nil
	case column.DataTypeOID == pgtype.TextOID || column.DataTypeOID == pgtype.VarcharOID:
		return d.text(c, v), nil
	case binaryForm && column.DataTypeOID == pgtype.Int8OID && len(v) == 8:
		return int64(binary.BigEndian.Uint64(v)), nil
	case binaryForm && column.DataTypeOID == pgtype.Float8OID && len(v) == 8:
		return math.Float64frombits(binary.BigEndian.Uint64(v)), nil
	}
	if d.types == nil {
		d.types = pgtype.NewMap()
	}
	t, ok := d.types.TypeForOID(column.DataTypeOID)
	if !ok {
		return d.text(c, v), nil
	}
	return t.Codec.DecodeValue(d.types, column.DataTypeOID, column.Format, v)
}

func (d *valueDecoder) text(c int, v []byte) any {
	last := &d.last[c]
	if last.text == nil || !bytes.Equal(last.raw, v) {
		last.raw, last.text = v, string(v)
	}
	return last.text
}
