package web

import (
	"net/http"
	"strconv"
	"strings"

	"tengdi/geo"
	"tengdi/tiles"
)

// tileCodings are the codings that we have of tiles, in the order in which we
// would rather send them when the caller does not care.
var tileCodings = [...]tiles.Coding{tiles.Brotli, tiles.Zstd, tiles.Gzip, tiles.Identity}

// codingChoice is what a caller takes, best first.
type codingChoice struct {
	list [len(tileCodings)]tiles.Coding
	n    int
}

// chooseCodings reads Accept-Encoding (RFC 9110, 12.5.3). Without the header the
// caller gets the plain tile: it may not know of codings at all. The plain tile
// is also the last resort of whoever does not refuse it.
func chooseCodings(header string) codingChoice {
	var weights [len(tileCodings)]float64
	star, starred := 0.0, false
	for part := range strings.SplitSeq(header, ",") {
		name, q := codingWeight(part)
		if name == "*" {
			star, starred = q, true
			continue
		}
		for i, c := range tileCodings {
			if strings.EqualFold(name, c.String()) {
				weights[i] = q + 1 // one more, so that named and refused is not unnamed
			}
		}
	}
	for i, c := range tileCodings {
		switch {
		case weights[i] > 0:
			weights[i]--
		case c == tiles.Identity && !starred:
			weights[i] = leastWeight
		default:
			weights[i] = star
		}
	}
	return ranked(weights)
}

// leastWeight is below any that a header can give.
const leastWeight = 0.0001

// ranked sorts our codings by weight, refused ones left out.
func ranked(weights [len(tileCodings)]float64) codingChoice {
	var out codingChoice
	for {
		best := -1
		for i, w := range weights {
			if w > 0 && (best < 0 || w > weights[best]) {
				best = i
			}
		}
		if best < 0 {
			return out
		}
		out.list[out.n] = tileCodings[best]
		out.n++
		weights[best] = 0
	}
}

// codingWeight reads one member of Accept-Encoding. A weight that is none counts
// as one, one beyond the bounds as the bound.
func codingWeight(part string) (name string, q float64) {
	name, params, weighted := strings.Cut(part, ";")
	q = 1
	if weighted {
		if text, ok := cutWeight(strings.TrimSpace(params)); ok {
			if v, err := strconv.ParseFloat(text, 64); err == nil && v == v {
				q = min(max(v, 0), 1)
			}
		}
	}
	return strings.TrimSpace(name), q
}

func cutWeight(params string) (string, bool) {
	if len(params) < 2 || params[0]|0x20 != 'q' || params[1] != '=' {
		return "", false
	}
	return params[2:], true
}

// best is the coding that the caller would like most.
func (c codingChoice) best() tiles.Coding { return c.list[0] }

// form is the tile in the best coding that it has; false when the caller refuses
// them all.
func (c codingChoice) form(t tiles.Tile) (body []byte, etag string, coding tiles.Coding, ok bool) {
	for _, coding := range c.list[:c.n] {
		if body, etag, ok := t.In(coding); ok {
			return body, etag, coding, true
		}
	}
	return nil, "", 0, false
}

// notAcceptable is a 406 for a caller that refuses every coding, the plain one
// included.
func notAcceptable() error {
	return &statusError{status: http.StatusNotAcceptable, err: geo.Errorf(geo.Invalid,
		"Accept-Encoding refuses every coding that there is: br, zstd, gzip and identity.",
		"Accept-Encoding 拒绝了所有可用的编码：br、zstd、gzip 和 identity。")}
}

// heldTag finds in an If-None-Match header a tag of the tile with the given ETag,
// in whatever coding the caller has it: that is the tag the answer has to bear. A
// star stands for any, which is then the plain one.
func heldTag(header, etag string) (string, bool) {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" {
			return etag, true
		}
		if tiles.Tags(part, etag) {
			return strings.TrimPrefix(part, "W/"), true
		}
	}
	return "", false
}
