package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// verdict is how far the clients are from the truth.
type verdict struct {
	differ   int   // clients in another state than the database
	lost     int64 // changes, over all clients
	doubled  int64
	disorder int // events whose revision was not above the one before
	reloads  int
	unheard  int // clients that heard of nothing at all
}

func (v verdict) err() error {
	if v != (verdict{}) {
		return fmt.Errorf("the clients are not as the database: %+v", v)
	}
	return nil
}

// verdict waits until every client is at the last revision, ten seconds at
// most, then compares.
func (c *crowd) verdict(ctx context.Context) (v verdict, err error) {
	if err := c.learn(ctx); err != nil {
		return v, err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		behind := false
		for _, k := range c.clients {
			k.mu.Lock()
			behind = behind || k.last < c.known
			k.mu.Unlock()
		}
		if !behind {
			break
		}
	}
	truth := make([]byte, len(c.index))
	rows, err := c.w.public.Query(ctx, `select public_id, status from pub.parcel where code like 'LOAD-%'`)
	if err != nil {
		return v, err
	}
	var id int64
	var status string
	_, err = pgx.ForEachRow(rows, []any{&id, &status}, func() error { truth[c.index[id]] = status[0]; return nil })
	if err != nil {
		return v, err
	}
	c.reckon()
	return c.judge(truth), nil
}

// judge compares what the clients have put together with the truth.
func (c *crowd) judge(truth []byte) (v verdict) {
	for _, k := range c.clients {
		k.mu.Lock()
		if !bytes.Equal(k.state, truth) {
			v.differ++
		}
		v.lost += k.lost + int64(len(c.made)-k.next)
		v.doubled += k.doubled
		v.disorder += k.disorder
		v.reloads += k.reloads
		if k.last == 0 {
			v.unheard++
		}
		k.mu.Unlock()
	}
	return v
}

func (v verdict) String() string {
	return "other state than the database " + strconv.Itoa(v.differ) + ", changes lost " + strconv.FormatInt(v.lost, 10) +
		", doubled " + strconv.FormatInt(v.doubled, 10) + ", out of order " + strconv.Itoa(v.disorder) + ", reloads " + strconv.Itoa(v.reloads)
}
