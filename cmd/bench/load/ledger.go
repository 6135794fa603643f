package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// ledger is what was committed: what the clients have to hear of, and how soon.
type ledger struct {
	mu       sync.Mutex
	answered [][]time.Time // by place: when its commits were answered, of those whose revision is not known yet

	made  []commit // in the order of their revisions
	known int64    // the revision up to which made has everything
}

// commit is a change of a thing.
type commit struct {
	revision int64
	place    int
	at       time.Time // when it was answered, and so visible
}

// committed notes that a change of the thing was answered.
func (c *crowd) committed(id int64, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.index[id]
	c.answered[i] = append(c.answered[i], at)
}

// begin notes where the ledger begins, before anybody writes.
func (c *crowd) begin(ctx context.Context) error {
	return c.w.public.QueryRow(ctx, `select revision from pub.revision`).Scan(&c.known)
}

// learn reads the revisions of what was committed, while nobody writes. The changes of
// a thing are made one after the other, so that its first has its first revision.
func (c *crowd) learn(ctx context.Context) error {
	var last int64
	if err := c.w.public.QueryRow(ctx, `select revision from pub.revision`).Scan(&last); err != nil {
		return err
	}
	rows, err := c.w.public.Query(ctx, `
		select revision, id
		from pub.change
		where layer = 'parcels' and revision > $1 and revision <= $2
		order by revision`, c.known, last)
	if err != nil {
		return err
	}
	var list []commit
	var revision, id int64
	_, err = pgx.ForEachRow(rows, []any{&revision, &id}, func() error {
		if i, ok := c.index[id]; ok {
			list = append(list, commit{revision: revision, place: i})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.enter(list, last)
}

// enter puts commits up to a revision into the ledger, each with the time of its
// answer. It is an error when the database has other changes than were made.
func (c *crowd) enter(list []commit, known int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range list {
		if len(c.answered[m.place]) == 0 {
			return fmt.Errorf("revision %d changes a parcel that nobody here has changed", m.revision)
		}
		m.at, c.answered[m.place] = c.answered[m.place][0], c.answered[m.place][1:]
		c.made = append(c.made, m)
	}
	for _, left := range c.answered {
		if len(left) > 0 {
			return fmt.Errorf("up to revision %d the public's changes have not all that was committed", known)
		}
	}
	c.known = known
	return nil
}

// reckon holds what the clients have heard up to now against what was committed.
func (c *crowd) reckon() {
	due := map[int]time.Time{}
	for _, k := range c.clients {
		k.reckon(due)
	}
}

// reckon takes each message by itself: it has to name every thing that was changed
// since the message before, once, and no other. due is room for it.
func (k *client) reckon(due map[int]time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	made := k.c.made
	for k.next < len(made) && made[k.next].revision <= k.from {
		k.next++
	}
	n := 0
	for ; n < len(k.heard) && k.heard[n].Revision <= k.c.known; n++ {
		h := k.heard[n]
		clear(due)
		for ; k.next < len(made) && made[k.next].revision <= h.Revision; k.next++ {
			due[made[k.next].place] = made[k.next].at
		}
		for _, ch := range h.Changes {
			i, ok := k.c.index[ch.ID]
			if !ok || ch.Layer != "parcels" || ch.Status == "" {
				continue
			}
			k.state[i] = ch.Status[0]
			at, changed := due[i]
			if !changed {
				k.doubled++
				continue
			}
			delete(due, i)
			k.c.lag.add(h.at.Sub(at)) // an event that overtakes the answer to its commit took no time
		}
		k.lost += int64(len(due))
	}
	k.heard = append(k.heard[:0:0], k.heard[n:]...)
}
