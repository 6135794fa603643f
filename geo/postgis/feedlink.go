package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/migrations"
)

// feedConn is a feed's own connection to the database.
type feedConn struct {
	conn *pgx.Conn
	aud  geo.Audience
}

// dialFeed connects as the audience's role and listens.
func (s *Store) dialFeed(ctx context.Context, aud geo.Audience) (feedLink, error) {
	role := migrations.PublicRole
	if aud == geo.Staff {
		role = migrations.AppRole
	}
	conn, err := s.direct(ctx, role)
	if err != nil {
		return nil, err
	}
	c := &feedConn{conn, aud}
	if _, err := conn.Exec(ctx, `listen tengdi`); err != nil {
		c.close(ctx)
		return nil, err
	}
	return c, nil
}

func (c *feedConn) close(ctx context.Context) { _ = c.conn.Close(ctx) }

func (c *feedConn) await(ctx context.Context, atMost time.Duration) (bool, error) {
	wait, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	_, err := c.conn.WaitForNotification(wait)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && !c.conn.IsClosed() {
		return false, nil
	}
	return err == nil, err
}

func (c *feedConn) look(ctx context.Context, after MapState) (MapState, []geo.Change, error) {
	return changesAfter(ctx, c.conn, c.aud, after)
}

// changesAfter reads the audience's state and what changed since the given one, a
// feature once. A state that this database has not behind it means that it is
// another than before (restored, made anew), and of a revision too long ago not
// all changes are kept: then everything has to be read again.
func changesAfter(ctx context.Context, conn *pgx.Conn, aud geo.Audience, after MapState) (MapState, []geo.Change, error) {
	var now MapState
	var list []geo.Change
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, conn, opts, func(tx pgx.Tx) (err error) {
		known := false
		if now, known, err = since(ctx, tx, aud, after); err != nil {
			return err
		}
		if !known || now.Revision-after.Revision > keepRevisions {
			list = []geo.Change{{Revision: now.Revision, Layer: everything}}
			return nil
		}
		if now.Revision == after.Revision {
			return nil
		}
		rows, err := tx.Query(ctx, `
			select distinct on (layer, id) revision, layer, id, status, gone
			from `+schema(aud)+`.change
			where revision > $1
			order by layer, id, revision desc
			limit $2`, after.Revision, 2*manyChanges)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, changeRow)
		return err
	})
	return now, whole(now.Revision, list), err
}

// changeRow reads a row of a change table.
func changeRow(row pgx.CollectableRow) (c geo.Change, err error) {
	err = row.Scan(&c.Revision, &c.Layer, &c.ID, &c.Status, &c.Gone)
	return c, err
}

// whole replaces a list that holds "read everything", or is too long to be
// worth reading one by one, by that one word.
func whole(revision int64, list []geo.Change) []geo.Change {
	all := len(list) > manyChanges
	for _, c := range list {
		all = all || c.Layer == everything
	}
	if all {
		return []geo.Change{{Revision: revision, Layer: everything}}
	}
	return list
}
