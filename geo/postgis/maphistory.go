package postgis

import (
	"fmt"
	"strings"

	"tengdi/geo"
)

// historyColumns selects geo.HistoryFields from the history that historyJoin
// joins: the letters, then each day.
func historyColumns() string {
	columns := []string{"s.h"}
	for i := range geo.HistoryLength {
		at := fmt.Sprint(i + 1)
		if i > 0 { // beyond twelve the oldest are merged into the first
			at += fmt.Sprintf(" + greatest(cardinality(s.t) - %d, 0)", geo.HistoryLength)
		}
		columns = append(columns, fmt.Sprintf("s.t[%s]", at))
	}
	return strings.Join(columns, ", ")
}

// historyJoin joins to each thing its history as s: h, the letters of its last
// twelve moves, and t, the days of all. It is geo.HistoryOf, done for a whole
// layer by one pass over the events in the order of their index. id is the thing's
// in the audience; $1 are the ids wanted, null = all.
func historyJoin(aud geo.Audience, m geo.MachineName, id string) string {
	return `
			left join (
				select
					k.id,
					right(string_agg(k.letter, '' order by k.no), ` + fmt.Sprint(geo.HistoryLength) + `) as h,
					array_agg(k.day order by k.no) as t
				from (
					select w.*, min(w.day) over (partition by w.id order by w.no rows between 1 following and unbounded following) as next_day
					from (` + passages(aud, m) + `) w) k
				where k.next_day is null or k.day < k.next_day
				group by k.id) s on s.id = ` + id
}

// passages selects id, no, day and letter of the moves of things of a machine, as
// an audience may know of them. The public's are those of the projection.
func passages(aud geo.Audience, m geo.MachineName) string {
	if aud == geo.Staff {
		return `
						select e.entity_id as id, e.id as no, ` + civilDay("e.happened") + ` as day, ` + historyLetter(m, "e.to_state") + ` as letter
						from land.event e
						cross join ` + zoneOnce + ` z
						where e.entity = '` + string(m) + `' and e.verb in ('created', 'moved') and ($1::bigint[] is null or e.entity_id = any($1))`
	}
	return `
						select e.public_id as id, e.no, ` + civilDay("e.happened") + ` as day, ` + historyLetter(m, "e.to_state") + ` as letter
						from pub.event e
						cross join ` + zoneOnce + ` z
						where e.collection = '` + collectionOf(m) + `' and ($1::bigint[] is null or e.public_id = any($1))`
}

// zoneOnce is a relation with the district's zone as name. offset keeps the planner
// from asking for the zone anew in each row, which takes longer than all the rest.
const zoneOnce = `(select pub.zone() as name offset 0)`

// collectionOf is the collection of a machine's things.
func collectionOf(m geo.MachineName) string {
	for _, c := range geo.Collections() {
		if of, ok := geo.EntityOf(c); ok && of == m {
			return c
		}
	}
	return ""
}

// civilDay is the number of the civil day of a time in the zone z.name: midnight
// UTC is a date, everything else an instant, as in geo.Occasion.
func civilDay(at string) string {
	return `(case when ` + at + ` = date_trunc('day', ` + at + `, 'UTC') then (` + at + ` at time zone 'UTC')::date
							else (` + at + ` at time zone z.name)::date end` + dayNumber
}

// historyLetter is the letter of a state in a history; null for an unknown one,
// which Verify finds.
func historyLetter(m geo.MachineName, state string) string {
	var b strings.Builder
	b.WriteString("case " + state + " when '' then '" + string(rune(geo.HistoryAbsent)) + "'")
	for _, s := range geo.Statuses(m) {
		letter, _ := geo.HistoryLetter(m, s.Code)
		fmt.Fprintf(&b, " when '%s' then '%c'", s.Code, letter)
	}
	return b.String() + " end"
}
