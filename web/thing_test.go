package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"tengdi/geo"
	"tengdi/geo/postgis/files"
)

// write makes a change with a JSON body and reads the answer.
func (v *visitor) write(method, path, body string, headers ...string) (*http.Response, map[string]any) {
	v.site.t.Helper()
	res, text := v.do(method, path, strings.NewReader(body), append([]string{"Content-Type", "application/json", "Accept-Language", "en"}, headers...)...)
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		v.site.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return res, m
}

// tag is the ETag of an item.
func (v *visitor) tag(path string) string {
	v.site.t.Helper()
	res, body := v.get(path)
	if res.StatusCode != 200 {
		v.site.t.Fatalf("%s: %d %s", path, res.StatusCode, body)
	}
	return res.Header.Get("ETag")
}

func TestMoveNamesItsVersion(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RolePlanner)
	const item, move = "/api/collections/projects/items/XJ2", "/api/projects/XJ2/transitions"
	tag := v.tag(item)
	if n, err := parseVersionTag(tag); err != nil || n != 1 {
		t.Fatalf("the ETag of an item is %s", tag)
	}
	if res, m := v.write("POST", move, `{"to":"contact"}`); res.StatusCode != 428 || m["detail"] == "" {
		t.Fatalf("without a version: %d %v", res.StatusCode, m)
	}
	if res, m := v.write("POST", move, `{"to":"nowhere"}`, "If-Match", tag); res.StatusCode != 400 {
		t.Errorf("to a state that there is not: %d %v", res.StatusCode, m)
	}
	res, m := v.write("POST", move, `{"to":"operating"}`, "If-Match", tag)
	if res.StatusCode != 409 || len(m["reasons"].([]any)) == 0 || len(m["allowed"].([]any)) == 0 || m["type"] != "urn:tengdi:problem:refused" {
		t.Errorf("a move that there is not: %d %v", res.StatusCode, m)
	}
	var from movesAnswer
	v.read("/api/projects/XJ2/moves", &from)
	if from.Status != "lead" || from.Version != 1 || len(from.Moves) == 0 || from.Moves[0].Zh == "" {
		t.Fatalf("moves: %+v", from)
	}
	to := fmt.Sprintf(`{"to":%q,"reason":"x","data":{}}`, from.Moves[0].To)

	res, m = v.write("POST", move, to, "If-Match", tag, "Idempotency-Key", "once")
	if res.StatusCode != 200 || m["version"] != 2.0 || res.Header.Get("ETag") != `"v2"` || m["actor"] != "planner" || m["verb"] != "moved" {
		t.Fatalf("a move: %d %v %s", res.StatusCode, m, res.Header.Get("ETag"))
	}
	again, m2 := v.write("POST", move, to, "If-Match", tag, "Idempotency-Key", "once")
	if again.StatusCode != 200 || again.Header.Get("Idempotency-Replayed") != "true" || m2["id"] != m["id"] || m2["at"] != m["at"] {
		t.Errorf("the same request again: %d %v, %v", again.StatusCode, m2, m)
	}
	if n := s.count(`select count(*) from land.event where code = 'XJ2' and verb = 'moved'`); n != 1 {
		t.Errorf("%d moves were made", n)
	}
	if other, m := v.write("POST", move, to+" ", "If-Match", `"v2"`, "Idempotency-Key", "once"); other.StatusCode != 400 || !strings.Contains(fmt.Sprint(m["fields"]), "Idempotency-Key") {
		t.Errorf("another request with the same key: %d %v", other.StatusCode, m)
	}

	res, m = v.write("PATCH", item, `{"values":{"investor":"x"},"reason":"y"}`, "If-Match", tag)
	current, _ := m["current"].(map[string]any)
	if res.StatusCode != 412 || m["version"] != 2.0 || current["id"] != "XJ2" || res.Header.Get("ETag") != v.tag(item) {
		t.Errorf("an old version: %d %v, %s", res.StatusCode, m, res.Header.Get("ETag"))
	}
	if res, m = v.write("PATCH", item, `{"values":{"investor":"隐新投资方"},"reason":"y"}`, "If-Match", res.Header.Get("ETag")); res.StatusCode != 200 || m["version"] != 3.0 {
		t.Errorf("with the version of the refusal: %d %v", res.StatusCode, m)
	}
	if n := s.count(`select count(*) from land.event where code = 'XJ2' and source = 'ui'`); n != 2 {
		t.Errorf("%d events came from the page", n)
	}
}

func TestBulkMovesAreAllOrNone(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RolePlanner)
	const at = "/api/projects/transitions"
	row := func(code string, version int) string { return fmt.Sprintf(`{"code":%q,"version":%d}`, code, version) }
	for name, body := range map[string]string{
		"no rows": `{"to":"contact","items":[]}`, "a row twice": `{"to":"contact","items":[` + row("XJ2", 1) + "," + row("XJ2", 1) + `]}`,
		"no version": `{"to":"contact","items":[{"code":"XJ2"}]}`, "501 rows": `{"to":"contact","items":[` + strings.Repeat(row("x", 1)+",", 500) + row("y", 1) + `]}`,
	} {
		if res, m := v.write("POST", at, body); res.StatusCode != 400 || m["fields"] == nil {
			t.Errorf("%s: %d %v", name, res.StatusCode, m)
		}
	}
	res, m := v.write("POST", at, `{"to":"contact","items":[`+row("XJ2", 1)+","+row("J03", 1)+","+row("NONE", 1)+`]}`)
	rows, _ := m["rows"].([]any)
	if res.StatusCode != 409 || len(rows) != 2 {
		t.Fatalf("a list with wrong rows: %d %v", res.StatusCode, m)
	}
	refused, missing := rows[0].(map[string]any), rows[1].(map[string]any)
	if refused["code"] != "J03" || refused["status"] != 409.0 || refused["reasons"] == nil || missing["code"] != "NONE" || missing["status"] != 404.0 {
		t.Errorf("rows: %v", rows)
	}
	if n := s.count(`select count(*) from land.project where code = 'XJ2' and status = 'lead'`); n != 1 {
		t.Error("a row was done although others were refused")
	}
	var from movesAnswer
	v.read("/api/projects/XJ2/moves", &from)
	body := fmt.Sprintf(`{"to":%q,"reason":"x","items":[%s]}`, from.Moves[0].To, row("XJ2", 1))
	if res, m = v.write("POST", at, body, "Idempotency-Key", "bulk"); res.StatusCode != 200 || len(m["rows"].([]any)) != 1 {
		t.Fatalf("a list: %d %v", res.StatusCode, m)
	}
	if res, m = v.write("POST", at, body, "Idempotency-Key", "bulk"); res.StatusCode != 200 || res.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the list again: %d %v", res.StatusCode, m)
	}
}

func TestReadingsOfHouseholdsAreNoted(t *testing.T) {
	s := newSite(t, village(), nil)
	s.assignField()
	v := s.as(geo.RoleField)
	for _, path := range []string{
		"/api/collections/households/items", "/api/collections/households/items/XH1", "/api/households/XH1/history",
		"/api/households/XH1/moves", "/api/households/XH1/records", "/api/households/XH1/files",
	} {
		if res, body := v.get(path); res.StatusCode != 200 || bytes.Contains(body, []byte("XH2")) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	for _, path := range []string{"/api/collections/households/items/XH2", "/api/households/XH2/history", "/api/households/NONE/moves"} {
		if res, _ := v.get(path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	var notes accessesAnswer
	s.as(geo.RoleSupervisor).read("/api/audit/access", &notes)
	var what []string
	for _, n := range notes.Accesses {
		if n.Login != "field" || n.Code != "XH1" {
			t.Errorf("noted: %+v", n)
		}
		what = append(what, n.What)
	}
	if strings.Join(what, " ") != "files records moves history file list" {
		t.Errorf("noted: %v", what)
	}
	s.exec(`alter table priv.access rename to away`)
	for _, path := range []string{"/api/collections/households/items", "/api/collections/households/items/XH1", "/api/households/XH1/files"} {
		if res, body := v.get(path); res.StatusCode != 503 || bytes.Contains(body, []byte("persons")) {
			t.Errorf("%s without a record of readings: %d %s", path, res.StatusCode, body)
		}
	}
}

// keeper keeps papers in a folder of the test.
type keeper struct{ *files.Folder }

func (k keeper) Put(_ context.Context, r io.Reader) (geo.File, error) {
	p, err := k.Folder.Put(r, geo.MaxFile)
	return geo.File{SHA256: p.SHA256, Bytes: p.Bytes, MediaType: p.MediaType}, err
}

func (k keeper) Open(_ context.Context, sum string) (io.ReadSeekCloser, error) {
	return k.Folder.Open(sum)
}

// withPapers lets a site keep papers.
func withPapers(t testing.TB) func(*Config) {
	t.Helper()
	folder, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	return func(c *Config) { c.Files, c.Limits = keeper{folder}, Limits{RequestBurst: 1e9} }
}

// paperBody is the body of an upload and its content type.
func paperBody(t testing.TB, kind, name string, content []byte) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = w.WriteField("kind", kind)
	w.Close()
	return &b, w.FormDataContentType()
}

func TestPapers(t *testing.T) {
	s := newSite(t, village(), withPapers(t))
	s.assignField()
	v := s.as(geo.RoleField)
	page := []byte("a text, then <script>alert(1)</script>")
	add := func(path, kind, name string, key string) (*http.Response, []byte) {
		body, kindOfBody := paperBody(t, kind, name, page)
		return v.do("POST", path, body, "Content-Type", kindOfBody, "Idempotency-Key", key)
	}
	const at = "/api/households/XH1/files"
	res, body := add(at, "agreement", "协议 1.html", "k1")
	if res.StatusCode != 201 {
		t.Fatalf("upload: %d %s", res.StatusCode, body)
	}
	if res, body = add(at, "agreement", "协议 1.html", "k1"); res.StatusCode != 201 || res.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("upload again: %d %s", res.StatusCode, body)
	}
	if res, body = add(at, "agreement", "other.html", "k1"); res.StatusCode != 400 {
		t.Errorf("another upload with the same key: %d %s", res.StatusCode, body)
	}
	whole := page
	page = []byte("<html><script>alert(1)</script></html>")
	if res, body = add(at, "agreement", "x.html", "k2"); res.StatusCode != 400 {
		t.Errorf("a page: %d %s", res.StatusCode, body)
	}
	page = whole
	if res, body = add(at, "nonsense", "x.html", "k2"); res.StatusCode != 400 {
		t.Errorf("a kind that there is not: %d %s", res.StatusCode, body)
	}
	if res, _ = add("/api/households/XH2/files", "agreement", "x.html", "k3"); res.StatusCode != 404 {
		t.Errorf("for a household outside: %d", res.StatusCode)
	}
	var listed filesAnswer
	v.read(at, &listed)
	if len(listed.Files) != 1 || listed.Files[0].By != "field" || listed.Files[0].Bytes != int64(len(page)) {
		t.Fatalf("files: %+v", listed)
	}
	path := "/api/files/" + listed.Files[0].Token
	res, body = v.get(path)
	h := res.Header
	if res.StatusCode != 200 || !bytes.Equal(body, page) || strings.Contains(h.Get("Content-Type"), "html") ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "attachment; ") || !strings.Contains(h.Get("Content-Disposition"), "filename*=UTF-8''%E5%8D%8F%E8%AE%AE%201.html") ||
		h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") || h.Get("Cache-Control") != "private, no-store" {
		t.Errorf("download: %d %v", res.StatusCode, h)
	}
	if res, body = v.get(path, "Range", "bytes=1-4"); res.StatusCode != 206 || string(body) != " tex" {
		t.Errorf("a range: %d %s", res.StatusCode, body)
	}
	if res, _ = s.as(geo.RoleTrading).get(path); res.StatusCode != 404 {
		t.Errorf("as trading: %d", res.StatusCode)
	}
	if res, _ = s.visitor().get(path); res.StatusCode != 401 {
		t.Errorf("as the public: %d", res.StatusCode)
	}
	if n := s.count(`select count(*) from priv.access where what = 'paper' and code = 'XH1' and login = 'field'`); n != 1 { // once a day
		t.Errorf("%d readings of the paper are noted", n)
	}
	if res, m := v.write("POST", path+"/strike", `{}`); res.StatusCode != 400 {
		t.Errorf("struck without a reason: %d %v", res.StatusCode, m)
	}
	const wrong = `{"reason":"wrong paper"}`
	res, first := v.write("POST", path+"/strike", wrong, "Idempotency-Key", "k4")
	if res.StatusCode != 200 || first["verb"] != "detached" {
		t.Errorf("struck: %d %v", res.StatusCode, first)
	}
	if res, m := v.write("POST", path+"/strike", wrong, "Idempotency-Key", "k4"); res.StatusCode != 200 || m["id"] != first["id"] || res.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("struck again with the same key: %d %v", res.StatusCode, m)
	}
	if res, m := v.write("POST", path+"/strike", wrong); res.StatusCode != 404 {
		t.Errorf("struck twice: %d %v", res.StatusCode, m)
	}
	if res, _ = v.get(path); res.StatusCode != 404 {
		t.Errorf("after: %d", res.StatusCode)
	}
}

func TestRecordsOverHTTP(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RolePlanner)
	const at = "/api/households/XH1/records"
	res, m := v.write("POST", at, `{"kind":"visit","values":{"topic":"签约","outcome":"同意","due":"2030-01-02"}}`)
	if res.StatusCode != 201 || m["verb"] != "recorded" {
		t.Fatalf("a visit: %d %v", res.StatusCode, m)
	}
	if res, m = v.write("POST", at, `{"kind":"visit","values":{"outcome":"nonsense","extra":1}}`); res.StatusCode != 400 || len(m["fields"].([]any)) < 3 {
		t.Errorf("wrong values: %d %v", res.StatusCode, m)
	}
	if res, m = v.write("POST", at, `{"kind":"promotion","values":{}}`); res.StatusCode != 400 {
		t.Errorf("a kind of other things: %d %v", res.StatusCode, m)
	}
	var list recordsAnswer
	v.read(at+"?kind=visit", &list)
	if len(list.Records) != 1 || list.Records[0].Values["topic"] != "签约" || *list.Records[0].Due != "2030-01-02" || list.Records[0].Version != 1 {
		t.Fatalf("records: %+v", list.Records)
	}
	one := fmt.Sprintf("%s/visit/%d", at, list.Records[0].No)
	if res, m = v.write("PATCH", one, `{"values":{"topic":"x"},"reason":"y"}`); res.StatusCode != 428 {
		t.Errorf("without a version: %d %v", res.StatusCode, m)
	}
	if res, m = v.write("PATCH", one, `{"values":{"topic":"腾空"},"reason":"y"}`, "If-Match", `"v1"`); res.StatusCode != 200 || m["verb"] != "amended" {
		t.Errorf("corrected: %d %v", res.StatusCode, m)
	}
	res, m = v.write("PATCH", one, `{"strike":true,"reason":"y"}`, "If-Match", `"v1"`)
	current, _ := m["current"].(map[string]any)
	if res.StatusCode != 412 || current["version"] != 2.0 || res.Header.Get("ETag") != `"v2"` {
		t.Errorf("an old version: %d %v", res.StatusCode, m)
	}
	if res, m = v.write("PATCH", one, `{"strike":true,"reason":"y"}`, "If-Match", `"v2"`); res.StatusCode != 200 || m["verb"] != "struck" {
		t.Errorf("struck: %d %v", res.StatusCode, m)
	}
}

func TestSettingsOverHTTP(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleAdmin)
	tag := v.tag("/api/calendar")
	body := `{"days":[{"day":"2030-10-01","works":false,"name":"国庆节"}]}`
	if res, m := v.write("PUT", "/api/calendar", body); res.StatusCode != 428 {
		t.Errorf("without a version: %d %v", res.StatusCode, m)
	}
	if res, m := v.write("PUT", "/api/calendar", body, "If-Match", tag); res.StatusCode != 200 {
		t.Fatalf("a holiday: %d %v", res.StatusCode, m)
	}
	if res, m := v.write("PUT", "/api/calendar", body, "If-Match", tag); res.StatusCode != 412 || !strings.Contains(fmt.Sprint(m["current"]), "2030-10-01") {
		t.Errorf("an old version: %d %v", res.StatusCode, m)
	}
	tag = v.tag("/api/thresholds")
	if res, m := v.write("PUT", "/api/thresholds", `{"unvisited_days":9}`, "If-Match", tag); res.StatusCode != 200 {
		t.Errorf("thresholds: %d %v", res.StatusCode, m)
	}
	var th geo.Thresholds
	v.read("/api/thresholds", &th)
	if th.UnvisitedDays != 9 || th.BehindRed != geo.DefaultThresholds().BehindRed {
		t.Errorf("thresholds: %+v", th)
	}
}

// Of many who saw the same settings one is first; the others are told what they
// are now. The same request again is the first one's answer, not a refusal.
func TestSettingsAreNotOverwrittenUnseen(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestBurst: 1e9} })
	v := s.as(geo.RoleAdmin)
	for path, body := range map[string]string{
		"/api/thresholds": `{"unvisited_days":%d}`, "/api/calendar": `{"days":[{"day":"2030-10-%02d","works":false,"name":"示例"}]}`,
	} {
		tag := v.tag(path)
		var wg sync.WaitGroup
		statuses := make([]int, 12)
		for i := range statuses {
			wg.Go(func() {
				res, m := v.write("PUT", path, fmt.Sprintf(body, 15+i), "If-Match", tag)
				statuses[i] = res.StatusCode
				if res.StatusCode == 412 && (m["current"] == nil || res.Header.Get("ETag") == tag) {
					t.Errorf("%s: a refusal without what it is now: %v", path, m)
				}
			})
		}
		wg.Wait()
		n := map[int]int{}
		for _, one := range statuses {
			n[one]++
		}
		if n[200] != 1 || n[412] != 11 {
			t.Errorf("%s: answers %v", path, n)
		}
		tag = v.tag(path)
		for i, replayed := range []string{"", "true"} {
			res, m := v.write("PUT", path, fmt.Sprintf(body, 9), "If-Match", tag, "Idempotency-Key", path)
			if res.StatusCode != 200 || res.Header.Get("Idempotency-Replayed") != replayed {
				t.Errorf("%s, time %d: %d %v", path, i+1, res.StatusCode, m)
			}
		}
	}
}

// An answer to a correction that changed nothing says so.
func TestUnchangedIsSaid(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RolePlanner)
	const item = "/api/collections/projects/items/XJ2"
	var now struct{ Properties struct{ Name string } }
	v.read(item, &now)
	name, _ := json.Marshal(now.Properties.Name)
	body := `{"values":{"name":` + string(name) + `},"reason":"核对"}`
	if res, m := v.write("PATCH", item, body, "If-Match", `"v1"`); res.StatusCode != 200 || m["unchanged"] != true || m["version"] != 1.0 {
		t.Errorf("the same again: %d %v", res.StatusCode, m)
	}
	if res, m := v.write("PATCH", item, `{"values":{"name":"另一个名称"},"reason":"核对"}`, "If-Match", `"v1"`); res.StatusCode != 200 || m["unchanged"] != nil || m["version"] != 2.0 {
		t.Errorf("something else: %d %v", res.StatusCode, m)
	}
}
