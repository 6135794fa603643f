package web

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// enquire puts every payload into the form that anybody may send to the
// investment desk, which is no part of the API's document: into the company, and
// in turn into each of the other fields and into a name of a field. What is taken
// is kept as it was written; what is not is a refusal of the form.
func (a *attack) enquire(table []payload) {
	conn := a.site.connect()
	defer conn.Close(a.t.Context())
	leads := func(where string, args ...any) (n int) {
		err := conn.QueryRow(a.t.Context(), `select count(*)::int from land.project p
			join land.record r on r.entity = 'project' and r.entity_id = p.id and r.kind = 'contact'
			where p.status = 'lead' and `+where, args...).Scan(&n)
		if err != nil {
			a.t.Fatal(err)
		}
		return n
	}
	taken, before := 0, leads(`true`)
	others := []string{"person", "phone", "amount", "message", ""}
	for i, p := range table {
		// "" stands for a field of that name, which the form has not.
		for _, field := range []string{"company", others[i%len(others)]} {
			form := url.Values{"company": {"某公司"}, "person": {"张三"}, "phone": {"0730-8880000"}}
			form.Set(cmp.Or(field, p.text), p.text)
			switch got := a.send("/listings/P02/enquiry", form); got {
			case http.StatusBadRequest:
			case http.StatusSeeOther:
				taken++
				if field == "company" && leads(`p.investor = $1`, strings.TrimSpace(p.text)) == 0 {
					a.t.Errorf("the company %q was not kept as it was", p.text)
				}
			default:
				a.t.Errorf("enquiry, %s %q: %d", field, p.text, got)
			}
		}
	}
	if grown := leads(`true`) - before; grown != taken {
		a.t.Errorf("%d enquiries were taken and %d leads made", taken, grown)
	}
	if taken < len(table)/2 {
		a.t.Errorf("%d enquiries were taken of %d texts: the form refuses too much to be tried", taken, len(table))
	}
}

// send posts a form as a browser on the page would, without a login.
func (a *attack) send(path string, form url.Values) int {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://"+r.Host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	a.site.server.Handler().ServeHTTP(w, r)
	return w.Code
}
