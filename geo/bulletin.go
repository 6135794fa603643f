package geo

import "slices"

// FewHouseholds is the count below which a bulletin tells no number: a number
// that small points at people (RELIABILITY, T-24).
const FewHouseholds = 5

// Bulletin is an area's progress as it is published (进度通报): cut at 24:00 of a
// day. A nil count is withheld.
type Bulletin struct {
	Surveyed, Signed, Vacated *int
	Few                       bool // something is withheld
}

// Told are the counts that earlier bulletins of the area told, those that were
// struck out included: they have been read.
type Told struct{ Surveyed, Signed, Vacated []int }

// BulletinOf makes what may be told of the counts. A count is withheld when it,
// what it leaves of a larger one that is told, or its difference from one that
// was told before is 1 to 4: so many households could be named by who knows the
// rest.
func BulletinOf(c HouseholdCounts, before Told) Bulletin {
	few := func(n int) bool { return max(n, -n) < FewHouseholds && n != 0 }
	var b Bulletin
	var larger []int // counts of this bulletin that are told
	told := func(n int, before []int) *int {
		away := func(other int) bool { return few(other - n) }
		if few(n) || slices.ContainsFunc(larger, away) || slices.ContainsFunc(before, away) {
			b.Few = true
			return nil
		}
		larger = append(larger, n)
		return &n
	}
	b.Surveyed = told(c.Surveyed, before.Surveyed)
	b.Signed = told(c.Signed, before.Signed)
	b.Vacated = told(c.Vacated, before.Vacated)
	return b
}
