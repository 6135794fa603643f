package main

import (
	"bytes"
	"context"
	"crypto/sha256"
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
	"tengdi/geo/postgis/pgtest"
)

// serverKills is how often the whole service is killed: fewer times than the
// writer of TestKilledWhileWriting, since it takes longer to come back.
const serverKills = 20

// request is one change that a program asks for, under a key of its own: asked
// again after an answer was lost, it happens once.
type request struct {
	method, path, match, key string
	body                     []byte
}

// programme is a client that speaks for an account by a token.
type programme struct {
	base, secret string
	n            int
}

// send makes one request; ok is false when no answer came back.
func (p *programme) send(t *testing.T, q request) (e struct{ ID, Version int64 }, ok bool) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, p.base+q.path, bytes.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.secret)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", q.key)
	if q.match != "" {
		r.Header.Set("If-Match", q.match)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return e, false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return e, false
	}
	if res.StatusCode >= 300 || json.Unmarshal(text, &e) != nil {
		t.Fatalf("%s %s: %s: %.300s", q.method, q.path, res.Status, text)
	}
	return e, true
}

// next makes the next request: a record, or a correction of the version seen.
func (p *programme) next(version int64) request {
	p.n++
	key := fmt.Sprintf("request-%d", p.n)
	if p.n%2 == 0 {
		industry := geo.Industries()[p.n/2%len(geo.Industries())].Code
		body := fmt.Appendf(nil, `{"values":{"industry":%q},"reason":"更正"}`, industry)
		return request{http.MethodPatch, "/api/collections/parcels/items/P1", fmt.Sprintf(`"v%d"`, version), key, body}
	}
	body := fmt.Appendf(nil, `{"kind":"note","values":{"text":"记%d"}}`, p.n)
	return request{http.MethodPost, "/api/parcels/P1/records", "", key, body}
}

// TestServerKilledWhileWriting: the service is killed with -9 at random points of
// changes that come in over HTTP. What it answered is there; what it did not
// answer is asked again with the same key and happens once; in the end rows,
// events, projection, feeds and map agree.
func TestServerKilledWhileWriting(t *testing.T) {
	url := pgtest.URL(t)
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.LoadDataset(t.Context(), oneParcel(0)); err != nil {
		t.Fatal(err)
	}
	cli := geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromCLI}
	if err := store.AddUser(t.Context(), cli, geo.User{Login: "zhao", Role: geo.RolePlanner}); err != nil {
		t.Fatal(err)
	}
	p := &programme{secret: "tgd_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"}
	hash := sha256.Sum256([]byte(p.secret))
	token := geo.Token{Login: "zhao", Name: "试", Scope: geo.TokenScopes(), Hash: hash[:], ExpiresAt: time.Now().AddDate(0, 0, 2)}
	if _, err := store.AddToken(t.Context(), cli, token); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	data, version, lost := filepath.Join(t.TempDir(), "data"), int64(1), 0
	var answered []int64
	var open *request
	for range serverKills {
		s, err := serve(data, "--database-url", url, "--log", "error")
		if err != nil {
			t.Fatal(err)
		}
		p.base = s.url
		time.AfterFunc(time.Duration(20+rng.IntN(150))*time.Millisecond, func() { _ = s.cmd.Process.Kill() })
		for {
			q := p.next(version)
			if open != nil {
				p.n--
				q = *open
			}
			e, ok := p.send(t, q)
			if !ok {
				open = &q
				lost++
				break
			}
			open, version = nil, e.Version
			answered = append(answered, e.ID)
		}
		<-s.read
		_ = s.cmd.Wait()
	}
	p.judge(t, store, url, data, answered, lost)
}

// judge looks at what is left.
func (p *programme) judge(t *testing.T, store *postgis.Store, url, data string, answered []int64, lost int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var there, events, notes, revision int
	err = conn.QueryRow(t.Context(), `
		select
			(select count(*) from land.event where id = any($1)),
			(select count(*) from land.event where code = 'P1' and verb in ('recorded', 'corrected')),
			(select count(*) from land.record where kind = 'note'),
			(select revision from land.revision)`, answered).Scan(&there, &events, &notes, &revision)
	if err != nil {
		t.Fatal(err)
	}
	// The last request may have been done without an answer.
	if there != len(answered) || events < len(answered) || events > len(answered)+1 || notes > (p.n+1)/2 {
		t.Errorf("%d answered, of them %d in the log; %d events, %d notes of %d requests", len(answered), there, events, notes, p.n)
	}
	v, err := store.Verify(t.Context(), nil)
	if err != nil || !v.Sound() {
		t.Errorf("verify: %+v, %v", v.Findings, err)
	}
	s, err := serve(data, "--database-url", url, "--log", "error")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.end(os.Interrupt) }()
	var shown struct{ Revision int }
	getJSON(t, client(t), s.url+"/tiles/public.json", &shown)
	var public int
	if err := conn.QueryRow(t.Context(), `select revision from pub.revision`).Scan(&public); err != nil || shown.Revision != public {
		t.Errorf("the public map is at %d, the projection at %d, %v", shown.Revision, public, err)
	}
	t.Logf("%d kills, %d answered changes, %d answers lost, revision %d", serverKills, len(answered), lost, revision)
	if len(answered) < serverKills || lost < serverKills/2 {
		t.Errorf("%d changes and %d lost answers are too few to show anything", len(answered), lost)
	}
}
