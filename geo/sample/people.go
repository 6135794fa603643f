package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tengdi/geo"
)

// unit is a household on its way through the clearing.
type unit struct {
	code    string
	home    *home
	status  string
	persons int
	mode    string
	amount  geo.Money

	registered, surveyed, valued, negotiating geo.Day
	signed, paid, vacated, closed             geo.Day
	court                                     []geo.Day // decision and the steps to court
	late                                      bool      // visited often
	key                                       float64   // place in the order of signing
}

// settle gives the buildings their states and their households, so that the
// area's figures come out exactly: a front runs through the area, behind it all
// is gone, before it people still live.
func (a *areaPlan) settle(rng *rand.Rand) error {
	gone, open := a.judge(rng)
	empty := int(math.Round(0.8 * float64(a.row.vacated-a.row.razed)))
	lived := a.row.total - a.row.razed - empty
	nEmpty, nLived := 0, 0
	if a.row.total > a.row.razed {
		nLived = need(lived, len(open)*3/4)
		nEmpty = need(empty, (len(open)-nLived)*2/3)
		if a.row.razed == 0 {
			nLived = len(open)
		}
	}
	nRazed := len(open) - nEmpty - nLived
	if nRazed < 0 {
		return fmt.Errorf("%s: %d buildings are too few for the households left", a.row.name, len(open))
	}
	for i, h := range open {
		switch {
		case i < nRazed:
			h.status = "demolished"
			gone = append(gone, h)
		case i < nRazed+nEmpty:
			h.status = []string{"empty", "demolition_permit"}[rng.IntN(2)]
		default:
			h.status = "identified"
			if a.row.status == "decided" && rng.Float64() < 0.12 {
				h.status, h.legal = "existing", geo.LegalUndetermined
			}
		}
	}
	for _, g := range []struct {
		homes []*home
		n     int
	}{{gone, a.row.razed}, {open[nRazed : nRazed+nEmpty], empty}, {open[nRazed+nEmpty:], lived}} {
		if err := a.house(rng, g.homes, g.n); err != nil {
			return err
		}
	}
	return a.people(rng, empty)
}

// judge finds what is legal and what is not, and parts the buildings that can
// hold households into those on cleared plots, which are gone, and the others in
// the order in which they will go; a few hold-outs anywhere go last.
func (a *areaPlan) judge(rng *rand.Rand) (gone, open []*home) {
	standing := 0
	for _, h := range a.homes {
		if !h.cell.cleared && h.status != "kept" {
			standing++
		}
	}
	for _, h := range a.homes {
		if h.status == "kept" {
			continue
		}
		h.tenure = []string{"private", "private", "private", "unit", "unit", "public", "collective"}[rng.IntN(7)]
		spare := h.cell.cleared || standing > a.standing(len(a.homes))
		switch {
		case a.row.razed > 0 && spare && h.ring.area() < 180 && rng.Float64() < 0.045:
			if !h.cell.cleared {
				standing--
			}
			h.outlaw(rng)
			continue
		case rng.Float64() < 0.05:
			h.legal = geo.LegalTemporary
		}
		if h.cell.cleared {
			h.status = "site_cleared"
			gone = append(gone, h)
		} else {
			open = append(open, h)
		}
	}
	holdouts := map[*home]int{}
	for range min(4, len(open)/6) {
		holdouts[open[rng.IntN(len(open))]] = 1
	}
	slices.SortStableFunc(open, func(x, y *home) int {
		return cmp.Or(cmp.Compare(holdouts[x], holdouts[y]), cmp.Compare(x.front(), y.front()))
	})
	return gone, open
}

// outlaw makes the building an illegal or expired one, in which nobody lives.
func (h *home) outlaw(rng *rand.Rand) {
	h.legal = []geo.Legal{geo.LegalIllegal, geo.LegalIllegal, geo.LegalExpired}[rng.IntN(3)]
	h.use, h.floors, h.status = "workshop", 1, "notice"
	if h.cell.cleared {
		h.status = []string{"removed", "removed", "self_removed"}[rng.IntN(3)]
	}
}

// need is how many buildings so many households take: a share of those there
// are, but enough.
func need(households, most int) int {
	if households == 0 {
		return 0
	}
	n := max(1, min(most, households/5+1))
	return max(n, (households+fullHouse-13)/(fullHouse-12))
}

// front is a building's place in the order of demolition.
func (h *home) front() float64 {
	return float64(h.cell.order) + math.Mod(h.ring[0].x*0.37+h.ring[0].y*0.61, 2.5)
}

// house deals n households out among the buildings by their floor area. Where
// there are more buildings than households, the smallest have none.
func (a *areaPlan) house(rng *rand.Rand, homes []*home, n int) error {
	var fit []*home
	for _, h := range homes {
		if h.use == "residence" || rng.Float64() < 0.4 {
			fit = append(fit, h)
		}
	}
	if len(fit)*fullHouse*3/4 < n {
		fit = homes
	}
	fit = slices.Clone(fit)
	slices.SortStableFunc(fit, func(x, y *home) int { return cmp.Compare(y.floorM2(), x.floorM2()) })
	if len(fit) > n {
		fit = fit[:n]
	}
	w := make([]float64, len(fit))
	for i, h := range fit {
		w[i] = h.floorM2()
	}
	counts := share(w, n, 1, fullHouse)
	if counts == nil && n > 0 {
		return fmt.Errorf("%s: %d households do not fit into %d buildings", a.row.name, n, len(fit))
	}
	for i, h := range fit {
		h.hh = counts[i]
	}
	return nil
}

// people makes the households of every building and says how far each got:
// those of buildings that are gone or empty have moved out, of the others some.
func (a *areaPlan) people(rng *rand.Rand, empty int) error {
	vacated := a.row.vacated - a.row.razed - empty // in buildings where others still live
	signed := a.row.signed - a.row.vacated
	var rest []*unit
	for _, h := range a.homes {
		for i := range h.hh {
			u := &unit{code: fmt.Sprintf("%s-%02d", h.code, i+1), home: h, persons: 1 + rng.IntN(3) + rng.IntN(3)}
			h.units = append(h.units, u)
			switch h.status {
			case "identified", "existing":
				rest = append(rest, u)
			default:
				u.status = "vacated"
			}
		}
	}
	if len(rest) < vacated+signed {
		return fmt.Errorf("%s: %d households are too few to be %d", a.row.name, len(rest), vacated+signed)
	}
	rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	for i, u := range rest {
		switch {
		case i < vacated:
			u.status = "vacated"
		case i < vacated+signed:
			u.status = []string{"signed", "signed", "paid"}[rng.IntN(3)]
			u.late = true
		case a.row.status == "decided":
			u.status = []string{"surveyed", "surveyed", "valued", "valued", "negotiating"}[rng.IntN(5)]
			u.late = true
		default:
			u.status = []string{"negotiating", "negotiating", "negotiating", "negotiating", "decision_issued", "court_applied", "court_accepted", "ruling_ok"}[rng.IntN(8)]
			u.late = true
		}
	}
	return nil
}
