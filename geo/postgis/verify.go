package postgis

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Checks that Verify makes, as findings name them.
const (
	chainCheck      = "chain"      // each event follows from the one before
	headCheck       = "head"       // the end of the log is where it is said to be
	stateCheck      = "state"      // a thing is in the state that its events lead to
	projectionCheck = "projection" // schema pub is what the land makes of it
	feedCheck       = "feed"       // maps were told of what is
	figureCheck     = "figures"    // sums and parts agree
	recordCheck     = "records"    // records are numbered, recorded and in effect
	roundCheck      = "rounds"     // auctions follow each other
	articleCheck    = "article27"  // compensation came before moving out
	fileCheck       = "files"      // papers are there
	rowCheck        = "rows"       // a row has the values that events tell
)

// toldFindings is how many findings of one check are told one by one.
const toldFindings = 50

// ChainHead reads the end of the event log.
func (s *Store) ChainHead(ctx context.Context) (geo.ChainHead, error) {
	var head geo.ChainHead
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		head, err = chainHead(ctx, tx)
		return err
	})
	return head, err
}

func chainHead(ctx context.Context, tx pgx.Tx) (geo.ChainHead, error) {
	var head geo.ChainHead
	var hash []byte
	err := tx.QueryRow(ctx, `
		select r.revision, r.event_id, r.event_hash, now(), a.n, a.last
		from land.revision r
		cross join (select count(*) as n, coalesce(max(id), 0) as last from priv.access) a`).Scan(
		&head.Revision, &head.EventID, &hash, &head.At, &head.Accesses, &head.LastAccess)
	head.Hash = hex.EncodeToString(hash)
	return head, err
}

// Verify compares everything that must agree, in one snapshot: the chain of
// events and its end, the rows with the events, the projection with the land,
// the feeds with the rows, sums with parts, records with their effects. before
// is a head that was exported earlier, nil for none: the log must still hold it
// unchanged. Nothing is written that others see, no lock is held that a writer
// waits for. What disagrees is a finding, not an error.
func (s *Store) Verify(ctx context.Context, before *geo.ChainHead) (geo.Verdict, error) {
	p := &proof{before: before, count: map[string]int{}}
	err := s.prove(ctx, p, p.all()...)
	return p.verdict, err
}

// all is every check of the database.
func (p *proof) all() []func(context.Context) error {
	return []func(context.Context) error{
		p.head, p.chain, p.exported, p.states, p.rows, p.projection, p.feeds, p.figures, p.laws,
	}
}

// VerifyFiles checks that the bytes of each paper that is on file are there and
// unchanged: whole tells so of a SHA-256 (hex), or why they cannot be read.
func (s *Store) VerifyFiles(ctx context.Context, whole func(sha256 string) (bool, error)) ([]geo.Finding, error) {
	p := &proof{count: map[string]int{}}
	err := s.prove(ctx, p, func(ctx context.Context) error { return p.files(ctx, whole) })
	return p.verdict.Findings, err
}

// prove runs checks in one snapshot and leaves nothing behind: the transaction
// is rolled back, with the tables that it made for itself.
func (s *Store) prove(ctx context.Context, p *proof, checks ...func(context.Context) error) error {
	tx, err := s.app.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return asGeo(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was to be kept
	p.tx = tx
	if _, err := tx.Exec(ctx, `select set_config('statement_timeout', '0', true)`); err != nil {
		return asGeo(err)
	}
	return asGeo(p.run(ctx, checks))
}

// run runs checks in the proof's transaction.
func (p *proof) run(ctx context.Context, checks []func(context.Context) error) error {
	for _, check := range checks {
		if err := check(ctx); err != nil {
			return err
		}
	}
	p.more()
	return nil
}

// proof is a verification under way.
type proof struct {
	tx      pgx.Tx
	before  *geo.ChainHead
	verdict geo.Verdict
	count   map[string]int // findings by check, those not told included
}

// found notes what disagrees.
func (p *proof) found(f geo.Finding) {
	p.count[f.Check]++
	if p.count[f.Check] <= toldFindings {
		p.verdict.Findings = append(p.verdict.Findings, f)
	}
}

// more tells how many findings were left out.
func (p *proof) more() {
	for _, check := range []string{
		chainCheck, headCheck, stateCheck, projectionCheck, feedCheck, figureCheck, recordCheck, roundCheck, articleCheck, fileCheck, rowCheck,
	} {
		if n := p.count[check] - toldFindings; n > 0 {
			p.verdict.Findings = append(p.verdict.Findings, geo.Finding{
				Check: check, Zh: fmt.Sprintf("另有 %d 处", n), En: fmt.Sprintf("%d more", n),
			})
		}
	}
}

// law is something that holds in a sound district. Its statement gives a row for
// each breach: the event, the kind and code of the thing, and two texts. The
// sentences take code, first and second text as [1], [2], [3].
type law struct {
	check  string
	zh, en string
	sql    string
	args   []any
}

// holds looks for breaches of a law.
func (p *proof) holds(ctx context.Context, l law) error {
	rows, err := p.tx.Query(ctx, l.sql, l.args...)
	if err != nil {
		return fmt.Errorf("%s: %w", l.en, err)
	}
	var event int64
	var entity, code, a, b string
	_, err = pgx.ForEachRow(rows, []any{&event, &entity, &code, &a, &b}, func() error {
		p.found(geo.Finding{
			Check: l.check, Event: event, Entity: entity, Code: code,
			Zh: fmt.Sprintf(l.zh, code, a, b), En: fmt.Sprintf(l.en, code, a, b),
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", l.en, err)
	}
	return nil
}

// head reads where the log is said to end.
func (p *proof) head(ctx context.Context) (err error) {
	p.verdict.Head, err = chainHead(ctx, p.tx)
	return err
}
