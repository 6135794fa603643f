package postgis

import (
	"testing"

	"tengdi/geo"
)

// What is published is read in one state, whatever is committed meanwhile.
func TestPublishedIsOfOneState(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	conn := connect(t, s)
	before, err := s.PublicState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read := func(during func()) (state string, codes map[string][]string) {
		codes = map[string][]string{}
		state, revision, err := s.Published(t.Context(), func(collection string, f geo.Feature) {
			if during != nil {
				during()
				during = nil
			}
			codes[collection] = append(codes[collection], f.Code)
		})
		if err != nil || revision < 1 {
			t.Fatal(revision, err)
		}
		return state, codes
	}
	n := int(scan[int64](t, conn, `select count(*) from pub.parcel`))
	state, codes := read(func() {
		if _, err := conn.Exec(t.Context(), `
			delete from pub.parcel where code = (select min(code) from pub.parcel);
			update pub.revision set revision = revision + 1`, simple); err != nil {
			t.Fatal(err)
		}
	})
	areas := int(scan[int64](t, conn, `select count(*) from pub.area`))
	if state != before || len(codes["parcels"]) != n || len(codes["areas"]) != areas || n == 0 || areas == 0 {
		t.Errorf("read in %s: %d areas and %d parcels, want %d and %d of %s", state, len(codes["areas"]), len(codes["parcels"]), areas, n, before)
	}
	now, err := s.PublicState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if state, codes := read(nil); state != now || state == before || len(codes["parcels"]) != n-1 {
		t.Errorf("read again in %s, want %s: %d parcels, want %d", state, now, len(codes["parcels"]), n-1)
	}
}
