package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Texts of policies as people write them, and such as are hard to tell apart.
var (
	nearActions   = []string{"s3:GetObject", "s3:Get*", "s3:*", "s3:?etObject", "s3:*Object", "dynamodb:*Item", "dynamodb:Query", "sqs:SendMessage", "sqs:*Message*", "lambda:Invoke*", "kms:Decrypt", "iam:PassRole", "*"}
	nearResources = []string{
		"*", "arn:aws:s3:::data", "arn:aws:s3:::data/*", "arn:aws:s3:::data*", "arn:aws:s3:::*/x?", "arn:aws:s3:::data/${aws:username}/*", "arn:aws:s3:::data/${aws:PrincipalTag/team, 'a'}*",
		"arn:aws:sqs:*:123456789012:jobs-?", "arn:aws:sqs:eu-*:123456789012:jobs*", "arn:aws:dynamodb:*:*:table/T*", "arn:aws:dynamodb:us-east-1:123456789012:table/T/index/*",
		"arn:aws:lambda:*:*:function:app-*", "arn:aws:kms:*:123456789012:key/*", "arn:aws:iam::123456789012:role/app-*",
	}
)

func someOf(r *rand.Rand, from []string) []string {
	var out []string
	for range 1 + r.IntN(3) {
		if t := of(r, from); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// nearPolicy is a policy of a few statements.
func nearPolicy(r *rand.Rand) *Document {
	d := &Document{Version: "2012-10-17"}
	for range 1 + r.IntN(3) {
		s := &Statement{Actions: someOf(r, nearActions), NotAction: r.IntN(8) == 0, Resources: someOf(r, nearResources), NotResource: r.IntN(8) == 0}
		if r.IntN(4) == 0 {
			s.Effect = Deny
		}
		for range r.IntN(3) {
			pair := of(r, tighter)
			s.Conditions = append(s.Conditions, of(r, []Condition{pair.loose, pair.tight}))
		}
		d.Statements = append(d.Statements, s)
	}
	return d
}

// nudgeText changes one character of a pattern behind its head.
func nudgeText(r *rand.Rand, text, head string) string {
	n := len(head)
	if !strings.HasPrefix(text, head) || len(text) == n || strings.Contains(text, "${") && r.IntN(2) == 0 {
		return text + of(r, []string{"*", "?", "x"})
	}
	for {
		i := n + r.IntN(len(text)-n)
		if open, end := strings.LastIndex(text[:i], "${"), strings.IndexByte(text[i:], '}'); open >= 0 && !strings.Contains(text[open:i], "}") && end >= 0 || text[i] == '$' {
			i = len(text) - 1 // not within a variable
		}
		c := of(r, []string{"*", "?", "a", "x", "/", "", "*?", "?*"})
		if out := text[:i] + c + text[i+r.IntN(2):]; out != text {
			return out
		}
	}
}

// nudge is a policy that differs a little: it may allow more, less, the same, or both more and less.
func nudge(r *rand.Rand, d *Document) *Document {
	out := with(d, r.IntN(len(d.Statements)), func(s *Statement) bool {
		switch r.IntN(9) {
		case 0, 1:
			i := r.IntN(len(s.Resources))
			if s.Resources[i] != "*" {
				f := strings.SplitN(s.Resources[i], ":", 6)
				s.Resources[i] = nudgeText(r, s.Resources[i], strings.Join(f[:min(5, len(f)-1)], ":")+":")
			} else {
				s.Resources[i] = of(r, nearResources)
			}
		case 2:
			i := r.IntN(len(s.Actions))
			service, _, _ := strings.Cut(s.Actions[i], ":")
			s.Actions[i] = nudgeText(r, s.Actions[i], service+":")
			if !strings.Contains(s.Actions[i], ":") {
				s.Actions[i] = of(r, nearActions)
			}
		case 3:
			s.Resources = append(s.Resources, of(r, nearResources))
		case 4:
			s.Actions = append(s.Actions, of(r, nearActions))
		case 5:
			pair := of(r, tighter)
			s.Conditions = append(s.Conditions, of(r, []Condition{pair.loose, pair.tight}))
		case 6:
			if len(s.Conditions) == 0 {
				return false
			}
			i := r.IntN(len(s.Conditions))
			s.Conditions = slices.Delete(s.Conditions, i, i+1)
		case 7:
			if len(s.Conditions) == 0 {
				return false
			}
			c := &s.Conditions[r.IntN(len(s.Conditions))]
			for _, p := range tighter { // the other of a pair, whichever stands there
				switch {
				case c.Equal(p.loose):
					*c = p.tight
					return true
				case c.Equal(p.tight):
					*c = p.loose
					return true
				}
			}
			return false
		case 8:
			switch r.IntN(3) {
			case 0:
				s.NotAction = !s.NotAction
			case 1:
				s.NotResource = !s.NotResource
			default:
				s.Effect = Deny - s.Effect
			}
		}
		return true
	})
	if out == nil {
		return nudge(r, d)
	}
	return out
}

// denying is a policy with every statement a denial, as resource control policies have them.
func denying(d *Document) *Document {
	out := &Document{Version: d.Version}
	for _, s := range d.Statements {
		c := *s
		c.Effect = Deny
		out.Statements = append(out.Statements, &c)
	}
	return out
}

// Policies that differ by a character, a value or a word, in any layer of a stack: what Within says of them in both
// directions is held against requests near the edges of both, and what it says of three in a row agrees.
func TestWithinNear(t *testing.T) {
	x := newTrial(t, *mutations+200)
	x.most = 4 // they are made to be hard
	r := x.r
	rounds := 250
	if *wholeCorpus {
		rounds = 20000
	}
	for i := range rounds {
		base := nearPolicy(r)
		layer := of(r, []string{"identity", "identity", "identity", "boundary", "session", "SCP", "RCP", "endpoint"})
		limit, other := nearPolicy(r), nearPolicy(r)
		make := func(d *Document) *Stack {
			if layer == "identity" {
				return &Stack{Identity: x.compile(d)}
			}
			s := &Stack{Identity: x.compile(base)}
			if layer == "RCP" {
				d = denying(d)
			}
			switch p := x.compile(d); layer {
			case "boundary":
				s.Boundary, s.Session = p, x.compile(limit)
			case "session":
				s.Session, s.SCPs = p, [][]*Program{{x.compile(limit)}}
			case "SCP":
				s.SCPs = [][]*Program{{x.compile(limit), x.compile(other)}, {p}}
			case "RCP":
				s.RCPs = [][]*Program{{p}, {x.compile(denying(other))}}
			case "endpoint":
				s.Endpoint = p
			}
			return s
		}
		docs := []*Document{base}
		for range 2 {
			docs = append(docs, nudge(r, docs[len(docs)-1]))
		}
		var stacks [3]*Stack
		var answers [3][3]Answer
		for k, d := range docs {
			stacks[k] = make(d)
		}
		for k := range stacks {
			for l := range stacks {
				answers[k][l] = x.ask(layer, i, stacks[k], stacks[l])
			}
			if answers[k][k] == No {
				t.Errorf("policy %d is not within itself", i)
			}
		}
		for k := range stacks {
			for l := range stacks {
				for m := range stacks {
					if answers[k][l] == Yes && answers[l][m] == Yes && answers[k][m] == No {
						t.Errorf("policy %d: %d within %d within %d, which it is not within", i, k, l, m)
					}
				}
			}
		}
		if t.Failed() {
			for _, d := range append(docs, limit, other) {
				text, err := d.Format()
				t.Logf("%s %v", text, err)
			}
			return
		}
	}
	x.conclude(rounds)
}
