// Command scenarios says which acceptance scenarios have a test, and fails when
// one that could have a test has none. A scenario's test begins with its name:
// test('planner 4: …') in TypeScript, t.Run("leader 6: …") in Go.
//
//	go run ./scripts/scenarios
package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

func main() {
	found, err := search(os.DirFS("."))
	if err != nil {
		fmt.Fprintln(os.Stderr, "scenarios:", err)
		os.Exit(2)
	}
	if missing := report(os.Stdout, scenarios(), found); missing > 0 {
		os.Exit(1)
	}
}

// search finds the names of scenarios that tests begin with, and the files that
// have them.
func search(root fs.FS) (map[string][]string, error) {
	name := regexp.MustCompile("(?:test|onPage|Run)\\(\\s*['\"`](planner|investor|leader) ([0-9]{1,2}): ")
	found := map[string][]string{}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && p != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "dist") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, "_test.go") && !strings.HasSuffix(p, ".test.ts") || path.Dir(p) == "scripts/scenarios" {
			return nil
		}
		text, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		for _, m := range name.FindAllSubmatch(text, -1) {
			key := string(m[1]) + " " + string(m[2])
			if !slices.Contains(found[key], p) {
				found[key] = append(found[key], p)
			}
		}
		return nil
	})
	return found, err
}

// report writes a line for every scenario and gives the number of those that
// have no test and wait for nothing. A name that is no scenario's, and a
// scenario that has a test though it is said to wait, count too: the list is
// wrong then.
func report(out io.Writer, all []scenario, found map[string][]string) int {
	wrong, tested, waiting := 0, 0, 0
	known := map[string]bool{}
	for _, s := range all {
		key := fmt.Sprintf("%s %d", s.who, s.no)
		known[key] = true
		files := found[key]
		switch {
		case len(files) > 0 && s.waits == "":
			tested++
			fmt.Fprintf(out, "tested   %-12s %s\n", key, strings.Join(files, ", "))
		case len(files) > 0:
			wrong++
			fmt.Fprintf(out, "WRONG    %-12s has a test (%s) and is said to wait for %s\n", key, strings.Join(files, ", "), s.waits)
		case s.waits != "":
			waiting++
			fmt.Fprintf(out, "waiting  %-12s %s: for %s\n", key, s.what, s.waits)
		default:
			wrong++
			fmt.Fprintf(out, "MISSING  %-12s %s\n", key, s.what)
		}
	}
	for key := range found {
		if !known[key] {
			wrong++
			fmt.Fprintf(out, "WRONG    %-12s is no scenario (%s)\n", key, strings.Join(found[key], ", "))
		}
	}
	fmt.Fprintf(out, "%d scenarios: %d tested, %d waiting, %d missing or wrong\n", len(all), tested, waiting, wrong)
	return wrong
}
