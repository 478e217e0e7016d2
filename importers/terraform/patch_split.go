package terraform

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A textList is a list of texts that is written out.
type textList struct {
	file       string
	start, end int
	spans      [][2]int
	texts      []string
}

// listOf reads a list that is written out in its place.
func (p *patch) listOf(b bound) (*textList, error) {
	t, ok := b.expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil, errors.New("it is no list that is written out")
	}
	r := t.Range()
	out := &textList{file: r.Filename, start: r.Start.Byte, end: r.End.Byte}
	for _, e := range t.Exprs {
		v, err := b.scope.quietly(e)
		if err != nil {
			return nil, err
		}
		out.spans = append(out.spans, [2]int{e.Range().Start.Byte, e.Range().End.Byte})
		out.texts = append(out.texts, words(v))
	}
	return out, nil
}

// A rewriting is the edits of one block, in its place or on a copy of it.
type rewriting struct {
	*patch
	instance *instance
	file     string
	data     []byte
	start    int
	end      int
	edits    []source.Edit
}

// rewrite begins a rewriting of the block of a resource.
func (p *patch) rewrite(i *instance) (*rewriting, error) {
	at := i.object.span
	switch {
	case sharing(i) != "":
		return nil, fmt.Errorf("%s: %s cannot be changed: %s", at, i.object.address, sharing(i))
	case !strings.HasSuffix(at.File, ".tf"):
		return nil, fmt.Errorf("%s: a configuration in JSON is not edited", at)
	}
	return &rewriting{patch: p, instance: i, file: at.File, data: p.in.Files[at.File], start: at.Start, end: at.End}, nil
}

func (w *rewriting) put(start, end int, text string) {
	w.edits = append(w.edits, source.Edit{Span: spanIn(w.file, w.data, start, end), New: text})
}

// inPlace makes the edits where the block stands.
func (w *rewriting) inPlace() { w.patch.edits = append(w.patch.edits, w.edits...) }

// copied is the text of a copy of the block with the edits.
func (w *rewriting) copied() (string, error) {
	files, err := source.Files{w.file: w.data}.Apply(w.edits)
	if err != nil {
		return "", fmt.Errorf("%s: %w", w.instance.object.span, err)
	}
	out := files[w.file]
	return string(out[w.start : len(out)-(len(w.data)-w.end)]), nil
}

// label gives the block another name.
func (w *rewriting) label(name string) {
	r := w.instance.decl.block.LabelRanges[1]
	w.put(r.Start.Byte, r.End.Byte, strconv.Quote(name))
}

// attribute sets an argument of the block; "" takes it out.
func (w *rewriting) attribute(name, text string) {
	body := w.instance.decl.block.Body
	a := body.Attributes[name]
	switch {
	case a != nil && text != "":
		w.put(a.Expr.Range().Start.Byte, a.Expr.Range().End.Byte, text)
	case a != nil:
		w.cut(a.SrcRange)
	case text != "":
		at := w.instance.decl.block.OpenBraceRange.End.Byte
		w.put(at, at, "\n  "+name+" = "+text)
	}
}

// cut takes the lines of a place out.
func (w *rewriting) cut(r hcl.Range) {
	from, to := lineStart(w.data, r.Start.Byte), r.End.Byte
	if i := strings.IndexByte(string(w.data[to:]), '\n'); i >= 0 {
		to += i + 1
	}
	if strings.HasPrefix(string(w.data[to:]), "\n") && from > 1 && w.data[from-1] == '\n' && (w.data[from-2] == '\n' || w.data[from-2] == '{') {
		to++
	}
	w.put(from, to, "")
}

// point leads the references of the block, or of a part of it, from one resource to another of its type.
func (w *rewriting) point(within source.Span, from, to string) int {
	n := 0
	for _, t := range references(w.instance.decl.block.Body) {
		r := t.SourceRange()
		if name, at := referred(t); name == from && r.Start.Byte >= within.Start && r.End.Byte <= within.End {
			w.put(at.Start.Byte, at.End.Byte, to)
			n++
		}
	}
	return n
}

// references lists the references to resources in a body.
func references(body *hclsyntax.Body) []hcl.Traversal {
	var out []hcl.Traversal
	diags := hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		if e, ok := n.(*hclsyntax.ScopeTraversalExpr); ok {
			out = append(out, e.Traversal)
		}
		return nil
	})
	_ = diags // none are made
	return out
}

// referred is the resource that a reference names, as "aws_x.y", and where it says so.
func referred(t hcl.Traversal) (string, hcl.Range) {
	if len(t) < 2 {
		return "", hcl.Range{}
	}
	a, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return "", hcl.Range{}
	}
	return t.RootName() + "." + a.Name, hcl.RangeBetween(t[0].SourceRange(), a.SrcRange)
}

// local is an address without its module.
func local(address string) string {
	for strings.HasPrefix(address, "module.") {
		_, rest, ok := strings.Cut(address[len("module."):], ".")
		if !ok {
			break
		}
		address = rest
	}
	return address
}

// nameOf is the name in an address that has no key.
func nameOf(address string) string { return address[strings.LastIndexByte(address, '.')+1:] }

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

// withComments is the start of the comment lines right above a place.
func (p *patch) withComments(file string, at int) int {
	data := p.in.Files[file]
	at = lineStart(data, at)
	for at > 0 {
		prev := lineStart(data, at-1)
		if !isComment(string(data[prev : at-1])) {
			break
		}
		at = prev
	}
	return at
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
		o, ok := b.Body.Attributes["variables"].Expr.(*hclsyntax.ObjectConsExpr)
		if !ok {
			break
		}
		var spans [][2]int
		names := map[string]int{}
		for n, item := range o.Items {
			k, err := w.instance.module.scope().quietly(item.KeyExpr)
			if err == nil {
				names[words(k)] = n
			}
			spans = append(spans, [2]int{item.KeyExpr.Range().Start.Byte, item.ValueExpr.Range().End.Byte})
		}
		var out []int
		for _, v := range gone {
			n, ok := names[v.Name]
			if !ok {
				return fmt.Errorf("%s: the variable %s does not stand here, so %s cannot be without it", w.span(o.Range()), v.Name, is.ID)
			}
			out = append(out, n)
		}
		slices.Sort(out)
		sub := &patch{in: w.in}
		removeItems(sub, w.file, w.data, spans, out, o.Range().Start.Byte, o.Range().End.Byte)
		w.edits = append(w.edits, sub.edits...)
		return nil
	}
	return fmt.Errorf("%s: the variables of %s do not stand in it, so they cannot be taken out", w.instance.object.span, is.ID)
}

func (w *rewriting) span(r hcl.Range) source.Span { return w.evaluator.span(r) }

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
			w.cut(hcl.RangeBetween(b.TypeRange, b.CloseBraceRange))
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

// dangling leads references to what goes to what takes its place; those in depends_on go with it, and others are an
// error.
func (p *patch) dangling(_ []model.Change) error {
	if len(p.gone) == 0 {
		return nil
	}
	seen := map[*module]bool{}
	for _, x := range p.evaluator.byAddress {
		if m := x.module; !seen[m] {
			seen[m] = true
			if err := p.danglingIn(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// namesAfter reports whether a reference takes a function's name, and not its ARN.
func namesAfter(t hcl.Traversal) bool {
	if len(t) < 3 {
		return false
	}
	a, ok := t[2].(hcl.TraverseAttr)
	return ok && (a.Name == "function_name" || a.Name == "id")
}

func (p *patch) danglingIn(m *module) error {
	check := func(body *hclsyntax.Body, block *hclsyntax.Block) error {
		var depends []int
		for _, t := range references(body) {
			name, at := referred(t)
			if !p.gone[m.path+name] {
				continue
			}
			span := p.evaluator.span(at)
			if slices.ContainsFunc(p.edits, func(e source.Edit) bool { return e.Span.Contains(span) && e.Span.Start < e.Span.End }) {
				continue // it goes too, or is led elsewhere
			}
			if to := p.rename[m.path+name]; to != "" && strings.HasPrefix(name, "aws_lambda_function.") && namesAfter(t) && block != nil && body.Attributes["function_name"] == nil {
				return fmt.Errorf("%s: this is named after %s, which goes: keep a part that stays, or write the name out first", span, name)
			} else if to != "" {
				p.put(span.File, at.Start.Byte, at.End.Byte, to)
				continue
			}
			if block != nil && inDependsOn(block, t) {
				depends = append(depends, t.SourceRange().Start.Byte)
				continue
			}
			return fmt.Errorf("%s: this refers to %s, which goes", span, name)
		}
		if len(depends) == 0 {
			return nil
		}
		a := block.Body.Attributes["depends_on"]
		l, ok := a.Expr.(*hclsyntax.TupleConsExpr)
		if !ok {
			return nil
		}
		var spans [][2]int
		var gone []int
		for n, e := range l.Exprs {
			spans = append(spans, [2]int{e.Range().Start.Byte, e.Range().End.Byte})
			if slices.Contains(depends, e.Range().Start.Byte) {
				gone = append(gone, n)
			}
		}
		file := a.SrcRange.Filename
		if len(gone) == len(spans) {
			p.cutLines(p.evaluator.span(a.SrcRange))
			return nil
		}
		removeItems(p, file, p.in.Files[file], spans, gone, l.Range().Start.Byte, l.Range().End.Byte)
		return nil
	}
	for _, d := range m.decls.resources {
		if p.gone[m.path+d.key()] {
			continue
		}
		if err := check(d.block.Body, d.block); err != nil {
			return err
		}
	}
	for _, b := range m.decls.calls {
		if err := check(b.Body, b); err != nil {
			return err
		}
	}
	for _, b := range m.decls.outputs {
		if err := check(b.Body, nil); err != nil {
			return err
		}
	}
	for _, a := range m.decls.locals {
		body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{a.Name: a}}
		if err := check(body, nil); err != nil {
			return err
		}
	}
	return nil
}
