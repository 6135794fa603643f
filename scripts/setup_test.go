package scripts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// setup runs setup.sh with the given environment and gives its exit code and output.
func setup(t *testing.T, mode string, env ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "./setup.sh", mode)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// path makes a folder for PATH with the system's tools and stand-ins, which are
// shell scripts by name.
func path(t *testing.T, standIns map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"sh", "sed", "sort", "head", "dirname", "uname", "id"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range standIns {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return "PATH=" + dir
}

func TestSetupIsSilentWhenAllIsThere(t *testing.T) {
	code, out := setup(t, "run", "SETUP=no")
	if code != 0 || out != "" {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestSetupNamesWhatIsTooOldOrMissing(t *testing.T) {
	const newGo = `case $2 in GOVERSION) echo go1.99.0 ;; *) echo auto ;; esac`
	const newNode = `echo 22.1.0`
	for name, c := range map[string]struct {
		standIns map[string]string
		says     []string // none: exit code 0 and silence
	}{
		"all new":       {map[string]string{"go": newGo, "node": newNode, "npm": ""}, nil},
		"nothing":       {nil, []string{"Go is missing", "Node.js is missing"}},
		"no npm":        {map[string]string{"go": newGo, "node": newNode}, []string{"Node.js is missing"}},
		"old":           {map[string]string{"go": "echo go1.19.8", "node": "echo 18.2.0", "npm": ""}, []string{"1.19.8 is here", "18.2.0 is here"}},
		"fetches newer": {map[string]string{"go": strings.Replace(newGo, "1.99.0", "1.21.5", 1), "node": newNode, "npm": ""}, nil},
		"stays local": {
			map[string]string{"go": strings.NewReplacer("1.99.0", "1.21.5", "auto", "local").Replace(newGo), "node": newNode, "npm": ""},
			[]string{"1.21.5 is here"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			code, out := setup(t, "run", path(t, c.standIns), "TENGDI_DATABASE_URL=postgres://elsewhere", "SETUP=no")
			if (code == 0) != (len(c.says) == 0) || (out == "") != (len(c.says) == 0) {
				t.Errorf("exit %d: %q", code, out)
			}
			for _, words := range c.says {
				if !strings.Contains(out, words) {
					t.Errorf("it does not say %q: %s", words, out)
				}
			}
		})
	}
}

func TestSetupRefusesAnUnknownMode(t *testing.T) {
	if code, out := setup(t, "everything"); code != 2 || !strings.Contains(out, "usage") {
		t.Errorf("exit %d: %s", code, out)
	}
}
