package reach

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// share parts the numbers below n among as many hands as there are processors. Each goes through its own, some at a time, until
// none are left or the context is done.
func share(ctx context.Context, n int, hand func(mine iter.Seq[int])) {
	if n == 0 {
		return
	}
	const most = 16
	batch := max(1, min(most, n/(4*runtime.GOMAXPROCS(0))))
	var next atomic.Int64
	mine := func(yield func(int) bool) {
		for ctx.Err() == nil {
			end := int(next.Add(int64(batch)))
			for i := end - batch; i < min(end, n); i++ {
				if !yield(i) {
					return
				}
			}
			if end >= n {
				return
			}
		}
	}
	var hands sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+batch-1)/batch) - 1 {
		hands.Go(func() { hand(mine) })
	}
	hand(mine)
	hands.Wait()
}
