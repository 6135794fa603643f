package postgis

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Create makes a new thing of a collection that takes one by hand, see
// geo.CreateInputs. Without a code the store gives the next number of the
// series. Errors: Forbidden for the role or outside its areas, Invalid with
// every wrong input, Conflict for a code that is taken.
func (s *Store) Create(ctx context.Context, actor geo.Actor, d geo.Draft) (geo.Event, error) {
	entity, ok := geo.EntityOf(d.Collection)
	keys := geo.CreateInputs(d.Collection)
	if !ok || keys == nil {
		return geo.Event{}, notFound("collection", d.Collection)
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		if err := t.allow(geo.WriteDeed(d.Collection)); err != nil {
			return err
		}
		return (&drafting{tx: t, Draft: d, keys: keys, thing: thing{entity: entity, code: d.Code, version: 1}}).make(ctx)
	})
	if err != nil {
		return geo.Event{}, err
	}
	return events[0], nil
}

// drafting is one thing being made.
type drafting struct {
	*tx
	geo.Draft
	keys  []geo.DataKey
	in    geo.Inputs
	refs  map[string]reference
	thing thing
}

func (d *drafting) make(ctx context.Context) error {
	in, faults := geo.ReadInputs(d.keys, d.Values, true)
	d.in = in
	if d.Code != "" && !soundCode(d.Code) {
		faults = append(faults, wrong("code", "form", "编号须为 1 至 64 个字符，不含控制字符", "a code has 1 to 64 characters and none that controls")...)
	}
	on, late := d.began(d.On)
	refs, unknown, err := d.references(ctx, d.keys, in)
	if err != nil {
		return err
	}
	d.refs = refs
	d.thing.area = d.areaCode()
	between, err := d.agree(ctx, d.thing, in, refs)
	if err != nil {
		return err
	}
	faults = append(append(append(faults, late...), unknown...), between...)
	if err := geo.WrongInputs(faults); err != nil {
		return err
	}
	if ok, err := d.within(ctx, d.thing.area); err != nil || !ok {
		if err == nil {
			err = geo.Errorf(geo.Forbidden, "this does not belong to an area that you are assigned to", "不属于您包联的片区，无权登记")
		}
		return err
	}
	if d.thing.code == "" {
		if d.thing.code, err = d.nextCode(ctx); err != nil {
			return err
		}
	}
	if err := d.insert(ctx, d.day(on)); err != nil {
		return err
	}
	data := map[string]any{}
	for _, k := range d.keys {
		if v := in.Value(k.Name); v != nil {
			data[k.Name] = d.told(k)
		}
	}
	d.event(geo.Event{
		Entity: d.thing.entity, EntityID: d.thing.id, Code: d.thing.code, Verb: geo.Created, To: d.thing.status,
		On: on, Data: data, Version: d.thing.version,
	})
	d.tell(d.thing)
	return nil
}

// told is a value as an event keeps it.
func (d *drafting) told(k geo.DataKey) any {
	switch {
	case k.Ref == "boards":
		return d.refs[k.Name].name
	case k.Type == geo.DateField:
		return d.in.Told(k.Name)
	}
	return d.in.Value(k.Name)
}

// areaCode is the code of the area that the new thing belongs to.
func (d *drafting) areaCode() string {
	if d.thing.entity == geo.HouseholdMachine {
		return d.refs["building"].area
	}
	return d.in.Text("area")
}

// insert writes the row; what no input says is as the table has it.
func (d *drafting) insert(ctx context.Context, on any) error {
	columns, args := []string{"code"}, []any{d.thing.code}
	put := func(column string, value any) {
		columns, args = append(columns, column), append(args, value)
	}
	for _, k := range d.keys {
		put(formColumn(k), formValue(k, d.in, d.refs))
	}
	derived := ""
	switch d.thing.entity {
	case geo.HouseholdMachine:
		columns, derived = append(columns, "area_id"), `, (select b.area_id from land.building b where b.id = $2)`
	case geo.ProblemMachine: // the area's leader answers for it until another is named
		put("opened_on", on)
		columns, derived = append(columns, "leader"), `, (select a.leader from land.area a where a.id = $2)`
	case geo.ProjectMachine:
		put("stage_on", on)
	}
	values := make([]string, len(args))
	for i := range args {
		values[i] = "$" + strconv.Itoa(i+1)
	}
	table, _ := tableOf(d.thing.entity)
	status := "''"
	if _, moves := geo.StatusOf(d.thing.entity, initial(d.thing.entity)); moves {
		status = "status"
	}
	return d.QueryRow(ctx, `
		insert into `+table+` (`+strings.Join(columns, ", ")+`)
		values (`+strings.Join(values, ", ")+derived+`)
		returning id, version, `+status, args...).Scan(&d.thing.id, &d.thing.version, &d.thing.status)
}

// initial is the first state of what is made by hand; "" for a register.
func initial(m geo.MachineName) string {
	switch m {
	case geo.HouseholdMachine:
		return geo.HouseholdMoves().Initial
	case geo.ProblemMachine:
		return geo.ProblemMoves().Initial
	case geo.ProjectMachine:
		return geo.ProjectMoves().Initial
	}
	return ""
}

// series is the form of the codes that are given where there is none yet.
func series(m geo.MachineName) string {
	switch m {
	case geo.ProblemMachine:
		return "WT-000"
	case geo.ProjectMachine:
		return "XM-000"
	case geo.OrganisationEntity:
		return "DW-000"
	case geo.PersonEntity:
		return "RY-000"
	}
	return "BK-00"
}

var numbered = regexp.MustCompile(`^(.*?)([0-9]{1,9})$`)

// nextCode is the next number of the series: of a household, those of its
// building; of others, the one that the newest row belongs to.
func (d *drafting) nextCode(ctx context.Context) (string, error) {
	table, _ := tableOf(d.thing.entity)
	var last string
	if d.thing.entity == geo.HouseholdMachine {
		last = d.in.Text("building") + "-00"
	} else {
		err := d.QueryRow(ctx, `
			select code
			from `+table+`
			order by id desc
			limit 1`).Scan(&last)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return "", err
		}
	}
	parts := numbered.FindStringSubmatch(last)
	if parts == nil {
		parts = numbered.FindStringSubmatch(series(d.thing.entity))
	}
	var highest int64
	err := d.QueryRow(ctx, `
		select coalesce(max(substr(code, length($1::text) + 1)::bigint), 0)
		from `+table+`
		where left(code, length($1::text)) = $1 and substr(code, length($1::text) + 1) ~ '^[0-9]{1,9}$'`, parts[1]).Scan(&highest)
	return fmt.Sprintf("%s%0*d", parts[1], len(parts[2]), highest+1), err
}
