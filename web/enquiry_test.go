package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tengdi/geo"
	"tengdi/web/listing"
)

// enquire posts an enquiry about a parcel from an address; redirects are not
// followed.
func (v *visitor) enquire(addr string) int {
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := url.Values{"company": {"某公司"}, "person": {"张三"}, "phone": {"0730-8880000"}, "amount": {"10,000"}}
	res, _ := v.do("POST", "/listings/P02/enquiry", strings.NewReader(form.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", addr)
	return res.StatusCode
}

// Who sends too much takes nothing from what everybody has together.
func TestOneClientCannotShutTheEnquiryForm(t *testing.T) {
	s := newSite(t, village(), func(c *Config) {
		c.Limits = Limits{EnquiriesPerHour: 1, EnquiriesInAll: 4}
		c.TrustedProxies = anyProxy(t)
	})
	v := s.visitor()
	for n := range 30 {
		want := http.StatusTooManyRequests
		if n == 0 {
			want = http.StatusSeeOther
		}
		if got := v.enquire("203.0.113.1"); got != want {
			t.Fatalf("post %d of one client: %d, want %d", n+1, got, want)
		}
	}
	for n, want := range []int{303, 303, 303, 429} {
		if got := v.enquire("203.0.113." + string(rune('2'+n))); got != want {
			t.Errorf("client %d: %d, want %d", n+2, got, want)
		}
	}
	if tokens := s.server.enquiries.filled("203.0.113.5").tokens; tokens < 1 {
		t.Error("a client has paid for an enquiry that the limit of all refused")
	}
}

// enquiryFault is a store that takes no enquiry.
type enquiryFault struct{ Store }

func (enquiryFault) Enquire(context.Context, geo.Enquiry) error { return errors.New("away") }

// What the database could not take counts for nobody.
func TestFailedEnquiryDoesNotCount(t *testing.T) {
	s := newSite(t, village(), func(c *Config) {
		c.Store = enquiryFault{c.Store}
		c.Limits = Limits{EnquiriesPerHour: 1, EnquiriesInAll: 1}
		c.TrustedProxies = anyProxy(t)
	})
	v := s.visitor()
	for range 3 {
		if got := v.enquire("203.0.113.1"); got != http.StatusInternalServerError {
			t.Errorf("an enquiry that the database does not take: %d", got)
		}
	}
}

// slowEnquiry is a store that takes an enquiry only after its sender has gone.
type slowEnquiry struct {
	Store
	asked chan struct{}
}

func (s slowEnquiry) Enquire(ctx context.Context, _ geo.Enquiry) error {
	s.asked <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

// What its sender gives up counts, or hanging up would be a way around the limit.
func TestHangingUpIsNoWayAroundTheLimit(t *testing.T) {
	asked := make(chan struct{}, 1)
	s := newSite(t, village(), func(c *Config) {
		c.Store = slowEnquiry{c.Store, asked}
		c.Limits = Limits{EnquiriesPerHour: 1, EnquiriesInAll: 1}
	})
	ctx, hangUp := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "POST", "/listings/P02/enquiry", nil)
	gone := make(chan error)
	go func() { gone <- s.server.enquire(r, "P02", listing.Enquiry{Company: "某公司"}) }()
	<-asked
	hangUp()
	if err := <-gone; err == nil {
		t.Fatal("an enquiry that was given up was taken")
	}
	if s.server.enquiries.filled(s.server.clientKey(r)).tokens >= 1 || s.server.enquiriesInAll.filled(everybody).tokens >= 1 {
		t.Error("an enquiry that its sender gave up counts for nothing")
	}
}
