package geo

import (
	"slices"
	"testing"
)

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
