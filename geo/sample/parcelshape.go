package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tengdi/geo"
)

// parcelShapes draws the parcel of every lot among the cells.
func parcelShapes(rng *rand.Rand, proj projector, cells []*cell) error {
	for _, c := range cells {
		l := c.lot
		if l == nil {
			continue
		}
		l.cell = c
		c.kept = nil
		if rng.Float64() < 1.0/12 && l.mu > 12 && l.area.row.mu > 110 {
			c.kept = keptBuilding(rng, c.ring, 22)
		}
		twoParts := l.sale == nil && rng.Float64() < 0.09 && l.mu > 15
		shapes, err := fitParcel(rng, proj, c, float64(geo.FromMu(l.mu)), twoParts)
		if err != nil {
			return err
		}
		l.shapes = shapes
	}
	return nil
}

// fitParcel moves the lot's edges inwards until the parcel has the wanted
// ellipsoidal area, to half a hundredth of a square metre. Two parts lie on both
// sides of a planned road; a kept building becomes a hole.
func fitParcel(rng *rand.Rand, proj projector, c *cell, want float64, twoParts bool) ([]shape, error) {
	rings := []ring{c.ring}
	if twoParts && c.kept == nil {
		_, _, axis := c.ring.extent()
		if a, b, err := divide(rng, c.ring, axis, c.ring.area()*(0.4+0.2*rng.Float64()), 0); err == nil {
			rings = []ring{a, b}
		}
	}
	for i, r := range rings {
		rings[i] = smoothed(r)
	}
	// All edges go in together until a little more would be too much, then the
	// longest edge alone takes off the rest.
	setback, got := fit(24.5, want, func(d float64) float64 { return proj.ellipsoidal(c.inside(rings, d, 0)...) })
	extra := 0.0
	if math.Abs(got-want) > fitTolerance && got > want {
		extra, got = fit(24.5, want, func(e float64) float64 { return proj.ellipsoidal(c.inside(rings, setback, e)...) })
	}
	if math.Abs(got-want) > fitTolerance {
		return nil, fmt.Errorf("no parcel of %.0f m2 in a lot of %.0f", want, c.ring.area())
	}
	out := c.inside(rings, setback, extra)
	for _, s := range out {
		if !wideEnough(s.outer) {
			return nil, fmt.Errorf("parcel of %.0f m2 is too narrow", want)
		}
		for _, p := range slices.Concat(s.holes...) {
			if !s.outer.contains(p) || s.outer.distance(p) < leastWidth {
				return nil, fmt.Errorf("kept building too near the edge of a parcel of %.0f m2", want)
			}
		}
	}
	return out, nil
}

const fitTolerance = 0.005 // m2

// fit finds an x between 0 and hi at which the size, falling with x but not
// always there, is still at least want and just so; and the size there.
func fit(hi, want float64, size func(x float64) float64) (x, got float64) {
	const step = 0.5
	lo := hi
	for ; lo > 0 && got < want; lo -= step {
		x, got = lo-step, size(lo-step)
	}
	lo, hi = x, x+step
	for range 40 {
		if got-want < fitTolerance {
			break
		}
		m := (lo + hi) / 2
		if s := size(m); s < want {
			hi = m
		} else {
			lo, x, got = m, m, s
		}
	}
	return x, got
}

// inside is the parcel with all edges of the lot's rings moved in by d and the
// longest of the first by extra more; nil when that leaves no simple shape.
func (c *cell) inside(rings []ring, d, extra float64) []shape {
	var out []shape
	for i, r := range rings {
		longest := 0
		for j := range r {
			if r[j].dist(r.at(j+1)) > r[longest].dist(r.at(longest+1)) {
				longest = j
			}
		}
		move := func(by float64) ring {
			return inset(r, func(edge int) float64 {
				if i == 0 && edge == longest {
					return by + extra
				}
				return by
			})
		}
		fits := func(q ring) bool {
			return q != nil && !slices.ContainsFunc(q, func(p xy) bool { return !r.contains(p) || r.distance(p) < min(1, 0.7*d) })
		}
		// Further in and out again, so that narrow tongues go.
		var q ring
		if deep := move(d + leastWidth/2); deep != nil {
			q = tidy(shrink(deep, -leastWidth/2), 2)
		}
		if !fits(q) {
			q = tidy(move(d), 2)
		}
		if !fits(q) {
			return nil
		}
		s := shape{outer: q}
		if c.kept != nil {
			s.holes = []ring{grown(c.kept, 4)}
		}
		out = append(out, s)
	}
	return out
}

// leastWidth is how wide a parcel must be everywhere that matters.
const leastWidth = 12.0

// wideEnough says that looking inwards from the middle of each longer edge
// nothing is nearer than the least width.
func wideEnough(r ring) bool {
	if !r.roomy(3 * leastGap) {
		return false
	}
	for i, a := range r {
		b := r.at(i + 1)
		if a.dist(b) < 16 {
			continue // near a corner anything is narrow
		}
		m := a.towards(b, 0.5)
		in := b.sub(a).unit().left()
		from, to := m.add(in.mul(0.01)), m.add(in.mul(leastWidth+0.1))
		for j, c := range r {
			if j != i && segmentsTouch(from, to, c, r.at(j+1)) {
				return false
			}
		}
	}
	return true
}
