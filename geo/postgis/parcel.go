package postgis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

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
	var planned time.Time
	occasion, err := m.begin(ctx, func(batch *pgx.Batch) {
		m.parcelFacts(batch, &f, &planned)
		m.openRound(batch, &f)
	})
	if err != nil {
		return f, err
	}
	if m.round.id == 0 {
		if err := m.oldNotices(ctx, &f); err != nil {
			return f, err
		}
		if m.round.no > 0 {
			f.RoundEnded = planned
		}
	}
	f.Occasion = occasion
	return f, nil
}

// replanned leaves of the past what followed the last planning, and says when
// that was: what was recorded before belongs to a round that is over.
func (m *move) replanned() time.Time {
	for i := len(m.past) - 1; i >= 0; i-- {
		if m.past[i].to == "planned" {
			m.past = m.past[i:]
			return m.past[0].on
		}
	}
	return time.Time{}
}

// parcelFacts asks for the parcel's own columns, how much of it lies outside
// land that was cleared by the day of the move, and the calendar of working
// days. They are laid over what the history recorded.
func (m *move) parcelFacts(batch *pgx.Batch, f *geo.ParcelFacts, planned *time.Time) {
	batch.Queue(`
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
		where p.id = $1`, m.id, m.onDay()).QueryRow(func(row pgx.Row) error {
		*planned = m.replanned()
		recall(m, f)
		var uses []byte
		err := row.Scan(
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
		return json.Unmarshal(uses, &f.Uses)
	})
	batch.Queue(selectWorkCalendar).Query(func(rows pgx.Rows) (err error) {
		f.Calendar, err = scanWorkCalendar(rows)
		return err
	})
}

// round is the parcel's present round; id 0 when the next announcement opens
// one.
type round struct {
	id int64
	no int
}

// openRound asks for the round that is open, which is the last one unless it has
// ended and the parcel is planned again.
func (m *move) openRound(batch *pgx.Batch, f *geo.ParcelFacts) {
	batch.Queue(`
		select
			coalesce(r.id, 0), p.round_no, coalesce(r.outcome, ''),
			coalesce(r.notice_no, ''), coalesce(r.mode, ''), coalesce(r.start_fen, 0), coalesce(r.reserve_fen, 0),
			coalesce(r.deposit_fen, 0), coalesce(r.step_fen, 0), r.notice_on, r.list_from, r.list_to,
			coalesce(r.deal_fen, 0), coalesce(r.buyer, ''), r.sold_on, coalesce(r.contract_no, ''), coalesce(r.supervision_no, ''), r.contracted_on
		from land.parcel p
		left join land.round r on r.parcel_id = p.id and r.no = p.round_no
		where p.id = $1`, m.id).QueryRow(func(row pgx.Row) error {
		var r round
		var outcome string
		var stored geo.ParcelFacts
		var notice, from, to, sold, contracted dated
		err := row.Scan(
			&r.id, &r.no, &outcome,
			&stored.NoticeNo, &stored.Mode, &stored.Start, &stored.Reserve,
			&stored.Deposit, &stored.Step, &notice, &from, &to,
			&stored.Deal, &stored.Buyer, &sold, &stored.ContractNo, &stored.SupervisionNo, &contracted)
		if err != nil {
			return err
		}
		if m.from == "planned" && outcome != "" {
			r.id = 0
		}
		m.round = r
		if r.id == 0 {
			return nil
		}
		f.NoticeNo, f.Mode, f.Start, f.Reserve = stored.NoticeNo, stored.Mode, stored.Start, stored.Reserve
		f.Deposit, f.Step, f.NoticeOn, f.ListFrom, f.ListTo = stored.Deposit, stored.Step, notice.Time, from.Time, to.Time
		f.Deal, f.Buyer, f.SoldOn = stored.Deal, stored.Buyer, sold.Time
		f.ContractNo, f.SupervisionNo, f.ContractedOn = stored.ContractNo, stored.SupervisionNo, contracted.Time
		return nil
	})
}

// oldNotices reads the numbers of the parcel's notices so far, which a new round
// cannot use again.
func (m *move) oldNotices(ctx context.Context, f *geo.ParcelFacts) error {
	return m.QueryRow(ctx, `
		select coalesce(array_agg(notice_no order by no), '{}')
		from land.round
		where parcel_id = $1 and notice_no <> ''`, m.id).Scan(&f.OldNotices)
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
