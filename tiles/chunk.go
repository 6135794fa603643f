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
	geoms  texts
	levels texts // of the vertices; nothing when all are drawn at every zoom
	pre    [preLast + 1 - preFirst]texts
	// simple are the slots that need no repair at flagZoom, as far as is known.
	simple bitset

	lost map[int]bool // places whose geometry could not be read again; nil mostly
}

// newChunk packs the geometry of the records and encodes it ahead for the zooms
// from preFrom to preTo. A record that comes from a chunk brings its pieces along.
func newChunk(recs []*record, preFrom, preTo int) (*chunk, tally) {
	c := &chunk{
		geoms:  packTexts(recs, func(r *record) []byte { return r.geom }),
		levels: packTexts(recs, func(r *record) []byte { return r.levels }),
	}
	if len(c.levels.data) == 0 {
		c.levels = texts{}
	}
	var coder precoder
	if preTo == flagZoom {
		c.simple = newBitset(len(recs))
		for i, r := range recs {
			if r.chunk != nil && r.chunk.simple.has(r.place) || r.chunk == nil && coder.simple(r, flagZoom) {
				c.simple.set(i)
			}
		}
	}
	for z := preFrom; z <= min(preTo, preLast); z++ {
		w := newTexts(len(recs), 0)
		for _, r := range recs {
			if r.chunk != nil {
				w.add(r.chunk.piece(r.place, z))
			} else {
				w.add(coder.encode(r, z))
			}
		}
		c.pre[z-preFirst] = w.done()
	}
	return c, coder.tally
}

func packTexts(recs []*record, of func(*record) []byte) texts {
	size := 0
	for _, r := range recs {
		size += len(of(r))
	}
	w := newTexts(len(recs), size)
	for _, r := range recs {
		w.add(of(r))
	}
	return w.done()
}

// levelsOf is the levels of slot i of the chunk.
func (c *chunk) levelsOf(i int) []byte {
	if c.levels.len() == 0 {
		return nil
	}
	return c.levels.of(i)
}

// piece is what slot i of the chunk has encoded ahead for the zoom, or nothing.
func (c *chunk) piece(i, z int) []byte {
	if z < preFirst || z > preLast || c.pre[z-preFirst].len() == 0 {
		return nil
	}
	return c.pre[z-preFirst].of(i)
}

// geom is the packed rings of slot i of the chunk.
func (c *chunk) geom(i int) []byte { return c.geoms.of(i) }

// memory adds what it takes.
func (c *chunk) memory(m *memoryParts) {
	m.add("rings", c.geoms.bytes())
	m.add("levels", c.levels.bytes())
	m.add("simple ones at z16", 8*int64(cap(c.simple)))
	for i := range c.pre {
		if c.pre[i].len() > 0 {
			m.add(preNames[i], c.pre[i].bytes())
		}
	}
}
