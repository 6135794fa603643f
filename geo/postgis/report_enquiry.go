package postgis

import "tengdi/geo"

// takenOver is the condition that project p counts: an enquiry, which anybody may
// send without a login, does so only from when staff have moved it on to a further
// stage than the first. then is the condition that event e had happened.
func takenOver(then string) string {
	of := `select from land.event e where e.entity = '` + string(geo.ProjectMachine) + `' and e.entity_id = p.id and `
	return `(not exists (` + of + `e.verb = 'created' and e.source = '` + string(geo.FromSystem) + `')
				or exists (` + of + `e.verb = 'moved' and e.to_state not in ('` + geo.ProjectMoves().Initial + `', 'dead') and ` + then + `))`
}
