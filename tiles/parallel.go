package tiles

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls do for 0 to n-1, as many at a time as there are processors, and
// returns when all are done. A panic in do goes on in the caller.
func parallel(n int, do func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var fault atomic.Value
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					fault.CompareAndSwap(nil, &panicked{p})
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
	if p, ok := fault.Load().(*panicked); ok {
		panic(p.what)
	}
}

// panicked carries what a goroutine panicked with.
type panicked struct{ what any }
