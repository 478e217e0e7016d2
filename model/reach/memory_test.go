package reach

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What was asked for last is remembered, and no more than twice as much.
func TestMemory(t *testing.T) {
	defer func(n int) { mostRemembered = n }(mostRemembered)
	rapid.Check(t, func(rt *rapid.T) {
		mostRemembered = rapid.IntRange(1, 5).Draw(rt, "most")
		var m memory[int, int]
		var last []int // keys, the last asked for first
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, 12), 1, 60).Draw(rt, "keys") {
			v, ok := m.get(k)
			if ok && v != k*k {
				rt.Fatalf("%d at %d", v, k)
			}
			if i := slices.Index(last, k); i >= 0 && i < mostRemembered && !ok {
				rt.Fatalf("%d is forgotten: %v", k, last)
			}
			if !ok {
				m.put(k, k*k)
			}
			last = append([]int{k}, slices.DeleteFunc(last, func(x int) bool { return x == k })...)
			if n := len(m.young) + len(m.old); n > 2*mostRemembered {
				rt.Fatalf("%d are remembered", n)
			}
		}
	})
}

// A breach says the same with what is remembered forgotten all the time.
func TestForgottenSteps(t *testing.T) {
	defer func(n int) { mostRemembered = n }(mostRemembered)
	seldom(t, 2, func(rt *rapid.T) {
		d := drawDesign(rt).build(t)
		a := analyse(t, d, nil)
		b := analyse(t, d, a) // of the same steps, with nothing remembered yet
		for _, n := range a.nodes[:a.size.nodes] {
			mostRemembered = 1 << 20
			all := inFull(a.Breach(n.id))
			mostRemembered = 1
			if some := inFull(b.Breach(n.id)); some != all {
				rt.Fatalf("%s\nnot\n%s", some, all)
			}
		}
	})
}
