package postgis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tengdi/geo"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	boss := mustAdd(t, s, "boss", geo.RoleAdmin)
	mustAdd(t, s, "boss2", geo.RoleAdmin)
	read := []geo.TokenScope{geo.ScopeRead}
	soon := time.Now().Add(time.Hour)
	for name, tok := range map[string]geo.Token{
		"expired":       {Scope: read, ExpiresAt: time.Now().Add(-time.Second)},
		"for too long":  {Scope: read, ExpiresAt: time.Now().Add((geo.MaxTokenDays + 1) * 24 * time.Hour)},
		"for nothing":   {ExpiresAt: soon},
		"for what":      {Scope: []geo.TokenScope{"all"}, ExpiresAt: soon},
		"twice the one": {Scope: []geo.TokenScope{"read", "read"}, ExpiresAt: soon},
		"unnamed":       {Scope: read, ExpiresAt: soon, Name: strings.Repeat("x", 101)},
	} {
		tok.Login, tok.Hash = "boss", sum(name)
		if tok.Name == "" {
			tok.Name = name
		}
		if _, err := s.AddToken(ctx, keeper, tok); geo.KindOf(err) != geo.Invalid {
			t.Errorf("a token %s: %v", name, err)
		}
	}
	add := func(name string) geo.Token {
		tok, err := s.AddToken(ctx, keeper, geo.Token{Login: "boss", Name: name, Scope: read, Hash: sum(name), ExpiresAt: soon})
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	a, b := add("a"), add("b")
	if got, u, err := s.TokenOf(ctx, sum("a")); err != nil || got.ID != a.ID || u.Login != "boss" || !slices.Equal(got.Scope, read) {
		t.Errorf("%+v, %+v, %v", got, u, err)
	}
	if list, err := s.Tokens(ctx, "boss"); err != nil || len(list) != 2 || list[0].ID != b.ID || list[1].UsedAt.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.EndToken(ctx, keeper, "boss2", a.ID); geo.KindOf(err) != geo.NotFound {
		t.Errorf("somebody else's token ended: %v", err)
	}
	if err := s.EndToken(ctx, keeper, "boss", a.ID); err != nil {
		t.Fatal(err)
	}
	gone := func(name, why string) {
		t.Helper()
		if _, _, err := s.TokenOf(ctx, sum(name)); geo.KindOf(err) != geo.NotFound {
			t.Errorf("a token %s: %v", why, err)
		}
	}
	gone("a", "that was ended")
	gone("no such", "that never was")
	boss.Role = geo.RolePlanner
	if err := s.SetUser(ctx, keeper, boss); err != nil {
		t.Fatal(err)
	}
	gone("b", "of an account that was demoted")
	add("c")
	if _, err := connect(t, s).Exec(ctx, `update auth.user set disabled = true where login = 'boss'`); err != nil {
		t.Fatal(err)
	}
	gone("c", "of a closed account")
}

func TestDevices(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := context.WithoutCancel(t.Context())
	mustAdd(t, s, "wang", geo.RoleViewer)
	mustAdd(t, s, "li", geo.RoleViewer)
	conn := connect(t, s)
	for i := range 14 {
		if err := s.RememberDevice(ctx, "wang", sum(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range map[int]bool{0: false, 3: false, 4: true, 13: true} {
		if known, err := s.KnowsDevice(ctx, "wang", sum(fmt.Sprint(i))); err != nil || known != want {
			t.Errorf("device %d: %v, %v", i, known, err)
		}
	}
	if known, _ := s.KnowsDevice(ctx, "li", sum("13")); known {
		t.Error("a device of somebody else is known")
	}
	if n := scan[int](t, conn, `select count(*)::int from auth.device`); n != 10 {
		t.Errorf("%d devices are kept", n)
	}
	if _, err := conn.Exec(ctx, `update auth.device set used_at = now() - interval '366 days'`); err != nil {
		t.Fatal(err)
	}
	if known, _ := s.KnowsDevice(ctx, "wang", sum("13")); known {
		t.Error("a device of last year is known")
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	s := emptyStore(t)
	ctx := t.Context()
	id := geo.Identity{Issuer: "https://id.example", Subject: "s1"}
	u := geo.User{Login: "wang", Name: "王", Role: geo.RoleViewer}
	if err := s.AddUser(ctx, keeper, u, id); err != nil {
		t.Fatal(err)
	}
	u.Login = "wang-2"
	if err := s.AddUser(ctx, keeper, u, id); geo.KindOf(err) != geo.Conflict {
		t.Errorf("a second account for one identity: %v", err)
	}
	if _, err := s.User(ctx, "wang-2"); geo.KindOf(err) != geo.NotFound {
		t.Errorf("half an account stays: %v", err)
	}
	if got, err := s.IdentityOf(ctx, id.Issuer, "s1"); err != nil || got.Login != "wang" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, other := range []geo.Identity{{Issuer: "https://id.example/", Subject: "s1"}, {Issuer: id.Issuer, Subject: "S1"}} {
		if _, err := s.IdentityOf(ctx, other.Issuer, other.Subject); geo.KindOf(err) != geo.NotFound {
			t.Errorf("%+v: %v", other, err)
		}
	}
	mustAdd(t, s, "li", geo.RoleViewer)
	id.Login = "li"
	if err := s.AddIdentity(ctx, keeper, id, false); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "wang") {
		t.Errorf("moved without being asked: %v", err)
	}
	if _, err := s.AddToken(ctx, keeper, geo.Token{Login: "wang", Name: "脚本", Scope: []geo.TokenScope{geo.ScopeRead}, Hash: sum("w"), ExpiresAt: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	before := mustUser(t, s, "wang")
	if err := s.AddIdentity(ctx, keeper, id, true); err != nil {
		t.Fatal(err)
	}
	if after := mustUser(t, s, "wang"); after.SignOns != before.SignOns+1 || after.Version != before.Version+1 {
		t.Errorf("the account that lost it: %+v", after)
	}
	if _, _, err := s.TokenOf(ctx, sum("w")); geo.KindOf(err) != geo.NotFound {
		t.Errorf("its token still holds: %v", err)
	}
	lost, won := accountEvents(t, s, "wang"), accountEvents(t, s, "li")
	if e := lost[len(lost)-1]; !strings.HasPrefix(e, "struck ") || !strings.Contains(e, `"after":"li"`) || !strings.Contains(e, `"tokens":{"from":1,"to":0}`) {
		t.Errorf("its event is %s", e)
	}
	if e := won[len(won)-1]; !strings.Contains(e, `"before":"wang"`) {
		t.Errorf("the event of the other is %s", e)
	}
	if got, err := s.IdentityOf(ctx, id.Issuer, "s1"); err != nil || got.Login != "li" {
		t.Errorf("after it moved: %+v, %v", got, err)
	}
}

// The areas of a role with scope are those it is assigned to today: itself, its
// organisation or one above.
func TestViewerAreas(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	ctx := t.Context()
	conn := connect(t, s)
	field := mustAdd(t, s, "field", geo.RoleField)
	planner := mustAdd(t, s, "planner", geo.RolePlanner)
	areas := scan[[]string](t, conn, `select array_agg(code order by code) from land.area`)
	if len(areas) < 2 {
		t.Fatalf("the town has areas %v", areas)
	}
	if _, err := conn.Exec(ctx, `
		insert into land.organisation (id, code, name, kind, parent_id) values
			(901, 'O1', '指挥部', 'command_post', null), (902, 'O2', '街道', 'street', 901), (903, 'O3', '别处', 'street', null);
		insert into land.person (id, code, name, organisation_id, login) values (901, 'P1', '某', 902, 'field')`); err != nil {
		t.Fatal(err)
	}
	seen := func() []string {
		t.Helper()
		v, err := s.Viewer(ctx, field)
		if err != nil || v.Audience != geo.Staff || v.Role != geo.RoleField || v.Login != "field" {
			t.Fatalf("%+v, %v", v, err)
		}
		return v.Areas
	}
	if got := seen(); len(got) != 0 {
		t.Errorf("without an assignment: %v", got)
	}
	assign := func(values string, want ...string) {
		t.Helper()
		if _, err := conn.Exec(ctx, `delete from land.record where kind = 'assignment'`); err != nil {
			t.Fatal(err)
		}
		_, err := conn.Exec(ctx, `
			insert into land.record (entity, entity_id, kind, no, on_day, done_on, person_id, organisation_id, struck_at, by_login)
			select 'area', a.id, 'assignment', 900, v.on_day, v.done_on, v.person, v.organisation, v.struck, 'test'
			from land.area a, (values `+values+`) v(on_day, done_on, person, organisation, struck)
			where a.code = '`+areas[1]+`'`)
		if err != nil {
			t.Fatal(err)
		}
		if got := seen(); !slices.Equal(got, want) {
			t.Errorf("%s: areas %v, want %v", values, got, want)
		}
	}
	const today = `(now() at time zone 'Asia/Shanghai')::date`
	assign(`(`+today+`, null::date, 901, null::bigint, null::timestamptz)`, areas[1])
	assign(`(`+today+` - 9, `+today+`, null::bigint, 902, null::timestamptz)`, areas[1])
	assign(`(`+today+` - 9, null::date, null::bigint, 901, null::timestamptz)`, areas[1])
	assign(`(` + today + `, null::date, null::bigint, 903, null::timestamptz)`)
	assign(`(` + today + ` + 1, null::date, 901, null::bigint, null::timestamptz)`)
	assign(`(` + today + ` - 9, ` + today + ` - 1, 901, null::bigint, null::timestamptz)`)
	assign(`(` + today + `, null::date, 901, null::bigint, now())`)
	if v, err := s.Viewer(ctx, planner); err != nil || v.Areas != nil || !v.Sees(areas[0]) {
		t.Errorf("a planner: %+v, %v", v, err)
	}
}
