package postgis

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tengdi/geo"
)

func TestCalendar(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	day := func(y, m, d int) geo.Day { return geo.CivilDay(date(y, m, d)) }
	want := []geo.CalendarDay{
		{Day: day(2026, 10, 1), Works: false, Name: "国庆节"},
		{Day: day(2026, 10, 10), Works: true, Name: "调休"},
	}
	e, err := s.SetCalendar(t.Context(), admin(), []geo.CalendarDay{want[1], want[0], {Day: day(2026, 10, 12), Works: true}}, nil)
	if err != nil || e.Verb != geo.Corrected || e.Entity != "district" || len(e.Data) != 2 {
		t.Fatalf("%+v, %v", e, err)
	}
	if got, err := s.Calendar(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("calendar %v, %v", got, err)
	}
	if e, err = s.SetCalendar(t.Context(), admin(), want, nil); err != nil || e.ID != 0 {
		t.Errorf("the same days again: %+v, %v", e, err)
	}
	// Back to an ordinary Saturday: no row is left.
	if _, err = s.SetCalendar(t.Context(), admin(), []geo.CalendarDay{{Day: day(2026, 10, 10), Works: false}}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Calendar(t.Context()); err != nil || !slices.Equal(got, want[:1]) {
		t.Errorf("calendar %v, %v", got, err)
	}
	for name, days := range map[string][]geo.CalendarDay{
		"twice": {want[0], want[0]},
		"long":  {{Day: day(2026, 1, 1), Name: strings.Repeat("假", 101)}},
		"year":  {{Day: day(1900, 1, 1)}},
		"many":  make([]geo.CalendarDay, 1001),
	} {
		var bad *geo.Error
		if _, err := s.SetCalendar(t.Context(), admin(), days, nil); !errors.As(err, &bad) || bad.Kind != geo.Invalid || len(bad.Fields) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, r := range geo.Roles() {
		_, err := s.SetCalendar(t.Context(), actorOf(r), want[:1], nil)
		if (geo.KindOf(err) == geo.Forbidden) == (r == geo.RoleAdmin) {
			t.Errorf("%s: %v", r, err)
		}
	}
}

func TestThresholds(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	if d, err := s.District(t.Context()); err != nil || d.Thresholds != geo.DefaultThresholds() {
		t.Fatalf("%+v, %v", d.Thresholds, err)
	}
	e, err := s.SetThresholds(t.Context(), admin(), geo.Thresholds{ProblemAmberDays: 10}, nil)
	if err != nil || e.Verb != geo.Corrected || e.Code != "430602" {
		t.Fatalf("%+v, %v", e, err)
	}
	want := geo.DefaultThresholds()
	want.ProblemAmberDays = 10
	d, err := s.District(t.Context())
	if err != nil || d.Thresholds != want {
		t.Errorf("%+v, %v", d.Thresholds, err)
	}
	if e, err = s.SetThresholds(t.Context(), admin(), want, nil); err != nil || e.ID != 0 {
		t.Errorf("the same again: %+v, %v", e, err)
	}
	d.Name, d.Thresholds = "腾地区", geo.Thresholds{}
	if err := s.SetDistrict(t.Context(), admin(), d); err != nil {
		t.Fatal(err)
	}
	if d, err := s.District(t.Context()); err != nil || d.Thresholds != want || d.Name != "腾地区" {
		t.Errorf("other settings changed the thresholds: %+v, %v", d, err)
	}
	if _, err := s.SetThresholds(t.Context(), admin(), geo.Thresholds{PipelineAmber: 5}, nil); geo.KindOf(err) != geo.Invalid {
		t.Errorf("amber after red: %v", err)
	}
	if _, err := s.SetThresholds(t.Context(), actorOf(geo.RoleLeader), want, nil); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("a leader: %v", err)
	}
	// A district that nobody has set up takes them too.
	empty := emptyStore(t)
	if _, err := empty.SetThresholds(t.Context(), admin(), want, nil); err != nil {
		t.Fatal(err)
	}
	if d, err := empty.District(t.Context()); err != nil || d.Thresholds != want || d.Name != geo.DefaultDistrict().Name {
		t.Errorf("%+v, %v", d, err)
	}
}

// The ten working days for a contract are counted by the district's calendar.
func TestContractIsLateByTheCalendar(t *testing.T) {
	t.Parallel()
	for name, holidays := range map[string]bool{"plain weeks": false, "a week of holidays": true} {
		t.Run(name, func(t *testing.T) {
			s := townStore(t)
			if holidays {
				var days []geo.CalendarDay
				for d := geo.CivilDay(date(2018, 9, 17)); d <= geo.CivilDay(date(2018, 9, 21)); d++ {
					days = append(days, geo.CalendarDay{Day: d, Name: "示例"})
				}
				if _, err := s.SetCalendar(t.Context(), admin(), days, nil); err != nil {
					t.Fatal(err)
				}
			}
			// Sold on Wednesday 12 September 2018; ten working days end on the 26th.
			e := moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P01", "contracted", "on", "2018-09-27", "contract_no", "HT", "supervision_no", "DZ")
			if late := e.Data["warnings"] != nil; late == holidays {
				t.Errorf("warnings %v", e.Data["warnings"])
			}
		})
	}
}
