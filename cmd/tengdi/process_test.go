package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tengdi/geo/postgis/pgtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(asTengdi) != "" {
		main()
		os.Exit(0)
	}
	pgtest.Main(m, removeHome, stopDemo)
}

// process is a running tengdi.
type process struct {
	cmd    *exec.Cmd
	data   string // its folder
	url    string
	stdout *output
	stderr *output
	read   chan struct{} // closed at the end of its output
}

// output is what a process has written, to be read while it writes on.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// serve starts the service on a free port and waits until it says where it is.
func serve(data string, args ...string) (*process, error) {
	return begin(tengdi, data, args...)
}

// begin is serve with tengdi or raced.
//
//raced:calm the goroutine reads what a process of its own says
func begin(program func(args ...string) *exec.Cmd, data string, args ...string) (*process, error) {
	p := &process{data: data, stdout: &output{}, stderr: &output{}, read: make(chan struct{})}
	p.cmd = program(append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	go func() {
		defer close(p.read)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			fmt.Fprintln(p.stdout, lines.Text())
			if url, ok := strings.CutPrefix(lines.Text(), "Tengdi is at "); ok {
				found <- url
			}
		}
	}()
	select {
	case p.url = <-found:
		return p, nil
	case <-p.read:
		_ = p.cmd.Wait() // its output says why
		return nil, fmt.Errorf("tengdi ended: %s", p.stderr)
	case <-time.After(10 * time.Minute):
		_ = p.cmd.Process.Kill()
		return nil, fmt.Errorf("tengdi did not start: %s", p.stderr)
	}
}

// end sends a signal and returns how the process ended.
func (p *process) end(sig os.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil {
		return err
	}
	<-p.read
	return p.cmd.Wait()
}

// demo is a service with the demo district that the tests of this package
// share; they read, or change what no other test looks at. It is under the race
// detector when the tests are.
var demo struct {
	once sync.Once
	data string
	*process
	err error
}

//raced:calm its visitors ask one after the other
func demoService(t *testing.T) *process {
	t.Helper()
	demo.once.Do(func() {
		var dir string
		if dir, demo.err = home(); demo.err != nil {
			return
		}
		if demo.data, demo.err = demoFolder(dir); demo.err == nil {
			demo.process, demo.err = begin(raced, demo.data, "--demo")
		}
	})
	if demo.err != nil {
		t.Fatal(demo.err)
	}
	return demo.process
}

func stopDemo() {
	if demo.process != nil {
		_ = demo.end(os.Interrupt) // other tests look at how it ends
	}
}

// client is a browser's side: cookies and our own origin.
func client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: time.Minute}
}

// signIn returns a client with a session of a demo account.
func signIn(t *testing.T, url, login string) *http.Client {
	t.Helper()
	return signInAs(t, url, login, "tengdi-"+login)
}

// signInAs returns a client with a session of any account.
func signInAs(t *testing.T, url, login, password string) *http.Client {
	t.Helper()
	c := client(t)
	body := fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
	resp, err := c.Post(url+"/api/session", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		t.Fatalf("sign in as %s: %s: %s", login, resp.Status, text)
	}
	return c
}

// getJSON decodes the answer of a GET, which must be 200.
func getJSON(t *testing.T, c *http.Client, url string, into any) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v: %.300s", url, resp.Status, err, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
}

// nothingLeft says that no process of the folder outlives the service. Workers of
// a postmaster that was killed notice it by themselves, which takes a moment.
func nothingLeft(t *testing.T, data, after string) {
	t.Helper()
	var left []string
	for range 100 {
		if left = processesOn(t, data); len(left) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("left after %s: %q", after, left)
}

// processesOn counts the processes that have the data folder on their command
// line or as their working folder.
func processesOn(t *testing.T, data string) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil {
			continue // not a process, or gone
		}
		cwd, _ := os.Readlink(filepath.Join("/proc", e.Name(), "cwd")) // another account's: none
		if bytes.Contains(line, []byte(data)) || strings.HasPrefix(cwd, data) {
			out = append(out, e.Name()+" "+string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return out
}
