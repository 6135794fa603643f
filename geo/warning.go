package geo

// WarningOf words a warning that an event recorded by its guard's code only;
// false when the move has no such warning.
func WarningOf(m MachineName, from, to, guard string) (Reason, bool) {
	switch m {
	case AreaMachine:
		return warningOf(AreaMoves(), from, to, guard)
	case BuildingMachine:
		return warningOf(BuildingMoves(), from, to, guard)
	case HouseholdMachine:
		return warningOf(HouseholdMoves(), from, to, guard)
	case ParcelMachine:
		return warningOf(ParcelMoves(), from, to, guard)
	case ProblemMachine:
		return warningOf(ProblemMoves(), from, to, guard)
	case ProjectMachine:
		return warningOf(ProjectMoves(), from, to, guard)
	}
	return Reason{}, false
}

func warningOf[F any](machine Machine[F], from, to, guard string) (Reason, bool) {
	mv, _ := machine.Move(from, to)
	for _, g := range mv.Warns {
		if g.Code == guard {
			return Reason{Guard: g.Code, Zh: g.Zh, En: g.En}, true
		}
	}
	return Reason{}, false
}
