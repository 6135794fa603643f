package listing

import (
	"strings"
	"testing"
	"time"
)

// A saved search is called what it asks for, in words, not by its address.
func TestFeedsAreNamedInWords(t *testing.T) {
	t.Parallel()
	from, to := 20.0, 50.0
	all := []Parcel{announcedBy("listing")}
	for _, c := range []struct {
		f      Filter
		zh, en string
	}{
		{Filter{}, "腾地 · 土地出让", "腾地 · Land for sale"},
		{
			Filter{Status: AllSold, UseClass: "residential", Area: "A1", MuFrom: &from, MuTo: &to, Sort: BySize, View: "map", Page: 2},
			"腾地 · 土地出让 · 已成交 · 用途：居住 · 片区：East · 面积（亩）：20–50", "腾地 · Land for sale · Sold · Use: Housing · Area: East · Size (mu): 20–50",
		},
		{Filter{Status: "listed", Text: "<b>&amp;"}, "腾地 · 土地出让 · 挂牌 · 名称、编号或坐落：<b>&amp;", "腾地 · Land for sale · Listed · Name, code or address: <b>&amp;"},
	} {
		for _, lang := range []Lang{Chinese, English} {
			s := Site{Lang: lang, Name: "腾地", Zone: time.UTC}
			if got, err := s.feedTitle(c.f, all); err != nil || got != lang.Pick(c.zh, c.en) {
				t.Errorf("%+v is called %q: %v", c.f, got, err)
			}
		}
	}
}

// The two events of a round are called its beginning and its end, as its mode calls it.
func TestCalendarNamesItsEvents(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string][4]string{
		"listing": {"挂牌开始：Plot 1", "挂牌截止：Plot 1", "Listing begins: Plot 1", "Listing ends: Plot 1"},
		"auction": {"拍卖开始：Plot 1", "拍卖截止：Plot 1", "Auction begins: Plot 1", "Auction ends: Plot 1"},
		"tender":  {"投标开始：Plot 1", "投标截止：Plot 1", "Tender begins: Plot 1", "Tender ends: Plot 1"},
	} {
		for i, lang := range []Lang{Chinese, English} {
			text, err := Calendar(Site{Lang: lang, Name: "Tengdi", Zone: time.UTC}, []Parcel{announcedBy(mode)}, Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range want[2*i : 2*i+2] {
				if !strings.Contains(string(text), "SUMMARY:"+name+"\r\n") {
					t.Errorf("%s: there is no %q in %s", mode, name, text)
				}
			}
		}
	}
}
