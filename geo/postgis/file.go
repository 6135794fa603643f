package postgis

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Attach adds a file, whose bytes are kept already, to the file of a thing. Of f
// the kind, name, media type, size and hash are taken; no kind is "other". Names
// of scans often hold names of people, so the event of a household has none.
// Errors: NotFound, Forbidden, TooLarge, Invalid for a kind or a content that is
// not taken.
func (s *Store) Attach(ctx context.Context, actor geo.Actor, collection, code string, f geo.File) (geo.Event, error) {
	m, ok := geo.EntityOf(collection)
	if !ok || !hasFile(m) || !actor.Role.May(geo.ReadDeed(collection)) {
		return geo.Event{}, notFound("collection", collection)
	}
	f.Entity, f.Name = m, geo.FileName(f.Name)
	if f.Kind == "" {
		f.Kind = "other"
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		if err := t.allow(geo.WriteDeed(collection)); err != nil {
			return err
		}
		x, err := t.find(ctx, m, code, 0)
		if err != nil {
			return err
		}
		if err := checkFile(f); err != nil {
			return err
		}
		_, err = t.Exec(ctx, `
			insert into priv.file (token, entity, entity_id, kind, name, media_type, bytes, sha256, by_login, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			rand.Text(), string(m), x.id, f.Kind, f.Name, f.MediaType, f.Bytes, f.SHA256, t.actor.Login, t.now)
		if err != nil {
			return err
		}
		return t.filed(ctx, x, geo.Attached, "", f)
	})
	if err != nil {
		return geo.Event{}, err
	}
	return events[0], nil
}

// checkFile checks what is said of a file.
func checkFile(f geo.File) error {
	if !slices.ContainsFunc(geo.FileKinds(), func(o geo.Option) bool { return o.Code == f.Kind }) {
		return fieldError("kind", "unknown", "没有这种附件类别", "there is no such kind of file")
	}
	if !slices.Contains(geo.FileTypes(), f.MediaType) {
		return geo.FileNotTaken(f.MediaType)
	}
	if f.Bytes < 1 || f.Bytes > geo.MaxFile {
		e := geo.Errorf(geo.TooLarge, "the file is empty or larger than 50 MB", "文件为空或超过 50 MB")
		e.Fields = []geo.FieldError{{Field: "file", Code: "size", Zh: e.Zh, En: e.En}}
		return e
	}
	if raw, err := hex.DecodeString(f.SHA256); err != nil || len(raw) != 32 || f.SHA256 != strings.ToLower(f.SHA256) {
		return errors.New("a file without its SHA-256")
	}
	return nil
}

// filed ends a write of a file.
func (t *tx) filed(ctx context.Context, x thing, verb, reason string, f geo.File) error {
	if err := t.bump(ctx, &x); err != nil {
		return err
	}
	data := map[string]any{"kind": f.Kind, "bytes": f.Bytes, "sha256": f.SHA256}
	if x.entity != geo.HouseholdMachine {
		data["name"] = f.Name
	}
	t.event(geo.Event{
		Entity: x.entity, EntityID: x.id, Code: x.code, Verb: verb, Reason: reason, Data: data, Version: x.version,
	})
	t.tell(x)
	return nil
}

// fileColumns are what fileOf reads of file f.
const fileColumns = `f.token, f.kind, f.name, f.media_type, f.bytes, f.sha256, f.by_login, f.created_at, f.struck_at, f.struck_why`

// fileOf reads a row of fileColumns.
func fileOf(row pgx.CollectableRow, more ...any) (f geo.File, err error) {
	var struck *time.Time
	err = row.Scan(append([]any{
		&f.Token, &f.Kind, &f.Name, &f.MediaType, &f.Bytes, &f.SHA256, &f.By, &f.CreatedAt, &struck, &f.StruckWhy,
	}, more...)...)
	if struck != nil {
		f.StruckAt = *struck
	}
	return f, err
}

// Files lists the files of a thing, newest first, without those struck out.
// Errors: NotFound when the viewer does not have the thing.
func (s *Store) Files(ctx context.Context, v geo.Viewer, collection, code string) ([]geo.File, error) {
	var out []geo.File
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		x, err := readable(ctx, tx, v, collection, code)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select `+fileColumns+`
			from priv.file f
			where f.entity = $1 and f.entity_id = $2 and f.struck_at is null
			order by f.id desc`, string(x.entity), x.id)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.File, error) {
			f, err := fileOf(row)
			f.Entity, f.Code = x.entity, x.code
			return f, err
		})
		return err
	})
	return out, err
}

// File finds a file by its token. Errors: NotFound, also for one that is struck
// out and for one of a thing that the viewer does not have.
func (s *Store) File(ctx context.Context, v geo.Viewer, token string) (geo.File, error) {
	var f geo.File
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		var err error
		if f, err = fileBy(ctx, tx, token); err != nil {
			return err
		}
		if _, err = readable(ctx, tx, v, geo.CollectionOf(f.Entity), f.Code); geo.KindOf(err) == geo.NotFound {
			return noFile()
		}
		return err
	})
	if err != nil {
		return geo.File{}, err
	}
	return f, nil
}

// noFile tells the same of a file that there is not and of one that the caller
// may not have; it does not repeat the token.
func noFile() error { return geo.Errorf(geo.NotFound, "there is no such file", "没有这个附件") }

// fileBy finds a file that is not struck out, and the thing that it is of.
func fileBy(ctx context.Context, tx pgx.Tx, token string) (geo.File, error) {
	rows, err := tx.Query(ctx, `
		select `+fileColumns+`, f.entity, f.entity_id
		from priv.file f
		where f.token = $1 and f.struck_at is null`, token)
	if err != nil {
		return geo.File{}, err
	}
	var id int64
	f, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (geo.File, error) {
		var m geo.MachineName
		f, err := fileOf(row, &m, &id)
		f.Entity = m
		return f, err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return f, noFile()
	}
	if err != nil {
		return f, err
	}
	from, _ := tableOf(f.Entity)
	err = tx.QueryRow(ctx, `select code from `+from+` where id = $1`, id).Scan(&f.Code)
	return f, err
}

// StrikeFile takes a file out of the thing's file; its bytes and its row stay.
// Who attached it may, whoever else needs the deed. Errors: NotFound, Forbidden,
// Invalid without a reason.
func (s *Store) StrikeFile(ctx context.Context, actor geo.Actor, token, reason string) (geo.Event, error) {
	reason, err := reasonOf(reason)
	if err == nil && reason == "" {
		err = fieldError("reason", "missing", "须写明理由", "a reason must be given")
	}
	if err != nil {
		return geo.Event{}, err
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		f, err := fileBy(ctx, t, token)
		if err != nil {
			return err
		}
		collection := geo.CollectionOf(f.Entity)
		if !actor.Role.May(geo.ReadDeed(collection)) {
			return noFile()
		}
		x, err := t.find(ctx, f.Entity, f.Code, 0)
		if geo.KindOf(err) == geo.NotFound {
			return noFile()
		}
		if err != nil {
			return err
		}
		deed := geo.WriteDeed(collection)
		if f.By != actor.Login {
			deed = geo.StrikeOut
		}
		if err := t.allow(deed); err != nil {
			return err
		}
		_, err = t.Exec(ctx, `
			update priv.file
			set struck_at = $2, struck_why = $3
			where token = $1`, token, t.now, reason)
		if err != nil {
			return err
		}
		return t.filed(ctx, x, geo.Detached, reason, f)
	})
	if geo.KindOf(err) == geo.NotFound { // also an answer of before to who has lost the thing
		return geo.Event{}, noFile()
	}
	if err != nil {
		return geo.Event{}, err
	}
	return events[0], nil
}

// FileWanted says whether a file, struck out or not, has these bytes: those of
// which it says no were put by a request that never ended, and may go.
func (s *Store) FileWanted(ctx context.Context, sum string) (bool, error) {
	var wanted bool
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select exists (select from priv.file where sha256 = $1)`, sum).Scan(&wanted)
	})
	return wanted, err
}
