package listing

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

// A parcel in each mode of sale, on a day on which its notice is out.
func announcedBy(mode string) Parcel {
	day := geo.CivilDay(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	return Parcel{
		Code: "P1", Name: "Plot 1", AreaName: "East", Area: "A1", Status: "announced", UseClass: "residential", Mode: mode,
		Size: geo.FromMu(30), Start: geo.FromWan(9000), NoticeOn: day, ListFrom: day + 20, ListTo: day + 31,
	}
}

func pageOf(t *testing.T, lang Lang, p Parcel) string {
	t.Helper()
	at := time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC)
	s := Site{Lang: lang, Name: "Tengdi", Zone: time.UTC, Now: at}
	one, err := ParcelPage(s, p, Details{Rounds: []geo.Round{{No: 1, NoticeNo: "G1", Mode: p.Mode, Start: p.Start}}})
	if err != nil {
		t.Fatal(err)
	}
	list, err := ListPage(s, []Parcel{p}, Filter{Status: Whole, Page: 1})
	if err != nil {
		t.Fatal(err)
	}
	side, err := ComparePage(s, []Parcel{p, p}, nil, []Parcel{p})
	if err != nil {
		t.Fatal(err)
	}
	return string(one) + string(list) + string(side) + s.summary(p)
}

// What is sold by auction or tender is told so on every page, not as a listing.
func TestStepsAreCalledAsTheModeCallsThem(t *testing.T) {
	t.Parallel()
	words := map[string][2]string{"listing": {"挂牌开始", "Listing from"}, "auction": {"拍卖开始", "Auction from"}, "tender": {"投标开始", "Tender from"}}
	for mode := range words {
		for _, lang := range []Lang{Chinese, English} {
			text := pageOf(t, lang, announcedBy(mode))
			for other, said := range words {
				if has := strings.Contains(text, lang.Pick(said[0], said[1])); has != (mode == other) {
					t.Errorf("%s, %s: says %q: %t", mode, lang, lang.Pick(said[0], said[1]), has)
				}
			}
			listed := regexp.MustCompile(`距挂牌|挂牌(开始|截止)|开始挂牌|Listing (begins|to)|listing has`)
			if mode != "listing" && listed.MatchString(text) {
				t.Errorf("%s, %s: is told as a listing", mode, lang)
			}
		}
		over := announcedBy(mode)
		over.Status = "listed"
		for _, key := range []string{over.Why(over.ListTo.End(time.UTC), time.UTC), over.Word("list_to"), over.Word("until_listing"), over.Word("why_announced")} {
			if _, err := Chinese.word(key); err != nil {
				t.Error(err)
			}
		}
	}
}

// A parcel that is sold is not told why it cannot be bid for: its badge says it.
func TestASoldParcelIsNotExcused(t *testing.T) {
	t.Parallel()
	p := announcedBy("listing")
	if text := pageOf(t, Chinese, p); !strings.Contains(text, "为何不能竞买") {
		t.Error("an announced parcel does not say why it cannot be bid for")
	}
	p.Status, p.Deal = "sold", geo.FromWan(9900)
	if text := pageOf(t, Chinese, p); strings.Contains(text, "为何不能竞买") {
		t.Error("a sold parcel says why it cannot be bid for")
	}
}

// English pages have the punctuation of English.
func TestEnglishPagesHaveEnglishPunctuation(t *testing.T) {
	t.Parallel()
	if wide := regexp.MustCompile(`.{0,20}[（）：，、。；].{0,20}`).FindString(pageOf(t, English, announcedBy("auction"))); wide != "" {
		t.Errorf("an English page says %q", wide)
	}
}
