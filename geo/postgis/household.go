package postgis

import (
	"context"
	"slices"

	"tengdi/geo"
)

// household moves a household. No map layer and nothing public shows it.
func (m *move) household(ctx context.Context) error {
	f, err := m.ofHousehold(ctx)
	if err != nil {
		return err
	}
	if err := judge(m, geo.HouseholdMoves(), &f); err != nil {
		return err
	}
	sets := []any{"mode", f.Mode, "amount_fen", fen(f.Amount)}
	if column := stageDate(m.To); column != "" && !m.back {
		sets = append(sets, column, m.onDay())
	}
	if column := stageDate(m.from); column != "" && m.back {
		sets = append(sets, column, nil) // the stage is no longer passed
	}
	if m.back && m.from == "closed" && m.paidByClosing() {
		sets = append(sets, "paid_on", nil)
	}
	if m.To == "closed" && !m.back && !f.PaidOn.IsZero() {
		sets = append(sets, "paid_on", m.day(f.PaidOn))
	}
	return m.update(ctx, "priv.household", sets...)
}

// paidByClosing says that the closing of the household's file, from which the
// move steps back, brought the day of payment.
func (m *move) paidByClosing() bool {
	for _, p := range slices.Backward(m.past) {
		if p.to == "closed" {
			return p.data.Has("paid_on")
		}
	}
	return false
}

// householdRecords reads what the records on file say on the day of the move: a
// review or a suit that has not ended, the final judgment, the new home
// delivered.
func (m *move) householdRecords(ctx context.Context, f *geo.HouseholdFacts) error {
	var final, flat dated
	err := m.QueryRow(ctx, `
		select
			coalesce(bool_or(kind = $3 and data ->> 'step' in ('review', 'suit') and coalesce(done_on > $2, true)), false),
			max(done_on) filter (where kind = $3 and data ->> 'step' = 'final' and done_on <= $2),
			max(done_on) filter (where kind = $4 and done_on <= $2)
		from priv.record
		where entity = 'household' and entity_id = $1 and struck_at is null`,
		m.id, f.Day().Date(), geo.CourtRecord, geo.FlatRecord).Scan(&f.RemedyFiled, &final, &flat)
	f.FinalOn = final.Time
	if f.FlatOn.IsZero() {
		f.FlatOn = flat.Time
	}
	return err
}

// ofHousehold gathers the facts of a move of a household.
func (m *move) ofHousehold(ctx context.Context) (f geo.HouseholdFacts, err error) {
	occasion, err := m.begin(ctx)
	if err != nil {
		return f, err
	}
	recall(m, &f)
	var paid, signTo dated
	err = m.QueryRow(ctx, `
		select h.mode, h.amount_fen, h.paid_on, a.status = any($2), a.sign_to
		from priv.household h
		join land.area a on a.id = h.area_id
		where h.id = $1`, m.id, geo.AreaDecided()).Scan(&f.Mode, &f.Amount, &paid, &f.AreaDecided, &signTo)
	if err != nil {
		return f, err
	}
	f.Occasion, f.PaidOn, f.SignTo = occasion, paid.Time, signTo.Time
	return f, m.householdRecords(ctx, &f)
}

// stageDate is the column that says when a household passed a stage; "" for a
// state that is no stage of the figures.
func stageDate(state string) string {
	switch state {
	case "surveyed", "valued", "signed", "paid", "vacated":
		return state + "_on"
	}
	return ""
}
