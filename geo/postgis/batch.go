package postgis

import (
	"context"
	"fmt"

	"tengdi/geo"
)

// TransitionAll makes the moves of a list, of one kind of thing, in one
// transaction and in the order of the list: all or none. The events are in that
// order too. Errors: *geo.BatchError with what is wrong about each row, as
// Transition tells it; Invalid for a list of none, too many or several kinds.
func (s *Store) TransitionAll(ctx context.Context, actor geo.Actor, list []geo.Transition) ([]geo.Event, error) {
	b := &batch{list: list, rows: map[int]error{}, data: make([]geo.MoveData, len(list))}
	if err := b.read(); err != nil {
		return nil, err
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		for i := range list {
			if err := b.make(ctx, t, i); err != nil {
				return err
			}
		}
		if len(b.rows) > 0 {
			return &geo.BatchError{Rows: b.rows}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return events, nil
}

// batch is a list of moves under way, and what is wrong about each so far.
type batch struct {
	list []geo.Transition
	data []geo.MoveData
	rows map[int]error
}

// read checks the list and reads the data of its moves.
func (b *batch) read() error {
	if n := len(b.list); n == 0 || n > geo.MaxMoves {
		return fieldError("items", "count", fmt.Sprintf("一次须办理 1 至 %d 项，收到 %d 项", geo.MaxMoves, n), fmt.Sprintf("a list holds 1 to %d moves, this has %d", geo.MaxMoves, n))
	}
	first := map[string]int{}
	for i, tr := range b.list {
		if tr.Entity != b.list[0].Entity {
			return fieldError("items", "entity", "一次只能办理同一类事项", "a list is of one kind of thing")
		}
		var err error
		if b.data[i], err = moveData(tr); err != nil {
			b.rows[i] = err
		}
		if at, twice := first[tr.Code]; twice {
			b.rows[i] = fieldError("code", "twice", fmt.Sprintf("与第 %d 项重复", at+1), fmt.Sprintf("it is the same as item %d", at+1))
			continue
		}
		first[tr.Code] = i
	}
	return nil
}

// make makes one move of the list, or notes why it cannot be made. What a
// failed one had written is taken back, so that the rest is judged by what holds.
func (b *batch) make(ctx context.Context, t *tx, i int) error {
	if b.rows[i] != nil {
		return nil
	}
	if _, err := t.Exec(ctx, `savepoint item`); err != nil {
		return err
	}
	events := len(t.events)
	err := asGeo((&move{tx: t, Transition: b.list[i], data: b.data[i]}).make(ctx))
	if err == nil {
		_, err = t.Exec(ctx, `release savepoint item`)
		return err
	}
	switch geo.KindOf(err) {
	case geo.Internal, geo.Unavailable:
		return err
	}
	b.rows[i] = err
	t.events = t.events[:events]
	_, err = t.Exec(ctx, `rollback to savepoint item`)
	return err
}
