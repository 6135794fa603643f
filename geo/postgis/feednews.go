package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// MapNews is what changed of an audience's map since a state, and how the changed
// things are now: all of it is read in one snapshot of the database, so that whoever
// brings it in has the map of At and of no other state.
type MapNews struct {
	At MapState
	// Changes has each thing once, with the last revision that changed it. One with
	// Layer "*" comes alone and means: read everything again.
	Changes []geo.Change
	// Features has, by layer of the map and id, every feature that a change reaches;
	// nil = the audience's map has it no more. A label changes with its area; layers
	// that are made of another (geo.MapLayer.Of) are not here.
	Features map[string]map[int64]*MapFeature
}

// All says that everything has to be read again.
func (n *MapNews) All() bool { return len(n.Changes) == 1 && n.Changes[0].Layer == everything }

// newsAfter reads what changed since a state. A peer that is gone without a word does
// not even time out: each step is bounded here too.
func newsAfter(ctx context.Context, conn *pgx.Conn, aud geo.Audience, after MapState) (news MapNews, err error) {
	step := func(do func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(ctx, feedStatement+lookAnyway)
		defer cancel()
		return do(ctx)
	}
	var tx pgx.Tx
	defer func() {
		if tx != nil { // it has written nothing
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = tx.Rollback(end)
		}
	}()
	err = step(func(ctx context.Context) (err error) {
		if tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
			return err
		}
		news.At, news.Changes, err = changesAfter(ctx, tx, aud, after)
		return err
	})
	if err != nil {
		return MapNews{}, err
	}
	for layer, ids := range drawnBy(aud, news.Changes) {
		if news.Features == nil {
			news.Features = map[string]map[int64]*MapFeature{}
		}
		err := step(func(ctx context.Context) (err error) {
			news.Features[layer], err = featuresOf(ctx, tx, aud, layer, ids)
			return err
		})
		if err != nil {
			return MapNews{}, err
		}
	}
	return news, nil
}

// changesAfter reads the audience's state and what changed since the given one, a
// feature once. A state that this database has not behind it means that it is
// another than before (restored, made anew), and of a revision too long ago not
// all changes are kept: then everything has to be read again.
func changesAfter(ctx context.Context, tx pgx.Tx, aud geo.Audience, after MapState) (now MapState, list []geo.Change, err error) {
	now, known, err := since(ctx, tx, aud, after)
	switch {
	case err != nil:
		return now, nil, err
	case !known || now.Revision-after.Revision > keepRevisions:
		return now, []geo.Change{{Revision: now.Revision, Layer: everything}}, nil
	case now.Revision == after.Revision:
		return now, nil, nil
	}
	rows, err := tx.Query(ctx, `
		select distinct on (layer, id) revision, layer, id, status, gone
		from `+schema(aud)+`.change
		where revision > $1
		order by layer, id, revision desc
		limit $2`, after.Revision, 2*manyChanges)
	if err != nil {
		return now, nil, err
	}
	list, err = pgx.CollectRows(rows, changeRow)
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

// drawnBy groups the ids of the features that changes reach by layer of the map.
func drawnBy(aud geo.Audience, changes []geo.Change) map[string][]int64 {
	drawn := map[string]bool{}
	for _, l := range geo.MapLayers(aud) {
		drawn[l.Name] = l.Of == ""
	}
	ids := map[string][]int64{}
	reach := func(layer string, id int64) {
		if drawn[layer] {
			ids[layer] = append(ids[layer], id)
		}
	}
	for _, c := range changes {
		reach(c.Layer, c.ID)
		if c.Layer == "areas" {
			reach("arealabels", c.ID)
		}
	}
	return ids
}

// featuresOf reads some features of one layer in a snapshot; nil = it is not there for
// the audience, and never was.
func featuresOf(ctx context.Context, tx pgx.Tx, aud geo.Audience, layer string, ids []int64) (map[int64]*MapFeature, error) {
	out := make(map[int64]*MapFeature, len(ids))
	for _, id := range ids {
		out[id] = nil
	}
	for f, err := range features((&mapReading{tx: tx, aud: aud, ids: ids}).rows(ctx, layer)) {
		if err != nil {
			return nil, err
		}
		out[f.ID] = &f
	}
	return out, nil
}
