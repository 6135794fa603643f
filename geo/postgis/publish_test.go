package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

func planner() geo.Actor {
	return geo.Actor{Login: "guihua", Role: geo.RolePlanner, Source: geo.FromAPI}
}

func admin() geo.Actor { return geo.Actor{Login: "admin", Role: geo.RoleAdmin, Source: geo.FromUI} }

// everythingPublic reads all that the public can read and returns it as text.
func everythingPublic(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	put := func(v any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(j)
		b.WriteByte('\n')
	}
	ctx := t.Context()
	for _, c := range geo.Collections() {
		if !geo.PublicCollection(c) {
			continue
		}
		page, err := s.Features(ctx, geo.Public, geo.FeatureQuery{Collection: c, Limit: geo.MaxPage})
		put(page, err)
		for _, f := range page.Features {
			h, err := s.History(ctx, geo.Public, c, f.Code)
			put(h, err)
			if c == "parcels" {
				r, err := s.Rounds(ctx, geo.Public, f.Code)
				put(r, err)
			}
		}
	}
	sum, err := s.Summary(ctx, geo.Public)
	sum.AsOf = sum.AsOf.Truncate(1e18)
	put(sum, err)
	bounds, err := s.Bounds(ctx, geo.Public)
	put(bounds, err)
	hits, err := s.Search(ctx, geo.Public, "0", 50)
	put(hits, err)
	err = s.Snapshot(ctx, geo.Public, func(rev int64, layers map[string]iter.Seq2[MapFeature, error]) error {
		put(rev, nil)
		for _, l := range geo.MapLayers(geo.Public) {
			if layers[l.Name] == nil { // made of another
				continue
			}
			for f, err := range layers[l.Name] {
				put(f, err)
			}
		}
		return nil
	})
	put(nil, err)
	return b.String()
}

// A database with hidden things and the same database without them look alike
// to the public, down to ids, revision, counts and bounds (threats T-3, T-4).
func TestNothingHiddenShows(t *testing.T) {
	t.Parallel()
	hidden := func(d geo.Dataset) geo.Dataset {
		d.Parcels = slices.DeleteFunc(d.Parcels, func(p geo.Parcel) bool { return p.Status == "planned" || p.Status == "reserved" })
		d.Projects = slices.DeleteFunc(d.Projects, func(p geo.Project) bool { return p.Status == "lead" })
		d.Events = slices.DeleteFunc(d.Events, func(e geo.Event) bool { return e.To == "planned" || e.Entity == geo.HouseholdMachine })
		d.Buildings, d.Households, d.Problems, d.Visits = nil, nil, nil, nil
		for i := range d.Rounds {
			d.Rounds[i].Reserve, d.Rounds[i].ContractNo = 0, ""
		}
		for i := range d.Events {
			d.Events[i].Reason, d.Events[i].Data = "", nil
		}
		for i := range d.Projects {
			d.Projects[i].Investor = ""
			if d.Projects[i].Parcel == "P03" {
				d.Projects[i].Parcel = ""
			}
		}
		return d
	}
	var seen [2]string
	for i, d := range []geo.Dataset{town(), hidden(town())} {
		s := emptyStore(t)
		if err := s.LoadDataset(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		// Random ids and the time of the load are the two things that may differ.
		conn := connect(t, s)
		for _, table := range []string{"area", "parcel", "project", "cleared_land"} {
			order := "code"
			if table == "cleared_land" {
				order = "area, cleared_on"
			}
			if _, err := conn.Exec(t.Context(), fmt.Sprintf(`
				update pub.event e set public_id = n.n + 1000000 from (select public_id, row_number() over (order by %[2]s) as n from pub.%[1]s) n
				where n.public_id = e.public_id and e.collection = '%[1]ss'`, table, order)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := conn.Exec(t.Context(), `
			alter table pub.round drop constraint pub_round_parcel_fkey;
			update pub.round r set parcel = n.n + 1000000 from (select public_id, row_number() over (order by code) as n from pub.parcel) n where n.public_id = r.parcel;
			update pub.parcel p set public_id = n.n + 1000000, updated_at = 'epoch' from (select public_id, row_number() over (order by code) as n from pub.parcel) n where n.public_id = p.public_id;
			update pub.area p set public_id = n.n + 1000000, updated_at = 'epoch' from (select public_id, row_number() over (order by code) as n from pub.area) n where n.public_id = p.public_id;
			update pub.project p set public_id = n.n + 1000000, updated_at = 'epoch' from (select public_id, row_number() over (order by code) as n from pub.project) n where n.public_id = p.public_id;
			update pub.cleared_land p set public_id = n.n + 1000000 from (select public_id, row_number() over (order by area, cleared_on) as n from pub.cleared_land) n where n.public_id = p.public_id;
			update pub.event set recorded = 'epoch'`, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
		seen[i] = everythingPublic(t, s)
	}
	if seen[0] != seen[1] {
		a, b := strings.Split(seen[0], "\n"), strings.Split(seen[1], "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d differs:\n%s\n%s", i, a[i], b[i])
			}
		}
		t.Fatalf("%d and %d lines", len(a), len(b))
	}
	for _, secret := range []string{"机密", "12345", "77713", "P03", "P04", "密合同", "H0", "guihua", `"demo"`} {
		if strings.Contains(seen[0], secret) {
			t.Errorf("the public reads %q", secret)
		}
	}
}

// An edit of something hidden leaves the public's revision, rows and feed as
// they were.
func TestHiddenEditLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	before := everythingPublic(t, s)
	conn := connect(t, s)
	changes := scan[int64](t, conn, `select count(*) from pub.change`)
	for i := range 20 {
		to := []string{"planned", "reserved"}[i%2]
		_, _, err := s.write(t.Context(), admin(), func(ctx context.Context, x *tx) error {
			if _, err := x.Exec(ctx, `update land.parcel set status = $1, version = version + 1, name = name || '.' where code = 'P04'`, to); err != nil {
				return err
			}
			var id int64
			if err := x.QueryRow(ctx, `select id from land.parcel where code = 'P04'`).Scan(&id); err != nil {
				return err
			}
			x.event(geo.Event{Entity: geo.ParcelMachine, EntityID: id, Code: "P04", Verb: "moved", From: "x", To: to})
			x.change("parcels", id, to)
			add(&x.touched.parcels, id)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if after := everythingPublic(t, s); after != before {
		t.Error("the public sees that something hidden was edited")
	}
	if n := scan[int64](t, conn, `select count(*) from pub.change`); n != changes {
		t.Errorf("%d changes for the public, %d before", n, changes)
	}
	if rev := scan[int64](t, conn, `select revision from land.revision`); rev != 21 {
		t.Errorf("staff revision %d", rev)
	}
}

// The columns of schema pub are written down here a second time: a column more
// is a decision, not an accident.
func TestPublicColumns(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	want := map[string]string{
		"change":       "gone id layer revision status",
		"cleared_land": "area cleared_on geom official_m2 public_id",
		"lineage":      "mark revision",
		"event":        "collection from_state happened no public_id recorded to_state verb",
		"revision":     "id revision",
		"round":        "buyer deal_fen deposit_fen list_from list_to mode no notice_no notice_on outcome parcel sold_on start_fen step_fen",
	}
	want["area"] = "board bulletin_few bulletin_on bulletin_signed bulletin_surveyed bulletin_vacated cleared_m2 code decided_on geom name parcels_open parcels_sold plan_m2 public_id search status street updated_at version"
	want["parcel"] = "address area area_m2 area_name buyer code deal_fen density deposit_fen failed_rounds far geom green height land_use list_from list_to mode mu_basis name notice_no notice_on official_m2 public_id search sold_on start_fen status step_fen street survey_m2 updated_at use_class version years"
	want["project"] = "amount_fen area board code geom industry name parcel public_id search stage_on status updated_at version"
	rows, err := connect(t, s).Query(t.Context(), `
		select table_name::text, string_agg(column_name::text, ' ' order by column_name collate "C")
		from information_schema.columns
		where table_schema = 'pub'
		group by 1`)
	if err != nil {
		t.Fatal(err)
	}
	var table, columns string
	n, err := pgx.ForEachRow(rows, []any{&table, &columns}, func() error {
		if want[table] != columns {
			t.Errorf("pub.%s has %s, want %s", table, columns, want[table])
		}
		return nil
	})
	if err != nil || n.RowsAffected() != int64(len(want)) {
		t.Errorf("%d tables in pub, want %d, %v", n.RowsAffected(), len(want), err)
	}
}

// Announcing publishes the parcel in the same transaction; taking it back
// hides it, and the public's feed says so.
func TestPublishedWhenAnnounced(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	set := func(status string) {
		t.Helper()
		_, _, err := s.write(t.Context(), admin(), func(ctx context.Context, x *tx) error {
			var id int64
			if err := x.QueryRow(ctx, `update land.parcel set status = $1 where code = 'P03' returning id`, status).Scan(&id); err != nil {
				return err
			}
			x.event(geo.Event{Entity: geo.ParcelMachine, EntityID: id, Code: "P03", Verb: "moved", From: "planned", To: status})
			x.change("parcels", id, status)
			add(&x.touched.parcels, id)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set("announced")
	f, err := s.Feature(t.Context(), geo.Public, "parcels", "P03")
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.History(t.Context(), geo.Public, "parcels", "P03")
	if err != nil || len(h) != 1 || h[0].From != "" || h[0].To != "announced" || h[0].Actor != "" {
		t.Errorf("history %+v, %v", h, err)
	}
	if j, err := s.Feature(t.Context(), geo.Public, "projects", "J03"); err != nil || j.Properties["parcel"] != "P03" {
		t.Errorf("the project does not name its parcel: %v, %v", j.Properties, err)
	}
	if a, err := s.Feature(t.Context(), geo.Public, "areas", "A01"); err != nil || a.Properties["parcels_open"] != int64(2) {
		t.Errorf("area %v, %v", a.Properties, err)
	}
	set("planned")
	if _, err := s.Feature(t.Context(), geo.Public, "parcels", "P03"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("after taking back: %v", err)
	}
	if _, err := s.History(t.Context(), geo.Public, "parcels", "P03"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("history after taking back: %v", err)
	}
	gone := scan[bool](t, conn, `select gone from pub.change where layer = 'parcels' and id = $1 order by revision desc limit 1`, f.FID)
	if !gone {
		t.Error("the feed does not say that the parcel is gone")
	}
	if n := scan[int64](t, conn, `select count(*) from pub.event where collection = 'parcels' and public_id = $1`, f.FID); n != 0 {
		t.Errorf("%d events of a hidden parcel", n)
	}
	set("announced")
	if again, err := s.Feature(t.Context(), geo.Public, "parcels", "P03"); err != nil || again.FID != f.FID {
		t.Errorf("public id %d, then %d, %v", f.FID, again.FID, err)
	}
}

// TestColumnsAreDisclosed: what schema pub has is what the table of disclosures
// names, besides what every row has for the feed; and a result that stands in a
// row of the land before its time is not told.
func TestColumnsAreDisclosed(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	rows, err := conn.Query(t.Context(), `
		select table_name::text, column_name::text
		from information_schema.columns
		where table_schema = 'pub' and table_name not in ('revision', 'lineage', 'change') and column_name not in ('version', 'updated_at', 'search')
			and not (column_name = 'public_id' and table_name <> 'event')`)
	if err != nil {
		t.Fatal(err)
	}
	var table, column string
	n, err := pgx.ForEachRow(rows, []any{&table, &column}, func() error {
		if states, all := geo.DisclosedIn(table, column); !all && states == nil {
			t.Errorf("pub.%s.%s is in no row of the disclosures", table, column)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, d := range geo.Disclosures() {
		told += len(d.Columns)
	}
	if int64(told) != n.RowsAffected() {
		t.Errorf("%d columns are disclosed, schema pub has %d", told, n.RowsAffected())
	}
	_, err = conn.Exec(t.Context(), `
		update land.round set deal_fen = 999900000000, sold_on = '2019-04-02', buyer = '早知道公司'
		where parcel_id = (select id from land.parcel where code = 'P02')`)
	if err != nil {
		t.Fatal(err)
	}
	moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P02", "suspended", "reason", "查询", "on", "2019-04-03")
	if told := everythingPublic(t, s); strings.Contains(told, "早知道公司") || strings.Contains(told, "999900000000") {
		t.Error("a buyer is told before the sale")
	}
}
