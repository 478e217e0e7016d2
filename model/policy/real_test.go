package policy

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bulkhead/internal/corpus"
	"bulkhead/model/catalog"
)

var (
	wholeCorpus = flag.Bool("whole", false, "prove about every policy of the corpus and of AWS's, not about a part of them")
	mutations   = flag.Uint64("mutations", 1, "the seed of the changes that are made to real policies")
)

// realPolicies are identity policies that people wrote: those in the corpus's JSON files and templates, and AWS's own.
func realPolicies(t *testing.T) []*Document {
	t.Helper()
	var out []*Document
	seen := map[string]bool{}
	keep := func(d *Document) {
		if len(d.Statements) == 0 || slices.ContainsFunc(d.Statements, func(s *Statement) bool {
			return s.Principals != nil || s.Resources == nil || len(s.Actions) == 0 || len(s.Resources) == 0
		}) {
			return
		}
		if text, err := d.Format(); err == nil && !seen[string(text)] {
			seen[string(text)] = true
			out = append(out, d)
		}
	}
	put := func(data []byte) {
		if d, err := Parse(data); err == nil {
			keep(d)
		}
	}
	var find func(v any)
	find = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["Statement"] != nil {
				if data, err := json.Marshal(v); err == nil {
					put(data)
				}
				return
			}
			for _, k := range slices.Sorted(maps.Keys(v)) {
				find(v[k])
			}
		case []any:
			for _, x := range v {
				find(x)
			}
		case string:
			if text, err := url.PathUnescape(v); err == nil && strings.Contains(text, `"Statement"`) {
				put([]byte(text))
			}
		}
	}
	err := filepath.WalkDir(corpus.Dir(t), func(path string, e fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || e.IsDir() || ext != ".json" && ext != ".jsonl" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for d := json.NewDecoder(strings.NewReader(string(data))); ; {
			var v any
			if d.Decode(&v) != nil {
				return nil
			}
			find(v)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	c := catalog.Load()
	for _, name := range c.ManagedPolicies() {
		put(c.ManagedPolicy(name).Document)
	}
	for _, d := range TemplatePolicies(t) {
		keep(d)
	}
	return out
}

// TemplatePolicies reads the corpus's templates, which takes packages that this one must not know.
var TemplatePolicies func(t *testing.T) []*Document

// An attack looks for requests that from allows and to does not.
type attack struct {
	r        *rand.Rand
	from, to *Stack
	allows   []*statement // of from's identity policies
	others   []*statement // of all layers of both
}

func newAttack(r *rand.Rand, from, to *Stack) *attack {
	a := &attack{r: r, from: from, to: to}
	for _, s := range []*Stack{from, to} {
		for _, p := range append([]*Program{s.Identity, s.Boundary, s.Session, s.Endpoint}, slices.Concat(slices.Concat(s.SCPs, s.RCPs)...)...) {
			if p != nil {
				a.others = append(a.others, p.statements...)
			}
		}
	}
	for _, s := range from.Identity.statements {
		if s.effect == Allow {
			a.allows = append(a.allows, s)
		}
	}
	return a
}

// fill writes a string that a pattern matches.
func (a *attack) fill(p *pattern, req *Request) string {
	var word []symbol
	for _, s := range p.list() {
		switch s.kind {
		case many, field:
			word = append(word, symbols(of(a.r, []string{"", "a", "x/y", "team-a", "-prod", "data/secret", "us-east-1"}), syntax{})...)
		case one, oneField:
			word = append(word, symbol{char: of(a.r, []rune("abx1-"))})
		default:
			word = append(word, s)
		}
	}
	return fillWord(word, req)
}

// requests are drawn near the statements of both: the action and resource from one of from's, the resource often
// within one of the others as well, conditions of both met or not.
func (a *attack) request() Request {
	req := Request{Principal: witnessPrincipal, ResourceAccount: witnessAccount, Context: Context{}, S3: S3Settings{ABAC: On}}
	st := of(a.r, a.allows)
	action := of(a.r, st.actions)
	if st.notAction {
		action = of(a.r, of(a.r, a.others).actions)
	}
	text := action.source()
	if known := catalog.Load().Expand(text); len(known) > 0 {
		req.Action = of(a.r, known).String()
	} else {
		req.Action = a.fill(&action, &req)
	}
	resource := pattern{shape: shapeAny}
	if !st.notResource {
		resource = of(a.r, st.resources)
	}
	req.Resource = a.fill(&resource, &req)
	if other := of(a.r, a.others); len(other.resources) > 0 && a.r.IntN(2) == 0 {
		p := of(a.r, other.resources)
		if resource.shape == shapeAny {
			req.Resource = a.fill(&p, &req)
		} else if example, ok := Overlap(resource.source(), p.source()); ok && !strings.Contains(example, "${") {
			req.Resource = example
		}
	}
	if a.r.IntN(4) == 0 {
		req.Resource = beside(a.r, req.Resource)
	}
	for i := range st.conditions {
		settle(&st.conditions[i], true, &req, nil)
	}
	for range a.r.IntN(3) {
		if other := of(a.r, a.others); len(other.conditions) > 0 {
			c := &other.conditions[a.r.IntN(len(other.conditions))]
			settle(c, a.r.IntN(2) == 0, &req, nil)
		}
	}
	if s := lowerASCII(req.Action); strings.HasPrefix(s, "kms:") || strings.HasPrefix(s, "sts:") {
		req.ResourcePolicy = delegating
	}
	return req
}

// beside changes a text by one character, mostly near its end: what is just outside of a pattern.
func beside(r *rand.Rand, text string) string {
	i := len(text) - r.IntN(min(len(text), 6)+1)
	c := string(of(r, []rune("ax/-1")))
	switch {
	case r.IntN(2) == 0 || i == len(text):
		return text[:i] + c + text[i:]
	case r.IntN(2) == 0:
		return text[:i] + text[i+1:]
	}
	return text[:i] + c + text[i+1:]
}

// find tries so many requests; nil where none shows that from allows more.
func (a *attack) find(tries int) (found *Request, allowed int) {
	if len(a.allows) == 0 {
		return nil, 0
	}
	for range tries {
		req := a.request()
		if f, ok := splitARN(req.Resource); req.Resource != "*" && (!ok || f[1] == "" || f[2] == "" || f[5] == "") {
			continue // no resource is called so
		}
		if d := a.from.Evaluate(req); d.Outcome == Allowed && d.Must {
			allowed++
			if a.to.Evaluate(req).Outcome != Allowed {
				return &req, allowed
			}
		}
	}
	return nil, allowed
}

// A trial asks Within and holds what it answers against requests.
type trial struct {
	t       *testing.T
	r       *rand.Rand
	answers map[string]*[3]int // by class
	most    int                // answers of a hundred that may be unknown
	asked   int
	allowed int // requests that were tried against a yes and allowed
	slowest time.Duration
	slow    string
}

func newTrial(t *testing.T, seed uint64) *trial {
	return &trial{t: t, r: rand.New(rand.NewPCG(seed, 2)), answers: map[string]*[3]int{}, most: 2}
}

func (x *trial) ask(class string, i int, a, b *Stack) Answer {
	x.t.Helper()
	start := time.Now()
	v := a.Within(b)
	if d := time.Since(start); d > x.slowest {
		x.slowest, x.slow = d, fmt.Sprintf("%s of policy %d", class, i)
	}
	checkVerdict(x.t, a, b, v)
	if x.answers[class] == nil {
		x.answers[class] = &[3]int{}
	}
	x.answers[class][v.Answer]++
	x.asked++
	switch v.Answer {
	case Yes:
		found, allowed := newAttack(x.r, a, b).find(60)
		x.allowed += allowed
		if found != nil {
			x.t.Errorf("policy %d, %s, is called within, but %+v", i, class, found)
		}
	case Unknown:
		x.t.Logf("policy %d, %s: %s", i, class, v.Why)
	case No:
	}
	return v.Answer
}

// both asks of a smaller and a greater stack, and as a widening.
func (x *trial) both(name string, i int, less, more *Stack) {
	x.t.Helper()
	if x.ask("less by "+name, i, less, more) == No {
		x.t.Errorf("policy %d with %s is called wider", i, name)
	}
	x.ask("more by "+name, i, more, less)
}

// same asks of two stacks that allow the same.
func (x *trial) same(name string, i int, a, b *Stack) {
	x.t.Helper()
	for _, p := range [][2]*Stack{{a, b}, {b, a}} {
		if x.ask("same by "+name, i, p[0], p[1]) == No {
			x.t.Errorf("policy %d with %s is called wider", i, name)
		}
	}
}

func (x *trial) conclude(policies int) {
	x.t.Helper()
	unknown := 0
	for _, class := range slices.Sorted(maps.Keys(x.answers)) {
		n := x.answers[class]
		unknown += n[Unknown]
		x.t.Logf("%-60s yes %4d  no %4d  unknown %d", class, n[Yes], n[No], n[Unknown])
	}
	x.t.Logf("%d policies, %d questions, %d unknown (%.2f %%); %d allowed requests against what is a yes; slowest %v: %s",
		policies, x.asked, unknown, 100*float64(unknown)/float64(x.asked), x.allowed, x.slowest.Round(time.Millisecond), x.slow)
	if unknown*100 > x.asked*x.most {
		x.t.Errorf("%d of %d answers are unknown, more than %d %%", unknown, x.asked, x.most)
	}
	if x.allowed < x.asked {
		x.t.Errorf("only %d allowed requests were tried: that proves little", x.allowed)
	}
}

func (x *trial) compile(d *Document) *Program {
	x.t.Helper()
	p, err := Compile(catalog.Load(), d)
	if err != nil {
		x.t.Fatal(err)
	}
	return p
}

// step is how many real policies to go on by.
func step(most int) int {
	if *wholeCorpus {
		return 1
	}
	return most
}

// Policies that people wrote, each with a random tightening, asked in both directions: whether the smaller is within
// the greater, and, as a widening, the greater within the smaller. No answer is wrong and few are unknown.
func TestWithinRealPolicies(t *testing.T) {
	docs := realPolicies(t)
	x := newTrial(t, *mutations)
	stack := func(d *Document) *Stack { return &Stack{Identity: x.compile(d)} }
	var bounds []*Program
	for _, l := range limits {
		bounds = append(bounds, MustCompile(mustParse(t, l)))
	}
	r := x.r
	for i := 0; i < len(docs); i += step(9) {
		d := docs[i]
		done := 0
		for _, k := range r.Perm(len(tightenings)) {
			if done == 2 {
				break
			}
			m := tightenings[k]
			if less := m.make(r, d, r.IntN(len(d.Statements))); less != nil {
				done++
				x.both(m.name, i, stack(less), stack(d))
			}
		}
		m := of(r, rewritings)
		if other := m.make(r, d, r.IntN(len(d.Statements))); other != nil {
			x.same(m.name, i, stack(other), stack(d))
		}
		pair, k := of(r, tighter), r.IntN(len(d.Statements))
		put := func(c Condition) *Document {
			return with(d, k, func(s *Statement) bool { s.Conditions = append(s.Conditions, c); return s.Effect == Allow })
		}
		if more := put(pair.loose); more != nil && d.Version == "2012-10-17" {
			x.both(pair.name, i, stack(put(pair.tight)), stack(more))
		}
		l := of(r, tighteningLayers)
		less, more := stack(d), stack(d)
		l.put(less, of(r, bounds))
		x.both(l.name, i, less, more)
	}
	x.conclude(len(docs))
}

// Stacks of policies that people wrote, one layer of each tightened.
func TestWithinRealStacks(t *testing.T) {
	docs := realPolicies(t)
	x := newTrial(t, *mutations+100)
	r := x.r
	limit := func() *Document {
		if r.IntN(2) == 0 {
			return mustParse(t, of(r, limits))
		}
		return of(r, docs)
	}
	for i := 0; i < len(docs); i += step(9) {
		// Layers that overlap: two identity policies, one of which often comes again in a layer that limits.
		layers := [][]*Document{{docs[i], of(r, docs)}, {limit(), docs[i]}, {limit(), docs[i]}, {limit()}, {limit(), limit(), docs[i]}, {denying(of(r, docs)), denying(limit())}, {limit(), docs[i]}}
		make := func(layers [][]*Document) *Stack {
			programs := [7]*Program{}
			for k, list := range layers {
				p, err := Compile(catalog.Load(), list...)
				if err != nil {
					t.Fatal(err)
				}
				programs[k] = p
			}
			s := &Stack{Identity: programs[0]}
			if i%2 == 0 {
				s.Boundary = programs[1]
			}
			if i%3 == 0 {
				s.Session = programs[2]
			}
			if i%5 != 0 {
				s.SCPs = [][]*Program{{programs[3], programs[4]}, {programs[4]}}
			}
			if i%7 < 3 {
				s.RCPs = [][]*Program{{programs[5]}}
			}
			if i%4 == 0 {
				s.Endpoint = programs[6]
			}
			return s
		}
		k := r.IntN(len(layers))
		n := r.IntN(len(layers[k]))
		for range 20 {
			m := of(r, tightenings)
			d := layers[k][n]
			less := m.make(r, d, r.IntN(len(d.Statements)))
			if less == nil {
				continue
			}
			smaller := slices.Clone(layers)
			smaller[k] = slices.Clone(layers[k])
			smaller[k][n] = less
			x.both([]string{"identity", "boundary", "session", "SCP", "SCPs", "RCP", "endpoint"}[k]+": "+m.name, i, make(smaller), make(layers))
			break
		}
	}
	x.conclude(len(docs))
}
