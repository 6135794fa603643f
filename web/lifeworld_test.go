package web

import (
	"fmt"
	"slices"
	"time"

	"tengdi/geo"
)

// world is what a district should be, kept in memory: the model against which
// TestLifeFollowsTheModel holds the running service. It asks the pure machines of
// package geo with facts of its own making.
type world struct {
	today      geo.Day
	zone       *time.Location
	areas      map[string]*lifeArea
	buildings  map[string]*lifeBuilding
	households map[string]*lifeHousehold
	parcels    map[string]*lifeParcel
	problems   map[string]*lifeProblem
	projects   map[string]*lifeProject
}

// lived is what every thing remembers.
type lived struct {
	code, status string
	area         string
	past         []livedMove
	last         geo.Day // of the last event
}

type livedMove struct {
	from, to string
	on       geo.Day
	login    string
	data     geo.MoveData
	back     bool
}

// held are the moves that still hold: those after the last time that a state was
// left are gone once the thing stepped back to it.
func (l *lived) held() []livedMove {
	gone := make([]bool, len(l.past))
	for j, b := range l.past {
		for i := j - 1; b.back && i >= 0; i-- {
			gone[i] = true
			if !l.past[i].back && l.past[i].from == b.to {
				break
			}
		}
	}
	var out []livedMove
	for i, m := range l.past {
		if !gone[i] {
			out = append(out, m)
		}
	}
	return out
}

// entered is the day on which the thing last came to one of the states, leading
// on; 0 when it never did.
func (l *lived) entered(states ...string) (day geo.Day) {
	for _, m := range l.past {
		if !m.back && slices.Contains(states, m.to) {
			day = m.on
		}
	}
	return day
}

// command is one move that somebody tries.
type command struct {
	machine geo.MachineName
	code    string
	to      string
	role    geo.Role
	on      geo.Day
	reason  string
	given   map[string]string
}

// occasion is what the move of a thing happens at.
func (w *world) occasion(l *lived, c command) geo.Occasion {
	o := geo.Occasion{On: c.on.Date(), LastOn: l.last.Date(), Now: w.today.Date().Add(12 * time.Hour), Zone: w.zone, Reason: c.reason}
	for _, m := range l.held() {
		if !m.back && m.to == l.status {
			o.Before = m.from
		}
	}
	return o
}

// recalled lays what the thing's moves that hold recorded over its facts, but for what was
// recorded when it entered the same state before.
func recalled[F any, P interface {
	*F
	Take(geo.MoveData)
}](past []livedMove, to string, f P) {
	for _, m := range past {
		if m.to != to {
			f.Take(m.data)
		}
	}
}

// try judges a command. It answers the guards that refuse it, and on none makes
// the move in the model.
func (w *world) try(c command) []string {
	data, err := geo.ReadData(c.machine, c.to, c.given)
	if err != nil {
		panic(err) // the test gives only what a move takes
	}
	if c.machine == geo.HouseholdMachine && !c.role.May(geo.ReadHouseholds) {
		return []string{"404"} // who may not know of it
	}
	switch c.machine {
	case geo.AreaMachine:
		return w.tryArea(w.areas[c.code], c, data)
	case geo.BuildingMachine:
		return w.tryBuilding(w.buildings[c.code], c, data)
	case geo.HouseholdMachine:
		return w.tryHousehold(w.households[c.code], c, data)
	case geo.ParcelMachine:
		return w.tryParcel(w.parcels[c.code], c, data)
	case geo.ProblemMachine:
		return w.tryProblem(w.problems[c.code], c, data)
	case geo.ProjectMachine:
		return w.tryProject(w.projects[c.code], c, data)
	}
	panic("no machine " + c.machine)
}

// judged asks the machine and remembers the move when it is allowed.
func judged[F any](m geo.Machine[F], l *lived, c command, f F, data geo.MoveData) (back bool, refused []string) {
	if err := m.Check(l.status, c.to, c.role, f); err != nil {
		return false, guardsOf(err)
	}
	mv, _ := m.Move(l.status, c.to)
	if mv.Plain() && len(c.given) > 0 {
		return false, []string{"no_data"} // takes a reason and nothing else
	}
	l.past = append(l.past, livedMove{l.status, c.to, c.on, string(c.role), data, mv.Back})
	l.status, l.last = c.to, c.on
	return mv.Back, nil
}

func guardsOf(err error) []string {
	r, ok := err.(*geo.RefusedError)
	if !ok {
		return []string{err.Error()}
	}
	var out []string
	for _, x := range r.Reasons {
		out = append(out, x.Guard)
	}
	return out
}

type lifeBuilding struct {
	lived
	legal   geo.Legal
	use     string
	floorM2 geo.SquareMetres
	method  string
}

func (w *world) tryBuilding(b *lifeBuilding, c command, data geo.MoveData) []string {
	f := geo.BuildingFacts{}
	recalled(b.held(), c.to, &f)
	f.Legal, f.Use, f.FloorM2, f.Method = b.legal, b.use, b.floorM2, b.method
	for _, h := range w.households {
		if h.building == b.code && (h.vacatedOn.IsZero() || h.vacatedOn.After(c.on.Date())) {
			f.HouseholdsIn++
		}
	}
	f.Occasion = w.occasion(&b.lived, c)
	f.Take(data)
	if _, refused := judged(geo.BuildingMoves(), &b.lived, c, f, data); refused != nil {
		return refused
	}
	b.legal, b.use, b.floorM2, b.method = f.Legal, f.Use, f.FloorM2, f.Method
	return nil
}

type lifeHousehold struct {
	lived
	building                       string
	mode                           string
	amount                         geo.Money
	surveyedOn, valuedOn, signedOn time.Time
	paidOn, vacatedOn              time.Time
}

// stage is where the day of a stage is kept; nil for a state that is none.
func (h *lifeHousehold) stage(state string) *time.Time {
	switch state {
	case "surveyed":
		return &h.surveyedOn
	case "valued":
		return &h.valuedOn
	case "signed":
		return &h.signedOn
	case "paid":
		return &h.paidOn
	case "vacated":
		return &h.vacatedOn
	}
	return nil
}

func (w *world) tryHousehold(h *lifeHousehold, c command, data geo.MoveData) []string {
	f := geo.HouseholdFacts{}
	recalled(h.held(), c.to, &f)
	a := w.areas[h.area]
	f.Mode, f.Amount, f.PaidOn = h.mode, h.amount, h.paidOn
	f.AreaDecided, f.SignTo = slices.Contains(geo.AreaDecided(), a.status), a.till
	f.Occasion = w.occasion(&h.lived, c)
	f.Take(data)
	from := h.status
	back, refused := judged(geo.HouseholdMoves(), &h.lived, c, f, data)
	if refused != nil {
		return refused
	}
	h.mode, h.amount = f.Mode, f.Amount
	if day := h.stage(c.to); day != nil && !back {
		*day = c.on.Date()
	}
	if day := h.stage(from); day != nil && back {
		*day = time.Time{}
	}
	if c.to == "closed" && !back && !f.PaidOn.IsZero() {
		h.paidOn = f.PaidOn
	}
	return nil
}

type lifeProblem struct {
	lived
	title, department, leader, measure string
	due                                time.Time
}

func (w *world) tryProblem(q *lifeProblem, c command, data geo.MoveData) []string {
	f := geo.ProblemFacts{}
	recalled(q.held(), c.to, &f)
	f.Title, f.Department, f.Leader, f.Measure, f.Due = q.title, q.department, q.leader, q.measure, q.due
	f.Actor = string(c.role)
	for _, m := range q.held() {
		if m.to == "submitted" {
			f.SubmittedBy = m.login
		}
	}
	f.Occasion = w.occasion(&q.lived, c)
	f.Take(data)
	if _, refused := judged(geo.ProblemMoves(), &q.lived, c, f, data); refused != nil {
		return refused
	}
	q.title, q.department, q.leader, q.measure, q.due = f.Title, f.Department, f.Leader, f.Measure, f.Due
	return nil
}

type lifeProject struct {
	lived
	name, investor, parcel string
	amount                 geo.Money
}

func (w *world) tryProject(j *lifeProject, c command, data geo.MoveData) []string {
	f := geo.ProjectFacts{}
	recalled(j.held(), c.to, &f)
	f.Name, f.Investor, f.Amount, f.Parcel = j.name, j.investor, j.amount, j.parcel
	f.Occasion = w.occasion(&j.lived, c)
	f.Take(data)
	if p := w.parcels[f.Parcel]; p != nil {
		f.ParcelStatus = p.status
	}
	if _, refused := judged(geo.ProjectMoves(), &j.lived, c, f, data); refused != nil {
		return refused
	}
	j.name, j.investor, j.amount, j.parcel = f.Name, f.Investor, f.Amount, f.Parcel
	return nil
}

// statuses writes the state of everything, one thing a line.
func (w *world) statuses() []string {
	var out []string
	note := func(m geo.MachineName, l *lived) { out = append(out, fmt.Sprintf("%s %s %s", m, l.code, l.status)) }
	for _, x := range w.areas {
		note(geo.AreaMachine, &x.lived)
	}
	for _, x := range w.buildings {
		note(geo.BuildingMachine, &x.lived)
	}
	for _, x := range w.households {
		note(geo.HouseholdMachine, &x.lived)
	}
	for _, x := range w.parcels {
		note(geo.ParcelMachine, &x.lived)
	}
	for _, x := range w.problems {
		note(geo.ProblemMachine, &x.lived)
	}
	for _, x := range w.projects {
		note(geo.ProjectMachine, &x.lived)
	}
	slices.Sort(out)
	return out
}
