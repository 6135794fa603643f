package web

import (
	"context"
	"net/http"
	"net/url"

	"tengdi/geo"
)

// Drafter makes things of the registers and corrects things of any collection.
type Drafter interface {
	Create(ctx context.Context, actor geo.Actor, d geo.Draft) (geo.Event, error)
	Correct(ctx context.Context, actor geo.Actor, e geo.Edit) (geo.Event, error)
}

// draftRequest is the body of a new item.
type draftRequest struct {
	Code   string `json:"code"`
	On     string `json:"on"`
	Values values `json:"values"`
}

// editRequest is the body of a correction.
type editRequest struct {
	Values values `json:"values"`
	Reason string `json:"reason"`
}

// postItem makes a new item of a collection.
func (s *Server) postItem(w http.ResponseWriter, r *http.Request) error {
	collection := r.PathValue("collection")
	if err := s.writing(r, collection, geo.WriteDeed(collection)); err != nil {
		return err
	}
	if geo.CreateInputs(collection) == nil {
		return &statusError{status: http.StatusMethodNotAllowed, err: geo.Errorf(geo.Invalid,
			"Items of %s come by import.", "%s 通过导入新增。", collection)}
	}
	var in draftRequest
	body, err := readBody(w, r, maxJSON, &in)
	if err != nil {
		return err
	}
	if in.Code != "" && !plainText(in.Code, maxCode) {
		return badField("code", "invalid", "must be 1 to 64 characters", "须为 1 至 64 个字符")
	}
	on, err := dayParam("on", in.On)
	if err != nil {
		return err
	}
	actor, err := s.actor(r, body)
	if err != nil {
		return err
	}
	event, err := s.cfg.Store.Create(r.Context(), actor, geo.Draft{Collection: collection, Code: in.Code, On: on, Values: in.Values})
	if err != nil {
		return err
	}
	return s.sendWritten(w, r, event, "/api/collections/"+collection+"/items/"+url.PathEscape(event.Code))
}

// patchItem corrects an item.
func (s *Server) patchItem(w http.ResponseWriter, r *http.Request) error {
	collection := r.PathValue("collection")
	if err := s.writing(r, collection, callerOf(r.Context()).user.Role.CorrectDeed(collection)); err != nil {
		return err
	}
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	version, err := ifMatch(r)
	if err != nil {
		return err
	}
	var in editRequest
	body, err := readBody(w, r, maxJSON, &in)
	if err != nil {
		return err
	}
	if len(in.Values) == 0 {
		return badField("values", "missing", "must have what is to be corrected", "须写明要更正的内容")
	}
	if err := needReason(in.Reason); err != nil {
		return err
	}
	actor, err := s.actor(r, body)
	if err != nil {
		return err
	}
	event, err := s.cfg.Store.Correct(r.Context(), actor, geo.Edit{
		Collection: collection, Code: code, Version: version, Values: in.Values, Reason: in.Reason,
	})
	if err != nil {
		return s.staleItem(r, collection, code, err)
	}
	return s.sendWritten(w, r, event, "")
}
