package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Audit reads a page of the log, newest first. Days of recording are those of
// the district's zone. Errors: Invalid for days or a limit that make no sense.
func (s *Store) Audit(ctx context.Context, q geo.AuditQuery) (geo.AuditPage, error) {
	var page geo.AuditPage
	limit, err := pageLimit(q.Limit)
	if err != nil {
		return page, err
	}
	if q.To != 0 && q.From > q.To {
		return page, fieldError("to", "order", "截止日期早于开始日期", "it ends before it begins")
	}
	logins, err := s.loginsOf(ctx, q.Actor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		d, err := district(ctx, tx)
		if err != nil {
			return err
		}
		zone, err := time.LoadLocation(d.Zone)
		if err != nil {
			return err
		}
		var from, to any
		if q.From != 0 {
			from = (q.From - 1).End(zone) // 0:00 of the day
		}
		if q.To != 0 {
			to = q.To.End(zone)
		}
		rows, err := tx.Query(ctx, `
			select
				id, revision, entity, entity_id, code, verb, from_state, to_state,
				happened, recorded, actor, role, reason, source, data
			from land.event
			where ($1 = '' or entity = $1)
				and ($2 = '' or code = $2)
				and ($3 = '' or actor = $3 or actor = any($9))
				and ($4 = '' or verb = $4)
				and ($5::timestamptz is null or recorded >= $5)
				and ($6::timestamptz is null or recorded < $6)
				and ($7 = 0 or id < $7)
			order by id desc
			limit $8`, string(q.Entity), q.Code, q.Actor, q.Verb, from, to, q.Before, limit+1, logins)
		if err != nil {
			return err
		}
		page.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e geo.Event, err error) {
			err = row.Scan(&e.ID, &e.Revision, &e.Entity, &e.EntityID, &e.Code, &e.Verb, &e.From, &e.To,
				&e.On, &e.At, &e.Actor, &e.Role, &e.Reason, &e.Source, &e.Data)
			return e, err
		})
		return err
	})
	if len(page.Events) > limit {
		page.Events, page.More = page.Events[:limit], true
	}
	return page, err
}

// pageLimit is how many rows a page has: the default for 0.
func pageLimit(limit int) (int, error) {
	switch {
	case limit == 0:
		return geo.DefaultPage, nil
	case limit < 0 || limit > geo.MaxPage:
		return 0, fieldError("limit", "range", "每页条数超出范围", "the number of rows is out of range")
	}
	return limit, nil
}

// Accesses reads who read a household's file, newest first; code "" = all.
func (s *Store) Accesses(ctx context.Context, code string, limit int) ([]geo.Access, error) {
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	var out []geo.Access
	err = s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select at, login, role, code, what
			from priv.access
			where $1 = '' or code = $1
			order by at desc, id desc
			limit $2`, code, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Access])
		return err
	})
	return out, err
}

// NoteAccess records that somebody read the files of households: what is file,
// history, moves, records, files, paper, or list, work or audit for a page that
// tells of several, each of which is a row of its own. What the same account
// reads of the same household again on the same day of the district adds nothing:
// the first time stands.
func (s *Store) NoteAccess(ctx context.Context, v geo.Viewer, what string, codes ...string) error {
	if len(codes) == 0 {
		return nil
	}
	_, err := s.app.Exec(ctx, `
		insert into priv.access (login, role, what, code, day)
		select $1, $2, $3, c.code, (now() at time zone coalesce((select zone from land.district), 'UTC'))::date
		from unnest($4::text[]) c (code)
		order by c.code -- so that two pages at once wait for each other in one order
		on conflict on constraint access_once do nothing`, v.Login, string(v.Role), what, codes)
	return asGeo(err)
}
