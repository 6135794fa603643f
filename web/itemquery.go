package web

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Bounds of a drawn polygon.
const (
	minCorners = 3
	maxCorners = 200
	maxWithin  = 50 * maxCorners // characters
)

// pageParams are the parameters of a page of items besides its filters.
func pageParams() []string {
	return []string{"bbox", "within", "limit", "after", "after_value", "sort"}
}

// featureQuery reads the parameters of an items request.
func featureQuery(aud geo.Audience, collection string, q url.Values) (geo.FeatureQuery, error) {
	out := geo.FeatureQuery{Collection: collection}
	var err error
	if out.Equal, err = filterParams(aud, collection, q, withLight(aud, collection, pageParams())); err != nil {
		return out, err
	}
	if out.Light, err = lightParam(aud, collection, q); err != nil {
		return out, err
	}
	if out.BBox, err = bboxParam(q); err != nil {
		return out, err
	}
	if out.Within, err = withinParam(q); err != nil {
		return out, err
	}
	if out.Limit, err = intParam(q, "limit", geo.DefaultPage, 1, geo.MaxPage); err != nil {
		return out, err
	}
	if q.Has("after") {
		if out.After = q.Get("after"); !plainText(out.After, maxCode) {
			return out, badField("after", "invalid", "must be a code of 1 to 64 characters", "须为 1 至 64 个字符的编号")
		}
	}
	return out, sortParams(aud, collection, q, &out)
}

// filterParams reads the fields that items are asked for by. others are the
// parameters of the route that are no filters.
func filterParams(aud geo.Audience, collection string, q url.Values, others []string) (map[string]string, error) {
	equal := map[string]string{}
	fields := fieldsFor(aud, collection)
	for name := range q {
		if name == "lang" || slices.Contains(others, name) {
			continue
		}
		known := slices.ContainsFunc(fields, func(f geo.Field) bool { return f.Name == name && f.Filter })
		switch v := q.Get(name); {
		case !known:
			return nil, badField(name, "unknown_parameter", "is not a filter of "+collection, "不是 "+collection+" 的筛选字段")
		case !plainText(v, maxFilter):
			return nil, badField(name, "invalid", "must be 1 to 200 characters", "须为 1 至 200 个字符")
		default:
			equal[name] = v
		}
	}
	return equal, nil
}

// lighted says whether items have a light that is no field of theirs: areas, whose
// light the board makes out of everything that belongs to them.
func lighted(aud geo.Audience, collection string) bool {
	return aud == geo.Staff && collection == "areas"
}

// withLight adds the light to parameters that are no fields, where there is one.
func withLight(aud geo.Audience, collection string, params []string) []string {
	if lighted(aud, collection) {
		params = append(params, "light")
	}
	return params
}

// lightParam reads the light that items are asked for by; "" = by none.
func lightParam(aud geo.Audience, collection string, q url.Values) (string, error) {
	if !q.Has("light") || !lighted(aud, collection) {
		return "", nil
	}
	if light := q.Get("light"); slices.Contains(geo.AskedLights(), light) {
		return light, nil
	}
	return "", badField("light", "invalid", "must be red, amber, green or none", "须为 red（红）、amber（黄）、green（绿）或 none（无灯）")
}

// sortParams reads sort=field or sort=-field, and after_value: what the last item
// of the page before has in that field. Without it, that item had nothing.
func sortParams(aud geo.Audience, collection string, q url.Values, out *geo.FeatureQuery) error {
	if !q.Has("sort") {
		if q.Has("after_value") {
			return badField("after_value", "no_sort", "goes with sort and after only", "只与 sort 和 after 一起使用")
		}
		return nil
	}
	name, descending := strings.CutPrefix(q.Get("sort"), "-")
	fields := fieldsFor(aud, collection)
	i := slices.IndexFunc(fields, func(f geo.Field) bool { return f.Name == name })
	if i < 0 {
		return badField("sort", "unknown_field",
			"must be a field of "+collection+", with - before it for the largest first", "须为 "+collection+" 的字段名，前加 - 为从大到小")
	}
	out.Sort, out.Descending = name, descending
	if !q.Has("after_value") {
		return nil
	}
	if !q.Has("after") {
		return badField("after_value", "no_sort", "goes with sort and after only", "只与 sort 和 after 一起使用")
	}
	var err error
	out.AfterValue, err = sortValue(fields[i], q.Get("after_value"))
	return err
}

// sortValue reads the value of a field as nextPage wrote it.
func sortValue(f geo.Field, text string) (any, error) {
	bad := func() (any, error) {
		return nil, badField("after_value", "invalid", "must be a value of the field that is sorted by", "须为排序字段的值")
	}
	switch f.Type {
	case geo.IntField, geo.NumField:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return bad()
		}
		return n, nil
	case geo.BoolField:
		if text != "true" && text != "false" {
			return bad()
		}
		return text == "true", nil
	}
	// Texts of the land may be longer than a filter may ask for, but not without end.
	if !plainText(text, maxSortText) {
		return bad()
	}
	return text, nil
}

// maxSortText is the longest text that a page may begin after, in characters.
const maxSortText = 2000

// sortText is the value of a field as sortValue reads it; "" = the item has none.
func sortText(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case string:
		return v
	}
	return ""
}

// withinParam reads within=lng lat,lng lat,…: the corners of a polygon in
// degrees, in turn, without the first again. nil when it is not given.
func withinParam(q url.Values) (orb.Ring, error) {
	if !q.Has("within") {
		return nil, nil
	}
	bad := func(en, zh string) (orb.Ring, error) { return nil, badField("within", "invalid_polygon", en, zh) }
	text := q.Get("within")
	if len(text) > maxWithin {
		return bad("has at most 200 corners", "最多 200 个角点")
	}
	corners := strings.Split(text, ",")
	if len(corners) < minCorners || len(corners) > maxCorners {
		return bad("must have 3 to 200 corners, as lng lat,lng lat,…", "须有 3 至 200 个角点，写作 经度 纬度,经度 纬度,…")
	}
	ring := make(orb.Ring, 0, len(corners)+1)
	for _, c := range corners {
		lng, lat, ok := strings.Cut(c, " ")
		x, errX := strconv.ParseFloat(lng, 64)
		y, errY := strconv.ParseFloat(lat, 64)
		// A comparison with what is no number is false.
		if !ok || errX != nil || errY != nil || !(math.Abs(x) <= 180 && math.Abs(y) <= 90) {
			return bad("must have corners as lng lat in degrees", "角点须为以度计的 经度 纬度")
		}
		ring = append(ring, orb.Point{x, y})
	}
	return append(ring, ring[0]), nil
}
