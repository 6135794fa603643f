package tiles

import "encoding/binary"

// table is numbers by row and column. A row is as wide as its columns need: one of
// few different numbers has their places in a list.
type table struct {
	data    []byte // rows one after another, and padding
	columns []tableColumn
	stride  int
	rows    int
}

type tableColumn struct {
	at, width int      // bytes of a row
	list      []uint32 // by what the row has; nil where it has the number itself
}

// newTable packs rows of so many columns; numbers are below all.
func newTable(cells []uint32, rows, columns, all int) table {
	t := table{columns: make([]tableColumn, columns), rows: rows}
	places := make([]uint32, all) // of numbers in the column's list, counted from 1
	for c := range t.columns {
		t.columns[c] = newTableColumn(cells, c, columns, places)
		t.columns[c].at = t.stride
		t.stride += t.columns[c].width
	}
	t.data = make([]byte, t.rows*t.stride+padding)
	for c := range t.columns {
		t.fill(cells, c, places)
	}
	return t
}

// mostListed is the most different numbers that a column lists.
const mostListed = 1 << 16

// newTableColumn decides how a column is written. places is scratch space.
func newTableColumn(cells []uint32, c, columns int, places []uint32) tableColumn {
	clear(places)
	var list []uint32
	most, rows := uint32(0), 0
	for i := c; i < len(cells); i += columns {
		v := cells[i]
		rows++
		most = max(most, v)
		if places[v] == 0 && len(list) <= mostListed {
			list = append(list, v)
			places[v] = uint32(len(list))
		}
	}
	width := widthOf(uint64(most))
	if len(list) > mostListed || rows == 0 {
		return tableColumn{width: width}
	}
	listed := 0 // one number that all have takes nothing
	if len(list) > 1 {
		listed = widthOf(uint64(len(list) - 1))
	}
	if rows*listed+4*len(list) >= rows*width {
		return tableColumn{width: width}
	}
	return tableColumn{width: listed, list: fitted(list)}
}

// fill writes a column. places is scratch space.
func (t *table) fill(cells []uint32, c int, places []uint32) {
	column := &t.columns[c]
	for i, v := range column.list {
		places[v] = uint32(i)
	}
	for row := range t.rows {
		v := cells[row*len(t.columns)+c]
		if column.list != nil {
			v = places[v]
		}
		for k := range column.width {
			t.data[row*t.stride+column.at+k] = byte(v >> (8 * k))
		}
	}
}

// at is the number in a row and column.
func (t *table) at(row, column int) uint32 {
	c := &t.columns[column]
	v := uint32(binary.LittleEndian.Uint64(t.data[row*t.stride+c.at:]) & lowBytes(c.width))
	if c.list != nil {
		return c.list[v]
	}
	return v
}

// row puts the numbers of a row into room, which has a place for each.
func (t *table) row(row int, room []uint32) []uint32 {
	data := t.data[row*t.stride:]
	for i := range t.columns {
		c := &t.columns[i]
		v := uint32(binary.LittleEndian.Uint64(data[c.at:]) & lowBytes(c.width))
		if c.list != nil {
			v = c.list[v]
		}
		room[i] = v
	}
	return room
}

func (t *table) bytes() int64 {
	n := int64(cap(t.data))
	for i := range t.columns {
		n += 40 + 4*int64(cap(t.columns[i].list))
	}
	return n
}
