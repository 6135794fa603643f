package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// stage copies the rows into a table of this transaction. What can be seen
// without a database is judged here: the fields, the number of vertices, closed
// rings, finite coordinates.
func (in *intake) stage(ctx context.Context, rows iter.Seq2[geo.IngestRow, error]) error {
	_, err := in.Exec(ctx, `
		create temporary table stage (
			n       integer not null,
			code    text collate "C" not null,
			fields  jsonb not null,
			raw     geometry not null,
			geom    geometry,
			area_m2 double precision,
			area_id bigint,
			ok      boolean not null default true)
		on commit drop`)
	if err != nil {
		return err
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	source := &stageSource{in: in, next: next}
	if _, err := in.CopyFrom(ctx, pgx.Identifier{"stage"}, []string{"n", "code", "fields", "raw"}, source); err != nil {
		if source.err != nil {
			return source.err
		}
		return err
	}
	_, err = in.Exec(ctx, `
		create index on stage (code);
		analyze stage`, pgx.QueryExecModeSimpleProtocol)
	return err
}

// stageSource feeds COPY with the rows that can be staged.
type stageSource struct {
	in   *intake
	next func() (geo.IngestRow, error, bool)
	row  []any
	err  error
}

// progressEvery is how many rows are read between two words about it.
const progressEvery = 500

func (s *stageSource) Next() bool {
	for s.err == nil {
		row, err, ok := s.next()
		if !ok {
			return false
		}
		if err != nil {
			s.err = err
			return false
		}
		s.in.report.Rows++
		if s.in.report.Rows%progressEvery == 0 {
			s.in.options.Progress("read", int64(s.in.report.Rows), 0)
		}
		if s.row, s.err = s.in.staged(row); s.row != nil && s.err == nil {
			return true
		}
	}
	return false
}

func (s *stageSource) Values() ([]any, error) { return s.row, nil }
func (s *stageSource) Err() error             { return s.err }

// staged gives the row as COPY takes it, nil when it is refused.
func (in *intake) staged(row geo.IngestRow) ([]any, error) {
	for _, n := range row.Notes {
		in.note(n)
	}
	if in.refused[row.Number] {
		return nil, nil
	}
	code, fields := in.fields(row)
	if in.refused[row.Number] {
		return nil, nil
	}
	if n, wrong := shapeNote(row.Geometry); wrong {
		n.Row, n.Code, n.Severity = row.Number, code, refused
		in.note(n)
		return nil, nil
	}
	raw, err := encodeShape(in.options.SRID, row.Geometry)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(fields)
	return []any{int32(row.Number), code, body, raw}, err
}

// shapeNote says what is wrong with a shape as such.
func shapeNote(g orb.MultiPolygon) (geo.RowNote, bool) {
	vertices := 0
	for _, polygon := range g {
		for _, ring := range polygon {
			vertices += len(ring)
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return geo.RowNote{Problem: "ring_open", Field: "geometry", Zh: "环未闭合或少于 4 点", En: "a ring is not closed or has fewer than 4 points"}, true
			}
			for _, p := range ring {
				if !finite(p[0]) || !finite(p[1]) {
					return geo.RowNote{Problem: "not_finite", Field: "geometry", Zh: "坐标不是有限数", En: "a coordinate is not a finite number"}, true
				}
			}
		}
	}
	switch {
	case vertices == 0:
		return geo.RowNote{Problem: "empty", Field: "geometry", Zh: "没有图形", En: "there is no geometry"}, true
	case vertices > maxVertices:
		return geo.RowNote{
			Problem: "too_many_vertices", Field: "geometry",
			Zh: fmt.Sprintf("顶点 %d 个，超过 %d 个", vertices, maxVertices), En: fmt.Sprintf("%d vertices, at most %d are allowed", vertices, maxVertices),
		}, true
	}
	return geo.RowNote{}, false
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
