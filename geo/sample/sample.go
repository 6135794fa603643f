// Package sample builds the demo district: 43 redevelopment areas with their
// plots, buildings, households, parcels, auctions, projects and problems, and
// everything that happened to them. Its totals are exact (areas.csv,
// sold_parcels.csv), its map is drawn from a hand-made skeleton of streets and
// shores. All of it is made up but for names of places and a few figures of
// public notices; it is marked 示例数据.
package sample

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Options of the demo.
type Options struct {
	Seed         uint64    // the same seed and day give the same district
	Today        time.Time // day of loading, in China; open notices and deadlines lie around it
	NeutralNames bool      // 示例片区01 … in place of the names of real areas
}

// firstToday is the earliest day from which the demo can be looked back at: its
// last plots were cleared in 2020, and what was not sold then has lain for years.
const firstToday = "2024-01-01"

// draw is a stream of random numbers of its own for every purpose, so that a
// change in one place does not stir the others.
func draw(seed uint64, purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Build makes the district. Shapes are in degrees; areas are measured on the
// ellipsoid and in EPSG:4526. Events are in order of time; none lies after the
// day before Today. It fails for a Today before 2024.
func Build(o Options) (geo.Dataset, error) {
	today := geo.DayOf(o.Today, nil)
	if today.String() < firstToday {
		return geo.Dataset{}, geo.Errorf(geo.Invalid, "the demo district needs a day from %s on", "示例区的日期不得早于 %s", firstToday)
	}
	// Where the dice leave no room for a parcel, they are thrown again.
	var err error
	for try := range uint64(8) {
		seed := o.Seed + try*0x9E3779B97F4A7C15 // 2^64 over the golden ratio: far apart
		c, areas, e := ground(seed)
		if e == nil {
			e = live(seed, areas, today)
		}
		if e == nil {
			return assemble(Options{Seed: seed, NeutralNames: o.NeutralNames}, c, areas, today)
		}
		err = e
	}
	return geo.Dataset{}, fmt.Errorf("demo district, seed %d: %w", o.Seed, err)
}

// ground lays out the city, the areas and their plots.
func ground(seed uint64) (*city, []*areaPlan, error) {
	rows, err := readAreas()
	if err != nil {
		return nil, nil, err
	}
	sales, err := readSales()
	if err != nil {
		return nil, nil, err
	}
	proj := newProjector()
	areas := make([]*areaPlan, len(rows))
	for i, r := range rows {
		areas[i] = &areaPlan{row: r, centre: proj.plane(r.lon, r.lat), dense: float64(r.total)/r.mu > 1.75 || r.mu < 250}
	}
	c := newCity(draw(seed, "city"), proj, func(p xy) float64 {
		d := p.dist(areas[0].centre)
		for _, a := range areas {
			d = min(d, p.dist(a.centre))
		}
		return d
	})
	if err := c.layout(draw(seed, "layout"), areas); err != nil {
		return nil, nil, err
	}
	if err := plotLots(draw(seed, "lots"), areas, sales); err != nil {
		return nil, nil, err
	}
	for _, a := range areas {
		rng := draw(seed, "plots "+a.row.code)
		if err := a.plot(rng, proj); err != nil {
			return nil, nil, err
		}
		a.keep(rng)
		if err := a.clear(rng, proj); err != nil {
			return nil, nil, err
		}
	}
	var rings []*ring
	for _, a := range areas {
		for _, p := range a.parts {
			rings = append(rings, &p.portion.ring)
		}
		for _, c := range a.cells {
			rings = append(rings, &c.ring)
		}
	}
	meet(rings)
	return c, areas, nil
}

// live sets the buildings and lets the years pass.
func live(seed uint64, areas []*areaPlan, today geo.Day) error {
	for i, n := range shareHomes(areas) {
		a := areas[i]
		rng := draw(seed, "homes "+a.row.code)
		if err := a.build(rng, n); err != nil {
			return err
		}
		if err := a.settle(rng); err != nil {
			return err
		}
		rng = draw(seed, "dates "+a.row.code)
		a.schedule(rng, today)
		a.sign(rng, today)
		if err := a.raze(rng, today); err != nil {
			return err
		}
		for _, h := range a.homes {
			for _, u := range h.units {
				if a.dates.cleared > 0 && u.status == "vacated" {
					u.status, u.closed = "closed", u.vacated+geo.Day(8+rng.IntN(30))
				}
			}
		}
	}
	openDeadlines(areas, today)
	return nil
}

// neutralNames maps the names of the real areas to 示例片区01 and so on.
func neutralNames(areas []*areaPlan, wanted bool) map[string]string {
	out := map[string]string{}
	for _, a := range areas {
		if wanted && a.row.basis != "G" {
			out[a.row.name] = fmt.Sprintf("示例片区%02d", len(out)+1)
		}
	}
	return out
}

func assemble(o Options, c *city, areas []*areaPlan, today geo.Day) (geo.Dataset, error) {
	neutral := neutralNames(areas, o.NeutralNames)
	d := geo.Dataset{District: district(), References: c.references(), Calendar: workdays()}
	log := newChronicle(draw(o.Seed, "clock"))
	log.events = make([]geo.Event, 0, 230_000)
	m := &market{rng: draw(o.Seed, "market"), proj: c.proj, today: today, log: log, notices: map[int]int{}, neutral: neutral, owned: map[string][]lotCode{}, office: newOffice(o, today, neutral)}
	off := m.office
	off.staff(areas)
	off.assign(areas)
	off.meetings(areas)
	accepted := 0
	for i, a := range areas {
		d.Areas = append(d.Areas, a.areaRow(c.proj, i+1, neutral))
		log.areaHistory(a, i+1)
		d.Cleared = append(d.Cleared, a.clearedLand(c.proj, &accepted)...)
		for _, h := range a.homes {
			d.Buildings = append(d.Buildings, h.row(a, c.proj))
			log.homeHistory(a, h)
			for _, u := range h.units {
				d.Households = append(d.Households, u.row(a))
				log.unitHistory(u)
				d.Visits = append(d.Visits, u.visits(m)...)
				off.papers(a, u, len(d.Households))
			}
		}
	}
	m.fill(areas)
	d.Parcels, d.Rounds = m.parcels, m.rounds
	p := &projectMaker{rng: draw(o.Seed, "projects"), proj: c.proj, today: today, log: log, neutral: o.NeutralNames, areas: areas, lots: m.owned}
	if err := p.fill(); err != nil {
		return geo.Dataset{}, err
	}
	d.Projects = p.out
	d.Problems = m.problems(areas)
	off.progress(d.Problems)
	off.talks(d.Projects, begun(log.events))
	off.prices(d.Rounds)
	off.bulletins(areas)
	d.Events = together(log.events, off.log.events)
	d.Organisations, d.Persons, d.Boards, d.Records = off.bodies, off.people, off.boards, off.records
	return d, nil
}

// frame is the box that the district lies in, in degrees.
func frame() *orb.Bound {
	return &orb.Bound{Min: orb.Point{113.066, 29.239}, Max: orb.Point{113.345, 29.458}}
}

func district() geo.District {
	return geo.District{
		Code: "430602", Name: "岳阳楼区（示例）", NameEn: "Yueyanglou District (demo)",
		Frame: frame(), Zone: "Asia/Shanghai", MeasureSRID: 4526, Languages: []string{"zh-CN", "en"}, Demo: true,
	}
}
