package postgis

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// boardProblem is a problem with the number of its area.
type boardProblem struct {
	geo.BoardProblem
	areaID int64
}

// problems reads the open problems of the areas chosen, with what last happened
// to each.
func (r *reckoning) problems(ctx context.Context) ([]boardProblem, error) {
	last := byThen
	if !r.past {
		last = `true`
	}
	rows, err := r.tx.Query(ctx, `
		select q.area_id, l.code, l.name, q.code, q.kind, q.title, q.measure, q.department, q.leader, q.status, q.opened_on, q.due, q.extensions,
			coalesce(x.verb, ''), coalesce(x.to_state, ''), x.day, coalesce(x.role, '')
		from `+r.scene.problems+`
		join land.area l on l.id = q.area_id
		left join lateral (
			select e.verb, e.to_state, `+dateOf("e.happened")+` as day, e.role
			from land.event e
			where e.entity = 'problem' and e.entity_id = q.problem_id and e.verb <> 'noted' and `+last+`
			order by e.id desc
			limit 1) x on true
		where q.status <> 'closed'`, r.scene.args)
	if err != nil {
		return nil, err
	}
	now := r.clock()
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p boardProblem, err error) {
		var opened, due, on dated
		err = row.Scan(&p.areaID, &p.Area, &p.AreaName, &p.Code, &p.Kind, &p.Title, &p.Measure, &p.Department, &p.Leader, &p.Status, &opened, &due, &p.Extensions,
			&p.LastVerb, &p.LastTo, &on, &p.LastRole)
		p.OpenedOn, p.Due, p.LastOn = opened.Time, due.Time, on.Time
		if due.Valid {
			p.DaysLate = -geo.DaysLeft(p.Due, now, r.zone)
		}
		p.Light = geo.ProblemLight(p.Status, p.Due, p.Extensions, now, r.zone, r.th)
		return p, err
	})
}

// BoardProblems lists the open problems, most days overdue first; those without a
// deadline come last. Errors: as of SummaryAt.
func (s *Store) BoardProblems(ctx context.Context, q geo.SummaryQuery) (out geo.BoardProblems, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) (err error) {
		out.Stamp = r.stamp
		out.Rows, err = r.problemList(ctx)
		return err
	})
	return out, err
}

func (r *reckoning) problemList(ctx context.Context) ([]geo.BoardProblem, error) {
	found, err := r.problems(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]geo.BoardProblem, 0, len(found))
	for _, p := range found {
		out = append(out, p.BoardProblem)
	}
	slices.SortFunc(out, func(a, b geo.BoardProblem) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.DaysLate, a.DaysLate), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}

// BoardAuctions counts what was sold by quarter and family of uses; its sums are
// those of the summary. A failed round counts in the quarter in which it failed.
// Errors: as of SummaryAt.
func (s *Store) BoardAuctions(ctx context.Context, q geo.SummaryQuery) (out geo.BoardAuctions, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		out.Stamp = r.stamp
		within := `true`
		if !r.all {
			within = `p.area_id = any(@ids)`
		}
		rows, err := r.tx.Query(ctx, `
			select x.year, x.quarter, x.use_class, sum(x.sold)::integer, sum(x.failed)::integer, sum(x.m2)::float8, `+sumFen("x.deal", "")+`, `+sumFen("x.start", "")+`
			from (
				select coalesce(extract(year from p.sold_on), 0)::integer as year, coalesce(extract(quarter from p.sold_on), 0)::integer as quarter, p.use_class,
					1 as sold, 0 as failed, p.official_m2 as m2, p.deal_fen as deal, p.start_fen as start
				from `+r.scene.parcels+`
				where p.status in `+sqlList(geo.SoldCodes())+`
				union all
				select extract(year from f.day)::integer, extract(quarter from f.day)::integer, p.use_class, 0, 1, 0, 0, 0
				from land.parcel p
				cross join lateral (
					select `+dateOf("e.happened")+` as day, e.to_state,
						lead(e.from_state || ' ' || e.to_state) over (order by e.id) as next
					from land.event e
					where e.entity = 'parcel' and e.entity_id = p.id and e.verb in ('created', 'moved') and `+byThen+`) f
				where f.to_state = 'failed' and not coalesce(f.next = any(@backs::text[]), false) and `+r.ofUse("p")+` and `+within+`) x
			group by 1, 2, 3
			order by 1, 2, 3`, r.with("backs", failedBacks()))
		if err != nil {
			return err
		}
		out.Rows, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a geo.AuctionRow, err error) {
			err = row.Scan(&a.Year, &a.Quarter, &a.Use, &a.Sold, &a.Failed, &a.M2, &a.Money, &a.Start)
			return a, err
		})
		return err
	})
	return out, err
}

// failedBacks are the steps by which a parcel is taken back from failed: the
// round had not failed.
func failedBacks() []string {
	out := []string{}
	for _, move := range geo.Backs(geo.ParcelMachine) {
		if strings.HasPrefix(move, "failed ") {
			out = append(out, move)
		}
	}
	return out
}

// with is the scene's arguments and one more.
func (r *reckoning) with(name string, value any) pgx.NamedArgs {
	args := pgx.NamedArgs{name: value}
	for k, v := range r.scene.args {
		args[k] = v
	}
	return args
}

// BoardPipeline computes the funnel of projects. Its sums are those of the
// summary. Errors: as of SummaryAt.
func (s *Store) BoardPipeline(ctx context.Context, q geo.SummaryQuery) (out geo.BoardPipeline, err error) {
	err = s.reckon(ctx, q, func(r *reckoning) error {
		out.Stamp = r.stamp
		for _, st := range geo.Statuses(geo.ProjectMachine) {
			out.Stages = append(out.Stages, geo.StageRow{Stage: st.Code})
		}
		stage := func(code string) int {
			return slices.IndexFunc(out.Stages, func(s geo.StageRow) bool { return s.Stage == code })
		}
		rows, err := r.tx.Query(ctx, `
			select p.status, p.amount_fen::bigint, p.stage_on,
				coalesce((
					select array_agg(distinct e.to_state)
					from land.event e
					where e.entity = 'project' and e.entity_id = p.id and e.verb in ('created', 'moved') and `+byThen+`), '{}')
			from `+r.scene.projects, r.scene.args)
		if err != nil {
			return err
		}
		days := map[int][]int{}
		var status string
		var amount geo.Money
		var since dated
		var been []string
		_, err = pgx.ForEachRow(rows, []any{&status, &amount, &since, &been}, func() error {
			at := stage(status)
			row := &out.Stages[at]
			row.Projects++
			row.Money += amount
			if amount >= geo.Yi {
				row.OverYi++
			}
			if since.Valid {
				days[at] = append(days[at], int(r.at-geo.CivilDay(since.Time)))
			}
			switch light, over := geo.PipelineLight(status, since.Time, r.clock(), r.zone, r.th); {
			case over:
				row.Red, row.OutOfThePool = row.Red+1, row.OutOfThePool+1
			case light == geo.Red:
				row.Red++
			case light == geo.Amber:
				row.Amber++
			}
			far := -1
			for _, b := range append(been, status) {
				if b != "dead" {
					far = max(far, stage(b))
				}
			}
			for i := 0; i <= far; i++ {
				out.Stages[i].Reached++
			}
			return nil
		})
		for at, list := range days {
			slices.Sort(list)
			median := list[len(list)/2]
			out.Stages[at].MedianDays = &median
		}
		return err
	})
	return out, err
}
