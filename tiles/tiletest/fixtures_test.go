package tiletest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"tengdi/geo/exchange/fixture"
)

// stated is a fixture's tile.json: the tile before it was encoded.
type stated struct {
	Layers []struct {
		Version  any
		Name     string
		Keys     []any
		Values   []map[string]any
		Extent   any
		Features []struct {
			ID       *uint64
			Tags     []float64
			Type     int
			Geometry []uint64
		}
	}
}

// mistaken are fixtures that state to be valid and hold what another states to be
// invalid, and the specification forbids: 016 is 003 byte by byte, without a
// geometry type, and 057 has the MoveTo of half a milliard points of 051.
func mistaken() map[string][2]string {
	return map[string][2]string{"016": {"003", "\x12\x07\x08\x01\x22\x03\x09\x32\x22"}, "057": {"051", "\xf9\xff\xff\xff\x0f"}}
}

// TestFixtures: every tile of mapbox/mvt-fixtures gets the verdict that it states
// for version 2 of the specification, and those that are valid are read as stated.
func TestFixtures(t *testing.T) {
	root := filepath.Join(fixture.Dir(t), "mvt", "fixtures")
	folders, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	valid, refused := 0, 0
	for _, folder := range folders {
		name := folder.Name()
		var info struct {
			Description string
			Validity    struct{ V2 bool }
		}
		readJSON(t, filepath.Join(root, name, "info.json"), &info)
		raw := mustRead(t, filepath.Join(root, name, "tile.mvt"))
		want := info.Validity.V2
		if other, ok := mistaken()[name]; ok {
			fault := []byte(other[1])
			if !want || !bytes.Contains(raw, fault) || !bytes.Contains(mustRead(t, filepath.Join(root, other[0], "tile.mvt")), fault) {
				t.Errorf("%s has not the fault of %s", name, other[0])
			}
			want = false
		}
		layers, err := DecodeAny(raw)
		switch {
		case want != (err == nil):
			t.Errorf("%s, valid %v: %v: %s", name, want, err, info.Description)
		case want:
			valid++
			var tile stated
			readJSON(t, filepath.Join(root, name, "tile.json"), &tile)
			sameAsStated(t, name, layers, tile)
		default:
			refused++
			if _, err := Decode(raw); err == nil {
				t.Errorf("%s: the strict reader takes it", name)
			}
		}
	}
	if valid != 44 || refused != 30 {
		t.Errorf("%d valid, %d refused", valid, refused)
	}
}

func sameAsStated(t *testing.T, name string, layers []Layer, want stated) {
	t.Helper()
	if len(layers) != len(want.Layers) {
		t.Errorf("%s: %d layers, want %d", name, len(layers), len(want.Layers))
		return
	}
	for i, l := range layers {
		w := want.Layers[i]
		if l.Name != w.Name || len(l.Features) != len(w.Features) {
			t.Errorf("%s: layer %q of %d features, want %q of %d", name, l.Name, len(l.Features), w.Name, len(w.Features))
			continue
		}
		for k, f := range l.Features {
			s := w.Features[k]
			if s.ID != nil && f.ID != *s.ID {
				t.Errorf("%s: feature %d, want %d", name, f.ID, *s.ID)
			}
			values := map[string]any{}
			for n := 0; n+1 < len(s.Tags); n += 2 {
				for kind, v := range w.Values[int(s.Tags[n+1])] { // one
					if kind == "string_value" {
						v = fmt.Sprint(v) // 076 states a number
					}
					values[w.Keys[int(s.Tags[n])].(string)] = v
				}
			}
			if got := inFloats(f.Values); !reflect.DeepEqual(got, values) {
				t.Errorf("%s: attributes %v, want %v", name, got, values)
			}
			if got := commands(f); s.Type != 0 && !slices.Equal(got, s.Geometry) {
				t.Errorf("%s: geometry %v, want %v", name, got, s.Geometry)
			}
		}
	}
}

// inFloats has every number as JSON has it; a float of 32 bits as JSON rounds it.
func inFloats(values map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range values {
		switch v := v.(type) {
		case int64:
			out[key] = float64(v)
		case float64:
			out[key] = v
			if short := float64(float32(v)); short == v {
				text, err := json.Marshal(float32(v))
				if err == nil {
					_ = json.Unmarshal(text, &v)
				}
				out[key] = v
			}
		default:
			out[key] = v
		}
	}
	return out
}

// commands writes a feature's geometry again.
func commands(f Feature) (out []uint64) {
	at := XY{}
	step := func(v XY) {
		for axis := range v {
			d := v[axis] - at[axis]
			out = append(out, uint64(d<<1)^uint64(d>>63))
		}
		at = v
	}
	if n := len(f.Points); n > 0 {
		out = append(out, uint64(n)<<3|moveTo)
		for _, v := range f.Points {
			step(v)
		}
	}
	path := func(vs []XY) {
		out = append(out, 1<<3|moveTo)
		step(vs[0])
		out = append(out, uint64(len(vs)-1)<<3|lineTo)
		for _, v := range vs[1:] {
			step(v)
		}
	}
	for _, line := range f.Lines {
		path(line)
	}
	for _, p := range f.Polygons {
		for _, r := range p {
			path(r)
			out = append(out, 1<<3|closePath)
		}
	}
	return out
}

// TestRealWorldTiles: tiles of another's making, all of which are sound.
func TestRealWorldTiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixture.Dir(t), "mvt", "real-world-compressed", "*.mvt.gz"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		packed, err := gzip.NewReader(bytes.NewReader(mustRead(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(packed)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := DecodeAny(raw)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		features, lines, polygons := 0, 0, 0
		for _, l := range layers {
			for _, f := range l.Features {
				features++
				lines += len(f.Lines)
				polygons += len(f.Polygons)
			}
		}
		t.Logf("%s: %d layers, %d features, %d lines, %d polygons", filepath.Base(file), len(layers), features, lines, polygons)
		if err == nil && (features < 100 || lines == 0 || polygons == 0) {
			t.Errorf("%s: %d features, %d lines, %d polygons", filepath.Base(file), features, lines, polygons)
		}
	}
}

func readJSON(t *testing.T, path string, to any) {
	t.Helper()
	if err := json.Unmarshal(mustRead(t, path), to); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
