package postgis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"tengdi/geo"
)

// Bounds of an import.
const (
	ingestStatement = "10min"   // for one statement of an import
	ingestLock      = "2min"    // for the writes before it: a staged file is much work to lose
	maxSlivers      = 200       // warnings of slivers that are told one by one
	maxOverlaps     = 10_000    // overlaps, after which a file is not looked at further
	countedSlivers  = 1_000_000 // slivers, likewise
)

// Ingest takes the rows of a file into a layer: all or nothing. PostGIS
// transforms, measures and judges each shape; rows with a new code are created
// in the first state of their machine, rows with a known code are corrected,
// equal rows are left alone. A status is never touched, nor is what a
// transition writes; a settled field may not differ.
//
// When rows are refused, the report names each, Committed is false and the
// error is nil. Errors: Forbidden for the role, Invalid for the options, and
// whatever rows yields, which ends the import. Rows whose Notes refuse them are
// counted as refused. Datum is recorded only: shifted coordinates are put right
// before they come here.
func (s *Store) Ingest(ctx context.Context, actor geo.Actor, o geo.IngestOptions, rows iter.Seq2[geo.IngestRow, error]) (geo.IngestReport, error) {
	in := &intake{options: o, report: geo.IngestReport{
		File: o.File, Layer: o.Layer, SRID: o.SRID, DryRun: o.DryRun, Notes: []geo.RowNote{},
	}}
	if !actor.Role.Imports() {
		zh, en := actor.Role.Words()
		return in.report, geo.Errorf(geo.Forbidden, "the role %[1]s may not import", "“%[2]s”角色无权导入", en, zh)
	}
	var ok bool
	if in.layer, ok = layerOf(o.Layer); !ok {
		return in.report, fieldError("layer", "unknown", "图层须为 areas、parcels、buildings 之一", "the layer must be areas, parcels or buildings")
	}
	if in.options.Progress == nil {
		in.options.Progress = func(string, int64, int64) {}
	}
	revision, answer, err := s.writeAfter(ctx, actor,
		func(ctx context.Context, t *tx) error {
			in.tx = t
			return in.read(ctx, rows)
		},
		func(ctx context.Context, _ *tx) error { return in.take(ctx) })
	switch {
	case errors.Is(err, errRolledBack):
		err = nil
	case err == nil && len(answer) == 1 && answer[0].Replayed:
		return reportOf(answer[0])
	case err == nil:
		in.report.Committed = true
		if in.report.Created+in.report.Updated > 0 {
			in.report.Revision = revision
		}
	}
	in.finishNotes()
	return in.report, err
}

// answered is the report as the answer that a repeated request gets again: of
// an import its events would be too many, and they would not tell of the rest.
func (in *intake) answered() geo.Event {
	in.finishNotes()
	r := in.report
	r.Committed = true
	if r.Created+r.Updated > 0 {
		r.Revision = in.revision + 1
	}
	return geo.Event{Revision: r.Revision, Data: map[string]any{"report": r}}
}

// reportOf reads the report back from an answer.
func reportOf(e geo.Event) (geo.IngestReport, error) {
	var r geo.IngestReport
	body, err := json.Marshal(e.Data["report"])
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	r.Replayed = true
	return r, err
}

// errRolledBack ends an import that is not to be kept: a dry run, or refused
// rows.
var errRolledBack = geo.Errorf(geo.Invalid, "the import is not kept", "导入未保留")

// intake is one import under way.
type intake struct {
	*tx
	options geo.IngestOptions
	layer   layer
	on      time.Time // when new rows began
	report  geo.IngestReport
	ledger  ledger
	told    bool // the ledger's notes are in the report
	slivers int
	refused map[int]bool    // rows refused so far
	ignored map[string]bool // fields that were told of as ignored
}

// layer is where an import's rows go.
type layer struct {
	table   string
	machine geo.MachineName
	columns []ingestColumn
	foreign []string // fields that only a transition writes
	placed  bool     // belongs to an area
	exact   bool     // only exact duplicates are overlaps
}

func layerOf(l geo.Layer) (layer, bool) {
	switch l {
	case geo.AreaLayer:
		return layer{table: "land.area", machine: geo.AreaMachine, columns: areaColumns(), foreign: []string{"decision_no", "decided_on"}}, true
	case geo.ParcelLayer:
		return layer{table: "land.parcel", machine: geo.ParcelMachine, columns: parcelColumns(), placed: true}, true
	case geo.BuildingLayer:
		return layer{table: "land.building", machine: geo.BuildingMachine, columns: buildingColumns(), placed: true, exact: true}, true
	}
	return layer{}, false
}

// read stages the rows and has PostGIS judge them one by one and against each
// other; it needs no lock.
func (in *intake) read(ctx context.Context, rows iter.Seq2[geo.IngestRow, error]) error {
	var known bool
	err := in.QueryRow(ctx, `
		select exists (select from spatial_ref_sys where srid = $1 and coalesce(srtext, proj4text, '') <> ''),
			set_config('statement_timeout', $2, true) || set_config('lock_timeout', $3, true)`, in.options.SRID, ingestStatement, ingestLock).Scan(&known, nil)
	if err != nil {
		return err
	}
	if !known {
		return fieldError("crs", "unknown_srid",
			fmt.Sprintf("PostGIS 不认识坐标系 EPSG:%d", in.options.SRID), fmt.Sprintf("PostGIS does not know EPSG:%d", in.options.SRID))
	}
	if err := in.stage(ctx, rows); err != nil {
		return err
	}
	for _, check := range []func(context.Context) error{
		in.transform, in.valid, in.measured, in.framed, in.duplicates, in.overlapsInFile,
	} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	return nil
}

// take compares the staged rows with what there is and writes them. The lock is
// held.
func (in *intake) take(ctx context.Context) error {
	var late []geo.FieldError
	if in.on, late = in.began(in.options.On); late != nil {
		return geo.WrongInputs(late)
	}
	if in.layer.placed {
		if err := in.place(ctx); err != nil {
			return err
		}
	}
	if err := in.keepSettled(ctx); err != nil {
		return err
	}
	if err := in.overlapsWithLive(ctx); err != nil {
		return err
	}
	if err := in.total(ctx); err != nil {
		return err
	}
	if in.report.Refused > 0 {
		return errRolledBack
	}
	if err := in.put(ctx); err != nil {
		return err
	}
	if in.options.DryRun {
		return errRolledBack
	}
	in.answer = []geo.Event{in.answered()}
	return nil
}

// put creates and corrects rows, records the events and the import. Equal rows
// are not written, and an import of equal rows only leaves no trace.
func (in *intake) put(ctx context.Context) error {
	in.options.Progress("write", 0, int64(in.report.Rows))
	updated, err := in.correct(ctx)
	if err != nil {
		return err
	}
	created, err := in.create(ctx)
	if err != nil {
		return err
	}
	in.report.Created, in.report.Updated = len(created), len(updated)
	in.report.Unchanged = in.report.Rows - in.report.Created - in.report.Updated
	if len(created)+len(updated) == 0 {
		return nil
	}
	for verb, rows := range map[string][]written{"created": created, "corrected": updated} {
		for _, w := range rows {
			in.tell(verb, w)
		}
	}
	slices.SortFunc(in.events, func(a, b geo.Event) int { return cmp.Compare(a.EntityID, b.EntityID) })
	in.options.Progress("write", int64(in.report.Rows), int64(in.report.Rows))
	_, err = in.Exec(ctx, `
		insert into land.import (
			file, sha256, layer, srid, datum, rows, created, updated, unchanged, fixed, area_m2, actor, revision)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		in.options.File, in.options.SHA256, string(in.options.Layer), in.options.SRID, in.options.Datum, in.report.Rows,
		in.report.Created, in.report.Updated, in.report.Unchanged, in.report.Fixed, in.report.AreaM2, in.actor.Login, in.revision+1)
	if err != nil || len(updated) == 0 || in.options.Layer != geo.AreaLayer {
		return err
	}
	return in.renamed(ctx)
}

// written is one row that was created or corrected.
type written struct {
	Row     int
	ID      int64
	Code    string
	Status  string
	Version int
	Left    int64          // area that it belonged to before; 0 = none
	Data    map[string]any // of a corrected row: what differs, from and to
}

func (in *intake) tell(verb string, w written) {
	e := geo.Event{
		Entity: in.layer.machine, EntityID: w.ID, Code: w.Code, Verb: verb, Version: w.Version,
		Data: map[string]any{"file": in.options.File, "row": w.Row},
	}
	maps.Copy(e.Data, w.Data)
	if verb == "created" {
		e.To, e.On = w.Status, in.on
	}
	in.event(e)
	in.change(string(in.options.Layer), w.ID, w.Status)
	switch in.options.Layer {
	case geo.AreaLayer:
		add(&in.touched.areas, w.ID)
	case geo.ParcelLayer:
		add(&in.touched.parcels, w.ID)
		if w.Left != 0 {
			add(&in.touched.areas, w.Left) // counts it no longer, if it moved
		}
	}
}
