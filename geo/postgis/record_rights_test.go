package postgis

import (
	"strings"
	"testing"

	"tengdi/geo"
)

// sampleValues are good values for a new record of a kind.
func sampleValues(k geo.RecordKind) map[string]string {
	out := map[string]string{}
	for _, in := range k.Inputs {
		switch {
		case in.Name == "done_on", in.Name == "on":
		case in.Name == "due":
			out[in.Name] = day(60)
		case in.Ref == "persons":
			out[in.Name] = "N02"
		case in.Ref == "organisations":
			out[in.Name] = "O03" // a body that field's person is not of
		case in.Ref == "parcels":
			out[in.Name] = "P01"
		case len(in.Options) > 0:
			out[in.Name] = in.Options[0].Code
		case in.Type == geo.NumField, in.Type == geo.IntField:
			out[in.Name] = "7"
		case in.Type == geo.BoolField:
			out[in.Name] = "true"
		default:
			out[in.Name] = "甲"
		}
	}
	return out
}

// Who may write which record where: every kind by every role, in the own area of
// the role with scope, in another, and where nothing is.
func TestRecordRights(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	own := map[geo.MachineName]string{"area": "A02", "building": "B02", "household": "H03", "parcel": "P04", "problem": "W01", "project": "J02"}
	others := map[geo.MachineName]string{"area": "A01", "building": "B01", "household": "H01", "parcel": "P01", "problem": "W02", "project": "J01"}
	conn := connect(t, s)
	if _, err := conn.Exec(t.Context(), `update land.problem set status = 'opened'`); err != nil {
		t.Fatal(err)
	}
	for _, k := range geo.RecordKinds() {
		collection := geo.CollectionOf(k.Of)
		for _, role := range append(geo.Roles(), geo.RoleSystem, geo.RolePublic) {
			add := func(code string) error {
				if _, err := conn.Exec(t.Context(), `update land.problem set extensions = 0, due = null`); err != nil {
					t.Fatal(err)
				}
				_, err := s.AddRecord(t.Context(), actorOf(role), geo.RecordDraft{Collection: collection, Code: code, Kind: k.Code, Values: sampleValues(k), Reason: "因为"})
				return err
			}
			readable := role.May(geo.ReadDeed(collection))
			want := map[string]geo.Kind{own[k.Of]: geo.Forbidden, others[k.Of]: geo.Forbidden, "X99": geo.Forbidden}
			const fine = geo.Kind(255)
			switch {
			case !readable:
				want = map[string]geo.Kind{own[k.Of]: geo.NotFound, others[k.Of]: geo.NotFound, "X99": geo.NotFound}
			case role.May(k.Deed):
				want[own[k.Of]], want[others[k.Of]], want["X99"] = fine, fine, geo.NotFound
				if role.Scoped() {
					want[others[k.Of]] = geo.Forbidden
					if k.Of == geo.HouseholdMachine {
						want[others[k.Of]] = geo.NotFound
					}
				}
			}
			for code, kind := range want {
				if kind == fine && k.Of == geo.ParcelMachine && k.Code == geo.PaymentRecord && code == "P04" {
					kind = geo.Refused // it is not sold
				}
				err := add(code)
				got := geo.KindOf(err)
				if err == nil {
					got = fine
				}
				if got != kind {
					t.Errorf("%s adds %s to %s %s: %v", role, k.Code, k.Of, code, err)
				}
			}
		}
	}
	unbroken(t, s)
}

func TestWhoReadsRecords(t *testing.T) {
	t.Parallel()
	s := fileStore(t)
	noted(t, s, geo.RolePlanner, "households", "H01", "visit", "topic", "秘密", "outcome", "同意")
	field := staff(geo.RoleField)
	field.Areas = []string{"A02"}
	for _, tc := range []struct {
		v                geo.Viewer
		collection, code string
		kind             geo.Kind // Internal = may
	}{
		{field, "households", "H03", geo.Internal},
		{field, "households", "H01", geo.NotFound},
		{field, "areas", "A01", geo.Internal},
		{staff(geo.RoleSupervisor), "households", "H01", geo.Internal},
		{staff(geo.RoleTrading), "households", "H01", geo.NotFound},
		{staff(geo.RoleViewer), "households", "H01", geo.NotFound},
		{staff(geo.RoleViewer), "areas", "A02", geo.Internal},
		{staff(geo.RoleAdmin), "areas", "A99", geo.NotFound},
		{staff(geo.RoleAdmin), "persons", "N01", geo.NotFound},
		{staff(geo.RoleAdmin), "streets", "N01", geo.NotFound},
		{geo.Viewer{Audience: geo.Public, Role: geo.RolePublic}, "areas", "A01", geo.NotFound},
		{geo.Viewer{}, "areas", "A01", geo.NotFound},
	} {
		_, err := s.Records(t.Context(), tc.v, tc.collection, tc.code, "")
		if geo.KindOf(err) != tc.kind || err == nil && tc.kind != geo.Internal {
			t.Errorf("%s reads records of %s: %v", tc.v.Role, tc.code, err)
		}
		if err != nil && strings.Contains(err.Error(), "秘密") {
			t.Errorf("an error tells what a visit was about: %v", err)
		}
	}
	if _, err := s.Records(t.Context(), staff(geo.RoleAdmin), "areas", "A01", "visit"); geo.KindOf(err) != geo.Invalid {
		t.Errorf("records of a kind that areas have not: %v", err)
	}
}
