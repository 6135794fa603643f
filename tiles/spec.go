package tiles

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paulmach/orb"
)

// Limits that hold for every tileset.
const (
	// Extent is the side of a tile in its own units.
	Extent = 4096
	// Buffer is how far beyond its edge a tile still carries geometry, in units.
	Buffer = 64
	// MaxZoom is the deepest zoom any tileset may have.
	MaxZoom = 22
	// MaxFeatureID is the first id a browser could no longer tell from its
	// neighbour (2^53); feature ids stay below it.
	MaxFeatureID = 1 << 53
	// maxText is the longest attribute in bytes: a tile is no place for prose.
	maxText = 64 << 10
)

// Kind is what a layer holds.
type Kind uint8

// The kinds of layer. A layer holds one kind only.
const (
	Polygons Kind = iota
	Points
)

// String names the kind for error texts.
func (k Kind) String() string {
	switch k {
	case Polygons:
		return "polygons"
	case Points:
		return "points"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// LayerSpec describes one layer of a tileset.
type LayerSpec struct {
	Name    string
	Kind    Kind
	MinZoom int                 // first zoom at which the layer is drawn
	MaxZoom int                 // last zoom at which the layer is drawn
	Fields  []string            // attribute keys, in the order they are encoded
	Numeric []string            // those of them whose values are numbers; filters compare the others as text
	Codes   map[string][]string // of fields with a closed set of values: those; a filter by another is refused
	History *HistorySpec
	Mosaic  *MosaicSpec
	// Of is the layer of polygons that a layer of points stands for, if it does: it has
	// a point inside each of them, with the same id, values and past, and is given no
	// features of its own. Fields are those of the other layer, which comes before it.
	Of string

	pointed bool // another layer is Of this one
	woven   bool // its borders are simplified together: every vertex has a level
}

// HistorySpec names the fields of a layer from which the state of a feature on a
// past day is told: Letters has one letter per move, oldest first, Days the days
// of the moves, ascending. On day D a feature is in the state of the last move
// that is not after D; before the first, and after a letter that is no state's,
// it is not there.
type HistorySpec struct {
	Letters string
	Days    []string
	Status  string   // the field that has the state
	States  []string // of the letters, 'a' being the first
}

// MosaicSpec says how a layer of polygons is drawn where its features are too
// many or too small: as square cells with their true ground area by the value of
// a field. A tile shows the mosaic or the features, never both.
type MosaicSpec struct {
	Name    string // of the layer that has the cells in a tile
	Field   string // of the layer; areas are told apart by it
	MaxZoom int    // last zoom that is always drawn so; a denser tile beyond it is too

	fine bool // for tests: the finest cells are kept everywhere
}

// Spec describes a tileset: what one audience sees.
type Spec struct {
	Name    string
	MinZoom int
	MaxZoom int
	Layers  []LayerSpec // in the order they are encoded
}

// Value is an attribute: nil (absent), string, int64, float64 or bool.
type Value = any

// Feature is one row of a layer. Geometry is in degrees of WGS 84, longitude
// first: orb.Polygon, orb.MultiPolygon (first ring the exterior, then its holes,
// whichever way they turn) or orb.Point. Values are in the order of the layer's
// Fields. The engine keeps no reference to the geometry.
//
// A feature that has ended has no Geometry and no Values, only Past.
type Feature struct {
	ID       uint64
	Geometry orb.Geometry
	Values   []Value
	M2       float64   // true ground area in square metres, for mosaics
	From     Day       // first day on which it is as it is now; 0 = always so
	Past     []Version // what it was before, oldest first, without overlap
}

// Day is a number of days since 1970-01-01.
type Day int32

// String is the day as YYYY-MM-DD; "" for 0, which stands for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return time.Unix(int64(d)*24*60*60, 0).UTC().Format(time.DateOnly)
}

// Version is what a feature was from one day until another.
type Version struct {
	From, Until Day          // Until is the first day on which it was no longer so
	Geometry    orb.Geometry // nil = the same as now
	Values      []Value
	M2          float64 // 0 = the same as now
}

// Change replaces or adds a feature, or takes it away when Feature is nil.
// A Feature's own ID must equal the Change's.
type Change struct {
	Layer   string
	ID      uint64
	Feature *Feature
}

// ID names a tile: zoom, column from the west, row from the north (XYZ scheme).
type ID struct{ Z, X, Y uint32 }

// String writes the tile as z/x/y.
func (id ID) String() string { return fmt.Sprintf("%d/%d/%d", id.Z, id.X, id.Y) }

// Tile is a finished tile. Its slices are shared with the cache and must not be
// written to. A tile with nothing in it has no bytes: answer it with 204.
//
// Raw is a function of the data alone. Which other forms there are, and how well
// Gzip is compressed, depends on how often the tile was asked for.
type Tile struct {
	Raw      []byte // the tile
	Gzip     []byte // the same, gzipped
	ETag     string // strong and quoted; a function of Raw alone, none when Partial. In has those of the codings
	Revision int64  // the revision the tile was built at
	Partial  bool   // layers are still being loaded: nobody may keep it

	brotli, zstd []byte // nil = not made
	dense        bool   // Gzip is at the best level
}

// ErrNotReady is returned by Tile while nothing is loaded, and by Apply until
// everything is.
var ErrNotReady = errors.New("tiles: nothing is loaded yet")

// ErrStale is returned by Apply when the revision is older than the engine's.
var ErrStale = errors.New("tiles: the changes are older than what is loaded")

// ErrAllTouched is returned by Apply when the changes touch more tiles than
// Options.MaxTouched. The changes are applied; take every tile as touched.
var ErrAllTouched = errors.New("tiles: more tiles are touched than can be listed")

// RangeError says that a tile lies outside its tileset.
type RangeError struct {
	Tileset string
	Tile    ID
	MinZoom int
	MaxZoom int
}

// Error names the zooms of the tileset, or the bound on x and y.
func (e *RangeError) Error() string {
	if e.zoomOutside() {
		return fmt.Sprintf("tile %s: tileset %q has zooms %d to %d", e.Tile, e.Tileset, e.MinZoom, e.MaxZoom)
	}
	return fmt.Sprintf("tile %s: at zoom %d x and y go from 0 to %d", e.Tile, e.Tile.Z, uint64(1)<<e.Tile.Z-1)
}

// Chinese is Error in Chinese.
func (e *RangeError) Chinese() string {
	if e.zoomOutside() {
		return fmt.Sprintf("瓦片 %s：瓦片集“%s”的级别为 %d 至 %d", e.Tile, e.Tileset, e.MinZoom, e.MaxZoom)
	}
	return fmt.Sprintf("瓦片 %s：第 %d 级的 x 和 y 为 0 至 %d", e.Tile, e.Tile.Z, uint64(1)<<e.Tile.Z-1)
}

func (e *RangeError) zoomOutside() bool {
	return int64(e.Tile.Z) < int64(e.MinZoom) || int64(e.Tile.Z) > int64(e.MaxZoom)
}

// FeatureError says why a feature was refused.
type FeatureError struct {
	Layer  string
	ID     uint64
	Reason string
}

func (e *FeatureError) Error() string {
	return fmt.Sprintf("tiles: layer %q, feature %d: %s", e.Layer, e.ID, e.Reason)
}

// check reports the first fault of a tileset's description.
func (s Spec) check() error {
	if s.Name == "" {
		return errors.New("tiles: a tileset needs a name")
	}
	if err := checkZooms(s.MinZoom, s.MaxZoom); err != nil {
		return fmt.Errorf("tiles: tileset %q: %w", s.Name, err)
	}
	if len(s.Layers) == 0 {
		return fmt.Errorf("tiles: tileset %q has no layers", s.Name)
	}
	seen := map[string]bool{leftOutLayer: true}
	for _, l := range s.Layers {
		if l.Name == "" || seen[l.Name] {
			return fmt.Errorf("tiles: tileset %q: layer name %q is empty or taken", s.Name, l.Name)
		}
		seen[l.Name] = true
		if err := l.check(); err != nil {
			return fmt.Errorf("tiles: tileset %q, layer %q: %w", s.Name, l.Name, err)
		}
	}
	mosaics := 0
	for i, l := range s.Layers {
		if err := l.checkOf(s.Layers[:i]); err != nil {
			return fmt.Errorf("tiles: tileset %q, layer %q: %w", s.Name, l.Name, err)
		}
		if l.Mosaic == nil {
			continue
		}
		if mosaics++; mosaics > 1 {
			return fmt.Errorf("tiles: tileset %q: more than one layer has a mosaic", s.Name)
		}
		if name := l.Mosaic.Name; name == "" || seen[name] {
			return fmt.Errorf("tiles: tileset %q: layer name %q is empty or taken", s.Name, name)
		}
		seen[l.Mosaic.Name] = true
	}
	return nil
}

func (l LayerSpec) check() error {
	if l.Kind != Polygons && l.Kind != Points {
		return fmt.Errorf("unknown %s", l.Kind)
	}
	if err := checkZooms(l.MinZoom, l.MaxZoom); err != nil {
		return err
	}
	for i, f := range l.Fields {
		if f == "" || slices.Contains(l.Fields[:i], f) {
			return fmt.Errorf("field name %q is empty or taken", f)
		}
	}
	named := slices.Clone(l.Numeric)
	if h := l.History; h != nil {
		named = append(append(named, h.Letters, h.Status), h.Days...)
		if len(h.States) > 26 {
			return fmt.Errorf("%d states are more than letters", len(h.States))
		}
	}
	for _, f := range named {
		if !slices.Contains(l.Fields, f) {
			return fmt.Errorf("there is no field %q", f)
		}
	}
	if l.Mosaic != nil {
		return l.Mosaic.check(l)
	}
	return nil
}

func checkZooms(lo, hi int) error {
	if lo < 0 || hi > MaxZoom || lo > hi {
		return fmt.Errorf("zooms %d to %d are not within 0 to %d", lo, hi, MaxZoom)
	}
	return nil
}

// clone copies the slices, so that a caller's later writes change nothing.
func (s Spec) clone() Spec {
	s.Layers = slices.Clone(s.Layers)
	for i := range s.Layers {
		s.Layers[i].Fields = slices.Clone(s.Layers[i].Fields)
		if m := s.Layers[i].Mosaic; m != nil {
			own := *m
			s.Layers[i].Mosaic = &own
		}
	}
	return s
}

// drawnAt reports whether the layer is drawn at zoom z.
func (l LayerSpec) drawnAt(z int) bool { return z >= l.MinZoom && z <= l.MaxZoom }
