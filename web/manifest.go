package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// manifestName is where the bundler tells which files it made of which sources.
const manifestName = ".vite/manifest.json"

// manifest is the bundler's account of the front end, by source file.
type manifest map[string]chunk

// chunk is one file of scripts, with what has to be there before it can run.
type chunk struct {
	File    string   `json:"file"`
	Name    string   `json:"name"`
	Src     string   `json:"src"`
	Imports []string `json:"imports"` // keys of the manifest
	CSS     []string `json:"css"`
}

func readManifest(body []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	return m, nil
}

// needs are the files that a source has become, with all that it imports:
// scripts and styles, by path from the root, each once, what is imported first.
// A source that the front end does not have needs nothing.
func (m manifest) needs(sources ...string) (scripts, styles []string) {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(key string) {
		c, ok := m[key]
		if !ok || seen[key] {
			return
		}
		seen[key] = true
		for _, k := range c.Imports {
			walk(k)
		}
		if strings.HasSuffix(c.File, ".css") {
			styles = append(styles, "/"+c.File)
		} else {
			scripts = append(scripts, "/"+c.File)
		}
		for _, f := range c.CSS {
			if !seen[f] {
				seen[f] = true
				styles = append(styles, "/"+f)
			}
		}
	}
	for _, s := range sources {
		walk(s)
	}
	return scripts, styles
}

// pageSources are the sources of the page that the app shows at an address,
// which the app would otherwise ask for only after it has come itself. The
// first page may be the map or the home page, told apart by what stands after #
// and is never sent.
func pageSources(path string) []string {
	first, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	switch first {
	case "map":
		return []string{"src/ui/mappage.tsx", "src/ui/standing.ts"}
	case "embed":
		return []string{"src/ui/embed.tsx", "src/ui/standing.ts"}
	case "board":
		return []string{"src/board/board.tsx"}
	case "signin":
		return []string{"src/ui/signin.tsx"}
	case "import":
		return []string{"src/ui/importpage.tsx"}
	case "":
		return nil
	}
	return []string{"src/staff/staff.tsx"}
}

// preload is the Link header that has the files of the page at an address
// fetched along with it, but for those that the page names itself.
func (a *assets) preload(path string) string {
	scripts, styles := a.made.needs(pageSources(path)...)
	var links []string
	add := func(file, how string) {
		if !bytes.Contains(a.page.body, []byte(`"`+file+`"`)) {
			links = append(links, "<"+file+">; "+how)
		}
	}
	for _, f := range styles {
		add(f, "rel=preload; as=style; crossorigin")
	}
	for _, f := range scripts {
		add(f, "rel=modulepreload")
	}
	return strings.Join(links, ", ")
}
