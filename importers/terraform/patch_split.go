package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"bulkhead/importers"
	"bulkhead/model"
)

// splits writes functions that changed, and the parts of those that were split, beside them.
func (p *patch) splits(changes []model.Change) error {
	if !slices.ContainsFunc(changes, func(c model.Change) bool {
		switch b := c.Before.(type) {
		case *model.Function, *model.Trigger:
			return true
		case nil:
			_, isPolicy := c.After.(*model.Policy)
			return isPolicy
		case *model.Role:
			return c.After == nil || roleGains(b, c.After)
		}
		return false
	}) {
		return nil
	}
	if err := p.newRoles(); err != nil {
		return err
	}
	for _, was := range p.before.Functions() {
		if err := p.family(was); err != nil {
			return err
		}
	}
	if err := p.movedTriggers(changes); err != nil {
		return err
	}
	return p.newPolicies(changes)
}

// roleGains reports whether a role has a policy now that it had not.
func roleGains(was *model.Role, after model.Element) bool {
	is, ok := after.(*model.Role)
	return ok && slices.ContainsFunc(is.Policies, func(id model.ID) bool { return !slices.Contains(was.Policies, id) })
}

// family writes a function and the parts that come from it.
func (p *patch) family(was *model.Function) error {
	var family []*model.Function
	for _, f := range p.after.Functions() {
		if f.Origin == was.Origin && !was.Origin.IsZero() {
			family = append(family, f)
		}
	}
	if len(family) == 1 && model.Same(family[0], was) {
		return nil
	}
	i := p.instance(was.LogicalID)
	if i == nil {
		return nil
	}
	stays := false
	var copies []string
	for _, is := range family {
		w, err := p.rewrite(i)
		if err != nil {
			return err
		}
		if err := w.function(was, is); err != nil {
			return err
		}
		p.done[is.ID] = true
		if is.ID == was.ID {
			stays = true
			w.inPlace()
			continue
		}
		text, err := w.copied()
		if err != nil {
			return err
		}
		copies = append(copies, text)
		if p.after.Function(was.ID) == nil && is == p.heirOf(was) {
			continue // what was made for the whole is led to it
		}
		more, err := p.invokeConfigs(was, is)
		if err != nil {
			return err
		}
		copies = append(copies, more...)
	}
	p.done[was.ID] = true
	if err := p.permissions(was, p.after.Functions()); err != nil {
		return err
	}
	at := i.object.span
	start := lineStart(p.in.Files[at.File], at.Start)
	if stays {
		start = p.withComments(at.File, at.Start)
	}
	if len(copies) > 0 {
		p.put(at.File, start, start, strings.Join(copies, "\n\n")+"\n\n")
	}
	if !stays {
		if p.rename == nil {
			p.rename = map[string]string{}
		}
		if heir := p.heirOf(was); heir != nil {
			p.rename[i.module.path+i.decl.key()] = local(heir.LogicalID)
		}
		p.removeBlock(i)
	}
	return nil
}

// heirOf is what takes the place of an element for those that refer to it, nil if nothing does.
func (p *patch) heirOf(was *model.Function) *model.Function {
	return p.after.Function(p.after.Info().Passed[was.ID])
}

// function makes a function's block what it is to be.
func (w *rewriting) function(was, is *model.Function) error {
	at := w.instance.object.span
	n := *is
	n.ID, n.LogicalID, n.Name, n.ARN, n.Role, n.RoleARN = was.ID, was.LogicalID, was.Name, was.ARN, was.Role, was.RoleARN
	n.Handler, n.Environment, n.Policy, n.Destinations = was.Handler, was.Environment, was.Policy, was.Destinations
	if !model.Same(was, &n) {
		return fmt.Errorf("%s: what changed of %s cannot be written into this configuration (%s)", at, was.ID, importers.Difference(&n, was))
	}
	if was.LogicalID != is.LogicalID {
		name := nameOf(is.LogicalID)
		if w.instance.module.decls.byName[w.instance.decl.typ+"."+name] != nil {
			return fmt.Errorf("%s: there is an %s.%s already", at, w.instance.decl.typ, name)
		}
		w.label(name)
	}
	if was.Name != is.Name {
		w.attribute("function_name", strconv.Quote(is.Name))
	}
	if was.Handler != is.Handler {
		w.attribute("handler", strconv.Quote(is.Handler))
	}
	for from, to := range w.led[is.Role] { // what it waits for
		if a := w.instance.decl.block.Body.Attributes["depends_on"]; a != nil {
			w.point(w.span(a.SrcRange), from, to)
		}
	}
	if was.Role != is.Role || was.RoleARN != is.RoleARN {
		text, err := w.roleText(is)
		if err != nil {
			return err
		}
		w.attribute("role", text)
	}
	return w.environment(was, is)
}

// roleText is how a block refers to the role of a function.
func (w *rewriting) roleText(is *model.Function) (string, error) {
	role := w.after.Role(is.Role)
	if role == nil {
		return "", fmt.Errorf("%s: the role of %s is not known", w.instance.object.span, is.ID)
	}
	path := w.instance.module.path
	if rest, ok := strings.CutPrefix(role.LogicalID, path); ok && strings.HasPrefix(rest, "aws_iam_role.") {
		return rest + ".arn", nil
	}
	return "", fmt.Errorf("%s: the role of %s is in another module, which cannot be referred to here", w.instance.object.span, is.ID)
}

// environment leaves a function the variables that it is to have.
func (w *rewriting) environment(was, is *model.Function) error {
	has := func(list []model.EnvVar, name string) bool {
		return slices.ContainsFunc(list, func(v model.EnvVar) bool { return v.Name == name })
	}
	for _, v := range is.Environment {
		if !has(was.Environment, v.Name) {
			return fmt.Errorf("%s: %s is to have a variable %s, whose value is not known", w.instance.object.span, is.ID, v.Name)
		}
	}
	gone := slices.DeleteFunc(slices.Clone(was.Environment), func(v model.EnvVar) bool { return has(is.Environment, v.Name) })
	if len(gone) == 0 {
		return nil
	}
	for _, b := range w.instance.decl.block.Body.Blocks {
		if b.Type != "environment" || b.Body.Attributes["variables"] == nil {
			continue
		}
		if len(is.Environment) == 0 {
			w.cut(hcl.RangeBetween(b.TypeRange, b.CloseBraceRange))
			return nil
		}
		left := gone
		sub := &patch{in: w.in}
		for _, o := range mapsIn(b.Body.Attributes["variables"].Expr) {
			var spans [][2]int
			var out []int
			for n, item := range o.Items {
				spans = append(spans, [2]int{item.KeyExpr.Range().Start.Byte, item.ValueExpr.Range().End.Byte})
				k, err := w.instance.module.scope().quietly(item.KeyExpr)
				if at := slices.IndexFunc(left, func(v model.EnvVar) bool { return err == nil && v.Name == words(k) }); at >= 0 {
					out, left = append(out, n), slices.Delete(slices.Clone(left), at, at+1)
				}
			}
			if len(out) > 0 {
				removeItems(sub, w.file, w.data, spans, out, o.Range().Start.Byte, o.Range().End.Byte)
			}
		}
		if len(left) == len(gone) {
			break
		}
		if len(left) > 0 {
			return fmt.Errorf("%s: the variable %s does not stand here, so %s cannot be without it", w.span(b.Body.Attributes["variables"].Expr.Range()), left[0].Name, is.ID)
		}
		w.edits = append(w.edits, sub.edits...)
		return nil
	}
	return fmt.Errorf("%s: the variables of %s do not stand in it, so they cannot be taken out", w.instance.object.span, is.ID)
}

// mapsIn are the maps that a map is written as: itself, or what it merges.
func mapsIn(e hclsyntax.Expression) []*hclsyntax.ObjectConsExpr {
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		return []*hclsyntax.ObjectConsExpr{e}
	case *hclsyntax.TemplateWrapExpr:
		return mapsIn(e.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		return mapsIn(e.Expression)
	case *hclsyntax.ConditionalExpr:
		return append(mapsIn(e.TrueResult), mapsIn(e.FalseResult)...)
	case *hclsyntax.FunctionCallExpr:
		var out []*hclsyntax.ObjectConsExpr
		for _, a := range e.Args {
			if e.Name == "merge" {
				out = append(out, mapsIn(a)...)
			}
		}
		return out
	}
	return nil
}

// invokeConfigs copies what a function's asynchronous invocations do for a part of it.
func (p *patch) invokeConfigs(was, is *model.Function) ([]string, error) {
	var out []string
	i := p.instance(was.LogicalID)
	for _, d := range i.module.decls.resources {
		if d.typ != "aws_lambda_function_event_invoke_config" {
			continue
		}
		x := i.module.resource(d)
		if x == nil || len(x.instances) == 0 {
			continue
		}
		w, err := p.rewrite(x.instances[0])
		if err != nil {
			return nil, err
		}
		if w.point(x.instances[0].object.span, i.decl.key(), local(is.LogicalID)) == 0 {
			continue
		}
		w.label(d.name + "_" + nameOf(is.LogicalID))
		text, err := w.copied()
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}
