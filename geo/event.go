package geo

import "time"

// Source says by which way a change came in.
type Source string

// Sources of change.
const (
	FromUI     Source = "ui"
	FromAPI    Source = "api"
	FromImport Source = "import"
	FromCLI    Source = "cli"
	FromDemo   Source = "demo"
	FromSystem Source = "system"
)

// Event is one entry of the district's memory: append-only, chained by hash.
// Every change of a status writes one, and so do creation, correction and end.
type Event struct {
	ID       int64
	Revision int64       // the write transaction that recorded it
	Entity   MachineName // which kind of thing
	EntityID int64
	Code     string    // the thing's human code
	Verb     string    // see the verbs below
	From, To string    // states, for moved
	On       time.Time // when it happened
	At       time.Time // when it was recorded
	Actor    string    // login, "system" or "demo"
	Role     Role
	Reason   string
	Source   Source
	Data     map[string]any // what the move recorded (dates, amounts, numbers)

	Version  int  // of the thing once this was recorded; 0 in events read from the log
	Replayed bool // the answer to a request that was made before; nothing was done now
}

// Verbs of events.
const (
	Created   = "created"
	Moved     = "moved"     // from a state to another
	Corrected = "corrected" // values changed; Data has {field: {"from":…, "to":…}}
	Ended     = "ended"
	Recorded  = "recorded" // a record was added; Data has kind, no and its values
	Amended   = "amended"  // a record was changed; Data as for corrected, with kind and no
	Struck    = "struck"   // a record or a file was struck out
	Attached  = "attached" // a file was added; Data has its name, size and hash
	Detached  = "detached"
	Noted     = "noted" // a clock struck; Data has notice and due
)

// Change is one entry of the feed that tiles and open maps follow. In the
// database it names what to read again, never the content.
type Change struct {
	Revision int64  // of the audience's own feed
	Layer    string // areas, parcels, buildings, projects, cleared
	ID       int64  // the tile feature id of that audience
	Status   string // the new status code; "" when gone
	Gone     bool
	History  History // how it came to its state, of a layer with states; filled in where the thing was read again
}
