package main

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A name in a comment, in a file that is no test, or of a test that begins
// otherwise is not a scenario's test.
func TestSearch(t *testing.T) {
	found, err := search(fstest.MapFS{
		"web/app/e2e/a.test.ts":          {Data: []byte("test('planner 4: the day', f);\nonPage(\n  'leader 10: who',\n// test(`planner 5`)\ntest('the planner 6: no', f)")},
		"web/x_test.go":                  {Data: []byte("t.Run(\"investor 2: filters\", f)\nt.Run(\"investor 2: again\", f)")},
		"web/x.go":                       {Data: []byte("t.Run(\"investor 3: not a test\", f)")},
		"web/app/node_modules/b.test.ts": {Data: []byte("test('planner 8: not ours', f)")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 3 || len(found["planner 4"]) != 1 || len(found["leader 10"]) != 1 || len(found["investor 2"]) != 1 {
		t.Errorf("found %v", found)
	}
}

func TestReport(t *testing.T) {
	all := []scenario{{"planner", 1, "a", "survey files"}, {"planner", 2, "b", ""}, {"planner", 3, "c", ""}}
	var out strings.Builder
	if n := report(&out, all, map[string][]string{"planner 2": {"x"}}); n != 1 || !strings.Contains(out.String(), "MISSING  planner 3") {
		t.Errorf("%d wrong:\n%s", n, out.String())
	}
	out.Reset()
	if n := report(&out, all, map[string][]string{"planner 1": {"x"}, "planner 2": {"x"}, "planner 3": {"x"}, "leader 11": {"x"}}); n != 2 {
		t.Errorf("%d wrong with a test of what waits and a name that is none:\n%s", n, out.String())
	}
}

// The list is the domain's: ten scenarios of each reader, and five that wait.
func TestScenarios(t *testing.T) {
	count, waiting := map[string]int{}, ""
	for _, s := range scenarios() {
		count[s.who]++
		if s.no != count[s.who] {
			t.Errorf("%s %d follows %d", s.who, s.no, count[s.who]-1)
		}
		if s.waits != "" {
			waiting += s.who + string(rune('0'+s.no)) + " "
		}
	}
	if len(count) != 3 || count["planner"] != 10 || count["investor"] != 10 || count["leader"] != 10 {
		t.Errorf("scenarios of %v", count)
	}
	if waiting != "planner1 planner2 planner3 planner7 planner9 " {
		t.Errorf("waiting: %s", waiting)
	}
}
