package listing

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"tengdi/geo"
)

// The table of examples is the one that web/app/test/format.test.ts reads: both
// sides of the site write a number alike.
func TestNumbersAreWrittenAsInTheBrowser(t *testing.T) {
	raw, err := os.ReadFile("testdata/numbers.json")
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Wan, M2, Yuan, Percent float64
		Day, Zh, En, Text      string
	}
	var table map[string][]row
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	write := map[string]func(Lang, row) string{
		"money": func(l Lang, r row) string { return l.Money(geo.FromWan(r.Wan)) },
		"perMu": func(l Lang, r row) string { return l.PerMu(r.Wan) },
		"land":  func(l Lang, r row) string { return l.Land(geo.SquareMetres(r.M2)) },
		"floor": func(l Lang, r row) string { return l.FloorPrice(r.Yuan) },
		"day": func(l Lang, r row) string {
			d, err := time.Parse(time.DateOnly, r.Day)
			if err != nil {
				t.Fatal(err)
			}
			return l.Day(geo.CivilDay(d))
		},
	}
	for kind, rows := range table {
		if len(rows) == 0 {
			t.Errorf("%s has no example", kind)
		}
		for _, r := range rows {
			if kind == "percent" {
				if got := Percent(r.Percent); got != r.Text {
					t.Errorf("%v percent is %q, want %q", r.Percent, got, r.Text)
				}
				continue
			}
			for lang, want := range map[Lang]string{Chinese: r.Zh, English: r.En} {
				if got := write[kind](lang, r); got != want {
					t.Errorf("%s %+v in %s is %q, want %q", kind, r, lang, got, want)
				}
			}
		}
	}
}

func TestTimeLeftIsWholeHours(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                           "已截止",
		-time.Hour:                  "已截止",
		59 * time.Minute:            "不足 1 小时",
		90 * time.Minute:            "1 小时",
		12*24*time.Hour + time.Hour: "12 天 1 小时",
	} {
		if got := Chinese.Left(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
