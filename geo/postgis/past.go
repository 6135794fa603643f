package postgis

import (
	"context"

	"tengdi/geo"
)

// SummaryAt computes the figures of one area or of a past day, for staff, from the events.
func (s *Store) SummaryAt(ctx context.Context, q geo.SummaryQuery) (geo.Summary, error) {
	return geo.Summary{}, unbuilt()
}
