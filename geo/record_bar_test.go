package geo

import "testing"

// A kind of record is barred exactly where every record of it would be refused.
func TestBarredRecords(t *testing.T) {
	t.Parallel()
	bars := func(of MachineName, status string, extensions int, kind string) (guards []string) {
		for _, b := range BarredRecords(of, status, extensions) {
			if b.Kind == kind {
				guards = append(guards, b.Guard)
			}
		}
		return guards
	}
	for _, st := range Statuses(ParcelMachine) {
		pay, _ := KindOfRecord(ParcelMachine, PaymentRecord)
		if got, want := len(bars(ParcelMachine, st.Code, 0, PaymentRecord)) > 0, pay.CheckStatus(st.Code) != nil; got != want {
			t.Errorf("payment of a parcel that is %s: barred %t, refused %t", st.Code, got, want)
		}
		if got := bars(ParcelMachine, st.Code, 0, "note"); got != nil {
			t.Errorf("a note is barred: %v", got)
		}
	}
	for _, st := range Statuses(ProblemMachine) {
		for made := range MaxExtensions + 1 {
			f := ExtensionFacts{Occasion: Occasion{Now: date("2019-05-01"), Reason: "why"}, Status: st.Code, Extensions: made, Due: date("2019-06-01"), NewDue: date("2019-07-01")}
			refused := CheckExtension(RoleLeader, f) != nil
			if got := len(bars(ProblemMachine, st.Code, made, ExtensionRecord)) > 0; got != refused {
				t.Errorf("extension no. %d of a problem that is %s: barred %t, refused %t", made+1, st.Code, got, refused)
			}
		}
	}
}
