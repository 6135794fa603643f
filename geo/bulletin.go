package geo

// FewHouseholds is the count below which a bulletin tells no number: a number
// that small points at people (RELIABILITY, T-24).
const FewHouseholds = 5

// Bulletin is an area's progress as it is published (进度通报): cut at 24:00 of a
// day. A nil count is withheld.
type Bulletin struct {
	Surveyed, Signed, Vacated *int
	Few                       bool // something is withheld
}

// BulletinOf makes what may be told of the counts. A count is withheld when it,
// or what it leaves of a larger one that is told, is 1 to 4: so many households
// could be named by who knows the rest.
func BulletinOf(c HouseholdCounts) Bulletin {
	few := func(n int) bool { return n > 0 && n < FewHouseholds }
	var b Bulletin
	told := func(n int, above ...int) *int {
		if few(n) {
			b.Few = true
			return nil
		}
		for _, a := range above {
			if few(a - n) {
				b.Few = true
				return nil
			}
		}
		return &n
	}
	b.Surveyed = told(c.Surveyed)
	var larger []int
	if b.Surveyed != nil {
		larger = append(larger, c.Surveyed)
	}
	b.Signed = told(c.Signed, larger...)
	if b.Signed != nil {
		larger = append(larger, c.Signed)
	}
	b.Vacated = told(c.Vacated, larger...)
	return b
}
