package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"tengdi/geo"
)

// The board tells what the summary tells, at a revision that it names; a write
// ends what is kept, and an unchanged answer is a 304.
func TestBoardFollowsTheSummary(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleLeader)
	var head headlineAnswer
	var sum summaryAnswer
	same := func(query string) {
		t.Helper()
		v.read("/api/board"+query, &head)
		v.read("/api/summary"+query, &sum)
		head.Now.AsOf, sum.AsOf = head.AsOf, head.AsOf
		if !reflect.DeepEqual(head.Now, sum) || head.Revision != sum.Revision {
			t.Errorf("%s: %+v\nis not %+v", query, head.Now, sum)
		}
	}
	for _, query := range []string{"", "?area=A01", "?board=%E7%8E%8B%E5%AE%B6%E6%B2%B3", "?street=430602005", "?status=demolishing", "?use_class=commercial", "?at=2018-06-30", "?leader=nobody&at=2018-06-30"} {
		same(query)
	}
	if sum.Areas.Total != 0 {
		t.Errorf("areas of nobody: %+v", sum.Areas)
	}
	res, _ := v.get("/api/board")
	tag := res.Header.Get("ETag")
	if res, _ := v.get("/api/board", "If-None-Match", tag); res.StatusCode != http.StatusNotModified || !strings.HasPrefix(tag, "W/") {
		t.Errorf("asked again with %s: %d", tag, res.StatusCode)
	}
	before := head
	v.read("/api/board", &before)
	s.exec(`update land.problem set status = 'closed', closed_on = '2019-01-01'`)
	v.read("/api/board", &head)
	if *head.Now.Problems != *before.Now.Problems {
		t.Error("the answer is not kept: the row was changed behind the log's back, and shows")
	}
	if res, m := s.as(geo.RolePlanner).write("POST", "/api/collections/projects/items", `{"values":{"name":"新项目"}}`); res.StatusCode != 201 {
		t.Fatalf("%d %v", res.StatusCode, m)
	}
	v.read("/api/board", &head)
	if head.Revision <= before.Revision || head.Now.Projects.Total != before.Now.Projects.Total+1 || head.Now.Problems.Closed != 1 {
		t.Errorf("after a write: %+v %+v", head.boardStamp, head.Now)
	}
	same("")
}

// What the types of an answer say is what is sent.
func TestBoardAnswersAreWhole(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleViewer)
	for path, into := range map[string]any{
		"/api/board": &headlineAnswer{}, "/api/board/areas": &boardAreasAnswer{}, "/api/board/series": &boardSeriesAnswer{}, "/api/board/groups": &boardGroupsAnswer{},
		"/api/board/problems": &boardProblemsAnswer{}, "/api/board/auctions": &boardAuctionsAnswer{}, "/api/board/pipeline": &boardPipelineAnswer{},
	} {
		_, body := v.get(path)
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			t.Errorf("%s: %v in %s", path, err, body)
		}
		again, err := json.Marshal(into)
		if err != nil || !bytes.Equal(again, body) {
			t.Errorf("%s: %s\nis read as %s, %v", path, body, again, err)
		}
		if bytes.Contains(body, []byte("XH")) {
			t.Errorf("%s names a household: %s", path, body)
		}
	}
	var areas boardAreasAnswer
	v.read("/api/board/areas", &areas)
	if len(areas.Areas) != 2 || areas.Areas[0].Code != "A02" || areas.Areas[0].Light != geo.Red || !strings.Contains(areas.Areas[0].Cause.Zh, "已超过清零期限") || !strings.Contains(areas.Areas[0].Cause.En, "1 household has not signed") {
		t.Errorf("%+v", areas.Areas)
	}
	var problems boardProblemsAnswer
	v.read("/api/board/problems", &problems)
	if p := problems.Problems; len(p) != 1 || p[0].DaysLate == nil || *p[0].DaysLate < 1000 || p[0].Light != geo.Red {
		t.Errorf("%+v", p)
	}
}

func TestBoardRefusesWhatItDoesNotKnow(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleLeader)
	for path, want := range map[string]string{
		"/api/board?area=A99": "404", "/api/board?at=2999-01-01": "400 at", "/api/board?at=": "400 at", "/api/board?area=": "400 area", "/api/board?leader=": "400 leader",
		"/api/board?status=sold": "400 status", "/api/board?use_class=x": "400 use_class", "/api/board?by=street": "400 by", "/api/board/groups?by=household": "400 by",
		"/api/board/series?plan=cubic": "400 plan", "/api/board/report.xlsx?period=year": "400 period", "/api/board/report.xlsx?on=2018-01-01&at=2018-01-01": "400 on",
		"/api/board/report.xlsx?on=tomorrow": "400 on", "/api/summary?street=": "400 street", "/api/summary?status=": "400 status",
	} {
		res, body := v.get(path)
		status, field, _ := strings.Cut(want, " ")
		if res.Status[:3] != status || field != "" && !bytes.Contains(body, []byte(`"field":"`+field+`"`)) {
			t.Errorf("%s: %d %s, want %s", path, res.StatusCode, body, want)
		}
	}
}

func TestReportIsABook(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.as(geo.RoleLeader)
	res, body := v.get("/api/board/report.xlsx?period=week&on=2018-06-30&lang=en")
	name := fmt.Sprintf("tengdi-week-20180630-r%d.xlsx", s.count(`select revision::int from land.revision`))
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != xlsxType || !bytes.HasPrefix(body, []byte("PK")) ||
		res.Header.Get("Content-Disposition") != `attachment; filename="`+name+`"` || res.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	_, again := v.get("/api/board/report.xlsx?period=week&at=2018-06-30&lang=en")
	_, zh := v.get("/api/board/report.xlsx?period=week&on=2018-06-30")
	if !bytes.Equal(body, again) || bytes.Equal(body, zh) {
		t.Error("a report is of its day and its language, and of nothing else")
	}
}
