package listing

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// Calendar writes the listings of a search as iCalendar (RFC 5545): an event for
// the beginning of a listing and one for its end. A search that names no state has
// what is on offer.
func Calendar(s Site, all []Parcel, f Filter) ([]byte, error) {
	title, err := s.feedTitle(f, all)
	if err != nil {
		return nil, err
	}
	c := &calendar{zone: s.Zone}
	list := f.Select(all)
	steady := c.steady(list)
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Tengdi//Listings//"+strings.ToUpper(s.Lang.Pick("zh", "en")))
	c.line("CALSCALE", "GREGORIAN")
	c.line("METHOD", "PUBLISH")
	c.text("X-WR-CALNAME", title)
	if steady {
		c.timezone()
	}
	for _, p := range list {
		for _, e := range []struct {
			kind, word string
			at         time.Time
			day        geo.Day
		}{
			{"from", "begins", begin(p.ListFrom, s.Zone), p.ListFrom},
			{"to", "ends", p.ListTo.End(s.Zone).Add(-time.Minute), p.ListTo},
		} {
			if e.day == 0 || !p.Offered() {
				continue
			}
			word, err := s.T(p.Word(e.word))
			if err != nil {
				return nil, err
			}
			c.line("BEGIN", "VEVENT")
			c.line("UID", "parcel-"+strconv.FormatInt(p.FID, 10)+"-"+strconv.FormatInt(int64(p.NoticeOn), 10)+"-"+e.kind+"@tengdi")
			c.line("DTSTAMP", utc(p.Updated))
			c.moment("DTSTART", e.at, steady)
			c.moment("DTEND", e.at.Add(time.Minute), steady)
			c.text("SUMMARY", word+s.Lang.Pick("：", ": ")+p.Title())
			c.text("DESCRIPTION", s.sentence(p)+"\n"+s.Origin+ParcelPath(p.Code, ""))
			if p.Place() != "" {
				c.text("LOCATION", p.Place())
			}
			if len(p.Shape) > 0 {
				m := p.Shape.Bound().Center()
				c.line("GEO", fmt.Sprintf("%.6f;%.6f", m[1], m[0]))
			}
			if s.Origin != "" {
				c.line("URL", s.Origin+ParcelPath(p.Code, ""))
			}
			c.line("TRANSP", "TRANSPARENT")
			c.line("END", "VEVENT")
		}
	}
	c.line("END", "VCALENDAR")
	return []byte(c.b.String()), nil
}

type calendar struct {
	b    strings.Builder
	zone *time.Location
}

// text writes a property whose value is a text, with its signs escaped.
func (c *calendar) text(name, value string) {
	value = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(value, "\r\n", "\n"), "?"))
	c.line(name, strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(value))
}

// line writes a content line, folded after 75 octets and never within a
// character.
func (c *calendar) line(name, value string) {
	line := name + ":" + strings.NewReplacer("\r", "", "\n", "").Replace(value)
	room := 75
	for len(line) > room {
		cut := room
		for cut > 0 && line[cut]&0xC0 == 0x80 {
			cut--
		}
		c.b.WriteString(line[:cut] + "\r\n ")
		line, room = line[cut:], 74
	}
	c.b.WriteString(line + "\r\n")
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// moment writes a time in the district's zone, by its name where the zone is
// described in the file, else in UTC.
func (c *calendar) moment(name string, t time.Time, zoned bool) {
	if zoned {
		c.line(name+";TZID="+c.zone.String(), t.In(c.zone).Format("20060102T150405"))
		return
	}
	c.line(name, utc(t))
}

// steady says that the zone's clocks do not change over the days of the list, so
// that one offset describes it.
func (c *calendar) steady(list []Parcel) bool {
	if c.zone == time.UTC || strings.ContainsAny(c.zone.String(), ":;,\"") {
		return false
	}
	_, first := time.Unix(0, 0).In(c.zone).Zone()
	seen := false
	for _, p := range list {
		for _, d := range []geo.Day{p.ListFrom, p.ListTo} {
			if d == 0 {
				continue
			}
			for _, t := range []time.Time{d.Date(), d.AddMonths(6).Date()} {
				_, off := t.In(c.zone).Zone()
				if seen && off != first {
					return false
				}
				first, seen = off, true
			}
		}
	}
	return true
}

// timezone describes a zone of one offset.
func (c *calendar) timezone() {
	name, off := time.Now().In(c.zone).Zone()
	sign := "+"
	if off < 0 {
		sign, off = "-", -off
	}
	offset := fmt.Sprintf("%s%02d%02d", sign, off/3600, off/60%60)
	for _, l := range [][2]string{
		{"BEGIN", "VTIMEZONE"},
		{"TZID", c.zone.String()},
		{"BEGIN", "STANDARD"},
		{"DTSTART", "19700101T000000"},
		{"TZOFFSETFROM", offset},
		{"TZOFFSETTO", offset},
		{"TZNAME", name},
		{"END", "STANDARD"},
		{"END", "VTIMEZONE"},
	} {
		c.line(l[0], l[1])
	}
}
