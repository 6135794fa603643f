package tiles

// A chunk is the geometry of up to chunkSize slots that follow each other on the
// curve. It is the unit that may be given up for room and read again; everything
// that a search, a filter or a sum needs stays outside it.
const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
)

// chunk is immutable.
type chunk struct {
	geoms []byte
	ends  []uint32 // where the slot's rings end in geoms
}

// newChunk packs the geometry of the records.
func newChunk(recs []*record) *chunk {
	size := 0
	for _, r := range recs {
		size += len(r.geom)
	}
	c := &chunk{geoms: make([]byte, 0, size), ends: make([]uint32, len(recs))}
	for i, r := range recs {
		c.geoms = append(c.geoms, r.geom...)
		c.ends[i] = uint32(len(c.geoms))
	}
	return c
}

// geom is the packed rings of slot i of the chunk.
func (c *chunk) geom(i int) []byte { return cut(c.geoms, c.ends, i) }

// cut is part i of parts that lie one after another and end at ends.
func cut(all []byte, ends []uint32, i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = ends[i-1]
	}
	return all[from:ends[i]:ends[i]]
}

// bytes is the memory it takes.
func (c *chunk) bytes() int64 {
	return int64(cap(c.geoms)) + 4*int64(cap(c.ends))
}
