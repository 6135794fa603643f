package postgis

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tengdi/geo"
)

// mapHistories are the moves of the things of one machine, as an audience may know
// of them: read once, for all layers that show the machine. Asking is safe on any
// goroutine.
type mapHistories struct {
	machine geo.MachineName
	zone    *time.Location
	states  []string        // the empty one, then those of the machine
	letters map[string]byte // geo.HistoryLetter of each state
	last    map[int64]int32 // place of a thing's last move, by its id in the audience
	blocks  [][]mapMove
	n       int32
}

// mapMove is a move of a thing, or its creation.
type mapMove struct {
	no, at int64 // at in microseconds since 2000, as PostgreSQL has it
	before int32 // place of the thing's move before this one; noMove = none
	state  uint8 // place in states
}

const (
	noMove    = -1
	moveBlock = 1 << 15 // moves that are allocated together: a slice that grows would be copied again and again
)

// epoch2000 is where PostgreSQL counts its times from, in Unix microseconds.
const epoch2000 = 946_684_800_000_000

// historySource selects the id, the number, the time and the state of all moves of
// the machine's things in $1 (null = all), in any order: a district has millions,
// and to sort them takes longer than to read them. The public's are those of the
// projection.
func historySource(aud geo.Audience, m geo.MachineName) string {
	if aud == geo.Staff {
		return `
			select e.entity_id, e.id, e.happened, e.to_state
			from land.event e
			where e.entity = '` + string(m) + `' and e.verb in ('created', 'moved') and ($1::bigint[] is null or e.entity_id = any($1))`
	}
	return `
			select e.public_id, e.no::bigint, e.happened, e.to_state
			from pub.event e
			where e.collection = '` + collectionOf(m) + `' and ($1::bigint[] is null or e.public_id = any($1))`
}

// collectionOf is the collection of a machine's things.
func collectionOf(m geo.MachineName) string {
	for _, c := range geo.Collections() {
		if of, ok := geo.EntityOf(c); ok && of == m {
			return c
		}
	}
	return ""
}

// historiesOf reads the moves of a machine's things; ids nil = all.
func historiesOf(ctx context.Context, tx pgx.Tx, aud geo.Audience, m geo.MachineName, ids []int64) (*mapHistories, error) {
	var name string
	if err := tx.QueryRow(ctx, `select pub.zone()`).Scan(&name); err != nil {
		return nil, asGeo(err)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, historySource(aud, m), ids)
	if err != nil {
		return nil, asGeo(err)
	}
	defer rows.Close()
	h := newMapHistories(m, zone)
	places := map[string]uint8{}
	for i, s := range h.states {
		places[s] = uint8(i)
	}
	binaryForm := true
	for rows.Next() {
		if h.n == 0 { // a query that failed has no columns
			for _, f := range rows.FieldDescriptions()[:3] {
				binaryForm = binaryForm && f.Format == pgtype.BinaryFormatCode
			}
		}
		var id, no, at int64
		raw := rows.RawValues()
		if binaryForm && len(raw[0]) == 8 && len(raw[1]) == 8 && len(raw[2]) == 8 {
			id, no, at = int64(binary.BigEndian.Uint64(raw[0])), int64(binary.BigEndian.Uint64(raw[1])), int64(binary.BigEndian.Uint64(raw[2]))
		} else {
			var happened time.Time
			if err := rows.Scan(&id, &no, &happened, nil); err != nil {
				return nil, asGeo(err)
			}
			at = happened.UnixMicro() - epoch2000
		}
		// A state that the machine does not have is found by Verify; the map leaves it out.
		if state, ok := places[string(raw[3])]; ok {
			h.add(id, mapMove{no: no, at: at, state: state})
		}
	}
	return h, asGeo(rows.Err())
}

func newMapHistories(m geo.MachineName, zone *time.Location) *mapHistories {
	h := &mapHistories{machine: m, zone: zone, states: []string{""}, letters: map[string]byte{}, last: map[int64]int32{}}
	for _, s := range geo.Statuses(m) {
		h.states = append(h.states, s.Code)
	}
	for _, s := range h.states {
		h.letters[s], _ = geo.HistoryLetter(m, s)
	}
	return h
}

// add puts a move of a thing to its others, in the order of their numbers. Mostly
// it is the last one.
func (h *mapHistories) add(id int64, m mapMove) {
	if h.n == math.MaxInt32 {
		return // more than a server's memory could hold
	}
	if h.n%moveBlock == 0 {
		h.blocks = append(h.blocks, make([]mapMove, 0, moveBlock))
	}
	m.before = noMove
	if last, ok := h.last[id]; ok {
		m.before = last
	}
	later := int32(noMove)
	for m.before != noMove && h.at(m.before).no > m.no {
		later, m.before = m.before, h.at(m.before).before
	}
	end := len(h.blocks) - 1
	h.blocks[end] = append(h.blocks[end], m)
	if later == noMove {
		h.last[id] = h.n
	} else {
		h.at(later).before = h.n
	}
	h.n++
}

func (h *mapHistories) at(place int32) *mapMove {
	return &h.blocks[place/moveBlock][place%moveBlock]
}

// historyTeller puts histories into the values of features; for one goroutine.
type historyTeller struct {
	of      *mapHistories
	letters map[string]any // as they were before: few things have a way of their own
	moves   []geo.Passage
}

// values puts the history of a thing into the values of geo.HistoryFields.
func (t *historyTeller) values(id int64, out []any) error {
	h := t.of
	last, ok := h.last[id]
	if !ok {
		return nil
	}
	t.moves = t.moves[:0]
	for p := last; p != noMove; p = h.at(p).before {
		m := h.at(p)
		at := time.UnixMicro(m.at + epoch2000)
		t.moves = append(t.moves, geo.Passage{Day: geo.Occasion{On: at, Zone: h.zone}.Day(), State: h.states[m.state]})
	}
	slices.Reverse(t.moves)
	told := geo.ToldMoves(t.moves)
	var room [geo.HistoryLength]byte
	letters := room[:0]
	for i, p := range told {
		letter, ok := h.letters[p.State]
		if !ok {
			return fmt.Errorf("thing %d: a %s has no state %q", id, h.machine, p.State)
		}
		letters = append(letters, letter)
		out[1+i] = boxedDay(p.Day)
	}
	if out[0], ok = t.letters[string(letters)]; !ok {
		if t.letters == nil {
			t.letters = map[string]any{}
		}
		text := string(letters)
		out[0] = text
		t.letters[text] = out[0]
	}
	return nil
}

// boxedDays is the days from 1970 to 2059 as the values that they are.
var boxedDays = sync.OnceValue(func() []any {
	out := make([]any, 1<<15)
	for d := range out {
		out[d] = int64(d)
	}
	return out
})

// boxedDay is int64(d); millions of them share the memory of some thousands.
func boxedDay(d geo.Day) any {
	if days := boxedDays(); d >= 0 && int(d) < len(days) {
		return days[d]
	}
	return int64(d)
}
