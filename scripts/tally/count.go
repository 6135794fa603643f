package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// goCounter reads the events of `go test -json`. A test that has subtests is
// not counted beside them, unless it failed and none of them did. A package
// that failed without a failing test (it did not build, it panicked or ran
// out of time) counts as one failure.
type goCounter struct {
	out   io.Writer
	tests map[test]*result
	n     counts
}

// test is a test of a package, or with an empty name the package itself.
type test struct{ pkg, name string }

type result struct {
	output       strings.Builder
	children     bool
	failedInside bool // a subtest failed; for a package, any test
}

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

func (c *goCounter) of(k test) *result {
	if c.tests[k] == nil {
		c.tests[k] = &result{}
	}
	return c.tests[k]
}

func (c *goCounter) line(text string) {
	var e event
	if err := json.Unmarshal([]byte(text), &e); err != nil || e.Action == "" {
		fmt.Fprintln(c.out, text)
		return
	}
	k := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(c.out, e.Output)
	case "output":
		c.of(k).output.WriteString(e.Output)
	case "run":
		c.of(k)
		if parent, ok := k.parent(); ok {
			c.of(parent).children = true
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			c.endPackage(k, e)
		} else {
			c.endTest(k, e.Action)
		}
	}
}

func (k test) parent() (test, bool) {
	i := strings.LastIndexByte(k.name, '/')
	if i < 0 {
		return test{}, false
	}
	return test{k.pkg, k.name[:i]}, true
}

func (c *goCounter) endTest(k test, action string) {
	r := c.of(k)
	delete(c.tests, k)
	switch {
	case action == "fail":
		fmt.Fprint(c.out, r.output.String())
		if !r.failedInside {
			c.n.failed++
		}
		for up, ok := k.parent(); ok; up, ok = up.parent() {
			c.of(up).failedInside = true
		}
		c.of(test{k.pkg, ""}).failedInside = true
	case action == "skip":
		c.n.skipped++
		fmt.Fprintf(c.out, "left out: %s", r.output.String())
	case !r.children:
		c.n.passed++
	}
}

func (c *goCounter) endPackage(k test, e event) {
	r := c.of(k)
	delete(c.tests, k)
	if e.Action != "fail" {
		if e.Action == "pass" {
			fmt.Fprintf(c.out, "ok   %s %.1fs\n", e.Package, e.Elapsed)
		}
		return
	}
	// Tests that were running when the package broke off never ended.
	for other, left := range c.tests {
		if other.pkg == e.Package {
			fmt.Fprint(c.out, left.output.String())
			delete(c.tests, other)
		}
	}
	fmt.Fprint(c.out, r.output.String())
	fmt.Fprintf(c.out, "FAIL %s %.1fs\n", e.Package, e.Elapsed)
	if !r.failedInside {
		c.n.failed++
	}
}

func (c *goCounter) end(ok bool) counts {
	if !ok && c.n.failed == 0 {
		c.n.failed = 1
	}
	return c.n
}

// nodeCounter passes everything through and reads the summary of node:test,
// whose lines begin with # (TAP) or ℹ (spec). Without one, or when the
// program fails though its summary is clean, that is one failure.
type nodeCounter struct {
	out  io.Writer
	n    counts
	seen bool
}

// summaryLine is the form of a line of node:test's summary.
const summaryLine = `^(?:#|ℹ) (pass|fail|cancelled|skipped|todo) (\d+)$`

func (c *nodeCounter) line(text string) {
	fmt.Fprintln(c.out, text)
	m := regexp.MustCompile(summaryLine).FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return // more digits than an int holds
	}
	switch m[1] {
	case "pass":
		c.seen = true
		c.n.passed += n
	case "fail", "cancelled":
		c.n.failed += n
	default:
		c.n.skipped += n
	}
}

func (c *nodeCounter) end(ok bool) counts {
	if (!ok || !c.seen) && c.n.failed == 0 {
		c.n.failed = 1
	}
	return c.n
}

// stepCounter passes everything through.
type stepCounter struct{ out io.Writer }

func (c *stepCounter) line(text string) { fmt.Fprintln(c.out, text) }

func (c *stepCounter) end(ok bool) counts {
	if ok {
		return counts{}
	}
	return counts{failed: 1}
}
