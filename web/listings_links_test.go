package web

import (
	"net/url"
	"strings"
	"testing"
)

// Every link of every kind of page leads somewhere, in both languages, also for a
// code that has a slash.
func TestLinksOfListingsLeadSomewhere(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	odd := "/listings/" + url.PathEscape("P03/甲")
	seen := map[string]bool{}
	for _, page := range []string{
		"/listings", "/listings?status=all", "/listings?q=nosuch", "/listings?status=all&q=nosuch&mu_from=1", "/listings/P01", "/listings/P02", odd,
		odd + "/sheet", odd + "/enquiry", "/listings/compare", "/listings/compare?codes=P01," + url.QueryEscape("P03/甲"), "/listings/XP4",
	} {
		for _, lang := range []string{"", "en", "zh-CN"} {
			at, err := url.Parse(s.http.URL + page)
			if err != nil {
				t.Fatal(err)
			}
			if q := at.Query(); lang != "" {
				q.Set("lang", lang)
				at.RawQuery = q.Encode()
			}
			path := at.RequestURI()
			page, body := v.get(path, "Accept", "text/html")
			links := 0
			for _, e := range parsePage(t, path, body) {
				href := e.attr["href"]
				if href == "" || e.name != "a" && e.attr["rel"] != "alternate" {
					continue
				}
				to, err := at.Parse(href)
				if err != nil {
					t.Errorf("%s has the link %q: %v", path, href, err)
					continue
				}
				links++
				if strings.Contains(to.RawQuery, "?") {
					t.Errorf("%s has the link %s with two queries", path, href)
				}
				if to.Host != at.Host {
					t.Errorf("%s leads to another site: %s", path, href)
				}
				if seen[to.RequestURI()] || strings.HasPrefix(to.Path, "/map") {
					continue
				}
				seen[to.RequestURI()] = true
				if res, body := v.get(to.RequestURI(), "Accept", "text/html"); res.StatusCode != 200 && !(page.StatusCode == 404 && to.Path == at.Path) {
					t.Errorf("%s has the link %s, which is %d: %.200s", path, href, res.StatusCode, body)
				}
			}
			if links < 3 {
				t.Errorf("%s has %d links", path, links)
			}
		}
	}
	for _, want := range []string{"/listings?lang=en&status=all", "/api/collections/parcels/items/" + url.PathEscape("P03/甲")} {
		if !seen[want] {
			t.Errorf("no page leads to %s", want)
		}
	}
}
