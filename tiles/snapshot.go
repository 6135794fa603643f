package tiles

import "sync"

// snapshot is the whole tileset at one revision. Immutable; readers keep one for
// as long as they need it.
type snapshot struct {
	revision int64
	layers   []*layer    // in the order of the spec
	cells    []*cellTree // the same; nil for a layer without a mosaic
	missing  []string    // layers that are empty because they are still being loaded

	once  sync.Once
	box   box         // of everything; after once
	kinds [][]kindSet // per layer and field; after once
}

// mayMeet reports whether a tile may have anything, by bounds alone.
func (s *snapshot) mayMeet(spec *Spec, id ID) bool {
	w := gridOf(id).window()
	for i := range spec.Layers {
		if spec.Layers[i].drawnAt(int(id.Z)) && s.layers[i].mayMeet(w) {
			return true
		}
	}
	return false
}

// summarise works out the exact bounds and the types of the fields, once. Nothing of a
// feature taken away remains to be seen in them.
func (s *snapshot) summarise() {
	s.once.Do(func() {
		s.box = emptyBox()
		s.kinds = make([][]kindSet, len(s.layers))
		for i, l := range s.layers {
			s.box = s.box.join(l.box())
			s.kinds[i] = l.kinds()
		}
	})
}

// with is the snapshot with one layer replaced.
func (s *snapshot) with(i int, l *layer) *snapshot {
	layers := append([]*layer(nil), s.layers...)
	layers[i] = l
	return &snapshot{revision: s.revision, layers: layers, cells: s.cells, missing: s.missing}
}

// partial reports whether layers are still to come.
func (s *snapshot) partial() bool { return len(s.missing) > 0 }

// emptyTile is a tile that nothing can be in.
func (s *snapshot) emptyTile() Tile {
	if s.partial() {
		return Tile{Revision: s.revision, Partial: true}
	}
	return Tile{ETag: emptyTag, Revision: s.revision}
}
