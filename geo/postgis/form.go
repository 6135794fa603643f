package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// This file ties the inputs of geo.CreateInputs and geo.EditInputs to columns.
// The names are words of the catalogue; what people give is bound.

// formColumn is the column of an input.
func formColumn(k geo.DataKey) string {
	switch k.Name {
	case "plan_mu":
		return "plan_m2"
	case "amount_wan":
		return "amount_fen"
	}
	if k.Ref != "" && k.Ref != "boards" { // areas and projects name their board in words
		return k.Name + "_id"
	}
	return k.Name
}

// formShown is the SQL of an input's value in row x as people read it: mu,
// 万元, codes.
func formShown(k geo.DataKey) string {
	column := "x." + formColumn(k)
	switch {
	case k.Unit == "mu":
		return "trim_scale(round(" + column + " * 15 / 10000, 4))"
	case k.Unit == "万元":
		return "pub.wan(" + column + ")"
	case k.Ref != "" && k.Ref != "boards":
		m, _ := geo.EntityOf(k.Ref)
		table, _ := tableOf(m)
		return "(select r.code from " + table + " r where r.id = " + column + ")"
	case k.Type == geo.NumField:
		return "trim_scale(" + column + ")"
	}
	return column
}

// formValue is an input as its column takes it; what was emptied is as in a
// new row.
func formValue(k geo.DataKey, in geo.Inputs, refs map[string]reference) any {
	switch {
	case k.Ref == "boards":
		return refs[k.Name].name
	case k.Ref != "":
		if r, ok := refs[k.Name]; ok {
			return r.id
		}
		return nil
	case k.Unit == "mu":
		return float64(geo.FromMu(in.Number(k.Name)))
	case k.Unit == "万元":
		return fen(geo.FromWan(in.Number(k.Name)))
	case k.Type == geo.IntField:
		return int64(in.Number(k.Name))
	case k.Type == geo.NumField:
		return in.Number(k.Name)
	case k.Type == geo.DateField, k.Name == "login": // null when there is none
		return in.Value(k.Name)
	}
	return in.Text(k.Name)
}

// reference is a row that an input names by its code.
type reference struct {
	id     int64
	name   string // of a board
	area   string // code of the area of a building or parcel; "" = none
	status string
}

// references looks up the codes among the inputs. A board may be given by its
// name as well, which is how areas and projects show it; bodies, people and
// boards that have ended are not to be named anew.
func (t *tx) references(ctx context.Context, keys []geo.DataKey, in geo.Inputs) (map[string]reference, []geo.FieldError, error) {
	out := map[string]reference{}
	var wrong []geo.FieldError
	for _, k := range keys {
		code := in.Text(k.Name)
		if k.Ref == "" || code == "" {
			continue
		}
		r, ended, err := t.reference(ctx, k.Ref, code)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			wrong = append(wrong, geo.FieldError{
				Field: k.Name, Code: "unknown_code",
				Zh: k.Zh + "：没有编号 " + clip(code), En: k.En + ": there is no code " + clip(code),
			})
		case err != nil:
			return nil, nil, err
		case ended:
			wrong = append(wrong, geo.FieldError{
				Field: k.Name, Code: "ended",
				Zh: k.Zh + "：" + clip(code) + " 已停用", En: k.En + ": " + clip(code) + " has ended",
			})
		default:
			out[k.Name] = r
		}
	}
	return out, wrong, nil
}

func (t *tx) reference(ctx context.Context, collection, code string) (r reference, ended bool, err error) {
	m, _ := geo.EntityOf(collection)
	table, ok := tableOf(m)
	if !ok {
		return r, false, fmt.Errorf("no table of %s", collection)
	}
	name, end, also := "''", "false", ""
	switch m {
	case geo.BoardEntity:
		name, also = "x.name", " or x.name = $1"
		fallthrough
	case geo.OrganisationEntity, geo.PersonEntity:
		end = "coalesce(x.ended_on < $2::date, false)"
	default:
		end = "$2::date is null"
	}
	err = t.QueryRow(ctx, `
		select x.id, `+name+`, `+end+`, `+stateAndArea(m)+`
		from `+table+` x
		where x.code = $1`+also+`
		order by x.code = $1 desc
		limit 1`, code, t.day(t.now)).Scan(&r.id, &r.name, &ended, &r.status, &r.area)
	return r, ended, err
}

// agree checks what lies between the inputs of a thing and the rest of the
// district. area is the code of the area that a problem belongs to.
func (t *tx) agree(ctx context.Context, x thing, in geo.Inputs, refs map[string]reference) ([]geo.FieldError, error) {
	switch x.entity {
	case geo.HouseholdMachine:
		return houseable(refs["building"], in.Named("building")), nil
	case geo.ProblemMachine:
		if b, ok := refs["building"]; ok && b.area != x.area {
			return wrong("building", "other_area", "房屋不在问题所属片区", "the building is not in the problem's area"), nil
		}
	case geo.OrganisationEntity:
		if code := in.Text("admin_code"); code != "" && !adminCode(code) {
			return wrong("admin_code", "form", "行政代码须为 6、9 或 12 位数字", "an administrative code has 6, 9 or 12 digits"), nil
		}
		return t.above(ctx, x, refs["parent"])
	case geo.PersonEntity:
		return t.accountOf(ctx, in.Text("login"))
	}
	return nil, nil
}

// houseable says what is wrong with registering a household in a building.
func houseable(b reference, named bool) []geo.FieldError {
	switch {
	case !named || b.id == 0:
		return nil
	case b.area == "":
		return wrong("building", "no_area", "房屋不属于任何片区，不能登记住户", "the building belongs to no area, so no household can be registered")
	case strings.Contains(buildingGone, "'"+b.status+"'"):
		return wrong("building", "gone", "房屋已拆除，不能登记住户", "the building is gone, so no household can be registered")
	}
	return nil
}

// above checks that a body would not come to stand above itself.
func (t *tx) above(ctx context.Context, x thing, parent reference) ([]geo.FieldError, error) {
	if parent.id == 0 || x.id == 0 {
		return nil, nil
	}
	var circle bool
	err := t.QueryRow(ctx, `
		with recursive up as (
			select id, parent_id
			from land.organisation
			where id = $1
			union
			select o.id, o.parent_id
			from land.organisation o
			join up on up.parent_id = o.id)
		select exists (select from up where id = $2)`, parent.id, x.id).Scan(&circle)
	if err != nil || !circle {
		return nil, err
	}
	return wrong("parent", "circle", "上级单位不能是本单位或其下级", "a body cannot stand above itself"), nil
}

func (t *tx) accountOf(ctx context.Context, login string) ([]geo.FieldError, error) {
	if login == "" {
		return nil, nil
	}
	var known bool
	err := t.QueryRow(ctx, `select exists (select from auth.user where login = $1)`, login).Scan(&known)
	if err != nil || known {
		return nil, err
	}
	return wrong("login", "unknown_login", "没有账号 "+clip(login), "there is no account "+clip(login)), nil
}

func adminCode(s string) bool {
	return (len(s) == 6 || len(s) == 9 || len(s) == 12) && strings.Trim(s, "0123456789") == ""
}

func wrong(field, code, zh, en string) []geo.FieldError {
	return []geo.FieldError{{Field: field, Code: code, Zh: zh, En: en}}
}

// began is the day that something is said to have happened; 0 = today. It
// cannot be in the future.
func (t *tx) began(d geo.Day) (time.Time, []geo.FieldError) {
	today := geo.DayOf(t.now, t.zone)
	switch {
	case d == 0:
		return t.now, nil
	case d > today:
		return t.now, wrong("on", "not_future", fmt.Sprintf("日期 %s 晚于今天 %s", d, today), fmt.Sprintf("the date %s is after today, %s", d, today))
	case d.Date().Year() < 1900:
		return t.now, wrong("on", "value", "日期早于 1900 年", "the date is before 1900")
	}
	return d.Date(), nil
}
