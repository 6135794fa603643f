package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// pubTable is a table of schema pub: its key, what its rows tell of, and how a
// row is called.
type pubTable struct {
	name   string
	key    []string
	entity string
	code   func(row string) string // SQL of the code, by the row's alias
}

func pubTables() []pubTable {
	column := func(name string) func(string) string {
		return func(row string) string { return row + "." + name }
	}
	parcel := func(row string) string {
		return `coalesce((select code from land.parcel where public_id = ` + row + `.parcel), ` + row + `.parcel::text)`
	}
	thing := func(row string) string {
		var found []string
		for _, table := range []string{"area", "parcel", "project"} {
			found = append(found, `(select code from land.`+table+` where public_id = `+row+`.public_id)`)
		}
		return `coalesce(` + strings.Join(found, ", ") + `, ` + row + `.public_id::text)`
	}
	return []pubTable{
		{"area", []string{"public_id"}, "area", column("code")},
		{"cleared_land", []string{"public_id"}, "area", column("area")},
		{"parcel", []string{"public_id"}, "parcel", column("code")},
		{"round", []string{"parcel", "no"}, "parcel", parcel},
		{"project", []string{"public_id"}, "project", column("code")},
		{"event", []string{"collection", "public_id", "no"}, "", thing},
	}
}

// projection makes the whole projection anew, by the statements that write it,
// into tables of this transaction's own, and compares all rows and columns. The
// public's rows, revision and feed are not touched.
func (p *proof) projection(ctx context.Context) error {
	for _, t := range pubTables() {
		if _, err := p.tx.Exec(ctx, `create temporary table `+t.name+` (like pub.`+t.name+` including all) on commit drop`); err != nil {
			return err
		}
	}
	for _, pr := range projections("pg_temp") {
		_, err := p.tx.Exec(ctx, pr.sql, pgx.NamedArgs{"all": true, "ids": []int64{}, "now": p.verdict.Head.At})
		if err != nil {
			return fmt.Errorf("%s: %w", pr.layer, err)
		}
	}
	for _, t := range pubTables() {
		if err := p.compare(ctx, t); err != nil {
			return fmt.Errorf("pub.%s: %w", t.name, err)
		}
	}
	return nil
}

// compare looks for rows of a table of pub that are missing, too many or other
// than they would be.
func (p *proof) compare(ctx context.Context, t pubTable) error {
	columns, err := p.columns(ctx, t.name)
	if err != nil {
		return err
	}
	var same, differ []string
	for _, k := range t.key {
		same = append(same, "w."+k+" = h."+k)
	}
	for _, c := range columns {
		differ = append(differ, `case when w.`+c+` is distinct from h.`+c+` then '`+c+`' end`)
	}
	row := func(prefix string) string { return "(" + prefix + strings.Join(columns, ", "+prefix) + ")" }
	on := strings.Join(same, " and ")
	first := t.key[0]
	rows, err := p.tx.Query(ctx, `
		with diff as (
			select
				case when h.`+first+` is null then 'missing' when w.`+first+` is null then 'extra' else 'changed' end as how,
				array_to_string(array[`+strings.Join(differ, ", ")+`], ', ') as columns,
				`+t.code("h")+` as here, `+t.code("w")+` as there
			from pg_temp.`+t.name+` w
			full join pub.`+t.name+` h on `+on+`
			where h.`+first+` is null or w.`+first+` is null or `+row("w.")+` is distinct from `+row("h.")+`)
		select how, case when how = 'changed' then columns else '' end, coalesce(case when how = 'missing' then there else here end, '')
		from diff
		order by 3, 1, 2`)
	if err != nil {
		return err
	}
	var how, names, code string
	_, err = pgx.ForEachRow(rows, []any{&how, &names, &code}, func() error {
		p.found(t.finding(how, names, code))
		return nil
	})
	if err != nil {
		return err
	}
	var n int64
	err = p.tx.QueryRow(ctx, `select count(*) from pg_temp.`+t.name).Scan(&n)
	p.verdict.Rows += n
	return err
}

// columns lists the columns that the projection is answerable for; version and
// updated_at tell of the published row itself.
func (p *proof) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := p.tx.Query(ctx, `
		select quote_ident(attname)
		from pg_attribute
		where attrelid = ('pub.' || $1)::regclass and attnum > 0 and not attisdropped and attname <> all('{version,updated_at}')
		order by attnum`, table)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (t pubTable) finding(how, columns, code string) geo.Finding {
	f := geo.Finding{Check: projectionCheck, Entity: t.entity, Code: code}
	switch how {
	case "missing":
		f.Zh, f.En = fmt.Sprintf("公开库 %s 缺少 %s", t.name, code), fmt.Sprintf("pub.%s lacks a row of %s", t.name, code)
	case "extra":
		f.Zh, f.En = fmt.Sprintf("公开库 %s 多出 %s", t.name, code), fmt.Sprintf("pub.%s has a row of %s that is not to be published", t.name, code)
	default:
		f.Zh, f.En = fmt.Sprintf("公开库 %s 的 %s 与内部资料不符：%s", t.name, code, columns), fmt.Sprintf("pub.%s: %s differs from the land in %s", t.name, code, columns)
	}
	return f
}
