package postgis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// Overlaps in m2: what is less is the rounding of coordinates and not worth a
// word, what is more is refused; between the two lie slivers.
const (
	noiseM2   = 0.001
	overlapM2 = 1.0
)

// The condition that the shapes of two rows share ground, and the measure of it.
const (
	sharesGround = `st_relate(a.geom, b.geom, '2********')` // the interiors share an area
	sharedGround = `st_area(st_collectionextract(st_intersection(a.geom, b.geom), 3)::geography)`
)

// sharesBox is false when the boxes of a and b share less than noiseM2: then
// the shapes do too, and the pair need not be looked at. A degree is at most
// 111,700 m on the ellipsoid.
func sharesBox() string {
	return fmt.Sprintf(`(least(st_xmax(a.geom), st_xmax(b.geom)) - greatest(st_xmin(a.geom), st_xmin(b.geom)))
				* (least(st_ymax(a.geom), st_ymax(b.geom)) - greatest(st_ymin(a.geom), st_ymin(b.geom))) * 111700.0 * 111700.0 >= %v`, noiseM2)
}

// overlap is ground that a row shares with another.
type overlap struct {
	Row         int
	Code, Other string
	M2          float64
}

// note says what the overlap means.
func (o overlap) note() geo.RowNote {
	if o.M2 > overlapM2 {
		return geo.RowNote{
			Row: o.Row, Code: o.Code, Problem: "overlap", Field: "geometry", Severity: refused,
			Zh: fmt.Sprintf("与 %s 重叠 %.2f 平方米", o.Other, o.M2), En: fmt.Sprintf("overlaps %s by %.2f m2", o.Other, o.M2),
		}
	}
	return geo.RowNote{
		Row: o.Row, Code: o.Code, Problem: "sliver", Field: "geometry", Severity: warning,
		Zh: fmt.Sprintf("与 %s 有 %.4f 平方米的细小重叠", o.Other, o.M2),
		En: fmt.Sprintf("overlaps %s by a sliver of %.4f m2", o.Other, o.M2),
	}
}

// overlaps refuses rows b that share ground with a row a, and warns of slivers.
// One row may have several. Noise is not counted; a file that reaches
// maxOverlaps, or countedSlivers, is refused: what lies beyond was not looked
// at. The offset keeps the planner from measuring a pair twice.
func (in *intake) overlaps(ctx context.Context, pairs string) error {
	const batch = 1000
	_, err := in.Exec(ctx, fmt.Sprintf(`
		declare shared no scroll cursor for
		select n, code, other, m2
		from (
			select b.n, b.code, a.code as other, %s as m2 %s
			offset 0) o
		where m2 >= %v`, sharedGround, pairs, noiseM2))
	if err != nil {
		return fmt.Errorf("overlaps: %w", err)
	}
	var bad, slivers []overlap
	for more := true; more && len(bad) < maxOverlaps && in.slivers < countedSlivers; {
		rows, err := in.Query(ctx, fmt.Sprintf(`fetch %d from shared`, batch), pgx.QueryExecModeExec)
		if err != nil {
			return fmt.Errorf("overlaps: %w", err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[overlap])
		if err != nil {
			return fmt.Errorf("overlaps: %w", err)
		}
		more = len(found) == batch
		for _, o := range found {
			if o.M2 > overlapM2 {
				bad = append(bad, o)
			} else if in.slivers++; in.slivers <= maxSlivers {
				slivers = append(slivers, o)
			}
		}
	}
	if _, err := in.Exec(ctx, `close shared`); err != nil {
		return fmt.Errorf("overlaps: %w", err)
	}
	if len(bad) >= maxOverlaps || in.slivers >= countedSlivers {
		in.note(geo.RowNote{
			Problem: "too_many_overlaps", Field: "geometry", Severity: refused,
			Zh: fmt.Sprintf("重叠太多：%d 处，另有 %d 处细小重叠，未再往下检查", len(bad), in.slivers),
			En: fmt.Sprintf("too many overlaps: %d, and %d slivers; the rest was not looked at", len(bad), in.slivers),
		})
	}
	return in.overlapping(ctx, bad, slivers)
}

// overlapping notes what was found, in the order of the rows.
func (in *intake) overlapping(ctx context.Context, bad, slivers []overlap) error {
	var rows []int
	for _, o := range bad {
		rows = append(rows, o.Row)
	}
	all := slices.SortedFunc(slices.Values(append(bad, slivers...)), func(a, b overlap) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Other, b.Other))
	})
	for _, o := range all {
		in.note(o.note())
	}
	_, err := in.Exec(ctx, `update stage set ok = false where n = any($1)`, rows)
	return err
}
