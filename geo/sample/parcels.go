package sample

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tengdi/geo"
)

// market makes the parcels, their rounds and their histories.
type market struct {
	rng     *rand.Rand
	proj    projector
	today   geo.Day
	log     *chronicle
	notices map[int]int // number of notices of a year
	parcels []geo.Parcel
	rounds  []geo.Round
	buyers  int
	neutral map[string]string
	owned   map[string][]lotCode // parcels with a contract, by area name
	office  *office
	agreed  int // parcels handed over so far that nobody has started to build on
}

// lots of all areas: the sold ones in order of sale, then the others.
func allLots(areas []*areaPlan) []*lot {
	var out []*lot
	for _, a := range areas {
		out = append(out, a.lots...)
	}
	slices.SortStableFunc(out, func(x, y *lot) int { return cmp.Compare(x.day(), y.day()) })
	return out
}

// soldStates are the states of the sold parcels in order of sale (DOMAIN 6.1).
func soldStates() []string {
	var out []string
	for _, s := range []struct {
		code string
		n    int
	}{{"completed", 2}, {"started", 9}, {"handed_over", 11}, {"contracted", 8}, {"sold", 5}} {
		out = append(out, slices.Repeat([]string{s.code}, s.n)...)
	}
	return out
}

func (m *market) fill(areas []*areaPlan) {
	seq := map[string]int{}
	unit := map[*areaPlan]int{} // 地籍子区 within the street
	perStreet := map[string]int{}
	for _, a := range areas {
		perStreet[a.row.street]++
		unit[a] = perStreet[a.row.street]
	}
	states := soldStates()
	for i, l := range allLots(areas) {
		if l.sale != nil {
			l.status = states[i]
		}
		// 宗地代码: 6 county, 3 cadastral district (here the street), 3 sub-district,
		// GB = state land, right to use the surface, 5 in sequence.
		sub := fmt.Sprintf("%s%03d", l.area.row.street, unit[l.area])
		seq[sub]++
		p := m.parcel(l, fmt.Sprintf("%sGB%05d", sub, seq[sub]), seq[sub])
		m.history(l, p)
		m.parcels = append(m.parcels, p)
	}
}

func (m *market) parcel(l *lot, code string, no int) geo.Parcel {
	a := l.area
	area := rename(m.neutral, a.row.name)
	use := l.use(m.rng)
	m2 := geo.FromMu(l.mu)
	p := geo.Parcel{
		Code: code, Name: fmt.Sprintf("%s%d号地块", area, no), Area: a.row.code, Street: a.row.street,
		Address: area, Status: l.status, LandUse: use, Industry: industryOf(a.row.board),
		Shape:     geo.Shape{SRID: geo.WGS84, Geometry: m.proj.multi(l.shapes)},
		Measures:  m.proj.measures(l.shapes, m2),
		SourceCRS: 4526,
		Clean:     geo.CleanLand{Title: true, Compensation: true, NoDispute: true, Conditions: true, Utilities: true},
	}
	p.Uses = []geo.UseRow{{Code: use, Share: 1, Years: term(use)}}
	num := func(v float64) *float64 { return &v }
	pick := func(v ...float64) *float64 { return num(v[m.rng.IntN(len(v))]) }
	switch geo.UseClassOf(use) {
	case "residential":
		p.FAR = geo.Limit{Min: num(1), MinOpen: true, Max: pick(2, 2.5, 2.8, 3)}
		p.Density, p.Green = geo.Limit{Max: pick(25, 28, 30)}, geo.Limit{Min: pick(30, 35)}
		p.Height = geo.Limit{Max: pick(54, 80, 100)}
		if l.sale == nil && m.rng.IntN(3) == 0 {
			p.Uses = []geo.UseRow{{Code: use, Share: 0.9, Years: 70}, {Code: "0901", Share: 0.1, Years: 40}}
		}
	case "commercial":
		p.FAR = geo.Limit{Min: num(1), Max: pick(3, 3.5, 4)}
		p.Density, p.Green = geo.Limit{Max: pick(45, 50, 55)}, geo.Limit{Min: pick(15, 20)}
		p.Height = geo.Limit{Max: pick(60, 100)}
	case "logistics", "industrial":
		p.FAR = geo.Limit{Min: pick(0.8, 1), Max: pick(1.5, 2)}
		p.Density, p.Green = geo.Limit{Min: num(35), Max: num(60)}, geo.Limit{Max: num(20)}
		p.Height = geo.Limit{Max: num(24), MaxOpen: true}
	default:
		p.FAR = geo.Limit{Max: pick(0.9, 1.2, 1.5)}
		p.Density, p.Green = geo.Limit{Max: num(30)}, geo.Limit{Min: num(35)}
		p.Height = geo.Limit{Max: num(24)}
	}
	return p
}

// measures are the three areas of shapes surveyed as survey.
func (p projector) measures(shapes []shape, survey geo.SquareMetres) geo.Measures {
	plane := 0.0
	for _, s := range shapes {
		plane += s.area()
	}
	return geo.Measures{Ellipsoid: geo.SquareMetres(p.ellipsoidal(shapes...)), Plane: geo.SquareMetres(plane), Survey: survey}
}

// term is the longest term of a use (暂行条例 art. 12).
func term(use string) int {
	switch geo.UseClassOf(use) {
	case "residential":
		return 70
	case "commercial":
		return 40
	}
	return 50
}

func (l *lot) use(rng *rand.Rand) string {
	if l.sale != nil {
		return l.sale.use
	}
	if l.status == "allocated" {
		return []string{"0803", "0805", "1401", "0807", "0702", "1302", "0808"}[rng.IntN(7)]
	}
	switch l.area.row.board {
	case "物流":
		return []string{"110101", "110101", "100101"}[rng.IntN(3)]
	case "商贸", "金融":
		return []string{"0901", "0902", "070102"}[rng.IntN(3)]
	case "文旅":
		return []string{"0903", "0901", "070102"}[rng.IntN(3)]
	case "康养":
		return []string{"0806", "070102"}[rng.IntN(2)]
	}
	return []string{"070102", "070102", "070102", "0901"}[rng.IntN(4)]
}

func industryOf(board string) string {
	switch board {
	case "物流":
		return "logistics"
	case "商贸":
		return "trade"
	case "金融":
		return "finance"
	case "文旅":
		return "tourism"
	case "康养":
		return "health"
	}
	return "residence"
}

// history writes what happened to the parcel, with its rounds.
func (m *market) history(l *lot, p geo.Parcel) {
	ready := l.cell.ready
	reserved := ready + 3 + geo.Day(m.rng.IntN(8))
	s := m.log.begin(geo.ParcelMachine, p.Code, "reserved", reserved, geo.RolePlanner, nil)
	if l.status == "allocated" {
		s.because("allocated", min(reserved+60+geo.Day(m.rng.IntN(300)), m.today-30), geo.RolePlanner, "公共设施用地，依法划拨（示例）")
		return
	}
	if l.sale != nil {
		m.sale(l, p, s, reserved)
		return
	}
	m.open(l, p, s, reserved)
}

// sale is the round in which the parcel was sold, and what came after.
func (m *market) sale(l *lot, p geo.Parcel, s *story, reserved geo.Day) {
	row, rng := l.sale, m.rng
	notice := row.soldOn - 34 - geo.Day(rng.IntN(5))
	from := notice + 20 + geo.Day(rng.IntN(3))
	m.buyers++
	r := geo.Round{
		Parcel: p.Code, No: 1, NoticeNo: row.notice, Mode: "listing",
		Start: geo.FromWan(row.start), Deposit: geo.FromWan(row.deposit), Step: stepOf(row.start),
		NoticeOn: date(notice), ListFrom: date(from), ListTo: date(row.soldOn),
		Deal: geo.FromWan(row.deal), SoldOn: date(row.soldOn),
		Buyer: fmt.Sprintf("示例置业%02d", m.buyers), Outcome: "sold",
	}
	if row.deal > row.start && rng.IntN(2) == 0 {
		r.Reserve = geo.FromWan(math.Floor(row.start + (row.deal-row.start)*0.4))
	}
	s.move("planned", max(reserved+1, notice-25), geo.RolePlanner, nil)
	s.move("announced", notice, geo.RoleTrading, announced(r))
	s.move("listed", from, geo.RoleTrading, nil)
	if row.deal > row.start {
		s.move("bidding", row.soldOn, geo.RoleTrading, nil)
	}
	s.move("sold", row.soldOn, geo.RoleTrading, map[string]any{"deal_wan": row.deal, "buyer": r.Buyer})
	m.after(l.status, s, &r, row.soldOn)
	if !r.ContractedOn.IsZero() {
		name := l.area.row.name
		m.owned[name] = append(m.owned[name], lotCode{p.Code, l.shapes[0].outer.centroid(), geo.CivilDay(r.ContractedOn)})
	}
	m.rounds = append(m.rounds, r)
}

// after takes a sold parcel on: contract within ten working days, the price
// within a year, handing over, start and completion of building.
func (m *market) after(until string, s *story, r *geo.Round, sold geo.Day) {
	rng := m.rng
	var on geo.Day
	step := func(state string, by geo.Day, role geo.Role, data map[string]any) bool {
		on = by
		s.move(state, on, role, data)
		return state != until
	}
	if until == "sold" {
		return
	}
	y := sold.Date().Year()
	r.ContractNo = fmt.Sprintf("岳楼示合(%d)%02d号", y, m.buyers)
	r.SupervisionNo = fmt.Sprintf("430602%dB%05d", y, m.buyers*37%99999)
	var none geo.WorkCalendar
	by := none.Add(sold, 4+rng.IntN(6))
	r.ContractedOn = date(by)
	if !step("contracted", by, geo.RoleTrading, map[string]any{
		"contract_no": r.ContractNo, "supervision_no": r.SupervisionNo, "start_by": m.startBy(until, r, by).String(),
	}) {
		return
	}
	by += 25 + geo.Day(rng.IntN(150))
	r.PaidOn = date(by)
	if !step("paid", by, geo.RoleTrading, nil) {
		return
	}
	by += 8 + geo.Day(rng.IntN(40))
	r.HandedOverOn = date(by)
	if !step("handed_over", by, geo.RoleTrading, nil) {
		return
	}
	by += 60 + geo.Day(rng.IntN(240))
	r.StartedOn = date(by)
	if !step("started", by, geo.RolePlanner, map[string]any{"permit_no": fmt.Sprintf("示例施工许可%d-%02d", y+1, m.buyers)}) {
		return
	}
	by = min(by+640+geo.Day(rng.IntN(250)), m.today-200)
	r.CompletedOn = date(by)
	step("completed", by, geo.RolePlanner, nil)
}

// startBy agrees when building begins: a year after the contract where it has
// begun; else around today, as supplements to the contract moved it, so that of
// the land handed over some lies idle for over a year, some for over two
// (房地产法 art. 26).
func (m *market) startBy(until string, r *geo.Round, contracted geo.Day) geo.Day {
	by := contracted.AddYears(1)
	switch until {
	case "contracted", "paid":
		by = m.today + 120
	case "handed_over":
		by = max(by, m.today+[...]geo.Day{150, -480, 40, -900, -200, -560, 90, -60, -820, -410, 200}[m.agreed%11])
		m.agreed++
	}
	r.StartBy = date(by)
	return by
}

// announced is what the notice says; the reserve price stays secret.
func announced(r geo.Round) map[string]any {
	return map[string]any{
		"notice_no": r.NoticeNo, "mode": r.Mode, "start_wan": r.Start.Wan(), "deposit_wan": r.Deposit.Wan(), "step_wan": r.Step.Wan(),
		"notice_on": r.NoticeOn.Format(time.DateOnly), "list_from": r.ListFrom.Format(time.DateOnly), "list_to": r.ListTo.Format(time.DateOnly),
	}
}

// stepOf is the bid increment for a start price in 万元.
func stepOf(startWan float64) geo.Money {
	switch {
	case startWan >= 30_000:
		return 500 * geo.Wan
	case startWan >= 10_000:
		return 200 * geo.Wan
	case startWan >= 3_000:
		return 100 * geo.Wan
	}
	return 20 * geo.Wan
}

// open is a parcel that is not sold: planned, announced, on offer, failed or
// withdrawn. Its dates lie around today.
func (m *market) open(l *lot, p geo.Parcel, s *story, reserved geo.Day) {
	rng, today := m.rng, m.today
	planned := max(reserved+1, min(reserved+30+geo.Day(rng.IntN(700)), today-900))
	round := 1
	if (l.status == "planned" && rng.IntN(9) == 0) || (l.status == "listed" && rng.IntN(3) == 0) {
		notice := planned + 40 + geo.Day(rng.IntN(200))
		s.move("planned", planned, geo.RolePlanner, nil)
		r := m.round(l, p, round, notice, notice+20, notice+32)
		r.Outcome = "failed"
		s.move("announced", notice, geo.RoleTrading, announced(r))
		s.move("listed", notice+20, geo.RoleTrading, nil)
		s.because("failed", notice+32, geo.RoleTrading, "挂牌期内无人报价（示例）")
		planned = notice + 120
		s.because("planned", planned, geo.RolePlanner, "调整规划条件后重新组织出让（示例）")
		m.rounds = append(m.rounds, r)
		round = 2
	} else {
		s.move("planned", planned, geo.RolePlanner, nil)
	}
	var notice geo.Day
	switch l.status {
	case "planned":
		return
	case "announced":
		notice = today - 1 - geo.Day(rng.IntN(16))
	case "listed":
		notice = today - 23 - geo.Day(rng.IntN(8))
	case "failed":
		notice = today - 80 - geo.Day(rng.IntN(500))
	case "withdrawn":
		notice = today - 60 - geo.Day(rng.IntN(300))
	}
	from := notice + 20 + geo.Day(rng.IntN(3))
	to := from + 11 + geo.Day(rng.IntN(5))
	r := m.round(l, p, round, notice, from, to)
	s.move("announced", notice, geo.RoleTrading, announced(r))
	switch l.status {
	case "listed":
		s.move("listed", from, geo.RoleTrading, nil)
	case "failed":
		s.move("listed", from, geo.RoleTrading, nil)
		s.because("failed", to, geo.RoleTrading, "挂牌期内无人报价（示例）")
		r.Outcome = "failed"
	case "withdrawn":
		s.because("withdrawn", notice+9, geo.RoleTrading, "规划条件需调整，终止出让（示例）")
		r.Outcome = "withdrawn"
	}
	m.rounds = append(m.rounds, r)
}

// round is a round with a start price of its own making: by use and board,
// around the district's 500 万元 per mu.
func (m *market) round(l *lot, p geo.Parcel, no int, notice, from, to geo.Day) geo.Round {
	perMu := 320 + 160*m.rng.Float64()
	switch geo.UseClassOf(p.LandUse) {
	case "commercial":
		perMu *= 1.5
	case "logistics", "industrial":
		perMu = 34 + 10*m.rng.Float64()
	case "public":
		perMu = 180 + 80*m.rng.Float64()
	}
	start := math.Round(perMu*l.mu/10) * 10
	y := notice.Date().Year()
	if m.notices[y] == 0 && y <= 2019 {
		m.notices[y] = 40 // the first numbers are those of the sold parcels
	}
	m.notices[y]++
	r := geo.Round{
		Parcel: p.Code, No: no, NoticeNo: fmt.Sprintf("岳楼示挂(%d)%02d号", y, m.notices[y]), Mode: "listing",
		Start: geo.FromWan(start), Deposit: geo.FromWan(math.Ceil(start * 0.2)), Step: stepOf(start),
		NoticeOn: date(notice), ListFrom: date(from), ListTo: date(to),
	}
	if m.rng.IntN(2) == 0 {
		r.Reserve = geo.FromWan(math.Round(start * (1.02 + 0.1*m.rng.Float64())))
	}
	return r
}
