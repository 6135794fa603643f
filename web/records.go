package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// Recorder keeps the records in the files of things.
type Recorder interface {
	Records(ctx context.Context, v geo.Viewer, collection, code, kind string) ([]geo.Record, error)
	AddRecord(ctx context.Context, actor geo.Actor, d geo.RecordDraft) (geo.Event, error)
	EditRecord(ctx context.Context, actor geo.Actor, e geo.RecordEdit) (geo.Event, error)
}

// recordAnswer is one record. Days are days, moments are in the district's
// zone; what is struck out says when and why.
type recordAnswer struct {
	Kind         string            `json:"kind"`
	No           int               `json:"no"`
	On           *string           `json:"on"`
	Due          *string           `json:"due,omitempty"`
	DoneOn       *string           `json:"done_on,omitempty"`
	Person       string            `json:"person,omitempty"`
	Organisation string            `json:"organisation,omitempty"`
	Values       map[string]string `json:"values"`
	By           string            `json:"by"` // login
	ByName       string            `json:"by_name,omitempty"`
	Version      int               `json:"version"`
	CreatedAt    time.Time         `json:"created_at"`
	StruckAt     *time.Time        `json:"struck_at,omitempty"`
	StruckWhy    string            `json:"struck_why,omitempty"`
}

type recordsAnswer struct {
	Records []recordAnswer `json:"records"`
}

// recordRequest is the body of a new record.
type recordRequest struct {
	Kind   string `json:"kind"`
	Values values `json:"values"`
	Reason string `json:"reason"`
}

// amendRequest is the body of a change to a record: other values, or struck out.
type amendRequest struct {
	Values values `json:"values"`
	Strike bool   `json:"strike"`
	Reason string `json:"reason"`
}

func recordOf(in geo.Record, zone *time.Location) recordAnswer {
	a := recordAnswer{
		Kind: in.Kind, No: in.No, On: day(in.On, zone), Due: day(in.Due, zone), DoneOn: day(in.DoneOn, zone),
		Person: in.Person, Organisation: in.Organisation, Values: in.Values, By: in.By, Version: in.Version,
		CreatedAt: in.CreatedAt.In(zone), StruckWhy: in.StruckWhy,
	}
	if a.Values == nil {
		a.Values = map[string]string{}
	}
	if !in.StruckAt.IsZero() {
		at := in.StruckAt.In(zone)
		a.StruckAt = &at
	}
	return a
}

// kindParam checks a kind of record; "" is all of them.
func kindParam(collection, kind string) error {
	entity, _ := geo.EntityOf(collection)
	if _, ok := geo.KindOfRecord(entity, kind); !ok && kind != "" {
		return badField("kind", "unknown", "is no kind of record of "+collection+"; /api/forms lists them", "不是 "+collection+" 的记录类别；见 /api/forms")
	}
	return nil
}

func (s *Server) getRecords(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, code, err := s.openThing(r, collection, readRecords)
		if err != nil {
			return err
		}
		kind := r.URL.Query().Get("kind")
		if err := kindParam(collection, kind); err != nil {
			return err
		}
		zone, err := s.district.zone(r.Context())
		if err != nil {
			return err
		}
		records, err := s.cfg.Store.Records(r.Context(), v, collection, code, kind)
		if err != nil {
			return err
		}
		named, err := peopleOf(r.Context(), s.cfg.Store, v.Audience, records, func(one geo.Record) string { return one.By })
		if err != nil {
			return err
		}
		a := recordsAnswer{[]recordAnswer{}}
		for _, one := range records {
			told := recordOf(one, zone)
			told.ByName = named[one.By]
			a.Records = append(a.Records, told)
		}
		return sendJSON(w, r, a)
	}
}

// mayWriteKind checks that there is such a kind of record and that the caller
// may write it: the deed that it takes is the kind's own.
func mayWriteKind(r *http.Request, collection, kind string) error {
	if kind == "" {
		return badField("kind", "missing", "must say which kind of record", "须写明记录类别")
	}
	if err := kindParam(collection, kind); err != nil {
		return err
	}
	entity, _ := geo.EntityOf(collection)
	k, _ := geo.KindOfRecord(entity, kind)
	if !callerOf(r.Context()).user.Role.May(k.Deed) {
		return forbidden()
	}
	return nil
}

func (s *Server) postRecord(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := s.reading(r.Context(), collection); err != nil {
			return err
		}
		if !writesRecords(callerOf(r.Context()).user.Role, collection) {
			return forbidden()
		}
		code, err := pathCode(r)
		if err != nil {
			return err
		}
		var in recordRequest
		body, err := readBody(w, r, maxJSON, &in)
		if err != nil {
			return err
		}
		if err := mayWriteKind(r, collection, in.Kind); err != nil {
			return err
		}
		if err := checkReason(in.Reason); err != nil {
			return err
		}
		actor, err := s.actor(r, body)
		if err != nil {
			return err
		}
		event, err := s.cfg.Store.AddRecord(r.Context(), actor, geo.RecordDraft{
			Collection: collection, Code: code, Kind: in.Kind, Values: in.Values, Reason: in.Reason,
		})
		if err != nil {
			return err
		}
		return s.sendWritten(w, r, event, "/api/"+collection+"/"+url.PathEscape(code)+"/records?kind="+in.Kind)
	}
}

// writesRecords says whether the role may write any kind of record of a
// collection's items.
func writesRecords(role geo.Role, collection string) bool {
	entity, _ := geo.EntityOf(collection)
	for _, k := range geo.RecordKinds() {
		if k.Of == entity && role.May(k.Deed) {
			return true
		}
	}
	return false
}

// patchRecord corrects a record or strikes it out. If-Match names the version of
// the record.
func (s *Server) patchRecord(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := s.reading(r.Context(), collection); err != nil {
			return err
		}
		edit, err := s.recordPath(r, collection)
		if err != nil {
			return err
		}
		if edit.Version, err = ifMatch(r); err != nil {
			return err
		}
		var in amendRequest
		body, err := readBody(w, r, maxJSON, &in)
		if err != nil {
			return err
		}
		switch {
		case in.Strike && len(in.Values) > 0:
			return badField("strike", "invalid", "a record is struck out or corrected, not both", "记录只能划除或更正，不能同时进行")
		case !in.Strike && len(in.Values) == 0:
			return badField("values", "missing", "must have what is to be corrected", "须写明要更正的内容")
		}
		if err := needReason(in.Reason); err != nil {
			return err
		}
		edit.Values, edit.Strike, edit.Reason = in.Values, in.Strike, in.Reason
		actor, err := s.actor(r, body)
		if err != nil {
			return err
		}
		event, err := s.cfg.Store.EditRecord(r.Context(), actor, edit)
		if err != nil {
			return s.staleRecord(r, edit, err)
		}
		return s.sendWritten(w, r, event, "")
	}
}

// recordPath reads which record the path names. Who may neither write the kind
// nor strike out what others wrote is refused.
func (s *Server) recordPath(r *http.Request, collection string) (geo.RecordEdit, error) {
	edit := geo.RecordEdit{Collection: collection}
	var err error
	if edit.Code, err = pathCode(r); err != nil {
		return edit, err
	}
	if edit.Kind, err = pathText(r, "kind"); err != nil {
		return edit, err
	}
	entity, _ := geo.EntityOf(collection)
	kind, ok := geo.KindOfRecord(entity, edit.Kind)
	if !ok {
		return edit, notHere()
	}
	no := r.PathValue("no")
	if edit.No, err = strconv.Atoi(no); err != nil || edit.No < 1 || edit.No > 1<<31-1 || strings.TrimLeft(no, "0123456789") != "" {
		return edit, notHere()
	}
	if role := callerOf(r.Context()).user.Role; !role.May(kind.Deed) && !role.May(geo.StrikeOut) {
		return edit, forbidden()
	}
	return edit, nil
}

// staleRecord adds to a refusal for an old version what the record is now.
func (s *Server) staleRecord(r *http.Request, edit geo.RecordEdit, err error) error {
	var stale *geo.StaleError
	if !errors.As(err, &stale) {
		return err
	}
	v, viewErr := s.viewer(r.Context())
	if viewErr != nil || s.mayRead(r.Context(), v, edit.Collection, edit.Code, readRecords) != nil {
		return err
	}
	zone, zoneErr := s.district.zone(r.Context())
	records, readErr := s.cfg.Store.Records(r.Context(), v, edit.Collection, edit.Code, edit.Kind)
	if zoneErr != nil || readErr != nil {
		return err
	}
	for _, one := range records {
		if one.No != edit.No {
			continue
		}
		body, jsonErr := json.Marshal(recordOf(one, zone))
		if jsonErr != nil {
			return fmt.Errorf("write record: %w", jsonErr)
		}
		return &statusError{status: http.StatusPreconditionFailed, err: err, current: body, etag: bareVersionTag(one.Version)}
	}
	return err
}
