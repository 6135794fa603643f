package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/local"
	"tengdi/tiles/tiletest"
)

// watcher is an anonymous client that asks one address again and again until it
// sees the parcel there.
type watcher struct {
	what string
	c    *http.Client
	url  string
	sees func(status int, body []byte) bool
	at   time.Time // when it saw it; zero = not yet
}

// from is a client with an address of its own, so that fifty are not taken for
// one that asks too much.
func from(n int) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 5, byte(n+1))}}
	return &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}, Timeout: 20 * time.Second}
}

// watchers look at the parcel in every way that the public has.
func watchers(base, code string, at orb.Point, announced int) []*watcher {
	tile := maptile.At(at, 15)
	names := func(_ int, body []byte) bool { return strings.Contains(string(body), code) }
	ways := []watcher{
		{what: "item", url: "/api/collections/parcels/items/" + code, sees: func(status int, _ []byte) bool { return status == http.StatusOK }},
		{what: "search", url: "/api/search?q=" + url.QueryEscape(code), sees: names},
		{what: "list", url: "/api/collections/parcels/items?limit=1000&status=announced", sees: names},
		{what: "history", url: "/api/parcels/" + code + "/history", sees: func(status int, _ []byte) bool { return status == http.StatusOK }},
		{what: "figures", url: "/api/summary", sees: func(_ int, body []byte) bool {
			var s summaryJSON
			return json.Unmarshal(body, &s) == nil && s.Parcels.Total > announced
		}},
		{what: "tile", url: fmt.Sprintf("/tiles/public/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y), sees: func(_ int, body []byte) bool {
			layers, err := tiletest.Decode(body)
			for _, l := range layers {
				for _, f := range l.Features {
					if err == nil && l.Name == "parcels" && f.Values["code"] == code {
						return true
					}
				}
			}
			return false
		}},
	}
	var out []*watcher
	for i := range 50 {
		w := ways[i%len(ways)]
		w.c, w.url = from(i), base+w.url
		out = append(out, &w)
	}
	return out
}

// watch asks until it sees, or ctx ends.
func (w *watcher) watch(ctx context.Context) error {
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, nil)
		if err != nil {
			return err
		}
		res, err := w.c.Do(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		if res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests {
			return fmt.Errorf("%s: %s", w.what, res.Status)
		}
		if w.sees(res.StatusCode, body) {
			w.at = time.Now()
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}

// listen waits on the live stream for a change of a parcel.
func (w *watcher) listen(ctx context.Context, base string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/live?tileset=public", nil)
	if err != nil {
		return err
	}
	w.c.Timeout = 0
	res, err := w.c.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "data:") && strings.Contains(line, `"parcels"`) {
			w.at = time.Now()
			return nil
		}
	}
	return nil
}

// plannedParcel finds a parcel that only staff know of.
func plannedParcel(t *testing.T, conn *pgx.Conn) (code string, at orb.Point, published int) {
	t.Helper()
	err := conn.QueryRow(t.Context(), `
		select code, st_x(st_pointonsurface(geom)), st_y(st_pointonsurface(geom)), (select count(*) from pub.parcel)
		from land.parcel
		where status = 'planned' and round_no = 0
		order by code
		limit 1`).Scan(&code, &at[0], &at[1], &published)
	if err != nil {
		t.Fatal(err)
	}
	return code, at, published
}

// TestAnnouncementIsSeenAtOnce (T-5): fifty visitors watch while a parcel is
// announced. Until the announcement commits, which is held up here, none sees
// it anywhere; then all do.
func TestAnnouncementIsSeenAtOnce(t *testing.T) {
	p := demoService(t)
	urlOf, ok := local.Attach(demo.data)
	if !ok {
		t.Fatal("no cluster is running")
	}
	conn, err := pgx.Connect(t.Context(), urlOf(databaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	store, err := postgis.Open(t.Context(), postgis.Options{URL: urlOf(databaseName), Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	code, at, published := plannedParcel(t, conn)

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	all := watchers(p.url, code, at, published)
	stream := &watcher{what: "stream", c: from(60)}
	var wg sync.WaitGroup
	errs := make(chan error, len(all)+1)
	for _, w := range all {
		wg.Go(func() { errs <- w.watch(ctx) })
	}
	wg.Go(func() { errs <- stream.listen(ctx, p.url) })
	time.Sleep(time.Second)

	hold, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), `lock table pub.change in share row exclusive mode`); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- announce(ctx, store, code) }()
	for waiting := false; !waiting; {
		if err := hold.QueryRow(t.Context(), `select exists (select from pg_locks where not granted and relation = 'pub.change'::regclass)`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(1500 * time.Millisecond) // all but committed
	released := time.Now()
	if err := hold.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	committed := time.Now()
	time.AfterFunc(10*time.Second, cancel)
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	latest := time.Duration(0)
	for _, w := range append(all, stream) {
		switch {
		case w.at.IsZero():
			t.Errorf("%s: not seen", w.what)
		case w.at.Before(released):
			t.Errorf("%s: seen %s before it was committed", w.what, released.Sub(w.at))
		case w.at.After(committed.Add(5 * time.Second)):
			t.Errorf("%s: seen only %s after it was committed", w.what, w.at.Sub(committed))
		}
		latest = max(latest, w.at.Sub(committed))
	}
	t.Logf("%d watchers, the last saw it %d ms after the commit", len(all)+1, latest.Milliseconds())
	if _, err := store.Transition(t.Context(), geo.Actor{Login: "test", Role: geo.RoleAdmin, Source: geo.FromCLI},
		geo.Transition{Entity: geo.ParcelMachine, Code: code, To: "planned", Reason: "试验"}); err != nil {
		t.Errorf("take it back: %v", err)
	}
}

// announce announces a parcel today.
func announce(ctx context.Context, store *postgis.Store, code string) error {
	today := geo.DayOf(time.Now(), nil)
	_, err := store.Transition(ctx, geo.Actor{Login: "trading", Role: geo.RoleTrading, Source: geo.FromCLI}, geo.Transition{
		Entity: geo.ParcelMachine, Code: code, To: "announced", Data: map[string]string{
			"notice_no": "示范挂（" + today.String() + "）1号", "mode": "listing", "start_wan": "1000", "deposit_wan": "200", "step_wan": "10",
			"notice_on": today.String(), "list_from": (today + 21).String(), "list_to": (today + 35).String(),
		},
	})
	return err
}
