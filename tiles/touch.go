package tiles

// toucher finds the tiles that changes of one layer reach, and the cells after
// them.
type toucher struct {
	spec  *Spec
	ls    *LayerSpec
	field int       // of the mosaic
	edit  *cellEdit // nil without a mosaic
}

func (e *Engine) toucher(layer int, old *snapshot) *toucher {
	t := &toucher{spec: &e.spec, ls: &e.spec.Layers[layer]}
	if t.ls.Mosaic != nil {
		t.field, t.edit = t.ls.mosaicField(), old.cells[layer].edit()
	}
	return t
}

// change appends the tiles that a feature's old or new state reaches; nil = none.
func (t *toucher) change(ranges []tileRange, before, after *record) []tileRange {
	for _, rec := range []*record{before, after} {
		ranges = t.reach(ranges, rec)
	}
	if t.edit != nil {
		t.edit.change(t.field, before, after)
	}
	return ranges
}

// cells is the layer's mosaic after the changes.
func (t *toucher) cells() *cellTree {
	if t.edit == nil {
		return nil
	}
	return t.edit.done()
}

// reach appends the tiles of every zoom that a feature or what it was reaches.
func (t *toucher) reach(ranges []tileRange, rec *record) []tileRange {
	if rec == nil {
		return ranges
	}
	for z := max(t.ls.MinZoom, t.spec.MinZoom); z <= min(t.ls.MaxZoom, t.spec.MaxZoom); z++ {
		if !rec.ended() {
			ranges = t.box(ranges, rec.box, rec.drawnAt(t.ls.Kind, z), z)
		}
		for i := range rec.past {
			if v := &rec.past[i]; !v.box.isEmpty() {
				ranges = t.box(ranges, v.box, t.ls.Kind == Points || v.area >= unit2(z), z)
			}
		}
	}
	return ranges
}

// box appends the tiles of a zoom that something with the box reaches: with the
// buffer where it may be drawn itself, which may change a tile from cells to
// features or back, and those of its cells, which have no buffer, where it may be
// part of a mosaic, however small it is. What a query keeps depends on every
// attribute, so a change of any of them counts.
func (t *toucher) box(ranges []tileRange, b box, drawn bool, z int) []tileRange {
	if drawn && z >= t.ls.firstFeatures() {
		ranges = append(ranges, tilesOf(b, z))
	} else if t.ls.Mosaic != nil && z <= mosaicZoom {
		at := func(q int32) uint32 { return uint32(q) >> (worldBits - z) }
		ranges = append(ranges, tileRange{uint32(z), at(b.minX), at(b.minY), at(b.maxX), at(b.maxY)})
	}
	return ranges
}
