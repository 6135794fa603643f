package geo

import (
	"slices"
	"strings"
	"time"
)

// Occasion is what every move asks: when it is said to have happened, what went
// before, and why. All times in the facts count as days: midnight UTC is a date
// (as the database gives one), everything else an instant whose day is that of
// Zone.
type Occasion struct {
	On     time.Time // when the move happened; zero = Now
	LastOn time.Time // when the thing's last event happened; zero = none
	Now    time.Time // the database clock
	Zone   *time.Location
	Reason string
	Before string // the state the thing was in before its present one; "" = not known
}

// facts is what a machine's facts have in common.
type facts interface{ occasion() Occasion }

func (o Occasion) occasion() Occasion { return o }

// Day tells the civil day of the move in the district's zone. Without a zone
// China's is meant.
func (o Occasion) Day() Day {
	if o.On.IsZero() {
		return o.Today()
	}
	return o.dayOf(o.On)
}

// Today tells the present civil day in the district's zone.
func (o Occasion) Today() Day { return DayOf(o.Now, o.Zone) }

// reached says that the move happens on the date or later; an unset date is
// never reached.
func (o Occasion) reached(date time.Time) bool {
	return !date.IsZero() && o.Day() >= o.dayOf(date)
}

// dayOf tells the day of a time in the facts.
func (o Occasion) dayOf(t time.Time) Day {
	if t.Unix()%secondsADay == 0 && t.Nanosecond() == 0 { // midnight UTC
		return Day(t.Unix() / secondsADay)
	}
	return DayOf(t, o.Zone)
}

// inOrder says that both dates are set and at least so many days apart.
func (o Occasion) inOrder(from, to time.Time, days int) bool {
	return !from.IsZero() && !to.IsZero() && int(o.dayOf(to)-o.dayOf(from)) >= days
}

// timely holds the guards of every move: dates may be filled in later,
// but not before the event before, and never ahead of time.
func timely[F facts]() []Guard[F] {
	return []Guard[F]{
		{
			Code: "not_future", Zh: "日期不能晚于今天", En: "the date must not be in the future",
			Fails: func(f F) *Reason {
				o := f.occasion()
				if o.Day() <= o.Today() {
					return nil
				}
				return because("日期 %s 晚于今天 %s", "the date %s is after today, %s", o.Day(), o.Today())
			},
		},
		{
			Code: "not_before_last", Zh: "日期不能早于上一事件", En: "the date must not be before the last event",
			Fails: func(f F) *Reason {
				o := f.occasion()
				if o.LastOn.IsZero() || o.Day() >= o.dayOf(o.LastOn) {
					return nil
				}
				return because("日期 %s 早于上一事件 %s", "the date %s is before the last event, %s", o.Day(), o.dayOf(o.LastOn))
			},
		},
	}
}

// reasonGiven asks for a reason in words.
func reasonGiven[F facts]() Guard[F] {
	return must("reason", "须写明理由", "a reason must be given", func(f F) bool {
		return strings.TrimSpace(f.occasion().Reason) != ""
	})
}

// cameFrom lets a thing return only to the state it came from, where its last
// move tells which of the origins that was.
func cameFrom[F facts](state string, origins []string) Guard[F] {
	return Guard[F]{
		Code: "came_from", Zh: "只能回到此前所处的状态", En: "a thing returns only to the state it came from",
		Fails: func(f F) *Reason {
			before := f.occasion().Before
			if before == state || !slices.Contains(origins, before) {
				return nil
			}
			return because("此前状态为 %s，不能回到 %s", "it came from %s and cannot return to %s", before, state)
		},
	}
}
