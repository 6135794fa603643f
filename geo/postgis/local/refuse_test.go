package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func put(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestOtherVersion(t *testing.T) {
	for _, v := range []string{"11", "99", "9.6"} {
		dir := folder(t)
		put(t, filepath.Join(dir, "postgres", "PG_VERSION"), v+"\n", 0o600)
		_, err := Start(t.Context(), Options{Dir: dir})
		major, _, _ := strings.Cut(v, ".")
		if !errors.Is(err, ErrVersion) {
			t.Fatalf("PG_VERSION %s: %v", v, err)
		}
		for _, word := range []string{"PostgreSQL " + major, "postgresql-" + major, "pg_dump", dir} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("the message lacks %q: %v", word, err)
			}
		}
		if b, err := os.ReadFile(filepath.Join(dir, "postgres", "PG_VERSION")); err != nil || string(b) != v+"\n" {
			t.Errorf("the folder was touched: %q %v", b, err)
		}
	}
}

func TestForeignFolder(t *testing.T) {
	dir := folder(t)
	put(t, filepath.Join(dir, "postgres", "thesis.doc"), "mine", 0o600)
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrFolder) {
		t.Errorf("a folder with foreign content: %v", err)
	}
	put(t, filepath.Join(dir, "postgres", "PG_VERSION"), "fifteen", 0o600)
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrFolder) {
		t.Errorf("a nonsense version: %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "postgres", "thesis.doc")); err != nil || string(b) != "mine" {
		t.Errorf("the foreign file is %q, %v", b, err)
	}
	put(t, filepath.Join(dir, "file"), "", 0o600)
	if _, err := Start(t.Context(), Options{Dir: filepath.Join(dir, "file")}); !errors.Is(err, ErrFolder) {
		t.Errorf("a file as data folder: %v", err)
	}
}

func TestSocketFolderOfSomebodyElse(t *testing.T) {
	dir := folder(t)
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "socket")); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrFolder) {
		t.Errorf("a symbolic link as the socket's folder: %v", err)
	}
}

// tool writes a shell script that stands in for one of PostgreSQL's programs.
func tool(t *testing.T, bin, name, script string) {
	t.Helper()
	put(t, filepath.Join(bin, name), "#!/bin/sh\n"+script+"\n", 0o755)
}

func TestMissingPrograms(t *testing.T) {
	bin := folder(t)
	check := func(why, reason string) {
		t.Helper()
		_, err := Start(t.Context(), Options{Dir: folder(t), BinDir: bin})
		if !errors.Is(err, ErrMissing) {
			t.Fatalf("%s: %v", why, err)
		}
		for _, word := range []string{reason, "apt-get install postgresql", "brew install", "--database-url"} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: the message lacks %q: %v", why, word, err)
			}
		}
	}
	check("an empty folder", "no such file")
	tool(t, bin, "postgres", "echo 'postgres (PostgreSQL) 77.1'")
	check("no initdb", "no initdb")
	tool(t, bin, "initdb", "exit 1")
	check("no PostGIS", "postgresql-77-postgis-3")
	tool(t, bin, "postgres", "echo 'postgres (PostgreSQL) 13.4'")
	check("too old", "at least 15")
	tool(t, bin, "postgres", "echo nonsense")
	check("another program", "nonsense")
}

func TestInitdbFails(t *testing.T) {
	bin := filepath.Join(folder(t), "bin")
	tool(t, bin, "postgres", "echo 'postgres (PostgreSQL) 77.1'")
	tool(t, bin, "initdb", "echo 'initdb: error: no space left'; exit 1")
	put(t, filepath.Join(bin, "../share/extension/postgis.control"), "", 0o644)
	if err := os.Chmod(filepath.Dir(bin), 0o755); err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	_, err := Start(t.Context(), Options{Dir: dir, BinDir: bin})
	if !errors.Is(err, ErrStart) || !strings.Contains(err.Error(), "no space left") {
		t.Fatalf("got %v", err)
	}
	if remains, err := filepath.Glob(filepath.Join(dir, "postgres*")); err != nil || len(remains) != 0 {
		t.Errorf("left over: %v, %v", remains, err)
	}
}

func TestVersionPicksMatchingPrograms(t *testing.T) {
	root := folder(t)
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"77", "78"} {
		bin := filepath.Join(root, v, "bin")
		tool(t, bin, "postgres", "echo 'postgres (PostgreSQL) "+v+".3 (Debian 1)'")
		tool(t, bin, "initdb", "exit 1")
		put(t, filepath.Join(root, v, "share/extension/postgis.control"), "", 0o644)
		t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
		in, err := findInstall(t.Context(), "", root, 0)
		if err != nil || itoa(in.major) != v {
			t.Errorf("a new cluster gets %v, %v; want the newest, %s", in, err, v)
		}
		in, err = findInstall(t.Context(), "", root, 15)
		if err == nil && in.major != 15 {
			t.Errorf("data of version 15 get the programs of %d", in.major)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18beta1":                        18,
		"postgres (PostgreSQL) 17.5 (Homebrew)":                17,
		"postgres (PostgreSQL) ":                               0,
		"mysqld 8":                                             0,
	} {
		got, err := parseVersion(text)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

func TestTuning(t *testing.T) {
	for mem, want := range map[int64]string{0: "128MB", 2 << 30: "256MB", 64 << 30: "1024MB"} {
		if got := tuning(mem, false)["shared_buffers"]; got != want {
			t.Errorf("%d bytes of memory: shared_buffers %s, want %s", mem, got, want)
		}
	}
	if _, off := tuning(0, false)["fsync"]; off {
		t.Error("fsync is touched outside tests")
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("PGDATA", "/elsewhere")
	t.Setenv("TENGDI_DATABASE_URL", "postgres://user:secret@host/db")
	t.Setenv("LC_ALL", "zh_CN.GBK")
	t.Setenv("KEPT", "yes")
	env := strings.Join(environment(), "\n")
	for _, word := range []string{"PGDATA", "secret", "GBK"} {
		if strings.Contains(env, word) {
			t.Errorf("%s reaches PostgreSQL", word)
		}
	}
	if !strings.Contains(env, "KEPT=yes") || !strings.Contains(env, "LC_ALL=C") {
		t.Errorf("environment: %s", env)
	}
}

func TestShorten(t *testing.T) {
	path := filepath.Join(t.TempDir(), logName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, text := range []string{"12345", "67890"} {
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := shorten(f, 8); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	now, err1 := os.ReadFile(path)
	old, err2 := os.ReadFile(path + ".1")
	if err1 != nil || err2 != nil || string(now) != "new" || string(old) != "1234567890" {
		t.Errorf("log %q, kept %q, %v %v", now, old, err1, err2)
	}
}
