package web

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"tengdi/geo"
)

// UserReader finds accounts. An unknown login is a geo.NotFound.
type UserReader interface {
	User(ctx context.Context, login string) (geo.User, error)
}

// Rehasher keeps a hash of the same password at other costs.
type Rehasher interface {
	Rehash(ctx context.Context, login, old, hash string) (done bool, err error)
}

// logins checks passwords and codes within limits: two hashes at once and a
// short queue, which bounds memory, and token buckets that only failures use up.
//
// Three buckets stand before each check of a password: the address (15, one more
// every 15 s), the login from this address (5, one more every 3 min), and the
// login from anywhere (15, one more every 15 s). When only the last is empty, an
// address has two tries of its own at the login (one more every 3 min), all such
// addresses together 30 (one more every 2 s): a few addresses that keep at a login
// do not keep its owner out elsewhere, and hashes stay bounded. A device that has signed in to
// the login before has a bucket of its own instead of these (5, one more every
// 3 min), and places in the queue that nobody else takes: however many addresses
// keep at a login, its owner gets in. No account is ever locked. Codes of the
// second factor have buckets of their own, as tight.
type logins struct {
	byAddr, byPair, byLogin *buckets
	byDevice                *buckets
	freshPair, freshLogin   *buckets // once byLogin is empty: few tries of each address
	codeByPair, codeByLogin *buckets
	running                 chan struct{} // hashes being computed
	queued                  chan struct{} // those and the ones waiting
	reserved                chan struct{} // the same, of known devices and new passwords
	params                  hashParams
	keep                    Rehasher               // nil = hashes stay as they are
	dummy                   func() (string, error) // the hash that an unknown login is checked against
}

// Bounds on password checks.
const (
	hashesAtOnce   = 2
	hashQueue      = 16
	reservedHashes = 6
)

func newLogins(now func() time.Time, keep Rehasher) *logins {
	const slow, many = 1.0 / 180, 20_000
	l := &logins{
		byAddr:      newBuckets(1.0/15, 15, many, now),
		byPair:      newBuckets(slow, 5, many, now),
		byLogin:     newBuckets(1.0/15, 15, many, now),
		freshPair:   newBuckets(slow, 2, many, now),
		freshLogin:  newBuckets(0.5, 30, many, now),
		byDevice:    newBuckets(slow, 5, many, now),
		codeByPair:  newBuckets(slow, 5, many, now),
		codeByLogin: newBuckets(slow, 10, many, now),
		running:     make(chan struct{}, hashesAtOnce),
		queued:      make(chan struct{}, hashesAtOnce+hashQueue),
		reserved:    make(chan struct{}, reservedHashes),
		params:      ownParams(),
		keep:        keep,
	}
	l.dummy = sync.OnceValues(func() (string, error) { return l.params.hash(rand.Text()) })
	return l
}

// meter is one bucket that a try takes from.
type meter struct {
	b   *buckets
	key string
}

// takeAll takes from each or from none.
func takeAll(meters []meter) error {
	for i, m := range meters {
		if ok, wait := m.b.take(m.key); !ok {
			giveBackAll(meters[:i])
			return tooMany(wait)
		}
	}
	return nil
}

func giveBackAll(meters []meter) {
	for _, m := range meters {
		m.b.giveBack(m.key)
	}
}

// check finds the account that login and password belong to. Every failure is
// the same error and takes the same work, so that nobody learns which logins
// exist.
func (l *logins) check(ctx context.Context, users UserReader, client, login, password string) (geo.User, error) {
	own := []meter{{l.byAddr, client}, {l.byPair, client + " " + login}}
	if ok, _ := l.byLogin.take(login); ok {
		l.byLogin.giveBack(login)
		return l.try(ctx, users, login, password, l.queued, append(own, meter{l.byLogin, login})...)
	}
	return l.try(ctx, users, login, password, l.queued, append(own, meter{l.freshPair, client + " " + login}, meter{l.freshLogin, login})...)
}

// checkFrom is check for a device that has signed in to this login before, or
// for somebody who is signed in: name names it.
func (l *logins) checkFrom(ctx context.Context, users UserReader, name, login, password string) (geo.User, error) {
	return l.try(ctx, users, login, password, l.reserved, meter{l.byDevice, name})
}

func (l *logins) try(ctx context.Context, users UserReader, login, password string, queue chan struct{}, meters ...meter) (geo.User, error) {
	if err := takeAll(meters); err != nil {
		return geo.User{}, err
	}
	u, good, err := l.verify(ctx, users, login, password, queue)
	if good || err != nil { // only wrong passwords count
		giveBackAll(meters)
	}
	switch {
	case err != nil:
		return geo.User{}, err
	case !good:
		return geo.User{}, geo.Errorf(geo.Unauthorized, "Login or password is wrong.", "用户名或密码不正确。")
	}
	return u, nil
}

// checkCode makes one try at a code of the second factor. device names a device
// that is known to the login, "" = none.
func (l *logins) checkCode(client, device, login string, try func() (bool, error)) error {
	meters := []meter{{l.codeByPair, client + " " + login}, {l.codeByLogin, login}}
	if device != "" {
		meters = []meter{{l.codeByPair, device}}
	}
	if err := takeAll(meters); err != nil {
		return err
	}
	good, err := try()
	if good || err != nil {
		giveBackAll(meters)
	}
	if err == nil && !good {
		err = geo.Errorf(geo.Unauthorized, "The code is wrong or was used already.", "验证码不正确或已使用过。")
	}
	return err
}

// enter waits for a turn to compute a hash; leave ends it.
func (l *logins) enter(ctx context.Context, queue chan struct{}) (leave func(), err error) {
	select {
	case queue <- struct{}{}:
	default:
		return nil, tooMany(time.Second)
	}
	select {
	case l.running <- struct{}{}:
		return func() { <-l.running; <-queue }, nil
	case <-ctx.Done():
		<-queue
		return nil, ctx.Err()
	}
}

// verify computes one hash, for an unknown login against the dummy. A right
// password whose hash has other costs than ours is hashed anew.
func (l *logins) verify(ctx context.Context, users UserReader, login, password string, queue chan struct{}) (geo.User, bool, error) {
	leave, err := l.enter(ctx, queue)
	if err != nil {
		return geo.User{}, false, err
	}
	defer leave()
	u, err := users.User(ctx, login)
	known := err == nil && !u.Disabled && u.Role.Staff() && u.Hash != ""
	if err != nil && kindOf(err) != geo.NotFound {
		return geo.User{}, false, err
	}
	// Made by the first to sign in, known or not: a start need not wait for it, and the
	// time it takes tells nothing of the login.
	hash, err := l.dummy()
	if err != nil {
		return geo.User{}, false, err
	}
	if known {
		hash = u.Hash
	}
	match, err := checkPassword(hash, password)
	if err != nil || !known || !match {
		return geo.User{}, false, err
	}
	u, err = l.rehash(ctx, users, u, password)
	return u, err == nil, err
}

// rehash keeps a new hash of the password when the costs have changed since the
// old one was made.
func (l *logins) rehash(ctx context.Context, users UserReader, u geo.User, password string) (geo.User, error) {
	h, err := readHash(u.Hash)
	if err != nil || l.keep == nil || h.hashParams == l.params {
		return u, err
	}
	hash, err := l.params.hash(password)
	if err != nil {
		return u, err
	}
	done, err := l.keep.Rehash(ctx, u.Login, u.Hash, hash)
	if err != nil {
		return u, err
	}
	if done {
		u.Hash = hash
		return u, nil
	}
	// Somebody was faster: another sign-in, or a change of the password.
	now, err := users.User(ctx, u.Login)
	if err == nil && !now.PasswordOn.Equal(u.PasswordOn) {
		err = geo.Errorf(geo.Unauthorized, "Login or password is wrong.", "用户名或密码不正确。")
	}
	return now, err
}
