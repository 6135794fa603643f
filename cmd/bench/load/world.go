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
	made       []int // changes that each writer has begun
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
			err := getJSON(s.URL+"/tiles/public.json", &doc)
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
	done int64
	late int64 // changes that began more than a second after their turn
	left int64 // changes that were never begun, as their stretch had run twice its length
	took durations
}

// write makes the changes first to first+count-1 at a steady rate, however long
// each takes, and tells the crowd of each after its commit. What
// was not begun when twice the time has passed is left, and the next stretch
// begins with its own changes.
func (w *world) write(ctx context.Context, out *writing, first, count int64, rate, writers int, c *crowd) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	patience := 2 * time.Duration(count) * time.Second / time.Duration(rate)
	var done, late, left atomic.Int64
	var failed error
	var once sync.Once
	var all sync.WaitGroup
	begun := time.Now()
	actor := geo.Actor{Login: "load", Role: geo.RoleSystem, Source: geo.FromCLI}
	// A parcel always falls to the same writer, so that its moves stay in order.
	for k := range writers {
		all.Go(func() {
			for i := int64(k); i < count && ctx.Err() == nil; i += int64(writers) {
				if time.Since(begun) > patience {
					left.Add(1)
					continue
				}
				turn := begun.Add(time.Duration(i) * time.Second / time.Duration(rate))
				if wait := time.Until(turn); wait > 0 {
					time.Sleep(wait)
				} else if wait < -time.Second {
					late.Add(1)
				}
				code, to := w.next(k, writers)
				start := time.Now()
				_, err := w.store.Transition(ctx, actor, geo.Transition{Entity: geo.ParcelMachine, Code: code, To: to, Reason: "load"})
				if err != nil {
					once.Do(func() { failed = fmt.Errorf("change %d, %s to %s: %w", first+i, code, to, err) })
					cancel()
					return
				}
				now := time.Now()
				out.took.add(now.Sub(start))
				c.committed(w.ids[code], now)
				done.Add(1)
			}
		})
	}
	all.Wait()
	out.done += done.Load()
	out.late += late.Load()
	out.left += left.Load()
	return failed
}

// next says which parcel the writer moves next, and to which state. Each writer
// has parcels of its own and goes round among them.
func (w *world) next(writer, writers int) (code, to string) {
	per := max(1, len(w.codes)/writers)
	i := w.made[writer]
	w.made[writer]++
	code = w.codes[min(len(w.codes)-1, writer*per+i%per)]
	if (i/per)%2 == 0 {
		return code, "suspended"
	}
	return code, "listed"
}
