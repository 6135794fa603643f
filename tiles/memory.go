package tiles

import "slices"

// MemoryPart is what one kind of thing takes in memory, over all layers.
type MemoryPart struct {
	Name  string
	Bytes int64
}

// memoryParts adds up parts by name, in the order in which they first come.
type memoryParts []MemoryPart

func (m *memoryParts) add(name string, bytes int64) {
	i := slices.IndexFunc(*m, func(p MemoryPart) bool { return p.Name == name })
	if i < 0 {
		i = len(*m)
		*m = append(*m, MemoryPart{Name: name})
	}
	(*m)[i].Bytes += bytes
}

func (m memoryParts) sum() (n int64) {
	for _, p := range m {
		n += p.Bytes
	}
	return n
}

// Memory tells Stats.LayerBytes apart: what the merged layers and their mosaics take.
func (e *Engine) Memory() []MemoryPart {
	s := e.snap.Load()
	if s == nil {
		return nil
	}
	return s.memory()
}

// memory is what the layers take, their overlays left out.
func (s *snapshot) memory() (m memoryParts) {
	for i, l := range s.layers {
		shared := slices.ContainsFunc(s.layers[:i], func(of *layer) bool { return l.base.lentBy(of.base) })
		l.base.memory(&m, shared)
		if i < len(s.cells) && s.cells[i] != nil {
			s.cells[i].memory(&m)
		}
	}
	return m
}
