package postgis

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"tengdi/geo"
)

// What Moves says of a move is what Transition does with it, for every thing of
// the town and every role.
func TestMovesTellWhatTransitionsDo(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	for entity, codes := range map[geo.MachineName][]string{
		geo.AreaMachine: {"A01", "A02", "A03"}, geo.BuildingMachine: {"B01", "B02"}, geo.HouseholdMachine: {"H01", "H03", "H04"},
		geo.ParcelMachine: {"P01", "P02", "P03", "P04", "P05"}, geo.ProblemMachine: {"W01", "W02"}, geo.ProjectMachine: {"J01", "J02"},
	} {
		for _, code := range codes {
			for _, role := range []geo.Role{geo.RolePlanner, geo.RoleSupervisor, geo.RoleAdmin} {
				m, err := s.Moves(t.Context(), actorOf(role), entity, code)
				if err != nil {
					t.Fatalf("%s %s: %v", entity, code, err)
				}
				for _, p := range m.Moves {
					tried(t, s, role, m, p)
				}
			}
		}
	}
}

// tried makes the move in a transaction that is given up.
func tried(t *testing.T, s *Store, role geo.Role, m geo.MovesFrom, p geo.PossibleMove) {
	t.Helper()
	stop := errors.New("stop")
	var warnings any
	_, _, err := s.write(t.Context(), actorOf(role), func(ctx context.Context, x *tx) error {
		err := (&move{tx: x, Transition: geo.Transition{Entity: m.Entity, Code: m.Code, To: p.To, Version: m.Version}}).make(ctx)
		if err == nil {
			warnings = x.events[0].Data["warnings"]
			err = stop
		}
		return err
	})
	var refused *geo.RefusedError
	if errors.As(err, &refused) {
		if !reflect.DeepEqual(refused.Reasons, p.Reasons) {
			t.Errorf("%s %s to %s: said %v, refused for %v", m.Entity, m.Code, p.To, p.Reasons, refused.Reasons)
		}
		return
	}
	var told []string
	for _, w := range p.Warnings {
		told = append(told, w.Guard)
	}
	if !errors.Is(err, stop) || len(p.Reasons) > 0 || warnings != nil && !slices.Equal(told, warnings.([]string)) {
		t.Errorf("%s %s to %s: said %v and %v, was %v, %v", m.Entity, m.Code, p.To, p.Reasons, told, warnings, err)
	}
}

// The inputs of a move come with what is known: from columns, from the round
// and from what earlier moves recorded.
func TestMovesAreFilledIn(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	value := func(role geo.Role, entity geo.MachineName, code, to string) map[string]string {
		m, err := s.Moves(t.Context(), actorOf(role), entity, code)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, p := range m.Moves {
			if p.To != to {
				continue
			}
			for _, in := range p.Inputs {
				if in.Zh == "" || in.En == "" {
					t.Errorf("%s has no words", in.Name)
				}
				if in.Value != "" {
					out[in.Name] = in.Value
				}
			}
		}
		return out
	}
	for _, tc := range []struct {
		role     geo.Role
		entity   geo.MachineName
		code, to string
		want     map[string]string
	}{
		{geo.RoleTrading, geo.ParcelMachine, "P02", "listed", map[string]string{"list_to": "2019-04-15"}},
		{geo.RolePlanner, geo.ParcelMachine, "P04", "planned", map[string]string{"land_use": "1401"}},
		{geo.RolePlanner, geo.AreaMachine, "A02", "cleared", map[string]string{"cleared_mu": "15.0067"}},
		{geo.RoleField, geo.ProblemMachine, "W01", "in_progress", map[string]string{}},
		{geo.RoleLeader, geo.ProjectMachine, "J03", "landed", map[string]string{"parcel": "P03"}},
	} {
		got := value(tc.role, tc.entity, tc.code, tc.to)
		if tc.code == "A02" {
			delete(got, "cleared_mu") // measured
			delete(tc.want, "cleared_mu")
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s %s to %s: %v, want %v", tc.entity, tc.code, tc.to, got, tc.want)
		}
	}
	moved(t, s, geo.RolePlanner, geo.BuildingMachine, "B02", "identified", "legal", "illegal", "use", "shop")
	moved(t, s, geo.RolePlanner, geo.BuildingMachine, "B02", "notice", "notice_no", "告1", "notice_until", day(10))
	if got := value(geo.RoleAdmin, geo.BuildingMachine, "B02", "notice"); len(got) != 0 {
		t.Errorf("a state that is not ahead: %v", got)
	}
}

// Looking locks nothing: a write under way does not hold it up, and it writes
// nothing.
func TestMovesOnlyLook(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	held, done := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		_, _, err := s.write(context.Background(), admin(), func(ctx context.Context, x *tx) error {
			_, err := x.find(ctx, geo.ParcelMachine, "P02", 0)
			close(held)
			<-done
			return err
		})
		ended <- err
	}()
	<-held
	m, err := s.Moves(t.Context(), actorOf(geo.RoleTrading), geo.ParcelMachine, "P02")
	close(done)
	if err != nil || m.Status != "announced" || m.Version != 1 || len(m.Moves) == 0 {
		t.Errorf("%+v, %v", m, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, tc := range []struct {
		role   geo.Role
		entity geo.MachineName
		code   string
		kind   geo.Kind
	}{
		{geo.RoleAdmin, geo.ParcelMachine, "P99", geo.NotFound},
		{geo.RoleAdmin, "moon", "P01", geo.NotFound},
		{geo.RoleAdmin, geo.BoardEntity, "K1", geo.NotFound},
		{geo.RoleTrading, geo.HouseholdMachine, "H01", geo.NotFound},
	} {
		if _, err := s.Moves(t.Context(), actorOf(tc.role), tc.entity, tc.code); geo.KindOf(err) != tc.kind {
			t.Errorf("%s %s for %s: %v", tc.entity, tc.code, tc.role, err)
		}
	}
	if m, err := s.Moves(t.Context(), actorOf(geo.RoleViewer), geo.ParcelMachine, "P02"); err != nil || len(m.Moves) != 0 || m.Status != "announced" {
		t.Errorf("a viewer: %+v, %v", m, err)
	}
}
