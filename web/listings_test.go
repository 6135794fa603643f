package web

import (
	"context"
	"encoding/xml"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// element is one element of a page, with its attributes and all text in it.
type element struct {
	name string
	attr map[string]string
	text string
}

// parsePage reads a page as a tree of elements and fails for one that is not well
// formed: what browsers mend for one reader hides a fault from another.
func parsePage(t testing.TB, at string, body []byte) []element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(body)))
	d.Strict = false
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	var out []element
	var open []int
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			open = append(open, len(out))
			out = append(out, e)
		case xml.EndElement:
			if len(open) == 0 || out[open[len(open)-1]].name != token.Name.Local {
				t.Fatalf("%s: </%s> ends what was not open", at, token.Name.Local)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			for _, i := range open {
				out[i].text += string(token)
			}
		}
	}
	if len(open) > 0 {
		t.Fatalf("%s: %s is never closed", at, out[open[0]].name)
	}
	return out
}

// page asks for a page as a browser does.
func (v *visitor) page(t testing.TB, path string, status int) []element {
	t.Helper()
	res, body := v.get(path, "Accept", "text/html")
	if res.StatusCode != status || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%s is %d %s: %.300s", path, res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	return parsePage(t, path, body)
}

// texts are the texts of the elements of that name and class.
func texts(page []element, name, class string) (out []string) {
	for _, e := range page {
		if e.name == name && (class == "" || slices.Contains(strings.Fields(e.attr["class"]), class)) {
			out = append(out, strings.Join(strings.Fields(e.text), " "))
		}
	}
	return out
}

func hasText(page []element, want string) bool {
	return len(page) > 0 && strings.Contains(strings.Join(strings.Fields(page[0].text), " "), want)
}

func TestListingsShowWhatIsOnOffer(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	page := v.page(t, "/listings", 200)
	if got := texts(page, "h3", ""); !slices.Equal(got, []string{"东茅岭二号"}) {
		t.Errorf("on offer: %q", got)
	}
	page = v.page(t, "/listings?status=sold", 200)
	for _, want := range []string{"东茅岭一号", "1.25 亿元", "25%", "370.37 万元/亩", "2018/09/12", "成交亩均价"} {
		if !hasText(page, want) {
			t.Errorf("sold ones do not show %q", want)
		}
	}
	page = v.page(t, "/listings?status=sold&lang=en", 200)
	for _, want := range []string{"CNY 125.00 M", "CNY 3.70 M/mu", "Sep 12, 2018"} {
		if !hasText(page, want) {
			t.Errorf("sold ones in English do not show %q", want)
		}
	}
	page = v.page(t, "/listings?status=all&mu_from=30&use_class=commercial", 200)
	if got := texts(page, "h3", ""); !slices.Equal(got, []string{"东茅岭一号"}) {
		t.Errorf("filtered: %q", got)
	}
	if page = v.page(t, "/listings?status=all&q=no+such", 200); len(texts(page, "h3", "")) != 0 || !hasText(page, "没有符合条件的宗地") {
		t.Error("an empty list does not say so")
	}
	// What is there is no error, whatever is left of it.
	for _, query := range []string{"area=A01", "area=A01&q=no+such"} {
		v.page(t, "/listings?"+query, 200)
	}
}

// Counts beside the choices are what the choice then shows.
func TestListingCountsHoldWhatTheyPromise(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	for _, e := range v.page(t, "/listings", 200) {
		if e.name != "a" || e.attr["data-group"] == "" {
			continue
		}
		words := strings.Fields(e.text)
		page := v.page(t, e.attr["href"], 200)
		if got := texts(page, "span", "big"); len(got) != 1 || got[0] != words[len(words)-1] {
			t.Errorf("%s promises %q, shows %q", e.attr["href"], words, got)
		}
	}
}

func TestParcelPageHasTheNotice(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	page := v.page(t, "/listings/P02", 200)
	for _, want := range []string{"岳楼示挂(2019)01号", "3,000 万元", "2019/04/15", "拍卖", "EPSG:4526", "主干道", "界址点坐标", "进行中"} {
		if !hasText(page, want) {
			t.Errorf("the page of P02 does not show %q", want)
		}
	}
	if page = v.page(t, "/listings/"+url.PathEscape("P03/甲"), 200); !hasText(page, "上一轮流拍") {
		t.Error("a failed parcel does not say why it is not available")
	}
	if page = v.page(t, "/listings/XP4", 404); !hasText(page, "未找到") || !hasText(page, "Not found") {
		t.Error("a hidden parcel is not told as missing in both languages")
	}
}

func TestListingsRefuseWhatTheyCannotRead(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	gone := []string{"area=nope", "area=a01", "board=nope", "street=nope"}
	for _, query := range append(gone, "mu_from=x", "mu_to=-1", "price_from=1e99", "far_to=NaN", "status=nothing", "use_class=%3Cscript%3E", "sort=q", "page=0", "q=%00", "area="+strings.Repeat("x", 65), "view=a") {
		page := v.page(t, "/listings?"+query, 400)
		name, _, _ := strings.Cut(query, "=")
		if !slices.Contains(texts(page, "code", ""), name) {
			t.Errorf("%s: the page does not name the parameter: %q", query, texts(page, "li", ""))
		}
		if h1, h2 := texts(page, "h1", ""), texts(page, "h2", ""); len(h1) != 1 || len(h2) != 1 || h1[0] == h2[0] {
			t.Errorf("%s: not in both languages: %q %q", query, h1, h2)
		}
		res, body := v.get("/feeds/listings.json?" + query)
		if slices.Contains(gone, query) { // a subscription outlives what it asks for
			if res.StatusCode != 200 || !strings.Contains(string(body), `"items":[]`) {
				t.Errorf("the feed with %s is %d: %s", query, res.StatusCode, body)
			}
		} else if res.StatusCode != 400 || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("the feed with %s is %d %s", query, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
}

func TestListingsAreKeptUntilSomethingChanges(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	for _, path := range []string{"/listings", "/listings/P01", "/listings/P01/sheet", "/listings/P01/card.png", "/listings/compare?codes=P01,P02", "/feeds/listings.atom", "/feeds/listings.json", "/feeds/auctions.ics", "/sitemap.xml"} {
		res, body := v.get(path)
		tag := res.Header.Get("ETag")
		if res.StatusCode != 200 || tag == "" || res.Header.Get("Cache-Control") != "no-cache" || len(res.Cookies()) > 0 {
			t.Errorf("%s: %d, ETag %q, Cache-Control %q, cookies %v", path, res.StatusCode, tag, res.Header.Get("Cache-Control"), res.Cookies())
		}
		if again, _ := v.get(path, "If-None-Match", tag); again.StatusCode != 304 {
			t.Errorf("%s asked again is %d", path, again.StatusCode)
		}
		if other, _ := v.get(path, "If-None-Match", tag, "Accept-Language", "en"); other.StatusCode != 200 {
			t.Errorf("%s in another language is %d", path, other.StatusCode)
		}
		if head, none := v.do("HEAD", path, nil); head.StatusCode != 200 || len(none) > 0 || head.Header.Get("ETag") != strings.Replace(tag, `-gz"`, `"`, 1) {
			t.Errorf("HEAD %s is %d with %d bytes", path, head.StatusCode, len(none))
		}
		s.exec(`update pub.parcel set name = name || '改' where code = 'P01'`)
		s.exec(`update pub.revision set revision = revision + 1`)
		if next, changed := v.get(path, "If-None-Match", tag); next.StatusCode != 200 {
			t.Errorf("%s after a change is %d", path, next.StatusCode)
		} else if path == "/listings/P01" && string(changed) == string(body) {
			t.Error("the page of a parcel does not change with it")
		}
	}
}

// restless is a store whose public state is another each time that it is asked for.
type restless struct {
	Store
	change func()
}

func (s restless) PublicState(ctx context.Context) (string, error) {
	s.change()
	return s.Store.PublicState(ctx)
}

// However fast the land changes, investors get a page of one state.
func TestListingsKeepUpWithSteadyChanges(t *testing.T) {
	var s *site
	s = newSite(t, village(), func(c *Config) {
		c.Store = restless{c.Store, func() { s.exec(`update pub.revision set revision = revision + 1`) }}
	})
	for _, path := range []string{"/listings", "/listings/P02", "/feeds/listings.atom"} {
		if res, body := s.visitor().get(path); res.StatusCode != 200 || !strings.Contains(string(body), "P02") {
			t.Errorf("%s while the land changes: %d", path, res.StatusCode)
		}
	}
}
