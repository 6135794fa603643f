package web

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// The base map comes in the coding that the caller likes best, the same in each, with
// a tag of its own; who has it in any coding is told so, and who takes none is refused.
func TestBaseMapComesInEveryCoding(t *testing.T) {
	d := village()
	for i := range 200 {
		at := float64(i) / 5000
		d.References = append(d.References, geo.Reference{Kind: "road", Class: "street", Name: fmt.Sprintf("第%d路", i), Geometry: orb.LineString{{113.09 + at, 29.37}, {113.15, 29.37 + at}}})
	}
	s := newSite(t, d, nil)
	v := s.visitor()
	_, plain := v.get("/api/reference", "Accept-Encoding", "identity")
	decoders := map[string]func([]byte) ([]byte, error){
		"br": func(b []byte) ([]byte, error) { return io.ReadAll(brotli.NewReader(bytes.NewReader(b))) },
		"zstd": func(b []byte) ([]byte, error) {
			r, err := zstd.NewReader(bytes.NewReader(b))
			if err != nil {
				return nil, err
			}
			defer r.Close()
			return io.ReadAll(r)
		},
		"gzip": func(b []byte) ([]byte, error) {
			r, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				return nil, err
			}
			return io.ReadAll(r)
		},
	}
	sizes, tags := map[string]int{}, map[string]bool{}
	for coding, decode := range decoders {
		res, body := v.get("/api/reference", "Accept-Encoding", coding)
		got, err := decode(body)
		tag := res.Header.Get("ETag")
		if err != nil || !bytes.Equal(got, plain) || res.Header.Get("Content-Encoding") != coding || res.Header.Get("Vary") != "Accept-Encoding" || tag == "" || tags[tag] {
			t.Errorf("%s: %v of %d bytes, %v, %v", coding, res.Header, len(got), err, tags)
		}
		sizes[coding], tags[tag] = len(body), true
		for other := range decoders {
			if res, body := v.get("/api/reference", "Accept-Encoding", other, "If-None-Match", tag); res.StatusCode != 304 || len(body) > 0 || res.Header.Get("ETag") != tag {
				t.Errorf("%s held, %s asked for: %d", coding, other, res.StatusCode)
			}
		}
	}
	res, _ := v.get("/api/reference", "Accept-Encoding", "gzip, deflate, br, zstd")
	if res.Header.Get("Content-Encoding") != "br" || sizes["br"] >= sizes["gzip"] || sizes["gzip"]*2 > len(plain) {
		t.Errorf("%s of %v, plain %d", res.Header.Get("Content-Encoding"), sizes, len(plain))
	}
	if res, _ := v.get("/api/reference", "Accept-Encoding", "identity;q=0, br;q=0, *;q=0"); res.StatusCode != 406 {
		t.Errorf("nothing is taken: %d", res.StatusCode)
	}
	if res, body := v.do("HEAD", "/api/reference", nil, "Accept-Encoding", "br"); len(body) > 0 || res.ContentLength != int64(sizes["br"]) {
		t.Errorf("HEAD: %d bytes, says %d", len(body), res.ContentLength)
	}
}
