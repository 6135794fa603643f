package geo

import (
	"errors"
	"slices"
	"testing"
)

// Every state and role: what is published asks for a reason, what was announced
// is not corrected by those who sell it.
func TestCheckCorrection(t *testing.T) {
	reasons := func(err error) (out []string) {
		var r *RefusedError
		if errors.As(err, &r) {
			for _, x := range r.Reasons {
				out = append(out, x.Guard)
				if x.Zh == "" || x.En == "" {
					t.Errorf("%s has no words", x.Guard)
				}
			}
		}
		return out
	}
	sold := append(SoldCodes(), "announced", "listed", "bidding", "suspended")
	for _, s := range Statuses(ParcelMachine) {
		for _, role := range Roles() {
			trusted := role == RoleSupervisor || role == RoleAdmin
			var want []string
			if s.Public {
				want = append(want, "reason")
			}
			locked := slices.Contains(sold, s.Code) && !trusted
			if locked {
				want = append(want, "offered")
			}
			if got := reasons(CheckCorrection(role, "parcels", s.Code, []string{"industry", "address"}, " ")); !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", s.Code, role, got, want)
			}
			if err := CheckCorrection(role, "parcels", s.Code, []string{"address"}, "笔误"); (err != nil) != locked {
				t.Errorf("%s, %s with a reason: %v", s.Code, role, err)
			}
			if err := CheckCorrection(role, "parcels", s.Code, []string{"industry"}, "笔误"); err != nil {
				t.Errorf("%s, %s, what no notice tells: %v", s.Code, role, err)
			}
			if role.MayCorrect("parcels", s.Code) && !role.May(role.CorrectDeed("parcels")) {
				t.Errorf("%s may correct some parcel, but not begin to", role)
			}
			may := role.May(WriteParcels) || trusted && slices.Contains(sold, s.Code)
			if role.MayCorrect("parcels", s.Code) != may {
				t.Errorf("%s may correct a parcel in %s: %v", role, s.Code, !may)
			}
		}
	}
	if err := CheckCorrection(RolePlanner, "boards", "", []string{"name"}, ""); err != nil {
		t.Errorf("a register: %v", err)
	}
	if RoleSupervisor.MayCorrect("areas", "signing") || !RoleField.MayCorrect("areas", "signing") {
		t.Error("only those who write areas correct them")
	}
}
