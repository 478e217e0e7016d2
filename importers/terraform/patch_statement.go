package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/policy"
)

// An field is a member of a written statement, or of a statement block: "Action" with its value.
type field struct {
	key              string
	keyStart, keyEnd int
	start, end       int    // of the value
	list             bool   // the value is a list
	items            []item // its texts; of a value that is no list, it as the only one
	open             bool   // the value is a call or a reference: its texts do not stand here
}

// An item is one text of a value.
type item struct {
	text       string
	start, end int
}

// A page is a statement as it stands in its file.
type page struct {
	*patch
	site   *site
	file   string
	data   []byte
	start  int // of the statement
	end    int
	fields []field
	spoken map[string]string // text → how this statement says it
}

// open reads how a statement is written.
func (p *patch) open(s *site) (*page, error) {
	g := &page{patch: p, site: s, file: s.span.File, data: p.in.Files[s.span.File], start: s.span.Start, end: s.span.End, spoken: map[string]string{}}
	switch {
	case s.kind == inElement:
		g.members()
	case s.object != nil:
		for _, i := range s.object.Items {
			k, err := s.scope.quietly(i.KeyExpr)
			if err != nil || k.Type() != cty.String || !k.IsKnown() || k.IsNull() {
				return nil, fmt.Errorf("%s: a key of this statement is the result of an expression", s.span)
			}
			e := g.expression(i.ValueExpr)
			r := i.KeyExpr.Range()
			e.key, e.keyStart, e.keyEnd = k.AsString(), r.Start.Byte, r.End.Byte
			g.fields = append(g.fields, e)
		}
	case s.text != nil && s.text.kind == jsonObject:
		for _, m := range s.text.members {
			e := field{key: m.key, keyStart: m.keyStart, keyEnd: m.keyEnd, start: m.value.start, end: m.value.end}
			values := []*jsonNode{m.value}
			if m.value.kind == jsonList {
				e.list, values = true, m.value.items
			}
			for _, v := range values {
				text, ok := g.jsonText(v)
				e.open = e.open || !ok
				e.items = append(e.items, item{text, v.start, v.end})
			}
			g.fields = append(g.fields, e)
		}
	case s.block != nil:
		for _, a := range argumentsOf(s.block.Body) {
			e := g.expression(a.Expr)
			e.key, e.keyStart, e.keyEnd = a.Name, a.NameRange.Start.Byte, a.NameRange.End.Byte
			g.fields = append(g.fields, e)
		}
	default:
		return nil, fmt.Errorf("%s: this statement is the result of an expression, so it cannot be changed", s.span)
	}
	for _, e := range g.fields {
		for _, i := range e.items {
			if !e.open && i.start < i.end {
				g.spoken[i.text] = string(g.data[i.start:i.end])
			}
		}
	}
	return g, nil
}

// members reads the object that a dynamic block makes a statement block of: which of its members are which arguments.
func (g *page) members() {
	s := g.site
	for _, a := range argumentsOf(s.made.body) {
		b := s.made.scope.written(bound{a.Expr, s.made.scope}, 0)
		for _, i := range s.object.Items {
			if b.expr != i.ValueExpr {
				continue
			}
			e := g.expression(i.ValueExpr)
			r := i.KeyExpr.Range()
			e.key, e.keyStart, e.keyEnd = a.Name, r.Start.Byte, r.End.Byte
			g.fields = append(g.fields, e)
		}
	}
}

// isBlock reports whether the statement is a block of an aws_iam_policy_document, which says things by names of its own.
func (g *page) isBlock() bool { return g.site.kind == inBlock || g.site.kind == inElement }

// lacks is the error where what is to be written has no place in the object that a dynamic block makes the statement of.
func (g *page) lacks(key string) error {
	if g.site.kind != inElement {
		return nil
	}
	return fmt.Errorf("%s: a dynamic block makes this statement, and %s does not stand here", g.site.span, key)
}

// expression reads a value of HCL.
func (g *page) expression(x hclsyntax.Expression) field {
	r := x.Range()
	e := field{start: r.Start.Byte, end: r.End.Byte}
	values := []hclsyntax.Expression{x}
	if t, ok := x.(*hclsyntax.TupleConsExpr); ok {
		e.list, values = true, t.Exprs
	}
	for _, v := range values {
		at := v.Range()
		value, err := g.site.scope.quietly(v)
		text, ok := text(value)
		if err != nil || !ok {
			e.open = true
		}
		if g.isBlock() {
			text = strings.ReplaceAll(text, "&{", "${")
		}
		e.items = append(e.items, item{text, at.Start.Byte, at.End.Byte})
	}
	return e
}

// jsonText is the text that a JSON string comes to, in a template or in plain JSON.
func (g *page) jsonText(n *jsonNode) (string, bool) {
	if n.kind != jsonString {
		return "", false
	}
	return g.jsonValue(string(g.data[n.start:n.end]))
}

func (g *page) field(key string) *field {
	for i := range g.fields {
		if g.fields[i].key == key {
			return &g.fields[i]
		}
	}
	return nil
}

// names of the elements of a statement in a statement block.
var blockNames = map[string]string{"Sid": "sid", "Effect": "effect", "Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}

func (g *page) name(key string) string {
	if g.isBlock() {
		return blockNames[key]
	}
	return key
}

// statement makes a written statement another.
func (p *patch) statement(s *site, was, is *policy.Statement) error {
	g, err := p.open(s)
	if err != nil {
		return err
	}
	if err := g.word("Sid", was.Sid, is.Sid); err != nil {
		return err
	}
	if was.Effect != is.Effect {
		if err := g.word("Effect", was.Effect.String(), is.Effect.String()); err != nil {
			return err
		}
	}
	not := map[bool]string{true: "Not"}
	if err := g.texts(not[was.NotAction]+"Action", not[is.NotAction]+"Action", was.Actions, is.Actions); err != nil {
		return err
	}
	if err := g.texts(not[was.NotResource]+"Resource", not[is.NotResource]+"Resource", was.Resources, is.Resources); err != nil {
		return err
	}
	if !slices.Equal(was.Principals, is.Principals) || was.NotPrincipal != is.NotPrincipal {
		if err := g.structure(not[was.NotPrincipal]+"Principal", not[is.NotPrincipal]+"Principal", principalTree(is.Principals)); err != nil {
			return err
		}
	}
	if !slices.EqualFunc(was.Conditions, is.Conditions, policy.Condition.Equal) {
		if err := g.structure("Condition", "Condition", conditionTree(is.Conditions)); err != nil {
			return err
		}
	}
	return nil
}

// word sets a member that is one text; "" takes it out.
func (g *page) word(key, was, is string) error {
	if was == is {
		return nil
	}
	e := g.field(g.name(key))
	if is == "" {
		if e != nil {
			g.cut(*e)
		}
		return nil
	}
	text, err := g.say(is)
	if err != nil {
		return err
	}
	if e != nil {
		g.put(g.file, e.start, e.end, text)
		return nil
	}
	if err := g.lacks(key); err != nil {
		return err
	}
	g.add(g.name(key), text)
	return nil
}

// texts makes the value of a member the given texts: those that stay are not touched.
func (g *page) texts(oldKey, newKey string, was, is []string) error {
	if oldKey == newKey && slices.Equal(was, is) {
		return nil
	}
	e := g.field(g.name(oldKey))
	if e == nil || oldKey != newKey {
		if err := g.lacks(newKey); err != nil {
			return err
		}
	}
	if e == nil {
		text, err := g.list(is, false)
		if err != nil || len(is) == 0 {
			return err
		}
		g.add(g.name(newKey), text)
		return nil
	}
	if len(is) == 0 {
		g.cut(*e)
		return nil
	}
	if oldKey != newKey {
		key := g.name(newKey)
		if strings.HasPrefix(string(g.data[e.keyStart:]), `"`) {
			key = `"` + key + `"`
		}
		g.put(g.file, e.keyStart, e.keyEnd, key)
	}
	if e.list && !e.open && g.edited(*e, is) {
		return nil
	}
	text, err := g.list(is, !e.list && !g.isBlock())
	if err != nil {
		return err
	}
	if lineStart(g.data, e.keyStart) > g.start || g.site.kind == inBlock {
		text = g.indented(text, lead(g.data, e.keyStart))
	} else {
		text = strings.ReplaceAll(flat(text), ",]", "]")
	}
	g.put(g.file, e.start, e.end, text)
	return nil
}

// edited makes a list the given texts by taking out items and adding others behind the last that stays; false where
// that is not all.
func (g *page) edited(e field, is []string) bool {
	var stay []item
	next := 0
	var gone []int
	for i, it := range e.items {
		if next < len(is) && it.text == is[next] {
			stay = append(stay, it)
			next++
			continue
		}
		gone = append(gone, i)
	}
	if len(stay) == 0 {
		return false
	}
	var more []string
	for _, t := range is[next:] {
		text, err := g.say(t)
		if err != nil {
			return false
		}
		more = append(more, text)
	}
	// The first of the texts that are new takes the place of the first that goes behind those that stay, if there is one.
	spans := make([][2]int, len(e.items))
	for i, it := range e.items {
		spans[i] = [2]int{it.start, it.end}
	}
	after := slices.IndexFunc(e.items, func(it item) bool { return it == stay[len(stay)-1] })
	for len(more) > 0 && len(gone) > 0 && gone[len(gone)-1] > after {
		i := slices.IndexFunc(gone, func(i int) bool { return i > after })
		g.put(g.file, spans[gone[i]][0], spans[gone[i]][1], more[0])
		more = more[1:]
		gone = slices.Delete(gone, i, i+1)
		if i < len(gone) {
			continue
		}
	}
	if len(more) > 0 {
		sep := ", "
		if at := spans[after][0]; lineStart(g.data, at) > e.start {
			sep = ",\n" + lead(g.data, at)
		}
		g.put(g.file, spans[after][1], spans[after][1], sep+strings.Join(more, sep))
	}
	removeItems(g.patch, g.file, g.data, spans, gone, e.start, e.end)
	return true
}

// cut takes a member out.
func (g *page) cut(e field) {
	var spans [][2]int
	at := -1
	for i, o := range g.fields {
		spans = append(spans, [2]int{o.keyStart, o.end})
		if o.keyStart == e.keyStart {
			at = i
		}
	}
	removeItems(g.patch, g.file, g.data, spans, []int{at}, g.start, g.end)
}

// lead is the white space that the line of a place begins with.
func lead(data []byte, at int) string {
	line := string(data[lineStart(data, at):])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// add puts a member behind the last one.
func (g *page) add(key, value string) {
	sep := " = "
	if g.site.kind == inText {
		key, sep = `"`+key+`"`, ": "
	}
	if len(g.fields) == 0 {
		g.put(g.file, g.start+1, g.start+1, " "+key+sep+value+" ")
		return
	}
	last := g.fields[len(g.fields)-1]
	if g.site.kind == inText && strings.HasPrefix(string(g.data[last.keyEnd:]), ":") && last.keyEnd+1 < len(g.data) && g.data[last.keyEnd+1] != ' ' {
		sep = ":"
	}
	if g.site.kind == inObject && strings.HasPrefix(strings.TrimLeft(string(g.data[last.keyEnd:]), " "), ":") {
		sep = " : "
	}
	apart := lineStart(g.data, last.keyStart) > g.start
	if g.site.kind == inBlock && g.site.block != nil { // before the nested blocks, behind the last argument
		apart = true
	}
	at := last.end
	comma := ""
	if rest := strings.TrimLeft(string(g.data[at:g.end]), " \t"); strings.HasPrefix(rest, ",") {
		at = g.end - len(rest) + 1
		comma = ","
	}
	switch {
	case apart && g.site.kind == inText:
		g.put(g.file, last.end, last.end, ",\n"+lead(g.data, last.keyStart)+key+sep+g.indented(value, lead(g.data, last.keyStart)))
	case apart:
		g.put(g.file, at, at, "\n"+lead(g.data, last.keyStart)+key+sep+g.indented(g.over(value), lead(g.data, last.keyStart))+comma)
	default:
		g.put(g.file, last.end, last.end, ", "+key+sep+flat(value))
	}
}

// indented puts the further lines of a value behind a lead.
func (g *page) indented(value, lead string) string {
	lines := strings.Split(value, "\n")
	for i := range lines[1:] {
		if lines[i+1] != "" {
			lines[i+1] = lead + lines[i+1]
		}
	}
	return strings.Join(lines, "\n")
}

// flat is a value in one line.
func flat(value string) string {
	lines := strings.Split(value, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	out := strings.Join(lines, " ")
	return strings.NewReplacer("[ ", "[", ", ]", "]", " ]", "]").Replace(out)
}

// list is texts as a list; with single, one text is no list.
func (g *page) list(texts []string, single bool) (string, error) {
	var out []string
	for _, t := range texts {
		s, err := g.say(t)
		if err != nil {
			return "", err
		}
		out = append(out, s)
	}
	if single && len(out) == 1 {
		return out[0], nil
	}
	if line := "[" + strings.Join(out, ", ") + "]"; len(line) <= 100 {
		return line, nil
	}
	text := "[\n"
	for i, s := range out {
		text += "  " + s
		if i < len(out)-1 || g.site.kind != inText {
			text += ","
		}
		text += "\n"
	}
	return text + "]", nil
}
