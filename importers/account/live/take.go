package live

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what is read, and how.
type Options struct {
	Regions []string
	// Services are the prefixes of those that are asked ("lambda", "s3"), IAM and Organizations beside; nil: all.
	Services []string
	// Template is handed the templates of CloudFormation's stacks, which are read for it alone; nil: they are not read. A
	// template may hold anything: it is in no snapshot and no journal.
	Template func(region, stack string, body []byte) error
	// LastAccessed asks IAM when each function's role last used which action. IAM makes a report a role for it.
	LastAccessed bool
	Parallel     int              // calls under way at once; 24 if 0
	Journal      string           // path of what was answered so far, to go on from after an interruption; "" for none
	Progress     func(p Progress) // called now and then, from one goroutine at a time; nil for nobody
	Above        *Client          // asks the organization; nil: who reads the account
	now          func() time.Time
}

// A Progress tells how far an import is.
type Progress struct {
	Done, Known int // calls; more become known while things are found
	Kept        int // of those done, that were answered before an interruption
	Problems    int
	Call        string // the last: "lambda:GetPolicy"
	Region      string
	Elapsed     time.Duration
	Left        time.Duration // by the pace so far; 0 while that says nothing
}

// A Stopped is an import that could not go on. What was answered is kept in the journal.
type Stopped struct {
	Err  error
	Done int // calls that were answered
}

func (s *Stopped) Error() string { return s.Err.Error() }
func (s *Stopped) Unwrap() error { return s.Err }

// hopeless is how many calls of one kind have to fail for good, with none going through between, for the others to be spared.
const hopeless = 8

// outages is how many calls, not all of one kind, have to get nowhere, with none going through between, for the way to AWS to be
// gone.
const outages = 12

// A taker takes one snapshot.
type taker struct {
	client  *Client
	who     Identity
	options Options
	pace    *pace
	journal *journal
	stop    context.CancelCauseFunc
	started time.Time

	done, known, kept, fresh atomic.Int64
	wg                       sync.WaitGroup

	mu       sync.Mutex
	snapshot *Snapshot
	problems map[problemKey]*problemCount
	missing  map[string]bool // calls that there are not: by region and call
	nowhere  []string        // kinds of the calls in a row that did not get to AWS, or were not known there
	broken   map[string]int  // how often in a row calls of one kind failed for good, by region and call
	told     time.Time
	aliases  map[string]string   // of keys: ARN of the alias → ARN of the key
	tagged   map[string][]Tag    // by ARN
	instead  map[problemKey]bool // calls that there are not, and others were made for
	spared   map[problemKey]bool // calls that were not made since others of their kind failed
}

// Take reads the account. An error is a *Stopped where it may go on later from its journal, or the context's.
func (c *Client) Take(ctx context.Context, who Identity, o Options) (*Snapshot, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if o.now == nil {
		o.now = time.Now
	}
	t := &taker{client: c, who: who, options: o, pace: newPace(cmp.Or(o.Parallel, 24)), stop: stop, started: time.Now(),
		snapshot: newSnapshot(who, o), problems: map[problemKey]*problemCount{}, missing: map[string]bool{}, broken: map[string]int{},
		aliases: map[string]string{}, tagged: map[string][]Tag{}, spared: map[problemKey]bool{}, instead: map[problemKey]bool{}}
	var err error
	if t.journal, err = openJournal(o.Journal, who, o); err != nil {
		return nil, err
	}
	defer t.journal.close() //nolint:errcheck // it is closed by hand where that matters
	t.plan(ctx)
	t.wg.Wait()
	if o.LastAccessed {
		for _, role := range t.roles() {
			t.beside(func() { t.accessedOf(ctx, role) })
		}
		t.wg.Wait()
	}
	if o.Template != nil {
		for _, s := range t.snapshot.Stacks {
			t.beside(func() { t.template(ctx, s) })
		}
		t.wg.Wait()
	}
	err = context.Cause(ctx)
	if err == nil && t.lost() {
		_, err = c.Caller(ctx)
	}
	if err != nil {
		return nil, &Stopped{Err: err, Done: int(t.fresh.Load() + t.kept.Load())}
	}
	if t.fresh.Load() == 0 && t.kept.Load() == 0 {
		return nil, t.nothing()
	}
	t.finish()
	if err := t.journal.close(); err != nil {
		return nil, err
	}
	return t.snapshot, nil
}

// plan starts all that is to be read.
func (t *taker) plan(ctx context.Context) {
	t.beside(func() { t.identities(ctx) })
	t.beside(func() { t.storage(ctx) })
	t.beside(func() { t.guardrails(ctx) })
	for _, region := range t.options.Regions {
		for _, read := range regional {
			t.beside(func() { read(t, ctx, region) })
		}
	}
}

// regional reads what a region has, a service each.
var regional []func(t *taker, ctx context.Context, region string)

// beside reads beside what is being read.
func (t *taker) beside(f func()) {
	t.wg.Add(1)
	go func() {
		defer t.wg.Done()
		f()
	}()
}

// each reads all of a list beside each other, and waits for none.
func each[T any](t *taker, list []T, f func(T)) {
	for _, x := range list {
		t.beside(func() { f(x) })
	}
}

// keep changes the snapshot.
func (t *taker) keep(f func(s *Snapshot)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.snapshot)
}

// ask makes a call, trying again what may pass, and reports whether it was answered. That there is nothing is an answer; what
// is not becomes a problem of the snapshot. about is what the call is about, for people; "" where it is about all.
func ask[Out any](ctx context.Context, t *taker, region string, o *operation, in args, about string) (*Out, bool) {
	out := new(Out)
	if !t.options.asks(o) {
		return nil, false
	}
	t.known.Add(1)
	defer func() {
		t.done.Add(1)
		t.tell(o, region)
	}()
	key := o.key(region, in)
	if answer, ok := t.journal.find(key); ok {
		if answer == nil {
			t.kept.Add(1)
			return nil, false
		}
		if json.Unmarshal(answer, out) == nil {
			t.kept.Add(1)
			return out, true
		}
		out = new(Out)
	}
	err := t.try(ctx, region, o, in, out)
	var f *Fault
	switch {
	case err == nil:
		t.fresh.Add(1)
		t.journal.add(key, out)
		return out, true
	case !errors.As(err, &f):
		t.stop(err)
		return nil, false
	case slices.Contains(o.absent, f.Code) && f.Err == nil:
		t.fresh.Add(1)
		t.journal.add(key, nil)
		return nil, false
	}
	t.problem(o, region, about, f)
	return nil, false
}

// try makes a call until it goes through, or must be taken to fail.
func (t *taker) try(ctx context.Context, region string, o *operation, in args, out any) error {
	there := region + " " + o.String()
	t.mu.Lock()
	gone, broken := t.missing[there], t.broken[there] >= hopeless
	t.mu.Unlock()
	switch {
	case gone:
		return &Fault{Call: o.String(), Region: region, Status: http.StatusNotImplemented, Code: "NotImplemented"}
	case broken:
		return &Fault{Call: o.String(), Region: region, Hopeless: true}
	}
	gate := t.pace.gate(region + " " + o.of.name)
	for try := 1; ; try++ {
		if err := t.pace.enter(ctx, gate); err != nil {
			return err
		}
		reflect.ValueOf(out).Elem().SetZero() // of what came of an answer that broke off
		err := t.of(o).call(ctx, region, o, in, out)
		t.pace.leave(gate)
		var f *Fault
		if !errors.As(err, &f) {
			if err == nil {
				gate.went(false)
				t.wentThrough(there)
			}
			return err
		}
		gate.went(f.throttled())
		if f.Err == nil && !f.Page && !f.Unknown() {
			t.answered()
		}
		switch {
		case f.Expired() || f.Skewed():
			return errors.New(t.client.explain(f)) // all others would fail as well
		case f.Unknown(): // in a region that is not enabled, say
			if t.gotNowhere(there) {
				return errors.New(t.client.explain(f))
			}
			return f
		case f.Missing():
			t.mu.Lock()
			t.missing[there] = true
			t.mu.Unlock()
			return f
		}
		most := otherTries
		switch {
		case f.throttled():
			most = throttleTries
		case f.timedOut():
			most = lateTries
		}
		t.mu.Lock()
		if t.broken[there] >= hopeless {
			most = 0
		}
		t.mu.Unlock()
		if !f.again() || try >= most {
			if f.again() {
				t.mu.Lock()
				t.broken[there]++
				t.mu.Unlock()
			}
			if (f.Err != nil || f.Page && f.Status < 300) && t.gotNowhere(there) {
				return fmt.Errorf("the way to AWS is gone: %s", f.Reason())
			}
			return f
		}
		wait := time.NewTimer(pause(try, f.after))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return context.Cause(ctx)
		}
	}
}

// of is the client that makes a call.
func (t *taker) of(o *operation) *Client {
	if o.of == organizationsService && t.options.Above != nil {
		return t.options.Above
	}
	return t.client
}

// wentThrough notes that a call of a kind was answered as it should be.
func (t *taker) wentThrough(there string) {
	t.answered()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.broken, there)
}

// answered notes that AWS was there, whatever it said.
func (t *taker) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nowhere = t.nowhere[:0]
}

// lost reports whether the last calls got nowhere, too few of them to be sure that the way to AWS is gone: what was not read
// would be told as not seen, one by one.
func (t *taker) lost() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.nowhere) > 0
}

// gotNowhere notes that a call of a kind did not get to AWS, and reports whether the way there is gone.
func (t *taker) gotNowhere(there string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nowhere = append(t.nowhere, there)
	return len(t.nowhere) >= outages && slices.ContainsFunc(t.nowhere, func(s string) bool { return s != there })
}

// lacks reports whether there is no such call in a region, and another will be made in its place: then that decides what was
// not seen.
func (t *taker) lacks(region string, o *operation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.missing[region+" "+o.String()] {
		return false
	}
	t.instead[problemKey{o.String(), region, ""}] = true
	return true
}

// pages makes a call for each page of its answer and hands them on, in order. It reports whether all were answered.
func pages[Out any](ctx context.Context, t *taker, region string, o *operation, in args, about string, f func(*Out)) bool {
	t.journal.forget(unfinished[Out](t, region, o, in))
	seen := map[string]bool{}
	for {
		out, ok := ask[Out](ctx, t, region, o, in, about)
		if !ok {
			return false
		}
		f(out)
		if in = following(in, out, seen); in == nil {
			return true
		}
	}
}

// following is what the page behind a page is asked with, nil behind the last. Some emulators hand out the same page for ever.
func following(in args, out any, seen map[string]bool) args {
	name, next := token(out)
	if next == "" || seen[next] {
		return nil
	}
	seen[next] = true
	asked := args{}
	maps.Copy(asked, in)
	asked[name] = next
	return asked
}

// unfinished are the pages that the journal has of a list that was broken off: what asks for the next of them lasts for some
// minutes with some services, so that such a list is read again from its first page.
func unfinished[Out any](t *taker, region string, o *operation, in args) []string {
	var keys []string
	seen := map[string]bool{}
	for more := true; more; more = in != nil {
		key := o.key(region, in)
		answer, ok := t.journal.find(key)
		if !ok {
			return keys
		}
		out := new(Out)
		if answer == nil || json.Unmarshal(answer, out) != nil {
			return nil
		}
		keys = append(keys, key)
		in = following(in, out, seen)
	}
	return nil
}

// problemKey tells problems apart: those of one call in one region for one reason are one.
type problemKey struct{ call, region, reason string }

type problemCount struct {
	about []string
	many  bool // about so many that they are not listed
}

// problem notes a call that was not answered.
func (t *taker) problem(o *operation, region, about string, f *Fault) {
	if o.of.global || o.of == s3Service {
		region = ""
	}
	if f.Hopeless {
		t.mu.Lock()
		t.spared[problemKey{o.String(), region, ""}] = true
		t.mu.Unlock()
		return
	}
	t.note(o.String(), region, f.Reason(), about, f.Missing())
}

func (t *taker) note(call, region, reason, about string, many bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := problemKey{call, region, reason}
	p := t.problems[k]
	if p == nil {
		p = &problemCount{}
		t.problems[k] = p
	}
	p.many = p.many || many
	if about != "" && !slices.Contains(p.about, about) {
		p.about = append(p.about, about)
	}
}

// tell reports progress, a few times a second.
func (t *taker) tell(o *operation, region string) {
	if t.options.Progress == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if now.Sub(t.told) < 200*time.Millisecond {
		return
	}
	t.told = now
	p := Progress{Done: int(t.done.Load()), Known: int(t.known.Load()), Kept: int(t.kept.Load()), Problems: len(t.problems), Call: o.String(), Region: region,
		Elapsed: now.Sub(t.started)}
	if asked := p.Done - p.Kept; asked >= 50 && p.Known > p.Done {
		p.Left = time.Duration(float64(p.Elapsed) / float64(asked) * float64(p.Known-p.Done)).Round(time.Second)
	}
	t.options.Progress(p)
}

// nothing is the error of an account that answered no call.
func (t *taker) nothing() error {
	denied := false
	reasons := map[string]bool{}
	for k := range t.problems {
		denied = denied || strings.HasPrefix(k.reason, "not allowed")
		reasons[k.reason] = true
	}
	if denied {
		return fmt.Errorf("%s may read nothing in account %s: give it the policy that `bulkhead import account --print-policy` prints", t.who.ARN, t.who.Account)
	}
	var all []string
	for r := range reasons {
		all = append(all, r)
	}
	slices.Sort(all)
	return fmt.Errorf("account %s answered no call (%s): check the region and the endpoint", t.who.Account, strings.Join(all, "; "))
}

// roles are the roles of the account's functions.
func (t *taker) roles() []string {
	var out []string
	for _, f := range t.snapshot.Functions {
		if f.Role != "" {
			out = append(out, f.Role)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// finish puts the snapshot in order.
func (t *taker) finish() {
	names := map[string]string{} // of keys: people know them by their aliases
	for _, alias := range slices.Backward(slices.Sorted(maps.Keys(t.aliases))) {
		names[t.aliases[alias]] = alias[strings.LastIndex(alias, ":alias/")+len(":alias/"):]
	}
	t.withoutTheirs()
	for i := range t.snapshot.Resources {
		r := &t.snapshot.Resources[i]
		r.KmsKeyArn = cmp.Or(t.aliases[r.KmsKeyArn], r.KmsKeyArn)
		r.Tags = t.tagged[r.Arn]
		if r.Type == "AWS::KMS::Key" {
			r.Name = names[r.Arn]
		}
	}
	for i := range t.snapshot.Functions {
		t.snapshot.Functions[i].Tags = t.tagged[t.snapshot.Functions[i].FunctionArn]
	}
	for k, p := range t.problems {
		if t.instead[problemKey{k.call, k.region, ""}] {
			continue
		}
		slices.Sort(p.about)
		e := Problem{Call: k.call + in(k.region), Error: k.reason}
		if !p.many && !t.spared[problemKey{k.call, k.region, ""}] { // else it is about all
			e.About = p.about
		}
		t.snapshot.Problems = append(t.snapshot.Problems, e)
	}
	t.snapshot.sort()
}
