package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// grid gives side × side squares of 1/1000 degree, each a little larger than
// its place, so that all neighbours share some ground.
func grid(side int, more float64) []geo.IngestRow {
	const step = 0.001
	var out []geo.IngestRow
	for i := range side * side {
		w, s := 113.1+float64(i%side)*step, 29.3+float64(i/side)*step
		e, n := w+step+more, s+step+more
		shape := orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
		out = append(out, row(i+1, shape, "code", fmt.Sprintf("G%d", i+1)))
	}
	return out
}

// Overlaps too small to tell of hide none that are not: 25,122 pairs of
// neighbours share less than 0.001 m2, then a row lies on four of them.
func TestIngestFindsAnOverlapAmongNoise(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	noise := grid(80, 5e-11)
	w, n := 113.1+40.5*0.001, 29.3+40.5*0.001
	late := row(len(noise)+1, orb.MultiPolygon{{{{w, n}, {w + 0.001, n}, {w + 0.001, n + 0.001}, {w, n + 0.001}, {w, n}}}}, "code", "LATE")
	r := ingest(t, s, parcelOptions(), append(noise, late)...)
	if r.Committed || r.Refused != 1 || len(r.Notes) != 4 || r.Notes[0].Code != "LATE" || r.Notes[0].Problem != "overlap" {
		t.Fatalf("in the file: committed %v, %d refused: %s", r.Committed, r.Refused, problems(r))
	}
	if r := ingest(t, s, parcelOptions(), noise...); !r.Committed || len(r.Notes) != 0 {
		t.Fatalf("noise alone: committed %v: %s", r.Committed, problems(r))
	}
	late.Number = 1
	if r := ingest(t, s, parcelOptions(), late); r.Committed || r.Refused != 1 || len(r.Notes) != 4 {
		t.Errorf("with what there is: committed %v, %d refused: %s", r.Committed, r.Refused, problems(r))
	}
}

// A file of more overlaps than are looked for is refused. Slivers alone, as
// rounded coordinates leave them, refuse nothing.
func TestIngestRefusesTooManyOverlaps(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	r := ingest(t, s, parcelOptions(), grid(60, 2e-5)...)
	if r.Committed || !strings.Contains(problems(r), "0 refused too_many_overlaps") {
		t.Errorf("committed %v, %d refused, %d notes", r.Committed, r.Refused, len(r.Notes))
	}
	if r = ingest(t, s, parcelOptions(), grid(60, 5e-9)...); !r.Committed || r.Refused != 0 || len(r.Notes) != maxSlivers+1 {
		t.Errorf("slivers: committed %v, %d refused, %d notes", r.Committed, r.Refused, len(r.Notes))
	}
}

// A parcel goes to another area while nobody has read of it; the projection is
// then what it would be, published anew. Published land stays.
func TestIngestMovesAParcelBetweenAreas(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	o := parcelOptions()
	for _, area := range []string{"A02", "A01"} {
		o.Area = area
		if r := ingest(t, s, o, row(1, square(0, 200, 100).Geometry, "code", "P03")); !r.Committed || r.Updated != 1 {
			t.Fatalf("to %s: %+v", area, r)
		}
		before := everythingPublic(t, s)
		// Everything published anew must find nothing to be mended.
		d, err := s.District(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetDistrict(t.Context(), admin(), d); err != nil {
			t.Fatal(err)
		}
		if after := everythingPublic(t, s); after != before {
			t.Errorf("to %s: the projection was stale\n%s\nwant\n%s", area, before, after)
		}
	}
}

// A code is an address and a key of pages: it holds nothing that breaks a line
// or cannot be seen.
func TestIngestRefusesCodesThatCannotBeSeen(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	r := ingest(t, s, parcelOptions(),
		row(1, square(0, 0, 10).Geometry, "code", "N\n1"),
		row(2, square(20, 0, 10).Geometry, "code", "N\t2"),
		row(3, square(40, 0, 10).Geometry, "code", "N\x003"),
		row(4, square(60, 0, 10).Geometry, "code", "N\u20284"),
		row(5, square(80, 0, 10).Geometry, "code", "N\u200b5"),
		row(6, square(100, 0, 10).Geometry, "code", "N\xff6"),
		row(7, square(120, 0, 10).Geometry, "code", strings.Repeat("编", 65)),
		row(8, square(140, 0, 10).Geometry, "code", "N8", "area", "A\x00"),
	)
	want := "1 refused code_wrong, 2 refused code_wrong, 3 refused code_wrong, 4 refused code_wrong, " +
		"5 refused code_wrong, 6 refused code_wrong, 7 refused code_wrong, 8 refused unknown_area"
	if got := problems(r); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for _, n := range r.Notes {
		if strings.ContainsFunc(n.Code+n.En+n.Zh, unseen) || len([]rune(n.Code)) > maxCode {
			t.Errorf("note %q %q %q", n.Code, n.En, n.Zh)
		}
	}
	if r := ingest(t, s, parcelOptions(), row(1, square(0, 0, 10).Geometry, "code", " \tN 1\n")); !r.Committed {
		t.Fatalf("blanks around a code: %s", problems(r))
	}
	if _, err := s.Feature(t.Context(), geo.Staff, "parcels", "N 1"); err != nil {
		t.Error(err)
	}
}

// What the tables would refuse is refused with the row and the field.
func TestIngestBoundsAreThoseOfTheTables(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	buildings := geo.IngestOptions{Layer: geo.BuildingLayer, SRID: geo.WGS84, File: "房屋.shp"}
	for i, c := range []struct {
		o     geo.IngestOptions
		field string
		value string
		good  bool
	}{
		{buildings, "floors", "300", true},
		{buildings, "floors", "301", false},
		{buildings, "floors", "-1", false},
		{buildings, "floors", "1.5", false},
		{buildings, "households", "1000000", true},
		{buildings, "households", "1000001", false},
		{buildings, "floor_m2", "0.00001", true},
		{buildings, "floor_m2", "100000000000", true},
		{buildings, "floor_m2", "1e12", false},
		{parcelOptions(), "survey_m2", "0.00001", false},
		{parcelOptions(), "survey_m2", "0.0001", true},
		{parcelOptions(), "survey_m2", "0", true},
		{parcelOptions(), "survey_m2", "-0", true},
		{parcelOptions(), "survey_m2", "100000000000", true},
		{parcelOptions(), "survey_m2", "NaN", false},
	} {
		r := ingest(t, s, c.o, row(1, square(float64(20*i), 0, 10).Geometry, "code", fmt.Sprintf("N%d", i), c.field, c.value))
		if r.Committed != c.good {
			t.Errorf("%s %s: committed %v: %s", c.field, c.value, r.Committed, problems(r))
		}
		if !c.good && (len(r.Notes) != 1 || r.Notes[0].Field != c.field || r.Notes[0].Row != 1) {
			t.Errorf("%s %s: %+v", c.field, c.value, r.Notes)
		}
	}
}

// A staged file is much work: it waits longer for the write before it than a
// form does.
func TestIngestIsPatient(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	in := &intake{options: geo.IngestOptions{SRID: geo.WGS84, Progress: func(string, int64, int64) {}}}
	var wait, after string
	_, _, err := s.writeAfter(t.Context(), planner(),
		func(ctx context.Context, x *tx) error {
			in.tx = x
			return in.read(ctx, rowsOf())
		},
		func(ctx context.Context, x *tx) error {
			return x.QueryRow(ctx, `select current_setting('lock_timeout')`).Scan(&wait)
		})
	if err != nil || wait != ingestLock {
		t.Errorf("an import waits %s, %v", wait, err)
	}
	_, _, err = s.write(t.Context(), planner(), func(ctx context.Context, x *tx) error {
		return x.QueryRow(ctx, `select current_setting('lock_timeout')`).Scan(&after)
	})
	if err != nil || after != "10s" {
		t.Errorf("the next write waits %s, %v", after, err)
	}
}

// What stands in decisions and notices is not changed by a file, unless the
// thing is still in its first states; the same file again is no change.
func TestIngestKeepsWhatIsSettled(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	before := everythingPublic(t, s)
	areas := geo.IngestOptions{Layer: geo.AreaLayer, SRID: geo.WGS84, File: "片区.shp"}
	buildings := geo.IngestOptions{Layer: geo.BuildingLayer, SRID: geo.WGS84, File: "房屋.shp"}
	for _, c := range []struct {
		name string
		o    geo.IngestOptions
		row  geo.IngestRow
		want string // the fields refused; "same" = unchanged, "changed" = corrected
	}{
		{"a decided area, alike", areas, row(1, square(0, 0, 400).Geometry, "code", "A01", "plan_mu", "100", "deadline", "2018-06-30"), "same"},
		{"a decided area, another plan", areas, row(1, square(0, 0, 400).Geometry, "code", "A01", "plan_mu", "101", "deadline", "2019-06-30"), "plan_mu deadline"},
		{"a planned area", areas, row(1, square(2000, 0, 300).Geometry, "code", "A03", "plan_mu", "51", "deadline", "2020-01-01"), "changed"},
		{"a decision", areas, row(1, square(0, 0, 400).Geometry, "code", "A01", "decision_no", "假〔2016〕9号", "decided_on", "2011-01-01"), "same"},
		{"a sold parcel, alike", parcelOptions(), row(1, square(0, 0, 150).Geometry, "code", "P01", "land_use", "0901"), "same"},
		{"a sold parcel, smaller", parcelOptions(), row(1, square(0, 0, 149).Geometry, "code", "P01", "land_use", "1001"), "land_use geometry"},
		{"an announced parcel", parcelOptions(), row(1, square(150, 0, 99).Geometry, "code", "P02"), "geometry"},
		{"a sold parcel, told anew", parcelOptions(), row(1, square(0, 0, 150).Geometry, "code", "P01", "name", "别名", "street", "430602001", "address", "别处", "survey_m2", "22000", "area", "A02"), "area survey_m2 name street address"},
		{"a sold parcel's aim", parcelOptions(), row(1, square(0, 0, 150).Geometry, "code", "P01", "industry", "商贸"), "changed"},
		{"a failed parcel's size", parcelOptions(), row(1, square(300, 0, 50).Geometry, "code", "P05", "survey_m2", "2500", "address", "别处"), "survey_m2 address"},
		{"a planned parcel's use", parcelOptions(), row(1, square(0, 200, 100).Geometry, "code", "P03", "land_use", "0901"), "land_use"},
		{"a planned parcel's shape", parcelOptions(), row(1, square(0, 200, 99).Geometry, "code", "P03"), "changed"},
		{"a parcel in reserve", parcelOptions(), row(1, square(1000, 0, 89).Geometry, "code", "P04", "land_use", "0901"), "changed"},
		{"a demolished building", buildings, row(1, square(10, 10, 20).Geometry, "code", "B01", "legal", "illegal"), "legal"},
		{"a building as found", buildings, row(1, square(1010, 10, 15).Geometry, "code", "B02", "legal", "legal"), "changed"},
	} {
		r := ingest(t, s, c.o, c.row)
		var fields []string
		for _, n := range r.Notes {
			if n.Severity == "refused" {
				fields = append(fields, n.Field)
			}
		}
		got := strings.Join(fields, " ")
		switch {
		case r.Unchanged == 1:
			got = "same"
		case r.Updated == 1:
			got = "changed"
		}
		if got != c.want || r.Committed == (r.Refused > 0) {
			t.Errorf("%s: %s, want %s: %s", c.name, got, c.want, problems(r))
		}
	}
	f, err := s.Feature(t.Context(), geo.Staff, "areas", "A01")
	if err != nil || f.Properties["decided_on"] != "2016-03-01" || f.Properties["decision_no"] != "岳楼征决〔2016〕1号" {
		t.Errorf("A01 %v, %v", f.Properties, err)
	}
	if after := everythingPublic(t, s); !strings.Contains(after, "A01") || strings.Count(after, `"2020-01-01"`) > 0 || len(before) == 0 {
		t.Errorf("the public reads %s", after)
	}
}

// What a hostile file can make a report say is bounded, also while it is read:
// refused rows are told first, the rest is counted.
func TestIngestNotesAreBounded(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	const rows, each = 20_000, 20
	long := strings.Repeat("长", 2000)
	wordy := func(yield func(geo.IngestRow, error) bool) {
		for i := range rows {
			r := row(i+1, nil, "code", fmt.Sprintf("N%d", i))
			for range each {
				r.Notes = append(r.Notes, geo.RowNote{Row: i + 1, Code: long, Problem: "not-text", Field: long, Zh: long, En: long, Severity: "warning"})
			}
			if i == rows-1 {
				r.Fields["code"] = ""
			}
			if !yield(r, nil) {
				return
			}
		}
	}
	r, err := s.Ingest(t.Context(), planner(), parcelOptions(), wordy)
	if err != nil {
		t.Fatal(err)
	}
	if r.Refused != rows || len(r.Notes) != maxNotes+3 || r.Omitted != rows*each+rows-maxNotes {
		t.Errorf("%d refused, %d notes, %d omitted", r.Refused, len(r.Notes), r.Omitted)
	}
	body, err := json.Marshal(r)
	if err != nil || len(body) > 2<<20 {
		t.Errorf("the report has %d bytes, %v", len(body), err)
	}
	for _, n := range r.Notes[:maxNotes] {
		if n.Severity != "refused" {
			t.Fatalf("%+v before refused rows", n)
		}
	}
	told := map[string]int{}
	for _, n := range r.Notes[maxNotes:] {
		told[n.Problem] = n.Row + len(n.En)
	}
	if len(told) != 3 || told["not-text"] == 0 || told["empty"] == 0 || told["code_missing"] == 0 {
		t.Errorf("counts %+v", r.Notes[maxNotes:])
	}
}
