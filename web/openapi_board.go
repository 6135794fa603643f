package web

import "net/http"

// boardOperations are the figures of the board.
func boardOperations() map[string]operation {
	const filters = "Of the areas that the parameters choose, at the end of the day at; without it, now. revision and as_of say when the figures hold."
	part := func(summary, detail string, answer any) operation {
		return operation{tag: "figures", summary: summary, detail: filters + detail, answer: answer, refuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound}}
	}
	return map[string]operation{
		"GET /api/board":          part("The headline", " before is a week earlier, of the same areas.", headlineAnswer{}),
		"GET /api/board/areas":    part("Areas with their light and its cause, worst first", "", boardAreasAnswer{}),
		"GET /api/board/series":   part("The burn-up", " plan is the curve: linear or s. Points ahead of the day tell the plan only.", boardSeriesAnswer{}),
		"GET /api/board/groups":   part("Areas added up", " by is leader, street or board.", boardGroupsAnswer{}),
		"GET /api/board/problems": part("Open problems, most days overdue first", "", boardProblemsAnswer{}),
		"GET /api/board/auctions": part("What was sold by quarter and family of uses", "", boardAuctionsAnswer{}),
		"GET /api/board/pipeline": part("The funnel of projects", "", boardPipelineAnswer{}),
		"GET /api/board/report.xlsx": {
			tag: "figures", summary: "The weekly or the daily report as a spreadsheet", detail: filters + " period is week or day; on is another name of at.",
			kind: xlsxType, raw: schema{"type": "string", "format": "binary"}, refuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound},
		},
	}
}
