package tiles

import "strings"

// Query narrows what a tile shows. The zero value is everything, as it is now.
type Query struct {
	At     Day // as of the end of this day; 0 = now
	Filter Filter
}

// String is the query in canonical form, "" for the zero value: equal queries
// give equal tiles and share a place in the cache.
func (q Query) String() string {
	var parts []string
	if q.At != 0 {
		parts = append(parts, "at="+q.At.String())
	}
	if f := q.Filter.String(); f != "" {
		parts = append(parts, "filter="+f)
	}
	return strings.Join(parts, "&")
}
