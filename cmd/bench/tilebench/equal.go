package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// alike is what a comparison of answers at one zoom has found.
type alike struct {
	Zoom    int
	Tiles   int
	Plain   tiletest.Likeness // plain against raw: every vertex
	Shipped tiletest.Likeness // shipped against raw where parcels are drawn
	Mosaics int               // tiles that are shipped as a mosaic
}

// compareAnswers holds the tiles of plain and shipped against those of raw. It
// stops at the zoom's tiles once enough features were compared.
func compareAnswers(ctx context.Context, client *http.Client, raw, plain, shipped *competitor, z int, ids []tiles.ID) (alike, error) {
	const enough = 60_000
	out := alike{Zoom: z, Shipped: tiletest.Likeness{Simplified: true}}
	get := func(c *competitor, id tiles.ID) ([]tiletest.Layer, error) {
		a, err := fetch(ctx, client, expand(c.template, id))
		if err != nil {
			return nil, err
		}
		b, err := a.plain()
		if err != nil {
			return nil, err
		}
		if c == raw {
			return tiletest.DecodeAny(b)
		}
		return tiletest.Decode(b)
	}
	for _, id := range ids {
		if out.Tiles > 0 && out.Plain.Features > enough {
			break
		}
		theirs, err := get(raw, id)
		if err != nil {
			return out, fmt.Errorf("raw %s: %w", id, err)
		}
		equal, err := get(plain, id)
		if err != nil {
			return out, fmt.Errorf("plain %s: %w", id, err)
		}
		light, err := get(shipped, id)
		if err != nil {
			return out, fmt.Errorf("shipped %s: %w", id, err)
		}
		out.Tiles++
		out.Plain.Compare(id.String(), layerName, equal, theirs)
		if hasLayer(light, layerName) {
			out.Shipped.Compare(id.String(), layerName, light, theirs)
		} else {
			out.Mosaics++
		}
	}
	if out.Plain.Features == 0 {
		return out, errors.New("nothing was compared")
	}
	if faults := append(out.Plain.Faults, out.Shipped.Faults...); len(faults) > 0 {
		return out, fmt.Errorf("%d features are not alike, first:\n%s", len(faults), strings.Join(faults[:min(len(faults), 5)], "\n"))
	}
	return out, nil
}

func hasLayer(layers []tiletest.Layer, name string) bool {
	for _, l := range layers {
		if l.Name == name {
			return true
		}
	}
	return false
}
