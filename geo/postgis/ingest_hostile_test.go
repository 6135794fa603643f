package postgis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// grid gives side × side squares of 1/1000 degree, each a little larger than
// its place, so that all neighbours share some ground.
func grid(side int, more float64) []geo.IngestRow {
	const step = 0.001
	var out []geo.IngestRow
	for i := range side * side {
		w, s := 113.1+float64(i%side)*step, 29.3+float64(i/side)*step
		e, n := w+step+more, s+step+more
		shape := orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
		out = append(out, row(i+1, shape, "code", fmt.Sprintf("G%d", i+1)))
	}
	return out
}

// Overlaps too small to tell of hide none that are not: 25,122 pairs of
// neighbours share less than 0.001 m2, then a row lies on four of them.
func TestIngestFindsAnOverlapAmongNoise(t *testing.T) {
	s := emptyStore(t)
	noise := grid(80, 5e-11)
	w, n := 113.1+40.5*0.001, 29.3+40.5*0.001
	late := row(len(noise)+1, orb.MultiPolygon{{{{w, n}, {w + 0.001, n}, {w + 0.001, n + 0.001}, {w, n + 0.001}, {w, n}}}}, "code", "LATE")
	r := ingest(t, s, parcelOptions(), append(noise, late)...)
	if r.Committed || r.Refused != 1 || len(r.Notes) != 4 || r.Notes[0].Code != "LATE" || r.Notes[0].Problem != "overlap" {
		t.Fatalf("in the file: committed %v, %d refused: %s", r.Committed, r.Refused, problems(r))
	}
	if r := ingest(t, s, parcelOptions(), noise...); !r.Committed || len(r.Notes) != 0 {
		t.Fatalf("noise alone: committed %v: %s", r.Committed, problems(r))
	}
	late.Number = 1
	if r := ingest(t, s, parcelOptions(), late); r.Committed || r.Refused != 1 || len(r.Notes) != 4 {
		t.Errorf("with what there is: committed %v, %d refused: %s", r.Committed, r.Refused, problems(r))
	}
}

// A file of more overlaps than are looked for is refused. Slivers alone, as
// rounded coordinates leave them, refuse nothing.
func TestIngestRefusesTooManyOverlaps(t *testing.T) {
	s := emptyStore(t)
	r := ingest(t, s, parcelOptions(), grid(60, 2e-5)...)
	if r.Committed || !strings.Contains(problems(r), "0 refused too_many_overlaps") {
		t.Errorf("committed %v, %d refused, %d notes", r.Committed, r.Refused, len(r.Notes))
	}
	if r = ingest(t, s, parcelOptions(), grid(60, 5e-9)...); !r.Committed || r.Refused != 0 || len(r.Notes) != maxSlivers+1 {
		t.Errorf("slivers: committed %v, %d refused, %d notes", r.Committed, r.Refused, len(r.Notes))
	}
}
