package geo

import (
	"slices"
	"testing"
)

// What must never be told stands in no row, and every column is told by one row.
func TestDisclosures(t *testing.T) {
	never := []string{
		"reserve_fen", "contract_no", "supervision_no", "investor", "leader", "department", "deadline", "actor", "reason", "data",
		"households", "signed", "amount_wan",
	}
	seen := map[string]string{}
	for _, d := range Disclosures() {
		for _, c := range d.Columns {
			if other := seen[d.Table+"."+c]; other != "" {
				t.Errorf("%s.%s is told by %s and by %s", d.Table, c, other, d.Part)
			}
			seen[d.Table+"."+c] = d.Part
			if slices.Contains(never, c) {
				t.Errorf("%s.%s must never be told", d.Table, c)
			}
		}
		for _, s := range d.States {
			if st, ok := StatusOf(ParcelMachine, s); d.Table == "parcel" && (!ok || !st.Public) {
				t.Errorf("%s %s is told in %s, which is not published", d.Table, d.Part, s)
			}
		}
		if d.Zh == "" || d.En == "" || d.Revealed == "" || len(d.Columns) == 0 {
			t.Errorf("%s %s says too little", d.Table, d.Part)
		}
	}
	if _, all := DisclosedIn("parcel", "reserve_fen"); all {
		t.Error("the reserve price is told")
	}
	if states, all := DisclosedIn("parcel", "buyer"); all || !slices.Equal(states, SoldCodes()) {
		t.Errorf("the buyer is told in %v", states)
	}
}
