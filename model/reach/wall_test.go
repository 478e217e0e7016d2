package reach

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/policy"
)

func wallOf(t testing.TB, a *Analysis, from, target model.ID) *Wall {
	t.Helper()
	w, err := a.Wall(context.Background(), from, target)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// names are a wall's statements as policy and index.
func (w *Wall) names() []string {
	var out []string
	for _, e := range w.Statements {
		out = append(out, fmt.Sprintf("%s %d", e.Policy, e.Statement+1))
	}
	return out
}

func TestWall(t *testing.T) {
	const data = "arn:aws:s3:::data/*"
	assume := func(name string) string { return allow("sts:AssumeRole", roleARN(name)) }
	trust := func(name string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN(name) + `"}, "Action": "sts:AssumeRole"}`
	}
	for _, c := range []struct {
		name string
		wire func(b *builder)
		want []string
	}{
		{"one statement", func(b *builder) { b.function("F", allow("s3:GetObject", data)) }, []string{"policy/FRole-0 1"}},
		{"the same twice", func(b *builder) { b.function("F", allow("s3:GetObject", data)+", "+allow("s3:Get*", "*")) }, []string{"policy/FRole-0 1", "policy/FRole-0 2"}},
		{"two ways through one door", func(b *builder) {
			b.role("R", trust("FRole"), allow("s3:GetObject", data)+", "+allow("s3:PutObject", data))
			b.function("F", assume("R"))
		}, []string{"role/R 1"}},
		{"two doors to one grant", func(b *builder) {
			b.function("F", allow("sts:AssumeRole", "*"))
			b.role("R", rootTrust, allow("s3:GetObject", data))
			b.role("S", rootTrust, allow("s3:GetObject", data))
		}, []string{"policy/FRole-0 1"}},
		{"two doors that stand open by themselves", func(b *builder) {
			b.function("F", allow("sts:AssumeRole", "*"))
			b.role("R", trust("FRole"), allow("s3:GetObject", data))
			b.role("S", trust("FRole"), allow("s3:GetObject", data))
		}, []string{"role/R 1", "role/S 1"}},
		{"three statements of one policy", func(b *builder) {
			b.function("F", assume("R")+", "+assume("S")+", "+allow("s3:GetObject", data))
			b.role("R", rootTrust, allow("s3:GetObject", data))
			b.role("S", rootTrust, allow("s3:GetObject", data))
		}, []string{"policy/FRole-0 1", "policy/FRole-0 2", "policy/FRole-0 3"}},
		{"the bucket's own policy", func(b *builder) {
			b.function("F")
			b.element("res/data").(*model.Resource).Policy = document(b.t, `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "s3:GetObject", "Resource": "`+data+`"}`)
		}, []string{"res/data 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			b.bucket("data")
			c.wire(b)
			w := wallOf(t, analyse(t, b.design(), nil), "fn/F", "res/data")
			if len(w.Statements) != len(c.want) || !w.Smallest {
				t.Fatalf("wall of %v, smallest %v, %s; not %v", w.names(), w.Smallest, w.Why, c.want)
			}
			if !slices.Equal(w.names(), c.want) {
				t.Errorf("wall of %v, not %v", w.names(), c.want)
			}
		})
	}
}

// What a wall takes from others is told.
func TestWallAlso(t *testing.T) {
	b := build(t)
	b.bucket("data")
	b.table("T")
	r := b.role("R", lambdaTrust, `{"Effect": "Allow", "Action": ["s3:GetObject", "dynamodb:GetItem"], "Resource": "*"}`)
	b.functionOf("F", r)
	b.functionOf("G", r)
	w := wallOf(t, analyse(t, b.design(), nil), "fn/F", "res/data")
	var got []string
	for _, c := range w.Also {
		got = append(got, fmt.Sprintf("%s %s %v", c.From, c.Target, c.Capabilities.All()))
	}
	want := []string{"role/R res/data [read]", "role/R res/T [read]", "fn/F res/T [read]", "fn/G res/data [read]", "fn/G res/T [read]"}
	if !slices.Equal(got, want) {
		t.Errorf("also %q, not %q", got, want)
	}
}

// A way that no statement allows cannot be cut, and says so; what is not reached has no wall.
func TestNoWall(t *testing.T) {
	b := build(t)
	b.bucket("data")
	b.function("F")
	if _, err := analyse(t, b.design(), nil).Wall(context.Background(), "fn/F", "res/data"); err == nil {
		t.Error("a wall against nothing")
	}
}

// In random designs, a wall holds; called smallest, no smaller set of statements that grant would.
func TestWallHolds(t *testing.T) {
	seldom(t, 3, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		var pairs [][2]model.ID
		for _, f := range a.design.Functions() {
			for _, h := range a.Breach(f.ID).Hits {
				pairs = append(pairs, [2]model.ID{f.ID, h.Target})
			}
		}
		if len(pairs) == 0 {
			return
		}
		pair := rapid.SampledFrom(pairs).Draw(rt, "hit")
		fed := hitOf(a.Breach(pair[0]), pair[1]).Fed
		w := wallOf(t, a, pair[0], pair[1])
		var all []brick
		put := func(id model.ID, d *policy.Document) {
			for i := range d.Statements {
				if d.Statements[i].Effect == policy.Allow {
					all = append(all, brick{id, d.Statements[i]})
				}
			}
		}
		for _, e := range a.design.Elements() {
			switch e := e.(type) {
			case *model.Policy:
				if !e.Managed { // boundaries grant nothing
					put(e.ID, e.Document)
				}
			case *model.Resource:
				if e.Policy != nil {
					put(e.ID, e.Policy)
				}
			}
		}
		stands := func(gone []brick) bool {
			s := &search{an: a, bricks: gone}
			d, err := a.design.With(s.changes(everyIndex(gone))...)
			if err != nil {
				rt.Fatal(err)
			}
			h := hitOf(analyse(t, d, a).Breach(pair[0]), pair[1])
			return h != nil && (fed || !h.Fed)
		}
		var chosen []brick
		for _, e := range w.Statements {
			chosen = append(chosen, brick{e.Policy, e.From})
		}
		if len(chosen) == 0 {
			if stands(all) {
				return // indeed nothing helps
			}
			rt.Fatalf("%v: no wall (%s), and without every grant the hit is gone", pair, w.Why)
		}
		if stands(chosen) {
			rt.Fatalf("%v: still reached without %v", pair, w.names())
		}
		if !w.Smallest {
			return
		}
		for i := range all {
			if len(chosen) > 1 && !stands(all[i:i+1]) {
				rt.Fatalf("%v: %v is called smallest, and %s alone does", pair, w.names(), all[i].holder)
			}
			for j := range all[:min(i, 4)] {
				if two := []brick{all[i], all[j]}; len(chosen) > 2 && !stands(two) {
					rt.Fatalf("%v: %v is called smallest, and %s and %s do", pair, w.names(), all[i].holder, all[j].holder)
				}
			}
		}
	})
}

func everyIndex(b []brick) []int {
	out := make([]int, len(b))
	for i := range out {
		out[i] = i
	}
	return out
}

// A wall in front of what a breach itself does leaves alone what fed functions do; and what a start does to its own role is
// nothing that a wall takes away.
func TestWallLeavesAlone(t *testing.T) {
	const data = "arn:aws:s3:::data/*"
	b := build(t)
	b.bucket("data")
	b.function("F", allow("s3:GetObject", data)+", "+allow("lambda:InvokeFunction", functionARN("G")))
	b.function("G", allow("s3:GetObject", data))
	if w := wallOf(t, b.analyse(), "fn/F", "res/data"); !slices.Equal(w.names(), []string{"policy/FRole-0 1"}) || !w.Smallest {
		t.Errorf("wall of %v, smallest %v", w.names(), w.Smallest)
	}
	b = build(t)
	b.bucket("data")
	b.bucket("other")
	b.function("F", allow("s3:GetObject s3:DeleteObject iam:UpdateRole", "*"))
	w := wallOf(t, b.analyse(), "fn/F", "res/data")
	if !slices.ContainsFunc(w.Also, func(c Cut) bool { return c.From == "fn/F" && c.Target == "res/other" }) {
		t.Errorf("the other bucket is not told: %+v", w.Also)
	}
	if slices.ContainsFunc(w.Also, func(c Cut) bool { return c.From == "fn/F" && c.Target == "role/FRole" }) {
		t.Errorf("its own role is told: %+v", w.Also)
	}
}

// Of walls of as many statements the one is taken that leaves others what they have: not the grant of a role that somebody may
// assume, but that it may assume the role.
func TestWallLeavesOthersTheirs(t *testing.T) {
	b := build(t)
	b.bucket("data")
	b.table("T")
	b.role("R", rootTrust, allow("s3:GetObject", "arn:aws:s3:::data/*"))
	b.function("F", allow("sts:AssumeRole", roleARN("R"))+", "+allow("dynamodb:GetItem", "*"))
	b.function("G", allow("sts:AssumeRole", roleARN("R")))
	a := analyse(t, b.design(), nil)
	for from, want := range map[model.ID]string{"fn/F": "policy/FRole-0 1", "fn/G": "policy/GRole-0 1", "role/R": "policy/R-0 1"} {
		w := wallOf(t, a, from, "res/data")
		if got := w.names(); !w.Smallest || len(got) != 1 || got[0] != want {
			t.Errorf("the wall of %s is of %v, not %s", from, got, want)
		}
	}
	losses := a.Losses(wallOf(t, a, "role/R", "res/data"))
	if len(losses) == 0 || losses[0].Target != "res/data" || !slices.Contains(losses[0].From, model.ID("fn/F")) || !slices.Contains(losses[0].From, model.ID("fn/G")) {
		t.Errorf("without R's grant is lost: %v", losses)
	}
}
