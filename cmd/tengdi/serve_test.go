package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tengdi/geo/postgis/local"
)

// TestLifeOfAnInstance: the service starts with nothing, becomes ready, keeps
// its folder to itself, leaves no process at Ctrl-C, keeps the data over
// restarts and kills, and other commands work beside it.
//
//raced:calm the processes that it starts and kills are not under the detector
func TestLifeOfAnInstance(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p, err := serve(data)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(p.url + "/readyz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("readyz: %v %v", resp, err)
	}
	resp.Body.Close()

	second := tengdi("serve", "--data", data, "--listen", "127.0.0.1:0")
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), fmt.Sprint(p.cmd.Process.Pid)) {
		t.Errorf("a second serve on the folder: %v, %s; want a sentence with pid %d", err, out, p.cmd.Process.Pid)
	}

	file := filepath.Join(t.TempDir(), "a.geojson")
	if err := os.WriteFile(file, []byte(feature(113.1, 0.002)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := tengdi("import", file, "--layer", "areas", "--data", data).CombinedOutput(); err != nil {
		t.Fatalf("import beside the service: %v: %s", err, out)
	}
	if n := countItems(t, p.url, "areas"); n != 1 {
		t.Fatalf("%d areas after the import, want 1", n)
	}

	if err := p.end(os.Interrupt); err != nil {
		t.Errorf("Ctrl-C: %v: %s", err, p.stderr)
	}
	if !strings.HasSuffix(p.stdout.String(), "Tengdi 已停止 / stopped.\n") {
		t.Errorf("it does not say that it stopped: %s", p.stdout)
	}
	if strings.Contains(p.stderr.String(), "msg=request") {
		t.Errorf("requests that went well are logged: %s", p.stderr)
	}
	nothingLeft(t, data, "Ctrl-C")

	p = again(t, data)
	if err := p.end(syscall.SIGKILL); err == nil {
		t.Error("killed, yet it ended well")
	}
	p = again(t, data)
	killPostmaster(t, data)
	waitItems(t, p.url, "areas", 1)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v: %s", err, p.stderr)
	}
	nothingLeft(t, data, "SIGTERM")
}

// again starts the service and finds the one area.
func again(t *testing.T, data string) *process {
	t.Helper()
	p, err := serve(data)
	if err != nil {
		t.Fatal(err)
	}
	if n := countItems(t, p.url, "areas"); n != 1 {
		t.Fatalf("%d areas after a restart, want 1", n)
	}
	return p
}

func countItems(t *testing.T, url, collection string) int {
	t.Helper()
	var page struct {
		NumberMatched int `json:"numberMatched"`
	}
	getJSON(t, client(t), url+"/api/collections/"+collection+"/items?limit=1", &page)
	return page.NumberMatched
}

// waitItems asks until the collection answers with n items: the service may be
// waiting for its database to come back.
func waitItems(t *testing.T, url, collection string, n int) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		var page struct {
			NumberMatched int `json:"numberMatched"`
		}
		resp, err := http.Get(url + "/api/collections/" + collection + "/items?limit=1")
		if err == nil {
			err = json.NewDecoder(resp.Body).Decode(&page)
			resp.Body.Close()
			if err == nil && resp.StatusCode == http.StatusOK && page.NumberMatched == n {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come back: %v", url, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// killPostmaster ends the database server of a data folder with SIGKILL.
func killPostmaster(t *testing.T, data string) {
	t.Helper()
	if _, ok := local.Attach(data); !ok {
		t.Fatal("no cluster is running")
	}
	raw, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(raw), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// TestConfig: flags win over the environment, that over the file; an unknown
// key is an error.
func TestConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tengdi.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"lisen": "127.0.0.1:1"}`)
	if err := run(context.Background(), []string{"version", "--config", file}); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("a misspelt key: %v", err)
	}
	c := &fileConfig{values: map[string]any{"listen": "from-file"}}
	for _, env := range []string{"", "from-env"} {
		if env != "" {
			t.Setenv("TENGDI_LISTEN", env)
		}
		got := listenOf(t, c)
		want := env
		if want == "" {
			want = "from-file"
		}
		if got != want {
			t.Errorf("environment %q: listen is %q, want %q", env, got, want)
		}
		if got := listenOf(t, c, "--listen", "from-flag"); got != "from-flag" {
			t.Errorf("with a flag: %q", got)
		}
	}
}

// TestUserCommands: an account is made, changed, closed and opened again; each
// holds for the running service.
//
//raced:calm one command after the other
func TestUserCommands(t *testing.T) {
	p := demoService(t)
	user := func(stdin string, args ...string) error {
		cmd := tengdi(append([]string{"user"}, append(args, "--data", demo.data)...)...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	status := func(password string) int {
		body := fmt.Sprintf(`{"login":"anna","password":%q}`, password)
		resp, err := client(t).Post(p.url+"/api/session", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, bad := range [][]string{{"add", "Anna", "--role", "viewer"}, {"add", "_a", "--role", "viewer"}, {"set", "nobody", "--disable"}} {
		if user("a long password\n", bad...) == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if user("short\n", "add", "anna", "--role", "viewer") == nil {
		t.Error("a short password is taken")
	}
	steps := []struct {
		stdin, password string
		args            []string
		want            int
	}{
		{"first password\n", "first password", []string{"add", "anna", "--role", "viewer"}, 200},
		{"second password\n", "second password", []string{"set", "anna", "--password"}, 200},
		{"", "second password", []string{"set", "anna", "--disable"}, 401},
		{"", "second password", []string{"set", "anna", "--enable", "--name", "安娜"}, 200},
	}
	for _, s := range steps {
		if err := user(s.stdin, s.args...); err != nil {
			t.Fatal(err)
		}
		if got := status(s.password); got != s.want {
			t.Errorf("after %v: sign in %d, want %d", s.args, got, s.want)
		}
	}
	if err := user("x long password\n", "add", "anna", "--role", "viewer"); err == nil || !strings.Contains(err.Error(), "已存在") {
		t.Errorf("a second anna: %v", err)
	}
}
