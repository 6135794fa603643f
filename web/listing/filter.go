package listing

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tengdi/geo"
)

// PageSize is how many cards a page has.
const PageSize = 24

// maxNumber bounds the numbers of a filter and an enquiry: mu, or 10,000 CNY.
const maxNumber = 1e9

// maxText is the longest text of a filter, in characters.
const maxText = 64

// Groups of states that a reader chooses between.
const (
	OnOffer = "offer" // announced, listed, bidding: what a page shows first
	AllSold = "sold"  // sold and every later state
	Aside   = "aside" // failed, suspended, withdrawn
	Whole   = "all"   // everything published
)

// Orders of a list.
const (
	ByDeadline = "deadline"
	BySize     = "size"
	ByPrice    = "price_per_mu"
)

// Filter is a saved search: the part of an address after the question mark.
type Filter struct {
	Status   string // a group, or one state; "" = OnOffer
	UseClass string
	Area     string
	Board    string
	Street   string
	Text     string // in name, code, address or notice number

	MuFrom, MuTo       *float64
	PriceFrom, PriceTo *float64 // start price, or deal of what is sold, in 万元
	FARFrom, FARTo     *float64 // that the highest allowed ratio lies between

	Sort string // "" = ByDeadline
	Page int    // from 1
	View string // list, map, split: for scripts only
}

// numbers are the parameters that are numbers, in the order of the form.
func (f *Filter) numbers() []struct {
	name string
	to   **float64
} {
	return []struct {
		name string
		to   **float64
	}{
		{"mu_from", &f.MuFrom}, {"mu_to", &f.MuTo}, {"price_from", &f.PriceFrom}, {"price_to", &f.PriceTo}, {"far_from", &f.FARFrom}, {"far_to", &f.FARTo},
	}
}

// SearchParams are the parameters that say which parcels: those of the feeds.
func SearchParams() []string {
	return []string{"status", "use_class", "area", "board", "street", "q", "mu_from", "mu_to", "price_from", "price_to", "far_from", "far_to"}
}

// PageParams are the parameters of the page of listings.
func PageParams() []string { return append(SearchParams(), "sort", "page", "view") }

// ParseFilter reads a search. Every wrong value is told; empty ones, as forms
// send them, say nothing.
func ParseFilter(q url.Values) (Filter, []geo.FieldError) {
	f := Filter{Page: 1}
	var wrong []geo.FieldError
	bad := func(field, zh, en string) {
		wrong = append(wrong, geo.FieldError{Field: field, Code: "invalid", Zh: zh, En: en})
	}
	word := func(name string, to *string, known []string) {
		switch v := strings.TrimSpace(q.Get(name)); {
		case v == "":
		case utf8.RuneCountInString(v) > maxText || !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl):
			bad(name, "须为 1 至 64 个字符，不含控制字符", "must have 1 to 64 characters and none that controls")
		case known != nil && !slices.Contains(known, v):
			bad(name, "可用的值："+strings.Join(known, "、"), "must be one of "+strings.Join(known, ", "))
		default:
			*to = v
		}
	}
	word("status", &f.Status, statuses())
	word("use_class", &f.UseClass, useCodes())
	word("area", &f.Area, nil)
	word("board", &f.Board, nil)
	word("street", &f.Street, nil)
	word("q", &f.Text, nil)
	word("sort", &f.Sort, []string{ByDeadline, BySize, ByPrice})
	word("view", &f.View, []string{"list", "map", "split"})
	for _, n := range f.numbers() {
		s := q.Get(n.name)
		if strings.TrimSpace(s) == "" {
			continue
		}
		v, ok := geo.ReadDecimal(s)
		if !ok || v > maxNumber {
			bad(n.name, "须为 0 至 1,000,000,000 的数", "must be a number from 0 to 1,000,000,000")
			continue
		}
		*n.to = &v
	}
	if s := q.Get("page"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 10_000 {
			bad("page", "须为 1 至 10000 的整数", "must be a whole number from 1 to 10000")
		} else {
			f.Page = n
		}
	}
	return f, wrong
}

// Known are the areas (by code), boards and streets that a search can be for.
type Known struct{ Areas, Boards, Streets map[string]bool }

// Unknown tells what the search is for that is not there: nothing is what nobody
// would find, and no hint that a word is wrong.
func (f Filter) Unknown(k Known) []geo.FieldError {
	var wrong []geo.FieldError
	for _, c := range []struct {
		field, value string
		known        map[string]bool
		zh, en       string
	}{
		{"area", f.Area, k.Areas, "没有已公布的片区“%s”", "no published area has the code %q"},
		{"board", f.Board, k.Boards, "没有已公布的板块“%s”", "no published area is on a board %q"},
		{"street", f.Street, k.Streets, "没有已公布的街道“%s”", "nothing published is in a street %q"},
	} {
		if c.value != "" && !c.known[c.value] {
			wrong = append(wrong, geo.FieldError{Field: c.field, Code: "invalid", Zh: fmt.Sprintf(c.zh, c.value), En: fmt.Sprintf(c.en, c.value)})
		}
	}
	return wrong
}

func statuses() []string {
	out := []string{OnOffer, Aside, Whole}
	for _, s := range geo.Statuses(geo.ParcelMachine) {
		if s.Public {
			out = append(out, s.Code)
		}
	}
	return out
}

func useCodes() (out []string) {
	for _, u := range geo.UseClasses() {
		out = append(out, u.Code)
	}
	return out
}

// Query writes the search as parameters; what says nothing is left out.
func (f Filter) Query() url.Values {
	q := url.Values{}
	set := func(name, v string) {
		if v != "" {
			q.Set(name, v)
		}
	}
	set("status", f.Status)
	set("use_class", f.UseClass)
	set("area", f.Area)
	set("board", f.Board)
	set("street", f.Street)
	set("q", f.Text)
	for _, n := range f.numbers() {
		if v := *n.to; v != nil {
			q.Set(n.name, strconv.FormatFloat(*v, 'f', -1, 64))
		}
	}
	set("sort", f.Sort)
	set("view", f.View)
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	return q
}

// group is the states that the filter asks for; nil = all.
func (f Filter) group() []string {
	switch f.Status {
	case "", OnOffer:
		return offered()
	case AllSold:
		return geo.SoldCodes()
	case Aside:
		return []string{"failed", "suspended", "withdrawn"}
	case Whole:
		return nil
	}
	return []string{f.Status}
}

// Matches says whether a parcel is what the search is for.
func (f Filter) Matches(p Parcel) bool {
	if g := f.group(); g != nil && !slices.Contains(g, p.Status) {
		return false
	}
	if f.UseClass != "" && p.UseClass != f.UseClass || f.Area != "" && p.Area != f.Area ||
		f.Board != "" && p.Board != f.Board || f.Street != "" && p.Street != f.Street {
		return false
	}
	if f.Text != "" && !strings.Contains(plain(p.Name+"\n"+p.Code+"\n"+p.Address+"\n"+p.AreaName+"\n"+p.NoticeNo), plain(f.Text)) {
		return false
	}
	return within(p.Size.Mu(), f.MuFrom, f.MuTo) && within(p.Price().Wan(), f.PriceFrom, f.PriceTo) && within(p.FARMax, f.FARFrom, f.FARTo)
}

// within holds a number between two ends; one that is not known (0) lies between
// none.
func within(v float64, from, to *float64) bool {
	if from == nil && to == nil {
		return true
	}
	const grain = 1e-9 // mu come from a division
	return v > 0 && (from == nil || v >= *from-grain) && (to == nil || v <= *to+grain)
}

// plain forgives case and full-width letters, digits and brackets.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '！' && c <= '～':
			c -= '！' - '!'
		case c == '〔' || c == '【':
			c = '['
		case c == '〕' || c == '】':
			c = ']'
		case unicode.IsSpace(c) && c != '\n':
			return -1
		}
		return unicode.ToLower(c)
	}, s)
}

// Select gives the parcels that match, in order.
func (f Filter) Select(all []Parcel) []Parcel {
	var out []Parcel
	for _, p := range all {
		if f.Matches(p) {
			out = append(out, p)
		}
	}
	known := func(less int, a, b float64) int { // what is not known comes last
		switch {
		case a == 0 || b == 0:
			return cmp.Compare(b, a)
		}
		return less
	}
	slices.SortStableFunc(out, func(a, b Parcel) int {
		order := 0
		switch f.Sort {
		case BySize:
			order = cmp.Compare(b.Size, a.Size)
		case ByPrice:
			order = known(cmp.Compare(a.PricePerMu(), b.PricePerMu()), a.PricePerMu(), b.PricePerMu())
		default:
			order = byDay(a, b)
		}
		if order == 0 {
			order = cmp.Compare(a.Code, b.Code)
		}
		return order
	})
	return out
}

// byDay puts what ends soonest first, then what was sold last, then the rest.
func byDay(a, b Parcel) int {
	rank := func(p Parcel) int {
		switch {
		case p.Offered():
			return 0
		case p.Sold():
			return 1
		}
		return 2
	}
	if r := cmp.Compare(rank(a), rank(b)); r != 0 {
		return r
	}
	if a.Offered() && a.ListTo != b.ListTo {
		if a.ListTo == 0 || b.ListTo == 0 {
			return cmp.Compare(b.ListTo, a.ListTo)
		}
		return cmp.Compare(a.ListTo, b.ListTo)
	}
	return cmp.Compare(b.SoldOn, a.SoldOn)
}
