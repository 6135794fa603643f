package web

import (
	"net/http"
	"slices"

	"tengdi/geo"
)

// statusesAnswer is the body of /api/statuses: the catalogue that paints map,
// legend and lists.
type statusesAnswer struct {
	Statuses []geo.Status   `json:"statuses"`
	Colours  []geo.Colour   `json:"colours"`
	Uses     []geo.UseClass `json:"uses"`
}

// getStatuses lists the states. The public gets the machines of what it may
// read, with every state: the history of a published parcel names earlier ones.
func (s *Server) getStatuses(w http.ResponseWriter, r *http.Request) error {
	a := statusesAnswer{Statuses: geo.Catalogue(), Colours: geo.Colours(), Uses: geo.UseClasses()}
	if callerOf(r.Context()).audience != geo.Staff {
		public := []geo.MachineName{geo.AreaMachine, geo.ParcelMachine, geo.ProjectMachine}
		a.Statuses = slices.DeleteFunc(a.Statuses, func(st geo.Status) bool { return !slices.Contains(public, st.Machine) })
	}
	return sendJSON(w, r, a)
}

type link struct {
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
	Href  string `json:"href"`
}

type fieldAnswer struct {
	Name   string        `json:"name"`
	Type   geo.FieldType `json:"type"`
	Zh     string        `json:"zh"`
	En     string        `json:"en"`
	Unit   string        `json:"unit"`
	Filter bool          `json:"filter"`
}

type collectionAnswer struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	TitleEn string        `json:"title_en"`
	Fields  []fieldAnswer `json:"fields"`
	Links   []link        `json:"links"`
}

// collectionTitles are the names of the collections for people.
func collectionTitles(id string) (zh, en string) {
	switch id {
	case "areas":
		return "棚改片区", "Redevelopment areas"
	case "parcels":
		return "出让宗地", "Parcels"
	case "buildings":
		return "房屋", "Buildings"
	case "projects":
		return "重大项目", "Projects"
	case "households":
		return "住户", "Households"
	case "problems":
		return "问题清单", "Problems"
	case "organisations":
		return "单位", "Organisations"
	case "persons":
		return "人员", "Persons"
	case "boards":
		return "板块", "Boards"
	}
	return id, id
}

// fieldsFor lists the properties of a collection that an audience may read.
func fieldsFor(aud geo.Audience, collection string) []geo.Field {
	fields := geo.Fields(collection)
	if aud == geo.Staff {
		return fields
	}
	return slices.DeleteFunc(fields, func(f geo.Field) bool { return !f.Public })
}

func describeCollection(aud geo.Audience, id string) collectionAnswer {
	a := collectionAnswer{ID: id}
	a.Title, a.TitleEn = collectionTitles(id)
	for _, f := range fieldsFor(aud, id) {
		a.Fields = append(a.Fields, fieldAnswer{f.Name, f.Type, f.Zh, f.En, f.Unit, f.Filter})
	}
	at := "/api/collections/" + id
	a.Links = []link{
		{"self", "application/json", "", at},
		{"items", "application/geo+json", a.Title, at + "/items"},
	}
	return a
}

type collectionsAnswer struct {
	Collections []collectionAnswer `json:"collections"`
	Links       []link             `json:"links"`
}

func (s *Server) getCollections(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewer(r.Context())
	if err != nil {
		return err
	}
	var a collectionsAnswer
	for _, id := range collectionsFor(v) {
		a.Collections = append(a.Collections, describeCollection(v.Audience, id))
	}
	a.Links = []link{{"self", "application/json", "", "/api/collections"}}
	return sendJSON(w, r, a)
}

func (s *Server) getCollection(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("collection")
	v, err := s.reading(r.Context(), id)
	if err != nil {
		return err
	}
	return sendJSON(w, r, describeCollection(v.Audience, id))
}

type landingAnswer struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Version     string `json:"version"`
	Links       []link `json:"links"`
}

// landing is /api: where everything is.
func (s *Server) landing(w http.ResponseWriter, r *http.Request) error {
	var a landingAnswer
	lang := languageOf(r)
	a.Title = lang.pick("腾地", "Tengdi")
	a.Description = lang.pick("腾地清零与土地出让数据接口", "Land clearing and land transfer data")
	a.Version = s.cfg.Version
	for _, l := range []struct{ rel, kind, zh, en, href string }{
		{"self", "application/json", "本页", "This page", "/api"},
		{"data", "application/json", "数据集", "Collections", "/api/collections"},
		{"service-desc", openAPIType, "接口说明（OpenAPI）", "Description of the API (OpenAPI)", "/api/openapi.json"},
		{"describedby", "application/json", "行政区设置", "District", "/api/district"},
		{"related", "application/json", "状态目录", "Statuses", "/api/statuses"},
		{"related", "application/json", "统计", "Summary", "/api/summary"},
		{"related", "application/geo+json", "参考底图", "Reference map", "/api/reference"},
		{"search", "application/json", "搜索", "Search", "/api/search?q={q}"},
		{"monitor", "text/event-stream", "实时变更", "Live changes", "/api/live?tileset=public"},
		{"tilesets-vector", "application/json", "公开矢量瓦片", "Public vector tiles", "/tiles/public.json"},
	} {
		a.Links = append(a.Links, link{l.rel, l.kind, lang.pick(l.zh, l.en), l.href})
	}
	w.Header().Add("Vary", "Accept-Language")
	return sendJSON(w, r, a)
}
