package postgis

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// recordTale is what the log says of one record.
type recordTale struct {
	values
	by   string // who made it; "" when no event tells
	full bool   // everything that the record has was told when it was made
}

// record takes in an event of a record.
func (x *tale) record(l link, data map[string]any) {
	kind, _ := data["kind"].(string)
	no, ok := data["no"].(float64)
	if !ok {
		return // of a paper
	}
	name := recordName{kind, int(no)}
	r := x.records[name]
	if r == nil {
		r = &recordTale{values: values{}}
		x.records[name] = r
	}
	delete(data, "kind")
	delete(data, "no")
	switch l.Verb {
	case geo.Recorded:
		r.by, r.full = l.Actor, l.Source != geo.FromDemo
		for name, v := range data {
			r.say(l, name, v)
		}
		if r.full {
			r.say(l, "struck_why", "")
		}
		// An extension only ever leads to a later day; of two on one day the order is not told.
		due, ok := data["due"].(string)
		if before, _ := x.values["due"].value.(string); ok && l.Entity == geo.ProblemMachine && kind == geo.ExtensionRecord && due > before {
			x.say(l, "due", due)
		}
	case geo.Amended:
		for name, v := range data {
			if change, ok := v.(map[string]any); ok {
				r.say(l, name, change["to"])
			}
		}
	case geo.Struck:
		r.say(l, "struck_why", l.Reason)
	}
}

// compareRecords compares the content of records with what was told of it.
// Records that came with a whole district have no event that tells theirs, only
// their later changes.
func (p *proof) compareRecords(ctx context.Context, t *teller) error {
	for _, table := range []string{"land.record", "priv.record"} {
		rows, err := p.tx.Query(ctx, `
			select r.entity, r.entity_id, r.kind, r.no, r.by_login,
				r.data || jsonb_strip_nulls(jsonb_build_object(
					'on', r.on_day, 'due', r.due, 'done_on', r.done_on, 'struck_why', r.struck_why,
					'person', (select code from land.person where id = r.person_id),
					'organisation', (select code from land.organisation where id = r.organisation_id)))
			from `+table+` r
			order by r.id`)
		if err != nil {
			return err
		}
		var entity geo.MachineName
		var id int64
		var name recordName
		var by string
		var has map[string]any
		_, err = pgx.ForEachRow(rows, []any{&entity, &id, &name.kind, &name.no, &by, &has}, func() error {
			if x := t.tales[entity][id]; x != nil && x.records[name] != nil {
				event, wrong := x.records[name].differs(has, by)
				p.row(string(entity), x.code, fmt.Sprintf("(%s %d)", name.kind, name.no), max(event, x.made(name, wrong)), wrong)
			}
			has = nil
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

// made is an event of the record, for a value that none tells.
func (x *tale) made(name recordName, wrong []string) (event int64) {
	if len(wrong) > 0 {
		for _, w := range x.records[name].values {
			event = max(event, w.event)
		}
	}
	return event
}

// differs lists the values of a record that are other than was told, those that
// nothing tells among them.
func (r *recordTale) differs(has map[string]any, by string) (event int64, wrong []string) {
	for name, w := range r.values {
		if !w.agrees(has[name], "") {
			wrong, event = append(wrong, name), max(event, w.event)
		}
	}
	if r.full {
		for name, v := range has {
			if _, ok := r.values[name]; !ok && !blank(v) {
				wrong = append(wrong, name)
			}
		}
		if r.by != by {
			wrong = append(wrong, "by_login")
		}
	}
	slices.Sort(wrong)
	return event, wrong
}

// rowLaws compare papers and accounts with the events that brought them.
func rowLaws() []law {
	const file = `entity, entity_id, kind, bytes::text, sha256, case when entity <> 'household' then name end`
	const event = `entity, entity_id, data ->> 'kind', data ->> 'bytes', data ->> 'sha256', data ->> 'name'`
	return []law{
		{
			check: rowCheck,
			zh:    "%[1]s 的附件（SHA-256 %[2]s）与事件不符：%[3]s", en: "the papers of %[1]s with SHA-256 %[2]s are not as the events tell: %[3]s",
			sql: `
				with kept (entity, entity_id, kind, bytes, sha256, name, by_login, n, gone) as (
					select ` + file + `, by_login, count(*), count(struck_at)
					from priv.file
					group by 1, 2, 3, 4, 5, 6, 7),
				put (entity, entity_id, kind, bytes, sha256, name, by_login, n, id) as (
					select ` + event + `, actor, count(*), max(id)
					from land.event
					where verb = 'attached'
					group by 1, 2, 3, 4, 5, 6, 7)
				select coalesce(p.id, 0), coalesce(k.entity, p.entity), coalesce(t.code, ''), coalesce(k.sha256, p.sha256, ''),
					coalesce(k.n, 0) || ' / ' || coalesce(p.n, 0)
				from kept k
				full join put p on p.entity = k.entity and p.entity_id = k.entity_id and p.kind = k.kind and p.bytes = k.bytes
					and p.sha256 = k.sha256 and coalesce(p.name, '') = coalesce(k.name, '') and p.by_login = k.by_login
				left join ` + things() + ` t on t.entity = coalesce(k.entity, p.entity) and t.id = coalesce(k.entity_id, p.entity_id)
				where k.n is distinct from p.n
				order by 1, 2, 3, 4`,
		},
		{
			check: rowCheck,
			zh:    "%[1]s 的附件（SHA-256 %[2]s）的划除与事件不符：%[3]s", en: "whether the papers of %[1]s with SHA-256 %[2]s are struck out is not as the events tell: %[3]s",
			sql: `
				with kept (entity, entity_id, sha256, n) as (
					select entity, entity_id, sha256, count(struck_at)
					from priv.file
					group by 1, 2, 3),
				gone (entity, entity_id, sha256, n, id) as (
					select entity, entity_id, data ->> 'sha256', count(*), max(id)
					from land.event
					where verb = 'detached'
					group by 1, 2, 3)
				select coalesce(g.id, 0), k.entity, coalesce(t.code, ''), k.sha256, k.n || ' / ' || coalesce(g.n, 0)
				from kept k
				left join gone g using (entity, entity_id, sha256)
				left join ` + things() + ` t on t.entity = k.entity and t.id = k.entity_id
				where k.n <> coalesce(g.n, 0)
				order by 1, 2, 3, 4`,
		},
		{ // accounts that are older than such events have smaller ids than all that such events made
			check: rowCheck,
			zh:    "账号 %[1]s 没有开户事件", en: "no event tells who opened the account %[1]s",
			sql: `
				select 0::bigint, 'account', u.login, '', ''
				from auth.user u
				where not exists (
					select from land.event e
					where e.entity = 'account' and e.verb = 'created' and e.entity_id = u.id)
					and u.id > (
						select min(e.entity_id)
						from land.event e
						where e.entity = 'account' and e.verb = 'created')
				order by u.login`,
		},
	}
}
