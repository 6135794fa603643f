package postgis

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// figures adds the parts up: by status they make the whole, and what is sold is
// the sum of the deals (RELIABILITY, P-6).
func (p *proof) figures(ctx context.Context) error {
	for schema, sc := range map[string]scene{"land": staffScene(choice{all: true}), "pub": publicScene()} {
		var f geo.Summary
		for _, read := range []func() error{
			func() error { return areaFigures(ctx, p.tx, sc, &f) },
			func() error { return parcelFigures(ctx, p.tx, sc, &f) },
			func() error { return projectFigures(ctx, p.tx, sc, &f) },
		} {
			if err := read(); err != nil {
				return err
			}
		}
		p.adds(schema, "area", f.Areas, float64(f.PlanM2), f.AreasByStatus)
		p.adds(schema, "project", f.Projects, 0, f.ProjectsByStatus)
		var m2, deals float64
		err := p.tx.QueryRow(ctx, `
			select
				(select coalesce(sum(official_m2), 0)::float8 from `+schema+`.parcel),
				(select coalesce(sum(deal_fen), 0)::float8 from `+schema+`.round where outcome = 'sold')`).Scan(&m2, &deals)
		if err != nil {
			return err
		}
		p.adds(schema, "parcel", f.Parcels, m2, f.ParcelsByStatus)
		if float64(f.SoldMoney) != deals {
			p.found(geo.Finding{
				Check: figureCheck, Entity: "parcel",
				Zh: fmt.Sprintf("%s：成交总价 %.0f 分，各轮成交价合计 %.0f 分", schema, float64(f.SoldMoney), deals),
				En: fmt.Sprintf("%s: %.0f fen are sold in all, the deals of the rounds add up to %.0f", schema, float64(f.SoldMoney), deals),
			})
		}
	}
	return nil
}

// adds compares a whole with its parts; land within a thousandth of a square
// metre for each part.
func (p *proof) adds(schema, entity string, n int, m2 float64, parts []geo.StatusCount) {
	sum, land := 0, 0.0
	for _, c := range parts {
		sum += c.N
		land += float64(c.M2)
	}
	if sum == n && math.Abs(land-m2) <= 0.001*float64(1+len(parts)) {
		return
	}
	p.found(geo.Finding{
		Check: figureCheck, Entity: entity,
		Zh: fmt.Sprintf("%s.%s：共 %d 个、%.4f 平方米，按状态合计 %d 个、%.4f 平方米", schema, entity, n, m2, sum, land),
		En: fmt.Sprintf("%s.%s: %d with %.4f m2 in all, by status they add up to %d with %.4f", schema, entity, n, m2, sum, land),
	})
}

// laws looks for breaches of what holds between rows.
func (p *proof) laws(ctx context.Context) error {
	var all []law
	all = append(all, householdLaws()...)
	all = append(all, roundLaws()...)
	all = append(all, recordLaws()...)
	for _, l := range all {
		if err := p.holds(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// householdLaws say that the stage of a household and its dates tell the same,
// and that compensation came before moving out.
func householdLaws() []law {
	return []law{
		{
			check: figureCheck,
			zh:    "住户 %[1]s 的状态 %[2]s 与阶段日期不符：%[3]s", en: "household %[1]s is %[2]s, which its dates do not say: %[3]s",
			sql: `
				select 0::bigint, 'household', code, status, wrong
				from (
					select code, status, case
						when status in ('signed', 'paid') and signed_on is null then 'signed_on'
						when signed_on is not null and status not in ('signed', 'paid', 'vacated', 'closed') then 'signed_on'
						when status = 'paid' and paid_on is null then 'paid_on'
						when (status in ('vacated', 'closed')) <> (vacated_on is not null) then 'vacated_on'
						when status = 'registered' and surveyed_on is not null then 'surveyed_on'
						when status not in ('registered') and surveyed_on is null then 'surveyed_on'
						end as wrong
					from priv.household) h
				where wrong is not null
				order by code`,
		},
		{
			check: articleCheck,
			zh:    "住户 %[1]s 于 %[2]s 搬迁，支付补偿为 %[3]s，且协议没有另行约定（第二十七条）",
			en:    "household %[1]s moved out on %[2]s, was paid %[3]s, and its agreement gives no reason (art. 27)",
			sql: `
				select coalesce(v.id, 0), 'household', h.code, h.vacated_on::text, coalesce(h.paid_on::text, '-')
				from priv.household h
				left join lateral (
					select max(e.id) as id
					from land.event e
					where e.entity = 'household' and e.entity_id = h.id and e.verb = 'moved' and e.to_state = 'vacated') v on true
				where h.vacated_on is not null and (h.paid_on is null or h.paid_on > h.vacated_on)
					and not exists (
						select from land.event e
						where e.entity = 'household' and e.entity_id = h.id
							and (coalesce(e.data ->> 'pay_later', '') <> '' or e.data ->> 'deposited' = 'true')
							and not ` + undoneLater(geo.HouseholdMachine) + `)
				order by h.code`,
		},
	}
}

// undoneLater is the SQL that a later step back of the machine undid event e, see
// undone.
func undoneLater(m geo.MachineName) string {
	backs := sqlList(geo.Backs(m))
	return `exists (
		select from land.event b
		where b.entity = e.entity and b.entity_id = e.entity_id and b.verb = 'moved' and b.id > e.id
			and b.from_state || ' ' || b.to_state in ` + backs + `
			and not exists (
				select from land.event f
				where f.entity = e.entity and f.entity_id = e.entity_id and f.verb = 'moved'
					and f.id > e.id and f.id < b.id and f.from_state = b.to_state
					and f.from_state || ' ' || f.to_state not in ` + backs + `))`
}

// roundLaws say that the auctions of a parcel follow each other, and that a deal
// is a deal on both sides.
func roundLaws() []law {
	sold := sqlList(geo.SoldCodes())
	return []law{
		{
			check: roundCheck,
			zh:    "宗地 %[1]s 的轮次应为 1 至 %[2]s，实有 %[3]s", en: "the rounds of parcel %[1]s should be 1 to %[2]s, but are %[3]s",
			sql: `
				select 0::bigint, 'parcel', p.code, p.round_no::text, coalesce(r.nos, '-')
				from land.parcel p
				left join lateral (
					select count(*) as n, max(no) as last, string_agg(no::text, ',' order by no) as nos
					from land.round
					where parcel_id = p.id) r on true
				where r.n <> p.round_no or coalesce(r.last, 0) <> p.round_no
				order by p.code`,
		},
		{
			check: roundCheck,
			zh:    "宗地 %[1]s 第 %[2]s 轮未结束（%[3]s），却已有下一轮", en: "round %[2]s of parcel %[1]s has not ended (%[3]s), yet another follows",
			sql: `
				select 0::bigint, 'parcel', p.code, r.no::text, r.outcome
				from land.round r
				join land.parcel p on p.id = r.parcel_id
				where r.no < p.round_no and r.outcome not in ('failed', 'withdrawn', 'voided')
				order by p.code, r.no`,
		},
		{
			check: roundCheck,
			zh:    "宗地 %[1]s 的状态为 %[2]s，当前轮次结果却为 %[3]s", en: "parcel %[1]s is %[2]s, but its round says %[3]s",
			sql: `
				select 0::bigint, 'parcel', p.code, p.status,
					case when r.outcome = '' then '-' else r.outcome end || ' ' || r.deal_fen
				from land.parcel p
				join land.round r on r.parcel_id = p.id and r.no = p.round_no
				where (p.status in ` + sold + `) <> (r.outcome = 'sold' and r.deal_fen > 0)
				order by p.code`,
		},
	}
}

// recordLaws say that records are numbered without gaps, that the log tells of
// them, and that what they bring about is so.
func recordLaws() []law {
	var out []law
	for _, table := range []string{"land.record", "priv.record"} {
		out = append(out, law{
			check: recordCheck,
			zh:    "%[1]s 的记录 %[2]s 编号不连续：%[3]s", en: "the records %[2]s of %[1]s are not numbered without gaps: %[3]s",
			sql: `
				select 0::bigint, r.entity, coalesce(t.code, r.entity_id::text), r.kind, r.n || ' / ' || r.last
				from (
					select entity, entity_id, kind, count(*) as n, max(no) as last, min(no) as first
					from ` + table + `
					group by entity, entity_id, kind) r
				left join ` + things() + ` t on t.entity = r.entity and t.id = r.entity_id
				where r.n <> r.last or r.first <> 1
				order by 3, 4`,
		})
	}
	return append(append(out, loggedRecords()...), effectLaws()...)
}

// allRecords is the SQL of all records.
const allRecords = `(
	select entity, entity_id, kind, no, by_login, struck_at from land.record
	union all
	select entity, entity_id, kind, no, by_login, struck_at from priv.record)`

// loggedRecords compare the records with the log: what it tells of is there, and
// what is there it tells of, but for what came with a whole district.
func loggedRecords() []law {
	return []law{
		{
			check: recordCheck,
			zh:    "事件所记的 %[1]s 的记录 %[2]s %[3]s 不存在", en: "the record %[2]s %[3]s of %[1]s, of which an event tells, is not there",
			sql: `
				select e.id, e.entity, e.code, e.data ->> 'kind', e.data ->> 'no'
				from land.event e
				where e.verb = 'recorded' and e.entity in ` + machines() + ` and not exists (
					select from ` + allRecords + ` r
					where r.entity = e.entity and r.entity_id = e.entity_id and r.kind = e.data ->> 'kind' and r.no::text = e.data ->> 'no')
				order by e.id`,
		},
		{
			check: recordCheck,
			zh:    "%[1]s 的记录 %[2]s %[3]s 没有事件", en: "no event tells of the record %[2]s %[3]s of %[1]s",
			sql: `
				select 0::bigint, r.entity, coalesce(t.code, r.entity_id::text), r.kind, r.no::text
				from ` + allRecords + ` r
				left join ` + things() + ` t on t.entity = r.entity and t.id = r.entity_id
				where r.by_login not in ('demo', 'import') and not exists (
					select from land.event e
					where e.verb = 'recorded' and e.entity = r.entity and e.entity_id = r.entity_id
						and e.data ->> 'kind' = r.kind and e.data ->> 'no' = r.no::text)
				order by 3, 4, 5`,
		},
		{
			check: recordCheck,
			zh:    "%[1]s 的记录 %[2]s %[3]s 的划除与事件不符", en: "whether the record %[2]s %[3]s of %[1]s is struck out is not as the log tells",
			sql: `
				with struck as (
					select entity, entity_id, min(id) as id, data ->> 'kind' as kind, data ->> 'no' as no
					from land.event
					where verb = 'struck' and data ->> 'no' is not null
					group by entity, entity_id, data ->> 'kind', data ->> 'no')
				select coalesce(s.id, 0), r.entity, coalesce(t.code, r.entity_id::text), r.kind, r.no::text
				from ` + allRecords + ` r
				left join struck s on s.entity = r.entity and s.entity_id = r.entity_id and s.kind = r.kind and s.no = r.no::text
				left join ` + things() + ` t on t.entity = r.entity and t.id = r.entity_id
				where (s.id is null) <> (r.struck_at is null)
				order by 3, 4, 5`,
		},
	}
}

// effectLaws compare what records bring about with the records.
func effectLaws() []law {
	counted := func(column, kind string) law {
		return law{
			check: recordCheck,
			zh:    "问题 %[1]s 的 " + column + " 为 %[2]s，有效记录为 %[3]s 条", en: "problem %[1]s has " + column + " %[2]s, but %[3]s records that hold",
			sql: `
				select 0::bigint, 'problem', p.code, p.` + column + `::text, r.n::text
				from land.problem p
				cross join lateral (
					select count(*) as n
					from land.record r
					where r.entity = 'problem' and r.entity_id = p.id and r.kind = '` + kind + `' and r.struck_at is null) r
				where r.n <> p.` + column + `
				order by p.code`,
		}
	}
	return []law{counted("extensions", geo.ExtensionRecord), counted("escalations", geo.EscalationRecord)}
}

// files looks for papers whose bytes are gone or changed, struck out or not.
func (p *proof) files(ctx context.Context, whole func(sha256 string) (bool, error)) error {
	rows, err := p.tx.Query(ctx, `
		select distinct on (sha256) entity, sha256
		from priv.file
		order by sha256, id`)
	if err != nil {
		return err
	}
	type paper struct{ Entity, SHA256 string }
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[paper])
	if err != nil {
		return err
	}
	for _, f := range list {
		p.verdict.Rows++
		ok, err := whole(f.SHA256)
		switch {
		case err != nil:
			p.found(geo.Finding{
				Check: fileCheck, Entity: f.Entity, Code: f.SHA256,
				Zh: "附件内容缺失或无法读取：" + f.SHA256, En: "the bytes of a paper are not there or cannot be read: " + f.SHA256,
			})
		case !ok:
			p.found(geo.Finding{
				Check: fileCheck, Entity: f.Entity, Code: f.SHA256,
				Zh: "附件内容已被改动：" + f.SHA256, En: "the bytes of a paper were changed: " + f.SHA256,
			})
		}
	}
	return nil
}
