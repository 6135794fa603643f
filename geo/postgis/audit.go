package postgis

import (
	"context"

	"tengdi/geo"
)

// Audit reads a page of the log, newest first.
func (s *Store) Audit(ctx context.Context, q geo.AuditQuery) (geo.AuditPage, error) {
	return geo.AuditPage{}, unbuilt()
}

// Accesses reads who read a household's file, newest first; code "" = all.
func (s *Store) Accesses(ctx context.Context, code string, limit int) ([]geo.Access, error) {
	return nil, unbuilt()
}

// NoteAccess records that somebody read a household's file.
func (s *Store) NoteAccess(ctx context.Context, v geo.Viewer, code, what string) error {
	return unbuilt()
}
