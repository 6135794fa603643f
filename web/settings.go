package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"tengdi/geo"
)

// SettingsKeeper keeps the calendar of working days and the district's numbers.
type SettingsKeeper interface {
	Calendar(ctx context.Context) ([]geo.CalendarDay, error)
	SetCalendar(ctx context.Context, actor geo.Actor, days []geo.CalendarDay, seen func([]geo.CalendarDay) error) (geo.Event, error)
	SetThresholds(ctx context.Context, actor geo.Actor, th geo.Thresholds, seen func(geo.Thresholds) error) (geo.Event, error)
}

// calendarDay is a day that differs from the five-day week.
type calendarDay struct {
	Day   string `json:"day"`
	Works bool   `json:"works"`
	Name  string `json:"name"`
}

type calendarAnswer struct {
	Days []calendarDay `json:"days"`
}

// calendar is the calendar as it is told, with its ETag.
func (s *Server) calendar(ctx context.Context) ([]byte, string, error) {
	days, err := s.cfg.Store.Calendar(ctx)
	if err != nil {
		return nil, "", err
	}
	return calendarOf(days)
}

func calendarOf(days []geo.CalendarDay) ([]byte, string, error) {
	a := calendarAnswer{[]calendarDay{}}
	for _, d := range days {
		a.Days = append(a.Days, calendarDay{d.Day.String(), d.Works, d.Name})
	}
	return tagged(a)
}

// tagged writes something that has no version of its own, with the ETag of its
// bytes.
func tagged(v any) ([]byte, string, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, "", fmt.Errorf("write json: %w", err)
	}
	return body, entityTag(geo.Staff, body), nil
}

func (s *Server) getCalendar(w http.ResponseWriter, r *http.Request) error {
	body, etag, err := s.calendar(r.Context())
	if err != nil {
		return err
	}
	return send(w, r, answer{jsonType, body, etag})
}

// ifMatchOf is the If-Match of something that has no version, as the store asks
// for it under its lock: who was slower is refused with what it is now. tell
// writes it as it is told.
func ifMatchOf[T any](r *http.Request, tell func(T) ([]byte, string, error)) (seen func(T) error, err error) {
	if len(r.Header.Values("If-Match")) == 0 {
		return nil, missingIfMatch()
	}
	return func(now T) error {
		current, etag, err := tell(now)
		if err != nil {
			return err
		}
		return ifMatchBytes(r, etag, current)
	}, nil
}

// putCalendar sets the days that it names.
func (s *Server) putCalendar(w http.ResponseWriter, r *http.Request) error {
	var in calendarAnswer
	asked, err := readBody(w, r, maxJSON, &in)
	if err != nil {
		return err
	}
	var days []geo.CalendarDay
	for i, d := range in.Days {
		day, err := dayParam("days["+strconv.Itoa(i)+"].day", d.Day)
		if err != nil {
			return err
		}
		if !written(d.Name, maxCode) {
			return badField("days["+strconv.Itoa(i)+"].name", "invalid", "must be a text of at most 64 characters", "须为不超过 64 字的文字")
		}
		days = append(days, geo.CalendarDay{Day: day, Works: d.Works, Name: d.Name})
	}
	actor, err := s.actor(r, asked)
	if err != nil {
		return err
	}
	seen, err := ifMatchOf(r, calendarOf)
	if err != nil {
		return err
	}
	event, err := s.cfg.Store.SetCalendar(r.Context(), actor, days, seen)
	if err != nil {
		return err
	}
	return s.sendWritten(w, r, event, "")
}

// thresholds are the district's numbers as they are told, defaults filled in,
// with their ETag. They are read past the cache.
func (s *Server) thresholds(ctx context.Context) ([]byte, string, error) {
	d, err := s.cfg.Store.District(ctx)
	if err != nil {
		return nil, "", err
	}
	return thresholdsOf(d.Thresholds)
}

func thresholdsOf(th geo.Thresholds) ([]byte, string, error) { return tagged(th.OrDefault()) }

func (s *Server) getThresholds(w http.ResponseWriter, r *http.Request) error {
	body, etag, err := s.thresholds(r.Context())
	if err != nil {
		return err
	}
	return send(w, r, answer{jsonType, body, etag})
}

func (s *Server) putThresholds(w http.ResponseWriter, r *http.Request) error {
	var in geo.Thresholds
	asked, err := readBody(w, r, maxJSON, &in)
	if err != nil {
		return err
	}
	actor, err := s.actor(r, asked)
	if err != nil {
		return err
	}
	seen, err := ifMatchOf(r, thresholdsOf)
	if err != nil {
		return err
	}
	event, err := s.cfg.Store.SetThresholds(r.Context(), actor, in, seen)
	if err != nil {
		return err
	}
	return s.sendWritten(w, r, event, "")
}
