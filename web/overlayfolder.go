package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"tengdi/geo"
	"tengdi/tiles/pmtiles"
)

// Bounds of the folder of overlays.
const (
	maxOverlays    = 60
	overlaysKept   = 64 << 20 // bytes of layers in memory
	descriptionEnd = ".json"
)

// overlays hands out the layers of a folder: GeoJSON and PMTiles files with a
// description beside them. A file that is replaced, or described anew, is looked
// at again. What is wrong with one is logged once.
type overlays struct {
	folder string // "" = none
	log    *slog.Logger

	one    singleflight.Group
	mu     sync.Mutex
	seen   map[overlayStamp]overlay
	bodies map[overlayStamp][]byte // of GeoJSON
	kept   int                     // bytes of bodies
}

// overlayStamp says which file was looked at, and with which description.
type overlayStamp struct {
	file                   string
	size, changed          int64
	sizeOfText, textMadeAt int64
}

func newOverlays(folder string, log *slog.Logger) *overlays {
	if folder != "" {
		folder = filepath.Clean(folder)
	}
	return &overlays{folder: folder, log: log, seen: map[overlayStamp]overlay{}, bodies: map[overlayStamp][]byte{}}
}

// list looks at every file of the folder.
func (o *overlays) list(aud geo.Audience) ([]overlayAnswer, error) {
	out := []overlayAnswer{}
	if o.folder == "" {
		return out, nil
	}
	dir, err := os.ReadDir(o.folder) // in order of name: zones.geojson comes before zones.pmtiles
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list overlays: %w", err)
	}
	names := map[string]bool{}
	for _, d := range dir {
		end := filepath.Ext(d.Name())
		name := strings.TrimSuffix(d.Name(), end)
		if end != overlayEnd && end != archiveEnd || names[name] || len(names) == maxOverlays {
			continue
		}
		f, one, _, err := o.open(name, end)
		if err != nil {
			continue // hidden, or gone meanwhile
		}
		_ = f.Close()
		if names[name] = one.fault == nil; one.seenBy(aud) {
			out = append(out, one.about)
		}
	}
	return out, nil
}

// has says whether a file has the name, for an audience.
func (o *overlays) has(name string, aud geo.Audience) bool {
	for _, end := range []string{overlayEnd, archiveEnd} {
		if f, one, _, err := o.open(name, end); err == nil {
			_ = f.Close()
			if one.seenBy(aud) {
				return true
			}
		}
	}
	return false
}

// openArchive opens a PMTiles file for an audience.
func (o *overlays) openArchive(name string, aud geo.Audience) (*os.File, overlay, error) {
	f, one, _, err := o.open(name, archiveEnd)
	if err != nil {
		return nil, overlay{}, err
	}
	if !one.seenBy(aud) {
		_ = f.Close()
		return nil, overlay{}, notHere()
	}
	return f, one, nil
}

// layer is a GeoJSON layer for an audience, as it is handed out.
func (o *overlays) layer(name string, aud geo.Audience) ([]byte, overlay, error) {
	f, one, stamp, err := o.open(name, overlayEnd)
	if err != nil {
		return nil, overlay{}, err
	}
	defer f.Close()
	if !one.seenBy(aud) {
		return nil, overlay{}, notHere()
	}
	o.mu.Lock()
	body, ok := o.bodies[stamp]
	o.mu.Unlock()
	if !ok { // pushed out by others meanwhile
		if one, err = o.look(name, overlayEnd, f, stamp); err != nil {
			return nil, overlay{}, err
		}
		o.mu.Lock()
		body = o.bodies[stamp]
		o.mu.Unlock()
	}
	if body == nil {
		return nil, overlay{}, notHere()
	}
	return body, one, nil
}

// open opens a file of the folder and says what it is; anything but a plain file
// under a plain name is not there.
func (o *overlays) open(name, end string) (*os.File, overlay, overlayStamp, error) {
	none := func() (*os.File, overlay, overlayStamp, error) { return nil, overlay{}, overlayStamp{}, notHere() }
	if o.folder == "" || !archiveName.MatchString(name) {
		return none()
	}
	root, err := os.OpenRoot(o.folder) // links do not lead out of it
	if err != nil {
		return none()
	}
	defer root.Close()
	// A pipe must not be opened: it would wait for who writes into it.
	if info, err := root.Stat(name + end); err != nil || !info.Mode().IsRegular() {
		return none()
	}
	f, err := root.Open(name + end)
	if err != nil {
		return none()
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return none()
	}
	stamp := overlayStamp{file: name + end, size: info.Size(), changed: info.ModTime().UnixNano()}
	if text, err := root.Stat(name + descriptionEnd); err == nil {
		stamp.sizeOfText, stamp.textMadeAt = text.Size(), text.ModTime().UnixNano()
	}
	o.mu.Lock()
	one, ok := o.seen[stamp]
	o.mu.Unlock()
	if !ok {
		if one, err = o.look(name, end, f, stamp); err != nil {
			_ = f.Close()
			return nil, overlay{}, stamp, err
		}
	}
	return f, one, stamp, nil
}

// look reads a file once, for all who ask at the same time.
func (o *overlays) look(name, end string, f *os.File, stamp overlayStamp) (overlay, error) {
	v, err, _ := o.one.Do(fmt.Sprint(stamp), func() (any, error) {
		one, body := o.read(name, end, f)
		if one.fault != nil {
			o.log.Warn("an overlay is not handed out", "file", stamp.file, "error", one.fault)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		if len(o.seen) >= 4*maxOverlays {
			clear(o.seen)
		}
		o.seen[stamp] = one
		if o.kept += len(body); o.kept > overlaysKept {
			clear(o.bodies)
			o.kept = len(body)
		}
		if body != nil {
			o.bodies[stamp] = body
		}
		return one, nil
	})
	if err != nil {
		return overlay{}, err
	}
	return v.(overlay), nil
}

// read reads a description and what it describes, through offsets of their own.
func (o *overlays) read(name, end string, f *os.File) (one overlay, body []byte) {
	fail := func(err error) (overlay, []byte) { return overlay{fault: err}, nil }
	text, err := o.description(name)
	if err != nil {
		return fail(err)
	}
	d, err := readDescription(name, text)
	if err != nil {
		return fail(err)
	}
	one.about = overlayAnswer{
		Name: name, Title: d.Title, TitleEn: d.TitleEn, Kind: d.Kind, Colour: d.Colour, Attribution: d.Attribution, AttributionEn: d.AttributionEn, Audience: d.Audience,
		Format: strings.TrimPrefix(end, "."), URL: "/overlays/" + name + end,
	}
	if end == archiveEnd {
		return one.ofArchive(f, d), nil
	}
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	if info.Size() > maxOverlayGeoJSON {
		return fail(fmt.Errorf("it has %d bytes, more than %d: make PMTiles of it", info.Size(), maxOverlayGeoJSON))
	}
	raw, err := io.ReadAll(io.NewSectionReader(f, 0, maxOverlayGeoJSON))
	if err != nil {
		return fail(err)
	}
	layer, err := readOverlay(raw, d)
	if err != nil {
		return fail(err)
	}
	one.describe(layer)
	return one, layer.body
}

// describe tells of a layer what the list says.
func (o *overlay) describe(l overlayLayer) {
	o.about.Bytes, o.about.Features = int64(len(l.body)), l.n
	o.about.Bounds = [4]float64{l.bounds.Min[0], l.bounds.Min[1], l.bounds.Max[0], l.bounds.Max[1]}
	o.etag = entityTag(o.about.Audience, l.body)
}

// description reads the file that describes a layer; nil when there is none.
func (o *overlays) description(name string) ([]byte, error) {
	root, err := os.OpenRoot(o.folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name + descriptionEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxDescription || info.Size() == 0 {
		return nil, fmt.Errorf("%s is no description", name+descriptionEnd)
	}
	return root.ReadFile(name + descriptionEnd)
}

// ofArchive reads what a PMTiles file says of itself. Only vector tiles are drawn,
// and a map of the staff stays with them, whatever its description says.
func (o overlay) ofArchive(f *os.File, d overlayDescription) overlay {
	fail := func(err error) overlay { return overlay{fault: err} }
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	if info.Size() > maxOverlayArchive {
		return fail(fmt.Errorf("it has %d bytes, more than %d", info.Size(), int64(maxOverlayArchive)))
	}
	r, err := pmtiles.Open(f)
	if err != nil {
		return fail(err)
	}
	var m struct {
		Audience geo.Audience          `json:"audience"`
		Layers   []struct{ ID string } `json:"vector_layers"`
	}
	if err := r.Metadata(&m); err != nil {
		return fail(err)
	}
	h := r.Header()
	if h.TileType != pmtiles.VectorTile || len(m.Layers) == 0 || len(m.Layers) > maxOverlayLayers {
		return fail(fmt.Errorf("it has no vector tiles with 1 to %d named layers", maxOverlayLayers))
	}
	for _, l := range m.Layers {
		if !plainText(l.ID, maxOverlayWord) {
			return fail(fmt.Errorf("a layer is named %.100q", l.ID))
		}
		o.about.Layers = append(o.about.Layers, l.ID)
	}
	if m.Audience == geo.Staff {
		o.about.Audience = geo.Staff
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return fail(err)
	}
	o.etag = `"` + hex.EncodeToString(hash.Sum(nil))[:32] + `"`
	o.about.Bytes, o.about.MinZoom, o.about.MaxZoom = info.Size(), int(h.MinZoom), int(h.MaxZoom)
	o.about.Bounds = [4]float64{h.West, h.South, h.East, h.North}
	o.about.NameField, o.about.NameEnField = d.Name, d.NameEn
	return o
}
