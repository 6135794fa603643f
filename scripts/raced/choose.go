package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// folder is what one package's folder tells.
type folder struct {
	path  string
	tests map[string]bool // by name, whether the test is watched
}

// raced gives the pattern of the tests to watch, as go test's -run takes it, and
// the folders that hold a test of such a name.
func raced(paths []string) (pattern string, packages []string, err error) {
	var all []folder
	watched := map[string]bool{}
	for _, path := range paths {
		path, calm := strings.CutPrefix(path, "calm:")
		f, err := look(path)
		if err != nil {
			return "", nil, err
		}
		all = append(all, f)
		for name, is := range f.tests {
			if is && !calm {
				watched[name] = true
			}
		}
	}
	if len(watched) == 0 {
		return "", nil, errors.New("no test does things at the same time")
	}
	for _, f := range all {
		for name := range f.tests {
			if watched[name] {
				packages = append(packages, f.path)
				break
			}
		}
	}
	return "^(" + strings.Join(slices.Sorted(maps.Keys(watched)), "|") + ")$", packages, nil
}

// look reads a package's folder.
func look(path string) (folder, error) {
	made := folder{path, map[string]bool{}}
	pkg, err := build.ImportDir(path, 0)
	if _, none := errors.AsType[*build.NoGoError](err); err != nil && !none {
		return made, err
	}
	funcs := map[string]*function{}
	for _, name := range slices.Concat(pkg.TestGoFiles, pkg.XTestGoFiles) {
		file, err := read(filepath.Join(path, name))
		if err != nil {
			return made, err
		}
		shares := false
		if beside := strings.TrimSuffix(name, "_test.go") + ".go"; slices.Contains(pkg.GoFiles, beside) {
			code, err := read(filepath.Join(path, beside))
			if err != nil {
				return made, err
			}
			shares = sharesMemory(code)
		}
		if err := functions(file, shares, funcs); err != nil {
			return made, fmt.Errorf("%s: %w", filepath.Join(path, name), err)
		}
	}
	for name, f := range funcs {
		if isTest(name) {
			made.tests[name] = f.watched(funcs)
		}
	}
	return made, nil
}

// functions adds the functions of a file of tests, and its variables, which may hold
// some. shares says that the tests of the file are of code that shares memory.
func functions(file *ast.File, shares bool, into map[string]*function) error {
	add := func(name string, n ast.Node, doc *ast.CommentGroup) error {
		f, err := newFunction(n, doc)
		f.starts = f.starts || shares && isTest(name)
		into[name] = f.and(into[name])
		return err
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if err := add(d.Name.Name, d, d.Doc); err != nil {
				return err
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				v, is := s.(*ast.ValueSpec)
				if !is || d.Tok != token.VAR {
					continue
				}
				for _, name := range v.Names {
					if err := add(name.Name, v, d.Doc); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func read(path string) (*ast.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments|parser.SkipObjectResolution)
}

func isTest(name string) bool {
	return regexp.MustCompile(`^(Test|Fuzz|Example)([^a-z]|$)`).MatchString(name) && name != "TestMain"
}

// sharesMemory tells whether code is of the kind that the detector is for.
func sharesMemory(file *ast.File) (is bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt:
			is = true
		case *ast.CallExpr:
			is = is || startsGroup(n)
		case *ast.SelectorExpr:
			if p, ok := n.X.(*ast.Ident); ok && (p.Name == "sync" || p.Name == "atomic" || p.Name == "errgroup") {
				is = true
			}
		}
		return !is
	})
	return is
}

// startsGroup tells whether a call starts a goroutine of a group. Tests that run
// beside each other (t.Parallel) have a store and a database each, and share no
// memory on that account.
func startsGroup(c *ast.CallExpr) bool {
	s, is := c.Fun.(*ast.SelectorExpr)
	return is && (s.Sel.Name == "Go" || s.Sel.Name == "TryGo")
}

// function is what a function of a package's tests says; methods of one name are
// one function.
type function struct {
	starts bool // goroutines
	uses   []string
	said   string // by its comment
}

func newFunction(decl ast.Node, doc *ast.CommentGroup) (*function, error) {
	said, err := directive(doc)
	f := &function{said: said}
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			f.starts = true
		case *ast.CallExpr:
			f.starts = f.starts || startsGroup(n)
		case *ast.Ident:
			f.uses = append(f.uses, n.Name)
		}
		return true
	})
	return f, err
}

func (f *function) and(g *function) *function {
	if g == nil {
		return f
	}
	return &function{f.starts || g.starts, append(f.uses, g.uses...), max(f.said, g.said)}
}

// watched walks what a test uses.
func (f *function) watched(funcs map[string]*function) bool {
	if f.said != "" {
		return f.said == "watch"
	}
	seen := map[*function]bool{}
	var reaches func(g *function) bool
	reaches = func(g *function) bool {
		if seen[g] || g.said == "calm" {
			return false
		}
		seen[g] = true
		if g.starts || g.said == "watch" {
			return true
		}
		for _, name := range g.uses {
			if next := funcs[name]; next != nil && !isTest(name) && reaches(next) {
				return true
			}
		}
		return false
	}
	return reaches(f)
}

// directive is what the comment above a function says: calm, watch, or nothing.
func directive(doc *ast.CommentGroup) (word string, err error) {
	if doc == nil {
		return "", nil
	}
	for _, c := range doc.List {
		text, is := strings.CutPrefix(c.Text, "//raced:")
		if !is {
			continue
		}
		next, why, _ := strings.Cut(text, " ")
		if word != "" || next != "calm" && next != "watch" || strings.TrimSpace(why) == "" {
			return "", fmt.Errorf("%s is no directive: calm or watch, once, with the reason", c.Text)
		}
		word = next
	}
	return word, nil
}
