package tiles

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"tengdi/tiles/pmtiles"
)

// ArchiveOptions say what goes into an archive.
type ArchiveOptions struct {
	MinZoom, MaxZoom int // within the tileset's
	Query            Query
	TileJSON         TileJSONOptions
}

// archiveMetadata is what readers of PMTiles look for, and whose tiles these are.
type archiveMetadata struct {
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Type         string        `json:"type"`
	Audience     string        `json:"audience"`
	At           string        `json:"at,omitempty"` // YYYY-MM-DD
	Query        string        `json:"query,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// Archive writes every tile that has anything into a PMTiles archive. Equal data
// gives equal bytes, whatever the revision. The engine is one that no change
// reaches while it is written: a caller makes one for the purpose. scratch holds
// the tiles meanwhile. Errors: RangeError for zooms outside the tileset,
// ErrNotReady, those of writing, the context's.
func (e *Engine) Archive(ctx context.Context, to io.Writer, scratch pmtiles.Scratch, o ArchiveOptions) (pmtiles.Header, error) {
	for _, z := range []int{o.MinZoom, o.MaxZoom} {
		if z < e.spec.MinZoom || z > e.spec.MaxZoom {
			return pmtiles.Header{}, &RangeError{Tileset: e.spec.Name, Tile: ID{Z: uint32(z)}, MinZoom: e.spec.MinZoom, MaxZoom: e.spec.MaxZoom}
		}
	}
	snap := e.snap.Load()
	if snap == nil {
		return pmtiles.Header{}, ErrNotReady
	}
	w := pmtiles.NewWriter(scratch)
	for z := o.MinZoom; z <= o.MaxZoom; z++ {
		if err := e.archiveZoom(ctx, w, snap.occupied(&e.spec, z), o.Query); err != nil {
			return pmtiles.Header{}, err
		}
	}
	doc := e.TileJSON("", o.TileJSON)
	about := pmtiles.About{
		MinZoom: uint8(o.MinZoom), MaxZoom: uint8(o.MaxZoom),
		Metadata: archiveMetadata{
			Name: doc.Name, Description: doc.Description, Version: doc.Version, Attribution: doc.Attribution,
			Type: "overlay", Audience: e.spec.Name, At: o.Query.At.String(), Query: o.Query.String(), VectorLayers: doc.VectorLayers,
		},
	}
	if len(doc.Bounds) == 4 {
		about.West, about.South, about.East, about.North = doc.Bounds[0], doc.Bounds[1], doc.Bounds[2], doc.Bounds[3]
		about.CenterLon, about.CenterLat = doc.Center[0], doc.Center[1]
		about.CenterZoom = uint8(min(max(int(doc.Center[2]), o.MinZoom), o.MaxZoom))
	}
	return w.Finish(to, about)
}

// batch is how many tiles are built at a time while an archive is written.
const batch = 256

// archiveZoom builds the tiles of one zoom, several at a time, and adds them in
// order.
func (e *Engine) archiveZoom(ctx context.Context, w *pmtiles.Writer, ids []ID, q Query) error {
	zipped := make([][]byte, batch)
	for part := range slices.Chunk(ids, batch) {
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, id := range part {
			g.Go(func() error {
				t, err := e.TileOf(gctx, id, q)
				if err == nil {
					zipped[i], err = zipSmall(t.Raw)
				}
				if err != nil {
					return fmt.Errorf("tiles: archive %s: %w", id, err)
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for i, id := range part {
			if err := w.Add(id.Z, id.X, id.Y, zipped[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// zipSmall compresses what is kept for long: as small as gzip goes.
func zipSmall(raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// occupied lists the tiles of a zoom that may have anything, in the order of an
// archive.
func (s *snapshot) occupied(spec *Spec, z int) []ID {
	seen := map[ID]struct{}{}
	add := func(b box) {
		r := tilesOf(b, z)
		for x := r.minX; x <= r.maxX; x++ {
			for y := r.minY; y <= r.maxY; y++ {
				seen[ID{r.z, x, y}] = struct{}{}
			}
		}
	}
	for i, l := range s.layers {
		if !spec.Layers[i].drawnAt(z) {
			continue
		}
		for slot := range l.base.len() {
			add(l.base.ix.boxes[slot])
		}
		for _, e := range l.over.entries {
			if e.rec != nil {
				add(e.rec.reach())
			}
		}
	}
	out := make([]ID, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b ID) int {
		return compareID(pmtiles.ID(a.Z, a.X, a.Y), pmtiles.ID(b.Z, b.X, b.Y))
	})
	return out
}
