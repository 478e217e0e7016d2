package terraform

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// insert writes a new statement behind one that is there, or before it.
func (p *patch) insert(near source.Span, before bool, st *policy.Statement) error {
	s, err := p.site(near)
	if err != nil {
		return err
	}
	g, err := p.open(s)
	if err != nil {
		return err
	}
	if o := p.evaluator.sites[st.Span]; o != nil && o != s { // how the one that it comes from says its texts
		if from, err := p.open(o); err == nil && from.site.kind == s.kind && from.site.scope.m == s.scope.m {
			for t, said := range from.spoken {
				if _, ok := g.spoken[t]; !ok {
					g.spoken[t] = said
				}
			}
		}
	}
	indent := lead(g.data, g.start)
	again, isAgain := p.again(s, st, indent)
	if s.kind == inBlock {
		text := again
		if !isAgain {
			if text, err = g.block(st); err != nil {
				return err
			}
			text = g.indented(text, indent)
		}
		at := g.end
		text = "\n\n" + indent + text
		if before {
			at = lineStart(g.data, g.start)
			text = strings.TrimPrefix(text, "\n\n") + "\n\n"
		}
		p.put(g.file, at, at, text)
		return nil
	}
	if s.list == nil || s.kind == inElement {
		return fmt.Errorf("%s: this statement does not stand in a list, so none can be added", near)
	}
	text := again
	if !isAgain {
		if text, err = g.printed(st); err != nil {
			return err
		}
	}
	several := strings.Contains(string(g.data[g.start:g.end]), "\n")
	alone := lineStart(g.data, g.start) > s.list.span.Start
	sep := ", "
	if alone {
		sep = ",\n" + indent
	}
	switch {
	case isAgain:
	case several:
		text = g.indented(g.over(text), indent)
	default:
		text = flat(text)
	}
	if before {
		p.put(g.file, g.start, g.start, text+sep)
	} else {
		p.put(g.file, g.end, g.end, sep+text)
	}
	return nil
}

// printed is a statement as an object, in the order that IAM's documents have.
func (g *page) printed(st *policy.Statement) (string, error) {
	not := map[bool]string{true: "Not"}
	var members [][2]string
	var failed error
	put := func(key, value string, err error) {
		if err != nil && failed == nil {
			failed = err
		}
		members = append(members, [2]string{key, value})
	}
	word := func(key, t string) {
		s, err := g.say(t)
		put(key, s, err)
	}
	if st.Sid != "" {
		word("Sid", st.Sid)
	}
	word("Effect", st.Effect.String())
	if len(st.Principals) > 0 {
		s, err := g.render(principalTree(st.Principals))
		put(not[st.NotPrincipal]+"Principal", s, err)
	}
	s, err := g.list(st.Actions, true)
	put(not[st.NotAction]+"Action", s, err)
	if len(st.Resources) > 0 {
		s, err := g.list(st.Resources, true)
		put(not[st.NotResource]+"Resource", s, err)
	}
	if len(st.Conditions) > 0 {
		s, err := g.render(conditionTree(st.Conditions))
		put("Condition", s, err)
	}
	if failed != nil {
		return "", failed
	}
	text := "{\n"
	for i, m := range members {
		key, sep := m[0], " = "
		if g.site.kind == inText {
			key, sep = `"`+key+`"`, ": "
		}
		text += "  " + key + sep + g.indented(m[1], "  ")
		if i < len(members)-1 {
			text += ","
		}
		text += "\n"
	}
	return text + "}", nil
}

// block is a statement as a statement block.
func (g *page) block(st *policy.Statement) (string, error) {
	var b strings.Builder
	b.WriteString("statement {\n")
	word := func(key, t string) error {
		s, err := g.say(t)
		b.WriteString("  " + key + " = " + s + "\n")
		return err
	}
	list := func(key string, texts []string) error {
		s, err := g.list(texts, false)
		b.WriteString("  " + key + " = " + g.indented(s, "  ") + "\n")
		return err
	}
	if st.Sid != "" {
		if err := word("sid", st.Sid); err != nil {
			return "", err
		}
	}
	if st.Effect == policy.Deny || g.field("effect") != nil {
		if err := word("effect", st.Effect.String()); err != nil {
			return "", err
		}
	}
	not := map[bool]string{true: "not_"}
	if err := list(not[st.NotAction]+"actions", st.Actions); err != nil {
		return "", err
	}
	if len(st.Resources) > 0 {
		if err := list(not[st.NotResource]+"resources", st.Resources); err != nil {
			return "", err
		}
	}
	p := principalTree(st.Principals)
	if len(p.text) > 0 {
		b.WriteString("\n  " + not[st.NotPrincipal] + "principals {\n    type        = \"*\"\n    identifiers = [\"*\"]\n  }\n")
	}
	for _, key := range p.keys {
		s, err := g.list(p.of[key].text, false)
		if err != nil {
			return "", err
		}
		b.WriteString("\n  " + not[st.NotPrincipal] + "principals {\n    type        = \"" + key + "\"\n    identifiers = " + g.indented(s, "    ") + "\n  }\n")
	}
	c := conditionTree(st.Conditions)
	for _, test := range c.keys {
		for _, variable := range c.of[test].keys {
			s, err := g.list(c.of[test].of[variable].text, false)
			if err != nil {
				return "", err
			}
			b.WriteString("\n  condition {\n    test     = \"" + test + "\"\n    variable = \"" + variable + "\"\n    values   = " + g.indented(s, "    ") + "\n  }\n")
		}
	}
	return b.String() + "}", nil
}

// removePolicy takes a policy out that goes: its block, and those that attach it.
func (p *patch) removePolicy(was *model.Policy) error {
	if was.Origin.IsZero() {
		return nil // of AWS: it goes with who has it
	}
	i := p.instance(was.LogicalID)
	if i == nil {
		return p.removeInline(was)
	}
	if err := p.mayGo(i); err != nil {
		return err
	}
	p.removeBlock(i)
	p.done[was.ID] = true
	if i.decl.typ != "aws_iam_policy" {
		return nil
	}
	arn := was.ARN
	for _, o := range p.objects {
		if !strings.HasSuffix(o.typ, "_policy_attachment") || words(dig(o.value, "policy_arn")) != arn {
			continue
		}
		a := p.instance(o.address)
		if err := p.mayGo(a); err != nil {
			return err
		}
		p.removeBlock(a)
	}
	return nil
}

// removeInline takes out the inline_policy block of a role.
func (p *patch) removeInline(was *model.Policy) error {
	for _, i := range p.evaluator.byAddress {
		for _, b := range i.place.blocks["inline_policy"] {
			if b.span != was.Origin {
				continue
			}
			if b.shared || sharing(i) != "" {
				return fmt.Errorf("%s: this policy cannot be taken out: %s", was.Origin, firstText(sharing(i), "a dynamic block makes it"))
			}
			p.cutLines(b.span)
			p.done[was.ID] = true
			return nil
		}
	}
	return fmt.Errorf("%s: how this policy is written is not known, so it cannot be taken out", was.Origin)
}

func firstText(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// instance is the resource of an address; nil if there is none.
func (p *patch) instance(address string) *instance { return p.evaluator.byAddress[address] }

// sharing says why the block of a resource makes others too; "" if it does not.
func sharing(i *instance) string {
	if i.shared == "" && i.module.decls.uses > 1 {
		return "its module is used several times"
	}
	return i.shared
}

// mayGo is an error where a block makes more than one resource, or something that stays refers to it.
func (p *patch) mayGo(i *instance) error {
	if sharing(i) != "" {
		return fmt.Errorf("%s: %s cannot be taken out: %s", i.object.span, i.object.address, sharing(i))
	}
	return nil
}

func (p *patch) removeBlock(i *instance) {
	if p.gone[i.object.address] {
		return
	}
	p.gone[i.object.address] = true
	at := i.object.span
	switch other := overriding(i.decl.block.Body, at.File); {
	case p.refused != nil:
	case !isNative(at.File):
		p.refused = fmt.Errorf("%s: %s cannot be taken out: a configuration in JSON is not edited", at, i.object.address)
	case other != "":
		p.refused = fmt.Errorf("%s: %s cannot be taken out: %s overrides a part of it", at, i.object.address, other)
	default:
		p.cutLines(at)
	}
}

// cutLines takes out the whole lines of a place, and the blank line behind or before them.
func (p *patch) cutLines(at source.Span) {
	data := p.in.Files[at.File]
	from, to := lineStart(data, at.Start), at.End
	if i := strings.IndexByte(string(data[to:]), '\n'); i >= 0 {
		to += i + 1
	} else {
		to = len(data)
	}
	switch {
	case to < len(data) && data[to] == '\n':
		to++
	case from > 1 && data[from-1] == '\n' && data[from-2] == '\n':
		from--
	}
	p.put(at.File, from, to, "")
}

// attachMore gives a role the managed policies that it is to have more: in its own list, or by a block.
func (p *patch) attachMore(was, is *model.Role) error {
	i := p.instance(was.LogicalID)
	for _, id := range is.Policies {
		q := p.after.Policy(id)
		if i == nil || q == nil || !q.Managed || slices.Contains(was.Policies, id) {
			continue
		}
		if sharing(i) != "" {
			return fmt.Errorf("%s: %s cannot get %s: %s", i.object.span, was.LogicalID, q.Name, sharing(i))
		}
		p.done[id] = true
		if b, _ := i.place.bound([]string{"managed_policy_arns"}); b.expr != nil {
			l, err := p.listOf(b)
			if err != nil || len(l.spans) == 0 {
				return fmt.Errorf("%s: the managed policies of %s do not stand in it", i.object.span, was.LogicalID)
			}
			arn, err := p.sayIn(i.module.scope(), q.ARN, false)
			if err != nil {
				return fmt.Errorf("%s: %w", i.object.span, err)
			}
			last := l.spans[len(l.spans)-1]
			sep := ", "
			if data := p.in.Files[l.file]; lineStart(data, last[0]) > l.start {
				sep = ",\n" + lead(data, last[0])
			}
			p.put(l.file, last[1], last[1], sep+arn)
			continue
		}
		text, err := p.attachment(i, was, is, q)
		if err != nil {
			return err
		}
		p.put(i.object.span.File, i.object.span.End, i.object.span.End, "\n\n"+text)
	}
	return nil
}

// detach takes policies from a role that others keep: the blocks that attach them.
func (p *patch) detach(role *model.Role, lost []model.ID) error {
	for _, id := range lost {
		pol := p.before.Policy(id)
		if pol == nil {
			continue
		}
		found := false
		for _, o := range p.objects {
			if o.typ != "aws_iam_role_policy_attachment" || words(dig(o.value, "policy_arn")) != pol.ARN || words(dig(o.value, "role")) != role.Name {
				continue
			}
			i := p.instance(o.address)
			if err := p.mayGo(i); err != nil {
				return err
			}
			p.removeBlock(i)
			found = true
		}
		if found {
			continue
		}
		if i := p.instance(role.LogicalID); i != nil {
			if b, at := i.place.bound([]string{"managed_policy_arns"}); b.expr != nil && at != nil {
				if e, err := p.listOf(b); err == nil {
					if n := slices.Index(e.texts, pol.ARN); n >= 0 && sharing(i) == "" {
						removeItems(p, e.file, p.in.Files[e.file], e.spans, []int{n}, e.start, e.end)
						continue
					}
				}
			}
		}
		return fmt.Errorf("%s: how %s is attached to %s is not known, so it cannot be detached", role.Origin, pol.Name, role.LogicalID)
	}
	return nil
}
