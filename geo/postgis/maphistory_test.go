package postgis

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// passagesOf reads the moves of a machine's things from the log, as an audience
// may know of them, by the audience's id.
func passagesOf(t *testing.T, conn *pgx.Conn, aud geo.Audience, m geo.MachineName) map[int64][]geo.Passage {
	t.Helper()
	id := "x.id"
	if aud == geo.Public {
		id = "x.public_id"
	}
	rows, err := conn.Query(t.Context(), `
		select `+id+`, e.happened, e.to_state
		from land.event e
		join land.`+string(m)+` x on x.id = e.entity_id
		where e.entity = $1 and e.verb in ('created', 'moved')
		order by e.id`, string(m))
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64][]geo.Passage{}
	var thing int64
	var at time.Time
	var state string
	_, err = pgx.ForEachRow(rows, []any{&thing, &at, &state}, func() error {
		day := geo.DayOf(at, time.FixedZone("UTC+8", 8*60*60))
		if u := at.UTC(); u.Equal(u.Truncate(24 * time.Hour)) {
			day = geo.CivilDay(u)
		}
		list := out[thing]
		if s, _ := geo.StatusOf(m, state); aud == geo.Public && !s.Public {
			if len(list) == 0 || list[len(list)-1].State == "" {
				return nil
			}
			state = ""
		}
		out[thing] = append(list, geo.Passage{Day: day, State: state})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// historyValues are a history as the values of a feature.
func historyValues(h geo.History) []any {
	out := make([]any, 1+geo.HistoryLength)
	if h.Letters != "" {
		out[0] = h.Letters
	}
	for i, d := range h.Days {
		out[i+1] = int64(d)
	}
	return out
}

// TestMapHistory: what the map's features carry is geo.HistoryOf of the moves,
// for both audiences and every layer with states; of one thing asked for as of
// all. Nothing that was not published when it happened is in the public's.
func TestMapHistory(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	d := hamlet()
	s := emptyStore(t)
	if err := s.LoadDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	y := &years{t: t, s: s, rng: rng, today: geo.CivilDay(date(2016, 4, 1)), last: map[string]string{}}
	y.live(d, 30)
	// Parcels that come and go: many moves, several of one day, in and out of what
	// is published.
	for _, code := range []string{"A01-P0", "A01-P1", "A02-P0"} {
		day := y.today
		for range 25 {
			from := y.last[string(geo.ParcelMachine)+code]
			states := geo.Statuses(geo.ParcelMachine)
			to := states[rng.IntN(len(states))].Code
			if rng.IntN(3) > 0 {
				day++
			}
			y.today = day
			y.force(code, from, to)
			y.last[string(geo.ParcelMachine)+code] = to
		}
		y.force(code, y.last[string(geo.ParcelMachine)+code], "listed")
		y.last[string(geo.ParcelMachine)+code] = "listed"
	}
	conn := connect(t, s)
	merged, hidden, several := 0, 0, 0
	for _, aud := range []geo.Audience{geo.Staff, geo.Public} {
		features := map[string][]MapFeature{}
		err := s.Snapshot(t.Context(), aud, func(_ int64, layers map[string]iter.Seq2[MapFeature, error]) error {
			for name, rows := range layers {
				for f, err := range rows {
					if err != nil {
						return fmt.Errorf("%s: %w", name, err)
					}
					features[name] = append(features[name], f)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range geo.MapLayers(aud) {
			if l.Machine == "" || l.Of != "" {
				continue
			}
			if len(features[l.Name]) == 0 && aud == geo.Staff {
				t.Errorf("%s has no features", l.Name)
			}
			moves := passagesOf(t, conn, aud, l.Machine)
			for _, f := range features[l.Name] {
				h, err := geo.HistoryOf(l.Machine, moves[f.ID])
				if err != nil {
					t.Fatal(err)
				}
				at := slices.Index(l.Fields, "h")
				if got, want := f.Values[at:at+1+geo.HistoryLength], historyValues(h); !slices.Equal(got, want) {
					t.Errorf("seed %d: %s %s %d has %v, its moves say %v", seed, aud, l.Name, f.ID, got, want)
				}
				one, err := s.MapFeatures(t.Context(), aud, l.Name, []int64{f.ID})
				if err != nil || !slices.Equal(one[f.ID].Values, f.Values) {
					t.Errorf("%s %s %d: %v alone, %v among all, %v", aud, l.Name, f.ID, one[f.ID].Values, f.Values, err)
				}
				status := f.Values[slices.Index(l.Fields, "status")]
				if last, ok := h.On(l.Machine, y.today+1000); !ok || last != status {
					t.Errorf("%s %s %d is %v, its history ends in %q", aud, l.Name, f.ID, status, last)
				}
				if len(moves[f.ID]) > geo.HistoryLength {
					merged++
				}
				for i, p := range moves[f.ID] {
					if p.State == "" {
						hidden++
					}
					if i > 0 && moves[f.ID][i-1].Day == p.Day {
						several++
					}
				}
			}
		}
	}
	if merged == 0 || hidden == 0 || several == 0 {
		t.Errorf("too little happened: %d long histories, %d times hidden, %d days with several moves", merged, hidden, several)
	}
	unbroken(t, s)

	// A database of before is brought up to date by its migration.
	text, err := os.ReadFile("../../migrations/0016_shown.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, fill, _ := strings.Cut(string(text), "drop default;")
	fill, _, _ = strings.Cut(fill, "-- The days")
	before := scan[int64](t, conn, `select count(*) from pub.event`)
	if _, err := conn.Exec(t.Context(), `update pub.event set no = -no where verb <> 'moved';`+fill, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	if after := scan[int64](t, conn, `select count(*) from pub.event where no > 0`); after != before || before == 0 {
		t.Errorf("%d public events by the migration, %d by the projection", after, before)
	}
	unbroken(t, s)
}

// force writes a move of a parcel past the rules.
func (y *years) force(code, from, to string) {
	y.t.Helper()
	_, _, err := y.s.write(y.t.Context(), admin(), func(ctx context.Context, x *tx) error {
		var id int64
		if err := x.QueryRow(ctx, `update land.parcel set status = $2 where code = $1 returning id`, code, to).Scan(&id); err != nil {
			return err
		}
		x.event(geo.Event{Entity: geo.ParcelMachine, EntityID: id, Code: code, Verb: geo.Moved, From: from, To: to, On: y.when()})
		x.change("parcels", id, to)
		add(&x.touched.parcels, id)
		return nil
	})
	if err != nil {
		y.t.Fatal(err)
	}
}

// Moves may come in any order, in both forms that a connection gives results in:
// what is told is geo.HistoryOf of them in the order of their numbers.
func TestMapHistoriesOfMovesInAnyOrder(t *testing.T) {
	const things, most = 300, 40
	rng := rand.New(rand.NewPCG(7, 7))
	states := geo.Statuses(geo.ParcelMachine)
	zone := time.FixedZone("UTC+8", 8*60*60)
	h := newMapHistories(geo.ParcelMachine, zone)
	type row struct {
		id   int64
		move mapMove
	}
	var rows []row
	want := map[int64][]geo.Passage{}
	for id := range int64(things) {
		for no := range rng.IntN(most) {
			state := rng.IntN(len(states) + 1)
			at := date(2016, 1, 1).Add(time.Duration(rng.IntN(60*24)) * time.Hour)
			rows = append(rows, row{id, mapMove{no: int64(no), at: at.UnixMicro() - epoch2000, state: uint8(state)}})
			want[id] = append(want[id], geo.Passage{Day: geo.Occasion{On: at, Zone: zone}.Day(), State: h.states[state]})
		}
	}
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for _, r := range rows {
		h.add(r.id, r.move)
	}
	teller := historyTeller{of: h}
	for id := range int64(things) {
		told, err := geo.HistoryOf(geo.ParcelMachine, want[id])
		if err != nil {
			t.Fatal(err)
		}
		got := make([]any, 1+geo.HistoryLength)
		if err = teller.values(id, got); err != nil || !slices.Equal(got, historyValues(told)) {
			t.Fatalf("thing %d: %v, want %v, %v", id, got, historyValues(told), err)
		}
	}
	if len(h.blocks) != (len(rows)+moveBlock-1)/moveBlock || int(h.n) != len(rows) {
		t.Errorf("%d moves in %d blocks of %d rows", h.n, len(h.blocks), len(rows))
	}
}

// A connection without prepared statements gives texts: the histories are the same.
func TestMapHistoriesFromTexts(t *testing.T) {
	s := townStore(t)
	moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P02", "suspended", "reason", "核查")
	conn := connect(t, s)
	config := conn.Config()
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	texts, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer texts.Close(t.Context())
	for _, aud := range audiences() {
		var got []*mapHistories
		for _, c := range []*pgx.Conn{conn, texts} {
			err := pgx.BeginFunc(t.Context(), c, func(tx pgx.Tx) error {
				h, err := historiesOf(t.Context(), tx, aud, geo.ParcelMachine, nil)
				got = append(got, h)
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", aud, err)
			}
		}
		if got[0].n == 0 || !reflect.DeepEqual(got[0].last, got[1].last) || !reflect.DeepEqual(got[0].blocks, got[1].blocks) {
			t.Errorf("%s: %v from texts, %v", aud, got[1].blocks, got[0].blocks)
		}
	}
}

// cutTx is a transaction in which queries end as they begin.
type cutTx struct {
	pgx.Tx
	cut func()
}

func (c cutTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.cut()
	return c.Tx.Query(ctx, sql, args...)
}

// A query that is given up as it begins has no columns: the reading ends with an
// error and nothing worse.
func TestMapReadingGivenUp(t *testing.T) {
	s := townStore(t)
	for name, read := range map[string]func(context.Context, pgx.Tx) error{
		"histories": func(ctx context.Context, tx pgx.Tx) error {
			_, err := historiesOf(ctx, tx, geo.Staff, geo.ParcelMachine, nil)
			return err
		},
		"lives": func(ctx context.Context, tx pgx.Tx) error {
			_, err := livesOf(ctx, tx, geo.Staff, "parcels", nil)
			return err
		},
	} {
		conn := connect(t, s)
		if err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error { return read(t.Context(), tx) }); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := read(ctx, cutTx{tx, cancel}); err == nil {
			t.Errorf("%s: a query that was given up has no error", name)
		}
	}
}
