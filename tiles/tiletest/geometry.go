package tiletest

import (
	"encoding/binary"
	"errors"
	"fmt"
)

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

func uvarints(b []byte) ([]uint64, error) {
	var out []uint64
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errShort
		}
		out, b = append(out, v), b[n:]
	}
	return out, nil
}

// The commands of a geometry (specification 4.3.1), in the lower three bits of a
// command integer; the rest is how often.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

func (f *Feature) readPoints(g []uint64) error {
	if len(g) < 3 || g[0]&7 != moveTo || uint64(len(g)) != 1+2*(g[0]>>3) {
		return fmt.Errorf("point commands %v", g)
	}
	at := XY{}
	for i := 1; i < len(g); i += 2 {
		at = XY{at[0] + unzigzag(g[i]), at[1] + unzigzag(g[i+1])}
		f.Points = append(f.Points, at)
	}
	return nil
}

// readLines reads one line or more, each of two points at least.
func (f *Feature) readLines(g []uint64) error {
	at := XY{}
	for len(g) > 0 {
		if len(g) < 4 || g[0] != 1<<3|moveTo || g[3]&7 != lineTo {
			return errors.New("line does not begin with MoveTo(1), LineTo")
		}
		n := g[3] >> 3
		if n < 1 || uint64(len(g)-4) < 2*n {
			return fmt.Errorf("LineTo(%d) with %d numbers", n, len(g)-4)
		}
		at = XY{at[0] + unzigzag(g[1]), at[1] + unzigzag(g[2])}
		line := []XY{at}
		for i := uint64(4); i < 4+2*n; i += 2 {
			dx, dy := unzigzag(g[i]), unzigzag(g[i+1])
			if dx == 0 && dy == 0 {
				return errZeroStep
			}
			at = XY{at[0] + dx, at[1] + dy}
			line = append(line, at)
		}
		f.Lines = append(f.Lines, line)
		g = g[4+2*n:]
	}
	if len(f.Lines) == 0 {
		return errNoGeometry
	}
	return nil
}

var (
	errZeroStep   = errors.New("a step of length zero")
	errNoGeometry = errors.New("no geometry")
)

func (f *Feature) readPolygons(g []uint64) error {
	at := XY{}
	for len(g) > 0 {
		if len(g) < 4 || g[0] != 1<<3|moveTo || g[3]&7 != lineTo {
			return errors.New("ring does not begin with MoveTo(1), LineTo")
		}
		n := g[3] >> 3
		if n < 2 || uint64(len(g)) < 4+2*n+1 || g[4+2*n] != 1<<3|closePath {
			return fmt.Errorf("ring of LineTo(%d) is not closed", n)
		}
		steps := append(append([]uint64{}, g[1:3]...), g[4:4+2*n]...)
		var r []XY
		for i := 0; i < len(steps); i += 2 {
			dx, dy := unzigzag(steps[i]), unzigzag(steps[i+1])
			if i > 0 && dx == 0 && dy == 0 {
				return errZeroStep
			}
			at = XY{at[0] + dx, at[1] + dy}
			r = append(r, at)
		}
		if r[0] == r[len(r)-1] {
			return errors.New("the closing point is written")
		}
		switch a := ringArea(r); {
		case a > 0:
			f.Polygons = append(f.Polygons, Polygon{r})
		case a < 0 && len(f.Polygons) > 0:
			last := len(f.Polygons) - 1
			f.Polygons[last] = append(f.Polygons[last], r)
		default:
			return fmt.Errorf("ring of doubled area %d, first: %v", a, len(f.Polygons) == 0)
		}
		g = g[4+2*n+1:]
	}
	if len(f.Polygons) == 0 {
		return errNoGeometry
	}
	return nil
}

// ringArea is twice the signed area by the surveyor's formula.
func ringArea(r []XY) int64 {
	var sum int64
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += p[0]*q[1] - q[0]*p[1]
	}
	return sum
}

// Area is the area of the feature's polygons in square units.
func (f Feature) Area() float64 {
	var sum int64
	for _, p := range f.Polygons {
		for _, r := range p {
			sum += ringArea(r)
		}
	}
	return float64(sum) / 2
}
