package sample

import (
	"errors"
	"math"
	"slices"
)

// nearestCells divides a ring among seeds: each gets what lies nearer to it than
// to any other. A cell is what is left of the ring when it is cut along the middle
// line to each other seed.
func nearestCells(outline ring, seeds []streetSeed) []ring {
	out := make([]ring, len(seeds))
	for i, s := range seeds {
		cell := outline
		for j, o := range seeds {
			if i != j && len(cell) > 0 {
				cell = nearer(cell, s.at, o.at)
			}
		}
		out[i] = snapped(cell)
	}
	return out
}

// nearer is the part of a ring that lies nearer to a than to b.
func nearer(r ring, a, b xy) ring {
	mid, to := a.towards(b, 0.5), b.sub(a).unit()
	var out ring
	for i, p := range r {
		q := r.at(i + 1)
		dp, dq := p.sub(mid).dot(to), q.sub(mid).dot(to)
		if dp <= 0 {
			out = append(out, p)
		}
		if (dp < 0 && dq > 0) || (dp > 0 && dq < 0) {
			out = append(out, p.towards(q, dp/(dp-dq)))
		}
	}
	return out
}

// snapped rounds corners to the decimetre, so that cells have those that they
// share in common, and leaves out what falls together.
func snapped(r ring) ring {
	var out ring
	for _, p := range r {
		p = xy{math.Round(p.x*10) / 10, math.Round(p.y*10) / 10}
		if len(out) == 0 || out[len(out)-1] != p {
			out = append(out, p)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

// dissolve joins cells that meet: edges that two of them share go the opposite
// way in each and cancel, and those that are left are chained into rings. It fails
// when they do not close.
func dissolve(cells []ring) ([]shape, error) {
	next := map[xy][]xy{}
	for _, r := range cells {
		for i, p := range r {
			q := r.at(i + 1)
			if k := slices.Index(next[q], p); k >= 0 {
				next[q] = slices.Delete(next[q], k, k+1)
				continue
			}
			next[p] = append(next[p], q)
		}
	}
	var outers, holes []ring
	for _, r := range cells { // in the order of the cells, so that the same come out each time
		for _, from := range r {
			for len(next[from]) > 0 {
				loop := ring{}
				for p := from; ; {
					ways := next[p]
					if len(ways) == 0 {
						return nil, errors.New("sample: the cells do not close")
					}
					loop = append(loop, p)
					next[p] = ways[1:]
					if p = ways[0]; p == from {
						break
					}
				}
				if loop.area() > 0 {
					outers = append(outers, loop)
				} else {
					holes = append(holes, ring(reversed(loop)))
				}
			}
		}
	}
	out := make([]shape, len(outers))
	for i, o := range outers {
		out[i].outer = o
		for _, h := range holes {
			if o.contains(h.inside()) {
				out[i].holes = append(out[i].holes, h)
			}
		}
	}
	return out, nil
}
