// Package tightening changes designs one statement at a time, for the tests of patchers.
package tightening

import (
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A Tightening is one statement changed.
type Tightening struct {
	Name   string
	Change func(*policy.Statement) *policy.Statement // nil: it cannot be done here; the same: drop it
}

// All can be tried on every statement.
var All = []Tightening{
	{"drop an action", func(s *policy.Statement) *policy.Statement {
		if len(s.Actions) < 2 || s.NotAction {
			return nil
		}
		n := *s
		n.Actions = s.Actions[1:]
		return &n
	}},
	{"spell a wildcard out", func(s *policy.Statement) *policy.Statement {
		if s.NotAction {
			return nil
		}
		for i, a := range s.Actions {
			if strings.HasSuffix(a, "*") && strings.Contains(a, ":") {
				all := catalog.Load().Expand(a)
				if len(all) < 2 {
					return nil
				}
				n := *s
				n.Actions = append(append([]string(nil), s.Actions[:i]...), all[0].String(), all[len(all)-1].String())
				n.Actions = append(n.Actions, s.Actions[i+1:]...)
				return &n
			}
		}
		return nil
	}},
	{"narrow the resource", func(s *policy.Statement) *policy.Statement {
		if s.NotResource || len(s.Resources) == 0 || s.Resources[0] == "arn:aws:s3:::narrow/*" {
			return nil
		}
		n := *s
		n.Resources = []string{"arn:aws:s3:::narrow/*"}
		return &n
	}},
	{"add a condition", func(s *policy.Statement) *policy.Statement {
		n := *s
		n.Conditions = append(s.Conditions[:len(s.Conditions):len(s.Conditions)], policy.Condition{Operator: "StringEqualsIfExists", Key: "aws:RequestedRegion", Values: []string{"eu-west-1", "eu-west-3"}})
		return &n
	}},
	{"drop the statement", func(s *policy.Statement) *policy.Statement { return s }},
}

// Tightened is the design with one statement changed; nil if the policy would be left empty.
func Tightened(t testing.TB, d *model.Design, p *model.Policy, i int, to *policy.Statement) *model.Design {
	t.Helper()
	doc := *p.Document
	doc.Statements = append([]*policy.Statement(nil), p.Document.Statements...)
	if to == p.Document.Statements[i] {
		if len(doc.Statements) == 1 {
			return nil
		}
		doc.Statements = append(doc.Statements[:i:i], doc.Statements[i+1:]...)
	} else {
		doc.Statements[i] = to
	}
	n := *p
	n.Document = &doc
	after, err := d.With(model.Change{Before: p, After: &n})
	if err != nil {
		t.Fatal(err)
	}
	return after
}
