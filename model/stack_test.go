package model

import (
	"slices"
	"testing"
)

func TestStacks(t *testing.T) {
	d, err := New(Info{Name: "all"},
		&Function{ID: "fn/A", Stack: "shop"},
		&Function{ID: "fn/B", Tags: map[string]string{"aws:cloudformation:stack-name": "mail"}},
		&Function{ID: "fn/C"},
		&Function{ID: "fn/D", Stack: "shop", Tags: map[string]string{"aws:cloudformation:stack-name": "another"}},
		&Resource{ID: "res/R", Tags: map[string]string{"aws:cloudformation:stack-name": "data"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Stacks(); !slices.Equal(got, []string{"shop", "mail"}) {
		t.Errorf("stacks %q", got)
	}
	for id, want := range map[ID]string{"fn/A": "shop", "fn/B": "mail", "fn/C": "", "fn/D": "shop", "res/R": "data"} {
		if got := StackOf(d.Element(id)); got != want {
			t.Errorf("%s is of stack %q, want %q", id, got, want)
		}
	}
}
