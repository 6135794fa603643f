package sample_test

import (
	"slices"
	"testing"
	"time"

	"tengdi/geo"
)

// arrow finds a move of a machine and who may make it.
type arrow func(from, to string) (roles []geo.Role, ok bool)

func arrows[F any](m geo.Machine[F]) arrow {
	return func(from, to string) ([]geo.Role, bool) {
		mv, ok := m.Move(from, to)
		return mv.Roles, ok
	}
}

func machines() map[geo.MachineName]struct {
	initial string
	arrow   arrow
} {
	type machine = struct {
		initial string
		arrow   arrow
	}
	return map[geo.MachineName]machine{
		geo.AreaMachine:      {geo.AreaMoves().Initial, arrows(geo.AreaMoves())},
		geo.BuildingMachine:  {geo.BuildingMoves().Initial, arrows(geo.BuildingMoves())},
		geo.HouseholdMachine: {geo.HouseholdMoves().Initial, arrows(geo.HouseholdMoves())},
		geo.ParcelMachine:    {geo.ParcelMoves().Initial, arrows(geo.ParcelMoves())},
		geo.ProblemMachine:   {geo.ProblemMoves().Initial, arrows(geo.ProblemMoves())},
		geo.ProjectMachine:   {geo.ProjectMoves().Initial, arrows(geo.ProjectMoves())},
	}
}

type thing struct {
	entity geo.MachineName
	code   string
}

func states(d geo.Dataset) map[thing]string {
	out := map[thing]string{}
	for _, x := range d.Areas {
		out[thing{geo.AreaMachine, x.Code}] = x.Status
	}
	for _, x := range d.Buildings {
		out[thing{geo.BuildingMachine, x.Code}] = x.Status
	}
	for _, x := range d.Households {
		out[thing{geo.HouseholdMachine, x.Code}] = x.Status
	}
	for _, x := range d.Parcels {
		out[thing{geo.ParcelMachine, x.Code}] = x.Status
	}
	for _, x := range d.Problems {
		out[thing{geo.ProblemMachine, x.Code}] = x.Status
	}
	for _, x := range d.Projects {
		out[thing{geo.ProjectMachine, x.Code}] = x.Status
	}
	for _, x := range d.Organisations {
		out[thing{geo.OrganisationEntity, x.Code}] = ""
	}
	for _, x := range d.Persons {
		out[thing{geo.PersonEntity, x.Code}] = ""
	}
	for _, x := range d.Boards {
		out[thing{geo.BoardEntity, x.Code}] = ""
	}
	return out
}

// TestHistoryObeysTheMachines replays every event: each thing begins in the
// first state of its machine, moves along its arrows only, by somebody who may,
// and ends in the state of its row.
func TestHistoryObeysTheMachines(t *testing.T) {
	eachTown(t, replay)
}

func replay(t *testing.T, d geo.Dataset, today time.Time) {
	rows, rules := states(d), machines()
	now, last := map[thing]string{}, map[thing]time.Time{}
	wrong := 0
	fail := func(format string, args ...any) {
		if wrong++; wrong < 20 {
			t.Errorf(format, args...)
		}
	}
	for i, e := range d.Events {
		k := thing{e.Entity, e.Code}
		if _, ok := rows[k]; !ok {
			fail("event of nothing: %s %s", e.Entity, e.Code)
		}
		if e.Verb == geo.Recorded && now[k] == "" {
			fail("%s %s: %v was recorded before it was there", e.Entity, e.Code, e.Data)
		}
		rule := rules[e.Entity]
		switch e.Verb {
		case geo.Recorded:
			e.To = now[k] // see TestRecords
		case "created":
			if _, was := now[k]; was || e.To != rule.initial {
				fail("%s %s was created as %q after %q", e.Entity, e.Code, e.To, now[k])
			}
		case "moved":
			roles, ok := rule.arrow(e.From, e.To)
			if !ok || e.From != now[k] {
				fail("%s %s went from %s (was %s) to %s", e.Entity, e.Code, e.From, now[k], e.To)
			} else if !slices.Contains(roles, e.Role) {
				fail("%s %s was moved to %s by %s", e.Entity, e.Code, e.To, e.Role)
			}
			keys := geo.DataKeys(e.Entity, e.To)
			for name := range e.Data {
				if !slices.Contains(keys, name) {
					fail("%s %s to %s records %s", e.Entity, e.Code, e.To, name)
				}
			}
		default:
			fail("verb %q", e.Verb)
		}
		if i > 0 && e.On.Before(d.Events[i-1].On) {
			fail("event %d is out of order", i)
		}
		if e.On.Before(last[k]) || e.At.Before(e.On) {
			fail("%s %s: %s comes before what was before it", e.Entity, e.Code, e.To)
		}
		if !e.At.Before(today) {
			fail("%s %s to %s lies ahead: %s", e.Entity, e.Code, e.To, e.On)
		}
		now[k], last[k] = e.To, e.On
	}
	for k, s := range rows {
		if now[k] != s {
			fail("%s %s is %s, its history says %q", k.entity, k.code, s, now[k])
		}
	}
	if n := len(d.Events); n < 150_000 || n > 260_000 {
		t.Errorf("%d events", n)
	}
}

func inOrder(dates ...time.Time) bool {
	var last time.Time
	for _, d := range dates {
		if d.IsZero() {
			continue
		}
		if d.Before(last) {
			return false
		}
		last = d
	}
	return true
}

// TestDatesFollow checks the civil days of the rows against each other.
func TestDatesFollow(t *testing.T) { eachTown(t, datesFollow) }

func datesFollow(t *testing.T, d geo.Dataset, today time.Time) {
	areas := map[string]geo.Area{}
	for _, a := range d.Areas {
		areas[a.Code] = a
		if !inOrder(a.DecidedOn, a.SignFrom, a.SignTo) {
			t.Errorf("%s: decided %s, signing %s to %s", a.Code, a.DecidedOn, a.SignFrom, a.SignTo)
		}
	}
	for _, h := range d.Households {
		if !inOrder(h.SurveyedOn, h.ValuedOn, h.SignedOn, h.PaidOn, h.VacatedOn) {
			t.Fatalf("%s: surveyed %s, valued %s, signed %s, paid %s, vacated %s", h.Code, h.SurveyedOn, h.ValuedOn, h.SignedOn, h.PaidOn, h.VacatedOn)
		}
		if !h.VacatedOn.IsZero() && (h.PaidOn.IsZero() || h.VacatedOn.Before(h.PaidOn)) {
			t.Fatalf("%s moved out before it was paid", h.Code)
		}
		if h.VacatedOn.After(today) || h.SignedOn.After(today) {
			t.Fatalf("%s: dates ahead of today", h.Code)
		}
		if !h.SignedOn.IsZero() && (h.Mode == "" || h.Amount <= 0 || h.SignedOn.Before(areas[h.Area].SignFrom)) {
			t.Fatalf("%s signed on %s: %q, %s", h.Code, h.SignedOn, h.Mode, h.Amount)
		}
	}
	for _, r := range d.Rounds {
		notice, from, to := geo.CivilDay(r.NoticeOn), geo.CivilDay(r.ListFrom), geo.CivilDay(r.ListTo)
		if from-notice < 20 || to-from < 10 {
			t.Errorf("%s: notice %s, listing %s to %s", r.NoticeNo, notice, from, to)
		}
		if !inOrder(r.ListTo, r.SoldOn, r.ContractedOn, r.PaidOn, r.HandedOverOn, r.StartedOn, r.CompletedOn) {
			t.Errorf("%s: dates after the sale are out of order", r.NoticeNo)
		}
		if float64(r.Deposit) < 0.2*float64(r.Start) || (r.Deal > 0 && r.Deal < max(r.Start, r.Reserve)) {
			t.Errorf("%s: start %s, reserve %s, deposit %s, deal %s", r.NoticeNo, r.Start, r.Reserve, r.Deposit, r.Deal)
		}
	}
	for _, p := range d.Problems {
		if p.OpenedOn.After(today) || !inOrder(p.OpenedOn, p.ClosedOn) || !p.Due.After(p.OpenedOn) {
			t.Errorf("%s: opened %s, due %s, closed %s", p.Code, p.OpenedOn, p.Due, p.ClosedOn)
		}
	}
}

// TestOffersAreOpen: what is announced or listed today has dates that say so.
func TestOffersAreOpen(t *testing.T) { eachTown(t, offersAreOpen) }

func offersAreOpen(t *testing.T, d geo.Dataset, today time.Time) {
	last := map[string]geo.Round{}
	notices := map[string]bool{}
	for _, r := range d.Rounds {
		if r.No > last[r.Parcel].No {
			last[r.Parcel] = r
		}
		if notices[r.NoticeNo] {
			t.Errorf("notice %s twice", r.NoticeNo)
		}
		notices[r.NoticeNo] = true
	}
	now := geo.DayOf(today, nil)
	reserves := 0
	for _, p := range d.Parcels {
		r, ok := last[p.Code]
		if r.Reserve > 0 {
			reserves++
		}
		switch p.Status {
		case "announced":
			if geo.CivilDay(r.NoticeOn) > now || geo.CivilDay(r.ListFrom) <= now {
				t.Errorf("%s is announced: notice %s, listing from %s", p.Code, r.NoticeOn, r.ListFrom)
			}
		case "listed":
			if geo.CivilDay(r.ListFrom) > now || geo.CivilDay(r.ListTo) < now {
				t.Errorf("%s is listed from %s to %s", p.Code, r.ListFrom, r.ListTo)
			}
		case "failed":
			equal(t, p.Code+" outcome", r.Outcome, "failed")
		case "withdrawn":
			equal(t, p.Code+" outcome", r.Outcome, "withdrawn")
		case "allocated":
			equal(t, p.Code+" has a round", ok, false)
		}
	}
	if reserves == 0 {
		t.Error("no round has a reserve price")
	}
}

// TestClearedMeansDone: nothing stands and nobody lives in a cleared area, its
// problems are closed, and its parcels were there when it was handed over.
func TestClearedMeansDone(t *testing.T) {
	d := build(t)
	status := map[string]string{}
	for _, a := range d.Areas {
		status[a.Code] = a.Status
	}
	done := func(area string) bool { return status[area] == "cleared" || status[area] == "handed_over" }
	for _, b := range d.Buildings {
		if done(b.Area) && !slices.Contains(geo.BuildingDone(), b.Status) {
			t.Errorf("%s is %s in a cleared area", b.Code, b.Status)
		}
	}
	for _, h := range d.Households {
		if done(h.Area) && h.Status != "closed" {
			t.Errorf("%s is %s in a cleared area", h.Code, h.Status)
		}
	}
	for _, p := range d.Problems {
		if done(p.Area) && p.Status != "closed" {
			t.Errorf("%s is %s in a cleared area", p.Code, p.Status)
		}
	}
	parcels, cleared := map[string]geo.SquareMetres{}, map[string]geo.SquareMetres{}
	for _, p := range d.Parcels {
		parcels[p.Area] += p.Measures.Survey
	}
	for _, c := range d.Cleared {
		cleared[c.Area] += c.Measures.Survey
	}
	for code, s := range status {
		if parcels[code] > cleared[code] {
			t.Errorf("%s has %.2f mu of parcels on %.2f mu of cleared land", code, parcels[code].Mu(), cleared[code].Mu())
		}
		if s == "handed_over" && parcels[code] == 0 {
			t.Errorf("%s was handed over without a parcel", code)
		}
	}
}
