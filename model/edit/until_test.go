package edit_test

import (
	"context"
	"errors"
	"testing"

	"bulkhead/model/edit"
)

// waiting is a context that is done when it was asked so many times.
type waiting struct {
	context.Context
	left int
}

func (w *waiting) Err() error {
	if w.left--; w.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestApplyUntil: edits that are proven give up when nobody waits, wherever they are by then, and change nothing; waited for,
// they are what Apply makes of them.
func TestApplyUntil(t *testing.T) {
	d := shop(t)
	for _, e := range []edit.Edit{
		&edit.Tighten{Role: "role/ShopRole", Policy: "policy/shared", Statement: edit.StatementRef{Sid: "Read"}, Actions: []string{"ssm:GetParameter"}},
		&edit.ReplaceManaged{Role: "role/ShopRole", ARN: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"},
	} {
		want, err := e.Apply(d)
		if err != nil {
			t.Fatal(err)
		}
		given := 0
		for n := 0; ; n++ {
			r, err := edit.ApplyUntil(&waiting{context.Background(), n}, e, d)
			if err == nil {
				if !r.Design.Same(want.Design) {
					t.Errorf("%s: waited for, it is another design", e)
				}
				break
			}
			if !errors.Is(err, context.Canceled) || r != nil {
				t.Fatalf("%s: given up after %d looks: %v, %v", e, n, r, err)
			}
			if given++; given > 10000 {
				t.Fatalf("%s is never done", e)
			}
		}
		if given < 3 {
			t.Errorf("%s looked %d times whether somebody waits: it is not proven, or does not look", e, given)
		}
	}
}
