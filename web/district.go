package web

import (
	"context"
	"net/http"
	"time"

	"tengdi/geo"
)

// DistrictReader reads the settings of the instance.
type DistrictReader interface {
	District(ctx context.Context) (geo.District, error)
}

// How long the settings are believed: shortly while the database answers,
// longer while it does not, so that pages keep coming.
const (
	districtFresh = 5 * time.Second
	districtStale = 10 * time.Minute
)

// districtCache keeps the settings, which every page and many answers need.
type districtCache struct {
	kept[geo.District]
}

func newDistrictCache(store DistrictReader, now func() time.Time) *districtCache {
	return &districtCache{kept[geo.District]{
		ask: store.District, now: now, fresh: districtFresh, stale: districtStale,
	}}
}

// zone is the district's time zone. The store takes only zones that exist; a
// system without zone data gets UTC.
func (c *districtCache) zone(ctx context.Context) (*time.Location, error) {
	d, err := c.get(ctx)
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(d.Zone)
	if err != nil {
		return time.UTC, nil
	}
	return loc, nil
}

// districtAnswer is the body of /api/district. Bounds are in degrees: west,
// south, east, north.
type districtAnswer struct {
	Code       string        `json:"code"`
	Name       string        `json:"name"`
	NameEn     string        `json:"name_en"`
	Frame      *[4]float64   `json:"frame"`
	Bounds     *[4]float64   `json:"bounds"` // where the audience's data is
	Zone       string        `json:"zone"`
	Measure    int           `json:"measure_srid"` // EPSG number of the plane that land is measured in; 0 = none
	Languages  []string      `json:"languages"`
	ApprovalNo string        `json:"approval_no"`
	BaseMap    baseMapAnswer `json:"base_map"`
	Embed      bool          `json:"embed"` // other sites may show the map in a frame
	Demo       bool          `json:"demo"`
	Version    string        `json:"version"`
}

type baseMapAnswer struct {
	Kind        string `json:"kind"`
	URL         string `json:"url"`
	Attribution string `json:"attribution"`
}

func (s *Server) getDistrict(w http.ResponseWriter, r *http.Request) error {
	d, err := s.district.get(r.Context())
	if err != nil {
		return err
	}
	a := districtAnswer{
		Code: d.Code, Name: d.Name, NameEn: d.NameEn,
		Frame: boundArray(d.Frame), Zone: d.Zone, Measure: d.MeasureSRID, Languages: d.Languages,
		ApprovalNo: d.ApprovalNo, BaseMap: baseMapAnswer(d.BaseMap),
		Embed: s.embeddable(), Demo: d.Demo, Version: s.cfg.Version,
	}
	if a.Languages == nil {
		a.Languages = []string{}
	}
	if b, ok := s.cfg.Tilesets[callerOf(r.Context()).audience].Bounds(); ok {
		a.Bounds = boundArray(&b)
	}
	return sendJSON(w, r, a)
}
