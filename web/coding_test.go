package web

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"tengdi/geo"
	"tengdi/tiles"
)

func TestChooseCodings(t *testing.T) {
	const plain, gz, br, zst = tiles.Identity, tiles.Gzip, tiles.Brotli, tiles.Zstd
	for header, want := range map[string][]tiles.Coding{
		"":                              {plain},
		"gzip":                          {gz, plain},
		"gzip, deflate, br, zstd":       {br, zst, gz, plain},
		"gzip, deflate, br":             {br, gz, plain},
		"GZip":                          {gz, plain},
		"br;q=0.2, gzip;q=0.8":          {gz, br, plain},
		"br;q=0.2, gzip; Q=0.8":         {gz, br, plain},
		"gzip;q=0":                      {plain},
		"gzip;q=0.5, identity":          {plain, gz},
		"gzip;q=0.5, identity;q=0.4":    {gz, plain},
		"identity":                      {plain},
		"*":                             {br, zst, gz, plain},
		"*;q=0":                         {},
		"identity;q=0":                  {},
		"gzip, identity;q=0":            {gz},
		"gzip, *;q=0":                   {gz},
		"zstd;q=0.001, *;q=0.0":         {zst},
		"br;q=0, *":                     {zst, gz, plain},
		"deflate, compress":             {plain},
		"gzip;q=nan, br;q=0.999":        {gz, br, plain},
		"gzip;q=-1":                     {plain},
		"br;q=9, gzip;q=1":              {br, gz, plain},
		",,;q=1,":                       {plain},
		"gzip;level=9":                  {gz, plain},
		"gzip;q=0, gzip;q=1":            {gz, plain},
		"\t zstd ;q=0.5\t,\tgzip;q=0.6": {gz, zst, plain},
	} {
		c := chooseCodings(header)
		if got := c.list[:c.n]; !slices.Equal(got, want) {
			t.Errorf("Accept-Encoding %q: %v, want %v", header, got, want)
		}
	}
}

func TestHeldTag(t *testing.T) {
	for header, want := range map[string]string{
		`"a"`: `"a"`, `W/"a-br"`: `"a-br"`, `"x", "a-gz9"`: `"a-gz9"`, `*`: `"a"`, `"b"`: "", ``: "", `a`: "",
	} {
		if got, ok := heldTag(header, `"a"`); got != want || ok != (want != "") {
			t.Errorf("If-None-Match %s: %s, %v", header, got, ok)
		}
	}
}

// A tile that is asked for again and again comes in the coding that was asked
// for; each form has a tag of its own, and each tag is a 304 for every caller.
func TestTileCodings(t *testing.T) {
	// Unlike a site's own, this engine compresses better what is asked for often.
	e, err := tiles.New(tiles.SpecOf(geo.Public), tiles.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, village(), func(c *Config) { c.Tilesets[geo.Public] = e })
	s.engines[geo.Public] = e
	s.load(geo.Public)
	v := s.visitor()
	_, raw := v.get(villageTile, "Accept-Encoding", "identity")
	tags := map[string]string{}
	for coding, unpack := range map[string]func([]byte) ([]byte, error){
		"br":   func(b []byte) ([]byte, error) { return io.ReadAll(brotli.NewReader(bytes.NewReader(b))) },
		"zstd": unzstd,
	} {
		accept := coding + ", gzip;q=0.5"
		first, _ := v.get(villageTile, "Accept-Encoding", accept)
		if first.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("the first answer to %q comes as %q", accept, first.Header.Get("Content-Encoding"))
		}
		tags[first.Header.Get("ETag")] = "gzip"
		for end := time.Now().Add(20 * time.Second); ; {
			res, body := v.get(villageTile, "Accept-Encoding", accept)
			if got := res.Header.Get("Content-Encoding"); got == coding {
				tags[res.Header.Get("ETag")] = coding
				if plain, err := unpack(body); err != nil || !bytes.Equal(plain, raw) || res.Header.Get("Vary") != "Accept-Encoding" {
					t.Errorf("%s has another tile, or wrong headers: %v, %v", coding, err, res.Header)
				}
				break
			}
			if time.Now().After(end) {
				t.Fatalf("no answer in %s", coding)
			}
		}
	}
	if len(tags) != 3 {
		t.Errorf("tags of three codings: %v", tags)
	}
	for tag := range tags {
		for _, accept := range []string{"gzip", "br", "identity"} {
			res, body := v.get(villageTile, "Accept-Encoding", accept, "If-None-Match", `"other", `+tag)
			if res.StatusCode != 304 || len(body) != 0 || res.Header.Get("ETag") != tag {
				t.Errorf("%s for a caller of %s: %d with the tag %s", tag, accept, res.StatusCode, res.Header.Get("ETag"))
			}
		}
	}
	if res, body := v.get(villageTile, "Accept-Encoding", "*;q=0"); res.StatusCode != 406 {
		t.Errorf("whoever takes nothing gets %d %s", res.StatusCode, body)
	}
}

func unzstd(b []byte) ([]byte, error) {
	r, err := zstd.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
