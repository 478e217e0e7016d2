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

var wholeCorpus = flag.Bool("whole", false, "prove about every policy of the corpus and of AWS's, not about a part of them")

// realPolicies are identity policies that people wrote: those in the corpus's JSON files, and AWS's own.
func realPolicies(t *testing.T) []*Document {
	t.Helper()
	var out []*Document
	seen := map[string]bool{}
	put := func(data []byte) {
		d, err := Parse(data)
		if err != nil || len(d.Statements) == 0 || slices.ContainsFunc(d.Statements, func(s *Statement) bool {
			return s.Principals != nil || s.Resources == nil || len(s.Actions) == 0 || len(s.Resources) == 0
		}) {
			return
		}
		if text, err := d.Format(); err == nil && !seen[string(text)] {
			seen[string(text)] = true
			out = append(out, d)
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
	return out
}

// A tightening makes a smaller policy of one, or nil where it does not apply. k is the statement to change.
type tightening struct {
	name string
	make func(r *rand.Rand, d *Document, k int) *Document
}

func of[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// with is a document with one statement changed.
func with(d *Document, k int, f func(s *Statement) bool) *Document {
	out := &Document{Version: d.Version, Statements: slices.Clone(d.Statements)}
	s := *d.Statements[k]
	s.Actions, s.Resources, s.Conditions = slices.Clone(s.Actions), slices.Clone(s.Resources), slices.Clone(s.Conditions)
	if !f(&s) {
		return nil
	}
	out.Statements[k] = &s
	return out
}

// allowing changes an Allow.
func allowing(f func(r *rand.Rand, s *Statement) bool) func(*rand.Rand, *Document, int) *Document {
	return func(r *rand.Rand, d *Document, k int) *Document {
		return with(d, k, func(s *Statement) bool { return s.Effect == Allow && f(r, s) })
	}
}

// onCondition changes one condition of an Allow, in a copy.
func onCondition(f func(r *rand.Rand, c *Condition) bool) func(*rand.Rand, *Document, int) *Document {
	return allowing(func(r *rand.Rand, s *Statement) bool {
		if len(s.Conditions) == 0 {
			return false
		}
		c := &s.Conditions[r.IntN(len(s.Conditions))]
		c.Values = slices.Clone(c.Values)
		return f(r, c)
	})
}

// also adds a condition to an Allow.
func also(operator, key string, values ...string) func(*rand.Rand, *Document, int) *Document {
	return allowing(func(_ *rand.Rand, s *Statement) bool {
		for _, c := range s.Conditions {
			if strings.EqualFold(c.Key, key) && strings.EqualFold(c.Operator, operator) {
				return false
			}
		}
		s.Conditions = append(s.Conditions, Condition{operator, key, values})
		return true
	})
}

func narrower(r *rand.Rand, p string) (string, bool) {
	i := strings.LastIndexByte(p, '*')
	if i < 0 {
		if i = strings.IndexByte(p, '?'); i < 0 {
			return p, false
		}
		return p[:i] + "x" + p[i+1:], true
	}
	return p[:i] + of(r, []string{"a*", "*a", "?*", "?", "a", "a*b", "*-prod", "??*"}) + p[i+1:], true
}

var tightenings = []tightening{
	{"an action dropped", allowing(func(r *rand.Rand, s *Statement) bool {
		if len(s.Actions) < 2 || s.NotAction {
			return false
		}
		i := r.IntN(len(s.Actions))
		s.Actions = slices.Delete(s.Actions, i, i+1)
		return true
	})},
	{"a statement dropped", func(_ *rand.Rand, d *Document, k int) *Document {
		if d.Statements[k].Effect != Allow || len(d.Statements) < 2 {
			return nil
		}
		return &Document{Version: d.Version, Statements: slices.Delete(slices.Clone(d.Statements), k, k+1)}
	}},
	{"an action pattern narrowed", allowing(func(r *rand.Rand, s *Statement) bool {
		for _, i := range r.Perm(len(s.Actions)) {
			service, name, ok := strings.Cut(s.Actions[i], ":")
			if s.NotAction || !strings.Contains(name, "*") && s.Actions[i] != "*" {
				continue
			}
			if !ok {
				s.Actions[i] = of(r, []string{"s3:*", "ec2:Describe*", "iam:?et*"})
			} else {
				s.Actions[i] = service + ":" + strings.Replace(name, "*", of(r, []string{"Get*", "*Object", "?*", "L"}), 1)
			}
			return true
		}
		return false
	})},
	{"a wildcard expanded to the actions known", allowing(func(_ *rand.Rand, s *Statement) bool {
		var list []string
		for _, a := range s.Actions {
			for _, known := range catalog.Load().Expand(a) {
				list = append(list, known.String())
			}
		}
		if s.NotAction || len(list) < 2 || len(list) > 3000 || slices.Contains(s.Actions, "*") {
			return false
		}
		s.Actions = list[1:]
		return true
	})},
	{"all actions but some", allowing(func(_ *rand.Rand, s *Statement) bool {
		if s.NotAction || !slices.Contains(s.Actions, "*") {
			return false
		}
		s.NotAction, s.Actions = true, []string{"iam:*", "organizations:*"}
		return true
	})},
	{"an exception among actions", allowing(func(r *rand.Rand, s *Statement) bool {
		if !s.NotAction {
			return false
		}
		s.Actions = append(s.Actions, of(r, []string{"s3:Put*", "ec2:RunInstances", "kms:*"}))
		return true
	})},
	{"a resource dropped", allowing(func(r *rand.Rand, s *Statement) bool {
		if len(s.Resources) < 2 || s.NotResource {
			return false
		}
		i := r.IntN(len(s.Resources))
		s.Resources = slices.Delete(s.Resources, i, i+1)
		return true
	})},
	{"a resource named", allowing(func(r *rand.Rand, s *Statement) bool {
		if s.NotResource || !slices.Contains(s.Resources, "*") {
			return false
		}
		s.Resources = []string{of(r, []string{"arn:aws:s3:::data", "arn:aws:sqs:*:111122223333:q-?", "arn:aws:dynamodb:eu-*:111122223333:table/T*"}), "arn:aws:s3:::data/*"}
		return true
	})},
	{"a resource pattern narrowed", allowing(func(r *rand.Rand, s *Statement) bool {
		for _, i := range r.Perm(len(s.Resources)) {
			if s.NotResource || s.Resources[i] == "*" {
				continue
			}
			if p, ok := narrower(r, s.Resources[i]); ok {
				s.Resources[i] = p
				return true
			}
		}
		return false
	})},
	{"all resources but one", allowing(func(_ *rand.Rand, s *Statement) bool {
		if s.NotResource || !slices.Contains(s.Resources, "*") {
			return false
		}
		s.NotResource, s.Resources = true, []string{"arn:aws:s3:::secret/*"}
		return true
	})},
	{"an exception among resources", allowing(func(_ *rand.Rand, s *Statement) bool {
		if !s.NotResource {
			return false
		}
		s.Resources = append(s.Resources, "arn:aws:s3:::secret/*", "arn:aws:kms:*:*:key/a?c")
		return true
	})},
	{"a resource of one's own", func(r *rand.Rand, d *Document, k int) *Document {
		if d.Version != "2012-10-17" {
			return nil
		}
		return allowing(func(_ *rand.Rand, s *Statement) bool {
			i := slices.IndexFunc(s.Resources, func(p string) bool { return strings.HasSuffix(p, "/*") })
			if s.NotResource || i < 0 {
				return false
			}
			s.Resources[i] = strings.TrimSuffix(s.Resources[i], "*") + "${aws:username}/*"
			return true
		})(r, d, k)
	}},
	{"StringEquals added", also("StringEquals", "aws:PrincipalTag/team", "red", "blue")},
	{"StringLike added", also("StringLike", "aws:RequestedRegion", "eu-*")},
	{"StringNotEquals added", also("StringNotEquals", "aws:RequestedRegion", "us-east-1", "us-east-2")},
	{"StringEqualsIfExists added", also("StringEqualsIfExists", "aws:SourceVpc", "vpc-1")},
	{"ForAnyValue added", also("ForAnyValue:StringEquals", "aws:TagKeys", "team")},
	{"ForAllValues added", also("ForAllValues:StringLike", "aws:TagKeys", "team-*", "cost")},
	{"IpAddress added", also("IpAddress", "aws:SourceIp", "10.0.0.0/8", "203.0.113.0/24")},
	{"NumericLessThan added", also("NumericLessThan", "s3:max-keys", "10")},
	{"DateLessThan added", also("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z")},
	{"Bool added", also("Bool", "aws:MultiFactorAuthPresent", "true")},
	{"Null added", also("Null", "aws:PrincipalTag/team", "false")},
	{"ArnLike added", also("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/app-*")},
	{"a value of a condition dropped", onCondition(func(r *rand.Rand, c *Condition) bool {
		if len(c.Values) < 2 || strings.Contains(c.Operator, "Not") {
			return false
		}
		i := r.IntN(len(c.Values))
		c.Values = slices.Delete(c.Values, i, i+1)
		return true
	})},
	{"a value of a negated condition added", onCondition(func(_ *rand.Rand, c *Condition) bool {
		if c.Operator != "StringNotEquals" && c.Operator != "StringNotLike" {
			return false
		}
		c.Values = append(c.Values, "somebody")
		return true
	})},
	{"IfExists dropped", onCondition(func(_ *rand.Rand, c *Condition) bool {
		o, ok := strings.CutSuffix(c.Operator, "IfExists")
		if !ok || strings.Contains(c.Operator, "Not") || strings.Contains(c.Operator, ":") {
			return false
		}
		c.Operator = o
		return true
	})},
	{"a value pattern narrowed", onCondition(func(r *rand.Rand, c *Condition) bool {
		for _, i := range r.Perm(len(c.Values)) {
			if c.Operator == "StringLike" && strings.Contains(c.Values[i], "*") {
				c.Values[i], _ = narrower(r, c.Values[i])
				return true
			}
		}
		return false
	})},
	{"a denial added", func(r *rand.Rand, d *Document, _ int) *Document {
		deny := &Statement{Effect: Deny, Actions: []string{of(r, []string{"*", "s3:*", "ec2:Run*", "iam:PassRole"})}, Resources: []string{of(r, []string{"*", "arn:aws:s3:::secret/*", "arn:aws:*:*:*:prod-*"})}}
		if r.IntN(2) == 0 {
			deny.Conditions = []Condition{of(r, []Condition{{"StringNotEquals", "aws:RequestedRegion", []string{"eu-west-1"}}, {"BoolIfExists", "aws:MultiFactorAuthPresent", []string{"false"}}, {"NotIpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}}})}
		}
		return &Document{Version: d.Version, Statements: append(slices.Clone(d.Statements), deny)}
	}},
	{"a denial widened", func(r *rand.Rand, d *Document, k int) *Document {
		return with(d, k, func(s *Statement) bool {
			if s.Effect != Deny {
				return false
			}
			switch {
			case len(s.Conditions) > 0 && r.IntN(2) == 0:
				s.Conditions = s.Conditions[1:]
			case !s.NotResource:
				s.Resources = append(s.Resources, "arn:aws:s3:::secret/*")
			default:
				return false
			}
			return true
		})
	}},
}

// layers are what tightens a stack as a whole.
var tighteningLayers = []struct {
	name string
	put  func(s *Stack, limit *Program)
}{
	{"a boundary added", func(s *Stack, p *Program) { s.Boundary = p }},
	{"a session policy added", func(s *Stack, p *Program) { s.Session = p }},
	{"a level of SCPs added", func(s *Stack, p *Program) { s.SCPs = append(slices.Clone(s.SCPs), []*Program{p}) }},
}

var limits = []string{
	`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:*", "ec2:*", "lambda:*", "logs:*"], "Resource": "*"}}`,
	`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "NotAction": ["s3:*", "iam:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}}]}`,
	`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}]}`,
}

// attack looks for a request that one stack allows and the other does not, among those that grants of the one
// describe.
func attack(from, to *Stack) *Request {
	n := 0
	for g := range from.Grants() {
		if n++; n > 200 {
			break
		}
		req, found, _ := from.Sample(&g)
		if !found {
			continue
		}
		if a, b := from.Evaluate(req), to.Evaluate(req); a.Outcome == Allowed && a.Must && b.Outcome != Allowed {
			return &req
		}
	}
	return nil
}

// Policies that people wrote, each with a random tightening, asked in both directions: whether the smaller is within
// the greater, and, as a widening, the greater within the smaller. No answer is wrong and few are unknown.
func TestWithinRealPolicies(t *testing.T) {
	docs := realPolicies(t)
	c := catalog.Load()
	stack := func(d *Document) *Stack {
		p, err := Compile(c, d)
		if err != nil {
			t.Fatal(err)
		}
		return &Stack{Identity: p}
	}
	var bounds []*Program
	for _, l := range limits {
		bounds = append(bounds, MustCompile(mustParse(t, l)))
	}
	tight, wide := map[string]*[3]int{}, map[string]*[3]int{}
	count := func(m map[string]*[3]int, name string, a Answer) {
		if m[name] == nil {
			m[name] = &[3]int{}
		}
		m[name][a]++
	}
	var slowest time.Duration
	slow := ""
	ask := func(kind, name string, i int, a, b *Stack) Verdict {
		start := time.Now()
		v := a.Within(b)
		if d := time.Since(start); d > slowest {
			slowest, slow = d, fmt.Sprintf("%s of policy %d, %s", kind, i, name)
		}
		checkVerdict(t, a, b, v)
		return v
	}
	both := func(name string, i int, less, more *Stack) {
		v := ask("tightening", name, i, less, more)
		count(tight, name, v.Answer)
		if v.Answer == No {
			t.Errorf("policy %d with %s is called wider: %s", i, name, v.Why)
		}
		if v.Answer == Unknown {
			t.Logf("policy %d with %s: %s", i, name, v.Why)
		}
		w := ask("widening", name, i, more, less)
		count(wide, name, w.Answer)
		switch w.Answer {
		case Yes:
			if r := attack(more, less); r != nil {
				t.Errorf("policy %d without %s is called within, but %+v", i, name, r)
			}
		case Unknown:
			t.Logf("policy %d without %s: %s", i, name, w.Why)
		case No:
		}
	}
	step := 9
	if *wholeCorpus {
		step = 1
	}
	r := rand.New(rand.NewPCG(1, 2))
	asked := 0
	for i := 0; i < len(docs); i += step {
		d := docs[i]
		done := 0
		for _, x := range r.Perm(len(tightenings)) {
			if done == 2 {
				break
			}
			m := tightenings[x]
			if less := m.make(r, d, r.IntN(len(d.Statements))); less != nil {
				done++
				asked++
				both(m.name, i, stack(less), stack(d))
			}
		}
		l := of(r, tighteningLayers)
		less, more := stack(d), stack(d)
		l.put(less, of(r, bounds))
		asked++
		both(l.name, i, less, more)
	}
	var unknown int
	for _, m := range []map[string]*[3]int{tight, wide} {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			n := m[name]
			unknown += n[Unknown]
			t.Logf("%-45s yes %4d  no %4d  unknown %d", name, n[Yes], n[No], n[Unknown])
		}
		t.Log("— and as widenings:")
	}
	t.Logf("%d policies, %d questions, %d unknown (%.2f %%); slowest %v: %s", len(docs), 2*asked, unknown, 100*float64(unknown)/float64(2*asked), slowest.Round(time.Millisecond), slow)
	if unknown*50 > 2*asked {
		t.Errorf("%d of %d answers are unknown, more than 2 %%", unknown, 2*asked)
	}
}
