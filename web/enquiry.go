package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"tengdi/geo"
	"tengdi/web/listing"
)

// maxForm is the largest enquiry in bytes, as the browser encodes it: a thousand
// Chinese characters are nine times as many bytes.
const maxForm = 24 << 10

// getEnquiry answers with the form on a page of its own, or with thanks after it
// was sent.
func (s *Server) getEnquiry(w http.ResponseWriter, r *http.Request) error {
	sent := r.URL.Query().Get("sent")
	if sent != "" && sent != "1" {
		return badField("sent", "invalid", "must be 1", "须为 1")
	}
	return s.publishParcel(w, r, document{contentType: htmlType, page: true}, func(site listing.Site, p listing.Parcel) ([]byte, error) {
		return listing.EnquiryPage(site, p, listing.Enquiry{}, nil, sent == "1")
	})
}

// postEnquiry takes an enquiry into the project pipeline. What fills the field
// that people do not see is thanked and thrown away.
func (s *Server) postEnquiry(w http.ResponseWriter, r *http.Request) error {
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return &statusError{status: http.StatusUnsupportedMediaType, err: geo.Errorf(geo.Invalid,
			"An enquiry is sent as a form (application/x-www-form-urlencoded).", "意向须以表单提交（application/x-www-form-urlencoded）。")}
	}
	b, err := s.book(r.Context())
	if err != nil {
		return err
	}
	p, ok := b.find(code)
	if !ok {
		return notHere()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return geo.Errorf(geo.TooLarge, "The form is too large.", "表单内容过大。")
		}
		return geo.Errorf(geo.Invalid, "The form cannot be read.", "表单无法读取。")
	}
	e, wrong := listing.ReadEnquiry(r.PostForm)
	if len(wrong) > 0 {
		return s.refuseEnquiry(w, r, p, e, wrong)
	}
	if e.Trap == "" {
		if err := s.enquire(r, p.Code, e); err != nil {
			return err
		}
	}
	q := url.Values{"sent": {"1"}}
	if lang := r.URL.Query().Get("lang"); lang != "" {
		q.Set("lang", lang)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", listing.ParcelPath(p.Code, "enquiry")+"?"+q.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// enquire stores an enquiry within the limit of its sender, and of all together.
// What one of them refuses, or the database does not take, counts for neither: who
// sends too much takes nothing from the others. What its sender gives up counts, or
// hanging up would be a way around the limit.
func (s *Server) enquire(r *http.Request, parcel string, e listing.Enquiry) error {
	amount := 0.0
	if e.Amount != "" {
		var ok bool
		if amount, ok = geo.ReadDecimal(e.Amount); !ok {
			return badField("amount", "invalid", "must be a number", "须为数字")
		}
	}
	client := s.clientKey(r)
	if ok, wait := s.enquiries.take(client); !ok {
		return tooMany(wait)
	}
	if ok, wait := s.enquiriesInAll.take(everybody); !ok {
		s.enquiries.giveBack(client)
		return tooMany(wait)
	}
	err := s.cfg.Store.Enquire(r.Context(), geo.Enquiry{
		Parcel: parcel, Company: e.Company, Person: e.Person, Phone: e.Phone, Amount: geo.FromWan(amount), Message: e.Message,
	})
	if err != nil && r.Context().Err() == nil {
		s.enquiriesInAll.giveBack(everybody)
		s.enquiries.giveBack(client)
	}
	return err
}

// everybody is the key of the one bucket that all clients share.
const everybody = "all"

// refuseEnquiry shows the form again as it was filled in, with what is wrong; a
// program gets the problem.
func (s *Server) refuseEnquiry(w http.ResponseWriter, r *http.Request, p listing.Parcel, e listing.Enquiry, wrong []geo.FieldError) error {
	refused := &geo.Error{Kind: geo.Invalid, En: "The form has invalid values.", Zh: "表单中有无效的内容。", Fields: wrong}
	site, d, err := s.listingSite(r, nil)
	if err != nil {
		return err
	}
	if !acceptsPage(r) {
		return refused
	}
	body, err := listing.EnquiryPage(site, p, e, wrong, false)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy(d.BaseMap))
	h.Set("Content-Type", htmlType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body)
	return nil
}
