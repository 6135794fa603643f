package web

import (
	"net/http"

	"tengdi/geo"
)

// formsAnswer says what may be written, so that every form of the site and of
// others is made from it.
type formsAnswer struct {
	Collections []collectionForms `json:"collections"`
	Records     []recordForm      `json:"records"`
	Work        []geo.Option      `json:"work"`
	FileKinds   []geo.Option      `json:"file_kinds"`
	Duties      []geo.Option      `json:"duties"`
	Deeds       []geo.Deed        `json:"deeds"` // the caller's
}

// collectionForms are the inputs of a collection's items. Write says that the
// caller may use them.
type collectionForms struct {
	ID     string        `json:"id"`
	Create []geo.DataKey `json:"create"`
	Edit   []geo.DataKey `json:"edit"`
	Write  bool          `json:"write"`
}

type recordForm struct {
	geo.RecordKind
	Write bool `json:"write"`
}

func (s *Server) getForms(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewer(r.Context())
	if err != nil {
		return err
	}
	a := formsAnswer{
		Collections: []collectionForms{}, Records: []recordForm{}, Deeds: []geo.Deed{},
		Work: geo.WorkKinds(), FileKinds: geo.FileKinds(), Duties: geo.Duties(),
	}
	for _, c := range collectionsFor(v) {
		a.Collections = append(a.Collections, collectionForms{
			ID: c, Create: orEmpty(geo.CreateInputs(c)), Edit: orEmpty(geo.EditInputs(c)), Write: v.Role.May(geo.WriteDeed(c)),
		})
	}
	for _, k := range geo.RecordKinds() {
		if _, err := readable(v, geo.CollectionOf(k.Of)); err == nil {
			a.Records = append(a.Records, recordForm{k, v.Role.May(k.Deed)})
		}
	}
	for _, d := range geo.Deeds() {
		if v.Role.May(d) {
			a.Deeds = append(a.Deeds, d)
		}
	}
	return sendJSON(w, r, a)
}
