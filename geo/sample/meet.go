package sample

import (
	"cmp"
	"math"
	"slices"
)

// meet gives neighbours the same points along their common borders: a corner of
// one that lies on an edge of another becomes a point of both. Without it a
// border that is straight in the plane would part by a millimetre in degrees.
func meet(rings []*ring) {
	const size = 40.0 // of the cells of the index, in metres
	type key struct{ x, y int }
	at := func(p xy) key { return key{int(math.Floor(p.x / size)), int(math.Floor(p.y / size))} }
	index := map[key][]xy{}
	seen := map[xy]bool{}
	for _, r := range rings {
		for _, p := range *r {
			if !seen[p] {
				seen[p] = true
				index[at(p)] = append(index[at(p)], p)
			}
		}
	}
	const touch = 1e-3 // metres
	for _, r := range rings {
		var out ring
		for i, a := range *r {
			b := r.at(i + 1)
			out = append(out, a)
			var on []xy
			lo, hi := at(xy{min(a.x, b.x) - touch, min(a.y, b.y) - touch}), at(xy{max(a.x, b.x) + touch, max(a.y, b.y) + touch})
			for x := lo.x; x <= hi.x; x++ {
				for y := lo.y; y <= hi.y; y++ {
					for _, p := range index[key{x, y}] {
						if p.dist(a) > touch && p.dist(b) > touch && segmentDistance(p, a, b) < touch {
							on = append(on, p)
						}
					}
				}
			}
			slices.SortFunc(on, func(p, q xy) int { return cmp.Compare(p.dist(a), q.dist(a)) })
			out = append(out, on...)
		}
		*r = out
	}
}
