package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
	"tengdi/geo/postgis"
)

// asked runs tengdi on a database and returns its output and exit code.
func asked(t *testing.T, url string, args ...string) (out string, code int) {
	t.Helper()
	cmd := tengdi(append(args, "--database-url", url)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return stdout.String() + stderr.String(), cmd.ProcessState.ExitCode()
}

// The chain head is exported, the log proved against it, and what somebody
// changed past the program is told in both languages with exit code 1.
func TestVerifyCommand(t *testing.T) {
	url := emptyURL(t)
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	operator := geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromCLI}
	for _, days := range []int{8, 9} {
		if _, err := store.SetThresholds(t.Context(), operator, geo.Thresholds{UnvisitedDays: days}, nil); err != nil {
			t.Fatal(err)
		}
	}
	head := filepath.Join(t.TempDir(), "head.json")
	if out, code := asked(t, url, "head", "--out", head); code != 0 {
		t.Fatalf("head: %s", out)
	}
	if out, code := asked(t, url, "head", "--out", head); code == 0 || !strings.Contains(out, "不可覆盖") {
		t.Errorf("a head is written over: %s", out)
	}
	if out, code := asked(t, url, "verify", "--data", t.TempDir(), "--head", head); code != 0 || !strings.Contains(out, "一致") || !strings.Contains(out, "2 个事件") {
		t.Errorf("sound: exit %d, %s", code, out)
	}
	printed, _ := asked(t, url, "head")
	var now geo.ChainHead
	if err := json.Unmarshal([]byte(printed), &now); err != nil || now.EventID != 2 || now.Revision != 2 {
		t.Errorf("head %s, %v", printed, err)
	}

	folder := t.TempDir()
	verify := func(args ...string) (string, int) {
		t.Helper()
		return asked(t, url, append([]string{"verify", "--files", folder}, args...)...)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	// The last event goes, and the row that says where the log ends goes along.
	_, err = conn.Exec(t.Context(), `
		delete from land.event where id = 2;
		update land.revision set event_id = 1, event_hash = (select hash from land.event where id = 1)`, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	if out, code := verify(); code != 0 {
		t.Errorf("without a head nobody can know: exit %d, %s", code, out)
	}
	if out, code := verify("--head", head); code != 1 || !strings.Contains(out, "head #2：日志被截断") || !strings.Contains(out, "the log was cut off") {
		t.Errorf("cut tail: exit %d, %s", code, out)
	}
	out, code := verify("--json", "--head", head)
	var verdict struct {
		Sound    bool
		Findings []geo.Finding
	}
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&verdict); err != nil || code != 1 || verdict.Sound || len(verdict.Findings) != 1 || verdict.Findings[0].Event != 2 {
		t.Errorf("exit %d, %+v, %v: %s", code, verdict, err, out)
	}
	if out, code := verify("--head", head+".gone"); code != 1 || !strings.Contains(out, "无法读取 --head") || !strings.Contains(out, "cannot be read") || !strings.Contains(out, ".gone") {
		t.Errorf("a head that is not there: exit %d, %s", code, out)
	}
	if err := os.WriteFile(head, []byte(`{"event_id":2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := verify("--head", head); code != 1 || !strings.Contains(out, "不是 tengdi head 导出的链头") {
		t.Errorf("no head: exit %d, %s", code, out)
	}

	// Papers: bytes that are not in the folder, or not those any more.
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte("paper")))
	clerk := geo.Actor{Login: "clerk", Role: geo.RoleAdmin, Source: geo.FromCLI}
	if _, err := store.Create(t.Context(), clerk, geo.Draft{Collection: "projects", Code: "XM-1", Values: map[string]string{"name": "示例项目"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Attach(t.Context(), clerk, "projects", "XM-1", geo.File{Name: "x.pdf", MediaType: "application/pdf", Bytes: 5, SHA256: sum}); err != nil {
		t.Fatal(err)
	}
	if out, code := verify(); code != 1 || !strings.Contains(out, "files：") || !strings.Contains(out, "not there") {
		t.Errorf("a lost paper: exit %d, %s", code, out)
	}
	papers, err := openPapers(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := papers.Put(t.Context(), strings.NewReader("paper")); err != nil {
		t.Fatal(err)
	}
	if out, code := verify(); code != 0 {
		t.Errorf("the paper is there: exit %d, %s", code, out)
	}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.WriteFile(path, []byte("PAPER"), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	if out, code := verify(); code != 1 || !strings.Contains(out, "were changed") {
		t.Errorf("a changed paper: exit %d, %s", code, out)
	}
}
