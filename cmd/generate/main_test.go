package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tengdi/geo"
)

// The files in the repository are those that the code makes.
func TestGeneratedFilesAreFresh(t *testing.T) {
	if err := run("../..", true, &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
}

// module makes an empty module with an unfilled data page.
func module(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	page := "# Data\n"
	for _, s := range sections() {
		page += "## " + s.name + "\n" + openMark + s.name + " -->\n" + closeMark + "\nby hand\n"
	}
	for path, text := range map[string]string{"go.mod": "module x\n", "docs/data.md": page} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRunWritesAndChecks(t *testing.T) {
	root, out := module(t), &bytes.Buffer{}
	err := run(root, true, out)
	if err == nil {
		t.Fatal("an empty module was found fresh")
	}
	for _, p := range products() {
		if !strings.Contains(err.Error(), p.path) {
			t.Errorf("%q does not name %s", err, p.path)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "docs/states.md")); err == nil || out.Len() > 0 {
		t.Error("checking wrote something")
	}
	if err := run(root, false, out); err != nil {
		t.Fatal(err)
	}
	if err := run(root, true, out); err != nil {
		t.Errorf("after writing: %v", err)
	}
	written := out.Len()
	if err := run(root, false, out); err != nil || out.Len() != written {
		t.Errorf("a second run wrote again (%v): %s", err, out)
	}
	page := filepath.Join(root, "docs/data.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "by hand"); n != len(sections()) {
		t.Errorf("%d of %d parts written by hand are left", n, len(sections()))
	}
	stale := bytes.Replace(text, []byte("清零（净地）"), []byte("清零"), 1)
	if bytes.Equal(stale, text) {
		t.Fatal("the page lacks the statuses")
	}
	if err := os.WriteFile(page, stale, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(root, true, out); err == nil || !strings.Contains(err.Error(), "docs/data.md is stale") || strings.Contains(err.Error(), "states.md") {
		t.Errorf("an edited table gives %v", err)
	}
}

func TestRunNeedsTheRoot(t *testing.T) {
	if err := run(t.TempDir(), false, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "not the module's root") {
		t.Errorf("outside of a module: %v", err)
	}
}

func TestDataPageRefuses(t *testing.T) {
	whole, err := os.ReadFile("../../docs/data.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, page, want string }{
		{"no page", "", "not marked"},
		{"unknown section", openMark + "weather -->\n" + closeMark, `"weather" is unknown or marked twice`},
		{"twice", string(whole) + openMark + "uses -->\n" + closeMark, `"uses" is unknown or marked twice`},
		{"not closed", openMark + "uses -->\n", "has no"},
		{"open mark", openMark + "uses", "does not end in its line"},
	} {
		if _, err := dataPage([]byte(c.page)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestStatesPageShowsEveryMove(t *testing.T) {
	page := statesPage()
	rows := func(moves []string) {
		for _, row := range moves {
			if !strings.Contains(page, row) {
				t.Errorf("the page lacks the move %s", row)
			}
		}
	}
	rows(moveRows(geo.AreaMoves()))
	rows(moveRows(geo.BuildingMoves()))
	rows(moveRows(geo.HouseholdMoves()))
	rows(moveRows(geo.ParcelMoves()))
	rows(moveRows(geo.ProblemMoves()))
	rows(moveRows(geo.ProjectMoves()))
	if n := strings.Count(page, "```mermaid\nstateDiagram-v2\n"); n != len(machineNames()) {
		t.Errorf("%d diagrams for %d machines", n, len(machineNames()))
	}
	for _, want := range []string{"`display_over`", "公示须满 30 日", "warning `deposit_20`", "| `not_future` |", "| `reason` | a reason"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func moveRows[F any](m geo.Machine[F]) []string {
	var out []string
	for _, mv := range m.Moves {
		out = append(out, "\n| `"+mv.From+"` | `"+mv.To+"` |")
	}
	return out
}

func TestTypescriptHasTheCatalogue(t *testing.T) {
	text := typescript()
	for _, name := range []string{"STATUSES", "SOLD_CODES", "COLOURS", "USES", "FIELDS", "MAP_MIN_ZOOM", "MAP_MAX_ZOOM", "MAP_LAYERS"} {
		if !strings.Contains(text, "export const "+name) {
			t.Errorf("there is no %s", name)
		}
	}
	for _, s := range geo.Catalogue() {
		if !strings.Contains(text, `code: "`+s.Code+`"`) || !strings.Contains(text, `zh: "`+s.Zh+`"`) {
			t.Errorf("status %s %s is not there", s.Machine, s.Code)
		}
	}
	for i, line := range strings.Split(text, "\n") {
		if width(line) > lineWidth || strings.TrimRight(line, " \t") != line {
			t.Errorf("line %d is too long or ends in space: %s", i+1, line)
		}
	}
}

func TestDataKeysNameEveryValueOfEveryMove(t *testing.T) {
	text := dataKeys()
	for _, m := range machineNames() {
		for _, s := range geo.Statuses(m) {
			for _, name := range geo.DataKeys(m, s.Code) {
				keys, _, _ := strings.Cut(text, "MOVE_OPTIONS")
				if n := strings.Count(keys, `name: "`+name+`"`); n != 1 {
					t.Errorf("%s is there %d times", name, n)
				}
			}
		}
	}
}

func TestEveryClockHasItsWords(t *testing.T) {
	text := dataKeys()
	for _, n := range geo.NoticeKinds() {
		if !strings.Contains(text, `code: "`+n.Code+`", zh: "`+n.Zh+`"`) {
			t.Errorf("%s is not told", n.Code)
		}
	}
}

func TestLiteralsBreakAsTheFormatterDoes(t *testing.T) {
	long := strings.Repeat("x", 60)
	for _, c := range []struct {
		name string
		v    any
		want string
	}{
		{"short", object{"a", 1, "b-c", true}, `{ a: 1, "b-c": true }`},
		{"long", object{"a", long, "b", long}, "{\n  a: \"" + long + "\",\n  b: \"" + long + "\",\n}"},
		{"words", array{"a", "b"}, `["a", "b"]`},
		{"objects", array{object{"a", 1, "b", 2}, object{"a", 3, "b", 4}}, "[\n  { a: 1, b: 2 },\n  { a: 3, b: 4 },\n]"},
		{"table", object{"a", object{"b", 1}}, "{\n  a: { b: 1 },\n}"},
	} {
		var b strings.Builder
		writeLiteral(&b, c.v, 0, 0)
		if b.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, b.String(), c.want)
		}
	}
	if n := width("地籍ab（）"); n != 10 {
		t.Errorf("four wide and two narrow characters take %d columns", n)
	}
}
