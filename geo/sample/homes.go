package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tengdi/geo"
)

// totalHomes is how many buildings stand, or stood, in the 43 areas.
const totalHomes = 4600

// most households in one building.
const fullHouse = 60

// home is a building.
type home struct {
	code   string
	cell   *cell
	ring   ring
	use    string
	legal  geo.Legal
	tenure string
	floors int
	status string
	hh     int // households
	units  []*unit

	identified, empty, permit, razed, tidied geo.Day // 0 = not yet
	method                                   string
}

func (h *home) floorM2() float64 { return h.ring.area() * float64(h.floors) }

// done says that the building no longer stands.
func (h *home) done() bool {
	switch h.status {
	case "demolished", "site_cleared", "removed", "self_removed":
		return true
	}
	return false
}

// pattern is how the buildings of a plot stand.
type pattern struct {
	use              string
	w, wMore         float64 // along the row
	d, dMore         float64 // across
	side, sideMore   float64 // gap to the next in the row
	row, rowMore     float64 // gap to the next row
	floors, floorsUp int
}

func patterns(dense bool) []pattern {
	cottage := pattern{"residence", 9, 6, 8, 2.5, 1.5, 3, 3.5, 3, 1, 3}
	slab := pattern{"residence", 26, 26, 11, 2.5, 6, 5, 13, 5, 4, 4}
	shops := pattern{"shop", 12, 16, 9, 4, 2, 2, 7, 4, 1, 3}
	village := pattern{"residence", 11, 5, 9, 3, 6, 12, 10, 9, 1, 3}
	works := pattern{"workshop", 26, 34, 15, 12, 9, 10, 12, 8, 1, 2}
	if dense {
		return []pattern{cottage, slab, cottage, slab, shops, slab, works}
	}
	return []pattern{village, village, slab, village, works, slab, shops}
}

// shareHomes says how many buildings each area gets: by its households and by
// its ground.
func shareHomes(areas []*areaPlan) []int {
	w := make([]float64, len(areas))
	for i, a := range areas {
		w[i] = 0.6*float64(a.row.total)/27287 + 0.4*a.row.mu/12407
	}
	return share(w, totalHomes, 8, math.MaxInt)
}

// share deals total out in proportion to the weights, with at least and at most
// so much each, exactly. It gives nil when that cannot be.
func share(w []float64, total, least, most int) []int {
	n := len(w)
	if total < least*n || (most < math.MaxInt && total > most*n) {
		return nil
	}
	out := make([]int, n)
	sum := 0.0
	for _, v := range w {
		sum += v
	}
	type part struct {
		i    int
		frac float64
	}
	var parts []part
	left := total
	for i, v := range w {
		x := float64(total) * v / sum
		out[i] = max(least, min(most, int(x)))
		left -= out[i]
		parts = append(parts, part{i, x - float64(out[i])})
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.frac, a.frac) })
	for left != 0 {
		for _, p := range parts {
			if left > 0 && out[p.i] < most {
				out[p.i]++
				left--
			}
		}
		for k := len(parts) - 1; k >= 0; k-- {
			if i := parts[k].i; left < 0 && out[i] > least {
				out[i]--
				left++
			}
		}
	}
	return out
}

// build sets n buildings on the area's plots.
func (a *areaPlan) build(rng *rand.Rand, n int) error {
	for _, c := range a.cells {
		if c.kept != nil {
			a.homes = append(a.homes, &home{cell: c, ring: c.kept, use: "public", legal: geo.LegalTitle, tenure: "public", floors: 1 + rng.IntN(3), status: "kept"})
		}
	}
	n -= len(a.homes)
	var slots []*home
	standing := 0 // on land that is not cleared
	for pitch := 1.5; len(slots) < n*6/5 || standing < a.standing(n); pitch *= 0.85 {
		slots, standing = slots[:0], 0
		if pitch < 0.1 {
			return fmt.Errorf("%s: no room for %d buildings", a.row.name, n)
		}
		for _, c := range a.cells {
			rows := c.rows(rng, patterns(a.dense), pitch)
			slots = append(slots, rows...)
			if !c.cleared {
				standing += len(rows)
			}
		}
	}
	a.choose(rng, slots, n)
	for i, h := range a.homes {
		h.code = fmt.Sprintf("%s-%04d", a.row.code, i+1)
		h.cell.homes = append(h.cell.homes, h)
	}
	return nil
}

// standing is how many of n buildings must stand on land that is not cleared:
// enough for the households whose houses were not demolished.
func (a *areaPlan) standing(n int) int {
	rest := a.row.total - a.row.razed
	switch {
	case rest == 0:
		return 0
	case a.row.razed == 0:
		return n
	}
	return min(n-1, 4+rest/24)
}

// choose thins the places out to n: villages keep together, old town loses
// single houses. Enough stay on land that is not cleared for the households
// that still live there.
func (a *areaPlan) choose(rng *rand.Rand, slots []*home, n int) {
	var seeds []xy
	for range 3 + n/40 {
		seeds = append(seeds, slots[rng.IntN(len(slots))].ring[0])
	}
	score := make(map[*home]float64, len(slots))
	for _, h := range slots {
		score[h] = rng.Float64()
		if !a.dense {
			d := math.Inf(1)
			for _, s := range seeds {
				d = min(d, s.dist(h.ring[0]))
			}
			score[h] += d / 120
		}
	}
	slices.SortStableFunc(slots, func(x, y *home) int { return cmp.Compare(score[x], score[y]) })
	var open, freed []*home
	for _, h := range slots {
		if h.cell.cleared {
			freed = append(freed, h)
		} else {
			open = append(open, h)
		}
	}
	wantOpen := int(math.Round(float64(n) * (1 - float64(a.row.razed)/float64(a.row.total)) * 1.4))
	wantOpen = max(wantOpen, a.standing(n))
	if a.row.razed == a.row.total {
		wantOpen = 0
	}
	nOpen := min(wantOpen, len(open), n)
	nFreed := min(n-nOpen, len(freed))
	if a.row.razed < a.row.total {
		nOpen = min(n-nFreed, len(open))
	}
	picked := append(open[:nOpen:nOpen], freed[:nFreed]...)
	slices.SortStableFunc(picked, func(x, y *home) int {
		return cmp.Or(cmp.Compare(x.cell.order, y.cell.order), cmp.Compare(x.ring[0].x, y.ring[0].x))
	})
	a.homes = append(a.homes, picked...)
}

// rows fills a plot with rows of buildings along its long side. Pitch stretches
// the gaps.
func (c *cell) rows(rng *rand.Rand, kinds []pattern, pitch float64) []*home {
	in := shrink(smoothed(c.ring), 3)
	if in == nil {
		return nil
	}
	p := kinds[rng.IntN(len(kinds))]
	if _, short, _ := in.extent(); short < p.d+p.dMore {
		p = kinds[0]
	}
	_, _, u := in.extent()
	v := u.left()
	lo, hi := xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}
	for _, q := range in {
		a, b := q.dot(u), q.dot(v)
		lo, hi = xy{min(lo.x, a), min(lo.y, b)}, xy{max(hi.x, a), max(hi.y, b)}
	}
	var out []*home
	for y := lo.y + 0.5; y < hi.y; {
		d := p.d + p.dMore*rng.Float64()
		for x := lo.x + 3*rng.Float64(); x < hi.x; {
			w := p.w + p.wMore*rng.Float64()
			mid := u.mul(x + w/2).add(v.mul(y + d/2))
			x += w + (p.side+p.sideMore*rng.Float64())*pitch
			r := rectangle(mid, u, w, d)
			if !c.fits(in, r) {
				continue
			}
			floors := p.floors + rng.IntN(p.floorsUp+1)
			out = append(out, &home{cell: c, ring: carve(rng, r), use: p.use, legal: geo.LegalTitle, tenure: "private", floors: floors})
		}
		y += d + (p.row+p.rowMore*rng.Float64())*pitch
	}
	return out
}

// fits says that the rectangle lies in the ring and clear of a kept building.
func (c *cell) fits(in, r ring) bool {
	for i, q := range r {
		if !in.contains(q) || !in.contains(q.towards(r.at(i+1), 0.5)) {
			return false
		}
	}
	if c.kept == nil {
		return true
	}
	k := grown(c.kept, 3)
	for i, q := range r {
		for j, p := range k {
			if segmentsTouch(q, r.at(i+1), p, k.at(j+1)) {
				return false
			}
		}
	}
	return !k.contains(r[0]) && !r.contains(k[0])
}

// carve makes an L or a U of some of the larger rectangles.
func carve(rng *rand.Rand, r ring) ring {
	w, d := r[1].sub(r[0]), r[3].sub(r[0])
	if w.norm() < 13 || rng.Float64() > 0.22 {
		return r
	}
	at := func(x, y float64) xy { return r[0].add(w.mul(x)).add(d.mul(y)) }
	x, y := 0.3+0.3*rng.Float64(), 0.45+0.15*rng.Float64()
	if rng.Float64() < 0.6 {
		return ring{at(0, 0), at(1, 0), at(1, y), at(x, y), at(x, 1), at(0, 1)}
	}
	return ring{at(0, 0), at(1, 0), at(1, 1), at(1-x/2, 1), at(1-x/2, y), at(x/2, y), at(x/2, 1), at(0, 1)}
}
