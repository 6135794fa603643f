package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// crowdOf has one client and three things, with the public ids 10, 20 and 30.
func crowdOf(t *testing.T) (*crowd, *client) {
	t.Helper()
	c := newCrowd(&world{ids: map[string]int64{"a": 10, "b": 20, "c": 30}})
	for i, id := range []int64{10, 20, 30} {
		c.index[id] = i
	}
	k := &client{c: c, state: []byte("lll")}
	c.clients = []*client{k}
	k.take("hello", []byte(`{"revision":5}`), time.Now())
	return c, k
}

// tell lets a client hear of a message about things, each with its status.
func tell(k *client, at time.Time, revision int64, things ...any) {
	var list []string
	for i := 0; i < len(things); i += 2 {
		list = append(list, fmt.Sprintf(`{"layer":"parcels","id":%d,"status":%q}`, things[i], things[i+1]))
	}
	k.take("change", fmt.Appendf(nil, `{"revision":%d,"changes":[%s]}`, revision, strings.Join(list, ",")), at)
}

// commits enters changes of things, one for each revision from 6 on, answered a
// millisecond after the other.
func commits(t *testing.T, c *crowd, begun time.Time, places ...int) {
	t.Helper()
	var list []commit
	for i, place := range places {
		c.committed(int64(10*(place+1)), begun.Add(time.Duration(i)*time.Millisecond))
		list = append(list, commit{revision: int64(6 + i), place: place})
	}
	if err := c.enter(list, int64(5+len(places))); err != nil {
		t.Fatal(err)
	}
}

// What each client heard is held against what was committed, thing by thing: a change
// that is lost is not made up for by one that comes twice.
func TestVerdict(t *testing.T) {
	begun := time.Now()
	for name, c := range map[string]struct {
		hear func(k *client)
		want verdict
	}{
		"one by one": {func(k *client) {
			tell(k, begun, 6, 10, "suspended")
			tell(k, begun, 7, 20, "suspended")
			tell(k, begun, 8, 10, "listed")
		}, verdict{}},
		"two moves of a thing in one message": {func(k *client) { tell(k, begun, 8, 10, "listed", 20, "suspended") }, verdict{}},
		"one lost and another doubled": {func(k *client) {
			tell(k, begun, 6, 10, "suspended")
			tell(k, begun, 7, 10, "suspended")
			tell(k, begun, 8, 10, "listed")
		}, verdict{differ: 1, lost: 1, doubled: 1}},
		"of a thing that nobody changed": {func(k *client) { tell(k, begun, 8, 10, "listed", 20, "suspended", 30, "listed") }, verdict{doubled: 1}},
		"twice in a message":             {func(k *client) { tell(k, begun, 8, 10, "listed", 20, "suspended", 20, "suspended") }, verdict{doubled: 1}},
		"a revision too early": {func(k *client) {
			tell(k, begun, 6, 10, "suspended", 20, "suspended")
			tell(k, begun, 8, 10, "listed")
		}, verdict{lost: 1, doubled: 1}},
		"the last did not come": {func(k *client) {
			tell(k, begun, 6, 10, "suspended")
			tell(k, begun, 7, 20, "suspended")
		}, verdict{differ: 1, lost: 1}},
		"again": {func(k *client) {
			tell(k, begun, 8, 10, "listed", 20, "suspended")
			tell(k, begun, 8, 10, "listed", 20, "suspended")
		}, verdict{doubled: 2, disorder: 1}},
		"nothing at all": {func(*client) {}, verdict{differ: 1, lost: 3, unheard: 1}},
		"a reload": {func(k *client) {
			tell(k, begun, 8, 10, "listed", 20, "suspended")
			k.take("reload", []byte(`{"revision":8}`), begun)
		}, verdict{reloads: 1}},
	} {
		all, k := crowdOf(t)
		c.hear(k)
		commits(t, all, begun, 0, 1, 0)
		all.reckon()
		all.reckon() // what was reckoned is not reckoned again
		if got := all.judge([]byte("lsl")); got != c.want || (got.err() == nil) != (c.want == verdict{}) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// The time of an event is that of its own commit, also when the thing is on its next
// move already, and a message of a later stretch waits until that is known.
func TestLagIsOfItsCommit(t *testing.T) {
	begun := time.Now()
	c, k := crowdOf(t)
	tell(k, begun.Add(7*time.Second), 6, 10, "suspended") // very late: after the next commit of the thing
	tell(k, begun.Add(7*time.Second), 9, 20, "suspended") // of the next stretch
	commits(t, c, begun, 0, 2, 0)
	c.reckon()
	if got := c.lag.quantile(1); got < 7000 || got > 7001 || c.lag.count() != 1 {
		t.Errorf("%d times, the longest %.1f ms, want one of 7000", c.lag.count(), got)
	}
	if len(k.heard) != 1 || k.heard[0].Revision != 9 {
		t.Errorf("%d messages wait", len(k.heard))
	}
}

// Changes of others, and commits that the database does not have, end a run.
func TestLedgerIsTheDatabases(t *testing.T) {
	c, _ := crowdOf(t)
	if err := c.enter([]commit{{revision: 6, place: 1}}, 6); err == nil {
		t.Error("a change of somebody else is taken")
	}
	c.committed(10, time.Now())
	if err := c.enter(nil, 6); err == nil {
		t.Error("a commit without a revision is taken")
	}
}
