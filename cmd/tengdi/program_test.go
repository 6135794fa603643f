package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"tengdi/geo/postgis"
	"tengdi/geo/postgis/local"
	"tengdi/geo/postgis/pgtest"
	"tengdi/migrations"
)

// asTengdi makes the test binary be tengdi itself, so that tests can run and
// kill a real process.
const asTengdi = "TENGDI_TEST_AS_TENGDI"

// home is a folder of the test run, for what its tests share.
var home = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tengdi-demo-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711) // the cluster's account walks through it when we are root
})

// removeHome removes what the tests shared.
func removeHome() {
	if dir, err := home(); err == nil {
		os.RemoveAll(dir)
	}
}

// plain is the path of a tengdi without the race detector, which makes a start
// five times as slow: built once when the tests run under it, else the test
// binary. Tests that look at what processes leave behind start this one.
var plain = sync.OnceValues(func() (string, error) {
	if !raceDetector {
		return os.Args[0], nil
	}
	dir, err := home()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tengdi")
	build := exec.Command("go", "build", "-trimpath", "-o", path, ".") // in the package's folder, where its tests run
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build tengdi: %w: %s", err, out)
	}
	return path, nil
})

// tengdi prepares a command line of the program.
func tengdi(args ...string) *exec.Cmd {
	path, err := plain()
	cmd := command(path, args)
	cmd.Err = errors.Join(cmd.Err, err)
	return cmd
}

// raced prepares a command line of the test binary, which is under the race
// detector when the tests are.
//
//raced:watch the process is under the detector
func raced(args ...string) *exec.Cmd { return command(os.Args[0], args) }

func command(path string, args []string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), asTengdi+"=1")
	return cmd
}

// district is the data folder of a service that made the demo district and was
// stopped. It is never served itself: demoFolder copies it.
var district = sync.OnceValues(func() (string, error) {
	dir, err := home()
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "district")
	p, err := serve(data, "--demo")
	if err != nil {
		return "", err
	}
	return data, p.end(os.Interrupt)
})

// demoFolder is a data folder of the test's own with the demo district in it, at
// dir/data.
func demoFolder(dir string) (data string, err error) {
	from, err := district()
	if err != nil {
		return "", err
	}
	data = filepath.Join(dir, "data")
	if out, err := exec.Command("cp", "-a", from, data).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy the demo district: %w: %s", err, out)
	}
	return data, nil
}

// ownStore is a store on a database of its own with the demo district.
func ownStore(t *testing.T) (store *postgis.Store, url string) {
	t.Helper()
	data, err := demoFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := local.Start(t.Context(), local.Options{Dir: data, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	url = cluster.URL(databaseName)
	return openStore(t, url), url
}

// emptyURL is an empty, migrated database of the test's own.
func emptyURL(t *testing.T) string {
	t.Helper()
	hash, err := migrations.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.Clone(t, "command "+hash, func(ctx context.Context, url string) error {
		return postgis.Migrate(ctx, url, t.Logf)
	})
}

// newStore opens a store on an empty, migrated database of its own.
func newStore(t *testing.T) *postgis.Store {
	t.Helper()
	return openStore(t, emptyURL(t))
}

func openStore(t *testing.T, url string) *postgis.Store {
	t.Helper()
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}
