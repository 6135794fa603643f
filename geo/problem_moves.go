package geo

import (
	"strings"
	"time"
)

// ProblemFacts is what the moves of a problem ask.
type ProblemFacts struct {
	Occasion
	Title       string
	Department  string // responsible body
	Leader      string
	Measure     string
	Due         time.Time // kept until 24:00 of its day
	Evidence    string    // document or picture that shows it is solved
	Actor       string    // login of who makes the move
	SubmittedBy string    // login of who submitted it; "" = not known
	InspectNo   string    // of the verification
}

// ProblemOpen lists the states in which a problem is not yet closed.
func ProblemOpen() []string {
	return []string{"opened", "assigned", "in_progress", "submitted", "verified"}
}

// ProblemMoves is the machine of the problem list (挂号销号). A
// problem stays open until somebody other than its owner has verified it.
func ProblemMoves() Machine[ProblemFacts] {
	owner := func() []Role { return by(RoleField, RolePlanner, RoleTrading, RoleLeader) }
	return Machine[ProblemFacts]{Name: ProblemMachine, Initial: "opened", Moves: []Move[ProblemFacts]{
		forward("opened", "assigned", by(RoleLeader, RoleSupervisor),
			given("title", "须写明问题", "the problem must be described", func(f ProblemFacts) string { return f.Title }),
			given("department", "须明确责任单位", "the responsible body must be named", func(f ProblemFacts) string { return f.Department }),
			must("due", "须设定清零时限，且不早于交办日", "it needs a deadline, not before this move", func(f ProblemFacts) bool {
				return !f.Due.IsZero() && f.dayOf(f.Due) >= f.Day()
			})),
		forward("assigned", "in_progress", owner(),
			given("measure", "须写明攻坚措施", "the measure must be written down", func(f ProblemFacts) string { return f.Measure })),
		forward("in_progress", "submitted", owner(),
			given("evidence", "须附办结佐证", "evidence that it is solved must be attached", func(f ProblemFacts) string { return f.Evidence })),
		forward("submitted", "verified", by(RoleSupervisor),
			given("inspect_no", "须有核验单号", "the inspection needs its number", func(f ProblemFacts) string { return f.InspectNo }),
			must("other_person", "报结人不能核验自己办理的问题", "whoever submitted it cannot verify it", func(f ProblemFacts) bool {
				return f.SubmittedBy == "" || f.Actor != f.SubmittedBy
			})),
		forward[ProblemFacts]("verified", "closed", by(RoleSupervisor)),
		back[ProblemFacts]("assigned", "opened"),
		back[ProblemFacts]("in_progress", "assigned"),
		back[ProblemFacts]("submitted", "in_progress"),
		back[ProblemFacts]("verified", "in_progress"),
		back[ProblemFacts]("closed", "in_progress"), // reopened
	}}
}

// MaxExtensions is how often a problem's deadline may be extended.
const MaxExtensions = 2

// ExtensionFacts is what the extension of a problem's deadline asks. It is no
// move: the problem stays in its state.
type ExtensionFacts struct {
	Occasion
	Status     string
	Extensions int // made so far
	Due        time.Time
	NewDue     time.Time
}

// extensionBars tells why no role could extend a deadline, whatever the new one.
func extensionBars(status string, made int) []Reason {
	var out []Reason
	if status == "closed" {
		out = append(out, Reason{Guard: "open", Zh: "问题已销号", En: "the problem is closed"})
	}
	if made >= MaxExtensions {
		out = append(out, Reason{Guard: "max_extensions", Zh: "最多延期两次", En: "a deadline is extended twice at most"})
	}
	return out
}

// CheckExtension says whether the role may extend a problem's deadline: a
// leader, at most twice, to a later day, with a reason, while the problem is
// open. The answer is nil or a *RefusedError that stays in the state.
func CheckExtension(role Role, f ExtensionFacts) error {
	refused := &RefusedError{
		Machine: ProblemMachine, From: f.Status, To: f.Status,
		Allowed: ProblemMoves().Allowed(f.Status, role),
	}
	refuse := func(guard, zh, en string) {
		refused.Reasons = append(refused.Reasons, Reason{Guard: guard, Zh: zh, En: en})
	}
	if !role.May(ExtendProblems) {
		refuse("role", "延期须由领导批准", "only a leader may extend a deadline")
	}
	refused.Reasons = append(refused.Reasons, extensionBars(f.Status, f.Extensions)...)
	if f.NewDue.IsZero() || !f.Due.IsZero() && f.dayOf(f.NewDue) <= f.dayOf(f.Due) {
		refuse("later", "新时限须晚于原时限", "the new deadline must be later than the old")
	}
	if !f.NewDue.IsZero() && f.dayOf(f.NewDue) < f.Today() {
		refuse("not_past", "新时限不能早于今天", "the new deadline must not be past")
	}
	if strings.TrimSpace(f.Reason) == "" {
		refuse("reason", "须写明理由", "a reason must be given")
	}
	if len(refused.Reasons) > 0 {
		return refused
	}
	return nil
}
