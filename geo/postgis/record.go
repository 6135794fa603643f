package postgis

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// recordTable is where the records of an entity are: those of households apart.
func recordTable(m geo.MachineName) string {
	if m == geo.HouseholdMachine {
		return "priv.record"
	}
	return "land.record"
}

// readable finds a thing that has a file, for somebody who reads it. Errors:
// NotFound when there is none for that reader.
func readable(ctx context.Context, tx pgx.Tx, v geo.Viewer, collection, code string) (thing, error) {
	x := thing{code: code}
	var ok bool
	if x.entity, ok = geo.EntityOf(collection); !ok || !hasFile(x.entity) || v.Audience != geo.Staff || !v.Role.May(geo.ReadDeed(collection)) {
		return x, notFound("collection", collection)
	}
	from, _ := tableOf(x.entity)
	err := tx.QueryRow(ctx, `
		select x.id, x.version, `+stateAndArea(x.entity)+`
		from `+from+` x
		where x.code = $1`, code).Scan(&x.id, &x.version, &x.status, &x.area)
	if err != nil {
		return x, nothing(err, string(x.entity), code)
	}
	if x.entity == geo.HouseholdMachine && !v.Sees(x.area) {
		return x, notFound(string(x.entity), code)
	}
	return x, nil
}

// hasFile says that records and papers are kept of things of the entity.
func hasFile(m geo.MachineName) bool { return len(geo.Statuses(m)) > 0 }

// Records reads the records of a thing, newest first, those struck out among
// them; kind "" = all. Errors: NotFound when the viewer does not have the thing,
// Invalid for a kind that there is not.
func (s *Store) Records(ctx context.Context, v geo.Viewer, collection, code, kind string) ([]geo.Record, error) {
	var out []geo.Record
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		x, err := readable(ctx, tx, v, collection, code)
		if err != nil {
			return err
		}
		if _, ok := geo.KindOfRecord(x.entity, kind); !ok && kind != "" {
			return unknownKind(kind)
		}
		out, err = records(ctx, tx, x, kind, 0)
		return err
	})
	return out, err
}

func unknownKind(kind string) error {
	return fieldError("kind", "unknown", "没有这种记录", "there is no such kind of record here: "+strconv.Quote(kind))
}

// records reads the records of a thing, of one kind or "" = all, of one number
// or 0 = all.
func records(ctx context.Context, tx pgx.Tx, x thing, kind string, no int) ([]geo.Record, error) {
	rows, err := tx.Query(ctx, `
		select
			r.kind, r.no, r.on_day, r.due, r.done_on, coalesce(p.code, ''), coalesce(o.code, ''), r.data,
			r.by_login, r.version, r.created_at, r.updated_at, r.struck_at, r.struck_why
		from `+recordTable(x.entity)+` r
		left join land.person p on p.id = r.person_id
		left join land.organisation o on o.id = r.organisation_id
		where r.entity = $1 and r.entity_id = $2 and ($3 = '' or r.kind = $3) and ($4 = 0 or r.no = $4)
		order by r.on_day desc, r.id desc`, string(x.entity), x.id, kind, no)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Record, error) {
		r := geo.Record{Entity: x.entity, Code: x.code}
		var on, due, done dated
		var data map[string]any
		var struck *time.Time
		err := row.Scan(&r.Kind, &r.No, &on, &due, &done, &r.Person, &r.Organisation, &data,
			&r.By, &r.Version, &r.CreatedAt, &r.UpdatedAt, &struck, &r.StruckWhy)
		r.On, r.Due, r.DoneOn = on.Time, due.Time, done.Time
		if struck != nil {
			r.StruckAt = *struck
		}
		r.Values = make(map[string]string, len(data))
		for name, v := range data {
			r.Values[name] = valueText(v)
		}
		return r, err
	})
}

// valueText is a value of a record's data in words.
func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	text, _ := json.Marshal(v)
	return string(text)
}
