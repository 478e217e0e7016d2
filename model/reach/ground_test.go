package reach

import (
	mathbits "math/bits"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// The sets that are chosen hold what all of them hold, and no fewer do.
func TestFewest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sets := rapid.SliceOfN(rapid.Uint64Range(0, 1<<9-1), 0, 8).Draw(rt, "sets")
		if rapid.Bool().Draw(rt, "sparse") {
			for i := range sets {
				sets[i] <<= 40
			}
		}
		var all, got uint64
		for _, s := range sets {
			all |= s
		}
		chosen := fewest(sets)
		for _, i := range chosen {
			got |= sets[i]
		}
		if got != all {
			rt.Fatalf("%v of %b hold %b", chosen, sets, got)
		}
		for some := range 1 << len(sets) {
			var held uint64
			for i, s := range sets {
				if some>>i&1 != 0 {
					held |= s
				}
			}
			if held == all && mathbits.OnesCount(uint(some)) < len(chosen) {
				rt.Fatalf("%v of %b, though %b do", chosen, sets, some)
			}
		}
		var more uint64
		for _, i := range greedy(sets, all) {
			more |= sets[i]
		}
		if more != all {
			rt.Fatalf("greedily %b of %b", more, sets)
		}
	})
}

// Whatever a hit is said to be has a statement that allows an action of that capability, and by some way.
func TestGroundsCover(t *testing.T) {
	known := catalog.Load()
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		for b := range a.Breaches() {
			for _, h := range b.Hits {
				var claimed catalog.Capabilities
				for _, one := range h.ByWay() {
					claimed |= one.Capabilities
					last := one.Path()[len(one.Path())-1]
					if last.Kind != Acts {
						continue
					}
					if last.owes != nil { // what is given to oneself stands in no policy of the design
						if len(one.Grounds()) == 0 {
							rt.Fatalf("%s → %s: no reason", b.From, h.Target)
						}
						continue
					}
					// Into another account both sides have to allow it, each with statements of its own.
					var covers, sureties [2]catalog.Capabilities
					for _, e := range one.Grounds() {
						side := 0
						if last.both && e.Layer == policy.LayerResource {
							side = 1
						}
						covered, surely := covers[side], sureties[side]
						before, sure := covered, surely
						for _, name := range e.Lets { // of whom rewrites a resource's policy, by what that can allow
							covered |= known.Action(name).Capabilities
						}
						for _, name := range e.Actions {
							if e.From.NotAction || slices.ContainsFunc(e.From.Actions, func(p string) bool { return matchAction(strings.ToLower(p), strings.ToLower(name)) != never }) {
								covered |= known.Action(name).Capabilities
							}
							if slices.Contains(e.Sure, name) {
								surely |= known.Action(name).Capabilities
							}
						}
						// A statement may be named to make sure of what another, with an unknown in it, allows perhaps.
						makesSure := one.Certainty == Must && (surely&^sure)&hits(one.Capabilities) != 0
						if covered&hits(one.Capabilities) == before&hits(one.Capabilities) && !makesSure {
							rt.Fatalf("%s → %s: %s adds nothing", b.From, h.Target, e.Sentence(a.design))
						}
						covers[side], sureties[side] = covered, surely
					}
					covered := covers[0]
					if last.both && !slices.ContainsFunc(last.Assumed, func(c policy.Condition) bool { return c.Key == "ResourcePolicy" }) { // which was not seen
						covered &= covers[1]
					}
					if missing := hits(one.Capabilities) &^ covered; missing != 0 {
						rt.Fatalf("%s → %s: no reason for %v: %s", b.From, h.Target, missing.All(), b.Sentence(a.design, h))
					}
				}
				if claimed != hits(h.Capabilities) {
					rt.Fatalf("%s → %s: %v of %v", b.From, h.Target, claimed.All(), h.Capabilities.All())
				}
			}
		}
	})
}

// Each capability has its statement in the sentence and the table: the fewest, the sure ones first, each with the actions
// that matter, by the role that has it, and by every way that brings one.
func TestReasons(t *testing.T) {
	const (
		read   = `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}`
		write  = `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/*"}`
		remove = `{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sns:Publish", "s3:DeleteObject", "s3:ListBucket"], "Resource": "*"}`
		office = `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`
		both   = `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}`
	)
	for _, c := range []struct {
		name       string
		statements []string
		more       func(*builder, *model.Function)
		sentence   string
	}{
		{"two statements", []string{read + ", " + write}, nil,
			"F can read and write every object of data, because FRole · statement 1 allows s3:GetObject on data/*, and FRole · statement 2 allows s3:PutObject on data/*"},
		{"one of them says both", []string{read + ", " + both + ", " + write}, nil,
			"F can read and write every object of data, because FRole · statement 2 allows s3:GetObject and s3:PutObject on *"},
		{"the action that matters", []string{remove}, nil,
			"F can delete every object of data, because FRole · statement 1 allows s3:DeleteObject, sqs:SendMessage and 3 more on *"},
		{"sure before perhaps", []string{office + ", " + write}, nil,
			"F can write every object of data, because FRole · statement 2 allows s3:PutObject on data/*"},
		{"sure and perhaps", []string{read + ", " + office}, nil,
			"F can read every object of data, and perhaps write every object of data, because FRole · statement 1 allows s3:GetObject on data/*, and perhaps because FRole · statement 2 allows s3:PutObject on *, if aws:SourceIp is in 10.0.0.0/8"},
		{"by another role", []string{read + ", " + allow("sts:AssumeRole", roleARN("R"))}, func(b *builder, _ *model.Function) {
			b.role("R", rootTrust, both)
		}, "F can read and write every object of data, because FRole · statement 1 allows s3:GetObject on data/*, and as R because R · statement 1 allows s3:GetObject and s3:PutObject on *"},
		{"a policy of two roles", nil, func(b *builder, f *model.Function) {
			first := b.role("Another", lambdaTrust)
			first.Policies = b.policies("shared", write)
			r := b.roleOf(f)
			r.Policies = first.Policies
		}, "F can write every object of data, because FRole · statement 1 allows s3:PutObject on data/*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			if c.more != nil && c.statements == nil {
				b.role("Zero", lambdaTrust)
			}
			f := b.function("F", c.statements...)
			b.bucket("data")
			if c.more != nil {
				c.more(b, f)
			}
			d := b.design()
			br := analyse(t, d, nil).Breach(f.ID)
			h := hitOf(br, "res/data")
			if h == nil {
				t.Fatal("no hit")
			}
			if got := strings.NewReplacer(", test.yaml:1", "").Replace(br.Sentence(d, *h)); got != c.sentence {
				t.Errorf("it says\n%s\nnot\n%s", got, c.sentence)
			}
			said := br.Sentence(d, *h)
			for _, fact := range h.Facts(d) {
				for _, r := range fact.Reasons {
					if !strings.Contains(said, r.Says) {
						t.Errorf("the table says %q, the sentence %q", r.Says, said)
					}
				}
			}
		})
	}
}
