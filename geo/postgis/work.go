package postgis

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// workAhead is how many days before its deadline something is shown as due; a
// promised visit a week.
const (
	workAhead  = 30
	visitAhead = 7
)

// Work lists what is due from the viewer, by role, worst first: what has no
// deadline comes last. A role with scope gets what belongs to its own areas, a
// leader too, unless nothing is assigned to it: then all. Lights take the
// district's thresholds and working days its calendar.
func (s *Store) Work(ctx context.Context, v geo.Viewer) (geo.Work, error) {
	w := &duty{viewer: v, work: geo.Work{Totals: map[string]int{}, Near: map[geo.Nearness]int{}}}
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error { return w.read(ctx, tx) })
	return w.work, err
}

// duty is a list of work under way.
type duty struct {
	viewer   geo.Viewer
	zone     *time.Location
	today    geo.Day
	th       geo.Thresholds
	calendar geo.WorkCalendar
	areas    []string // nil = all

	work geo.Work
}

func (w *duty) read(ctx context.Context, tx pgx.Tx) error {
	d, err := district(ctx, tx)
	if err != nil {
		return err
	}
	if w.zone, err = time.LoadLocation(d.Zone); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, `select clock_timestamp()`).Scan(&w.work.AsOf); err != nil {
		return err
	}
	w.today, w.th = geo.DayOf(w.work.AsOf, w.zone), d.Thresholds
	if w.calendar, err = workCalendar(ctx, tx); err != nil {
		return err
	}
	own, err := w.ownAreas(ctx, tx)
	if err != nil {
		return err
	}
	if w.viewer.Role.Scoped() || w.viewer.Role == geo.RoleLeader && len(own) > 0 {
		w.areas = own
	}
	for _, src := range workSources() {
		if !slices.Contains(src.roles, w.viewer.Role) {
			continue
		}
		if err := w.collect(ctx, tx, src); err != nil {
			return err
		}
	}
	if err := w.lightAreas(ctx, tx); err != nil {
		return err
	}
	w.work.Items = geo.CutWork(w.work.Items, geo.MaxWork)
	return nil
}

// dueThing is a row of a source of work.
type dueThing struct {
	collection, code, title, area, status string
	day                                   dated // what the deadline is counted from, or the deadline
	other                                 dated
	n                                     int // extensions of a problem; what is to be paid, in fen
}

func (w *duty) collect(ctx context.Context, tx pgx.Tx, src workSource) error {
	rows, err := tx.Query(ctx, src.sql, pgx.NamedArgs{
		"today": w.today.Date(), "ahead": (w.today + workAhead).Date(), "visits": (w.today + visitAhead).Date(),
		"since": (w.today - geo.Day(w.th.UnvisitedDays)).Date(), "areas": w.areas,
	})
	if err != nil {
		return err
	}
	var t dueThing
	_, err = pgx.ForEachRow(rows, []any{&t.collection, &t.code, &t.title, &t.area, &t.status, &t.day, &t.other, &t.n}, func() error {
		item := geo.WorkItem{Kind: src.kind, Collection: t.collection, Code: t.code, Title: t.title, Area: t.area}
		if !w.judge(&item, t) {
			return nil
		}
		switch {
		case t.collection == "problems":
			item.Extended = t.n
		case src.kind == "payment":
			item.Amount = geo.Money(t.n)
		}
		if !item.Due.IsZero() {
			item.DaysLeft = geo.DaysLeft(item.Due, w.work.AsOf, w.zone)
		}
		w.work.Totals[item.Kind]++
		w.work.Near[item.Nearness()]++
		w.work.Items = append(w.work.Items, item)
		return nil
	})
	return err
}

// judge gives an item its deadline and its light; false when it is not due yet.
func (w *duty) judge(item *geo.WorkItem, t dueThing) bool {
	now := w.work.AsOf
	if t.day.Valid {
		item.Due = t.day.Time
	}
	switch item.Kind {
	case "unvisited":
		item.Due, item.Light = time.Time{}, geo.Amber
		if !t.day.Valid || int(w.today-geo.CivilDay(t.day.Time)) > 2*w.th.UnvisitedDays {
			item.Light = geo.Red
		}
		return true
	case "contract":
		item.Due = geo.ContractDue(geo.CivilDay(item.Due), w.calendar).Date()
	case "idle":
		item.Light = geo.IdleLight(item.Due, time.Time{}, now, w.zone)
		item.Due = geo.CivilDay(item.Due).AddYears(1).Date()
		if item.Light == geo.Red {
			item.Due = geo.CivilDay(t.day.Time).AddYears(2).Date()
		}
		return item.Light != geo.Green
	case "project":
		item.Light, _ = geo.PipelineLight(t.status, item.Due, now, w.zone, w.th)
		item.Due = geo.CivilDay(item.Due).AddMonths(w.th.PipelineOut).Date()
		return item.Light == geo.Amber || item.Light == geo.Red
	case "court":
		if item.Due.IsZero() {
			return false
		}
		clock := geo.CourtClockOf(geo.CivilDay(item.Due))
		if t.other.Valid {
			clock = clock.Ended(geo.CivilDay(item.Due), geo.CivilDay(t.other.Time))
		}
		if w.today < clock.ApplyFrom {
			return false
		}
		item.Due = clock.ApplyUntil.Date()
	}
	if item.Due.IsZero() {
		return true
	}
	item.Light = geo.ProblemLight(t.status, item.Due, t.n, now, w.zone, w.th)
	return true
}
