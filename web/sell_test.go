package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"tengdi/geo"
)

// TestFiftySellOverHTTP: fifty requests sell one parcel at once. One deal is made,
// by the bidder that the file then names; all others hear that they were late.
func TestFiftySellOverHTTP(t *testing.T) {
	s := newSite(t, village(), func(c *Config) { c.Limits = Limits{RequestsPerSecond: 1e9, RequestBurst: 1e9} })
	v := s.as(geo.RoleTrading)
	const at = "/api/parcels/P02"
	var seen struct{ Version int }
	v.read(at+"/moves", &seen)
	res, text := v.do("POST", at+"/transitions", strings.NewReader(`{"to":"listed","on":"2019-04-01"}`),
		"Content-Type", "application/json", "If-Match", fmt.Sprintf(`"v%d"`, seen.Version))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("listed: %d %s", res.StatusCode, text)
	}
	v.read(at+"/moves", &seen)

	const sellers = 50
	codes := make([]int, sellers)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range sellers {
		body := fmt.Sprintf(`{"to":"sold","on":"2019-04-15","data":{"deal_wan":%d,"buyer":"公司%02d"}}`, 4000+i, i)
		wg.Go(func() {
			<-start
			res, _ := v.do("POST", at+"/transitions", strings.NewReader(body),
				"Content-Type", "application/json", "If-Match", fmt.Sprintf(`"v%d"`, seen.Version))
			codes[i] = res.StatusCode
		})
	}
	close(start)
	wg.Wait()

	winner := -1
	for i, code := range codes {
		switch {
		case code == http.StatusOK && winner < 0:
			winner = i
		case code == http.StatusOK:
			t.Errorf("both %d and %d bought it", winner, i)
		case code != http.StatusPreconditionFailed:
			t.Errorf("bidder %d is answered %d", i, code)
		}
	}
	if winner < 0 {
		t.Fatal("nobody bought it")
	}
	var file struct {
		Rounds []struct {
			Buyer   string
			DealWan float64 `json:"deal_wan"`
		}
	}
	v.read(at+"/rounds", &file)
	last := file.Rounds[len(file.Rounds)-1]
	if last.Buyer != fmt.Sprintf("公司%02d", winner) || last.DealWan != float64(4000+winner) {
		said, _ := json.Marshal(last)
		t.Errorf("bidder %d was told that it bought the parcel; the file says %s", winner, said)
	}
	if got := s.count(`select count(*) from land.event where entity = 'parcel' and code = 'P02' and to_state = 'sold'`); got != 1 {
		t.Errorf("%d sales are on record", got)
	}
}
