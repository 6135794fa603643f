package files

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Sweep removes what is older than so long and nobody wants: files that never
// came in whole, and kept ones of which wanted says that no row names them. It
// returns how many it removed. A file that is put again meanwhile stays.
func (f *Folder) Sweep(older time.Duration, wanted func(sum string) (bool, error)) (removed int, err error) {
	before := time.Now().Add(-older)
	list, err := fs.ReadDir(f.root.FS(), coming)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		name := path.Join(coming, e.Name())
		if !f.old(name, before) {
			continue
		}
		if back, err := f.putBack(name, wanted); err != nil || back {
			if err != nil {
				return removed, err
			}
			continue
		}
		if err := f.drop(name); err != nil {
			return removed, err
		}
		removed++
	}
	err = fs.WalkDir(f.root.FS(), kept, func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		gone, err := f.discard(at, before, wanted)
		if gone {
			removed++
		}
		return err
	})
	return removed, err
}

// leaving begins the name of a kept file that a sweep has set aside.
const leaving = "out-"

// putBack puts a file that an interrupted sweep had set aside into its place
// again, where a row names it.
func (f *Folder) putBack(name string, wanted func(string) (bool, error)) (bool, error) {
	sum, ok := strings.CutPrefix(path.Base(name), leaving)
	to, err := place(sum)
	if !ok || err != nil {
		return false, nil
	}
	if want, err := wanted(sum); err != nil || !want {
		return false, err
	}
	return true, errors.Join(f.root.Rename(name, to), f.sync(path.Dir(to)))
}

// old says that a regular file was last put before a time.
func (f *Folder) old(name string, before time.Time) bool {
	info, err := f.root.Lstat(name)
	return err == nil && info.Mode().IsRegular() && info.ModTime().Before(before)
}

// discard removes a kept file that is old and not wanted. It is taken out of its
// place first and looked at again: who puts the same bytes meanwhile has made it
// young, or writes it anew.
func (f *Folder) discard(at string, before time.Time, wanted func(string) (bool, error)) (bool, error) {
	sum := path.Base(at)
	if to, err := place(sum); err != nil || to != at || !f.old(at, before) {
		return false, nil // not ours to judge, or young
	}
	if want, err := wanted(sum); err != nil || want {
		return false, err
	}
	aside := path.Join(coming, leaving+sum)
	if err := f.root.Rename(at, aside); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil // another sweep was here
		}
		return false, err
	}
	want, err := wanted(sum)
	if err != nil || want || !f.old(aside, before) {
		return false, errors.Join(err, f.root.Rename(aside, at), f.sync(path.Dir(at)))
	}
	return true, f.drop(aside)
}
