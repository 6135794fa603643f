package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// archivePatience is how long a listing waits for files that nobody has read yet:
// less than requestTimeout, so that it is always answered.
const archivePatience = 5 * time.Second

// list tells the public archives of the folder by name, as far as its bounds allow.
// For files that have to be read whole it waits so long, and then tells what is known
// and how many are still to be read; they are read to the end meanwhile.
func (a *archives) list(ctx context.Context, patience time.Duration) (list []archiveAnswer, reading int, err error) {
	names, err := a.names()
	if err != nil {
		return nil, 0, err
	}
	over := time.NewTimer(patience)
	defer over.Stop()
	tried := map[string]archive{}
	for {
		list, reading, err = a.known(names, tried)
		if err != nil || reading == 0 {
			return list, 0, err
		}
		round := a.one.DoChan("", func() (any, error) { return a.readAll(names), nil }) // one at a time
		select {
		case r := <-round:
			maps.Copy(tried, r.Val.(map[string]archive)) // also those of who began the round
		case <-over.C:
			return a.known(names, tried)
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// names are the files that a listing looks at: the first of the folder by name.
func (a *archives) names() ([]string, error) {
	if a.folder == "" {
		return nil, nil
	}
	dir, err := os.ReadDir(a.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	var names []string
	looked := 0
	for _, d := range dir {
		name, ok := strings.CutSuffix(d.Name(), archiveEnd)
		if !ok {
			continue
		}
		if looked++; looked > maxLooked {
			break
		}
		if archiveName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// known tells the public ones of these files, by name, as far as they were read as they
// lie there now, and how many of the others nobody has tried to read.
func (a *archives) known(names []string, tried map[string]archive) (list []archiveAnswer, unread int, err error) {
	list = []archiveAnswer{}
	if len(names) == 0 {
		return list, 0, nil
	}
	root, err := os.OpenRoot(a.folder) // links do not lead out of it
	if err != nil {
		return nil, 0, fmt.Errorf("list archives: %w", err)
	}
	defer root.Close()
	for _, name := range names {
		if len(list) == maxArchives {
			break
		}
		info, err := root.Stat(name + archiveEnd)
		if err != nil || !info.Mode().IsRegular() {
			continue // gone meanwhile, or no file
		}
		a.mu.Lock()
		one, ok := a.seen[name]
		a.mu.Unlock()
		if !ok || !one.same(info) {
			if one, ok = tried[name]; !ok {
				unread++
			}
		}
		if ok && one.public && one.same(info) {
			list = append(list, one.about)
		}
	}
	slices.SortFunc(list, func(x, y archiveAnswer) int { return strings.Compare(x.Name, y.Name) })
	return list, unread, nil
}

// readAll reads these files, as many at a time as may be read, until there are as many
// public ones as are listed. It returns what it tried; of the public, all that is told.
func (a *archives) readAll(names []string) map[string]archive {
	var mu sync.Mutex
	tried, public := map[string]archive{}, 0
	enough := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return public >= maxArchives
	}
	var readers errgroup.Group
	readers.SetLimit(archiveReaders)
	for _, name := range names {
		if enough() {
			break
		}
		readers.Go(func() error {
			f, one, err := a.open(context.Background(), name)
			if err == nil {
				_ = f.Close()
			}
			mu.Lock()
			defer mu.Unlock()
			tried[name] = one
			if one.public {
				public++
			}
			return nil
		})
	}
	_ = readers.Wait() // they return none
	return tried
}
