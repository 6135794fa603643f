package postgis

import (
	"context"

	"tengdi/geo"
)

// Attach adds a file whose bytes are kept already.
func (s *Store) Attach(ctx context.Context, actor geo.Actor, collection, code string, f geo.File) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}

// Files lists the files of a thing.
func (s *Store) Files(ctx context.Context, v geo.Viewer, collection, code string) ([]geo.File, error) {
	return nil, unbuilt()
}

// File finds a file by its token.
func (s *Store) File(ctx context.Context, v geo.Viewer, token string) (geo.File, error) {
	return geo.File{}, unbuilt()
}

// StrikeFile takes a file out of the thing's file.
func (s *Store) StrikeFile(ctx context.Context, actor geo.Actor, token, reason string) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}
