package postgis

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// fewRows is up to how many touched rows of a table its statement is planned
// once and for all: planning it takes longer than running it then. With more, a
// plan for the rows at hand pays.
const fewRows = 16

// planMode says how statements are planned until the transaction says otherwise.
const planMode = `select set_config('plan_cache_mode', $1, true)`

// project brings schema pub up to date for what the write touched, in the same
// transaction: it runs the statements of those tables, all in one round trip,
// and returns what changed.
func (t *tx) project(ctx context.Context) ([]geo.Change, error) {
	var batch pgx.Batch
	var layers []string // of each statement, "" = of none
	plans := ""
	for _, p := range projections("pub") {
		ids, all := p.touched(t)
		if !all && len(ids) == 0 {
			continue
		}
		sql, mode := p.sql, "force_custom_plan"
		if !all {
			sql = ofSomeRows(sql)
			if len(ids) <= fewRows {
				mode = "force_generic_plan"
			}
		}
		if mode != plans {
			batch.Queue(planMode, mode)
			plans, layers = mode, append(layers, "")
		}
		batch.Queue(sql, pgx.NamedArgs{"all": all, "ids": ids, "now": t.now})
		layers = append(layers, p.layer)
	}
	if len(layers) == 0 {
		return nil, nil
	}
	batch.Queue(planMode, "force_custom_plan")
	results := t.SendBatch(ctx, &batch)
	list, err := projected(results, layers)
	return list, errors.Join(err, results.Close())
}

// projected reads the answers of the statements.
func projected(results pgx.BatchResults, layers []string) (list []geo.Change, err error) {
	for _, layer := range layers {
		if layer == "" {
			if _, err := results.Exec(); err != nil {
				return nil, err
			}
			continue
		}
		rows, err := results.Query()
		if err != nil {
			return nil, err
		}
		changed, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c geo.Change, err error) {
			c.Layer = layer
			err = row.Scan(&c.ID, &c.Status, &c.Gone)
			return c, err
		})
		if err != nil {
			return nil, err
		}
		list = append(list, changed...)
	}
	return list, nil
}

// ofSomeRows is a projection's statement for the rows of @ids alone, so that one
// plan does for any of them.
func ofSomeRows(sql string) string {
	for {
		before, rest, found := strings.Cut(sql, "(@all or ")
		if !found {
			return sql
		}
		term, after, _ := strings.Cut(rest, "@ids))")
		sql = before + term + "@ids)" + after
	}
}
