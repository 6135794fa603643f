package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"

	"tengdi/geo"
)

// statusesIn decodes a tile and lists a layer's codes with their states.
func statusesIn(t *testing.T, raw []byte, layer string) map[string]string {
	t.Helper()
	out := map[string]string{}
	if len(raw) == 0 {
		return out
	}
	layers, err := mvt.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if l.Name == layer {
				out[f.Properties["code"].(string)], _ = f.Properties["status"].(string)
			}
		}
	}
	return out
}

// A tile of a past day shows what there was, for each audience what it may know;
// today's is the tile without a day, and a filter leaves its layer's others out.
// Each query has tags of its own.
func TestTileQuery(t *testing.T) {
	s := newSite(t, village(), nil)
	staff := s.as(geo.RoleViewer)
	path := strings.Replace(villageTile, "public", "staff", 1)
	now, _ := s.visitor().get(villageTile, "Accept-Encoding", "identity")
	today := geo.DayOf(time.Now(), time.FixedZone("UTC+8", 8*60*60))
	_, raw := staff.get(path, "Accept-Encoding", "identity")
	_, same := staff.get(path+"?at="+today.String(), "Accept-Encoding", "identity")
	if string(raw) != string(same) {
		t.Error("the tile of today is another than that without a day")
	}
	for _, who := range []*visitor{s.visitor(), staff} {
		p := path
		if who != staff {
			p = villageTile
		}
		res, raw := who.get(p+"?at=1990-01-01", "Accept-Encoding", "identity")
		if res.StatusCode != 204 && len(statusesIn(t, raw, "parcels"))+len(statusesIn(t, raw, "areas")) > 0 {
			t.Errorf("%s in 1990: %d with %v", p, res.StatusCode, statusesIn(t, raw, "parcels"))
		}
	}
	all := statusesIn(t, raw, "parcels")
	some := ""
	for _, status := range all {
		some = status
	}
	res, filtered := staff.get(path+"?filter="+url.QueryEscape("parcels.status="+some), "Accept-Encoding", "identity")
	kept := statusesIn(t, filtered, "parcels")
	for code, status := range all {
		if _, ok := kept[code]; ok != (status == some) {
			t.Errorf("%s is %s: kept %v by a filter on %s", code, status, ok, some)
		}
	}
	if len(kept) == 0 || len(kept) == len(all) || len(statusesIn(t, filtered, "areas")) == 0 {
		t.Errorf("%d of %d parcels are kept, and %d areas", len(kept), len(all), len(statusesIn(t, filtered, "areas")))
	}
	tag := res.Header.Get("ETag")
	if res, _ := staff.get(path, "If-None-Match", tag); res.StatusCode != 200 || tag == "" || tag == now.Header.Get("ETag") {
		t.Errorf("the tag %s of a filtered tile holds for the whole one: %d", tag, res.StatusCode)
	}
	if res, _ := staff.get(path+"?v=1&filter="+url.QueryEscape("parcels.status="+some+"|"+some), "If-None-Match", tag); res.StatusCode != 304 {
		t.Errorf("the same filter written otherwise: %d", res.StatusCode)
	}
}

// The document of a query gives addresses that carry it, in canonical form.
func TestTileJSONQuery(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	_, body := v.get("/tiles/public.json?at=2018-06-30&filter=" + url.QueryEscape("parcels.mu>=1.0;areas.status=signing|cleared"))
	var doc struct{ Tiles []string }
	if err := json.Unmarshal(body, &doc); err != nil || len(doc.Tiles) != 1 {
		t.Fatalf("%s, %v", body, err)
	}
	_, query, _ := strings.Cut(doc.Tiles[0], "?")
	q, err := url.ParseQuery(query)
	if err != nil || q.Get("at") != "2018-06-30" || q.Get("filter") != "areas.status=cleared|signing;parcels.mu>=1" || !strings.Contains(doc.Tiles[0], "/{z}/{x}/{y}.mvt?") {
		t.Errorf("%s", doc.Tiles[0])
	}
	path := strings.NewReplacer("{z}", "14", "{x}", "13339", "{y}", "6793").Replace(doc.Tiles[0])
	at := strings.Index(path, "/tiles/")
	if res, _ := v.get(path[at:]); res.StatusCode >= 400 {
		t.Errorf("the address of the document: %d", res.StatusCode)
	}
	_, body = v.get("/tiles/public.json")
	if strings.Contains(string(body), "mvt?") {
		t.Errorf("without a query: %s", body)
	}
}

// Whatever a query says, the answer is the tile or a problem that names the
// parameter, in both languages.
func TestTileQueryRefused(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	tomorrow := geo.DayOf(time.Now(), time.FixedZone("UTC+8", 8*60*60)) + 1
	for query, field := range map[string]string{
		"at=":                                 "at",
		"at=2018-02-30":                       "at",
		"at=20180630":                         "at",
		"at=1970-01-01":                       "at",
		"at=1899-12-31":                       "at",
		"at=9999-12-31":                       "at",
		"at=" + tomorrow.String():             "at",
		"at=2018-06-30%00":                    "at",
		"at=2018-06-30&at=2018-07-01":         "at",
		"filter=":                             "filter",
		"filter=parcels.status":               "filter",
		"filter=buildings.status%3Dempty":     "filter", // no layer of the public's
		"filter=parcels.reserve_wan%3E1":      "filter",
		"filter=parcels.mu%3Dmany":            "filter",
		"filter=parcels.status%3Dnope":        "filter",
		"filter=projects.status%3Dlisted":     "filter", // a state of another machine
		"filter=parcels.use%3Dresidental":     "filter",
		"filter=%ff":                          "filter",
		"filter=" + strings.Repeat("x", 4000): "filter",
		"filter=parcels.code%3D" + url.QueryEscape("\x1b[31m\n"+strings.Repeat("岳", 300)) + "%3B": "filter",
		"bbox=1,2,3,4":  "bbox",
		"At=2018-06-30": "At",
		"filter[]=x":    "filter[]",
	} {
		for _, path := range []string{villageTile, "/tiles/public.json"} {
			texts := map[string]bool{}
			for _, lang := range []string{"zh-CN", "en"} {
				res, body := v.get(path+"?"+query, "Accept-Language", lang)
				var p problem
				if err := json.Unmarshal(body, &p); err != nil || res.StatusCode != 400 || len(p.Fields) != 1 || p.Fields[0].Field != field {
					t.Errorf("%s?%.60s: %d %.300s, %v", path, query, res.StatusCode, body, err)
					continue
				}
				texts[p.Fields[0].Zh+p.Fields[0].En] = p.Fields[0].Zh != "" && p.Fields[0].En != "" && len(p.Fields[0].Zh) < 400
			}
			for text, ok := range texts {
				if !ok || strings.ContainsAny(text, "\x1b\n") {
					t.Errorf("%s: the reason is %q", query, text)
				}
			}
		}
	}
	for _, path := range []string{"/tiles/staff.json", strings.Replace(villageTile, "public", "staff", 1)} {
		if res, _ := v.get(path + "?at=2018-06-30"); res.StatusCode != 401 {
			t.Errorf("%s for a visitor: %d", path, res.StatusCode)
		}
	}
}
