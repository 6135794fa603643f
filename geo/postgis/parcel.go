package postgis

import (
	"context"
	"encoding/json"
	"time"

	"tengdi/geo"
)

// parcel moves a parcel and its round.
func (m *move) parcel(ctx context.Context) error {
	f, err := m.ofParcel(ctx)
	if err != nil {
		return err
	}
	if err := judge(m, geo.ParcelMoves(), &f); err != nil {
		return err
	}
	if err := m.writeParcel(ctx, f); err != nil {
		return err
	}
	if err := m.writeRound(ctx, m.round, f); err != nil {
		return err
	}
	m.change("parcels", m.id, m.To)
	add(&m.touched.parcels, m.id)
	return nil
}

// ofParcel gathers the facts of a move of a parcel, and finds its round.
func (m *move) ofParcel(ctx context.Context) (f geo.ParcelFacts, err error) {
	occasion, err := m.begin(ctx)
	if err != nil {
		return f, err
	}
	// What was recorded before the parcel was last planned belongs to a round
	// that is over.
	var planned time.Time
	for i := len(m.past) - 1; i >= 0; i-- {
		if m.past[i].to == "planned" {
			m.past, planned = m.past[i:], m.past[i].on
			break
		}
	}
	recall(m, &f)
	if err := m.parcelFacts(ctx, &f); err != nil {
		return f, err
	}
	if m.round, err = m.openRound(ctx, &f); err != nil {
		return f, err
	}
	if m.round.id == 0 && m.round.no > 0 {
		f.RoundEnded = planned
	}
	f.Occasion = occasion
	return f, nil
}

// parcelFacts reads the parcel's own columns, how much of it lies outside
// land that was cleared by the day of the move, and the calendar of working days.
func (m *move) parcelFacts(ctx context.Context, f *geo.ParcelFacts) error {
	var uses []byte
	err := m.QueryRow(ctx, `
		select
			p.clean_title, p.clean_compensation, p.clean_no_dispute, p.clean_conditions, p.clean_utilities,
			p.land_use, p.uses,
			p.far_min::float8, p.far_max::float8, p.far_min_open, p.far_max_open,
			p.density_min::float8, p.density_max::float8, p.density_min_open, p.density_max_open,
			p.green_min::float8, p.green_max::float8, p.green_min_open, p.green_max_open,
			p.height_min::float8, p.height_max::float8, p.height_min_open, p.height_max_open,
			st_isvalid(p.geom),
			coalesce(st_area(st_difference(p.geom, c.geom)::geography), p.area_m2)
		from land.parcel p
		cross join lateral (
			select st_union(l.geom) as geom
			from land.cleared_land l
			where l.geom && p.geom and l.ended_at is null and l.cleared_on <= $2) c
		where p.id = $1`, m.id, m.onDay()).Scan(
		&f.Clean.Title, &f.Clean.Compensation, &f.Clean.NoDispute, &f.Clean.Conditions, &f.Clean.Utilities,
		&f.LandUse, &uses,
		&f.FAR.Min, &f.FAR.Max, &f.FAR.MinOpen, &f.FAR.MaxOpen,
		&f.Density.Min, &f.Density.Max, &f.Density.MinOpen, &f.Density.MaxOpen,
		&f.Green.Min, &f.Green.Max, &f.Green.MinOpen, &f.Green.MaxOpen,
		&f.Height.Min, &f.Height.Max, &f.Height.MinOpen, &f.Height.MaxOpen,
		&f.ShapeValid, &f.OutsideM2)
	if err != nil {
		return err
	}
	f.Uses = nil
	if err := json.Unmarshal(uses, &f.Uses); err != nil {
		return err
	}
	f.Calendar, err = workCalendar(ctx, m)
	return err
}

// round is the parcel's present round; id 0 when the next announcement opens
// one.
type round struct {
	id int64
	no int
}

// openRound reads the round that is open, which is the last one unless it has
// ended and the parcel is planned again.
func (m *move) openRound(ctx context.Context, f *geo.ParcelFacts) (round, error) {
	var r round
	var outcome string
	var stored geo.ParcelFacts
	var notice, from, to, sold, contracted dated
	err := m.QueryRow(ctx, `
		select
			coalesce(r.id, 0), p.round_no, coalesce(r.outcome, ''),
			coalesce(r.notice_no, ''), coalesce(r.mode, ''), coalesce(r.start_fen, 0), coalesce(r.reserve_fen, 0),
			coalesce(r.deposit_fen, 0), coalesce(r.step_fen, 0), r.notice_on, r.list_from, r.list_to,
			coalesce(r.deal_fen, 0), coalesce(r.buyer, ''), r.sold_on, coalesce(r.contract_no, ''), coalesce(r.supervision_no, ''), r.contracted_on
		from land.parcel p
		left join land.round r on r.parcel_id = p.id and r.no = p.round_no
		where p.id = $1`, m.id).Scan(
		&r.id, &r.no, &outcome,
		&stored.NoticeNo, &stored.Mode, &stored.Start, &stored.Reserve,
		&stored.Deposit, &stored.Step, &notice, &from, &to,
		&stored.Deal, &stored.Buyer, &sold, &stored.ContractNo, &stored.SupervisionNo, &contracted)
	if err != nil {
		return r, err
	}
	if m.from == "planned" && outcome != "" {
		r.id = 0
	}
	if r.id == 0 {
		return r, m.QueryRow(ctx, `
			select coalesce(array_agg(notice_no order by no), '{}')
			from land.round
			where parcel_id = $1 and notice_no <> ''`, m.id).Scan(&f.OldNotices)
	}
	f.NoticeNo, f.Mode, f.Start, f.Reserve = stored.NoticeNo, stored.Mode, stored.Start, stored.Reserve
	f.Deposit, f.Step, f.NoticeOn, f.ListFrom, f.ListTo = stored.Deposit, stored.Step, notice.Time, from.Time, to.Time
	f.Deal, f.Buyer, f.SoldOn = stored.Deal, stored.Buyer, sold.Time
	f.ContractNo, f.SupervisionNo, f.ContractedOn = stored.ContractNo, stored.SupervisionNo, contracted.Time
	return r, nil
}

// writeParcel writes the parcel's state and, when it is planned or allocated,
// its conditions.
func (m *move) writeParcel(ctx context.Context, f geo.ParcelFacts) error {
	if m.back || m.To != "planned" && m.To != "allocated" {
		return m.update(ctx, "land.parcel")
	}
	uses, err := json.Marshal(f.Uses)
	if err != nil {
		return err
	}
	if f.Uses == nil {
		uses = []byte("[]")
	}
	sets := []any{
		"clean_title", f.Clean.Title, "clean_compensation", f.Clean.Compensation, "clean_no_dispute", f.Clean.NoDispute,
		"clean_conditions", f.Clean.Conditions, "clean_utilities", f.Clean.Utilities,
		"land_use", f.LandUse, "use_class", geo.UseClassOf(f.LandUse), "uses", uses,
	}
	values := limitValues(f.FAR, f.Density, f.Green, f.Height)
	for i, column := range limitColumns() {
		sets = append(sets, column, values[i])
	}
	return m.update(ctx, "land.parcel", sets...)
}

// writeRound opens, fills, ends or reopens the round as the move says.
func (m *move) writeRound(ctx context.Context, r round, f geo.ParcelFacts) error {
	if m.back {
		return m.undoRound(ctx, r)
	}
	switch m.To {
	case "announced":
		return m.announce(ctx, r, f)
	case "listed":
		return m.setRound(ctx, r, "list_to", m.day(f.ListTo))
	case "sold":
		return m.setRound(ctx, r, "deal_fen", fen(f.Deal), "sold_on", m.onDay(), "buyer", f.Buyer, "outcome", "sold")
	case "contracted":
		return m.setRound(ctx, r, "contract_no", f.ContractNo, "supervision_no", f.SupervisionNo, "contracted_on", m.onDay(),
			"start_by", m.day(f.StartBy))
	case "paid", "handed_over", "started", "completed":
		return m.setRound(ctx, r, m.To+"_on", m.onDay())
	case "failed", "withdrawn", "voided":
		return m.setRound(ctx, r, "outcome", m.To)
	}
	return nil
}

// undoRound takes back what the state that is left had written.
func (m *move) undoRound(ctx context.Context, r round) error {
	switch m.from {
	case "announced":
		// The notice is taken back for good: the next one opens a round.
		return m.setRound(ctx, r, "outcome", "withdrawn")
	case "sold":
		return m.setRound(ctx, r, "deal_fen", 0, "sold_on", nil, "buyer", "", "outcome", "")
	case "contracted":
		return m.setRound(ctx, r, "contract_no", "", "supervision_no", "", "contracted_on", nil, "start_by", nil)
	case "paid", "handed_over", "started", "completed":
		return m.setRound(ctx, r, m.from+"_on", nil)
	case "failed", "withdrawn":
		return m.setRound(ctx, r, "outcome", "")
	case "voided":
		return m.setRound(ctx, r, "outcome", "sold")
	}
	return nil
}

func (m *move) announce(ctx context.Context, r round, f geo.ParcelFacts) error {
	if f.Mode == "" {
		f.Mode = "listing"
	}
	if r.id == 0 {
		err := m.QueryRow(ctx, `
			insert into land.round (parcel_id, no)
			values ($1, $2)
			returning id`, m.id, r.no+1).Scan(&r.id)
		if err != nil {
			return err
		}
		if _, err := m.Exec(ctx, `update land.parcel set round_no = $2 where id = $1`, m.id, r.no+1); err != nil {
			return err
		}
	}
	return m.setRound(ctx, r,
		"notice_no", f.NoticeNo, "mode", f.Mode, "start_fen", fen(f.Start), "reserve_fen", fen(f.Reserve),
		"deposit_fen", fen(f.Deposit), "step_fen", fen(f.Step), "notice_on", m.day(f.NoticeOn),
		"list_from", m.day(f.ListFrom), "list_to", m.day(f.ListTo))
}

// setRound writes columns of the round; a parcel that came to its state without
// a round has nothing to be written.
func (m *move) setRound(ctx context.Context, r round, sets ...any) error {
	if r.id == 0 {
		return nil
	}
	return m.set(ctx, "land.round", r.id, sets...)
}
