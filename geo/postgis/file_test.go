package postgis

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis/files"
)

// papers is a folder for the bytes of files.
func papers(t testing.TB) (*files.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	f, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, dir
}

// put keeps bytes and tells what a file of them is.
func put(t testing.TB, f *files.Folder, kind, name, body string) geo.File {
	t.Helper()
	p, err := f.Put(strings.NewReader(body), geo.MaxFile)
	if err != nil {
		t.Fatal(err)
	}
	return geo.File{Kind: kind, Name: name, MediaType: p.MediaType, Bytes: p.Bytes, SHA256: p.SHA256}
}

func filesOf(t testing.TB, s *Store, collection, code string) []geo.File {
	t.Helper()
	list, err := s.Files(t.Context(), staff(geo.RoleAdmin), collection, code)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFilesAreKept(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, _ := papers(t)
	before, _ := s.Feature(t.Context(), geo.Staff, "areas", "A02")
	e, err := s.Attach(t.Context(), actorOf(geo.RolePlanner), "areas", "A02", put(t, folder, "plan", `C:\方案\补偿方案.pdf`, "%PDF-1.7 甲"))
	if err != nil || e.Verb != geo.Attached || e.Version != before.Version+1 || e.Data["name"] != "补偿方案.pdf" || e.Data["kind"] != "plan" {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, err := s.Attach(t.Context(), actorOf(geo.RoleField), "areas", "A02", put(t, folder, "", "同.pdf", "%PDF-1.7 甲")); err != nil {
		t.Fatal(err)
	}
	list := filesOf(t, s, "areas", "A02")
	if len(list) != 2 || list[0].Name != "同.pdf" || list[0].Kind != "other" || list[0].SHA256 != list[1].SHA256 || list[0].Token == list[1].Token {
		t.Fatalf("files %+v", list)
	}
	f, err := s.File(t.Context(), staff(geo.RoleViewer), list[1].Token)
	if err != nil || f != list[1] || f.Code != "A02" || f.Entity != geo.AreaMachine || f.MediaType != "application/pdf" || f.By != "planner" || len(f.Token) < 26 {
		t.Errorf("file %+v, %v", f, err)
	}
	body, err := folder.Open(f.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if b, err := io.ReadAll(body); err != nil || string(b) != "%PDF-1.7 甲" {
		t.Errorf("bytes %q, %v", b, err)
	}
	if n := scan[int](t, connect(t, s), `select count(*) from land.event where verb = 'attached' and data ->> 'sha256' = $1`, f.SHA256); n != 2 {
		t.Errorf("%d events", n)
	}
	sound(t, s)
}

// Names of scans hold names of people: those of households are in no event.
func TestEventsOfHouseholdsNameNoFile(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, _ := papers(t)
	e, err := s.Attach(t.Context(), actorOf(geo.RoleField), "households", "H03", put(t, folder, "agreement", "张三丰协议.pdf", "%PDF-1.7 乙"))
	if err != nil || e.Data["sha256"] == "" || e.Data["kind"] != "agreement" {
		t.Fatalf("%+v, %v", e, err)
	}
	f := filesOf(t, s, "households", "H03")[0]
	if _, err := s.StrikeFile(t.Context(), actorOf(geo.RoleField), f.Token, "传错"); err != nil {
		t.Fatal(err)
	}
	if n := scan[int](t, connect(t, s), `select count(*) from land.event where data::text like '%张三丰%'`); n != 0 {
		t.Errorf("%d events name the file", n)
	}
	if f.Name != "张三丰协议.pdf" {
		t.Errorf("the file is named %q", f.Name)
	}
}

func TestFilesRefuse(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, _ := papers(t)
	good := put(t, folder, "photo", "a.png", "\x89PNG\r\n\x1a\n")
	for name, tc := range map[string]struct {
		change func(*geo.File)
		kind   geo.Kind
		field  string
	}{
		"a page":              {func(f *geo.File) { f.MediaType = "text/html; charset=utf-8" }, geo.Invalid, "file:media_type"},
		"a picture that runs": {func(f *geo.File) { f.MediaType = "image/svg+xml" }, geo.Invalid, "file:media_type"},
		"XML":                 {func(f *geo.File) { f.MediaType = files.Sniff([]byte("<?xml version='1.0'?><svg/>")) }, geo.Invalid, "file:media_type"},
		"unknown kind":        {func(f *geo.File) { f.Kind = "secret" }, geo.Invalid, "kind:unknown"},
		"too large":           {func(f *geo.File) { f.Bytes = geo.MaxFile + 1 }, geo.TooLarge, "file:size"},
		"empty":               {func(f *geo.File) { f.Bytes = 0 }, geo.TooLarge, "file:size"},
		"no hash":             {func(f *geo.File) { f.SHA256 = "../../etc/passwd" }, geo.Internal, ""},
	} {
		f := good
		tc.change(&f)
		if _, err := s.Attach(t.Context(), actorOf(geo.RoleAdmin), "areas", "A01", f); err == nil || geo.KindOf(err) != tc.kind || badFields(err) != tc.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, hostile := range []string{"../../../etc/cron.d/x", "..\\..\\boot.ini", "\x00\x1b[2J", strings.Repeat("长", 4000), "a\r\nSet-Cookie: x.pdf", "\u202Efdp.exe"} {
		f := good
		f.Name = hostile
		if _, err := s.Attach(t.Context(), actorOf(geo.RoleAdmin), "areas", "A01", f); err != nil {
			t.Errorf("%q: %v", hostile, err)
			continue
		}
		if name := filesOf(t, s, "areas", "A01")[0].Name; strings.ContainsAny(name, "/\\\x00\x1b\r\n\u202E") || name == "" || len([]rune(name)) > 200 {
			t.Errorf("%.20q is kept as %q", hostile, name)
		}
	}
	if n := scan[int](t, connect(t, s), `select count(*) from priv.file`); n != 6 {
		t.Errorf("%d rows", n)
	}
}

// Who may attach, read and strike out what, by role and area.
func TestFileRights(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, _ := papers(t)
	f := put(t, folder, "photo", "a.png", "\x89PNG\r\n\x1a\n")
	own := map[string]string{"areas": "A02", "buildings": "B02", "households": "H03", "parcels": "P04", "problems": "W01", "projects": "J02"}
	others := map[string]string{"areas": "A01", "buildings": "B01", "households": "H01", "parcels": "P01", "problems": "W02", "projects": "J01"}
	const fine = geo.Kind(255)
	kindOf := func(err error) geo.Kind {
		if err == nil {
			return fine
		}
		return geo.KindOf(err)
	}
	for collection := range own {
		for _, role := range append(geo.Roles(), geo.RoleSystem, geo.RolePublic) {
			viewer := staff(role)
			if role.Scoped() {
				viewer.Areas = []string{"A02"}
			}
			for i, code := range []string{own[collection], others[collection]} {
				outside := i == 1 && role.Scoped()
				write, read, strike := fine, fine, fine
				switch hidden := !role.May(geo.ReadDeed(collection)) || outside && collection == "households"; {
				case hidden:
					write, read, strike = geo.NotFound, geo.NotFound, geo.NotFound
					if role.May(geo.ReadDeed(collection)) && !role.May(geo.WriteDeed(collection)) {
						write = geo.Forbidden
					}
				default:
					if !role.May(geo.WriteDeed(collection)) || outside {
						write = geo.Forbidden
					}
					if !role.May(geo.StrikeOut) {
						strike = geo.Forbidden
					}
				}
				if _, err := s.Attach(t.Context(), actorOf(role), collection, code, f); kindOf(err) != write {
					t.Errorf("%s attaches to %s: %v", role, code, err)
				}
				other := actorOf(geo.RoleAdmin)
				other.Login = "another"
				if _, err := s.Attach(t.Context(), other, collection, code, f); err != nil {
					t.Fatal(err)
				}
				token := filesOf(t, s, collection, code)[0].Token
				if _, err := s.File(t.Context(), viewer, token); kindOf(err) != read {
					t.Errorf("%s reads a file of %s: %v", role, code, err)
				}
				if _, err := s.Files(t.Context(), viewer, collection, code); kindOf(err) != read {
					t.Errorf("%s lists files of %s: %v", role, code, err)
				}
				if _, err := s.StrikeFile(t.Context(), actorOf(role), token, "错"); kindOf(err) != strike {
					t.Errorf("%s strikes out another's file of %s: %v", role, code, err)
				}
			}
		}
	}
	for _, v := range []geo.Viewer{{}, {Audience: geo.Public, Role: geo.RolePublic}} {
		if _, err := s.File(t.Context(), v, filesOf(t, s, "areas", "A02")[0].Token); geo.KindOf(err) != geo.NotFound {
			t.Errorf("%+v reads a file: %v", v, err)
		}
	}
	for _, c := range []string{"persons", "organisations", "boards", "streets"} {
		if _, err := s.Attach(t.Context(), actorOf(geo.RoleAdmin), c, "N01", f); geo.KindOf(err) != geo.NotFound {
			t.Errorf("a file of %s: %v", c, err)
		}
	}
	sound(t, s)
}

func TestFilesAreStruckOut(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, _ := papers(t)
	if _, err := s.Attach(t.Context(), actorOf(geo.RolePlanner), "parcels", "P01", put(t, folder, "photo", "a.png", "\x89PNG\r\n\x1a\n")); err != nil {
		t.Fatal(err)
	}
	f := filesOf(t, s, "parcels", "P01")[0]
	if _, err := s.StrikeFile(t.Context(), actorOf(geo.RolePlanner), f.Token, " "); badFields(err) != "reason:missing" {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := s.StrikeFile(t.Context(), actorOf(geo.RoleTrading), f.Token, "错"); geo.KindOf(err) != geo.Forbidden {
		t.Errorf("what another attached: %v", err)
	}
	e, err := s.StrikeFile(t.Context(), actorOf(geo.RolePlanner), f.Token, "传错")
	if err != nil || e.Verb != geo.Detached || e.Reason != "传错" || e.Data["sha256"] != f.SHA256 {
		t.Fatalf("%+v, %v", e, err)
	}
	if len(filesOf(t, s, "parcels", "P01")) != 0 {
		t.Error("a struck file is listed")
	}
	for _, token := range []string{f.Token, "", "nothing", strings.ToLower(f.Token)} {
		if _, err := s.File(t.Context(), staff(geo.RoleAdmin), token); geo.KindOf(err) != geo.NotFound || strings.Contains(err.Error(), f.Token) {
			t.Errorf("file %q: %v", token, err)
		}
		if _, err := s.StrikeFile(t.Context(), actorOf(geo.RoleAdmin), token, "错"); geo.KindOf(err) != geo.NotFound {
			t.Errorf("file %q is struck out: %v", token, err)
		}
	}
	if wanted, err := s.FileWanted(t.Context(), f.SHA256); err != nil || !wanted {
		t.Errorf("the bytes of a struck file are wanted: %v, %v", wanted, err)
	}
	sound(t, s)
}

// What was put and never named is taken after a day, and nothing else is.
func TestOrphansAreSwept(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	folder, dir := papers(t)
	named, orphan := put(t, folder, "photo", "a.png", "\x89PNG\r\n\x1a\n1"), put(t, folder, "photo", "b.png", "\x89PNG\r\n\x1a\n2")
	if _, err := s.Attach(t.Context(), actorOf(geo.RolePlanner), "parcels", "P01", named); err != nil {
		t.Fatal(err)
	}
	wanted := func(sum string) (bool, error) { return s.FileWanted(t.Context(), sum) }
	if n, err := folder.Sweep(24*time.Hour, wanted); n != 0 || err != nil {
		t.Errorf("%d removed at once, %v", n, err)
	}
	for _, f := range []geo.File{named, orphan} {
		at := time.Now().Add(-25 * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, "kept", f.SHA256[:2], f.SHA256), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := folder.Sweep(24*time.Hour, wanted); n != 1 || err != nil {
		t.Errorf("%d removed after a day, %v", n, err)
	}
	if whole, err := folder.Check(named.SHA256); err != nil || !whole {
		t.Errorf("what a row names: %v, %v", whole, err)
	}
}
