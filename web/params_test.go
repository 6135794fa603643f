package web

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestCheckQuery(t *testing.T) {
	known := []string{"bbox", "limit"}
	cases := []struct{ query, field, code string }{
		{"", "", ""},
		{"bbox=1&limit=2&lang=en", "", ""},
		{"a=rand", "a", "unknown_parameter"},
		{"limit=1&limit=2", "limit", "repeated"},
		{"limit=%ff", "limit", "not_text"},
		{"limit=1%00", "limit", "not_text"},
		{"Limit=1", "Limit", "unknown_parameter"},
		{"%1B%5B31m=1", "?[31m", "unknown_parameter"},
	}
	for _, c := range cases {
		err := checkQuery(httptest.NewRequest("GET", "/?"+c.query, nil), known)
		if c.field == "" {
			if err != nil {
				t.Errorf("%q: %v", c.query, err)
			}
			continue
		}
		p := problemOf(err, chinese)
		if p.Status != 400 || len(p.Fields) != 1 || p.Fields[0].Field != c.field || p.Fields[0].Code != c.code {
			t.Errorf("%q: %+v", c.query, p)
		}
	}
	for _, c := range []struct{ query, field, reason string }{
		{"a=1;b=2", "a", "%3B"},
		{"%zz=1", "%zz", "%25"},
		{"limit=5%", "limit", "%25"},
		{"limit=1&filter=parcels.status=listed;parcels.mu>=10", "filter", "%3B"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = c.query
		p := problemOf(checkQuery(r, known), chinese)
		if p.Status != 400 || len(p.Fields) != 1 || p.Fields[0].Field != c.field || !strings.Contains(p.Fields[0].Zh, c.reason) || !strings.Contains(p.Fields[0].En, c.reason) {
			t.Errorf("%q: %+v", c.query, p)
		}
	}
}

func TestBBoxParam(t *testing.T) {
	good := map[string][4]float64{
		"113.1,29.3,113.2,29.4": {113.1, 29.3, 113.2, 29.4},
		"-180,-90,180,90":       {-180, -90, 180, 90},
		"1,2,1,2":               {1, 2, 1, 2},
		" 1, 2, 3, 4":           {1, 2, 3, 4},
	}
	for text, want := range good {
		b, err := bboxParam(url.Values{"bbox": {text}})
		if err != nil || *boundArray(b) != want {
			t.Errorf("%q: %v, %v", text, b, err)
		}
	}
	for _, text := range []string{
		"", "1,2,3", "1,2,3,4,5", "a,b,c,d", "NaN,1,2,3", "1,NaN,2,3", "1,2,NaN,3", "1,2,3,NaN",
		"-Inf,1,2,3", "3,2,1,4", "1,4,3,2", "-181,0,1,1", "0,0,181,1", "0,-91,1,1", "0,0,1,91", "1,2,3,1e400", ",,,",
	} {
		if b, err := bboxParam(url.Values{"bbox": {text}}); err == nil {
			t.Errorf("%q is taken as %v", text, b)
		}
	}
}

func FuzzBBoxParam(f *testing.F) {
	f.Add("113.1,29.3,113.2,29.4")
	f.Add("NaN,,1e9,0x1p3")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := bboxParam(url.Values{"bbox": {text}})
		if err == nil && !(b.Min[0] >= -180 && b.Min[0] <= b.Max[0] && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Min[1] <= b.Max[1] && b.Max[1] <= 90) {
			t.Errorf("%q gives %v", text, b)
		}
	})
}

func TestFeatureQueryClosedLists(t *testing.T) {
	ask := func(aud geo.Audience, collection, query string) error {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = featureQuery(aud, collection, q)
		return err
	}
	if err := ask(geo.Public, "parcels", "status=listed&area=A01&limit=1000&after=P01&lang=en"); err != nil {
		t.Error(err)
	}
	if err := ask(geo.Staff, "areas", "leader=%E5%8C%BA%E9%A2%86%E5%AF%BC07"); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		aud               geo.Audience
		collection, query string
	}{
		{geo.Public, "areas", "leader=x"},           // staff column
		{geo.Public, "parcels", "reserve_wan=1"},    // secret, and no filter
		{geo.Staff, "parcels", "mu=1"},              // no filter
		{geo.Staff, "parcels", "legal=legal"},       // of another collection
		{geo.Public, "parcels", "status="},          // nothing
		{geo.Public, "parcels", "limit=0"},          //
		{geo.Public, "parcels", "limit=1001"},       // bound + 1
		{geo.Public, "parcels", "limit=-5"},         //
		{geo.Public, "parcels", "limit=1e3"},        //
		{geo.Public, "parcels", "after="},           //
		{geo.Public, "parcels", "status=%0Alisted"}, // control character
		{geo.Public, "parcels", "after=" + strings.Repeat("x", maxCode+1)},
		{geo.Public, "parcels", "status=" + strings.Repeat("x", maxFilter+1)},
	} {
		if err := ask(c.aud, c.collection, c.query); kindOf(err) != geo.Invalid {
			t.Errorf("%s %s ?%s: %v", c.aud, c.collection, c.query, err)
		}
	}
}

func TestTileID(t *testing.T) {
	ask := func(z, x, y string) error {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetPathValue("z", z)
		r.SetPathValue("x", x)
		r.SetPathValue("y", y)
		_, err := tileID(r)
		return err
	}
	if err := ask("16", "0", "65535"); err != nil {
		t.Error(err)
	}
	// One tile has one URL: other spellings of its numbers would each be a cache
	// entry of their own.
	for _, bad := range []string{"", "+1", "01", "-1", "1.0", "1e3", "４", "4294967296", " 1", "0x1"} {
		if ask(bad, "0", "0") == nil || ask("0", bad, "0") == nil || ask("0", "0", bad) == nil {
			t.Errorf("%q passes as a number", bad)
		}
	}
}

// FuzzTileID: what passes is three plain decimals, and each tile passes in one
// spelling only.
func FuzzTileID(f *testing.F) {
	f.Add("16", "0", "65535")
	f.Add("00", "4294967296", "-1")
	f.Add("1e3", "４", "0x1")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetPathValue("z", z)
		r.SetPathValue("x", x)
		r.SetPathValue("y", y)
		id, err := tileID(r)
		if err == nil && id.String() != z+"/"+x+"/"+y {
			t.Errorf("%q, %q, %q pass as %s", z, x, y, id)
		}
		if err != nil && kindOf(err) != geo.NotFound {
			t.Errorf("%q, %q, %q: %v", z, x, y, err)
		}
	})
}

// A link that a chat has put parameters on leads to the page that was handed on,
// and the page, its address and its ETag do not know of them; a feed refuses them.
func TestLinksHandedOn(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	const added = "from=timeline&isappinstalled=0&utm_source=zzstranger"
	for _, path := range []string{"/listings", "/listings?status=sold", "/listings/P01", "/listings/P01/sheet", "/listings/compare?codes=P01,P02"} {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		plain, _ := v.get(path)
		res, body := v.get(path + mark + added)
		if res.StatusCode != 200 || bytes.Contains(body, []byte("zzstranger")) || bytes.Contains(body, []byte("isappinstalled")) {
			t.Errorf("%s handed on: %d, %.300s", path, res.StatusCode, body)
		}
		if tag := res.Header.Get("ETag"); tag == "" || strings.HasPrefix(path, "/listings/P01") && tag != plain.Header.Get("ETag") {
			t.Errorf("%s handed on has the ETag %s, alone %s", path, tag, plain.Header.Get("ETag"))
		}
	}
	for _, path := range []string{"/feeds/listings.atom", "/listings/P01/card.png", "/api/summary"} {
		if res, body := v.get(path + "?" + added); res.StatusCode != 400 {
			t.Errorf("%s takes what it does not know: %d, %.300s", path, res.StatusCode, body)
		}
	}
}
