package tiles

const (
	// heavyZoom is the last zoom at which a tile may hold a good part of a city.
	heavyZoom = 12
	// heavyFeatures is the size of a layer from which on that takes long.
	heavyFeatures = 5_000
)

// Heavy reports whether the tile may take long to build: it would be made of the
// features of a large layer one by one, at a zoom where it may hold most of them.
// A mosaic is made of cells that are there already, except under a query, for
// which it is added up anew. Callers let fewer of these be built at a time.
func (e *Engine) Heavy(id ID, q Query) bool {
	snap := e.snap.Load()
	if snap == nil || e.checkRange(id) != nil {
		return false
	}
	z, queried := int(id.Z), q.String() != ""
	for i := range e.spec.Layers {
		l := &e.spec.Layers[i]
		if !l.drawnAt(z) || snap.layers[i].len() < heavyFeatures {
			continue
		}
		if m := l.Mosaic; m != nil && z <= m.MaxZoom {
			if queried {
				return true
			}
		} else if z <= heavyZoom {
			return true
		}
	}
	return false
}
