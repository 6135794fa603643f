package postgis

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Whoever changes a value past the program that an event tells of is found out,
// on a demo and on what people wrote; the rows of both agree before. What the
// chronicle of a demo does not tell (reserve prices, land use, the five checks of
// clean land) is compared once a move tells it.
func TestVerifyFindsDoctoredValues(t *testing.T) {
	t.Parallel()
	s, d := demoStore(t)
	signed := d.Households[0].Code
	visit := noted(t, s, geo.RoleAdmin, "households", signed, "visit", "topic", "补偿", "outcome", "有顾虑")
	no := visit.Data["no"]
	if _, err := s.EditRecord(t.Context(), admin(), geo.RecordEdit{
		Collection: "households", Code: signed, Kind: "visit", No: no.(int), Values: map[string]string{"outcome": "同意"}, Reason: "笔误",
	}); err != nil {
		t.Fatal(err)
	}
	folder, _ := papers(t)
	if _, err := s.Attach(t.Context(), admin(), "areas", d.Areas[0].Code, put(t, folder, "plan", "方案.pdf", "%PDF-1.7 甲")); err != nil {
		t.Fatal(err)
	}
	for login, role := range map[string]geo.Role{"first": geo.RoleAdmin, "reader": geo.RoleViewer, "closed": geo.RoleField} {
		mustAdd(t, s, login, role)
	}
	closed := mustUser(t, s, "closed")
	closed.Disabled = true
	if err := s.SetUser(t.Context(), admin(), closed); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Correct(t.Context(), admin(), geo.Edit{Collection: "boards", Code: d.Boards[0].Code, Values: map[string]string{"theme": "新主题"}, Reason: "改"}); err != nil {
		t.Fatal(err)
	}

	begun := time.Now()
	agreed(t, s, nil)
	t.Logf("verified in %s", time.Since(begun))

	conn := connect(t, s)
	cases := []struct{ name, sql, words string }{
		{"an amount", `update priv.household set amount_fen = amount_fen + 1 where id = (select min(id) from priv.household where signed_on is not null)`, "amount_wan"},
		{"a mode", `update priv.household set mode = '' where id = (select min(id) from priv.household where signed_on is not null)`, "mode"},
		{"a day of signing", `update priv.household set signed_on = signed_on - 1 where id = (select min(id) from priv.household where signed_on is not null)`, "signed_on"},
		{"a day of moving", `update priv.household set vacated_on = vacated_on + 1 where id = (select min(id) from priv.household where vacated_on is not null)`, "vacated_on"},
		{"deadlines", `update land.problem set due = due + interval '1 year' where id in (select id from land.problem where status <> 'closed' order by id limit 3)`, "due"},
		{"a measure", `update land.problem set measure = 'x' where id = (select min(id) from land.problem where status = 'closed')`, "measure"},
		{"a day of closing", `update land.problem set closed_on = closed_on - 1 where id = (select min(id) from land.problem where status = 'closed')`, "closed_on"},
		{"a visit", `update priv.record set data = data || '{"outcome": "未遇"}' where id = (select max(id) from priv.record)`, "outcome"},
		{"a visit's words more", `update priv.record set data = data || '{"note": "x"}' where id = (select max(id) from priv.record)`, "note"},
		{"a visit's words less", `update priv.record set data = data - 'topic' where id = (select max(id) from priv.record)`, "topic"},
		{"a visit's day", `update priv.record set on_day = on_day - 1 where id = (select max(id) from priv.record)`, "note, on,"},
		{"a visitor", `update priv.record set by_login = 'x' where id = (select max(id) from priv.record)`, "by_login"},
		{"start prices", `update land.round set start_fen = start_fen + 1 where id = (select min(id) from land.round where outcome = 'sold')`, "start_wan"},
		{"a deal", `update land.round set deal_fen = deal_fen + 1 where id = (select min(id) from land.round where outcome = 'sold')`, "deal_wan"},
		{"a buyer", `update land.round set buyer = 'x' where id = (select min(id) from land.round where outcome = 'sold')`, "buyer"},
		{"a contract", `update land.round set contract_no = 'x' where id = (select min(id) from land.round where contract_no <> '')`, "contract_no"},
		{"an earlier round", `update land.round set outcome = 'voided' where id = (select min(id) from land.round where outcome = 'failed')`, "outcome"},
		{"a building's law", `update land.building set legal = 'expired' where id = (select min(id) from land.building where legal = 'legal')`, "legal"},
		{"a demolition", `update land.building set demolished_on = demolished_on + 1 where id = (select min(id) from land.building where demolished_on is not null)`, "demolished_on"},
		{"a decision", `update land.area set decision_no = 'x' where id = (select min(id) from land.area where decided_on is not null)`, "decision_no"},
		{"a day of decision", `update land.area set decided_on = decided_on + 1 where id = (select min(id) from land.area where decided_on is not null)`, "decided_on"},
		{"a ratio", `update land.area set min_ratio = 0.1 where id = (select min(id) from land.area where sign_from is not null)`, "min_ratio"},
		{"investments", `update land.project set amount_fen = amount_fen + 1 where id in (select id from land.project where amount_fen > 0 order by id limit 5)`, "amount_wan"},
		{"a board", `update land.board set theme = 'x' where theme = '新主题'`, "theme"},
		{"a role", `update auth.user set role = 'admin' where login = 'reader'`, "role"},
		{"an open account", `update auth.user set disabled = false where login = 'closed'`, "disabled"},
		{"an account too many", `insert into auth.user (login, name, role, hash) values ('ghost', '', 'admin', '')`, "who opened"},
		{"an account gone", `delete from auth.user where login = 'first'`, "no more"},
		{"the papers gone", `delete from priv.file`, "papers"},
		{"a paper too many", `insert into priv.file (token, entity, entity_id, name, media_type, bytes, sha256, by_login) values ('x', 'area', 1, 'x', 'text/plain', 1, repeat('ab', 32), 'x')`, "papers"},
		{"a paper struck out", `update priv.file set struck_at = now()`, "struck out"},
	}
	tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // nothing is to be kept
	for _, c := range cases {
		if tag, err := tx.Exec(t.Context(), c.sql); err != nil || tag.RowsAffected() == 0 {
			t.Fatalf("%s: nothing was doctored: %v", c.name, err)
		}
	}
	p := &proof{tx: tx, count: map[string]int{}}
	if err := p.rows(t.Context()); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range p.verdict.Findings {
		if f.Check == rowCheck && f.Zh != "" {
			found = append(found, f.En)
		}
	}
	all := strings.Join(found, "\n")
	for _, c := range cases {
		if !strings.Contains(all, c.words) {
			t.Errorf("%s: %q was not found", c.name, c.words)
		}
	}
	if t.Failed() || len(found) >= toldFindings {
		t.Log(all)
	}
}

// A head that was exported shows that readings of households' files were taken
// out since.
func TestVerifyFindsDeletedReadings(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	conn := connect(t, s)
	const read = `insert into priv.access (login, role, code, what) select 'x', 'field', 'H01', 'file' from generate_series(1, 3)`
	if _, err := conn.Exec(t.Context(), read); err != nil {
		t.Fatal(err)
	}
	head, err := s.ChainHead(t.Context())
	if err != nil || head.Accesses != 3 || head.LastAccess == 0 {
		t.Fatalf("%+v, %v", head, err)
	}
	if _, err := conn.Exec(t.Context(), read); err != nil {
		t.Fatal(err)
	}
	agreed(t, s, &head)
	if _, err := conn.Exec(t.Context(), `delete from priv.access where id = $1`, head.LastAccess-1); err != nil {
		t.Fatal(err)
	}
	v, err := s.Verify(t.Context(), &head)
	if err != nil || len(v.Findings) != 1 || v.Findings[0].Check != headCheck || !strings.Contains(v.Findings[0].En, "readings") {
		t.Errorf("%+v, %v", v.Findings, err)
	}
}
