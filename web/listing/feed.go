package listing

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// feedLength is how many parcels a feed has at most: the ones changed last.
const feedLength = 100

// entryID is what a feed calls a parcel for ever: its public id, which stays when
// code and name are corrected.
func entryID(p Parcel) string { return "urn:tengdi:parcel:" + strconv.FormatInt(p.FID, 10) }

// entries are the parcels of a search, the one changed last first. A saved search
// that names no state follows all of them: what was on offer and is sold is news.
func entries(all []Parcel, f Filter) []Parcel {
	if f.Status == "" {
		f.Status = Whole
	}
	out := f.Select(all)
	slices.SortStableFunc(out, func(a, b Parcel) int { return b.Updated.Compare(a.Updated) })
	return out[:min(len(out), feedLength)]
}

// summary is a parcel in a line of text.
func (s Site) summary(p Parcel) string {
	text := s.sentence(p)
	if at, _, ok := p.Deadline(s.Now, s.Zone); ok {
		word, err := s.T(p.Word(map[bool]string{true: "list_from", false: "list_to"}[p.Status == "announced" && s.Now.Before(begin(p.ListFrom, s.Zone))]))
		if err == nil {
			text += s.Lang.Pick("，", ", ") + word + " " + at.Add(-time.Second).In(s.Zone).Format(time.DateOnly)
		}
	}
	return text
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID       string   `xml:"id"`
	Title    string   `xml:"title"`
	Updated  string   `xml:"updated"`
	Summary  string   `xml:"summary"`
	Link     atomLink `xml:"link"`
	Category struct {
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	} `xml:"category"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

// clean leaves out what XML 1.0 cannot hold.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' && c != '\n' || c == 0xFFFE || c == 0xFFFF {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
}

// feedTitle names the search in words, as the page does.
func (s Site) feedTitle(f Filter, all []Parcel) (string, error) {
	title, err := s.T("title")
	if err != nil {
		return "", err
	}
	parts := []string{s.Name, title}
	switch f.Status {
	case "":
	case OnOffer, AllSold, Aside, Whole:
		group, err := s.T(f.Status)
		if err != nil {
			return "", err
		}
		parts = append(parts, group)
	default:
		parts = append(parts, s.StateName(f.Status))
	}
	held, err := s.held(f, all)
	if err != nil {
		return "", err
	}
	for _, h := range held {
		parts = append(parts, h.text)
	}
	return strings.Join(parts, " · "), nil
}

// updated is when the newest of the parcels changed; the beginning of time
// without any, so that an empty feed stays as it is.
func updated(list []Parcel) time.Time {
	at := time.Unix(0, 0)
	for _, p := range list {
		if p.Updated.After(at) {
			at = p.Updated
		}
	}
	return at.UTC().Truncate(time.Second)
}

// Atom writes a search as an Atom feed (RFC 4287).
func Atom(s Site, all []Parcel, f Filter) ([]byte, error) {
	list, q := entries(all, f), f.Query()
	title, err := s.feedTitle(f, all)
	if err != nil {
		return nil, err
	}
	feed := atomFeed{
		Lang: string(s.Lang), ID: "urn:tengdi:listings:" + url.QueryEscape(s.Name) + ":" + q.Encode(), Title: clean(title),
		Updated: updated(list).Format(time.RFC3339), Author: clean(s.Name),
		Links: []atomLink{
			{"self", "application/atom+xml", s.Origin + s.Link("/feeds/listings.atom", q)},
			{"alternate", "text/html", s.Origin + s.Link("/listings", q)},
		},
	}
	for _, p := range list {
		e := atomEntry{
			ID: entryID(p), Title: clean(p.Title() + " · " + s.StateName(p.Status)), Updated: p.Updated.UTC().Truncate(time.Second).Format(time.RFC3339),
			Summary: clean(s.summary(p)), Link: atomLink{"alternate", "text/html", s.Origin + s.Path(ParcelPath(p.Code, ""))},
		}
		e.Category.Term, e.Category.Label = p.Status, s.StateName(p.Status)
		feed.Entries = append(feed.Entries, e)
	}
	out, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return nil, fmt.Errorf("listing: atom: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

// JSONFeed writes a search as a JSON Feed 1.1, with the numbers beside the text.
func JSONFeed(s Site, all []Parcel, f Filter) ([]byte, error) {
	list, q := entries(all, f), f.Query()
	title, err := s.feedTitle(f, all)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, p := range list {
		items = append(items, map[string]any{
			"id": entryID(p), "url": s.Origin + s.Path(ParcelPath(p.Code, "")), "title": p.Title() + " · " + s.StateName(p.Status),
			"content_text": s.summary(p), "image": s.Origin + ParcelPath(p.Code, "card.png"),
			"date_modified": p.Updated.UTC().Truncate(time.Second).Format(time.RFC3339), "tags": []string{p.Status, p.UseClass},
			"_tengdi": s.numbers(p),
		})
	}
	out, err := json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": title, "language": string(s.Lang),
		"home_page_url": s.Origin + s.Link("/listings", q), "feed_url": s.Origin + s.Link("/feeds/listings.json", q),
		"authors": []any{map[string]any{"name": s.Name}}, "items": items,
	})
	if err != nil {
		return nil, fmt.Errorf("listing: json feed: %w", err)
	}
	return append(out, '\n'), nil
}

// numbers are the figures of a parcel for a program: land in mu, money in 万元.
func (s Site) numbers(p Parcel) map[string]any {
	out := map[string]any{"code": p.Code, "status": p.Status, "use_class": p.UseClass, "mu": hundred(p.Size.Mu())}
	put := func(name string, v float64) {
		if v > 0 {
			out[name] = hundred(v)
		}
	}
	put("start_wan", p.Start.Wan())
	put("deal_wan", p.Deal.Wan())
	put("price_per_mu_wan", p.PricePerMu())
	put("floor_price_yuan", p.FloorPrice())
	if p.ListFrom != 0 {
		out["list_from"] = p.ListFrom.String()
	}
	if p.ListTo != 0 {
		out["list_to"] = p.ListTo.String()
	}
	return out
}
