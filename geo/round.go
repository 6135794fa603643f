package geo

import "time"

// Round is one auction round of a parcel (招拍挂): its notice, its dates, its
// result. A failed parcel that comes back gets a new round; rounds stay.
type Round struct {
	ID            int64
	Parcel        string // code of the parcel
	No            int    // 1, 2, … of the parcel
	NoticeNo      string // 公告编号, 岳楼示挂(2018)05号
	Mode          string // listing 挂牌, auction 拍卖, tender 招标, agreement 协议
	Start         Money  // 起始价
	Reserve       Money  // 底价: secret, staff only; 0 = none
	Deposit       Money  // 保证金
	Step          Money  // 加价幅度
	NoticeOn      time.Time
	ListFrom      time.Time
	ListTo        time.Time
	Deal          Money // 成交价; 0 = no deal
	SoldOn        time.Time
	Buyer         string // 竞得人
	ContractNo    string
	SupervisionNo string // 电子监管号
	ContractedOn  time.Time
	PaidOn        time.Time
	HandedOverOn  time.Time
	StartBy       time.Time // agreed day to start building (约定开工日)
	StartedOn     time.Time
	CompletedOn   time.Time
	Outcome       string // "", sold, failed, withdrawn, voided
}

// Premium is (deal - start) / start (溢价率); 0 without a deal.
func (r Round) Premium() float64 {
	if r.Deal == 0 || r.Start == 0 {
		return 0
	}
	return float64(r.Deal-r.Start) / float64(r.Start)
}
