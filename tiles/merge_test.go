package tiles

import (
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
)

// priced is a change of the price of each parcel.
func priced(parcels []Feature, price int64) []Change {
	var list []Change
	for _, f := range parcels {
		f.Values = []Value{nil, nil, price, nil, nil}
		list = append(list, Change{"parcels", f.ID, &f})
	}
	return list
}

func mustApply(t *testing.T, e *Engine, revision int64, list []Change) {
	t.Helper()
	if _, err := e.Apply(revision, list); err != nil && !errors.Is(err, ErrAllTouched) {
		t.Fatal(err)
	}
}

// A merge under way holds up neither readers nor changes, however many come at
// once, until a layer is far behind; then the next change waits for it.
func TestChangesDoNotMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parcels := City(4, 600, Yueyang(), 0.001)
		e, err := NewCity(Options{MaxOverlay: 10}, parcels, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		held := make(chan struct{}) // a merge that does not end
		e.merging[0] = held
		old := e.snap.Load().layers[0].base
		mustApply(t, e, 2, priced(parcels[:farBehind*10-1], 2))
		mustApply(t, e, 3, priced(parcels[:farBehind*10], 3))
		l := e.snap.Load().layers[0]
		if l.base != old || len(l.over.entries) != farBehind*10 {
			t.Fatalf("a change merged the layer: %d features are left over", len(l.over.entries))
		}
		id := TilesOver(parcels[0], 15)[0]
		if n := priceIn(t, e, id, parcels[0].ID); n != 3 {
			t.Fatalf("price %d, want 3", n)
		}
		applied := make(chan struct{})
		go func() {
			defer close(applied)
			mustApply(t, e, 4, priced(parcels[:1], 4))
		}()
		synctest.Wait()
		if e.Revision() != 3 {
			t.Fatal("a change came in when the layer was far behind")
		}
		if n := priceIn(t, e, id, parcels[1].ID); n != 3 {
			t.Fatalf("price %d while a change waits, want 3", n)
		}
		e.write.Lock()
		e.merging[0] = nil
		e.write.Unlock()
		close(held)
		<-applied
		if n := priceIn(t, e, id, parcels[0].ID); n != 4 {
			t.Fatalf("price %d after the wait, want 4", n)
		}
		e.merges.Wait()
		if l := e.snap.Load().layers[0]; l.base == old || len(l.over.entries) != 0 || e.Stats().Merges == 0 {
			t.Errorf("%d features are left over after the merge", len(l.over.entries))
		}
	})
}

// What comes in during a merge and is too much again is merged after it, though no
// other change comes.
func TestMergesGoOn(t *testing.T) {
	parcels := City(4, 200, Yueyang(), 0.001)
	e, err := NewCity(Options{MaxOverlay: 10}, parcels, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.merging[0] = make(chan struct{}) // the merge of what comes first, which ends below
	mustApply(t, e, 2, priced(parcels[:20], 2))
	first := e.snap.Load()
	mustApply(t, e, 3, priced(parcels[50:100], 3))
	e.merges.Add(1)
	e.merge(0, first)
	e.merges.Wait()
	if n, merges := len(e.snap.Load().layers[0].over.entries), e.Stats().Merges; n != 0 || merges != 2 {
		t.Errorf("%d features are left over after %d merges", n, merges)
	}
}

// A revision is told only when no tile of before it is at hand any more, so that
// nobody keeps an old tile under the new revision.
func TestRevisionFollowsTheTiles(t *testing.T) {
	parcels := City(4, 50, Yueyang(), 0.001)
	id := TilesOver(parcels[0], 15)[0]
	for name, write := range map[string]func(e *Engine) error{
		"a change": func(e *Engine) error {
			_, err := e.Apply(2, priced(parcels[:1], 2))
			return err
		},
		"a load": func(e *Engine) error {
			return e.Load(2, Seqs(map[string][]Feature{"parcels": parcels[10:]}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := NewCity(Options{}, parcels, nil)
			if err != nil {
				t.Fatal(err)
			}
			before := mustTile(t, e, id)
			e.cache.mu.Lock() // the old tiles cannot be forgotten
			written := make(chan error)
			go func() { written <- write(e) }()
			for e.snap.Load().revision != 2 {
				runtime.Gosched()
			}
			told := e.Revision()
			e.cache.mu.Unlock()
			if told != 1 {
				t.Errorf("revision %d is told while tiles of revision 1 are at hand", told)
			}
			if err := <-written; err != nil {
				t.Fatal(err)
			}
			if _, ok := e.Tag(id, Query{}); ok || e.Revision() != 2 || e.Stats().Revision != 2 {
				t.Errorf("at revision %d the old tile is still known: %v", e.Revision(), ok)
			}
			if after := mustTile(t, e, id); after.ETag == before.ETag || after.Revision != 2 {
				t.Errorf("the tile is of revision %d", after.Revision)
			}
		})
	}
}
