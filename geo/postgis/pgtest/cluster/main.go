// Command cluster starts one PostGIS cluster for tests, runs the command given
// as its arguments with TENGDI_TEST_CLUSTER set, stops the cluster, and exits
// with the command's code. When the variable is set already, that cluster is
// used as it is.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"tengdi/geo/postgis/pgtest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: cluster command [argument...]")
		os.Exit(2)
	}
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	// Signals end the start; once the command runs, they are its business, and we
	// live on to stop the cluster.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if os.Getenv(pgtest.Variable) == "" {
		started := make(chan struct{})
		go func() {
			select {
			case <-signals:
				cancel()
			case <-started:
			}
		}()
		c, remove, startErr := pgtest.Start(ctx)
		close(started)
		if startErr != nil {
			return 1, startErr
		}
		defer func() { err = errors.Join(err, c.Stop(context.Background()), remove()) }()
		if err := os.Setenv(pgtest.Variable, c.URL("postgres")); err != nil {
			return 1, err
		}
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	go func() {
		for s := range signals {
			// The terminal sends Ctrl-C to the command itself; an error means that it has ended.
			if s != os.Interrupt {
				_ = cmd.Process.Signal(s)
			}
		}
	}()
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if exit.ExitCode() >= 0 {
			return exit.ExitCode(), nil
		}
		return 1, err // ended by a signal
	}
	return 0, err
}
