package terraform

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// statementID is what Lambda takes as the name of a permission.
var statementID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// permissions leads the permissions of a function to the parts that have them: one that nobody keeps moves, further
// parts get copies.
func (p *patch) permissions(was *model.Function, functions []*model.Function) error {
	if was.Policy == nil {
		return nil
	}
	from := local(was.LogicalID)
	for _, st := range was.Policy.Statements {
		i := p.permissionAt(st.Span)
		if i == nil {
			continue
		}
		stays, moved := false, false
		for _, f := range functions {
			stays = stays || f.ID == was.ID && f.Policy != nil && slices.ContainsFunc(f.Policy.Statements, func(s *policy.Statement) bool { return s.Span == st.Span })
		}
		// One that is called as it was first: the permission itself goes there.
		order := slices.Clone(functions)
		slices.SortStableFunc(order, func(a, b *model.Function) int {
			renamed := func(f *model.Function) int {
				if f.Policy != nil && slices.ContainsFunc(f.Policy.Statements, func(s *policy.Statement) bool { return s.Span == st.Span && s.Sid == st.Sid }) {
					return 0
				}
				return 1
			}
			return renamed(a) - renamed(b)
		})
		for _, f := range order {
			if f.ID == was.ID || f.Policy == nil {
				continue
			}
			n := slices.IndexFunc(f.Policy.Statements, func(s *policy.Statement) bool { return s.Span == st.Span })
			if n < 0 {
				continue
			}
			w, err := p.rewrite(i)
			if err != nil {
				return err
			}
			if w.point(i.object.span, from, local(f.LogicalID)) == 0 {
				return fmt.Errorf("%s: this permission does not refer to %s by its name, so it cannot be led to %s", i.object.span, from, f.ID)
			}
			if !stays && !moved {
				moved = true
				w.inPlace()
				continue
			}
			sid := f.Policy.Statements[n].Sid
			if !statementID.MatchString(sid) {
				return fmt.Errorf("%s: this permission goes to several functions: give it a statement_id first", i.object.span)
			}
			w.label(i.decl.name + "_" + nameOf(f.LogicalID))
			w.attribute("statement_id", strconv.Quote(sid))
			text, err := w.copied()
			if err != nil {
				return err
			}
			p.put(i.object.span.File, i.object.span.End, i.object.span.End, "\n\n"+text)
		}
		if !stays && !moved && p.after.Function(was.ID) == nil {
			p.removeBlock(i)
		}
	}
	return nil
}

// permissionAt is the permission that stands at a place.
func (p *patch) permissionAt(at source.Span) *instance {
	for _, i := range p.evaluator.byAddress {
		if i.decl.typ == "aws_lambda_permission" && i.object.span == at {
			return i
		}
	}
	return nil
}

// movedTriggers leads what starts a function to the part that it starts now.
func (p *patch) movedTriggers(changes []model.Change) error {
	for _, c := range changes {
		is, ok := c.After.(*model.Trigger)
		if !ok {
			continue
		}
		was, _ := c.Before.(*model.Trigger)
		if was == nil { // under another id
			for _, t := range p.before.Triggers() {
				if t.Origin == is.Origin && p.after.Trigger(t.ID) == nil && t.Kind == is.Kind {
					was = t
				}
			}
		}
		if was == nil || was.To == is.To || p.done[is.ID] {
			continue
		}
		from, to := p.before.Function(was.To), p.after.Function(is.To)
		if from == nil || to == nil {
			continue
		}
		if err := p.moveTrigger(was, local(from.LogicalID), to); err != nil {
			return err
		}
		p.done[is.ID], p.done[was.ID] = true, true
	}
	return nil
}

// moveTrigger leads one trigger to another function: in its own block, or in the integration that it names.
func (p *patch) moveTrigger(t *model.Trigger, from string, to *model.Function) error {
	var i *instance
	for _, x := range p.evaluator.byAddress {
		if x.object.span.Contains(t.Origin) {
			i = x
		}
	}
	if i == nil {
		return fmt.Errorf("%s: how this starts the function is not known, so it cannot be moved", whereIs(t))
	}
	if i.decl.typ == "aws_lambda_permission" {
		return nil // the permission itself is led to the parts that have it
	}
	if err := p.movesWhole(i, t, to); err != nil {
		return err
	}
	w, err := p.rewrite(i)
	if err != nil {
		return err
	}
	if w.point(t.Origin, from, local(to.LogicalID)) > 0 {
		w.inPlace()
		return nil
	}
	// The function stands behind something that the trigger names: an integration, which other routes may name too.
	for _, ref := range references(i.decl.block.Body) {
		name, at := referred(ref)
		d := i.module.decls.byName[name]
		if d == nil || d.data || d == i.decl {
			continue
		}
		x := i.module.resource(d)
		if x == nil || len(x.instances) != 1 {
			continue
		}
		b, err := p.rewrite(x.instances[0])
		if err != nil {
			continue
		}
		if b.point(x.instances[0].object.span, from, local(to.LogicalID)) == 0 {
			continue
		}
		if p.usersOf(i.module, name)-p.away[i.module.path+name] == 1 { // the last that names it
			b.inPlace()
			return nil
		}
		p.away[i.module.path+name]++
		label := d.name + "_" + nameOf(to.LogicalID)
		w.put(at.Start.Byte, at.End.Byte, d.typ+"."+label)
		w.inPlace()
		if p.taken[i.module.path+d.typ+"."+label] {
			return nil // another route has made it
		}
		p.taken[i.module.path+d.typ+"."+label] = true
		b.label(label)
		text, err := b.copied()
		if err != nil {
			return err
		}
		p.put(b.file, b.end, b.end, "\n\n"+text)
		return nil
	}
	return fmt.Errorf("%s: this does not refer to %s by its name, so it cannot be moved to %s", t.Origin, from, to.ID)
}

// movesWhole fails where a dynamic block makes a trigger, and makes others of the function that do not go where it goes.
func (p *patch) movesWhole(i *instance, t *model.Trigger, to *model.Function) error {
	for _, b := range i.decl.block.Body.Blocks {
		whole := p.evaluator.blockSpan(b)
		if b.Type != "dynamic" || !whole.Contains(t.Origin) {
			continue
		}
		for _, o := range p.after.Triggers() {
			if was := p.before.Trigger(o.ID); was != nil && whole.Contains(o.Origin) && was.To == t.To && o.To != to.ID {
				return fmt.Errorf("%s: a dynamic block makes several triggers here, which would start several functions: write them out first", t.Origin)
			}
		}
	}
	return nil
}

// usersOf counts the blocks that refer to a resource, but for what depends on it.
func (p *patch) usersOf(m *module, name string) int {
	n := 0
	for _, d := range m.decls.resources {
		if slices.ContainsFunc(references(d.block.Body), func(t hcl.Traversal) bool {
			of, _ := referred(t)
			return of == name && !inDependsOn(d.block, t)
		}) && d.key() != name {
			n++
		}
	}
	return n
}

func inDependsOn(b *hclsyntax.Block, t hcl.Traversal) bool {
	a := b.Body.Attributes["depends_on"]
	if a == nil {
		return false
	}
	r, at := a.Expr.Range(), t.SourceRange()
	return r.Start.Byte <= at.Start.Byte && at.End.Byte <= r.End.Byte
}
