package web

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const someManifest = `{
  "_index-aaaaaaaa.js": {"file": "assets/index-aaaaaaaa.js", "css": ["assets/index-aaaaaaaa.css"]},
  "_shared-bbbbbbbb.js": {"file": "assets/shared-bbbbbbbb.js", "imports": ["_index-aaaaaaaa.js"]},
  "src/ui/mappage.tsx": {"file": "assets/mappage-dddddddd.js", "imports": ["_shared-bbbbbbbb.js", "_index-aaaaaaaa.js"], "css": ["assets/mappage-dddddddd.css"]},
  "src/ui/standing.ts": {"file": "assets/standing-eeeeeeee.js", "imports": ["_shared-bbbbbbbb.js"]},
  "src/listings/listings.css": {"file": "assets/listings-ffffffff.css", "isEntry": true}
}`

func madeFrontEnd(t *testing.T) *assets {
	t.Helper()
	a, err := loadAssets(fstest.MapFS{
		"index.html":          {Data: []byte(`<!doctype html><script src="/assets/index-aaaaaaaa.js"></script><link href="/assets/index-aaaaaaaa.css">`)},
		".vite/manifest.json": {Data: []byte(someManifest)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What a page's script imports comes with it, once, and in the order that it is needed.
func TestManifestNeeds(t *testing.T) {
	m := madeFrontEnd(t).made
	scripts, styles := m.needs("src/ui/mappage.tsx", "src/ui/standing.ts")
	want := []string{"/assets/index-aaaaaaaa.js", "/assets/shared-bbbbbbbb.js", "/assets/mappage-dddddddd.js", "/assets/standing-eeeeeeee.js"}
	if !slices.Equal(scripts, want) {
		t.Errorf("scripts %v", scripts)
	}
	if want := []string{"/assets/index-aaaaaaaa.css", "/assets/mappage-dddddddd.css"}; !slices.Equal(styles, want) {
		t.Errorf("styles %v", styles)
	}
	if scripts, styles := m.needs("src/listings/listings.css"); scripts != nil || !slices.Equal(styles, []string{"/assets/listings-ffffffff.css"}) {
		t.Errorf("a style of its own: scripts %v, styles %v", scripts, styles)
	}
	if scripts, styles := m.needs("src/nothing.ts"); scripts != nil || styles != nil {
		t.Errorf("a source that is not there: %v %v", scripts, styles)
	}
}

// The map's files set out with the page, not after the app's entry has run.
func TestPagePreloads(t *testing.T) {
	a := madeFrontEnd(t)
	got := getAsset(t, a, "GET", "/map").Header.Get("Link")
	want := "</assets/mappage-dddddddd.css>; rel=preload; as=style; crossorigin, " +
		"</assets/shared-bbbbbbbb.js>; rel=modulepreload, </assets/mappage-dddddddd.js>; rel=modulepreload, " +
		"</assets/standing-eeeeeeee.js>; rel=modulepreload"
	if got != want {
		t.Errorf("the map preloads %s", got)
	}
	for _, path := range []string{"/", "/signin", "/areas/YYL-01"} {
		if got := getAsset(t, a, "GET", path).Header.Get("Link"); strings.Contains(got, "standing") {
			t.Errorf("%s preloads the map: %s", path, got)
		}
	}
	if got := getAsset(t, a, "GET", "/nothing", "Accept", "text/html").Header.Get("Link"); got != "" {
		t.Errorf("a page that is not there preloads %s", got)
	}
	if got := getAsset(t, a, "GET", "/.vite/manifest.json"); got.StatusCode != 404 {
		t.Errorf("the manifest is served: %d", got.StatusCode)
	}
	if _, err := loadAssets(fstest.MapFS{"index.html": {}, ".vite/manifest.json": {Data: []byte("{")}}); err == nil {
		t.Error("a broken manifest is taken")
	}
}

// Every page that preloads something names a source that the front end has; a
// front end that was not built cannot tell.
func TestPageSourcesExist(t *testing.T) {
	a, err := loadAssets(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !a.built {
		t.Log("the front end is not built: only its sources in the table are known")
		return
	}
	for _, path := range pagePaths() {
		for _, source := range pageSources(path) {
			if scripts, _ := a.made.needs(source); len(scripts) == 0 {
				t.Errorf("%s preloads %s, which the front end does not have", path, source)
			}
		}
	}
}
