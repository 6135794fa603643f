package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/pgtest"
)

// asWriter makes the test binary write to the database it names until it is
// killed.
const asWriter = "TENGDI_TEST_AS_WRITER"

// done is one write that the store has acknowledged, as the writer reports it.
type done struct {
	ID, Revision int64
	Verb, Code   string
}

// writeOn makes moves, corrections, records and settings as fast as it can, and
// tells each that was acknowledged before it begins the next.
func writeOn(url string) error {
	ctx := context.Background()
	store, err := postgis.Open(ctx, postgis.Options{URL: url})
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	actor := geo.Actor{Login: "writer", Role: geo.RoleAdmin, Source: geo.FromAPI}
	status, err := statusOf(ctx, store)
	if err != nil {
		return err
	}
	fmt.Println("{}") // it is open
	for i := 0; ; i++ {
		var e geo.Event
		switch i % 4 {
		case 0:
			status = map[string]string{"announced": "listed", "listed": "suspended", "suspended": "listed"}[status]
			e, err = store.Transition(ctx, actor, geo.Transition{Entity: geo.ParcelMachine, Code: "P1", To: status, Reason: "试"})
		case 1:
			e, err = store.Correct(ctx, actor, geo.Edit{
				Collection: "parcels", Code: "P1", Values: map[string]string{"name": fmt.Sprintf("地块%d", rand.Int())}, Reason: "更名",
			})
		case 2:
			e, err = store.AddRecord(ctx, actor, geo.RecordDraft{Collection: "parcels", Code: "P1", Kind: "note", Values: map[string]string{"text": "记"}})
		case 3:
			e, err = store.Create(ctx, actor, geo.Draft{Collection: "problems", Values: map[string]string{"area": "A1", "kind": geo.ProblemKinds()[0].Code, "title": "问题"}})
		}
		if err != nil {
			return err
		}
		if err := out.Encode(done{e.ID, e.Revision, e.Verb, e.Code}); err != nil {
			return err
		}
	}
}

func statusOf(ctx context.Context, store *postgis.Store) (string, error) {
	f, err := store.Feature(ctx, geo.Staff, "parcels", "P1")
	if err != nil {
		return "", err
	}
	return f.Properties["status"].(string), nil
}

// kills is how often the writer is killed (RELIABILITY, F-2).
const kills = 200

// Killing the program at random points of its writes loses nothing that it has
// acknowledged and leaves no half of a change: rows, events, projection and
// feeds agree.
func TestKilledWhileWriting(t *testing.T) {
	url := pgtest.URL(t)
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.LoadDataset(t.Context(), oneParcel(0)); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var all []done
	for range kills {
		all = append(all, killWriter(t, url, 1+rng.IntN(4), time.Duration(rng.Int64N(int64(20*time.Millisecond))))...)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	verbs := map[string]int{}
	for _, d := range all {
		verbs[d.Verb]++
		var got done
		err := conn.QueryRow(t.Context(), `select id, revision, verb, code from land.event where id = $1`, d.ID).Scan(&got.ID, &got.Revision, &got.Verb, &got.Code)
		if err != nil || got != d {
			t.Errorf("acknowledged %+v, the log has %+v, %v", d, got, err)
		}
	}
	v, err := store.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		t.Errorf("%s: event %d, %s: %s", f.Check, f.Event, f.Code, f.En)
	}
	whole(t, conn)
	t.Logf("%d kills, %d acknowledged writes %v, %d events, revision %d", kills, len(all), verbs, v.Events, v.Head.Revision)
	if len(all) < kills || len(verbs) < 4 {
		t.Errorf("%d writes of %d kinds: too few to show anything", len(all), len(verbs))
	}
}

// whole demands that each revision has its event and that nothing is there that
// no event tells of.
func whole(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	var revision, revisions, version, changes, problems, created int64
	err := conn.QueryRow(t.Context(), `
		select
			(select revision from land.revision),
			(select count(distinct revision) from land.event),
			(select version from land.parcel where code = 'P1'),
			(select count(*) from land.event where code = 'P1' and verb <> 'created'),
			(select count(*) from land.problem),
			(select count(*) from land.event where entity = 'problem' and verb = 'created')`).
		Scan(&revision, &revisions, &version, &changes, &problems, &created)
	if err != nil {
		t.Fatal(err)
	}
	if revision != revisions || version != 1+changes || problems != created {
		t.Errorf("%d revisions of which %d have events; parcel at version %d after %d changes; %d problems, %d created", revision, revisions, version, changes, problems, created)
	}
}

// killWriter starts a writer, kills it some time after so many writes, and
// returns what it had acknowledged.
func killWriter(t *testing.T, url string, writes int, after time.Duration) []done {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asWriter+"="+url)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatalf("the writer ended: %v", cmd.Wait())
	}
	var out []done
	for lines.Scan() {
		var d done
		if json.Unmarshal(lines.Bytes(), &d) == nil { // the last line may be cut
			out = append(out, d)
		}
		if len(out) == writes {
			time.AfterFunc(after, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	} else if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the writer failed: %v", err)
	}
	return out
}
