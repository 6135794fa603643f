package listing

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"tengdi/geo"
)

//go:embed pages/*.html
var pages embed.FS

// Site is what all pages share: whose land it is, in which language, at which
// moment, and where the built styles and scripts are.
type Site struct {
	Lang        Lang
	LangAsked   bool // by ?lang=, which links then carry on
	Name        string
	Demo        bool
	ApprovalNo  string // 审图号 of the map
	Zone        *time.Location
	Now         time.Time
	Revision    int64  // of what is published, as the live stream counts
	Origin      string // https://land.example.cn; "" = not known
	Styles      []string
	Scripts     []string
	MeasureSRID int
	References  []geo.Reference
	Icon        string
}

// Fault is a refusal as a page tells it.
type Fault struct {
	Status    int
	Title     string
	Detail    string
	Fields    []geo.FieldError
	RequestID string
}

// T is a word in the page's language; an unknown one is an error.
func (s Site) T(key string) (string, error) { return s.Lang.word(key) }

// Tf is a word with numbers in it.
func (s Site) Tf(key string, args ...any) (string, error) {
	w, err := s.T(key)
	return fmt.Sprintf(w, args...), err
}

// Link is an address of the site, with the language where the reader chose one.
func (s Site) Link(path string, q url.Values) string {
	if s.LangAsked {
		if q = cloned(q); q == nil {
			q = url.Values{}
		}
		q.Set("lang", string(s.Lang))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func cloned(q url.Values) url.Values {
	if q == nil {
		return nil
	}
	out := url.Values{}
	for k, v := range q {
		out[k] = slices.Clone(v)
	}
	return out
}

// Path is a plain address with the language.
func (s Site) Path(path string) string { return s.Link(path, nil) }

// ParcelPath is the address of a parcel's page, or of what lies below it.
func ParcelPath(code, below string) string {
	path := "/listings/" + url.PathEscape(code)
	if below != "" {
		path += "/" + below
	}
	return path
}

// EveryState is the address of the list with the parcels of all states.
func (s Site) EveryState() string {
	return s.Link("/listings", url.Values{"status": {"all"}})
}

// itemPath is the address of a parcel's data.
func itemPath(code string) string {
	return "/api/collections/parcels/items/" + url.PathEscape(code)
}

// InOther is the address of the same page in the other language.
func (s Site) InOther(path string, q url.Values) string {
	if q = cloned(q); q == nil {
		q = url.Values{}
	}
	q.Set("lang", string(s.Lang.Other()))
	return path + "?" + q.Encode()
}

// AsOf is the moment of the page in the district's zone.
func (s Site) AsOf() string {
	return s.Now.In(s.Zone).Format(s.Lang.Pick("2006/01/02 15:04", "Jan 02, 2006 15:04"))
}

// State is the catalogue's row of a state.
func (s Site) State(code string) geo.Status {
	st, _ := geo.StatusOf(geo.ParcelMachine, code)
	return st
}

// StateName is a state in the page's language.
func (s Site) StateName(code string) string {
	st := s.State(code)
	return s.Lang.Pick(st.Zh, st.En)
}

// UseName is a family of uses in the page's language.
func (s Site) UseName(code string) string {
	for _, u := range geo.UseClasses() {
		if u.Code == code {
			return s.Lang.Pick(u.Zh, u.En)
		}
	}
	return code
}

// Money and the others write numbers in the page's language.
func (s Site) Money(m geo.Money) string       { return s.Lang.Money(m) }
func (s Site) Land(a geo.SquareMetres) string { return s.Lang.Land(a) }
func (s Site) Mu(a geo.SquareMetres) string   { return s.Lang.Mu(a) }
func (s Site) PerMu(wan float64) string       { return s.Lang.PerMu(wan) }
func (s Site) FloorPrice(yuan float64) string { return s.Lang.FloorPrice(yuan) }
func (s Site) Day(d geo.Day) string           { return s.Lang.Day(d) }
func (s Site) Distance(m float64) string      { return s.Lang.Distance(m) }
func (s Site) Percent(v float64) string       { return Percent(v) }
func (s Site) Count(n int) string             { return Count(n) }

// PremiumOf is the premium in percent, "" where there is none.
func (s Site) PremiumOf(p Parcel) string {
	v, ok := p.Premium()
	if !ok {
		return ""
	}
	return Percent(v)
}

// parsed are the templates; they come with the program, so that they can only be
// wrong in a test.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"path": ParcelPath, "itempath": itemPath, "dict": dict, "join": strings.Join, "add": func(a, b int) int { return a + b },
	}).ParseFS(pages, "pages/*.html")
})

// dict makes a map of pairs, to hand several values to a template.
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("listing: dict wants names, not %T", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

// render writes one page.
func render(name string, data any) ([]byte, error) {
	t, err := parsed()
	if err != nil {
		return nil, fmt.Errorf("listing: templates: %w", err)
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, name, data); err != nil {
		return nil, fmt.Errorf("listing: %s: %w", name, err)
	}
	return buf.Bytes(), nil
}

// ProblemPage is the page of a refusal, in the reader's language with the other
// one below it.
func ProblemPage(s Site, here, other Fault) ([]byte, error) {
	return render("problem.html", struct {
		Site
		Fault Fault
		Other Fault
		Head  head
	}{s, here, other, head{Title: here.Title, Path: "/listings", Plain: true}})
}

// head is what a page says of itself.
type head struct {
	Title       string
	Description string
	Path        string // of this page
	Query       url.Values
	Picture     string // path of the Open Graph picture
	Kind        string // of Open Graph: website, article
	Data        any    // JSON-LD
	Feeds       url.Values
	Plain       bool // nothing to index, no other language
	Light       bool // paper is white, whatever the screen is
}
