package postgis

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tengdi/geo"
)

// Bounds of a report: what a hostile file can make it say is read by a browser
// and kept in memory meanwhile.
const (
	maxNotes    = 1000 // notes in full; refused rows go first
	maxNoteText = 500  // characters of each text of a note
)

// Severities of a note.
const (
	refused = "refused"
	mended  = "fixed"
	warning = "warning"
)

// ledger keeps the notes of an import: the first maxNotes of refused rows and
// of others, and how many more there were of each kind.
type ledger struct {
	refused, others []geo.RowNote
	omitted         map[noteKind]int
}

type noteKind struct{ severity, problem string }

func (l *ledger) add(n geo.RowNote) {
	list := &l.others
	if n.Severity == refused {
		list = &l.refused
	}
	if len(*list) == maxNotes {
		l.omit(n.Severity, n.Problem, 1)
		return
	}
	n.Code, n.Field = shorten(n.Code, maxCode), shorten(n.Field, maxCode)
	n.Zh, n.En = shorten(n.Zh, maxNoteText), shorten(n.En, maxNoteText)
	*list = append(*list, n)
}

func (l *ledger) omit(severity, problem string, n int) {
	if l.omitted == nil {
		l.omitted = map[noteKind]int{}
	}
	l.omitted[noteKind{severity, problem}] += n
}

// notes gives what is told, in the order of rows, and behind it a line for each
// kind of note that was left out; and how many those were.
func (l *ledger) notes() (out []geo.RowNote, omitted int) {
	byRow := func(a, b geo.RowNote) int { return cmp.Compare(a.Row, b.Row) }
	slices.SortStableFunc(l.others, byRow)
	room := min(maxNotes-len(l.refused), len(l.others))
	for _, n := range l.others[room:] {
		l.omit(n.Severity, n.Problem, 1)
	}
	out = slices.Concat([]geo.RowNote{}, l.refused, l.others[:room])
	slices.SortStableFunc(out, byRow)
	for _, k := range slices.SortedFunc(maps.Keys(l.omitted), func(a, b noteKind) int {
		return cmp.Or(cmp.Compare(a.severity, b.severity), cmp.Compare(a.problem, b.problem))
	}) {
		n := l.omitted[k]
		omitted += n
		out = append(out, geo.RowNote{
			Problem: k.problem, Severity: k.severity,
			Zh: fmt.Sprintf("另有 %d 条同类说明未列出", n), En: fmt.Sprintf("%d more of this kind are not listed", n),
		})
	}
	return out, omitted
}

// shorten cuts a text to most characters. The copy lets go of the long text.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > most {
			return strings.Clone(s[:i])
		}
	}
	return s
}

// note adds a line to the report; a refused row counts once.
func (in *intake) note(n geo.RowNote) {
	in.ledger.add(n)
	if n.Severity != refused || in.refused[n.Row] {
		return
	}
	if in.refused == nil {
		in.refused = map[int]bool{}
	}
	in.refused[n.Row] = true
	in.report.Refused++
}

// finishNotes puts the notes into the report; slivers beyond a number are told
// as a count.
func (in *intake) finishNotes() {
	if in.told {
		return
	}
	in.told = true
	if more := in.slivers - maxSlivers; more > 0 {
		in.ledger.omit(warning, "sliver", more)
	}
	in.report.Notes, in.report.Omitted = in.ledger.notes()
}
