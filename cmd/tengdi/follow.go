package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"

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
		all := map[string]iter.Seq[tiles.Feature]{}
		for _, name := range slices.Sorted(maps.Keys(layers)) {
			var rows []tiles.Feature
			for mf, err := range layers[name] {
				if err != nil {
					return fmt.Errorf("layer %s: %w", name, err)
				}
				rows = append(rows, tileFeature(mf))
			}
			all[name] = slices.Values(rows)
		}
		return f.engine.Load(revision, all)
	})
}

func tileFeature(m postgis.MapFeature) tiles.Feature {
	return tiles.Feature{ID: uint64(m.ID), Geometry: m.Geometry, Values: m.Values}
}

// run follows the change feed from the engine's revision until ctx ends.
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
	touched, err := f.engine.Apply(revision, out)
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

// wanted groups the ids to read again by layer of the tiles. An area's label
// changes with its area.
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
