package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"tengdi/geo"
)

//raced:calm one hash after the other
func TestHashPassword(t *testing.T) {
	a, err := HashPassword("腾地-pass")
	if err != nil {
		t.Fatal(err)
	}
	b, err := HashPassword("腾地-pass")
	if err != nil {
		t.Fatal(err)
	}
	if a == b {
		t.Error("two hashes of one password are equal: there is no salt")
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Errorf("the hash is %s", a)
	}
	for password, want := range map[string]bool{"腾地-pass": true, "腾地-pasS": false, "": false} {
		if got, err := checkPassword(a, password); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	for _, bad := range []string{"", strings.Repeat("x", maxPassword+1)} {
		if _, err := HashPassword(bad); kindOf(err) != geo.Invalid {
			t.Errorf("a password of %d bytes: %v", len(bad), err)
		}
	}
}

// A stored hash is data: one that asks for gigabytes is refused before it is
// computed.
func TestCheckPasswordBoundsItsWork(t *testing.T) {
	b64 := base64.RawStdEncoding
	salt, key := b64.EncodeToString(make([]byte, 16)), b64.EncodeToString(make([]byte, 32))
	hostile := []string{
		"", "x", "$argon2id$", "$2a$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=47104,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=47104,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=262145,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=4000000000,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=1,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=1,p=1$$" + key,
		"$argon2id$v=19$m=47104,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=47104,t=1,p=1$" + salt + "$!!",
		"$argon2id$v=19$m=47104,t=1,p=1$" + strings.Repeat("A", 200) + "$" + key,
	}
	for _, h := range hostile { // what is computed has no error, and some of it would not end
		if ok, err := checkPassword(h, "x"); ok || err == nil {
			t.Errorf("%s: %v, %v", h, ok, err)
		}
	}
}

// oneUser is an account list of one; it counts how often it is asked, which is
// how often a password is hashed.
type oneUser struct {
	user  geo.User
	asked atomic.Int64
	wait  chan struct{} // when set, User blocks until it is closed
}

func (u *oneUser) User(_ context.Context, login string) (geo.User, error) {
	u.asked.Add(1)
	if u.wait != nil {
		<-u.wait
	}
	if login != u.user.Login {
		return geo.User{}, geo.Errorf(geo.NotFound, "no", "无")
	}
	return u.user, nil
}

// cheapLogins checks against a hash that costs next to nothing, so that tests
// of the limits can make many tries.
func cheapLogins(t *testing.T, c *clock) (*logins, *oneUser) {
	t.Helper()
	l := newLogins(c.now, nil)
	l.dummy = func() (string, error) { return cheapHash("nobody"), nil }
	return l, &oneUser{user: geo.User{Login: "planner", Role: geo.RolePlanner, Hash: cheapHash("right")}}
}

func TestLoginAnswers(t *testing.T) {
	c := newClock()
	l, users := cheapLogins(t, c)
	if u, err := l.check(t.Context(), users, "ip", "planner", "right"); err != nil || u.Login != "planner" {
		t.Errorf("the right password: %+v, %v", u, err)
	}
	_, wrong := l.check(t.Context(), users, "ip", "planner", "wrong")
	_, unknown := l.check(t.Context(), users, "ip", "nobody", "wrong")
	users.user.Disabled = true
	_, disabled := l.check(t.Context(), users, "ip", "planner", "right")
	if wrong == nil || unknown == nil || disabled == nil || wrong.Error() != unknown.Error() || wrong.Error() != disabled.Error() {
		t.Errorf("the answers tell logins apart: %v; %v; %v", wrong, unknown, disabled)
	}
	if kindOf(wrong) != geo.Unauthorized {
		t.Errorf("a wrong password is %v", wrong)
	}
}

// Ten thousand tries in a minute, each way an attacker may spread them, come to
// at most twenty hashes; eighty where each comes from an address of its own, so
// that the owner of the login is not kept out.
func TestLoginBruteForce(t *testing.T) {
	ways := map[string]func(i int) (client, login string){
		"one address, one login":     func(int) (string, string) { return "1.1.1.1", "planner" },
		"one address, many logins":   func(i int) (string, string) { return "1.1.1.1", fmt.Sprint("u", i) },
		"many addresses, one login":  func(i int) (string, string) { return fmt.Sprint("a", i), "planner" },
		"few addresses, one login":   func(i int) (string, string) { return fmt.Sprint("a", i%7), "planner" },
		"one address, unknown login": func(int) (string, string) { return "1.1.1.1", "nobody" },
	}
	for name, way := range ways {
		c := newClock()
		l, users := cheapLogins(t, c)
		for i := range 10_000 {
			c.advance(6 * time.Millisecond)
			client, login := way(i)
			if _, err := l.check(t.Context(), users, client, login, "wrong"); err == nil {
				t.Fatalf("%s: a wrong password was right", name)
			}
		}
		if n := users.asked.Load(); n > 80 || n == 0 || !strings.HasPrefix(name, "many addresses") && !strings.HasPrefix(name, "few") && n > 20 {
			t.Errorf("%s: %d hashes in a minute", name, n)
		}
	}
}

// Somebody who types a wrong password over and over elsewhere does not keep the
// owner out, and an owner who signs in all day never runs out of tries.
func TestLoginIsNotLocked(t *testing.T) {
	c := newClock()
	l, users := cheapLogins(t, c)
	for range 1000 {
		_, _ = l.check(t.Context(), users, "attacker", "planner", "wrong")
	}
	if _, err := l.check(t.Context(), users, "office", "planner", "right"); err != nil {
		t.Errorf("the owner is kept out: %v", err)
	}
	for i := range 100 {
		if _, err := l.check(t.Context(), users, "office", "planner", "right"); err != nil {
			t.Fatalf("sign-in number %d: %v", i+2, err)
		}
	}
}

// Nor do tries from several addresses.
func TestLoginIsNotLockedByAFewAddresses(t *testing.T) {
	c := newClock()
	l, users := cheapLogins(t, c)
	for i := range 300 {
		_, _ = l.check(t.Context(), users, fmt.Sprint("attacker", i%3), "planner", "wrong")
	}
	for i := range 12 {
		_, _ = l.check(t.Context(), users, fmt.Sprint("more", i), "planner", "wrong")
	}
	if _, err := l.check(t.Context(), users, "fresh", "planner", "right"); err != nil {
		t.Errorf("the owner is kept out: %v", err)
	}
}

func TestLoginQueueIsBounded(t *testing.T) {
	c := newClock()
	l, users := cheapLogins(t, c)
	users.wait = make(chan struct{})
	const tries = 100
	var status [tries]int
	var all sync.WaitGroup
	for i := range tries {
		all.Go(func() {
			_, err := l.check(t.Context(), users, fmt.Sprint("ip", i), fmt.Sprint("u", i), "wrong")
			status[i] = problemOf(err, chinese).Status
		})
	}
	// Those beyond the queue are answered while the others still wait.
	for refused := 0; refused < tries-hashesAtOnce-hashQueue; {
		time.Sleep(time.Millisecond)
		refused = tries - len(l.queued)
		if t.Context().Err() != nil {
			t.Fatal("the queue took everybody")
		}
	}
	if n := users.asked.Load(); n > hashesAtOnce {
		t.Errorf("%d hashes run at once", n)
	}
	close(users.wait)
	all.Wait()
	count := map[int]int{}
	for _, s := range status {
		count[s]++
	}
	if count[401]+count[429] != tries || count[429] == 0 || count[401] < hashesAtOnce {
		t.Errorf("answers: %v", count)
	}
}

// cheapHash is an argon2id hash of the least cost that is accepted.
func cheapHash(password string) string {
	salt := []byte("saltsaltsaltsalt")
	key := argon2.IDKey([]byte(password), salt, 1, 8, 1, keyBytes)
	b64 := base64.RawStdEncoding
	return "$argon2id$v=19$m=8,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key)
}
