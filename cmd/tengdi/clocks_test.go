package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
	"tengdi/geo/postgis"
)

// oneParcel is a district with one announced parcel, whose listing begins in so
// many days, and the events that tell so.
func oneParcel(inDays int) geo.Dataset {
	ring := orb.Ring{{113.10, 29.36}, {113.11, 29.36}, {113.11, 29.37}, {113.10, 29.37}, {113.10, 29.36}}
	shape := geo.Shape{SRID: geo.WGS84, Geometry: orb.MultiPolygon{{ring}}}
	today := geo.DayOf(time.Now(), nil)
	from := today + geo.Day(inDays)
	d := geo.Dataset{
		District: geo.DefaultDistrict(),
		Areas:    []geo.Area{{Code: "A1", Name: "示例片区", Status: "handed_over", Shape: shape}},
		Parcels:  []geo.Parcel{{Code: "P1", Area: "A1", Status: "announced", LandUse: "0901", Shape: shape}},
		Rounds: []geo.Round{{
			Parcel: "P1", No: 1, NoticeNo: "示挂1号", Mode: "listing", Start: 100 * geo.Wan, Deposit: 20 * geo.Wan, Step: geo.Wan,
			NoticeOn: (from - 21).Date(), ListFrom: from.Date(), ListTo: (from + 12).Date(),
		}},
	}
	for entity, code := range map[geo.MachineName]string{geo.AreaMachine: "A1", geo.ParcelMachine: "P1"} {
		to := d.Areas[0].Status
		if entity == geo.ParcelMachine {
			to = d.Parcels[0].Status
		}
		d.Events = append(d.Events, geo.Event{Entity: entity, Code: code, Verb: geo.Created, To: to, On: (today - 30).Date()})
	}
	return d
}

// When a listing's day comes the parcel is listed by itself: an open public map
// hears of it and the public reads it, with nobody at work.
//
//raced:calm the process that it starts is not under the detector
func TestTimedListingReachesThePublic(t *testing.T) {
	url := emptyURL(t)
	store, err := postgis.Open(t.Context(), postgis.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.LoadDataset(t.Context(), oneParcel(1)); err != nil {
		t.Fatal(err)
	}
	p, err := serve(t.TempDir(), "--database-url", url)
	if err != nil {
		t.Fatal(err)
	}
	defer p.end(os.Interrupt) //nolint:errcheck // looked at elsewhere

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/live?tileset=public", nil)
	if err != nil {
		t.Fatal(err)
	}
	live, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Body.Close()
	lines := bufio.NewScanner(live.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "event: hello") { // the map is open
	}
	status := func() string {
		var f struct{ Properties struct{ Status string } }
		res, err := http.Get(p.url + "/api/collections/parcels/items/P1")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&f); err != nil {
			t.Fatal(err)
		}
		return f.Properties.Status
	}
	if s := status(); s != "announced" {
		t.Fatalf("a day before its listing the parcel is %s", s)
	}
	// The day comes: everything lies a day earlier.
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `update land.round set notice_on = notice_on - 1, list_from = list_from - 1, list_to = list_to - 1`); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data:") && strings.Contains(lines.Text(), `"listed"`) {
			break
		}
	}
	if ctx.Err() != nil {
		t.Fatalf("no open map heard of it: %s", p.stderr)
	}
	if s := status(); s != "listed" {
		t.Errorf("the public reads %s", s)
	}
	v, err := store.Verify(t.Context(), nil)
	if err != nil || !v.Sound() {
		t.Errorf("%+v, %v", v.Findings, err)
	}
}
