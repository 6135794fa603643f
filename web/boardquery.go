package web

import (
	"net/http"
	"net/url"
	"slices"

	"tengdi/geo"
)

// summaryParams are the parameters by which figures are asked for.
func summaryParams() []string {
	return []string{"area", "board", "street", "leader", "status", "use_class", "at"}
}

// summaryQuery reads which areas figures are asked of, and of which day.
func summaryQuery(q url.Values) (geo.SummaryQuery, error) {
	out := geo.SummaryQuery{
		Area: q.Get("area"), Board: q.Get("board"), Street: q.Get("street"), Leader: q.Get("leader"),
		Status: q.Get("status"), UseClass: q.Get("use_class"),
	}
	texts := map[string][2]string{
		"area": {"must be the code of an area", "须为片区编号"}, "board": {"must be the name of a board", "须为板块名称"},
		"street": {"must be the code of a street", "须为街道代码"}, "leader": {"must be the post of a leader", "须为领导岗位"},
	}
	for _, name := range summaryParams()[:4] {
		if q.Has(name) && !plainText(q.Get(name), maxCode) {
			return out, badField(name, "invalid", texts[name][0], texts[name][1])
		}
	}
	if q.Has("status") && !slices.ContainsFunc(geo.Statuses(geo.AreaMachine), func(s geo.Status) bool { return s.Code == out.Status }) {
		return out, badField("status", "invalid", "must be a state of an area", "须为片区状态代码")
	}
	if q.Has("use_class") && !slices.ContainsFunc(geo.UseClasses(), func(u geo.UseClass) bool { return u.Code == out.UseClass }) {
		return out, badField("use_class", "invalid", "must be a family of land uses", "须为用途类别代码")
	}
	var err error
	out.At, err = givenDay(q, "at")
	return out, err
}

// givenDay reads a day that must say something when it is given; 0 when it is not.
func givenDay(q url.Values, name string) (geo.Day, error) {
	if q.Has(name) && q.Get(name) == "" {
		return 0, badField(name, "invalid", "must be a day as YYYY-MM-DD, from 1900 to 2200", "须为日期（年-月-日），1900 至 2200 年")
	}
	return dayParam(name, q.Get(name))
}

// oneOf reads a parameter that is one of few words; the first is what it is when
// it is not given.
func oneOf[T ~string](r *http.Request, name string, words []T) (T, error) {
	q := r.URL.Query()
	if !q.Has(name) {
		return words[0], nil
	}
	if w := T(q.Get(name)); slices.Contains(words, w) {
		return w, nil
	}
	list := ""
	for i, w := range words {
		if i > 0 {
			list += ", "
		}
		list += string(w)
	}
	return words[0], badField(name, "invalid", "must be one of "+list, "须为以下之一："+list)
}
