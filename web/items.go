package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// FeatureReader reads items of collections as an audience sees them.
type FeatureReader interface {
	Features(ctx context.Context, aud geo.Audience, q geo.FeatureQuery) (geo.FeaturePage, error)
	Feature(ctx context.Context, aud geo.Audience, collection, code string) (geo.Feature, error)
}

const geoJSONType = "application/geo+json; charset=utf-8"

// maxFilter is the longest value of a filter, in characters.
const maxFilter = 200

// getItems answers one page of a collection as GeoJSON. Its ETag is weak: it
// covers everything but the time stamp.
func (s *Server) getItems(w http.ResponseWriter, r *http.Request) error {
	collection := r.PathValue("collection")
	v, err := s.reading(r.Context(), collection)
	if err != nil {
		return err
	}
	aud, params := v.Audience, r.URL.Query()
	q, err := featureQuery(aud, collection, params)
	if err != nil {
		return err
	}
	if collection == households && v.Role.Scoped() {
		q.Areas = v.Areas
	}
	page, err := s.cfg.Store.Features(r.Context(), aud, q)
	if err != nil {
		return err
	}
	if collection == households {
		if err := s.note(r.Context(), v, readList, codesOf(page)...); err != nil {
			return err
		}
	}
	body, err := appendPage(nil, page, pageLinks(collection, params, page), aud, collection)
	if err != nil {
		return err
	}
	etag := "W/" + entityTag(aud, body)
	body = append(body, `,"timeStamp":`...)
	body = appendText(body, s.now().UTC().Format(time.RFC3339))
	body = append(body, '}', '\n')
	return send(w, r, answer{geoJSONType, body, etag})
}

func codesOf(page geo.FeaturePage) (codes []string) {
	for _, f := range page.Features {
		codes = append(codes, f.Code)
	}
	return codes
}

// appendPage writes a page up to its time stamp, which the caller adds. Staff are
// told the version of each item, which a list of moves has to name.
func appendPage(b []byte, page geo.FeaturePage, links []link, aud geo.Audience, collection string) ([]byte, error) {
	fields := fieldsFor(aud, collection)
	b = append(b, `{"type":"FeatureCollection","features":[`...)
	for i, f := range page.Features {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '\n')
		var err error
		if b, err = appendFeature(b, f, fields); err != nil {
			return nil, err
		}
		if aud == geo.Staff {
			b = append(b[:len(b)-1], `,"version":`...)
			b = append(strconv.AppendInt(b, int64(f.Version), 10), '}')
		}
	}
	b = append(b, "\n],\"links\":"...)
	out, err := json.Marshal(links)
	if err != nil {
		return nil, fmt.Errorf("write links: %w", err)
	}
	b = append(b, out...)
	b = append(b, `,"numberReturned":`...)
	b = strconv.AppendInt(b, int64(len(page.Features)), 10)
	b = append(b, `,"numberMatched":`...)
	b = strconv.AppendInt(b, int64(page.Matched), 10)
	b = append(b, `,"revision":`...)
	return strconv.AppendInt(b, page.Revision, 10), nil
}

// pageLinks are relative to the site's root, so that they are right behind any
// proxy. The next page starts after the last code of this one and, where it is
// sorted, its value, which stays right when rows come and go meanwhile.
func pageLinks(collection string, params url.Values, page geo.FeaturePage) []link {
	at := "/api/collections/" + collection
	href := func(q url.Values) string {
		if len(q) == 0 {
			return at + "/items"
		}
		return at + "/items?" + q.Encode()
	}
	links := []link{
		{"self", "application/geo+json", "", href(params)},
		{"collection", "application/json", "", at},
	}
	if page.More && len(page.Features) > 0 {
		next := url.Values{}
		for k, v := range params {
			next[k] = v
		}
		last := page.Features[len(page.Features)-1]
		next.Set("after", last.Code)
		if by := strings.TrimPrefix(params.Get("sort"), "-"); by != "" {
			next.Del("after_value")
			if value := sortText(last.Properties[by]); value != "" {
				next.Set("after_value", value)
			}
		}
		links = append(links, link{"next", "application/geo+json", "", href(next)})
	}
	return links
}

// getItem answers one item. Its ETag is strong: for the public that of its bytes,
// for staff with the version before it, which a change has to name.
func (s *Server) getItem(w http.ResponseWriter, r *http.Request) error {
	collection := r.PathValue("collection")
	v, err := s.reading(r.Context(), collection)
	if err != nil {
		return err
	}
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	f, err := s.cfg.Store.Feature(r.Context(), v.Audience, collection, code)
	if err != nil {
		return err
	}
	if collection == households {
		if !seesFeature(v, f) {
			return notHere()
		}
		if err := s.note(r.Context(), v, readFile, code); err != nil {
			return err
		}
	}
	body, err := appendFeature(nil, f, fieldsFor(v.Audience, collection))
	if err != nil {
		return err
	}
	body = append(body, '\n')
	etag := entityTag(v.Audience, body)
	if v.Audience == geo.Staff {
		etag = versionTag(f.Version, v.Audience, body)
	}
	return send(w, r, answer{geoJSONType, body, etag})
}
