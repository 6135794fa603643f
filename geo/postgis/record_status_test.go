package postgis

import (
	"testing"

	"tengdi/geo"
)

// The price of a parcel is paid by who won it: before that there is none.
func TestAPriceIsPaidForWhatWasSold(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	for _, code := range []string{"P02", "P03", "P04", "P05"} { // announced, planned, reserved, failed
		_, err := s.AddRecord(t.Context(), actorOf(geo.RoleTrading), draft("parcels", code, geo.PaymentRecord, "amount_wan", "100"))
		if guards(err) != "sold" {
			t.Errorf("a payment for %s: %v", code, err)
		}
		if list := recordsOf(t, s, "parcels", code, geo.PaymentRecord); len(list) != 0 {
			t.Errorf("%s has %+v", code, list)
		}
		noted(t, s, geo.RoleTrading, "parcels", code, "note", "text", "可以登记")
	}
	noted(t, s, geo.RoleTrading, "parcels", "P01", geo.PaymentRecord, "amount_wan", "100", "voucher_no", "Z1")
	sound(t, s)
}

// Who may write in some areas only is told where a thing lies outside them.
func TestMovesTellWhatLiesOutside(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	for code, want := range map[string]bool{"A01": true, "A02": false} {
		for role, outside := range map[geo.Role]bool{geo.RoleField: want, geo.RolePlanner: false} {
			from, err := s.Moves(t.Context(), actorOf(role), geo.AreaMachine, code)
			if err != nil || from.Outside != outside || outside && len(from.Moves) > 0 {
				t.Errorf("%s for %s: %+v, %v", code, role, from, err)
			}
		}
	}
}
