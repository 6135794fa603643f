package listing

import (
	"net/url"
	"strings"
)

// MaxCompared is how many parcels stand side by side at most.
const MaxCompared = 4

// ComparePicks are the parameters by which a form without scripts names parcels,
// one each.
func ComparePicks() []string { return []string{"a", "b", "c", "d"} }

// Compared reads the codes that a comparison asks for: codes=a,b,c,d and the picks
// of the form; each once, at most four and one to see that there were more.
func Compared(q url.Values) []string {
	var out []string
	add := func(code string) {
		if code = strings.TrimSpace(code); code == "" || len(out) > MaxCompared {
			return
		}
		for _, have := range out {
			if have == code {
				return
			}
		}
		out = append(out, code)
	}
	for code := range strings.SplitSeq(q.Get("codes"), ",") {
		add(code)
	}
	for _, name := range ComparePicks() {
		add(q.Get(name))
	}
	return out
}

// compareRow is one fact of all parcels.
type compareRow struct {
	Label  string
	Values []string
	Best   int // of the values; -1 = none
}

// comparePage is the comparison.
type comparePage struct {
	Site
	Head  head
	Cards []card
	Rows  []compareRow
	Gone  []string
	All   []Parcel
	Picks []string
	Few   bool
}

// ComparePage writes the comparison of the parcels; gone are codes that were asked
// for and are not published, all is what can be chosen.
func ComparePage(s Site, chosen []Parcel, gone []string, all []Parcel) ([]byte, error) {
	title, err := s.T("compare_title")
	if err != nil {
		return nil, err
	}
	lead, err := s.T("compare_lead")
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, p := range chosen {
		codes = append(codes, p.Code)
	}
	page := comparePage{Site: s, Gone: gone, Picks: codes, Few: len(chosen) < 2 && len(chosen)+len(gone) > 0}
	q := url.Values{}
	if len(codes) > 0 {
		q.Set("codes", strings.Join(codes, ","))
	}
	page.Head = head{Title: title, Description: lead, Path: "/listings/compare", Query: q, Kind: "website"}
	page.All = append(page.All, (Filter{Status: Whole}).Select(all)...)
	for len(page.Picks) < MaxCompared {
		page.Picks = append(page.Picks, "")
	}
	for _, p := range chosen {
		page.Cards = append(page.Cards, s.card(p))
	}
	if page.Rows, err = s.compared(chosen); err != nil {
		return nil, err
	}
	return render("compare.html", page)
}

// compared lays the facts side by side. Of prices the lowest is marked.
func (s Site) compared(chosen []Parcel) ([]compareRow, error) {
	number := func(v float64, write func(float64) string) string {
		if v <= 0 {
			return "–"
		}
		return write(v)
	}
	text := func(v string) string {
		if v == "" {
			return "–"
		}
		return v
	}
	facts := []struct {
		key   string
		value func(Parcel) string
		order func(Parcel) float64 // the lowest above 0 is best; nil = none is
	}{
		{"status", func(p Parcel) string { return s.StateName(p.Status) }, nil},
		{"use", func(p Parcel) string { return s.UseName(p.UseClass) }, nil},
		{"area", func(p Parcel) string { return text(p.AreaName) }, nil},
		{"size_of", func(p Parcel) string { return s.Land(p.Size) }, nil},
		{"start", func(p Parcel) string { return number(p.Start.Wan(), func(float64) string { return s.Money(p.Start) }) }, nil},
		{"deal", func(p Parcel) string { return number(p.Deal.Wan(), func(float64) string { return s.Money(p.Deal) }) }, nil},
		{"per_mu", func(p Parcel) string { return number(p.PricePerMu(), s.PerMu) }, Parcel.PricePerMu},
		{"floor", func(p Parcel) string { return number(p.FloorPrice(), s.FloorPrice) }, Parcel.FloorPrice},
		{"premium", func(p Parcel) string { return text(s.PremiumOf(p)) }, nil},
		{"deposit", func(p Parcel) string {
			return number(p.Deposit.Wan(), func(float64) string { return s.Money(p.Deposit) })
		}, nil},
		{"far", func(p Parcel) string { return text(p.FAR) }, nil},
		{"density", func(p Parcel) string { return text(p.Density) }, nil},
		{"green", func(p Parcel) string { return text(p.Green) }, nil},
		{"height", func(p Parcel) string { return text(p.Height) }, nil},
		{"years", func(p Parcel) string {
			if p.Years == 0 {
				return "–"
			}
			return Count(p.Years)
		}, nil},
		{stepOf(chosen, "list_from"), func(p Parcel) string { return text(s.Day(p.ListFrom)) }, nil},
		{stepOf(chosen, "list_to"), func(p Parcel) string { return text(s.Day(p.ListTo)) }, nil},
	}
	near := make([][]Near, len(chosen))
	for i, p := range chosen {
		near[i] = Nearest(p, s.References, s.Lang)
	}
	var out []compareRow
	for _, f := range facts {
		label, err := s.T(f.key)
		if err != nil {
			return nil, err
		}
		row := compareRow{Label: label, Best: -1}
		for i, p := range chosen {
			row.Values = append(row.Values, f.value(p))
			if f.order == nil || f.order(p) <= 0 {
				continue
			}
			if row.Best < 0 || f.order(p) < f.order(chosen[row.Best]) {
				row.Best = i
			}
		}
		out = append(out, row)
	}
	for _, k := range nearKinds() {
		label, err := s.T(k.word)
		if err != nil {
			return nil, err
		}
		row := compareRow{Label: label, Best: -1}
		known := false
		for i := range chosen {
			v := "–"
			for _, n := range near[i] {
				if n.Kind == k.word {
					v, known = n.Name+" "+s.Distance(n.Metres), true
				}
			}
			row.Values = append(row.Values, v)
		}
		if known {
			out = append(out, row)
		}
	}
	return out, nil
}

// PickName is the parameter of the form's n-th choice.
func (comparePage) PickName(n int) string { return ComparePicks()[n] }

// stepOf is the word for a step of the sale that all parcels have alike; where
// their modes differ it is that of a listing.
func stepOf(chosen []Parcel, key string) string {
	if len(chosen) == 0 {
		return key
	}
	word := chosen[0].Word(key)
	for _, p := range chosen {
		if p.Word(key) != word {
			return key
		}
	}
	return word
}
