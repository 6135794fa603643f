package geo

import (
	"slices"
	"strings"
)

// MayCorrect says whether the role may correct an item of a collection in a
// state: who writes the collection may, and of a parcel that was offered also
// who mends what has been published.
func (r Role) MayCorrect(collection, status string) bool {
	return r.May(WriteDeed(collection)) || collection == "parcels" && offered(status) && r.May(CorrectOffered)
}

// CorrectDeed is what correcting some item of a collection takes of the role at
// least; MayCorrect says it of one.
func (r Role) CorrectDeed(collection string) Deed {
	if collection == "parcels" && !r.May(WriteParcels) {
		return CorrectOffered
	}
	return WriteDeed(collection)
}

// offered says that a parcel's terms have been published and people rely on
// them: from the announcement to the completion.
func offered(status string) bool {
	switch status {
	case "announced", "listed", "bidding", "suspended":
		return true
	}
	return slices.Contains(SoldCodes(), status)
}

// offeredFields are what a notice says of where a parcel lies.
func offeredFields() []string { return []string{"name", "street", "address"} }

// CheckCorrection says whether the role may correct these fields of an item in
// a state ("" for what no machine moves). What the public reads is corrected
// with a reason only; what a notice told the bidders of a parcel, by supervisor
// and admin only. The answer is nil or a *RefusedError that stays in the state.
func CheckCorrection(role Role, collection, status string, fields []string, reason string) error {
	m, _ := EntityOf(collection)
	refused := &RefusedError{Machine: m, From: status, To: status, Allowed: []string{}}
	if s, ok := StatusOf(m, status); ok && s.Public && strings.TrimSpace(reason) == "" {
		refused.Reasons = append(refused.Reasons, Reason{
			Guard: "reason", Zh: "已公开的内容，更正须写明理由", En: "what is published is corrected with a reason only",
		})
	}
	if collection == "parcels" && offered(status) && !role.May(CorrectOffered) {
		for _, f := range offeredFields() {
			if slices.Contains(fields, f) {
				refused.Reasons = append(refused.Reasons, Reason{
					Guard: "offered",
					Zh:    "已公告的宗地，名称、街道、坐落只能由督查或管理员更正",
					En:    "once a parcel is announced, its name, street and address are corrected by supervisor or admin only",
				})
				break
			}
		}
	}
	if len(refused.Reasons) > 0 {
		return refused
	}
	return nil
}
