package postgis

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tengdi/geo"
)

// trips counts what is sent to the database and waited for.
type trips struct{ n atomic.Int32 }

func (c *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (c *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

func (c *trips) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceCopyFromStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) {}

// All writes wait for each other, so a move must not go to the database and back
// more often than it needs to.
func TestAMoveTakesFewRoundTrips(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	counted := &trips{}
	cfg := s.app.Config()
	cfg.ConnConfig.Tracer = counted
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.app.Close()
	s.app = pool
	data := []string{
		"on", "2019-05-01",
		"clean_title", "true", "clean_compensation", "true", "clean_no_dispute", "true", "clean_conditions", "true", "clean_utilities", "true",
		"land_use", "0901", "years", "40", "far_min", "1", "far_max", "2.5", "density_max", "30", "green_min", "35", "height_max", "80",
	}
	before := counted.n.Load()
	moved(t, s, geo.RolePlanner, geo.ParcelMachine, "P04", "planned", data...)
	// begin; the lock; the account; the parcel; its facts; the notices of old;
	// the parcel's columns; the memory; the projection; the revisions; commit
	if n := counted.n.Load() - before; n > 11 {
		t.Errorf("planning a parcel took %d round trips", n)
	}
	unbroken(t, s)
}

// Up to so many changes each has its row; more are one that names everything.
func TestManyChangesAreToldAsOne(t *testing.T) {
	list := make([]geo.Change, manyChanges+1)
	if got := changeColumns(list); len(got[0].([]string)) != 1 || got[0].([]string)[0] != everything {
		t.Errorf("%d changes are told as %v", len(list), got[0])
	}
	if got := changeColumns(list[1:]); len(got[1].([]int64)) != manyChanges {
		t.Errorf("%d changes are told as %d", manyChanges, len(got[1].([]int64)))
	}
}
