package main

import (
	"testing"

	"github.com/alecthomas/kong"
)

// listenOf parses a serve command with a configuration and returns its address.
func listenOf(t *testing.T, c *fileConfig, args ...string) string {
	t.Helper()
	var line cli
	parser, err := kong.New(&line, kong.Resolvers(c))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
		t.Fatal(err)
	}
	return line.Serve.Listen
}
