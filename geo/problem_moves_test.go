package geo

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func goodProblem(_, _ string) ProblemFacts {
	return ProblemFacts{
		Occasion: ordinary(), Title: "产权不清", Department: "区房产局", Leader: "区领导03", Measure: "一户一策",
		Due: date("2018-11-15"), Evidence: "证明.pdf", Actor: "chen", SubmittedBy: "wang", InspectNo: "督-1",
	}
}

func problemSuite() suite[ProblemFacts] {
	return suite[ProblemFacts]{
		machine: ProblemMoves(), good: goodProblem,
		occasion: func(f *ProblemFacts) *Occasion { return &f.Occasion },
		ends:     []string{"closed"},
		breakers: map[string]func(*ProblemFacts){
			"title":        func(f *ProblemFacts) { f.Title = "" },
			"department":   func(f *ProblemFacts) { f.Department = "" },
			"due":          func(f *ProblemFacts) { f.Due = date("2018-10-14") },
			"measure":      func(f *ProblemFacts) { f.Measure = "" },
			"evidence":     func(f *ProblemFacts) { f.Evidence = "" },
			"inspect_no":   func(f *ProblemFacts) { f.InspectNo = "" },
			"other_person": func(f *ProblemFacts) { f.Actor = f.SubmittedBy },
		},
	}
}

func TestProblemMachine(t *testing.T) { problemSuite().run(t) }

func TestProblemEdges(t *testing.T) {
	f := goodProblem("", "")
	f.Due = date("2018-10-15")
	if got := refusals(ProblemMoves().Check("opened", "assigned", RoleSupervisor, f)); got != "" {
		t.Errorf("due today is refused for %q", got)
	}
	f.Due = time.Time{}
	if got := refusals(ProblemMoves().Check("opened", "assigned", RoleSupervisor, f)); got != "due" {
		t.Errorf("no deadline is refused for %q", got)
	}
	f.Actor, f.SubmittedBy = "", ""
	if got := refusals(ProblemMoves().Check("submitted", "verified", RoleSupervisor, f)); got != "" {
		t.Errorf("submitted by nobody known is refused for %q", got)
	}
}

// Only a closed problem is not open: a verified one still counts.
func TestProblemOpen(t *testing.T) {
	for _, s := range Statuses(ProblemMachine) {
		if slices.Contains(ProblemOpen(), s.Code) != (s.Code != "closed") {
			t.Errorf("%s is open: %v", s.Code, slices.Contains(ProblemOpen(), s.Code))
		}
	}
}

func TestExtension(t *testing.T) {
	good := ExtensionFacts{
		Occasion: ordinary(), Status: "in_progress", Extensions: 1,
		Due: date("2018-10-10"), NewDue: date("2018-10-15"),
	}
	for _, c := range []struct {
		name   string
		role   Role
		change func(*ExtensionFacts)
		want   string
	}{
		{"a leader, once more", RoleLeader, func(*ExtensionFacts) {}, ""},
		{"no deadline so far", RoleAdmin, func(f *ExtensionFacts) { f.Due = time.Time{} }, ""},
		{"the supervisor", RoleSupervisor, func(*ExtensionFacts) {}, "role"},
		{"the planner", RolePlanner, func(*ExtensionFacts) {}, "role"},
		{"a third time", RoleLeader, func(f *ExtensionFacts) { f.Extensions = 2 }, "max_extensions"},
		{"closed", RoleLeader, func(f *ExtensionFacts) { f.Status = "closed" }, "open"},
		{"to the same day", RoleLeader, func(f *ExtensionFacts) { f.Due, f.NewDue = date("2018-10-20"), date("2018-10-20") }, "later"},
		{"to no day", RoleLeader, func(f *ExtensionFacts) { f.NewDue = time.Time{} }, "later"},
		{"to a past day", RoleLeader, func(f *ExtensionFacts) { f.NewDue = date("2018-10-14") }, "not_past"},
		{"without a reason", RoleLeader, func(f *ExtensionFacts) { f.Reason = " " }, "reason"},
		{"all at once", RoleField, func(f *ExtensionFacts) { f.Status, f.Extensions, f.Reason = "closed", 3, "" }, "role open max_extensions reason"},
	} {
		f := good
		c.change(&f)
		err := CheckExtension(c.role, f)
		if got := refusals(err); got != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.want)
		}
		var refused *RefusedError
		if errors.As(err, &refused) && (refused.From != f.Status || refused.To != f.Status) {
			t.Errorf("%s: an extension does not move, got %s to %s", c.name, refused.From, refused.To)
		}
	}
}
