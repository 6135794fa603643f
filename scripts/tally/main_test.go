package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module is a throw-away module with one test file.
func module(t *testing.T, body string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module m\n\ngo 1.26\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\n" + body,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func runAndSum(t *testing.T, kind string, command ...string) (code int, last, text string) {
	t.Helper()
	var out bytes.Buffer
	file := filepath.Join(t.TempDir(), "counts")
	code, err := tally(append([]string{"run", "-kind", kind, "-name", "x", "-to", file}, command...), &out)
	if err != nil {
		t.Fatal(err)
	}
	sumCode, err := tally([]string{"sum", file}, &out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last = lines[len(lines)-1]
	if (sumCode == 0) != (code == 0 && !strings.HasPrefix(last, "0 ")) {
		t.Errorf("run says %d, sum says %d: %s", code, sumCode, last)
	}
	return code, last, out.String()
}

func TestGo(t *testing.T) {
	t.Setenv("CI", "")
	for _, c := range []struct{ name, body, last, shows string }{
		{"passing", "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) { t.Run(`x`, func(*testing.T) {}); t.Run(`y`, func(*testing.T) {}) }", "3 passed, 0 failed", "ok "},
		{"failing subtest", "func TestA(t *testing.T) { t.Run(`x`, func(t *testing.T) { t.Error(`broken glass`) }); t.Run(`y`, func(*testing.T) {}) }", "1 passed, 1 failed", "broken glass"},
		{"failing parent", "func TestA(t *testing.T) { t.Run(`x`, func(t *testing.T) {}); t.Error(`after`) }", "1 passed, 1 failed", "after"},
		{"left out", "func TestA(t *testing.T) { t.Skip(`no files`) }\nfunc TestB(*testing.T) {}", "1 passed, 0 failed", "no files"},
		{"not building", "func TestA(t *testing.T) { wrong }", "0 passed, 1 failed", "undefined: wrong"},
		{"panic", "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) { panic(`oh no`) }", "1 passed, 1 failed", "oh no"},
		{"exit", "import \"os\"\nfunc TestB(t *testing.T) { os.Exit(3) }", "0 passed, 1 failed", "FAIL"},
		{"nothing", "", "0 passed, 1 failed", "imported and not used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := c.body
			code, last, text := runAndSum(t, "go", "go", "test", "-C", module(t, body), "-json", ".")
			if last != c.last || (code == 0) != strings.HasSuffix(last, " 0 failed") {
				t.Errorf("exit %d, %q, want %q\n%s", code, last, c.last, text)
			}
			if !strings.Contains(text, c.shows) {
				t.Errorf("%q is not shown:\n%s", c.shows, text)
			}
		})
	}
}

func TestLeftOutFailsInCI(t *testing.T) {
	file := filepath.Join(t.TempDir(), "counts")
	if err := os.WriteFile(file, []byte("go 5 0 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for ci, want := range map[string]string{"": "5 passed, 0 failed\n", "true": "5 passed, 2 failed\n"} {
		t.Setenv("CI", ci)
		var out bytes.Buffer
		code, err := tally([]string{"sum", file}, &out)
		if err != nil || !strings.HasSuffix(out.String(), "\n"+want) || (code == 0) != (ci == "") {
			t.Errorf("CI=%q: exit %d, %v, %s", ci, code, err, out.String())
		}
	}
}

func TestNode(t *testing.T) {
	t.Setenv("CI", "")
	for script, want := range map[string]string{
		"echo '# pass 3'; echo '# fail 0'":         "3 passed, 0 failed",
		"echo 'ℹ pass 3'; echo 'ℹ fail 2'; exit 1": "3 passed, 2 failed",
		"echo '# pass 3'; echo '# cancelled 1'":    "3 passed, 1 failed",
		"echo '# pass 3'; exit 1":                  "3 passed, 1 failed",
		"echo nothing":                             "0 passed, 1 failed",
		"echo '# passing 9'":                       "0 passed, 1 failed",
	} {
		code, last, _ := runAndSum(t, "node", "sh", "-c", script)
		if last != want || (code == 0) != strings.HasSuffix(want, " 0 failed") {
			t.Errorf("%s: exit %d, %q, want %q", script, code, last, want)
		}
	}
}

func TestNodeItself(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.test.mjs")
	text := "import test from 'node:test'; test('a', () => {}); test('b', () => { throw new Error('bad') });"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, last, text := runAndSum(t, "node", "node", "--test", file); last != "1 passed, 1 failed" || code == 0 {
		t.Errorf("exit %d, %q\n%s", code, last, text)
	}
}

func TestStep(t *testing.T) {
	if code, last, _ := runAndSum(t, "step", "sh", "-c", "exit 4"); code != 4 || last != "0 passed, 1 failed" {
		t.Errorf("exit %d, %q", code, last)
	}
	if code, last, _ := runAndSum(t, "step", "true"); code != 0 || last != "0 passed, 0 failed" {
		t.Errorf("exit %d, %q", code, last)
	}
}

func TestSumWithoutFile(t *testing.T) {
	var out bytes.Buffer
	code, err := tally([]string{"sum", filepath.Join(t.TempDir(), "absent")}, &out)
	if code == 0 || err == nil || out.String() != "0 passed, 1 failed\n" {
		t.Errorf("exit %d, %v, %q", code, err, out.String())
	}
}
