package web

import (
	"context"
	"net/http"
	"time"

	"tengdi/geo"
)

// RemainsReader computes what is left to be done in an area.
type RemainsReader interface {
	Remains(ctx context.Context, area string, homes bool) (geo.Remains, error)
}

// remainsAnswer is the body of what remains in an area. Counts are of all,
// the lists have the first 500.
type remainsAnswer struct {
	Area     string    `json:"area"`
	Name     string    `json:"name"`
	Revision int64     `json:"revision"`
	AsOf     time.Time `json:"as_of"`

	PlanMu    float64 `json:"plan_mu"`
	ClearedMu float64 `json:"cleared_mu"`
	LeftMu    float64 `json:"left_mu"`

	UnplannedMu float64          `json:"unplanned_mu"` // cleared, in no parcel that is planned or further, as measured
	Reserved    []reservedParcel `json:"reserved"`     // the parcels among it

	Standing   int     `json:"standing"`
	StandingM2 float64 `json:"standing_m2"`
	Illegal    int     `json:"illegal"`
	IllegalM2  float64 `json:"illegal_m2"`

	Households         int `json:"households"`
	UnsignedHouseholds int `json:"unsigned_households"`
	UnsignedBuildings  int `json:"unsigned_buildings"`
	UnvacatedSigned    int `json:"signed_not_vacated"`

	ProblemsOpen    int `json:"problems_open"`
	ProblemsOverdue int `json:"problems_overdue"`

	Buildings []remainingBuilding `json:"buildings"`
	Problems  []remainingProblem  `json:"problems"`
}

// reservedParcel is a parcel that waits to be planned, with its official size.
type reservedParcel struct {
	Code string  `json:"code"`
	Mu   float64 `json:"mu"`
}

// remainingBuilding has unsigned for callers who may read households of the area.
type remainingBuilding struct {
	Code     string  `json:"code"`
	FID      int64   `json:"fid"`
	Status   string  `json:"status"`
	Legal    string  `json:"legal"`
	FloorM2  float64 `json:"floor_m2"`
	Unsigned *int    `json:"unsigned,omitempty"`
}

type remainingProblem struct {
	Code        string  `json:"code"`
	Title       string  `json:"title"`
	Kind        string  `json:"kind"`
	Status      string  `json:"status"`
	Department  string  `json:"department"`
	Due         *string `json:"due"`
	OverdueDays int     `json:"overdue_days"`
}

// getRemains answers what is left to be done in an area. Which building has
// unsigned households is told to those who may read the area's households, and the
// others get the buildings in order of code, which tells nothing of it.
func (s *Server) getRemains(w http.ResponseWriter, r *http.Request) error {
	v, err := s.reading(r.Context(), "areas")
	if err != nil {
		return err
	}
	code, err := pathCode(r)
	if err != nil {
		return err
	}
	homes := v.Role.May(geo.ReadHouseholds) && v.Sees(code)
	found, err := s.cfg.Store.Remains(r.Context(), code, homes)
	if err != nil {
		return err
	}
	return sendJSON(w, r, remainsOf(found, homes))
}

func remainsOf(found geo.Remains, homes bool) remainsAnswer {
	a := remainsAnswer{
		Area: found.Area, Name: found.Name, Revision: found.Revision, AsOf: found.AsOf,
		PlanMu: rounded(found.PlanM2.Mu(), 4), ClearedMu: rounded(found.ClearedM2.Mu(), 4),
		LeftMu:      rounded(max(0, found.PlanM2-found.ClearedM2).Mu(), 4),
		UnplannedMu: rounded(found.UnplannedM2.Mu(), 4), Reserved: []reservedParcel{},
		Standing: found.Standing, StandingM2: rounded(float64(found.StandingM2), 2),
		Illegal: found.Illegal, IllegalM2: rounded(float64(found.IllegalM2), 2),
		Households: found.Households, UnsignedHouseholds: found.UnsignedHouseholds,
		UnsignedBuildings: found.UnsignedBuildings, UnvacatedSigned: found.UnvacatedSigned,
		ProblemsOpen: found.ProblemsOpen, ProblemsOverdue: found.ProblemsOverdue,
		Buildings: []remainingBuilding{}, Problems: []remainingProblem{},
	}
	for _, p := range found.Reserved {
		a.Reserved = append(a.Reserved, reservedParcel{p.Code, rounded(p.Size.Mu(), 4)})
	}
	for _, b := range found.Buildings {
		one := remainingBuilding{Code: b.Code, FID: b.FID, Status: b.Status, Legal: string(b.Legal), FloorM2: rounded(float64(b.FloorM2), 2)}
		if homes {
			one.Unsigned = &b.Unsigned
		}
		a.Buildings = append(a.Buildings, one)
	}
	for _, p := range found.Problems {
		one := remainingProblem{Code: p.Code, Title: p.Title, Kind: p.Kind, Status: p.Status, Department: p.Department, OverdueDays: p.OverdueDays}
		if p.Due != nil {
			one.Due = day(*p.Due, time.UTC)
		}
		a.Problems = append(a.Problems, one)
	}
	return a
}
