package postgis

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/postgis/pgtest"
	"tengdi/geo/sample"
	"tengdi/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// emptyURL is a migrated database of the test's own.
func emptyURL(t testing.TB) string {
	t.Helper()
	hash, err := migrations.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.Clone(t, "store "+hash, func(ctx context.Context, url string) error {
		return Migrate(ctx, url, t.Logf)
	})
}

func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: url, Migrate: true, Logf: func(string, ...any) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// emptyStore is a store on an empty district.
func emptyStore(t testing.TB) *Store {
	t.Helper()
	return open(t, emptyURL(t))
}

// filledStore is a store on a copy of a database into which the dataset was loaded
// once; the name is the dataset's own.
func filledStore(t testing.TB, name string, d func() (geo.Dataset, error)) *Store {
	t.Helper()
	hash, err := migrations.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, pgtest.Clone(t, name+" "+hash, func(ctx context.Context, url string) error {
		data, err := d()
		if err != nil {
			return err
		}
		s, err := Open(ctx, Options{URL: url, Migrate: true, Logf: func(string, ...any) {}})
		if err != nil {
			return err
		}
		defer s.Close()
		return s.LoadDataset(ctx, data)
	}))
}

// townStore is a store on the small district of town().
func townStore(t testing.TB) *Store {
	t.Helper()
	return filledStore(t, "town", func() (geo.Dataset, error) { return town(), nil })
}

// demo is the demo district of this test run, made once: its chronicle ends today.
var demo = sync.OnceValues(func() (geo.Dataset, error) {
	return sample.Build(sample.Options{Seed: 430602, Today: time.Now()})
})

// demoStore is a store on the demo district, and what was loaded into it.
func demoStore(t testing.TB) (*Store, geo.Dataset) {
	t.Helper()
	d, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	return filledStore(t, fmt.Sprintf("demo %d", os.Getpid()), demo), d
}

// connect is a connection of the login itself, past all roles.
func connect(t testing.TB, s *Store) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func scan[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
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

func ptr[T any](v T) *T { return &v }

func mu(m float64) geo.Measures { return geo.Measures{Survey: geo.FromMu(m)} }

// town is a district of three areas with something in every table and, among
// the parcels, states that are published and states that are not.
func town() geo.Dataset {
	frame := orb.Bound{Min: orb.Point{113.066, 29.239}, Max: orb.Point{113.345, 29.458}}
	return geo.Dataset{
		District: geo.District{
			Code: "430602", Name: "岳阳楼区", NameEn: "Yueyanglou", Frame: &frame, Zone: "Asia/Shanghai",
			MeasureSRID: 4526, Languages: []string{"zh-CN", "en"}, Demo: true,
		},
		References: []geo.Reference{
			{Kind: "road", Class: "arterial", Name: "巴陵路", NameEn: "Baling Road", Geometry: orb.LineString{{113.09, 29.37}, {113.15, 29.37}}},
			{Kind: "water", Class: "lake", Name: "南湖", NameEn: "Nanhu", Geometry: square(5000, 5000, 900).Geometry[0]},
		},
		Areas: []geo.Area{
			{Code: "A01", Name: "东茅岭", Street: "430602005", Board: "东茅岭", Batch: "first", Status: "handed_over", Leader: "区领导01", Department: "街道办", PlanM2: geo.FromMu(100), MinRatio: 0.9, DecisionNo: "岳楼征决〔2016〕1号", DecidedOn: date(2016, 3, 1), Deadline: date(2018, 6, 30), Shape: square(0, 0, 400)},
			{Code: "A02", Name: "王家河", Street: "430602015", Board: "王家河", Batch: "campaign", Status: "demolishing", Leader: "区领导02", Department: "指挥部", PlanM2: geo.FromMu(200), MinRatio: 0.8, DecidedOn: date(2017, 1, 10), Deadline: date(2019, 9, 30), Shape: square(1000, 0, 500)},
			{Code: "A03", Name: "岳州古城", Street: "430602001", Board: "古城", Batch: "later", Status: "planned", PlanM2: geo.FromMu(50), Shape: square(2000, 0, 300)},
		},
		Cleared: []geo.ClearedLand{
			{Code: "C01", Area: "A01", ClearedOn: date(2018, 6, 1), AcceptanceNo: "验1", Shape: square(0, 0, 200), Measures: mu(60)},
			{Code: "C02", Area: "A01", ClearedOn: date(2018, 7, 1), AcceptanceNo: "验2", Shape: square(200, 0, 150), Measures: mu(33.33)},
			{Code: "C03", Area: "A02", ClearedOn: date(2019, 1, 1), Shape: square(1000, 0, 100)},
		},
		Buildings: []geo.Building{
			{Code: "B01", Area: "A01", Status: "demolished", Legal: geo.LegalTitle, Use: "residence", Tenure: "private", Floors: 6, FloorM2: 1200.5, Households: 2, Method: "机械", DemolishedOn: date(2018, 5, 1), Shape: square(10, 10, 20)},
			{Code: "B02", Area: "A02", Status: "existing", Legal: geo.LegalIllegal, Use: "shop", Tenure: "unit", Floors: 2, FloorM2: 300, Households: 1, Shape: square(1010, 10, 15)},
		},
		Households: []geo.Household{
			{Code: "H01", Area: "A01", Building: "B01", Status: "closed", Persons: 3, SurveyedOn: date(2016, 1, 1), SignedOn: date(2017, 1, 1), PaidOn: date(2017, 2, 1), VacatedOn: date(2017, 3, 1), Mode: "money", Amount: 60 * geo.Wan},
			{Code: "H02", Area: "A01", Building: "B01", Status: "vacated", Persons: 2, SurveyedOn: date(2016, 1, 2), SignedOn: date(2017, 1, 2), PaidOn: date(2017, 2, 2), VacatedOn: date(2017, 3, 2), Mode: "swap"},
			{Code: "H03", Area: "A02", Building: "B02", Status: "signed", Persons: 5, SurveyedOn: date(2017, 5, 1), SignedOn: date(2018, 1, 2)},
			{Code: "H04", Area: "A02", Building: "B02", Status: "surveyed", Persons: 1, SurveyedOn: date(2017, 5, 1)},
		},
		Parcels: []geo.Parcel{
			{Code: "P01", Name: "东茅岭一号", Area: "A01", Street: "430602005", Address: "巴陵中路北侧", Status: "sold", LandUse: "0901", Uses: []geo.UseRow{{Code: "0901", Share: 0.7, Years: 40}, {Code: "070102", Share: 0.3, Years: 70}}, FAR: geo.Limit{Min: ptr(1.0), Max: ptr(2.5), MinOpen: true}, Height: geo.Limit{Max: ptr(80.0)}, Shape: square(0, 0, 150), Measures: mu(33.75), SourceCRS: 4526, Clean: geo.CleanLand{Title: true, Compensation: true, NoDispute: true, Conditions: true, Utilities: true}},
			{Code: "P02", Name: "东茅岭二号", Area: "A01", Street: "430602005", Status: "announced", LandUse: "070102", Shape: square(150, 0, 100)},
			{Code: "P03", Name: "机密地块", Area: "A01", Status: "planned", LandUse: "1001", Industry: "机密产业", Shape: square(0, 200, 100), Measures: mu(15)},
			{Code: "P04", Name: "储备地块", Area: "A02", Status: "reserved", LandUse: "1401", Shape: square(1000, 0, 90)},
			{Code: "P05", Name: "流拍地块", Area: "A01", Status: "failed", LandUse: "090101", Shape: square(300, 0, 50)},
		},
		Rounds: []geo.Round{
			{Parcel: "P01", No: 1, NoticeNo: "岳楼示挂(2017)03号", Mode: "listing", Start: 5000 * geo.Wan, Deposit: 1000 * geo.Wan, NoticeOn: date(2017, 5, 1), Outcome: "failed"},
			{Parcel: "P01", No: 2, NoticeNo: "岳楼示挂(2018)05号", Mode: "listing", Start: 10_000 * geo.Wan, Reserve: 12_345 * geo.Wan, Deposit: 2000 * geo.Wan, Step: 100 * geo.Wan, NoticeOn: date(2018, 8, 1), ListFrom: date(2018, 9, 1), ListTo: date(2018, 9, 12), Deal: 12_500 * geo.Wan, SoldOn: date(2018, 9, 12), Buyer: "某置业公司", Outcome: "sold", ContractNo: "密合同1"},
			{Parcel: "P02", No: 1, NoticeNo: "岳楼示挂(2019)01号", Mode: "auction", Start: 3000 * geo.Wan, Reserve: 77_713 * geo.Wan, Deposit: 600 * geo.Wan, NoticeOn: date(2019, 3, 1), ListFrom: date(2019, 4, 1), ListTo: date(2019, 4, 15)},
			{Parcel: "P05", No: 1, NoticeNo: "岳楼示挂(2018)09号", Mode: "listing", Start: 900 * geo.Wan, NoticeOn: date(2018, 10, 1), Outcome: "failed"},
		},
		Projects: []geo.Project{
			{Code: "J01", Name: "友阿国际商业中心", Status: "landed", Industry: "trade", Investor: "机密投资方", Amount: 12 * geo.Yi, Board: "东茅岭", Area: "A01", Parcel: "P01", Point: orb.Point{113.101, 29.361}, StageOn: date(2018, 10, 1)},
			{Code: "J02", Name: "机密线索", Status: "lead", Industry: "finance", Amount: 3 * geo.Yi, Area: "A02", Point: orb.Point{113.112, 29.361}},
			{Code: "J03", Name: "物流园", Status: "signed", Industry: "logistics", Amount: 9000 * geo.Wan, Area: "A02", Parcel: "P03", StageOn: date(2019, 1, 1)},
		},
		Problems: []geo.Problem{
			{Code: "W01", Area: "A02", Building: "B02", Kind: "illegal", Title: "违建未拆", Status: "assigned", OpenedOn: date(2019, 1, 1), Due: date(2019, 2, 1)},
			{Code: "W02", Area: "A01", Kind: "title", Title: "权属不清", Status: "closed", OpenedOn: date(2018, 1, 1), Due: date(2018, 2, 1), ClosedOn: date(2018, 1, 20)},
		},
		Visits: []geo.Visit{{Household: "H04", On: date(2018, 3, 3), By: "网格员3", Topic: "政策", Outcome: "犹豫", NextOn: date(2018, 3, 10)}},
		Events: []geo.Event{
			{Entity: geo.AreaMachine, Code: "A01", Verb: "moved", From: "planned", To: "surveying", On: date(2015, 11, 1)},
			{Entity: geo.HouseholdMachine, Code: "H01", Verb: "moved", From: "negotiating", To: "signed", On: date(2017, 1, 1), Data: map[string]any{"amount_wan": 60.0}},
			{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "reserved", To: "planned", On: date(2017, 3, 1)},
			{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "planned", To: "announced", On: date(2017, 5, 1), Reason: "机密理由", Data: map[string]any{"reserve_wan": 12345}},
			{Entity: geo.ParcelMachine, Code: "P03", Verb: "moved", From: "reserved", To: "planned", On: date(2018, 5, 1)},
			{Entity: geo.ProjectMachine, Code: "J01", Verb: "moved", From: "strategic", To: "signed", On: date(2018, 5, 1)},
		},
	}
}

// TestPrivateLogins: on a private cluster the pools are their roles, with no
// superuser behind them to step back to.
func TestPrivateLogins(t *testing.T) {
	t.Parallel()
	owner := emptyStore(t)
	s, err := Open(t.Context(), Options{URL: owner.url, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		var user, super string
		err := s.pool(aud).QueryRow(t.Context(), `select session_user, current_setting('is_superuser')`).Scan(&user, &super)
		if err != nil || super != "off" || !strings.HasPrefix(user, "tengdi_") {
			t.Errorf("%s: session user %s, superuser %s, %v", aud, user, super, err)
		}
	}
	_, err = s.pool(geo.Public).Exec(t.Context(), `set role none; select from land.parcel`)
	if err == nil {
		t.Error("the public pool steps back to a login that reads land")
	}
	if _, err := s.Summary(t.Context(), geo.Staff); err != nil {
		t.Error(err)
	}
}
