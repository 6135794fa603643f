package postgis

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// register adds what the small district has no rows of: bodies, people, boards
// and more visits.
func register(t testing.TB, s *Store) {
	t.Helper()
	_, err := connect(t, s).Exec(t.Context(), `
		insert into land.organisation (code, name, kind, parent_id, phone) values
			('O01', '东茅岭街道', 'street', null, '0730-1'),
			('O02', '东茅岭社区', 'community', null, ''),
			('O03', '住建局', 'department', null, '');
		update land.organisation set parent_id = (select id from land.organisation where code = 'O01') where code = 'O02';
		insert into land.person (code, name, post, organisation_id, login) values
			('N01', '张三', '网格员012', (select id from land.organisation where code = 'O02'), 'zhang'),
			('N02', '李四', '区领导07', null, null);
		insert into land.board (code, name, theme, sort) values ('K01', '东茅岭', '商贸', 2), ('K02', '滨湖', '', 1);
		insert into priv.record (entity_id, kind, no, on_day, due, data, by_login, struck_at)
		select h.id, v.kind, v.no, v.on_day::date, v.due::date, '{}', 'import', v.struck
		from priv.household h
		cross join (values
			('visit', 2, '2018-04-01', '2018-04-20', null::timestamptz),
			('visit', 3, '2018-04-09', null, null),
			('visit', 4, '2018-05-09', '2018-06-01', now()),
			('survey', 1, '2018-07-01', '2018-08-01', null)) v (kind, no, on_day, due, struck)
		where h.code = 'H04'`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestRegistersAreForStaff(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	register(t, s)
	codes := map[string]string{"households": "H01", "problems": "W01", "organisations": "O01", "persons": "N01", "boards": "K01"}
	for _, c := range geo.Registers() {
		if f, err := s.Feature(t.Context(), geo.Staff, c, codes[c]); err != nil || f.Code != codes[c] || f.Geometry != nil || f.Version != 1 {
			t.Errorf("%s: %+v, %v", c, f, err)
		}
		if _, err := s.Feature(t.Context(), geo.Public, c, codes[c]); geo.KindOf(err) != geo.NotFound {
			t.Errorf("the public reads one of %s: %v", c, err)
		}
		if _, err := s.Features(t.Context(), geo.Public, geo.FeatureQuery{Collection: c}); geo.KindOf(err) != geo.NotFound {
			t.Errorf("the public reads %s: %v", c, err)
		}
		if _, err := s.History(t.Context(), geo.Staff, c, codes[c]); err != nil {
			t.Errorf("history of %s: %v", c, err)
		}
		if _, err := s.History(t.Context(), geo.Public, c, codes[c]); geo.KindOf(err) != geo.NotFound {
			t.Errorf("the public reads the history of %s: %v", c, err)
		}
	}
	events, err := s.History(t.Context(), geo.Staff, "households", "H01")
	if err != nil || len(events) != 1 || events[0].To != "signed" || events[0].Data["amount_wan"] != 60.0 {
		t.Errorf("history of a household: %+v, %v", events, err)
	}
	if _, err := s.History(t.Context(), geo.Staff, "households", "H99"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("history of nobody: %v", err)
	}
}

// properties reads one item and compares the named properties; nil = absent.
func properties(t *testing.T, s *Store, collection, code string, want map[string]any) {
	t.Helper()
	f, err := s.Feature(t.Context(), geo.Staff, collection, code)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range want {
		if got := f.Properties[name]; got != v {
			t.Errorf("%s %s: %s = %#v, want %#v", collection, code, name, got, v)
		}
	}
}

func TestRegisterValues(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	register(t, s)
	properties(t, s, "households", "H04", map[string]any{
		"area": "A02", "area_name": "王家河", "building": "B02", "persons": int64(1), "surveyed_on": "2017-05-01", "amount_wan": nil,
		"visits": int64(3), "visited_on": "2018-04-09", "next_visit": nil,
	})
	properties(t, s, "households", "H01", map[string]any{"visits": int64(0), "visited_on": nil, "amount_wan": 60.0, "mode": "money"})
	properties(t, s, "problems", "W01", map[string]any{"area_name": "王家河", "building": "B02", "light": "red", "due": "2019-02-01", "closed_on": nil})
	properties(t, s, "problems", "W02", map[string]any{"light": nil, "late_days": nil, "closed_on": "2018-01-20"})
	properties(t, s, "organisations", "O02", map[string]any{"parent": "O01", "kind": "community", "phone": nil})
	properties(t, s, "persons", "N01", map[string]any{"organisation": "O02", "login": "zhang", "post": "网格员012"})
	properties(t, s, "boards", "K01", map[string]any{"areas": int64(1), "projects": int64(1), "sort": int64(2), "theme": "商贸"})
	properties(t, s, "boards", "K02", map[string]any{"areas": int64(0), "projects": int64(0)})
	_, err := connect(t, s).Exec(t.Context(), `
		update priv.record set struck_at = now() where kind = 'visit' and no = 3`)
	if err != nil {
		t.Fatal(err)
	}
	properties(t, s, "households", "H04", map[string]any{"visits": int64(2), "visited_on": "2018-04-01", "next_visit": "2018-04-20"})
}

// The light that lists show is the one of the rule, on each side of each bound,
// and follows the district's own number of days.
func TestProblemLightsFollowTheRule(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	now, zone := time.Now(), time.FixedZone("CST", 8*3600)
	light := func(left any, extensions int, status string) any {
		t.Helper()
		_, err := conn.Exec(t.Context(), `
			update land.problem
			set status = $3, extensions = $2, due = (now() at time zone 'Asia/Shanghai')::date + $1::integer
			where code = 'W01'`, left, extensions, status)
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Feature(t.Context(), geo.Staff, "problems", "W01")
		if err != nil {
			t.Fatal(err)
		}
		return f.Properties["light"]
	}
	for _, left := range []any{-30, -1, 0, 1, 6, 7, 8, 9, 100, nil} {
		for extensions := range 3 {
			for _, status := range []string{"opened", "submitted", "closed"} {
				var due time.Time
				if n, ok := left.(int); ok {
					due = (geo.DayOf(now, zone) + geo.Day(n)).Date()
				}
				var want any
				if l := geo.ProblemLight(status, due, extensions, now, zone, geo.Thresholds{}); l != geo.NoLight {
					want = string(l)
				}
				if got := light(left, extensions, status); got != want {
					t.Errorf("%v days left, %d extensions, %s: %v, want %v", left, extensions, status, got, want)
				}
			}
		}
	}
	if _, err := conn.Exec(t.Context(), `update land.district set thresholds = '{"problem_amber_days": 20}'`); err != nil {
		t.Fatal(err)
	}
	if got := light(20, 0, "opened"); got != "amber" {
		t.Errorf("20 days left of 20: %v", got)
	}
	if got := light(21, 0, "opened"); got != "green" {
		t.Errorf("21 days left of 20: %v", got)
	}
}

func TestRegisterPagesAndScope(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	register(t, s)
	list := func(q geo.FeatureQuery) ([]string, geo.FeaturePage) {
		t.Helper()
		page, err := s.Features(t.Context(), geo.Staff, q)
		if err != nil {
			t.Fatal(err)
		}
		codes := []string{}
		for _, f := range page.Features {
			codes = append(codes, f.Code)
		}
		return codes, page
	}
	for name, tc := range map[string]struct {
		q    geo.FeatureQuery
		want string
	}{
		"all":              {geo.FeatureQuery{Collection: "households"}, "H01 H02 H03 H04"},
		"own area":         {geo.FeatureQuery{Collection: "households", Areas: []string{"A02"}}, "H03 H04"},
		"two areas":        {geo.FeatureQuery{Collection: "households", Areas: []string{"A02", "A01"}}, "H01 H02 H03 H04"},
		"no area":          {geo.FeatureQuery{Collection: "households", Areas: []string{}}, ""},
		"another's area":   {geo.FeatureQuery{Collection: "households", Areas: []string{"A02"}, Equal: map[string]string{"area": "A01"}}, ""},
		"status":           {geo.FeatureQuery{Collection: "households", Equal: map[string]string{"status": "signed"}}, "H03"},
		"building":         {geo.FeatureQuery{Collection: "households", Equal: map[string]string{"building": "B01", "mode": "swap"}}, "H02"},
		"red":              {geo.FeatureQuery{Collection: "problems", Equal: map[string]string{"light": "red"}}, "W01"},
		"closed":           {geo.FeatureQuery{Collection: "problems", Equal: map[string]string{"status": "closed"}}, "W02"},
		"body":             {geo.FeatureQuery{Collection: "persons", Equal: map[string]string{"organisation": "O02"}}, "N01"},
		"below":            {geo.FeatureQuery{Collection: "organisations", Equal: map[string]string{"parent": "O01"}}, "O02"},
		"problems by area": {geo.FeatureQuery{Collection: "problems", Areas: []string{"A03"}}, "W01 W02"},
	} {
		if codes, page := list(tc.q); strings.Join(codes, " ") != tc.want || page.Matched != len(codes) || page.More {
			t.Errorf("%s: %v of %d, want %s", name, codes, page.Matched, tc.want)
		}
	}
	codes, page := list(geo.FeatureQuery{Collection: "households", Limit: 3, Areas: []string{"A01", "A02"}})
	if !slices.Equal(codes, []string{"H01", "H02", "H03"}) || !page.More || page.Matched != 4 || page.Revision != 1 {
		t.Errorf("first page %v, %+v", codes, page)
	}
	if codes, page = list(geo.FeatureQuery{Collection: "households", After: "H03"}); !slices.Equal(codes, []string{"H04"}) || page.More || page.Matched != 4 {
		t.Errorf("second page %v, %+v", codes, page)
	}
}

// A page of a large district looks at the visits of its own households, however
// many there are in all: the blocks that it reads grow by little when households
// and visits grow tenfold.
func TestHouseholdPagesLookAtTheirOwnVisits(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("27,000 households")
	}
	s := townStore(t)
	conn := connect(t, s)
	grow := func(from, to int) {
		t.Helper()
		_, err := conn.Exec(t.Context(), fmt.Sprintf(`
			insert into priv.household (code, area_id, status, surveyed_on)
			select 'Z' || lpad(i::text, 6, '0'), (select id from land.area where code = 'A02'), 'surveyed', '2017-01-01'
			from generate_series(%d, %d) i;
			insert into priv.record (entity_id, kind, no, on_day, data, by_login)
			select h.id, 'visit', n, date '2018-01-01' + n * 7, '{}', 'zhang'
			from priv.household h cross join generate_series(1, 5) n
			where h.code between 'Z' || lpad(%[1]d::text, 6, '0') and 'Z' || lpad(%[2]d::text, 6, '0')`, from, to))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), `vacuum analyze priv.household, priv.record`); err != nil {
			t.Fatal(err)
		}
	}
	touched := func() float64 {
		t.Helper()
		var plan []struct {
			Plan map[string]any `json:"Plan"`
		}
		from := `select r.code, r.visits, r.visited_on, r.next_visit from (` + source(geo.Staff, "households") + `) r
			where r.code > 'Z001000' order by r.code limit 101`
		if err := conn.QueryRow(t.Context(), `explain (analyze, buffers, format json) `+from).Scan(&plan); err != nil {
			t.Fatal(err)
		}
		return plan[0].Plan["Shared Hit Blocks"].(float64) + plan[0].Plan["Shared Read Blocks"].(float64)
	}
	grow(1, 2700)
	few := touched()
	grow(2701, 27000)
	many := touched()
	t.Logf("blocks of a page: %.0f of 2,700 households, %.0f of 27,000 with %d visits", few, many,
		scan[int](t, conn, `select count(*) from priv.record`))
	if many > 3*few {
		t.Errorf("a page touches %.0f blocks of 27,000 households, %.0f of 2,700", many, few)
	}
	page, err := s.Features(t.Context(), geo.Staff, geo.FeatureQuery{Collection: "households", After: "Z001000"})
	if err != nil || page.Matched != 27004 || page.Features[0].Properties["visits"] != int64(5) {
		t.Errorf("%d matched, %v", page.Matched, err)
	}
}

// What was done last about a problem is told with its day: a move by the state,
// a record by its kind, a correction by its verb.
func TestProblemsTellWhatWasDoneLast(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	admin := geo.Actor{Login: "admin", Role: geo.RoleAdmin, Source: geo.FromAPI}
	today := geo.DayOf(time.Now(), nil).String()
	_, err := s.Correct(t.Context(), admin, geo.Edit{Collection: "problems", Code: "W01", Values: map[string]string{"measure": "逐户协商"}, Reason: "会议决定"})
	if err != nil {
		t.Fatal(err)
	}
	properties(t, s, "problems", "W01", map[string]any{"acted_on": today, "action": "corrected"})
	_, err = s.AddRecord(t.Context(), admin, geo.RecordDraft{Collection: "problems", Code: "W01", Kind: "progress", Values: map[string]string{"text": "已谈妥"}})
	if err != nil {
		t.Fatal(err)
	}
	properties(t, s, "problems", "W01", map[string]any{"acted_on": today, "action": "recorded/progress"})
}
