package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// finish gives the write its revision and makes it known. While it runs every
// other write waits, so it takes three round trips, whatever was touched: the
// memory of the write with the question who shows it, the projection, and the
// revisions with the public's feed.
func (t *tx) finish(ctx context.Context) error {
	if len(t.events) == 0 && len(t.changes) == 0 && !t.touched.everything {
		return nil
	}
	t.revision++
	var memory pgx.Batch
	if err := t.appendEvents(ctx, &memory); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	t.appendChanges(&memory)
	t.spread(&memory)
	if err := t.send(ctx, &memory); err != nil {
		return fmt.Errorf("events and changes: %w", err)
	}
	list, err := t.project(ctx)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	var known pgx.Batch
	t.publish(&known, list)
	known.Queue(`
		update land.revision
		set revision = $1, event_id = $2, event_hash = $3`, t.revision, t.lastEvent, t.lastHash)
	known.Queue(`notify tengdi`)
	if err := t.send(ctx, &known); err != nil {
		return fmt.Errorf("revision: %w", err)
	}
	return nil
}

// send runs the statements of a batch in one round trip; none if it is empty.
func (t *tx) send(ctx context.Context, batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	return t.SendBatch(ctx, batch).Close()
}

// appendChanges queues the staff's feed of this revision.
func (t *tx) appendChanges(batch *pgx.Batch) {
	list := make([]geo.Change, 0, len(t.changes))
	for _, c := range t.changes {
		list = append(list, c)
	}
	if t.touched.everything {
		list = []geo.Change{{Layer: everything}}
	}
	if len(list) > 0 {
		batch.Queue(`
			insert into land.change (revision, layer, id, status, gone)
			select $1, c.layer, c.id, c.status, c.gone
			from unnest($2::text[], $3::bigint[], $4::text[], $5::boolean[]) as c (layer, id, status, gone)`,
			append([]any{t.revision}, changeColumns(list)...)...)
	}
}

// changeColumns are the columns layer, id, status and gone of the changes, which
// are one that names everything when they are too many.
func changeColumns(list []geo.Change) []any {
	if len(list) > manyChanges {
		list = []geo.Change{{Layer: everything}}
	}
	layers, states := make([]string, len(list)), make([]string, len(list))
	ids, gone := make([]int64, len(list)), make([]bool, len(list))
	for i, c := range list {
		layers[i], ids[i], states[i], gone[i] = c.Layer, c.ID, c.Status, c.Gone
	}
	return []any{layers, ids, states, gone}
}
