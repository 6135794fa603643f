package postgis

import (
	"context"

	"tengdi/geo"
)

// ChainHead reads the end of the event log.
func (s *Store) ChainHead(ctx context.Context) (geo.ChainHead, error) {
	return geo.ChainHead{}, unbuilt()
}

// Verify compares everything that must agree. before is an exported head, nil for none.
func (s *Store) Verify(ctx context.Context, before *geo.ChainHead) (geo.Verdict, error) {
	return geo.Verdict{}, unbuilt()
}
