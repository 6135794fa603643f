package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tengdi/geo"
)

func TestSignOnFlags(t *testing.T) {
	for _, c := range []struct {
		flag           string
		demo, required bool
	}{{"", true, false}, {"", false, true}, {"offered", false, false}, {"required", true, true}} {
		if got := (signOnFlags{TwoFactor: c.flag}).twoFactor(c.demo); got != c.required {
			t.Errorf("%+v: required is %v", c, got)
		}
	}
	dir := t.TempDir()
	secret, config := filepath.Join(dir, "secret"), filepath.Join(dir, "config.json")
	for name, text := range map[string]string{secret: "  s3cret\n", config: `{"oidc-issuer":"https://id.example","oidc-roles":"heads=leader,all=viewer","oidc-client-id":"tengdi"}`} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parse := func(args ...string) (signOnFlags, error) {
		t.Helper()
		var c cli
		resolver, err := loadConfig(config)
		if err != nil {
			t.Fatal(err)
		}
		parser, err := kong.New(&c, kong.Resolvers(resolver), kong.Vars{"version": "x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
			t.Fatal(err)
		}
		_, err = c.Serve.provider()
		return c.Serve.signOnFlags, err
	}
	f, err := parse("--oidc-client-secret-file", secret)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.provider()
	if err != nil || p.ClientSecret != "s3cret" || p.Roles["heads"] != geo.RoleLeader || p.Roles["all"] != geo.RoleViewer || p.GroupClaim != "groups" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := parse("--oidc-client-secret-file", secret, "--oidc-client-secret", "x"); geo.KindOf(err) != geo.Invalid {
		t.Errorf("two secrets: %v", err)
	}
	if _, err := (signOnFlags{OIDCClientID: "x"}).provider(); geo.KindOf(err) != geo.Invalid {
		t.Errorf("a client without an issuer: %v", err)
	}
	if p, err := (signOnFlags{}).provider(); p != nil || err != nil {
		t.Errorf("nothing: %+v, %v", p, err)
	}
}

// TestTokenCommands: a token is made for an account, speaks for it, is listed
// without its secret, and is dead once it was ended.
func TestTokenCommands(t *testing.T) {
	p := demoService(t)
	run := func(stdin string, args ...string) (string, error) {
		cmd := tengdi(append(args, "--data", demo.data)...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := run("a lake with nine bends\n", args...)
		if err != nil {
			t.Fatalf("%v: %v %s", args, err, out)
		}
		return out
	}
	must("user", "add", "robot", "--role", "viewer")
	secret := regexp.MustCompile(`tgd_[\w-]{43}`).FindString(must("token", "add", "robot", "--name", "nightly", "--scope", "read,write", "--days", "7"))
	speak := func() (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/api/session", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+secret)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text)
	}
	if status, text := speak(); status != 200 || !strings.Contains(text, `"login":"robot"`) {
		t.Errorf("the token: %d %s", status, text)
	}
	list := must("token", "list", "robot")
	id := regexp.MustCompile(`(?m)^(\d+)\s+robot\s+nightly\s+read,write`).FindStringSubmatch(list)
	if id == nil || strings.Contains(list, secret) {
		t.Fatalf("the list: %s", list)
	}
	must("token", "end", id[1])
	if status, _ := speak(); status != 401 {
		t.Errorf("the token after its end: %d", status)
	}
	for _, bad := range [][]string{{"token", "end", id[1]}, {"token", "add", "nobody", "--name", "x"}, {"token", "add", "robot", "--name", "x", "--days", "400"}, {"token", "add", "robot", "--name", "x", "--scope", "all"}} {
		if out, err := run("", bad...); err == nil {
			t.Errorf("%v is taken: %s", bad, out)
		}
	}
}

// TestSecondFactorCommand: a demo offers second factors; one that was begun and
// lost is taken off by command. Common passwords are refused by command, too.
func TestSecondFactorCommand(t *testing.T) {
	p := demoService(t)
	signIn := func(login, password string) (need string, user bool) {
		t.Helper()
		body := fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
		res, err := client(t).Post(p.url+"/api/session", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var a struct {
			Need string
			User *struct{ Login string }
		}
		if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
			t.Fatal(err)
		}
		return a.Need, a.User != nil
	}
	if need, user := signIn("leader", "tengdi-leader"); need != "" || !user {
		t.Errorf("a demo's leader needs %q", need)
	}
	cmd := tengdi("user", "reset-second-factor", "leader", "--data", demo.data)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := tengdi("user", "reset-second-factor", "nobody", "--data", demo.data).CombinedOutput(); err == nil {
		t.Errorf("nobody's second factor was taken off: %s", out)
	}
	cmd = tengdi("user", "add", "common", "--role", "viewer", "--data", demo.data)
	cmd.Stdin = strings.NewReader("Password123\n")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "password") {
		t.Errorf("a common password: %v %s", err, out)
	}
}
