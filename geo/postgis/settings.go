package postgis

import (
	"context"

	"tengdi/geo"
)

// Calendar reads the days that differ from the five-day week.
func (s *Store) Calendar(ctx context.Context) ([]geo.CalendarDay, error) { return nil, unbuilt() }

// SetCalendar writes days of the calendar; a day of the five-day week's own kind without a name is taken out.
func (s *Store) SetCalendar(ctx context.Context, actor geo.Actor, days []geo.CalendarDay) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}

// SetThresholds writes the district's own numbers.
func (s *Store) SetThresholds(ctx context.Context, actor geo.Actor, th geo.Thresholds) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}
