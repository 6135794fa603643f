package postgis

import (
	"context"

	"tengdi/geo"
)

// Records reads the records of a thing, newest first; kind "" = all.
func (s *Store) Records(ctx context.Context, v geo.Viewer, collection, code, kind string) ([]geo.Record, error) {
	return nil, unbuilt()
}

// AddRecord adds a record to the file of a thing.
func (s *Store) AddRecord(ctx context.Context, actor geo.Actor, d geo.RecordDraft) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}

// EditRecord corrects a record or strikes it out.
func (s *Store) EditRecord(ctx context.Context, actor geo.Actor, e geo.RecordEdit) (geo.Event, error) {
	return geo.Event{}, unbuilt()
}
