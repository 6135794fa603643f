package listing

import (
	"net/url"
	"strings"
	"testing"
)

// A form with fields that are not known is refused once, with the name of the first.
func TestEnquiryNamesTheFieldThatIsNotKnown(t *testing.T) {
	t.Parallel()
	form := url.Values{"company": {"C"}, "person": {"P"}, "phone": {"13800000000"}}
	if _, wrong := ReadEnquiry(form); len(wrong) > 0 {
		t.Fatalf("a good form: %+v", wrong)
	}
	form.Set("zip", "1")
	form.Set("fax\x1b", "1")
	if _, wrong := ReadEnquiry(form); len(wrong) != 1 || wrong[0].Zh != "表单含未知字段：fax?" || wrong[0].En != "the form has a field that is not known: fax?" {
		t.Errorf("two unknown fields: %+v", wrong)
	}
	form.Set("a"+strings.Repeat("宽", 500), "1")
	if _, wrong := ReadEnquiry(form); len(wrong) != 1 || len([]rune(wrong[0].Zh)) > 60 {
		t.Errorf("a long name: %+v", wrong)
	}
}
