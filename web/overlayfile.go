package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Bounds of an overlay. What is larger belongs into PMTiles, which a map reads
// piece by piece.
const (
	maxDescription     = 64 << 10
	maxOverlayGeoJSON  = 8 << 20
	maxOverlayArchive  = 4 << 30
	maxOverlayFeatures = 20_000
	maxOverlayWord     = 200 // characters of a name
	maxOverlayLayers   = 50
)

// overlayKinds are the kinds of overlays, in the order in which they are listed:
// land that is not to be built on or not ours to plan, boards, streets, drawings
// of planners, and whatever else.
func overlayKinds() []string {
	return []string{"exclusion", "board", "street", "blueprint", "other"}
}

// overlayColours are the colours of the kinds, where a description names none.
func overlayColours() map[string]string {
	return map[string]string{"exclusion": "#6b6f76", "board": "#7a3e9d", "street": "#1f6feb", "blueprint": "#b4501e", "other": "#0b7a75"}
}

// overlayDescription is what the file beside an overlay says of it: zones.json of
// zones.geojson. Without one the layer is for staff alone, under its own name.
type overlayDescription struct {
	Title         string       `json:"title"`
	TitleEn       string       `json:"title_en"`
	Kind          string       `json:"kind"`
	Colour        string       `json:"colour"` // as #rrggbb
	Attribution   string       `json:"attribution"`
	AttributionEn string       `json:"attribution_en"`
	Audience      geo.Audience `json:"audience"`
	// The properties that name a feature; "name" and "name_en" where it does not say.
	Name   string `json:"name"`
	NameEn string `json:"name_en"`
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// readDescription reads a description, "" standing for none. What it does not say
// has its default: above all, that the layer is for staff.
func readDescription(name string, text []byte) (overlayDescription, error) {
	d := overlayDescription{}
	if len(text) > 0 {
		r := json.NewDecoder(bytes.NewReader(text))
		r.DisallowUnknownFields()
		if err := r.Decode(&d); err != nil {
			return d, fmt.Errorf("description: %w", err)
		}
		if _, err := r.Token(); !errors.Is(err, io.EOF) {
			return d, errors.New("description: there is more than one value in it")
		}
	}
	for _, or := range []struct {
		at   *string
		want string
	}{{&d.Title, name}, {&d.TitleEn, d.Title}, {&d.TitleEn, name}, {&d.AttributionEn, d.Attribution}, {&d.Kind, "other"}, {&d.Name, "name"}, {&d.NameEn, "name_en"}} {
		if *or.at == "" {
			*or.at = or.want
		}
	}
	if d.Audience == "" {
		d.Audience = geo.Staff
	}
	if d.Colour == "" {
		d.Colour = overlayColours()[d.Kind]
	}
	switch {
	case !slices.Contains(overlayKinds(), d.Kind):
		return d, fmt.Errorf("description: kind %q is none of %v", d.Kind, overlayKinds())
	case d.Audience != geo.Public && d.Audience != geo.Staff:
		return d, fmt.Errorf("description: audience %q is neither public nor staff", d.Audience)
	case !colourForm.MatchString(d.Colour):
		return d, fmt.Errorf("description: colour %q is not written as #1f6feb", d.Colour)
	}
	for _, text := range []string{d.Title, d.TitleEn, d.Attribution, d.AttributionEn, d.Name, d.NameEn} {
		if text != "" && !plainText(text, maxOverlayWord) {
			return d, fmt.Errorf("description: %q is longer than %d characters, or has others than text", text, maxOverlayWord)
		}
	}
	return d, nil
}

// overlayLayer is a GeoJSON file that was read: what is handed out is written
// anew from it, so that only geometry and names can come from a file.
type overlayLayer struct {
	body   []byte
	n      int
	bounds orb.Bound
}

// overlayFeature is a feature of a file. Properties that do not name it stay
// behind: a drawing may carry what is nobody's business.
type overlayFeature struct {
	Type       string                     `json:"type"`
	Properties map[string]json.RawMessage `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// readOverlay reads a FeatureCollection of RFC 7946 in degrees of WGS 84 or
// CGCS2000. Features without a geometry are left out. The error says what is
// wrong with the file.
func readOverlay(text []byte, d overlayDescription) (overlayLayer, error) {
	var in struct {
		Type     string           `json:"type"`
		Features []overlayFeature `json:"features"`
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		return overlayLayer{}, errors.New("it is not UTF-8")
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return overlayLayer{}, err
	}
	if in.Type != "FeatureCollection" || in.Features == nil {
		return overlayLayer{}, errors.New("it is no FeatureCollection")
	}
	if len(in.Features) > maxOverlayFeatures {
		return overlayLayer{}, fmt.Errorf("it has %d features, more than %d", len(in.Features), maxOverlayFeatures)
	}
	out := overlayLayer{}
	b := []byte(`{"type":"FeatureCollection","features":[`)
	for i, f := range in.Features {
		if f.Type != "Feature" {
			return out, fmt.Errorf("feature %d: it is no Feature", i+1)
		}
		if f.Geometry == nil {
			continue
		}
		g, err := readGeometry(f.Geometry.Type, f.Geometry.Coordinates)
		if err != nil {
			return out, fmt.Errorf("feature %d: %w", i+1, err)
		}
		if out.n > 0 {
			b = append(b, ',')
			out.bounds = out.bounds.Union(g.Bound())
		} else {
			out.bounds = g.Bound()
		}
		out.n++
		b = append(b, "\n{\"type\":\"Feature\",\"properties\":{\"name\":"...)
		b = appendText(b, nameIn(f.Properties, d.Name))
		b = append(b, `,"name_en":`...)
		b = appendText(b, nameIn(f.Properties, d.NameEn))
		b = append(b, `},"geometry":`...)
		if b, err = appendGeometry(b, g); err != nil {
			return out, err
		}
		b = append(b, '}')
	}
	if out.n == 0 {
		return out, errors.New("nothing in it has a geometry")
	}
	out.body = append(b, "\n]}\n"...)
	return out, nil
}

// nameIn is a property that is text or a number, cut to the length of a name; ""
// for anything else.
func nameIn(properties map[string]json.RawMessage, key string) string {
	var text string
	if json.Unmarshal(properties[key], &text) != nil {
		var n json.Number
		if json.Unmarshal(properties[key], &n) != nil {
			return ""
		}
		text = n.String()
	}
	if r := []rune(text); len(r) > maxOverlayWord {
		text = string(r[:maxOverlayWord])
	}
	return text
}

// readGeometry reads the coordinates of a geometry of a kind.
func readGeometry(kind string, raw json.RawMessage) (orb.Geometry, error) {
	switch kind {
	case "Point":
		return readShape(raw, pointOf)
	case "MultiPoint":
		return readShape(raw, pointsOf[orb.MultiPoint](1))
	case "LineString":
		return readShape(raw, pointsOf[orb.LineString](2))
	case "MultiLineString":
		return readShape(raw, partsOf[orb.MultiLineString](pointsOf[orb.LineString](2)))
	case "Polygon":
		return readShape(raw, polygonOf)
	case "MultiPolygon":
		return readShape(raw, partsOf[orb.MultiPolygon](polygonOf))
	}
	return nil, fmt.Errorf("a geometry of type %q is not drawn", kind)
}

// readShape decodes nested lists of positions and makes a geometry of them.
func readShape[C any, G orb.Geometry](raw json.RawMessage, make func(C) (G, error)) (orb.Geometry, error) {
	var c C
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, err
	}
	g, err := make(c)
	if err != nil {
		return nil, err
	}
	return g, nil
}

// pointOf takes a position in degrees; a height is left off.
func pointOf(c []float64) (orb.Point, error) {
	if len(c) < 2 || len(c) > 4 {
		return orb.Point{}, fmt.Errorf("a position has %d numbers", len(c))
	}
	if math.Abs(c[0]) > 180 || math.Abs(c[1]) > 90 {
		return orb.Point{}, fmt.Errorf("%v, %v is no longitude and latitude in degrees", c[0], c[1])
	}
	return orb.Point{c[0], c[1]}, nil
}

func pointsOf[L ~[]orb.Point](least int) func([][]float64) (L, error) {
	return func(c [][]float64) (L, error) {
		if len(c) < least {
			return nil, fmt.Errorf("a line of %d points", len(c))
		}
		return partsOf[L](pointOf)(c)
	}
}

func partsOf[L ~[]P, P, C any](one func(C) (P, error)) func([]C) (L, error) {
	return func(list []C) (L, error) {
		if len(list) == 0 {
			return nil, errors.New("an empty geometry")
		}
		out := make(L, 0, len(list))
		for _, c := range list {
			p, err := one(c)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		return out, nil
	}
}

func polygonOf(c [][][]float64) (orb.Polygon, error) {
	return partsOf[orb.Polygon](func(c [][]float64) (orb.Ring, error) {
		r, err := pointsOf[orb.Ring](4)(c)
		if err == nil && !r.Closed() {
			err = errors.New("a ring that is not closed")
		}
		return r, err
	})(c)
}
