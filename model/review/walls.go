package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// denials adds the denials that are gone, or deny less than they did.
func (c *comparison) denials(h holder, is, was []paper, of string) {
	now := turned(is)
	for _, p := range was {
		for _, s := range p.doc.Statements {
			if s.Effect != policy.Deny || slices.ContainsFunc(now, func(o paper) bool {
				return o.doc.Version == p.doc.Version && mark(o.doc.Statements[0]) == mark(allowed(s))
			}) {
				continue
			}
			v := within([]paper{turn(p, s)}, nil, layers(now, nil))
			if v.Answer == policy.Yes {
				continue
			}
			f := Finding{ID: fmt.Sprintf("wall %s %sdeny %s", h.id, of, mark(s)), Rule: WallRemoved, Subject: h.id, Place: placeOf(c.is, h.id), Undecided: undecided(v),
				Says: fmt.Sprintf("%s is no longer denied %s on %s%s", c.is.Name(h.id), few(s.Actions, s.NotAction), few(s.Resources, s.NotResource), under(s))}
			if v.Witness != nil {
				f.Why = []string{fmt.Sprintf("for example %s on %s was denied", v.Witness.Action, v.Witness.Resource)}
			}
			c.add(f)
		}
	}
}

// turned are the denials of policies as grants, one a paper: what is denied less is what they allow less.
func turned(ps []paper) []paper {
	var out []paper
	for _, p := range ps {
		for _, s := range p.doc.Statements {
			if s.Effect == policy.Deny {
				out = append(out, turn(p, s))
			}
		}
	}
	return out
}

func turn(p paper, s *policy.Statement) paper {
	return paper{p.id, &policy.Document{Version: p.doc.Version, Statements: []*policy.Statement{allowed(s)}}}
}

func allowed(s *policy.Statement) *policy.Statement {
	n := *s
	n.Effect = policy.Allow
	return &n
}

// resourcePolicy compares a trust policy or the policy of a resource: whom it lets do more, and whom it denies less.
// What a trigger takes is no news: see isTrigger.
func (c *comparison) resourcePolicy(id model.ID, what string, is, was *policy.Document) {
	is = c.inOldNames(is)
	if same(is, was) {
		return
	}
	now, then := personal(id, is), personal(id, was)
	name := what + " of " + c.is.Name(id)
	h := holder{id: id}
	for _, p := range now {
		s := p.doc.Statements[0]
		if s.Effect == policy.Deny || c.isTrigger(id, p.from, was) {
			continue
		}
		denies := []paper{p.paper}
		for _, q := range now {
			if q.doc.Statements[0].Effect == policy.Deny {
				denies = append(denies, q.paper)
			}
		}
		v := within(denies, nil, layers(plain(then), nil))
		if v.Answer == policy.Yes {
			continue
		}
		c.wider[id] = true
		f := Finding{ID: fmt.Sprintf("grant %s %s", id, mark(p.from)), Rule: WiderGrant, Subject: id, Place: p.from.Span, Undecided: cmp.Or(undecided(v), untoldSource(p.from)),
			Says: fmt.Sprintf("the %s lets %s do %s%s, which it did not", name, whom(p.from), few(p.from.Actions, p.from.NotAction), under(p.from))}
		if f.Place.IsZero() {
			f.Place = placeOf(c.is, id)
		}
		c.add(f)
	}
	c.denials(h, plain(now), plain(then), "policy ")
}

// passes compares what the policy of a VPC endpoint lets through.
func (c *comparison) passes(id model.ID, is, was *policy.Document) {
	if is = c.inOldNames(is); was == nil || same(is, was) {
		return
	}
	f := Finding{ID: "wall " + string(id) + " endpoint", Rule: WallRemoved, Subject: id, Place: placeOf(c.is, id)}
	if is == nil {
		f.Says = "no policy limits any more what passes " + c.is.Name(id)
	} else {
		v := within(plain(personal(id, is)), nil, layers(plain(personal(id, was)), nil))
		if v.Answer == policy.Yes {
			return
		}
		f.Says = "the policy of " + c.is.Name(id) + " lets more pass than it did"
		f.Undecided, f.Witness = undecided(v), v.Witness
	}
	c.add(f)
}

func same(a, b *policy.Document) bool {
	switch {
	case a == nil || b == nil:
		return (a == nil || len(a.Statements) == 0) && (b == nil || len(b.Statements) == 0)
	}
	return prints([]paper{{"", a}}) == prints([]paper{{"", b}})
}

// A personalPaper is one statement of a resource's policy with its principals as a condition.
type personalPaper struct {
	paper
	from *policy.Statement
}

func plain(ps []personalPaper) []paper {
	out := make([]paper, len(ps))
	for i, p := range ps {
		out[i] = p.paper
	}
	return out
}

// principalKey stands for who asks, in statements whose principals are a condition. No policy has it.
const principalKey = "bulkhead:Principal"

// personal are the statements of a resource's policy with whom they are about as a condition on who asks: proofs are for
// one principal, and these are to be about all.
func personal(id model.ID, d *policy.Document) []personalPaper {
	if d == nil {
		return nil
	}
	var out []personalPaper
	for _, s := range d.Statements {
		n := *s
		n.Principals, n.NotPrincipal = nil, false
		if n.Resources == nil {
			n.Resources = []string{"*"}
		}
		var values []string
		everybody := false
		for _, p := range s.Principals {
			everybody = everybody || p.Kind == "*" || p.Kind == "AWS" && p.Value == "*"
			values = append(values, principalValues(p)...)
		}
		if s.NotPrincipal {
			n.Conditions = append(slices.Clone(s.Conditions), policy.Condition{Operator: "StringNotLike", Key: principalKey, Values: values})
		} else if !everybody {
			n.Conditions = append(slices.Clone(s.Conditions), policy.Condition{Operator: "StringLike", Key: principalKey, Values: values})
		}
		out = append(out, personalPaper{paper{id, &policy.Document{Version: d.Version, Statements: []*policy.Statement{&n}}}, s})
	}
	return out
}

// principalValues are the patterns of whom a principal element names: an account is everybody in it.
func principalValues(p policy.Principal) []string {
	if p.Kind != "AWS" {
		return []string{p.Kind + ":" + p.Value}
	}
	account := p.Value
	if rest, ok := strings.CutSuffix(p.Value, ":root"); ok && strings.HasPrefix(p.Value, "arn:") {
		account = rest[strings.LastIndexByte(rest, ':')+1:]
	}
	if strings.IndexFunc(account, func(r rune) bool { return r < '0' || r > '9' }) < 0 && len(account) == 12 {
		return []string{"AWS:arn:aws*:*::" + account + ":*"}
	}
	return []string{"AWS:" + p.Value}
}

func whom(s *policy.Statement) string {
	list := make([]string, len(s.Principals))
	for i, p := range s.Principals {
		list[i] = p.Value
		if p.Value == "*" {
			list[i] = "anyone"
		}
	}
	return few(list, s.NotPrincipal)
}

// guardrails compares the organization's policies level by level.
func (c *comparison) guardrails() {
	is, was := c.is.Info().Guardrails, c.was.Info().Guardrails
	for account, o := range was {
		g, ok := is[account]
		if !ok {
			if len(o.SCPs)+len(o.RCPs) > 0 && c.hasAccount(account) {
				c.add(Finding{ID: fmt.Sprintf("wall %s guardrails", account), Rule: WallRemoved,
					Says: fmt.Sprintf("the organization's policies that bound account %s are not there any more", account), Undecided: "they may only not have been seen: take the organization's policies with it as before"})
			}
			continue
		}
		for _, kind := range []struct {
			name    string
			is, was []model.Level
		}{{"service control policies", g.SCPs, o.SCPs}, {"resource control policies", g.RCPs, o.RCPs}} {
			for _, level := range kind.was {
				i := slices.IndexFunc(kind.is, func(l model.Level) bool { return l.Target == level.Target })
				f := Finding{ID: fmt.Sprintf("wall %s %s %s", account, kind.name[:strings.IndexByte(kind.name, ' ')], level.Target), Rule: WallRemoved}
				if i < 0 {
					f.Says = fmt.Sprintf("the %s of %s no longer bind account %s", kind.name, level.Target, account)
					c.add(f)
					continue
				}
				now, then := levelPapers(kind.is[i]), levelPapers(level)
				if prints(now) == prints(then) {
					continue
				}
				v := within(now, nil, layers(then, nil))
				if kind.name[0] == 'r' { // they allow everything and only deny
					v = within(turned(then), nil, layers(turned(now), nil))
				}
				if v.Answer != policy.Yes {
					f.Says = fmt.Sprintf("the %s of %s leave account %s more than they did", kind.name, level.Target, account)
					f.Why, f.Undecided, f.Witness = list(v.Why), undecided(v), v.Witness
					c.add(f)
				}
			}
		}
	}
}

// hasAccount reports whether something of after is in an account.
func (c *comparison) hasAccount(account string) bool {
	info := c.is.Info()
	if account == model.AnyAccount || account == info.Account {
		return true
	}
	for _, a := range info.Accounts {
		if a == account {
			return true
		}
	}
	return false
}

func levelPapers(l model.Level) []paper {
	out := make([]paper, len(l.Policies))
	for i, d := range l.Policies {
		out[i] = paper{"", d}
	}
	return out
}
