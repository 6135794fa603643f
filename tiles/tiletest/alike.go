package tiletest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/paulmach/orb/planar"
)

// Likeness adds up what comparisons of two tiles without the rows themselves have
// seen: the engine's tile and ST_AsMVT's over the same rows. It allows what
// Reference.Compare allows and knows less, so it is for large sets.
type Likeness struct {
	// Simplified says that ours may leave out vertices of theirs.
	Simplified bool

	Features int // theirs
	Same     int // in both, with the same attributes, borders alike both ways
	Loose    int // in both, with a vertex of ours that they simplified away
	Small    int // theirs alone, being about a square unit
	Kept     int // ours alone, so thin that snapping may leave nothing of them
	Faults   []string
}

// Compare compares one layer of two tiles.
func (l *Likeness) Compare(tile, layer string, ours, theirs []Layer) {
	a, b := byID(ours, layer), byID(theirs, layer)
	l.Features += len(b)
	ids := slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b)))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		our, have := a[id]
		their, want := b[id]
		var fault string
		switch {
		case !have:
			l.Small++
			if area := their.Area(); area > 2.5 {
				fault = fmt.Sprintf("of %.1f square units is missing", area)
			}
		case !want:
			l.Kept++
			if area, border := our.Area(), planar.Length(our.shape()); area > 1+border/2 {
				fault = fmt.Sprintf("of %.1f square units is ours alone", area)
			}
		default:
			fault = l.pair(our, their)
		}
		if fault != "" {
			l.Faults = append(l.Faults, fmt.Sprintf("%s %s %d: %s", tile, layer, id, fault))
		}
	}
}

func (l *Likeness) pair(our, their Feature) (fault string) {
	if !reflect.DeepEqual(our.Values, their.Values) {
		return fmt.Sprintf("has %v, want %v", our.Values, their.Values)
	}
	if !l.Simplified {
		if at, far := farFrom(their, newBorder(our.shape()), near); far {
			return fmt.Sprintf("their vertex %v is not near\nours   %v\ntheirs %v", at, our.Polygons, their.Polygons)
		}
	}
	// Snapping may leave little of a strip along the buffer's edge: then ours has the longer border.
	border := max(planar.Length(our.shape()), planar.Length(their.shape()))
	if d := our.Area() - their.Area(); max(d, -d) > 1+border/2 {
		return fmt.Sprintf("has an area of %.1f, want %.1f, with a border of %.1f", our.Area(), their.Area(), border)
	}
	if _, far := farFrom(our, newBorder(their.shape()), near); far {
		l.Loose++
	} else {
		l.Same++
	}
	return ""
}
