package postgis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tengdi/geo"
)

// Transition makes one move of one thing, if its machine allows it: the facts
// are read inside the write transaction, the data of the move goes into its
// columns and into the event. Errors: *geo.RefusedError with every reason,
// NotFound for an unknown code, *geo.StaleError for another version than was
// seen, Forbidden outside the actor's areas, Invalid for data that the move does
// not take.
func (s *Store) Transition(ctx context.Context, actor geo.Actor, tr geo.Transition) (geo.Event, error) {
	data, err := moveData(tr)
	if err != nil {
		return geo.Event{}, err
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		return (&move{tx: t, Transition: tr, data: data}).make(ctx)
	})
	if err != nil {
		return geo.Event{}, err
	}
	return events[0], nil
}

// moveData reads the data of a move; a state that the machine does not have is
// left to the machine.
func moveData(tr geo.Transition) (geo.MoveData, error) {
	if _, ok := geo.StatusOf(tr.Entity, tr.To); !ok {
		return geo.MoveData{}, nil
	}
	return geo.ReadData(tr.Entity, tr.To, tr.Data)
}

// make judges the move and writes it.
func (m *move) make(ctx context.Context) error {
	switch m.Entity {
	case geo.AreaMachine:
		return m.area(ctx)
	case geo.BuildingMachine:
		return m.building(ctx)
	case geo.HouseholdMachine:
		return m.household(ctx)
	case geo.ParcelMachine:
		return m.parcel(ctx)
	case geo.ProblemMachine:
		return m.problem(ctx)
	case geo.ProjectMachine:
		return m.project(ctx)
	}
	return notFound("machine", string(m.Entity))
}

// move is one transition under way.
type move struct {
	*tx
	geo.Transition
	data geo.MoveData

	thing thing
	id    int64
	from  string
	past  []pastMove
	back  bool  // a step back
	round round // of a parcel
	link  any   // of a project: id of its parcel, nil = none
}

// pastMove is an earlier move of the thing with what it recorded.
type pastMove struct {
	from  string
	to    string
	back  bool
	on    time.Time
	actor string
	data  geo.MoveData
}

// standing leaves of a history, oldest first, the moves that hold: a step back
// undoes everything since its state was last left.
func standing(all []pastMove) []pastMove {
	var out []pastMove
	for i, p := range all {
		if !undone(all[i+1:], p) {
			out = append(out, p)
		}
	}
	return out
}

// undone says that a move was stepped back from, given what came after it.
func undone(after []pastMove, p pastMove) bool {
	left := map[string]bool{} // states that were left, leading on, since p
	for _, b := range after {
		switch {
		case b.back && !left[b.to]:
			return true
		case !b.back:
			left[b.from] = true
		}
	}
	return false
}

// begin locks the thing's row and reads its history, less what was undone. What
// more queues is asked in the same round trip and read after the history. All of
// it goes by the thing's id, so it is planned once and for all.
func (m *move) begin(ctx context.Context, more ...func(*pgx.Batch)) (geo.Occasion, error) {
	o := geo.Occasion{On: m.On, Now: m.now, Zone: m.zone, Reason: m.Reason}
	var err error
	if m.thing, err = m.find(ctx, m.Entity, m.Code, m.Version); err != nil {
		return o, err
	}
	m.id, m.from = m.thing.id, m.thing.status
	var batch pgx.Batch
	batch.Queue(planMode, "force_generic_plan")
	batch.Queue(`
		select verb, from_state, to_state, happened, actor, data
		from land.event
		where entity = $1 and entity_id = $2
		order by id`, string(m.Entity), m.id).Query(func(rows pgx.Rows) error { return m.remember(rows, &o) })
	for _, queue := range more {
		queue(&batch)
	}
	batch.Queue(planMode, "force_custom_plan")
	return o, m.send(ctx, &batch)
}

// remember reads the thing's history, oldest first.
func (m *move) remember(rows pgx.Rows, o *geo.Occasion) error {
	var verb, from, to, actor string
	var happened time.Time
	var data map[string]any
	backs := geo.Backs(m.Entity)
	_, err := pgx.ForEachRow(rows, []any{&verb, &from, &to, &happened, &actor, &data}, func() error {
		if verb == geo.Created || verb == geo.Moved {
			o.LastOn = happened // records, corrections and clocks hold no move up
		}
		if verb == geo.Moved {
			m.past = append(m.past, pastMove{from, to, slices.Contains(backs, from+" "+to), happened, actor, recorded(m.Entity, to, data)})
		}
		data = nil
		return nil
	})
	m.past = standing(m.past)
	for _, p := range m.past {
		if !p.back && p.to == m.from {
			o.Before = p.from // by the move that holds, not by a step back to it
		}
	}
	return err
}

// recorded reads the data of an event back as the move's values; what an older
// program or the demo recorded under other names is passed over.
func recorded(machine geo.MachineName, to string, data map[string]any) geo.MoveData {
	given := map[string]string{}
	for _, key := range geo.DataKeys(machine, to) {
		switch v := data[key].(type) {
		case string:
			given[key] = v
		case bool:
			given[key] = strconv.FormatBool(v)
		case float64:
			given[key] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	values, err := geo.ReadData(machine, to, given)
	if err != nil {
		return geo.MoveData{}
	}
	return values
}

// taker is a machine's facts, which take the data of a move.
type taker[F any] interface {
	*F
	Take(geo.MoveData)
	Known() map[string]string
}

// recall lays the data of the past moves that hold over the facts, oldest first. What was
// recorded when the thing entered the same state before is left out: a second
// decision, notice or report needs papers of its own.
func recall[F any, P taker[F]](m *move, f P) {
	for _, p := range m.past {
		if p.to != m.To {
			f.Take(p.data)
		}
	}
}

// judge lays the move's own data over the facts, asks the machine, and on yes
// records the event with what the move brought and what is unusual about it.
func judge[F any, P taker[F]](m *move, machine geo.Machine[F], f P) error {
	arrow, _ := machine.Move(m.from, m.To)
	m.back = arrow.Back
	if !arrow.Plain() {
		f.Take(m.data)
	}
	if err := machine.Check(m.from, m.To, m.actor.Role, *f); err != nil {
		return err
	}
	if arrow.Plain() {
		if err := m.data.RefusedPlain(); err != nil {
			return err
		}
	}
	data := m.data.Record()
	var unusual []string
	for _, w := range machine.Warnings(m.from, m.To, *f) {
		unusual = append(unusual, w.Guard)
	}
	if unusual != nil {
		data["warnings"] = unusual
	}
	m.event(geo.Event{
		Entity: m.Entity, EntityID: m.id, Code: m.Code, Verb: "moved", From: m.from, To: m.To,
		On: m.On, Reason: m.Reason, Data: data, Version: m.thing.version + 1,
	})
	return nil
}

// onDay is the day of the move, as a date column takes it.
func (m *move) onDay() any {
	if m.On.IsZero() {
		return m.day(m.now)
	}
	return m.day(m.On)
}

// update writes the thing's state, version and columns, see set.
func (m *move) update(ctx context.Context, table string, sets ...any) error {
	return m.assign(ctx, table, []string{"status = $2", "version = version + 1", "updated_at = now()"}, []any{m.id, m.To}, sets)
}

// set writes columns of a row. sets are pairs of column and value: the columns
// are words of the program, the values are bound.
func (m *move) set(ctx context.Context, table string, id int64, sets ...any) error {
	if len(sets) == 0 {
		return nil
	}
	return m.assign(ctx, table, nil, []any{id}, sets)
}

// assign writes the columns that are given and those of sets, see set; args
// begin with the row's id.
func (m *move) assign(ctx context.Context, table string, columns []string, args, sets []any) error {
	for i := 0; i < len(sets); i += 2 {
		args = append(args, sets[i+1])
		columns = append(columns, fmt.Sprintf("%s = $%d", sets[i], len(args)))
	}
	_, err := m.Exec(ctx, `update `+table+` set `+strings.Join(columns, ", ")+` where id = $1`, args...)
	return err
}

// fen is an amount in fen, as a column takes it.
func fen(m geo.Money) int64 { return int64(m) }

// dated reads a nullable date column: midnight UTC, or the zero time.
type dated = pgtype.Date
