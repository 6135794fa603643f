package geo

import "slices"

// FacetQuery asks how many items of a collection there are, what they sum up to,
// and how many have each value of some fields.
type FacetQuery struct {
	FeatureQuery          // what the items must be; Limit, After and the order do not count
	By           []string // fields with Filter
	IDs          bool     // also which they are, as the map knows them
}

// MaxFacetIDs is how many items are told by id at most.
const MaxFacetIDs = 20_000

// MaxFacetValues is how many values of a field are counted at most: those with
// most items.
const MaxFacetValues = 200

// Facets is the answer to a FacetQuery at one revision.
type Facets struct {
	Revision int64
	Matched  int
	Sums     []FieldSum           // of SumFields, in their order
	By       map[string][]Counted // by field, most items first
	IDs      []int64              // tile feature ids, ascending; nil when there are more than MaxFacetIDs
}

// FieldSum is the sum of a field over the items that match.
type FieldSum struct {
	Field string
	Sum   float64
}

// Counted is how many items have a value of a field; the value "" stands for
// having none. The items match every other condition of the query: so a count
// tells what choosing its value would give.
type Counted struct {
	Value string
	N     int
}

// SumFields lists the fields of a collection whose sum over items means
// something: land, floors, money and heads, no rates and no prices per unit.
func SumFields(collection string) []Field {
	names := map[string][]string{
		"areas":     {"plan_mu", "cleared_mu", "parcels_sold", "parcels_open", "households", "signed", "vacated", "demolished", "problems_open", "problems_overdue", "mu"},
		"parcels":   {"mu", "start_wan", "deal_wan"},
		"buildings": {"floor_m2", "households", "area_m2"},
		"projects":  {"amount_wan"},
	}[collection]
	return slices.DeleteFunc(Fields(collection), func(f Field) bool { return !slices.Contains(names, f.Name) })
}
