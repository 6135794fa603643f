package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
)

// byteSize is a number of bytes, written with KiB, MiB or GiB.
type byteSize int64

// leastTileMemory is what one map can be drawn with at all without reading the same
// parts again and again.
const leastTileMemory = 16 << 20

// UnmarshalText reads a size; 0 is none.
func (b *byteSize) UnmarshalText(text []byte) error {
	number, shift := strings.TrimSpace(string(text)), 0
	for unit, bits := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if head, ok := strings.CutSuffix(number, unit); ok {
			number, shift = strings.TrimSpace(head), bits
			break // else "1MiB KiB" would be a size in some orders of the units
		}
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n < 0 || n > 0 && shift == 0 {
		return fmt.Errorf("%q 须为整数加 KiB、MiB 或 GiB / must be a whole number of KiB, MiB or GiB, such as 512MiB", text)
	}
	*b = byteSize(n << shift)
	return nil
}

// Validate is called by the parser of flags.
func (b byteSize) Validate() error {
	if b > 0 && b < 2*leastTileMemory {
		return fmt.Errorf("至少 %d MiB / must be %[1]d MiB or more", 2*leastTileMemory>>20)
	}
	return nil
}

// tileMemory bounds the memory of an audience's map, which has half of what is given.
// What has no room lies where the maps are kept, in files without a name; where none
// are kept, the database answers for it.
func (c *serveCmd) tileMemory(aud geo.Audience, store *postgis.Store) tiles.Options {
	folder := c.maps()
	if folder == mapsOff {
		folder = tiles.NoSpill
	}
	return tiles.Options{MemoryBytes: int64(c.TileMemory) / 2, SpillFolder: folder, Source: tileSource(store, aud)}
}

// openSpill makes the folder for what has no room in memory, if there may be such.
func (c *serveCmd) openSpill() error {
	if c.TileMemory == 0 || c.maps() == mapsOff {
		return nil
	}
	if err := os.MkdirAll(c.maps(), 0o700); err != nil {
		return fmt.Errorf("--tile-memory: %w", err)
	}
	return nil
}

// tileSource reads features of an audience's map from the database.
func tileSource(store *postgis.Store, aud geo.Audience) tiles.Source {
	return func(ctx context.Context, layer string, ids []uint64) ([]tiles.Feature, error) {
		wanted := make([]int64, len(ids))
		for i, id := range ids {
			wanted[i] = int64(id)
		}
		rows, err := store.MapFeatures(ctx, aud, layer, wanted)
		if err != nil {
			return nil, err
		}
		out := make([]tiles.Feature, 0, len(rows))
		for _, row := range rows {
			out = append(out, tileFeature(row))
		}
		return out, nil
	}
}
