package web

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tengdi/geo"
)

func TestBoardCacheComputesOnce(t *testing.T) {
	c, asked, begin := newBoardCache(), atomic.Int32{}, make(chan struct{})
	stamp := geo.Stamp{Revision: 7, Day: 3}
	compute := func(context.Context) (geo.Stamp, []byte, error) {
		asked.Add(1)
		<-begin
		return stamp, []byte("{}"), nil
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if e, err := c.ask(t.Context(), "k", stamp, compute); err != nil || string(e.body) != "{}" {
				t.Errorf("%+v, %v", e, err)
			}
		})
	}
	close(begin)
	all.Wait()
	if e, err := c.ask(t.Context(), "k", stamp, compute); err != nil || e.stamp != stamp || asked.Load() > 8 {
		t.Errorf("%+v, %v", e, err)
	}
	n := asked.Load()
	if _, _ = c.ask(t.Context(), "k", stamp, compute); asked.Load() != n {
		t.Error("what is kept was computed again")
	}
}

// An answer of another revision than was asked for is not kept: it would be told
// as that of a revision that it is not of.
func TestBoardCacheKeepsTheRevisionItSays(t *testing.T) {
	c := newBoardCache()
	newer := geo.Stamp{Revision: 8, Day: 3}
	e, err := c.ask(t.Context(), "7", geo.Stamp{Revision: 7, Day: 3}, func(context.Context) (geo.Stamp, []byte, error) { return newer, []byte("8"), nil })
	if err != nil || e.stamp.Revision != 8 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, ok := c.get("7"); ok {
		t.Error("kept under the wrong revision")
	}
	if _, err := c.ask(t.Context(), "9", newer, func(context.Context) (geo.Stamp, []byte, error) { return newer, nil, errors.New("x") }); err == nil {
		t.Error("no error")
	}
	if _, ok := c.get("9"); ok {
		t.Error("an error was kept")
	}
}

func TestBoardCacheIsBounded(t *testing.T) {
	c := newBoardCache()
	for i := range 40 {
		c.put(fmt.Sprint(i), &boardEntry{body: make([]byte, 1<<20-boardEach)})
		c.get("0")
	}
	if c.bytes > boardKept || c.order.Len() != len(c.found) || c.order.Len() != 16 {
		t.Errorf("%d bytes in %d and %d", c.bytes, c.order.Len(), len(c.found))
	}
	if _, ok := c.get("0"); !ok {
		t.Error("what is used went before what is not")
	}
	if _, ok := c.get("5"); ok {
		t.Error("what was used longest ago stayed")
	}
	c.put("huge", &boardEntry{body: make([]byte, boardKept+1)})
	if _, ok := c.get("huge"); ok || c.order.Len() != 16 {
		t.Error("something was kept that fills everything")
	}
}

// Keys hold what callers write: a flood of long ones with small answers takes no
// more memory than a few large answers do.
func TestBoardCacheIsBoundedForLongKeys(t *testing.T) {
	c := newBoardCache()
	long := strings.Repeat("x", 18_000)
	before := heapInUse()
	for i := range 3 * boardEntries {
		c.put(fmt.Sprint(i, long), &boardEntry{body: []byte("{}")})
	}
	if len(c.found) != boardEntries || c.order.Len() != boardEntries || c.bytes != boardEntries*(cap([]byte("{}"))+boardEach) {
		t.Errorf("%d and %d entries, %d bytes", len(c.found), c.order.Len(), c.bytes)
	}
	if grown := heapInUse() - before; grown > boardKept {
		t.Errorf("the cache takes %d bytes", grown)
	}
	runtime.KeepAlive(c)
}

// heapInUse is the memory that is still reachable, in bytes.
func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
