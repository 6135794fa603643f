package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"tengdi/geo"
	"tengdi/tiles"
)

// askedTiles is what a request wants to see of a tileset: the engine's query, and
// the same as the parameters of an address, "" for everything as it is now. The
// query has no day when the day is today; the address keeps it, because it is to
// mean the same tomorrow.
type askedTiles struct {
	query   tiles.Query
	address string
}

// tileQuery reads ?at= and ?filter=. A day that has not come is refused, by the
// calendar of the district's zone.
func (s *Server) tileQuery(aud geo.Audience, r *http.Request) (askedTiles, error) {
	var out askedTiles
	q, address := r.URL.Query(), url.Values{}
	if q.Has("at") {
		day, err := s.tileDay(r, q.Get("at"))
		if err != nil {
			return out, err
		}
		out.query.At = tiles.Day(day.at)
		address.Set("at", day.asked.String())
	}
	if q.Has("filter") {
		f, err := tiles.ParseFilter(tiles.SpecOf(aud), q.Get("filter"))
		var refused *tiles.FilterError
		if errors.As(err, &refused) {
			return out, badField("filter", "invalid", refused.English(), refused.Chinese())
		}
		if err != nil {
			return out, err
		}
		out.query.Filter = f
		address.Set("filter", f.String())
	}
	out.address = address.Encode()
	return out, nil
}

// pastDay is a day that was asked for, and as the engine takes it: 0 for today.
type pastDay struct{ asked, at geo.Day }

// tileDay reads the day of ?at=.
func (s *Server) tileDay(r *http.Request, text string) (pastDay, error) {
	day, err := dayParam("at", text)
	if err != nil {
		return pastDay{}, err
	}
	if day < 1 { // an empty text too; the engine counts from 1970-01-01
		return pastDay{}, badField("at", "invalid", "must be a day as YYYY-MM-DD, from 1970-01-02 to today", "须为日期（年-月-日），1970-01-02 至今天")
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return pastDay{}, err
	}
	switch today := geo.DayOf(s.now(), zone); {
	case day > today:
		return pastDay{}, badField("at", "not_future",
			fmt.Sprintf("the day %s is after today, %s", day, today), fmt.Sprintf("日期 %s 晚于今天 %s", day, today))
	case day == today:
		return pastDay{asked: day}, nil
	}
	return pastDay{day, day}, nil
}
