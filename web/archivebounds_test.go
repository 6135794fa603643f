package web

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// archiveFolder has files of the staff and of the public; those of the staff come
// first by name.
func archiveFolder(t *testing.T, staff, public int) (folder string, names []string) {
	t.Helper()
	folder = t.TempDir()
	one := map[string][]byte{}
	for _, aud := range []string{"staff", "public"} {
		path := filepath.Join(t.TempDir(), aud)
		writeArchive(t, path, aud, "tile")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		one[aud] = text
	}
	for i := range staff + public {
		aud, name := "staff", fmt.Sprintf("a%04d.pmtiles", i)
		if i >= staff {
			aud, name = "public", fmt.Sprintf("b%04d.pmtiles", i)
			names = append(names, filepath.Join(folder, name))
		}
		if err := os.WriteFile(filepath.Join(folder, name), one[aud], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder, names
}

// An archive is read whole once, however many others lie in the folder. What is
// written into one behind its size and time is not seen, which shows it.
func TestArchivesAreReadOnce(t *testing.T) {
	folder, names := archiveFolder(t, 300, maxArchives)
	a := newArchives(folder)
	first, _, err := a.list(t.Context(), archivePatience)
	if err != nil || len(first) != maxArchives {
		t.Fatalf("%d of %d archives are listed: %v", len(first), maxArchives, err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, make([]byte, info.Size()), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
	again, _, err := a.list(t.Context(), archivePatience)
	if err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("the second time %d archives are listed, want the %d of the first: %v", len(again), len(first), err)
	}
}

// A listing looks at so many files and lists so many; what is remembered is bounded
// too, and one that has no room takes that of one other.
func TestArchivesAreBounded(t *testing.T) {
	folder, _ := archiveFolder(t, maxLooked-1, maxArchives)
	a := newArchives(folder)
	list, _, err := a.list(t.Context(), archivePatience)
	if err != nil || len(list) != 1 || len(a.seen) != maxLooked {
		t.Errorf("%d archives are listed and %d files remembered, want 1 of %d: %v", len(list), len(a.seen), maxLooked, err)
	}
	for i := range maxSeen {
		a.remember(fmt.Sprint("of elsewhere ", i), archive{})
	}
	if len(a.seen) != maxSeen {
		t.Errorf("%d files are remembered, want %d", len(a.seen), maxSeen)
	}
	folder, _ = archiveFolder(t, 0, maxArchives+1)
	if list, _, err := newArchives(folder).list(t.Context(), archivePatience); err != nil || len(list) != maxArchives {
		t.Errorf("%d archives are listed, want %d: %v", len(list), maxArchives, err)
	}
}

// Who leaves does not wait for an archive to be read, and who comes next has what was
// read meanwhile.
func TestArchivesAreReadToTheEnd(t *testing.T) {
	folder, names := archiveFolder(t, 0, 1)
	a := newArchives(folder)
	for range archiveReaders { // nobody gets on
		a.reading <- struct{}{}
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if list, _, err := a.list(ctx, archivePatience); !errors.Is(err, context.Canceled) {
		t.Fatalf("who left is told %+v, %v", list, err)
	}
	waiting := make(chan error, 1)
	go func() {
		list, _, err := a.list(t.Context(), archivePatience)
		if err == nil && len(list) != 1 {
			err = fmt.Errorf("%d archives are listed", len(list))
		}
		waiting <- err
	}()
	for range archiveReaders {
		<-a.reading
	}
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if _, ok := a.seen[filepath.Base(names[0][:len(names[0])-len(archiveEnd)])]; !ok {
		t.Errorf("remembered is %+v", a.seen)
	}
}

// While large archives are being read those that are known are told, with how many are
// to come; the next listing has them.
func TestArchivesAreListedAsTheyAreRead(t *testing.T) {
	folder, names := archiveFolder(t, 1, 3)
	a := newArchives(folder)
	if list, reading, err := a.list(t.Context(), archivePatience); err != nil || len(list) != 3 || reading != 0 {
		t.Fatalf("%d archives are listed, %d being read: %v", len(list), reading, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"another", "broken", "further"} {
		text := text
		if name == "broken" {
			text = text[:20]
		}
		if err := os.WriteFile(filepath.Join(folder, name+archiveEnd), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for range archiveReaders { // nobody gets on
		a.reading <- struct{}{}
	}
	list, reading, err := a.list(t.Context(), 20*time.Millisecond)
	if err != nil || len(list) != 3 || reading < 2 || reading > 3 {
		t.Errorf("%d archives are listed, %d being read, want 3 and the new ones: %v", len(list), reading, err)
	}
	for range archiveReaders {
		<-a.reading
	}
	for range 2 { // a broken file is not read for ever
		list, reading, err = a.list(t.Context(), archivePatience)
		if err != nil || len(list) != 5 || reading != 0 {
			t.Errorf("%d archives are listed, %d being read, want 5 and none: %v", len(list), reading, err)
		}
	}
}

// What has no room among what is remembered is listed all the same.
func TestArchivesAreListedWithoutRoom(t *testing.T) {
	folder, _ := archiveFolder(t, 0, maxArchives)
	a := newArchives(folder)
	for i := range maxSeen {
		a.remember(fmt.Sprint("of elsewhere ", i), archive{})
	}
	if list, reading, err := a.list(t.Context(), archivePatience); err != nil || len(list) != maxArchives || reading != 0 {
		t.Errorf("%d archives are listed, %d being read: %v", len(list), reading, err)
	}
}
