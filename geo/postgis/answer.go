package postgis

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// keepAnswers is for how long a repeated request gets its first answer again.
const keepAnswers = "48 hours"

// replay looks for the answer that the request was given before. The lock is
// held, so that of requests with one key at the same time the first is done and
// the others find its answer. Who has lost the thing since gets it no more.
// Errors: Invalid for a key that stood for another request, NotFound, Forbidden.
func (t *tx) replay(ctx context.Context) (answered bool, err error) {
	if t.actor.Key == "" {
		return false, nil
	}
	asked, err := hex.DecodeString(t.actor.Digest)
	if err != nil {
		return false, wrap(geo.Internal, "内部错误", "internal error", err)
	}
	var digest []byte
	var kept []byte
	err = t.QueryRow(ctx, `
		select digest, events
		from auth.answer
		where login = $1 and key = $2 and at > $3::timestamptz - interval '`+keepAnswers+`'`,
		t.actor.Login, t.actor.Key, t.now).Scan(&digest, &kept)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !bytes.Equal(digest, asked) {
		return false, fieldError("Idempotency-Key", "other_request",
			"该幂等键已用于另一项请求，请换用新的键", "this key stood for another request; take a new one")
	}
	if err := json.Unmarshal(kept, &t.answer); err != nil {
		return false, err
	}
	if err := t.mayStill(ctx, t.answer); err != nil {
		return false, err
	}
	for i := range t.answer {
		t.answer[i].Replayed = true
		t.revision = max(t.answer[i].Revision, 0)
	}
	return true, nil
}

// keep stores the answer under the request's key, in the transaction whose
// answer it is.
func (t *tx) keep(ctx context.Context) error {
	if t.actor.Key == "" {
		return nil
	}
	digest, err := hex.DecodeString(t.actor.Digest)
	if err != nil {
		return err
	}
	if t.answer == nil {
		t.answer = []geo.Event{}
	}
	events, err := json.Marshal(t.answer)
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, `
		insert into auth.answer as a (login, key, digest, events, at)
		values ($1, $2, $3, $4, $5)
		on conflict (login, key) do update set (digest, events, at) = (excluded.digest, excluded.events, excluded.at)`,
		t.actor.Login, t.actor.Key, digest, events, t.now)
	return err
}

// PruneAnswers deletes answers that are too old to be asked for again.
func (s *Store) PruneAnswers(ctx context.Context) error {
	_, err := s.app.Exec(ctx, `delete from auth.answer where at < now() - interval '`+keepAnswers+`'`)
	return asGeo(err)
}
