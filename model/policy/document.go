package policy

import (
	"iter"

	"bulkhead/model/source"
)

// A Document is an IAM policy. It is never written after it is made: its pointer is a cache key.
//
// Strings of a document may hold tokens that only the source of the document could resolve. A token
// "${Name}" whose name has no colon (and is not "*", "?" or "$") is an *unknown*: a parameter without a
// value, an import, an unread call. It surely equals itself and perhaps anything else. Everything else in
// "${…}" is an IAM policy variable. A name that AWS generates is an ordinary literal such as
// "webshop-Orders-GENERATED": it equals only itself.
type Document struct {
	Version    string // "2012-10-17", "2008-10-17" or "" (which means the latter)
	ID         string
	Statements []*Statement
	Span       source.Span
}

// Texts goes through the texts of a document that may hold tokens or names: actions, resources, principals and the values
// of conditions, in order.
func (d *Document) Texts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range d.Statements {
			for _, list := range [][]string{s.Actions, s.Resources} {
				for _, x := range list {
					if !yield(x) {
						return
					}
				}
			}
			for _, p := range s.Principals {
				if !yield(p.Value) {
					return
				}
			}
			for _, c := range s.Conditions {
				for _, x := range c.Values {
					if !yield(x) {
						return
					}
				}
			}
		}
	}
}

// A Statement is one statement of a Document. It is never written after it is made.
type Statement struct {
	Sid          string
	Effect       Effect
	Principals   []Principal // of Principal or NotPrincipal; nil in identity policies
	NotPrincipal bool        // Principals holds NotPrincipal
	Actions      []string    // of Action or NotAction, as written
	NotAction    bool
	Resources    []string // of Resource or NotResource, as written; nil in trust policies
	NotResource  bool
	Conditions   []Condition // ANDed, in source order

	// Span is where the statement stands. A statement made by an edit keeps the span of the one it came
	// from, so that a patch knows what to change; several may share one.
	Span source.Span
}

// Effect is Allow or Deny.
type Effect uint8

// The effects of a statement.
const (
	Allow Effect = iota
	Deny
)

// String is "Allow" or "Deny".
func (e Effect) String() string {
	if e == Deny {
		return "Deny"
	}
	return "Allow"
}

// A Principal is one entry of a statement's Principal element: {"AWS": "arn:…"} is {AWS, arn:…} and
// "Principal": "*" is {"*", "*"}.
type Principal struct {
	Kind  string // AWS, Service, Federated, CanonicalUser, or "*"
	Value string
}

// A Condition is one key of a statement's Condition element with its operator: all values are ORed.
type Condition struct {
	Operator string // as written: StringLike, ForAllValues:StringEqualsIfExists …
	Key      string // as written: aws:SourceArn …
	Values   []string
}

// Join is one document that says what two say, the other's statements behind its own: AWS keeps one policy a resource, where
// a source may write several. A nil document says nothing.
func (d *Document) Join(o *Document) *Document {
	switch {
	case d == nil:
		return o
	case o == nil:
		return d
	}
	both := *d
	both.Statements = append(append([]*Statement(nil), d.Statements...), o.Statements...)
	return &both
}
