package geo

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// holidays2018 is the National Day week of 2018: 1 to 7 October off, the
// weekend of 29 and 30 September worked.
func holidays2018() WorkCalendar {
	c := WorkCalendar{CivilDay(date("2018-09-29")): true, CivilDay(date("2018-09-30")): true}
	for d := CivilDay(date("2018-10-01")); d <= CivilDay(date("2018-10-07")); d++ {
		c[d] = false
	}
	return c
}

func TestDays(t *testing.T) {
	lateUTC := time.Date(2018, 5, 31, 16, 0, 0, 0, time.UTC)
	if got := DayOf(lateUTC, china).String(); got != "2018-06-01" {
		t.Errorf("16:00 UTC is %s in China", got)
	}
	if got := DayOf(lateUTC, nil).String(); got != "2018-06-01" {
		t.Errorf("16:00 UTC is %s without a zone", got)
	}
	if got := DayOf(lateUTC, time.UTC).String(); got != "2018-05-31" {
		t.Errorf("16:00 UTC is %s in UTC", got)
	}
	if d := CivilDay(date("1970-01-01")); d != 0 {
		t.Errorf("the first day is %d", d)
	}
	if d := CivilDay(time.Date(1969, 12, 31, 23, 0, 0, 0, china)); d != -1 {
		t.Errorf("the day before it is %d", d)
	}
	d := CivilDay(date("2018-12-31"))
	if end := d.End(china); !end.Equal(time.Date(2019, 1, 1, 0, 0, 0, 0, china)) {
		t.Errorf("2018-12-31 ends at %v", end)
	}
	if end := d.End(nil); !end.Equal(d.End(china)) {
		t.Errorf("without a zone it ends at %v", end)
	}
	if got := d.Date(); !got.Equal(date("2018-12-31")) || got.Location() != time.UTC {
		t.Errorf("as a date it is %v", got)
	}
}

// A civil day is what the calendar of the location says, before 1970 and in years of
// summer time too.
func TestCivilDayIsTheCalendars(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1<<31, 1<<32).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds"))
		if rapid.Bool().Draw(t, "midnight") {
			at = at.Truncate(24 * time.Hour)
		}
		for _, zone := range []*time.Location{time.UTC, shanghai, china, time.FixedZone("", -3*60*60-30*60)} {
			y, m, d := at.In(zone).Date()
			want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
			if got := CivilDay(at.In(zone)).Date(); !got.Equal(want) {
				t.Fatalf("%v is on %v", at.In(zone), got)
			}
			if u := at.UTC(); u.Equal(u.Truncate(24 * time.Hour)) {
				want = u
			}
			if got := (Occasion{On: at, Zone: zone}).Day().Date(); !got.Equal(want) {
				t.Fatalf("a move at %v happens on %v", at.In(zone), got)
			}
		}
	})
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2018-01-31", 1, "2018-02-28"},
		{"2020-01-31", 1, "2020-02-29"},
		{"2018-08-31", 6, "2019-02-28"},
		{"2018-03-15", 6, "2018-09-15"},
		{"2018-12-01", 1, "2019-01-01"},
		{"2018-03-31", -1, "2018-02-28"},
		{"2018-05-05", 0, "2018-05-05"},
	} {
		if got := CivilDay(date(c.from)).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if got := CivilDay(date("2020-02-29")).AddYears(1).String(); got != "2021-02-28" {
		t.Errorf("a year after 29 February is %s", got)
	}
}

func TestDeadlinesEndAtMidnight(t *testing.T) {
	due := date("2018-10-15")
	last := time.Date(2018, 10, 15, 23, 59, 59, 0, china)
	after := time.Date(2018, 10, 16, 0, 0, 0, 0, china)
	if Late(due, last, china) || !Late(due, after, china) {
		t.Error("a deadline must be kept until 24:00 of its day, and not beyond")
	}
	if Late(time.Time{}, after, china) {
		t.Error("no deadline is late")
	}
	if n := DaysLeft(due, last, china); n != 0 {
		t.Errorf("%d days are left on the day", n)
	}
	if n := DaysLeft(due, after, china); n != -1 {
		t.Errorf("%d days are left on the next", n)
	}
	if n := DaysLeft(due, date("2018-10-08"), china); n != 7 {
		t.Errorf("%d days are left a week before", n)
	}
}

func TestWorkingDays(t *testing.T) {
	deal := CivilDay(date("2018-09-28")) // a Friday
	for _, c := range []struct {
		name string
		got  Day
		want string
	}{
		{"contract without holidays", ContractDue(deal, nil), "2018-10-12"},
		{"contract with holidays", ContractDue(deal, holidays2018()), "2018-10-17"},
		{"result", ResultDue(deal, nil), "2018-10-12"},
		{"deposits back", DepositBackDue(deal, nil), "2018-10-05"},
		{"nothing to add", WorkCalendar(nil).Add(deal+1, 0), "2018-09-29"},
		{"from a Saturday", WorkCalendar(nil).Add(deal+1, 1), "2018-10-01"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

// The n-th working day after a day has n working days between them, itself
// included, and is one.
func TestWorkingDaysCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := WorkCalendar{}
		for range rapid.IntRange(0, 20).Draw(t, "exceptions") {
			c[Day(rapid.IntRange(17000, 17100).Draw(t, "day"))] = rapid.Bool().Draw(t, "worked")
		}
		from := Day(rapid.IntRange(17000, 17100).Draw(t, "from"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		to, worked := c.Add(from, n), 0
		for d := from + 1; d <= to; d++ {
			if c.Works(d) {
				worked++
			}
		}
		if worked != n || !c.Works(to) {
			t.Fatalf("from %s, %d working days lead to %s with %d between", from, n, to, worked)
		}
	})
}
