package postgis

import (
	"context"

	"tengdi/geo"
)

// thing is the row that a write is about, locked until the write ends.
type thing struct {
	entity  geo.MachineName
	id      int64
	code    string
	status  string // "" for what no machine moves
	area    string // code of the area that it belongs to; "" = none
	version int
}

// stateAndArea are the columns of row x that say its state and its area.
func stateAndArea(m geo.MachineName) string {
	switch m {
	case geo.AreaMachine:
		return "x.status, x.code"
	case geo.OrganisationEntity, geo.PersonEntity, geo.BoardEntity:
		return "'', ''"
	}
	return "x.status, coalesce((select a.code from land.area a where a.id = x.area_id), '')"
}

// find locks the row of a thing for a write of the actor. seen is the version
// that the caller saw, 0 = whichever. Errors: NotFound, Forbidden outside the
// actor's areas, *geo.StaleError for another version.
func (t *tx) find(ctx context.Context, m geo.MachineName, code string, seen int) (thing, error) {
	x := thing{entity: m, code: code}
	table, ok := tableOf(m)
	if !ok {
		return x, notFound("machine", string(m))
	}
	lock := "for update of x"
	if t.peek {
		lock = ""
	}
	err := t.QueryRow(ctx, `
		select x.id, x.version, `+stateAndArea(m)+`
		from `+table+` x
		where x.code = $1
		`+lock, code).Scan(&x.id, &x.version, &x.status, &x.area)
	if err != nil {
		return x, nothing(err, string(m), code)
	}
	if err := t.admit(ctx, m, code, x.area); err != nil {
		return x, err
	}
	if seen != 0 && seen != x.version {
		return x, &geo.StaleError{Entity: m, Code: code, Seen: seen, Version: x.version}
	}
	return x, nil
}

// bump gives the thing its next version. Every write that changes what a reader
// of the thing sees ends with it, once.
func (t *tx) bump(ctx context.Context, x *thing) error {
	table, _ := tableOf(x.entity)
	x.version++
	_, err := t.Exec(ctx, `
		update `+table+`
		set version = $2, updated_at = $3
		where id = $1`, x.id, x.version, t.now)
	return err
}

// tell makes what maps and the public see of the thing follow the write.
func (t *tx) tell(x thing) {
	switch x.entity {
	case geo.AreaMachine:
		t.change("areas", x.id, x.status)
		add(&t.touched.areas, x.id)
	case geo.BuildingMachine:
		t.change("buildings", x.id, x.status)
	case geo.ParcelMachine:
		t.change("parcels", x.id, x.status)
		add(&t.touched.parcels, x.id)
	case geo.ProjectMachine:
		t.change("projects", x.id, x.status)
		add(&t.touched.projects, x.id)
	}
}
