package postgis

import (
	"slices"
	"testing"

	"tengdi/geo"
)

// The days of a history are counted in the district's zone, so that a new zone is
// news to both audiences, and a map that was kept in another is of another form. Any
// other setting is nothing to the public.
func TestNewZoneReachesThePublic(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P02", "suspended", "reason", "核查") // at an instant: its day depends on the zone
	conn := connect(t, s)
	set := func(change func(*geo.District)) {
		t.Helper()
		d, err := s.District(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		change(&d)
		if err := s.SetDistrict(t.Context(), admin(), d); err != nil {
			t.Fatal(err)
		}
	}
	zone := func(name string) func(*geo.District) { return func(d *geo.District) { d.Zone = name } }
	form := func(aud geo.Audience) string {
		t.Helper()
		form, err := s.MapForm(t.Context(), aud)
		if err != nil {
			t.Fatal(err)
		}
		return form
	}
	// told is what the public's feed has to say after a state.
	told := func(from MapState) []geo.Change {
		t.Helper()
		news, err := newsAfter(t.Context(), conn, geo.Public, from)
		if err != nil || news.At != stateNow(t, s, geo.Public) {
			t.Fatalf("%+v, %v", news.At, err)
		}
		return news.Changes
	}
	// day is that of the suspension, in a public tile.
	fields := geo.MapLayers(geo.Public)[slices.IndexFunc(geo.MapLayers(geo.Public), func(l geo.MapLayer) bool { return l.Name == "parcels" })].Fields
	first := slices.Index(fields, "t0")
	day := func() int64 {
		t.Helper()
		f := mapOf(t, s, geo.Public, "parcels")[scan[int64](t, conn, `select public_id from pub.parcel where code = 'P02'`)]
		last := int64(0)
		for _, v := range f.Values[first:] {
			if n, ok := v.(int64); ok {
				last = n
			}
		}
		return last
	}

	// The two zones are 25 hours apart: no instant has the same day in both.
	set(zone("Pacific/Kiritimati"))
	for _, aud := range []geo.Audience{geo.Staff, geo.Public} {
		before, was := stateNow(t, s, aud), form(aud)
		east := day()
		set(zone("Pacific/Pago_Pago"))
		if aud == geo.Public {
			if list := told(before); len(list) != 1 || list[0].Layer != everything || list[0].Revision != before.Revision+1 {
				t.Errorf("the public is told %+v", list)
			}
		}
		if now := stateNow(t, s, aud); now.Revision != before.Revision+1 || now.Mark == before.Mark {
			t.Errorf("%s: %+v, before %+v", aud, now, before)
		}
		if west := day(); west >= east {
			t.Errorf("suspended on day %d in the east, %d in the west", east, west)
		}
		if form(aud) == was {
			t.Errorf("%s: the map has the same form in another zone", aud)
		}
		set(zone("Pacific/Kiritimati"))
		if form(aud) != was {
			t.Errorf("%s: the form of a zone is not the same again", aud)
		}
	}

	before, staff := stateNow(t, s, geo.Public), stateNow(t, s, geo.Staff)
	set(func(*geo.District) {})
	set(func(d *geo.District) {
		d.Name, d.NameEn, d.ApprovalNo, d.Frame = "腾地区", "Tengdi", "湘S(2026)1号", nil
		d.BaseMap = geo.BaseMap{Kind: "raster", URL: "https://tiles.example/{z}/{x}/{y}.png"}
	})
	if _, err := s.SetThresholds(t.Context(), admin(), geo.Thresholds{ProblemAmberDays: 10}, nil); err != nil {
		t.Fatal(err)
	}
	if now := stateNow(t, s, geo.Public); now != before || len(told(before)) > 0 {
		t.Errorf("other settings bring the public from %+v to %+v", before, now)
	}
	if now := stateNow(t, s, geo.Staff); now.Revision != staff.Revision+3 {
		t.Errorf("three changes of settings bring staff from %+v to %+v", staff, now)
	}
}
