package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// packageOf is a folder with files of a package.
func packageOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("package p\n\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestChoice(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"starts a goroutine":             {map[string]string{"a_test.go": "func TestA(t *testing.T) { go f() }\nfunc TestB(t *testing.T) { f() }"}, "TestA"},
		"starts a group":                 {map[string]string{"a_test.go": "func TestA(t *testing.T) { t.Run(``, func(t *testing.T) { for range 2 { wg.Go(f) } }) }\nfunc TestB(t *testing.T) { f() }"}, "TestA"},
		"through a helper of a helper":   {map[string]string{"a_test.go": "func TestA(t *testing.T) { h() }\nfunc TestB(t *testing.T) {}", "b_test.go": "func h() { g() }\nfunc g() { go f() }"}, "TestA"},
		"through a method":               {map[string]string{"a_test.go": "func TestA(t *testing.T) { x{}.h() }\nfunc (x) h() { go f() }\nfunc TestB(t *testing.T) {}"}, "TestA"},
		"through a variable":             {map[string]string{"a_test.go": "func TestA(t *testing.T) { h() }\nvar h = once(func() { go f() })\nfunc TestB(t *testing.T) {}"}, "TestA"},
		"handed on as a value":           {map[string]string{"a_test.go": "func TestA(t *testing.T) { call(h) }\nfunc h() { go f() }\nfunc TestB(t *testing.T) {}"}, "TestA"},
		"a fuzz target and an example":   {map[string]string{"a_test.go": "func FuzzA(f *testing.F) { go f() }\nfunc ExampleA() { go f() }\nfunc TestMain(m *testing.M) { go f() }\nfunc Testing() { go f() }"}, "ExampleA FuzzA"},
		"beside code with a lock":        {map[string]string{"a.go": "type T struct { mu sync.Mutex }", "a_test.go": "func TestA(t *testing.T) {}", "b_test.go": "func TestB(t *testing.T) {}"}, "TestA"},
		"beside code that counts":        {map[string]string{"a.go": "var n atomic.Int64", "a_test.go": "func TestA(t *testing.T) {}"}, "TestA"},
		"beside code that waits":         {map[string]string{"a.go": "func f(c chan int) { select { case <-c: } }", "a_test.go": "func TestA(t *testing.T) {}"}, "TestA"},
		"its code is calm":               {map[string]string{"a.go": "func f() {}", "a_test.go": "func TestA(t *testing.T) { go f() }\nfunc TestB(t *testing.T) {}"}, "TestA"},
		"calm for a reason":              {map[string]string{"a_test.go": "// A is long.\n//\n//raced:calm one by one\nfunc TestA(t *testing.T) { go f() }\nfunc TestB(t *testing.T) { go f() }"}, "TestB"},
		"a calm helper":                  {map[string]string{"a_test.go": "//raced:calm waits for a program\nfunc h() { go f() }\nfunc TestA(t *testing.T) { h() }\nfunc TestB(t *testing.T) { h(); go f() }"}, "TestB"},
		"watched for a reason":           {map[string]string{"a_test.go": "//raced:watch two servers\nfunc TestA(t *testing.T) { f() }\nfunc TestB(t *testing.T) {}"}, "TestA"},
		"a watched helper":               {map[string]string{"a_test.go": "//raced:watch a stream\nfunc h() { f() }\nfunc TestA(t *testing.T) { h() }\nfunc TestB(t *testing.T) {}"}, "TestA"},
		"another test's name is no call": {map[string]string{"a_test.go": "func TestA(t *testing.T) { go f() }\nfunc TestB(t *testing.T) { _ = TestA }"}, "TestA"},
	} {
		t.Run(name, func(t *testing.T) {
			pattern, packages, err := raced([]string{packageOf(t, c.files)})
			if err != nil || len(packages) != 1 {
				t.Fatal(packages, err)
			}
			if want := "^(" + strings.ReplaceAll(c.want, " ", "|") + ")$"; pattern != want {
				t.Errorf("watches %s, want %s", pattern, want)
			}
		})
	}
}

// The rest is run by leaving the pattern out: a package with a test of a watched
// one's name has to be among those that are watched.
func TestTwinNamesAreNotLost(t *testing.T) {
	one := packageOf(t, map[string]string{"a_test.go": "func TestA(t *testing.T) { go f() }"})
	two := packageOf(t, map[string]string{"a_test.go": "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) {}"})
	three := packageOf(t, map[string]string{"a_test.go": "func TestC(t *testing.T) {}"})
	none := packageOf(t, map[string]string{"a.go": "func f() { go g() }"})
	calm := packageOf(t, map[string]string{"a_test.go": "func TestD(t *testing.T) { go f() }"})
	pattern, packages, err := raced([]string{one, two, three, none, "calm:" + calm})
	if err != nil || pattern != "^(TestA)$" || strings.Join(packages, " ") != one+" "+two {
		t.Errorf("%s in %v, %v", pattern, packages, err)
	}
}

func TestRefusals(t *testing.T) {
	for name, text := range map[string]string{
		"no reason":      "//raced:calm\nfunc TestA(t *testing.T) { go f() }",
		"no such word":   "//raced:loud for it is\nfunc TestA(t *testing.T) { go f() }",
		"two words":      "//raced:calm one by one\n//raced:watch both\nfunc TestA(t *testing.T) { go f() }",
		"a helper's":     "//raced:clam one by one\nfunc h() {}\nfunc TestA(t *testing.T) { h(); go f() }",
		"nobody watched": "func TestA(t *testing.T) {}",
		"no Go":          "func TestA(",
	} {
		if pattern, _, err := raced([]string{packageOf(t, map[string]string{"a_test.go": text})}); err == nil {
			t.Errorf("%s: watches %s", name, pattern)
		}
	}
}
