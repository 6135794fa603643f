package postgis

import (
	"testing"
	"time"

	"tengdi/geo"
)

// What the feed hands over is of one moment: what commits while it reads is not in
// it, neither in the changes nor in the features.
func TestNewsAreOfOneMoment(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	revision := touchParcel(t, s, "P01")
	want := stateNow(t, s, geo.Staff)
	writer := connect(t, s)
	id := scan[int64](t, writer, `select id from land.parcel where code = 'P01'`)
	status := scan[string](t, writer, `select status from land.parcel where code = 'P01'`)
	link, err := s.dialFeed(t.Context(), geo.Staff)
	if err != nil {
		t.Fatal(err)
	}
	defer link.close(t.Context())

	// The feed reads the state, then stands before the parcels until another status
	// of this one, and a revision after it, are there.
	locked, err := writer.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := locked.Exec(t.Context(), `lock table land.parcel in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	type look struct {
		news MapNews
		err  error
	}
	looked := make(chan look, 1)
	go func() {
		news, err := link.look(t.Context(), MapState{Revision: revision - 1})
		looked <- look{news, err}
	}()
	watch := connect(t, s)
	for deadline := time.Now().Add(time.Minute); scan[int64](t, watch, `
		select count(*)
		from pg_stat_activity
		where datname = current_database() and application_name like '% feed' and wait_event_type = 'Lock'`) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the feed does not read the parcels")
		}
	}
	for _, sql := range []string{`update land.parcel set status = 'withdrawn'`, `update land.revision set revision = revision + 1`} {
		if _, err := locked.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := locked.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := <-looked
	if got.err != nil {
		t.Fatal(got.err)
	}
	f := got.news.Features["parcels"][id]
	if got.news.At != want || len(got.news.Changes) != 1 || len(got.news.Features) != 1 || f == nil {
		t.Fatalf("%+v, want %+v", got.news, want)
	}
	if f.Values[1] != status || status == "withdrawn" {
		t.Errorf("at revision %d the parcel is %v, want %s", revision, f.Values[1], status)
	}
}

// Each feature that a change reaches is there, and one that is gone as such: labels
// follow their area, figures and layers of the staff's desk have no feature.
func TestNewsHaveWhatIsDrawn(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	revision := touchParcel(t, s, "P01")
	area := scan[int64](t, conn, `select min(id) from land.area`)
	if _, err := conn.Exec(t.Context(), `
		insert into land.change (revision, layer, id, status, gone)
		values ($1, 'areas', $2, '', false), ($1, 'parcels', 999999, '', true), ($1, 'figures', 0, '', false)`, revision, area); err != nil {
		t.Fatal(err)
	}
	read := func(after int64) MapNews {
		t.Helper()
		link, err := s.dialFeed(t.Context(), geo.Staff)
		if err != nil {
			t.Fatal(err)
		}
		defer link.close(t.Context())
		news, err := link.look(t.Context(), MapState{Revision: after})
		if err != nil {
			t.Fatal(err)
		}
		return news
	}
	news := read(revision - 1)
	parcels := news.Features["parcels"]
	gone, listed := parcels[999999]
	if len(news.Changes) != 4 || len(news.Features) != 3 || len(parcels) != 2 || !listed || gone != nil {
		t.Errorf("%+v", news)
	}
	for _, layer := range []string{"areas", "arealabels"} {
		whole := mapOf(t, s, geo.Staff, layer)
		if f := news.Features[layer][area]; f == nil || f.Geometry == nil || f.Geometry.GeoJSONType() != whole[area].Geometry.GeoJSONType() || len(f.Values) != len(whole[area].Values) {
			t.Errorf("%s: %+v, want %+v", layer, f, whole[area])
		}
	}
	if news := read(revision); news.Changes != nil || news.Features != nil || news.All() {
		t.Errorf("without a change: %+v", news)
	}
	if news := read(0); !news.All() || news.Features != nil {
		t.Errorf("from the beginning: %+v", news)
	}
}
