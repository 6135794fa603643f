package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// node is an element of an XML document.
type node struct {
	name xml.Name
	attr map[string]string
	text string
	kids []*node
}

func (n *node) all(name string) (out []*node) {
	for _, k := range n.kids {
		if k.name.Local == name {
			out = append(out, k)
		}
	}
	return out
}

// xmlTree reads a document as strictly as XML says.
func xmlTree(body []byte) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(string(body)))
	root := &node{}
	open := []*node{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name, attr: map[string]string{}}
			for _, a := range token.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			last.kids = append(last.kids, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(token)
		}
	}
	if len(root.kids) != 1 {
		return nil, fmt.Errorf("%d roots", len(root.kids))
	}
	return root.kids[0], nil
}

const atomSpace = "http://www.w3.org/2005/Atom"

// atomFaults holds a feed to RFC 4287.
func atomFaults(body []byte) (faults []string) {
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	feed, err := xmlTree(body)
	if err != nil {
		return []string{err.Error()}
	}
	if feed.name.Local != "feed" || feed.name.Space != atomSpace {
		say("the root is %v", feed.name)
	}
	authors := len(feed.all("author"))
	newest := atomThing(feed, "feed", map[string]string{"id": "1", "title": "1", "updated": "1", "author": "*", "link": "*", "entry": "*", "category": "*", "contributor": "*", "generator": "?", "icon": "?", "logo": "?", "rights": "?", "subtitle": "?"}, say)
	self := 0
	for _, l := range feed.all("link") {
		if l.attr["rel"] == "self" {
			self++
		}
	}
	if self != 1 {
		say("%d links to itself", self) // 4.1.1: SHOULD
	}
	seen := map[string]bool{}
	for i, e := range feed.all("entry") {
		at := fmt.Sprintf("entry %d", i)
		when := atomThing(e, at, map[string]string{"id": "1", "title": "1", "updated": "1", "author": "*", "link": "*", "category": "*", "content": "?", "contributor": "*", "published": "?", "rights": "?", "source": "?", "summary": "?"}, say)
		if when.After(newest) {
			say("%s is newer than the feed", at)
		}
		if authors == 0 && len(e.all("author")) == 0 {
			say("%s has no author", at)
		}
		alternate := slices.ContainsFunc(e.all("link"), func(l *node) bool { return l.attr["rel"] == "alternate" || l.attr["rel"] == "" })
		if len(e.all("content")) == 0 && !alternate {
			say("%s has neither content nor an alternate", at)
		}
		for _, id := range e.all("id") {
			if key := id.text + " " + when.String(); seen[key] {
				say("%s has the id and time of another", at)
			} else {
				seen[key] = true
			}
		}
	}
	return faults
}

// atomThing checks what feeds and entries share, and tells when they were updated.
func atomThing(n *node, at string, allowed map[string]string, say func(string, ...any)) (updated time.Time) {
	count := map[string]int{}
	for _, k := range n.kids {
		count[k.name.Local]++
		if k.name.Space != atomSpace || allowed[k.name.Local] == "" {
			say("%s has a %v", at, k.name)
		}
		switch k.name.Local {
		case "id", "icon", "logo":
			if !absolute(k.text) {
				say("%s: %s %q is no IRI", at, k.name.Local, k.text)
			}
		case "title", "summary", "subtitle", "rights":
			if kind := k.attr["type"]; kind != "" && kind != "text" || len(k.kids) > 0 || strings.TrimSpace(k.text) == "" {
				say("%s: %s is no text", at, k.name.Local)
			}
		case "updated", "published":
			t, err := time.Parse(time.RFC3339, k.text)
			if err != nil || strings.ToUpper(k.text) != k.text {
				say("%s: %s %q is no time", at, k.name.Local, k.text)
			}
			if k.name.Local == "updated" {
				updated = t
			}
		case "author", "contributor":
			if names := k.all("name"); len(names) != 1 || names[0].text == "" {
				say("%s: an author of %d names", at, len(names))
			}
		case "category":
			if k.attr["term"] == "" {
				say("%s: a category without a term", at)
			}
		case "link":
			if !absolute(k.attr["href"]) {
				say("%s: link to %q", at, k.attr["href"])
			}
			if kind := k.attr["type"]; kind != "" && !regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`).MatchString(kind) {
				say("%s: link of the type %q", at, kind)
			}
		}
	}
	for name, often := range allowed {
		if often == "1" && count[name] != 1 || often == "?" && count[name] > 1 {
			say("%s has %d %s", at, count[name], name)
		}
	}
	alternates := map[string]int{}
	for _, l := range n.all("link") {
		if l.attr["rel"] == "alternate" {
			alternates[l.attr["type"]+" "+l.attr["hreflang"]]++
		}
	}
	for kind, many := range alternates {
		if many > 1 {
			say("%s has %d alternates of %s", at, many, kind)
		}
	}
	return updated
}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && !strings.ContainsAny(s, " <>\"{}|\\^`\n\r\t")
}

// jsonFeedFaults holds a feed to JSON Feed 1.1.
func jsonFeedFaults(body []byte) (faults []string) {
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	var feed map[string]any
	if err := json.Unmarshal(body, &feed); err != nil {
		return []string{err.Error()}
	}
	rules := map[string]string{"version": "text!", "title": "text!", "home_page_url": "url", "feed_url": "url", "description": "text", "user_comment": "text", "next_url": "url", "icon": "url", "favicon": "url", "authors": "authors", "language": "language", "expired": "bool", "hubs": "list", "items": "list!"}
	jsonFields(feed, "feed", rules, say)
	if feed["version"] != "https://jsonfeed.org/version/1.1" {
		say("version %v", feed["version"])
	}
	item := map[string]string{"id": "text!", "url": "url", "external_url": "url", "title": "text", "content_html": "text", "content_text": "text", "summary": "text", "image": "url", "banner_image": "url", "date_published": "time", "date_modified": "time", "authors": "authors", "tags": "tags", "language": "language", "attachments": "list"}
	ids := map[any]bool{}
	items, _ := feed["items"].([]any)
	for i, raw := range items {
		at := fmt.Sprintf("item %d", i)
		it, ok := raw.(map[string]any)
		if !ok {
			say("%s is a %T", at, raw)
			continue
		}
		jsonFields(it, at, item, say)
		if it["content_html"] == nil && it["content_text"] == nil {
			say("%s has no content", at)
		}
		if ids[it["id"]] {
			say("%s has another's id", at)
		}
		ids[it["id"]] = true
	}
	return faults
}

func jsonFields(o map[string]any, at string, rules map[string]string, say func(string, ...any)) {
	for name, kind := range rules {
		if strings.HasSuffix(kind, "!") && o[name] == nil {
			say("%s has no %s", at, name)
		}
	}
	for name, v := range o {
		kind := strings.TrimSuffix(rules[name], "!")
		text, isText := v.(string)
		list, isList := v.([]any)
		good := true
		switch kind {
		case "":
			_, isObject := v.(map[string]any)
			good = strings.HasPrefix(name, "_") && isObject // extensions are objects
		case "text":
			good = isText && text != ""
		case "url":
			good = isText && absolute(text)
		case "time":
			_, err := time.Parse(time.RFC3339, text)
			good = isText && err == nil
		case "language":
			good = isText && regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`).MatchString(text)
		case "bool":
			_, good = v.(bool)
		case "list":
			good = isList
		case "tags":
			good = isList && !slices.ContainsFunc(list, func(t any) bool { s, is := t.(string); return !is || s == "" })
		case "authors":
			good = isList && len(list) > 0
			for _, a := range list {
				author, _ := a.(map[string]any)
				good = good && (author["name"] != nil || author["url"] != nil || author["avatar"] != nil)
			}
		}
		if !good {
			say("%s: %s is %v", at, name, v)
		}
	}
}

// Every feed, of any search and language, keeps the rules of its format.
func TestFeedsKeepTheRulesOfTheirFormats(t *testing.T) {
	d := village()
	d.Parcels[1].Name = "逗号,分号;反斜\\杠 & <尖> \u0007" + strings.Repeat("很长的名称", 30)
	d.District.Name = "区 & <名>"
	s := newSite(t, d, nil)
	v := s.visitor()
	for _, query := range []string{"", "?lang=en", "?status=all", "?use_class=residential&mu_from=10", "?q=%3Cscript%3E%26%22%20%E4%B8%9C", "?q=nothing+at+all", "?status=sold&lang=en"} {
		res, body := v.get("/feeds/listings.atom" + query)
		if kind := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(kind, "application/atom+xml") {
			t.Errorf("atom%s is %d %s", query, res.StatusCode, kind)
		}
		for _, f := range atomFaults(body) {
			t.Errorf("atom%s: %s", query, f)
		}
		res, body = v.get("/feeds/listings.json" + query)
		if kind := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(kind, "application/feed+json") {
			t.Errorf("json%s is %d %s", query, res.StatusCode, kind)
		}
		for _, f := range jsonFeedFaults(body) {
			t.Errorf("json%s: %s", query, f)
		}
		res, body = v.get("/feeds/auctions.ics" + query)
		if kind := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(kind, "text/calendar") {
			t.Errorf("ics%s is %d %s", query, res.StatusCode, kind)
		}
		if _, faults := readCalendar(body); len(faults) > 0 {
			t.Errorf("ics%s: %q", query, faults)
		}
	}
}

// The readers themselves see what is wrong.
func TestReadersOfFeedsRefuseWhatIsWrong(t *testing.T) {
	s := newSite(t, village(), nil)
	v := s.visitor()
	_, atom := v.get("/feeds/listings.atom?status=all")
	_, feed := v.get("/feeds/listings.json?status=all")
	_, ics := v.get("/feeds/auctions.ics")
	change := func(body []byte, old, with string) []byte {
		t.Helper()
		if !strings.Contains(string(body), old) {
			t.Fatalf("there is no %q in %.200s", old, body)
		}
		return []byte(strings.Replace(string(body), old, with, 1))
	}
	for _, c := range [][2]string{{"<updated>", "<updated>x"}, {"<author>", "<writer>"}, {` rel="self"`, ` rel="via"`}, {"<id>urn:", "<id>no IRI "}, {"<entry>", "<entry><b/>"}, {atomSpace, "http://purl.org/rss/1.0/"}} {
		if len(atomFaults(change(atom, c[0], c[1]))) == 0 {
			t.Errorf("atom with %s is taken", c[1])
		}
	}
	for _, c := range [][2]string{{`"content_text"`, `"content"`}, {`"id":"`, `"id":1,"x":"`}, {"version/1.1", "version/9"}, {`"date_modified":"`, `"date_modified":"on `}, {`"_tengdi"`, `"tengdi"`}} {
		if len(jsonFeedFaults(change(feed, c[0], c[1]))) == 0 {
			t.Errorf("json with %s is taken", c[1])
		}
	}
	for _, c := range [][2]string{{"END:VEVENT\r\n", ""}, {"UID:", "UIT:"}, {"DTSTAMP:", "DTSTAMP:x"}, {"TZID:Asia/Shanghai", "TZID:Asia/Tokyo"}, {"VERSION:2.0", "VERSION:1.0"}, {"\r\n", "\n"}, {"DTEND;TZID=Asia/Shanghai:2019", "DTEND;TZID=Asia/Shanghai:2018"}, {"SUMMARY:", `SUMMARY:\x`}, {"SUMMARY:", "SUMMARY:a,b"}, {"TRANSP:TRANSPARENT", "TRANSP:TRANSPARENT" + strings.Repeat("x", 80)}} {
		if _, faults := readCalendar(change(ics, c[0], c[1])); len(faults) == 0 {
			t.Errorf("ics with %q is taken", c[1])
		}
	}
}
