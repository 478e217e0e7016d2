package yamlpos

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// A Layout is how a collection is spread over lines.
type Layout uint8

// The layouts of collections.
const (
	Usual   Layout = iota // as the page does it as a rule: block in YAML, over lines in JSON
	OneLine               // [a, b]
	Lines                 // brackets, each entry on its line
	Indents               // block
)

// A Value is something to write.
type Value struct {
	kind   Kind
	layout Layout
	tag    string
	text   string // of a scalar
	quote  byte   // of a scalar: 0 where it needs none
	raw    bool   // text is bytes as they are to stand
	bare   bool   // a scalar that is no string: true, 5
	node   *Node  // what raw bytes were
	column int    // raw: of the key or dash that the bytes stood behind
	start  int    // raw: of their first byte
	lead   string // raw: white space that their line starts with
	keys   []string
	values []Value
}

// Text is a string. It is written plain where that is safe.
func Text(s string) Value { return Value{kind: Scalar, text: s} }

// Quoted is a string in quotes of the given sort, ' or "; 0 is Text.
func Quoted(s string, quote byte) Value { return Value{kind: Scalar, text: s, quote: quote} }

// Word is a scalar that is not a string, such as true or 5.
func Word(s string) Value { return Value{kind: Scalar, text: s, bare: true} }

// Tagged is a value with a YAML tag, such as !Ref.
func Tagged(tag string, v Value) Value {
	v.tag = tag
	return v
}

// ListOf is a list.
func ListOf(layout Layout, items ...Value) Value {
	return Value{kind: Sequence, layout: layout, values: items}
}

// MappingOf is an empty mapping; Put adds entries.
func MappingOf(layout Layout) Value { return Value{kind: Mapping, layout: layout} }

// Put is the mapping with an entry more.
func (v Value) Put(key string, value Value) Value {
	v.keys = append(slices.Clip(v.keys), key)
	v.values = append(slices.Clip(v.values), value)
	return v
}

// IsText reports whether the value is a string that nothing was said about: Text.
func (v Value) IsText() bool {
	return v.kind == Scalar && !v.raw && !v.bare && v.tag == "" && v.quote == 0
}

// Len is the number of entries of a collection.
func (v Value) Len() int { return len(v.values) }

// Copy is a value of the page, in the bytes that it has.
func (p *Page) Copy(n *Node) Value {
	return Value{kind: n.Kind, raw: true, text: p.Text(n.Span()), node: n, column: p.home(n), start: p.column(n.Span().Start), lead: p.lead(n.Span().Start)}
}

// Edited is Copy of a node whose bytes were changed to text, by a Draft.
func (p *Page) Edited(n *Node, text string) Value {
	v := p.Copy(n)
	v.text = text
	return v
}

// place is where a value is written.
type place struct {
	column int    // block: of the key or dash that it stands behind
	item   bool   // block: it stands behind a dash
	gap    int    // block: columns from the dash to the value
	below  bool   // block: mappings start on the line below the dash
	flow   bool   // in brackets
	lead   string // flow: white space that the line starts with
}

// behind is a value as it follows a colon or dash, with what parts it from that.
func (p *Page) behind(v Value, at place) string {
	if at.flow {
		return p.habits.colon[1:] + p.flow(v, at.lead, false)
	}
	if at.gap == 0 {
		at.gap = 2
	}
	first := " "
	if at.item {
		first = strings.Repeat(" ", at.gap-1)
	}
	if at.below && v.block(p) {
		first = "\n" + spaces(at.column+at.gap)
	}
	switch {
	case v.raw && v.node.Style == Block && v.node.Tag == "" && v.node.Anchor() == "":
		if at.item {
			return first + shift(v.text, at.column+at.gap-v.start)
		}
		column := at.column + p.habits.unit
		if v.kind == Sequence {
			column = at.column + p.habits.dash
		}
		return "\n" + spaces(column) + shift(v.text, column-v.start)
	case v.raw:
		return first + shift(v.text, at.column-v.column)
	case v.kind == Scalar:
		return first + p.scalar(v, false)
	case v.layout == OneLine, v.layout == Lines, p.JSON, len(v.values) == 0:
		return first + p.flow(v, spaces(at.column), false)
	}
	var b strings.Builder
	if v.tag != "" {
		b.WriteString(first + v.tag)
		at.item = false // what follows starts on the next line
	}
	if v.kind == Sequence {
		column := at.column + p.habits.dash
		if at.item {
			column = at.column + at.gap
		}
		for _, i := range v.values {
			b.WriteString("\n" + spaces(column) + "-" + p.behind(i, place{column: column, item: true, gap: p.habits.gap}))
		}
		return b.String()
	}
	column := at.column + p.habits.unit
	if at.item {
		column = at.column + at.gap
	}
	for i, key := range v.keys {
		if i == 0 && at.item {
			b.WriteString(first)
		} else {
			b.WriteString("\n" + spaces(column))
		}
		b.WriteString(p.scalar(Text(key), false) + ":" + p.behind(v.values[i], place{column: column}))
	}
	return b.String()
}

// block reports whether a value is written as an indented mapping.
func (v Value) block(p *Page) bool {
	if v.kind != Mapping || p.JSON {
		return false
	}
	if v.raw {
		return v.node.Style == Block && v.node.Tag == "" && v.node.Anchor() == ""
	}
	return v.tag == "" && len(v.values) > 0 && v.layout != OneLine && v.layout != Lines
}

// Entry is a key and its value as text, indented by some columns.
func (p *Page) Entry(column int, key string, v Value) string {
	return spaces(column) + p.scalar(Text(key), false) + ":" + p.behind(v, place{column: column})
}

// Line is a string as a YAML scalar on one line.
func Line(s string) string {
	p := &Page{habits: habits{quote: '\''}}
	return p.scalar(Text(s), false)
}

// flow is a value in brackets; lead is what the line that it starts on starts with, tight keeps it on the line.
func (p *Page) flow(v Value, lead string, tight bool) string {
	tag := ""
	if v.tag != "" {
		tag = v.tag + " "
	}
	switch {
	case v.raw && v.node.Style != Block:
		return strings.ReplaceAll(v.text, "\n"+v.lead, "\n"+lead)
	case v.raw:
		return p.flow(p.unfolded(v), lead, tight)
	case v.kind == Scalar:
		return p.scalar(v, true)
	}
	open, end := "{", "}"
	if v.kind == Sequence {
		open, end = "[", "]"
	}
	if len(v.values) == 0 {
		return tag + open + end
	}
	lines := !tight && (v.layout == Lines || v.layout != OneLine && p.JSON && p.habits.indent != "")
	inner := lead
	if lines {
		inner += p.habits.indent
	}
	parts := make([]string, len(v.values))
	for i, e := range v.values {
		if v.kind == Mapping {
			parts[i] = p.scalar(Text(v.keys[i]), true) + p.habits.colon
		}
		parts[i] += p.flow(e, inner, tight || !lines)
	}
	if lines {
		return tag + open + "\n" + inner + strings.Join(parts, ",\n"+inner) + "\n" + lead + end
	}
	if v.kind == Mapping && p.habits.padded {
		open, end = "{ ", " }"
	}
	if v.kind == Sequence && p.habits.paddedList {
		open, end = "[ ", " ]"
	}
	return tag + open + strings.Join(parts, p.habits.comma) + end
}

// unfolded is a block value of the page, as it was edited, without a form. Text that cannot be read by itself, such as
// one with an alias, is what stands in the page.
func (p *Page) unfolded(v Value) Value {
	if v.text == p.Text(v.node.Span()) {
		return p.taken(v.node)
	}
	data := []byte(strings.Repeat(" ", v.start) + v.text + "\n")
	root, problems, err := Parse("", data)
	if err != nil || root == nil || len(problems) > 0 {
		return p.taken(v.node)
	}
	return NewPage("", data, root).taken(root)
}

// taken is a node of the page as a value without a form.
func (p *Page) taken(n *Node) Value {
	v := Value{kind: n.Kind, tag: n.Tag, layout: OneLine}
	switch n.Kind {
	case Alias:
		return p.Copy(n)
	case Scalar:
		v.text = n.Value
		switch {
		case n.Style == SingleQuoted:
			v.quote = '\''
		case n.Style != Plain:
			v.quote = '"'
		default:
			v.bare = true
		}
	case Mapping:
		for _, pair := range n.Pairs() {
			if !pair.Merged {
				v = v.Put(pair.Key.Value, p.taken(pair.Value))
			}
		}
	case Sequence:
		for _, i := range n.Items() {
			v.values = append(v.values, p.taken(i))
		}
	}
	return v
}

// scalar is a scalar with its tag.
func (p *Page) scalar(v Value, flow bool) string {
	tag := ""
	if v.tag != "" {
		tag = v.tag + " "
	}
	switch {
	case p.JSON && v.bare:
		return v.text
	case p.JSON:
		return quoteJSON(v.text)
	case v.quote == 0 && (v.bare || IsPlain(v.text, flow)):
		return tag + v.text
	}
	quote := v.quote
	if quote == 0 {
		quote = p.habits.quote
	}
	if quote == '\'' && !strings.ContainsFunc(v.text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' }) {
		return tag + "'" + strings.ReplaceAll(v.text, "'", "''") + "'"
	}
	return tag + quoteJSON(v.text)
}

// quoteJSON is a string in JSON, which YAML reads alike.
func quoteJSON(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil { // a string always encodes
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// notText is what a plain scalar is read as something else by: null, truth values, numbers, dates.
var notText = regexp.MustCompile(`^(?:~|=|<<|(?i:null|true|false|yes|no|on|off|y|n)|[-+]?\.?[0-9][-0-9a-fA-FxXoO_.,:eE+tTzZ ]*|[-+]?\.(?i:inf)|\.(?i:nan))$`)

// IsPlain reports whether a string can stand without quotes and is read as itself.
func IsPlain(s string, flow bool) bool {
	if s == "" || strings.TrimSpace(s) != s || notText.MatchString(s) {
		return false
	}
	if strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`", rune(s[0])) {
		return false
	}
	for i, r := range s {
		switch {
		case r < ' ', r == 0x7f, r == '\u0085', r == '\u00a0', r == '\u2028', r == '\u2029', r == '\ufeff':
			return false
		case r == ':' && (i+1 == len(s) || s[i+1] == ' ' || flow && strings.IndexByte(",[]{}", s[i+1]) >= 0):
			return false
		case r == '#' && i > 0 && s[i-1] == ' ':
			return false
		case flow && strings.ContainsRune(",[]{}", r):
			return false
		}
	}
	return true
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// shift moves all lines of text but the first by some columns.
func shift(text string, by int) string {
	if by == 0 || !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines[1:] {
		switch {
		case strings.TrimSpace(l) == "":
		case by > 0:
			lines[i+1] = spaces(by) + l
		default:
			lead := len(l) - len(strings.TrimLeft(l, " "))
			lines[i+1] = l[min(-by, lead):]
		}
	}
	return strings.Join(lines, "")
}
