package geo

import (
	"cmp"
	"slices"
)

// Nearness is how near the end of something is.
type Nearness string

// The groups of work, the most urgent first.
const (
	Overdue  Nearness = "overdue"
	DueToday Nearness = "today"
	DueWeek  Nearness = "week"  // within 7 days
	DueLater Nearness = "later" // in more than 7 days
	Undated  Nearness = "undated"
)

// Nearnesses lists the groups of work, the most urgent first.
func Nearnesses() []Nearness { return []Nearness{Overdue, DueToday, DueWeek, DueLater, Undated} }

// Nearness is the group that an item belongs to by the days that are left.
func (i WorkItem) Nearness() Nearness {
	switch {
	case i.Due.IsZero():
		return Undated
	case i.DaysLeft < 0:
		return Overdue
	case i.DaysLeft == 0:
		return DueToday
	case i.DaysLeft <= 7:
		return DueWeek
	}
	return DueLater
}

// patient says whether an item waits on no law's or person's deadline: a project
// that stands still is told of, but it is not to bury what ends on a day.
func (i WorkItem) patient() bool { return i.Kind == "project" }

// CompareWork orders work, worst first: what can wait comes last, then the redder
// light, then what has a deadline, then the earlier one.
func CompareWork(a, b WorkItem) int {
	rank := func(l Light) int { return slices.Index([]Light{Red, Amber, Green, NoLight}, l) }
	last := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(last(a.patient()), last(b.patient())),
		cmp.Compare(rank(a.Light), rank(b.Light)),
		cmp.Compare(last(a.Due.IsZero()), last(b.Due.IsZero())),
		a.Due.Compare(b.Due), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code),
	)
}

// CutWork orders items and leaves at most n of them. Of each nearness it keeps an
// equal share before the worst fill what remains, so that a long list of what is
// overdue does not hide what ends today.
func CutWork(items []WorkItem, n int) []WorkItem {
	slices.SortStableFunc(items, CompareWork)
	if len(items) <= n {
		return items
	}
	share := n / len(Nearnesses())
	held, kept := map[Nearness]int{}, make([]bool, len(items))
	free := n
	for i, item := range items {
		if near := item.Nearness(); held[near] < share {
			held[near]++
			kept[i] = true
			free--
		}
	}
	var out []WorkItem
	for i, item := range items {
		if !kept[i] && free > 0 {
			kept[i] = true
			free--
		}
		if kept[i] {
			out = append(out, item)
		}
	}
	return out
}
