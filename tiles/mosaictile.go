package tiles

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// mosaicBytes bounds the cells of a tile: beyond it they are drawn twice as large.
// The rest of the budget is for what else the tile shows.
const mosaicBytes = 400_000

// mosaicEncoder writes the cells of a tile as a layer. Its memory is reused.
type mosaicEncoder struct {
	sums cellSums
	keys []string
	at   []int   // per value: place of its first key; 0 = not in the tile
	done []int64 // per value: parts of a square metre written
	have []int64 // per value: units seen
	lead []uint32
	rank []uint32 // per value: its place among the names of the tile
	nums placeTable
	next uint32 // places of values given out

	tags, body, feats, values, layer []byte
}

// The keys that every cell has, in their order.
const (
	keyLead = iota
	keyCover
	keyN
	keyM2
	cellKeys
)

// encode is the layer as it stands in a tile, valid until the next, and the number
// of its cells. names are those of the sums' values.
func (m *mosaicEncoder) encode(name string, names []string, id ID) ([]byte, int) {
	for m.sums.tooMany() {
		m.sums.fold()
	}
	for {
		m.order(names)
		cells := m.features(names, id)
		if cells == 0 {
			return nil, 0
		}
		m.finish(name)
		if len(m.layer) <= mosaicBytes || m.sums.shift == tileCellBits {
			return m.layer, cells
		}
		m.sums.fold()
	}
}

// finish puts the layer together.
func (m *mosaicEncoder) finish(name string) {
	b := appendBytes(m.body[:0], keyLayerName, name)
	b = append(b, m.feats...)
	for _, k := range m.keys {
		b = appendBytes(b, keyLayerKey, k)
	}
	b = append(b, m.values...)
	b = binary.AppendUvarint(append(b, keyLayerExtent), Extent)
	b = append(b, keyLayerVersion, mvtVersion)
	m.body = b
	m.layer = appendBytes(m.layer[:0], keyTileLayer, b)
}

// order gives the values of the tile their keys, by name, so that equal sums are
// equal bytes whatever order the names came in.
func (m *mosaicEncoder) order(names []string) {
	m.keys = append(m.keys[:0], "lead", "cover", "n", "m2")
	m.at, m.done, m.have = zeroed(m.at, len(names)), zeroed(m.done, len(names)), zeroed(m.have, len(names))
	m.lead = zeroed(m.lead, len(names))
	for _, at := range m.sums.used {
		for _, s := range m.sums.cells[at] {
			m.at[s.value] = 1
		}
	}
	var used []uint32
	for v, has := range m.at {
		if has > 0 && names[v] != "" {
			used = append(used, uint32(v))
		}
	}
	slices.SortFunc(used, func(a, b uint32) int { return strings.Compare(names[a], names[b]) })
	m.rank = zeroed(m.rank, len(names)) // 0 is "", which comes first
	for i, v := range used {
		m.rank[v] = uint32(i) + 1
		m.at[v] = len(m.keys)
		m.keys = append(m.keys, "m2_"+names[v], "n_"+names[v])
	}
	for _, at := range m.sums.used {
		m.sort(m.sums.cells[at])
	}
	m.sums.inRows()
}

// sort puts the sums of a cell, which are few, in order of the values' names.
func (m *mosaicEncoder) sort(sums []valueSum) {
	for i := 1; i < len(sums); i++ {
		s := sums[i]
		k := i
		for ; k > 0 && m.rank[sums[k-1].value] > m.rank[s.value]; k-- {
			sums[k] = sums[k-1]
		}
		sums[k] = s
	}
}

func zeroed[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// features writes the cells, row by row, and counts them.
func (m *mosaicEncoder) features(names []string, id ID) (count int) {
	m.feats, m.values, m.next = m.feats[:0], m.values[:0], 0
	m.nums.reset()
	side := m.sums.side()
	ground, row := 0.0, uint32(math.MaxUint32)
	square := squareCommands(int64(Extent / side))
	for _, at := range m.sums.used {
		x, y := uint32(at)%tileCells, uint32(at)/tileCells
		if y != row {
			ground, row = cellGround(id, side, y), y
		}
		if !m.cell(names, m.sums.cells[at], ground) {
			continue
		}
		b := binary.AppendUvarint(append(m.body[:0], keyFeatureID), uint64(y*side+x)+1)
		b = appendBytes(b, keyFeatureTags, m.tags)
		b = append(b, keyFeatureType, typePolygon)
		g := append(m.tags[:0], 1<<3|cmdMoveTo)
		g = binary.AppendVarint(g, int64(x*(Extent/side)))
		g = binary.AppendVarint(g, int64(y*(Extent/side)))
		g = append(g, square...)
		b = appendBytes(b, keyFeatureGeometry, g)
		m.feats = appendBytes(m.feats, keyLayerFeature, b)
		m.tags, m.body = g, b
		count++
	}
	return count
}

// squareCommands draws a square of the side from its upper left corner on.
func squareCommands(side int64) []byte {
	b := []byte{3<<3 | cmdLineTo}
	for _, step := range []int64{side, 0, 0, side, -side, 0} {
		b = binary.AppendVarint(b, step)
	}
	return append(b, 1<<3|cmdClose)
}

// areaParts is the parts of a square metre to which a cell's areas are told: a power
// of two, so that doubles hold them exactly and add up exactly, and end in zeros, which
// compress.
const areaParts = 128

// partsOf is an area in parts, to the nearest.
func partsOf(units int64) int64 {
	const by, of = areaParts / 16, areaUnits / 16
	return (units*by + of/2) / of
}

// cell fills m.tags with a cell's attributes; false when it has nothing to say. Of
// each value the running total over the tile is rounded to parts, so that the tile's
// sums are right to one of them.
func (m *mosaicEncoder) cell(names []string, sums []valueSum, ground float64) bool {
	var n, parts, units int64
	lead := sums[0]
	m.tags = m.tags[:0]
	for _, s := range sums {
		n += int64(s.n)
		units += s.units
		if s.units > lead.units {
			lead = s
		}
		m.have[s.value] += s.units
		p := partsOf(m.have[s.value]) - m.done[s.value]
		m.done[s.value] += p
		parts += p
		if names[s.value] == "" {
			continue // it has no value
		}
		if p > 0 {
			m.tag(m.at[s.value], m.double(p))
		}
		if s.n > 0 {
			m.tag(m.at[s.value]+1, m.number(int64(s.n)))
		}
	}
	if n == 0 && parts == 0 {
		return false
	}
	if names[lead.value] != "" {
		if m.lead[lead.value] == 0 {
			text, err := encodeValue(names[lead.value])
			if err != nil { // it was encoded before
				panic(err)
			}
			m.lead[lead.value] = m.put([]byte(text)) + 1
		}
		m.tag(keyLead, m.lead[lead.value]-1)
	}
	m.tag(keyCover, m.number(int64(math.Round(100*float64(units)/areaUnits/ground))))
	m.tag(keyN, m.number(n))
	m.tag(keyM2, m.double(parts))
	return true
}

func (m *mosaicEncoder) tag(key int, value uint32) {
	m.tags = binary.AppendUvarint(m.tags, uint64(key))
	m.tags = binary.AppendUvarint(m.tags, uint64(value))
}

// put adds a value to the layer.
func (m *mosaicEncoder) put(encoded []byte) uint32 {
	m.values = appendBytes(m.values, keyLayerValue, encoded)
	m.next++
	return m.next - 1
}

// number is the place of a whole number, from 0 up.
func (m *mosaicEncoder) number(v int64) uint32 {
	s, ok := m.nums.find(uint64(v)*2 + 1)
	if !ok {
		var b [11]byte
		s.place = m.put(binary.AppendUvarint(append(b[:0], tagUint), uint64(v)))
	}
	return s.place
}

// double is the place of an area in parts, as a double of square metres.
func (m *mosaicEncoder) double(parts int64) uint32 {
	s, ok := m.nums.find(uint64(parts)*2 + 2)
	if !ok {
		var b [9]byte
		s.place = m.put(binary.LittleEndian.AppendUint64(append(b[:0], tagDouble), math.Float64bits(float64(parts)/areaParts)))
	}
	return s.place
}
