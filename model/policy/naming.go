package policy

import (
	"slices"
	"strings"
)

// Whom statements beside the identity policies name, as conditions on the keys that follow from the caller: a stack is asked
// about without a request, and so without a caller ("AWS JSON policy elements: Principal"; aws:PrincipalArn,
// aws:PrincipalAccount and aws:userid of "AWS global condition context keys").

// unnamed is a statement of an endpoint policy or of a resource control policy as statements that say the same of IAM
// principals without a Principal element; none where it is about no IAM principal. Where they look at aws:userid, which every
// request of AWS has, a request without it is denied rather than allowed.
func (s *Stack) unnamed(st *statement) []*statement {
	if st.principals == nil {
		return []*statement{st}
	}
	if s.Principal != "" {
		return s.unnamedFor(st, parseCaller(s.Principal))
	}
	switch {
	case !st.from.NotPrincipal:
		return st.under(callersOf(st.principals).any(st.effect == Deny), nil)
	case st.effect == Deny && s.Boundary != nil:
		return st.under([][]Condition{nil}, nil) // whoever has a boundary is denied; see matchPrincipals
	}
	return st.under(callersOf(spared(st)).none(st.effect == Deny))
}

// spared are the entries of a NotPrincipal that spare somebody: with Deny, an account alone spares its root user, who answers
// to no identity policy.
func spared(st *statement) []principalPattern {
	if st.effect == Allow {
		return st.principals
	}
	return slices.DeleteFunc(slices.Clone(st.principals), func(p principalPattern) bool { return p.kind == account })
}

// unnamedFor is unnamed for one caller: what its ARN does not tell stays a condition, such as which of its sessions a role is.
func (s *Stack) unnamedFor(st *statement, c caller) []*statement {
	named, perhaps := false, []principalPattern(nil)
	list := st.principals
	if st.from.NotPrincipal {
		list = spared(st)
	}
	for _, p := range list {
		session := parseCaller(p.text)
		switch _, t := p.match(&c, nil); {
		case t == yes:
			named = true
		case t == maybe, p.byID(), c.typ == typeRole && session.typ == typeSession && session.account == c.account && session.name == c.name:
			perhaps = append(perhaps, p)
		}
	}
	who := callersOf(perhaps)
	switch everyone := [][]Condition{nil}; {
	case !st.from.NotPrincipal && named:
		return st.under(everyone, nil)
	case !st.from.NotPrincipal:
		return st.under(who.any(st.effect == Deny), nil)
	case st.effect == Deny && s.Boundary != nil:
		return st.under(everyone, nil)
	case named:
		return nil
	}
	return st.under(who.none(st.effect == Deny))
}

// under is a statement without its principals, once for each way in which its conditions may be met beside its own; but of
// nobody of whom all conditions of one of others hold.
func (s *statement) under(ways, others [][]Condition) []*statement {
	if len(ways) == 1 && len(ways[0]) == 0 {
		return []*statement{s}
	}
	var out []*statement
	for _, way := range ways {
		t, from := *s, *s.from
		t.principals, from.Principals, from.NotPrincipal = nil, nil, false
		from.Conditions = append(slices.Clip(from.Conditions), way...)
		t.conditions = slices.Clip(t.conditions)
		for i := range way {
			t.conditions = append(t.conditions, compileCondition(&way[i], true))
		}
		t.from, t.whole, t.spares = &from, s.from, others
		if s.whole != nil {
			t.whole = s.whole
		}
		out = append(out, &t)
	}
	return out
}

// callers are IAM principals that some entries of Principal name.
type callers struct {
	everyone bool
	arns     []string // values of aws:PrincipalArn, with an unknown in some
	accounts []string // values of aws:PrincipalAccount
	ids      []string // values of aws:userid, for StringLike
	sessions []namedSession
}

// A namedSession is a session of a role: its role's ARN for ArnLike, whose path a session's own does not tell, and its
// aws:userid for StringLike, whose beginning it does not tell either.
type namedSession struct{ roles, ids []string }

// byID reports whether an entry is the unique id of a user or role.
func (p *principalPattern) byID() bool {
	return p.kind == other && (strings.HasPrefix(p.text, "AIDA") || strings.HasPrefix(p.text, "AROA"))
}

func callersOf(principals []principalPattern) *callers {
	out := new(callers)
	for i := range principals {
		p := &principals[i]
		switch {
		case p.kind == anyone:
			out.everyone = true
		case p.kind == service || p.kind == federated:
			// They have no identity policies.
		case strings.ContainsAny(p.text, "*?") || !p.open && strings.Contains(p.text, "${"):
			// No principal is called so.
		case p.open:
			out.addOpen(p.text)
		case p.kind == account:
			out.accounts = append(out.accounts, p.text)
		case p.kind == role:
			// What is derived from a session's ARN has no path.
			out.arns = append(out.arns, p.text)
			if head, _, _ := strings.Cut(p.text, ":role/"); head+":role/"+p.name != p.text {
				out.arns = append(out.arns, head+":role/"+p.name)
			}
		case p.kind == named:
			out.addNamed(p)
		case p.byID() && strings.HasPrefix(p.text, "AIDA"):
			out.ids = append(out.ids, p.text)
		case p.byID():
			out.ids = append(out.ids, p.text, p.text+":*")
		}
	}
	return out
}

// addOpen takes an entry of which a part is not known: an ARN, an account's, or all of it.
func (c *callers) addOpen(text string) {
	f, ok := splitARN(text)
	switch {
	case ok && f[5] == "root":
		c.accounts = append(c.accounts, f[4])
	case strings.HasPrefix(text, "arn:"):
		c.arns = append(c.arns, text)
	default:
		c.arns, c.accounts = append(c.arns, text), append(c.accounts, text)
	}
}

func (c *callers) addNamed(p *principalPattern) {
	f, _ := splitARN(p.text)
	if session := parseCaller(p.text); session.typ == typeSession {
		role := "arn:" + f[1] + ":iam::" + f[4] + ":role/"
		c.sessions = append(c.sessions, namedSession{[]string{role + session.name, role + "*/" + session.name}, []string{"*:" + f[5][strings.LastIndexByte(f[5], '/')+1:]}})
		return
	}
	c.arns = append(c.arns, p.text)
	if p.name != "" { // a user, and the sessions that it federates
		c.arns = append(c.arns, "arn:"+f[1]+":sts::"+p.account+":federated-user/"+p.name)
	}
}

// any lists ways to be one of the callers. cautious: who perhaps is one is taken for one.
func (c *callers) any(cautious bool) (ways [][]Condition) {
	if c.everyone {
		return [][]Condition{nil}
	}
	like := "StringLike"
	if cautious {
		like = "StringLikeIfExists"
	}
	if len(c.arns) > 0 {
		ways = append(ways, []Condition{{"ArnEquals", "aws:PrincipalArn", c.arns}})
	}
	if len(c.accounts) > 0 {
		ways = append(ways, []Condition{{"StringEquals", "aws:PrincipalAccount", c.accounts}})
	}
	if len(c.ids) > 0 {
		ways = append(ways, []Condition{{like, "aws:userid", c.ids}})
	}
	for _, s := range c.sessions {
		ways = append(ways, []Condition{{"ArnLike", "aws:PrincipalArn", s.roles}, {like, "aws:userid", s.ids}})
	}
	return ways
}

// maxWays bounds the ways to be none of some callers.
const maxWays = 64

// none lists ways to be none of the callers, apart from some others: the sessions of who is known by what their conditions say.
// cautious: who perhaps is none is taken for none.
func (c *callers) none(cautious bool) (ways, others [][]Condition) {
	if c.everyone {
		return nil, nil
	}
	var all []Condition
	if len(c.arns) > 0 {
		all = append(all, Condition{"ArnNotEquals", "aws:PrincipalArn", c.arns})
	}
	if len(c.accounts) > 0 {
		all = append(all, Condition{"StringNotEquals", "aws:PrincipalAccount", c.accounts})
	}
	like := "StringLike"
	if !cautious {
		like = "StringLikeIfExists"
	}
	unlike := func(values []string) []Condition {
		out := []Condition{{"StringNotLike", "aws:userid", values}}
		if !cautious {
			out = append(out, Condition{"Null", "aws:userid", []string{"false"}})
		}
		return out
	}
	if len(c.ids) > 0 {
		all = append(all, unlike(c.ids)...)
	}
	ways = [][]Condition{all}
	for _, s := range c.sessions {
		if len(ways)*2 > maxWays {
			others = append(others, []Condition{{"ArnLike", "aws:PrincipalArn", s.roles}, {like, "aws:userid", s.ids}})
			continue
		}
		var next [][]Condition
		for _, way := range ways {
			next = append(next, append(slices.Clip(way), Condition{"ArnNotLike", "aws:PrincipalArn", s.roles}), append(slices.Clip(way), unlike(s.ids)...))
		}
		ways = next
	}
	return ways, others
}
