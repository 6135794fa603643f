package postgis

import (
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// mapOf reads one layer of an audience's map, by id.
func mapOf(t *testing.T, s *Store, aud geo.Audience, layer string) map[int64]MapFeature {
	t.Helper()
	out := map[int64]MapFeature{}
	err := s.ReadMap(t.Context(), aud, func(_ MapState, layers []MapRowsOf) error {
		for _, l := range layers {
			for f, err := range features(l.Rows) {
				if err != nil {
					return err
				}
				if l.Layer == layer {
					if _, twice := out[f.ID]; twice {
						t.Errorf("%s %d comes twice", layer, f.ID)
					}
					out[f.ID] = f
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Land whose acceptance was taken back is in the map of the days between, as it
// was; land that stands is there from its day on. The public has only what stands.
// An area's rate is that of the land of each day.
func TestMapOfClearedLand(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	if _, err := conn.Exec(t.Context(), `update land.building set status = 'site_cleared'; update land.problem set status = 'closed'`, simple); err != nil {
		t.Fatal(err)
	}
	accept := func(on string) {
		moved(t, s, geo.RoleSupervisor, geo.AreaMachine, "A02", "cleared", "acceptance_no", "验9", "survey_file", "f", "cleared_mu", "374.5", "on", on)
	}
	accept("2019-06-01")
	moved(t, s, geo.RoleSupervisor, geo.AreaMachine, "A02", "demolishing", "reason", "面积有误", "on", "2019-07-01")
	accept("2019-08-01")
	first, back, again := geo.CivilDay(date(2019, 6, 1)), geo.CivilDay(date(2019, 7, 1)), geo.CivilDay(date(2019, 8, 1))

	land := mapOf(t, s, geo.Staff, "cleared")
	ended := 0
	for id, f := range land {
		var shape []byte
		if err := conn.QueryRow(t.Context(), `select st_asewkb(geom) from land.cleared_land where id = $1`, id).Scan(&shape); err != nil {
			t.Fatal(err)
		}
		g, err := decodeShape(shape)
		if err != nil {
			t.Fatal(err)
		}
		since := scan[int64](t, conn, `select (cleared_on - date '1970-01-01')::bigint from land.cleared_land where id = $1`, id)
		if !scan[bool](t, conn, `select ended_at is not null from land.cleared_land where id = $1`, id) {
			if f.From != geo.Day(since) || len(f.Past) != 0 || !orb.Equal(f.Geometry, g) {
				t.Errorf("land that stands: %+v, since %d", f, since)
			}
			continue
		}
		ended++
		if f.Geometry != nil || f.Values != nil || len(f.Past) != 1 {
			t.Fatalf("land that was taken back: %+v", f)
		}
		v := f.Past[0]
		if v.From != first || v.Until != back || !orb.Equal(v.Geometry, g) || !slices.Equal(v.Values, []any{"A02", int64(first)}) {
			t.Errorf("land that was taken back was %+v", v)
		}
		one, err := s.MapFeatures(t.Context(), geo.Staff, "cleared", []int64{id})
		if err != nil || len(one[id].Past) != 1 || one[id].Geometry != nil {
			t.Errorf("alone: %+v, %v", one, err)
		}
	}
	if ended != 1 || len(land) != int(scan[int64](t, conn, `select count(*) from land.cleared_land`)) {
		t.Errorf("%d of %d pieces of land have ended", ended, len(land))
	}
	public := mapOf(t, s, geo.Public, "cleared")
	for id, f := range public {
		if f.Geometry == nil || f.From == 0 || len(f.Past) > 0 {
			t.Errorf("the public's land %d: %+v", id, f)
		}
	}
	if len(public) != len(land)-1 {
		t.Errorf("%d pieces of land for the public, %d for staff", len(public), len(land))
	}

	// The rate of each day, by the days' own figures.
	l := geo.MapLayers(geo.Staff)[0]
	code, rate := slices.Index(l.Fields, "code"), slices.Index(l.Fields, "rate")
	for _, f := range mapOf(t, s, geo.Staff, "areas") {
		area := f.Values[code].(string)
		plan := scan[float64](t, conn, `select plan_m2::float8 from land.area where code = $1`, area)
		for _, day := range []geo.Day{geo.CivilDay(date(2015, 1, 1)), first - 1, first, back - 1, back, again - 1, again} {
			got := f.Values[rate]
			if day < f.From {
				got = nil
				for _, v := range f.Past {
					if v.From <= day && day < v.Until {
						got = v.Values[rate]
					}
				}
			}
			want := float64(figuresAt(t, s, area, day).ClearedM2) / plan * 100
			if n, ok := got.(int64); !ok || float64(n) < want-0.5001 || float64(n) > want+0.5001 {
				t.Errorf("%s on %s: rate %v, want %v", area, day, got, want)
			}
		}
	}
}

// The map tells no area as complete before it is, and none as not begun that is: now,
// by all of its cleared land, and on the first day of several, to nobody.
func TestMapRateIsNotCompleteBeforeItIs(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	for _, c := range []struct {
		land, plan string // the plan is so many times the land
		want       int64
	}{{"all", "1.002", 99}, {"all", "1", 100}, {"all", "400", 1}, {"all", "2", 50}, {"first", "1.002", 99}, {"first", "1", 100}} {
		_, err := conn.Exec(t.Context(), `
			update land.area a
			set plan_m2 = l.`+c.land+`_m2 * `+c.plan+`
			from (
				select area_id, sum(official_m2) as all_m2, sum(official_m2) filter (where cleared_on = first) as first_m2
				from (select *, min(cleared_on) over (partition by area_id) as first from land.cleared_land where ended_at is null) c
				group by area_id) l
			where l.area_id = a.id;
			update pub.area p set plan_m2 = a.plan_m2
			from land.area a
			where a.public_id = p.public_id and p.cleared_m2 > 0`, simple)
		if err != nil {
			t.Fatal(err)
		}
		for _, aud := range []geo.Audience{geo.Staff, geo.Public} {
			rate, seen := slices.Index(geo.MapLayers(aud)[0].Fields, "rate"), 0
			for id, f := range mapOf(t, s, aud, "areas") {
				rates := []any{f.Values[rate]}
				if c.land == "first" {
					rates = nil
					for _, v := range f.Past {
						rates = append(rates, v.Values[rate])
					}
				}
				rates = slices.DeleteFunc(rates, func(v any) bool { n, ok := v.(int64); return ok && n == 0 })
				if len(rates) == 0 {
					continue // nothing was cleared
				}
				if seen++; rates[0] != c.want {
					t.Errorf("area %d of the %s, with a plan of %s times %s of its land: %v%%, want %d%%", id, aud, c.plan, c.land, rates[0], c.want)
				}
			}
			if seen == 0 {
				t.Errorf("no area of the %s has a rate of %s of its land", aud, c.land)
			}
		}
	}
}

// A parcel that was announced again had its first notice until then, and none
// before; one that was announced once has no past beside its history.
func TestMapOfNotices(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	for _, aud := range []geo.Audience{geo.Staff, geo.Public} {
		l := geo.MapLayers(aud)[slices.IndexFunc(geo.MapLayers(aud), func(l geo.MapLayer) bool { return l.Name == "parcels" })]
		notice, id := slices.Index(l.Fields, "notice"), "id"
		if aud == geo.Public {
			id = "public_id"
		}
		again := 0
		for fid, f := range mapOf(t, s, aud, "parcels") {
			rounds, err := conn.Query(t.Context(), `
				select (r.notice_on - date '1970-01-01')::bigint, r.notice_no
				from land.round r join land.parcel p on p.id = r.parcel_id
				where p.`+id+` = $1 and r.notice_on is not null and r.notice_no <> ''
				order by r.no`, fid)
			if err != nil {
				t.Fatal(err)
			}
			var days []int64
			var names []string
			for rounds.Next() {
				var d int64
				var n string
				if err := rounds.Scan(&d, &n); err != nil {
					t.Fatal(err)
				}
				days, names = append(days, d), append(names, n)
			}
			if err := rounds.Err(); err != nil {
				t.Fatal(err)
			}
			if len(days) < 2 {
				if len(f.Past) > 0 || f.From != 0 {
					t.Errorf("%s %v of %d rounds: from %s, %+v", aud, f.Values[0], len(days), f.From, f.Past)
				}
				continue
			}
			again++
			if f.From != geo.Day(days[len(days)-1]) || len(f.Past) != len(days) || f.Past[0].From != 1 || f.Past[0].Values[notice] != nil {
				t.Fatalf("%s %v announced on %v: from %s, %+v", aud, f.Values[0], days, f.From, f.Past)
			}
			for i, v := range f.Past[1:] {
				if v.From != geo.Day(days[i]) || v.Until != geo.Day(days[i+1]) || v.Values[notice] != names[i] || v.Values[0] != f.Values[0] || v.Geometry != nil {
					t.Errorf("%s %v, round %d: %+v", aud, f.Values[0], i+1, v)
				}
			}
		}
		if again == 0 {
			t.Errorf("no parcel of %s was announced twice", aud)
		}
	}
}

// A present round that has no notice ends the notice of the round before, on the
// day on which it was opened, and leaves the days before as they were. Announcing
// is what opens a round, so that a move always gives it one; a dataset may not.
func TestMapOfRoundWithoutNotice(t *testing.T) {
	t.Parallel()
	d := town()
	d.Parcels[0].Status = "listed" // P01, announced twice before
	second := &d.Rounds[1]
	second.Deal, second.SoldOn, second.Buyer, second.Outcome = 0, time.Time{}, "", "failed"
	d.Rounds = append(d.Rounds, geo.Round{Parcel: "P01", No: 3}, geo.Round{Parcel: "P05", No: 2})
	d.Events = append(d.Events,
		geo.Event{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "failed", To: "planned", On: date(2018, 10, 20)},
		geo.Event{Entity: geo.ParcelMachine, Code: "P05", Verb: "moved", From: "failed", To: "planned", On: date(2018, 10, 20)},
		geo.Event{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "planned", To: "announced", On: date(2018, 11, 1)},
		geo.Event{Entity: geo.ParcelMachine, Code: "P01", Verb: "moved", From: "announced", To: "listed", On: date(2018, 12, 1)},
	)
	d.Parcels[4].Status = "planned" // P05, announced once before
	s := emptyStore(t)
	if err := s.LoadDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	type since struct {
		day    geo.Day
		notice any
	}
	want := map[string][]since{
		"P01": {
			{1, nil},
			{geo.CivilDay(date(2017, 5, 1)), "岳楼示挂(2017)03号"},
			{geo.CivilDay(date(2018, 8, 1)), "岳楼示挂(2018)05号"},
			{geo.CivilDay(date(2018, 11, 1)), nil},
		},
		"P05": {{1, nil}, {geo.CivilDay(date(2018, 10, 1)), "岳楼示挂(2018)09号"}, {geo.CivilDay(date(2018, 10, 20)), nil}},
	}
	for aud, codes := range map[geo.Audience][]string{geo.Staff: {"P01", "P05"}, geo.Public: {"P01"}} {
		l := geo.MapLayers(aud)[slices.IndexFunc(geo.MapLayers(aud), func(l geo.MapLayer) bool { return l.Name == "parcels" })]
		code, notice := slices.Index(l.Fields, "code"), slices.Index(l.Fields, "notice")
		got := map[string][]since{}
		for _, f := range mapOf(t, s, aud, l.Name) {
			name := f.Values[code].(string)
			for i, v := range f.Past {
				got[name] = append(got[name], since{v.From, v.Values[notice]})
				if next := append(slices.Clone(f.Past[i+1:]), MapVersion{From: f.From})[0].From; v.Until != next {
					t.Errorf("%s %s %s: version %d is until %s, the next from %s", aud, l.Name, name, i+1, v.Until, next)
				}
			}
			if len(f.Past) > 0 {
				got[name] = append(got[name], since{f.From, f.Values[notice]})
			}
		}
		for _, c := range codes {
			if !slices.Equal(got[c], want[c]) {
				t.Errorf("%s %s %s: %v, want %v", aud, l.Name, c, got[c], want[c])
			}
		}
		if len(got) != len(codes) {
			t.Errorf("%s %s: the past of %v", aud, l.Name, got)
		}
	}
}
