package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tengdi/geo"
)

// areaDates are the milestones of an area; 0 = not reached.
type areaDates struct {
	planned, surveying, consulting, decided geo.Day
	signFrom, signTo                        geo.Day
	vacating, demolishing, cleared, handed  geo.Day
	deadline                                geo.Day
	months                                  float64 // length of the signing curve
}

func day(y int, m time.Month, d int) geo.Day {
	return geo.CivilDay(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// springFestivals are the new year days of the years in which people signed.
func springFestivals() []geo.Day {
	return []geo.Day{
		day(2016, 2, 8), day(2017, 1, 28), day(2018, 2, 16), day(2019, 2, 5), day(2020, 1, 25),
	}
}

// afterFestival moves most of the days around the Spring Festival behind it:
// hardly anybody signs or moves then.
func afterFestival(rng *rand.Rand, d geo.Day) geo.Day {
	for _, f := range springFestivals() {
		if d >= f-6 && d <= f+11 && rng.Float64() < 0.92 {
			return f + 12 + geo.Day(rng.IntN(9))
		}
	}
	return d
}

// noticeRates are the signing rates of the district's public notice of
// 19 April 2016 (DOMAIN 6.2); the curves of these areas pass through them.
func noticeRates() map[string]float64 {
	return map[string]float64{
		"YYL-05": 0.91, "YYL-10": 0.92, "YYL-09": 0.50, "YYL-07": 0.415, "YYL-08": 0.32,
		"YYL-02": 0.15, "YYL-03": 0.06, "YYL-06": 0.025, "YYL-04": 0.01, "YYL-01": 0.005,
	}
}

// schedule sets when the area signs: between November 2015 and September 2018,
// early enough for its land to have been sold when it was.
func (a *areaPlan) schedule(rng *rand.Rand, today geo.Day) {
	d := &a.dates
	if a.row.status == "decided" {
		d.decided = today - 45
		d.consulting = d.decided - 62
		d.surveying = d.consulting - 110
		d.planned = d.surveying - 60
		d.signFrom, d.signTo = today+15, today+195
		d.deadline = today + 420
		return
	}
	first, last := day(2015, 11, 1), day(2018, 9, 15)
	length := 150 + 270*rng.Float64()
	from := first + geo.Day(rng.IntN(int(last-first)))
	switch a.row.status {
	case "handed_over":
		from = first + geo.Day(rng.IntN(int(day(2017, 11, 1)-first)))
		length = min(length, 330)
	case "signing":
		from = last - geo.Day(rng.IntN(60))
		length = 400
	case "vacating", "demolishing":
		from = day(2016, 6, 1) + geo.Day(rng.IntN(int(last-day(2016, 6, 1))))
	}
	if r, ok := noticeRates()[a.row.code]; ok {
		from = day(2016, 4, 19) - geo.Day(length*logisticAt(r))
		if from < first {
			length *= float64(day(2016, 4, 19)-first) / float64(day(2016, 4, 19)-from)
			from = first
		}
	}
	for _, l := range a.lots {
		if l.sale == nil {
			continue
		}
		if by := l.sale.soldOn - geo.Day(length) - 290; from > by {
			from = by
		}
		if from < first {
			length = max(150, length-float64(first-from))
			from = first
		}
	}
	d.months = length
	d.signFrom, d.signTo = from, from+geo.Day(length)
	d.decided = from - geo.Day(12+rng.IntN(20))
	d.consulting = d.decided - geo.Day(36+rng.IntN(25))
	d.surveying = d.consulting - geo.Day(35+rng.IntN(40))
	d.planned = d.surveying - geo.Day(15+rng.IntN(60))
	if a.row.status == "signing" {
		d.signTo = today + geo.Day(20+rng.IntN(40))
	}
}

// logisticAt tells at which part of its length, 0 to 1, the signing curve
// reaches the share p.
func logisticAt(p float64) float64 {
	return max(0, min(1, 0.5+math.Log(p/(1-p))/10))
}

// sign gives every household its days, in the order of the front.
func (a *areaPlan) sign(rng *rand.Rand, today geo.Day) {
	var order []*unit
	n := float64(max(1, len(a.cells)))
	for _, h := range a.homes {
		for _, u := range h.units {
			u.survey(rng, a, today)
			if !u.has("signed") {
				u.dispute(rng, a, today)
				continue
			}
			u.key = h.front()/n + 0.05*rng.NormFloat64()
			switch {
			case h.status == "site_cleared" && h.cell.lot == nil:
				u.key += 0.12 * rng.NormFloat64()
			case h.status == "identified":
				u.key = 0.75 + 0.5*rng.Float64()
			}
			if u.late {
				u.key += 10
			}
			order = append(order, u)
		}
	}
	slices.SortStableFunc(order, func(x, y *unit) int { return cmp.Compare(x.key, y.key) })
	d := &a.dates
	for i, u := range order {
		p := (float64(i) + 0.5) / float64(len(order)+1)
		u.signed = afterFestival(rng, d.signFrom+geo.Day(d.months*logisticAt(p))+geo.Day(rng.IntN(5)))
		if u.late && rng.Float64() < 0.55 { // some hold-outs sign these weeks
			u.signed = today - 3 - geo.Day(150*rng.Float64()*rng.Float64())
		}
		u.move(rng, today)
	}
}

// has says whether the household passed the state.
func (u *unit) has(state string) bool {
	rank := func(s string) int { return slices.Index([]string{"signed", "paid", "vacated", "closed"}, s) }
	return rank(u.status) >= rank(state)
}

func (u *unit) survey(rng *rand.Rand, a *areaPlan, today geo.Day) {
	d := a.dates
	span := int(d.consulting - d.surveying)
	u.registered = d.surveying + geo.Day(rng.IntN(span/2))
	u.surveyed = u.registered + geo.Day(1+rng.IntN(max(1, span/3)))
	switch u.status {
	case "surveyed":
		return
	case "valued", "negotiating":
		if d.decided > today-90 { // decided these weeks
			u.valued = d.decided + geo.Day(3+rng.IntN(20))
			if u.status == "negotiating" {
				u.negotiating = u.valued + geo.Day(2+rng.IntN(15))
			}
			return
		}
	}
	u.valued = d.decided - geo.Day(1+rng.IntN(25))
	u.negotiating = d.decided + geo.Day(1+rng.IntN(8))
}

// dispute dates the way to court of a household that does not sign: decision
// after the signing period, application after review and suit have lapsed
// (art. 26 and 28), acceptance in five days, ruling in thirty.
func (u *unit) dispute(rng *rand.Rand, a *areaPlan, today geo.Day) {
	steps := slices.Index(courtSteps(), u.status) + 1
	if steps == 0 {
		return
	}
	at := min(a.dates.signFrom+geo.Day(a.dates.months), today-500) + geo.Day(40+rng.IntN(160))
	for range steps {
		u.court = append(u.court, at)
		at += [...]geo.Day{geo.Day(200 + rng.IntN(60)), geo.Day(1 + rng.IntN(5)), geo.Day(12 + rng.IntN(18)), 1}[len(u.court)-1]
	}
}

func courtSteps() []string {
	return []string{"decision_issued", "court_applied", "court_accepted", "ruling_ok"}
}

// move dates payment and moving out: compensation first (art. 27).
func (u *unit) move(rng *rand.Rand, today geo.Day) {
	u.mode = "money"
	if rng.Float64() < 0.38 {
		u.mode = "swap"
	}
	h := u.home
	m2 := max(38, min(260, h.floorM2()/float64(max(1, h.hh))*(0.8+0.4*rng.Float64())))
	u.amount = geo.Money(math.Round(m2*(4.1+1.6*rng.Float64()))) * 1000 * geo.Yuan
	if u.has("paid") {
		u.paid = min(u.signed+geo.Day(5+rng.IntN(22)), today-2)
	}
	if u.has("vacated") {
		u.vacated = afterFestival(rng, u.paid+geo.Day(2+rng.IntN(24)))
	}
}

// raze dates what happens to the buildings and when each plot is ready.
func (a *areaPlan) raze(rng *rand.Rand, today geo.Day) error {
	d := &a.dates
	for _, c := range a.cells {
		quiet := d.signFrom + geo.Day(d.months*(0.3+0.5*float64(c.order)/float64(len(a.cells)))) // for plots where nobody lived
		if d.months == 0 {
			quiet = d.decided
		}
		for _, h := range c.homes {
			h.identified = d.surveying + geo.Day(5+rng.IntN(30))
			last := geo.Day(0)
			for _, u := range h.units {
				last = max(last, u.vacated)
			}
			if last == 0 {
				last = quiet
			}
			h.raze(rng, last)
			c.ready = max(c.ready, h.razed)
		}
		if !c.cleared {
			c.ready = 0
			continue
		}
		if c.ready == 0 {
			c.ready = quiet + 40
		}
		for _, h := range c.homes {
			if h.status == "site_cleared" {
				h.tidied = c.ready + 4
			}
		}
		c.ready += geo.Day(9 + rng.IntN(12))
		if c.ready > today-30 {
			return fmt.Errorf("%s: a plot would be cleared only on %s", a.row.name, c.ready)
		}
		if l := c.lot; l != nil && l.sale != nil && c.ready > l.sale.soldOn-95 {
			return fmt.Errorf("%s: %s was sold on %s, but is cleared only on %s", a.row.name, l.sale.notice, l.sale.soldOn, c.ready)
		}
	}
	a.milestones(rng)
	return nil
}

func (h *home) raze(rng *rand.Rand, vacant geo.Day) {
	switch h.status {
	case "removed", "self_removed":
		h.empty = vacant // notice served
		h.razed = vacant + geo.Day(15+rng.IntN(30))
	case "notice":
		h.empty = vacant
	case "empty":
		h.empty = vacant + 1
	case "demolition_permit":
		h.empty, h.permit = vacant+1, vacant+geo.Day(4+rng.IntN(10))
	case "demolished", "site_cleared":
		h.empty, h.permit = vacant+1, vacant+geo.Day(3+rng.IntN(8))
		h.razed = h.permit + geo.Day(2+rng.IntN(16))
		h.method = "机械拆除"
		if h.floors >= 7 {
			h.method = "控制爆破"
		} else if h.floors == 1 && rng.Float64() < 0.3 {
			h.method = "人工拆除"
		}
	}
}

// milestones follow from what happened to households and buildings.
func (a *areaPlan) milestones(rng *rand.Rand) {
	d := &a.dates
	stage := slices.Index([]string{"vacating", "demolishing", "cleared", "handed_over"}, a.row.status)
	if stage < 0 {
		return
	}
	var signed, moved []geo.Day
	for _, h := range a.homes {
		for _, u := range h.units {
			if u.signed > 0 {
				signed = append(signed, u.signed)
			}
			if u.vacated > 0 {
				moved = append(moved, u.vacated)
			}
		}
	}
	slices.Sort(signed)
	slices.Sort(moved)
	enough := signed[int(math.Ceil(minRatio*float64(a.row.total)))-1]
	d.vacating = max(moved[0], enough) + 1
	d.deadline = d.signTo + geo.Day(200+rng.IntN(120))
	if stage >= 1 {
		d.demolishing = d.vacating + geo.Day(6+rng.IntN(20))
	}
	if stage < 2 {
		return
	}
	for _, c := range a.cells {
		d.cleared = max(d.cleared, c.ready)
	}
	d.cleared = max(d.cleared+geo.Day(5+rng.IntN(12)), d.demolishing+1)
	if stage == 3 {
		d.handed = d.cleared + geo.Day(18+rng.IntN(30))
	}
}

// minRatio is the share that must have signed for agreements to take effect.
const minRatio = 0.9

// openDeadlines gives the areas that are still at work a deadline around today:
// every third is late.
func openDeadlines(areas []*areaPlan, today geo.Day) {
	i := 0
	for _, a := range areas {
		switch a.row.status {
		case "signing", "vacating", "demolishing":
			a.dates.deadline = today + [...]geo.Day{-38, 26, 75, -12, 130, 9, -85, 48, 210, -5, 160}[i%11]
			i++
		}
	}
}
