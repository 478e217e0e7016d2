package redact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"bulkhead/model/policy"
)

// errUnlike says that a pattern matches other names than it did.
var errUnlike = errors.New("cannot be redacted so that patterns match what they matched")

// A pair is a string before and after.
type pair struct{ was, is string }

// prove holds each pattern against each name, before and after: both match, or both do not; and what was two is two.
func (c *coder) prove(ctx context.Context) error {
	for _, arns := range []bool{true, false} {
		var all, patterns []pair
		back := map[string]string{}
		for _, key := range sorted(c.strings) {
			s := c.strings[key]
			if s.arn != arns {
				continue
			}
			x := pair{s.plain(), c.form(s, true)}
			x.is = strings.ReplaceAll(x.is, "${", "$\x00{") // variables stand for themselves here
			x.was = strings.ReplaceAll(x.was, "${", "$\x00{")
			all = append(all, x)
			if arns && !s.wild() { // and its parts
				all = append(all, pair{x.was + "/0/0", x.is + "/0/0"}, pair{x.was + ":0", x.is + ":0"})
			}
			if was, ok := back[x.is]; ok && was != x.was {
				return fmt.Errorf("%w: two names would become one", errUnlike)
			}
			back[x.is] = x.was
			if s.wild() && strings.ContainsAny(x.was, "*?") {
				patterns = append(patterns, x)
			}
		}
		if arns {
			for _, own := range sorted(c.own) {
				patterns = append(patterns, pair{own, own})
			}
		}
		was, is := index(all, func(p pair) string { return p.was }), index(all, func(p pair) string { return p.is })
		for _, p := range patterns {
			if err := ctx.Err(); err != nil {
				return err
			}
			if a, b := was.matched(p.was), is.matched(p.is); !slices.Equal(a, b) {
				return fmt.Errorf("%w: %s", errUnlike, strings.ReplaceAll(p.was, "\x00", ""))
			}
		}
	}
	return nil
}

// plain is a spelling as it was; a prefix or suffix of a filter with the wildcard that it stands for.
func (s spelling) plain() string {
	var b strings.Builder
	for _, p := range s.parts {
		switch {
		case p.kind == star:
			b.WriteByte('*')
		case p.kind == variable:
			b.WriteString("${" + p.text + "}")
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// An indexed is strings, sorted, with which of all each is.
type indexed struct {
	text []string
	of   []int
}

func index(all []pair, text func(pair) string) *indexed {
	x := &indexed{}
	for i := range all {
		x.of = append(x.of, i)
	}
	slices.SortFunc(x.of, func(a, b int) int { return strings.Compare(text(all[a]), text(all[b])) })
	for _, i := range x.of {
		x.text = append(x.text, text(all[i]))
	}
	return x
}

// matched lists what a pattern matches, sorted.
func (x *indexed) matched(pattern string) []int {
	start := pattern[:strings.IndexAny(pattern, "*?")]
	var out []int
	for i := sort.SearchStrings(x.text, start); i < len(x.text) && strings.HasPrefix(x.text[i], start); i++ {
		if must, _ := policy.Match(pattern, x.text[i]); must {
			out = append(out, x.of[i])
		}
	}
	slices.Sort(out)
	return out
}
