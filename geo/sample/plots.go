package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tengdi/geo"
)

// lot is the ground of one parcel: the parcel and the setback around it.
type lot struct {
	area   *areaPlan
	sale   *saleRow // nil for parcels not sold
	status string
	mu     float64
	cell   *cell
	shapes []shape // of the parcel
}

// cell is a plot that is cleared in one piece.
type cell struct {
	part    *areaPart
	ring    ring
	lot     *lot // nil for plain plots
	kept    ring // footprint of a building kept by plan; nil = none
	rank    float64
	cleared bool
	ready   geo.Day // when it was accepted as cleared
	order   int     // in which the area's plots are cleared
	homes   []*home
}

func (c *cell) shape() shape {
	s := shape{outer: c.ring}
	if c.kept != nil {
		s.holes = []ring{grown(c.kept, 1.5)}
	}
	return s
}

// grown is a rectangle with d more on each side.
func grown(r ring, d float64) ring {
	u := r[1].sub(r[0])
	v := r[3].sub(r[0])
	return rectangle(r.centroid(), u.unit(), u.norm()+2*d, v.norm()+2*d)
}

// lotSize is the ground that a parcel of so many m2 takes with its setbacks.
func lotSize(m2 float64) float64 {
	s := math.Sqrt(m2)*1.06 + 13
	return s * s
}

// unsold are the states of the parcels that are not sold (DOMAIN 6.1).
func unsold() []string {
	var out []string
	for _, s := range []struct {
		code string
		n    int
	}{{"listed", 6}, {"announced", 5}, {"failed", 4}, {"withdrawn", 2}, {"planned", 41}, {"allocated", 25}} {
		out = append(out, slices.Repeat([]string{s.code}, s.n)...)
	}
	return out
}

// plotLots decides which parcels lie in which area: the sold ones as listed,
// the others where cleared land is left, at least one in every area that was
// handed over.
func plotLots(rng *rand.Rand, areas []*areaPlan, sales []saleRow) error {
	room := make(map[*areaPlan]float64, len(areas)) // m2 of cleared land for more lots
	for _, a := range areas {
		room[a] = float64(geo.FromMu(a.row.cleared)) * 0.74
	}
	for i := range sales {
		at := slices.IndexFunc(areas, func(a *areaPlan) bool { return a.row.name == sales[i].area })
		if at < 0 {
			return fmt.Errorf("%s: no area named %s", sales[i].notice, sales[i].area)
		}
		a := areas[at]
		a.lots = append(a.lots, &lot{area: a, sale: &sales[i], status: "sold", mu: sales[i].mu})
		room[a] -= lotSize(float64(geo.FromMu(sales[i].mu)))
	}
	states := unsold()
	rng.Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
	var turn []*areaPlan
	for _, a := range areas {
		if a.row.status == "handed_over" && len(a.lots) == 0 {
			turn = append(turn, a)
		}
	}
	for _, s := range states {
		if len(turn) == 0 {
			turn = nextTurn(areas, room)
		}
		a := turn[0]
		turn = turn[1:]
		most := min(room[a], 62_000)
		if s == "allocated" {
			most = min(most, 24_000)
		}
		m2 := 4200 + (most*0.62-4200)*(0.25+0.75*rng.Float64())
		m2 = max(m2, min(3600, room[a]*0.4))
		l := &lot{area: a, status: s, mu: math.Round(float64(geo.SquareMetres(m2).Mu())*100) / 100}
		room[a] -= lotSize(float64(geo.FromMu(l.mu)))
		a.lots = append(a.lots, l)
	}
	return nil
}

// nextTurn lists the areas with the most room, a few at a time.
func nextTurn(areas []*areaPlan, room map[*areaPlan]float64) []*areaPlan {
	turn := slices.Clone(areas)
	slices.SortStableFunc(turn, func(a, b *areaPlan) int {
		return cmp.Compare(room[b]/float64(len(b.lots)+1), room[a]/float64(len(a.lots)+1))
	})
	return turn[:8]
}

// plot cuts the area's parts into lots and plain plots.
func (a *areaPlan) plot(rng *rand.Rand, proj projector) error {
	if err := a.placeLots(proj); err != nil {
		return err
	}
	size := 13_500.0
	if a.dense {
		size = 3_700
	}
	for _, p := range a.parts {
		if err := p.plot(rng, proj, size); err != nil {
			return err
		}
	}
	front := a.parts[0].portion.ring[0]
	far := math.Inf(1)
	for _, p := range a.parts { // the front begins where the area meets its widest road side
		for _, q := range p.portion.ring {
			if d := q.dist(a.centre); d < far {
				front, far = q, d
			}
		}
	}
	slices.SortStableFunc(a.lots, func(x, y *lot) int { return cmp.Compare(x.day(), y.day()) })
	for i, l := range a.lots {
		l.cell.rank = float64(i) - 1e6
	}
	for _, c := range a.cells {
		if c.lot == nil {
			c.rank = c.ring.centroid().dist(front) + 60*rng.Float64()
		}
	}
	slices.SortStableFunc(a.cells, func(x, y *cell) int { return cmp.Compare(x.rank, y.rank) })
	return nil
}

// day puts sold lots first, in order of sale.
func (l *lot) day() geo.Day {
	if l.sale != nil {
		return l.sale.soldOn
	}
	return math.MaxInt32
}

// placeLots gives each lot to a part with room for it, the largest first. The
// strips of 王家河 lie along the river.
func (a *areaPlan) placeLots(proj projector) error {
	order := slices.Clone(a.lots)
	slices.SortStableFunc(order, func(x, y *lot) int { return cmp.Compare(y.mu, x.mu) })
	for _, l := range order {
		k := proj.scale(a.centre)
		need := lotSize(float64(geo.FromMu(l.mu)) * k * k)
		var best *areaPart
		bestLeft := -1.0
		for _, p := range a.parts {
			if a.row.code == riverArea && l.sale != nil && !p.block.riverside {
				continue
			}
			left := p.portion.want - p.load - need
			if left >= 0 && (left > 4000 || left < 1) && left > bestLeft {
				best, bestLeft = p, left
			}
		}
		if best == nil {
			return fmt.Errorf("%s: no room for a parcel of %.2f mu", a.row.name, l.mu)
		}
		best.load += need
		best.lots = append(best.lots, l)
	}
	return nil
}

// plot divides one part among its lots and plain plots of about size m2.
func (p *areaPart) plot(rng *rand.Rand, proj projector, size float64) error {
	k := proj.scale(p.area.centre)
	var err error
	for try := range 40 {
		var ps []*portion
		rest := p.portion.ring.area()
		for _, l := range p.lots {
			if l.sale == nil && try%10 == 9 { // what does not fit is planned smaller
				l.mu = math.Round(l.mu*85) / 100
			}
			ps = append(ps, &portion{want: lotSize(float64(geo.FromMu(l.mu)) * k * k)})
			rest -= ps[len(ps)-1].want
		}
		for n := max(1, int(math.Round(rest/size))); n > 0 && rest > 1; n-- {
			w := rest
			if n > 1 {
				w = rest / float64(n) * (0.7 + 0.6*rng.Float64())
			}
			ps = append(ps, &portion{want: w})
			rest -= w
		}
		order := slices.Clone(ps)
		plain := order[len(p.lots):]
		rng.Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
		if err = partition(rng, p.portion.ring, order, true, 0); err != nil {
			continue
		}
		var cells []*cell
		for i, q := range ps {
			c := &cell{part: p, ring: q.ring}
			if i < len(p.lots) {
				c.lot = p.lots[i]
			}
			cells = append(cells, c)
		}
		if err = parcelShapes(rng, proj, cells); err != nil {
			continue
		}
		p.area.cells = append(p.area.cells, cells...)
		return nil
	}
	return fmt.Errorf("%s: %w", p.area.row.name, err)
}

// keptBuilding places a building that stays, well inside the ring; nil when
// there is no room.
func keptBuilding(rng *rand.Rand, r ring, clear float64) ring {
	_, _, axis := r.extent()
	in := r.inside()
	b := rectangle(in, axis, 15+9*rng.Float64(), 10+4*rng.Float64())
	for _, p := range b {
		if !r.contains(p) || r.distance(p) < clear {
			return nil
		}
	}
	return b
}

// keep picks plain plots in which a building stays, one in twelve, as long as
// the land it takes stays within the area's spare.
func (a *areaPlan) keep(rng *rand.Rand) {
	spare := float64(geo.FromMu(a.row.mu)) * (sizeFactor - 1) * 0.75
	for _, c := range a.cells {
		if c.kept != nil {
			spare -= c.shape().holes[0].area()
		}
	}
	for _, c := range a.cells {
		if c.lot != nil || rng.Float64() > 0.11 {
			continue
		}
		b := keptBuilding(rng, c.ring, 6)
		if b == nil {
			continue
		}
		if size := grown(b, 1.5).area(); size < spare {
			c.kept = b
			spare -= size
		}
	}
}

// clear marks plots as cleared from the front on until the area's cleared mu
// are reached; the last plot is cut where they are.
func (a *areaPlan) clear(rng *rand.Rand, proj projector) error {
	want := float64(geo.FromMu(a.row.cleared))
	for i := 0; i < len(a.cells) && want > 1e-6; i++ {
		c := a.cells[i]
		got := proj.ellipsoidal(c.shape())
		if got <= want {
			c.cleared = true
			want -= got
			continue
		}
		if c.lot != nil {
			return fmt.Errorf("%s: lots exceed the cleared land", a.row.name)
		}
		c.kept = nil
		k := proj.scale(c.ring.centroid())
		_, _, axis := c.ring.extent()
		low, high, err := divide(rng, c.ring, axis, want*k*k, 0)
		if err != nil {
			return fmt.Errorf("%s: last plot: %w", a.row.name, err)
		}
		rest := &cell{part: c.part, ring: high, rank: c.rank + 1}
		c.ring, c.cleared = low, true
		a.cells = slices.Insert(a.cells, i+1, rest)
		want = 0
	}
	if want > 0.01 {
		return fmt.Errorf("%s: %.2f m2 short of its cleared land", a.row.name, want)
	}
	for i, c := range a.cells {
		c.order = i
	}
	return nil
}
