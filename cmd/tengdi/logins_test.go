package main

import (
	"fmt"
	"net/http"
	"testing"

	"tengdi/geo"
)

// TestDemoLogins: every role has an account on the demo that signs in and is
// tied to a post; the leader leads three areas, and the grid worker reads the
// households of the areas that it is assigned to, and of no other.
func TestDemoLogins(t *testing.T) {
	p := demoService(t)
	var list struct {
		Features []struct {
			Properties struct{ Login, Post string } `json:"properties"`
		} `json:"features"`
	}
	admin := signIn(t, p.url, "admin")
	for _, role := range geo.Roles() {
		signIn(t, p.url, string(role))
		getJSON(t, admin, fmt.Sprintf("%s/api/collections/persons/items?login=%s", p.url, role), &list)
		if len(list.Features) != 1 || list.Features[0].Properties.Post == "" {
			t.Errorf("%s is tied to %+v", role, list.Features)
		}
	}
	led := 0
	for item := range items(t, admin, p.url, "areas") {
		if item["leader"] == "区领导07" {
			led++
		}
	}
	if led != 3 {
		t.Errorf("区领导07 leads %d areas, want 3", led)
	}

	matched := func(c *http.Client, query string) int {
		t.Helper()
		var page struct {
			Matched int `json:"numberMatched"`
		}
		getJSON(t, c, p.url+"/api/collections/households/items?limit=1"+query, &page)
		return page.Matched
	}
	field := signIn(t, p.url, "field")
	own, areas := 0, 0
	for item := range items(t, admin, p.url, "areas") {
		code, _ := item["code"].(string)
		if n := matched(field, "&area="+code); n > 0 {
			own, areas = own+n, areas+1
			if all := matched(admin, "&area="+code); n != all {
				t.Errorf("of %s the grid worker reads %d households of %d", code, n, all)
			}
		}
	}
	if areas < 2 || areas > 6 || own != matched(field, "") {
		t.Errorf("the grid worker reads %d households of %d areas, %d in all", own, areas, matched(field, ""))
	}
	if n := matched(admin, ""); n != 27287 {
		t.Errorf("there are %d households", n)
	}
}
