package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"sync"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

// publisher takes what an open map has to hear of.
type publisher interface {
	Start(aud geo.Audience, revision int64)
	Publish(aud geo.Audience, revision int64, changes []geo.Change, tiles []string, all bool)
}

// mapFeed keeps one audience's tile engine equal to the database.
type mapFeed struct {
	aud    geo.Audience
	store  *postgis.Store
	engine *tiles.Engine
	hub    publisher // nil where nobody listens
	log    *slog.Logger

	file *mapFile // nil when the map is not kept

	mu sync.Mutex
	at postgis.MapState // of the engine, once it is loaded
}

// newEngine makes the empty engine of an audience.
func newEngine(aud geo.Audience) (*tiles.Engine, error) {
	return tiles.New(tiles.SpecOf(aud), tiles.Options{})
}

// load reads everything at one revision into the engine, a layer after the other.
// On an error the engine keeps what it had. One that the engine refuses is left
// out: the map without it is better than no map.
func (f *mapFeed) load(ctx context.Context) error {
	began, n := time.Now(), 0
	err := f.store.ReadMap(ctx, f.aud, func(at postgis.MapState, layers []postgis.MapRowsOf) error {
		loading := f.engine.Begin(at.Revision)
		refused := func(why *tiles.FeatureError) { f.leftOut(at.Revision, why) }
		shown := f.engine.Ready()
		for _, l := range layers {
			if err := loading.Layer(ctx, l.Layer, batches(l.Rows, &n), refused); err != nil {
				return fmt.Errorf("layer %s: %w", l.Layer, err)
			}
			if !shown { // who has the map open already may see this much
				f.start(at.Revision)
				shown = true
			}
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := loading.End(); err != nil {
			return err
		}
		f.at = at
		return nil
	})
	if err != nil {
		return err
	}
	f.start(f.at.Revision)
	f.log.Info("map loaded", "audience", f.aud, "revision", f.at.Revision, "features", n, "seconds", seconds(time.Since(began)))
	return nil
}

// start lets open maps read everything again.
func (f *mapFeed) start(revision int64) {
	if f.hub != nil {
		f.hub.Start(f.aud, revision)
	}
}

func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// batches are rows that the engine decodes and packs while the next are read; n
// counts them.
func batches(rows iter.Seq2[*postgis.MapRows, error], n *int) iter.Seq2[tiles.Batch, error] {
	return func(yield func(tiles.Batch, error) bool) {
		for piece, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			*n += piece.Len()
			decode := func() ([]tiles.Feature, error) {
				list, err := piece.Features()
				out := make([]tiles.Feature, len(list))
				for i := range list {
					out[i] = tileFeature(list[i])
				}
				return out, err
			}
			if !yield(decode, nil) {
				return
			}
		}
	}
}

// leftOut says in the log that a feature is missing from the map.
func (f *mapFeed) leftOut(revision int64, why *tiles.FeatureError) {
	f.log.Error("a feature cannot be drawn and is left out of the map",
		"audience", f.aud, "revision", revision, "layer", why.Layer, "id", why.ID, "reason", why.Reason)
}

// Waits between attempts to load a map at the start.
const (
	firstReload = 200 * time.Millisecond
	lastReload  = 5 * time.Second
)

// begin takes the map that was kept, or loads it, and opens it for live readers.
// While the database is away it tries again until ctx ends; another error ends it.
func (f *mapFeed) begin(ctx context.Context) error {
	began := time.Now()
	if at, ok := f.file.restore(ctx, f); ok {
		err := f.catchUp(ctx, at)
		if err == nil {
			f.log.Info("map restored", "audience", f.aud, "revision", f.at.Revision, "kept", at.Revision, "seconds", seconds(time.Since(began)))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.log.Warn("the kept map cannot be brought up to date", "audience", f.aud, "error", err)
	}
	for wait := firstReload; ; wait = min(2*wait, lastReload) {
		err := f.load(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case geo.KindOf(err) != geo.Unavailable:
			return fmt.Errorf("load the %s map: %w", f.aud, err)
		}
		f.log.Warn("the map cannot be loaded yet", "audience", f.aud, "error", err, "again_in", wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// catchUp brings a map that was kept to the state that the database has, and shows
// it: what was taken back in the meantime is not seen again, not for a moment.
func (f *mapFeed) catchUp(ctx context.Context, kept postgis.MapState) error {
	f.at = kept
	now, err := f.store.MapState(ctx, f.aud)
	if err != nil {
		return err
	}
	if f.at.Revision < now.Revision {
		soon, done := context.WithCancel(ctx)
		defer done()
		err := f.store.FollowFrom(soon, f.aud, f.at, func(news postgis.MapNews) error {
			err := f.take(soon, news)
			if f.at.Revision >= now.Revision {
				done()
			}
			return err
		})
		if f.at.Revision < now.Revision {
			return err
		}
	}
	f.engine.Release()
	f.start(f.at.Revision)
	return nil
}

func tileFeature(m postgis.MapFeature) tiles.Feature {
	f := tiles.Feature{ID: uint64(m.ID), Geometry: m.Geometry, Values: m.Values, M2: m.M2, From: tiles.Day(m.From)}
	for _, v := range m.Past {
		f.Past = append(f.Past, tiles.Version{
			From: tiles.Day(v.From), Until: tiles.Day(v.Until), Geometry: v.Geometry, Values: v.Values,
		})
	}
	return f
}

// run follows the change feed from the engine's revision until ctx ends. What
// fails on the way is tried again by the feed.
func (f *mapFeed) run(ctx context.Context) error {
	return f.store.FollowFrom(ctx, f.aud, f.at, func(news postgis.MapNews) error {
		return f.take(ctx, news)
	})
}

// take brings the engine to a state, then tells the open maps. The features are those
// of that state: read later, they would be of another, and a map that is kept would
// not be what its state says.
func (f *mapFeed) take(ctx context.Context, news postgis.MapNews) error {
	if news.All() {
		return f.load(ctx)
	}
	at, changes, revision := news.At, news.Changes, news.At.Revision
	out := tileChanges(news.Features)
	touched, err := f.bring(at, out)
	all := errors.Is(err, tiles.ErrAllTouched)
	switch {
	case errors.Is(err, tiles.ErrStale):
		return nil // a reload overtook this change
	case err != nil && !all:
		return err
	}
	f.log.Debug("change", "audience", f.aud, "revision", revision, "changes", len(changes), "tiles", len(touched))
	names := make([]string, len(touched))
	for i, id := range touched {
		names[i] = id.String()
	}
	f.hub.Publish(f.aud, revision, f.told(changes, out), names, all)
	return nil
}

// bring applies the changes that lead to a state.
func (f *mapFeed) bring(at postgis.MapState, changes []tiles.Change) ([]tiles.ID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	touched, err := f.apply(at.Revision, changes)
	if err == nil || errors.Is(err, tiles.ErrAllTouched) {
		f.at = at
	}
	return touched, err
}

// freeze takes hold of the map and the state that it is in.
func (f *mapFeed) freeze() (*tiles.Frozen, postgis.MapState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	frozen, err := f.engine.Freeze()
	return frozen, f.at, err
}

// apply brings changes into the engine. A feature that the engine refuses is
// taken off the map instead, so that one row does not hold up all others.
func (f *mapFeed) apply(revision int64, changes []tiles.Change) ([]tiles.ID, error) {
	for {
		touched, err := f.engine.Apply(revision, changes)
		var refused *tiles.FeatureError
		if !errors.As(err, &refused) {
			return touched, err
		}
		found := false
		for i, c := range changes {
			if c.Layer == refused.Layer && c.ID == refused.ID && c.Feature != nil {
				changes[i].Feature, found = nil, true
			}
		}
		if !found {
			return nil, err
		}
		f.leftOut(revision, refused)
	}
}

// tileChanges is what the engine has to take in.
func tileChanges(read map[string]map[int64]*postgis.MapFeature) []tiles.Change {
	var out []tiles.Change
	for layer, features := range read {
		for id, row := range features {
			c := tiles.Change{Layer: layer, ID: uint64(id)}
			if row != nil {
				feature := tileFeature(*row)
				c.Feature = &feature
			}
			out = append(out, c)
		}
	}
	return out
}
