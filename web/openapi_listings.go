package web

import "net/http"

// listingOperations are the pages for investors, the feeds and what searchers read.
func listingOperations() map[string]operation {
	text := schema{"type": "string"}
	page := func(summary, detail string, refuses ...int) operation {
		return operation{tag: "listings", summary: summary, detail: detail, kind: "text/html", raw: text, refuses: refuses}
	}
	feed := func(summary, kind string, body schema) operation {
		return operation{tag: "listings", summary: summary, detail: "Takes the search of /listings.", kind: kind, raw: body, refuses: []int{http.StatusBadRequest}}
	}
	gone := http.StatusNotFound
	picture := operation{tag: "listings", summary: "The picture of a parcel for shared links", kind: "image/png", raw: schema{"type": "string", "format": "binary"}, refuses: []int{gone}}
	enquiry := page("Send an enquiry to the investment desk", "Form fields company, person, phone, amount (10,000 CNY), message. 303 to a page of thanks. A few an hour from one address.", http.StatusBadRequest, gone, http.StatusUnsupportedMediaType, http.StatusTooManyRequests)
	enquiry.status = http.StatusSeeOther
	return map[string]operation{
		"GET /listings":                 page("Land on offer and sold, as a page", "Without scripts too. status is a state or one of offer, sold, aside and all.", http.StatusBadRequest),
		"GET /listings/compare":         page("Two to four parcels side by side", "codes has commas between them; a, b, c and d name one each.", http.StatusBadRequest),
		"GET /listings/{code}":          page("The page of a parcel", "", gone),
		"GET /listings/{code}/sheet":    page("The sheet of a parcel, for one page of A4", "", gone),
		"GET /listings/{code}/enquiry":  page("The form for an enquiry", "", gone),
		"POST /listings/{code}/enquiry": enquiry,
		"GET /listings/{code}/card.png": picture,
		"GET /feeds/listings.atom":      feed("A search as an Atom feed", "application/atom+xml", text),
		"GET /feeds/listings.json":      feed("A search as a JSON Feed 1.1", "application/feed+json", schema{"type": "object"}),
		"GET /feeds/auctions.ics":       feed("Beginnings and ends of listings as a calendar", "text/calendar", text),
		"GET /sitemap.xml":              {tag: "listings", summary: "The pages for searchers", kind: "application/xml", raw: text},
		"GET /robots.txt":               {tag: "listings", summary: "What searchers may read", kind: "text/plain", raw: text},
	}
}
