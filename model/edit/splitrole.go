package edit

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// attach gives the roles of the parts their policies: what was carved for their grants, what AWS itself needs of
// the whole's access for the part's triggers and configuration, and every denial.
func (s *splitting) attach() error {
	was, err := stack(s.role.Name, s.design.Documents(s.role.Policies)...)
	if err != nil {
		return err
	}
	for _, p := range s.parts {
		s.assemble(p)
		var docs []*policy.Document
		for _, pol := range p.policies {
			if pol.Document != nil {
				docs = append(docs, pol.Document)
			}
		}
		is, err := stack(p.role.Name, docs...)
		if err != nil {
			return err
		}
		added := false
		for _, n := range s.partNeeds(p) {
			had, has := n.allowed(s.role, was), n.allowed(s.role, is)
			missing := slices.DeleteFunc(had, func(a string) bool { return slices.Contains(has, a) })
			if len(missing) > 0 {
				p.pieces = append(p.pieces, s.quarry.carveNeed(n, missing)...)
				added = true
			}
		}
		if added {
			s.assemble(p)
		}
	}
	return nil
}

// partNeeds lists what AWS itself does with the part's role, under the names that the whole has.
func (s *splitting) partNeeds(p *splitPart) []need { return s.needsOf(p, s.whole) }

// needsOf lists what AWS does with the role of a function that has the part's triggers.
func (s *splitting) needsOf(p *splitPart, f *model.Function) []need {
	var out []need
	for _, t := range p.triggers {
		out = append(out, triggerNeeds(s.design, t)...)
	}
	return append(out, ownNeeds(f)...)
}

// assemble builds the policies of a part's role from its pieces.
func (s *splitting) assemble(p *splitPart) {
	inPlace := p.role.ID == s.role.ID
	p.policies = nil
	var carved []model.ID // policies of the whole whose statements go into a new inline policy
	for _, id := range s.role.Policies {
		pol := s.design.Policy(id)
		switch {
		case pol == nil:
		case s.isMade(pol):
			if e := s.eventOf(pol); e == nil || slices.Contains(p.triggers, e) {
				p.policies = append(p.policies, pol)
			}
		case pol.Managed && s.staysAttached(pol, p), pol.Document == nil && inPlace:
			p.policies = append(p.policies, pol)
		case pol.Document == nil:
		case inPlace && !isAWSManaged(pol) && len(bearers(s.design, id)) == 1:
			own := s.quarry.assemble(p.pieces, func(st stone) bool { return st.policy == pol })
			if n := withStatements(pol, own); n != nil {
				p.policies = append(p.policies, n)
			}
		default:
			carved = append(carved, id)
		}
	}
	statements := s.ownDenials(p, s.quarry.assemble(p.pieces, func(st stone) bool { return slices.Contains(carved, st.policy.ID) }))
	statements = withCarried(statements, p.carried)
	if len(statements) > 0 {
		p.policies = append(p.policies, s.newPolicy(p, carved, statements))
	}
	slices.SortStableFunc(p.policies, func(a, b *model.Policy) int { return s.rank(a) - s.rank(b) })
	p.role.Policies = nil
	for _, pol := range p.policies {
		p.role.Policies = append(p.role.Policies, pol.ID)
	}
}

// rank orders the policies of a role as the source lists them: a role that the transform makes has managed ones
// first, then those for the function's configuration, the listed ones, and those for events; a written role has
// inline and managed ones in the order of the whole's; attached resources come last.
func (s *splitting) rank(p *model.Policy) int {
	if s.role.Implicit {
		switch {
		case p.Managed:
			return 0
		case !s.isMade(p):
			return 2
		case s.eventOf(p) != nil:
			return 3
		}
		return 1
	}
	inlineFirst := false
	for _, id := range s.role.Policies {
		if q := s.design.Policy(id); q != nil && q.LogicalID == "" {
			inlineFirst = !q.Managed && slices.ContainsFunc(s.role.Policies, func(o model.ID) bool {
				m := s.design.Policy(o)
				return m != nil && m.Managed
			})
			break
		}
	}
	switch {
	case p.LogicalID != "" && !p.Managed:
		return 3
	case p.Managed == inlineFirst:
		return 1
	}
	return 0
}

// withStatements is the policy with other statements; itself where they are the same, nil where there are none.
func withStatements(p *model.Policy, statements []*policy.Statement) *model.Policy {
	if len(statements) == 0 {
		return nil
	}
	if slices.Equal(statements, p.Document.Statements) {
		return p
	}
	doc := *p.Document
	doc.Statements = statements
	n := *p
	n.Document = &doc
	return &n
}

// newPolicy is the inline policy that holds what a part has of policies that are not its own. Its name is the one
// that SAM gives to the policy of a generated role.
func (s *splitting) newPolicy(p *splitPart, from []model.ID, statements []*policy.Statement) *model.Policy {
	var versions []string
	origin, span := p.role.Origin, source.Span{}
	for i, id := range from {
		pol := s.design.Policy(id)
		if versions = append(versions, pol.Document.Version); i == 0 {
			origin, span = pol.Origin, pol.Document.Span
		}
	}
	for _, c := range p.carried {
		versions = append(versions, c.version)
	}
	name := p.role.LogicalID + "Policy0"
	switch {
	case p.role.ID == s.role.ID && len(from) > 0:
		name = inlineName(s.role, from[0])
	case isAddress(p.role.LogicalID):
		name = localName(p.role.LogicalID) + "_policy"
	}
	doc := &policy.Document{Version: commonVersion(versions, statements), Statements: statements, Span: span}
	return newInline(p.role, name, doc, origin)
}

// withCarried adds what is carried to a part's statements. A Sid stands once in a document.
func withCarried(statements []*policy.Statement, more []carried) []*policy.Statement {
	out := slices.Clone(statements)
	for _, c := range more {
		st := c.Statement
		if slices.ContainsFunc(out, func(o *policy.Statement) bool { return o.Equal(st) }) {
			continue
		}
		if st.Sid != "" && slices.ContainsFunc(out, func(o *policy.Statement) bool { return o.Sid == st.Sid }) {
			n := *st
			n.Sid, st = "", &n
		}
		out = append(out, st)
	}
	return out
}

// commonVersion is the version of a document made of statements of others: theirs, if they have one, else the
// current one. Policy variables mean nothing before 2012-10-17, so statements that hold some keep the reading of
// the first.
func commonVersion(versions []string, statements []*policy.Statement) string {
	const current = "2012-10-17"
	if len(slices.Compact(slices.Clone(versions))) == 1 {
		return versions[0]
	}
	hasVariable := func(s string) bool { return strings.Contains(s, "${") }
	for _, s := range statements {
		if slices.ContainsFunc(s.Resources, hasVariable) || slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return slices.ContainsFunc(c.Values, hasVariable) }) {
			return versions[0]
		}
	}
	return current
}

// executionPolicies are the managed policies that Lambda itself works with, and when a function needs them. SAM
// attaches them to the roles that it generates by the same rule.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func executionPolicies(name string, f *model.Function, triggers []*model.Trigger) bool {
	polls := func(event string) bool {
		return slices.ContainsFunc(triggers, func(t *model.Trigger) bool {
			return t.Kind == "event-source-mapping" && strings.EqualFold(t.Event, event)
		})
	}
	switch name {
	case "AWSLambdaBasicExecutionRole", "AWSLambdaBasicDurableExecutionRolePolicy":
		return true
	case "AWSLambdaVPCAccessExecutionRole":
		return f.VPC
	case "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess":
		return f.Tracing
	case "AWSLambdaSQSQueueExecutionRole":
		return polls("sqs")
	case "AWSLambdaDynamoDBExecutionRole":
		return polls("dynamodb")
	case "AWSLambdaKinesisExecutionRole":
		return polls("kinesis")
	case "AWSLambdaMSKExecutionRole":
		return polls("kafka") || polls("msk")
	}
	return false
}

// staysAttached reports whether a part keeps a managed policy of the whole as it is.
func (s *splitting) staysAttached(p *model.Policy, part *splitPart) bool {
	return isAWSManaged(p) && executionPolicies(p.Name, part.function, part.triggers)
}
