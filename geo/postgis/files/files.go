// Package files keeps the bytes of papers in a folder, each under its SHA-256:
// the same bytes once, however often they are put. What they are named, what
// they belong to and who may read them is kept elsewhere.
//
// A file is written beside its place, brought to disk and renamed, so that what
// has a name is whole. Nothing outside the folder is ever followed.
package files

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// Errors of Put.
var (
	ErrTooLarge = errors.New("the file is too large")
	ErrEmpty    = errors.New("the file is empty")
	ErrProgram  = errors.New("the file is a program")
)

// places are the folder's own folders: what is kept, by the first two digits of
// its hash, and what is on its way in or out.
const (
	kept   = "kept"
	coming = "coming"
)

// Folder is where bytes are kept. It is safe for concurrent use, also by several
// programs.
type Folder struct {
	root *os.Root
}

// Paper says what was put.
type Paper struct {
	SHA256    string // in hex
	Bytes     int64
	MediaType string // by the content, see Sniff
}

// Open opens the folder, and makes it where there is none, for its owner alone.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	for _, place := range []string{kept, coming} {
		if err := root.MkdirAll(place, 0o700); err != nil {
			root.Close()
			return nil, err
		}
	}
	return &Folder{root: root}, nil
}

// Close lets the folder go.
func (f *Folder) Close() error { return f.root.Close() }

// place is where the bytes of a hash are; an error for what is no hash.
func place(sum string) (string, error) {
	raw, err := hex.DecodeString(sum)
	if err != nil || len(raw) != sha256.Size || sum != strings.ToLower(sum) {
		return "", fmt.Errorf("%w: not a SHA-256", fs.ErrNotExist)
	}
	return path.Join(kept, sum[:2], sum), nil
}

// Put keeps what r brings, at most so many bytes of it, and returns once it is
// on disk. What was kept before is put once more without being written twice.
// Errors: ErrTooLarge, ErrEmpty, ErrProgram, what r or the disk has to say; then nothing is
// kept.
func (f *Folder) Put(r io.Reader, most int64) (Paper, error) {
	name := path.Join(coming, rand.Text())
	p, err := f.take(name, r, most)
	if err != nil {
		return Paper{}, errors.Join(err, f.drop(name))
	}
	to, err := place(p.SHA256)
	if err != nil {
		return Paper{}, errors.Join(err, f.drop(name))
	}
	if info, err := f.root.Lstat(to); err == nil && info.Mode().IsRegular() && info.Size() == p.Bytes {
		// Young again, so that no sweep takes it for one that nobody wants.
		now := time.Now()
		if err := f.root.Chtimes(to, now, now); err == nil {
			return p, f.drop(name)
		}
	}
	if err := f.root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return Paper{}, errors.Join(err, f.drop(name))
	}
	if err := f.root.Rename(name, to); err != nil {
		return Paper{}, errors.Join(err, f.drop(name))
	}
	return p, errors.Join(f.sync(path.Dir(to)), f.sync(kept))
}

// take writes what r brings to a new file and brings it to disk.
func (f *Folder) take(name string, r io.Reader, most int64) (p Paper, err error) {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	h := sha256.New()
	head := &start{}
	p.Bytes, err = io.Copy(io.MultiWriter(file, h, head), io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return p, err
	case p.Bytes > most:
		return p, ErrTooLarge
	case p.Bytes == 0:
		return p, ErrEmpty
	}
	if program(head.Bytes()) {
		return p, ErrProgram
	}
	p.SHA256, p.MediaType = hex.EncodeToString(h.Sum(nil)), Sniff(head.Bytes())
	return p, file.Sync()
}

// start keeps the beginning of what is written to it.
type start struct{ bytes.Buffer }

func (s *start) Write(b []byte) (int, error) {
	const most = 512
	if left := most - s.Len(); left > 0 {
		s.Buffer.Write(b[:min(left, len(b))])
	}
	return len(b), nil
}

// drop removes a file that may not be there.
func (f *Folder) drop(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sync brings a folder's entries to disk.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open opens what is kept under a hash. Errors: fs.ErrNotExist, also for what
// is no hash.
func (f *Folder) Open(sum string) (*os.File, error) {
	at, err := place(sum)
	if err != nil {
		return nil, err
	}
	return f.root.Open(at)
}

// Check reads what is kept under a hash and says whether it is that still.
// Errors: fs.ErrNotExist, or what the disk has to say.
func (f *Folder) Check(sum string) (whole bool, err error) {
	file, err := f.Open(sum)
	if err != nil {
		return false, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return false, err
	}
	return hex.EncodeToString(h.Sum(nil)) == sum, nil
}

// program says that the content begins as what a machine would run: of Windows
// (MZ), of Linux (ELF), of macOS (Mach-O of either order, or of several machines,
// whose mark is that of Java classes, too), or a script that names its program.
// Text that happens to begin with MZ, as a list of parcels may, is none: the
// header of a program has zeros.
func program(head []byte) bool {
	for _, mark := range []string{
		"\x7fELF", "#!", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe",
		"\xca\xfe\xba\xbe", "\xca\xfe\xba\xbf",
	} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return bytes.HasPrefix(head, []byte("MZ")) && !strings.HasPrefix(http.DetectContentType(head), "text/plain")
}

// Sniff tells a media type by how the content begins, as browsers do, and TIFF
// besides. Text that is not UTF-8 is bytes.
func Sniff(head []byte) string {
	if bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*")) {
		return "image/tiff"
	}
	t := http.DetectContentType(head)
	if strings.HasPrefix(t, "text/plain") && !startOfText(head) {
		return "application/octet-stream"
	}
	return t
}

// startOfText says that the bytes are UTF-8 but for a character that is cut off
// at the end.
func startOfText(head []byte) bool {
	for cut := range utf8.UTFMax {
		if len(head) >= cut && utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}
