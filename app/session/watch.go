package session

import "sync"

// watchers calls back with states, each watcher from a goroutine of its own, the latest state at a time.
type watchers struct {
	mu     sync.Mutex
	all    map[*watcher]bool
	closed bool
}

type watcher struct {
	next chan State // holds one state: the latest that was not delivered
	stop chan struct{}
}

func (w *watchers) add(f func(State), now State) (stop func()) {
	one := &watcher{next: make(chan State, 1), stop: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return func() {}
	}
	if w.all == nil {
		w.all = map[*watcher]bool{}
	}
	w.all[one] = true
	one.next <- now
	go func() {
		for {
			select {
			case <-one.stop:
				return
			case s := <-one.next:
				f(s)
			}
		}
	}()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.all[one] {
			delete(w.all, one)
			close(one.stop)
		}
	}
}

func (w *watchers) publish(s State) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.all {
		select {
		case <-one.next: // an older state that nobody saw
		default:
		}
		one.next <- s
	}
}

func (w *watchers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.all {
		close(one.stop)
	}
	w.all, w.closed = nil, true
}
