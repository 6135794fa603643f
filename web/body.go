package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tengdi/geo"
)

// Bounds of bodies and of what people write into them.
const (
	maxJSON   = 64 << 10  // bytes of a JSON body
	maxBatch  = 512 << 10 // bytes of a list of moves
	maxReason = 500       // characters
	maxValue  = 5000      // characters of one value
)

// readJSON reads a JSON object strictly: the right content type, no unknown
// members, nothing after it, 64 KiB at most.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	_, err := readBody(w, r, maxJSON, into)
	return err
}

// readBody is readJSON with a limit of its own; it gives the bytes, too, which
// stand for what was asked.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, into any) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &statusError{
			status: http.StatusUnsupportedMediaType,
			err:    geo.Errorf(geo.Invalid, "The body must be application/json.", "请求体须为 application/json。"),
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return nil, geo.Errorf(geo.TooLarge, "The body is larger than %d KiB.", "请求体超过 %d KiB。", limit>>10)
	}
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err = dec.Decode(into); err == nil {
			if _, more := dec.Token(); more != io.EOF {
				err = errors.New("something follows the object")
			}
		}
	}
	var known *geo.Error
	switch {
	case err == nil:
		return body, nil
	case errors.As(err, &known):
		return nil, err
	}
	return nil, &geo.Error{Kind: geo.Invalid, En: "The body is not the JSON object that is expected here.", Zh: "请求体不是此处所需的 JSON 对象。", Err: err}
}

// values are what a form gives, by name. A caller may write a number, true or
// false as such; null stands for "", which empties a value.
type values map[string]string

// maxValues is the most values that one form has, with room.
const maxValues = 100

// UnmarshalJSON reads an object of plain values.
func (v *values) UnmarshalJSON(b []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return badField("values", "invalid", "must be an object of texts, numbers, true and false", "须为由文字、数字、true、false 组成的对象")
	}
	if len(raw) > maxValues {
		return badField("values", "too_many", "has more values than any form", "值的数量超过任何表单")
	}
	out := values{}
	for name, one := range raw {
		var text string
		switch {
		case one[0] == '"':
			if err := json.Unmarshal(one, &text); err != nil {
				return badField(geo.Excerpt(name), "invalid", "must be a text, a number, true or false", "须为文字、数字、true 或 false")
			}
		case string(one) == "null":
		case one[0] == '{' || one[0] == '[':
			return badField(geo.Excerpt(name), "invalid", "must be a text, a number, true or false", "须为文字、数字、true 或 false")
		default:
			text = string(one)
		}
		if !written(name, maxCode) || !written(text, maxValue) {
			return badField(geo.Excerpt(name), "not_text",
				"must be a text of at most 5000 characters without control characters", "须为不超过 5000 字且不含控制字符的文字")
		}
		out[name] = text
	}
	*v = out
	return nil
}

// written says whether s is a text of at most limit characters that a person may have
// written: of the control characters only line ends and tabs.
func written(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t'
	})
}

// checkReason refuses a reason that nobody could read.
func checkReason(reason string) error {
	if !written(reason, maxReason) {
		return badField("reason", "invalid", "must be a text of at most 500 characters", "须为不超过 500 字的文字")
	}
	return nil
}

// needReason is checkReason for a change that must say why.
func needReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return badField("reason", "missing", "must say why", "须写明理由")
	}
	return checkReason(reason)
}

// dayParam reads a day as YYYY-MM-DD; "" is none.
func dayParam(field, text string) (geo.Day, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return 0, badField(field, "invalid", "must be a day as YYYY-MM-DD, from 1900 to 2200", "须为日期（年-月-日），1900 至 2200 年")
	}
	return geo.CivilDay(t), nil
}

// onDay reads the day on which something happened, as the first moment of that
// day in the district's zone; "" is the zero time, which means now.
func (s *Server) onDay(r *http.Request, text string) (time.Time, error) {
	d, err := dayParam("on", text)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	zone, err := s.district.zone(r.Context())
	if err != nil {
		return time.Time{}, err
	}
	y, m, dd := d.Date().Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, zone), nil
}
