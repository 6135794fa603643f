package listing

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// Choice is one value of a filter with how many parcels it would leave, the other
// filters as they are.
type Choice struct {
	Value, Label string
	N            int
	On           bool
	Href         string
}

// Chip is a filter that holds, with the address without it.
type Chip struct{ Label, Href string }

// card is a parcel in the list.
type card struct {
	Parcel
	Sketch   Sketch
	WhyWord  string
	Due      string // how long it is still, by the server's clock
	DueAt    string // RFC 3339, for the browser to count on
	DueWord  string
	Selected bool
}

func (s Site) card(p Parcel) card {
	c := card{Parcel: p, Sketch: sketchOf(p.Shape), WhyWord: p.Why(s.Now, s.Zone)}
	if at, word, ok := p.Deadline(s.Now, s.Zone); ok {
		c.Due, c.DueAt, c.DueWord = s.Lang.Left(at.Sub(s.Now)), at.UTC().Format(time.RFC3339), word
	}
	return c
}

// listPage is the page of listings.
type listPage struct {
	Site
	Head     head
	Filter   Filter
	Query    url.Values
	Groups   []Choice
	Uses     []Choice
	Areas    []Choice
	Sorts    []Choice
	Chips    []Chip
	Cards    []card
	Total    int
	Pages    int
	Previous string
	Next     string
	Chart    *Chart
	Size     geo.SquareMetres
}

// ListPage writes the page of listings for a search.
func ListPage(s Site, all []Parcel, f Filter) ([]byte, error) {
	found := f.Select(all)
	p := listPage{Site: s, Filter: f, Query: f.Query(), Total: len(found), Pages: max(1, (len(found)+PageSize-1)/PageSize)}
	f.Page = min(f.Page, p.Pages)
	p.Filter.Page = f.Page
	for _, one := range found[(f.Page-1)*PageSize : min(len(found), f.Page*PageSize)] {
		p.Cards = append(p.Cards, s.card(one))
	}
	if f.Page > 1 {
		p.Previous = s.list(f, func(f *Filter) { f.Page-- })
	}
	if f.Page < p.Pages {
		p.Next = s.list(f, func(f *Filter) { f.Page++ })
	}
	if f.Status == AllSold {
		p.Chart = chartOf(found)
	}
	if err := p.choices(all); err != nil {
		return nil, err
	}
	title, err := s.T("title")
	if err != nil {
		return nil, err
	}
	lead, err := s.T("lead")
	if err != nil {
		return nil, err
	}
	search := cloned(p.Query)
	for _, name := range []string{"page", "sort", "view"} {
		search.Del(name)
	}
	p.Head = head{Title: title, Description: lead, Path: "/listings", Query: p.Query, Kind: "website", Feeds: search, Data: listData(s, p.Cards)}
	if len(p.Cards) > 0 {
		p.Head.Picture = s.picturePath(p.Cards[0].Code)
	}
	return render("list.html", p)
}

// list is the address of a search that differs from this one; a new search begins
// on its first page.
func (s Site) list(f Filter, change func(*Filter)) string {
	before := f.Page
	change(&f)
	if f.Page == before {
		f.Page = 1
	}
	return s.Link("/listings", f.Query())
}

// choices counts what each value of a filter would leave.
func (p *listPage) choices(all []Parcel) error {
	f := p.Filter
	count := func(change func(*Filter)) int {
		g := f
		change(&g)
		n := 0
		for _, one := range all {
			if g.Matches(one) {
				n++
			}
		}
		return n
	}
	choice := func(value, label string, on bool, change func(*Filter)) Choice {
		return Choice{value, label, count(change), on, p.list(f, change)}
	}
	for _, g := range []string{OnOffer, AllSold, Aside, Whole} {
		label, err := p.T(g)
		if err != nil {
			return err
		}
		p.Groups = append(p.Groups, choice(g, label, f.Status == g || f.Status == "" && g == OnOffer, func(f *Filter) { f.Status = g }))
	}
	anyUse, err := p.T("any")
	if err != nil {
		return err
	}
	p.Uses = append(p.Uses, choice("", anyUse, f.UseClass == "", func(f *Filter) { f.UseClass = "" }))
	for _, u := range geo.UseClasses() {
		c := choice(u.Code, p.UseName(u.Code), f.UseClass == u.Code, func(f *Filter) { f.UseClass = u.Code })
		if c.N > 0 || c.On {
			p.Uses = append(p.Uses, c)
		}
	}
	p.Areas = append(p.Areas, choice("", anyUse, f.Area == "", func(f *Filter) { f.Area = "" }))
	for _, a := range areasOf(all) {
		c := choice(a.Value, a.Label, f.Area == a.Value, func(f *Filter) { f.Area = a.Value })
		if c.N > 0 || c.On {
			p.Areas = append(p.Areas, c)
		}
	}
	for _, key := range []string{ByDeadline, BySize, ByPrice} {
		label, err := p.T(key)
		if err != nil {
			return err
		}
		p.Sorts = append(p.Sorts, Choice{key, label, 0, f.Sort == key || f.Sort == "" && key == ByDeadline, p.list(f, func(f *Filter) { f.Sort = key })})
	}
	return p.chips(all)
}

// areasOf lists the areas that have published parcels, in order of code.
func areasOf(all []Parcel) []Choice {
	var out []Choice
	seen := map[string]bool{}
	for _, p := range all { // in order of code already, but areas are not
		if p.Area != "" && !seen[p.Area] {
			seen[p.Area] = true
			out = append(out, Choice{Value: p.Area, Label: p.AreaName})
		}
	}
	slices.SortFunc(out, func(a, b Choice) int { return strings.Compare(a.Value, b.Value) })
	return out
}

// chips lists the filters that hold beside the state, each with the way out.
func (p *listPage) chips(all []Parcel) error {
	held, err := p.held(p.Filter, all)
	if err != nil {
		return err
	}
	for _, h := range held {
		p.Chips = append(p.Chips, Chip{h.text, p.list(p.Filter, h.off)})
	}
	return nil
}

// held is a filter that holds, in words, and what takes it off.
type held struct {
	text string
	off  func(*Filter)
}

// held tells the filters that hold beside the state in words; names of areas are those
// of the parcels.
func (s Site) held(f Filter, all []Parcel) ([]held, error) {
	area := f.Area
	for _, a := range areasOf(all) {
		if a.Value == f.Area && a.Label != "" {
			area = a.Label
		}
	}
	use := f.UseClass
	if use != "" {
		use = s.UseName(use)
	}
	var out []held
	for _, c := range []struct {
		key, value string
		off        func(*Filter)
	}{
		{"use", use, func(f *Filter) { f.UseClass = "" }},
		{"area", area, func(f *Filter) { f.Area = "" }},
		{"board", f.Board, func(f *Filter) { f.Board = "" }},
		{"street", f.Street, func(f *Filter) { f.Street = "" }},
		{"text", f.Text, func(f *Filter) { f.Text = "" }},
		{"mu_range", span(f.MuFrom, f.MuTo), func(f *Filter) { f.MuFrom, f.MuTo = nil, nil }},
		{"price_range", span(f.PriceFrom, f.PriceTo), func(f *Filter) { f.PriceFrom, f.PriceTo = nil, nil }},
		{"far_range", span(f.FARFrom, f.FARTo), func(f *Filter) { f.FARFrom, f.FARTo = nil, nil }},
	} {
		if c.value == "" {
			continue
		}
		label, err := s.T(c.key)
		if err != nil {
			return nil, err
		}
		out = append(out, held{label + s.Lang.Pick("：", ": ") + c.value, c.off})
	}
	return out, nil
}

// span writes two ends: 10–50, ≥ 10, ≤ 50.
func span(from, to *float64) string {
	switch {
	case from != nil && to != nil:
		return Plain(*from) + "–" + Plain(*to)
	case from != nil:
		return "≥ " + Plain(*from)
	case to != nil:
		return "≤ " + Plain(*to)
	}
	return ""
}

// Number is what a number field of the form shows.
func (p listPage) Number(name string) string { return p.Query.Get(name) }

// Hidden are the filters without a field of their own that the form carries on.
func (p listPage) Hidden() []string {
	var out []string
	for _, name := range []string{"status", "board", "street", "view"} {
		if p.Query.Has(name) {
			out = append(out, name)
		}
	}
	return out
}

// Center is where the parcel lies, as longitude and latitude; "" without a shape.
func (c card) Center() string {
	if len(c.Shape) == 0 {
		return ""
	}
	m := c.Shape.Bound().Center()
	return strconv.FormatFloat(m[0], 'f', 6, 64) + "," + strconv.FormatFloat(m[1], 'f', 6, 64)
}
