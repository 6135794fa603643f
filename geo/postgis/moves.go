package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Moves says what the actor could do with a thing now: the moves of its role,
// each with what stands against it if it were made today with nothing filled in,
// and with what is known already of the data that it takes. Nothing is locked
// or written. Outside the areas of a role with scope there are no moves, and
// households are NotFound.
func (s *Store) Moves(ctx context.Context, actor geo.Actor, entity geo.MachineName, code string) (geo.MovesFrom, error) {
	out := geo.MovesFrom{Entity: entity, Code: code, Moves: []geo.PossibleMove{}}
	if geo.Statuses(entity) == nil {
		return out, notFound("machine", string(entity))
	}
	err := s.read(ctx, geo.Staff, func(ptx pgx.Tx) error {
		t := &tx{Tx: ptx, actor: actor, peek: true}
		if err := t.clock(ctx, &pgx.Batch{}); err != nil {
			return err
		}
		x, err := t.find(ctx, entity, code, 0)
		out.Status, out.Version = x.status, x.version
		if geo.KindOf(err) == geo.Forbidden {
			out.Outside = true
			return nil
		}
		if err == nil {
			out.Barred, err = t.barred(ctx, x)
		}
		if err == nil {
			out.Moves, err = (&move{tx: t, Transition: geo.Transition{Entity: entity, Code: code}}).possible(ctx, x.status)
		}
		return err
	})
	return out, err
}

// barred lists the kinds of records that a thing takes none of as it stands.
func (t *tx) barred(ctx context.Context, x thing) ([]geo.BarredRecord, error) {
	extensions := 0
	if x.entity == geo.ProblemMachine {
		if err := t.QueryRow(ctx, `select extensions from land.problem where id = $1`, x.id).Scan(&extensions); err != nil {
			return nil, err
		}
	}
	return geo.BarredRecords(x.entity, x.status, extensions), nil
}

// possible lists the moves from a state that the actor's role has.
func (m *move) possible(ctx context.Context, from string) ([]geo.PossibleMove, error) {
	switch m.Entity {
	case geo.AreaMachine:
		return possible(ctx, m, from, geo.AreaMoves(), m.ofArea)
	case geo.BuildingMachine:
		return possible(ctx, m, from, geo.BuildingMoves(), m.ofBuilding)
	case geo.HouseholdMachine:
		return possible(ctx, m, from, geo.HouseholdMoves(), m.ofHousehold)
	case geo.ParcelMachine:
		return possible(ctx, m, from, geo.ParcelMoves(), m.ofParcel)
	case geo.ProblemMachine:
		return possible(ctx, m, from, geo.ProblemMoves(), m.ofProblem)
	case geo.ProjectMachine:
		return possible(ctx, m, from, geo.ProjectMoves(), m.ofProject)
	}
	return nil, notFound("machine", string(m.Entity))
}

// possible asks the machine about each move as Transition would: the facts of a
// move differ by where it goes.
func possible[F any, P taker[F]](ctx context.Context, m *move, from string, machine geo.Machine[F], gather func(context.Context) (F, error)) ([]geo.PossibleMove, error) {
	out := []geo.PossibleMove{}
	for _, to := range machine.Allowed(from, m.actor.Role) {
		m.To, m.past = to, nil
		f, err := gather(ctx)
		if err != nil {
			return nil, err
		}
		arrow, _ := machine.Move(from, to)
		p := geo.PossibleMove{To: to, Back: arrow.Back, Warnings: machine.Warnings(from, to, f)}
		var refused *geo.RefusedError
		if err := machine.Check(from, to, m.actor.Role, f); errors.As(err, &refused) {
			p.Reasons = refused.Reasons
		} else if err != nil {
			return nil, err
		}
		if arrow.Plain() { // takes a reason and nothing else
			out = append(out, p)
			continue
		}
		known := P(&f).Known()
		for _, k := range geo.DataFields(m.Entity, to) {
			p.Inputs = append(p.Inputs, geo.FilledInput{DataKey: k, Value: known[k.Name]})
		}
		out = append(out, p)
	}
	return out, nil
}
