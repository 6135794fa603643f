// Command tally runs test programs, shows what a reader needs, and keeps count.
//
//	tally run -kind go|node|step -name NAME -to FILE command [argument...]
//	tally sum FILE
//
// run passes the command's exit code on (1 if the count holds a failure that
// the command did not report). It adds one line of counts to FILE. Kind go
// reads `go test -json`, kind node the summary that node:test prints at its
// end, and kind step counts nothing when the command succeeds and one failure
// when it does not. sum prints every line of FILE and, alone on the last line,
// "N passed, N failed"; it fails when anything failed or nothing passed.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	code, err := tally(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func tally(args []string, out io.Writer) (int, error) {
	if len(args) == 2 && args[0] == "sum" {
		return sum(args[1], out)
	}
	if len(args) == 0 || args[0] != "run" {
		return 2, errors.New("usage: tally run -kind go|node|step -name NAME -to FILE command..., or tally sum FILE")
	}
	flags := flag.NewFlagSet("tally run", flag.ContinueOnError)
	kind := flags.String("kind", "", "go, node or step")
	name := flags.String("name", "", "what the counts are called")
	to := flags.String("to", "", "file that collects the counts")
	if err := flags.Parse(args[1:]); err != nil {
		return 2, err
	}
	if flags.NArg() == 0 || *name == "" || strings.ContainsAny(*name, " \n") || *to == "" {
		return 2, errors.New("run needs -name (one word), -to and a command")
	}
	counter, err := newCounter(*kind, out)
	if err != nil {
		return 2, err
	}
	return run(*name, *to, counter, out, flags.Args())
}

// counts are tests that passed, failed, and were left out with a reason.
type counts struct{ passed, failed, skipped int }

// counter reads a test program's output line by line.
type counter interface {
	line(text string)
	// end gives the counts; ok tells whether the program exited with 0.
	end(ok bool) counts
}

func newCounter(kind string, out io.Writer) (counter, error) {
	switch kind {
	case "go":
		return &goCounter{out: out, tests: map[test]*result{}}, nil
	case "node":
		return &nodeCounter{out: out}, nil
	case "step":
		return &stepCounter{out: out}, nil
	}
	return nil, fmt.Errorf("no kind %q", kind)
}

// run runs the command, with its error output passed through.
func run(name, to string, c counter, out io.Writer, args []string) (int, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, errors.Join(err, record(to, name, counts{failed: 1}))
	}
	readErr := lines(pipe, c.line)
	waitErr := cmd.Wait()
	var exit *exec.ExitError
	if waitErr != nil && !errors.As(waitErr, &exit) {
		readErr = errors.Join(readErr, waitErr)
	}
	n := c.end(waitErr == nil && readErr == nil)
	fmt.Fprintf(out, "%s: %d passed, %d failed, %d left out\n", name, n.passed, n.failed, n.skipped)
	code := cmd.ProcessState.ExitCode()
	if code == 0 && n.failed > 0 || code < 0 {
		code = 1
	}
	return code, errors.Join(readErr, record(to, name, n))
}

// lines calls fn for each line, however long.
func lines(r io.Reader, fn func(string)) error {
	b := bufio.NewReader(r)
	for {
		text, err := b.ReadString('\n')
		if text != "" {
			fn(strings.TrimSuffix(text, "\n"))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func record(to, name string, n counts) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, name, n.passed, n.failed, n.skipped)
	return errors.Join(err, f.Close())
}

func sum(path string, out io.Writer) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		fmt.Fprintln(out, "0 passed, 1 failed")
		return 1, err
	}
	defer f.Close()
	var all counts
	err = lines(f, func(text string) {
		var name string
		var n counts
		if _, err := fmt.Sscan(text, &name, &n.passed, &n.failed, &n.skipped); err != nil {
			fmt.Fprintf(out, "%q is not a line of counts\n", text)
			n = counts{failed: 1}
		} else {
			fmt.Fprintf(out, "%-24s %5d passed %5d failed %5d left out\n", name, n.passed, n.failed, n.skipped)
		}
		all.passed += n.passed
		all.failed += n.failed
		all.skipped += n.skipped
	})
	if all.skipped > 0 && os.Getenv("CI") == "true" {
		fmt.Fprintf(out, "%d tests were left out, which counts as failed where CI=true\n", all.skipped)
		all.failed += all.skipped
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", all.passed, all.failed)
	if all.failed > 0 || all.passed == 0 {
		return 1, err
	}
	return 0, err
}
