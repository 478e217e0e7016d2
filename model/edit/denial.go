package edit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Policies tell who asks by principal, aws:PrincipalArn, lambda:SourceFunctionArn and aws:userid. What they deny the
// whole by one of these they do not deny a part, which has other names. So every denial that binds the whole and not a
// part is put into the part's own policies, where it needs no name: nobody else has them, and an explicit deny ends an
// evaluation wherever it stands.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

// A caller is a function with its role, as policies see who asks.
type caller struct {
	role     *model.Role
	function *model.Function
	isNew    bool // AWS has yet to make the role: no text can hold its unique id
}

// callerKeys are the condition keys that tell one function from another, lower-case. Tags of a role are its parts' as well.
var callerKeys = []string{"aws:principalarn", "lambda:sourcefunctionarn", "aws:userid"}

// isCallerKey reports whether a condition is about who asks.
func isCallerKey(c policy.Condition) bool { return slices.Contains(callerKeys, strings.ToLower(c.Key)) }

// hasCallerVariable reports whether a text holds a variable for who asks, whose value differs from one part to another.
func hasCallerVariable(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(callerKeys, func(k string) bool { return strings.Contains(text, "${"+k) })
}

// binding tells how surely a statement is about somebody.
type binding uint8

const (
	never binding = iota
	perhaps
	surely
)

// binds tells whether a statement's principals and its conditions on who asks fit a caller. Other conditions, actions
// and resources are not looked at.
func (c *caller) binds(st *policy.Statement) binding {
	n := &policy.Statement{Effect: policy.Deny, Principals: st.Principals, NotPrincipal: st.NotPrincipal, Actions: []string{"*"}, Resources: []string{"*"}}
	variable := slices.ContainsFunc(st.Resources, hasCallerVariable)
	for _, cond := range st.Conditions {
		if isCallerKey(cond) {
			n.Conditions = append(n.Conditions, cond)
		} else {
			variable = variable || slices.ContainsFunc(cond.Values, hasCallerVariable)
		}
	}
	docs := []*policy.Document{anything}
	asked := &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{n}}
	if st.Principals == nil {
		docs = append(docs, asked)
	}
	identity, err := policy.Compile(nil, docs...)
	if err != nil {
		return perhaps
	}
	s := &policy.Stack{Identity: identity}
	if c.role.Boundary != "" {
		s.Boundary = policy.MustCompile(anything) // NotPrincipal asks whether there is one
	}
	req := policy.Request{Principal: c.session(), Action: "bulkhead:Any", Resource: "*", Open: true,
		Context: policy.Context{"aws:principalarn": {c.role.ARN}, "lambda:sourcefunctionarn": {c.function.ARN}}}
	switch {
	case c.isNew:
		req.Context["aws:userid"] = []string{"AROAGENERATED:" + c.function.Name}
	case c.role.UniqueID != "":
		req.Context["aws:userid"] = []string{c.role.UniqueID + ":" + c.function.Name}
	}
	if st.Principals != nil {
		if req.ResourcePolicy, err = policy.Compile(nil, asked); err != nil {
			return perhaps
		}
	}
	switch d := s.Evaluate(req); {
	case d.Outcome == policy.Allowed && d.Must:
		return never
	case d.Outcome == policy.Allowed, variable:
		return perhaps
	}
	return surely
}

var anything = &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}

// session is the ARN of the function's session of its role.
func (c *caller) session() string {
	fields := strings.SplitN(c.role.ARN, ":", 6)
	if len(fields) < 6 {
		return c.role.ARN
	}
	return strings.Join([]string{fields[0], fields[1], "sts", "", fields[4], "assumed-role/" + c.role.ARN[strings.LastIndexByte(c.role.ARN, '/')+1:] + "/" + c.function.Name}, ":")
}

// nameless is a statement without its principals and its conditions on who asks.
func nameless(st *policy.Statement) *policy.Statement {
	if st.Principals == nil && !slices.ContainsFunc(st.Conditions, isCallerKey) {
		return st
	}
	n := *st
	n.Principals, n.NotPrincipal = nil, false
	n.Conditions = slices.DeleteFunc(slices.Clone(st.Conditions), isCallerKey)
	return &n
}

// asksWho reports whether a statement may be about one caller and not about another.
func asksWho(st *policy.Statement) bool {
	if slices.ContainsFunc(st.Conditions, isCallerKey) || slices.ContainsFunc(st.Resources, hasCallerVariable) ||
		slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return slices.ContainsFunc(c.Values, hasCallerVariable) }) {
		return true
	}
	return st.NotPrincipal || slices.ContainsFunc(st.Principals, func(p policy.Principal) bool { return p.Kind == "AWS" && !isAccount(p.Value) })
}

// isAccount reports whether a principal is an account, or everybody: it stands for all roles alike.
func isAccount(principal string) bool {
	return principal == "*" || strings.HasSuffix(principal, ":root") || len(principal) == 12 && strings.Trim(principal, "0123456789") == ""
}

// A bond is a document that binds a role and is none of its own policies: its boundary, what the organization sets the
// account, or the policy of something that is asked.
type bond struct {
	what string // "the boundary PB", "the policy of res/Photos"
	on   string // ARN of what is asked; "" where the document names it itself
	doc  *policy.Document
	keep bool // its text stays as it is, whoever takes the whole's place
}

// bonds lists the documents that may tell the whole from its parts.
func (s *splitting) bonds() []bond {
	var out []bond
	add := func(what, on string, doc *policy.Document) {
		if doc != nil && slices.ContainsFunc(doc.Statements, asksWho) {
			out = append(out, bond{what: what, on: on, doc: doc})
		}
	}
	if p := s.design.Policy(s.role.Boundary); p != nil {
		add("the boundary "+firstOf(p.LogicalID, p.Name), "", p.Document)
		for i := range out {
			out[i].keep = true
		}
	}
	if fields := strings.SplitN(s.role.ARN, ":", 6); len(fields) == 6 && !s.role.ServiceLinked {
		if g := s.design.Info().Guardrails[fields[4]]; !g.Management {
			for _, l := range g.SCPs {
				for _, doc := range l.Policies {
					add("an SCP of "+l.Target, "", doc)
				}
			}
			for _, l := range g.RCPs {
				for _, doc := range l.Policies {
					add("an RCP of "+l.Target, "", doc)
				}
			}
		}
	}
	for _, r := range s.design.Resources() {
		add("the policy of "+string(r.ID), r.ARN, r.Policy)
	}
	for _, r := range s.design.Roles() {
		add("the trust policy of "+string(r.ID), r.ARN, r.Trust)
	}
	for _, f := range s.design.Functions() {
		if f != s.whole {
			add("the policy of "+string(f.ID), f.ARN, f.Policy)
		}
	}
	return out
}

// statement is a statement of the bond as one of a role's own policies would have to say it. false: none can.
func (b *bond) statement(st *policy.Statement) (*policy.Statement, bool) {
	n := *nameless(st)
	if n.Sid != "" && !identitySid.MatchString(n.Sid) {
		n.Sid = ""
	}
	if b.on == "" {
		return &n, true
	}
	if n.NotResource {
		return &n, false
	}
	n.Resources = nil
	add := func(r string) {
		if !slices.Contains(n.Resources, r) {
			n.Resources = append(n.Resources, r)
		}
	}
	for _, r := range st.Resources {
		if r != b.on && !strings.HasPrefix(r, b.on) && policy.Covers(r, b.on) {
			add(b.on) // of all that the pattern names, the policy is about its resource
			for _, part := range partsOf(b.on) {
				add(b.on + part)
			}
			continue
		}
		add(r)
	}
	if st.Resources == nil {
		add(b.on) // a trust policy
	}
	return &n, true
}

// partsOf is what follows an ARN in those of what lies in it: objects of a bucket, indexes of a table, log streams.
func partsOf(arn string) []string {
	switch fields := strings.SplitN(arn, ":", 4); {
	case len(fields) < 4, slices.Contains([]string{"kms", "sqs", "sns", "secretsmanager", "iam"}, fields[2]):
		return nil
	case fields[2] == "s3":
		return []string{"/*"}
	}
	return []string{"/*", ":*"}
}

// identitySid is what a Sid of an identity policy looks like. Those of resource policies may hold more.
var identitySid = regexp.MustCompile(`^[0-9A-Za-z]+$`)

// asNow is a statement as it will stand once callers of the whole are led to the part that takes its place.
func (s *splitting) asNow(st *policy.Statement) *policy.Statement {
	if s.kept != nil || s.heir == nil {
		return st
	}
	p := &passing{function: s.whole, heir: s.heir.function}
	if !s.shared {
		p.role, p.heirRole = s.role, s.heir.role
	}
	return reworded(st, p.swap)
}

// in is a statement of a bond as it will stand then.
func (s *splitting) in(b bond) func(*policy.Statement) *policy.Statement {
	if b.keep {
		return asIs
	}
	return s.asNow
}

func asIs(st *policy.Statement) *policy.Statement { return st }

// callerOf is who the requests of a part come from.
func (s *splitting) callerOf(p *splitPart) *caller {
	return &caller{role: p.role, function: p.function, isNew: p.role.ID != s.role.ID}
}

// carry finds the denials that bind the whole and not a part.
func (s *splitting) carry() error {
	whole := &caller{role: s.role, function: s.whole}
	s.binding = s.bonds()
	for _, p := range s.parts {
		if p.role.ID == s.role.ID {
			continue // under the whole's names
		}
		who := s.callerOf(p)
		for _, b := range s.binding {
			var said []string
			for _, st := range b.doc.Statements {
				if !asksWho(st) {
					continue
				}
				was, is := whole.binds(st), who.binds(s.in(b)(st))
				switch {
				case st.Effect == policy.Deny && was == surely && is != surely:
					if n, ok := b.statement(st); ok {
						p.carried = append(p.carried, carried{n, b.doc.Version})
						said = append(said, n.Actions...)
					}
				case st.Effect == policy.Deny && was == never && is != never:
					s.warn("%s spares %s by name; it does not spare %s: %s", b.what, s.role.ID, p.Name, describe(nameless(st)))
				case st.Effect == policy.Allow && was == surely && is == never && b.on == "":
					s.warn("%s allows %s something by name; it does not allow it %s: %s", b.what, s.role.ID, p.Name, describe(nameless(st)))
				}
			}
			if len(said) > 0 {
				s.warn("%s denies %s %s by name: a statement in the policies of %s denies it to %s", b.what, s.role.ID, and(slices.Compact(said)), p.role.LogicalID, p.Name)
			}
		}
	}
	return nil
}

// beside is a document without what of its denials the policies of the parts have now.
func (s *splitting) beside(doc *policy.Document) *policy.Document {
	if doc == nil {
		return nil
	}
	whole := &caller{role: s.role, function: s.whole}
	n := *doc
	n.Statements = nil
	for _, st := range doc.Statements {
		if st.Effect == policy.Allow || !st.NotResource && whole.binds(st) != surely {
			n.Statements = append(n.Statements, st)
		}
	}
	return &n
}

// A carried denial is one of a bond as a part's own policies have it.
type carried struct {
	*policy.Statement
	version string // of the document that it comes from
}

// ownDenials are statements of the whole's own policies as a part has them: those that deny the whole by its name deny
// the part without one.
func (s *splitting) ownDenials(p *splitPart, statements []*policy.Statement) []*policy.Statement {
	if p.role.ID == s.role.ID {
		return statements
	}
	whole := &caller{role: s.role, function: s.whole}
	out := slices.Clone(statements)
	for i, st := range out {
		if st.Effect == policy.Deny && asksWho(st) && whole.binds(st) == surely {
			out[i] = nameless(st)
		}
	}
	return out
}

// dangling warns of what a part is given under a condition that only the whole fulfils.
func (s *splitting) dangling(p *splitPart) {
	if p.role.ID == s.role.ID {
		return
	}
	whole, who := &caller{role: s.role, function: s.whole}, s.callerOf(p)
	for _, pol := range p.policies {
		if pol.Document == nil {
			continue
		}
		for _, st := range pol.Document.Statements {
			if st.Effect == policy.Allow && asksWho(st) && whole.binds(st) != never && who.binds(s.asNow(st)) == never {
				s.warn("part %s: %s asks for the names of %s, so it allows %s nothing", p.Name, describe(st), s.whole.ID, p.Name)
			}
		}
	}
}

// A reading is a document as it is for one caller. most: what it may allow at most, where it is not known whether a
// statement is about the caller; else what it allows at least.
func (c *caller) reading(doc *policy.Document, most bool, now func(*policy.Statement) *policy.Statement) *policy.Document {
	if !slices.ContainsFunc(doc.Statements, asksWho) {
		return doc
	}
	n := *doc
	n.Statements = nil
	for _, st := range doc.Statements {
		if !asksWho(st) {
			n.Statements = append(n.Statements, st)
			continue
		}
		how := c.binds(now(st))
		if how == surely || how == perhaps && most == (st.Effect == policy.Allow) {
			n.Statements = append(n.Statements, nameless(st))
		}
	}
	return &n
}

// comparison is what the whole and a part are compared by: all layers that may tell them apart.
func (s *splitting) comparison(p *splitPart, most bool) (after, before *policy.Stack, err error) {
	whole, who := &caller{role: s.role, function: s.whole}, s.callerOf(p)
	now := s.asNow
	if p.role.ID == s.role.ID {
		who, now = whole, asIs
	}
	var was, is []*policy.Document
	for _, doc := range s.design.Documents(s.role.Policies) {
		was = append(was, whole.reading(doc, !most, asIs))
	}
	for _, pol := range p.policies {
		if pol.Document != nil {
			is = append(is, who.reading(pol.Document, most, now))
		}
	}
	after, before = &policy.Stack{}, &policy.Stack{}
	limit := s.design.Policy(s.role.Boundary)
	if who != whole {
		for _, b := range s.binding {
			if limit != nil && b.doc == limit.Document {
				continue
			}
			was, is = append(was, b.reading(whole, !most, asIs)), append(is, b.reading(who, most, s.in(b)))
		}
		if limit != nil && limit.Document != nil && slices.ContainsFunc(limit.Document.Statements, asksWho) {
			if before.Boundary, err = policy.Compile(nil, whole.reading(limit.Document, !most, asIs)); err != nil {
				return nil, nil, fmt.Errorf("boundary of %s: %w", s.role.Name, err)
			}
			if after.Boundary, err = policy.Compile(nil, who.reading(limit.Document, most, asIs)); err != nil {
				return nil, nil, fmt.Errorf("boundary of %s: %w", s.role.Name, err)
			}
		}
	}
	w, err := stack(s.role.Name, was...)
	if err != nil {
		return nil, nil, err
	}
	i, err := stack(p.role.Name, is...)
	if err != nil {
		return nil, nil, err
	}
	before.Identity, after.Identity = w.Identity, i.Identity
	return after, before, nil
}

// reading is what of a bond is about a caller, as identity policies would say it. What a guardrail allows it does not grant.
func (b *bond) reading(c *caller, most bool, now func(*policy.Statement) *policy.Statement) *policy.Document {
	n := *b.doc
	n.Statements = nil
	for _, st := range b.doc.Statements {
		said, ok := b.statement(st)
		if st.Effect == policy.Allow && (b.on == "" || !asksWho(st)) || !ok {
			continue // what is the same for all callers, and what unreadable tells
		}
		how := c.binds(now(st))
		if how == surely || how == perhaps && most == (st.Effect == policy.Allow) {
			n.Statements = append(n.Statements, said)
		}
	}
	return &n
}

// unreadable is where a bond says of the whole and of a part what identity policies cannot say; "" if nowhere.
func (s *splitting) unreadable(p *splitPart) string {
	if p.role.ID == s.role.ID {
		return ""
	}
	whole, who := &caller{role: s.role, function: s.whole}, s.callerOf(p)
	for _, b := range s.binding {
		for _, st := range b.doc.Statements {
			if _, ok := b.statement(st); ok {
				continue
			}
			was, is := whole.binds(st), who.binds(s.in(b)(st))
			if st.Effect == policy.Deny && was != never && is != surely || st.Effect == policy.Allow && is != never && was != surely {
				return b.what + " names who asks in " + describe(st)
			}
		}
	}
	return ""
}
