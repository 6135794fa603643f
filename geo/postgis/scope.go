package postgis

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// assignees are the person $1 by account, as me, and the bodies that answer for
// what is assigned to them, as bodies; d.today is the day.
const assignees = `
		with recursive
		d as (select today from ` + today + ` t),
		me as (
			select p.id, p.organisation_id
			from land.person p, d
			where p.login = $1 and p.login <> '' and coalesce(p.ended_on >= d.today, true)),
		bodies as (
			select o.id, o.parent_id, o.ended_on
			from land.organisation o
			join me on me.organisation_id = o.id
			union
			select o.id, o.parent_id, o.ended_on
			from land.organisation o
			join bodies b on b.parent_id = o.id)`

// assignedNow is the condition that record r assigns area a to them today.
const assignedNow = `r.entity = 'area' and r.entity_id = a.id and r.kind = '` + geo.AssignmentRecord + `' and r.struck_at is null
				and r.on_day <= d.today and coalesce(r.done_on >= d.today, true)
				and (r.person_id in (select id from me)
					or r.organisation_id in (select b.id from bodies b where coalesce(b.ended_on >= d.today, true)))`

// areasOf lists the codes of the areas that an account is assigned to today, in
// order: its person by name, or its person's body or one above that. A person
// who has left and a body that has ended have none.
func areasOf(ctx context.Context, tx pgx.Tx, login string) ([]string, error) {
	rows, err := tx.Query(ctx, assignees+`
		select a.code
		from land.area a, d
		where exists (
			select
			from land.record r
			where `+assignedNow+`)
		order by a.code`, login)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// within says whether the actor may write what belongs to an area; "" is of no
// area. Only roles with scope are bound.
func (t *tx) within(ctx context.Context, area string) (bool, error) {
	if !t.actor.Role.Scoped() {
		return true, nil
	}
	if t.areas == nil {
		areas, err := areasOf(ctx, t, t.actor.Login)
		if err != nil {
			return false, err
		}
		t.areas = append([]string{}, areas...)
	}
	return area != "" && slices.Contains(t.areas, area), nil
}

// admit checks that the actor may write a thing of an area: a household that it
// may not read, or outside its areas, is not there; anything else is forbidden.
func (t *tx) admit(ctx context.Context, m geo.MachineName, code, area string) error {
	if m == geo.HouseholdMachine && !t.actor.Role.May(geo.ReadHouseholds) {
		return notFound(string(m), code)
	}
	ok, err := t.within(ctx, area)
	switch {
	case err != nil || ok:
		return err
	case m == geo.HouseholdMachine:
		return notFound(string(m), code)
	}
	return geo.Errorf(geo.Forbidden, "%s does not belong to an area that you are assigned to", "%s 不属于您包联的片区，无权办理", code)
}

// allow checks that the actor's role may do it at all.
func (t *tx) allow(d geo.Deed) error {
	if t.actor.Role.May(d) {
		return nil
	}
	zh, en := d.Words()
	roleZh, roleEn := t.actor.Role.Words()
	return geo.Errorf(geo.Forbidden, "the role %[1]s may not %[2]s", "“%[3]s”角色无权%[4]s", roleEn, en, roleZh, zh)
}

// standing checks, under the lock, that the account which a request came with
// stands as the request has it: a session that is read before the lock may wait
// behind the write that closes its account or takes its role. Roles of their own
// (system, demo, the command line's operator) are no accounts. An account is
// never deleted, and sessions and tokens are of accounts only, so a login that
// no account has did not come with a request. Errors: Forbidden.
func (t *tx) standing(ctx context.Context) error {
	if t.actor.Role == geo.RoleSystem {
		return nil
	}
	var stands bool
	err := t.QueryRow(ctx, `
		select role = $2 and not disabled
		from auth.user
		where login = $1`, t.actor.Login, string(t.actor.Role)).Scan(&stands)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && stands {
		return nil
	}
	if err != nil {
		return err
	}
	return geo.Errorf(geo.Forbidden, "your account was closed or given another role meanwhile: sign in again; nothing was done",
		"您的账号刚被停用或变更了角色，请重新登录；本次操作未办理")
}

// mayStill checks that the actor may write the things that a kept answer tells
// of, as whoever asks for the first time must. Errors: as of admit.
func (t *tx) mayStill(ctx context.Context, answer []geo.Event) error {
	type row struct {
		m  geo.MachineName
		id int64
	}
	seen := map[row]bool{}
	for _, e := range answer {
		x := row{e.Entity, e.EntityID}
		table, ok := tableOf(e.Entity)
		if !ok || seen[x] { // an import's report, the settings, an account: the role says all
			continue
		}
		seen[x] = true
		code, status, area := e.Code, "", ""
		if t.actor.Role.Scoped() {
			err := t.QueryRow(ctx, `
				select x.code, `+stateAndArea(e.Entity)+`
				from `+table+` x
				where x.id = $1`, x.id).Scan(&code, &status, &area)
			if err != nil {
				return nothing(err, string(e.Entity), e.Code)
			}
		}
		if err := t.admit(ctx, e.Entity, code, area); err != nil {
			return err
		}
	}
	return nil
}
