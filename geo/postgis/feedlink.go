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

func (c *feedConn) look(ctx context.Context, after MapState) (MapNews, error) {
	return newsAfter(ctx, c.conn, c.aud, after)
}
