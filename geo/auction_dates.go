package geo

import (
	"slices"
	"strings"
	"time"
)

// announcement holds what a notice must say, and the order of its dates
// (Order 39 of 2007 and the practice of the land market).
func announcement() []Guard[ParcelFacts] {
	return []Guard[ParcelFacts]{
		given("notice_no", "须有公告编号", "the notice needs its number", func(f ParcelFacts) string { return f.NoticeNo }),
		noticeOfItsOwn(),
		must("mode", "出让方式须为挂牌、拍卖、招标或协议", "the mode must be listing, auction, tender or agreement", func(f ParcelFacts) bool {
			switch f.Mode {
			case "listing", "auction", "tender", "agreement":
				return true
			}
			return false
		}),
		must("start_price", "须有起始价", "the start price must be given", func(f ParcelFacts) bool { return f.Start > 0 }),
		must("deposit", "须有保证金", "the deposit must be given", func(f ParcelFacts) bool { return f.Deposit > 0 }),
		must("step", "挂牌、拍卖须有加价幅度", "a listing or auction needs its step", func(f ParcelFacts) bool {
			return f.Step > 0 || f.Mode == "tender" || f.Mode == "agreement"
		}),
		must("reserve", "底价不能为负", "the reserve price must not be negative", func(f ParcelFacts) bool { return f.Reserve >= 0 }),
		must("notice_out", "公告日期须已填写，且不晚于本次登记日期", "the notice must be out by the day of the move", func(f ParcelFacts) bool { return f.reached(f.NoticeOn) }),
		{
			Code: "notice_20d", Zh: "公告须早于挂牌（拍卖、招标）开始至少 20 日", En: "the notice must be out at least 20 days before the listing, auction or tender begins",
			Fails: func(f ParcelFacts) *Reason {
				if f.NoticeOn.IsZero() || f.ListFrom.IsZero() {
					return because("须填写公告日期和挂牌开始日期", "the day of the notice and the listing's first day must be given")
				}
				days := int(f.dayOf(f.ListFrom) - f.dayOf(f.NoticeOn))
				if days >= NoticeDays {
					return nil
				}
				return because("公告距挂牌开始 %d 日，不足 20 日", "the notice is out %d days before the listing begins, 20 are needed", days)
			},
		},
		listingTenDays(),
		notAfter("apply_from", "报名开始不得晚于挂牌开始", "registration must open by the listing's first day",
			func(f ParcelFacts) (time.Time, time.Time) { return f.ApplyFrom, f.ListFrom }),
		notAfter("files_from", "领取文件开始不得晚于挂牌截止", "the papers must be handed out by the listing's last day",
			func(f ParcelFacts) (time.Time, time.Time) { return f.FilesFrom, f.listEnd() }),
		notAfter("deposit_by", "保证金截止不得晚于挂牌截止", "the deposit cut-off must be by the listing's last day",
			func(f ParcelFacts) (time.Time, time.Time) { return f.DepositBy, f.listEnd() }),
	}
}

// noticeOfItsOwn asks that a new round has a notice of its own: neither the
// number nor the day of one that is over, whose 20 days have run already.
func noticeOfItsOwn() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "notice_own", Zh: "重新公告须用新的公告编号，公告日期不得早于上一轮结束之日", En: "a new round needs a notice of its own: a new number, and a day not before the last round ended",
		Fails: func(f ParcelFacts) *Reason {
			if slices.Contains(f.OldNotices, strings.TrimSpace(f.NoticeNo)) {
				return because("公告编号 %s 已用于此前的公告", "the number %s was used for an earlier notice", f.NoticeNo)
			}
			if !f.RoundEnded.IsZero() && !f.NoticeOn.IsZero() && f.dayOf(f.NoticeOn) < f.dayOf(f.RoundEnded) {
				return because("公告日期 %s 早于上一轮结束之日 %s", "the notice of %s is from before the last round ended, %s", f.dayOf(f.NoticeOn), f.dayOf(f.RoundEnded))
			}
			return nil
		},
	}
}

func listingTenDays() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "listing_10d", Zh: "挂牌时间不得少于 10 日", En: "a listing must last at least 10 days",
		Fails: func(f ParcelFacts) *Reason {
			if !f.isListing() {
				if f.ListTo.IsZero() || f.inOrder(f.ListFrom, f.ListTo, 0) {
					return nil
				}
				return because("截止日期早于开始日期", "it ends before it begins")
			}
			if f.ListFrom.IsZero() || f.ListTo.IsZero() {
				return because("须填写挂牌起止日期", "the first and last day of the listing must be given")
			}
			days := int(f.dayOf(f.ListTo) - f.dayOf(f.ListFrom))
			if days >= ListingDays {
				return nil
			}
			return because("挂牌 %d 日，不足 10 日", "the listing lasts %d days, 10 are needed", days)
		},
	}
}

func (f ParcelFacts) isListing() bool { return f.Mode == "" || f.Mode == "listing" }

// listEnd is the last day of the listing, or the day of the auction or tender.
func (f ParcelFacts) listEnd() time.Time {
	if f.ListTo.IsZero() {
		return f.ListFrom
	}
	return f.ListTo
}

// notAfter asks that the first date, where it is set, is not after the second.
func notAfter(code, zh, en string, get func(ParcelFacts) (a, b time.Time)) Guard[ParcelFacts] {
	return must(code, zh, en, func(f ParcelFacts) bool {
		a, b := get(f)
		return a.IsZero() || (!b.IsZero() && f.dayOf(a) <= f.dayOf(b))
	})
}

// noticeOver is the guard that 20 days have passed since the notice.
func noticeOver() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "notice_over", Zh: "公告须满 20 日", En: "the notice must have been out for 20 days",
		Fails: func(f ParcelFacts) *Reason {
			if f.NoticeOn.IsZero() {
				return because("没有公告日期", "the day of the notice is not known")
			}
			if from := f.dayOf(f.NoticeOn) + NoticeDays; f.Day() < from {
				return because("公告要到 %s 才满 20 日", "the notice has been out for 20 days on %s", from)
			}
			return nil
		},
	}
}

func listingBegun() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "listing_begun", Zh: "须到挂牌开始日", En: "the listing's first day must have come",
		Fails: func(f ParcelFacts) *Reason {
			switch {
			case f.ListFrom.IsZero():
				return because("没有挂牌开始日期", "the listing's first day is not known")
			case !f.reached(f.ListFrom):
				return because("挂牌 %s 才开始", "the listing begins on %s", f.dayOf(f.ListFrom))
			}
			return nil
		},
	}
}

// listingOver is the guard that the listing has run its time: its last day has
// come and it lasted at least 10 days. An auction or tender only needs its day.
func listingOver() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "listing_over", Zh: "挂牌须满 10 日并到截止日", En: "the listing must have lasted 10 days and reached its last day",
		Fails: func(f ParcelFacts) *Reason {
			if f.ListFrom.IsZero() {
				return because("没有挂牌开始日期", "the listing's first day is not known")
			}
			until := f.dayOf(f.listEnd())
			if f.isListing() {
				until = max(until, f.dayOf(f.ListFrom)+ListingDays)
			}
			if f.Day() >= until {
				return nil
			}
			return because("挂牌到 %s 才届满", "the listing lasts until %s", until)
		},
	}
}

func contractInTime() Guard[ParcelFacts] {
	return Guard[ParcelFacts]{
		Code: "contract_10wd", Zh: "合同应在成交后 10 个工作日内签订", En: "the contract should be signed within 10 working days of the deal",
		Fails: func(f ParcelFacts) *Reason {
			if f.SoldOn.IsZero() {
				return nil
			}
			if due := ContractDue(f.dayOf(f.SoldOn), f.Calendar); f.Day() > due {
				return because("合同应在 %s 前签订（成交后 10 个工作日）", "the contract was due by %s, 10 working days after the deal", due)
			}
			return nil
		},
	}
}

func paidInAYear() Guard[ParcelFacts] {
	return must("paid_1y", "价款应在签订合同后一年内付清", "the price should be paid within a year of the contract", func(f ParcelFacts) bool {
		return f.ContractedOn.IsZero() || f.Day() <= f.dayOf(f.ContractedOn).AddYears(1)
	})
}
