package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// names are the ways in which a template can say texts by name.
type names struct {
	exact  map[string]func() yamlpos.Value // ARNs and names → Ref or Fn::GetAtt
	inside map[string]string               // the same in Fn::Sub: "Bucket.Arn"
	arns   []string                        // ARNs of inside, longest first
	made   []string                        // generated names of inside, longest first
	params map[string]string               // token → what Fn::Sub calls it
	owner  map[string]*resource            // of exact and inside
}

// known collects the names of the template's resources, and of those that after adds to it.
func (s *sheet) known() *names {
	if s.names != nil {
		return s.names
	}
	n := &names{exact: map[string]func() yamlpos.Value{}, inside: map[string]string{}, params: map[string]string{}, owner: map[string]*resource{}}
	s.names = n
	for _, r := range s.resources {
		if _, goes := s.patch.passed[r.ID]; !goes && s.ids[r] != "" {
			s.nameOne(n, r, "")
		}
	}
	for _, e := range s.patch.after.Elements() {
		if r, arn := s.asResource(e); r != nil {
			s.nameOne(n, r, arn)
		}
	}
	s.nameOthers(n)
	for text := range n.inside {
		if strings.HasPrefix(text, "arn:") {
			n.arns = append(n.arns, text)
		} else if strings.HasSuffix(text, "-GENERATED") {
			n.made = append(n.made, text)
		}
	}
	longest := func(a, b string) int { return len(b)*2 - len(a)*2 + strings.Compare(a, b) }
	slices.SortFunc(n.arns, longest)
	slices.SortFunc(n.made, longest)
	if s.template.Parameters != nil {
		for _, pair := range s.template.Parameters.Pairs() {
			n.params[tokenName(pair.Key.Value)] = pair.Key.Value
		}
	}
	for key, token := range s.tokens {
		kind, name, _ := strings.Cut(key, "\x00")
		if kind == "parameter" || kind == "resource" || kind == "attribute" {
			n.params[token] = name
		}
	}
	return n
}

// asResource is an element that after adds to this template, as a resource, and its ARN; nil for others.
func (s *sheet) asResource(e model.Element) (r *resource, arn string) {
	if s.patch.before.Element(e.ElementID()) != nil {
		return nil, ""
	}
	switch e := e.(type) {
	case *model.Function:
		if e.Stack == s.stack {
			return &resource{ID: e.LogicalID, Type: "AWS::Lambda::Function", name: e.Name}, e.ARN
		}
	case *model.Role:
		if e.Stack == s.stack && !e.External {
			return &resource{ID: e.LogicalID, Type: "AWS::IAM::Role", name: e.Name}, e.ARN
		}
	case *model.Resource:
		if e.Stack == s.stack && e.LogicalID != "" {
			return &resource{ID: e.LogicalID, Type: e.Type, name: e.Name}, e.ARN
		}
	}
	return nil, ""
}

// nameOne adds what Ref and Fn::GetAtt return for a resource; arn is that of one that is not in the template yet.
func (s *sheet) nameOne(n *names, r *resource, arn string) {
	id := r.ID
	add := func(text, inside string, say func() yamlpos.Value) {
		if text == "" || n.exact[text] != nil {
			return
		}
		n.exact[text] = say
		n.inside[text] = inside
		n.owner[text] = r
	}
	if text := s.refValue(r); !hasUnknown(text) {
		add(text, id, func() yamlpos.Value { return s.ref(id) })
	}
	attrs := []string{}
	if t := s.catalog.Type(r.Type); t != nil {
		attrs = t.Attributes
	}
	if slices.Contains(attrs, "Arn") {
		attrs = append([]string{"Arn"}, attrs...)
	}
	for _, a := range attrs {
		if strings.Contains(a, ".") || a != "Arn" && !strings.HasSuffix(a, "Arn") && !strings.HasSuffix(a, "Name") {
			continue
		}
		text := arn
		if arn == "" {
			text = s.builder.getAtt(id, a, r.Origin)
		} else if !isOwnARN(r.Type, a) {
			continue
		}
		if text != "" && !hasUnknown(text) {
			add(text, id+"."+a, func() yamlpos.Value { return s.getAtt(id, a) })
		}
	}
}

// nameOthers adds what the template calls resources of other stacks: by the parameters that its parent passes, and by
// what it imports already.
func (s *sheet) nameOthers(n *names) {
	add := func(id, text, inside string, say func() yamlpos.Value) {
		if n.exact[text] != nil || hasUnknown(text) || !isGenerated(text) && !strings.HasPrefix(text, "arn:") {
			return
		}
		n.exact[text], n.owner[text] = say, &resource{ID: id}
		if inside != "" {
			n.inside[text] = inside
		}
	}
	if s.parent != nil && s.template.Parameters != nil {
		for _, pair := range s.template.Parameters.Pairs() {
			if id := pair.Key.Value; s.passed.Get(id) != nil {
				add(id, s.param(id, pair.Key.Span()), id, func() yamlpos.Value { return s.ref(id) })
			}
		}
	}
	if len(s.group.scopes) == 1 {
		return
	}
	var imports func(*yamlpos.Node)
	imports = func(node *yamlpos.Node) {
		if node == nil || node.Kind == yamlpos.Alias {
			return
		}
		if name, _ := intrinsic(node); name == "Fn::ImportValue" && s.Has(node) {
			if text, ok := s.builder.text(node); ok {
				add("", text, "", func() yamlpos.Value { return s.Copy(node) })
			}
			return
		}
		for _, p := range node.Pairs() {
			imports(p.Value)
		}
		for _, i := range node.Items() {
			imports(i)
		}
	}
	imports(s.Root)
}

// isGenerated reports whether a text holds a name that CloudFormation generates, which only a reference can say.
func isGenerated(text string) bool { return strings.Contains(text, "-GENERATED") }

// express is how the template says a text that stands for a resource: by Ref or Fn::GetAtt where it is one's
// name, in the words of a statement that says it already, by Fn::Sub where it is a part of one, and with pseudo
// parameters for the account, the region and the partition. Where a reference would close a circle, which
// CloudFormation refuses, the resource's own name is written instead.
func (s *sheet) express(text string) (yamlpos.Value, error) {
	n := s.known()
	if text == "*" {
		return yamlpos.Text(text), nil
	}
	if say := n.exact[text]; say != nil && (strings.HasPrefix(text, "arn:") || strings.Contains(text, "-GENERATED")) {
		if s.circular(n.owner[text].ID) {
			return s.byName(n.owner[text], text)
		}
		return say(), nil
	}
	if node := s.said(text); node != nil && !slices.ContainsFunc(s.refs(node), s.circular) {
		return s.Copy(node), nil
	}
	for _, arn := range n.arns {
		rest, ok := strings.CutPrefix(text, arn)
		if !ok || !strings.ContainsRune("/:*", rune(rest[0])) {
			continue
		}
		if s.circular(n.owner[arn].ID) {
			return s.byName(n.owner[arn], text)
		}
		tail, err := s.inSub(rest)
		if err != nil {
			return yamlpos.Value{}, err
		}
		return s.sub("${" + n.inside[arn] + "}" + tail), nil
	}
	return s.spell(text, s.inSub)
}

// spell is a text that is no one's name; say turns its parts into text for Fn::Sub.
func (s *sheet) spell(text string, say func(string) (string, error)) (yamlpos.Value, error) {
	if strings.HasPrefix(text, "arn:") {
		sub, err := s.subARN(text, say)
		if err != nil {
			return yamlpos.Value{}, err
		}
		if plain := strings.ReplaceAll(strings.Replace(sub, "arn:${AWS::Partition}:", "arn:"+s.partition+":", 1), "${!", "${"); plain == text && !hasUnknown(text) {
			return yamlpos.Text(text), nil // nothing but the partition: no reason for a call
		}
		return s.sub(sub), nil
	}
	sub, err := say(text)
	if err != nil {
		return yamlpos.Value{}, err
	}
	if strings.ReplaceAll(sub, "${!", "${") == text && !hasUnknown(text) {
		return yamlpos.Text(text), nil
	}
	return s.sub(sub), nil
}

// byName is a text that holds a resource's physical name, said without referring to the resource.
func (s *sheet) byName(r *resource, text string) (yamlpos.Value, error) {
	name := s.nameOf(r)
	said, ok := "", false
	if property := s.nameProperty(r.Type); property != "" && r.Value != nil {
		said, ok = s.subText(r.Value.Get("Properties").Get(property))
	} else if property != "" && !strings.Contains(name, "-GENERATED") {
		said, ok = s.nameSub(name), true
	}
	if !ok {
		return yamlpos.Value{}, fmt.Errorf("to name %s here would close a circle (%s needs %s), which CloudFormation refuses: give %s a name of its own first", r.ID, r.ID, s.holder, r.ID)
	}
	return s.spell(text, func(part string) (string, error) {
		before, after, found := strings.Cut(part, name)
		if !found {
			return s.inSub(part)
		}
		head, err := s.inSub(before)
		if err != nil {
			return "", err
		}
		tail, err := s.inSub(after)
		return head + said + tail, err
	})
}

// subText is a written value as text for Fn::Sub; ok is false for calls that Fn::Sub cannot hold and for what
// would close a circle.
func (s *sheet) subText(n *yamlpos.Node) (text string, ok bool) {
	if n == nil || slices.ContainsFunc(s.refs(n), s.circular) {
		return "", false
	}
	name, arg := intrinsic(n)
	switch {
	case name == "" && n.Kind == yamlpos.Scalar && !n.Null:
		return strings.ReplaceAll(n.Value, "${", "${!"), true
	case name == "Ref" && arg != nil && arg.Kind == yamlpos.Scalar:
		return "${" + arg.Value + "}", true
	case name == "Fn::Sub" && arg != nil && arg.Kind == yamlpos.Scalar:
		return arg.Value, true
	}
	return "", false
}

// subARN is an ARN for Fn::Sub: what belongs to the stack's own place is said by pseudo parameters.
func (s *sheet) subARN(arn string, say func(string) (string, error)) (string, error) {
	fields, _ := policy.FieldsOfARN(arn)
	rest, err := say(fields[5])
	if err != nil {
		return "", err
	}
	swap := func(text, own, pseudo string) (string, error) {
		if text == own && text != "" {
			return "${" + pseudo + "}", nil
		}
		return s.inSub(text)
	}
	partition, err1 := swap(fields[1], s.partition, "AWS::Partition")
	service, err2 := s.inSub(fields[2])
	region, err3 := swap(fields[3], s.region, "AWS::Region")
	account, err4 := swap(fields[4], s.account, "AWS::AccountId")
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return "", err
		}
	}
	return strings.Join([]string{"arn", partition, service, region, account, rest}, ":"), nil
}

// inSub is a text for Fn::Sub: generated names and unknown values by name, policy variables escaped.
func (s *sheet) inSub(text string) (string, error) {
	n := s.known()
	var b strings.Builder
	for text != "" {
		if rest, ok := strings.CutPrefix(text, "${"); ok {
			name, tail, closed := strings.Cut(rest, "}")
			if !closed {
				return "", fmt.Errorf("%q cannot be written: a brace is open", text)
			}
			text = tail
			switch {
			case !hasUnknown("${" + name + "}"):
				b.WriteString("${!" + name + "}")
			case n.params[name] != "":
				b.WriteString("${" + n.params[name] + "}")
			default:
				return "", fmt.Errorf("the value ${%s} cannot be said by a name of the template", name)
			}
			continue
		}
		matched := false
		for _, made := range n.made {
			if rest, ok := strings.CutPrefix(text, made); ok {
				if r := n.owner[made]; s.circular(r.ID) {
					return "", fmt.Errorf("to name %s here would close a circle (%s needs %s), which CloudFormation refuses: give %s a name of its own first", r.ID, r.ID, s.holder, r.ID)
				}
				b.WriteString("${" + n.inside[made] + "}")
				text, matched = rest, true
				break
			}
		}
		if !matched {
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	if isGenerated(b.String()) {
		return "", fmt.Errorf("CloudFormation generates the name %s in another stack, and nothing in this template says it: pass it as a parameter, or export and import it", b.String())
	}
	return b.String(), nil
}

// said is a node of a statement that comes to the text, nil if there is none. Conditional ones are passed over:
// they come to it now, but not always.
func (s *sheet) said(text string) *yamlpos.Node {
	if s.spoken == nil {
		s.spoken = map[string]*yamlpos.Node{}
		for _, st := range s.statementNodes() {
			for _, key := range []string{"Resource", "NotResource"} {
				for _, i := range s.written(st.Get(key)) {
					if t, ok := s.builder.text(i); ok && s.spoken[t] == nil && !s.conditional(i) {
						s.spoken[t] = i
					}
				}
			}
		}
	}
	return s.spoken[text]
}

// statementNodes lists the statements of this template, in the order of the file.
func (s *sheet) statementNodes() []*yamlpos.Node {
	var out []*yamlpos.Node
	for _, n := range s.places.statements {
		if s.Has(n) && n.Kind == yamlpos.Mapping {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *yamlpos.Node) int { return a.Span().Start - b.Span().Start })
	return out
}

// written is the items of a list as they stand in the file, or a single value; aliases are left out.
func (s *sheet) written(n *yamlpos.Node) []*yamlpos.Node {
	switch {
	case n == nil || n.Kind == yamlpos.Alias || !s.Has(n):
		return nil
	case n.Kind == yamlpos.Sequence && n.Tag == "":
		var out []*yamlpos.Node
		for _, i := range n.Items() {
			if i.Kind != yamlpos.Alias {
				out = append(out, i)
			}
		}
		return out
	}
	return []*yamlpos.Node{n}
}

// conditional reports whether Fn::If, or a mapping, takes part in a value.
func (s *sheet) conditional(n *yamlpos.Node) bool {
	if n == nil {
		return false
	}
	name, arg := intrinsic(n)
	if name == "Fn::If" || name == "Fn::FindInMap" || n.Kind == yamlpos.Alias {
		return true
	}
	if arg != nil && name != "" {
		n = arg
	}
	for _, p := range n.Pairs() {
		if s.conditional(p.Value) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items(), s.conditional)
}
