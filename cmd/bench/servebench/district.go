package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"tengdi/cmd/bench/city"
	"tengdi/geo"
)

// longestWay is how many moves of a parcel the log has at most: what happened
// earlier was before the district had this program.
const longestWay = 5

// way is how a parcel comes to be completed.
func way() []string {
	return []string{"reserved", "planned", "announced", "listed", "sold", "contracted", "paid", "handed_over", "started", "completed"}
}

// landUse is a code of each use class that the city has.
func landUse(class string) string {
	return map[string]string{"residential": "0701", "industrial": "1001", "commercial": "0901", "other": ""}[class]
}

// openOf is how many of the parcels that the city has announced or listed are left
// so; the others were sold since. A district has hundreds on offer, not tens of
// thousands.
const openOf = 100

// district is a district with the city's parcels, each with its round and with
// what happened to it, as it would be on a day. The listed ones are within the time in
// which they may be suspended and listed again.
func district(c *city.City, today geo.Day) geo.Dataset {
	d := geo.Dataset{District: geo.DefaultDistrict()}
	d.Parcels = make([]geo.Parcel, 0, c.Len())
	d.Events = make([]geo.Event, 0, 4*c.Len())
	open := 0
	for i := range c.Len() {
		at := c.Parcel(i)
		p := geo.Parcel{
			Code: at.Code, Status: at.Status, LandUse: landUse(at.Use),
			Shape: geo.Shape{SRID: geo.WGS84, Geometry: orb.MultiPolygon{{at.Ring}}},
		}
		if p.Status == "listed" || p.Status == "announced" {
			if open++; open%openOf != 0 {
				p.Status = "completed"
			}
		}
		d.Parcels = append(d.Parcels, p)
		d.Events = append(d.Events, events(p, today, i)...)
		if r, ok := round(p, today); ok {
			d.Rounds = append(d.Rounds, r)
		}
	}
	slices.SortStableFunc(d.Events, func(a, b geo.Event) int { return cmp.Compare(a.On.Unix(), b.On.Unix()) })
	return d
}

// events are the last moves of a parcel, each some weeks after the one before.
func events(p geo.Parcel, today geo.Day, i int) []geo.Event {
	n := slices.Index(way(), p.Status) + 1
	states := way()[max(0, n-longestWay):n]
	out := make([]geo.Event, 0, len(states))
	from, verb := "", geo.Created
	for k, s := range states {
		day := today - 10 - geo.Day((len(states)-1-k)*(21+i%40)) - geo.Day(i%2000)
		out = append(out, geo.Event{Entity: geo.ParcelMachine, Code: p.Code, Verb: verb, From: from, To: s, On: day.Date()})
		from, verb = s, geo.Moved
	}
	return out
}

// round is the auction of a parcel that was announced.
func round(p geo.Parcel, today geo.Day) (geo.Round, bool) {
	n := slices.Index(way(), p.Status)
	if n < slices.Index(way(), "announced") {
		return geo.Round{}, false
	}
	day := func(n geo.Day) time.Time { return (today + n).Date() }
	r := geo.Round{
		Parcel: p.Code, No: 1, NoticeNo: fmt.Sprintf("示挂(2026)%s号", p.Code), Mode: "listing",
		Start: 100 * geo.Wan, Deposit: 20 * geo.Wan, Step: geo.Wan,
		NoticeOn: day(-35), ListFrom: day(-10), ListTo: day(5),
	}
	if n >= slices.Index(way(), "sold") {
		r.NoticeOn, r.ListFrom, r.ListTo, r.SoldOn = day(-435), day(-410), day(-395), day(-395)
		r.Deal, r.Buyer, r.Outcome = 120*geo.Wan, "示例公司", "sold"
	}
	return r, true
}
