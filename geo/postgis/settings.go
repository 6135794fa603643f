package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Bounds of the calendar of working days.
const (
	calendarDays = 1000 // that one request may set
	calendarName = 100  // characters of a day's name
)

// Calendar reads the days that differ from the five-day week, in order.
func (s *Store) Calendar(ctx context.Context) ([]geo.CalendarDay, error) {
	var out []geo.CalendarDay
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		out, err = calendar(ctx, tx)
		return err
	})
	return out, err
}

func calendar(ctx context.Context, tx pgx.Tx) ([]geo.CalendarDay, error) {
	rows, err := tx.Query(ctx, `
		select day, works, name
		from land.calendar
		order by day`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d geo.CalendarDay, err error) {
		var day dated
		err = row.Scan(&day, &d.Works, &d.Name)
		d.Day = geo.CivilDay(day.Time)
		return d, err
	})
}

// workCalendar is what working days are counted by.
func workCalendar(ctx context.Context, tx pgx.Tx) (geo.WorkCalendar, error) {
	rows, err := tx.Query(ctx, selectWorkCalendar)
	if err != nil {
		return nil, err
	}
	return scanWorkCalendar(rows)
}

// selectWorkCalendar reads what scanWorkCalendar takes.
const selectWorkCalendar = `select day, works from land.calendar`

func scanWorkCalendar(rows pgx.Rows) (geo.WorkCalendar, error) {
	days, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d geo.CalendarDay, err error) {
		var day dated
		err = row.Scan(&day, &d.Works)
		d.Day = geo.CivilDay(day.Time)
		return d, err
	})
	return geo.WorkCalendarOf(days), err
}

// SetCalendar writes days of the calendar; those that are not named stay. A day
// of the five-day week's own kind without a name is taken out. When nothing
// differs the event has no ID. seen, when given, looks at the calendar as it is
// under the lock and refuses when that is not what the caller saw. Errors:
// Forbidden, Invalid with the days, and seen's own.
func (s *Store) SetCalendar(ctx context.Context, actor geo.Actor, days []geo.CalendarDay, seen func([]geo.CalendarDay) error) (geo.Event, error) {
	if err := checkCalendar(days); err != nil {
		return geo.Event{}, err
	}
	return s.settings(ctx, actor, func(ctx context.Context, t *tx) (map[string]any, error) {
		return t.setCalendar(ctx, days, seen)
	})
}

func (t *tx) setCalendar(ctx context.Context, days []geo.CalendarDay, seen func([]geo.CalendarDay) error) (map[string]any, error) {
	known := map[geo.Day]geo.CalendarDay{}
	list, err := calendar(ctx, t)
	if err != nil {
		return nil, err
	}
	if seen != nil {
		if err := seen(list); err != nil {
			return nil, err
		}
	}
	for _, d := range list {
		known[d.Day] = d
	}
	changed := map[string]any{}
	for _, d := range days {
		old, had := known[d.Day]
		ordinary := d.Name == "" && d.Works == geo.WorkCalendar(nil).Works(d.Day)
		switch {
		case had && old == d, !had && ordinary:
			continue
		case ordinary:
			_, err = t.Exec(ctx, `delete from land.calendar where day = $1`, d.Day.Date())
			changed[d.Day.String()] = change(dayOf(old), nil)
		default:
			_, err = t.Exec(ctx, `
				insert into land.calendar (day, works, name)
				values ($1, $2, $3)
				on conflict (day) do update set (works, name) = (excluded.works, excluded.name)`, d.Day.Date(), d.Works, d.Name)
			var from any
			if had {
				from = dayOf(old)
			}
			changed[d.Day.String()] = change(from, dayOf(d))
		}
		if err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// change is what the event of a correction says of one value.
func change(from, to any) map[string]any { return map[string]any{"from": from, "to": to} }

func dayOf(d geo.CalendarDay) map[string]any { return map[string]any{"works": d.Works, "name": d.Name} }

func checkCalendar(days []geo.CalendarDay) error {
	e := &geo.Error{Kind: geo.Invalid, Zh: "工作日历无效", En: "the calendar is not valid"}
	if len(days) > calendarDays {
		return fieldError("days", "too_many", fmt.Sprintf("一次最多设 %d 天", calendarDays), fmt.Sprintf("at most %d days can be set at once", calendarDays))
	}
	seen := map[geo.Day]bool{}
	for i, d := range days {
		wrong := func(code, zh, en string) {
			e.Fields = append(e.Fields, geo.FieldError{Field: "days", Row: i + 1, Code: code, Zh: d.Day.String() + " " + zh, En: d.Day.String() + " " + en})
		}
		if y := d.Day.Date().Year(); y < 1990 || y > 2200 {
			wrong("range", "不在 1990 至 2200 年之间", "is not in the years 1990 to 2200")
		}
		if len([]rune(d.Name)) > calendarName {
			wrong("length", fmt.Sprintf("名称超过 %d 个字符", calendarName), fmt.Sprintf("has a name of more than %d characters", calendarName))
		}
		if seen[d.Day] {
			wrong("twice", "出现两次", "is given twice")
		}
		seen[d.Day] = true
	}
	if e.Fields == nil {
		return nil
	}
	return e
}

// SetThresholds writes the district's own numbers; a zero takes the default.
// When nothing differs the event has no ID. seen is as of SetCalendar. Errors:
// Forbidden, Invalid, see geo.Thresholds.Check, and seen's own.
func (s *Store) SetThresholds(ctx context.Context, actor geo.Actor, th geo.Thresholds, seen func(geo.Thresholds) error) (geo.Event, error) {
	if err := th.Check(); err != nil {
		return geo.Event{}, err
	}
	th = th.OrDefault()
	return s.settings(ctx, actor, func(ctx context.Context, t *tx) (map[string]any, error) {
		old := t.district.Thresholds.OrDefault()
		if seen != nil {
			if err := seen(old); err != nil {
				return nil, err
			}
		}
		if old == th {
			return nil, nil
		}
		d := geo.DefaultDistrict()
		_, err := t.Exec(ctx, `
			insert into land.district (name, name_en, zone, languages, thresholds)
			values ($1, $2, $3, $4, $5)
			on conflict (id) do update set thresholds = excluded.thresholds`, d.Name, d.NameEn, d.Zone, d.Languages, th)
		return map[string]any{"thresholds": change(old, th)}, err
	})
}

// settings makes one correction of the district's settings: set says what
// changed, by name.
func (s *Store) settings(ctx context.Context, actor geo.Actor, set func(context.Context, *tx) (map[string]any, error)) (geo.Event, error) {
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		if err := t.allow(geo.KeepSettings); err != nil {
			return err
		}
		changed, err := set(ctx, t)
		if err == nil && len(changed) > 0 {
			t.event(geo.Event{Entity: "district", Code: t.district.Code, Verb: geo.Corrected, Data: changed})
		}
		return err
	})
	if err != nil || len(events) == 0 {
		return geo.Event{}, err
	}
	return events[0], nil
}
