package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// choice is the areas that figures are asked for, and the day.
type choice struct {
	all      bool // everything, also what belongs to no area
	ids      []int64
	codes    []string
	useClass string // of parcels; "" = all

	now  time.Time // by the database clock
	zone *time.Location
	at   geo.Day
	past bool // at is over
}

// choose reads the clock and finds the areas that a query asks for, as they were
// on its day. Errors: NotFound for an unknown area, Invalid for a day that has
// not come.
func choose(ctx context.Context, tx pgx.Tx, q geo.SummaryQuery) (choice, error) {
	c := choice{all: true, useClass: q.UseClass}
	var zoneName string
	var named *int64
	err := tx.QueryRow(ctx, `
		select now(), coalesce((select zone from land.district), 'Asia/Shanghai'),
			(select id from land.area where code = $1)`, q.Area).Scan(&c.now, &zoneName, &named)
	if err != nil {
		return c, err
	}
	if q.Area != "" && named == nil {
		return c, notFound("area", q.Area)
	}
	if c.zone, err = time.LoadLocation(zoneName); err != nil {
		return c, err
	}
	today := geo.DayOf(c.now, c.zone)
	switch {
	case q.At > today:
		return c, fieldError("at", "not_future",
			fmt.Sprintf("日期 %s 晚于今天 %s", q.At, today), fmt.Sprintf("the day %s is after today, %s", q.At, today))
	case q.At == today || q.At == 0:
		c.at = today
	default:
		c.at, c.past = q.At, true
	}
	switch {
	case q.OfAll():
		return c, nil
	case q == (geo.SummaryQuery{Area: q.Area, UseClass: q.UseClass, At: q.At}): // also before the area was there: what is its own now counts
		c.all, c.ids, c.codes = false, []int64{*named}, []string{q.Area}
		return c, nil
	}
	err = c.narrow(ctx, tx, q)
	return c, err
}

// narrow finds the areas that a query chooses. What the areas of a past day were
// is told by the scene of that day.
func (c *choice) narrow(ctx context.Context, tx pgx.Tx, q geo.SummaryQuery) error {
	c.ids, c.codes = []int64{}, []string{}
	sc := c.scene()
	sc.args["area"], sc.args["board"], sc.args["street"], sc.args["leader"], sc.args["status"] = q.Area, q.Board, q.Street, q.Leader, q.Status
	rows, err := tx.Query(ctx, `
		select a.id, a.code
		from `+sc.areas+`
		where (@area = '' or a.code = @area) and (@board = '' or a.board = @board) and (@street = '' or a.street = @street)
			and (@leader = '' or a.leader = @leader) and (@status = '' or a.status = @status)
		order by a.code`, sc.args)
	if err != nil {
		return err
	}
	var id int64
	var code string
	_, err = pgx.ForEachRow(rows, []any{&id, &code}, func() error {
		c.ids, c.codes = append(c.ids, id), append(c.codes, code)
		return nil
	})
	c.all = false
	return err
}

// scene is what the choice is counted from.
func (c choice) scene() scene {
	if c.past {
		return pastScene(c)
	}
	return staffScene(c)
}

// before is the same choice so many days earlier.
func (c choice) before(days int) choice {
	c.at, c.past = c.at-geo.Day(days), true
	return c
}

// stamp says when the figures hold.
func (c choice) stamp(revision int64) geo.Stamp {
	s := geo.Stamp{Revision: revision, AsOf: c.now.In(c.place()), Day: c.at, Past: c.past}
	if c.past {
		s.AsOf = c.at.End(c.zone).Add(-time.Second)
	}
	return s
}

// clock is the moment that deadlines are held against.
func (c choice) clock() time.Time { return c.stamp(0).AsOf }

// ofUse is the condition on the use of a parcel.
func (c choice) ofUse(alias string) string {
	if c.useClass == "" {
		return `true`
	}
	return alias + `.use_class = @use_class`
}

// args are what a scene of the choice is bound to.
func (c choice) args() pgx.NamedArgs {
	return pgx.NamedArgs{
		"ids": c.ids, "codes": c.codes, "use_class": c.useClass, "zone": c.zoneName(),
		"day": c.at.Date(), "end": c.at.End(c.zone), "next": (c.at + 1).Date(),
		"recent": (c.at - geo.PaceDays).Date(),
	}
}

// place is the district's zone.
func (c choice) place() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone
}

func (c choice) zoneName() string {
	if c.zone == nil {
		return "Asia/Shanghai"
	}
	return c.zone.String()
}
