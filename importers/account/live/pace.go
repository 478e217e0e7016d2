package live

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// A pace bounds how many calls are under way: all in all, and to each service in each region, where it gives way to
// throttling and comes back as calls go through.
type pace struct {
	slots chan struct{}
	mu    sync.Mutex
	gates map[string]*gate
}

func newPace(parallel int) *pace {
	return &pace{slots: make(chan struct{}, parallel), gates: map[string]*gate{}}
}

// A gate lets calls to one service in one region through, limit at a time.
type gate struct {
	mu     sync.Mutex
	limit  float64
	most   float64
	under  int
	wait   []chan struct{}
	slowed time.Time // when it last gave way
}

func (p *pace) gate(key string) *gate {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.gates[key]
	if g == nil {
		g = &gate{limit: float64(cap(p.slots)) / 2, most: float64(cap(p.slots))}
		p.gates[key] = g
	}
	return g
}

// enter waits until a call may go through the gate. Who enters leaves.
func (p *pace) enter(ctx context.Context, g *gate) error {
	for {
		g.mu.Lock()
		if float64(g.under) < max(1, g.limit) {
			g.under++
			g.mu.Unlock()
			break
		}
		turn := make(chan struct{})
		g.wait = append(g.wait, turn)
		g.mu.Unlock()
		select {
		case <-turn:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		p.out(g)
		return context.Cause(ctx)
	}
}

func (p *pace) leave(g *gate) {
	<-p.slots
	p.out(g)
}

func (p *pace) out(g *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.under--
	g.wake()
}

// wake lets those go on who wait and fit. Its caller holds the lock.
func (g *gate) wake() {
	for n := int(max(1, g.limit)) - g.under; n > 0 && len(g.wait) > 0; n-- {
		close(g.wait[0])
		g.wait = g.wait[1:]
	}
}

// went tells a gate how a call fared.
func (g *gate) went(throttled bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch now := time.Now(); {
	case !throttled:
		g.limit = min(g.most, g.limit+1/g.limit)
		g.wake()
	case now.Sub(g.slowed) > 500*time.Millisecond:
		g.limit, g.slowed = max(1, g.limit*0.7), now
	}
}

const (
	throttleTries = 12 // of a call that is throttled
	otherTries    = 4  // … that fails in another way that may pass
	lateTries     = 2  // … that is not answered in time
)

// pause is how long to wait before the next try, the first being 1: anything up to a bound that doubles, so that those who
// were turned away together do not come back together.
// https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
func pause(try int, asked time.Duration) time.Duration {
	bound := min(20*time.Second, 100*time.Millisecond<<min(try, 10))
	return asked + time.Duration(rand.Int64N(int64(bound)))
}
