package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/pgtest"
	"tengdi/migrations"
	"tengdi/tiles"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// site is a whole running service on a database of its own: store, both tile
// engines, followers and HTTP server.
type site struct {
	t       testing.TB
	url     string // of the database
	store   *postgis.Store
	engines map[geo.Audience]*tiles.Engine
	server  *Server
	http    *httptest.Server
	log     *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// emptyDatabase is a migrated database of the test's own.
func emptyDatabase(t testing.TB) string {
	t.Helper()
	hash, err := migrations.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.Clone(t, "web "+hash, func(ctx context.Context, url string) error {
		return postgis.Migrate(ctx, url, t.Logf)
	})
}

// villageDatabase is a copy of a database that was filled with village() once.
func villageDatabase(t testing.TB) string {
	t.Helper()
	hash, err := migrations.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.Clone(t, "web village "+hash, func(ctx context.Context, url string) error {
		if err := postgis.Migrate(ctx, url, t.Logf); err != nil {
			return err
		}
		return fillDatabase(ctx, url, village())
	})
}

// newSite starts a service on the dataset. change may change its configuration.
func newSite(t testing.TB, d geo.Dataset, change func(*Config)) *site {
	t.Helper()
	if reflect.DeepEqual(d, village()) {
		return siteOn(t, villageDatabase(t), change)
	}
	url := emptyDatabase(t)
	if err := fillDatabase(t.Context(), url, d); err != nil {
		t.Fatal(err)
	}
	return siteOn(t, url, change)
}

// fillDatabase loads a dataset, and an account for each role.
func fillDatabase(ctx context.Context, url string, d geo.Dataset) error {
	store, err := postgis.Open(ctx, postgis.Options{URL: url})
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.LoadDataset(ctx, d); err != nil {
		return err
	}
	for _, role := range geo.Roles() {
		u := geo.User{Login: string(role), Name: "测试 " + string(role), Role: role, Hash: cheapHash("pass-" + string(role))}
		if err := store.AddUser(ctx, geo.Actor{Login: "test", Role: geo.RoleSystem, Source: geo.FromCLI}, u); err != nil {
			return err
		}
	}
	return nil
}

// siteOn starts a service on a database that is filled.
func siteOn(t testing.TB, url string, change func(*Config)) *site {
	t.Helper()
	s := &site{t: t, url: url, engines: map[geo.Audience]*tiles.Engine{}, log: &lockedBuffer{}}
	var err error
	if s.store, err = postgis.Open(t.Context(), postgis.Options{URL: s.url}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.store.Close)
	hub := NewHub()
	sets := map[geo.Audience]Tileset{}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		s.engines[aud] = newEngine(t, aud)
		sets[aud] = s.engines[aud]
		s.load(aud)
		hub.Start(aud, s.engines[aud].Revision())
	}
	cfg := Config{
		Store: s.store, Tilesets: sets, Hub: hub, Version: "0.0.0-test", TempDir: t.TempDir(),
		Logger: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	if s.server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	s.server.logins.params = hashParams{memory: 8, time: 1, threads: 1} // as cheapHash, so that sign-ins are quick
	s.http = httptest.NewUnstartedServer(nil)
	s.http.Config = s.server.HTTPServer()
	s.http.Start()
	t.Cleanup(s.http.Close)
	return s
}

func newEngine(t testing.TB, aud geo.Audience) *tiles.Engine {
	t.Helper()
	e, err := tiles.New(tiles.SpecOf(aud), tiles.Options{FreshOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// load reads an audience's map into its engine.
func (s *site) load(aud geo.Audience) {
	s.t.Helper()
	err := s.store.Snapshot(s.t.Context(), aud, func(revision int64, layers map[string]iter.Seq2[postgis.MapFeature, error]) error {
		all := map[string]iter.Seq[tiles.Feature]{}
		for name, rows := range layers {
			var list []tiles.Feature
			for f, err := range rows {
				if err != nil {
					return fmt.Errorf("layer %s: %w", name, err)
				}
				list = append(list, featureOf(f))
			}
			all[name] = slices.Values(list)
		}
		return s.engines[aud].Load(revision, all)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// featureOf is a row of the map with its past, as the program hands it to the engine.
func featureOf(f postgis.MapFeature) tiles.Feature {
	out := tiles.Feature{ID: uint64(f.ID), Geometry: f.Geometry, Values: f.Values, M2: f.M2, From: tiles.Day(f.From)}
	for _, v := range f.Past {
		out.Past = append(out.Past, tiles.Version{From: tiles.Day(v.From), Until: tiles.Day(v.Until), Geometry: v.Geometry, Values: v.Values})
	}
	return out
}

// visitor is somebody at a browser: a cookie jar and the headers that browsers
// send.
type visitor struct {
	site   *site
	client *http.Client
}

func (s *site) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &visitor{s, &http.Client{Jar: jar, Timeout: time.Minute}}
}

// as signs a visitor in.
func (s *site) as(role geo.Role) *visitor {
	s.t.Helper()
	v := s.visitor()
	if role == geo.RolePublic {
		return v
	}
	body := fmt.Sprintf(`{"login":%q,"password":"pass-%s"}`, role, role)
	res, text := v.do("POST", "/api/session", strings.NewReader(body), "Content-Type", "application/json")
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("sign in as %s: %d %s", role, res.StatusCode, text)
	}
	return v
}

// do makes one request and reads the answer whole.
func (v *visitor) do(method, path string, body io.Reader, headers ...string) (*http.Response, []byte) {
	v.site.t.Helper()
	r, err := http.NewRequestWithContext(v.site.t.Context(), method, v.site.http.URL+path, body)
	if err != nil {
		v.site.t.Fatal(err)
	}
	if method != http.MethodGet && method != http.MethodHead {
		r.Header.Set("Origin", v.site.http.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := v.client.Do(r)
	if err != nil {
		v.site.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.site.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res, text
}

func (v *visitor) get(path string, headers ...string) (*http.Response, []byte) {
	v.site.t.Helper()
	return v.do("GET", path, nil, headers...)
}

// read gets JSON and fails unless the answer is 200.
func (v *visitor) read(path string, into any) *http.Response {
	v.site.t.Helper()
	res, text := v.get(path)
	if res.StatusCode != http.StatusOK {
		v.site.t.Fatalf("GET %s: %d %s", path, res.StatusCode, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		v.site.t.Fatalf("GET %s: %v in %s", path, err, text)
	}
	return res
}

// square is a square of about size metres whose corner is x, y metres east and
// north of 113.10 E, 29.36 N.
func square(x, y, size float64) geo.Shape {
	const lon, lat = 1 / 97_150.0, 1 / 110_870.0 // degrees per metre there
	w, s := 113.10+x*lon, 29.36+y*lat
	e, n := w+size*lon, s+size*lat
	return geo.Shape{SRID: geo.WGS84, Geometry: orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}}
}

func date(y, m, d int) time.Time {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
}

// village is a small district with something published and something hidden in
// every table. What is hidden has "隐" in its texts and codes that begin with X.
func village() geo.Dataset {
	mu := func(m float64) geo.Measures { return geo.Measures{Survey: geo.FromMu(m)} }
	return geo.Dataset{
		District: geo.District{Code: "430602", Name: "岳阳楼区", NameEn: "Yueyanglou", Zone: "Asia/Shanghai", MeasureSRID: 4526, Languages: []string{"zh-CN", "en"}, Demo: true},
		References: []geo.Reference{
			{Kind: "road", Class: "arterial", Name: "巴陵路", NameEn: "Baling Road", Geometry: orb.LineString{{113.09, 29.37}, {113.15, 29.37}}},
		},
		Areas: []geo.Area{
			{Code: "A01", Name: "东茅岭", Street: "430602005", Board: "东茅岭", Status: "handed_over", Leader: "隐领导", Department: "隐单位", PlanM2: geo.FromMu(100), DecisionNo: "隐文号", DecidedOn: date(2016, 3, 1), Shape: square(0, 0, 400)},
			{Code: "A02", Name: "王家河", Street: "430602015", Board: "王家河", Status: "demolishing", PlanM2: geo.FromMu(200), DecidedOn: date(2017, 1, 10), Deadline: date(2019, 9, 30), Shape: square(1000, 0, 500)},
		},
		Cleared: []geo.ClearedLand{{Code: "C01", Area: "A01", ClearedOn: date(2018, 6, 1), Shape: square(0, 0, 200), Measures: mu(60)}},
		Buildings: []geo.Building{
			{Code: "XB1", Area: "A01", Status: "demolished", Legal: geo.LegalTitle, Households: 2, Method: "隐方式", DemolishedOn: date(2018, 5, 1), Shape: square(10, 10, 20)},
			{Code: "XB2", Area: "A02", Status: "existing", Legal: geo.LegalTitle, Households: 1, Shape: square(1010, 10, 20)},
		},
		Households: []geo.Household{
			{Code: "XH1", Area: "A01", Building: "XB1", Status: "closed", Persons: 3, SurveyedOn: date(2016, 1, 1), SignedOn: date(2017, 1, 1), PaidOn: date(2017, 2, 1), VacatedOn: date(2017, 3, 1)},
			{Code: "XH2", Area: "A02", Building: "XB2", Status: "surveyed", Persons: 2, SurveyedOn: date(2017, 2, 1)},
		},
		Problems: []geo.Problem{
			{Code: "XQ1", Area: "A01", Building: "XB1", Kind: "dispute", Title: "隐问题", Status: "opened", OpenedOn: date(2018, 3, 1), Due: date(2018, 6, 1)},
		},
		Parcels: []geo.Parcel{
			{Code: "P01", Name: "东茅岭一号", Area: "A01", Street: "430602005", Address: "巴陵中路", Status: "sold", LandUse: "0901", Shape: square(0, 0, 150), Measures: mu(33.75)},
			{Code: "P02", Name: "东茅岭二号", Area: "A01", Status: "announced", LandUse: "070102", Shape: square(150, 0, 100)},
			{Code: "P03/甲", Name: "带斜线", Area: "A01", Status: "failed", LandUse: "070102", Shape: square(300, 0, 50)},
			{Code: "XP4", Name: "隐地块", Area: "A01", Status: "planned", LandUse: "1001", Industry: "隐产业", Shape: square(0, 200, 100), Measures: mu(15)},
		},
		Rounds: []geo.Round{
			{Parcel: "P01", No: 1, NoticeNo: "岳楼示挂(2018)05号", Mode: "listing", Start: 10_000 * geo.Wan, Reserve: 12_347 * geo.Wan, NoticeOn: date(2018, 8, 1), ListFrom: date(2018, 9, 1), ListTo: date(2018, 9, 12), Deal: 12_500 * geo.Wan, SoldOn: date(2018, 9, 12), Buyer: "某置业公司", Outcome: "sold", ContractNo: "隐合同"},
			{Parcel: "P02", No: 1, NoticeNo: "岳楼示挂(2019)01号", Mode: "auction", Start: 3000 * geo.Wan, Reserve: 3331 * geo.Wan, NoticeOn: date(2019, 3, 1), ListFrom: date(2019, 4, 1), ListTo: date(2019, 4, 15)},
			{Parcel: "P03/甲", No: 1, NoticeNo: "岳楼示挂(2018)09号", Mode: "listing", Start: 900 * geo.Wan, NoticeOn: date(2018, 10, 1), Outcome: "failed"},
		},
		Projects: []geo.Project{
			{Code: "J01", Name: "友阿商业中心", Status: "landed", Industry: "trade", Investor: "隐投资方", Amount: 12 * geo.Yi, Area: "A01", Parcel: "P01", Point: orb.Point{113.101, 29.361}, StageOn: date(2018, 10, 1)},
			{Code: "XJ2", Name: "隐线索", Status: "lead", Amount: 3 * geo.Yi, Area: "A02", Point: orb.Point{113.112, 29.361}},
			{Code: "J03", Name: "物流园", Status: "signed", Amount: 9000 * geo.Wan, Area: "A02", Parcel: "XP4", StageOn: date(2019, 1, 1)},
		},
		Events: []geo.Event{
			{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "reserved", To: "planned", On: date(2017, 3, 1)},
			{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "planned", To: "announced", On: date(2018, 8, 1), Reason: "隐理由"},
			{Entity: geo.ParcelMachine, Code: "XP4", Verb: "moved", From: "reserved", To: "planned", On: date(2018, 5, 1)},
		},
	}
}

// connect is a connection past all roles, to look and to meddle.
func (s *site) connect() *pgx.Conn {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}

func (s *site) count(sql string, args ...any) (n int) {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	if err := conn.QueryRow(s.t.Context(), sql, args...).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (s *site) exec(sql string, args ...any) {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	if _, err := conn.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}
