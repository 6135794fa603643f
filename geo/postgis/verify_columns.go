package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// rowColumn is a value of row x that events tell of: its name there, its SQL in
// the same words and units, and the unit.
type rowColumn struct{ name, sql, unit string }

// rowTable is a table whose rows events tell of.
type rowTable struct {
	entity  geo.MachineName
	from    string
	columns []rowColumn
}

// rowTables lists the tables: of each the inputs of geo.EditInputs, which
// corrections and drafts tell, and what moves, records and imports write.
func rowTables() []rowTable {
	const (
		area     = `(select a.code from land.area a where a.id = x.area_id)`
		building = `(select b.code from land.building b where b.id = x.building_id)`
		parcel   = `(select l.code from land.parcel l where l.id = x.parcel_id)`
		amount   = `pub.wan(x.amount_fen)`
	)
	tables := []rowTable{
		{entity: geo.AreaMachine, columns: append(plain(
			"decision_no", "decided_on", "sign_from", "sign_to", "min_ratio", "leader", "department"),
			rowColumn{"official_m2", "x.official_m2", "m2"})},
		{entity: geo.BuildingMachine, columns: append(plain("legal", "method", "demolished_on"), rowColumn{"area", area, ""})},
		{entity: geo.HouseholdMachine, columns: append(plain(
			"surveyed_on", "valued_on", "signed_on", "paid_on", "vacated_on", "mode"),
			rowColumn{"amount_wan", amount, "万元"}, rowColumn{"building", building, ""})},
		{entity: geo.ParcelMachine, columns: append(plain(
			"clean_title", "clean_compensation", "clean_no_dispute", "clean_conditions", "clean_utilities",
			"land_use", "far_min", "far_max", "density_max", "green_min", "height_max"),
			rowColumn{"official_m2", "x.official_m2", "m2"}, rowColumn{"area", area, ""})},
		{entity: geo.ProblemMachine, columns: append(plain(
			"due", "leader", "extensions", "escalations", "closed_on"), rowColumn{"area", area, ""})},
		{entity: geo.ProjectMachine, columns: append(plain("stage_on"), rowColumn{"parcel", parcel, ""})},
		{entity: geo.OrganisationEntity},
		{entity: geo.PersonEntity},
		{entity: geo.BoardEntity},
	}
	for i, t := range tables {
		tables[i].from, _ = tableOf(t.entity)
		for _, k := range geo.EditInputs(geo.CollectionOf(t.entity)) {
			tables[i].columns = append(tables[i].columns, rowColumn{k.Name, formShown(k), k.Unit})
		}
	}
	return append(tables, rowTable{
		entity: geo.AccountEntity, from: "auth.user",
		columns: append(plain("login", "name", "role", "disabled"), rowColumn{"second_factor", "x.totp_on is not null", ""}),
	})
}

// plain are columns that events call as the table does.
func plain(names ...string) []rowColumn {
	var out []rowColumn
	for _, name := range names {
		out = append(out, rowColumn{name: name, sql: "x." + name})
	}
	return out
}

// roundColumns are what events tell of round x.
func roundColumns() []rowColumn {
	out := plain(
		"notice_no", "mode", "notice_on", "list_from", "list_to", "buyer", "sold_on", "contract_no", "supervision_no",
		"contracted_on", "start_by", "paid_on", "handed_over_on", "started_on", "completed_on", "outcome")
	for _, name := range []string{"start", "reserve", "deposit", "step", "deal"} {
		out = append(out, rowColumn{name + "_wan", "pub.wan(x." + name + "_fen)", "万元"})
	}
	return out
}

// round takes in what a move of a parcel writes into its round, as writeRound
// and undoRound do.
func (x *tale) round(l link, data map[string]any, day any, back bool) {
	n := len(x.rounds)
	ended := n == 0 // as far as is known
	if n > 0 {
		outcome, ok := x.rounds[n-1]["outcome"]
		ended = !ok || outcome.value != ""
	}
	if l.To == "announced" && !back && (n == 0 || l.From == "planned" && ended) {
		x.rounds = append(x.rounds, newRound(l))
	} else if n == 0 || l.From == "planned" && ended {
		if l.From == "planned" {
			return // no round is open
		}
		x.rounds = append(x.rounds, values{}) // opened before the log tells
	}
	r := x.rounds[len(x.rounds)-1]
	if back {
		r.undo(l)
		return
	}
	for _, key := range []string{
		"notice_no", "mode", "start_wan", "reserve_wan", "deposit_wan", "step_wan", "notice_on", "list_from", "list_to",
		"deal_wan", "buyer", "contract_no", "supervision_no", "start_by",
	} {
		if v, ok := data[key]; ok {
			r.say(l, key, v)
		}
	}
	switch l.To {
	case "sold":
		r.say(l, "sold_on", day)
		r.say(l, "outcome", "sold")
	case "contracted", "paid", "handed_over", "started", "completed":
		r.say(l, l.To+"_on", day)
	case "failed", "withdrawn", "voided":
		r.say(l, "outcome", l.To)
	}
}

// newRound is a round that an announcement opens: what that does not give, the
// round does not have. The chronicle of a demo gives only part.
func newRound(l link) values {
	r := values{}
	r.say(l, "outcome", "")
	if l.Source == geo.FromDemo {
		return r
	}
	r.say(l, "mode", "listing")
	for _, name := range []string{"start_wan", "reserve_wan", "deposit_wan", "step_wan", "notice_on", "list_from", "list_to", "notice_no"} {
		r.say(l, name, nil)
	}
	return r
}

// undo takes back what the state that is left had written.
func (v values) undo(l link) {
	switch l.From {
	case "announced":
		v.say(l, "outcome", "withdrawn")
	case "sold":
		for _, name := range []string{"deal_wan", "sold_on", "buyer", "outcome"} {
			v.say(l, name, "")
		}
	case "contracted":
		for _, name := range []string{"contract_no", "supervision_no", "contracted_on", "start_by"} {
			v.say(l, name, "")
		}
	case "paid", "handed_over", "started", "completed":
		v.say(l, l.From+"_on", nil)
	case "failed", "withdrawn":
		v.say(l, "outcome", "")
	case "voided":
		v.say(l, "outcome", "sold")
	}
}

// compareRounds compares the rounds of parcels with what was told of them,
// counted back from the present one.
func (p *proof) compareRounds(ctx context.Context, tales map[int64]*tale) error {
	columns := roundColumns()
	object := ""
	for _, c := range columns {
		object += ", '" + c.name + "', " + c.sql
	}
	rows, err := p.tx.Query(ctx, `
		select x.parcel_id, x.no, l.round_no - x.no, jsonb_build_object(`+object[2:]+`)
		from land.round x
		join land.parcel l on l.id = x.parcel_id
		order by x.parcel_id, x.no`)
	if err != nil {
		return err
	}
	var id int64
	var no, before int
	var has map[string]any
	_, err = pgx.ForEachRow(rows, []any{&id, &no, &before, &has}, func() error {
		if x := tales[id]; x != nil && before >= 0 && before < len(x.rounds) {
			event, wrong := x.rounds[len(x.rounds)-1-before].differs(has, columns)
			p.row(string(geo.ParcelMachine), x.code, fmt.Sprintf("(round %d)", no), event, wrong)
		}
		has = nil
		return nil
	})
	return err
}
