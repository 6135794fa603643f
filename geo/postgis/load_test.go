package postgis

import (
	"math"
	"testing"

	"tengdi/geo"
)

func TestLoadDatasetKeepsEverything(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	if empty, err := s.Empty(t.Context()); err != nil || !empty {
		t.Fatalf("a new database: empty = %v, %v", empty, err)
	}
	if err := s.LoadDataset(t.Context(), town()); err != nil {
		t.Fatal(err)
	}
	if empty, err := s.Empty(t.Context()); err != nil || empty {
		t.Fatalf("a loaded database: empty = %v, %v", empty, err)
	}
	if err := s.LoadDataset(t.Context(), town()); geo.KindOf(err) != geo.Conflict {
		t.Fatalf("a second load: %v, want a conflict", err)
	}
	conn := connect(t, s)
	for table, want := range map[string]int64{
		"land.area": 3, "land.cleared_land": 3, "land.building": 2, "land.parcel": 5, "land.round": 4, "land.project": 3,
		"land.problem": 2, "land.reference": 2, "land.event": 6, "priv.household": 4, "priv.record": 1,
		"pub.area": 3, "pub.cleared_land": 3, "pub.parcel": 3, "pub.round": 4, "pub.project": 2, "pub.event": 3,
	} {
		if n := scan[int64](t, conn, `select count(*) from `+table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
	d, err := s.District(t.Context())
	if err != nil || d.Code != "430602" || d.MeasureSRID != 4526 || d.Frame == nil || *d.Frame != *town().District.Frame {
		t.Errorf("district %+v, %v", d, err)
	}
	if refs, err := s.References(t.Context()); err != nil || len(refs) != 2 || refs[0].Geometry.GeoJSONType() != "LineString" {
		t.Errorf("references %+v, %v", refs, err)
	}
	if v := unbroken(t, s); v.Events != 6 {
		t.Errorf("%d events", v.Events)
	}
}

// A million rows take longer than any limit of the role: neither a statement nor the
// time between two of them may end the load.
func TestLoadDatasetMayTakeLong(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	if _, err := connect(t, s).Exec(t.Context(), `
		create function public.limits() returns trigger language plpgsql as $$
		begin
			if current_setting('statement_timeout') <> '0' or current_setting('idle_in_transaction_session_timeout') <> '0' then
				raise 'a load is limited';
			end if;
			return null;
		end $$;
		create trigger limits after insert on land.area for each statement execute function public.limits()`); err != nil {
		t.Fatal(err)
	}
	if err := s.LoadDataset(t.Context(), town()); err != nil {
		t.Error(err)
	}
}

func TestSummaryAgreesWithTheRows(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	staff, err := s.Summary(t.Context(), geo.Staff)
	if err != nil {
		t.Fatal(err)
	}
	c3 := scan[float64](t, connect(t, s), `select area_m2 from land.cleared_land where code = 'C03'`)
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.005 {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	near("plan mu", staff.PlanM2.Mu(), 350)
	near("cleared mu", staff.ClearedM2.Mu(), 93.33+geo.SquareMetres(c3).Mu())
	near("sold mu", staff.SoldM2.Mu(), 33.75)
	near("price per mu", staff.PricePerMu(), 12_500/33.75)
	if staff.Areas != 3 || staff.Parcels != 5 || staff.Sold != 1 || staff.SoldMoney != 12_500*geo.Wan || staff.StartMoney != 10_000*geo.Wan {
		t.Errorf("staff figures %+v", staff)
	}
	if staff.Projects != 3 || staff.ProjectsOverYi != 2 || staff.ProblemsOpen != 1 || staff.ProblemsOverdue != 1 || staff.ProblemsClosed != 1 || staff.Late != 1 {
		t.Errorf("staff figures %+v", staff)
	}
	if h := staff.Households; h == nil || *h != (geo.HouseholdCounts{Surveyed: 4, Signed: 3, Vacated: 2, Demolished: 2}) {
		t.Errorf("households %+v", h)
	}
	public, err := s.Summary(t.Context(), geo.Public)
	if err != nil {
		t.Fatal(err)
	}
	if public.Households != nil || public.Parcels != 3 || public.Sold != 1 || public.Projects != 2 || public.ProjectsOverYi != 1 || public.Late != 0 || public.ProblemsOpen != 0 {
		t.Errorf("public figures %+v", public)
	}
	near("public cleared mu", public.ClearedM2.Mu(), staff.ClearedM2.Mu())
	if public.Revision != 1 || staff.Revision != 1 {
		t.Errorf("revisions %d, %d", public.Revision, staff.Revision)
	}
}

// Amounts without sense, in rows that no move wrote, do not take the figures
// down.
func TestSumsDoNotOverflow(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	_, err := connect(t, s).Exec(t.Context(), `
		update land.round set deal_fen = 9223372036854775807, start_fen = 9223372036854775807;
		update land.parcel set status = 'sold';
		update land.project set amount_fen = 9223372036854775807`)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := s.Summary(t.Context(), geo.Staff)
	if err != nil || sum.SoldMoney != math.MaxInt64 || sum.StartMoney != math.MaxInt64 || sum.ProjectMoney != math.MaxInt64 || sum.Sold != 5 {
		t.Errorf("%+v, %v", sum, err)
	}
}
