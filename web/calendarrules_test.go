package web

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// icsEvent is an event as a calendar program would take it in.
type icsEvent struct {
	uid, summary, description, location, url string
	start, end                               time.Time
}

// icsLine is a content line: its name, its parameters and its value, still escaped.
type icsLine struct {
	name, value string
	params      map[string]string
}

var (
	icsContent = regexp.MustCompile(`^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*))*):(.*)$`)
	icsTime    = regexp.MustCompile(`^\d{8}T\d{6}Z?$`)
	icsOffset  = regexp.MustCompile(`^[+-](\d{2})(\d{2})$`)
)

// icsProps are the properties that a component may have, and how often: 1 = once,
// ? = at most once, * = any number.
var icsProps = map[string]map[string]string{
	"VCALENDAR": {"PRODID": "1", "VERSION": "1", "CALSCALE": "?", "METHOD": "?"},
	"VEVENT": {
		"UID": "1", "DTSTAMP": "1", "DTSTART": "1", "DTEND": "?", "DURATION": "?", "SUMMARY": "?", "DESCRIPTION": "?", "LOCATION": "?",
		"GEO": "?", "URL": "?", "TRANSP": "?", "STATUS": "?", "CLASS": "?", "CREATED": "?", "LAST-MODIFIED": "?", "SEQUENCE": "?", "CATEGORIES": "*",
	},
	"VTIMEZONE": {"TZID": "1", "LAST-MODIFIED": "?", "TZURL": "?"},
	"STANDARD":  {"DTSTART": "1", "TZOFFSETFROM": "1", "TZOFFSETTO": "1", "TZNAME": "*", "RRULE": "?", "RDATE": "*"},
	"DAYLIGHT":  {"DTSTART": "1", "TZOFFSETFROM": "1", "TZOFFSETTO": "1", "TZNAME": "*", "RRULE": "?", "RDATE": "*"},
}

var icsWithin = map[string]string{"VCALENDAR": "", "VEVENT": "VCALENDAR", "VTIMEZONE": "VCALENDAR", "STANDARD": "VTIMEZONE", "DAYLIGHT": "VTIMEZONE"}

// icsReader takes a calendar in by RFC 5545 alone: of time zones it knows what the
// file says of them.
type icsReader struct {
	faults []string
	zones  map[string]time.Duration
	events []icsEvent
	uids   map[string]bool
}

func (r *icsReader) say(format string, a ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, a...))
}

// readCalendar reads a file and says what breaks the rules in it.
func readCalendar(body []byte) ([]icsEvent, []string) {
	r := &icsReader{zones: map[string]time.Duration{}, uids: map[string]bool{}}
	lines := r.lines(string(body))
	type component struct {
		kind  string
		lines []icsLine
		zone  *time.Duration
	}
	var open []*component
	for _, l := range lines {
		switch {
		case l.name == "BEGIN":
			parent := ""
			if len(open) > 0 {
				parent = open[len(open)-1].kind
			}
			if within, known := icsWithin[l.value]; !known || within != parent {
				r.say("%s within %q", l.value, parent)
			}
			open = append(open, &component{kind: l.value})
		case len(open) == 0:
			r.say("%s stands outside", l.name)
		case l.name == "END":
			c := open[len(open)-1]
			open = open[:len(open)-1]
			if c.kind != l.value {
				r.say("%s ends %s", l.value, c.kind)
			}
			r.counts(c.kind, c.lines)
			switch c.kind {
			case "STANDARD":
				if len(open) > 0 {
					open[len(open)-1].zone = r.offset(c.lines)
				}
			case "VTIMEZONE":
				if c.zone == nil {
					r.say("a zone without an offset")
				} else {
					r.zones[first(c.lines, "TZID").value] = *c.zone
				}
			case "VEVENT":
				r.event(c.lines)
			case "VCALENDAR":
				if v := first(c.lines, "VERSION").value; v != "2.0" {
					r.say("version %q", v)
				}
			}
		default:
			open[len(open)-1].lines = append(open[len(open)-1].lines, l)
		}
	}
	if len(open) > 0 {
		r.say("%s is never ended", open[len(open)-1].kind)
	}
	return r.events, r.faults
}

// lines unfolds the content lines.
func (r *icsReader) lines(text string) (out []icsLine) {
	if !utf8.ValidString(text) {
		r.say("it is not UTF-8")
	}
	whole, ended := strings.CutSuffix(text, "\r\n")
	if !ended {
		r.say("the last line has no end")
	}
	var unfolded []string
	for line := range strings.SplitSeq(whole, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			r.say("a line of %d octets: %q", len(line), line)
		}
		if rest, folded := strings.CutPrefix(line, " "); folded && len(unfolded) > 0 {
			unfolded[len(unfolded)-1] += rest
		} else {
			unfolded = append(unfolded, line)
		}
	}
	for _, line := range unfolded {
		m := icsContent.FindStringSubmatch(line)
		if m == nil {
			r.say("no content line: %q", line)
			continue
		}
		l := icsLine{name: strings.ToUpper(m[1]), value: m[3], params: map[string]string{}}
		for p := range strings.SplitSeq(strings.TrimPrefix(m[2], ";"), ";") {
			if name, value, ok := strings.Cut(p, "="); ok {
				l.params[strings.ToUpper(name)] = strings.Trim(value, `"`)
			}
		}
		out = append(out, l)
	}
	return out
}

func first(lines []icsLine, name string) icsLine {
	i := slices.IndexFunc(lines, func(l icsLine) bool { return l.name == name })
	if i < 0 {
		return icsLine{}
	}
	return lines[i]
}

func (r *icsReader) counts(kind string, lines []icsLine) {
	count := map[string]int{}
	for _, l := range lines {
		count[l.name]++
		if icsProps[kind][l.name] == "" && !strings.HasPrefix(l.name, "X-") {
			r.say("%s has a %s", kind, l.name)
		}
	}
	for name, often := range icsProps[kind] {
		if often == "1" && count[name] != 1 || often == "?" && count[name] > 1 {
			r.say("%s has %d %s", kind, count[name], name)
		}
	}
}

func (r *icsReader) offset(lines []icsLine) *time.Duration {
	text := first(lines, "TZOFFSETTO").value
	m := icsOffset.FindStringSubmatch(text)
	if m == nil {
		r.say("offset %q", text)
		return nil
	}
	hours, _ := strconv.Atoi(m[1])
	minutes, _ := strconv.Atoi(m[2])
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if text[0] == '-' {
		d = -d
	}
	return &d
}

// moment reads a time in UTC or in a zone that the file describes.
func (r *icsReader) moment(l icsLine) time.Time {
	utc := strings.HasSuffix(l.value, "Z")
	t, err := time.Parse("20060102T150405", strings.TrimSuffix(l.value, "Z"))
	zone, zoned := l.params["TZID"]
	offset, known := r.zones[zone]
	if err != nil || !icsTime.MatchString(l.value) || utc == zoned || zoned && !known {
		r.say("%s %v %q is no time", l.name, l.params, l.value)
	}
	return t.Add(-offset)
}

// text takes the escapes out of a text.
func (r *icsReader) text(l icsLine) string {
	var b strings.Builder
	for i := 0; i < len(l.value); i++ {
		switch c := l.value[i]; {
		case c == '\\' && i+1 < len(l.value) && strings.ContainsRune(`\;,nN`, rune(l.value[i+1])):
			i++
			if n := l.value[i]; n == 'n' || n == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(n)
			}
		case c == '\\' || c == ',' || c == ';' || c < ' ' && c != '\t' || c == 0x7f:
			r.say("%s has a bare %q", l.name, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (r *icsReader) event(lines []icsLine) {
	e := icsEvent{
		uid: r.text(first(lines, "UID")), summary: r.text(first(lines, "SUMMARY")), description: r.text(first(lines, "DESCRIPTION")),
		location: r.text(first(lines, "LOCATION")), url: first(lines, "URL").value,
		start: r.moment(first(lines, "DTSTART")), end: r.moment(first(lines, "DTEND")),
	}
	if stamp := first(lines, "DTSTAMP"); !strings.HasSuffix(stamp.value, "Z") {
		r.say("stamped %q, which is not UTC", stamp.value)
	} else {
		r.moment(stamp)
	}
	if e.uid == "" || r.uids[e.uid] {
		r.say("the UID %q is empty or another's", e.uid)
	}
	r.uids[e.uid] = true
	if !e.start.Before(e.end) {
		r.say("%s ends at %s before it begins at %s", e.uid, e.end, e.start)
	}
	if e.url != "" && !absolute(e.url) {
		r.say("%s leads to %q", e.uid, e.url)
	}
	if at := first(lines, "GEO").value; at != "" {
		lat, lng, _ := strings.Cut(at, ";")
		y, err1 := strconv.ParseFloat(lat, 64)
		x, err2 := strconv.ParseFloat(lng, 64)
		if err1 != nil || err2 != nil || y < -90 || y > 90 || x < -180 || x > 180 {
			r.say("%s lies at %q", e.uid, at)
		}
	}
	r.events = append(r.events, e)
}

// A program that takes the calendar in has the beginning and the end of the
// listing at the right moments, with the name as it is written.
func TestCalendarIsTakenInAsItIsMeant(t *testing.T) {
	d := village()
	name := "逗号,分号;反斜\\杠 \"引号\" " + strings.Repeat("很长的名称", 30)
	d.Parcels[1].Name = name
	s := newSite(t, d, nil)
	res, body := s.visitor().get("/feeds/auctions.ics")
	if res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	events, faults := readCalendar(body)
	if len(faults) > 0 || len(events) != 2 {
		t.Fatalf("%d events, %q", len(events), faults)
	}
	zone := time.FixedZone("", 8*3600)
	for i, want := range []time.Time{time.Date(2019, 4, 1, 0, 0, 0, 0, zone), time.Date(2019, 4, 15, 23, 59, 0, 0, zone)} {
		e := events[i]
		if !e.start.Equal(want) || e.end.Sub(e.start) != time.Minute {
			t.Errorf("from %s to %s, want %s", e.start, e.end, want)
		}
		if !strings.HasSuffix(e.summary, name) || !strings.HasPrefix(e.url, s.http.URL+"/listings/") || !strings.HasSuffix(e.description, "\n"+e.url) {
			t.Errorf("%+v", e)
		}
	}
}
