package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
	"tengdi/web/sheet"
)

// BoardReader computes the figures of the board.
type BoardReader interface {
	Stamp(ctx context.Context, day geo.Day) (geo.Stamp, error)
	Headline(ctx context.Context, q geo.SummaryQuery) (geo.Headline, error)
	BoardAreas(ctx context.Context, q geo.SummaryQuery) (geo.BoardAreas, error)
	BoardGroups(ctx context.Context, q geo.SummaryQuery, by geo.Grouping) (geo.BoardGroups, error)
	BoardSeries(ctx context.Context, q geo.SummaryQuery, curve geo.PlanCurve) (geo.BoardSeries, error)
	BoardProblems(ctx context.Context, q geo.SummaryQuery) (geo.BoardProblems, error)
	BoardAuctions(ctx context.Context, q geo.SummaryQuery) (geo.BoardAuctions, error)
	BoardPipeline(ctx context.Context, q geo.SummaryQuery) (geo.BoardPipeline, error)
	BoardReport(ctx context.Context, q geo.SummaryQuery, days int) (geo.BoardReport, error)
}

// boardStamp begins each answer of the board: at which revision and when its
// figures hold, and the end of which day they are of.
type boardStamp struct {
	Revision int64     `json:"revision"`
	AsOf     time.Time `json:"as_of"`
	Day      string    `json:"day"`
	Past     bool      `json:"past"`
}

func stampOf(s geo.Stamp) boardStamp {
	return boardStamp{Revision: s.Revision, AsOf: s.AsOf, Day: s.Day.String(), Past: s.Past}
}

// boardRoutes are the addresses of the board, for staff alone.
func (s *Server) boardRoutes() []route {
	with := func(more ...string) []string { return append(summaryParams(), more...) }
	row := func(pattern string, params []string, do handler) route {
		return route{http.MethodGet, "/api/board" + pattern, staffOnly, params, brief, true, do}
	}
	return []route{
		row("", with(), s.board("head", nil, func(ctx context.Context, q geo.SummaryQuery, _ string) (geo.Stamp, any, error) {
			h, err := s.cfg.Store.Headline(ctx, q)
			return h.Stamp, boardHeadlineOf(h), err
		})),
		row("/areas", with(), s.board("areas", nil, func(ctx context.Context, q geo.SummaryQuery, _ string) (geo.Stamp, any, error) {
			a, err := s.cfg.Store.BoardAreas(ctx, q)
			return a.Stamp, boardAreasOf(a), err
		})),
		row("/series", with("plan"), s.board("series", ownWord("plan", geo.PlanCurves()), func(ctx context.Context, q geo.SummaryQuery, curve string) (geo.Stamp, any, error) {
			d, err := s.cfg.Store.BoardSeries(ctx, q, geo.PlanCurve(curve))
			return d.Stamp, boardSeriesOf(d), err
		})),
		row("/groups", with("by"), s.board("groups", ownWord("by", geo.Groupings()), func(ctx context.Context, q geo.SummaryQuery, by string) (geo.Stamp, any, error) {
			g, err := s.cfg.Store.BoardGroups(ctx, q, geo.Grouping(by))
			return g.Stamp, boardGroupsOf(g), err
		})),
		row("/problems", with(), s.board("problems", nil, func(ctx context.Context, q geo.SummaryQuery, _ string) (geo.Stamp, any, error) {
			p, err := s.cfg.Store.BoardProblems(ctx, q)
			return p.Stamp, boardProblemsOf(p), err
		})),
		row("/auctions", with(), s.board("auctions", nil, func(ctx context.Context, q geo.SummaryQuery, _ string) (geo.Stamp, any, error) {
			a, err := s.cfg.Store.BoardAuctions(ctx, q)
			return a.Stamp, boardAuctionsOf(a), err
		})),
		row("/pipeline", with(), s.board("pipeline", nil, func(ctx context.Context, q geo.SummaryQuery, _ string) (geo.Stamp, any, error) {
			p, err := s.cfg.Store.BoardPipeline(ctx, q)
			return p.Stamp, boardPipelineOf(p), err
		})),
		row("/report.xlsx", with("period", "on"), s.getBoardReport),
	}
}

// ownWord reads the one parameter that a part of the board has of its own.
func ownWord[T ~string](name string, words []T) func(*http.Request) (string, error) {
	return func(r *http.Request) (string, error) {
		w, err := oneOf(r, name, words)
		return string(w), err
	}
}

// boardKey names what is asked for, at a revision and of a day. The rest of the
// query is in the order of its names, so that one question has one key.
func boardKey(kind, own string, stamp geo.Stamp, q geo.SummaryQuery) string {
	v := url.Values{"area": {q.Area}, "board": {q.Board}, "street": {q.Street}, "leader": {q.Leader}, "status": {q.Status}, "use": {q.UseClass}, "own": {own}}
	return fmt.Sprintf("%s %d %s %t %s", kind, stamp.Revision, stamp.Day, stamp.Past, v.Encode())
}

// board answers a part of the board, from memory where nothing has changed since
// it was computed. The weak ETag covers all but the time of day.
func (s *Server) board(kind string, own func(*http.Request) (string, error), compute func(context.Context, geo.SummaryQuery, string) (geo.Stamp, any, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q, err := summaryQuery(r.URL.Query())
		if err != nil {
			return err
		}
		asked := ""
		if own != nil {
			if asked, err = own(r); err != nil {
				return err
			}
		}
		stamp, err := s.cfg.Store.Stamp(r.Context(), q.At)
		if err != nil {
			return err
		}
		key := boardKey(kind, asked, stamp, q)
		e, err := s.boards.ask(r.Context(), key, stamp, func(ctx context.Context) (geo.Stamp, []byte, error) {
			at, answer, err := compute(ctx, q, asked)
			if err != nil {
				return at, nil, err
			}
			body, err := json.Marshal(answer)
			return at, body, err
		})
		if err != nil {
			return err
		}
		told := e.stamp
		if sameFigures(told, stamp) {
			told = stamp // nothing has changed since, so it holds now
		}
		head, err := json.Marshal(stampOf(told))
		if err != nil {
			return fmt.Errorf("write the board: %w", err)
		}
		body := slices.Concat(bytes.TrimSuffix(head, []byte("}")), []byte(","), e.body[1:])
		tag := entityTag(geo.Staff, []byte(fmt.Sprint(told.Revision, told.Day, told.Past)), e.body)
		return send(w, r, answer{jsonType, body, "W/" + tag})
	}
}

// getBoardReport answers the weekly or the daily report as a spreadsheet in the
// caller's language. on is the day that it is of, as at is elsewhere.
func (s *Server) getBoardReport(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, err := summaryQuery(values)
	if err != nil {
		return err
	}
	if values.Has("on") {
		if values.Has("at") {
			return badField("on", "repeated", "says the same as at: give one of them", "与 at 含义相同，只能给出一个")
		}
		if q.At, err = givenDay(values, "on"); err != nil {
			return err
		}
	}
	period, err := oneOf(r, "period", []string{"week", "day"})
	if err != nil {
		return err
	}
	stamp, err := s.cfg.Store.Stamp(r.Context(), q.At)
	if err != nil {
		return err
	}
	d, err := s.district.get(r.Context())
	if err != nil {
		return err
	}
	lang := languageOf(r)
	e, err := s.boards.ask(r.Context(), boardKey("xlsx", period+" "+string(lang)+" "+d.Name, stamp, q), stamp, func(ctx context.Context) (geo.Stamp, []byte, error) {
		rep, err := s.cfg.Store.BoardReport(ctx, q, map[string]int{"week": 7, "day": 1}[period])
		if err != nil {
			return rep.Stamp, nil, err
		}
		body, err := sheet.Report(rep, lang.pick(d.Name, cmp.Or(d.NameEn, d.Name)), lang == english)
		return rep.Stamp, body, err
	})
	if err != nil {
		return err
	}
	name := "tengdi-" + period + "-" + strings.ReplaceAll(e.stamp.Day.String(), "-", "") + "-r" + strconv.FormatInt(e.stamp.Revision, 10) + ".xlsx"
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return send(w, r, answer{xlsxType, e.body, entityTag(geo.Staff, e.body)})
}

// xlsxType is the content type of a spreadsheet.
const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
