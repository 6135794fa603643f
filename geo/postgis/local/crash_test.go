package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childDir tells the test program to be a process that runs a cluster there.
const childDir = "TENGDI_LOCAL_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := serve(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve runs a cluster until its standard input ends.
func serve(dir string) error {
	c, err := Start(context.Background(), Options{Dir: dir})
	if err != nil {
		return err
	}
	fmt.Println("url:", c.URL("postgres"))
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return c.Stop(context.Background())
}

// child starts another process that runs a cluster in dir, and gives its first line.
func child(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// It has ended already in every test that went as planned.
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func kill(t *testing.T, pid int, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, sig); err != nil {
		t.Fatalf("kill %d: %v", pid, err)
	}
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func postmasterPID(t *testing.T, dir string) int {
	t.Helper()
	p, ok := readPidFile(filepath.Join(dir, "postgres"))
	if !ok {
		t.Fatal("no postmaster.pid")
	}
	return p.pid
}

func TestKilledPostmasterComesBack(t *testing.T) {
	dir := folder(t)
	var j journal
	c, err := Start(t.Context(), Options{Dir: dir, Logf: j.logf})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, c)
	sql(t, c, "create table kept as select generate_series(1, 1000) as n")
	for i := range 2 {
		kill(t, postmasterPID(t, dir), syscall.SIGKILL)
		await(t, "a restart", func() bool { return c.Restarts() == i+1 })
		if got := sql(t, c, "select count(*) from kept"); got != "1000" {
			t.Errorf("%s rows after kill %d", got, i+1)
		}
	}
	if !j.holds("ended by itself") {
		t.Errorf("nothing was reported: %v", j.lines)
	}
}

// A backend that computes does not notice that its postmaster is gone, and
// keeps the shared memory: the next server must not start beside it.
func TestBusyBackendOutlivesPostmaster(t *testing.T) {
	dir := folder(t)
	c := begin(t, Options{Dir: dir})
	sql(t, c, "create table kept as select 1 as n")
	busy := make(chan error, 1)
	go func() {
		_, err := psql(t.Context(), c, "select count(*) from generate_series(1, 20000000000) where sqrt(generate_series) < 0")
		busy <- err
	}()
	await(t, "the busy backend", func() bool {
		return sql(t, c, "select count(*) from pg_stat_activity where query like '%sqrt%' and pid <> pg_backend_pid()") == "1"
	})
	kill(t, postmasterPID(t, dir), syscall.SIGKILL)
	await(t, "a restart", func() bool { return c.Restarts() == 1 })
	if err := <-busy; err == nil {
		t.Error("the query of the dead server answered")
	}
	if got := sql(t, c, "select n from kept"); got != "1" {
		t.Errorf("row %q", got)
	}
}

func TestGivesUpInTheEnd(t *testing.T) {
	dir := folder(t)
	c, err := Start(t.Context(), Options{Dir: dir, Fast: true, firstPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	control := filepath.Join(dir, "postgres", "global", "pg_control")
	if err := os.Rename(control, control+".away"); err != nil {
		t.Fatal(err)
	}
	kill(t, postmasterPID(t, dir), syscall.SIGKILL)
	select {
	case err := <-c.Done():
		if !errors.Is(err, ErrStart) || !strings.Contains(err.Error(), "pg_control") {
			t.Errorf("Done says %v", err)
		}
	case <-time.After(60 * time.Second):
		t.Error("it keeps trying")
	}
	stop(t, c)
	if pids := processes(t, dir); len(pids) != 0 {
		t.Errorf("processes %v", pids)
	}
}

func TestKilledOwner(t *testing.T) {
	for _, c := range []struct {
		name       string
		postmaster bool // killed as well
	}{{"tengdi", false}, {"both", true}} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t)
			owner, line := child(t, dir)
			if !strings.HasPrefix(line, "url: ") {
				t.Fatal(line)
			}
			cluster := &Cluster{}
			in, err := findInstall(t.Context(), "", dir, 0)
			if err != nil {
				t.Fatal(err)
			}
			cluster.install, cluster.socket = in, filepath.Join(dir, "socket")
			sql(t, cluster, "create table kept as select generate_series(1, 500) as n")
			_, err = Start(t.Context(), Options{Dir: dir})
			var e *Error
			if !errors.Is(err, ErrInUse) || !errors.As(err, &e) || e.PID != owner.Process.Pid {
				t.Fatalf("while the other runs: %v", err)
			}
			server := postmasterPID(t, dir)
			kill(t, owner.Process.Pid, syscall.SIGKILL)
			if c.postmaster {
				kill(t, server, syscall.SIGKILL)
			}
			again := begin(t, Options{Dir: dir})
			if got := sql(t, again, "select count(*) from kept"); got != "500" {
				t.Errorf("%s rows", got)
			}
			if postmasterPID(t, dir) == server {
				t.Error("the old server still runs")
			}
			stop(t, again)
			if pids := processes(t, dir); len(pids) != 0 {
				t.Errorf("processes %v", pids)
			}
		})
	}
}

// Where the kernel cannot tie the server to its owner, the server lives on.
func TestLeftOverServerIsStopped(t *testing.T) {
	dir := folder(t)
	c := begin(t, Options{Dir: dir})
	sql(t, c, "create table kept as select 1 as n")
	stop(t, c)
	cmd := exec.Command(c.Program("postgres"), "-D", c.data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+c.socket)
	c.prepare(cmd, nil)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	await(t, "the server", func() bool {
		p, ok := readPidFile(c.data)
		return ok && p.status == "ready"
	})
	var j journal
	again, err := Start(t.Context(), Options{Dir: dir, Logf: j.logf})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, again)
	if err := <-ended; err != nil {
		t.Errorf("the left-over server ended badly: %v", err)
	}
	if got := sql(t, again, "select n from kept"); got != "1" {
		t.Errorf("row %q", got)
	}
	if !j.holds(itoa(cmd.Process.Pid)) {
		t.Errorf("not reported: %v", j.lines)
	}
}

// A server that died without being waited for stays as a zombie and keeps its
// process id; PostgreSQL by itself would refuse to start.
func TestZombieServer(t *testing.T) {
	dir := folder(t)
	c := begin(t, Options{Dir: dir})
	sql(t, c, "create table kept as select 1 as n")
	stop(t, c)
	cmd := exec.Command(c.Program("postgres"), "-D", c.data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+c.socket)
	c.prepare(cmd, nil)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "the server", func() bool {
		p, ok := readPidFile(c.data)
		return ok && p.status == "ready"
	})
	kill(t, cmd.Process.Pid, syscall.SIGKILL)
	await(t, "its end", func() bool { return !alive(cmd.Process.Pid) })
	if err := syscall.Kill(cmd.Process.Pid, 0); err != nil {
		t.Fatalf("it is no zombie: %v", err)
	}
	again := begin(t, Options{Dir: dir})
	if got := sql(t, again, "select n from kept"); got != "1" {
		t.Errorf("row %q", got)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the killed server ended well")
	}
}

// After a reboot another program may have the process id that the file names.
func TestRecycledProcessID(t *testing.T) {
	dir := folder(t)
	c := begin(t, Options{Dir: dir, Fast: true})
	data := c.data
	stop(t, c)
	put(t, filepath.Join(data, pidName), fmt.Sprintf("%d\n%s\n1\n5432\n%s\n\n1 1\nready\n", os.Getppid(), data, c.socket), 0o600)
	if os.Geteuid() == 0 {
		if err := os.Chown(filepath.Join(data, pidName), c.account.uid, c.account.gid); err != nil {
			t.Fatal(err)
		}
	}
	again := begin(t, Options{Dir: dir, Fast: true})
	if got := sql(t, again, "select 1"); got != "1" {
		t.Errorf("answer %q", got)
	}
}

// TestStopAfterKill: a stop just after the postmaster was killed leaves none of
// its processes, which take a moment to notice.
func TestStopAfterKill(t *testing.T) {
	for range 3 {
		c, err := Start(t.Context(), Options{Dir: t.TempDir(), Fast: true})
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(c.data)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := readPidFile(c.data)
		if !ok {
			t.Fatal("no postmaster.pid")
		}
		if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if err := c.Stop(t.Context()); err != nil {
			t.Errorf("stop: %v", err)
		}
		if left := servers(info); len(left) > 0 {
			t.Fatalf("left after the stop: %v", left)
		}
	}
}
