package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"tengdi/geo"
)

// touchParcel is the smallest write: it records that something happened to a
// parcel.
func touchParcel(t testing.TB, s *Store, code string) int64 {
	t.Helper()
	rev, _, err := s.write(t.Context(), admin(), func(ctx context.Context, x *tx) error {
		var id int64
		var status string
		if err := x.QueryRow(ctx, `update land.parcel set version = version + 1 where code = $1 returning id, status`, code).Scan(&id, &status); err != nil {
			return err
		}
		x.event(geo.Event{Entity: geo.ParcelMachine, EntityID: id, Code: code, Verb: "corrected"})
		x.change("parcels", id, status)
		add(&x.touched.parcels, id)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return rev
}

// Eight writers at once: every revision once, none missing, the events of each
// in one chain, and nothing of a write that failed.
func TestRevisionsHaveNoGap(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	const writers, each = 8, 12
	seen := make([][]int64, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if i%4 == 3 {
					_, _, err := s.write(t.Context(), admin(), func(ctx context.Context, x *tx) error {
						x.event(geo.Event{Entity: geo.ParcelMachine, EntityID: 1, Code: "lost", Verb: "corrected"})
						return geo.Errorf(geo.Invalid, "stop", "停")
					})
					if geo.KindOf(err) != geo.Invalid {
						t.Errorf("a failing write: %v", err)
					}
					continue
				}
				seen[w] = append(seen[w], touchParcel(t, s, fmt.Sprintf("P%02d", 1+(w+i)%5)))
			}
		})
	}
	wg.Wait()
	all := map[int64]bool{}
	for w, list := range seen {
		for i, rev := range list {
			if all[rev] || i > 0 && rev <= list[i-1] {
				t.Errorf("writer %d got revision %d out of order or twice", w, rev)
			}
			all[rev] = true
		}
	}
	const writes = writers * each * 3 / 4
	conn := connect(t, s)
	if n := scan[int64](t, conn, `select revision from land.revision`); n != 1+writes || len(all) != writes {
		t.Errorf("revision %d after %d writes of %d", n, len(all), writes)
	}
	if n := scan[int64](t, conn, `select count(distinct revision) from land.event where revision > 1`); n != writes {
		t.Errorf("%d revisions in the events, want %d", n, writes)
	}
	if n := scan[int64](t, conn, `select count(*) from land.event where code = 'lost'`); n != 0 {
		t.Errorf("%d events of failed writes", n)
	}
	if ordered := scan[bool](t, conn, `select bool_and(ok) from (select revision >= lag(revision, 1, 0::bigint) over (order by id) and recorded >= lag(recorded, 1, '-infinity') over (order by id) as ok from land.event) x`); !ordered {
		t.Error("events, revisions and times do not run together")
	}
	unbroken(t, s)
}

// A write that changes nothing takes no revision and tells nobody.
func TestWriteOfNothing(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	rev, events, err := s.write(t.Context(), admin(), func(context.Context, *tx) error { return nil })
	if err != nil || rev != 1 || len(events) != 0 {
		t.Errorf("revision %d, %d events, %v", rev, len(events), err)
	}
}

// A caller that gives up leaves neither a half write nor a lock.
func TestWriteGivenUp(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err := s.write(ctx, admin(), func(ctx context.Context, x *tx) error {
		x.event(geo.Event{Entity: geo.ParcelMachine, EntityID: 1, Code: "P01", Verb: "corrected"})
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if rev := touchParcel(t, s, "P01"); rev != 2 {
		t.Errorf("the next write got revision %d, want 2", rev)
	}
}

func TestConstraintsHaveWords(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	geomOf := func(ewkt string) string { return `update land.parcel set geom = '` + ewkt + `' where code = 'P01'` }
	for name, tc := range map[string]struct {
		sql  string
		kind geo.Kind
		code string
	}{
		"a code twice":      {`update land.parcel set code = 'P02' where code = 'P01'`, geo.Conflict, "parcel_code_key"},
		"an unknown status": {`update land.area set status = 'gone' where code = 'A01'`, geo.Invalid, "area_status_known"},
		"an unknown area":   {`update land.parcel set area_id = 99 where code = 'P01'`, geo.Invalid, "parcel_area_fkey"},
		"a bow-tie":         {geomOf("SRID=4326;MULTIPOLYGON(((113 29,114 30,114 29,113 30,113 29)))"), geo.Invalid, "parcel_geom_valid"},
		"out of range":      {geomOf("SRID=4326;MULTIPOLYGON(((413 29,414 29,414 30,413 29)))"), geo.Invalid, "parcel_geom_range"},
		"empty":             {geomOf("SRID=4326;MULTIPOLYGON EMPTY"), geo.Invalid, "parcel_geom_empty"},
		"the wrong CRS":     {geomOf("SRID=4490;MULTIPOLYGON(((113 29,114 29,114 30,113 29)))"), geo.Invalid, ""},
		"infinity":          {`update land.parcel set geom = st_translate(geom, 'Infinity', 0) where code = 'P01'`, geo.Invalid, "parcel_geom_range"},
		"not a number":      {geomOf("SRID=4326;MULTIPOLYGON(((113 29,NaN 29,114 30,113 29)))"), geo.Invalid, "parcel_geom_valid"},
		"too many vertices": {`update land.parcel set geom = st_multi(st_buffer(st_centroid(geom), 0.001, 25001)) where code = 'P01'`, geo.Invalid, "parcel_geom_points"},
		"a cheap deal":      {`update land.round set deal_fen = 1 where no = 2`, geo.Invalid, "round_deal_reaches_start"},
		"no name":           {`update land.area set name = null`, geo.Invalid, "missing"},
	} {
		_, err := conn.Exec(t.Context(), tc.sql)
		err = asGeo(err)
		var e *geo.Error
		if !errors.As(err, &e) || e.Kind != tc.kind {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if tc.code != "" && (len(e.Fields) != 1 || e.Fields[0].Code != tc.code) {
			t.Errorf("%s: fields %+v, want %s", name, e.Fields, tc.code)
		}
		if e.Zh == "" || e.En == "" {
			t.Errorf("%s has no words", name)
		}
	}
	// Every CHECK, UNIQUE and FOREIGN KEY that a caller can break has its words.
	rows, err := conn.Query(t.Context(), `
		select r.relname::text, c.conname::text
		from pg_constraint c
		join pg_class r on r.oid = c.conrelid
		join pg_namespace n on n.oid = r.relnamespace
		where n.nspname in ('land', 'priv', 'auth') and c.contype in ('c', 'u', 'f')
		order by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]bool{ // broken by a fault of ours only
		"district_single": true, "revision_single": true, "event_entity_known": true, "event_verb_known": true,
		"event_hash_length": true, "session_hash_length": true, "import_layer_known": true, "round_no_positive": true,
		"area_public_id_key": true, "cleared_land_public_id_key": true, "parcel_public_id_key": true, "project_public_id_key": true,
		"building_households_positive": true, "household_persons_positive": true,
		"cleared_land_end_final": true, "device_hash_length": true, "device_login_fkey": true, "identity_login_fkey": true,
		"token_login_fkey": true, "token_hash_key": true, "token_hash_length": true, "file_entity_known": true,
		"file_sha256_form": true, "file_token_key": true, "notice_once": true, "problem_escalations_positive": true, "access_once": true,
		"record_data_object": true, "record_entity_known": true,
	}
	for rows.Next() {
		var table, name string
		if err := rows.Scan(&table, &name); err != nil {
			t.Fatal(err)
		}
		if _, ok := ruleOf(table, name); !ok && !ours[name] {
			t.Errorf("constraint %s of %s has no words", name, table)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// What is out of the frame is refused whichever way it comes.
func TestFrame(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	d := town()
	d.Parcels[0].Shape = square(60_000, 0, 10)
	if err := s.LoadDataset(t.Context(), d); geo.KindOf(err) != geo.Invalid {
		t.Errorf("a dataset out of its frame: %v", err)
	}
	if empty, err := s.Empty(t.Context()); err != nil || !empty {
		t.Errorf("empty %v, %v", empty, err)
	}
	if err := s.LoadDataset(t.Context(), town()); err != nil {
		t.Fatal(err)
	}
	small := town().District
	small.Frame.Max[0] = 113.101
	if err := s.SetDistrict(t.Context(), admin(), small); geo.KindOf(err) != geo.Invalid {
		t.Errorf("a frame that cuts land off: %v", err)
	}
	for name, change := range map[string]func(*geo.District){
		"no zone":            func(d *geo.District) { d.Zone = "Mars/Olympus" },
		"measure in degrees": func(d *geo.District) { d.MeasureSRID = 4490 },
		"measure in 3857":    func(d *geo.District) { d.MeasureSRID = geo.Mercator },
		"no name":            func(d *geo.District) { d.Name = "" },
		"a frame inside out": func(d *geo.District) { d.Frame.Min, d.Frame.Max = d.Frame.Max, d.Frame.Min },
	} {
		d := town().District
		change(&d)
		if err := s.SetDistrict(t.Context(), admin(), d); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	d2 := town().District
	d2.Frame, d2.MeasureSRID = nil, 0
	if err := s.SetDistrict(t.Context(), admin(), d2); err != nil {
		t.Error(err)
	}
	if n := scan[int64](t, connect(t, s), `select count(plane_m2) from land.parcel`); n != 0 {
		t.Errorf("%d plane areas without a measuring CRS", n)
	}
}
