package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"tengdi/geo"
	"tengdi/tiles"
)

// problem is an RFC 9457 problem document. Extra members carry what a caller
// can act on; the cause of an internal error is in the log only, under the same
// request id.
type problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail,omitempty"`
	RequestID string            `json:"request_id"`
	Fields    []geo.FieldError  `json:"fields,omitempty"`
	Reasons   []geo.Reason      `json:"reasons,omitempty"`
	Allowed   []string          `json:"allowed,omitempty"`
	Missing   []string          `json:"missing,omitempty"`
	Report    *geo.IngestReport `json:"report,omitempty"`
	Rows      []rowProblem      `json:"rows,omitempty"`
	Version   int               `json:"version,omitempty"` // that holds, of what has changed meanwhile
	Current   json.RawMessage   `json:"current,omitempty"` // what it is now

	retryAfter time.Duration
	etag       string // of Current
}

// rowProblem says what is wrong with one row of a list.
type rowProblem struct {
	Code    string           `json:"code"`
	Status  int              `json:"status"`
	Detail  string           `json:"detail"`
	Fields  []geo.FieldError `json:"fields,omitempty"`
	Reasons []geo.Reason     `json:"reasons,omitempty"`
	Allowed []string         `json:"allowed,omitempty"`
	Version int              `json:"version,omitempty"`
}

// word is one row of the table of problems.
type word struct {
	status int
	slug   string // the end of the type URN
	zh, en string
}

// kindWords maps each kind of error to its HTTP status, type and title. It is
// the only place where kinds become numbers.
func kindWords(k geo.Kind) word {
	switch k {
	case geo.Invalid:
		return word{http.StatusBadRequest, "invalid", "请求有误", "Invalid request"}
	case geo.NotFound:
		return word{http.StatusNotFound, "not-found", "未找到", "Not found"}
	case geo.Conflict:
		return word{http.StatusConflict, "conflict", "数据冲突", "Conflict"}
	case geo.Refused:
		return word{http.StatusConflict, "refused", "不符合规则", "Refused by a rule"}
	case geo.Forbidden:
		return word{http.StatusForbidden, "forbidden", "没有权限", "Forbidden"}
	case geo.Unauthorized:
		return word{http.StatusUnauthorized, "unauthorized", "需要登录", "Sign-in needed"}
	case geo.TooLarge:
		return word{http.StatusRequestEntityTooLarge, "too-large", "内容过大", "Too large"}
	case geo.Unavailable:
		return word{http.StatusServiceUnavailable, "unavailable", "服务暂不可用", "Unavailable"}
	}
	return word{http.StatusInternalServerError, "internal", "服务器内部错误", "Internal error"}
}

// statusWords names the statuses that are HTTP's own and have no kind.
func statusWords(status int) (word, bool) {
	for _, w := range []word{
		{http.StatusMethodNotAllowed, "method", "不支持该方法", "Method not allowed"},
		{http.StatusNotAcceptable, "not-acceptable", "没有可接受的形式", "Not acceptable"},
		{http.StatusPreconditionFailed, "stale", "内容已变更", "Changed meanwhile"},
		{http.StatusPreconditionRequired, "precondition", "须声明所见版本", "Version needed"},
		{http.StatusRequestedRangeNotSatisfiable, "range", "范围无效", "No such range"},
		{http.StatusUnsupportedMediaType, "media-type", "不支持的内容类型", "Unsupported media type"},
		{http.StatusUnprocessableEntity, "unprocessable", "内容未被接受", "Content refused"},
		{http.StatusTooManyRequests, "too-many", "请求过于频繁", "Too many requests"},
	} {
		if w.status == status {
			return w, true
		}
	}
	return word{}, false
}

// statusError gives an error a status of HTTP's own, and what a problem may
// carry besides its text.
type statusError struct {
	status     int // 0 = by the kind of err
	err        error
	retryAfter time.Duration
	missing    []string
	report     *geo.IngestReport
	rows       []rowProblem
	current    json.RawMessage // what has changed meanwhile, as it is now
	etag       string          // of current
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

// tooMany is a 429 that says when to come back.
func tooMany(wait time.Duration) error {
	return &statusError{
		status:     http.StatusTooManyRequests,
		retryAfter: max(wait, time.Second),
		err:        geo.Errorf(geo.Unavailable, "Too many requests from here. Please slow down.", "来自此处的请求过多，请稍后再试。"),
	}
}

// problemOf turns any error into a problem in one language. Only texts that
// were written for people get through: those of *geo.Error (not of kind
// Internal), *geo.RefusedError and *tiles.RangeError. Everything else becomes
// the sentence of its kind.
func problemOf(err error, lang language) problem {
	w := kindWords(kindOf(err))
	var p problem
	var se *statusError
	if errors.As(err, &se) {
		if own, ok := statusWords(se.status); ok {
			w = own
		}
		p.retryAfter, p.Missing, p.Report = se.retryAfter, se.missing, se.report
		p.Rows, p.Current, p.etag = se.rows, se.current, se.etag
	}
	var stale *geo.StaleError
	if errors.As(err, &stale) {
		w, _ = statusWords(http.StatusPreconditionFailed)
		p.Version = stale.Version
	}
	p.Type, p.Status, p.Title = "urn:tengdi:problem:"+w.slug, w.status, lang.pick(w.zh, w.en)
	p.explain(err, lang)
	if p.Status == http.StatusServiceUnavailable && p.retryAfter == 0 {
		p.retryAfter = 2 * time.Second
	}
	return p
}

// kindOf is geo.KindOf with the errors of other packages that have a kind.
func kindOf(err error) geo.Kind {
	var ranged *tiles.RangeError
	switch k := geo.KindOf(err); {
	case k != geo.Internal:
		return k
	case errors.As(err, &ranged):
		return geo.NotFound
	case errors.Is(err, tiles.ErrNotReady), errors.Is(err, tiles.ErrUnread), errors.Is(err, context.DeadlineExceeded):
		return geo.Unavailable
	}
	return geo.Internal
}

// explain fills in the sentence and the lists.
func (p *problem) explain(err error, lang language) {
	var known *geo.Error
	var refused *geo.RefusedError
	var ranged *tiles.RangeError
	var stale *geo.StaleError
	var batch *geo.BatchError
	switch {
	case errors.As(err, &stale):
		p.Detail = lang.pick("他人已先行修改，内容与您所见不同，请重新查看。", "Somebody was faster: this has changed since you saw it. Look again.")
	case errors.As(err, &batch):
		p.Detail = lang.pick("有些行不能办理，全部未办理。", "Some rows were refused. Nothing was done.")
	case errors.As(err, &known) && known.Kind != geo.Internal:
		p.Detail = lang.pick(known.Zh, known.En)
		p.Fields = known.Fields
	case errors.As(err, &refused):
		p.Detail = lang.pick("该状态变更不符合规则。", "The rules do not allow this move.")
		p.Reasons, p.Allowed = refused.Reasons, refused.Allowed
	case errors.As(err, &ranged):
		p.Detail = lang.pick(ranged.Chinese(), ranged.Error())
	case kindOf(err) == geo.Unavailable:
		p.Detail = lang.pick("服务正忙或尚未就绪，请稍后再试。", "The service is busy or not ready. Please try again shortly.")
	default:
		p.Detail = lang.pick("服务器出错，请凭请求编号联系管理员。", "Something went wrong here. Please give the request id to your administrator.")
	}
}

// abandoned reports that a request failed because its caller went away: that is no
// failure of ours. The database may say so in its own words, as a query that ended.
func abandoned(r *http.Request, err error, status int) bool {
	gone := errors.Is(r.Context().Err(), context.Canceled)
	return gone && (errors.Is(err, context.Canceled) || status == http.StatusServiceUnavailable)
}

// writeProblem answers with the problem document of err. A caller that has
// gone away gets nothing.
func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err, languageOf(r))
	p.RequestID = requestID(r.Context())
	if abandoned(r, err, p.Status) {
		s.log.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelDebug, "caller went away",
			slog.String("method", r.Method), slog.String("route", routePattern(r)), slog.String("request_id", p.RequestID))
		return
	}
	if p.Status >= http.StatusInternalServerError && p.Missing == nil { // a probe that finds us not ready is no failure
		s.logFailure(r, p.Status, err)
	}
	if s.problemPage(w, r, err, p) {
		return
	}
	body, jsonErr := json.Marshal(p)
	if jsonErr != nil {
		s.logFailure(r, http.StatusInternalServerError, jsonErr)
		http.Error(w, http.StatusText(p.Status), p.Status)
		return
	}
	p.send(w, r, "application/problem+json; charset=utf-8", body)
}

// send writes a problem in one of its forms.
func (p problem) send(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	h := w.Header()
	h.Del("ETag")
	h.Set("Content-Type", kind)
	h.Set("Content-Language", string(languageOf(r)))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Add("Vary", "Accept-Language")
	if p.etag != "" {
		h.Set("ETag", p.etag)
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}
