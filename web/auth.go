package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"tengdi/geo"
)

// UserReader finds accounts. An unknown login is a geo.NotFound.
type UserReader interface {
	User(ctx context.Context, login string) (geo.User, error)
}

// Bounds on what a person may type.
const (
	maxLogin    = 64  // characters
	maxPassword = 256 // bytes
)

// hashParams are the costs of an argon2id hash (RFC 9106).
type hashParams struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

// ownParams cost 46 MiB and one pass, which the OWASP password storage sheet
// lists as equal to its floor of 19 MiB and two passes.
func ownParams() hashParams { return hashParams{memory: 46 << 10, time: 1, threads: 1} }

const (
	saltBytes = 16
	keyBytes  = 32
)

// HashPassword makes the argon2id hash of a password as a PHC string, for
// geo.User.Hash. It takes about 0.2 s and 46 MiB.
func HashPassword(password string) (string, error) {
	if password == "" || len(password) > maxPassword {
		return "", geo.Errorf(geo.Invalid, "A password has 1 to %d bytes.", "密码长度须为 1 至 %d 字节。", maxPassword)
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	p := ownParams()
	key := argon2.IDKey([]byte(password), salt, p.time, p.memory, p.threads, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// errHash says that a stored hash is no argon2id PHC string that we accept.
var errHash = errors.New("web: the stored password hash cannot be read")

// checkPassword says whether the password belongs to the hash. The costs in the
// hash are bounded, so that a row of the table cannot ask for all the memory.
func checkPassword(hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errHash
	}
	var p hashParams
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil || n != 3 {
		return false, errHash
	}
	if p.memory < 8 || p.memory > 256<<10 || p.time < 1 || p.time > 10 || p.threads < 1 || p.threads > 8 {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return false, errHash
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return false, errHash
	}
	got := argon2.IDKey([]byte(password), salt, p.time, p.memory, p.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// logins checks passwords within limits: two hashes at once and a short queue,
// which bounds memory, and token buckets that only failures use up.
//
// Three buckets stand before each check: the address (15, one more every 15 s),
// the login from this address (5, one more every 3 min), and the login from
// anywhere (15, one more every 15 s). Somebody at another address can therefore
// use up a person's own five tries no more; many addresses together can still
// slow one login down, for as long as they keep at it. No account is ever
// locked.
type logins struct {
	byAddr, byPair, byLogin *buckets
	running                 chan struct{} // hashes being computed
	queued                  chan struct{} // those and the ones waiting
	dummy                   string        // the hash that an unknown login is checked against
}

// Bounds on password checks.
const (
	hashesAtOnce = 2
	hashQueue    = 16
)

func newLogins(now func() time.Time) (*logins, error) {
	dummy, err := HashPassword(rand.Text())
	if err != nil {
		return nil, err
	}
	return &logins{
		byAddr:  newBuckets(1.0/15, 15, 20_000, now),
		byPair:  newBuckets(1.0/180, 5, 20_000, now),
		byLogin: newBuckets(1.0/15, 15, 20_000, now),
		running: make(chan struct{}, hashesAtOnce),
		queued:  make(chan struct{}, hashesAtOnce+hashQueue),
		dummy:   dummy,
	}, nil
}

// check finds the account that login and password belong to. Every failure is
// the same error and takes the same work, so that nobody learns which logins
// exist.
func (l *logins) check(ctx context.Context, users UserReader, client, login, password string) (geo.User, error) {
	pair := client + " " + login
	taken := []struct {
		b   *buckets
		key string
	}{{l.byAddr, client}, {l.byPair, pair}, {l.byLogin, login}}
	for i, t := range taken {
		if ok, wait := t.b.take(t.key); !ok {
			for _, u := range taken[:i] {
				u.b.giveBack(u.key)
			}
			return geo.User{}, tooMany(wait)
		}
	}
	u, good, err := l.verify(ctx, users, login, password)
	if good || err != nil { // only wrong passwords count
		for _, t := range taken {
			t.b.giveBack(t.key)
		}
	}
	switch {
	case err != nil:
		return geo.User{}, err
	case !good:
		return geo.User{}, geo.Errorf(geo.Unauthorized, "Login or password is wrong.", "用户名或密码不正确。")
	}
	return u, nil
}

// verify computes one hash, for an unknown login against the dummy.
func (l *logins) verify(ctx context.Context, users UserReader, login, password string) (geo.User, bool, error) {
	select {
	case l.queued <- struct{}{}:
		defer func() { <-l.queued }()
	default:
		return geo.User{}, false, tooMany(time.Second)
	}
	select {
	case l.running <- struct{}{}:
		defer func() { <-l.running }()
	case <-ctx.Done():
		return geo.User{}, false, ctx.Err()
	}
	u, err := users.User(ctx, login)
	known := err == nil && !u.Disabled && u.Role.Staff()
	if err != nil && kindOf(err) != geo.NotFound {
		return geo.User{}, false, err
	}
	hash := l.dummy
	if known {
		hash = u.Hash
	}
	match, err := checkPassword(hash, password)
	if err != nil {
		return geo.User{}, false, err
	}
	return u, known && match, nil
}
