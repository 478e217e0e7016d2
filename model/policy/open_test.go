package policy

import (
	"testing"

	"pgregory.net/rapid"
)

// What is surely allowed under unknowns is allowed under every context, and what is not even perhaps allowed is
// allowed under none.
func TestOpenBoundsEveryContext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Stack{Identity: MustCompile(drawDocument(t, "identity", false)), Boundary: compileMaybe(drawMaybe(t, "boundary", false))}
		r := drawRequest(t)
		r.ResourcePolicy = compileMaybe(drawMaybe(t, "resource", true))
		open := r
		open.Open, open.Context = true, nil
		bound := s.Evaluate(open)
		possible := s.Possible(open)
		if bound.Must && bound.Outcome != Allowed {
			t.Fatal("must, but not allowed")
		}
		for range 8 {
			closed := r
			closed.Context = drawRequest(t).Context
			d := s.Evaluate(closed)
			if bound.Must && d.Outcome != Allowed {
				t.Fatalf("must, but %v with %v", d.Outcome, closed.Context)
			}
			if d.Outcome == Allowed && (bound.Outcome != Allowed || possible.Outcome != Allowed) {
				t.Fatalf("allowed with %v, but bound %v, possible %v", closed.Context, bound.Outcome, possible.Outcome)
			}
		}
	})
}
