package yamlpos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"bulkhead/model/source"
)

// The limits of what is read. CloudFormation takes 1 MB; the rest is room for plans and synthesized templates.
const (
	MaxBytes  = 50 << 20
	MaxDepth  = 1000
	MaxValues = 3_000_000 // written in the file, and as many again by aliases
)

// Parse reads one YAML or JSON document. The error, if any, is one line with file, line and column. Duplicate
// keys, tabs and the like are diagnostics. It stops at a depth of MaxDepth and refuses more than MaxBytes or
// MaxValues. An empty document is an error.
func Parse(file string, data []byte) (*Node, []source.Diagnostic, error) {
	switch {
	case len(data) > MaxBytes:
		return nil, nil, fmt.Errorf("%s: %d MB is more than the %d MB that are read", file, len(data)>>20, MaxBytes>>20)
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, nil, fmt.Errorf("%s:1:1: the file is in UTF-16; save it as UTF-8", file)
	case bytes.IndexByte(data, 0) >= 0:
		return nil, nil, fmt.Errorf("%s: a binary file, not YAML or JSON", placeOf(file, data, bytes.IndexByte(data, 0)))
	case !utf8.Valid(data):
		return nil, nil, fmt.Errorf("%s: the bytes are not UTF-8 text; save the file as UTF-8", placeOf(file, data, invalidAt(data)))
	}
	return (&parser{file: file, data: data, budget: MaxValues, piece: pieceBytes, texts: map[string]string{}}).parse()
}

func (p *parser) parse() (*Node, []source.Diagnostic, error) {
	root, ok, err := p.json()
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		if root, err = p.yaml(); err != nil {
			return nil, nil, err
		}
	}
	return root, p.diagnostics, nil
}

// parser is the state of one Parse.
type parser struct {
	file        string
	data        []byte
	lines       lines
	diagnostics []source.Diagnostic
	budget      int32  // values that aliases may still stand for
	twice       int    // duplicate keys so far
	masked      string // what stands for question marks in what the library read, "" for nothing
	piece       int    // how many bytes the library is given at once
	base        int    // lines before what it was given

	texts map[string]string    // short ones that were read: a large file says the same words often
	nodes map[*yaml.Node]*Node // anchored ones, for aliases
	open  map[*yaml.Node]bool  // anchored ones that are being read
}

func (p *parser) yaml() (*Node, error) {
	if n := values(p.data); n > MaxValues {
		return nil, fmt.Errorf("%s: about %d values are more than the %d that are read", p.file, n, MaxValues)
	}
	if root, ok := p.inPieces(); ok {
		return root, nil
	}
	doc, err := p.decode(p.data)
	if err != nil {
		if masked := p.mask(p.data); masked != nil {
			if again, failed := p.decode(masked); failed == nil {
				doc, err = again, nil
			} else {
				p.masked = ""
			}
		}
	}
	if err != nil {
		// A tab in the indentation is the commonest fault, and harmless to read past: a space takes its place
		// byte for byte, so that every span still holds.
		spaced, tabs := indentWithSpaces(p.data)
		if len(tabs) == 0 {
			return nil, err
		}
		var again error
		if doc, again = p.decode(spaced); again != nil {
			line, column := lineColumn(p.data, tabs[0])
			return nil, fmt.Errorf("%s:%d:%d: a tab indents this line; YAML indents with spaces", p.file, line, column)
		}
		for i, at := range tabs {
			if i == maxDiagnostics {
				break
			}
			p.report(source.Warning, p.at(at, at+1), "a tab indents this line",
				"YAML indents with spaces and AWS refuses the tab; it was read as one space")
		}
	}
	if doc == nil || doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s:1:1: the file is empty", p.file)
	}
	p.lines = newLines(p.data)
	p.nodes, p.open = map[*yaml.Node]*Node{}, map[*yaml.Node]bool{}
	root, err := p.node(doc.Content[0], context{indent: -1})
	if err != nil {
		return nil, err
	}
	return root, nil
}

// mask is the text with another character in the place of the question marks in it, byte for byte: the library ends a plain text
// between brackets at a question mark, as in {rate: cron(0 12 * * ? *)}, where YAML lets it go on. nil if there is none to be had.
func (p *parser) mask(data []byte) []byte {
	if bytes.IndexByte(data, '?') < 0 {
		return nil
	}
	for _, c := range []byte("~^`") {
		if bytes.IndexByte(data, c) >= 0 {
			continue
		}
		out := bytes.Clone(data)
		blank := true // so far on this line: a question mark there tells a key
		for i, b := range out {
			switch {
			case b == '\n':
				blank = true
			case b == '?' && !blank:
				out[i] = c
			case b != ' ' && b != '-':
				blank = false
			}
		}
		p.masked = string(c)
		return out
	}
	return nil
}

const maxDiagnostics = 20 // of one sort: more of the same tell nothing new

// decode reads the first document; nil if there is none. More documents are a diagnostic.
func (p *parser) decode(data []byte) (doc *yaml.Node, err error) {
	defer func() {
		// The library reports what it did not foresee by a panic; for the user it is a file that cannot be read.
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("%s:1:1: not YAML: %v", p.file, r)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	doc = &yaml.Node{}
	if err := d.Decode(doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, p.syntax(data, err)
	}
	if !bytes.HasPrefix(data, []byte("---")) && !bytes.Contains(data, []byte("\n---")) && !bytes.Contains(data, []byte("\n...")) {
		return doc, nil
	}
	var second yaml.Node
	if err := d.Decode(&second); err == nil {
		p.report(source.Warning, source.Span{File: p.file, Line: second.Line, Column: 1}, "another YAML document follows",
			"only the first document of the file was read")
	} else if !errors.Is(err, io.EOF) {
		return nil, p.syntax(data, err)
	}
	return doc, nil
}

var (
	yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)
)

// syntax turns the library's error into file:line:column and one line of text.
func (p *parser) syntax(data []byte, err error) error {
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return fmt.Errorf("%s:1:1: not YAML: %s", p.file, oneLine(err.Error()))
	}
	text := oneLine(m[2])
	if name, ok := strings.CutSuffix(strings.TrimPrefix(text, "unknown anchor '"), "' referenced"); ok {
		if i := bytes.Index(data, []byte("*"+name)); i >= 0 {
			return fmt.Errorf("%s: there is no anchor &%s for this alias", placeOf(p.file, data, i), name)
		}
	}
	if strings.HasSuffix(p.file, ".json") {
		var bad *json.SyntaxError
		if errors.As(json.Unmarshal(data, new(any)), &bad) {
			return fmt.Errorf("%s: not JSON: %w", placeOf(p.file, data, min(max(int(bad.Offset)-1, 0), len(data)-1)), bad)
		}
	}
	l := newLines(data)
	line, _ := strconv.Atoi(m[1])
	line = min(max(line, 1), len(l.starts))
	if n, ok := firstBad(data, l); ok {
		line = n
	}
	start := l.starts[line-1]
	column := 1
	for start+column-1 < len(data) && (data[start+column-1] == ' ' || data[start+column-1] == '\t') {
		column++
	}
	return fmt.Errorf("%s:%d:%d: not YAML: %s", p.file, line, column, text)
}

// maxSearched is how many bytes are read again, in all, to find the line of an error.
const maxSearched = 12 << 20

// firstBad is the line, from 1, with which a text that is not YAML stops being it: the library tells where the value
// begins that goes wrong, which may be the whole file. What begins before that line and does not end is at its start.
// ok is false where looking would take too long.
func firstBad(data []byte, l lines) (line int, ok bool) {
	left := maxSearched
	good := func(n int) bool { // the first n lines
		if n <= 0 {
			return true
		}
		end := len(data)
		if n < len(l.starts) {
			end = l.starts[n]
		}
		if left -= end; left < 0 {
			return false
		}
		ok := false
		func() {
			defer func() { _ = recover() }() // what the library did not foresee is no YAML either
			err := yaml.NewDecoder(bytes.NewReader(data[:end])).Decode(new(yaml.Node))
			ok = err == nil || errors.Is(err, io.EOF)
		}()
		return ok
	}
	low, high := 0, len(l.starts) // the first low lines are YAML, the first high are not
	for tries := 0; ; tries++ {
		for high-low > 1 {
			if mid := (low + high) / 2; good(mid) {
				low = mid
			} else {
				high = mid
			}
		}
		// A value over several lines is none until its end: go on behind it.
		const longest = 60
		further := 0
		for n := low + 2; n <= min(low+longest, len(l.starts)) && further == 0 && tries < 5; n++ {
			if good(n) {
				further = n
			}
		}
		if further == 0 {
			return min(low+1, len(l.starts)), left >= 0
		}
		low, high = further, len(l.starts)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// context is what a value's end depends on.
type context struct {
	indent int // column, from 0, of the innermost block collection; -1 at the top
	depth  int
}

// node turns a node of the library's into ours. Children are read in the order of the file, so that looking up
// their offsets goes forward only.
func (p *parser) node(y *yaml.Node, c context) (*Node, error) {
	line := p.base + y.Line
	start, ok := p.lines.offset(p.data, line, y.Column)
	if !ok {
		return nil, fmt.Errorf("%s:%d:%d: cannot tell where this value stands", p.file, line, y.Column)
	}
	if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style == 0 && y.Anchor == "" && at(p.data, start) != '!' {
		for start > 0 && bytes.IndexByte([]byte(" \t\r\n"), p.data[start-1]) >= 0 {
			start-- // to just behind the colon or dash: the library is not always as exact
		}
	}
	if c.depth > MaxDepth {
		return nil, fmt.Errorf("%s:%d:%d: nested more than %d deep", p.file, line, y.Column, MaxDepth)
	}
	// The place first: looking it up goes forward only as long as parents come before their children.
	n := (&Node{size: 1}).At(p.at(start, start))
	if y.Anchor != "" {
		n.SetAnchor(y.Anchor)
		p.open[y] = true
	}
	tag, content := properties(p.data, start, y)
	n.Tag = tag
	c.depth++
	var end int
	var err error
	switch y.Kind {
	case yaml.ScalarNode:
		end, err = p.scalar(n, y, start, content, c)
	case yaml.MappingNode:
		end, err = p.mapping(n, y, content, c)
	case yaml.SequenceNode:
		end, err = p.sequence(n, y, content, c)
	case yaml.AliasNode:
		end = p.alias(n, y, start)
	default:
		err = errPlace
	}
	if errors.Is(err, errPlace) {
		err = fmt.Errorf("%s:%d:%d: cannot tell where this value ends", p.file, line, y.Column)
	}
	if err != nil {
		return nil, err
	}
	n.at.end = int32(end)
	if y.Anchor != "" {
		p.nodes[y] = n
		delete(p.open, y)
	}
	return n, nil
}

func (p *parser) scalar(n *Node, y *yaml.Node, start, content int, c context) (end int, err error) {
	if p.masked != "" {
		y.Value = strings.ReplaceAll(y.Value, p.masked, "?")
	}
	n.Kind, n.Value = Scalar, p.intern(y.Value)
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Style, n.Quoted = DoubleQuoted, true
		return endOfQuoted(p.data, content, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Style, n.Quoted = SingleQuoted, true
		return endOfQuoted(p.data, content, '\'')
	case y.Style&yaml.LiteralStyle != 0:
		n.Style = Literal
		return endOfBlockScalar(p.data, content, c.indent)
	case y.Style&yaml.FoldedStyle != 0:
		n.Style = Folded
		return endOfBlockScalar(p.data, content, c.indent)
	}
	n.Style = Plain
	n.Null = n.Tag == "" && y.Tag == "!!null" || y.Value == ""
	if y.Value == "" {
		return endOfProperties(p.data, start, y), nil
	}
	return endOfPlain(p.data, content, y.Value)
}

func (p *parser) mapping(n *Node, y *yaml.Node, content int, c context) (end int, err error) {
	n.Kind, n.Style = Mapping, Block
	braces := false
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
		// Not so for the pair in [a: b], nor in [{a}: b], which starts where its key does.
		braces = at(p.data, content) == '{' &&
			(len(y.Content) == 0 || y.Content[0].Line != y.Line || y.Content[0].Column != y.Column)
	} else {
		c.indent = p.lines.indent(content)
	}
	end = content
	if braces {
		end++
	}
	end, merges, err := p.pairs(n, y, end, c)
	if err != nil {
		return 0, err
	}
	if braces {
		if end, err = endOfFlow(p.data, end, '}'); err != nil {
			return 0, err
		}
	}
	p.duplicates(n.Pairs())
	p.merge(n, merges)
	return end, nil
}

// pairs adds the entries of the library's mapping to ours, and returns where the last of them ends, and what stands under merge keys.
func (p *parser) pairs(n *Node, y *yaml.Node, end int, c context) (_ int, merges []*Node, err error) {
	pairs := slices.Grow(n.Pairs(), len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, err := p.node(y.Content[i], c)
		if err != nil {
			return 0, nil, err
		}
		value, err := p.node(y.Content[i+1], c)
		if err != nil {
			return 0, nil, err
		}
		end = max(end, key.Span().End, value.Span().End)
		n.size += key.size + value.size
		merge := y.Content[i].Tag == "!!merge"
		y.Content[i], y.Content[i+1] = nil, nil // read: of a large file there is no room for both trees
		if merge {
			merges = append(merges, value)
			continue
		}
		pairs = append(pairs, Pair{Key: key, Value: value})
	}
	n.SetPairs(pairs)
	return end, merges, nil
}

func (p *parser) sequence(n *Node, y *yaml.Node, content int, c context) (end int, err error) {
	n.Kind, n.Style = Sequence, Block
	end = content + 1 // "[" or "-"
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	} else if column := p.lines.indent(content); column > c.indent {
		c.indent = column // a list at its key's own column does not indent
	}
	items := make([]*Node, 0, len(y.Content))
	for i, child := range y.Content {
		item, err := p.node(child, c)
		if err != nil {
			return 0, err
		}
		y.Content[i] = nil
		end = max(end, item.Span().End)
		n.size += item.size
		items = append(items, item)
	}
	n.SetItems(items)
	if n.Style == Flow {
		return endOfFlow(p.data, end, ']')
	}
	return end, nil
}

func (p *parser) alias(n *Node, y *yaml.Node, start int) int {
	n.Kind, n.Value = Alias, y.Value
	end := start + 1 + len(y.Value)
	target := p.nodes[y.Alias]
	switch {
	case p.open[y.Alias] || target == nil:
		p.report(source.Error, p.at(start, end), "the alias *"+y.Value+" stands inside its own value",
			"it was read as empty; write the value out")
	case target.size > p.budget:
		p.report(source.Error, p.at(start, end), "the aliases of this file stand for too many values",
			fmt.Sprintf("*%s and what follows of its size were read as empty; at most %d values are read", y.Value, MaxValues))
	default:
		p.budget -= target.size
		n.size = target.size
		n.SetTarget(target)
		return end
	}
	n.SetTarget((&Node{Kind: Scalar, Null: true, size: 1}).At(p.at(end, end)))
	return end
}

// fewPairs is for how many entries comparing all keys costs less than a map of them.
const fewPairs = 16

func hasTwice(pairs []Pair) bool {
	for i, a := range pairs {
		for _, b := range pairs[:i] {
			if a.Key.Value == b.Key.Value && a.Key.Kind == Scalar && b.Key.Kind == Scalar {
				return true
			}
		}
	}
	return false
}

// duplicates reports keys that a mapping has twice.
func (p *parser) duplicates(pairs []Pair) {
	if len(pairs) < 2 {
		return
	}
	if len(pairs) <= fewPairs && !hasTwice(pairs) {
		return
	}
	first := make(map[string]*Node, len(pairs))
	for _, pair := range pairs {
		k := pair.Key
		if k.Kind != Scalar {
			continue
		}
		if f := first[k.Value]; f != nil {
			if p.twice++; p.twice > maxDiagnostics {
				return
			}
			p.report(source.Warning, k.Span(), fmt.Sprintf("the key %q is here twice", short(k.Value)),
				fmt.Sprintf("the first one, on line %d, does not count", f.Span().Line))
		}
		first[k.Value] = k
	}
}

// merge adds the entries of the mappings under merge keys behind the own ones; own keys and earlier
// mappings win.
func (p *parser) merge(n *Node, merges []*Node) {
	if len(merges) == 0 {
		return
	}
	have := make(map[string]bool, len(n.Pairs()))
	for _, pair := range n.Pairs() {
		have[pair.Key.Value] = true
	}
	var from []*Node
	for _, m := range merges {
		if r := m.Resolve(); r.Kind == Sequence {
			from = append(from, r.Items()...)
		} else {
			from = append(from, m)
		}
	}
	for _, m := range from {
		r := m.Resolve()
		if r.Kind != Mapping {
			p.report(source.Warning, m.Span(), "a merge key (<<) takes a mapping or a list of mappings", "this one was left out")
			continue
		}
		for _, pair := range r.Effective() {
			if p.budget--; p.budget < 0 {
				p.report(source.Error, m.Span(), "the merge keys of this file stand for too many values", "the rest was left out")
				return
			}
			if have[pair.Key.Value] {
				continue
			}
			if pair.Value.size > p.budget {
				continue
			}
			have[pair.Key.Value] = true
			p.budget -= pair.Value.size
			n.size += pair.Value.size
			n.SetPairs(append(n.Pairs(), Pair{Key: pair.Key, Value: pair.Value, Merged: true}))
		}
	}
}

func (p *parser) report(s source.Severity, span source.Span, summary, detail string) {
	p.diagnostics = append(p.diagnostics, source.Diagnostic{Severity: s, Span: span, Summary: summary, Detail: detail})
}

// at is the span of the bytes from start to end.
func (p *parser) at(start, end int) source.Span {
	if p.lines.starts == nil {
		p.lines = newLines(p.data)
	}
	line, column := p.lines.position(start)
	return source.Span{File: p.file, Start: start, End: end, Line: line, Column: column}
}

func short(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:60], "") + "…"
}

// values estimates, on the high side, how many values YAML text holds, before it is given to the library.
func values(data []byte) int {
	n := 1
	for _, b := range []string{"\n", ",", "[", "{"} {
		n += bytes.Count(data, []byte(b))
	}
	return n
}

// indentWithSpaces returns data with every tab that indents a line replaced by a space, and where they are.
func indentWithSpaces(data []byte) (spaced []byte, tabs []int) {
	spaced = bytes.Clone(data)
	indents := true
	for i, b := range data {
		switch {
		case b == '\n' || b == '\r':
			indents = true
		case b == '\t' && indents:
			spaced[i] = ' '
			tabs = append(tabs, i)
		case b != ' ' && b != '-':
			indents = false
		}
	}
	return spaced, tabs
}

// longName is how long a text may be that is looked for among those that were read before: keys, types, actions.
const longName = 48

// intern is the text, as it was read before if it is short.
func (p *parser) intern(s string) string {
	if len(s) > longName {
		return s
	}
	if known, ok := p.texts[s]; ok {
		return known
	}
	p.texts[s] = s
	return s
}
