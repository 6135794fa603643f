package postgis

import (
	"context"
	"math/rand/v2"
	"time"

	"tengdi/geo"
)

// feedLink is one listening connection of a feed.
type feedLink interface {
	// look reads the audience's state and what changed after the given one. It ends,
	// with an error, also when nobody answers any more.
	look(ctx context.Context, after MapState) (MapNews, error)
	// await returns true after a notification, and false when there was none for
	// that long. An error means that the link is broken.
	await(ctx context.Context, atMost time.Duration) (woken bool, err error)
	close(ctx context.Context)
}

// feed is one follower on its way through the changes: what it needs of the
// world is named here, so that a test can break it.
type feed struct {
	aud   geo.Audience
	after MapState // what fn has taken
	fn    func(MapNews) error

	dial   func(context.Context) (feedLink, error) // listens before it returns
	now    func() time.Time
	pause  func(context.Context, time.Duration) // after a failure, at most until ctx ends
	failed func()
	works  func(context.Context) // after each look that fn took
	logf   func(string, ...any)

	pace pace
}

// run follows until ctx ends, whose error it returns.
func (f *feed) run(ctx context.Context) error {
	wait := firstRetry
	for {
		progress, err := f.follow(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if progress {
			wait = firstRetry
		}
		f.failed()
		length := wait/2 + rand.N(wait/2) // so that the feeds do not come back together
		f.logf("feed of %s failed at revision %d, trying again in %s: %v", f.aud, f.after.Revision, length.Round(time.Millisecond), err)
		f.pause(ctx, length)
		wait = min(2*wait, lastRetry)
	}
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}

// follow listens on one link until it breaks or fn fails; progress says that the
// feed got on: it looked, and fn took what there was.
func (f *feed) follow(ctx context.Context) (progress bool, err error) {
	// What commits between the dial, which listens, and the look wakes us.
	link, err := f.dial(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		link.close(end)
	}()
	for {
		news, err := link.look(ctx, f.after)
		if err != nil {
			return progress, err
		}
		if news.At.Revision != f.after.Revision || len(news.Changes) > 0 {
			if err := f.fn(news); err != nil {
				return progress, err
			}
		}
		f.after = news.At
		progress = true
		f.works(ctx)
		if err := f.awaken(ctx, link); err != nil {
			return progress, err
		}
	}
}

// awaken returns when there may be something to read: after a notification, as
// soon as the pace allows, or when it is time to look anyway.
func (f *feed) awaken(ctx context.Context, link feedLink) error {
	woken, err := link.await(ctx, lookAnyway)
	if err != nil || !woken {
		return err
	}
	// What comes while the feed holds back is read with the rest.
	now := f.now()
	until := now.Add(f.pace.hold(now))
	for left := until.Sub(now); left > 0; left = until.Sub(f.now()) {
		if _, err := link.await(ctx, left); err != nil {
			return err
		}
	}
	return nil
}
