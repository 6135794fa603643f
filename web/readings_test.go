package web

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"tengdi/geo"
)

// What is due and the audit log tell codes of households too: whoever is told
// them is noted as somebody who read them, and nothing is told that cannot be.
func TestReadingsBesidesTheFileAreNoted(t *testing.T) {
	s := newSite(t, village(), nil)
	s.assignField()
	s.exec(`update land.area set status = 'signing' where code = 'A01'`)
	s.exec(`insert into priv.record (entity_id, kind, no, on_day, due, data, by_login)
		select id, 'ticket', 9, '2020-01-01', '2020-01-02', '{"topic": "隐情"}', 'demo' from priv.household where code = 'XH1'`)
	worker := s.as(geo.RoleField)
	var work workAnswer
	worker.read("/api/work", &work)
	worker.read("/api/work", &work)
	mine := false
	for _, item := range work.Items {
		mine = mine || item.Collection == households && item.Code == "XH1" && item.Kind == "ticket"
		if strings.Contains(item.Title, "隐情") {
			t.Errorf("a title tells what a record of a household says: %+v", item)
		}
	}
	if !mine {
		t.Fatalf("nothing of a household is due: %+v", work.Items)
	}
	if n := s.count(`select count(*) from priv.access where login = 'field' and what = 'work' and code = 'XH1'`); n != 1 {
		t.Errorf("%d readings by way of what is due are noted", n)
	}
	if n := s.count(`select count(*) from priv.access where what = 'work' and code not like 'XH%'`); n != 0 {
		t.Errorf("%d readings of what is no household are noted", n)
	}

	at := "/api/households/XH1/records"
	if res, m := worker.write("POST", at, `{"kind":"visit","values":{"topic":"签约","outcome":"同意"}}`); res.StatusCode != 201 && res.StatusCode != 200 {
		t.Fatalf("a visit: %d %v", res.StatusCode, m)
	}
	auditor := s.as(geo.RoleSupervisor)
	var page auditPageAnswer
	auditor.read("/api/audit?entity=household", &page)
	auditor.read("/api/audit?entity=parcel", &page)
	if n := s.count(`select count(*) from priv.access where login = 'supervisor' and role = 'supervisor' and what = 'audit' and code = 'XH1'`); n != 1 {
		t.Errorf("%d readings by way of the log are noted", n)
	}
	s.exec(`alter table priv.access rename to away`)
	for _, v := range []struct {
		*visitor
		path string
	}{{worker, "/api/work"}, {auditor, "/api/audit?entity=household"}} {
		if res, body := v.get(v.path); res.StatusCode != 503 || bytes.Contains(body, []byte("XH1")) {
			t.Errorf("%s without a record of readings: %d %s", v.path, res.StatusCode, body)
		}
	}
}

// No log tells which household it was: not ours, whatever the address was, and
// not the database's, which would quote the row that a constraint refused.
func TestLogsNameNoHousehold(t *testing.T) {
	s := newSite(t, village(), nil)
	const canary = "XHCANARY7"
	conn := s.connect()
	defer conn.Close(t.Context())
	for i := range 2 {
		_, err := conn.Exec(t.Context(), `insert into priv.household (code, area_id, status, surveyed_on) select $1, id, 'surveyed', '2019-01-01' from land.area where code = 'A01'`, canary)
		if (err == nil) != (i == 0) {
			t.Fatalf("insert %d: %v", i, err)
		}
	}
	raw, err := os.ReadFile(s.logPath())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte("duplicate key value violates unique constraint \"household_code_key\"")) {
		t.Error("the refused row is not in the log of the database: the check would prove nothing")
	}
	if bytes.Contains(raw, []byte(canary)) {
		t.Error("the log of the database quotes a refused row")
	}
	v := s.as(geo.RolePlanner)
	for _, path := range []string{
		"/api/households/" + canary + "/history", "/api/collections/households/items/" + canary, "/api/households/" + canary + "/nothing",
		"/households/" + canary, "/staff/households/" + canary + "/file", "/api/HOUSEHOLDS/" + canary, "/api/%68ouseholds/" + canary + "/files",
	} {
		v.get(path)
		v.do("DELETE", path, nil)
	}
	if log := s.log.String(); strings.Contains(log, canary) || !strings.Contains(log, "path=/api/households/…") || !strings.Contains(log, "/api/parcels") && !strings.Contains(log, "path=/api/session") {
		at := max(strings.Index(log, canary)-300, 0)
		t.Errorf("the access log: %.600s", log[at:])
	}
}
