package postgis

import (
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What is due of very many things is done some at a time, each once.
func TestClocksOfMany(t *testing.T) {
	t.Parallel()
	s, conn := clockStore(t)
	const many = 2*clocksAtOnce + 100
	_, err := conn.Exec(t.Context(), `
		insert into land.problem (code, area_id, title, due)
		select 'M' || n, area_id, 'x', today - 1
		from land.problem, d, generate_series(1, $1) n
		where code = 'W01'`, many)
	if err != nil {
		t.Fatal(err)
	}
	before := scan[int64](t, conn, `select revision from land.revision`)
	done, _, err := s.RunClocks(t.Context())
	if err != nil || done != many+len(dueClocks()) {
		t.Errorf("%d clocks struck of %d: %v", done, many+len(dueClocks()), err)
	}
	if n := scan[int64](t, conn, `select count(*) from land.notice where code like 'M%'`); n != many {
		t.Errorf("%d notices", n)
	}
	if writes := scan[int64](t, conn, `select revision from land.revision`) - before; writes != 3 {
		t.Errorf("in %d transactions", writes)
	}
	if done, _, err := s.RunClocks(t.Context()); done != 0 || err != nil {
		t.Errorf("a second run did %d, %v", done, err)
	}
	chained(t, s)
}

// The look that servers take every few seconds reads no table of parcels or rounds
// from its beginning to its end.
func TestClocksLookByIndexes(t *testing.T) {
	t.Parallel()
	s, _ := clockStore(t)
	tx, err := s.app.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `set local enable_seqscan = off`); err != nil { // the town is small enough to be read
		t.Fatal(err)
	}
	rows, err := tx.Query(t.Context(), `explain `+strings.NewReplacer("$1", "'2026-01-01'::date", "$2", "null").Replace(watchedThings()))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	plan := strings.Join(lines, "\n")
	if whole := regexp.MustCompile(`Seq Scan on (parcel|round)\b`).FindAllString(plan, -1); len(whole) > 0 {
		t.Errorf("%q in %s", whole, plan)
	}
	for _, index := range []string{"parcel_watched", "round_unpaid", "round_unstarted"} {
		if !strings.Contains(plan, index) {
			t.Errorf("%s is not used in %s", index, plan)
		}
	}
}
