package geo

import "time"

// Day is a civil day as the number of days since 1970-01-01, without zone. Map
// tiles carry dates so.
type Day int

const secondsADay = 24 * 60 * 60

// chinaTime is UTC+8, the whole country's time without summer time since 1991.
func chinaTime() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// DayOf tells the civil day of an instant in a zone; nil is China's.
func DayOf(t time.Time, zone *time.Location) Day {
	if zone == nil {
		zone = chinaTime()
	}
	return CivilDay(t.In(zone))
}

// CivilDay tells the day that a date names in its own location, whatever its
// clock says: the way to read a database date.
func CivilDay(date time.Time) Day {
	_, east := date.Zone()
	seconds := date.Unix() + int64(east)
	day := seconds / secondsADay
	if seconds%secondsADay < 0 {
		day--
	}
	return Day(day)
}

// Date is the day as a database date: midnight UTC.
func (d Day) Date() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

// End is the day's last moment, 24:00 in the zone: a deadline on this day is
// kept until then. nil is China's zone.
func (d Day) End(zone *time.Location) time.Time {
	if zone == nil {
		zone = chinaTime()
	}
	y, m, day := d.Date().Date()
	return time.Date(y, m, day+1, 0, 0, 0, 0, zone)
}

// String writes the day as 2006-01-02.
func (d Day) String() string { return d.Date().Format(time.DateOnly) }

// AddMonths goes n months on, to the same day of the month or, where the month
// is too short, its last: 31 August and six months is 28 or 29 February (Civil
// Procedure counts periods by months so).
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date().Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	return CivilDay(time.Date(last.Year(), last.Month(), min(day, last.Day()), 0, 0, 0, 0, time.UTC))
}

// AddYears goes n years on; 29 February becomes the 28th where it must.
func (d Day) AddYears(n int) Day { return d.AddMonths(12 * n) }

// Late says that a deadline has passed: it is kept until 24:00 of its day in
// the zone. No deadline is never late.
func Late(due, now time.Time, zone *time.Location) bool {
	return !due.IsZero() && DayOf(now, zone) > CivilDay(due)
}

// DaysLeft counts the days from now to a deadline; 0 on its day, negative when
// overdue.
func DaysLeft(due, now time.Time, zone *time.Location) int {
	return int(CivilDay(due) - DayOf(now, zone))
}

// WorkCalendar holds the exceptions from the five-day week, as the State
// Council's yearly notice sets them: false for a holiday, true for a weekend day
// that is worked (调休). nil knows weekends only.
type WorkCalendar map[Day]bool

// Works says whether the day is worked.
func (c WorkCalendar) Works(d Day) bool {
	if worked, ok := c[d]; ok {
		return worked
	}
	w := d.Date().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Add goes n working days on, not counting the first day; n <= 0 gives the day
// itself.
func (c WorkCalendar) Add(d Day, n int) Day {
	for n > 0 {
		d++
		if c.Works(d) {
			n--
		}
	}
	return d
}

// Statutory numbers of working days after a deal (Order 39 of 2007 and the
// notices of the land market).
const (
	ResultWorkingDays   = 10 // result made public
	ContractWorkingDays = 10 // contract signed
	DepositWorkingDays  = 5  // deposits of the others paid back
)

// ContractDue is the last day to sign the contract for a deal: ten working days.
func ContractDue(deal Day, c WorkCalendar) Day { return c.Add(deal, ContractWorkingDays) }

// ResultDue is the last day to publish the result of a deal: ten working days.
func ResultDue(deal Day, c WorkCalendar) Day { return c.Add(deal, ResultWorkingDays) }

// DepositBackDue is the last day to pay the other bidders' deposits back: five
// working days.
func DepositBackDue(deal Day, c WorkCalendar) Day { return c.Add(deal, DepositWorkingDays) }
