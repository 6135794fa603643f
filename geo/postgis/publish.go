package postgis

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// publish queues the public's revision and feed for what the projection says
// has changed. Only where a published row really differs from what it was does
// the public's revision move, so an edit of something hidden leaves no trace
// there: no new ETag, no event, no count. The district's zone alone is published
// without a row: the days of all histories are counted in it.
func (t *tx) publish(batch *pgx.Batch, list []geo.Change) {
	if len(list) == 0 && !t.touched.zone {
		return
	}
	list = distinct(list)
	if t.touched.everything {
		list = []geo.Change{{Layer: everything}}
	}
	batch.Queue(`
		with next as (
			update pub.revision
			set revision = revision + 1
			returning revision)
		insert into pub.change (revision, layer, id, status, gone)
		select next.revision, c.layer, c.id, c.status, c.gone
		from next, unnest($1::text[], $2::bigint[], $3::text[], $4::boolean[]) as c (layer, id, status, gone)`,
		changeColumns(list)...)
}

// spread queues the question what shows a touched row in its own published form:
// the area that counts a parcel or sums cleared land, the project that names a
// parcel. The answer adds to what is touched.
func (t *tx) spread(batch *pgx.Batch) {
	if t.touched.everything || len(t.touched.parcels)+len(t.touched.cleared) == 0 {
		return
	}
	batch.Queue(`
		select 'area', area_id from land.parcel where id = any($1) and area_id is not null
		union
		select 'area', area_id from land.cleared_land where id = any($2)
		union
		select 'project', id from land.project where parcel_id = any($1)`,
		keys(t.touched.parcels), keys(t.touched.cleared)).Query(func(rows pgx.Rows) error {
		var kind string
		var id int64
		_, err := pgx.ForEachRow(rows, []any{&kind, &id}, func() error {
			if kind == "area" {
				add(&t.touched.areas, id)
			} else {
				add(&t.touched.projects, id)
			}
			return nil
		})
		return err
	})
}

// distinct keeps the last change of each feature; a parcel whose rounds and row
// both changed is one change.
func distinct(list []geo.Change) []geo.Change {
	at := map[changeKey]int{}
	var out []geo.Change
	for _, c := range list {
		k := changeKey{c.Layer, c.ID}
		if i, ok := at[k]; ok {
			out[i] = c
			continue
		}
		at[k] = len(out)
		out = append(out, c)
	}
	return out
}

// projection is one table of schema pub. Its statement takes @all, whether all
// rows are touched, @ids, the ids of the land rows touched, and @now, the time
// of the write; it returns the public id, the status and whether the feature is
// gone, of each published row that really changed.
type projection struct {
	layer   string
	touched func(*tx) (ids []int64, all bool)
	sql     string
}

// projections lists the tables in the order in which they are written: rounds
// and events follow the things that they belong to. pub is the schema that they
// are in: Verify makes them anew in another.
func projections(pub string) []projection {
	areas := func(t *tx) ([]int64, bool) { return keys(t.touched.areas), t.touched.everything }
	parcels := func(t *tx) ([]int64, bool) { return keys(t.touched.parcels), t.touched.everything }
	projects := func(t *tx) ([]int64, bool) { return keys(t.touched.projects), t.touched.everything }
	cleared := func(t *tx) ([]int64, bool) { return keys(t.touched.cleared), t.touched.everything }
	return []projection{
		{"areas", areas, publishAreas(pub)},
		{"cleared", cleared, publishCleared(pub)},
		{"parcels", parcels, publishParcels(pub)},
		{"parcels", parcels, publishRounds(pub)},
		{"projects", projects, publishProjects(pub)},
		{"areas", areas, publishEvents(pub, "area", "areas", geo.AreaMachine)},
		{"parcels", parcels, publishEvents(pub, "parcel", "parcels", geo.ParcelMachine)},
		{"projects", projects, publishEvents(pub, "project", "projects", geo.ProjectMachine)},
	}
}

func keys(set map[int64]bool) []int64 {
	out := make([]int64, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	return out
}

// publishRows makes the statement of a table whose rows are features. columns
// are all columns of the published row but public_id, version and updated_at;
// want selects public_id and them for the rows that are to be seen.
func publishRows(source, target, status string, columns []string, want string) string {
	names := strings.Join(columns, ",\n\t\t\t\t")
	mine := "t." + strings.Join(columns, ", t.")
	theirs := "excluded." + strings.Join(columns, ", excluded.")
	return `
		with want as (` + want + `),
		put as (
			insert into ` + target + ` as t (
				public_id,
				` + names + `,
				updated_at)
			select
				public_id,
				` + names + `,
				@now::timestamptz
			from want
			on conflict (public_id) do update set
				(` + strings.Join(columns, ", ") + `, version, updated_at) = (` + theirs + `, t.version + 1, excluded.updated_at)
			where (` + mine + `) is distinct from (` + theirs + `)
			returning t.public_id, ` + status + ` as status, false as gone),
		gone as (
			delete from ` + target + ` t
			using ` + source + ` s
			where t.public_id = s.public_id
				and (@all or s.id = any(@ids))
				and not exists (select from want w where w.public_id = t.public_id)
			returning t.public_id, '' as status, true as gone)
		select * from put
		union all
		select * from gone
		order by public_id`
}

// disclosed is a column that is told in the states of geo.Disclosures only, and
// otherwise reads as instead.
func disclosed(table, column, state, value, instead string) string {
	states, all := geo.DisclosedIn(table, column)
	if all {
		return value + " as " + column
	}
	return "case when " + state + " in " + sqlList(states) + " then " + value + " else " + instead + " end as " + column
}

func publishAreas(pub string) string {
	return publishRows("land.area", pub+".area", "t.status", []string{
		"code", "name", "status", "street", "board", "plan_m2", "cleared_m2",
		"parcels_sold", "parcels_open", "decided_on", "geom",
		"bulletin_on", "bulletin_surveyed", "bulletin_signed", "bulletin_vacated", "bulletin_few",
	}, `
			select
				a.public_id, a.code, a.name, a.status, a.street, a.board, a.plan_m2,
				c.cleared_m2, s.parcels_sold, s.parcels_open, a.decided_on, a.geom,
				bu.on_day as bulletin_on, (bu.data ->> 'surveyed')::integer as bulletin_surveyed,
				(bu.data ->> 'signed')::integer as bulletin_signed, (bu.data ->> 'vacated')::integer as bulletin_vacated,
				(bu.data ->> 'few')::boolean as bulletin_few
			from land.area a
			`+areaLand()+`
			left join lateral (`+lastBulletin+`) bu on true
			where (@all or a.id = any(@ids)) and a.status in `+published(geo.AreaMachine))
}

func publishParcels(pub string) string {
	return publishRows("land.parcel", pub+".parcel", "t.status", []string{
		"code", "name", "status", "area", "area_name", "street", "address", "land_use", "use_class", "years",
		"official_m2", "mu_basis", "survey_m2", "area_m2", "far", "density", "green", "height",
		"notice_no", "mode", "start_fen", "deposit_fen", "step_fen", "notice_on", "list_from", "list_to",
		"deal_fen", "sold_on", "buyer", "failed_rounds", "geom",
	}, `
			select
				p.public_id, p.code, p.name, p.status, a.code as area, a.name as area_name,
				p.street, p.address, p.land_use, p.use_class, `+parcelYears+` as years,
				p.official_m2, `+parcelBasis+` as mu_basis, p.survey_m2, p.area_m2,
				`+parcelLimits+`,
				r.notice_no, r.mode, r.start_fen, r.deposit_fen, r.step_fen, r.notice_on,
				r.list_from, r.list_to,
				`+disclosed("parcel", "deal_fen", "p.status", "r.deal_fen", "null")+`,
				`+disclosed("parcel", "sold_on", "p.status", "r.sold_on", "null")+`,
				`+disclosed("parcel", "buyer", "p.status", "r.buyer", "null")+`,
				`+parcelFailed+` as failed_rounds, p.geom
			from land.parcel p
			left join land.area a on a.id = p.area_id
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no
			where (@all or p.id = any(@ids)) and p.status in `+published(geo.ParcelMachine))
}

func publishProjects(pub string) string {
	return publishRows("land.project", pub+".project", "t.status", []string{
		"code", "name", "status", "industry", "board", "amount_fen", "area", "parcel", "stage_on", "geom",
	}, `
			select
				p.public_id, p.code, p.name, p.status, p.industry, p.board, p.amount_fen,
				a.code as area, l.code as parcel, p.stage_on, p.geom
			from land.project p
			left join land.area a on a.id = p.area_id
			left join land.parcel l on l.id = p.parcel_id and l.status in `+published(geo.ParcelMachine)+`
			where (@all or p.id = any(@ids)) and p.status in `+published(geo.ProjectMachine))
}

// publishCleared publishes freed land. It is not an item of a collection, so
// its rows have no version.
func publishCleared(pub string) string {
	return `
		with want as (
			select c.public_id, a.code as area, c.cleared_on, c.official_m2, c.geom
			from land.cleared_land c
			join land.area a on a.id = c.area_id
			where c.ended_at is null and (@all or c.id = any(@ids)) and a.status in ` + published(geo.AreaMachine) + `),
		put as (
			insert into ` + pub + `.cleared_land as t (public_id, area, cleared_on, official_m2, geom)
			select public_id, area, cleared_on, official_m2, geom
			from want
			on conflict (public_id) do update set
				(area, cleared_on, official_m2, geom) = (excluded.area, excluded.cleared_on, excluded.official_m2, excluded.geom)
			where (t.area, t.cleared_on, t.official_m2, t.geom)
				is distinct from (excluded.area, excluded.cleared_on, excluded.official_m2, excluded.geom)
			returning t.public_id, false as gone),
		gone as (
			delete from ` + pub + `.cleared_land t
			using land.cleared_land s
			where t.public_id = s.public_id
				and (@all or s.id = any(@ids))
				and not exists (select from want w where w.public_id = t.public_id)
			returning t.public_id, true as gone)
		select public_id, '' as status, gone from put
		union all
		select public_id, '' as status, gone from gone
		order by public_id`
}

// publishRounds publishes the rounds of published parcels: no reserve price, no
// contract, and of a deal only what holds. Deleting a parcel deletes
// its rounds.
func publishRounds(pub string) string {
	return `
		with want as (
			select
				t.public_id as parcel, t.status, r.no, r.notice_no, r.mode,
				r.start_fen, r.deposit_fen, r.step_fen, r.notice_on, r.list_from, r.list_to,
				` + disclosed("round", "deal_fen", "r.outcome", "r.deal_fen", "0") + `,
				` + disclosed("round", "sold_on", "r.outcome", "r.sold_on", "null") + `,
				` + disclosed("round", "buyer", "r.outcome", "r.buyer", "''") + `,
				r.outcome
			from land.round r
			join land.parcel p on p.id = r.parcel_id
			join ` + pub + `.parcel t on t.public_id = p.public_id
			where (@all or p.id = any(@ids))),
		put as (
			insert into ` + pub + `.round as t (
				parcel, no, notice_no, mode, start_fen, deposit_fen, step_fen,
				notice_on, list_from, list_to, deal_fen, sold_on, buyer, outcome)
			select
				parcel, no, notice_no, mode, start_fen, deposit_fen, step_fen,
				notice_on, list_from, list_to, deal_fen, sold_on, buyer, outcome
			from want
			on conflict (parcel, no) do update set
				(notice_no, mode, start_fen, deposit_fen, step_fen, notice_on, list_from, list_to, deal_fen, sold_on, buyer, outcome)
				= (excluded.notice_no, excluded.mode, excluded.start_fen, excluded.deposit_fen, excluded.step_fen,
				   excluded.notice_on, excluded.list_from, excluded.list_to, excluded.deal_fen, excluded.sold_on, excluded.buyer, excluded.outcome)
			where (t.notice_no, t.mode, t.start_fen, t.deposit_fen, t.step_fen, t.notice_on, t.list_from, t.list_to, t.deal_fen, t.sold_on, t.buyer, t.outcome)
				is distinct from (excluded.notice_no, excluded.mode, excluded.start_fen, excluded.deposit_fen, excluded.step_fen,
				   excluded.notice_on, excluded.list_from, excluded.list_to, excluded.deal_fen, excluded.sold_on, excluded.buyer, excluded.outcome)
			returning t.parcel)
		select distinct w.parcel, w.status, false
		from put
		join want w using (parcel)
		order by 1`
}

// publishEvents publishes the moves of a published thing into published
// states; a move out of a hidden state does not name it. With them go what the
// map of a past day needs: a creation in a published state, and the move into a
// hidden one (verb hidden, without the state). Events are numbered per thing:
// the numbers of the district's memory would tell how much else happens.
func publishEvents(pub, table, collection string, m geo.MachineName) string {
	states := published(m)
	return `
		with things as (
			select s.id, s.public_id, t.public_id is not null as shown, coalesce(t.status, '') as status
			from land.` + table + ` s
			left join ` + pub + `.` + table + ` t on t.public_id = s.public_id
			where (@all or s.id = any(@ids))),
		want as (
			select
				x.public_id,
				(row_number() over (partition by x.public_id order by e.id))::integer as no,
				case when e.to_state in ` + states + ` then e.verb else 'hidden' end as verb,
				case when e.from_state in ` + states + ` then e.from_state else '' end as from_state,
				case when e.to_state in ` + states + ` then e.to_state else '' end as to_state,
				e.happened, e.recorded
			from things x
			join land.event e on e.entity = '` + string(m) + `' and e.entity_id = x.id
			where x.shown and (
				e.verb in ('created', 'moved') and e.to_state in ` + states + `
				or e.verb = 'moved' and e.from_state in ` + states + `)),
		put as (
			insert into ` + pub + `.event as t (collection, public_id, no, verb, from_state, to_state, happened, recorded)
			select '` + collection + `', public_id, no, verb, from_state, to_state, happened, recorded
			from want
			on conflict (collection, public_id, no) do update set
				(verb, from_state, to_state, happened, recorded) = (excluded.verb, excluded.from_state, excluded.to_state, excluded.happened, excluded.recorded)
			where (t.verb, t.from_state, t.to_state, t.happened, t.recorded)
				is distinct from (excluded.verb, excluded.from_state, excluded.to_state, excluded.happened, excluded.recorded)
			returning t.public_id),
		gone as (
			delete from ` + pub + `.event t
			using things x
			where t.collection = '` + collection + `' and t.public_id = x.public_id
				and not exists (select from want w where w.public_id = t.public_id and w.no = t.no)
			returning t.public_id)
		select distinct x.public_id, x.status, not x.shown
		from (select public_id from put union select public_id from gone) c
		join things x using (public_id)
		order by 1`
}

// published is the SQL list of the states in which a thing is published, from
// the catalogue.
func published(m geo.MachineName) string {
	var codes []string
	for _, s := range geo.Statuses(m) {
		if s.Public {
			codes = append(codes, s.Code)
		}
	}
	return sqlList(codes)
}

// sqlList writes constants of the program as a list; no input comes near it.
func sqlList(codes []string) string {
	return "('" + strings.Join(codes, "', '") + "')"
}
