package postgis

import "github.com/jackc/pgx/v5"

// scene is what figures are counted from: the rows of an audience as they are,
// or the staff's as they were at the end of a past day (pastScene). Its members
// are FROM items, named as in the comments; the rules of counting are the same
// for all of them and stand in the files report*.go and in item.go.
type scene struct {
	areas      string // a: status, plan_m2, deadline; of staff also id, code, name, street, board, batch, leader, department, decided_on
	cleared    string // c: official_m2; of staff also area_id
	parcels    string // p: status, official_m2, and of its round deal_fen and start_fen; of staff also area_id, use_class, sold_on
	projects   string // p: status, amount_fen; of staff also stage_on
	households string // h: area_id, surveyed_on, signed_on, vacated_on (dates), with b: status of its building; staff
	problems   string // q: area_id, code, kind, title, status, due, extensions, measure, department, leader, opened_on, problem_id; staff
	day        string // d: today, the day that deadlines are held against; staff

	args pgx.NamedArgs // what the items are bound to
}

// publicScene is what is published.
func publicScene() scene {
	return scene{
		areas:    `pub.area a`,
		cleared:  `pub.cleared_land c`,
		parcels:  `pub.parcel p`,
		projects: `pub.project p`,
	}
}

// staffScene is the rows as they are, of the areas chosen.
func staffScene(c choice) scene {
	where := func(condition, column string) string {
		if c.all {
			return condition
		}
		return condition + ` and ` + column + ` = any(@ids)`
	}
	return scene{
		areas:   `(select * from land.area where ` + where(`true`, `id`) + `) a`,
		cleared: `(select * from land.cleared_land where ` + where(`ended_at is null`, `area_id`) + `) c`, // what ended is not published
		parcels: `(
			select p.status, p.official_m2, p.area_id, p.use_class, r.deal_fen, r.start_fen, r.sold_on
			from land.parcel p
			left join land.round r on r.parcel_id = p.id and r.no = p.round_no
			where ` + where(c.ofUse("p"), `p.area_id`) + `) p`,
		projects: `(select * from land.project p where ` + where(takenOver(`true`), `area_id`) + `) p`,
		households: `(select * from priv.household where ` + where(`true`, `area_id`) + `) h
			left join land.building b on b.id = h.building_id`,
		problems: `(select *, id as problem_id from land.problem where ` + where(`true`, `area_id`) + `) q`,
		day:      today + ` d`,
		args:     c.args(),
	}
}
