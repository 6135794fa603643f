package sample

import (
	"cmp"
	"math"
	"slices"
)

// network turns lines into the faces between them. A line that ends inside a
// face waits there until another line closes it off.
type network struct {
	faces   []face
	waiting []strand
}

// strand is a stretch of a line that has cut nothing yet.
type strand struct {
	line []xy
	tag  int
}

// draw adds a line.
func (n *network) draw(line []xy, tag int) {
	n.waiting = append(n.waiting, n.cut(strand{line, tag})...)
}

// settle tries the waiting ends again until nothing changes.
func (n *network) settle() {
	for changed := true; changed; {
		changed = false
		todo := n.waiting
		n.waiting = nil
		for _, s := range todo {
			before := len(n.faces)
			n.waiting = append(n.waiting, n.cut(s)...)
			changed = changed || len(n.faces) > before
		}
	}
}

// cut cuts every face along the strand and gives what was not used of it.
func (n *network) cut(s strand) []strand {
	var faces []face
	var used [][2]float64
	for _, f := range n.faces {
		pieces, u := splitUsing(f, s.line, s.tag)
		for _, p := range pieces {
			faces = append(faces, p.face)
		}
		used = append(used, u...)
	}
	n.faces = faces
	if len(used) == 0 {
		return []strand{s}
	}
	slices.SortFunc(used, func(a, b [2]float64) int { return cmp.Compare(a[0], b[0]) })
	var rest []strand
	at, end := 0.0, float64(len(s.line)-1)
	for _, u := range append(used, [2]float64{end, end}) {
		if l := stretch(s.line, at, u[0], at > 0, u[0] < end); u[0]-at > 1e-6 && length(l) > 8 {
			rest = append(rest, strand{l, s.tag})
		}
		at = max(at, u[1])
	}
	return rest
}

// stretch is the line from one place along it to another. An end that lies on
// an edge is carried a metre over it, a little aside, so that it crosses the
// edge and does not run along the stretch that was cut before.
func stretch(line []xy, from, to float64, overStart, overEnd bool) []xy {
	at := func(t float64) xy {
		k := min(int(t), len(line)-2)
		return line[k].towards(line[k+1], t-float64(k))
	}
	out := []xy{at(from)}
	for k := int(math.Floor(from)) + 1; float64(k) < to; k++ {
		if line[k].dist(out[len(out)-1]) > 2 && line[k].dist(at(to)) > 2 {
			out = append(out, line[k])
		}
	}
	out = append(out, at(to))
	last := len(out) - 1
	if overStart {
		u := out[0].sub(out[1]).unit()
		out[0] = out[0].add(u).add(u.left().mul(0.2))
	}
	if overEnd {
		u := out[last].sub(out[last-1]).unit()
		out[last] = out[last].add(u).add(u.left().mul(0.2))
	}
	return out
}

func length(l []xy) float64 {
	sum := 0.0
	for i := 0; i+1 < len(l); i++ {
		sum += l[i].dist(l[i+1])
	}
	return sum
}
