package postgis

import (
	"context"

	"tengdi/geo"
)

// Work lists what is due from the viewer.
func (s *Store) Work(ctx context.Context, v geo.Viewer) (geo.Work, error) {
	return geo.Work{}, unbuilt()
}
