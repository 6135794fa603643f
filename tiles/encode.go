package tiles

import "encoding/binary"

// The parts of vector_tile.proto 2.1 that are written, as protobuf keys (field
// number and wire type) and values.
const (
	keyTileLayer = 3<<3 | 2

	keyLayerName    = 1<<3 | 2
	keyLayerFeature = 2<<3 | 2
	keyLayerKey     = 3<<3 | 2
	keyLayerValue   = 4<<3 | 2
	keyLayerExtent  = 5 << 3
	keyLayerVersion = 15 << 3

	keyFeatureID       = 1 << 3
	keyFeatureTags     = 2<<3 | 2
	keyFeatureType     = 3 << 3
	keyFeatureGeometry = 4<<3 | 2

	typePoint   = 1
	typePolygon = 3

	cmdMoveTo = 1
	cmdLineTo = 2
	cmdClose  = 7

	mvtVersion = 2
)

// encoder writes one tile: layers in the order they are begun, fields in the
// order of their numbers, keys as the layer declares them, values in the order in
// which features first use them. Equal input gives equal bytes.
type encoder struct {
	tile     []byte
	features []byte
	body     []byte // of the feature being written
	part     []byte // packed tags or geometry
	values   []byte
	known    map[string]uint32 // encoded value -> index in this layer
	count    int               // features of the layer
	cursor   pt
}

func (e *encoder) reset() { e.tile = e.tile[:0] }

// beginLayer starts a layer.
func (e *encoder) beginLayer() {
	e.features, e.values, e.count = e.features[:0], e.values[:0], 0
	if e.known == nil {
		e.known = make(map[string]uint32)
	}
	clear(e.known)
}

// endLayer appends the layer to the tile, if it has features.
func (e *encoder) endLayer(spec *LayerSpec) {
	if e.count == 0 {
		return
	}
	b := appendBytes(e.body[:0], keyLayerName, spec.Name)
	b = append(b, e.features...)
	for _, f := range spec.Fields {
		b = appendBytes(b, keyLayerKey, f)
	}
	b = append(b, e.values...)
	b = binary.AppendUvarint(append(b, keyLayerExtent), Extent)
	b = append(b, keyLayerVersion, mvtVersion)
	e.body = b
	e.tile = appendBytes(e.tile, keyTileLayer, b)
}

// beginFeature starts a feature with its id and attributes; value(i) is the
// encoded value of field i.
func (e *encoder) beginFeature(id uint64, fields int, value func(i int) string) {
	b := binary.AppendUvarint(append(e.body[:0], keyFeatureID), id)
	tags := e.part[:0]
	for i := range fields {
		v := value(i)
		if v == "" {
			continue
		}
		at, ok := e.known[v]
		if !ok {
			at = uint32(len(e.known))
			e.known[v] = at
			e.values = appendBytes(e.values, keyLayerValue, v)
		}
		tags = binary.AppendUvarint(tags, uint64(i))
		tags = binary.AppendUvarint(tags, uint64(at))
	}
	if len(tags) > 0 {
		b = appendBytes(b, keyFeatureTags, tags)
	}
	e.body, e.part = b, tags
	e.cursor = pt{}
}

// endFeature adds the geometry in e.part and closes the feature.
func (e *encoder) endFeature(geometryType byte) {
	e.body = append(e.body, keyFeatureType, geometryType)
	e.body = appendBytes(e.body, keyFeatureGeometry, e.part)
	e.features = appendBytes(e.features, keyLayerFeature, e.body)
	e.count++
}

// point finishes the feature as a single point.
func (e *encoder) point(p pt) {
	e.part = e.command(e.part[:0], cmdMoveTo, 1)
	e.part = e.move(e.part, p)
	e.endFeature(typePoint)
}

// appendCommands writes the shape as polygons from the first point on, the MoveTo
// to which is left to the caller: it alone depends on the tile. Rings are turned
// where needed: exterior rings have a positive area by the surveyor's formula,
// holes a negative one (MVT 2.1, 4.3.4.4). Every ring has at least three points.
func (s *shape) appendCommands(b []byte) []byte {
	cursor := s.pts[0]
	for i, r := range s.rings {
		pts := s.of(r)
		if i > 0 {
			b = appendMove(append(b, 1<<3|cmdMoveTo), cursor, pts[0])
			cursor = pts[0]
		}
		n := len(pts)
		b = binary.AppendUvarint(b, uint64(n-1)<<3|cmdLineTo)
		if (doubleArea(pts) < 0) != r.hole {
			for k := n - 1; k > 0; k-- {
				b = appendMove(b, cursor, pts[k])
				cursor = pts[k]
			}
		} else {
			for _, p := range pts[1:] {
				b = appendMove(b, cursor, p)
				cursor = p
			}
		}
		b = append(b, 1<<3|cmdClose)
	}
	return b
}

// appendMove writes a step as two zigzag varints; small ones, which most are,
// without a call.
func appendMove(b []byte, from, to pt) []byte {
	x, y := zigzag(to.x-from.x), zigzag(to.y-from.y)
	if x|y < 0x80 {
		return append(b, byte(x), byte(y))
	}
	return binary.AppendUvarint(binary.AppendUvarint(b, x), y)
}

func (e *encoder) command(b []byte, command, count int) []byte {
	return binary.AppendUvarint(b, uint64(count)<<3|uint64(command))
}

// move writes the step from the cursor to p, zigzag, and moves the cursor.
func (e *encoder) move(b []byte, p pt) []byte {
	b = binary.AppendVarint(b, p.x-e.cursor.x)
	b = binary.AppendVarint(b, p.y-e.cursor.y)
	e.cursor = p
	return b
}

// appendBytes writes a length-delimited protobuf field.
func appendBytes[T string | []byte](b []byte, key byte, data T) []byte {
	b = binary.AppendUvarint(append(b, key), uint64(len(data)))
	return append(b, data...)
}
