package postgis

import (
	"context"

	"tengdi/geo"
)

// Create makes a thing of a register, see geo.CreateInputs.
func (s *Store) Create(ctx context.Context, actor geo.Actor, d geo.Draft) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}

// Correct writes other values of a thing.
func (s *Store) Correct(ctx context.Context, actor geo.Actor, e geo.Edit) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}
