package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"tengdi/geo"
	"tengdi/geo/postgis"
)

// verifyCmd proves that a district is what its log says.
type verifyCmd struct {
	databaseFlags
	Head string `help:"Chain head that was exported earlier with 'tengdi head': the log must still hold it unchanged." type:"path"`
	JSON bool   `name:"json" help:"Write the verdict as JSON."`

	Files string `help:"Folder of the papers. Default: files in the data folder." type:"path" env:"TENGDI_FILES"`
}

// Help says what the proof covers and what no log can prove.
func (*verifyCmd) Help() string {
	return `Compares in one snapshot: the chain of events and its end; states with events; every value of a row, a
record, a round or an account that an event tells with the last one told; papers with the events that filed
them and with their bytes; the published projection with one made anew; feeds, sums and rules.

What no event tells cannot be compared: shapes, and values that came with an import, a demo or an older
version until they are next changed; passwords, second-factor secrets, tokens and sessions; accounts older
than the account log. Readings of households' files stand beside the log: with --head it is proved that none
up to that head was taken out, not that none was altered.`
}

// headCmd exports the end of the log.
type headCmd struct {
	databaseFlags
	Out string `help:"File to write to; keep it where this database's owner cannot reach. Default: standard output." type:"path"`
}

// errUnsound ends tengdi verify when something disagrees; the findings were
// printed.
var errUnsound = errors.New("有不符之处 / something disagrees")

func (c *verifyCmd) Run(ctx context.Context) error {
	before, err := readHead(c.Head)
	if err != nil {
		return err
	}
	db, err := c.open(ctx, openOptions{})
	if err != nil {
		return err
	}
	defer db.close()
	verdict, err := c.verify(ctx, db.store, before)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeVerdictJSON(os.Stdout, verdict)
	} else {
		err = writeVerdict(os.Stdout, verdict)
	}
	if err == nil && !verdict.Sound() {
		err = errUnsound
	}
	return err
}

// verify joins what the database proves with what the folder of papers holds.
func (c *verifyCmd) verify(ctx context.Context, store *postgis.Store, before *geo.ChainHead) (geo.Verdict, error) {
	verdict, err := store.Verify(ctx, before)
	if err != nil {
		return verdict, err
	}
	papers, err := openPapers(c.Files, c.Data)
	if err != nil {
		return verdict, err
	}
	defer papers.folder.Close()
	missing, err := store.VerifyFiles(ctx, papers.folder.Check)
	verdict.Findings = append(verdict.Findings, missing...)
	return verdict, err
}

func writeVerdict(w io.Writer, v geo.Verdict) error {
	for _, f := range v.Findings {
		where := ""
		if f.Event != 0 {
			where = fmt.Sprintf(" #%d", f.Event)
		}
		if _, err := fmt.Fprintf(w, "%s%s：%s\n  %s\n", f.Check, where, f.Zh, f.En); err != nil {
			return err
		}
	}
	result := "一致 / everything agrees"
	if n := len(v.Findings); n > 0 {
		result = fmt.Sprintf("%d 处不符 / %d findings", n, n)
	}
	_, err := fmt.Fprintf(w, "%s: %d 个事件 / events, %d 行公开资料 / published rows, revision %d, head %d %s\n",
		result, v.Events, v.Rows, v.Head.Revision, v.Head.EventID, v.Head.Hash)
	return err
}

func writeVerdictJSON(w io.Writer, v geo.Verdict) error {
	findings := v.Findings
	if findings == nil {
		findings = []geo.Finding{}
	}
	return writeIndented(w, map[string]any{
		"sound": v.Sound(), "head": v.Head, "events": v.Events, "rows": v.Rows, "findings": findings,
	})
}

func (c *headCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{})
	if err != nil {
		return err
	}
	defer db.close()
	head, err := db.store.ChainHead(ctx)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return writeIndented(os.Stdout, head)
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return geo.Errorf(geo.Conflict, "cannot write %s: %v; a head is never written over", "无法写入 %s：%v；链头文件不可覆盖", c.Out, err)
	}
	return errors.Join(writeIndented(f, head), f.Sync(), f.Close())
}

// readHead reads a head that was exported; "" is none.
func readHead(path string) (*geo.ChainHead, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &geo.Error{Kind: geo.Invalid, En: "The chain head of --head cannot be read.", Zh: "无法读取 --head 指定的链头文件。", Err: err}
	}
	var head geo.ChainHead
	if err := json.Unmarshal(data, &head); err != nil || len(head.Hash) != 64 {
		return nil, geo.Errorf(geo.Invalid, "%s holds no chain head as 'tengdi head' writes it", "%s 不是 tengdi head 导出的链头", path)
	}
	return &head, nil
}

func writeIndented(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
