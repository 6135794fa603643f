package web

import (
	"context"
	"net/http"
	"slices"

	"tengdi/geo"
)

// AccessNoter records that somebody read a household's file.
type AccessNoter interface {
	NoteAccess(ctx context.Context, v geo.Viewer, what string, codes ...string) error
}

// What of a household's file was read, as the record of readings tells it.
const (
	readFile    = "file"
	readHistory = "history"
	readRecords = "records"
	readPapers  = "files"
	readPaper   = "paper"
	readMoves   = "moves"
	readList    = "list"
	readWork    = "work"  // what is due tells whose it is
	readAudit   = "audit" // events tell what happened to whom
)

// households is the collection that is read by scope, each reading noted.
const households = "households"

// reading finds the caller as a reader of a collection: not found when there is
// no such collection for them.
func (s *Server) reading(ctx context.Context, collection string) (geo.Viewer, error) {
	v, err := s.viewer(ctx)
	if err != nil {
		return v, err
	}
	_, err = readable(v, collection)
	return v, err
}

// mayRead checks that the viewer may read one thing, and notes that they do
// where it is a household. Outside its areas a role with scope is told that
// there is none.
func (s *Server) mayRead(ctx context.Context, v geo.Viewer, collection, code, what string) error {
	if collection != households {
		return nil
	}
	f, err := s.cfg.Store.Feature(ctx, geo.Staff, collection, code)
	if err != nil {
		return err
	}
	if !seesFeature(v, f) {
		return notHere()
	}
	return s.note(ctx, v, what, code)
}

// seesFeature says whether the areas of the viewer hold a household.
func seesFeature(v geo.Viewer, f geo.Feature) bool {
	area, _ := f.Properties["area"].(string)
	return v.Sees(area)
}

// note records the reading of households before they are told. What cannot be
// recorded is not told.
func (s *Server) note(ctx context.Context, v geo.Viewer, what string, codes ...string) error {
	if err := s.cfg.Store.NoteAccess(ctx, v, what, codes...); err != nil {
		return &geo.Error{
			Kind: geo.Unavailable, Err: err,
			En: "This reading cannot be recorded at the moment, so it is not allowed.",
			Zh: "暂时无法登记此次查阅，因此不能提供内容。",
		}
	}
	return nil
}

// distinct are the codes without those that come again.
func distinct(codes []string) []string {
	slices.Sort(codes)
	return slices.Compact(codes)
}

// writing checks that the caller may do a deed to things of a collection: not
// found for what they may not read, forbidden for what they may only read.
func (s *Server) writing(r *http.Request, collection string, deed geo.Deed) error {
	if _, err := s.reading(r.Context(), collection); err != nil {
		return err
	}
	if !callerOf(r.Context()).user.Role.May(deed) {
		return forbidden()
	}
	return nil
}

func forbidden() error {
	return geo.Errorf(geo.Forbidden, "Your role may not do this.", "您的角色无权进行此操作。")
}

// collectionsFor lists what a viewer may read.
func collectionsFor(v geo.Viewer) []string {
	if v.Audience != geo.Staff {
		return slices.DeleteFunc(geo.Collections(), func(c string) bool { return !geo.PublicCollection(c) })
	}
	return slices.DeleteFunc(append(geo.Collections(), geo.Registers()...), func(c string) bool {
		return !v.Role.May(geo.ReadDeed(c))
	})
}

// readable checks that the viewer may read a collection. What they may not
// read does not exist for them.
func readable(v geo.Viewer, id string) (string, error) {
	if !slices.Contains(collectionsFor(v), id) {
		return "", notHere()
	}
	return id, nil
}
