package postgis

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Correct writes other values of a thing, see geo.EditInputs: what is not named
// stays. When nothing differs, the answer is an event without ID and with the
// version that holds, and nothing is recorded. Errors: NotFound, Forbidden for
// the role or outside its areas, *geo.StaleError for another version than was
// seen, Invalid with every wrong input, *geo.RefusedError where
// geo.CheckCorrection forbids it.
func (s *Store) Correct(ctx context.Context, actor geo.Actor, e geo.Edit) (geo.Event, error) {
	entity, ok := geo.EntityOf(e.Collection)
	if !ok {
		return geo.Event{}, notFound("collection", e.Collection)
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		x, err := t.find(ctx, entity, e.Code, e.Version)
		if err != nil {
			return err
		}
		if !actor.Role.MayCorrect(e.Collection, x.status) {
			return t.allow(geo.WriteDeed(e.Collection))
		}
		return (&correction{tx: t, Edit: e, thing: x}).make(ctx)
	})
	if err != nil {
		return geo.Event{}, err
	}
	return events[0], nil
}

// correction is one thing being corrected.
type correction struct {
	*tx
	geo.Edit
	thing thing
	keys  []geo.DataKey // of the values that were named
	in    geo.Inputs
}

func (c *correction) make(ctx context.Context) error {
	inputs := geo.EditInputs(c.Collection)
	in, faults := geo.ReadInputs(inputs, c.Values, false)
	c.in = in
	for _, k := range inputs {
		if in.Named(k.Name) {
			c.keys = append(c.keys, k)
		}
	}
	before, err := c.look(ctx)
	if err != nil {
		return err
	}
	c.keys = slices.DeleteFunc(c.keys, func(k geo.DataKey) bool { // an ended body that stands there may stay
		return k.Ref != "" && in.Text(k.Name) == text(before[k.Name].shown)
	})
	refs, unknown, err := c.references(ctx, c.keys, in)
	if err != nil {
		return err
	}
	between, err := c.agree(ctx, c.thing, in, refs)
	if err != nil {
		return err
	}
	if err := geo.WrongInputs(append(append(faults, unknown...), between...)); err != nil {
		return err
	}
	if err := c.put(ctx, refs); err != nil {
		return err
	}
	after, err := c.look(ctx)
	if err != nil {
		return err
	}
	data := map[string]any{}
	for name, v := range after {
		if v.kept != before[name].kept {
			data[name] = map[string]any{"from": before[name].shown, "to": v.shown}
		}
	}
	return c.record(ctx, data)
}

// record makes the correction known, unless there is none.
func (c *correction) record(ctx context.Context, data map[string]any) error {
	x := &c.thing
	if len(data) == 0 {
		c.answer = []geo.Event{{Entity: x.entity, EntityID: x.id, Code: x.code, Version: x.version}}
		return nil
	}
	var fields []string
	for name := range data {
		fields = append(fields, name)
	}
	if err := geo.CheckCorrection(c.actor.Role, c.Collection, x.status, fields, c.Reason); err != nil {
		return err
	}
	if err := c.bump(ctx, x); err != nil {
		return err
	}
	c.event(geo.Event{
		Entity: x.entity, EntityID: x.id, Code: x.code, Verb: geo.Corrected,
		Reason: c.Reason, Data: data, Version: x.version,
	})
	c.tell(*x)
	renamed, ok := data["name"].(map[string]any)
	switch {
	case ok && x.entity == geo.AreaMachine:
		return c.renamed(ctx)
	case ok && x.entity == geo.BoardEntity:
		return c.renamedBoard(ctx, text(renamed["from"]), text(renamed["to"]))
	}
	return nil
}

// look reads the values that the correction names: as kept, to tell whether
// they differ, and as people read them.
func (c *correction) look(ctx context.Context) (map[string]pair, error) {
	kept, shown := []string{"''"}, []string{"''"}
	for _, k := range c.keys {
		kept = append(kept, "x."+formColumn(k)+"::text")
		shown = append(shown, "to_jsonb("+formShown(k)+")")
	}
	table, _ := tableOf(c.thing.entity)
	var a []*string
	var b []any
	err := c.QueryRow(ctx, `
		select array[`+strings.Join(kept, ", ")+`], jsonb_build_array(`+strings.Join(shown, ", ")+`)
		from `+table+` x
		where x.id = $1`, c.thing.id).Scan(&a, &b)
	if err != nil {
		return nil, err
	}
	out := map[string]pair{}
	for i, k := range c.keys {
		p := pair{shown: b[i+1]}
		if a[i+1] != nil {
			p.kept = *a[i+1]
		}
		out[k.Name] = p
	}
	return out, nil
}

// pair is a value as it is kept and as it is shown.
type pair struct {
	kept  string
	shown any
}

// put writes the values that were named.
func (c *correction) put(ctx context.Context, refs map[string]reference) error {
	if len(c.keys) == 0 {
		return nil
	}
	var sets []string
	args := []any{c.thing.id}
	for _, k := range c.keys {
		args = append(args, formValue(k, c.in, refs))
		sets = append(sets, formColumn(k)+" = $"+strconv.Itoa(len(args)))
	}
	table, _ := tableOf(c.thing.entity)
	_, err := c.Exec(ctx, `update `+table+` set `+strings.Join(sets, ", ")+` where id = $1`, args...)
	return err
}

// renamed touches the parcels of the areas that the write touched: their
// published rows carry the area's name.
func (t *tx) renamed(ctx context.Context) error {
	rows, err := t.Query(ctx, `select id from land.parcel where area_id = any($1)`, keys(t.touched.areas))
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	for _, id := range ids {
		add(&t.touched.parcels, id)
	}
	return err
}

// renamedBoard gives the areas and projects of a board its new name. Each is a
// correction of its own, with the board's reason.
func (c *correction) renamedBoard(ctx context.Context, from, to string) error {
	for _, m := range []geo.MachineName{geo.AreaMachine, geo.ProjectMachine} {
		table, _ := tableOf(m)
		rows, err := c.Query(ctx, `
			update `+table+` x
			set board = $2
			where x.board = $1
			returning x.id, x.code, x.status, x.version`, from, to)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (thing, error) {
			x := thing{entity: m}
			err := row.Scan(&x.id, &x.code, &x.status, &x.version)
			return x, err
		})
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b thing) int { return int(a.id - b.id) })
		for _, x := range list {
			if err := c.bump(ctx, &x); err != nil {
				return err
			}
			c.event(geo.Event{
				Entity: m, EntityID: x.id, Code: x.code, Verb: geo.Corrected, Reason: c.Reason, Version: x.version,
				Data: map[string]any{"board": map[string]any{"from": from, "to": to}},
			})
			c.tell(x)
		}
	}
	return nil
}

// text is a shown value that is a text; "" for another.
func text(v any) string {
	s, _ := v.(string)
	return s
}
