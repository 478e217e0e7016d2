package review

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// deliveries are what services do to what they start, fill or write to: no more than a trigger or a log takes.
var deliveries = map[string]bool{
	"lambda:invokefunction": true, "states:startexecution": true, "events:putevents": true,
	"sqs:sendmessage": true, "sns:publish": true, "kinesis:putrecord": true, "kinesis:putrecords": true, "firehose:putrecord": true, "firehose:putrecordbatch": true,
	"logs:createlogstream": true, "logs:putlogevents": true,
}

// isTrigger reports whether a statement of the policy of a function or resource is what a trigger that is new takes, and
// no more: it lets services deliver, on behalf of one source that it names, which is nobody else's. Such a statement is no
// news; whom the trigger starts is a hit of whoever feeds it. One that lets the same source in as before is that statement
// changed, and has to be within it like any other.
func (c *comparison) isTrigger(id model.ID, s *policy.Statement, was *policy.Document) bool {
	if c.is.Role(id) != nil || s.NotPrincipal || s.NotAction || len(s.Principals) == 0 {
		return false
	}
	if slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Kind != "Service" }) ||
		slices.ContainsFunc(s.Actions, func(a string) bool { return !deliveries[strings.ToLower(a)] }) {
		return false
	}
	sources, accounts := sourcesOf(s, "aws:SourceArn"), sourcesOf(s, "aws:SourceAccount")
	home := c.accountOf(id)
	ours := len(accounts) > 0 && !slices.ContainsFunc(accounts, func(a string) bool { return a != home })
	if len(accounts) > 0 && !ours {
		return false
	}
	if len(sources) == 0 {
		// Anything of the account, by this service: what cannot be named sooner, such as a bucket that names the function
		// itself. It takes a trigger that was not there, and that nothing else of the service has changed.
		return ours && !slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return !c.newlyStarts(id, p.Value) || c.lost(id, p, was) })
	}
	return !slices.ContainsFunc(sources, func(arn string) bool { return !c.isOne(arn, home, ours) || c.let(was, s.Principals, arn) })
}

// sourcesOf are the values of conditions that ask for a source to be one of them; nil where none does.
func sourcesOf(s *policy.Statement, key string) []string {
	var out []string
	for _, x := range s.Conditions {
		switch x.Operator {
		case "ArnLike", "ArnEquals", "StringEquals", "StringLike":
			if strings.EqualFold(x.Key, key) {
				out = append(out, x.Values...)
			}
		}
	}
	return out
}

// isOne reports whether an ARN names one thing of the account, or what is within it: an API for its routes. A name
// without an account, a bucket's, may be somebody else's unless it is the design's or the account is asked for as well.
func (c *comparison) isOne(arn, home string, ours bool) bool {
	f := strings.SplitN(arn, ":", 6)
	if len(f) < 6 || untold(arn) != "" {
		return false
	}
	name := f[5]
	if f[2] == "execute-api" {
		name, _, _ = strings.Cut(name, "/")
	}
	if name == "" || strings.ContainsAny(strings.Join(f[:5], ""), "*?") || strings.ContainsAny(name, "*?") {
		return false
	}
	return f[4] == home || f[4] == "" && (ours || c.owns(arn))
}

// owns reports whether something of the design, by the names that things had, has an ARN.
func (c *comparison) owns(arn string) bool {
	for _, d := range []*model.Design{c.was, c.is} {
		if slices.ContainsFunc(d.Resources(), func(r *model.Resource) bool { return !r.External && r.ARN == arn }) {
			return true
		}
	}
	return false
}

// accountOf is the account that an element is in.
func (c *comparison) accountOf(id model.ID) string {
	if r := c.is.Resource(id); r != nil && r.Account != "" {
		return r.Account
	}
	if f := strings.SplitN(model.ARN(c.is.Element(id)), ":", 6); len(f) == 6 && f[4] != "" {
		return f[4]
	}
	return c.is.Info().Account
}

// newlyStarts reports whether something starts an element by a service that did not start it by that before.
func (c *comparison) newlyStarts(id model.ID, service string) bool {
	name, _, _ := strings.Cut(service, ".")
	return slices.ContainsFunc(c.is.TriggersOf(id), func(t *model.Trigger) bool {
		return t.Kind != "permission" && t.Explains(name) && !slices.ContainsFunc(c.was.TriggersOf(c.names.was[id]), func(o *model.Trigger) bool {
			return o.Kind == t.Kind && o.From == c.oldID(t.From)
		})
	})
}

// let reports whether a policy let one of the principals in for a source.
func (c *comparison) let(was *policy.Document, who []policy.Principal, arn string) bool {
	return was != nil && slices.ContainsFunc(was.Statements, func(o *policy.Statement) bool {
		return o.Effect == policy.Allow && slices.Contains(sourcesOf(o, "aws:SourceArn"), arn) &&
			slices.ContainsFunc(o.Principals, func(p policy.Principal) bool { return slices.Contains(who, p) })
	})
}

// lost reports whether a statement that let a principal in is no longer in the policy of an element.
func (c *comparison) lost(id model.ID, who policy.Principal, was *policy.Document) bool {
	if was == nil {
		return false
	}
	var now []string
	if d := c.inOldNames(model.PolicyOf(c.is.Element(id))); d != nil {
		for _, s := range d.Statements {
			now = append(now, mark(s))
		}
	}
	return slices.ContainsFunc(was.Statements, func(o *policy.Statement) bool {
		return o.Effect == policy.Allow && slices.Contains(o.Principals, who) && !slices.Contains(now, mark(o))
	})
}

// untoldSource says of a statement that lets services in what of their source is not told; "" if all is.
func untoldSource(s *policy.Statement) string {
	for _, arn := range sourcesOf(s, "aws:SourceArn") {
		if name := untold(arn); name != "" {
			return "what " + name + " is, the source does not tell (--param gives it)"
		}
	}
	return ""
}
