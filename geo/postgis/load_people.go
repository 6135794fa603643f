package postgis

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"tengdi/geo"
)

func (l *loader) calendar(ctx context.Context, d geo.Dataset) error {
	return l.copyRows(ctx, "land", "calendar", []string{"day", "works", "name"}, len(d.Calendar), func(i int) ([]any, error) {
		c := d.Calendar[i]
		return []any{c.Day.Date(), c.Works, c.Name}, nil
	})
}

// organisations come in order: the loader links each to one above it that has
// been copied before.
func (l *loader) organisations(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "organisation", []string{"code", "name", "kind", "admin_code", "phone", "ended_on"},
		len(d.Organisations), func(i int) ([]any, error) {
			o := d.Organisations[i]
			return []any{o.Code, o.Name, o.Kind, o.AdminCode, o.Phone, l.tx.day(o.EndedOn)}, nil
		})
	if err != nil {
		return err
	}
	if err := l.learn(ctx, "land", "organisation"); err != nil {
		return err
	}
	var ids, parents []int64
	for _, o := range d.Organisations {
		parent, err := l.id("organisation", o.Parent)
		if err != nil {
			return err
		}
		if above, ok := parent.(int64); ok {
			ids, parents = append(ids, l.ids["organisation"][o.Code]), append(parents, above)
		}
	}
	_, err = l.tx.Exec(ctx, `
		update land.organisation o
		set parent_id = u.parent
		from unnest($1::bigint[], $2::bigint[]) u (id, parent)
		where o.id = u.id`, ids, parents)
	return err
}

func (l *loader) persons(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "person", []string{"code", "name", "post", "organisation_id", "login", "phone", "ended_on"},
		len(d.Persons), func(i int) ([]any, error) {
			p := d.Persons[i]
			body, err := l.id("organisation", p.Organisation)
			var login any
			if p.Login != "" {
				login = p.Login
			}
			return []any{p.Code, p.Name, p.Post, body, login, p.Phone, l.tx.day(p.EndedOn)}, err
		})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "person")
}

func (l *loader) boards(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "board", []string{"code", "name", "name_en", "theme", "sort", "ended_on"},
		len(d.Boards), func(i int) ([]any, error) {
			b := d.Boards[i]
			return []any{b.Code, b.Name, b.NameEn, b.Theme, int32(b.Sort), l.tx.day(b.EndedOn)}, nil
		})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "board")
}

// records copies the records of land, and apart from them those of households.
func (l *loader) records(ctx context.Context, d geo.Dataset) error {
	of := map[string][]geo.Record{}
	for _, r := range d.Records {
		schema := "land"
		if r.Entity == geo.HouseholdMachine {
			schema = "priv"
		}
		of[schema] = append(of[schema], r)
	}
	kinds := map[string]geo.RecordKind{}
	for _, k := range geo.RecordKinds() {
		kinds[string(k.Of)+" "+k.Code] = k
	}
	for schema, list := range of {
		err := l.copyRows(ctx, schema, "record", []string{
			"entity", "entity_id", "kind", "no", "on_day", "due", "done_on", "person_id", "organisation_id", "data", "by_login",
			"created_at", "updated_at",
		}, len(list), func(i int) ([]any, error) {
			r := list[i]
			kind, ok := kinds[string(r.Entity)+" "+r.Kind]
			if !ok {
				return nil, unknownKind(r.Kind)
			}
			return l.record(r, kind)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) record(r geo.Record, kind geo.RecordKind) ([]any, error) {
	thing, err := l.id(string(r.Entity), r.Code)
	if err != nil {
		return nil, err
	}
	person, err := l.id("person", r.Person)
	if err != nil {
		return nil, err
	}
	body, err := l.id("organisation", r.Organisation)
	if err != nil {
		return nil, err
	}
	values := make(map[string]any, len(r.Values))
	for name, v := range r.Values {
		values[name] = kind.Typed(name, v)
	}
	data, err := json.Marshal(values)
	if r.CreatedAt.IsZero() {
		r.CreatedAt = l.tx.now
	}
	if r.UpdatedAt.IsZero() {
		r.UpdatedAt = r.CreatedAt
	}
	day := func(at time.Time) any { return l.tx.day(at) }
	return []any{
		string(r.Entity), thing, r.Kind, int32(r.No), day(r.On), day(r.Due), day(r.DoneOn), person, body, data,
		cmp.Or(r.By, l.tx.actor.Login), r.CreatedAt, r.UpdatedAt,
	}, err
}
