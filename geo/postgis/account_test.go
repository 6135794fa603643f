package postgis

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tengdi/geo"
)

// keeper is who keeps accounts in tests.
var keeper = geo.Actor{Login: "keeper", Role: geo.RoleAdmin, Source: geo.FromUI}

// accountEvents are the events of accounts, as verb and data.
func accountEvents(t *testing.T, s *Store, login string) []string {
	t.Helper()
	rows, err := connect(t, s).Query(t.Context(), `
		select verb || ' ' || actor || ' ' || coalesce(data::text, '')
		from land.event
		where entity = 'account' and code = $1
		order by id`, login)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	return list
}

func mustAdd(t *testing.T, s *Store, login string, role geo.Role) geo.User {
	t.Helper()
	if err := s.AddUser(t.Context(), keeper, geo.User{Login: login, Name: login, Role: role, Hash: "$argon2id$" + login}); err != nil {
		t.Fatal(err)
	}
	return mustUser(t, s, login)
}

func mustUser(t *testing.T, s *Store, login string) geo.User {
	t.Helper()
	u, err := s.User(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func sum(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

// Who changed whose account is in the log, and no secret is.
func TestAccountChangesAreEvents(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	mustAdd(t, s, "boss", geo.RoleAdmin)
	u := mustAdd(t, s, "wang", geo.RoleViewer)
	u.Role, u.Hash = geo.RolePlanner, "$argon2id$secret-hash"
	if err := s.SetUser(ctx, keeper, u); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUser(ctx, keeper, geo.User{Login: "wang", Name: "wang", Role: geo.RolePlanner}); err != nil {
		t.Errorf("a change of nothing: %v", err)
	}
	if err := s.BeginTOTP(ctx, "wang", "SECRETSEED"); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmTOTP(ctx, keeper, "wang", "SECRETSEED", 7, []string{"hash-a", "hash-b"}); err != nil {
		t.Fatal(err)
	}
	if taken, err := s.TakeRecovery(ctx, keeper, "wang", "hash-a"); !taken || err != nil {
		t.Fatal(taken, err)
	}
	if err := s.EndTOTP(ctx, keeper, "wang", 0); err != nil {
		t.Fatal(err)
	}
	tok, err := s.AddToken(ctx, keeper, geo.Token{Login: "wang", Name: "脚本", Scope: []geo.TokenScope{geo.ScopeRead}, Hash: sum("x"), ExpiresAt: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndToken(ctx, keeper, "wang", tok.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.AddIdentity(ctx, keeper, geo.Identity{Issuer: "https://id.example", Subject: "s1", Login: "wang"}, false); err != nil {
		t.Fatal(err)
	}
	got := accountEvents(t, s, "wang")
	want := []string{
		`created keeper {"name":"wang","role":"viewer"}`,
		`corrected keeper {"password":{"from":null,"to":"new"},"role":{"from":"viewer","to":"planner"}}`,
		`corrected keeper {"second_factor":{"from":false,"to":true}}`,
		`corrected keeper {"recovery_codes":{"from":2,"to":1}}`,
		`corrected keeper {"second_factor":{"from":true,"to":false}}`,
		`recorded keeper {"expires":`,
		fmt.Sprintf(`struck keeper {"kind":"token","no":%d}`, tok.ID),
		`recorded keeper {"issuer":"https://id.example","kind":"identity","subject":"s1"}`,
	}
	if len(got) != len(want) {
		t.Fatalf("events:\n%s", strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("event %d is %s, want %s", i, got[i], want[i])
		}
	}
	for _, secret := range []string{"argon2id", "SECRETSEED", "hash-a", "hash-b"} {
		if strings.Contains(strings.Join(got, "\n"), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	if v := agreed(t, s, nil); v.Events < 9 {
		t.Errorf("%d events", v.Events)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	one := mustAdd(t, s, "one", geo.RoleAdmin)
	demoted, closed := one, one
	demoted.Role, closed.Disabled = geo.RoleViewer, true
	for name, u := range map[string]geo.User{"demoted": demoted, "closed": closed} {
		if err := s.SetUser(ctx, keeper, u); geo.KindOf(err) != geo.Conflict {
			t.Errorf("the last administrator is %s: %v", name, err)
		}
	}
	// Two administrators who close each other at the same moment leave one.
	two := mustAdd(t, s, "two", geo.RoleAdmin)
	var refused atomic.Int64
	var all sync.WaitGroup
	for _, u := range []geo.User{one, two} {
		u.Disabled = true
		all.Go(func() {
			if err := s.SetUser(ctx, keeper, u); err != nil {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if refused.Load() != 1 {
		t.Errorf("%d of two closings were refused", refused.Load())
	}
}

func TestAccountVersions(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	u := mustAdd(t, s, "wang", geo.RoleViewer)
	a, b := u, u
	a.Name, b.Name = "甲", "乙"
	if err := s.SetUser(t.Context(), keeper, a); err != nil {
		t.Fatal(err)
	}
	err := s.SetUser(t.Context(), keeper, b)
	var stale *geo.StaleError
	if !errors.As(err, &stale) || stale.Seen != 1 || stale.Version != 2 || stale.Code != "wang" {
		t.Errorf("a change of a version that is gone: %v", err)
	}
	if got := mustUser(t, s, "wang"); got.Name != "甲" || got.Version != 2 {
		t.Errorf("%+v", got)
	}
}

// A new password ends the tokens, and a change of several things is all of it or
// nothing, with one look at the version.
func TestAccountChangeIsOne(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	mustAdd(t, s, "boss", geo.RoleAdmin)
	id := geo.Identity{Issuer: "https://id.example", Subject: "s1", Login: "boss"}
	if err := s.AddIdentity(ctx, keeper, id, false); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, s, "wang", geo.RoleLeader)
	for _, name := range []string{"a", "b"} {
		if _, err := s.AddToken(ctx, keeper, geo.Token{Login: "wang", Name: name, Scope: []geo.TokenScope{geo.ScopeRead}, Hash: sum(name), ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.BeginTOTP(ctx, "wang", "SEED"); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmTOTP(ctx, keeper, "wang", "SEED", 7, []string{"hash"}); err != nil {
		t.Fatal(err)
	}
	was, told := mustUser(t, s, "wang"), len(accountEvents(t, s, "wang"))
	c := geo.AccountChange{User: was, EndSecondFactor: true, Ties: []geo.Identity{id}}
	c.Name, c.Hash = "王", "$argon2id$another"
	if err := s.ChangeUser(ctx, keeper, c); geo.KindOf(err) != geo.Conflict {
		t.Fatalf("an identity of somebody else: %v", err)
	}
	if now := mustUser(t, s, "wang"); now.Name != was.Name || now.Hash != was.Hash || now.TOTPOn.IsZero() || now.Version != was.Version || len(accountEvents(t, s, "wang")) != told {
		t.Errorf("a part of a refused change was made: %+v", now)
	}
	if _, _, err := s.TokenOf(ctx, sum("a")); err != nil {
		t.Errorf("a refused change ended a token: %v", err)
	}
	c.Move = true
	if err := s.ChangeUser(ctx, keeper, c); err != nil {
		t.Fatal(err)
	}
	now := mustUser(t, s, "wang")
	got, err := s.IdentityOf(ctx, id.Issuer, id.Subject)
	if err != nil || got.Login != "wang" || now.Name != "王" || now.Hash != c.Hash || !now.TOTPOn.IsZero() {
		t.Errorf("the change: %+v, %+v, %v", now, got, err)
	}
	for _, name := range []string{"a", "b"} {
		if _, _, err := s.TokenOf(ctx, sum(name)); geo.KindOf(err) != geo.NotFound {
			t.Errorf("a token outlives the password: %v", err)
		}
	}
	if e := accountEvents(t, s, "wang")[told]; !strings.Contains(e, `"tokens":{"from":2,"to":0}`) {
		t.Errorf("the event is %s", e)
	}
	var stale *geo.StaleError
	if err := s.ChangeUser(ctx, keeper, c); !errors.As(err, &stale) {
		t.Errorf("of a version that is gone: %v", err)
	}
}

// A code counts once, whoever shows it and however many at once (T-21).
func TestCodesCountOnce(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	mustAdd(t, s, "wang", geo.RoleLeader)
	if taken, err := s.TakeStep(ctx, "wang", "", 5); taken || err != nil {
		t.Errorf("a code without a second factor: %v, %v", taken, err)
	}
	if err := s.BeginTOTP(ctx, "wang", "SEED"); err != nil {
		t.Fatal(err)
	}
	if taken, err := s.TakeStep(ctx, "wang", "SEED", 5); taken || err != nil {
		t.Errorf("a code before the first was confirmed: %v, %v", taken, err)
	}
	if err := s.ConfirmTOTP(ctx, keeper, "wang", "OTHER", 100, nil); geo.KindOf(err) != geo.Conflict {
		t.Errorf("another secret was confirmed: %v", err)
	}
	if err := s.ConfirmTOTP(ctx, keeper, "wang", "SEED", 100, []string{"r1", "r2"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []int64{99, 100} {
		if taken, _ := s.TakeStep(ctx, "wang", "SEED", step); taken {
			t.Errorf("the code of step %d after that of step 100", step)
		}
	}
	count := func(try func() (bool, error)) (n int64) {
		var won atomic.Int64
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				ok, err := try()
				if err != nil {
					t.Error(err)
				}
				if ok {
					won.Add(1)
				}
			})
		}
		all.Wait()
		return won.Load()
	}
	if n := count(func() (bool, error) { return s.TakeStep(ctx, "wang", "SEED", 101) }); n != 1 {
		t.Errorf("one code was taken %d times", n)
	}
	if n := count(func() (bool, error) { return s.TakeRecovery(ctx, keeper, "wang", "r1") }); n != 1 {
		t.Errorf("one recovery code was taken %d times", n)
	}
	if u := mustUser(t, s, "wang"); !slices.Equal(u.Recovery, []string{"r2"}) || u.TOTPStep != 101 {
		t.Errorf("%+v", u)
	}
	if err := s.BeginTOTP(ctx, "wang", "NEW"); geo.KindOf(err) != geo.Conflict {
		t.Errorf("a second factor in use was begun anew: %v", err)
	}
}
