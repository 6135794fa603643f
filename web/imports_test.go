package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// intake is an importer that keeps what it was given.
type intake struct {
	in     ImportRequest
	actor  geo.Actor
	bytes  []byte
	calls  int
	report geo.IngestReport
	err    error
	panics bool
}

func (i *intake) Import(_ context.Context, actor geo.Actor, in ImportRequest, progress func(string, int64, int64)) (geo.IngestReport, error) {
	i.calls++
	if i.panics {
		panic("importer")
	}
	progress("read", 0, 1)
	i.in, i.actor = in, actor
	var err error
	if i.bytes, err = os.ReadFile(in.Path); err != nil {
		return geo.IngestReport{}, err
	}
	return i.report, i.err
}

// part is a part of an upload; file parts have a file name.
type part struct{ name, file, body string }

func upload(t *testing.T, parts ...part) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, p := range parts {
		var to io.Writer
		var err error
		if p.file != "" {
			to, err = w.CreateFormFile(p.name, p.file)
		} else {
			to, err = w.CreateFormField(p.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(to, p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// importServer is a server with an importer, a folder of its own and a small
// limit.
func importServer(t *testing.T, i *intake) *Server {
	t.Helper()
	s, _ := bareServer(t)
	s.cfg = Config{Importer: i, TempDir: t.TempDir(), Limits: Limits{UploadBytes: 1000}.withDefaults()}
	s.imports, s.sessions = make(chan struct{}, 1), newSessions(nil, nil, false, false, time.Now)
	return s
}

func postUpload(s *Server, body io.Reader, contentType string) (*http.Response, problem) {
	r := httptest.NewRequest("POST", "/api/imports?lang=en", body)
	r.Header.Set("Content-Type", contentType)
	c := caller{audience: geo.Staff, user: geo.User{Login: "planner", Role: geo.RolePlanner}}
	r = r.WithContext(context.WithValue(r.Context(), callerKey, c))
	w := httptest.NewRecorder()
	s.observe(s.handle(s.postImport)).ServeHTTP(w, r)
	var p problem
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	return w.Result(), p
}

// empty fails unless nothing was left behind in the server's folder.
func empty(t *testing.T, s *Server) {
	t.Helper()
	left, err := os.ReadDir(s.cfg.TempDir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestImport(t *testing.T) {
	i := &intake{report: geo.IngestReport{Rows: 2, Created: 2, Committed: true}}
	s := importServer(t, i)
	body, ct := upload(t,
		part{"layer", "", "parcels"}, part{"crs", "", " EPSG:4526 "}, part{"datum", "", "gcj02"},
		part{"encoding", "", "GBK"}, part{"map", "", "code=BSM"}, part{"file", `C:\数据\宗地.GeoJSON`, `{"x":1}`},
		part{"area", "", "A01"}, part{"number", "", "P-"}, part{"table", "", "zd"}, part{"on", "", "2019-03-01"}, part{"fix", "", "on"}, part{"dry_run", "", "false"})
	res, _ := postUpload(s, body, ct)
	if res.StatusCode != 200 {
		t.Fatalf("status %d", res.StatusCode)
	}
	var report geo.IngestReport
	if err := json.NewDecoder(res.Body).Decode(&report); err != nil || report.Created != 2 || report.Notes == nil {
		t.Errorf("report %+v, %v", report, err)
	}
	if !strings.HasSuffix(i.in.Path, ".geojson") || string(i.bytes) != `{"x":1}` {
		t.Errorf("the file: %s with %q", i.in.Path, i.bytes)
	}
	i.in.Path = ""
	want := ImportRequest{
		Name: "宗地.GeoJSON", Layer: geo.ParcelLayer, CRS: "EPSG:4526", Datum: "gcj02", Encoding: "GBK",
		Map: "code=BSM", Area: "A01", Number: "P-", Table: "zd", On: "2019-03-01", Fix: true,
	}
	if i.in != want {
		t.Errorf("request %+v, want %+v", i.in, want)
	}
	if i.actor != (geo.Actor{Login: "planner", Role: geo.RolePlanner, Source: geo.FromImport}) {
		t.Errorf("actor %+v", i.actor)
	}
	empty(t, s)
}

func TestImportRefusals(t *testing.T) {
	file := part{"file", "a.geojson", "{}"}
	layer := part{"layer", "", "parcels"}
	cases := []struct {
		name   string
		parts  []part
		status int
		field  string
	}{
		{"no layer", []part{file}, 400, "layer"},
		{"another layer", []part{file, {"layer", "", "households"}}, 400, "layer"},
		{"no file", []part{layer}, 400, "file"},
		{"unknown field", []part{file, layer, {"actor", "", "admin"}}, 400, "actor"},
		{"field twice", []part{layer, layer, file}, 400, "layer"},
		{"two files", []part{file, file, layer}, 400, "file"},
		{"no yes or no", []part{file, layer, {"fix", "", "maybe"}}, 400, "fix"},
		{"long field", []part{file, layer, {"map", "", strings.Repeat("x", maxField+1)}}, 400, "map"},
		{"nameless file", []part{{"file", "..", "{}"}, layer}, 400, "file"},
		{"large file", []part{layer, {"file", "a.zip", strings.Repeat("x", 1001)}}, 413, ""},
	}
	for _, c := range cases {
		i := &intake{}
		s := importServer(t, i)
		body, ct := upload(t, c.parts...)
		res, p := postUpload(s, body, ct)
		if res.StatusCode != c.status || (c.field != "" && (len(p.Fields) != 1 || p.Fields[0].Field != c.field)) {
			t.Errorf("%s: %d %+v", c.name, res.StatusCode, p)
		}
		if i.calls != 0 {
			t.Errorf("%s: the importer was called", c.name)
		}
		empty(t, s)
	}
	s := importServer(t, &intake{})
	if res, _ := postUpload(s, strings.NewReader("{}"), "application/json"); res.StatusCode != 415 {
		t.Errorf("json: %d", res.StatusCode)
	}
	body, ct := upload(t, layer, part{"file", "a.zip", strings.Repeat("x", 900)})
	if res, _ := postUpload(s, io.LimitReader(body, 700), ct); res.StatusCode != 400 {
		t.Errorf("a broken-off upload: %d", res.StatusCode)
	}
	empty(t, s)
}

func TestImportOutcomes(t *testing.T) {
	refused := geo.IngestReport{Rows: 5, Refused: 1, Notes: []geo.RowNote{{Row: 3, Problem: "overlap", Zh: "重叠", En: "overlaps"}}}
	invalid := geo.Errorf(geo.Invalid, "no CRS", "缺少坐标系")
	cases := []struct {
		name   string
		intake *intake
		status int
		report bool
	}{
		{"refused rows", &intake{report: refused}, 422, true},
		{"refused rows with an error", &intake{report: refused, err: invalid}, 422, true},
		{"a file that cannot be taken", &intake{err: invalid}, 422, false},
		{"somebody was faster", &intake{report: refused, err: geo.Errorf(geo.Conflict, "c", "c")}, 409, true},
		{"no such area", &intake{err: geo.Errorf(geo.NotFound, "n", "n")}, 404, false},
		{"database away", &intake{err: geo.Errorf(geo.Unavailable, "u", "u")}, 503, false},
		{"a fault of ours", &intake{err: errors.New("x")}, 500, false},
		{"a panic", &intake{panics: true}, 500, false},
	}
	for _, c := range cases {
		s := importServer(t, c.intake)
		body, ct := upload(t, part{"layer", "", "areas"}, part{"file", "a.shp", "x"})
		res, p := postUpload(s, body, ct)
		if res.StatusCode != c.status || (p.Report != nil) != c.report {
			t.Errorf("%s: %d, report %v", c.name, res.StatusCode, p.Report)
		}
		if c.report && (len(p.Report.Notes) != 1 || p.Report.Notes[0].Row != 3) {
			t.Errorf("%s: report %+v", c.name, p.Report)
		}
		if len(s.imports) != 0 {
			t.Errorf("%s: the turn was not given back", c.name)
		}
		empty(t, s)
	}
}

// timed notes the deadlines that a handler sets.
type timed struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (w *timed) SetReadDeadline(t time.Time) error  { w.read = t; return nil }
func (w *timed) SetWriteDeadline(t time.Time) error { w.write = t; return nil }

// whenRead runs a function before the first byte is read.
type whenRead struct {
	io.Reader
	once func()
}

func (r *whenRead) Read(p []byte) (int, error) {
	if r.once != nil {
		r.once()
		r.once = nil
	}
	return r.Reader.Read(p)
}

// whenImported runs a function when the work begins.
type whenImported func()

func (f whenImported) Import(context.Context, geo.Actor, ImportRequest, func(string, int64, int64)) (geo.IngestReport, error) {
	f()
	return geo.IngestReport{Rows: 1, Committed: true}, nil
}

// The bytes have their own time; the work's time begins when they are in.
func TestImportDeadlines(t *testing.T) {
	s := importServer(t, &intake{})
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	receiving, working := false, false
	near := func(what string, at time.Time, want time.Duration) {
		if left := time.Until(at); left > want || left < want-time.Minute {
			t.Errorf("%s: %s are left, want %s", what, left, want)
		}
	}
	s.cfg.Importer = whenImported(func() {
		working = true
		near("reading during the work", w.read, importTime+answerTime)
		near("writing during the work", w.write, importTime+answerTime)
	})
	body, ct := upload(t, part{"layer", "", "areas"}, part{"file", "a.shp", "x"})
	r := httptest.NewRequest("POST", "/api/imports", &whenRead{body, func() {
		receiving = true
		near("receiving", w.read, 10*time.Minute)
	}})
	r.Header.Set("Content-Type", ct)
	c := caller{audience: geo.Staff, user: geo.User{Login: "planner", Role: geo.RolePlanner}}
	r = r.WithContext(context.WithValue(r.Context(), callerKey, c))
	s.observe(s.handle(s.postImport)).ServeHTTP(w, r)
	if w.Code != 200 || !receiving || !working {
		t.Errorf("status %d, received %v, worked %v: %s", w.Code, receiving, working, w.Body)
	}
}

func TestImportsTakeTurns(t *testing.T) {
	s := importServer(t, &intake{})
	s.imports <- struct{}{}
	body, ct := upload(t, part{"layer", "", "areas"}, part{"file", "a.shp", "x"})
	if res, _ := postUpload(s, body, ct); res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("a second import: %d", res.StatusCode)
	}
}

func TestFileNames(t *testing.T) {
	for in, want := range map[string][2]string{
		"parcels.zip":          {"parcels.zip", ".zip"},
		"../../etc/passwd":     {"passwd", ""},
		`C:\x\宗地.SHP`:          {"宗地.SHP", ".shp"},
		"a.tar/../b.gpkg":      {"b.gpkg", ".gpkg"},
		"x\x00\n.geojson":      {"x.geojson", ".geojson"},
		"x.sh;rm":              {"x.sh;rm", ""},
		"..":                   {"", ""},
		"":                     {"", ""},
		".zip":                 {".zip", ".zip"},
		"a.verylongendinghere": {"a.verylongendinghere", ""},
	} {
		if got := fileName(in); got != want[0] || fileEnding(got) != want[1] {
			t.Errorf("%q: %q with ending %q", in, got, fileEnding(got))
		}
	}
	if n := len([]rune(fileName(strings.Repeat("长", 5000) + ".zip"))); n != 200 {
		t.Errorf("a long name keeps %d characters", n)
	}
}

// An upload is the same request as another when its bytes and what is said of
// them are the same, whatever lies between its parts.
func TestImportHasAKey(t *testing.T) {
	i := &intake{report: geo.IngestReport{Rows: 1, Updated: 1, Committed: true, Replayed: true}}
	s := importServer(t, i)
	send := func(key string, parts ...part) (geo.Actor, http.Header) {
		t.Helper()
		body, ct := upload(t, parts...)
		r := httptest.NewRequest("POST", "/api/imports", body)
		r.Header.Set("Content-Type", ct)
		r.Header.Set("Idempotency-Key", key)
		r = r.WithContext(context.WithValue(r.Context(), callerKey, caller{audience: geo.Staff, user: geo.User{Login: "planner", Role: geo.RolePlanner}}))
		w := httptest.NewRecorder()
		s.observe(s.handle(s.postImport)).ServeHTTP(w, r)
		if w.Code != 200 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		return i.actor, w.Result().Header
	}
	layer, file := part{"layer", "", "parcels"}, part{"file", "a.geojson", `{"x":1}`}
	first, header := send("k1", layer, file)
	if first.Key != "k1" || len(first.Digest) != 64 || first.Source != geo.FromImport || header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%+v, %v", first, header)
	}
	if again, _ := send("k1", file, layer); again != first {
		t.Errorf("the same upload: %+v, was %+v", again, first)
	}
	for name, parts := range map[string][]part{
		"other bytes": {layer, {"file", "a.geojson", `{"x":2}`}},
		"another way": {layer, file, {"fix", "", "on"}},
		"its name":    {layer, {"file", "b.geojson", `{"x":1}`}},
	} {
		if other, _ := send("k1", parts...); other.Digest == first.Digest {
			t.Errorf("%s: the same digest", name)
		}
	}
}
