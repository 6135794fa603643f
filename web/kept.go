package web

import (
	"context"
	"sync"
	"time"
)

// askAgainAfter is how long a failure to read is not tried again while there is
// an older answer.
const askAgainAfter = time.Second

// kept keeps an answer of the store that changes rarely and that anybody may ask
// for at any rate, so that those who ask do not reach the database. An answer is
// believed while it is fresh; while the store fails, until it is stale.
type kept[T any] struct {
	ask          func(context.Context) (T, error)
	now          func() time.Time
	fresh, stale time.Duration

	mu     sync.Mutex
	read   time.Time // zero = never
	failed time.Time // the last failure
	last   T
}

// get tells the answer. One caller at a time asks the store.
func (k *kept[T]) get(ctx context.Context) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age, have := k.now().Sub(k.read), !k.read.IsZero()
	if have && age < k.fresh {
		return k.last, nil
	}
	usable := have && age < k.stale
	if usable && k.now().Sub(k.failed) < askAgainAfter {
		return k.last, nil
	}
	v, err := k.ask(ctx)
	if err != nil {
		k.failed = k.now()
		if usable {
			return k.last, nil
		}
		var none T
		return none, err
	}
	k.last, k.read = v, k.now()
	return v, nil
}
