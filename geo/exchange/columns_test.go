package exchange

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tengdi/geo"
)

func matched(m Mapping) map[string]string {
	out := map[string]string{}
	for _, f := range m.Matches {
		out[f.Field] = f.Column + "/" + f.By
		if f.Unit != "" {
			out[f.Field] += "/" + string(f.Unit)
		}
	}
	return out
}

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		layer    geo.Layer
		columns  []string
		explicit map[string]string
		want     map[string]string
		unused   []string
		warnings []string
	}{
		"own names": {
			geo.ParcelLayer,
			[]string{"code", "name", "status", "area", "survey_m2", "land_use"},
			nil,
			map[string]string{"code": "code/name", "name": "name/name", "area": "area/name", "survey_m2": "survey_m2/name/m2", "land_use": "land_use/name"},
			[]string{"status"},
			[]string{"status-ignored"},
		},
		"cadastral table": {
			geo.ParcelLayer,
			[]string{"OBJECTID", "BSM", "ZDDM", "ZL", "ZDMJ", "YT", "Shape_Area"},
			nil,
			map[string]string{"code": "ZDDM/alias", "address": "ZL/alias", "survey_m2": "ZDMJ/alias/m2", "land_use": "YT/alias"},
			[]string{"OBJECTID", "BSM", "Shape_Area"},
			nil,
		},
		"Chinese names": {
			geo.ParcelLayer,
			[]string{"宗地代码", "宗地名称", "面积（亩）", "规划用途", "坐落"},
			nil,
			map[string]string{"code": "宗地代码/alias", "name": "宗地名称/alias", "survey_m2": "面积（亩）/alias/mu", "land_use": "规划用途/alias", "address": "坐落/alias"},
			nil, nil,
		},
		"square metres before mu": {
			geo.ParcelLayer,
			[]string{"DKBM", "SCMJM", "SCMJ"},
			nil,
			map[string]string{"code": "DKBM/alias", "survey_m2": "SCMJ/alias/m2"},
			[]string{"SCMJM"},
			nil,
		},
		"hectares": {
			geo.AreaLayer,
			[]string{"code", "公顷"},
			nil,
			map[string]string{"code": "code/name", "survey_m2": "公顷/alias/ha"},
			nil, nil,
		},
		"AREA is no code": {
			geo.ParcelLayer,
			[]string{"ID", "AREA", "PERIMETER"},
			nil,
			map[string]string{"code": "ID/alias"},
			[]string{"AREA", "PERIMETER"},
			nil,
		},
		"a counter as code": {
			geo.BuildingLayer,
			[]string{"FID", "JZMJ", "CS", "FWYT"},
			nil,
			map[string]string{"code": "FID/alias", "floor_m2": "JZMJ/alias/m2", "floors": "CS/alias", "use": "FWYT/alias"},
			nil,
			[]string{"poor-code"},
		},
		"full width and case": {
			geo.AreaLayer,
			[]string{"ＣＯＤＥ", "Plan Mu", "DECISION-NO"},
			nil,
			map[string]string{"code": "ＣＯＤＥ/name", "plan_mu": "Plan Mu/name/mu"},
			[]string{"DECISION-NO"},
			[]string{"field-ignored"},
		},
		"cut by DBF": {
			geo.AreaLayer,
			[]string{"code", "decision_n", "征收决定文"},
			nil,
			map[string]string{"code": "code/name"},
			[]string{"decision_n", "征收决定文"},
			[]string{"field-ignored"},
		},
		"cut in Chinese": {geo.ParcelLayer, []string{"宗地代"}, nil, map[string]string{"code": "宗地代/truncated"}, nil, nil},
		"by the user": {
			geo.ParcelLayer,
			[]string{"Marknr", "IMK_areal", "Afgroede", "code"},
			map[string]string{"code": "Marknr", "hectares": "IMK_areal", "name": "afgroede", "area": ""},
			map[string]string{"code": "Marknr/map", "survey_m2": "IMK_areal/map/ha", "name": "Afgroede/map"},
			[]string{"code"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Match(c.columns, ImportFields(c.layer), c.explicit)
			if err != nil {
				t.Fatal(err)
			}
			if got := matched(m); !maps.Equal(got, c.want) {
				t.Errorf("matches %v, want %v", got, c.want)
			}
			if !slices.Equal(m.Unused, c.unused) {
				t.Errorf("unused %q, want %q", m.Unused, c.unused)
			}
			var warnings []string
			for _, w := range m.Warnings {
				warnings = append(warnings, w.Code)
			}
			if !slices.Equal(warnings, c.warnings) {
				t.Errorf("warnings %q, want %q", warnings, c.warnings)
			}
		})
	}
}

func TestMatchErrors(t *testing.T) {
	for _, c := range []struct {
		columns  []string
		explicit map[string]string
		code     string
		names    string // what the message must list
	}{
		{[]string{"foo", "bar"}, nil, "column-missing", "foo, bar"},
		{nil, nil, "column-missing", "none"},
		{[]string{"foo", "bar"}, map[string]string{"code": "baz"}, "column-unknown", "foo, bar"},
		{[]string{"foo"}, map[string]string{"code": "foo", "colour": "foo"}, "field-unknown", "survey_m2, mu, hectares"},
		{[]string{"foo", "a", "b"}, map[string]string{"code": "foo", "mu": "a", "hectares": "b"}, "field-twice", "survey_m2"},
		{[]string{"code"}, map[string]string{"code": ""}, "column-missing", "code"},
	} {
		_, err := Match(c.columns, ImportFields(geo.ParcelLayer), c.explicit)
		wantCode(t, err, c.code)
		if !strings.Contains(err.Error(), c.names) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q does not list %q", err, c.names)
		}
	}
}

func TestMappingFields(t *testing.T) {
	m, err := Match([]string{"编号", "亩", "名称"}, ImportFields(geo.ParcelLayer), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, p := m.Fields([]string{" A1 ", "１,５００", ""})
	if want := map[string]string{"code": "A1", "survey_m2": "1000000"}; p != nil || !maps.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, p, want)
	}
	got, p = m.Fields([]string{"A1", "约15亩", "x"})
	if p == nil || p.Code != "not-a-number" || p.Field != "亩" || got["name"] != "x" {
		t.Errorf("%v %+v", got, p)
	}
	plan, err := Match([]string{"code", "计划公顷"}, ImportFields(geo.AreaLayer), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ = plan.Fields([]string{"a", "2"}); got["plan_mu"] != "30" {
		t.Errorf("2 ha are %s mu", got["plan_mu"])
	}
	if _, p = m.Fields([]string{"A1", "Infinity", ""}); p == nil {
		t.Error("an infinite area was taken")
	}
}

func TestParseMap(t *testing.T) {
	m, err := ParseMap("code=BSM, name = MC ,street=")
	if err != nil || !maps.Equal(m, map[string]string{"code": "BSM", "name": "MC", "street": ""}) {
		t.Errorf("%v %v", m, err)
	}
	for _, s := range []string{"code", "=x", "code=a,code=b"} {
		_, err := ParseMap(s)
		wantCode(t, err, "map-wrong")
	}
}

func TestGuessAreaUnit(t *testing.T) {
	for _, c := range []struct {
		declared, measured float64
		want               Unit
	}{{1000, 1001, SquareMetre}, {1.5, 1000, Mu}, {0.1, 998, Hectare}, {7, 1000, ""}, {0, 1000, ""}} {
		if got := GuessAreaUnit(c.declared, c.measured); got != c.want {
			t.Errorf("%g of %g: %q, want %q", c.declared, c.measured, got, c.want)
		}
	}
}

// Every field that can be imported is one that the domain has.
func TestImportFieldsExist(t *testing.T) {
	for _, layer := range []geo.Layer{geo.AreaLayer, geo.ParcelLayer, geo.BuildingLayer} {
		known := map[string]bool{}
		for _, f := range geo.Fields(string(layer)) {
			known[f.Name] = true
		}
		if len(ImportFields(layer)) == 0 {
			t.Errorf("%s has no fields", layer)
		}
		for _, f := range ImportFields(layer) {
			if !known[f.Name] || f.Name == "status" {
				t.Errorf("%s: the field %s is none of geo.Fields", layer, f.Name)
			}
		}
	}
	if ImportFields("roads") != nil {
		t.Error("an unknown layer has fields")
	}
}
