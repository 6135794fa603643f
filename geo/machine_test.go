package geo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// suite tests one machine over itself: good gives facts that satisfy a move,
// and breakers break just one guard or warning, by its code. A guard without a
// breaker fails the test, and so does a breaker that nothing needs.
type suite[F facts] struct {
	machine  Machine[F]
	good     func(from, to string) F
	breakers map[string]func(*F)
	occasion func(*F) *Occasion
	ends     []string
}

var china = time.FixedZone("UTC+8", 8*60*60) // read only

// date reads YYYY-MM-DD as a database date.
func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// occasion is an ordinary one: done today, the last event two weeks ago.
func ordinary() Occasion {
	return Occasion{
		On:     time.Date(2018, 10, 15, 10, 0, 0, 0, china),
		LastOn: time.Date(2018, 10, 1, 23, 0, 0, 0, china),
		Now:    time.Date(2018, 10, 15, 12, 0, 0, 0, china),
		Zone:   china,
		Reason: "会议纪要〔2018〕12号",
	}
}

// all completes the breakers with those of every machine.
func (s suite[F]) all() map[string]func(*F) {
	out := map[string]func(*F){
		"not_future":      func(f *F) { o := s.occasion(f); o.On = o.Now.Add(24 * time.Hour) },
		"not_before_last": func(f *F) { o := s.occasion(f); o.LastOn = o.On.Add(24 * time.Hour) },
		"reason":          func(f *F) { s.occasion(f).Reason = " \t" },
	}
	maps.Copy(out, s.breakers)
	return out
}

// breaks breaks one guard of a move in the facts, and says whether it could.
func (s suite[F]) breaks(mv Move[F], code string, f *F) bool {
	if code == "came_from" {
		for _, other := range s.machine.Moves {
			if other.From == mv.From && other.To != mv.To && slices.ContainsFunc(other.Guards, func(g Guard[F]) bool { return g.Code == code }) {
				s.occasion(f).Before = other.To
				return true
			}
		}
		return false
	}
	breaker, ok := s.all()[code]
	if ok {
		breaker(f)
	}
	return ok
}

func (s suite[F]) run(t *testing.T) {
	t.Run("states", s.states)
	t.Run("moves", s.moves)
	t.Run("guards", s.guards)
	t.Run("roles", s.roles)
	t.Run("no such move", s.noMove)
	t.Run("diagram", s.diagram)
}

// states: the machine and the catalogue have the same states, all can be
// reached by moves that lead on, and the ends are those that are meant.
func (s suite[F]) states(t *testing.T) {
	m := s.machine
	reached := map[string]bool{m.Initial: true}
	for range Statuses(m.Name) {
		for _, mv := range m.Moves {
			if reached[mv.From] && !mv.Back {
				reached[mv.To] = true
			}
		}
	}
	for _, st := range Statuses(m.Name) {
		if !reached[st.Code] {
			t.Errorf("%s cannot be reached", st.Code)
		}
		delete(reached, st.Code)
	}
	for code := range reached {
		t.Errorf("%s is not in the catalogue", code)
	}
	if got := m.Ends(); !slices.Equal(got, s.ends) {
		t.Errorf("the machine ends at %v, want %v", got, s.ends)
	}
	if Statuses(m.Name)[0].Code != m.Initial {
		t.Errorf("the catalogue begins with %s, the machine with %s", Statuses(m.Name)[0].Code, m.Initial)
	}
	var invalid *Error
	var zero F
	for _, pair := range [][2]string{{"nowhere", m.Initial}, {m.Initial, "nowhere"}, {"", ""}} {
		if err := m.Check(pair[0], pair[1], RoleAdmin, zero); !errors.As(err, &invalid) || invalid.Kind != Invalid {
			t.Errorf("Check(%q, %q) = %v, want an invalid state", pair[0], pair[1], err)
		}
	}
}

// moves: every move is well formed, and good facts make it for each of its
// roles without a warning.
func (s suite[F]) moves(t *testing.T) {
	seen := map[string]bool{}
	known := append(Roles(), RoleSystem)
	for _, mv := range s.machine.Moves {
		name := mv.From + " to " + mv.To
		if seen[name] || mv.From == mv.To {
			t.Errorf("%s: twice, or to itself", name)
		}
		seen[name] = true
		codes := map[string]bool{}
		for _, g := range append(slices.Clone(mv.Guards), mv.Warns...) {
			if codes[g.Code] || g.Code == "" || g.En == "" || !chinese(g.Zh) || (g.OK == nil) == (g.Fails == nil) {
				t.Errorf("%s: guard %q is not well formed or there twice", name, g.Code)
			}
			codes[g.Code] = true
		}
		if mv.Back && (!codes["reason"] || !slices.Equal(mv.Roles, []Role{RoleSupervisor, RoleAdmin})) {
			t.Errorf("%s: a step back needs a reason and supervisor or admin", name)
		}
		for _, r := range mv.Roles {
			if !slices.Contains(known, r) {
				t.Errorf("%s: unknown role %q", name, r)
			}
			if err := s.machine.Check(mv.From, mv.To, r, s.good(mv.From, mv.To)); err != nil {
				t.Errorf("%s as %s: %v", name, r, err)
			}
			if !slices.Contains(s.machine.Allowed(mv.From, r), mv.To) {
				t.Errorf("%s as %s is not among the allowed moves", name, r)
			}
		}
		if w := s.machine.Warnings(mv.From, mv.To, s.good(mv.From, mv.To)); len(w) > 0 {
			t.Errorf("%s: warned of %v", name, w)
		}
	}
}

// guards: breaking one guard refuses the move for that reason alone, and
// breaking a warning warns of it alone and refuses nothing.
func (s suite[F]) guards(t *testing.T) {
	used := map[string]bool{}
	for _, mv := range s.machine.Moves {
		role := mv.Roles[0]
		for _, g := range mv.Guards {
			f := s.good(mv.From, mv.To)
			if used[g.Code] = true; !s.breaks(mv, g.Code, &f) {
				t.Errorf("guard %s has no breaker", g.Code)
				continue
			}
			var refused *RefusedError
			if err := s.machine.Check(mv.From, mv.To, role, f); !errors.As(err, &refused) {
				t.Errorf("%s to %s with %s broken: %v, want a refusal", mv.From, mv.To, g.Code, err)
				continue
			}
			r := refused.Reasons[0]
			if len(refused.Reasons) != 1 || r.Guard != g.Code || !chinese(r.Zh) || r.En == "" || strings.Contains(r.Zh+r.En, "%!") {
				t.Errorf("%s to %s with %s broken: reasons %+v", mv.From, mv.To, g.Code, refused.Reasons)
			}
			if !slices.Equal(refused.Allowed, s.machine.Allowed(mv.From, role)) || KindOf(refused) != Refused {
				t.Errorf("%s to %s: the refusal %+v does not name the allowed moves", mv.From, mv.To, refused)
			}
		}
		for _, g := range mv.Warns {
			f := s.good(mv.From, mv.To)
			if used[g.Code] = true; !s.breaks(mv, g.Code, &f) {
				t.Errorf("warning %s has no breaker", g.Code)
				continue
			}
			w := s.machine.Warnings(mv.From, mv.To, f)
			if len(w) != 1 || w[0].Guard != g.Code || !chinese(w[0].Zh) || w[0].En == "" {
				t.Errorf("%s to %s with %s broken: warnings %+v", mv.From, mv.To, g.Code, w)
			}
			if err := s.machine.Check(mv.From, mv.To, role, f); err != nil {
				t.Errorf("%s to %s: warning %s refuses: %v", mv.From, mv.To, g.Code, err)
			}
		}
	}
	for code := range s.all() {
		if !used[code] {
			t.Errorf("nothing needs the breaker of %s", code)
		}
	}
}

// roles: whoever is not named is refused, and told so before all else.
func (s suite[F]) roles(t *testing.T) {
	for _, mv := range s.machine.Moves {
		for _, r := range append(Roles(), RoleSystem, RolePublic) {
			if slices.Contains(mv.Roles, r) {
				continue
			}
			var refused *RefusedError
			err := s.machine.Check(mv.From, mv.To, r, s.good(mv.From, mv.To))
			if !errors.As(err, &refused) || len(refused.Reasons) != 1 || refused.Reasons[0].Guard != "role" {
				t.Errorf("%s to %s as %s: %v, want a refusal for the role", mv.From, mv.To, r, err)
			}
			if slices.Contains(s.machine.Allowed(mv.From, r), mv.To) {
				t.Errorf("%s to %s is allowed to %s", mv.From, mv.To, r)
			}
		}
	}
	for _, st := range Statuses(s.machine.Name) {
		for _, r := range []Role{RolePublic, RoleViewer} {
			if got := s.machine.Allowed(st.Code, r); len(got) > 0 {
				t.Errorf("%s may move %s to %v", r, st.Code, got)
			}
		}
	}
}

// noMove: every pair of states without an arrow is refused as such.
func (s suite[F]) noMove(t *testing.T) {
	for _, a := range Statuses(s.machine.Name) {
		for _, b := range Statuses(s.machine.Name) {
			if _, ok := s.machine.Move(a.Code, b.Code); ok {
				continue
			}
			var refused *RefusedError
			err := s.machine.Check(a.Code, b.Code, RoleAdmin, s.good(a.Code, b.Code))
			if !errors.As(err, &refused) || len(refused.Reasons) != 1 || refused.Reasons[0].Guard != "no_such_move" {
				t.Errorf("%s to %s: %v, want no such move", a.Code, b.Code, err)
			}
			if w := s.machine.Warnings(a.Code, b.Code, s.good(a.Code, b.Code)); w != nil {
				t.Errorf("%s to %s warns of %v", a.Code, b.Code, w)
			}
		}
	}
}

func (s suite[F]) diagram(t *testing.T) {
	lines := strings.Split(s.machine.Diagram(), "\n")
	want := []string{"stateDiagram-v2", "  [*] --> " + s.machine.Initial}
	arrows := 1 + len(s.ends)
	for _, mv := range s.machine.Moves {
		if !mv.Back {
			want = append(want, fmt.Sprintf("  %s --> %s", mv.From, mv.To))
			arrows++
		}
	}
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("the diagram lacks %q", line)
		}
	}
	if n := strings.Count(s.machine.Diagram(), "-->"); n != arrows {
		t.Errorf("the diagram has %d arrows, want %d", n, arrows)
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// refusals is the list of guards that refuse a move, "" when none does.
func refusals(err error) string {
	var refused *RefusedError
	if !errors.As(err, &refused) {
		if err != nil {
			return err.Error()
		}
		return ""
	}
	var out []string
	for _, r := range refused.Reasons {
		out = append(out, r.Guard)
	}
	return strings.Join(out, " ")
}

func TestRefusalGivesEveryReason(t *testing.T) {
	f := goodArea("consulting", "decided")
	f.RiskReport, f.FundProof = "", ""
	f.DisplayFrom = date("2018-10-01")
	err := AreaMoves().Check("consulting", "decided", RoleViewer, f)
	if got := refusals(err); got != "role display_over risk_report fund_proof" {
		t.Errorf("refused for %q", got)
	}
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Machine != AreaMachine || refused.From != "consulting" || refused.To != "decided" {
		t.Errorf("refusal %+v", refused)
	}
	if want := "area: consulting to decided refused"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %q does not begin with %q", err, want)
	}
}
