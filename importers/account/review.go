package account

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A review checks documents while the next ones are read. The zero value is ready.
type review struct {
	batch []reviewed
	asked int         // documents so far
	busy  atomic.Bool // a second hand is at work
	hands sync.WaitGroup
	mutex sync.Mutex
	told  []reviewed // those with findings
}

// A reviewed document is one whose findings stand behind the first after of the reader's own.
type reviewed struct {
	document  *policy.Document
	in        policy.Setting
	no, after int
	found     []source.Diagnostic
}

// add takes a document, which must not change from then on.
func (v *review) add(d *policy.Document, in policy.Setting, after int) {
	v.asked++
	v.batch = append(v.batch, reviewed{document: d, in: in, no: v.asked, after: after})
	if len(v.batch) == 32 {
		v.handOver()
	}
}

// handOver lets a second hand check the batch; the reader's own does where the other is at the last one still.
func (v *review) handOver() {
	batch := v.batch
	v.batch = nil
	if runtime.GOMAXPROCS(0) == 1 || !v.busy.CompareAndSwap(false, true) {
		v.check(batch)
		return
	}
	v.hands.Go(func() {
		v.check(batch)
		v.busy.Store(false)
	})
}

func (v *review) check(batch []reviewed) {
	for _, r := range batch {
		if r.found = r.document.Check(catalog.Load(), r.in); len(r.found) > 0 {
			v.mutex.Lock()
			v.told = append(v.told, r)
			v.mutex.Unlock()
		}
	}
}

// among is what a reader found with what the documents say, in the order of reading.
func (v *review) among(own []source.Diagnostic) []source.Diagnostic {
	v.handOver()
	v.hands.Wait()
	slices.SortFunc(v.told, func(a, b reviewed) int { return cmp.Compare(a.no, b.no) })
	var all []source.Diagnostic
	at := 0
	for _, r := range v.told {
		all = append(append(all, own[at:r.after]...), r.found...)
		at = r.after
	}
	return append(all, own[at:]...)
}
