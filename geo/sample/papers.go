package sample

import (
	"fmt"
	"math"
	"strconv"

	"tengdi/geo"
)

// papers writes the file of one household besides its visits: agreement and
// payment, transitional housing and flat of those who swapped, case decisions
// and court steps of those who did not sign. Days and amounts are those of the
// household's row and moves.
func (o *office) papers(a *areaPlan, u *unit, no int) {
	if u.signed == 0 {
		o.unsigned(a, u, no)
		return
	}
	year := u.signed.Date().Year()
	due := u.signed + 30
	if u.paid == 0 {
		due = max(u.signed+10, o.today-12+geo.Day(o.rng.IntN(60)))
	}
	o.home(u, "agreement", u.signed, due, 0, map[string]string{
		"agreement_no": fmt.Sprintf("岳楼示协〔%d〕%05d号", year, no), "mode": u.mode, "amount_wan": wan(u.amount), "version": "补偿方案第一版",
	})
	if u.paid > 0 {
		o.home(u, "payment", u.paid, 0, 0, map[string]string{
			"amount_wan": wan(u.amount), "voucher_no": fmt.Sprintf("示付%d-%05d", u.paid.Date().Year(), no),
		})
	}
	if u.mode == "swap" {
		o.rehouse(a, u)
	}
}

// home files a record of a household.
func (o *office) home(u *unit, kind string, on, due, done geo.Day, values map[string]string) {
	o.file(note{geo.HouseholdMachine, u.code, kind, on, due, done, "", "", values})
}

// rehouse writes the flat of a swap, and where the household lives until it is
// delivered: in cleared areas until its file was closed, elsewhere mostly for
// two years; a few wait still, some for longer than was planned.
func (o *office) rehouse(a *areaPlan, u *unit) {
	rng := o.rng
	m2 := math.Round(10*math.Max(45, math.Min(150, u.home.floorM2()/float64(max(1, u.home.hh))))) / 10
	due := u.signed + 760
	delivered := u.closed
	if u.vacated > 0 && delivered == 0 && rng.IntN(40) > 0 {
		delivered = min(u.vacated+400+geo.Day(rng.IntN(400)), o.today-10)
	}
	if delivered < u.vacated || u.vacated == 0 {
		delivered = 0
	}
	if delivered == 0 {
		due = max(u.signed+1, o.today-40+geo.Day(rng.IntN(300)))
	}
	o.home(u, "flat", u.signed, due, delivered, map[string]string{
		"estate": []string{"示例安置小区一期", "示例安置小区二期", "示例安置小区三期"}[rng.IntN(3)],
		"flat":   fmt.Sprintf("%d栋%d单元%d%02d室", 1+rng.IntN(24), 1+rng.IntN(3), 1+rng.IntN(26), 1+rng.IntN(4)), "area_m2": strconv.FormatFloat(m2, 'f', -1, 64),
	})
	if u.vacated == 0 {
		return
	}
	end := u.vacated + 730
	if delivered == 0 {
		end = max(u.vacated+1, o.today-25+geo.Day(rng.IntN(200)))
	}
	o.home(u, "transition", u.vacated, end, delivered, map[string]string{
		"unit": fmt.Sprintf("示例周转房%d栋%d%02d室", 1+rng.IntN(9), 1+rng.IntN(6), 1+rng.IntN(8)), "rent_wan": strconv.FormatFloat(float64(4+rng.IntN(8))/100, 'f', -1, 64),
	})
}

// unsigned writes case decisions (一事一议) of some who still negotiate, and the
// court's steps (art. 26 and 28). A household whose compensation decision is
// older than the period to apply has sued: the suit is pending, or was judged
// these weeks.
func (o *office) unsigned(a *areaPlan, u *unit, no int) {
	rng := o.rng
	if len(u.court) == 0 {
		if u.status == "negotiating" && rng.IntN(14) == 0 {
			o.home(u, "decision", max(u.negotiating, o.today-20-geo.Day(rng.IntN(300))), 0, 0, map[string]string{
				"meeting":    "棚改专题调度会（示例）",
				"resolution": []string{"无证面积由联合认定小组复核后按认定结果补偿。", "同意安排底层安置房，过渡期由街道协助搬迁。", "同意先行垫付搬迁费，余款按协议支付。"}[rng.IntN(3)],
				"limits":     "仅适用于本户，不作为其他住户的依据。",
			})
		}
		return
	}
	issued := u.court[0]
	year := issued.Date().Year()
	if len(u.court) == 1 {
		sued := min(issued+30+geo.Day(rng.IntN(120)), o.today-90)
		var judged geo.Day
		if rng.IntN(2) == 0 {
			judged = max(sued+1, o.today-5-geo.Day(rng.IntN(50)))
		}
		o.home(u, "court", sued, 0, judged, map[string]string{"step": "suit", "case_no": fmt.Sprintf("（%d）示行初%d号", year, no)})
		if judged > 0 {
			o.home(u, "court", judged, judged.AddMonths(geo.ApplyMonths), 0, map[string]string{"step": "final", "case_no": fmt.Sprintf("（%d）示行终%d号", judged.Date().Year(), no)})
		}
		return
	}
	var accepted geo.Day
	if len(u.court) > 2 {
		accepted = u.court[2]
	}
	o.home(u, "court", u.court[1], u.court[1]+geo.AcceptDays, accepted, map[string]string{"step": "apply", "case_no": fmt.Sprintf("（%d）示行审%d号", u.court[1].Date().Year(), no)})
}
