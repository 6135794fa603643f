package tiles

import "sync/atomic"

// A chunk is the geometry of up to chunkSize slots that follow each other on the
// curve. It is the unit that may be given up for room and read again; everything
// that a search, a filter or a sum needs stays outside it.
const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
)

// chunkPointer is where a base has a chunk.
type chunkPointer = atomic.Pointer[chunk]

// chunk is immutable.
type chunk struct {
	geoms []byte
	ends  []uint32 // where the slot's rings end in geoms
	// levels of the vertices, and where the slot's end; nothing when all vertices are
	// drawn at every zoom.
	levels    []byte
	levelEnds []uint32
	pre       [preLast + 1 - preFirst]pieces
}

// newChunk packs the geometry of the records and encodes it ahead for the zooms
// from preFrom to preTo. A record that comes from a chunk brings its pieces along.
func newChunk(recs []*record, preFrom, preTo int) (*chunk, tally) {
	size := 0
	for _, r := range recs {
		size += len(r.geom)
	}
	c := &chunk{geoms: make([]byte, 0, size), ends: make([]uint32, len(recs))}
	for i, r := range recs {
		c.geoms = append(c.geoms, r.geom...)
		c.ends[i] = uint32(len(c.geoms))
	}
	c.packLevels(recs)
	var coder precoder
	for z := preFrom; z <= preTo; z++ {
		var p pieces
		for _, r := range recs {
			if r.chunk != nil {
				p.add(r.chunk.pre[z-preFirst].of(r.place))
			} else {
				p.add(coder.encode(r, z))
			}
		}
		c.pre[z-preFirst] = pieces{fitted(p.data), fitted(p.bases), fitted(p.ends)}
	}
	return c, coder.tally
}

func (c *chunk) packLevels(recs []*record) {
	size := 0
	for _, r := range recs {
		size += len(r.levels)
	}
	if size == 0 {
		return
	}
	c.levels, c.levelEnds = make([]byte, 0, size), make([]uint32, len(recs))
	for i, r := range recs {
		c.levels = append(c.levels, r.levels...)
		c.levelEnds[i] = uint32(len(c.levels))
	}
}

// levelsOf is the levels of slot i of the chunk.
func (c *chunk) levelsOf(i int) []byte {
	if c.levelEnds == nil {
		return nil
	}
	return cut(c.levels, c.levelEnds, i)
}

// piece is what slot i of the chunk has encoded ahead for the zoom, or nothing.
func (c *chunk) piece(i, z int) []byte {
	if z < preFirst || z > preLast || len(c.pre[z-preFirst].ends) == 0 {
		return nil
	}
	return c.pre[z-preFirst].of(i)
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
	n := int64(cap(c.geoms)) + 4*int64(cap(c.ends)) + int64(cap(c.levels)) + 4*int64(cap(c.levelEnds))
	for i := range c.pre {
		n += c.pre[i].bytes()
	}
	return n
}
