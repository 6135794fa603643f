package web

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"

	"tengdi/geo"
)

// hostileText is what a cell of a table may hold and no page may take for its own.
const hostileText = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}'&]]>` + "\u202e"

// Every text that is published is shown as text, wherever it stands.
func TestListingsShowHostileTextAsText(t *testing.T) {
	d := village()
	for i := range d.Parcels {
		d.Parcels[i].Name, d.Parcels[i].Address, d.Parcels[i].Street = "N"+hostileText, "A"+hostileText, "S"+hostileText
	}
	for i := range d.Rounds {
		d.Rounds[i].NoticeNo, d.Rounds[i].Buyer = "R"+hostileText+string(rune('0'+i)), "B"+hostileText
	}
	d.Areas[0].Name = "P" + hostileText
	d.District.Name, d.District.ApprovalNo = "D"+hostileText, "审"+hostileText
	for i := range d.References {
		d.References[i].Name = "W" + hostileText
	}
	s := newSite(t, d, nil)
	v := s.visitor()
	q := url.QueryEscape(hostileText)
	for _, path := range []string{"/listings?status=all", "/listings?status=all&q=" + q, "/listings?area=" + q[:40], "/listings/P01", "/listings/P01/sheet", "/listings/P01/enquiry", "/listings/compare?codes=P01,P02," + q} {
		res, body := v.get(path, "Accept", "text/html")
		page := parsePage(t, path, body)
		for _, e := range page {
			if e.name == "img" || e.name == "script" && e.attr["type"] != "application/ld+json" && e.attr["src"] == "" {
				t.Errorf("%s (%d) has <%s> of its own making", path, res.StatusCode, e.name)
			}
			for name := range e.attr {
				if strings.HasPrefix(name, "on") || name == "style" {
					t.Errorf("%s has the attribute %s", path, name)
				}
			}
			if e.name == "script" && e.attr["type"] == "application/ld+json" && !json.Valid([]byte(e.text)) {
				t.Errorf("%s: its structured data is no JSON: %.200s", path, e.text)
			}
		}
		if policy := res.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self'") {
			t.Errorf("%s has the policy %q", path, policy)
		}
	}
	if page := v.page(t, "/listings/P01", 200); !hasText(page, "N"+hostileText[:40]) {
		t.Error("the name is not shown as it is")
	}
}

func TestFeedsCanBeRead(t *testing.T) {
	d := village()
	d.Parcels[1].Name = "逗号,分号;反斜\\杠 & <尖> " + strings.Repeat("很长的名称", 30)
	s := newSite(t, d, nil)
	v := s.visitor()

	var atom struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID    string `xml:"id"`
			Title string `xml:"title"`
			Link  struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	_, body := v.get("/feeds/listings.atom")
	if err := xml.Unmarshal(body, &atom); err != nil || atom.ID == "" || atom.Updated == "" || len(atom.Entries) != 3 {
		t.Fatalf("atom: %v %+v", err, atom)
	}
	if !strings.HasPrefix(atom.Entries[0].Link.Href, s.http.URL+"/listings/") {
		t.Errorf("atom leads to %s", atom.Entries[0].Link.Href)
	}

	var feed struct {
		Version string
		Items   []struct {
			ID, URL, Title string
			Tengdi         struct {
				Code string
				Mu   float64
			} `json:"_tengdi"`
		}
	}
	v.read("/feeds/listings.json?use_class=residential&mu_from=10", &feed)
	if feed.Version != "https://jsonfeed.org/version/1.1" || len(feed.Items) != 1 || feed.Items[0].Tengdi.Code != "P02" {
		t.Errorf("json: %+v", feed)
	}

	_, body = v.get("/feeds/auctions.ics")
	text := string(body)
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the calendar has a line of %d octets: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "TZID:Asia/Shanghai\r\n", "TZOFFSETTO:+0800\r\n", "DTSTART;TZID=Asia/Shanghai:20190401T000000\r\n", "DTSTART;TZID=Asia/Shanghai:20190415T235900\r\n", `逗号\,分号\;反斜\\杠`, "END:VCALENDAR\r\n"} {
		if !strings.Contains(unfolded, want) {
			t.Errorf("the calendar has no %q", want)
		}
	}
	if n := strings.Count(text, "UID:"); n != 2 || strings.Count(text, "DTSTAMP:") != n || strings.Count(text, "BEGIN:VEVENT") != n {
		t.Errorf("%d events have a UID", n)
	}
}

// An enquiry becomes a lead that staff see and nobody else.
func TestEnquiryBecomesALead(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{EnquiriesPerHour: 3} })
	v := s.visitor()
	post := func(path string, form url.Values, headers ...string) int {
		res, _ := v.do("POST", path, strings.NewReader(form.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
		return res.StatusCode
	}
	good := url.Values{"company": {"某公司"}, "person": {"张三"}, "phone": {"0730-8880000"}, "amount": {"12,000"}, "message": {"想看地"}}
	with := func(name, value string) url.Values {
		out := url.Values{}
		for k, x := range good {
			out[k] = x
		}
		out.Set(name, value)
		return out
	}
	before := s.count(`select revision::int from pub.revision`)
	for name, form := range map[string]url.Values{
		"no company": with("company", " "), "a long name": with("person", strings.Repeat("长", 61)), "no telephone": with("phone", "call me"),
		"no number": with("amount", "viel"), "a long message": with("message", strings.Repeat("长", 1001)), "another field": with("role", "admin"), "control characters": with("company", "a\x00b"),
	} {
		if got := post("/listings/P02/enquiry", form); got != 400 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := post("/listings/XP4/enquiry", good); got != 404 {
		t.Errorf("a hidden parcel: %d", got)
	}
	if got := post("/listings/P02/enquiry", good, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"); got != 403 {
		t.Errorf("from another site: %d", got)
	}
	if got := post("/listings/P02/enquiry", with("message", strings.Repeat("x", 30_000))); got != 413 {
		t.Errorf("a large form: %d", got)
	}
	if n := s.count(`select count(*)::int from land.project where status = 'lead'`); n != 1 {
		t.Fatalf("%d leads, one was there before", n)
	}
	if got := post("/listings/P02/enquiry", with("website", "http://spam.example")); got != 200 { // the redirect was followed
		t.Errorf("a robot: %d", got)
	}
	if n := s.count(`select count(*)::int from land.project where status = 'lead'`); n != 1 {
		t.Error("what filled the hidden field was taken for an enquiry")
	}
	if got := post("/listings/P02/enquiry", good); got != 200 {
		t.Fatalf("an enquiry: %d", got)
	}
	n := s.count(`select count(*)::int from land.project p join land.record r on r.entity = 'project' and r.entity_id = p.id
		where p.status = 'lead' and p.investor = '某公司' and p.amount_fen = 12000::bigint * 1000000 and r.kind = 'contact' and r.data::text like '%张三%0730-8880000%想看地%'`)
	if n != 1 {
		t.Errorf("%d leads with the contact", n)
	}
	if n := s.count(`select count(*)::int from land.event where actor = 'system' and verb = 'created' and entity = 'project'`); n != 1 {
		t.Errorf("%d events of the system", n)
	}
	if after := s.count(`select revision::int from pub.revision`); after != before {
		t.Error("the public's revision tells of an enquiry")
	}
	post("/listings/P02/enquiry", good)
	post("/listings/P02/enquiry", good)
	if got := post("/listings/P02/enquiry", good); got != 429 {
		t.Errorf("one too many: %d", got)
	}
	if hits, err := s.store.Search(t.Context(), geo.Public, "某公司", 10); err != nil || len(hits) > 0 {
		t.Errorf("the public finds %v, %v", hits, err)
	}
}
