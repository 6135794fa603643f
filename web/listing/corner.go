package listing

import (
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// Corner is one boundary point (界址点): its number, X to the north and Y to the
// east as surveyors write them, and the length of the edge to the next one.
type Corner struct {
	No   string
	X, Y string
	Edge string
	Ring int // from 1, in the order of the parts, each with its holes after it
	Hole bool
	// Head says that a ring begins here, of a shape that has more than one.
	Head bool
	at   orb.Point
}

// cornersOf numbers the corners of a shape in metres: rings begin at their
// north-west corner, outer ones run clockwise and holes the other way; numbers run
// on from ring to ring.
func cornersOf(m orb.MultiPolygon, decimals int) []Corner {
	var out []Corner
	ringNo := 0
	for _, poly := range m {
		for i, ring := range poly {
			points := cleanRing(ring, i == 0)
			if len(points) < 3 {
				continue
			}
			ringNo++
			for k, p := range points {
				next := points[(k+1)%len(points)]
				out = append(out, Corner{
					No: "J" + strconv.Itoa(len(out)+1), Ring: ringNo, Hole: i > 0, Head: k == 0, at: p,
					X: strconv.FormatFloat(p[1], 'f', decimals, 64), Y: strconv.FormatFloat(p[0], 'f', decimals, 64),
					Edge: strconv.FormatFloat(math.Hypot(next[0]-p[0], next[1]-p[1]), 'f', 2, 64),
				})
			}
		}
	}
	if ringNo == 1 {
		out[0].Head = false
	}
	return out
}

// cleanRing leaves out the closing point, turns the ring the way it should run
// and begins it at its north-west corner.
func cleanRing(ring orb.Ring, outer bool) []orb.Point {
	points := slices.Clone([]orb.Point(ring))
	if n := len(points); n > 1 && points[0] == points[n-1] {
		points = points[:n-1]
	}
	if len(points) < 3 {
		return nil
	}
	area := 0.0
	for i, p := range points {
		q := points[(i+1)%len(points)]
		area += (p[0]-points[0][0])*(q[1]-points[0][1]) - (q[0]-points[0][0])*(p[1]-points[0][1])
	}
	if (area < 0) != outer { // clockwise is negative
		slices.Reverse(points)
	}
	first := 0
	for i, p := range points {
		if p[1]-p[0] > points[first][1]-points[first][0] {
			first = i
		}
	}
	return append(points[first:], points[:first]...)
}
