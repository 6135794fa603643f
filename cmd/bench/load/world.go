package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/sample"
)

// world is the database under load: the demo district with many more listed
// parcels, which are suspended and listed again in turn.
type world struct {
	url        string
	postmaster int
	store      *postgis.Store
	public     *pgx.Conn // as the owner; reads schema pub
	codes      []string
	ids        map[string]int64 // public id by code
	frame      orb.Bound
}

// newWorld fills the server's empty database.
func newWorld(ctx context.Context, s *server, parcels int) (*world, error) {
	url, postmaster, err := s.cluster()
	if err != nil {
		return nil, err
	}
	w := &world{url: url, postmaster: postmaster}
	if w.store, err = postgis.Open(ctx, postgis.Options{URL: url, Private: true}); err != nil {
		return nil, err
	}
	d, err := sample.Build(sample.Options{Seed: 430602, Today: time.Now()})
	if err != nil {
		return nil, err
	}
	if d, w.codes, err = grown(d, parcels); err != nil {
		return nil, err
	}
	if err := w.store.LoadDataset(ctx, d); err != nil {
		return nil, err
	}
	if w.public, err = pgx.Connect(ctx, url); err != nil {
		return nil, err
	}
	w.ids = map[string]int64{}
	rows, err := w.public.Query(ctx, `select code, public_id from pub.parcel where code like 'LOAD-%'`)
	if err != nil {
		return nil, err
	}
	var code string
	var id int64
	if _, err = pgx.ForEachRow(rows, []any{&code, &id}, func() error { w.ids[code] = id; return nil }); err != nil {
		return nil, err
	}
	if len(w.ids) != parcels {
		return nil, fmt.Errorf("%d of %d parcels are published", len(w.ids), parcels)
	}
	return w, nil
}

func (w *world) close() {
	end, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.public.Close(end) // nothing is written through it
	w.store.Close()
}

// grown adds copies of one listed parcel and its round beside each other, in a
// square that begins at that parcel.
func grown(d geo.Dataset, parcels int) (geo.Dataset, []string, error) {
	var model geo.Parcel
	for _, p := range d.Parcels {
		if p.Status == "listed" {
			model = p
			break
		}
	}
	var round geo.Round
	for _, r := range d.Rounds {
		if r.Parcel == model.Code {
			round = r
		}
	}
	if model.Code == "" || round.Parcel == "" {
		return d, nil, errors.New("the demo has no listed parcel")
	}
	var codes []string
	at := model.Shape.Geometry.Bound().Min
	side := int(math.Ceil(math.Sqrt(float64(parcels))))
	const step = 0.0004 // degrees, some 40 m
	for i := range parcels {
		p, r := model, round
		p.Code = fmt.Sprintf("LOAD-%06d", i)
		p.Area, p.Name = "", ""
		x, y := at[0]+float64(i%side)*step, at[1]+float64(i/side)*step
		p.Shape.Geometry = orb.MultiPolygon{orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + 0.9*step, y + 0.9*step}}.ToPolygon()}
		r.Parcel, r.NoticeNo = p.Code, fmt.Sprintf("载示挂(2026)%06d号", i)
		d.Parcels, d.Rounds, codes = append(d.Parcels, p), append(d.Rounds, r), append(codes, p.Code)
	}
	return d, codes, nil
}

// settled waits until every server shows what was loaded.
func (w *world) settled(ctx context.Context, servers []*server) error {
	var want int64
	if err := w.public.QueryRow(ctx, `select revision from pub.revision`).Scan(&want); err != nil {
		return err
	}
	for _, s := range servers {
		for {
			var doc struct {
				Revision int64     `json:"revision"`
				Bounds   []float64 `json:"bounds"`
			}
			err := getJSON(s.url+"/tiles/public.json", &doc)
			if err == nil && doc.Revision == want && len(doc.Bounds) == 4 {
				w.frame = orb.Bound{Min: orb.Point{doc.Bounds[0], doc.Bounds[1]}, Max: orb.Point{doc.Bounds[2], doc.Bounds[3]}}
				break
			}
			select {
			case <-ctx.Done():
				return errors.Join(ctx.Err(), err)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

func getJSON(url string, into any) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// writing is what the writers did.
type writing struct {
	done int
	late int // changes that began more than a second after their turn
	took *durations
}

// write makes changes at a steady rate, however long each takes, and tells the
// crowd of each before it and after its commit.
func (w *world) write(ctx context.Context, rate, writers int, length time.Duration, c *crowd) (writing, error) {
	ctx, cancel := context.WithTimeout(ctx, length+time.Minute)
	defer cancel()
	total := int64(float64(rate) * length.Seconds())
	var next, late atomic.Int64
	took := &durations{}
	var failed error
	var once sync.Once
	var all sync.WaitGroup
	begun := time.Now()
	actor := geo.Actor{Login: "load", Role: geo.RoleSystem, Source: geo.FromCLI}
	// Writer k takes the turns k, k+writers, …, so that the moves of one parcel
	// stay in order only if a parcel always falls to the same writer.
	for k := range writers {
		all.Go(func() {
			mine := int64(k)
			for n := mine; n < total && ctx.Err() == nil; n += int64(writers) {
				turn := begun.Add(time.Duration(n) * time.Second / time.Duration(rate))
				if wait := time.Until(turn); wait > 0 {
					time.Sleep(wait)
				} else if wait < -time.Second {
					late.Add(1)
				}
				code, to := w.turn(n, writers)
				c.begun(w.ids[code])
				start := time.Now()
				_, err := w.store.Transition(ctx, actor, geo.Transition{Entity: geo.ParcelMachine, Code: code, To: to, Reason: "load"})
				if err != nil {
					once.Do(func() { failed = fmt.Errorf("change %d, %s to %s: %w", n, code, to, err) })
					cancel()
					return
				}
				now := time.Now()
				took.add(now.Sub(start))
				c.committed(w.ids[code], now)
				next.Add(1)
			}
		})
	}
	all.Wait()
	return writing{int(next.Load()), int(late.Load()), took}, failed
}

// turn says which parcel moves at turn n, and to which state. Each writer has
// parcels of its own and goes round among them.
func (w *world) turn(n int64, writers int) (code, to string) {
	per := int64(max(1, len(w.codes)/writers))
	k, i := n%int64(writers), n/int64(writers)
	code = w.codes[min(int64(len(w.codes)-1), k*per+i%per)]
	if (i/per)%2 == 0 {
		return code, "suspended"
	}
	return code, "listed"
}
