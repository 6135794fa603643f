package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"tengdi/geo"
)

// access says who may call a route: one of the words below, or the geo.Deed that
// the role of a signed-in caller must have. The zero value lets nobody in, so
// that a row that forgets it serves nothing.
type access string

const (
	nobody      access = ""
	public      access = "public" // no session is looked at: the answer is the same for all
	anyAudience access = "any"    // the session, if any, chooses the audience
	staffOnly   access = "staff"  // signed in, else 401
)

// pace says how long a route may take.
type pace int

const (
	brief   pace = iota // requestTimeout, then 503
	endless             // the handler sets its own limits: streams, uploads, and tiles, which rarely need one
)

// requestTimeout bounds the work for one brief request.
const requestTimeout = 15 * time.Second

// route is one row of the table of URLs.
type route struct {
	method  string
	pattern string // chi's; the methods GET and HEAD go together
	who     access
	params  []string // query parameters it knows, besides lang; nil = none
	pace    pace
	metered bool // counts against the caller's request budget
	do      handler
}

// table is every URL of the API, the tiles and the probes. The pages and files
// of the front end are served by fallback.
func (s *Server) table() []route {
	get, post, patch, put, del := http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete
	items, counted := append(pageParams(), filterNames()...), append(facetParams(), filterNames()...)
	shown := []string{"v", "at", "filter"}
	rows := []route{
		{get, "/livez", public, nil, brief, false, s.livez},
		{get, "/readyz", public, nil, brief, false, s.readyz},

		{get, "/api", anyAudience, nil, brief, true, s.landing},
		{get, "/api/openapi.json", public, nil, brief, true, s.getOpenAPI},
		{get, "/api/district", anyAudience, nil, brief, true, s.getDistrict},
		{get, "/api/session", anyAudience, nil, brief, true, s.getSession},
		{post, "/api/session", anyAudience, nil, brief, true, unkeyed(s.signIn)},
		{del, "/api/session", anyAudience, nil, brief, true, unkeyed(s.signOut)},
		{get, "/api/reference", public, nil, brief, true, s.getReference},
		{get, "/api/statuses", anyAudience, nil, brief, true, s.getStatuses},
		{get, "/api/collections", anyAudience, nil, brief, true, s.getCollections},
		{get, "/api/collections/{collection}", anyAudience, nil, brief, true, s.getCollection},
		{get, "/api/collections/{collection}/items", anyAudience, items, brief, true, s.getItems},
		{get, "/api/collections/{collection}/items/{code}", anyAudience, nil, brief, true, s.getItem},
		{get, "/api/collections/{collection}/counts", anyAudience, counted, brief, true, s.getFacets},
		{get, "/api/collections/{collection}/histogram", anyAudience, filterNames(), brief, true, s.getHistogram},
		{post, "/api/collections/{collection}/items", staffOnly, nil, brief, true, s.postItem},
		{patch, "/api/collections/{collection}/items/{code}", staffOnly, nil, brief, true, s.patchItem},
		{get, "/api/areas/{code}/remains", staffOnly, nil, brief, true, s.getRemains},
		{get, "/api/parcels/{code}/rounds", anyAudience, nil, brief, true, s.getRounds},
		{get, "/api/search", anyAudience, []string{"q", "limit"}, brief, true, s.search},
		{get, "/api/summary", anyAudience, summaryParams(), brief, true, s.getSummary},
		{get, "/api/live", anyAudience, []string{"tileset"}, endless, true, s.live},
		{post, "/api/imports", access(geo.ImportLand), nil, endless, true, s.postImport},

		{get, "/api/files/{token}", staffOnly, nil, endless, true, s.getFile},
		{post, "/api/files/{token}/strike", staffOnly, nil, brief, true, s.strikeFile},
		{get, "/api/forms", staffOnly, nil, brief, true, s.getForms},
		{get, "/api/work", staffOnly, nil, brief, true, s.getWork},
		{get, "/api/audit", access(geo.ReadAudit), auditParams(), brief, true, s.getAudit},
		{get, "/api/audit/head", access(geo.ReadAudit), nil, brief, true, s.getChainHead},
		{get, "/api/audit/access", access(geo.ReadAudit), []string{"code", "limit"}, brief, true, s.getAccesses},
		{get, "/api/calendar", staffOnly, nil, brief, true, s.getCalendar},
		{put, "/api/calendar", access(geo.KeepSettings), nil, brief, true, s.putCalendar},
		{get, "/api/thresholds", staffOnly, nil, brief, true, s.getThresholds},
		{put, "/api/thresholds", access(geo.KeepSettings), nil, brief, true, s.putThresholds},

		{get, "/qr", public, []string{"path"}, brief, true, s.getQR},
		{get, "/archives", public, nil, brief, true, s.getArchives},
		{get, "/archives/{name}", public, nil, endless, true, s.getArchive},
		{get, "/overlays", anyAudience, nil, brief, true, s.getOverlays},
		{get, "/overlays/{name}", anyAudience, nil, endless, true, s.getOverlay},
		{get, "/tiles/public.json", public, shown[1:], brief, true, s.tileJSON(geo.Public)},
		{get, "/tiles/staff.json", staffOnly, shown[1:], brief, true, s.tileJSON(geo.Staff)},
		{get, "/tiles/public/{z}/{x}/{y}.mvt", public, shown, endless, true, s.tile(geo.Public)},
		{get, "/tiles/staff/{z}/{x}/{y}.mvt", staffOnly, shown, brief, true, s.tile(geo.Staff)},
	}
	rows = append(rows, s.accountRoutes()...)
	rows = append(rows, s.listingRoutes()...)
	rows = append(rows, s.boardRoutes()...)
	for _, c := range thingCollections() {
		at := "/api/" + c
		rows = append(rows, []route{
			{get, at + "/{code}/history", anyAudience, nil, brief, true, s.getHistory(c)},
			{get, at + "/{code}/moves", staffOnly, nil, brief, true, s.getMoves(c)},
			{post, at + "/{code}/transitions", staffOnly, nil, brief, true, s.postTransition(c)},
			{post, at + "/transitions", staffOnly, nil, brief, true, s.postTransitions(c)},
			{get, at + "/{code}/records", staffOnly, []string{"kind"}, brief, true, s.getRecords(c)},
			{post, at + "/{code}/records", staffOnly, nil, brief, true, s.postRecord(c)},
			{patch, at + "/{code}/records/{kind}/{no}", staffOnly, nil, brief, true, s.patchRecord(c)},
			{get, at + "/{code}/files", staffOnly, nil, brief, true, s.getFiles(c)},
			{post, at + "/{code}/files", staffOnly, nil, endless, true, s.postFile(c)},
		}...)
	}
	return rows
}

// thingCollections are the collections of the things that a machine moves and
// that have a file.
func thingCollections() []string { return append(geo.Collections(), "households", "problems") }

// auditParams are the parameters of the log.
func auditParams() []string {
	return []string{"entity", "code", "actor", "verb", "from", "to", "before", "limit"}
}

// router lays the table into a chi router.
func (s *Server) router() http.Handler {
	mux := chi.NewRouter()
	mux.Use(s.observe, s.secureHeaders)
	for _, rt := range s.routes {
		h := s.handle(s.admit(rt))
		mux.Method(rt.method, rt.pattern, h)
		if rt.method == http.MethodGet {
			mux.Method(http.MethodHead, rt.pattern, h)
		}
	}
	mux.NotFound(s.handle(s.fallback))
	mux.MethodNotAllowed(s.handle(s.wrongMethod(mux)))
	return mux
}

// admit makes the checks that every route has before its handler: the caller's
// budget, the query parameters, where a change comes from, who is asking.
func (s *Server) admit(rt route) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if rt.metered {
			if ok, wait := s.clients.take(s.clientKey(r)); !ok {
				return tooMany(wait)
			}
		}
		if rt.handedOn() {
			r = knownQuery(r, rt.params)
		}
		if err := checkQuery(r, rt.params); err != nil {
			return err
		}
		if rt.method != http.MethodGet {
			if err := s.checkOrigin(r); err != nil {
				return err
			}
		}
		if rt.pace == brief {
			ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
			defer cancel()
			r = r.WithContext(ctx)
		}
		if rt.who != public {
			w.Header().Add("Vary", "Cookie")
			var err error
			if r, err = s.identify(w, r); err != nil {
				return err
			}
		}
		if err := permitToken(rt, callerOf(r.Context())); err != nil {
			return err
		}
		if err := permit(rt.who, callerOf(r.Context())); err != nil {
			return err
		}
		return rt.do(w, r)
	}
}

// permit decides whether a caller may use a route.
func permit(who access, c caller) error {
	staff := c.audience == geo.Staff
	switch {
	case who == public || who == anyAudience:
		return nil
	case !staff:
		return geo.Errorf(geo.Unauthorized, "Please sign in.", "请先登录。")
	case who == staffOnly || who != nobody && c.user.Role.May(geo.Deed(who)):
		return nil
	}
	return forbidden()
}

// wrongMethod answers 405 with the methods that the path has.
func (s *Server) wrongMethod(mux chi.Routes) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var allowed []string
		for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if mux.Match(chi.NewRouteContext(), m, r.URL.EscapedPath()) {
				allowed = append(allowed, m)
			}
		}
		if len(allowed) == 0 {
			return s.fallback(w, r)
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return &statusError{status: http.StatusMethodNotAllowed, err: geo.Errorf(geo.Invalid,
			"This address takes %s.", "此地址只接受 %s。", strings.Join(allowed, ", "))}
	}
}

// filterNames are the fields by which items can be asked for, over all
// collections and both audiences. Which of them hold for one collection and one
// caller is checked by the handler.
func filterNames() []string {
	var names []string
	for _, c := range append(geo.Collections(), geo.Registers()...) {
		for _, f := range geo.Fields(c) {
			if f.Filter && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}
