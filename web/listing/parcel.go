package listing

import (
	"slices"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Parcel is a published parcel as an investor looks at it. Zero values are
// unknown or not yet.
type Parcel struct {
	FID                                int64 // the public's own id, which stays
	Code, Name, Status                 string
	Area, AreaName, Board              string
	Street, Address                    string
	LandUse, UseClass                  string
	Years                              int
	Size                               geo.SquareMetres
	MuBasis                            string // survey or ellipsoid
	FAR, Density, Green, Height        string // with their signs: 1 ≤ x ≤ 2.5
	FARMin, FARMax                     float64
	NoticeNo, Mode                     string
	Start, Deposit, Step, Deal         geo.Money
	NoticeOn, ListFrom, ListTo, SoldOn geo.Day
	Buyer                              string
	FailedRounds                       int
	Updated                            time.Time
	Shape                              orb.MultiPolygon // degrees
}

// FromFeature reads a published parcel; board is that of its area.
func FromFeature(f geo.Feature, board string) Parcel {
	text := func(name string) string { s, _ := f.Properties[name].(string); return s }
	number := func(name string) float64 {
		switch v := f.Properties[name].(type) {
		case float64:
			return v
		case int64:
			return float64(v)
		}
		return 0
	}
	money := func(name string) geo.Money { return geo.FromWan(number(name)) }
	p := Parcel{
		FID: f.FID, Code: f.Code, Name: text("name"), Status: text("status"),
		Area: text("area"), AreaName: text("area_name"), Board: board, Street: text("street"), Address: text("address"),
		LandUse: text("land_use"), UseClass: text("use_class"), Years: int(number("years")),
		Size: geo.FromMu(number("mu")), MuBasis: text("mu_basis"),
		FAR: text("far"), Density: text("density"), Green: text("green"), Height: text("height"),
		NoticeNo: text("notice_no"), Mode: text("mode"),
		Start: money("start_wan"), Deposit: money("deposit_wan"), Step: money("step_wan"), Deal: money("deal_wan"),
		NoticeOn: civil(text("notice_on")), ListFrom: civil(text("list_from")), ListTo: civil(text("list_to")), SoldOn: civil(text("sold_on")),
		Buyer: text("buyer"), FailedRounds: int(number("failed_rounds")), Updated: f.UpdatedAt,
	}
	switch g := f.Geometry.(type) {
	case orb.MultiPolygon:
		p.Shape = g
	case orb.Polygon:
		p.Shape = orb.MultiPolygon{g}
	}
	if l, err := geo.ParseLimit(p.FAR); err == nil {
		if l.Min != nil {
			p.FARMin = *l.Min
		}
		if l.Max != nil {
			p.FARMax = *l.Max
		}
	}
	return p
}

// civil reads a day as the store writes it; 0 for none.
func civil(s string) geo.Day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0
	}
	return geo.CivilDay(t)
}

// Title is what the parcel is called: its name, else its code.
func (p Parcel) Title() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Code
}

// Place is where it lies, in words: its address, else its area.
func (p Parcel) Place() string {
	if p.Address != "" {
		return p.Address
	}
	return p.AreaName
}

// Where is its area and, where that says more, its address.
func (p Parcel) Where() string {
	if p.Address == "" || p.Address == p.AreaName {
		return p.AreaName
	}
	if p.AreaName == "" {
		return p.Address
	}
	return p.AreaName + " · " + p.Address
}

// Sold says that it is sold and not voided.
func (p Parcel) Sold() bool { return slices.Contains(geo.SoldCodes(), p.Status) }

// Offered says that it can be bid for, or will be: announced, listed, bidding.
func (p Parcel) Offered() bool { return slices.Contains(offered(), p.Status) }

func offered() []string { return []string{"announced", "listed", "bidding"} }

// Price is the deal of what is sold, else the start price; 0 = not known.
func (p Parcel) Price() geo.Money {
	if p.Sold() && p.Deal > 0 {
		return p.Deal
	}
	return p.Start
}

// PricePerMu is the price per mu in 万元; 0 = not known.
func (p Parcel) PricePerMu() float64 {
	if p.Size <= 0 {
		return 0
	}
	return p.Price().Wan() / p.Size.Mu()
}

// FloorPrice is the price per square metre of floor that may be built, in yuan:
// price / (m2 × highest floor-area ratio); 0 = not known, as without such a limit.
func (p Parcel) FloorPrice() float64 {
	if p.Size <= 0 || p.FARMax <= 0 {
		return 0
	}
	return p.Price().Yuan() / (float64(p.Size) * p.FARMax)
}

// Premium is (deal − start) / start in percent; ok is false without both.
func (p Parcel) Premium() (percent float64, ok bool) {
	if !p.Sold() || p.Deal == 0 || p.Start == 0 {
		return 0, false
	}
	return float64(p.Deal-p.Start) / float64(p.Start) * 100, true
}

// Deadline is the moment that matters next to a bidder, and what it is: the
// beginning of the listing of an announced parcel, the end of one that is listed.
// Both are ends of civil days in the zone. ok is false when nothing is due.
func (p Parcel) Deadline(now time.Time, zone *time.Location) (at time.Time, word string, ok bool) {
	switch {
	case p.Status == "announced" && p.ListFrom != 0 && now.Before(begin(p.ListFrom, zone)):
		return begin(p.ListFrom, zone), p.Word("until_listing"), true
	case p.Offered() && p.ListTo != 0:
		return p.ListTo.End(zone), "until_end", true
	}
	return time.Time{}, "", false
}

// begin is the first moment of a day in a zone.
func begin(d geo.Day, zone *time.Location) time.Time {
	return (d - 1).End(zone)
}

// Why tells why a parcel cannot be bid for now; "" for one that can. The word is
// one of the dictionary.
func (p Parcel) Why(now time.Time, zone *time.Location) string {
	switch {
	case p.Sold():
		return "why_sold"
	case p.Status == "announced":
		return p.Word("why_announced")
	case p.Status == "failed":
		return "why_failed"
	case p.Status == "suspended":
		return "why_suspended"
	case p.Status == "withdrawn":
		return "why_withdrawn"
	case p.Status == "listed" && p.ListTo != 0 && !now.Before(p.ListTo.End(zone)):
		return p.Word("why_over")
	}
	return ""
}

// Word is the dictionary's word for a step of the sale as its mode calls it: what is
// sold by auction or tender is not listed. It is of list_from, list_to,
// until_listing, why_announced and why_over alone.
func (p Parcel) Word(key string) string {
	switch p.Mode {
	case "auction", "tender":
		return key + "_" + p.Mode
	}
	return key
}

// dayOf is a date of the store as a civil day; 0 for none.
func dayOf(t time.Time) geo.Day {
	if t.IsZero() {
		return 0
	}
	return geo.CivilDay(t)
}
