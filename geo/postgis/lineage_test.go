package postgis

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// backup is a store on a copy of the database as it is now, as a restored backup
// would be. The store itself is opened again.
func backup(t *testing.T, s *Store) (original, restored *Store) {
	t.Helper()
	s.Close()
	at, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	name := at.Path[1:]
	at.Path = "/postgres"
	conn, err := pgx.Connect(t.Context(), at.String())
	if err != nil {
		t.Fatal(err)
	}
	copied := name + "_restored"
	if _, err := conn.Exec(t.Context(), `create database `+pgx.Identifier{copied}.Sanitize()+` template `+pgx.Identifier{name}.Sanitize()+` strategy file_copy`); err != nil {
		t.Fatal(err)
	}
	original = open(t, s.url)
	at.Path = "/" + copied
	if restored, err = Open(t.Context(), Options{URL: at.String()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		restored.Close()
		_, err := conn.Exec(context.WithoutCancel(t.Context()), `drop database `+pgx.Identifier{copied}.Sanitize()+` with (force)`)
		if err != nil {
			t.Error(err)
		}
		conn.Close(context.WithoutCancel(t.Context()))
	})
	return original, restored
}

func stateNow(t *testing.T, s *Store, aud geo.Audience) (at MapState) {
	t.Helper()
	err := s.ReadMap(t.Context(), aud, func(now MapState, _ []MapRowsOf) error {
		at = now
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A state is known to the database that was in it, to a copy of that database,
// and to no other: not to a restored backup that has reached the same revision on
// its own.
func TestStatesOfAnotherHistoryAreUnknown(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	other := emptyStore(t) // loaded by itself, and no copy of what the first was copied from
	if err := other.LoadDataset(t.Context(), town()); err != nil {
		t.Fatal(err)
	}
	touchParcel(t, s, "P01")
	before := map[geo.Audience]MapState{}
	for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
		before[aud] = stateNow(t, s, aud)
	}
	original, restored := backup(t, s)
	for _, one := range []*Store{original, restored} {
		touchParcel(t, one, "P02")
		if _, err := connect(t, one).Exec(t.Context(), `update pub.revision set revision = revision + 1`); err != nil {
			t.Fatal(err)
		}
	}
	for aud, old := range before {
		after := stateNow(t, original, aud)
		if after.Revision != old.Revision+1 && aud == geo.Staff || after.Mark == old.Mark || after.Mark == "" || old.Mark == "" {
			t.Fatalf("%s: %+v became %+v", aud, old, after)
		}
		for _, c := range []struct {
			name  string
			store *Store
			from  MapState
			want  bool
		}{
			{"where it was read", original, after, true},
			{"before the backup", original, old, true},
			{"before the backup, in the copy", restored, old, true},
			{"after the backup, in the copy", restored, after, false},
			{"another database", other, old, false},
			{"a revision that is not there yet", original, MapState{after.Revision + 1, after.Mark}, false},
			{"without a mark", original, MapState{Revision: after.Revision}, false},
		} {
			if got, err := c.store.Descends(t.Context(), aud, c.from); got != c.want || err != nil {
				t.Errorf("%s, %s: %v, %v", aud, c.name, got, err)
			}
		}
	}
	if _, err := connect(t, original).Exec(t.Context(), `update land.revision set revision = revision + $1`, keepRevisions); err != nil {
		t.Fatal(err)
	}
	if got, err := original.Descends(t.Context(), geo.Staff, before[geo.Staff]); got || err != nil {
		t.Errorf("further back than the changes: %v, %v", got, err)
	}
}

// A feed that finds another history under the revision that it knows says so,
// though the revision has not gone back.
func TestFeedSeesAnotherHistory(t *testing.T) {
	t.Parallel()
	original, restored := backup(t, townStore(t))
	touchParcel(t, original, "P01")
	touchParcel(t, restored, "P02")
	for aud, want := range map[geo.Audience]string{geo.Staff: everything, geo.Public: ""} {
		from := stateNow(t, original, aud)
		conn, err := restored.direct(t.Context(), map[geo.Audience]string{geo.Staff: "tengdi_app", geo.Public: "tengdi_public"}[aud])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.WithoutCancel(t.Context()))
		news, err := newsAfter(t.Context(), conn, aud, from)
		if err != nil {
			t.Fatal(err)
		}
		now, list, got := news.At, news.Changes, ""
		if len(list) > 0 {
			got = list[0].Layer
		}
		if got != want || now != stateNow(t, restored, aud) {
			t.Errorf("%s: %+v at %+v, want %q", aud, list, now, want)
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var heard []geo.Change
	err := restored.FollowFrom(ctx, geo.Staff, stateNow(t, original, geo.Staff), func(news MapNews) error {
		heard = append(heard, news.Changes...)
		if news.At != stateNow(t, restored, geo.Staff) {
			t.Errorf("told of %+v", news.At)
		}
		if len(heard) == 1 {
			touchParcel(t, restored, "P03")
		} else {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(heard) != 2 || heard[0].Layer != everything || heard[1].Layer != "parcels" {
		t.Errorf("%+v, %v", heard, err)
	}
}

// The form of a map differs by audience, and is the same each time.
func TestMapForm(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	forms := map[string]bool{}
	for range 2 {
		for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
			form, err := s.MapForm(t.Context(), aud)
			if err != nil || form == "" {
				t.Fatalf("%s: %q, %v", aud, form, err)
			}
			forms[form] = true
		}
	}
	if len(forms) != 2 {
		t.Errorf("%v", forms)
	}
}
