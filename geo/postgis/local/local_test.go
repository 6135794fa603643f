package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// begin starts a cluster that ends with the test, if the test does not end it.
func begin(t *testing.T, o Options) *Cluster {
	t.Helper()
	o.Logf = t.Logf
	c, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// folder is a data folder that every account can reach; the parent of
// t.TempDir's is closed to others.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tengdi-local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sql runs statements through psql and gives the last one's only value.
func sql(t *testing.T, c *Cluster, statements string) string {
	t.Helper()
	out, err := psql(t.Context(), c, statements)
	if err != nil {
		t.Fatalf("%s: %v: %s", statements, err, out)
	}
	return out
}

func psql(ctx context.Context, c *Cluster, statements string) (string, error) {
	cmd := exec.CommandContext(ctx, c.Program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", c.URL("postgres"), "-c", statements)
	cmd.Env = environment()
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// processes lists the servers that work in a data folder.
func processes(t *testing.T, dir string) []int {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return servers(info)
}

func stop(t *testing.T, c *Cluster) {
	t.Helper()
	if err := c.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestFreshClusterThenRestart(t *testing.T) {
	dir := folder(t)
	c := begin(t, Options{Dir: dir, Settings: map[string]string{"work_mem": "7MB"}})
	for name, want := range map[string]string{
		"server_encoding":                  "UTF8",
		"data_checksums":                   "on",
		"listen_addresses":                 "",
		"jit":                              "off",
		"fsync":                            "on",
		"max_connections":                  "60",
		"client_connection_check_interval": "2s",
		"work_mem":                         "7MB",
		"unix_socket_permissions":          "0700",
	} {
		if got := sql(t, c, "show "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := sql(t, c, "select datlocprovider from pg_database where datname = 'template1'"); got != "i" {
		t.Errorf("collation provider %q, want ICU", got)
	}
	// By pinyin: 岸 an, 北 bei, 中 zhong; by code point 中 (4E2D) would come first.
	if got := sql(t, c, "select string_agg(n, '' order by n) from (values ('中'), ('北'), ('岸')) v(n)"); got != "岸北中" {
		t.Errorf("names sort as %s", got)
	}
	sql(t, c, "create extension postgis; create table kept as select 42 as n")
	if len(processes(t, dir)) == 0 {
		t.Fatal("no server process found: the checks below would prove nothing")
	}
	stop(t, c)
	stop(t, c)
	if pids := processes(t, dir); len(pids) != 0 {
		t.Fatalf("processes after Stop: %v", pids)
	}
	if err, open := <-c.Done(); open {
		t.Errorf("Done says %v after an ordinary Stop", err)
	}
	again := begin(t, Options{Dir: dir})
	if got := sql(t, again, "select n from kept"); got != "42" {
		t.Errorf("after a restart the row is %q", got)
	}
}

func TestNothingListensOnTCP(t *testing.T) {
	dir := folder(t)
	c := begin(t, Options{Dir: dir, Fast: true})
	if sql(t, c, "select 1") != "1" {
		t.Fatal("the server does not answer")
	}
	listening := map[string]bool{} // inodes of listening TCP sockets
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) > 9 && f[3] == "0A" {
				listening["socket:["+f[9]+"]"] = true
			}
		}
	}
	sockets := 0
	for _, pid := range processes(t, dir) {
		links, err := filepath.Glob("/proc/" + itoa(pid) + "/fd/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links {
			to, err := os.Readlink(link)
			if err != nil {
				continue // closed meanwhile
			}
			if strings.HasPrefix(to, "socket:") {
				sockets++
			}
			if listening[to] {
				t.Errorf("process %d listens on TCP", pid)
			}
		}
	}
	if sockets == 0 {
		t.Error("no socket seen at all: the check proves nothing")
	}
}

func TestOnlyTheOwnAccountAndRootGetIn(t *testing.T) {
	c := begin(t, Options{Dir: folder(t), Fast: true})
	for _, path := range []string{c.socket, filepath.Join(c.socket, socketName), c.data} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
	if os.Geteuid() != 0 {
		return // only root can try as somebody else
	}
	cmd := exec.CommandContext(t.Context(), c.Program("psql"), "-X", "-d", c.URL("postgres"), "-c", "select 1")
	s := site{account: unprivileged("stranger", 65533, 65533)}
	s.prepare(cmd, nil)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Permission denied") {
		t.Errorf("another account: %v: %s", err, out)
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	dir := folder(t)
	begin(t, Options{Dir: dir, Fast: true})
	_, err := Start(t.Context(), Options{Dir: dir, Fast: true})
	var e *Error
	if !errors.Is(err, ErrInUse) || !errors.As(err, &e) || e.PID != os.Getpid() {
		t.Fatalf("got %v, want ErrInUse with our process id", err)
	}
	if !strings.Contains(err.Error(), itoa(os.Getpid())) || !strings.Contains(err.Error(), dir) {
		t.Errorf("the message names neither process nor folder: %v", err)
	}
}

func TestUnreachableParent(t *testing.T) {
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "数据 folder's")
	c := begin(t, Options{Dir: dir, Fast: true})
	sql(t, c, "create table kept as select 1 as n")
	stop(t, c)
	c = begin(t, Options{Dir: dir, Fast: true})
	if got := sql(t, c, "select n from kept"); got != "1" {
		t.Errorf("row %q", got)
	}
	if info, err := os.Stat(closed); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the closed folder now has mode %v (%v)", info.Mode(), err)
	}
	socket := c.socket
	stop(t, c)
	if _, err := os.Stat(socket); c.ownSock && !os.IsNotExist(err) {
		t.Errorf("%s is left over: %v", socket, err)
	}
}

func TestLongPath(t *testing.T) {
	dir := filepath.Join(folder(t), strings.Repeat("long-", 20), strings.Repeat("longer-", 20))
	c := begin(t, Options{Dir: dir, Fast: true})
	if sql(t, c, "select 1") != "1" || len(c.socket)+1+len(socketName) > socketPathMax() {
		t.Errorf("socket in %s", c.socket)
	}
	if _, err := os.Stat(filepath.Join(dir, "postgres", "PG_VERSION")); err != nil {
		t.Error(err)
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	dir := folder(t)
	stop(t, begin(t, Options{Dir: dir, Fast: true}))
	for _, after := range []time.Duration{0, 30 * time.Millisecond, 60 * time.Millisecond, 90 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		c, err := Start(ctx, Options{Dir: dir, Fast: true})
		cancel()
		if err == nil {
			stop(t, c) // the machine was faster than that
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", after, err)
		}
		if pids := processes(t, dir); len(pids) != 0 {
			t.Fatalf("cancelled after %v: processes %v", after, pids)
		}
	}
	begin(t, Options{Dir: dir, Fast: true})
}

func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	dir := folder(t)
	partial := filepath.Join(dir, "postgres.partial-x")
	if err := os.MkdirAll(filepath.Join(partial, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(partial, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := begin(t, Options{Dir: dir, Fast: true})
	if sql(t, c, "select 1") != "1" {
		t.Error("the server does not answer")
	}
	if _, err := os.Stat(partial); !os.IsNotExist(err) {
		t.Errorf("the half-made cluster is still there: %v", err)
	}
}

func TestEnsureDatabase(t *testing.T) {
	c := begin(t, Options{Dir: folder(t), Fast: true})
	for range 2 {
		if err := c.EnsureDatabase(t.Context(), "tengdi"); err != nil {
			t.Fatal(err)
		}
	}
	if got := sql(t, c, "select count(*) from pg_database where datname = 'tengdi'"); got != "1" {
		t.Errorf("%s databases", got)
	}
	if err := c.EnsureDatabase(t.Context(), strings.Repeat("x", 64)+"\x01"); err == nil {
		// PostgreSQL cuts long names; a control character is legal. Make sure that errors do come through.
		stop(t, c)
		if err := c.EnsureDatabase(t.Context(), "late"); err == nil {
			t.Error("a database on a stopped server")
		}
	}
}

// journal collects progress sentences.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) logf(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, strings.TrimSpace(sprintf(format, args...)))
}

func (j *journal) holds(s string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(strings.Join(j.lines, "\n"), s)
}
