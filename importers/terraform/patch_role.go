package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"bulkhead/model"
)

// newRoles writes roles that come from others: copies of their blocks under other names, with their policies.
func (p *patch) newRoles() error {
	for _, was := range p.before.Roles() {
		i := p.instance(was.LogicalID)
		if i == nil || was.Origin.IsZero() {
			continue
		}
		var texts []string
		for _, is := range p.after.Roles() {
			if is.Origin != was.Origin || is.ID == was.ID || p.before.Role(is.ID) != nil {
				continue
			}
			more, err := p.newRole(i, was, is)
			if err != nil {
				return err
			}
			texts = append(texts, more...)
			p.done[is.ID] = true
		}
		at := i.object.span
		switch {
		case len(texts) == 0:
		case p.after.Role(was.ID) == nil:
			start := lineStart(p.in.Files[at.File], at.Start)
			p.put(at.File, start, start, strings.Join(texts, "\n\n")+"\n\n")
		default:
			p.put(at.File, at.End, at.End, "\n\n"+strings.Join(texts, "\n\n"))
		}
		if p.after.Role(was.ID) == nil {
			if err := p.removeRole(i, was); err != nil {
				return err
			}
		}
	}
	return nil
}

// newRole is a copy of a role's block, and what gives the new role its policies.
func (p *patch) newRole(i *instance, was, is *model.Role) ([]string, error) {
	w, err := p.rewrite(i)
	if err != nil {
		return nil, err
	}
	name := nameOf(is.LogicalID)
	w.label(name)
	w.attribute("name", "")
	w.attribute("name_prefix", "")
	for _, b := range i.decl.block.Body.Blocks {
		switch {
		case b.Type == "inline_policy":
			w.cutBlock(b)
		case b.Type == "dynamic":
			return nil, fmt.Errorf("%s: dynamic blocks make policies of %s: write them out first", p.evaluator.blockSpan(b), was.LogicalID)
		}
	}
	listed := map[string]bool{}
	if b, _ := i.place.bound([]string{"managed_policy_arns"}); b.expr != nil {
		l, err := p.listOf(b)
		if err != nil {
			return nil, fmt.Errorf("%s: the managed policies of %s do not stand in it: %w", i.object.span, was.LogicalID, err)
		}
		var gone []int
		for n, arn := range l.texts {
			if slices.ContainsFunc(is.Policies, func(id model.ID) bool { q := p.after.Policy(id); return q != nil && q.ARN == arn }) {
				listed[arn] = true
			} else {
				gone = append(gone, n)
			}
		}
		if len(gone) == len(l.texts) {
			w.attribute("managed_policy_arns", "")
		} else {
			sub := &patch{in: p.in}
			removeItems(sub, l.file, w.data, l.spans, gone, l.start, l.end)
			w.edits = append(w.edits, sub.edits...)
		}
	}
	text, err := w.copied()
	if err != nil {
		return nil, err
	}
	out := []string{text}
	for _, id := range is.Policies {
		q := p.after.Policy(id)
		switch {
		case q == nil, listed[q.ARN] && q.ARN != "":
		case q.Managed:
			text, err := p.attachment(i, was, is, q)
			if err != nil {
				return nil, err
			}
			out = append(out, text)
		case p.before.Policy(id) == nil:
			text, err := p.rolePolicy(i, is, q)
			if err != nil {
				return nil, err
			}
			out = append(out, text)
			p.done[id] = true
			for _, d := range i.module.decls.resources {
				if x := i.module.resource(d); d.typ == "aws_iam_role_policy" && x != nil && len(x.instances) == 1 && words(dig(x.instances[0].object.value, "role")) == was.Name {
					p.lead(is, d.key(), local(q.LogicalID))
				}
			}
		default:
			return nil, fmt.Errorf("%s: %s is a policy of %s and cannot be one of %s too", q.Origin, q.ID, was.LogicalID, is.LogicalID)
		}
	}
	return out, nil
}

// attachment gives a new role a managed policy as the role that it comes from has it.
func (p *patch) attachment(i *instance, was, is *model.Role, q *model.Policy) (string, error) {
	for _, d := range i.module.decls.resources {
		if d.typ != "aws_iam_role_policy_attachment" {
			continue
		}
		x := i.module.resource(d)
		if x == nil {
			continue
		}
		for _, a := range x.instances {
			if words(dig(a.object.value, "policy_arn")) != q.ARN || words(dig(a.object.value, "role")) != was.Name {
				continue
			}
			if w, err := p.rewrite(a); err == nil && w.point(a.object.span, i.decl.key(), local(is.LogicalID)) > 0 {
				label := p.unused(i.module, d.typ, nameOf(is.LogicalID)+"_"+d.name)
				p.lead(is, d.key(), d.typ+"."+label)
				w.label(label)
				return w.copied()
			}
		}
	}
	arn, err := p.sayIn(i.module.scope(), q.ARN, false)
	if err != nil {
		return "", fmt.Errorf("%s: %w", i.object.span, err)
	}
	label := p.unused(i.module, "aws_iam_role_policy_attachment", nameOf(is.LogicalID)+"_"+snake(q.Name))
	return "resource \"aws_iam_role_policy_attachment\" " + strconv.Quote(label) + " {\n  role       = " + local(is.LogicalID) + ".name\n  policy_arn = " + arn + "\n}", nil
}

// lead remembers what stands in the place of a resource for a new role.
func (p *patch) lead(role *model.Role, from, to string) {
	if p.led == nil {
		p.led = map[model.ID]map[string]string{}
	}
	if p.led[role.ID] == nil {
		p.led[role.ID] = map[string]string{}
	}
	p.led[role.ID][from] = to
}

// unused is a name that no resource of a type has in a module.
func (p *patch) unused(m *module, typ, name string) string {
	out := name
	for n := 2; m.decls.byName[typ+"."+out] != nil || p.taken[m.path+typ+"."+out]; n++ {
		out = name + "_" + strconv.Itoa(n)
	}
	p.taken[m.path+typ+"."+out] = true
	return out
}

// rolePolicy is a new inline policy of a role as a block.
func (p *patch) rolePolicy(near *instance, role *model.Role, q *model.Policy) (string, error) {
	name := nameOf(q.LogicalID)
	if q.LogicalID == "" || !strings.HasPrefix(local(q.LogicalID), "aws_iam_role_policy.") {
		return "", fmt.Errorf("%s: %s is new, and cannot be written into this configuration", near.object.span, q.ID)
	}
	if near.module.decls.byName[local(q.LogicalID)] != nil {
		return "", fmt.Errorf("%s: there is an %s already", near.object.span, local(q.LogicalID))
	}
	g := &page{patch: p, site: &site{kind: inObject, span: near.object.span, scope: near.module.scope()}, spoken: map[string]string{}}
	var statements []string
	for _, st := range q.Document.Statements {
		if o := p.evaluator.sites[st.Span]; o != nil && o.kind != inText && o.scope.m == near.module {
			if from, err := p.open(o); err == nil {
				for t, said := range from.spoken {
					if !strings.Contains(said, "&{") && !strings.Contains(said, "each.") && !strings.Contains(said, "count.") {
						g.spoken[t] = said
					}
				}
			}
		}
		text, err := g.printed(st)
		if err != nil {
			return "", err
		}
		statements = append(statements, "      "+g.indented(g.over(text), "      "))
	}
	text := "resource \"aws_iam_role_policy\" " + strconv.Quote(name) + " {\n  name = " + strconv.Quote(q.Name) + "\n  role = " + local(role.LogicalID) + ".id\n  policy = jsonencode({\n"
	if q.Document.Version != "" {
		text += "    Version = " + strconv.Quote(q.Document.Version) + "\n"
	}
	text += "    Statement = [\n" + strings.Join(statements, ",\n") + ",\n    ]\n  })\n}"
	return string(hclwrite.Format([]byte(text))), nil
}

// newPolicies writes inline policies that roles of the configuration get.
func (p *patch) newPolicies(changes []model.Change) error {
	for _, c := range changes {
		q, ok := c.After.(*model.Policy)
		if !ok || c.Before != nil || p.done[q.ID] || q.Managed {
			continue
		}
		for _, role := range p.after.Roles() {
			if !slices.Contains(role.Policies, q.ID) {
				continue
			}
			i := p.instance(role.LogicalID)
			if i == nil {
				continue
			}
			if sharing(i) != "" {
				return fmt.Errorf("%s: %s cannot get a policy of its own: %s", i.object.span, role.LogicalID, sharing(i))
			}
			text, err := p.rolePolicy(i, role, q)
			if err != nil {
				return err
			}
			p.put(i.object.span.File, i.object.span.End, i.object.span.End, "\n\n"+text)
			p.done[q.ID] = true
		}
	}
	return nil
}

// removeRole takes a role out that nobody has any more, with its policies and what attaches others.
func (p *patch) removeRole(i *instance, was *model.Role) error {
	if err := p.mayGo(i); err != nil {
		return err
	}
	p.removeBlock(i)
	p.done[was.ID] = true
	for _, d := range i.module.decls.resources {
		if d.typ != "aws_iam_role_policy" && d.typ != "aws_iam_role_policy_attachment" {
			continue
		}
		x := i.module.resource(d)
		if x == nil {
			continue
		}
		for _, a := range x.instances {
			if words(dig(a.object.value, "role")) != was.Name {
				continue
			}
			if err := p.mayGo(a); err != nil {
				return err
			}
			p.removeBlock(a)
		}
	}
	if err := p.unattach(i.module, was); err != nil {
		return err
	}
	for _, id := range was.Policies {
		if q := p.before.Policy(id); q != nil && !q.Managed && p.after.Policy(id) == nil {
			p.done[id] = true
		}
	}
	if p.rename == nil {
		p.rename = map[string]string{}
	}
	if heir := p.after.Role(p.after.Info().Passed[was.ID]); heir != nil {
		p.rename[i.module.path+i.decl.key()] = local(heir.LogicalID)
	}
	return nil
}

// unattach takes a role that goes out of the lists of those that a policy is attached to.
func (p *patch) unattach(m *module, was *model.Role) error {
	for _, d := range m.decls.resources {
		x := m.resource(d)
		if d.typ != "aws_iam_policy_attachment" || x == nil {
			continue
		}
		for _, a := range x.instances {
			n := slices.Index(texts(dig(a.object.value, "roles")), was.Name)
			if n < 0 {
				continue
			}
			if err := p.mayGo(a); err != nil {
				return err
			}
			if len(texts(dig(a.object.value, "roles")))+len(texts(dig(a.object.value, "users")))+len(texts(dig(a.object.value, "groups"))) == 1 {
				p.removeBlock(a)
				continue
			}
			b, _ := a.place.bound([]string{"roles"})
			l, err := p.listOf(b)
			if err != nil {
				return fmt.Errorf("%s: the roles of %s do not stand here: %w", a.object.span, a.object.address, err)
			}
			removeItems(p, l.file, p.in.Files[l.file], l.spans, []int{n}, l.start, l.end)
		}
	}
	return nil
}
