package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tengdi/geo"
	"tengdi/tiles"
	"tengdi/tiles/tiletest"
)

// mapTells holds what the tiles draw under the filter on the day against the summary:
// areas and projects by state, cleared land by size, parcels by state with their size,
// in cells from afar and one by one from near.
func (f *faces) mapTells(name string, q url.Values, sum summaryAnswer, areas []string) {
	t := f.t
	t.Helper()
	narrowed := q.Get("area")+q.Get("board")+q.Get("street")+q.Get("leader")+q.Get("status") != ""
	terms := []string{}
	if status := q.Get("status"); status != "" {
		terms = append(terms, "areas.status="+status)
	}
	if use := q.Get("use_class"); use != "" {
		terms = append(terms, "parcels.use="+use)
	}
	near := f.draw(f.near, q.Get("at"), strings.Join(terms, ";"))
	parcels, projects := f.kept(q, "parcels", areas, narrowed), f.kept(q, "projects", areas, narrowed)
	mine := func(ids map[uint64]bool) func(tiletest.Feature) bool {
		return func(x tiletest.Feature) bool { return !narrowed || ids[x.ID] }
	}
	ofArea := func(key string) func(tiletest.Feature) bool {
		return func(x tiletest.Feature) bool { return !narrowed || slices.Contains(areas, x.Values[key].(string)) }
	}
	same := func(what string, got, want map[string]landCount) {
		t.Helper()
		for code := range want {
			if math.Abs(got[code].Mu-want[code].Mu) > 0.005*float64(1+want[code].N) || got[code].N != want[code].N {
				t.Errorf("%s: %s %s: %+v on the map, %+v in the summary", name, what, code, got[code], want[code])
			}
		}
		for code := range got {
			if _, ok := want[code]; !ok {
				t.Errorf("%s: %s %s: %+v on the map, none in the summary", name, what, code, got[code])
			}
		}
	}
	byArea, byProject := map[string]landCount{}, map[string]landCount{}
	for _, s := range sum.Areas.ByStatus {
		byArea[s.Code] = landCount{N: s.N}
	}
	for _, s := range sum.Projects.ByStatus {
		byProject[s.Code] = landCount{N: s.N}
	}
	same("areas", counted(near["areas"], ofArea("code")), byArea)
	same("projects", counted(near["projects"], mine(projects)), byProject)
	byParcel := map[string]landCount{}
	for _, s := range sum.Parcels.ByStatus {
		byParcel[s.Code] = landCount{N: s.N, Mu: s.Mu}
	}
	if cells := f.cellsIn(near); len(cells) > 0 {
		t.Fatalf("%s: the near tiles have cells: %v", name, cells)
	}
	same("parcels drawn", counted(near["parcels"], mine(parcels)), byParcel)
	f.drawn++
	f.clearedOnMap(name, near["cleared"], ofArea("area"), sum)

	if narrowed {
		codes := f.codesOf(near["parcels"], parcels)
		if len(codes) == 0 || len(codes) > 64 { // as many as a filter may name
			return
		}
		terms = append(terms, "parcels.code="+strings.Join(codes, "|"))
	}
	same("parcels in cells", f.cellsIn(f.draw(f.far, q.Get("at"), strings.Join(terms, ";"))), byParcel)
	f.cells++
}

// draw reads the layers of tiles under a filter on a day, each feature once.
func (f *faces) draw(ids []tiles.ID, at, filter string) map[string]map[string]tiletest.Feature {
	f.t.Helper()
	q := url.Values{}
	if at != "" {
		q.Set("at", at)
	}
	if filter != "" {
		q.Set("filter", filter)
	}
	out := map[string]map[string]tiletest.Feature{}
	for _, id := range ids {
		res, body := f.v.get(fmt.Sprintf("/tiles/staff/%s.mvt?%s", id, q.Encode()))
		if res.StatusCode == http.StatusNoContent {
			continue
		}
		layers, err := tiletest.Decode(body)
		if err != nil || res.StatusCode != http.StatusOK {
			f.t.Fatalf("tile %s?%s: %d %s, %v", id, q.Encode(), res.StatusCode, body, err)
		}
		for _, l := range layers {
			if l.Name == "left_out" {
				f.t.Fatalf("tile %s?%s has no room for all", id, q.Encode())
			}
			if out[l.Name] == nil {
				out[l.Name] = map[string]tiletest.Feature{}
			}
			for _, x := range l.Features {
				key := strconv.FormatUint(x.ID, 10)
				if l.Name == "parcelcells" { // whose ids are numbers in their tile
					key = id.String() + " " + key
				}
				out[l.Name][key] = x
			}
		}
	}
	return out
}

// counted counts features by state and adds up the mu that they say they have.
func counted(features map[string]tiletest.Feature, mine func(tiletest.Feature) bool) map[string]landCount {
	out := map[string]landCount{}
	for _, x := range features {
		if !mine(x) {
			continue
		}
		state, _ := x.Values["status"].(string)
		mu, _ := x.Values["mu"].(float64)
		if whole, ok := x.Values["mu"].(int64); ok {
			mu = float64(whole)
		}
		out[state] = landCount{N: out[state].N + 1, Mu: out[state].Mu + mu}
	}
	return out
}

// cellsIn adds the cells of parcels up, by state.
func (f *faces) cellsIn(layers map[string]map[string]tiletest.Feature) map[string]landCount {
	out := map[string]landCount{}
	for _, x := range layers["parcelcells"] {
		for key, v := range x.Values {
			code, size := strings.CutPrefix(key, "m2_")
			if !size {
				if code, size = strings.CutPrefix(key, "n_"); !size {
					continue
				}
			}
			n := out[code]
			switch v := v.(type) {
			case int64:
				if strings.HasPrefix(key, "n_") {
					n.N += int(v)
				} else {
					n.Mu += geo.SquareMetres(v).Mu()
				}
			case float64:
				n.Mu += geo.SquareMetres(v).Mu()
			}
			out[code] = n
		}
	}
	return out
}

// kept are the tile ids of what a filter keeps, as the map asks for them: of each
// area that is chosen.
func (f *faces) kept(q url.Values, collection string, areas []string, narrowed bool) map[uint64]bool {
	f.t.Helper()
	out := map[uint64]bool{}
	if !narrowed {
		return out
	}
	for _, area := range areas {
		ask := url.Values{"ids": {"1"}, "area": {area}}
		if use := q.Get("use_class"); use != "" && collection == "parcels" {
			ask.Set("use_class", use)
		}
		path := "/api/collections/" + collection + "/counts?" + ask.Encode()
		ids, asked := f.ids[path]
		if !asked {
			var a facetsAnswer
			f.v.read(path, &a)
			ids, f.ids[path] = a.IDs, a.IDs
		}
		for _, id := range ids {
			out[uint64(id)] = true
		}
	}
	return out
}

// codesOf are the codes of those that are drawn and kept.
func (f *faces) codesOf(features map[string]tiletest.Feature, kept map[uint64]bool) (codes []string) {
	for _, x := range features {
		if kept[x.ID] {
			codes = append(codes, x.Values["code"].(string))
		}
	}
	slices.Sort(codes)
	return codes
}

// clearedOnMap adds up the survey areas of the cleared land that is drawn.
func (f *faces) clearedOnMap(name string, drawn map[string]tiletest.Feature, mine func(tiletest.Feature) bool, sum summaryAnswer) {
	f.t.Helper()
	ids := []int64{}
	for _, x := range drawn {
		if mine(x) {
			ids = append(ids, int64(x.ID))
		}
	}
	var m2 float64
	if err := f.conn.QueryRow(f.t.Context(), `select coalesce(sum(official_m2), 0)::float8 from land.cleared_land where id = any($1)`, ids).Scan(&m2); err != nil {
		f.t.Fatal(err)
	}
	if math.Abs(geo.SquareMetres(m2).Mu()-sum.Areas.ClearedMu) > 1e-3 {
		f.t.Errorf("%s: the cleared land on the map has %v m2, the summary %v mu", name, m2, sum.Areas.ClearedMu)
	}
}
