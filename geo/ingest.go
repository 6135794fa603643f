package geo

import "github.com/paulmach/orb"

// Layer names what an import brings.
type Layer string

// Layers that can be imported.
const (
	AreaLayer     Layer = "areas"
	ParcelLayer   Layer = "parcels"
	BuildingLayer Layer = "buildings"
)

// IngestRow is one row of a file on its way in: the shape in the file's CRS
// and the fields that were matched. Fields are named as in Fields(layer).
type IngestRow struct {
	Number   int // 1-based, as a person counts in the file
	Geometry orb.MultiPolygon
	Fields   map[string]string
	// Notes are what reading the row has found. One of severity refused
	// refuses the row: it is counted and reported, its geometry is not looked at.
	Notes []RowNote
}

// IngestOptions say how the rows of one import are to be taken.
type IngestOptions struct {
	Layer    Layer
	SRID     int    // EPSG code of the geometry
	Datum    string // "" or gcj02, bd09: shifted coordinates to be put right
	Area     string // code of the area that parcels and buildings belong to; "" = by column, else by place
	On       Day    // since when what is new has stood as it begins, so that later moves can be entered; 0 = today
	Fix      bool   // repair what ST_MakeValid can while keeping the area within 0.1 %
	DryRun   bool
	File     string // name for the record
	SHA256   string // of the file's bytes
	Progress func(stage string, done, total int64)
}

// RowNote is one line of an import's report.
type RowNote struct {
	Row      int    `json:"row"`
	Code     string `json:"code"`            // of the thing, as far as known
	Problem  string `json:"problem"`         // a stable machine word
	Field    string `json:"field,omitempty"` // the column concerned
	Zh       string `json:"zh"`
	En       string `json:"en"`
	Severity string `json:"severity"` // refused, fixed, warning
}

// IngestReport is what an import found and did.
type IngestReport struct {
	File      string    `json:"file"`
	Layer     Layer     `json:"layer"`
	Format    string    `json:"format"`
	Encoding  string    `json:"encoding,omitempty"`
	SRID      int       `json:"srid"`
	CRSFrom   string    `json:"crs_from"` // where the CRS was learnt
	Rows      int       `json:"rows"`
	Created   int       `json:"created"`
	Updated   int       `json:"updated"`
	Unchanged int       `json:"unchanged"`
	Refused   int       `json:"refused"`
	Fixed     int       `json:"fixed"`
	AreaM2    float64   `json:"area_m2"` // ellipsoidal, of the accepted rows
	BBox      []float64 `json:"bbox,omitempty"`
	DryRun    bool      `json:"dry_run"`
	Committed bool      `json:"committed"`
	Revision  int64     `json:"revision,omitempty"`
	Notes     []RowNote `json:"notes"`             // at most some 1,000; refused rows go before warnings
	Omitted   int       `json:"omitted,omitempty"` // notes beyond those; the last of Notes count them by problem, with row 0
	Replayed  bool      `json:"-"`                 // the answer to a request that was made before; nothing was done now
}
