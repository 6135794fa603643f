package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"tengdi/geo"
)

// Auditor reads the log: who did what, and who read which household.
type Auditor interface {
	Audit(ctx context.Context, q geo.AuditQuery) (geo.AuditPage, error)
	Accesses(ctx context.Context, code string, limit int) ([]geo.Access, error)
	ChainHead(ctx context.Context) (geo.ChainHead, error)
}

// auditAnswer is one entry of the log.
type auditAnswer struct {
	ID       int64           `json:"id"`
	Revision int64           `json:"revision"`
	Entity   geo.MachineName `json:"entity"`
	Code     string          `json:"code"`
	Verb     string          `json:"verb"`
	From     string          `json:"from"`
	To       string          `json:"to"`
	On       *string         `json:"on"`
	At       time.Time       `json:"at"`
	Actor    string          `json:"actor"` // login
	Name     string          `json:"actor_name,omitempty"`
	Role     geo.Role        `json:"role"`
	Reason   string          `json:"reason"`
	Source   geo.Source      `json:"source"`
	Data     map[string]any  `json:"data"`
}

type auditPageAnswer struct {
	Events []auditAnswer `json:"events"`
	More   bool          `json:"more"`
}

// verbs lists what an event may be.
func verbs() []string {
	return []string{
		geo.Created, geo.Moved, geo.Corrected, geo.Ended, geo.Recorded,
		geo.Amended, geo.Struck, geo.Attached, geo.Detached, geo.Noted,
	}
}

// auditQuery reads the parameters of the log.
func auditQuery(q url.Values) (geo.AuditQuery, error) {
	out := geo.AuditQuery{Entity: geo.MachineName(q.Get("entity")), Code: q.Get("code"), Actor: q.Get("actor"), Verb: q.Get("verb")}
	for _, name := range []string{"entity", "code", "actor", "verb"} {
		if q.Has(name) && !plainText(q.Get(name), maxCode) {
			return out, badField(name, "invalid", "must be 1 to 64 characters", "须为 1 至 64 个字符")
		}
	}
	if q.Has("verb") && !slices.Contains(verbs(), out.Verb) {
		return out, badField("verb", "unknown", "is no verb of events", "不是事件类别")
	}
	var err error
	if out.From, err = dayParam("from", q.Get("from")); err != nil {
		return out, err
	}
	if out.To, err = dayParam("to", q.Get("to")); err != nil {
		return out, err
	}
	if q.Has("before") {
		if out.Before, err = strconv.ParseInt(q.Get("before"), 10, 64); err != nil || out.Before < 1 {
			return out, badField("before", "out_of_range", "must be the number of an event", "须为事件编号")
		}
	}
	out.Limit, err = intParam(q, "limit", geo.DefaultPage, 1, geo.MaxPage)
	return out, err
}

func (s *Server) getAudit(w http.ResponseWriter, r *http.Request) error {
	q, err := auditQuery(r.URL.Query())
	if err != nil {
		return err
	}
	v, err := s.viewer(r.Context())
	if err != nil {
		return err
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return err
	}
	page, err := s.cfg.Store.Audit(r.Context(), q)
	if err != nil {
		return err
	}
	var told []string
	for _, e := range page.Events {
		if e.Entity == geo.HouseholdMachine {
			told = append(told, e.Code)
		}
	}
	if err := s.note(r.Context(), v, readAudit, distinct(told)...); err != nil {
		return err
	}
	named, err := peopleOf(r.Context(), s.cfg.Store, geo.Staff, page.Events, func(e geo.Event) string { return e.Actor })
	if err != nil {
		return err
	}
	a := auditPageAnswer{[]auditAnswer{}, page.More}
	for _, e := range page.Events {
		one := auditAnswer{
			ID: e.ID, Revision: e.Revision, Entity: e.Entity, Code: e.Code, Verb: e.Verb, From: e.From, To: e.To,
			On: day(e.On, zone), At: e.At.In(zone), Actor: e.Actor, Name: named[e.Actor], Role: e.Role, Reason: e.Reason, Source: e.Source, Data: e.Data,
		}
		if one.Data == nil {
			one.Data = map[string]any{}
		}
		a.Events = append(a.Events, one)
	}
	return sendJSON(w, r, a)
}

// accessAnswer is one reading of a household's file.
type accessAnswer struct {
	At    time.Time `json:"at"`
	Login string    `json:"login"`
	Name  string    `json:"name,omitempty"` // of its owner
	Role  geo.Role  `json:"role"`
	Code  string    `json:"code"`
	What  string    `json:"what"`
}

type accessesAnswer struct {
	Accesses []accessAnswer `json:"accesses"`
}

func (s *Server) getAccesses(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Has("code") && !plainText(q.Get("code"), maxCode) {
		return badField("code", "invalid", "must be 1 to 64 characters", "须为 1 至 64 个字符")
	}
	limit, err := intParam(q, "limit", geo.DefaultPage, 1, geo.MaxPage)
	if err != nil {
		return err
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return err
	}
	found, err := s.cfg.Store.Accesses(r.Context(), q.Get("code"), limit)
	if err != nil {
		return err
	}
	named, err := peopleOf(r.Context(), s.cfg.Store, geo.Staff, found, func(one geo.Access) string { return one.Login })
	if err != nil {
		return err
	}
	a := accessesAnswer{[]accessAnswer{}}
	for _, one := range found {
		a.Accesses = append(a.Accesses, accessAnswer{one.At.In(zone), one.Login, named[one.Login], one.Role, one.Code, one.What})
	}
	return sendJSON(w, r, a)
}

// getChainHead tells the end of the log, to be kept elsewhere.
func (s *Server) getChainHead(w http.ResponseWriter, r *http.Request) error {
	head, err := s.cfg.Store.ChainHead(r.Context())
	if err != nil {
		return err
	}
	return sendJSON(w, r, head)
}
