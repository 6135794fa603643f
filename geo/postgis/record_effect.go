package postgis

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// effect is what follows from a new record: data that is kept with it, and what
// changed of the thing, as a corrected event has it.
type effect struct {
	data, corrected map[string]any
}

// follow lets follow what follows from a new record of a kind that does more
// than tell. What an assignment does is seen afterwards, see reassign; visits,
// flats and court steps are read where they are asked for.
func (w *recordWrite) follow(ctx context.Context) (effect, error) {
	switch {
	case w.kind.Of == geo.ProblemMachine && w.kind.Code == geo.ExtensionRecord:
		return w.extend(ctx)
	case w.kind.Of == geo.ProblemMachine && w.kind.Code == geo.EscalationRecord:
		return w.escalate(ctx)
	case w.kind.Of == geo.AreaMachine && w.kind.Code == geo.BulletinRecord:
		return w.bulletin(ctx)
	}
	return effect{}, nil
}

// extend gives a problem its later deadline, as geo.CheckExtension has it.
func (w *recordWrite) extend(ctx context.Context) (effect, error) {
	f := geo.ExtensionFacts{
		Occasion: geo.Occasion{On: w.after.Date(geo.RecordOn), Now: w.now, Zone: w.zone, Reason: w.reason},
		Status:   w.x.status, NewDue: w.after.Date(geo.RecordDue),
	}
	var due dated
	err := w.QueryRow(ctx, `
		select extensions, due
		from land.problem
		where id = $1`, w.x.id).Scan(&f.Extensions, &due)
	if err != nil {
		return effect{}, err
	}
	f.Due = due.Time
	if err := geo.CheckExtension(w.actor.Role, f); err != nil {
		return effect{}, err
	}
	_, err = w.Exec(ctx, `
		update land.problem
		set due = $2, extensions = extensions + 1
		where id = $1`, w.x.id, w.day(f.NewDue))
	var before any
	if !f.Due.IsZero() {
		before = geo.CivilDay(f.Due).String()
	}
	return effect{corrected: map[string]any{
		"due":        fromTo(before, geo.CivilDay(f.NewDue).String()),
		"extensions": fromTo(f.Extensions, f.Extensions+1),
	}}, err
}

// personPost is how a person p is named where the district names who answers:
// by post.
const personPost = `coalesce(nullif(p.post, ''), p.name)`

// escalate puts an open problem into the hands of a leader.
func (w *recordWrite) escalate(ctx context.Context) (effect, error) {
	if w.x.status == "closed" {
		return effect{}, w.refuse("open", "问题已销号", "the problem is closed")
	}
	var before, leader string
	var times int
	err := w.QueryRow(ctx, `
		update land.problem q
		set leader = `+personPost+`, escalations = q.escalations + 1
		from land.problem before, land.person p
		where q.id = $1 and before.id = q.id and p.code = $2
		returning before.leader, q.leader, q.escalations`, w.x.id, w.after.Text(geo.RecordPerson)).Scan(&before, &leader, &times)
	then := effect{corrected: map[string]any{"escalations": fromTo(times-1, times)}}
	if before != leader {
		then.corrected["leader"] = fromTo(before, leader)
	}
	return then, err
}

// bulletin counts the area's households at the end of the bulletin's day and
// keeps what may be told of it; the projection publishes that, see lastBulletin.
func (w *recordWrite) bulletin(ctx context.Context) (effect, error) {
	on := w.after.Date(geo.RecordOn)
	var last dated
	var c geo.HouseholdCounts
	err := w.QueryRow(ctx, `
		select
			(
				select max(r.on_day)
				from land.record r
				where r.entity = 'area' and r.entity_id = $1 and r.kind = 'bulletin' and r.struck_at is null),
			count(*) filter (where h.surveyed_on <= $2),
			count(*) filter (where h.signed_on <= $2),
			count(*) filter (where h.vacated_on <= $2)
		from priv.household h
		where h.area_id = $1`, w.x.id, w.day(on)).Scan(&last, &c.Surveyed, &c.Signed, &c.Vacated)
	if err != nil {
		return effect{}, err
	}
	if on.Before(last.Time) {
		day := geo.CivilDay(last.Time).String()
		return effect{}, fieldError(geo.RecordOn, "order",
			"已有截至 "+day+" 的通报，新通报不能早于该日", "there is a bulletin as of "+day+": a new one cannot be as of an earlier day")
	}
	told, err := w.told(ctx)
	if err != nil {
		return effect{}, err
	}
	b := geo.BulletinOf(c, told)
	data := map[string]any{"few": b.Few}
	for name, n := range map[string]*int{"surveyed": b.Surveyed, "signed": b.Signed, "vacated": b.Vacated} {
		if n != nil {
			data[name] = *n
		}
	}
	return effect{data: data}, nil
}

// told are the counts that bulletins of the area have told so far.
func (w *recordWrite) told(ctx context.Context) (t geo.Told, err error) {
	err = w.QueryRow(ctx, `
		select
			coalesce(array_agg((r.data ->> 'surveyed')::integer) filter (where r.data ? 'surveyed'), '{}'),
			coalesce(array_agg((r.data ->> 'signed')::integer) filter (where r.data ? 'signed'), '{}'),
			coalesce(array_agg((r.data ->> 'vacated')::integer) filter (where r.data ? 'vacated'), '{}')
		from land.record r
		where r.entity = 'area' and r.entity_id = $1 and r.kind = 'bulletin'`, w.x.id).Scan(&t.Surveyed, &t.Signed, &t.Vacated)
	return t, err
}

// assigned says which column of an area an assignment of a duty speaks for, and
// by which word; "" for a duty that none does.
func assigned(duty string) (column, holder string) {
	switch duty {
	case "lead":
		return "leader", personPost
	case "contract":
		return "department", "o.name"
	}
	return "", ""
}

// holderOf is who has a duty in area a on the day $2: of the assignments that
// hold then, the latest.
func holderOf(duty, holder string) string {
	return `(
				select ` + holder + `
				from land.record r
				left join land.person p on p.id = r.person_id
				left join land.organisation o on o.id = r.organisation_id
				where r.entity = 'area' and r.entity_id = a.id and r.kind = '` + geo.AssignmentRecord + `' and r.struck_at is null
					and r.data ->> 'duty' = '` + duty + `' and r.on_day <= $2 and coalesce(r.done_on >= $2, true)
				order by r.on_day desc, r.no desc
				limit 1)`
}

// reassign makes an area name who has these duties today, and tells what that
// changed, as a corrected event has it. The caller gives the area its version.
func (t *tx) reassign(ctx context.Context, area int64, duties ...string) (map[string]any, error) {
	corrected := map[string]any{}
	slices.Sort(duties)
	for _, duty := range slices.Compact(duties) {
		column, holder := assigned(duty)
		if column == "" {
			continue
		}
		var before, now string
		err := t.QueryRow(ctx, `
			update land.area a
			set `+column+` = coalesce(`+holderOf(duty, holder)+`, '')
			from land.area before
			where a.id = $1 and before.id = a.id
			returning before.`+column+`, a.`+column, area, t.day(t.now)).Scan(&before, &now)
		if err != nil {
			return nil, err
		}
		if before != now {
			corrected[column] = fromTo(before, now)
		}
	}
	return corrected, nil
}

// turnover is a duty in an area that has another holder today than the area
// names.
type turnover struct{ area, duty string }

// turnovers looks for duties that went over as the days passed: assignments
// begin and end with them. An area that never had an assignment of a duty keeps
// what it was given otherwise.
func turnovers(ctx context.Context, tx pgx.Tx, today geo.Day) ([]turnover, error) {
	var out []turnover
	for _, duty := range []string{"contract", "lead"} {
		column, holder := assigned(duty)
		rows, err := tx.Query(ctx, `
			select a.code, '`+duty+`'
			from land.area a
			where a.`+column+` <> coalesce(`+holderOf(duty, holder)+`, '')
				and exists (
					select
					from land.record r
					where r.entity = 'area' and r.entity_id = a.id and r.kind = $1 and r.struck_at is null
						and r.data ->> 'duty' = '`+duty+`' and r.on_day <= $2)
			order by a.code`, geo.AssignmentRecord, today.Date())
		if err != nil {
			return nil, err
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v turnover, err error) {
			err = row.Scan(&v.area, &v.duty)
			return v, err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// settleAssignments makes areas name who has the duties today. It returns how
// many changed.
func (t *tx) settleAssignments(ctx context.Context) (int, error) {
	list, err := turnovers(ctx, t, geo.DayOf(t.now, t.zone))
	if err != nil {
		return 0, err
	}
	for _, v := range list {
		x, err := t.find(ctx, geo.AreaMachine, v.area, 0)
		if err != nil {
			return 0, err
		}
		corrected, err := t.reassign(ctx, x.id, v.duty)
		if err != nil {
			return 0, err
		}
		if err := t.bump(ctx, &x); err != nil {
			return 0, err
		}
		t.event(geo.Event{Entity: x.entity, EntityID: x.id, Code: x.code, Verb: geo.Corrected, Data: corrected, Version: x.version})
		t.tell(x)
	}
	return len(list), nil
}
