package postgis

import (
	"context"
	"fmt"

	"tengdi/geo"
)

// settled is a field that an import gives to new rows, and to known rows only
// while they are in an open state. Later it stands in decisions and notices
// that others have read, or a transition has written it: a file that says
// otherwise is refused, one that says the same is not.
type settled struct {
	field  string
	mine   string // SQL value of the known row t
	theirs string // SQL value of the staged row s; null when the file does not have it
	open   []string
	zh, en string // why
}

func (l layer) settled() []settled {
	given := func(column string) string {
		for _, c := range l.columns {
			if c.column == column && c.kind == "numeric" {
				return c.given() + "::numeric(16, 4)"
			}
			if c.column == column {
				return c.given()
			}
		}
		return "null"
	}
	switch l.machine {
	case geo.AreaMachine:
		const zh, en = "谋划之后不由导入改动", "it is not changed by an import once the area is past planning"
		return []settled{
			{"plan_mu", "t.plan_m2", given("plan_m2"), []string{"planned"}, zh, en},
			{"deadline", "t.deadline", given("deadline"), []string{"planned"}, zh, en},
		}
	case geo.ParcelMachine:
		out := []settled{
			{
				"land_use", "t.land_use", given("land_use"),
				[]string{"reserved"},
				"入库储备之后由流转改变", "it changes by a transition once the parcel is past the reserve",
			},
			{
				"geometry", "t.geom", "s.geom",
				[]string{"reserved", "planned"},
				"已公开的宗地不由导入改动图形，须在公告之前更正", "published land keeps its shape; it is corrected before it is announced",
			},
			{
				"area", "t.area_id", "s.area_id",
				[]string{"reserved", "planned"},
				"已公开的宗地不由导入改变所属片区", "published land stays in its area",
			},
			{
				"survey_m2", "t.survey_m2", given("survey_m2"),
				[]string{"reserved", "planned"},
				"已公开的宗地不由导入改变面积，须在公告之前更正", "published land keeps its size; it is corrected before it is announced",
			},
		}
		for _, field := range []string{"name", "street", "address"} {
			out = append(out, settled{
				field, "t." + field, given(field), unpublished(geo.ParcelMachine),
				"已公开的内容须写明理由逐宗更正，不由导入改动", "what is published is corrected one by one, with a reason, not by an import",
			})
		}
		return out
	case geo.BuildingMachine:
		return []settled{{
			"legal", "t.legal", given("legal"),
			[]string{"existing"},
			"认定之后由流转改变", "it changes by a transition once the building is identified",
		}}
	}
	return nil
}

// unpublished lists the states of a machine in which a thing is not published.
func unpublished(m geo.MachineName) []string {
	var out []string
	for _, s := range geo.Statuses(m) {
		if !s.Public {
			out = append(out, s.Code)
		}
	}
	return out
}

// keepSettled refuses rows that would change a settled field. Every field is
// told of, therefore rows that another one has refused are looked at too.
func (in *intake) keepSettled(ctx context.Context) error {
	for _, f := range in.layer.settled() {
		err := in.check(ctx, refused, "settled", f.field, fmt.Sprintf(`
			update stage s
			set ok = false
			from %[1]s t
			where t.code = s.code and t.status <> all($1) and %[3]s is not null and %[3]s is distinct from %[2]s
			returning s.n, s.code, t.status, 0, 0`, in.layer.table, f.mine, f.theirs), []any{f.open},
			func(j judgement) (string, string) {
				state, _ := geo.StatusOf(in.layer.machine, j.Detail)
				return fmt.Sprintf("%s 与现值不同，而状态为“%s”：%s", f.field, state.Zh, f.zh),
					fmt.Sprintf("%s differs from what is recorded, and the state is %q: %s", f.field, state.En, f.en)
			})
		if err != nil {
			return err
		}
	}
	return nil
}
