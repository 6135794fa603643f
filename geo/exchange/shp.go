package exchange

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// shpCursor walks the records of a .shp (ESRI Shapefile Technical Description,
// July 1998). Lengths that the file states are checked against the bytes it
// has before they are believed.
type shpCursor struct {
	file   io.Closer
	r      *bufio.Reader
	name   string
	limits Limits
	pos    int64 // bytes taken so far
	stop   int64 // end of the last record
	stated int64 // length by the header
	number int
	left   int64 // bytes of the record's content that are not taken yet
	index  *shxIndex
	buf    [64]byte
}

const shpHeaderBytes = 100

func openShp(ctx context.Context, set shapefileSet, o Options) (*shpCursor, error) {
	f, err := set.shp.open()
	if err != nil {
		return nil, unreadable(set.shp.name, err)
	}
	m := &meter{ctx: ctx, r: f}
	if o.Progress != nil {
		m.report = func(n int64) { o.Progress(n, set.shp.size) }
	}
	c := &shpCursor{
		file: f, r: bufio.NewReaderSize(m, 64<<10), name: set.shp.name, limits: o.Limits,
		index: &shxIndex{},
	}
	if err := c.start(set.shp.size); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !set.shx.missing() {
		if c.index, err = openShx(ctx, set.shx); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return c, nil
}

func (c *shpCursor) Close() error { return errors.Join(c.file.Close(), c.index.Close()) }

// start reads the header of the file, which has size bytes.
func (c *shpCursor) start(size int64) error {
	var h [shpHeaderBytes]byte
	if err := c.take(h[:]); err != nil {
		return c.headerBroken("it is cut short", "不完整")
	}
	const fileCode, version = 9994, 1000
	if binary.BigEndian.Uint32(h[:]) != fileCode || binary.LittleEndian.Uint32(h[28:]) != version {
		return c.headerBroken("its file code or version is wrong", "文件代码或版本不对")
	}
	c.stated = 2 * int64(binary.BigEndian.Uint32(h[24:]))
	if c.stated < shpHeaderBytes {
		return c.headerBroken("it states an impossible length", "写的长度不合理")
	}
	// Only the real size is believed. A header that states more shows as a
	// record cut short, which is then named; one that states less is stale,
	// and the records themselves tell whether the rest is sound.
	c.stop = size
	if c.stated > size {
		c.stop = size + 1
	}
	return nil
}

func (c *shpCursor) headerBroken(en, zh string) *FileError {
	return fileErrorf("shp-header", "the header of %[1]s is wrong: %[2]s", "%[1]s 的文件头不对：%[3]s", c.name, en, zh)
}

func (c *shpCursor) take(b []byte) error {
	n, err := io.ReadFull(c.r, b)
	c.pos += int64(n)
	return err
}

func (c *shpCursor) discard(n int64) error {
	for n > 0 {
		step, err := c.r.Discard(int(min(n, 1<<30)))
		c.pos += int64(step)
		n -= int64(step)
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *shpCursor) truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || err == nil {
		return fileErrorf("shp-truncated", "%s ends in record %d", "%s 在第 %d 条记录中断", c.name, c.number)
	}
	return unreadable(c.name, err)
}

// next goes to the next record and reads its header; false at the end.
func (c *shpCursor) next() (bool, error) {
	at, more, err := c.index.next()
	if err != nil {
		return false, err
	}
	known := c.index.records() >= 0
	if known && !more || !known && c.pos >= c.stop {
		return false, nil
	}
	c.number++
	if known && at != c.pos {
		// Editors leave gaps where a record was moved; the index knows.
		if at < c.pos || at >= c.stop {
			return false, fileErrorf("shx-wrong", "the .shx puts record %d at byte %d, where it cannot be; remove the .shx or mend the file",
				".shx 指第 %d 条记录在 %d 字节处，不合理；请删去 .shx 或修复文件", c.number, at)
		}
		if err := c.discard(at - c.pos); err != nil {
			return false, c.truncated(err)
		}
	}
	if c.pos+8 > c.stop {
		return false, c.truncated(nil)
	}
	if err := c.take(c.buf[:8]); err != nil {
		return false, c.truncated(err)
	}
	c.left = 2 * int64(binary.BigEndian.Uint32(c.buf[4:]))
	if c.left < 4 || c.pos+c.left > c.stop {
		return false, c.truncated(nil)
	}
	return true, nil
}

// content takes bytes of the record at hand.
func (c *shpCursor) content(b []byte) error {
	if int64(len(b)) > c.left {
		return io.ErrUnexpectedEOF
	}
	c.left -= int64(len(b))
	return c.take(b)
}

// Shape types; Z and M variants add 10 and 20.
const (
	shpNull    = 0
	shpPolygon = 5
)

func shpName(kind uint32) string {
	switch kind {
	case 1, 11, 21:
		return "Point"
	case 3, 13, 23:
		return "PolyLine"
	case 8, 18, 28:
		return "MultiPoint"
	case 31:
		return "MultiPatch"
	}
	return "shape type " + strconv.FormatUint(uint64(kind), 10)
}

// shape reads the content of the record at hand, all of it.
func (c *shpCursor) shape() (mp orb.MultiPolygon, warnings []Problem, problem *Problem, err error) {
	if err = c.content(c.buf[:4]); err != nil {
		return nil, nil, nil, c.truncated(err)
	}
	switch kind := binary.LittleEndian.Uint32(c.buf[:]); kind {
	case shpNull:
		problem = problemf("null-shape", "geometry", "the record has no shape", "该记录没有图形（空图形）")
	case shpPolygon, shpPolygon + 10, shpPolygon + 20:
		mp, warnings, problem, err = c.polygon(kind)
	default:
		problem = notAPolygon(shpName(kind))
	}
	if err != nil {
		return nil, nil, nil, c.truncated(err)
	}
	rest := c.left
	c.left = 0
	if err = c.discard(rest); err != nil {
		return nil, nil, nil, c.truncated(err)
	}
	return mp, warnings, problem, nil
}

// polygon reads a Polygon, PolygonZ or PolygonM after its type; what follows
// the x and y of the points stays unread.
func (c *shpCursor) polygon(kind uint32) (orb.MultiPolygon, []Problem, *Problem, error) {
	if c.left < 40 {
		return nil, nil, recordLength("the record is too short for a polygon", "记录太短，放不下面"), nil
	}
	if err := c.content(c.buf[:40]); err != nil {
		return nil, nil, nil, err
	}
	parts := int64(int32(binary.LittleEndian.Uint32(c.buf[32:])))
	points := int64(int32(binary.LittleEndian.Uint32(c.buf[36:])))
	need := 4*parts + 16*points
	if kind == shpPolygon+10 {
		need += 16 + 8*points // range and values of z; those of m are optional
	}
	switch {
	case parts < 0 || points < 0 || need > c.left:
		return nil, nil, recordLength("it states more parts or points than the record holds", "声明的部分数或点数超出记录长度"), nil
	case parts == 0 || points == 0:
		return nil, nil, emptyGeometry(), nil
	case points > int64(c.limits.MaxVertices):
		return nil, nil, tooManyVertices(c.limits.MaxVertices), nil
	case parts > int64(c.limits.MaxRings):
		return nil, nil, tooManyRings(c.limits.MaxRings), nil
	}
	starts := make([]int, parts)
	for i := range starts {
		if err := c.content(c.buf[:4]); err != nil {
			return nil, nil, nil, err
		}
		starts[i] = int(int32(binary.LittleEndian.Uint32(c.buf[:])))
		if i == 0 && starts[0] != 0 || i > 0 && starts[i] <= starts[i-1] || starts[i] >= int(points) {
			return nil, nil, problemf("parts-wrong", "geometry", "part %d begins at a point where it cannot",
				"第 %d 部分的起点序号不合理", i+1), nil
		}
	}
	run := make([]orb.Point, points)
	for i := range run {
		if err := c.content(c.buf[:16]); err != nil {
			return nil, nil, nil, err
		}
		x := math.Float64frombits(binary.LittleEndian.Uint64(c.buf[:]))
		y := math.Float64frombits(binary.LittleEndian.Uint64(c.buf[8:]))
		if !finite(x) || !finite(y) {
			return nil, nil, notFinite(strconv.FormatFloat(x, 'g', -1, 64) + " " + strconv.FormatFloat(y, 'g', -1, 64)), nil
		}
		run[i] = orb.Point{x, y}
	}
	mp, warnings, problem := shpRings(run, starts)
	return mp, warnings, problem, nil
}

func recordLength(en, zh string) *Problem {
	return problemf("record-length", "geometry", "%[1]s", "%[2]s", en, zh)
}

// shpRings makes rings of the parts and sorts them into polygons.
func shpRings(run []orb.Point, starts []int) (orb.MultiPolygon, []Problem, *Problem) {
	rings := make([]orb.Ring, len(starts))
	closed := true
	for i, from := range starts {
		to := len(run)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		ring := orb.Ring(run[from:to:to])
		if n := len(ring); n >= 3 && ring[0] != ring[n-1] {
			ring = append(ring, ring[0]) // copies: the run is full at to
			closed = false
		}
		if len(ring) < 4 {
			return nil, nil, ringTooShort(i+1, len(ring))
		}
		rings[i] = ring
	}
	var warnings []Problem
	if !closed {
		warnings = append(warnings, *problemf("ring-closed", "geometry",
			"a ring did not end where it begins and was closed", "有环首尾不相接，已闭合"))
	}
	mp, against := assemble(rings)
	if against {
		warnings = append(warnings, windingMended())
	}
	orient(mp)
	return mp, warnings, nil
}

// shxIndex walks the .shx beside the .shp: where each record begins. Its zero
// value is a missing index.
type shxIndex struct {
	file  io.Closer
	r     *bufio.Reader
	count int
	taken int
}

// openShx opens an index; one that is too short or has a wrong length does not
// help and counts as missing.
func openShx(ctx context.Context, src source) (*shxIndex, error) {
	if src.size < shpHeaderBytes || (src.size-shpHeaderBytes)%8 != 0 {
		return &shxIndex{}, nil
	}
	f, err := src.open()
	if err != nil {
		return nil, unreadable(src.name, err)
	}
	x := &shxIndex{
		file: f, r: bufio.NewReaderSize(&meter{ctx: ctx, r: f}, 16<<10),
		count: int((src.size - shpHeaderBytes) / 8),
	}
	if _, err := x.r.Discard(shpHeaderBytes); err != nil {
		return nil, errors.Join(unreadable(src.name, err), f.Close())
	}
	return x, nil
}

// records is the number of records, or -1 without an index.
func (x *shxIndex) records() int {
	if x.r == nil {
		return -1
	}
	return x.count
}

// next is the byte at which the next record begins; more is false behind the
// last and without an index.
func (x *shxIndex) next() (at int64, more bool, err error) {
	if x.r == nil || x.taken == x.count {
		return 0, false, nil
	}
	x.taken++
	var b [8]byte
	if _, err := io.ReadFull(x.r, b[:]); err != nil {
		return 0, false, fileErrorf("shx-wrong", "the .shx ends at record %d", ".shx 在第 %d 条记录中断", x.taken).because(err)
	}
	return 2 * int64(binary.BigEndian.Uint32(b[:])), true, nil
}

func (x *shxIndex) Close() error {
	if x.file == nil {
		return nil
	}
	return x.file.Close()
}
