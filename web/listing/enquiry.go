package listing

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tengdi/geo"
)

// Enquiry is what somebody without a login writes to the investment desk.
type Enquiry struct {
	Company, Person, Phone, Amount, Message string
	Trap                                    string // an empty field that people do not see
}

// Lengths of the fields, in characters.
const (
	maxName    = 60
	maxPhone   = 30
	maxAmount  = 15
	maxMessage = 1000
)

// ReadEnquiry reads the form. Every wrong field is told; what is right is read
// all the same, so that the form comes back as it was.
func ReadEnquiry(form url.Values) (Enquiry, []geo.FieldError) {
	var wrong []geo.FieldError
	bad := func(field, zh, en string) {
		wrong = append(wrong, geo.FieldError{Field: field, Code: "invalid", Zh: zh, En: en})
	}
	read := func(name string, most int, needed, lines bool) string {
		v := strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
		control := func(c rune) bool { return unicode.IsControl(c) && !(lines && c == '\n') }
		switch {
		case len(form[name]) > 1:
			bad(name, "只能填写一次", "may be given once only")
			return ""
		case v == "" && needed:
			bad(name, "不能为空", "must be given")
		case !utf8.ValidString(v) || strings.ContainsFunc(v, control):
			bad(name, "不能含控制字符", "must not have control characters")
			return ""
		case utf8.RuneCountInString(v) > most:
			bad(name, "最多 "+Count(most)+" 个字符", "must have at most "+Count(most)+" characters")
		}
		return v
	}
	e := Enquiry{
		Company: read("company", maxName, true, false),
		Person:  read("person", maxName, true, false),
		Phone:   read("phone", maxPhone, true, false),
		Amount:  read("amount", maxAmount, false, false),
		Message: read("message", maxMessage, false, true),
		Trap:    form.Get("website"),
	}
	if e.Phone != "" && (strings.Trim(e.Phone, "0123456789+- ") != "" || digits(e.Phone) < 5) {
		bad("phone", "电话只能含数字、+、- 和空格，至少 5 位数字", "digits, +, - and spaces only, five digits at least")
	}
	if e.Amount != "" {
		if v, ok := geo.ReadDecimal(e.Amount); !ok || v > maxNumber {
			bad("amount", "须为以万元计的数", "must be a number of 10,000 CNY")
		}
	}
	known := []string{"company", "person", "phone", "amount", "message", "website"}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if !slices.Contains(known, name) {
			name = geo.Excerpt(name)
			bad("form", "表单含未知字段："+name, "the form has a field that is not known: "+name)
			break
		}
	}
	return e, wrong
}

func digits(s string) (n int) {
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// EnquiryPage writes the form on a page of its own: after a refusal with what was
// wrong, or empty with a word of thanks.
func EnquiryPage(s Site, p Parcel, e Enquiry, wrong []geo.FieldError, sent bool) ([]byte, error) {
	key := "enquiry"
	if sent {
		key = "sent"
	}
	title, err := s.T(key)
	if err != nil {
		return nil, err
	}
	return render("enquiry.html", struct {
		Site
		Head    head
		P       card
		Enquiry Enquiry
		Wrong   []geo.FieldError
		Sent    bool
	}{s, head{Title: title + " · " + p.Title(), Path: ParcelPath(p.Code, "enquiry"), Plain: true}, s.card(p), e, wrong, sent})
}

// FieldName is a field of the form in words.
func (s Site) FieldName(field string) (string, error) {
	if field == "form" {
		field = "enquiry"
	}
	return s.T(field)
}
