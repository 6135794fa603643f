package postgis

import (
	"context"

	"tengdi/geo"
)

// TransitionAll makes many moves in one transaction: all or none.
func (s *Store) TransitionAll(ctx context.Context, actor geo.Actor, list []geo.Transition) ([]geo.Event, error) {
	return nil, unbuilt()
}

// Moves says what the actor could do with a thing now.
func (s *Store) Moves(ctx context.Context, actor geo.Actor, entity geo.MachineName, code string) (geo.MovesFrom, error) {
	return geo.MovesFrom{}, unbuilt()
}
