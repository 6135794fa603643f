package files

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "papers")
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, dir
}

// all lists the files below a folder.
func all(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, f *Folder, sum string) string {
	t.Helper()
	file, err := f.Open(sum)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPutAndOpen(t *testing.T) {
	f, dir := folder(t)
	big := make([]byte, 3<<20)
	_, _ = rand.Read(big)
	for _, body := range []string{"%PDF-1.7 …", "x", string(big)} {
		p, err := f.Put(iotest.HalfReader(strings.NewReader(body)), int64(len(body)))
		sum := sha256.Sum256([]byte(body))
		if err != nil || p.Bytes != int64(len(body)) || p.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%+v, %v", p, err)
		}
		if read(t, f, p.SHA256) != body {
			t.Error("other bytes came back")
		}
		if whole, err := f.Check(p.SHA256); err != nil || !whole {
			t.Errorf("whole %v, %v", whole, err)
		}
		info, err := os.Stat(filepath.Join(dir, "kept", p.SHA256[:2], p.SHA256))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	if n := len(all(t, dir)); n != 3 {
		t.Errorf("%d files", n)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open to others: %v", info.Mode())
	}
}

func TestSameBytesAreKeptOnce(t *testing.T) {
	f, dir := folder(t)
	first, err := f.Put(strings.NewReader("一样"), 100)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if p, err := f.Put(strings.NewReader("一样"), 100); err != nil || p != first {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	wait.Wait()
	if list := all(t, dir); len(list) != 1 {
		t.Errorf("files %v", list)
	}
}

// A file that was cut short on the disk is mended by putting it again.
func TestPutMendsWhatWasCut(t *testing.T) {
	f, dir := folder(t)
	p, _ := f.Put(strings.NewReader("whole"), 100)
	at := filepath.Join(dir, "kept", p.SHA256[:2], p.SHA256)
	if err := os.WriteFile(at, []byte("who"), 0o600); err != nil {
		t.Fatal(err)
	}
	if whole, err := f.Check(p.SHA256); err != nil || whole {
		t.Errorf("cut short: whole %v, %v", whole, err)
	}
	if _, err := f.Put(strings.NewReader("whole"), 100); err != nil || read(t, f, p.SHA256) != "whole" {
		t.Errorf("not mended, %v", err)
	}
}

func TestPutRefuses(t *testing.T) {
	f, dir := folder(t)
	broken := errors.New("the line broke")
	for name, tc := range map[string]struct {
		r    io.Reader
		want error
	}{
		"one byte too many": {strings.NewReader("12345678901"), ErrTooLarge},
		"without end":       {endless{}, ErrTooLarge},
		"empty":             {strings.NewReader(""), ErrEmpty},
		"cut off":           {io.MultiReader(strings.NewReader("123"), iotest.ErrReader(broken)), broken},
	} {
		if p, err := f.Put(tc.r, 10); !errors.Is(err, tc.want) || p != (Paper{}) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if list := all(t, dir); list != nil {
		t.Errorf("left behind: %v", list)
	}
	if _, err := f.Put(strings.NewReader("1234567890"), 10); err != nil {
		t.Errorf("just as many bytes as may be: %v", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// What is no hash opens nothing, and no link leads out of the folder.
func TestNothingOutsideIsOpened(t *testing.T) {
	f, dir := folder(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("geheim"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := strings.Repeat("ab", 32)
	for _, name := range []string{
		"", ".", "..", "../secret", "../../secret", secret, "kept/../../secret", sum[:63], sum + "a", strings.ToUpper(sum),
		strings.Repeat("/", 64), strings.Repeat("..", 32), sum[:62] + "\x00a", "coming",
	} {
		if file, err := f.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q opened %v, %v", name, file, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "kept", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "kept", "ab", sum)); err != nil {
		t.Fatal(err)
	}
	if file, err := f.Open(sum); err == nil {
		t.Errorf("a link out of the folder was followed: %v", file.Name())
	}
	if err := os.Symlink(filepath.Dir(dir), filepath.Join(dir, "kept", "cd")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open("cd" + sum[2:]); err == nil {
		t.Error("a folder that leads out was followed")
	}
}

func TestSweep(t *testing.T) {
	f, dir := folder(t)
	put := func(body string, age time.Duration) string {
		t.Helper()
		p, err := f.Put(strings.NewReader(body), 100)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, "kept", p.SHA256[:2], p.SHA256), at, at); err != nil {
			t.Fatal(err)
		}
		return p.SHA256
	}
	named, orphan, young, again := put("named", 48*time.Hour), put("orphan", 48*time.Hour), put("young", time.Hour), put("again", 48*time.Hour)
	for name, age := range map[string]time.Duration{"half": 48 * time.Hour, "now": time.Minute} {
		at := time.Now().Add(-age)
		path := filepath.Join(dir, "coming", name)
		if err := errors.Join(os.WriteFile(path, []byte("half"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Put(strings.NewReader("again"), 100); err != nil { // somebody wants it just now, the row is on its way
		t.Fatal(err)
	}
	n, err := f.Sweep(24*time.Hour, func(sum string) (bool, error) { return sum == named, nil })
	if n != 2 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	for sum, there := range map[string]bool{named: true, orphan: false, young: true, again: true} {
		file, err := f.Open(sum)
		if (err == nil) != there {
			t.Errorf("%s there: %v, want %v", sum[:6], err == nil, there)
		}
		if err == nil {
			file.Close()
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "coming", "now")); err != nil {
		t.Errorf("a file on its way in was removed: %v", err)
	}
	lost := errors.New("database away")
	put("orphan", 48*time.Hour)
	if n, err := f.Sweep(24*time.Hour, func(string) (bool, error) { return false, lost }); n != 0 || !errors.Is(err, lost) {
		t.Errorf("%d removed without an answer, %v", n, err)
	}
}

// A sweep that was killed with a file set aside loses nothing that is wanted.
func TestSweepMendsOneThatWasKilled(t *testing.T) {
	f, dir := folder(t)
	p, _ := f.Put(strings.NewReader("named"), 100)
	aside, at := filepath.Join(dir, "coming", "out-"+p.SHA256), time.Now().Add(-48*time.Hour)
	if err := errors.Join(os.Rename(filepath.Join(dir, "kept", p.SHA256[:2], p.SHA256), aside), os.Chtimes(aside, at, at)); err != nil {
		t.Fatal(err)
	}
	n, err := f.Sweep(24*time.Hour, func(sum string) (bool, error) { return sum == p.SHA256, nil })
	if n != 0 || err != nil || read(t, f, p.SHA256) != "named" {
		t.Errorf("%d removed, %v", n, err)
	}
}

// A sweep that is under way when the same bytes are put, and named by a row,
// lets them be.
func TestSweepYieldsToWhoPutsAgain(t *testing.T) {
	f, dir := folder(t)
	p, _ := f.Put(strings.NewReader("orphan"), 100)
	at := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "kept", p.SHA256[:2], p.SHA256), at, at); err != nil {
		t.Fatal(err)
	}
	for _, moment := range []int{1, 2} { // at the first question, and at the second, when it stands aside
		asked := 0
		_, err := f.Sweep(24*time.Hour, func(string) (bool, error) {
			if asked++; asked == moment {
				if _, err := f.Put(strings.NewReader("orphan"), 100); err != nil {
					t.Error(err)
				}
			}
			return false, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if read(t, f, p.SHA256) != "orphan" {
			t.Error("what was put is gone")
		}
		if err := os.Chtimes(filepath.Join(dir, "kept", p.SHA256[:2], p.SHA256), at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]string{
		"%PDF-1.4\n":                           "application/pdf",
		"\xff\xd8\xff\xe0":                     "image/jpeg",
		"\x89PNG\r\n\x1a\n":                    "image/png",
		"RIFF\x00\x00\x00\x00WEBPVP8 ":         "image/webp",
		"II*\x00\x08":                          "image/tiff",
		"MM\x00*\x00":                          "image/tiff",
		"PK\x03\x04":                           "application/zip",
		"编号,名称\n1,东茅岭":                         "text/plain; charset=utf-8",
		"\xb1\xe0\xba\xc5,1\n":                 "application/octet-stream",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":     "application/octet-stream",
		"<html><script>alert(1)</script>":      "text/html; charset=utf-8",
		"  <!DOCTYPE HTML>":                    "text/html; charset=utf-8",
		"<?xml version='1.0'?><svg onload=x/>": "text/xml; charset=utf-8",
		"GIF89a":                               "image/gif",
	} {
		if got := Sniff([]byte(head)); got != want {
			t.Errorf("%q is %s, want %s", head, got, want)
		}
	}
	cut := []byte(strings.Repeat("字", 171))[:512]
	if got := Sniff(cut); !bytes.HasPrefix([]byte(got), []byte("text/plain")) {
		t.Errorf("a character cut at the end makes text %s", got)
	}
}

// What a machine would run is not kept, whatever it is called; text that begins
// alike is.
func TestProgramsAreNotKept(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, body := range []string{
		"MZ\x90\x00\x03\x00\x00\x00", "\x7fELF\x02\x01\x01", "#!/bin/sh\nrm -rf /\n", "\xcf\xfa\xed\xfe\x07", "\xfe\xed\xfa\xce\x00", "\xca\xfe\xba\xbe\x00",
	} {
		if _, err := f.Put(strings.NewReader(body), 100); !errors.Is(err, ErrProgram) {
			t.Errorf("%q: %v", body, err)
		}
	}
	for _, place := range []string{kept, coming} {
		if left, err := os.ReadDir(filepath.Join(dir, place)); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", place, left, err)
		}
	}
	if p, err := f.Put(strings.NewReader("MZ-001,一号宗地\n"), 100); err != nil || !strings.HasPrefix(p.MediaType, "text/plain") {
		t.Errorf("a list: %+v, %v", p, err)
	}
}
