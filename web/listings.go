package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/web/listing"
)

// ListingStore is what the pages for investors need besides the reads of the
// public: the name of the state that everything published is in, what is published in
// one state, the shape of a parcel in a plane, and the one write that the public has.
type ListingStore interface {
	PublicState(ctx context.Context) (string, error)
	Published(ctx context.Context, fn func(collection string, f geo.Feature)) (state string, revision int64, err error)
	Plan(ctx context.Context, parcel string, srid int) (orb.MultiPolygon, error)
	Enquire(ctx context.Context, e geo.Enquiry) error
}

// book is every published parcel at one state. It is read once for each state
// and shared by all requests; nobody writes it again.
type book struct {
	state    string
	revision int64
	parcels  []listing.Parcel // in order of code
	known    listing.Known
}

// find gives a parcel by its code.
func (b *book) find(code string) (listing.Parcel, bool) {
	at, ok := slices.BinarySearchFunc(b.parcels, code, func(p listing.Parcel, code string) int { return strings.Compare(p.Code, code) })
	if !ok {
		return listing.Parcel{}, false
	}
	return b.parcels[at], true
}

// books keeps the newest book.
type books struct {
	mu   sync.Mutex
	last *book
}

// book reads what is published, unless nothing has changed since. What is written
// while it reads is in the next book.
func (s *Server) book(ctx context.Context) (*book, error) {
	state, err := s.cfg.Store.PublicState(ctx)
	if err != nil {
		return nil, err
	}
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	if s.books.last != nil && s.books.last.state != state { // another may have read it while this one waited
		if state, err = s.cfg.Store.PublicState(ctx); err != nil {
			return nil, err
		}
	}
	if s.books.last != nil && s.books.last.state == state {
		return s.books.last, nil
	}
	b, err := s.readBook(ctx)
	if err != nil {
		return nil, err
	}
	s.books.last = b
	return b, nil
}

func (s *Server) readBook(ctx context.Context) (b *book, err error) {
	boards := map[string]string{}
	b = &book{known: listing.Known{Areas: map[string]bool{}, Boards: map[string]bool{}, Streets: map[string]bool{}}}
	b.state, b.revision, err = s.cfg.Store.Published(ctx, func(collection string, f geo.Feature) {
		street, _ := f.Properties["street"].(string)
		b.known.Streets[street] = true
		if collection == "areas" {
			boards[f.Code], _ = f.Properties["board"].(string)
			b.known.Areas[f.Code], b.known.Boards[boards[f.Code]] = true, true
			return
		}
		area, _ := f.Properties["area"].(string)
		b.known.Areas[area] = true
		b.parcels = append(b.parcels, listing.FromFeature(f, boards[area]))
	})
	slices.SortFunc(b.parcels, func(a, b listing.Parcel) int { return strings.Compare(a.Code, b.Code) })
	return b, err
}

// listingSite gathers what all pages share.
func (s *Server) listingSite(r *http.Request, b *book) (listing.Site, geo.District, error) {
	d, err := s.district.get(r.Context())
	if err != nil {
		return listing.Site{}, d, err
	}
	ref, err := s.reference.get(r.Context())
	if err != nil {
		return listing.Site{}, d, err
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return listing.Site{}, d, err
	}
	lang := languageOf(r)
	name := d.Name
	if lang == english && d.NameEn != "" {
		name = d.NameEn
	}
	site := listing.Site{
		Lang: listing.Lang(lang), LangAsked: r.URL.Query().Has("lang"), Name: name, Demo: d.Demo, ApprovalNo: d.ApprovalNo,
		Zone: zone, Now: s.now().Truncate(time.Minute), Origin: s.origin(r), MeasureSRID: d.MeasureSRID, References: ref.list,
		Styles: s.assets.listing.styles, Scripts: s.assets.listing.scripts, Icon: s.assets.listing.icon,
	}
	if b != nil {
		site.Revision = b.revision
	}
	return site, d, nil
}

// document is what a public address below /listings or /feeds answers with.
type document struct {
	contentType string
	page        bool   // a page, with the policy of pages
	picture     string // the parcel that it is a picture of, which tells neither the minute nor its address; "" = none
	make        func(site listing.Site, b *book) ([]byte, error)
}

const htmlType = "text/html; charset=utf-8"

// publish answers with a document made of what is published. Its ETag is made from
// the state of the public, the language, the release, the settings, the address and
// the minute, which the page tells; so a reader that has it costs a look at the
// state and no more, and one tag stands for the same bytes. A picture is drawn once
// for all who ask for it.
func (s *Server) publish(w http.ResponseWriter, r *http.Request, doc document) error {
	b, err := s.book(r.Context())
	if err != nil {
		return err
	}
	site, d, err := s.listingSite(r, b)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Language", string(site.Lang))
	if doc.page {
		h.Set("Content-Security-Policy", pagePolicy(d.BaseMap))
	}
	ref, err := s.reference.get(r.Context())
	if err != nil {
		return err
	}
	of := fmt.Append(nil, site.Now.Unix(), site.Origin, r.URL.RequestURI())
	if doc.picture != "" {
		of = fmt.Append(nil, "picture ", doc.picture)
	}
	etag := entityTag(geo.Public, of, fmt.Append(nil, b.state, listing.ChineseWritten(), site.Lang, s.cfg.Version, s.assets.listing.mark, ref.packed.ETag, sha256.Sum256(fmt.Append(nil, d.Name, d.NameEn, d.ApprovalNo, d.Demo, d.Zone, d.MeasureSRID, d.BaseMap))))
	if matchesTag(r.Header.Get("If-None-Match"), etag) {
		return send(w, r, answer{contentType: doc.contentType, etag: etag})
	}
	draw := func() ([]byte, error) { return doc.make(site, b) }
	var body []byte
	if doc.picture != "" {
		body, err = s.drawings.get(r.Context(), s.clientKey(r), etag, draw)
	} else {
		body, err = draw()
	}
	if err != nil {
		return err
	}
	return send(w, r, answer{doc.contentType, body, etag})
}

// search reads the filter of an address.
func search(q url.Values) (listing.Filter, error) {
	f, wrong := listing.ParseFilter(q)
	return f, refuseSearch(wrong)
}

// refuseSearch is the refusal of a search for what is wrong with it; nil = nothing.
func refuseSearch(wrong []geo.FieldError) error {
	if len(wrong) == 0 {
		return nil
	}
	return &geo.Error{Kind: geo.Invalid, En: "The request has an invalid value.", Zh: "请求中有无效的值。", Fields: wrong}
}

func (s *Server) getListings(w http.ResponseWriter, r *http.Request) error {
	f, err := search(r.URL.Query())
	if err != nil {
		return err
	}
	return s.publish(w, r, document{contentType: htmlType, page: true, make: func(site listing.Site, b *book) ([]byte, error) {
		if err := refuseSearch(f.Unknown(b.known)); err != nil {
			return nil, err
		}
		return listing.ListPage(site, b.parcels, f)
	}})
}

func (s *Server) getListing(w http.ResponseWriter, r *http.Request) error {
	return s.publishParcel(w, r, document{contentType: htmlType, page: true}, func(site listing.Site, p listing.Parcel) ([]byte, error) {
		rounds, err := s.cfg.Store.Rounds(r.Context(), geo.Public, p.Code)
		if err != nil {
			return nil, err
		}
		plan, err := s.plan(r.Context(), site, p)
		if err != nil {
			return nil, err
		}
		return listing.ParcelPage(site, p, listing.Details{Rounds: rounds, Plan: plan})
	})
}

// plan is the shape in the district's measuring system; nil where none is set.
func (s *Server) plan(ctx context.Context, site listing.Site, p listing.Parcel) (orb.MultiPolygon, error) {
	if site.MeasureSRID == 0 {
		return nil, nil
	}
	return s.cfg.Store.Plan(ctx, p.Code, site.MeasureSRID)
}

// publishParcel is publish for what is of one parcel.
func (s *Server) publishParcel(w http.ResponseWriter, r *http.Request, doc document, fn func(listing.Site, listing.Parcel) ([]byte, error)) error {
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	b, err := s.book(r.Context())
	if err != nil {
		return err
	}
	if _, ok := b.find(code); !ok {
		return notHere()
	}
	doc.make = func(site listing.Site, b *book) ([]byte, error) {
		p, ok := b.find(code)
		if !ok {
			return nil, notHere()
		}
		return fn(site, p)
	}
	return s.publish(w, r, doc)
}

func (s *Server) getListingSheet(w http.ResponseWriter, r *http.Request) error {
	return s.publishParcel(w, r, document{contentType: htmlType, page: true}, func(site listing.Site, p listing.Parcel) ([]byte, error) {
		plan, err := s.plan(r.Context(), site, p)
		if err != nil {
			return nil, err
		}
		return listing.SheetPage(site, p, plan)
	})
}

func (s *Server) getListingPicture(w http.ResponseWriter, r *http.Request) error {
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	return s.publishParcel(w, r, document{contentType: "image/png", picture: code}, func(site listing.Site, p listing.Parcel) ([]byte, error) {
		return listing.Picture(site, p)
	})
}

func (s *Server) getListingCompare(w http.ResponseWriter, r *http.Request) error {
	codes := listing.Compared(r.URL.Query())
	if len(codes) > listing.MaxCompared {
		return badField("codes", "too_many", "at most four parcels can be compared", "最多对比四宗")
	}
	for _, code := range codes {
		if !plainText(code, maxCode) {
			return badField("codes", "invalid", "must be codes of 1 to 64 characters, with commas between them", "须为 1 至 64 个字符的宗地代码，以逗号分隔")
		}
	}
	return s.publish(w, r, document{contentType: htmlType, page: true, make: func(site listing.Site, b *book) ([]byte, error) {
		var chosen []listing.Parcel
		var gone []string
		for _, code := range codes {
			if p, ok := b.find(code); ok {
				chosen = append(chosen, p)
			} else {
				gone = append(gone, code)
			}
		}
		return listing.ComparePage(site, chosen, gone, b.parcels)
	}})
}

// feed answers with a form of a saved search. Nothing is refused that was there once:
// a subscription to an area outlives the area, and tells when there is land again.
func (s *Server) feed(kind string, write func(listing.Site, []listing.Parcel, listing.Filter) ([]byte, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := search(r.URL.Query())
		if err != nil {
			return err
		}
		return s.publish(w, r, document{contentType: kind, make: func(site listing.Site, b *book) ([]byte, error) {
			return write(site, b.parcels, f)
		}})
	}
}

func (s *Server) getSitemap(w http.ResponseWriter, r *http.Request) error {
	return s.publish(w, r, document{contentType: "application/xml; charset=utf-8", make: func(site listing.Site, b *book) ([]byte, error) {
		return listing.Sitemap(site.Origin, b.parcels)
	}})
}

// getRobots needs no database.
func (s *Server) getRobots(w http.ResponseWriter, r *http.Request) error {
	body := listing.Robots(s.origin(r))
	return send(w, r, answer{"text/plain; charset=utf-8", body, entityTag(geo.Public, body)})
}

// listingRoutes are the pages for investors and what goes with them: the same for
// everybody, no session looked at.
func (s *Server) listingRoutes() []route {
	get := http.MethodGet
	return []route{
		{get, "/listings", public, listing.PageParams(), brief, true, s.getListings},
		{get, "/listings/compare", public, append([]string{"codes"}, listing.ComparePicks()...), brief, true, s.getListingCompare},
		{get, "/listings/{code}", public, nil, brief, true, s.getListing},
		{get, "/listings/{code}/sheet", public, nil, brief, true, s.getListingSheet},
		{get, "/listings/{code}/card.png", public, nil, brief, true, s.getListingPicture},
		{get, "/listings/{code}/enquiry", public, []string{"sent"}, brief, true, s.getEnquiry},
		{http.MethodPost, "/listings/{code}/enquiry", public, nil, brief, true, s.postEnquiry},
		{get, "/feeds/listings.atom", public, listing.SearchParams(), brief, true, s.feed("application/atom+xml; charset=utf-8", listing.Atom)},
		{get, "/feeds/listings.json", public, listing.SearchParams(), brief, true, s.feed("application/feed+json; charset=utf-8", listing.JSONFeed)},
		{get, "/feeds/auctions.ics", public, listing.SearchParams(), brief, true, s.feed("text/calendar; charset=utf-8", listing.Calendar)},
		{get, "/sitemap.xml", public, nil, brief, true, s.getSitemap},
		{get, "/robots.txt", public, nil, brief, true, s.getRobots},
	}
}

// problemPage writes a problem as a page where a browser asked for a page of the
// listings; false where it was not one, or the page cannot be made.
func (s *Server) problemPage(w http.ResponseWriter, r *http.Request, err error, p problem) bool {
	if !strings.HasPrefix(r.URL.Path, "/listings") || !acceptsPage(r) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Second)
	defer cancel()
	site, d, siteErr := s.listingSite(r.WithContext(ctx), nil)
	if siteErr != nil { // the database is away: the page needs no more than this
		site = listing.Site{Lang: listing.Lang(languageOf(r)), Name: languageOf(r).pick("腾地", "Tengdi"), Zone: time.UTC, Now: s.now(), Styles: s.assets.listing.styles}
	}
	in := func(l language) listing.Fault {
		q := problemOf(err, l)
		return listing.Fault{Status: p.Status, Title: q.Title, Detail: q.Detail, Fields: q.Fields, RequestID: p.RequestID}
	}
	here, other := in(chinese), in(english)
	if site.Lang == listing.English {
		here, other = other, here
	}
	body, pageErr := listing.ProblemPage(site, here, other)
	if pageErr != nil {
		s.logFailure(r, p.Status, errors.Join(pageErr, err))
		return false
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy(d.BaseMap))
	p.send(w, r, htmlType, body)
	return true
}

// acceptsPage says whether a person's browser is asking.
func acceptsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }
