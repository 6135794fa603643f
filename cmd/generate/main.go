// Command generate writes the files that are made from package geo, so that the
// catalogue, the state machines and the fields have one source:
//
//	docs/states.md                 the six state machines, whole
//	docs/access.md                 roles, deeds and moves: who may do what, whole
//	docs/data.md                   the tables between <!-- generated … --> marks
//	web/app/src/catalogue.gen.ts   the catalogue as TypeScript constants, whole
//	web/app/src/staff/datakeys.gen.ts  the values of moves, likewise
//	web/app/src/board/figures.gen.ts   the definitions of the figures, likewise
//	web/app/src/listings/catalogue.gen.css  the colours, as properties and classes, likewise
//
// Run it from the module's root: go run ./cmd/generate. With -check it writes
// nothing and exits 1 when a file is stale.
package main

//go:generate go run . -root ../..

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "write nothing; exit 1 when a generated file is stale")
	root := flag.String("root", ".", "the module's root folder")
	flag.Parse()
	if err := run(*root, *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// product is one generated file: its path from the root, and a function from
// its present content (nil when there is none) to the wanted one.
type product struct {
	path string
	make func(old []byte) ([]byte, error)
}

func products() []product {
	whole := func(text func() string) func([]byte) ([]byte, error) {
		return func([]byte) ([]byte, error) { return []byte(text()), nil }
	}
	return []product{
		{"docs/states.md", whole(statesPage)},
		{"docs/access.md", whole(accessPage)},
		{"docs/data.md", dataPage},
		{"web/app/src/catalogue.gen.ts", whole(typescript)},
		{"web/app/src/staff/datakeys.gen.ts", whole(dataKeys)},
		{"web/app/src/board/figures.gen.ts", whole(figures)},
		{"web/app/src/listings/catalogue.gen.css", whole(styles)},
	}
}

// run writes every product under root, or with check names the stale ones in
// its error.
func run(root string, check bool, out io.Writer) error {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return fmt.Errorf("%s is not the module's root: %w", root, err)
	}
	var stale []error
	for _, p := range products() {
		path := filepath.Join(root, filepath.FromSlash(p.path))
		old, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		want, err := p.make(old)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		if old != nil && bytes.Equal(old, want) {
			continue
		}
		if check {
			stale = append(stale, fmt.Errorf("%s is stale: run go run ./cmd/generate", p.path))
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, "wrote", p.path)
	}
	return errors.Join(stale...)
}
