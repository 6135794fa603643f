package postgis

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"tengdi/geo"
)

// The bars of the time line are a recount of the log, month by month and state by
// state, for each audience and under filters; the public's are those moves into
// published states of what is published, and no others.
func TestMovesByMonthAreTheLog(t *testing.T) {
	s, _ := demoStore(t)
	conn := connect(t, s)
	for _, aud := range audiences() {
		for _, c := range geo.Collections() {
			if source(aud, c) == "" {
				continue
			}
			m, _ := geo.EntityOf(c)
			filters := []map[string]string{nil}
			for _, name := range []string{"status", "area", "board", "street", "use_class"} {
				if slices.ContainsFunc(fields(aud, c), func(f geo.Field) bool { return f.Name == name && f.Filter }) {
					filters = append(filters, map[string]string{name: mostCommon(t, s, aud, c, name)})
				}
			}
			for _, equal := range filters {
				q := geo.FeatureQuery{Collection: c, Equal: equal}
				got, err := s.MovesByMonth(t.Context(), aud, q)
				if err != nil {
					t.Fatal(err)
				}
				kept := codesOf(t, s, aud, q)
				states := []string{}
				for _, st := range geo.Statuses(m) {
					if aud == geo.Staff || st.Public {
						states = append(states, st.Code)
					}
				}
				rows, err := conn.Query(t.Context(), `
					select e.happened, e.to_state
					from land.event e
					join land.`+string(m)+` x on x.id = e.entity_id
					where e.entity = $1 and e.verb = 'moved' and e.to_state = any($2) and x.code = any($3)`, string(m), states, kept)
				if err != nil {
					t.Fatal(err)
				}
				want := map[string]int{}
				for rows.Next() {
					var at time.Time
					var to string
					if err := rows.Scan(&at, &to); err != nil {
						t.Fatal(err)
					}
					want[monthOf(at)+" "+to]++
				}
				if err := rows.Err(); err != nil {
					t.Fatal(err)
				}
				have, total := map[string]int{}, 0
				for i, month := range got.Months {
					n := 0
					for _, to := range month.To {
						if n += to.N; to.Value != "" {
							have[month.Month+" "+to.Value] = to.N
						}
					}
					if total += n; n != month.N || n == 0 || i > 0 && got.Months[i-1].Month >= month.Month {
						t.Errorf("%s %s %v: %+v adds up to %d", aud, c, equal, month, n)
					}
				}
				if !maps.Equal(have, want) || total != got.Total {
					t.Errorf("%s %s %v: %d moves, %v\nthe log has %v", aud, c, equal, got.Total, have, want)
				}
				if equal == nil && len(want) == 0 && !(aud == geo.Public && c == "projects") {
					t.Errorf("%s %s: the demo has no moves to count", aud, c)
				}
			}
		}
	}
}

// The public's bars do not change when something moves that is not published, and
// neither does the revision that they are kept by.
func TestMovesByMonthTellNothingHidden(t *testing.T) {
	s := townStore(t)
	read := func(aud geo.Audience) (out []geo.MovesByMonth) {
		for _, c := range []string{"areas", "parcels", "projects"} {
			got, err := s.MovesByMonth(t.Context(), aud, geo.FeatureQuery{Collection: c})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, got)
		}
		return out
	}
	public, staff := read(geo.Public), read(geo.Staff)
	conn := connect(t, s)
	_, err := conn.Exec(t.Context(), `
		insert into land.event (id, revision, entity, entity_id, code, verb, from_state, to_state, happened, recorded, actor, role, source, hash)
		select (select max(id) from land.event) + row_number() over (), r.revision, 'parcel', p.id, p.code, 'moved', 'reserved', 'planned', '2019-03-04', now(), 'x', 'system', 'ui', sha256('x')
		from land.parcel p, land.revision r
		where p.code not in (select code from pub.parcel)`)
	if err != nil {
		t.Fatal(err)
	}
	if now := read(geo.Public); !reflect.DeepEqual(now, public) {
		t.Errorf("the public is told %+v\nand was told %+v", now, public)
	}
	if now := read(geo.Staff); reflect.DeepEqual(now, staff) {
		t.Error("the staff are not told of it: nothing was tested")
	}
}

func TestMovesByMonthRefuse(t *testing.T) {
	s := townStore(t)
	for name, c := range map[string]struct {
		aud  geo.Audience
		q    geo.FeatureQuery
		kind geo.Kind
	}{
		"households":        {geo.Staff, geo.FeatureQuery{Collection: "households"}, geo.NotFound},
		"hidden buildings":  {geo.Public, geo.FeatureQuery{Collection: "buildings"}, geo.NotFound},
		"a filter of staff": {geo.Public, geo.FeatureQuery{Collection: "areas", Equal: map[string]string{"leader": "x"}}, geo.Invalid},
		"no filter":         {geo.Staff, geo.FeatureQuery{Collection: "areas", Equal: map[string]string{"plan_mu": "1"}}, geo.Invalid},
	} {
		if _, err := s.MovesByMonth(t.Context(), c.aud, c.q); geo.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// monthOf is the month of a move, by the rules of days: midnight UTC is a date.
func monthOf(at time.Time) string {
	day := geo.DayOf(at, time.FixedZone("UTC+8", 8*60*60))
	if u := at.UTC(); u.Equal(u.Truncate(24 * time.Hour)) {
		day = geo.CivilDay(u)
	}
	return day.String()[:7]
}

// mostCommon is the value that most items of a collection have.
func mostCommon(t *testing.T, s *Store, aud geo.Audience, collection, field string) string {
	t.Helper()
	got, err := s.Facets(t.Context(), aud, geo.FacetQuery{FeatureQuery: geo.FeatureQuery{Collection: collection}, By: []string{field}})
	if err != nil || len(got.By[field]) == 0 {
		t.Fatal(fmt.Errorf("%s by %s: %w", collection, field, err))
	}
	return got.By[field][0].Value
}

// codesOf are the codes of all items that a query gives.
func codesOf(t *testing.T, s *Store, aud geo.Audience, q geo.FeatureQuery) (codes []string) {
	t.Helper()
	q.Limit = geo.MaxPage
	for {
		page, err := s.Features(t.Context(), aud, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Features {
			codes = append(codes, f.Code)
		}
		if !page.More {
			return codes
		}
		q.After = codes[len(codes)-1]
	}
}
