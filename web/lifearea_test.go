package web

import (
	"slices"
	"time"

	"tengdi/geo"
)

type lifeArea struct {
	lived
	name           string
	planM2         geo.SquareMetres
	shapeM2        geo.SquareMetres // as the database measures it
	earlyM2        geo.SquareMetres // cleared before the area was accepted: all of it or nothing
	finalM2        geo.SquareMetres // cleared by the acceptance that holds
	earlyOn        geo.Day
	finalOn        geo.Day
	decisionNo     string
	decidedOn      time.Time
	signFrom, till time.Time
	minRatio       float64
}

// clearedBy is how much of the area was cleared by a day.
func (a *lifeArea) clearedBy(day geo.Day) (m2 geo.SquareMetres) {
	if a.earlyOn <= day {
		m2 += a.earlyM2
	}
	if a.finalOn <= day {
		m2 += a.finalM2
	}
	return m2
}

func (a *lifeArea) clearedM2() geo.SquareMetres { return a.earlyM2 + a.finalM2 }

func (w *world) tryArea(a *lifeArea, c command, data geo.MoveData) []string {
	f := geo.AreaFacts{}
	recalled(a.held(), c.to, &f)
	f.Name, f.PlanM2, f.HasShape = a.name, a.planM2, true
	f.DecisionNo, f.NoticeOn, f.SignFrom, f.SignTo, f.MinRatio = a.decisionNo, a.decidedOn, a.signFrom, a.till, a.minRatio
	f.ClearedM2, f.AcceptedM2 = a.clearedM2(), a.clearedM2()
	if c.to == "cleared" { // measured for the acceptance only
		f.ShapeM2 = a.shapeM2
		if a.clearedM2() == 0 {
			f.RestM2 = a.shapeM2
		}
	}
	for _, h := range w.households {
		if h.area != a.code {
			continue
		}
		count := func(n *int, yes bool) {
			if yes {
				*n++
			}
		}
		count(&f.Surveyed, !h.surveyedOn.IsZero())
		count(&f.Signed, !h.signedOn.IsZero() && !h.signedOn.After(c.on.Date()))
		count(&f.Vacated, !h.vacatedOn.IsZero())
		court := []string{"decision_issued", "court_applied", "court_accepted", "ruling_ok", "ruling_refused", "enforced"}
		count(&f.CourtPath, h.signedOn.IsZero() && slices.Contains(court, h.status) && h.entered("decision_issued") <= c.on)
	}
	for _, b := range w.buildings {
		if b.area == a.code && (!slices.Contains(geo.BuildingDone(), b.status) || b.entered("kept", "demolished", "self_removed", "removed") > c.on) {
			f.BuildingsOpen++
		}
		if b.area == a.code && b.legal == geo.LegalUndetermined {
			f.Undetermined++
		}
	}
	for _, q := range w.problems {
		if q.area == a.code && (q.status != "closed" || q.entered("closed") > c.on) {
			f.ProblemsOpen++
		}
	}
	for _, p := range w.parcels {
		if p.area != a.code {
			continue
		}
		f.Parcels++
		f.ParcelsM2 += p.m2
		if !slices.Contains([]string{"reserved", "planned", "allocated", "withdrawn"}, p.status) {
			f.ParcelsMarketed++
		}
		if p.status != "reserved" && a.status == "cleared" && a.finalM2 > 0 {
			f.ParcelsOnFinal++
		}
	}
	f.Occasion = w.occasion(&a.lived, c)
	f.Take(data)
	from := a.status
	if mv, ok := geo.AreaMoves().Move(from, c.to); ok && c.to == "cleared" && !mv.Back && a.earlyM2 > 0 && f.ClearedM2 > f.AcceptedM2 &&
		geo.AreaMoves().Check(from, c.to, c.role, f) == nil {
		return []string{"no_land_left"}
	}
	back, refused := judged(geo.AreaMoves(), &a.lived, c, f, data)
	if refused != nil {
		return refused
	}
	a.decisionNo, a.signFrom, a.till, a.minRatio = f.DecisionNo, f.SignFrom, f.SignTo, f.MinRatio
	switch {
	case c.to == "decided" && !back:
		a.decidedOn = f.NoticeOn
	case from == "decided" && back:
		a.decisionNo, a.decidedOn, a.signFrom, a.till = "", time.Time{}, time.Time{}, time.Time{}
	case c.to == "cleared" && !back:
		a.finalM2, a.finalOn = max(0, f.ClearedM2-f.AcceptedM2), c.on
	case from == "cleared" && back:
		a.finalM2 = 0
	}
	return nil
}
