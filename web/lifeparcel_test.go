package web

import (
	"slices"
	"time"

	"tengdi/geo"
)

// lifeParcel is a parcel of the model with its rounds.
type lifeParcel struct {
	lived
	m2                          geo.SquareMetres
	clean                       geo.CleanLand
	landUse                     string
	uses                        []geo.UseRow
	far, density, green, height geo.Limit
	rounds                      []*lifeRound
}

// lifeRound is one round of it; outcome is set once it is over.
type lifeRound struct {
	noticeNo, mode                string
	start, reserve, deposit, step geo.Money
	noticeOn, from, to            time.Time
	deal                          geo.Money
	buyer                         string
	soldOn                        time.Time
	contractNo, supervisionNo     string
	contractedOn                  time.Time
	outcome                       string
}

// open is the round that a move is about; nil when the next announcement opens
// one.
func (p *lifeParcel) open() *lifeRound {
	n := len(p.rounds)
	if n == 0 || p.status == "planned" && p.rounds[n-1].outcome != "" {
		return nil
	}
	return p.rounds[n-1]
}

func (w *world) tryParcel(p *lifeParcel, c command, data geo.MoveData) []string {
	f := geo.ParcelFacts{}
	past, planned := p.held(), time.Time{}
	for i := len(past) - 1; i >= 0; i-- {
		if past[i].to == "planned" {
			past, planned = past[i:], past[i].on.Date()
			break
		}
	}
	recalled(past, c.to, &f)
	f.Clean, f.LandUse, f.Uses, f.ShapeValid = p.clean, p.landUse, p.uses, true
	f.FAR, f.Density, f.Green, f.Height = p.far, p.density, p.green, p.height
	if w.areas[p.area].clearedBy(c.on) == 0 {
		f.OutsideM2 = p.m2
	}
	r := p.open()
	if r == nil {
		for _, old := range p.rounds {
			if old.noticeNo != "" {
				f.OldNotices = append(f.OldNotices, old.noticeNo)
			}
		}
		if len(p.rounds) > 0 {
			f.RoundEnded = planned
		}
	} else {
		f.NoticeNo, f.Mode, f.Start, f.Reserve, f.Deposit, f.Step = r.noticeNo, r.mode, r.start, r.reserve, r.deposit, r.step
		f.NoticeOn, f.ListFrom, f.ListTo, f.Deal, f.Buyer, f.SoldOn = r.noticeOn, r.from, r.to, r.deal, r.buyer, r.soldOn
		f.ContractNo, f.SupervisionNo, f.ContractedOn = r.contractNo, r.supervisionNo, r.contractedOn
	}
	f.Occasion = w.occasion(&p.lived, c)
	f.Take(data)
	from := p.status
	back, refused := judged(geo.ParcelMoves(), &p.lived, c, f, data)
	if refused != nil {
		return refused
	}
	if !back && (c.to == "planned" || c.to == "allocated") {
		p.clean, p.landUse, p.uses = f.Clean, f.LandUse, slices.Clone(f.Uses)
		p.far, p.density, p.green, p.height = f.FAR, f.Density, f.Green, f.Height
	}
	if back {
		r.undo(from)
		return nil
	}
	if c.to == "announced" && r == nil {
		r = &lifeRound{}
		p.rounds = append(p.rounds, r)
	}
	r.keep(c, f)
	return nil
}

// keep writes what a move that leads on brings to the round.
func (r *lifeRound) keep(c command, f geo.ParcelFacts) {
	if r == nil {
		return
	}
	switch c.to {
	case "announced":
		r.noticeNo, r.mode, r.start, r.reserve, r.deposit, r.step = f.NoticeNo, f.Mode, f.Start, f.Reserve, f.Deposit, f.Step
		r.noticeOn, r.from, r.to = f.NoticeOn, f.ListFrom, f.ListTo
	case "listed":
		r.to = f.ListTo
	case "sold":
		r.deal, r.buyer, r.soldOn, r.outcome = f.Deal, f.Buyer, c.on.Date(), "sold"
	case "contracted":
		r.contractNo, r.supervisionNo, r.contractedOn = f.ContractNo, f.SupervisionNo, c.on.Date()
	case "failed", "withdrawn", "voided":
		r.outcome = c.to
	}
}

// undo takes back what the state that is left had written.
func (r *lifeRound) undo(from string) {
	if r == nil {
		return
	}
	switch from {
	case "announced":
		r.outcome = "withdrawn"
	case "sold":
		r.deal, r.buyer, r.soldOn, r.outcome = 0, "", time.Time{}, ""
	case "contracted":
		r.contractNo, r.supervisionNo, r.contractedOn = "", "", time.Time{}
	case "failed", "withdrawn":
		r.outcome = ""
	case "voided":
		r.outcome = "sold"
	}
}
