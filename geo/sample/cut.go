package sample

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
)

// face is a ring whose edges remember which line drew them: tag[i] belongs to
// the edge from point i to the next.
type face struct {
	ring ring
	tag  []int
}

// piece is a part of a split face. side is +1 on the left of the line that cut
// it, -1 on its right, 0 where the line did not reach.
type piece struct {
	face
	side int
}

// crossing is a place where a line meets the edge of a ring.
type crossing struct {
	at    float64 // along the line: segment number and part of it
	p     xy
	enter bool
}

// crossings finds where the line passes the ring's edges, in order along the
// line. A point exactly on the line counts as left of it, which keeps entries
// and exits in turn.
func crossings(r ring, line []xy) []crossing {
	var out []crossing
	for k := 0; k+1 < len(line); k++ {
		a, b := line[k], line[k+1]
		ab := b.sub(a)
		for i, c := range r {
			d := r.at(i + 1)
			cd := d.sub(c)
			if (ab.cross(c.sub(a)) >= 0) == (ab.cross(d.sub(a)) >= 0) ||
				(cd.cross(a.sub(c)) >= 0) == (cd.cross(b.sub(c)) >= 0) {
				continue
			}
			den := ab.cross(cd)
			s := c.sub(a).cross(ab) / den
			t := c.sub(a).cross(cd) / den
			out = append(out, crossing{float64(k) + t, c.towards(d, s), cd.cross(ab) > 0})
		}
	}
	slices.SortFunc(out, func(x, y crossing) int { return cmp.Compare(x.at, y.at) })
	return out
}

// split cuts the face along every stretch of the line that runs through it from
// edge to edge. Ends that dangle inside are ignored.
func split(f face, line []xy, tag int) []piece {
	pieces, _ := splitUsing(f, line, tag)
	return pieces
}

// splitUsing is split, and tells which stretches of the line were used: pairs
// of places along it.
func splitUsing(f face, line []xy, tag int) (pieces []piece, used [][2]float64) {
	pieces = []piece{{f, 0}}
	cs := crossings(f.ring, line)
	for i := 0; i+1 < len(cs); i++ {
		if !cs[i].enter || cs[i+1].enter {
			continue
		}
		chord := []xy{cs[i].p}
		for k := int(cs[i].at) + 1; k <= int(cs[i+1].at); k++ {
			chord = append(chord, line[k])
		}
		chord = append(chord, cs[i+1].p)
		for j, p := range pieces {
			l, r, ok := splitChord(p.face, chord, tag)
			if ok {
				pieces[j] = piece{l, +1}
				pieces = append(pieces, piece{r, -1})
				used = append(used, [2]float64{cs[i].at, cs[i+1].at})
				break
			}
		}
	}
	return pieces, used
}

// splitChord cuts a face along a chord whose ends lie on its edges; ok is false
// when they do not.
func splitChord(f face, chord []xy, tag int) (left, right face, ok bool) {
	p, q := chord[0], chord[len(chord)-1]
	ip, dp := nearestEdge(f.ring, p)
	iq, dq := nearestEdge(f.ring, q)
	mid := p.towards(q, 0.5)
	if len(chord) > 2 {
		mid = chord[len(chord)/2]
		if len(chord)%2 == 0 {
			mid = mid.towards(chord[len(chord)/2-1], 0.5)
		}
	}
	if dp > 1e-6 || dq > 1e-6 || !f.ring.contains(mid) {
		return face{}, face{}, false
	}
	return chordSide(f, chord, tag, iq, ip), chordSide(f, reversed(chord), tag, ip, iq), true
}

// chordSide is the part of the face on the left of the chord: the chord, then
// the boundary from its end (on edge from) to its beginning (on edge to).
func chordSide(f face, chord []xy, tag, from, to int) face {
	var out face
	for range len(chord) - 1 {
		out.tag = append(out.tag, tag)
	}
	out.ring = append(out.ring, chord...)
	out.tag = append(out.tag, f.tag[from])
	n := len(f.ring)
	p, q := chord[0], chord[len(chord)-1]
	if from == to && f.ring[to].dist(p) >= f.ring[to].dist(q) {
		return out // both on one edge, with nothing between
	}
	for i := (from + 1) % n; ; i = (i + 1) % n {
		out.ring = append(out.ring, f.ring[i])
		out.tag = append(out.tag, f.tag[i])
		if i == to {
			return out
		}
	}
}

func reversed(l []xy) []xy {
	out := slices.Clone(l)
	slices.Reverse(out)
	return out
}

func nearestEdge(r ring, p xy) (edge int, dist float64) {
	dist = math.Inf(1)
	for i, a := range r {
		if d := segmentDistance(p, a, r.at(i+1)); d < dist {
			edge, dist = i, d
		}
	}
	return edge, dist
}

var errNoCut = errors.New("no clean cut found")

// cutter draws a cutting line at a distance along the direction u. The line
// runs across u, with the low side on its left.
type cutter struct {
	u     xy
	steps []xy // (across, along) offsets of a ragged line; nil = straight
	reach float64
	mid   float64 // of the ring, across
}

// newCutter takes the greatest step of a ragged line in metres; 0 is a straight
// line.
func newCutter(rng *rand.Rand, r ring, u xy, ragged float64) cutter {
	v := u.left()
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range r {
		lo, hi = min(lo, p.dot(v)), max(hi, p.dot(v))
	}
	c := cutter{u: u, reach: (hi-lo)*0.5 + 200, mid: (hi + lo) / 2}
	if ragged == 0 {
		return c
	}
	at, off := -c.reach, 0.0
	for at < c.reach {
		c.steps = append(c.steps, xy{at, off})
		at += ragged * (3 + 4*rng.Float64())
		c.steps = append(c.steps, xy{at, off})
		next := (rng.Float64()*2 - 1) * ragged
		if math.Abs(next-off) < 0.3*ragged {
			next = off + math.Copysign(0.5*ragged, -off)
		}
		off = next
	}
	return c
}

func (c cutter) line(along float64) []xy {
	v := c.u.left()
	if c.steps == nil {
		m := c.u.mul(along).add(v.mul(c.mid))
		return []xy{m.sub(v.mul(c.reach)), m.add(v.mul(c.reach))}
	}
	out := make([]xy, len(c.steps))
	for i, s := range c.steps {
		out[i] = c.u.mul(along + s.y).add(v.mul(c.mid + s.x))
	}
	return out
}

// cut divides the ring so that the part towards -u has the wanted plane area,
// within a tenth of a square centimetre.
func (c cutter) cut(r ring, want float64) (low, high ring, err error) {
	f := face{r, make([]int, len(r))}
	a, b := math.Inf(1), math.Inf(-1)
	for _, p := range r {
		a, b = min(a, p.dot(c.u)), max(b, p.dot(c.u))
	}
	a, b = a-20, b+20
	var pieces []piece
	for range 60 {
		m := (a + b) / 2
		pieces = split(f, c.line(m), 0)
		got := 0.0
		for _, p := range pieces {
			if p.side > 0 || (p.side == 0 && p.ring[0].dot(c.u) < m) {
				got += p.ring.area()
			}
		}
		if math.Abs(got-want) < 1e-5 {
			break
		}
		if got < want {
			a = m
		} else {
			b = m
		}
	}
	if len(pieces) != 2 {
		return nil, nil, errNoCut
	}
	low, high = pieces[0].ring, pieces[1].ring
	if math.Abs(low.area()-want) > 1e-2 {
		return nil, nil, errNoCut
	}
	return low, high, nil
}

// divide cuts the ring roughly across its long axis, the low part having the
// wanted area, and tries a few angles for parts without slivers.
func divide(rng *rand.Rand, r ring, axis xy, want, ragged float64) (low, high ring, err error) {
	best := -1.0
	for try := range 14 {
		jitter := (rng.Float64()*2 - 1) * 6 * math.Pi / 180 * (1 + float64(try)/4)
		u := heading(math.Atan2(axis.y, axis.x) + jitter)
		if try == 13 && best < 0 {
			u = u.left()
		}
		if try > 9 {
			ragged = 0
		}
		a, b, e := newCutter(rng, r, u, ragged).cut(r, want)
		if e != nil || !a.roomy(leastGap) || !b.roomy(leastGap) {
			continue
		}
		if q := quality(a, b); q > best {
			low, high, best = a, b, q
		}
		if best > 0.75 {
			break
		}
	}
	if best < 0 {
		return nil, nil, errNoCut
	}
	return low, high, nil
}

// leastGap is how near two borders of one plot may come, in metres.
const leastGap = 0.5

// quality judges a cut by its corners, the points that the two parts share: it
// is small for very short edges and sharp corners, 1 at best.
func quality(a, b ring) float64 {
	shared := make(map[xy]bool, len(a))
	for _, p := range a {
		shared[p] = true
	}
	both := make(map[xy]bool, 4)
	for _, p := range b {
		if shared[p] {
			both[p] = true
		}
	}
	q := 1.0
	for _, r := range []ring{a, b} {
		for i, p := range r {
			if !both[p] {
				continue
			}
			e, f := r.at(i-1).sub(p), r.at(i+1).sub(p)
			q = min(q, e.norm()/6, f.norm()/6)
			if cos := e.unit().dot(f.unit()); cos > 0.5 { // sharper than 60°
				q = min(q, (1-cos)*1.5)
			}
		}
	}
	return q
}

// portion is one part that a ring is to be divided into.
type portion struct {
	want float64    // plane m2
	near xy         // where it would like to lie; ignored by shuffle
	ring ring       // the result
	sub  []*portion // divides the result further
}

// partition divides the ring among the portions, whose wants add up to its
// area, by halves across the longer axis. With shuffle the portions are taken
// in the order given, else they are put in order of place. Ragged is the greatest
// step of the cuts in metres.
func partition(rng *rand.Rand, r ring, parts []*portion, shuffle bool, ragged float64) error {
	if len(parts) == 1 {
		parts[0].ring = r
		if parts[0].sub != nil {
			return partition(rng, r, parts[0].sub, shuffle, ragged)
		}
		return nil
	}
	_, _, axis := r.extent()
	if !shuffle {
		slices.SortStableFunc(parts, func(a, b *portion) int { return cmp.Compare(a.near.dot(axis), b.near.dot(axis)) })
	}
	total := 0.0
	for _, p := range parts {
		total += p.want
	}
	aim, sum := total*(0.42+0.16*rng.Float64()), 0.0
	at, left := 1, parts[0].want
	for i := 0; i+1 < len(parts); i++ {
		sum += parts[i].want
		if math.Abs(sum-aim) < math.Abs(left-aim) {
			at, left = i+1, sum
		}
	}
	step := min(ragged, 0.1*math.Sqrt(min(left, total-left)))
	low, high, err := divide(rng, r, axis, left*r.area()/total, step)
	if err != nil {
		return err
	}
	if err := partition(rng, low, parts[:at], shuffle, ragged); err != nil {
		return err
	}
	return partition(rng, high, parts[at:], shuffle, ragged)
}
