package postgis

import (
	"context"

	"tengdi/geo"
)

// problem moves a line of the problem list.
func (m *move) problem(ctx context.Context) error {
	f, err := m.ofProblem(ctx)
	if err != nil {
		return err
	}
	if err := judge(m, geo.ProblemMoves(), &f); err != nil {
		return err
	}
	sets := []any{
		"title", f.Title, "department", f.Department, "leader", f.Leader, "measure", f.Measure, "due", m.day(f.Due),
	}
	switch {
	case m.To == "closed":
		sets = append(sets, "closed_on", m.onDay())
	case m.from == "closed":
		sets = append(sets, "closed_on", nil)
	}
	return m.update(ctx, "land.problem", sets...)
}

// ofProblem gathers the facts of a move of a problem.
func (m *move) ofProblem(ctx context.Context) (f geo.ProblemFacts, err error) {
	occasion, err := m.begin(ctx)
	if err != nil {
		return f, err
	}
	recall(m, &f)
	var due dated
	err = m.QueryRow(ctx, `
		select title, department, leader, measure, due
		from land.problem
		where id = $1`, m.id).Scan(&f.Title, &f.Department, &f.Leader, &f.Measure, &due)
	f.Occasion, f.Due, f.Actor = occasion, due.Time, m.actor.Login
	for _, p := range m.past {
		if p.to == "submitted" {
			f.SubmittedBy = p.actor
		}
	}
	return f, err
}
