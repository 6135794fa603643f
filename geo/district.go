package geo

import "github.com/paulmach/orb"

// District is the settings of one instance.
type District struct {
	Code, Name, NameEn string
	Frame              *orb.Bound // geometry must lie inside, in degrees; nil = anywhere
	Zone               string     // IANA time zone; deadlines end at 24:00 there
	MeasureSRID        int        // plane area's CRS, 4526 at Yueyang; 0 = none
	Languages          []string   // zh-CN, en
	ApprovalNo         string     // 审图号 of the map, shown in footer and print
	BaseMap            BaseMap
	Demo               bool // every page carries 示例数据 / demo data
	Thresholds         Thresholds
}

// BaseMap is an optional external base map; the zero value is our own quiet
// style, which needs no network.
type BaseMap struct {
	Kind        string `json:"kind,omitempty"` // "", raster, style
	URL         string `json:"url,omitempty"`  // {z}/{x}/{y} template or style URL
	Attribution string `json:"attribution,omitempty"`
}

// DefaultDistrict is an instance that nobody has set up: it takes land
// anywhere and measures on the ellipsoid only.
func DefaultDistrict() District {
	return District{Name: "腾地", NameEn: "Tengdi", Zone: "Asia/Shanghai", Languages: []string{"zh-CN", "en"}}
}

// Reference is a line or polygon of the quiet base map: water, green, road,
// rail, outline. It is public and carries no land data.
type Reference struct {
	Kind     string // water, green, road, rail, outline, station, school
	Class    string // of a road: expressway, arterial, street; of water: lake, river
	Name     string
	NameEn   string
	Geometry orb.Geometry
}

// Dataset is a whole district to be loaded in one transaction, as the demo is.
// Codes link the rows; ids are given by the store. Events carry Code and
// entity, not ids, and are in order of On.
type Dataset struct {
	District   District
	References []Reference
	Areas      []Area
	Cleared    []ClearedLand
	Buildings  []Building
	Households []Household
	Parcels    []Parcel
	Rounds     []Round
	Projects   []Project
	Problems   []Problem
	Visits     []Visit
	Events     []Event

	Organisations []Organisation // a body comes after the one above it
	Persons       []Person
	Boards        []Board
	Records       []Record // besides Visits; No counts from 1 for each thing and kind
	Calendar      []CalendarDay
}
