package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/local"
	"tengdi/tiles"
)

// pastLayers are the layers whose states are counted, with their machines.
var pastLayers = map[string]geo.MachineName{
	"areas": geo.AreaMachine, "arealabels": geo.AreaMachine,
	"parcels": geo.ParcelMachine, "parcellabels": geo.ParcelMachine,
}

// pastZoom is deep enough for every parcel of the demo to be drawn.
const pastZoom = 14

// featuresOn decodes all tiles of a zoom over the engine's bounds as of a day, by
// layer and id. A mosaic in the place of parcels would be missed in the counts.
func featuresOn(t *testing.T, e *tiles.Engine, over []tiles.ID, at geo.Day) map[string]map[uint64]geojson.Properties {
	t.Helper()
	out := map[string]map[uint64]geojson.Properties{}
	for _, id := range over {
		tile, err := e.TileOf(t.Context(), id, tiles.Query{At: tiles.Day(at)})
		if err != nil {
			t.Fatal(err)
		}
		if len(tile.Raw) == 0 {
			continue
		}
		layers, err := mvt.Unmarshal(tile.Raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layers {
			if pastLayers[l.Name] == "" {
				continue
			}
			if out[l.Name] == nil {
				out[l.Name] = map[uint64]geojson.Properties{}
			}
			for _, f := range l.Features {
				out[l.Name][uint64(f.ID.(float64))] = f.Properties
			}
		}
	}
	return out
}

// tilesOfBounds lists the tiles of pastZoom over the engine's features.
func tilesOfBounds(t *testing.T, e *tiles.Engine) (out []tiles.ID) {
	t.Helper()
	b, ok := e.Bounds()
	if !ok {
		t.Fatal("the map is empty")
	}
	nw, se := maptile.At(orb.Point{b.Min[0], b.Max[1]}, pastZoom), maptile.At(orb.Point{b.Max[0], b.Min[1]}, pastZoom)
	for x := nw.X; x <= se.X; x++ {
		for y := nw.Y; y <= se.Y; y++ {
			out = append(out, tiles.ID{Z: pastZoom, X: x, Y: y})
		}
	}
	return out
}

// byEvents counts the things of a machine by state on each day, by the log: the
// public's are those published now, where their last state of the day is one that
// is published. day, state -> things.
func byEvents(t *testing.T, conn *pgx.Conn, aud geo.Audience, m geo.MachineName, days []geo.Day) map[geo.Day]map[string]int {
	t.Helper()
	from, states := "land."+string(m), []string{}
	for _, s := range geo.Statuses(m) {
		if aud == geo.Staff || s.Public {
			states = append(states, s.Code)
		}
	}
	if aud == geo.Public {
		from += " where status in ('" + strings.Join(states, "', '") + "')"
	}
	numbers := make([]int64, len(days))
	for i, d := range days {
		numbers[i] = int64(d)
	}
	rows, err := conn.Query(t.Context(), `
		with moves as (
			select e.id, e.entity_id, e.to_state,
				case when e.happened = date_trunc('day', e.happened, 'UTC') then extract(epoch from e.happened)::bigint / 86400
				else (e.happened at time zone 'Asia/Shanghai')::date - '1970-01-01'::date end as day
			from land.event e
			where e.entity = $2 and e.verb in ('created', 'moved') and e.entity_id in (select id from `+from+`))
		select d.day, s.to_state, count(*)
		from unnest($1::bigint[]) d (day),
			lateral (
				select distinct on (entity_id) to_state
				from moves
				where moves.day <= d.day
				order by entity_id, id desc) s
		where s.to_state = any ($3)
		group by 1, 2`, numbers, string(m), states)
	if err != nil {
		t.Fatal(err)
	}
	out := map[geo.Day]map[string]int{}
	var day int64
	var state string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&day, &state, &n}, func() error {
		if out[geo.Day(day)] == nil {
			out[geo.Day(day)] = map[string]int{}
		}
		out[geo.Day(day)][state] = n
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDemoPast: on 100 random days, for both audiences, the states in the tiles of
// that day are those that the histories in the tiles of today tell, and those that
// the log tells.
func TestDemoPast(t *testing.T) {
	demoService(t)
	address, ok := local.Attach(demo.data)
	if !ok {
		t.Fatal("the demo's cluster is not running")
	}
	url := address(databaseName)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	first, today := geo.CivilDay(time.Date(2014, 6, 1, 0, 0, 0, 0, time.UTC)), geo.DayOf(time.Now(), nil)
	var days []geo.Day
	for range 100 {
		days = append(days, first+geo.Day(rng.IntN(int(today-first))))
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		engine, err := newEngine(aud)
		if err != nil {
			t.Fatal(err)
		}
		feed := &mapFeed{aud: aud, store: store, engine: engine, log: slog.New(slog.DiscardHandler)}
		if err := feed.load(t.Context()); err != nil {
			t.Fatal(err)
		}
		over := tilesOfBounds(t, engine)
		now := featuresOn(t, engine, over, 0)
		log := map[geo.MachineName]map[geo.Day]map[string]int{}
		for _, m := range []geo.MachineName{geo.AreaMachine, geo.ParcelMachine} {
			log[m] = byEvents(t, conn, aud, m, days)
		}
		counted, states := 0, map[string]bool{}
		for _, day := range days {
			then := featuresOn(t, engine, over, day)
			for layer, m := range pastLayers {
				want := log[m][day]
				told, drawn := map[string]int{}, map[string]int{}
				for id, p := range now[layer] {
					if state, ok := historyIn(p).On(m, day); ok {
						told[state]++
						if then[layer][id]["status"] != state {
							t.Fatalf("%s %s %d on %s: %v in its tile, %s by its history", aud, layer, id, day, then[layer][id], state)
						}
					}
				}
				for _, p := range then[layer] {
					drawn[fmt.Sprint(p["status"])]++
					counted++
				}
				if !maps.Equal(drawn, told) || !(maps.Equal(told, want) || len(told)+len(want) == 0) {
					t.Fatalf("%s %s on %s: %v in its tiles, %v by the histories, %v by the log", aud, layer, day, drawn, told, want)
				}
				for s := range want {
					states[string(m)+s] = true
				}
			}
		}
		t.Logf("%s: %d features of %d days over %d tiles, %d states", aud, counted, len(days), len(over), len(states))
		if counted < 50*len(days) || len(states) < 8 {
			t.Errorf("%s: only %d features in %d states were seen", aud, counted, len(states))
		}
	}
}

// historyIn reads h and t0 and on from a feature's attributes.
func historyIn(p geojson.Properties) geo.History {
	h := geo.History{}
	h.Letters, _ = p["h"].(string)
	for i := range h.Letters {
		switch day := p[fmt.Sprintf("t%d", i)].(type) {
		case float64:
			h.Days = append(h.Days, geo.Day(day))
		case uint64:
			h.Days = append(h.Days, geo.Day(day))
		}
	}
	return h
}
