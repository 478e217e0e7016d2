package reach

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
)

// said is a way as "fn/F runs role/R acts res/data".
func (w Way) said() string {
	var b strings.Builder
	for i, s := range w.Path() {
		if i == 0 {
			b.WriteString(string(s.From))
		}
		fmt.Fprintf(&b, " %s %s", s.Kind, s.To)
	}
	return b.String()
}

func TestWays(t *testing.T) {
	b := build(t)
	b.bucket("data")
	f := b.function("F", allow("sts:AssumeRole", "*")+", "+allow("s3:GetObject", "arn:aws:s3:::data/*"))
	b.role("R", rootTrust, allow("s3:*", "*"))
	b.role("S", rootTrust, allow("sts:AssumeRole", roleARN("R")))
	b.role("T", rootTrust, `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`)
	a := analyse(t, b.design(), nil)
	var got []string
	for _, w := range a.Ways(f.ID, "res/data", 10) {
		got = append(got, w.said())
	}
	want := []string{
		"fn/F acts res/data",
		"fn/F runs role/R acts res/data",
		"fn/F runs role/T acts res/data", // only perhaps
		"fn/F runs role/S runs role/R acts res/data",
	}
	if !slices.Equal(got, want) {
		t.Errorf("ways\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w := a.Ways(f.ID, "res/data", 2); len(w) != 2 {
		t.Errorf("%d ways where 2 were asked for", len(w))
	}
	if w := a.Ways(f.ID, "role/S", 3); len(w) != 1 || w[0].said() != "fn/F runs role/S" {
		t.Errorf("ways to role S: %v", w)
	}
	if a.Ways(f.ID, "res/nothing", 3) != nil || a.Ways("fn/nobody", "res/data", 3) != nil {
		t.Error("ways from or to nothing")
	}
}

// Who perhaps rules by another way makes no way longer that is sure.
func TestWaysThatAreSure(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("iam:PutUserPolicy iam:CreateAccessKey", "*"))
	b.user("U")
	v := b.user("V")
	p := b.managed("Guard", allow("iam:SetDefaultPolicyVersion", "*")) // whose other versions are not known
	v.Policies = append(v.Policies, p.ID)
	b.role("Work", lambdaTrust)
	a := analyse(t, b.design(), nil)
	h := hitOf(breach(t, a, f.ID), "role/Work")
	if h == nil || h.Certainty != Must {
		t.Fatalf("role Work is hit as %v", h)
	}
	if ways := a.Ways(f.ID, "role/Work", 3); len(ways) == 0 || len(ways[0].Path()) != h.Hops {
		t.Errorf("the hit takes %d steps, the ways are %v", h.Hops, ways)
	}
}

// In random designs: whatever is hit has ways, the first as long as the hit's own or shorter by what it is perhaps; they get
// longer, differ, have no gap and pass nobody twice; what is not hit has none.
func TestWaysLead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		for _, f := range a.design.Functions() {
			b := a.Breach(f.ID)
			hit := map[model.ID]*Hit{}
			for i := range b.Hits {
				hit[b.Hits[i].Target] = &b.Hits[i]
			}
			for ti := range a.world.targets {
				id := a.world.targets[ti].id
				h := hit[id]
				ways := a.Ways(f.ID, id, 3)
				if h == nil {
					if len(ways) > 0 && int32(ti) != a.ownRole(a.nodeOf[f.ID]) && id != f.ID && a.world.targets[ti].sort != isImplied {
						rt.Fatalf("%s does not reach %s, but by %s", f.ID, id, ways[0].said())
					}
					continue
				}
				if len(ways) == 0 {
					rt.Fatalf("%s reaches %s, but by no way", f.ID, id)
				}
				if len(ways[0].Path()) > h.Hops {
					rt.Fatalf("%s → %s: the hit takes %d steps, its way %s", f.ID, id, h.Hops, ways[0].said())
				}
				seen := map[string]bool{}
				for i, w := range ways {
					if seen[w.said()] || i > 0 && len(w.Path()) < len(ways[i-1].Path()) {
						rt.Fatalf("%s → %s: way %d, %s", f.ID, id, i, w.said())
					}
					seen[w.said()] = true
					at, passed := f.ID, map[int32]bool{}
					for k, s := range w.Path() {
						if s.From != at || len(s.Evidence) == 0 {
							rt.Fatalf("%s → %s: step %d of %s", f.ID, id, k, w.said())
						}
						if n, ok := a.nodeOf[at]; ok && (k == 0 || w.Path()[k-1].change == nil) {
							if passed[a.actorOf[n]] {
								rt.Fatalf("%s → %s: twice through %s: %s", f.ID, id, at, w.said())
							}
							passed[a.actorOf[n]] = true
						}
						at = s.To
					}
					if at != id {
						rt.Fatalf("%s → %s: %s", f.ID, id, w.said())
					}
				}
			}
		}
	})
}
