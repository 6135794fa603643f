package postgis

import (
	"context"
	"slices"

	"tengdi/geo"
)

// building moves a building.
func (m *move) building(ctx context.Context) error {
	f, err := m.ofBuilding(ctx)
	if err != nil {
		return err
	}
	if err := judge(m, geo.BuildingMoves(), &f); err != nil {
		return err
	}
	sets := []any{"legal", string(f.Legal), "use", f.Use, "floor_m2", float64(f.FloorM2), "method", f.Method}
	gone := []string{"demolished", "self_removed", "removed"}
	switch {
	case slices.Contains(gone, m.To) && !m.back:
		sets = append(sets, "demolished_on", m.onDay())
	case m.back && slices.Contains(gone, m.from):
		sets = append(sets, "demolished_on", nil)
	}
	if err := m.update(ctx, "land.building", sets...); err != nil {
		return err
	}
	m.change("buildings", m.id, m.To)
	return nil
}

// ofBuilding gathers the facts of a move of a building.
func (m *move) ofBuilding(ctx context.Context) (f geo.BuildingFacts, err error) {
	occasion, err := m.begin(ctx)
	if err != nil {
		return f, err
	}
	recall(m, &f)
	f.Occasion = occasion
	err = m.QueryRow(ctx, `
		select
			b.legal, b.use, b.floor_m2::float8, b.method,
			(select count(*) from priv.household h where h.building_id = b.id and (h.vacated_on is null or h.vacated_on > $2))
		from land.building b
		where b.id = $1`, m.id, m.onDay()).Scan(&f.Legal, &f.Use, &f.FloorM2, &f.Method, &f.HouseholdsIn)
	return f, err
}
