package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
)

// fileConfig answers flags from a JSON file, for flags that neither the command
// line nor the environment has set.
type fileConfig struct {
	path   string
	values map[string]any
}

// configPath finds the configuration file before the command line is parsed:
// the file must be known to the parser that reads the rest.
func configPath(args []string) string {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return v
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv("TENGDI_CONFIG")
}

func loadConfig(path string) (*fileConfig, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	c := &fileConfig{path: path, values: map[string]any{}}
	if err := json.Unmarshal(raw, &c.values); err != nil {
		return nil, fmt.Errorf("read the configuration %s: %w", path, err)
	}
	return c, nil
}

// Validate refuses a key that no command has: a misspelt setting must not pass
// in silence.
func (c *fileConfig) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			known[f.Name] = true
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(app.Node)
	var unknown []string
	for k := range c.values {
		if !known[k] {
			unknown = append(unknown, k)
		}
	}
	if len(unknown) > 0 {
		sort.Strings(unknown)
		return fmt.Errorf("unknown settings in %s: %s", c.path, strings.Join(unknown, ", "))
	}
	return nil
}

// Resolve gives the file's value of a flag unless the environment has one.
func (c *fileConfig) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, ok := os.LookupEnv(env); ok {
			return nil, nil
		}
	}
	v, ok := c.values[flag.Name]
	if !ok {
		return nil, nil
	}
	return v, nil
}
