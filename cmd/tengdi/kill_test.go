package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/web"
)

// kills is how often the service is killed (RELIABILITY, F-2).
const kills = 200

// request is one change that a program asks for, under a key of its own: asked
// again after its answer was lost, it happens once.
type request struct {
	method, path, match, key string
	body                     any
}

// written is what the service answered to a change.
type written struct {
	ID, Version int64
	Verb, To    string
}

// program asks for one change after the other, by a token.
type program struct {
	t            *testing.T
	base, secret string
	n            int      // changes asked for
	open         *request // asked for, and no answer came
	status       string   // of the parcel, as last told
	version      int64
	answered     []written
	lost         int
}

// next is the request whose answer was lost, else a new one: a move, a
// correction, a record and a new problem in turn.
func (p *program) next() request {
	if p.open != nil {
		return *p.open
	}
	p.n++
	q := request{method: http.MethodPost, key: fmt.Sprintf("change-%d", p.n)}
	seen := fmt.Sprintf(`"v%d"`, p.version)
	switch p.n % 4 {
	case 0:
		to := map[string]string{"listed": "suspended", "suspended": "listed"}[p.status]
		q.path, q.match, q.body = "/api/parcels/P1/transitions", seen, map[string]any{"to": to, "reason": "试"}
	case 1:
		industry := geo.Industries()[p.n/4%len(geo.Industries())].Code
		q.method, q.path, q.match = http.MethodPatch, "/api/collections/parcels/items/P1", seen
		q.body = map[string]any{"values": map[string]string{"industry": industry}, "reason": "更正"}
	case 2:
		q.path, q.body = "/api/parcels/P1/records", map[string]any{"kind": "note", "values": map[string]string{"text": q.key}}
	case 3:
		q.path = "/api/collections/problems/items"
		q.body = map[string]any{"values": map[string]string{"area": "A1", "kind": geo.ProblemKinds()[0].Code, "title": q.key}}
	}
	return q
}

// send asks for one change; ok is false when no answer came back.
func (p *program) send(q request) (w written, ok bool) {
	p.t.Helper()
	body, err := json.Marshal(q.body)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), q.method, p.base+q.path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.secret)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", q.key)
	if q.match != "" {
		r.Header.Set("If-Match", q.match)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return w, false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return w, false
	}
	if res.StatusCode >= 300 || json.Unmarshal(text, &w) != nil {
		p.t.Fatalf("%s %s: %s: %.300s", q.method, q.path, res.Status, text)
	}
	return w, true
}

// work asks for changes until no answer comes any more. When so many were answered
// it calls end, which ends the service a little later.
func (p *program) work(most int, end func()) {
	p.t.Helper()
	for n := 0; ; n++ {
		if n == most {
			end()
		}
		q := p.next()
		w, ok := p.send(q)
		if !ok {
			p.open = &q
			p.lost++
			return
		}
		p.open = nil
		p.answered = append(p.answered, w)
		if w.Verb != geo.Created { // of the parcel, not of a problem
			p.version = w.Version
		}
		if w.Verb == geo.Moved {
			p.status = w.To
		}
	}
}

// TestKilledWhileWriting: the service is killed with -9 at random points of
// changes that come in over HTTP. What it answered is there; what it did not
// answer is asked again with the same key and happens once; in the end rows,
// events, projection, feeds and map agree.
func TestKilledWhileWriting(t *testing.T) {
	url := emptyURL(t)
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.LoadDataset(t.Context(), oneParcel(0)); err != nil {
		t.Fatal(err)
	}
	if n, _, err := store.RunClocks(t.Context()); err != nil || n == 0 {
		t.Fatalf("the parcel's day has come: %d clocks, %v", n, err)
	}
	p := newProgram(t, store)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	data := filepath.Join(t.TempDir(), "data")
	for range kills {
		s, err := serve(data, "--database-url", url, "--log", "error")
		if err != nil {
			t.Fatal(err)
		}
		p.base = s.url
		p.work(rng.IntN(4), func() {
			time.AfterFunc(time.Duration(rng.IntN(30_000))*time.Microsecond, func() { _ = s.cmd.Process.Kill() })
		})
		<-s.read
		_ = s.cmd.Wait()
	}
	p.judge(store, url)
	p.wantMap(url, data)
}

// newProgram makes an account with a token, and looks at the parcel.
func newProgram(t *testing.T, store *postgis.Store) *program {
	t.Helper()
	operator := geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromCLI}
	if err := store.AddUser(t.Context(), operator, geo.User{Login: "zhao", Role: geo.RoleTrading}); err != nil {
		t.Fatal(err)
	}
	secret, hash := web.NewTokenSecret()
	token := geo.Token{Login: "zhao", Name: "试", Scope: geo.TokenScopes(), Hash: hash, ExpiresAt: time.Now().AddDate(0, 0, 2)}
	if _, err := store.AddToken(t.Context(), operator, token); err != nil {
		t.Fatal(err)
	}
	f, err := store.Feature(t.Context(), geo.Staff, "parcels", "P1")
	if err != nil || f.Properties["status"] != "listed" {
		t.Fatalf("%v, %v", f.Properties, err)
	}
	return &program{t: t, secret: secret, status: "listed", version: int64(f.Version)}
}

// judge looks at what is left in the database.
func (p *program) judge(store *postgis.Store, url string) {
	t := p.t
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	verbs := map[string]int{}
	for _, w := range p.answered {
		var verb, to string
		err := conn.QueryRow(t.Context(), `select verb, to_state from land.event where id = $1 and actor = 'zhao'`, w.ID).Scan(&verb, &to)
		if err != nil || verb != w.Verb || to != w.To {
			t.Errorf("answered %+v, the log has %s to %q, %v", w, verb, to, err)
		}
		verbs[w.Verb]++
	}
	var events, twice, revision, revisions int
	err = conn.QueryRow(t.Context(), `
		select
			(select count(*) from land.event where actor = 'zhao'),
			(select count(*) from (select data ->> 'text' from land.record where kind = 'note' group by 1 having count(*) > 1) n)
				+ (select count(*) from (select title from land.problem group by 1 having count(*) > 1) q),
			(select revision from land.revision),
			(select count(distinct revision) from land.event)`).Scan(&events, &twice, &revision, &revisions)
	if err != nil {
		t.Fatal(err)
	}
	if last := events - len(p.answered); last < 0 || last > 1 { // the last may be done without an answer
		t.Errorf("%d changes answered, %d events", len(p.answered), events)
	}
	if twice != 0 || revision != revisions {
		t.Errorf("%d changes happened twice; %d revisions, of which %d have events", twice, revision, revisions)
	}
	v, err := store.Verify(t.Context(), nil)
	if err != nil || !v.Sound() {
		t.Errorf("verify: %+v, %v", v.Findings, err)
	}
	t.Logf("%d kills, %d answered changes %v, %d answers lost, revision %d", kills, len(p.answered), verbs, p.lost, revision)
	if len(p.answered) < kills || p.lost < kills || len(verbs) < 4 {
		t.Errorf("%d changes of %d kinds and %d lost answers are too few to show anything", len(p.answered), len(verbs), p.lost)
	}
}

// wantMap starts the service once more: the public map is that of the projection.
func (p *program) wantMap(url, data string) {
	t := p.t
	t.Helper()
	s, err := serve(data, "--database-url", url, "--log", "error")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.end(os.Interrupt) }()
	var shown struct{ Revision int64 }
	getJSON(t, client(t), s.url+"/tiles/public.json", &shown)
	m := mover{url: url}
	if want := m.revisions(t)["public"]; shown.Revision != want {
		t.Errorf("the public map is at %d, the projection at %d", shown.Revision, want)
	}
}
