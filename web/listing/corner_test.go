package listing

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// rings is a shape in metres of so many parts, each a square with a square hole.
func rings(parts int) (m orb.MultiPolygon) {
	square := func(x, size float64) orb.Ring {
		return orb.Ring{{x, size}, {x + size, size}, {x + size, 0}, {x, 0}, {x, size}}
	}
	for i := range parts {
		x := float64(i) * 20
		m = append(m, orb.Polygon{square(x, 10), square(x+2, 3)})
	}
	return m
}

// A table of corners says where a ring ends and which is a hole; a shape of one ring
// needs no such line.
func TestCornersTellTheirRings(t *testing.T) {
	t.Parallel()
	p := announcedBy("listing")
	p.Shape = rings(1)
	s := Site{Lang: English, Name: "Tengdi", Zone: time.UTC, Now: time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC), MeasureSRID: 4526}
	page := func(plan orb.MultiPolygon) [2]string {
		one, err := ParcelPage(s, p, Details{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := SheetPage(s, p, plan)
		if err != nil {
			t.Fatal(err)
		}
		return [2]string{string(one), string(sheet)}
	}
	told := regexp.MustCompile(`Outer boundary|Inner boundary|>J\d+</th>`)
	for _, text := range page(rings(1)) {
		got := strings.Join(told.FindAllString(text, -1), " ")
		if got != "Outer boundary >J1</th> >J2</th> >J3</th> >J4</th> Inner boundary >J5</th> >J6</th> >J7</th> >J8</th>" {
			t.Errorf("it tells %s", got)
		}
	}
	plain := rings(1)
	plain[0] = plain[0][:1]
	for _, text := range page(plain) {
		if told := told.FindAllString(text, -1); len(told) != 4 || strings.Contains(text, "boundary") {
			t.Errorf("of one ring it tells %q", told)
		}
	}
}

// However many rings there are, the sheet has three columns of 20 lines at most, or of
// six where there are few, and no ring is announced at the foot of one.
func TestColumnsOfTheSheetFit(t *testing.T) {
	t.Parallel()
	for parts := range 20 {
		corners := cornersOf(rings(parts), 3)
		out, shown := columns(corners)
		n := 0
		for _, column := range out {
			lines := 0
			for _, c := range column {
				lines++
				if c.Head {
					lines++
				}
			}
			n += len(column)
			if lines > 20 {
				t.Errorf("%d parts: a column of %d lines", parts, lines)
			}
		}
		if len(out) > 3 || n != shown || parts <= 5 && shown != len(corners) || shown < min(len(corners), 45) {
			t.Errorf("%d parts: %d of %d corners in %d columns, told are %d", parts, n, len(corners), len(out), shown)
		}
	}
}
