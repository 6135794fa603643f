package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// project moves an investment project along the pipeline.
func (m *move) project(ctx context.Context) error {
	f, err := m.ofProject(ctx)
	if err != nil {
		return err
	}
	if err := judge(m, geo.ProjectMoves(), &f); err != nil {
		return err
	}
	err = m.update(ctx, "land.project",
		"name", f.Name, "investor", f.Investor, "amount_fen", fen(f.Amount), "parcel_id", m.link, "stage_on", m.onDay())
	if err != nil {
		return err
	}
	m.change("projects", m.id, m.To)
	add(&m.touched.projects, m.id)
	return nil
}

// ofProject gathers the facts of a move of a project.
func (m *move) ofProject(ctx context.Context) (f geo.ProjectFacts, err error) {
	occasion, err := m.begin(ctx)
	if err != nil {
		return f, err
	}
	recall(m, &f)
	err = m.QueryRow(ctx, `
		select p.name, p.investor, p.amount_fen, coalesce(l.code, '')
		from land.project p
		left join land.parcel l on l.id = p.parcel_id
		where p.id = $1`, m.id).Scan(&f.Name, &f.Investor, &f.Amount, &f.Parcel)
	if err != nil {
		return f, err
	}
	f.Occasion = occasion
	f.Take(m.data)
	m.link, err = m.linkedParcel(ctx, &f)
	return f, err
}

// linkedParcel finds the parcel that the project lands on, nil for none.
func (m *move) linkedParcel(ctx context.Context, f *geo.ProjectFacts) (any, error) {
	if f.Parcel == "" {
		return nil, nil
	}
	var id int64
	err := m.QueryRow(ctx, `select id, status from land.parcel where code = $1`, f.Parcel).Scan(&id, &f.ParcelStatus)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fieldError("parcel", "unknown_code", "没有编号为 "+f.Parcel+" 的宗地", "there is no parcel with code "+f.Parcel)
	}
	return id, err
}
