package geo

import (
	"fmt"
	"slices"
	"strings"
)

// Guard is one condition of a move over the facts F. Zh and En state the rule;
// they are the reason shown when it fails, unless Fails gives a closer one.
type Guard[F any] struct {
	Code   string // a stable machine word, unique within a move
	Zh, En string
	OK     func(F) bool
	Fails  func(F) *Reason // in place of OK: nil when the rule holds; Guard is filled in
}

// check gives the reason why the guard fails, nil when it holds.
func (g Guard[F]) check(f F) *Reason {
	if g.Fails == nil {
		if g.OK(f) {
			return nil
		}
		return &Reason{Guard: g.Code, Zh: g.Zh, En: g.En}
	}
	r := g.Fails(f)
	if r == nil {
		return nil
	}
	return &Reason{Guard: g.Code, Zh: r.Zh, En: r.En}
}

// Move is one arrow of a machine.
type Move[F any] struct {
	From, To string
	Roles    []Role // who may make it; complete, admin and system included
	Back     bool   // a step back: needs a reason, and supervisor or admin
	Resumed  bool   // goes on after a suspension, with what held before it
	Guards   []Guard[F]
	Warns    []Guard[F] // rules that are shown when they fail, but do not block
}

// Plain says that the move takes its day and its reason and no data: what was
// recorded before holds again.
func (m Move[F]) Plain() bool { return m.Back || m.Resumed }

// Machine is the states of one kind of thing and the moves between them. It is
// pure: the store gathers the facts inside its write transaction and asks.
type Machine[F any] struct {
	Name    MachineName
	Initial string
	Moves   []Move[F]
}

// Check says whether the role may move a thing from one state to another given
// the facts. It answers nil, a *RefusedError with every reason and the moves
// that the role has from here, or an *Error of kind Invalid for a state that
// the machine does not have.
func (m Machine[F]) Check(from, to string, role Role, f F) error {
	for _, s := range []string{from, to} {
		if _, ok := StatusOf(m.Name, s); !ok {
			return Errorf(Invalid, "%s has no state %q", "%s没有状态%q", m.Name, s)
		}
	}
	refused := &RefusedError{Machine: m.Name, From: from, To: to, Allowed: m.Allowed(from, role)}
	mv, ok := m.Move(from, to)
	if !ok {
		a, _ := StatusOf(m.Name, from)
		b, _ := StatusOf(m.Name, to)
		refused.Reasons = []Reason{{
			Guard: "no_such_move",
			Zh:    fmt.Sprintf("不能从“%s”直接变为“%s”", a.Zh, b.Zh),
			En:    fmt.Sprintf("there is no move from %s to %s", a.Code, b.Code),
		}}
		return refused
	}
	if !slices.Contains(mv.Roles, role) {
		refused.Reasons = append(refused.Reasons, notFor(role, mv.Roles))
	}
	refused.Reasons = append(refused.Reasons, failing(mv.Guards, f)...)
	if len(refused.Reasons) > 0 {
		return refused
	}
	return nil
}

// Warnings lists what is unusual about a move without forbidding it: a deposit
// under 20 %, a contract signed late. Unknown moves have none.
func (m Machine[F]) Warnings(from, to string, f F) []Reason {
	mv, ok := m.Move(from, to)
	if !ok {
		return nil
	}
	return failing(mv.Warns, f)
}

// Allowed lists the states that the role may move a thing to from here, in the
// order of the catalogue, whether or not the facts allow it today.
func (m Machine[F]) Allowed(from string, role Role) []string {
	out := []string{}
	for _, s := range Statuses(m.Name) {
		if mv, ok := m.Move(from, s.Code); ok && slices.Contains(mv.Roles, role) {
			out = append(out, s.Code)
		}
	}
	return out
}

// Move finds the arrow between two states.
func (m Machine[F]) Move(from, to string) (Move[F], bool) {
	for _, mv := range m.Moves {
		if mv.From == from && mv.To == to {
			return mv, true
		}
	}
	return Move[F]{}, false
}

// Backs lists the steps back of a machine, as "from to".
func Backs(m MachineName) []string {
	switch m {
	case AreaMachine:
		return backs(AreaMoves())
	case BuildingMachine:
		return backs(BuildingMoves())
	case HouseholdMachine:
		return backs(HouseholdMoves())
	case ParcelMachine:
		return backs(ParcelMoves())
	case ProblemMachine:
		return backs(ProblemMoves())
	case ProjectMachine:
		return backs(ProjectMoves())
	}
	return nil
}

func backs[F any](m Machine[F]) (out []string) {
	for _, mv := range m.Moves {
		if mv.Back {
			out = append(out, mv.From+" "+mv.To)
		}
	}
	return out
}

// Ends lists the states from which no move leads on, only steps back at most.
func (m Machine[F]) Ends() []string {
	var out []string
	for _, s := range Statuses(m.Name) {
		if !slices.ContainsFunc(m.Moves, func(mv Move[F]) bool { return mv.From == s.Code && !mv.Back }) {
			out = append(out, s.Code)
		}
	}
	return out
}

// Diagram draws the machine as a Mermaid stateDiagram-v2: every move that leads
// on. Steps back run against the arrows and are left to the table of moves.
func (m Machine[F]) Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, s := range Statuses(m.Name) {
		fmt.Fprintf(&b, "  state \"%s %s\" as %s\n", s.Zh, s.Code, s.Code)
	}
	fmt.Fprintf(&b, "  [*] --> %s\n", m.Initial)
	for _, mv := range m.Moves {
		if !mv.Back {
			fmt.Fprintf(&b, "  %s --> %s\n", mv.From, mv.To)
		}
	}
	for _, s := range m.Ends() {
		fmt.Fprintf(&b, "  %s --> [*]\n", s)
	}
	return b.String()
}

func failing[F any](guards []Guard[F], f F) []Reason {
	var out []Reason
	for _, g := range guards {
		if r := g.check(f); r != nil {
			out = append(out, *r)
		}
	}
	return out
}

// notFor is the reason of a role that is not among those of a move. Of the
// others it names those that people have.
func notFor(role Role, others []Role) Reason {
	var zh, en []string
	for _, r := range Roles() {
		if slices.Contains(others, r) {
			z, e := r.Words()
			zh, en = append(zh, z), append(en, e)
		}
	}
	z, e := role.Words()
	return Reason{
		Guard: "role",
		Zh:    fmt.Sprintf("“%s”角色无权办理此步；可办理的角色：%s", z, strings.Join(zh, "、")),
		En:    fmt.Sprintf("the role %s may not make this move; it is for %s", e, strings.Join(en, ", ")),
	}
}

// by completes the roles of a move that leads on: the administrator may make
// each, and so may the system (timed moves, the demo, the command line).
func by(roles ...Role) []Role { return append(roles, RoleAdmin, RoleSystem) }

// forward is a move that leads on, with the guards that every move has.
func forward[F facts](from, to string, roles []Role, guards ...Guard[F]) Move[F] {
	return Move[F]{From: from, To: to, Roles: roles, Guards: append(timely[F](), guards...)}
}

// back is a step back: for supervisor and admin, with a reason.
func back[F facts](from, to string, guards ...Guard[F]) Move[F] {
	all := append(timely[F](), reasonGiven[F]())
	return Move[F]{From: from, To: to, Roles: []Role{RoleSupervisor, RoleAdmin}, Back: true, Guards: append(all, guards...)}
}

// warn adds rules that do not block.
func (m Move[F]) warn(warns ...Guard[F]) Move[F] {
	m.Warns = append(m.Warns, warns...)
	return m
}

// given is the guard that a text must be there.
func given[F any](code, zh, en string, get func(F) string) Guard[F] {
	return Guard[F]{Code: code, Zh: zh, En: en, OK: func(f F) bool { return strings.TrimSpace(get(f)) != "" }}
}

// must is the guard that something holds.
func must[F any](code, zh, en string, ok func(F) bool) Guard[F] {
	return Guard[F]{Code: code, Zh: zh, En: en, OK: ok}
}

// because makes a closer reason from two formats that take the same arguments.
func because(zh, en string, args ...any) *Reason {
	return &Reason{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
}
