package main

import (
	"context"
	"log/slog"
	"time"

	"tengdi/geo/postgis"
)

// The clocks are looked at so often: what a person entered with a day that has
// come already should not wait long, and a day begins by the database's clock,
// not by this machine's.
const (
	clockPeriod = 15 * time.Second
	clockTimed  = time.Minute // longest run of the clocks
	pruneEvery  = time.Hour   // answers of repeated requests that nobody can ask for again
)

// clocks makes the timed moves until ctx ends. Any number of servers may do so;
// what fails is tried again with the next look.
type clocks struct {
	store  *postgis.Store
	log    *slog.Logger
	period time.Duration
}

func (c *clocks) run(ctx context.Context) error {
	tick := time.NewTicker(c.period)
	defer tick.Stop()
	var pruned time.Time
	for {
		c.strike(ctx)
		if time.Since(pruned) >= pruneEvery {
			pruned = time.Now()
			if err := c.store.PruneAnswers(ctx); err != nil && ctx.Err() == nil {
				c.log.Warn("old answers were not deleted", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (c *clocks) strike(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, clockTimed)
	defer cancel()
	done, next, err := c.store.RunClocks(limited)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		c.log.Warn("the clocks could not run", "error", err, "again_in", c.period)
	case done > 0:
		c.log.Info("clocks struck", "n", done, "next_day", next)
	}
}
