package sample

import (
	"math/rand/v2"
	"time"

	"tengdi/geo"
)

// chronicle collects what happened to every thing.
type chronicle struct {
	rng    *rand.Rand
	zone   *time.Location
	events []geo.Event
}

func newChronicle(rng *rand.Rand) *chronicle {
	return &chronicle{rng: rng, zone: time.FixedZone("UTC+8", 8*60*60)} // China, without summer time
}

// story is the chronicle of one thing: its moves follow each other in time.
type story struct {
	c      *chronicle
	entity geo.MachineName
	code   string
	state  string
	last   time.Time
}

// begin records that the thing came to be, in the first state of its machine.
func (c *chronicle) begin(entity geo.MachineName, code, state string, on geo.Day, role geo.Role, data map[string]any) *story {
	s := &story{c: c, entity: entity, code: code}
	s.add("created", state, on, role, "", data)
	return s
}

// move records a change of state. A move on the day of the one before comes
// after it.
func (s *story) move(to string, on geo.Day, role geo.Role, data map[string]any) {
	s.add("moved", to, on, role, "", data)
}

// because is move with a reason.
func (s *story) because(to string, on geo.Day, role geo.Role, reason string) {
	s.add("moved", to, on, role, reason, nil)
}

func (s *story) add(verb, to string, on geo.Day, role geo.Role, reason string, data map[string]any) {
	y, m, d := on.Date().Date()
	at := time.Date(y, m, d, 8, 30+s.c.rng.IntN(9*60), 0, 0, s.c.zone) // office hours
	if !at.After(s.last) {
		at = s.last.Add(time.Minute)
	}
	s.last = at
	e := geo.Event{
		Entity: s.entity, Code: s.code, Verb: verb, To: to,
		On: at, At: at.Add(time.Duration(s.c.rng.IntN(300)) * time.Minute),
		Actor: "demo", Role: role, Reason: reason, Source: geo.FromDemo, Data: data,
	}
	if verb == "moved" {
		e.From = s.state
	}
	s.state = to
	s.c.events = append(s.c.events, e)
}

// date is a civil day as the store takes it; zero for a day that has not come.
func date(d geo.Day) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return d.Date()
}
