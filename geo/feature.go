package geo

import (
	"time"

	"github.com/paulmach/orb"
)

// Feature is one item of a collection as an audience sees it: a row of public
// columns for the public, of all columns for staff.
type Feature struct {
	Collection string
	FID        int64  // the tile feature id for this audience
	Code       string // the item id in URLs
	Geometry   orb.Geometry
	Properties map[string]any // keys are Field.Name; absent = null
	Version    int            // staff: optimistic lock; public: of the published row
	UpdatedAt  time.Time
}

// FeatureQuery asks for one page of a collection.
type FeatureQuery struct {
	Collection string
	BBox       *orb.Bound        // degrees; nil = everywhere
	Equal      map[string]string // field name -> value; only fields with Filter
	Limit      int               // 1..MaxPage
	After      string            // code of the last item of the page before; "" = first page
	Sort       string            // field that the items are ordered by, then by code; "" = code alone
	Descending bool              // from the largest value of Sort; items without one come last in both directions
	AfterValue any               // value of Sort of the last item of the page before: float64, bool or string; nil = it had none
	Within     orb.Ring          // in degrees: only items of which a point on the surface lies in it; nil = everywhere
	Areas      []string          // households only: those of these areas; nil = of all
	Light      string            // areas for staff only: those with this Light, or LightNone; "" = whatever it is
}

// Page sizes of the API.
const (
	DefaultPage = 100
	MaxPage     = 1000
)

// FeaturePage is one page, in the order asked for, and the revision it was read at.
type FeaturePage struct {
	Features []Feature
	More     bool
	Matched  int // how many items match in all
	Revision int64
}

// Hit is one answer of the search box.
type Hit struct {
	Collection string    `json:"collection"`
	Code       string    `json:"code"`
	Name       string    `json:"name"`
	Status     string    `json:"status"`
	FID        int64     `json:"fid"`
	BBox       orb.Bound `json:"-"`
}

// FieldType is the type of a property.
type FieldType string

// Types of properties.
const (
	TextField FieldType = "string"
	IntField  FieldType = "integer"
	NumField  FieldType = "number"
	BoolField FieldType = "boolean"
	DateField FieldType = "date" // YYYY-MM-DD in the district's zone
)

// Field is one property of a collection. Public fields are the only ones that
// exist in schema pub; the others are for staff.
type Field struct {
	Name   string
	Type   FieldType
	Zh, En string
	Unit   string // mu, m2, 万元, %, days
	Public bool
	Filter bool // may be asked for by ?name=value
}

// Collections lists the collections of the API in order.
func Collections() []string { return []string{"areas", "parcels", "buildings", "projects"} }

// Registers lists the collections without a place on the map, for staff only:
// households, problems, and the tables of who and what there is.
func Registers() []string {
	return []string{"households", "problems", "organisations", "persons", "boards"}
}

// Entities of the registers that no machine moves.
const (
	OrganisationEntity MachineName = "organisation"
	PersonEntity       MachineName = "person"
	BoardEntity        MachineName = "board"
	AccountEntity      MachineName = "account"
	DistrictEntity     MachineName = "district"
)

// EntityOf is what a collection's items are to events, records and files; false
// for an unknown one.
func EntityOf(collection string) (MachineName, bool) {
	for _, p := range collectionEntities() {
		if p.collection == collection {
			return p.entity, true
		}
	}
	return "", false
}

// CollectionOf is the plural that URLs use; "" for an entity without one.
func CollectionOf(entity MachineName) string {
	for _, p := range collectionEntities() {
		if p.entity == entity {
			return p.collection
		}
	}
	return ""
}

type collectionEntity struct {
	collection string
	entity     MachineName
}

func collectionEntities() []collectionEntity {
	return []collectionEntity{
		{"areas", AreaMachine},
		{"parcels", ParcelMachine},
		{"buildings", BuildingMachine},
		{"projects", ProjectMachine},
		{"households", HouseholdMachine},
		{"problems", ProblemMachine},
		{"organisations", OrganisationEntity},
		{"persons", PersonEntity},
		{"boards", BoardEntity},
	}
}

// PublicCollection says whether anybody may read the collection.
func PublicCollection(c string) bool { return c == "areas" || c == "parcels" || c == "projects" }

// Fields lists the properties of a collection in order; nil for an unknown
// one.
func Fields(collection string) []Field {
	const pub, filter = true, true
	switch collection {
	case "areas":
		return []Field{
			{"code", TextField, "编号", "Code", "", pub, filter},
			{"name", TextField, "名称", "Name", "", pub, filter},
			{"status", TextField, "腾地状态", "Clearance status", "", pub, filter},
			{"street", TextField, "街道", "Street", "", pub, filter},
			{"board", TextField, "板块", "Board", "", pub, filter},
			{"plan_mu", NumField, "计划腾地", "Planned", "mu", pub, !filter},
			{"cleared_mu", NumField, "已腾地", "Cleared", "mu", pub, !filter},
			{"cleared_rate", NumField, "清零率", "Cleared rate", "%", pub, !filter},
			{"parcels_sold", IntField, "成交宗数", "Parcels sold", "", pub, !filter},
			{"parcels_open", IntField, "在售宗数", "Parcels on offer", "", pub, !filter},
			{"decided_on", DateField, "征收决定日", "Decided on", "", pub, !filter},
			{"decided_year", TextField, "征收决定年", "Year decided", "", pub, filter},
			{"bulletin_on", DateField, "通报日", "Bulletin of", "", pub, !filter},
			{"bulletin_surveyed", IntField, "通报摸底户数", "Surveyed, by the bulletin", "", pub, !filter},
			{"bulletin_signed", IntField, "通报签约户数", "Signed, by the bulletin", "", pub, !filter},
			{"bulletin_vacated", IntField, "通报腾空户数", "Moved out, by the bulletin", "", pub, !filter},
			{"bulletin_few", BoolField, "少于 5 户不公布", "Counts under five withheld", "", pub, !filter},
			{"batch", TextField, "批次", "Batch", "", !pub, filter},
			{"leader", TextField, "联系领导", "Leader", "", !pub, filter},
			{"department", TextField, "责任单位", "Responsible body", "", !pub, filter},
			{"decision_no", TextField, "决定文号", "Decision no.", "", !pub, !filter},
			{"deadline", DateField, "清零期限", "Deadline", "", !pub, !filter},
			{"late_days", IntField, "逾期天数", "Days late", "days", !pub, !filter},
			{"households", IntField, "摸底户数", "Households", "", !pub, !filter},
			{"signed", IntField, "签约户数", "Signed", "", !pub, !filter},
			{"vacated", IntField, "腾空户数", "Moved out", "", !pub, !filter},
			{"demolished", IntField, "拆除户数", "Demolished", "", !pub, !filter},
			{"signed_rate", NumField, "签约率", "Signed rate", "%", !pub, !filter},
			{"vacated_rate", NumField, "腾空率", "Moved-out rate", "%", !pub, !filter},
			{"demolished_rate", NumField, "拆除率", "Demolished rate", "%", !pub, !filter},
			{"problems_open", IntField, "未销号问题", "Open problems", "", !pub, !filter},
			{"problems_overdue", IntField, "逾期问题", "Overdue problems", "", !pub, !filter},
			{"mu", NumField, "片区面积", "Area", "mu", !pub, !filter},
			{"area_m2", NumField, "椭球面积", "Ellipsoidal area", "m2", !pub, !filter},
			{"plane_m2", NumField, "平面面积", "Plane area", "m2", !pub, !filter},
			{"survey_m2", NumField, "勘测面积", "Survey area", "m2", !pub, !filter},
		}
	case "parcels":
		return []Field{
			{"code", TextField, "宗地代码", "Code", "", pub, filter},
			{"name", TextField, "名称", "Name", "", pub, filter},
			{"status", TextField, "出让状态", "Sale status", "", pub, filter},
			{"area", TextField, "片区编号", "Area code", "", pub, filter},
			{"area_name", TextField, "片区", "Area", "", pub, !filter},
			{"street", TextField, "街道", "Street", "", pub, filter},
			{"address", TextField, "坐落", "Address", "", pub, !filter},
			{"land_use", TextField, "用途代码", "Land use code", "", pub, filter},
			{"use_class", TextField, "用途", "Land use", "", pub, filter},
			{"years", IntField, "出让年限", "Term", "years", pub, !filter},
			{"mu", NumField, "面积", "Size", "mu", pub, !filter},
			{"mu_basis", TextField, "面积依据", "Size basis", "", pub, !filter},
			{"survey_m2", NumField, "勘测面积", "Survey area", "m2", pub, !filter},
			{"area_m2", NumField, "椭球面积", "Ellipsoidal area", "m2", pub, !filter},
			{"far", TextField, "容积率", "Floor-area ratio", "", pub, !filter},
			{"density", TextField, "建筑密度", "Building density", "%", pub, !filter},
			{"green", TextField, "绿地率", "Green ratio", "%", pub, !filter},
			{"height", TextField, "限高", "Height limit", "m", pub, !filter},
			{"notice_no", TextField, "公告编号", "Notice no.", "", pub, filter},
			{"mode", TextField, "出让方式", "Mode", "", pub, filter},
			{"start_wan", NumField, "起始价", "Start price", "万元", pub, !filter},
			{"deposit_wan", NumField, "保证金", "Deposit", "万元", pub, !filter},
			{"step_wan", NumField, "加价幅度", "Step", "万元", pub, !filter},
			{"notice_on", DateField, "公告日", "Notice", "", pub, !filter},
			{"list_from", DateField, "挂牌开始", "Listing from", "", pub, !filter},
			{"list_to", DateField, "挂牌截止", "Listing to", "", pub, !filter},
			{"deal_wan", NumField, "成交价", "Deal", "万元", pub, !filter},
			{"premium", NumField, "溢价率", "Premium", "%", pub, !filter},
			{"price_per_mu_wan", NumField, "亩均价", "Price per mu", "万元/亩", pub, !filter},
			{"sold_on", DateField, "成交日", "Sold on", "", pub, !filter},
			{"sold_year", TextField, "成交年", "Year sold", "", pub, filter},
			{"buyer", TextField, "竞得人", "Buyer", "", pub, !filter},
			{"failed_rounds", IntField, "流拍次数", "Failed rounds", "", pub, !filter},
			{"reserve_wan", NumField, "底价", "Reserve price", "万元", !pub, !filter},
			{"contract_no", TextField, "合同号", "Contract no.", "", !pub, !filter},
			{"contracted_on", DateField, "签合同日", "Contracted on", "", !pub, !filter},
			{"handed_over_on", DateField, "交地日", "Handed over on", "", !pub, !filter},
			{"started_on", DateField, "开工日", "Started on", "", !pub, !filter},
			{"completed_on", DateField, "竣工日", "Completed on", "", !pub, !filter},
			{"industry", TextField, "目标产业", "Target industry", "", !pub, filter},
			{"clean_complete", BoolField, "净地条件齐备", "Clean-land checklist complete", "", !pub, !filter},
			{"plane_m2", NumField, "平面面积", "Plane area", "m2", !pub, !filter},
			{"source_crs", IntField, "来源坐标系", "Source CRS", "", !pub, !filter},
		}
	case "buildings":
		return []Field{
			{"code", TextField, "编号", "Code", "", !pub, filter},
			{"status", TextField, "状态", "Status", "", !pub, filter},
			{"area", TextField, "片区编号", "Area code", "", !pub, filter},
			{"legal", TextField, "认定", "Finding", "", !pub, filter},
			{"use", TextField, "用途", "Use", "", !pub, filter},
			{"tenure", TextField, "权属", "Tenure", "", !pub, filter},
			{"floors", IntField, "层数", "Floors", "", !pub, !filter},
			{"floor_m2", NumField, "建筑面积", "Floor area", "m2", !pub, !filter},
			{"households", IntField, "户数", "Households", "", !pub, !filter},
			{"demolished_on", DateField, "拆除日", "Demolished on", "", !pub, !filter},
			{"method", TextField, "拆除方式", "Method", "", !pub, !filter},
			{"area_m2", NumField, "占地面积", "Footprint", "m2", !pub, !filter},
		}
	case "projects":
		return []Field{
			{"code", TextField, "编号", "Code", "", pub, filter},
			{"name", TextField, "名称", "Name", "", pub, filter},
			{"status", TextField, "阶段", "Stage", "", pub, filter},
			{"industry", TextField, "产业", "Industry", "", pub, filter},
			{"board", TextField, "板块", "Board", "", pub, filter},
			{"amount_wan", NumField, "投资额", "Investment", "万元", pub, !filter},
			{"area", TextField, "片区编号", "Area code", "", pub, filter},
			{"parcel", TextField, "宗地代码", "Parcel", "", pub, filter},
			{"stage_on", DateField, "进入阶段日", "In stage since", "", pub, !filter},
			{"investor", TextField, "投资方", "Investor", "", !pub, !filter},
		}
	}
	return registerFields(collection)
}
