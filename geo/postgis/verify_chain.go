package postgis

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// link is one event with what its hash covers.
type link struct {
	geo.Event
	data []byte
	hash []byte
}

// links reads the log from an event on, in order.
func (p *proof) links(ctx context.Context, from int64, each func(link) error) error {
	rows, err := p.tx.Query(ctx, `
		select
			id, revision, entity, entity_id, code, verb, from_state, to_state,
			happened, recorded, actor, role, reason, source, data::text, hash
		from land.event
		where id >= $1
		order by id`, from)
	if err != nil {
		return err
	}
	var l link
	var data *string
	_, err = pgx.ForEachRow(rows, []any{
		&l.ID, &l.Revision, &l.Entity, &l.EntityID, &l.Code, &l.Verb, &l.From, &l.To,
		&l.On, &l.At, &l.Actor, &l.Role, &l.Reason, &l.Source, &data, &l.hash,
	}, func() error {
		l.data = nil
		if data != nil {
			l.data = []byte(*data)
		}
		return each(l)
	})
	return err
}

// chain reads the whole log: numbers have no gap and each hash follows from the
// one before. Only the first event that does not fit is named; what comes after
// a break proves nothing.
func (p *proof) chain(ctx context.Context) error {
	before := make([]byte, sha256.Size)
	var misfit *link
	var want []byte // hash that the misfit ought to follow
	last := int64(0)
	err := p.links(ctx, 1, func(l link) error {
		p.verdict.Events++
		if misfit != nil {
			return nil
		}
		hash, err := chain(before, l.Event, l.data)
		if err != nil {
			return err
		}
		if l.ID != last+1 || !bytes.Equal(hash, l.hash) {
			misfit, want = &l, before
			return nil
		}
		before, last = l.hash, l.ID
		return nil
	})
	if err != nil {
		return err
	}
	if misfit != nil {
		return p.broken(ctx, *misfit, last+1, want)
	}
	p.end(last, hex.EncodeToString(before))
	return nil
}

// broken says what is wrong at place, where l stands and before is the hash of
// the event in front.
func (p *proof) broken(ctx context.Context, l link, place int64, before []byte) error {
	f := geo.Finding{Check: chainCheck, Event: place, Entity: string(l.Entity), Code: l.Code}
	moved, err := p.misplaced(ctx, place, before)
	switch {
	case err != nil:
		return err
	case moved != 0:
		f.Zh = fmt.Sprintf("事件顺序被调换：现第 %d 号事件原为第 %d 号", moved, place)
		f.En = fmt.Sprintf("events were reordered: what is event %d now was event %d", moved, place)
	case l.ID != place:
		f.Entity, f.Code = "", ""
		f.Zh = fmt.Sprintf("第 %d 号事件缺失（其后为第 %d 号）", place, l.ID)
		f.En = fmt.Sprintf("event %d is missing (the next is %d)", place, l.ID)
	default:
		f.Zh = fmt.Sprintf("第 %d 号事件（%s %s）被改动", place, l.Entity, l.Code)
		f.En = fmt.Sprintf("event %d (%s %s) was altered", place, l.Entity, l.Code)
	}
	p.found(f)
	return nil
}

// misplaced looks behind place for the event that belongs there: its hash fits
// once it has that number. 0 when there is none.
func (p *proof) misplaced(ctx context.Context, place int64, before []byte) (at int64, err error) {
	err = p.links(ctx, place, func(l link) error {
		if at != 0 || l.ID == place {
			return nil
		}
		is := l.ID
		l.ID = place
		hash, err := chain(before, l.Event, l.data)
		if err == nil && bytes.Equal(hash, l.hash) {
			at = is
		}
		return err
	})
	return at, err
}

// end compares the end of a sound log with the row that says where it is.
func (p *proof) end(last int64, hash string) {
	head := p.verdict.Head
	f := geo.Finding{Check: headCheck, Event: last}
	switch {
	case last < head.EventID:
		f.Event = last + 1
		f.Zh = fmt.Sprintf("事件日志尾部被截断：第 %d 至 %d 号事件缺失", last+1, head.EventID)
		f.En = fmt.Sprintf("the tail of the log was cut off: events %d to %d are missing", last+1, head.EventID)
	case last > head.EventID:
		f.Event = head.EventID + 1
		f.Zh = fmt.Sprintf("第 %d 号事件不在登记之内：日志应止于第 %d 号", head.EventID+1, head.EventID)
		f.En = fmt.Sprintf("event %d is not accounted for: the log should end with event %d", head.EventID+1, head.EventID)
	case hash != head.Hash:
		f.Zh = fmt.Sprintf("日志末尾第 %d 号事件的哈希与登记不符", last)
		f.En = fmt.Sprintf("the last event, %d, has another hash than is accounted for", last)
	default:
		return
	}
	p.found(f)
}

// exported compares the log with a head that was exported earlier: whoever
// rewrote the chain and its end together is found out here.
func (p *proof) exported(ctx context.Context) error {
	b := p.before
	if b == nil {
		return nil
	}
	if err := p.readings(ctx); err != nil || b.EventID == 0 {
		return err
	}
	f := geo.Finding{Check: headCheck, Event: b.EventID}
	var hash []byte
	var last, revision int64
	err := p.tx.QueryRow(ctx, `
		select (select hash from land.event where id = $1), coalesce((select max(id) from land.event), 0), (select revision from land.revision)`,
		b.EventID).Scan(&hash, &last, &revision)
	switch {
	case err != nil:
		return err
	case last < b.EventID:
		f.Event = last + 1
		f.Zh = fmt.Sprintf("日志被截断：此前导出时有 %d 个事件，现仅 %d 个", b.EventID, last)
		f.En = fmt.Sprintf("the log was cut off: %d events were there when the head was exported, now %d", b.EventID, last)
	case hex.EncodeToString(hash) != b.Hash:
		f.Zh = fmt.Sprintf("日志被重写：第 %d 号事件的哈希与此前导出的不同", b.EventID)
		f.En = fmt.Sprintf("the log was rewritten: event %d has another hash than when the head was exported", b.EventID)
	case revision < b.Revision:
		f.Zh = fmt.Sprintf("版本号 %d 小于此前导出的 %d", revision, b.Revision)
		f.En = fmt.Sprintf("revision %d is below the exported one, %d", revision, b.Revision)
	default:
		return nil
	}
	p.found(f)
	return nil
}

// readings compares how often households' files were read with what was so when
// a head was exported: readings are only ever added.
func (p *proof) readings(ctx context.Context) error {
	var n int64
	err := p.tx.QueryRow(ctx, `select count(*) from priv.access where id <= $1`, p.before.LastAccess).Scan(&n)
	if err == nil && n < p.before.Accesses {
		p.found(geo.Finding{
			Check: headCheck, Event: p.before.EventID, Entity: string(geo.HouseholdMachine),
			Zh: fmt.Sprintf("住户档案查阅记录被删除：此前导出时有 %d 条，现仅 %d 条", p.before.Accesses, n),
			En: fmt.Sprintf("readings of households' files were deleted: %d were there when the head was exported, now %d", p.before.Accesses, n),
		})
	}
	return err
}
