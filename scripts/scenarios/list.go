package main

// scenario is one acceptance scenario. A test of it has a name that begins with
// the scenario's own: "planner 4: …".
type scenario struct {
	who  string
	no   int
	what string
	// waits is what a scenario still needs before it can be tested; "" is nothing.
	waits string
}

// scenarios are the thirty of the project's domain, ten of each reader.
func scenarios() []scenario {
	const (
		survey   = "survey files"
		geometry = "geometry editing"
	)
	return []scenario{
		{"planner", 1, "a TXT with two plots and a hole is previewed before it is saved", survey},
		{"planner", 2, "the children of a split boundary keep history, and their mu add up", geometry},
		{"planner", 3, "an overlap of more than 1 m2 is refused and drawn", geometry},
		{"planner", 4, "the day of the slider is the day of states, mu and counters", ""},
		{"planner", 5, "a filter holds on the map, in the table and in the totals", ""},
		{"planner", 6, "limits print on the sheet with the right signs", ""},
		{"planner", 7, "a shapefile in zone 38 with GBK names is imported right", survey},
		{"planner", 8, "what remains in an area is listed", ""},
		{"planner", 9, "a DXF opens in metres with a layer per status", survey},
		{"planner", 10, "a plan is not decided before its notice of 30 days is over", ""},
		{"investor", 1, "the public sees what is published and nothing of households", ""},
		{"investor", 2, "filters, count, list, map and address agree", ""},
		{"investor", 3, "a listed parcel shows price, dates, countdown, conditions and contact", ""},
		{"investor", 4, "a sheet is one page with scale bar, north, corners and notice", ""},
		{"investor", 5, "two to four parcels stand side by side", ""},
		{"investor", 6, "sold parcels show deal, premium, date and prices by year and use", ""},
		{"investor", 7, "a pair of coordinates in any notation leads to its place", ""},
		{"investor", 8, "distances to station, expressway and lake are shown", ""},
		{"investor", 9, "a saved search's feed has the parcel that matches", ""},
		{"investor", 10, "a phone on a slow line has the first useful map soon, by touch", ""},
		{"leader", 1, "my areas show light, rates, days left, problems and change of the week", ""},
		{"leader", 2, "the district's figures are shown and each opens its rows", ""},
		{"leader", 3, "a red area says its cause in one sentence", ""},
		{"leader", 4, "problems by overdue days show body, measure and last action", ""},
		{"leader", 5, "a problem stays open until supervision verifies it with evidence", ""},
		{"leader", 6, "the weekly report's sheets equal the screen", ""},
		{"leader", 7, "a pace that is not enough shows the forecast day", ""},
		{"leader", 8, "two areas are compared by days since their decision", ""},
		{"leader", 9, "the meeting screen turns from card to card without controls", ""},
		{"leader", 10, "the history of a figure says who changed it, when and from what", ""},
	}
}
