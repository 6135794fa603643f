package web

import (
	"context"
	"time"

	"tengdi/geo"
)

// OutlineReader draws what has no outline of its own around what it holds.
type OutlineReader interface {
	Revision(ctx context.Context, aud geo.Audience) (int64, error)
	BoardOutlines(ctx context.Context) (geo.Outlines, error)
}

// boardOverlay is the name of the layer of boards that the server draws. A file of
// this name in the folder takes its place.
const boardOverlay = "boards"

// How long the outlines are believed: fresh without a look at the revision, stale
// while the database is away.
const (
	outlinesFresh = 2 * time.Second
	outlinesStale = time.Hour
)

// boardLayer is the layer of boards, at the public revision that it was drawn at.
type boardLayer struct {
	overlay
	body     []byte
	revision int64
}

// newBoardOutlines keeps the layer until the public's revision is another one.
func newBoardOutlines(store OutlineReader, now func() time.Time) *kept[boardLayer] {
	var last *boardLayer // kept asks one at a time
	return &kept[boardLayer]{now: now, fresh: outlinesFresh, stale: outlinesStale, ask: func(ctx context.Context) (boardLayer, error) {
		revision, err := store.Revision(ctx, geo.Public)
		if err != nil {
			return boardLayer{}, err
		}
		if last != nil && last.revision == revision {
			return *last, nil
		}
		drawn, err := store.BoardOutlines(ctx)
		if err != nil {
			return boardLayer{}, err
		}
		b, err := boardLayerOf(drawn)
		if err == nil {
			last = &b
		}
		return b, err
	}}
}

// boardLayerOf writes the outlines as GeoJSON.
func boardLayerOf(drawn geo.Outlines) (boardLayer, error) {
	out := boardLayer{revision: drawn.Revision}
	out.about = overlayAnswer{
		Name: boardOverlay, Title: "板块（按所含片区）", TitleEn: "Boards, around their areas", Kind: "board", Colour: overlayColours()["board"],
		Audience: geo.Public, Format: "geojson", URL: "/overlays/" + boardOverlay + overlayEnd,
	}
	layer := overlayLayer{}
	b := []byte(`{"type":"FeatureCollection","features":[`)
	for i, o := range drawn.List {
		if i > 0 {
			b = append(b, ',')
			layer.bounds = layer.bounds.Union(o.Geometry.Bound())
		} else {
			layer.bounds = o.Geometry.Bound()
		}
		layer.n++
		b = append(b, "\n{\"type\":\"Feature\",\"properties\":{\"name\":"...)
		b = appendText(b, o.Name)
		b = append(b, `,"name_en":""},"geometry":`...)
		var err error
		if b, err = appendGeometry(b, o.Geometry); err != nil {
			return out, err
		}
		b = append(b, '}')
	}
	layer.body = append(b, "\n]}\n"...)
	out.body = layer.body
	out.describe(layer)
	return out, nil
}
