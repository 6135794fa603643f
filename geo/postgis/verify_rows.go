package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// told is the last that the log says of a value: nil for none, a text, a number,
// a truth, or the dates that an instant may be.
type told struct {
	event int64
	value any
}

// values are what the log says of a row, by the names that events use.
type values map[string]told

// tale is what the log says of one thing.
type tale struct {
	values
	code    string
	event   int64    // that made the thing; 0 = it was there before the log, or came with a district
	last    int64    // the last event that tells of the thing
	closing int64    // of a household: the event that closed its file last
	rounds  []values // of a parcel, the last one is its present round
	records map[recordName]*recordTale
}

type recordName struct {
	kind string
	no   int
}

// teller goes through the log once and keeps what it says last of each value.
type teller struct {
	zones []*time.Location // those that the district has or had
	tales map[geo.MachineName]map[int64]*tale
	backs map[geo.MachineName][]string // steps back, as "from to"
}

// rows compares the rows with what the events say of their values. A value that
// no event tells, such as those that came with a whole district, cannot be
// compared. Findings name columns only: what households have is not for
// terminals and logs.
func (p *proof) rows(ctx context.Context) error {
	t := &teller{tales: map[geo.MachineName]map[int64]*tale{}, backs: map[geo.MachineName][]string{}}
	for _, m := range []geo.MachineName{geo.AreaMachine, geo.BuildingMachine, geo.HouseholdMachine, geo.ParcelMachine, geo.ProblemMachine, geo.ProjectMachine} {
		t.backs[m] = geo.Backs(m)
	}
	var err error
	if t.zones, err = p.zones(ctx); err != nil {
		return err
	}
	if err := p.links(ctx, 1, t.hear); err != nil {
		return err
	}
	for _, table := range rowTables() {
		if err := p.compareRows(ctx, table, t.tales[table.entity]); err != nil {
			return fmt.Errorf("%s: %w", table.from, err)
		}
	}
	if err := p.compareRounds(ctx, t.tales[geo.ParcelMachine]); err != nil {
		return err
	}
	if err := p.compareRecords(ctx, t); err != nil {
		return err
	}
	for _, l := range rowLaws() {
		if err := p.holds(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// zones are the zones by which days were told from instants: the district's, and
// those that it had before.
func (p *proof) zones(ctx context.Context) ([]*time.Location, error) {
	rows, err := p.tx.Query(ctx, `
		select coalesce((select zone from land.district), 'Asia/Shanghai')
		union
		select e.data -> 'zone' ->> 'from'
		from land.event e
		where e.entity = 'district' and e.verb = 'corrected' and e.data -> 'zone' ->> 'from' <> ''`)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	var out []*time.Location
	for _, name := range names {
		if zone, err := time.LoadLocation(name); err == nil {
			out = append(out, zone)
		}
	}
	return out, err
}

// hear takes in one event.
func (t *teller) hear(l link) error {
	data := map[string]any{}
	if l.data != nil {
		if err := json.Unmarshal(l.data, &data); err != nil {
			return fmt.Errorf("event %d: %w", l.ID, err)
		}
	}
	things := t.tales[l.Entity]
	if things == nil {
		things = map[int64]*tale{}
		t.tales[l.Entity] = things
	}
	x := things[l.EntityID]
	if x == nil {
		x = &tale{values: values{}, records: map[recordName]*recordTale{}}
		things[l.EntityID] = x
	}
	x.code, x.last = l.Code, l.ID
	switch l.Verb {
	case geo.Created:
		x.created(l, data)
	case geo.Moved:
		t.moved(x, l, data)
	case geo.Corrected:
		for name, v := range data {
			if change, ok := v.(map[string]any); ok {
				x.say(l, name, change["to"])
			}
		}
	case geo.Recorded, geo.Amended, geo.Struck:
		x.record(l, data)
	}
	return nil
}

func (v values) say(l link, name string, value any) { v[name] = told{l.ID, value} }

func (x *tale) created(l link, data map[string]any) {
	x.event = l.ID
	if l.Entity == geo.AccountEntity { // a new account is open and has one factor
		x.say(l, "disabled", false)
		x.say(l, "second_factor", false)
		x.say(l, "login", l.Code)
	}
	for name, v := range data {
		x.say(l, name, v)
	}
}

// days are the dates that the time of an event may be, see tx.day.
func (t *teller) days(l link) []string {
	if l.On.Equal(l.On.UTC().Truncate(24 * time.Hour)) {
		return []string{l.On.UTC().Format(time.DateOnly)}
	}
	var out []string
	for _, zone := range t.zones {
		out = append(out, l.On.In(zone).Format(time.DateOnly))
	}
	return out
}

// moved takes in what a move writes, as move.make does: the values that it
// brings, and the dates of the stage that is entered or left.
func (t *teller) moved(x *tale, l link, data map[string]any) {
	back := slices.Contains(t.backs[l.Entity], l.From+" "+l.To)
	day := any(t.days(l))
	keys := geo.DataKeys(l.Entity, l.To)
	switch {
	case l.Entity == geo.ParcelMachine:
		x.round(l, data, day, back)
		if back || l.To != "planned" && l.To != "allocated" {
			keys = nil // what the parcel itself has is written by these alone
		}
	case l.Entity == geo.AreaMachine && back && l.From == "decided":
		keys = nil
	}
	for _, key := range keys {
		if v, ok := data[key]; ok {
			x.say(l, key, v)
		}
	}
	switch l.Entity {
	case geo.AreaMachine:
		x.decided(l, data, back)
	case geo.BuildingMachine:
		gone := []string{"demolished", "self_removed", "removed"}
		if slices.Contains(gone, l.To) && !back {
			x.say(l, "demolished_on", day)
		} else if back && slices.Contains(gone, l.From) {
			x.say(l, "demolished_on", nil)
		}
	case geo.HouseholdMachine:
		if column := stageDate(l.To); column != "" && !back {
			x.say(l, column, day)
		}
		if column := stageDate(l.From); column != "" && back {
			x.say(l, column, nil)
		}
		switch {
		case l.To == "closed":
			x.closing = l.ID
		case back && l.From == "closed" && x.values["paid_on"].event == x.closing:
			x.say(l, "paid_on", nil)
		}
	case geo.ProblemMachine:
		if l.To == "closed" {
			x.say(l, "closed_on", day)
		} else if l.From == "closed" {
			x.say(l, "closed_on", nil)
		}
	case geo.ProjectMachine:
		x.say(l, "stage_on", day)
	}
}

// decided takes in the decision on an area, or that it was taken back.
func (x *tale) decided(l link, data map[string]any, back bool) {
	switch {
	case back && l.From == "decided":
		x.say(l, "decision_no", "")
		for _, name := range []string{"decided_on", "sign_from", "sign_to"} {
			x.say(l, name, nil)
		}
	case !back && l.To == "decided" && data["notice_on"] != nil:
		x.say(l, "decided_on", data["notice_on"])
	}
}

// agrees says whether a row has what was told. Nothing, "", 0 and false are one:
// what was emptied is as in a new row. Amounts agree to the fen, sizes within
// what a column keeps of them.
func (v told) agrees(has any, unit string) bool {
	switch want := v.value.(type) {
	case []string:
		s, _ := has.(string)
		return slices.Contains(want, s)
	case float64:
		n, ok := has.(float64)
		switch {
		case !ok && has != nil:
			return false
		case unit == "万元":
			return geo.FromWan(n) == geo.FromWan(want)
		}
		return max(n-want, want-n) <= 1e-4
	}
	return v.value == has || blank(v.value) && blank(has)
}

func blank(v any) bool { return v == nil || v == "" || v == false || v == 0.0 }

// compareRows compares the rows of a table with what was told of them.
func (p *proof) compareRows(ctx context.Context, t rowTable, tales map[int64]*tale) error {
	var object []string
	for _, c := range t.columns {
		object = append(object, "'"+c.name+"', "+c.sql)
	}
	rows, err := p.tx.Query(ctx, `
		select x.id, jsonb_build_object(`+strings.Join(object, ", ")+`)
		from `+t.from+` x
		order by x.id`)
	if err != nil {
		return err
	}
	var id int64
	var has map[string]any
	there := map[int64]bool{}
	_, err = pgx.ForEachRow(rows, []any{&id, &has}, func() error {
		there[id] = true
		if x := tales[id]; x != nil {
			event, wrong := x.differs(has, t.columns)
			p.row(string(t.entity), x.code, "", event, wrong)
		}
		has = nil
		return nil
	})
	for id, x := range tales {
		if !there[id] && x.event != 0 && geo.Statuses(t.entity) == nil { // of things with a state, see states
			p.found(geo.Finding{
				Check: rowCheck, Event: x.event, Entity: string(t.entity), Code: x.code,
				Zh: "事件所记的 " + x.code + " 已不存在", En: x.code + ", of which an event tells, is no more",
			})
		}
	}
	return err
}

// differs lists the columns of a row that have another value than was told, and
// the last event that told one of them.
func (v values) differs(has map[string]any, columns []rowColumn) (event int64, wrong []string) {
	for _, c := range columns {
		if w, ok := v[c.name]; ok && !w.agrees(has[c.name], c.unit) {
			wrong, event = append(wrong, c.name), max(event, w.event)
		}
	}
	return event, wrong
}

// row tells of a row that disagrees; what says which of a thing's rows it is.
func (p *proof) row(entity, code, what string, event int64, wrong []string) {
	if len(wrong) == 0 {
		return
	}
	columns, name := strings.Join(wrong, ", "), strings.TrimSpace(code+" "+what)
	p.found(geo.Finding{
		Check: rowCheck, Event: event, Entity: entity, Code: code,
		Zh: fmt.Sprintf("%s 的 %s 与第 %d 号事件所记不符", name, columns, event),
		En: fmt.Sprintf("%s has another %s than event %d tells", name, columns, event),
	})
}
