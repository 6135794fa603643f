package geo

import (
	"time"

	"github.com/paulmach/orb"
)

// Project is an investment project (重大项目) that lands, or may land, on a
// parcel. From the strategic agreement on it is public.
type Project struct {
	ID, PublicID int64
	Code, Name   string
	Status       string // of the project machine
	Industry     string // finance, trade, logistics, tourism, health, residence
	Investor     string
	Amount       Money  // planned investment
	Board        string // investment board (板块)
	Area         string // code of the area; "" = none
	Parcel       string // code of the parcel; "" until it lands
	Point        orb.Point
	StageOn      time.Time // since when it is in its stage
	Version      int
	CreatedAt    time.Time
	UpdatedAt    time.Time
}
