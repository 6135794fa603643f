package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// manyChanges is how many map features one write may name before its followers
// are told to read everything again instead.
const manyChanges = 20_000

// everything is the layer of a change that means: read all layers again.
const everything = "*"

// appendEvents numbers and chains the events. A few are queued as rows of the
// batch, many are copied in at once.
func (t *tx) appendEvents(ctx context.Context, batch *pgx.Batch) error {
	if len(t.events) == 0 {
		return nil
	}
	rows := make([][]any, 0, len(t.events))
	for i := range t.events {
		e := &t.events[i]
		t.lastEvent++
		e.ID, e.Revision = t.lastEvent, t.revision
		e.On, e.At = e.On.UTC().Truncate(time.Microsecond), e.At.UTC().Truncate(time.Microsecond)
		data, err := eventData(e.Data)
		if err != nil {
			return err
		}
		hash, err := chain(t.lastHash, *e, data)
		if err != nil {
			return err
		}
		t.lastHash = hash
		rows = append(rows, []any{
			e.ID, e.Revision, string(e.Entity), e.EntityID, e.Code, e.Verb, e.From, e.To,
			e.On, e.At, e.Actor, string(e.Role), e.Reason, string(e.Source), data, hash,
		})
	}
	if len(rows) <= fewRows {
		for _, row := range rows {
			batch.Queue(`
				insert into land.event (
					id, revision, entity, entity_id, code, verb, from_state, to_state,
					happened, recorded, actor, role, reason, source, data, hash)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, row...)
		}
		return nil
	}
	_, err := t.CopyFrom(ctx, pgx.Identifier{"land", "event"}, []string{
		"id", "revision", "entity", "entity_id", "code", "verb", "from_state", "to_state",
		"happened", "recorded", "actor", "role", "reason", "source", "data", "hash",
	}, pgx.CopyFromRows(rows))
	return err
}

func eventData(data map[string]any) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	return json.Marshal(data) // keys are sorted
}

// chain is the hash of an event: SHA-256 over the hash of the event before it
// and the JSON array of the event's columns in the order of the table, times in
// UTC with microseconds, data as its stored bytes. The first event follows 32
// zero bytes.
func chain(before []byte, e geo.Event, data []byte) ([]byte, error) {
	const micro = "2006-01-02T15:04:05.000000Z"
	row, err := json.Marshal([]any{
		e.ID, e.Revision, e.Entity, e.EntityID, e.Code, e.Verb, e.From, e.To,
		e.On.UTC().Format(micro), e.At.UTC().Format(micro),
		e.Actor, e.Role, e.Reason, e.Source, string(data),
	})
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(before)
	h.Write(row)
	return h.Sum(nil), nil
}
