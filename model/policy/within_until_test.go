package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// patience is a context that is done when it was asked so many times; it counts on.
type patience struct {
	context.Context
	looks, ends int
}

func (p *patience) Err() error {
	if p.looks++; p.looks > p.ends {
		return context.Canceled
	}
	return nil
}

// TestWithinUntil: a proof that nobody waits for any more ends within a few steps, with no answer; the others are as they are.
func TestWithinUntil(t *testing.T) {
	// What is allowed on one side whatever the tags, the other allows for each way in which four of them can be.
	var ways []string
	for way := range 16 {
		var like, unlike []string
		for tag := range 4 {
			is := fmt.Sprintf(`"aws:PrincipalTag/t%d": "a*"`, tag)
			if way>>tag&1 == 1 {
				like = append(like, is)
			} else {
				unlike = append(unlike, is)
			}
		}
		ways = append(ways, allow(fmt.Sprintf(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {%s}, "StringNotLike": {%s}}`, strings.Join(like, ","), strings.Join(unlike, ","))))
	}
	is, was := identity(t, allow(`"Action": ["s3:Get*", "s3:Put*"], "Resource": "*"`)), identity(t, strings.Join(ways, ","))

	whole := &patience{Context: context.Background(), ends: 1 << 40}
	v, err := is.WithinUntil(whole, was)
	if err != nil || v.Answer != is.Within(was).Answer {
		t.Fatalf("waited for, it says %v, %v", v, err)
	}
	if v.Answer != Yes || whole.looks < 40 {
		t.Fatalf("the question is too easy: %v after %d looks", v, whole.looks)
	}
	for _, ends := range []int{0, 1, whole.looks / 2} {
		p := &patience{Context: context.Background(), ends: ends}
		v, err := is.WithinUntil(p, was)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d looks nobody waits: %v, %v", ends, v, err)
		}
		if more := p.looks - ends; more > 20 {
			t.Errorf("it looked %d times more when nobody waited", more)
		}
	}
}
