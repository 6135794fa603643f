package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"tengdi/geo"
)

// The access matrix: every route, asked for by everybody, for things of their
// own areas, of others, published and hidden. A column is a caller; the order is
// that of callers().
//
// Writes are asked for without what they need, so that nothing is written: who
// is let through hears what is missing (400 a value, 415 a body, 428 a version),
// who is not hears 401, 403 or 404.

// callers are the columns: nobody signed in, then each role.
func callers() []geo.Role { return append([]geo.Role{geo.RolePublic}, geo.Roles()...) }

// accessRow is one address of a route and what each caller gets.
type accessRow struct {
	method, pattern string
	path            string
	want            string // statuses in the order of callers()
}

// of is the status that a caller gets.
func (row accessRow) of(role geo.Role) int {
	var got int
	words := strings.Fields(row.want)
	if _, err := fmt.Sscan(words[slices.Index(callers(), role)], &got); err != nil {
		panic(row.pattern + ": " + err.Error())
	}
	return got
}

// Rows of the matrix that many routes have.
const (
	//                public viewer field planner trading leader supervisor admin
	toAll     = "200 200 200 200 200 200 200 200"
	toStaff   = "401 200 200 200 200 200 200 200"
	hidden    = "404 200 200 200 200 200 200 200" // from the public
	toAudit   = "401 403 403 403 403 403 200 200"
	ownHome   = "401 404 200 200 404 200 200 200" // a household in an area of the field worker
	otherHome = "401 404 404 200 404 200 200 200" // and one outside
	noItem    = "401 404 404 404 404 404 404 404"
)

// accessTable has a row for every route. A new route without one fails
// TestEveryRouteHasAnAccessRow: say who may call it before it goes out.
func accessTable() []accessRow {
	return slices.Concat(siteAccess(), listingAccess(), itemAccess(), thingAccess(), accountAccess(), []accessRow{
		{"DELETE", "/api/session", "/api/session", "204 204 204 204 204 204 204 204"}, // last: it signs out
	})
}

func siteAccess() []accessRow {
	return []accessRow{
		{"GET", "/livez", "/livez", toAll},
		{"GET", "/readyz", "/readyz", toAll},
		{"GET", "/api", "/api", toAll},
		{"GET", "/api/openapi.json", "/api/openapi.json", toAll},
		{"GET", "/api/district", "/api/district", toAll},
		{"GET", "/api/session", "/api/session", toAll},
		{"POST", "/api/session", "/api/session", "415 415 415 415 415 415 415 415"},
		{"GET", "/api/reference", "/api/reference", toAll},
		{"GET", "/api/statuses", "/api/statuses", toAll},
		{"GET", "/api/search", "/api/search?q=A01", toAll},
		{"GET", "/api/summary", "/api/summary", toAll},
		{"GET", "/api/summary", "/api/summary?area=A01", "401 200 200 200 200 200 200 200"},
		{"GET", "/api/summary", "/api/summary?at=2019-06-30", "401 200 200 200 200 200 200 200"},
		{"GET", "/api/summary", "/api/summary?leader=nobody", toStaff},
		{"GET", "/api/board", "/api/board", toStaff},
		{"GET", "/api/board/areas", "/api/board/areas?at=2019-06-30", toStaff},
		{"GET", "/api/board/series", "/api/board/series?area=A01", toStaff},
		{"GET", "/api/board/groups", "/api/board/groups?by=street", toStaff},
		{"GET", "/api/board/problems", "/api/board/problems", toStaff},
		{"GET", "/api/board/auctions", "/api/board/auctions", toStaff},
		{"GET", "/api/board/pipeline", "/api/board/pipeline", toStaff},
		{"GET", "/api/board/report.xlsx", "/api/board/report.xlsx?period=day&on=2019-06-30", toStaff},
		{"GET", "/api/live", "/api/live?tileset=public", toAll},
		{"GET", "/api/live", "/api/live?tileset=staff", toStaff},
		{"POST", "/api/imports", "/api/imports", "401 403 403 503 403 403 403 503"}, // 503: the test has no importer
		{"GET", "/api/forms", "/api/forms", toStaff},
		{"GET", "/api/work", "/api/work", toStaff},
		{"GET", "/api/audit", "/api/audit", toAudit},
		{"GET", "/api/audit/head", "/api/audit/head", toAudit},
		{"GET", "/api/audit/access", "/api/audit/access", toAudit},
		{"GET", "/api/calendar", "/api/calendar", toStaff},
		{"PUT", "/api/calendar", "/api/calendar", "401 403 403 403 403 403 403 415"},
		{"GET", "/api/thresholds", "/api/thresholds", toStaff},
		{"PUT", "/api/thresholds", "/api/thresholds", "401 403 403 403 403 403 403 415"},
		{"GET", "/qr", "/qr?path=/map", toAll},
		{"GET", "/archives", "/archives", toAll},
		{"GET", "/archives/{name}", "/archives/none.pmtiles", "404 404 404 404 404 404 404 404"},
		{"GET", "/overlays", "/overlays", toAll},
		{"GET", "/overlays/{name}", "/overlays/none.geojson", "404 404 404 404 404 404 404 404"},
		{"GET", "/overlays/{name}", "/overlays/boards.geojson", toAll},
		{"GET", "/tiles/public.json", "/tiles/public.json", toAll},
		{"GET", "/tiles/staff.json", "/tiles/staff.json", toStaff},
		{"GET", "/tiles/public/{z}/{x}/{y}.mvt", "/tiles/public/14/13339/6793.mvt", toAll},
		{"GET", "/tiles/staff/{z}/{x}/{y}.mvt", "/tiles/staff/14/13339/6793.mvt", toStaff},
	}
}

// listingAccess are the pages for investors: the same for everybody, and hidden
// parcels for nobody.
func listingAccess() []accessRow {
	const nobodys = "404 404 404 404 404 404 404 404"
	return []accessRow{
		{"GET", "/listings", "/listings", toAll},
		{"GET", "/listings/compare", "/listings/compare?codes=P01,P02", toAll},
		{"GET", "/listings/{code}", "/listings/P01", toAll},
		{"GET", "/listings/{code}", "/listings/XP4", nobodys},
		{"GET", "/listings/{code}/sheet", "/listings/P01/sheet", toAll},
		{"GET", "/listings/{code}/sheet", "/listings/XP4/sheet", nobodys},
		{"GET", "/listings/{code}/card.png", "/listings/P01/card.png", toAll},
		{"GET", "/listings/{code}/card.png", "/listings/XP4/card.png", nobodys},
		{"GET", "/listings/{code}/enquiry", "/listings/P01/enquiry", toAll},
		{"GET", "/listings/{code}/enquiry", "/listings/XP4/enquiry", nobodys},
		{"POST", "/listings/{code}/enquiry", "/listings/P01/enquiry", "415 415 415 415 415 415 415 415"},
		{"GET", "/feeds/listings.atom", "/feeds/listings.atom", toAll},
		{"GET", "/feeds/listings.json", "/feeds/listings.json", toAll},
		{"GET", "/feeds/auctions.ics", "/feeds/auctions.ics", toAll},
		{"GET", "/sitemap.xml", "/sitemap.xml", toAll},
		{"GET", "/robots.txt", "/robots.txt", toAll},
	}
}

func itemAccess() []accessRow {
	const (
		one   = "/api/collections/{collection}"
		items = one + "/items"
		item  = items + "/{code}"
		at    = "/api/collections/"
		homes = "404 404 200 200 404 200 200 200"
	)
	return []accessRow{
		{"GET", "/api/collections", "/api/collections", toAll},
		{"GET", one, at + "parcels", toAll},
		{"GET", one, at + "buildings", hidden},
		{"GET", one, at + "problems", hidden},
		{"GET", one, at + "persons", hidden},
		{"GET", one, at + "households", homes},
		{"GET", items, at + "areas/items", toAll},
		{"GET", items, at + "buildings/items", hidden},
		{"GET", items, at + "problems/items", hidden},
		{"GET", items, at + "organisations/items", hidden},
		{"GET", items, at + "persons/items", hidden},
		{"GET", items, at + "boards/items", hidden},
		{"GET", items, at + "households/items", homes},
		{"GET", item, at + "areas/items/A01", toAll},
		{"GET", item, at + "parcels/items/P01", toAll},
		{"GET", item, at + "parcels/items/XP4", hidden},
		{"GET", item, at + "projects/items/J01", toAll},
		{"GET", item, at + "projects/items/XJ2", hidden},
		{"GET", item, at + "buildings/items/XB1", hidden},
		{"GET", item, at + "problems/items/XQ1", hidden},
		{"GET", item, at + "households/items/XH1", homes},
		{"GET", item, at + "households/items/XH2", "404 404 404 200 404 200 200 200"},

		{"GET", one + "/counts", at + "areas/counts?by=status&ids=1", toAll},
		{"GET", one + "/counts", at + "parcels/counts?within=113+29,114+29,114+30", toAll},
		{"GET", one + "/counts", at + "buildings/counts", hidden},
		{"GET", one + "/counts", at + "households/counts", "404 404 404 404 404 404 404 404"},
		{"GET", one + "/histogram", at + "parcels/histogram?status=sold", toAll},
		{"GET", one + "/histogram", at + "areas/histogram?leader=nobody", "400 200 200 200 200 200 200 200"},
		{"GET", one + "/histogram", at + "buildings/histogram", hidden},
		{"GET", one + "/histogram", at + "households/histogram", "404 404 404 404 404 404 404 404"},
		{"GET", "/api/areas/{code}/remains", "/api/areas/A01/remains", toStaff},
		{"GET", items, at + "areas/items?sort=-plan_mu", toAll},
		{"GET", items, at + "areas/items?sort=deadline", "400 200 200 200 200 200 200 200"},

		{"POST", items, at + "areas/items", "401 403 405 405 403 403 403 405"},
		{"POST", items, at + "parcels/items", "401 403 403 405 405 403 403 405"},
		{"POST", items, at + "buildings/items", "401 403 405 405 403 403 403 405"},
		{"POST", items, at + "projects/items", "401 403 403 415 403 415 403 415"},
		{"POST", items, at + "households/items", "401 404 415 415 404 403 403 415"},
		{"POST", items, at + "problems/items", "401 403 415 415 415 415 415 415"},
		{"POST", items, at + "organisations/items", "401 403 403 415 403 415 403 415"},
		{"POST", items, at + "persons/items", "401 403 403 415 403 415 403 415"},
		{"POST", items, at + "boards/items", "401 403 403 415 403 415 403 415"},
		{"PATCH", item, at + "areas/items/A01", "401 403 428 428 403 403 403 428"},
		{"PATCH", item, at + "parcels/items/P01", "401 403 403 428 428 403 428 428"},
		{"PATCH", item, at + "buildings/items/XB1", "401 403 428 428 403 403 403 428"},
		{"PATCH", item, at + "projects/items/J01", "401 403 403 428 403 428 403 428"},
		{"PATCH", item, at + "households/items/XH1", "401 404 428 428 404 403 403 428"},
		{"PATCH", item, at + "problems/items/XQ1", "401 403 428 428 428 428 428 428"},
		{"PATCH", item, at + "organisations/items/X1", "401 403 403 428 403 428 403 428"},
		{"PATCH", item, at + "persons/items/X1", "401 403 403 428 403 428 403 428"},
		{"PATCH", item, at + "boards/items/X1", "401 403 403 428 403 428 403 428"},
		{"GET", "/api/parcels/{code}/rounds", "/api/parcels/P01/rounds", toAll},
		{"GET", "/api/parcels/{code}/rounds", "/api/parcels/XP4/rounds", hidden},

		{"GET", "/api/files/{token}", "/api/files/nothing", noItem},
		{"POST", "/api/files/{token}/strike", "/api/files/nothing/strike", "401 403 415 415 415 415 415 415"},
	}
}

// thingAccess are the routes of the files of things. The field worker is
// assigned to area A01; what is in A02 is another's.
func thingAccess() []accessRow {
	var rows []accessRow
	for _, c := range []struct {
		name, code string
		public     string // reading the history, by the public and then by staff
		read       string
		moves      string // making moves
		note       string // adding a record
		amend      string // changing one, of the kind below; supervisors may strike out others'
		attach     string
		kind       string
	}{
		{
			"areas", "A01", toAll, toStaff, "401 428 428 428 428 428 428 428",
			"401 403 415 415 415 415 415 415", "401 403 428 428 403 403 428 428", "401 403 503 503 403 403 403 503", "meeting",
		},
		{
			"parcels", "XP4", hidden, toStaff, "401 428 428 428 428 428 428 428",
			"401 403 403 415 415 403 403 415", "401 403 403 428 428 403 428 428", "401 403 403 503 503 403 403 503", "note",
		},
		{
			"buildings", "XB1", hidden, toStaff, "401 428 428 428 428 428 428 428",
			"401 403 415 415 403 403 403 415", "401 403 428 428 403 403 428 428", "401 403 503 503 403 403 403 503", "note",
		},
		{
			"projects", "XJ2", hidden, toStaff, "401 428 428 428 428 428 428 428",
			"401 403 403 415 403 415 403 415", "401 403 403 428 403 428 428 428", "401 403 403 503 403 503 403 503", "contact",
		},
		{
			"households", "XH1", "404 404 200 200 404 200 200 200", ownHome, "401 404 428 428 404 428 428 428",
			"401 404 415 415 404 403 403 415", "401 404 428 428 404 403 428 428", "401 404 503 503 404 403 403 503", "visit",
		},
		{
			"households", "XH2", "404 404 404 200 404 200 200 200", otherHome, "401 404 428 428 404 428 428 428",
			"401 404 415 415 404 403 403 415", "401 404 428 428 404 403 428 428", "401 404 503 503 404 403 403 503", "visit",
		},
		{
			"problems", "XQ1", hidden, toStaff, "401 428 428 428 428 428 428 428",
			"401 403 415 415 415 415 415 415", "401 403 428 428 428 428 428 428", "401 403 503 503 503 503 503 503", "progress",
		},
	} {
		at, to := "/api/"+c.name+"/{code}", "/api/"+c.name+"/"+c.code
		batch := strings.ReplaceAll(c.moves, "428", "415")
		rows = append(
			rows,
			accessRow{"GET", at + "/history", to + "/history", c.public},
			accessRow{"GET", at + "/moves", to + "/moves", c.read},
			accessRow{"GET", at + "/records", to + "/records", c.read},
			accessRow{"GET", at + "/files", to + "/files", c.read},
			accessRow{"POST", at + "/transitions", to + "/transitions", c.moves},
			accessRow{"POST", "/api/" + c.name + "/transitions", "/api/" + c.name + "/transitions", batch},
			accessRow{"POST", at + "/records", to + "/records", c.note},
			accessRow{"PATCH", at + "/records/{kind}/{no}", to + "/records/" + c.kind + "/1", c.amend},
			accessRow{"POST", at + "/files", to + "/files", c.attach},
		)
	}
	return rows
}

func TestEveryRouteHasAnAccessRow(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} })
	s.assignField()
	rows := map[string]bool{}
	for _, row := range accessTable() {
		rows[row.method+" "+row.pattern] = true
	}
	routes := map[string]bool{}
	err := chi.Walk(s.server.Handler().(chi.Routes), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodHead { // goes with GET
			method = http.MethodGet
		}
		routes[method+" "+pattern] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for r := range routes {
		if !rows[r] {
			t.Errorf("%s has no row in the access table", r)
		}
	}
	for r := range rows {
		if !routes[r] {
			t.Errorf("the access table has %s, the server has not", r)
		}
	}
	for _, role := range callers() {
		v := s.as(role)
		for _, row := range accessTable() {
			if got := s.status(v, row.method, row.path); got != row.of(role) {
				t.Errorf("%s %s as %s is %d, want %d", row.method, row.path, role, got, row.of(role))
			}
		}
	}
}

// assignField gives the field worker of the test a person, who is assigned to
// area A01.
func (s *site) assignField() {
	s.t.Helper()
	s.exec(`insert into land.person (code, name, post, login) values ('XN1', '隐人员', '网格员001', 'field')`)
	s.exec(`
		insert into land.record (entity, entity_id, kind, no, on_day, person_id, data, by_login)
		select 'area', a.id, 'assignment', 1, '2017-01-01', p.id, '{"duty": "field"}', 'admin'
		from land.area a, land.person p
		where a.code = 'A01' and p.code = 'XN1'`)
}

// status makes one request and reads no more than its status: a live stream has
// no end.
func (s *site) status(v *visitor, method, path string) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.http.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Origin", s.http.URL)
	res, err := v.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestRouteWithoutAccessLetsNobodyIn(t *testing.T) {
	var forgotten access
	if err := permit(forgotten, caller{audience: geo.Public}); kindOf(err) != geo.Unauthorized {
		t.Errorf("the public: %v", err)
	}
	if err := permit(forgotten, caller{audience: geo.Staff, user: geo.User{Role: geo.RoleAdmin}}); kindOf(err) != geo.Forbidden {
		t.Errorf("an administrator: %v", err)
	}
}

func TestEveryRouteRefusesUnknownParameters(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} })
	v := s.as(geo.RoleAdmin)
	for _, row := range accessTable() {
		sep := "?"
		if strings.Contains(row.path, "?") {
			sep = "&"
		}
		want := 400
		if row.method == "GET" && strings.HasPrefix(row.path, "/listings") && !strings.HasSuffix(row.path, ".png") {
			want = s.status(v, row.method, row.path) // a link that a chat has added to
		}
		if got := s.status(v, row.method, row.path+sep+"nonsense=1"); got != want {
			t.Errorf("%s %s with an unknown parameter: %d, it should be %d", row.method, row.path, got, want)
		}
	}
}
