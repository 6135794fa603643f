package geo

import (
	"errors"
	"slices"
	"testing"
)

func TestRolesHaveWords(t *testing.T) {
	told := map[string]Role{}
	for _, r := range append(Roles(), RoleSystem, RolePublic) {
		zh, en := r.Words()
		if zh == "" || en == "" || zh == string(r) {
			t.Errorf("%s is called %q, %q", r, zh, en)
		}
		if other, ok := told[zh]; ok {
			t.Errorf("%s and %s are both called %s", r, other, zh)
		}
		told[zh] = r
	}
}

// A refusal speaks to people: it names roles by their words, and only those that
// an account can have.
func TestARefusalNamesRolesInWords(t *testing.T) {
	err := ProblemMoves().Check("verified", "closed", RolePlanner, ProblemFacts{})
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Reasons[0].Guard != "role" {
		t.Fatalf("refused: %v", err)
	}
	r := refused.Reasons[0]
	if r.Zh != "“规划”角色无权办理此步；可办理的角色：督查、管理" || r.En != "the role planner may not make this move; it is for supervisor, admin" {
		t.Errorf("%s / %s", r.Zh, r.En)
	}
}

func TestRoles(t *testing.T) {
	for _, r := range append(Roles(), RoleSystem) {
		if !r.Staff() {
			t.Errorf("%s may not read what staff may", r)
		}
		if want := slices.Contains([]Role{RolePlanner, RoleAdmin, RoleSystem}, r); r.Imports() != want {
			t.Errorf("%s imports: %v", r, r.Imports())
		}
	}
	for _, r := range []Role{RolePublic, "", "root"} {
		if r.Staff() || r.Imports() {
			t.Errorf("%q is taken for staff", r)
		}
	}
	if slices.Contains(Roles(), RoleSystem) || slices.Contains(Roles(), RolePublic) {
		t.Error("no account is public or the system")
	}
}
