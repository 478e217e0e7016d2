package session_test

import (
	"context"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/edit"
)

func blankSession(t *testing.T) *session.Session {
	t.Helper()
	s, err := session.Blank("fresh", cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Each pattern becomes a template that proves itself; a second time it takes names that are free. What its functions
// reach is what they are there for.
func TestPatternsBecomeTemplates(t *testing.T) {
	for _, p := range edit.Patterns() {
		s := blankSession(t)
		for range 2 {
			for _, e := range p.Edits(s.State().After.Design) {
				do(t, s, e)
			}
		}
		patch, err := s.Patch(context.Background())
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if !strings.Contains(patch.Diff, "AWS::Serverless::Function") {
			t.Errorf("%s: the template is\n%s", p.Name, patch.Diff)
		}
		st, err := s.Wait(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		m := st.After.Measures
		if m.Worst == 0 || m.Worst == 1 || len(m.Admin) > 0 {
			t.Errorf("%s: the worst breach reaches %.2f, %d kinds beyond", p.Name, m.Worst, st.After.Sea)
		}
	}
}

// What was granted by name is taken away by name, of any type and use, and nothing else.
func TestTakeAwayIsGrantBackwards(t *testing.T) {
	for _, typ := range edit.NewTypes() {
		s := blankSession(t)
		do(t, s, &edit.NewFunction{Name: "F"})
		do(t, s, &edit.NewResource{Name: "Thing", Type: typ})
		do(t, s, &edit.NewResource{Name: "Other", Type: "AWS::DynamoDB::Table"})
		do(t, s, edit.GrantUse(s.State().After.Design, "role/FRole", "res/Other", edit.Reads))
		before := s.State().After.Design
		uses := edit.UsesOf(typ)
		if uses == 0 {
			t.Errorf("%s has no use", typ)
		}
		for _, use := range []edit.Use{edit.Reads, edit.Writes, edit.Reads | edit.Writes} {
			g := edit.GrantUse(before, "role/FRole", "res/Thing", use)
			if (g == nil) != (uses&use == 0) {
				t.Errorf("%s, use %d: grant %v", typ, use, g)
			}
			if g == nil {
				continue
			}
			do(t, s, g)
			st, err := s.Wait(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if _, may := st.After.Analysis.Depth("fn/F", "res/Thing", false); may == 0 {
				t.Errorf("%s: with %s it is dry", typ, g)
			}
			for n := 0; ; n++ {
				e := edit.TakeAway(s.State().After.Design, "role/FRole", "res/Thing")
				if e == nil {
					break
				}
				if n > 3 {
					t.Fatalf("%s: %s is never enough", typ, e)
				}
				do(t, s, e)
			}
			if st, err = s.Wait(context.Background()); err != nil {
				t.Fatal(err)
			}
			if _, may := st.After.Analysis.Depth("fn/F", "res/Thing", false); may != 0 {
				t.Errorf("%s: taken away, it is wet", typ)
			}
			if _, may := st.After.Analysis.Depth("fn/F", "res/Other", false); may == 0 {
				t.Errorf("%s: the other thing was taken away too", typ)
			}
		}
	}
}

func TestFreeNames(t *testing.T) {
	s := blankSession(t)
	do(t, s, &edit.NewFunction{Name: "Shop"})
	do(t, s, &edit.NewResource{Name: "Shop2", Type: "AWS::SQS::Queue"})
	d := s.State().After.Design
	for word, want := range map[string]string{"Shop": "Shop3", "ShopRole": "ShopRole2", "Order-s!": "Orders", "": "Thing"} {
		got := edit.FreeName(d, word)
		if got != want {
			t.Errorf("a free name for %q is %q, want %q", word, got, want)
		}
		if _, err := (&edit.NewFunction{Name: got}).Apply(d); err != nil {
			t.Error(err)
		}
	}
	do(t, s, &edit.NewTrigger{Name: "Poll", To: "fn/Shop", From: "res/Shop2", Event: "sqs"})
	if got := edit.FreeEvent(s.State().After.Design, model.ID("fn/Shop"), "Poll"); got != "Poll2" {
		t.Errorf("a free event is %q", got)
	}
}
