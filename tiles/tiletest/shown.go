package tiletest

import (
	"fmt"
	"reflect"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// leftOut is the layer in which a tile says what it had to leave out.
const leftOut = "left_out"

// SameFeatures holds a tile as it is served against the plain tile of the same
// features: every layer that is drawn has the same features with the same
// attributes, points at the same places. A layer with a mosaic (mosaics has the
// mosaic's layer by the layer) may be drawn as its cells instead, never as both and
// never as neither. A layer that the tile says to have left something out of has
// that much less. Where polygons lie is for Strays.
func SameFeatures(tile string, shipped, plain []Layer, mosaics map[string]string) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, tile+" "+fmt.Sprintf(format, args...))
	}
	allowed := map[string]bool{leftOut: true}
	missing := map[string]int64{}
	for _, f := range byID(shipped, leftOut) {
		name, _ := f.Values["layer"].(string)
		n, _ := f.Values["n"].(int64)
		missing[name] += n
	}
	for _, l := range plain {
		allowed[l.Name] = true
		want := byID(plain, l.Name)
		have := byID(shipped, l.Name)
		if cells, ok := mosaics[l.Name]; ok {
			allowed[cells] = true
			if n := len(byID(shipped, cells)); n > 0 {
				if len(have) > 0 {
					fault("%s: %d features and %d cells", l.Name, len(have), n)
				}
				continue
			}
			if len(have) == 0 && !anyInside(want) {
				continue // cells end at the edge, where features have a buffer
			}
		}
		if int64(len(want)) != int64(len(have))+missing[l.Name] {
			fault("%s: %d features and %d left out, want %d", l.Name, len(have), missing[l.Name], len(want))
		}
		for id, f := range have {
			w, ok := want[id]
			switch {
			case !ok:
				fault("%s %d: is not in the plain tile", l.Name, id)
			case !reflect.DeepEqual(f.Values, w.Values):
				fault("%s %d: has %v, want %v", l.Name, id, f.Values, w.Values)
			case len(w.Points) > 0 && !reflect.DeepEqual(f.Points, w.Points):
				fault("%s %d: is at %v, want %v", l.Name, id, f.Points, w.Points)
			case (len(w.Polygons) > 0) != (len(f.Polygons) > 0):
				fault("%s %d: has %d polygons, want %d", l.Name, id, len(f.Polygons), len(w.Polygons))
			}
		}
	}
	for _, l := range shipped {
		if !allowed[l.Name] && !isMosaic(mosaics, l.Name) {
			fault("%s: the plain tile has no such layer", l.Name)
		}
	}
	return faults
}

// Strays finds the polygons of a tile, as it is served, with a vertex far from the
// border of their row: farther than half a unit, by which simplifying moves a border,
// and half as far again as rounding does (where simplified borders cross, and where
// cells stand in for what is left of nothing).
func (r *Reference) Strays(id maptile.Tile, shipped []Layer) (faults []string) {
	for _, rows := range r.layers {
		c := &comparison{ref: r, rows: rows, id: id}
		for _, f := range byID(shipped, rows.Layer) {
			if truth, ok := r.truth(rows.Layer, f.ID, id).(orb.MultiPolygon); ok {
				c.strays(f, truth, 0.5+1.5*near)
			}
		}
		faults = append(faults, c.faults...)
	}
	return faults
}

// anyInside tells whether a feature may have something within the tile's edges.
func anyInside(features map[uint64]Feature) bool {
	for _, f := range features {
		for _, p := range f.Polygons {
			lo, hi := p[0][0], p[0][0]
			for _, v := range p[0] {
				lo = XY{min(lo[0], v[0]), min(lo[1], v[1])}
				hi = XY{max(hi[0], v[0]), max(hi[1], v[1])}
			}
			if max(lo[0], lo[1]) < extent && min(hi[0], hi[1]) > 0 {
				return true
			}
		}
	}
	return false
}

// isMosaic: a mosaic may have cells of features too small to be drawn.
func isMosaic(mosaics map[string]string, name string) bool {
	for _, cells := range mosaics {
		if cells == name {
			return true
		}
	}
	return false
}
