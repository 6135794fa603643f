package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
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
	hub    publisher
	log    *slog.Logger
}

// newEngine makes the empty engine of an audience.
func newEngine(aud geo.Audience) (*tiles.Engine, error) {
	return tiles.New(tiles.SpecOf(aud), tiles.Options{})
}

// load reads everything at one revision into the engine. On an error the
// engine keeps what it had.
func (f *mapFeed) load(ctx context.Context) error {
	return f.store.Snapshot(ctx, f.aud, func(revision int64, layers map[string]iter.Seq2[postgis.MapFeature, error]) error {
		all := map[string][]tiles.Feature{}
		for _, name := range slices.Sorted(maps.Keys(layers)) {
			for mf, err := range layers[name] {
				if err != nil {
					return fmt.Errorf("layer %s: %w", name, err)
				}
				all[name] = append(all[name], tileFeature(mf))
			}
		}
		return f.fill(revision, all)
	})
}

// fill gives the engine all features. One that the engine refuses is left out:
// the map without it is better than no map.
func (f *mapFeed) fill(revision int64, all map[string][]tiles.Feature) error {
	for {
		layers := map[string]iter.Seq[tiles.Feature]{}
		for name, rows := range all {
			layers[name] = slices.Values(rows)
		}
		err := f.engine.Load(revision, layers)
		var refused *tiles.FeatureError
		if !errors.As(err, &refused) {
			return err
		}
		rows := all[refused.Layer]
		kept := slices.DeleteFunc(rows, func(r tiles.Feature) bool { return r.ID == refused.ID })
		if len(kept) == len(rows) {
			return err
		}
		all[refused.Layer] = kept
		f.leftOut(revision, refused)
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

// begin loads the map for the first time and opens it for live readers. While
// the database is away it tries again until ctx ends; another error ends it.
func (f *mapFeed) begin(ctx context.Context) error {
	for wait := firstReload; ; wait = min(2*wait, lastReload) {
		err := f.load(ctx)
		switch {
		case err == nil:
			f.hub.Start(f.aud, f.engine.Revision())
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

func tileFeature(m postgis.MapFeature) tiles.Feature {
	return tiles.Feature{ID: uint64(m.ID), Geometry: m.Geometry, Values: m.Values, M2: m.M2}
}

// run follows the change feed from the engine's revision until ctx ends. What
// fails on the way is tried again by the feed.
func (f *mapFeed) run(ctx context.Context) error {
	return f.store.Follow(ctx, f.aud, f.engine.Revision(), func(revision int64, changes []geo.Change) error {
		return f.take(ctx, revision, changes)
	})
}

// take brings the engine to revision, then tells the open maps.
func (f *mapFeed) take(ctx context.Context, revision int64, changes []geo.Change) error {
	if slices.ContainsFunc(changes, func(c geo.Change) bool { return c.Layer == "*" }) {
		if err := f.load(ctx); err != nil {
			return err
		}
		f.hub.Start(f.aud, f.engine.Revision())
		return nil
	}
	var out []tiles.Change
	for layer, ids := range f.wanted(changes) {
		rows, err := f.store.MapFeatures(ctx, f.aud, layer, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c := tiles.Change{Layer: layer, ID: uint64(id)}
			if row, ok := rows[id]; ok {
				feature := tileFeature(row)
				c.Feature = &feature
			}
			out = append(out, c)
		}
	}
	touched, err := f.apply(revision, out)
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
	f.hub.Publish(f.aud, revision, changes, names, all)
	return nil
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

// wanted groups the ids to read again by layer of the tiles. A label changes
// with its area or parcel.
func (f *mapFeed) wanted(changes []geo.Change) map[string][]int64 {
	drawn := map[string]bool{}
	for _, l := range geo.MapLayers(f.aud) {
		drawn[l.Name] = true
	}
	seen := map[string]map[int64]struct{}{}
	for _, c := range changes {
		for _, layer := range append([]string{c.Layer}, labelsOf(c.Layer)...) {
			if !drawn[layer] {
				continue
			}
			if seen[layer] == nil {
				seen[layer] = map[int64]struct{}{}
			}
			seen[layer][c.ID] = struct{}{}
		}
	}
	ids := map[string][]int64{}
	for layer, set := range seen {
		ids[layer] = slices.Sorted(maps.Keys(set))
	}
	return ids
}

func labelsOf(layer string) []string {
	switch layer {
	case "areas":
		return []string{"arealabels"}
	case "parcels":
		return []string{"parcellabels"}
	}
	return nil
}
