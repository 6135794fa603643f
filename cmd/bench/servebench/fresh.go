package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles/tiletest"
)

// offer is a parcel on offer, which can be suspended and listed again.
type offer struct {
	code, status string
	id           int64 // the public's
	at           orb.Point
}

// tileZoom is the zoom of the tiles that are asked for after a change.
const tileZoom = 14

// tile is the path of the tile that the parcel is in.
func (o offer) tile() string { return "/tiles/public/" + o.name() + ".mvt" }

func (o offer) name() string {
	t := maptile.At(o.at, tileZoom)
	return fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y)
}

// offers are some parcels on offer, all over the city.
func offers(ctx context.Context, conn *pgx.Conn, n int) ([]offer, error) {
	rows, err := conn.Query(ctx, `
		select code, status, public_id, st_x(p), st_y(p)
		from pub.parcel, st_pointonsurface(geom) p
		where status in ('listed', 'suspended')
		order by md5(code)
		limit $1`, n)
	if err != nil {
		return nil, err
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o offer, err error) {
		err = row.Scan(&o.code, &o.status, &o.id, &o.at[0], &o.at[1])
		return o, err
	})
	if err == nil && len(out) == 0 {
		err = errors.New("no parcel is on offer")
	}
	return out, err
}

// ways is how long changes took to be seen.
type ways struct {
	Commit []time.Duration // the write itself
	Event  []time.Duration // commit to the event on the open map
	Tile   []time.Duration // event to the tile that shows it, read to its end
	Fresh  []time.Duration // commit to that tile
	Bytes  int64           // of all tiles, decoded
}

// told is what an open map hears.
type told struct {
	at       time.Time
	Revision int64 `json:"revision"`
	Changes  []struct {
		Layer  string `json:"layer"`
		ID     int64  `json:"id"`
		Status string `json:"status"`
	} `json:"changes"`
	Tiles []string `json:"tiles"`
	All   bool     `json:"all"`
}

// follow moves the parcels on offer to and fro, one after the other, and asks for the
// tile of each when the open map has heard of it. Each tile is looked into: it has to
// show the change.
func follow(ctx context.Context, store *postgis.Store, url string, parcels []offer, changes int, pause time.Duration) (ways, error) {
	var out ways
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := open(ctx, url+"/api/live?tileset=public")
	if err != nil {
		return out, err
	}
	actor := geo.Actor{Login: "bench", Role: geo.RoleSystem, Source: geo.FromCLI}
	for i := range changes {
		p := &parcels[i%len(parcels)]
		to := "suspended"
		if p.status == to {
			to = "listed"
		}
		time.Sleep(pause)
		asked := time.Now()
		_, err := store.Transition(ctx, actor, geo.Transition{Entity: geo.ParcelMachine, Code: p.code, To: to, Reason: "bench"})
		if err != nil {
			return out, fmt.Errorf("%s to %s: %w", p.code, to, err)
		}
		committed := time.Now()
		event, err := hear(events, *p, to)
		if err != nil {
			return out, err
		}
		n, err := shows(ctx, fmt.Sprintf("%s%s?v=%d", url, p.tile(), event.Revision), *p, to)
		if err != nil {
			return out, err
		}
		seen := time.Now()
		heard := max(0, event.at.Sub(committed)) // the answer to the commit may be overtaken
		out.Commit, out.Event = append(out.Commit, committed.Sub(asked)), append(out.Event, heard)
		out.Tile, out.Fresh = append(out.Tile, seen.Sub(event.at)), append(out.Fresh, seen.Sub(committed))
		out.Bytes += n
		p.status = to
	}
	return out, nil
}

// hear waits for the event of a parcel's change, which has to name its tile.
func hear(events <-chan told, p offer, status string) (told, error) {
	late := time.After(30 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return e, errors.New("the stream ended")
			}
			for _, c := range e.Changes {
				if c.Layer != "parcels" || c.ID != p.id || c.Status != status {
					continue
				}
				if !e.All && !slices.Contains(e.Tiles, p.name()) {
					return e, fmt.Errorf("the event of %s does not name its tile %s", p.code, p.name())
				}
				return e, nil
			}
		case <-late:
			return told{}, fmt.Errorf("no event of %s within 30 s", p.code)
		}
	}
}

// shows fetches the tile, which has to have the parcel in its new state.
func shows(ctx context.Context, url string, p offer, status string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req) // asks for gzip and unzips
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", url, resp.Status)
	}
	layers, err := tiletest.Decode(raw)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", url, err)
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if l.Name == "parcels" && f.ID == uint64(p.id) && f.Values["status"] == status {
				return int64(len(raw)), nil
			}
		}
	}
	return 0, fmt.Errorf("%s does not show %s as %s", url, p.code, status)
}

// open opens the stream and gives what it tells from then on.
func open(ctx context.Context, url string) (<-chan told, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	events, hello := make(chan told, 64), make(chan struct{}, 1)
	go func() {
		defer close(events)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		kind := ""
		for lines.Scan() {
			name, value, _ := bytes.Cut(lines.Bytes(), []byte(": "))
			switch {
			case string(name) == "event":
				kind = string(value)
			case string(name) == "data" && kind == "hello":
				select {
				case hello <- struct{}{}:
				default:
				}
			case string(name) == "data" && kind == "change":
				e := told{at: time.Now()}
				if json.Unmarshal(value, &e) != nil {
					return // seen as the end of the stream
				}
				select {
				case events <- e:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	select {
	case <-hello:
		return events, nil
	case <-time.After(30 * time.Second):
		return nil, errors.New("the stream said no hello")
	}
}
