package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tengdi/geo"
)

// sizeFactor is how much larger than its plan an area is drawn: kept buildings
// and road corners inside it are never cleared.
const sizeFactor = 1.009

// areaPlan is an area on its way to the map.
type areaPlan struct {
	row    areaRow
	centre xy
	parts  []*areaPart
	cells  []*cell
	lots   []*lot
	dense  bool // old town: small plots, many households
	dates  areaDates
	homes  []*home // buildings
}

// areaPart is the area's share of one block.
type areaPart struct {
	area    *areaPlan
	block   *block
	portion portion
	load    float64 // plane m2 taken by lots
	lots    []*lot
}

// layout gives every area its ground: whole blocks to the large ones, nearest
// first, and ragged pieces of blocks to the rest. Every area gets its plan
// times sizeFactor, measured on the ellipsoid.
func (c *city) layout(rng *rand.Rand, areas []*areaPlan) error {
	order := slices.Clone(areas)
	slices.SortStableFunc(order, func(a, b *areaPlan) int { return cmp.Compare(b.row.mu, a.row.mu) })
	for _, a := range order {
		if err := c.claim(a); err != nil {
			return err
		}
	}
	for _, b := range c.blocks {
		if err := b.divide(rng); err != nil {
			return err
		}
	}
	return nil
}

const (
	leastPart = 5000.0 // m2 that are worth an area's own piece of a block
	leastFree = 0.10   // share of a block that may stay with the old city
)

// claim takes blocks for the area, nearest to its centre and to what it has.
func (c *city) claim(a *areaPlan) error {
	k := c.proj.scale(a.centre)
	need := float64(geo.FromMu(a.row.mu)) * sizeFactor * k * k
	for need > 1e-3 {
		var best *block
		var bestTake float64
		bestScore := math.Inf(1)
		for _, b := range c.blocks {
			take, ok := b.offer(need)
			if !ok || b.has(a) {
				continue
			}
			if s := a.score(b) + dismay(need, take); s < bestScore {
				best, bestTake, bestScore = b, take, s
			}
		}
		if best == nil {
			return fmt.Errorf("no room left for %s: %.0f m2 missing", a.row.name, need)
		}
		p := &areaPart{area: a, block: best, portion: portion{want: bestTake, near: a.centre}}
		best.free -= bestTake
		best.parts = append(best.parts, p)
		a.parts = append(a.parts, p)
		need -= bestTake
	}
	return nil
}

// dismay is how much farther, in metres, an area would rather go than be torn
// apart: a small one not at all, and none for the sake of a small rest.
func dismay(need, take float64) float64 {
	d := 0.0
	if take < need && need < 220_000 {
		d += 400
	}
	if rest := need - take; rest > 0 && rest < 40_000 {
		d += 300
	}
	return d
}

// offer is how much of the block an area that needs so much can have: all that
// is free, or its need where enough stays.
func (b *block) offer(need float64) (take float64, ok bool) {
	all := b.ring.area()
	switch {
	case b.free < leastPart:
		return 0, false
	case need >= b.free && (need-b.free < 1e-3 || need-b.free > leastPart):
		return b.free, true
	case need >= b.free: // a crumb would be left over: leave it a fair piece
		if t := need - 1.5*leastPart; t > leastPart && b.free-t > leastFree*all {
			return t, true
		}
		return 0, false
	case b.free-need < max(leastPart, leastFree*all):
		return 0, false
	}
	return need, true
}

func (b *block) has(a *areaPlan) bool {
	return slices.ContainsFunc(b.parts, func(p *areaPart) bool { return p.area == a })
}

func (a *areaPlan) score(b *block) float64 {
	mid := b.ring.centroid()
	s := mid.dist(a.centre)
	if len(a.parts) > 0 {
		gap := math.Inf(1)
		for _, p := range a.parts {
			gap = min(gap, p.block.gap(b))
		}
		s = 0.5*s + 4*max(0, gap-30)
	}
	switch a.row.code {
	case riverArea:
		if !b.riverside {
			s += 1500
		}
	case lakeArea, "YYL-21":
		if b.lakeside {
			s -= 500
		}
	}
	return s
}

// Areas whose ground has a shape of its own: 王家河 along the river, 东风湖 at
// the lake.
const (
	riverArea = "YYL-13"
	lakeArea  = "YYL-12"
)

// gap is the distance between the blocks, corner to edge.
func (b *block) gap(o *block) float64 {
	d := math.Inf(1)
	for _, p := range b.ring {
		d = min(d, o.ring.distance(p))
	}
	return d
}

// divide cuts the block among its areas and the old city.
func (b *block) divide(rng *rand.Rand) error {
	if len(b.parts) == 0 {
		return nil
	}
	var err error
	for try := range 16 {
		ragged := maxStep
		if try > 10 {
			ragged = 0
		}
		if err = partition(rng, b.ring, b.portions(), false, ragged); err == nil {
			return nil
		}
	}
	return fmt.Errorf("block of %s: %w", b.parts[0].area.row.name, err)
}

// maxStep is the greatest step of a ragged border, in metres.
const maxStep = 14.0

// portions are what the block is cut into. A small area gets a corner rather
// than a thin strip: it is cut off together with some of the old city first.
func (b *block) portions() []*portion {
	long, short, _ := b.ring.extent()
	fill := b.ring.area() / (long * short)
	free := b.free
	var out []*portion
	mean := xy{}
	for _, p := range b.parts {
		mean = mean.add(p.portion.near.mul(1 / float64(len(b.parts))))
		strip := math.Sqrt(p.portion.want*1.15) * short * fill
		if rest := strip - p.portion.want; rest > leastPart && rest < free-leastPart {
			free -= rest
			mid := b.ring.centroid()
			out = append(out, &portion{want: strip, near: p.portion.near, sub: []*portion{
				&p.portion, {want: rest, near: mid.mul(2).sub(p.portion.near)},
			}})
			continue
		}
		out = append(out, &p.portion)
	}
	if free > 1 {
		out = append(out, &portion{want: free, near: b.ring.centroid().mul(2).sub(mean)})
	}
	return out
}
