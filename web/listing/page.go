package listing

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Details is what the page of a parcel has besides the parcel: its rounds, oldest
// first, and its shape in the district's measuring system, in metres; nil where
// none is set.
type Details struct {
	Rounds []geo.Round
	Plan   orb.MultiPolygon
}

// Row is one line of a table of facts.
type Row struct {
	Label, Value string
	Note         string
}

// roundRow is one round as the table shows it.
type roundRow struct {
	No                         int
	NoticeNo, Notice, List     string
	Start, Deal, Premium, Sold string
	Outcome                    string
	Failed                     bool
	Bar                        float64 // of the start price, 0 to 100
}

// pageCorners is how many corners the page of a parcel lists.
const pageCorners = 60

// parcelPage is the page of a parcel.
type parcelPage struct {
	Site
	Head       head
	P          card
	Figures    []Row
	Conditions []Row
	Notice     []Row
	Rounds     []roundRow
	Near       []Near
	Corners    []Corner
	CornerSum  int
	Degrees    bool
	System     string
	Map        string
	Compare    string
	Enquiry    Enquiry
	Wrong      []geo.FieldError
}

// ParcelPage writes the page of a parcel.
func ParcelPage(s Site, p Parcel, d Details) ([]byte, error) {
	page := parcelPage{Site: s, P: s.card(p), Near: Nearest(p, s.References, s.Lang), Map: mapLink(p)}
	var err error
	if page.Figures, err = s.figures(p); err != nil {
		return nil, err
	}
	if page.Conditions, err = s.conditions(p); err != nil {
		return nil, err
	}
	if page.Notice, err = s.notice(p); err != nil {
		return nil, err
	}
	if page.Rounds, err = s.rounds(d.Rounds); err != nil {
		return nil, err
	}
	corners := page.corners(p, d)
	page.CornerSum = len(corners)
	page.Corners = corners[:min(len(corners), pageCorners)]
	page.Compare = s.Link("/listings/compare", url.Values{"codes": {p.Code}})
	page.Head = head{
		Title: p.Title() + " · " + p.Code, Path: ParcelPath(p.Code, ""), Picture: s.picturePath(p.Code), Kind: "article",
		Description: s.sentence(p), Data: parcelData(s, p),
	}
	return render("parcel.html", page)
}

// corners are those of the measuring system, else in degrees.
func (p *parcelPage) corners(one Parcel, d Details) []Corner {
	if len(d.Plan) > 0 {
		p.System = "EPSG:" + strconv.Itoa(p.MeasureSRID)
		return cornersOf(d.Plan, 3)
	}
	p.Degrees = true
	corners := cornersOf(one.Shape, 7)
	edges := cornersOf(planeAt(one.Shape.Bound().Center()).shape(one.Shape), 3)
	for i := range corners {
		if len(edges) == len(corners) { // the plane does not turn a ring
			corners[i].Edge = edges[i].Edge
		}
	}
	return corners
}

// mapLink opens the map at the parcel.
func mapLink(p Parcel) string {
	return "/map#mode=auction&sel=parcels/" + strings.ReplaceAll(url.QueryEscape(p.Code), "+", "%20")
}

// sentence says in one line what is offered or was sold.
func (s Site) sentence(p Parcel) string {
	parts := []string{s.StateName(p.Status), s.UseName(p.UseClass), s.Land(p.Size)}
	if p.Price() > 0 {
		parts = append(parts, s.Money(p.Price()), s.PerMu(p.PricePerMu()))
	}
	if p.Place() != "" {
		parts = append(parts, p.Place())
	}
	return strings.Join(parts, s.Lang.Pick("，", ", "))
}

// table makes rows of words and values; what has no value is left out.
func (s Site) table(pairs ...string) ([]Row, error) {
	var out []Row
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		label, err := s.T(pairs[i])
		if err != nil {
			return nil, err
		}
		out = append(out, Row{Label: label, Value: pairs[i+1]})
	}
	return out, nil
}

// figures are the numbers that matter first.
func (s Site) figures(p Parcel) ([]Row, error) {
	perMu, floor, start, deal := "", "", "", ""
	if p.PricePerMu() > 0 {
		perMu = s.PerMu(p.PricePerMu())
	}
	if p.FloorPrice() > 0 {
		floor = s.FloorPrice(p.FloorPrice())
	}
	if p.Start > 0 {
		start = s.Money(p.Start)
	}
	if p.Sold() && p.Deal > 0 {
		deal = s.Money(p.Deal)
	}
	return s.table("size_of", s.Land(p.Size), "deal", deal, "start", start, "premium", s.PremiumOf(p), "per_mu", perMu, "floor", floor)
}

// conditions are the planning conditions with their signs; one that is not set is
// told as such.
func (s Site) conditions(p Parcel) ([]Row, error) {
	none, err := s.T("no_limit")
	if err != nil {
		return nil, err
	}
	or := func(v string) string {
		if v == "" {
			return none
		}
		return v
	}
	years := ""
	if p.Years > 0 {
		if years, err = s.Tf("years_of", p.Years); err != nil {
			return nil, err
		}
	}
	basis, err := s.T(map[bool]string{true: "by_survey", false: "by_ellipsoid"}[p.MuBasis == "survey"])
	if err != nil {
		return nil, err
	}
	rows, err := s.table("use", s.UseName(p.UseClass), "land_use", p.LandUse, "years", years, "size_of", s.Land(p.Size),
		"far", or(p.FAR), "density", or(p.Density), "green", or(p.Green), "height", or(p.Height))
	for i := range rows {
		if rows[i].Value == s.Land(p.Size) {
			rows[i].Note = basis
		}
	}
	return rows, err
}

// notice are the fields of the notice.
func (s Site) notice(p Parcel) ([]Row, error) {
	mode := ""
	if p.Mode != "" {
		var err error
		if mode, err = s.T(p.Mode); err != nil {
			mode = p.Mode
		}
	}
	money := func(m geo.Money) string {
		if m <= 0 {
			return ""
		}
		return s.Money(m)
	}
	return s.table("code", p.Code, "notice_no", p.NoticeNo, "mode", mode, "address", p.Address, "start", money(p.Start), "deposit", money(p.Deposit),
		"step", money(p.Step), "notice_on", s.Day(p.NoticeOn), p.Word("list_from"), s.Day(p.ListFrom), p.Word("list_to"), s.Day(p.ListTo),
		"sold_on", s.Day(p.SoldOn), "buyer", p.Buyer)
}

// rounds are all rounds, newest first.
func (s Site) rounds(in []geo.Round) ([]roundRow, error) {
	top := geo.Money(1)
	for _, r := range in {
		top = max(top, r.Start)
	}
	var out []roundRow
	for i := len(in) - 1; i >= 0; i-- {
		r := in[i]
		day := func(d geo.Day) string { return s.Day(d) }
		row := roundRow{
			No: r.No, NoticeNo: r.NoticeNo, Start: s.Money(r.Start), Notice: day(dayOf(r.NoticeOn)), Sold: day(dayOf(r.SoldOn)),
			Failed: r.Outcome == "failed", Bar: tenth(float64(r.Start) / float64(top) * 100),
		}
		if r.Start == 0 {
			row.Start = ""
		}
		if from, to := dayOf(r.ListFrom), dayOf(r.ListTo); from != 0 || to != 0 {
			row.List = day(from) + " – " + day(to)
		}
		if r.Deal > 0 {
			row.Deal, row.Premium = s.Money(r.Deal), Percent(r.Premium()*100)
		}
		var err error
		if row.Outcome, err = s.T("outcome_" + r.Outcome); err != nil {
			return nil, fmt.Errorf("round %d: %w", r.No, err)
		}
		out = append(out, row)
	}
	return out, nil
}
