package postgis

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// system is who makes the moves that happen by themselves.
func system() geo.Actor {
	return geo.Actor{Login: "system", Role: geo.RoleSystem, Source: geo.FromSystem}
}

// RunClocks makes the timed moves, hands over duties whose day has come and strikes
// the clocks that are due by the database clock. It says how many, and when the next
// can be: at the latest with the next day in the district's zone. It looks without
// the lock of writes. Only when something is due it takes the lock and looks again at
// the things that it is due of, some in each transaction, so that each clock strikes
// once however many servers run them, and writers get between.
func (s *Store) RunClocks(ctx context.Context) (done int, next time.Time, err error) {
	var looked *clocks
	err = s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		looked, err = look(ctx, tx, nil)
		return err
	})
	if err != nil {
		return 0, time.Time{}, err
	}
	next = looked.today.End(looked.zone)
	for ids := range slices.Chunk(looked.ids(), clocksAtOnce) {
		n, err := s.runClocks(ctx, ids)
		if done += n; err != nil {
			return done, next, err
		}
	}
	if len(looked.turnovers) > 0 && len(looked.ids()) == 0 {
		n, err := s.runClocks(ctx, []int64{})
		return done + n, next, err
	}
	return done, next, nil
}

// clocksAtOnce is of how many things the clocks strike in one transaction.
const clocksAtOnce = 500

// runClocks does what is due of the things of some ids, and hands over duties.
func (s *Store) runClocks(ctx context.Context, ids []int64) (done int, err error) {
	_, _, err = s.write(ctx, system(), func(ctx context.Context, t *tx) error {
		c, err := look(ctx, t, ids)
		if err != nil {
			return err
		}
		done = 0
		for _, l := range c.listings {
			ok, err := t.tryList(ctx, l)
			if err != nil {
				return err
			}
			if ok {
				done++
			}
		}
		settled, err := t.settleAssignments(ctx)
		if err != nil {
			return err
		}
		struck, err := t.strike(ctx, c.notices)
		done += settled + struck
		return err
	})
	if err != nil {
		return 0, err
	}
	return done, nil
}

// clocks is what is due at a moment.
type clocks struct {
	now      time.Time
	today    geo.Day
	zone     *time.Location
	th       geo.Thresholds
	calendar geo.WorkCalendar

	listings  []listing
	turnovers []turnover
	notices   []notice
}

// ids are those of the things of which something is due, each once.
func (c *clocks) ids() []int64 {
	var out []int64
	for _, l := range c.listings {
		out = append(out, l.id)
	}
	for _, n := range c.notices {
		out = append(out, n.id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// listing is a parcel whose listing has begun; on is its first day.
type listing struct {
	id   int64
	code string
	on   time.Time
}

// notice is a clock that strikes for a thing.
type notice struct {
	geo.Notice
	entity geo.MachineName
	id     int64
	code   string
}

// watched is a thing that a clock runs for: the days that the clock asks.
type watched struct {
	clock          string
	entity         geo.MachineName
	id             int64
	code           string
	status, mode   string
	day, from, end dated
}

// watchedThings lists what the clocks run for, by its day $1 and of the ids $2 (null =
// all): few rows each, by indexes or among small tables, of which there is nothing to
// be said before the day that the clock asks for.
func watchedThings() string {
	of := func(id string) string { return ` and ($2::bigint[] is null or ` + id + ` = any($2))` }
	return `
	select 'listing' as clock, 'parcel' as entity, p.id, p.code, p.status, r.mode, r.notice_on as day, r.list_from as first, r.list_to as last
	from land.parcel p
	join land.round r on r.parcel_id = p.id and r.no = p.round_no
	where p.status = 'announced' and r.list_from <= $1` + of("p.id") + `
	union all
	select case p.status when 'sold' then 'contract' else 'result' end, 'parcel', p.id, p.code, p.status, r.mode,
		case p.status when 'sold' then r.sold_on else coalesce(r.list_to, r.list_from) end, null, null
	from land.parcel p
	join land.round r on r.parcel_id = p.id and r.no = p.round_no
	where p.status in ('listed', 'bidding', 'sold')
		and case p.status when 'sold' then r.sold_on else coalesce(r.list_to, r.list_from) end <= $1` + of("p.id") + `
	union all
	select 'price', 'parcel', p.id, p.code, p.status, r.mode, r.contracted_on, null, null
	from land.parcel p
	join land.round r on r.parcel_id = p.id and r.no = p.round_no
	where p.status in ('contracted', 'handed_over', 'started', 'completed') and r.paid_on is null and r.contracted_on <= $1` + of("p.id") + `
	union all
	select 'idle', 'parcel', p.id, p.code, p.status, r.mode, r.start_by, null, null
	from land.parcel p
	join land.round r on r.parcel_id = p.id and r.no = p.round_no
	where p.status in ('contracted', 'paid', 'handed_over') and r.started_on is null and r.start_by <= $1` + of("p.id") + `
	union all
	select 'problem', 'problem', id, code, status, '', due, null, null
	from land.problem
	where status <> 'closed'` + of("id") + `
	union all
	select 'area', 'area', id, code, status, '', deadline, null, null
	from land.area
	where deadline < $1 and status not in ` + areaDone + of("id") + `
	union all
	select 'project', 'project', id, code, status, '', stage_on, null, null
	from land.project
	where status not in ('operating', 'dead')` + of("id") + `
	union all
	select 'transition', 'household', h.id, h.code, h.status, '', r.due, null, null
	from priv.record r
	join priv.household h on h.id = r.entity_id
	where r.kind = 'transition' and r.due < $1 and r.done_on is null and r.struck_at is null` + of("h.id") + `
	union all
	select 'court', 'household', h.id, h.code, h.status, '', e.served, f.final, null` + courtCases("$1") + of("h.id")
}

// courtCases are the households with a compensation decision that the court was
// not asked about yet: served, and the final judgment on file by a day.
func courtCases(day string) string {
	return `
	from priv.household h
	cross join lateral (
		select case when x.data ->> 'served_on' ~ '^\d{4}-\d{2}-\d{2}$' then (x.data ->> 'served_on')::date end as served
		from land.event x
		where x.entity = 'household' and x.entity_id = h.id and x.verb = 'moved' and x.to_state = 'decision_issued' and x.data ->> 'served_on' is not null -- a step back to it serves nothing
		order by x.id desc
		limit 1) e
	cross join lateral (
		select max(r.done_on) as final
		from priv.record r
		where r.entity = 'household' and r.entity_id = h.id and r.kind = 'court' and r.data ->> 'step' = 'final'
			and r.done_on <= ` + day + ` and r.struck_at is null) f
	where h.status = 'decision_issued'`
}

// look finds what is due now of the things that have one of the ids; nil = of all.
func look(ctx context.Context, tx pgx.Tx, ids []int64) (*clocks, error) {
	c := &clocks{}
	d, err := district(ctx, tx)
	if err != nil {
		return nil, err
	}
	if c.zone, err = time.LoadLocation(d.Zone); err != nil {
		return nil, err
	}
	if err := tx.QueryRow(ctx, `select clock_timestamp()`).Scan(&c.now); err != nil {
		return nil, err
	}
	c.today, c.th = geo.DayOf(c.now, c.zone), d.Thresholds
	if c.calendar, err = workCalendar(ctx, tx); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, watchedThings(), c.today.Date(), ids)
	if err != nil {
		return nil, err
	}
	var w watched
	_, err = pgx.ForEachRow(rows, []any{&w.clock, &w.entity, &w.id, &w.code, &w.status, &w.mode, &w.day, &w.from, &w.end}, func() error {
		c.watch(w)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.sort()
	if c.turnovers, err = turnovers(ctx, tx, c.today); err != nil {
		return nil, err
	}
	return c, c.unstruck(ctx, tx)
}

// watch notes what is due of one thing. A day that is not known runs no clock.
func (c *clocks) watch(w watched) {
	if w.clock == "listing" {
		c.begun(w)
		return
	}
	if !w.day.Valid {
		return
	}
	n, due := c.notice(w, geo.CivilDay(w.day.Time))
	if due {
		c.notices = append(c.notices, notice{Notice: n, entity: w.entity, id: w.id, code: w.code})
	}
}

func (c *clocks) notice(w watched, day geo.Day) (geo.Notice, bool) {
	switch w.clock {
	case "result":
		return geo.DeadlineNotice("result_late", geo.ResultDue(day, c.calendar), c.today)
	case "contract":
		return geo.DeadlineNotice("contract_late", geo.ContractDue(day, c.calendar), c.today)
	case "price":
		return geo.DeadlineNotice("price_late", day.AddYears(1), c.today)
	case "idle":
		return geo.IdleNotice(day, c.today)
	case "problem":
		return geo.ProblemNotice(day, c.today, c.th)
	case "area":
		return geo.DeadlineNotice("area_late", day, c.today)
	case "transition":
		return geo.DeadlineNotice("transition_late", day, c.today)
	case "project":
		return geo.PipelineNotice(w.status, w.day.Time, c.now, c.zone, c.th)
	case "court":
		clock := geo.CourtClockOf(day)
		if w.from.Valid {
			clock = clock.Ended(day, geo.CivilDay(w.from.Time))
		}
		return geo.CourtNotice(clock, c.today)
	}
	return geo.Notice{}, false
}

// begun notes a parcel whose listing has begun, if its notice allows it: what
// the guards refuse waits for a person.
func (c *clocks) begun(w watched) {
	err := geo.ParcelMoves().Check("announced", "listed", geo.RoleSystem, geo.ParcelFacts{
		Occasion: geo.Occasion{Now: c.now, Zone: c.zone},
		Mode:     w.mode, NoticeOn: w.day.Time, ListFrom: w.from.Time, ListTo: w.end.Time,
	})
	if err == nil {
		c.listings = append(c.listings, listing{id: w.id, code: w.code, on: w.from.Time})
	}
}

// sort puts what is due in an order in which all servers do it.
func (c *clocks) sort() {
	slices.SortFunc(c.listings, func(a, b listing) int { return cmp.Compare(a.id, b.id) })
	slices.SortFunc(c.notices, func(a, b notice) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.id, b.id), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Due, b.Due))
	})
}

// unstruck leaves the clocks that have not struck yet.
func (c *clocks) unstruck(ctx context.Context, tx pgx.Tx) error {
	if len(c.notices) == 0 {
		return nil
	}
	entities, ids, kinds, days := columnsOf(c.notices)
	rows, err := tx.Query(ctx, `
		select w.no
		from unnest($1::text[], $2::bigint[], $3::text[], $4::date[]) with ordinality w (entity, entity_id, kind, due, no)
		where not exists (
			select from land.notice n
			where n.entity = w.entity and n.entity_id = w.entity_id and n.kind = w.kind and n.due = w.due)
		order by w.no`, entities, ids, kinds, days)
	if err != nil {
		return err
	}
	left, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	out := make([]notice, 0, len(left))
	for _, no := range left {
		out = append(out, c.notices[no-1])
	}
	c.notices = out
	return err
}

func columnsOf(list []notice) (entities []string, ids []int64, kinds []string, days []time.Time) {
	for _, n := range list {
		entities, ids = append(entities, string(n.entity)), append(ids, n.id)
		kinds, days = append(kinds, n.Kind), append(days, n.Due.Date())
	}
	return entities, ids, kinds, days
}

// strike remembers that the clocks have struck and tells the log. Records with
// the same end are one clock.
func (t *tx) strike(ctx context.Context, list []notice) (struck int, err error) {
	for _, n := range list {
		tag, err := t.Exec(ctx, `
			insert into land.notice (entity, entity_id, code, kind, due, raised_at, revision)
			values ($1, $2, $3, $4, $5, $6, $7)
			on conflict do nothing`, string(n.entity), n.id, n.code, n.Kind, n.Due.Date(), t.now, t.revision+1)
		if err != nil {
			return struck, err
		}
		if tag.RowsAffected() == 0 {
			continue
		}
		struck++
		t.event(geo.Event{
			Entity: n.entity, EntityID: n.id, Code: n.code, Verb: geo.Noted,
			Data: map[string]any{"notice": n.Kind, "due": n.Due.String()},
		})
	}
	return struck, nil
}

// tryList is list in a savepoint: what is wrong with one parcel is logged and
// stops no other clock. The error is of the connection only.
func (t *tx) tryList(ctx context.Context, l listing) (done bool, err error) {
	whole, events, changes, parcels := t.Tx, len(t.events), maps.Clone(t.changes), maps.Clone(t.touched.parcels)
	failed := pgx.BeginFunc(ctx, whole, func(inner pgx.Tx) (err error) {
		t.Tx = inner
		done, err = t.list(ctx, l)
		return err
	})
	t.Tx = whole
	if failed == nil {
		return done, nil
	}
	t.events, t.changes, t.touched.parcels = t.events[:events], changes, parcels
	if ctx.Err() != nil || whole.Conn().IsClosed() {
		return false, failed
	}
	slog.Warn("a parcel could not be listed", "parcel", l.code, "error", failed)
	return false, nil
}

// list moves a parcel whose listing has begun: as of its first day or, when the
// announcement was recorded for a later one, as of now. Refused, it stays.
func (t *tx) list(ctx context.Context, l listing) (bool, error) {
	for _, on := range []time.Time{l.on, {}} {
		m := &move{tx: t, Transition: geo.Transition{Entity: geo.ParcelMachine, Code: l.code, To: "listed", On: on}}
		err := m.parcel(ctx)
		var refused *geo.RefusedError
		if err == nil || !errors.As(err, &refused) {
			return err == nil, err
		}
	}
	return false, nil
}
