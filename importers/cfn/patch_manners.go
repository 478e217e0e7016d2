package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
)

// manners are how a template calls intrinsic functions.
type manners struct {
	short    bool           // !Ref rather than Ref:
	dotted   bool           // Fn::GetAtt: A.Arn rather than a list
	call     yamlpos.Layout // of {"Ref": …} in braces
	list     yamlpos.Layout // of the list of Fn::GetAtt
	subQuote byte           // of Fn::Sub's text; 0 for none
}

func mannersOf(page *yamlpos.Page) manners {
	c := map[string]int{}
	var walk func(n *yamlpos.Node)
	walk = func(n *yamlpos.Node) {
		if name, arg := intrinsic(n); name != "" && arg != nil {
			form := "long"
			if n.Tag != "" {
				form = "short"
			}
			c[form]++
			if n.Style == yamlpos.Flow && n.Tag == "" && (name == "Ref" || name == "Fn::GetAtt") {
				c["call "+over(page, n)]++
			}
			switch {
			case name == "Fn::GetAtt" && form == "long" && arg.Kind == yamlpos.Scalar:
				c["dotted"]++
			case name == "Fn::GetAtt" && form == "long" && arg.Style == yamlpos.Flow:
				c["listed"]++
				c["list "+over(page, arg)]++
			case name == "Fn::GetAtt" && form == "long":
				c["listed"]++
				c["list indents"]++
			case name == "Fn::Sub" && arg.Kind == yamlpos.Scalar && !strings.Contains(arg.Value, "\n"):
				c["sub "+map[yamlpos.Style]string{yamlpos.SingleQuoted: "'", yamlpos.DoubleQuoted: `"`}[arg.Style]]++
			}
		}
		for _, p := range n.Pairs() {
			if !p.Merged {
				walk(p.Value)
			}
		}
		for _, i := range n.Items() {
			walk(i)
		}
	}
	walk(page.Root)
	m := manners{short: c["short"] >= c["long"] && !page.JSON, dotted: c["dotted"] > c["listed"], subQuote: '"'}
	switch {
	case c[`sub '`] > c[`sub "`] && c[`sub '`] >= c["sub "]:
		m.subQuote = '\''
	case c["sub "] > c[`sub "`]:
		m.subQuote = 0
	}
	if c["call one line"] > c["call lines"] || !page.JSON {
		m.call = yamlpos.OneLine
	}
	switch {
	case c["list one line"] > c["list lines"]+c["list indents"]:
		m.list = yamlpos.OneLine
	case c["list indents"] > c["list lines"]:
		m.list = yamlpos.Indents
	case !page.JSON:
		m.list = yamlpos.OneLine
	}
	return m
}

func over(page *yamlpos.Page, n *yamlpos.Node) string {
	if strings.ContainsAny(page.Text(n.Span()), "\r\n") {
		return "lines"
	}
	return "one line"
}

// ref is a call of Ref.
func (s *sheet) ref(id string) yamlpos.Value {
	if s.manners.short {
		return yamlpos.Tagged("!Ref", yamlpos.Text(id))
	}
	return yamlpos.MappingOf(s.callLayout()).Put("Ref", yamlpos.Text(id))
}

// getAtt is a call of Fn::GetAtt.
func (s *sheet) getAtt(id, attr string) yamlpos.Value {
	if s.manners.short {
		return yamlpos.Tagged("!GetAtt", yamlpos.Text(id+"."+attr))
	}
	if s.manners.dotted && !s.JSON {
		return yamlpos.MappingOf(s.callLayout()).Put("Fn::GetAtt", yamlpos.Text(id+"."+attr))
	}
	return yamlpos.MappingOf(s.callLayout()).Put("Fn::GetAtt", yamlpos.ListOf(s.manners.list, yamlpos.Text(id), yamlpos.Text(attr)))
}

// sub is a call of Fn::Sub with a text alone.
func (s *sheet) sub(text string) yamlpos.Value {
	arg := yamlpos.Quoted(text, s.manners.subQuote)
	if s.manners.short {
		return yamlpos.Tagged("!Sub", arg)
	}
	return yamlpos.MappingOf(s.callLayout()).Put("Fn::Sub", arg)
}

// callLayout is the layout of the mapping that a long call is: in braces as the template does it, else indented.
func (s *sheet) callLayout() yamlpos.Layout {
	if s.JSON {
		return s.manners.call
	}
	return yamlpos.Usual
}

// values are the written values of a key in the statements of a template, those beside near first.
func (s *sheet) values(near *yamlpos.Node, key string) (beside, all []*yamlpos.Node) {
	var around *yamlpos.Node // the list of statements
	for n := near; n != nil; n = s.Parent(n) {
		if s.places.statements[n.Span()] == n {
			around = s.Parent(n)
			break
		}
	}
	for _, st := range s.statementNodes() {
		for _, k := range []string{key, "Not" + key} {
			if v := yamlpos.MembersOf(st).Value(k); v != nil && v.Kind != yamlpos.Alias {
				all = append(all, v)
				if around != nil && s.Parent(st) == around && v != near {
					beside = append(beside, v)
				}
			}
		}
	}
	return beside, all
}

// singles reports whether a list of one is written as a single value: as those beside it are, else as most are.
func (s *sheet) singles(near *yamlpos.Node, key string) bool {
	beside, all := s.values(near, key)
	for _, list := range [][]*yamlpos.Node{beside, all} {
		votes := 0
		for _, v := range list {
			switch {
			case v.Kind != yamlpos.Sequence || isCall(v):
				votes++
			case len(v.Items()) == 1:
				votes--
			}
		}
		if votes != 0 {
			return votes > 0
		}
	}
	return true
}

// layoutOf is how a new list is laid out.
func (s *sheet) layoutOf(near *yamlpos.Node, key string, n, width int) yamlpos.Layout {
	beside, all := s.values(near, key)
	_, others := s.values(nil, map[string]string{"Action": "Resource"}[key])
	for _, list := range [][]*yamlpos.Node{beside, all, others} {
		votes := map[yamlpos.Layout]int{}
		for _, v := range list {
			if v.Kind == yamlpos.Sequence && !isCall(v) && len(v.Items()) > 0 {
				votes[s.LayoutOf(v)]++
			}
		}
		best := yamlpos.Usual
		for _, l := range []yamlpos.Layout{yamlpos.OneLine, yamlpos.Lines, yamlpos.Indents} {
			if votes[l] > votes[best] {
				best = l
			}
		}
		if best != yamlpos.Usual {
			return best
		}
	}
	if !s.JSON && n <= 3 && width < 70 {
		return yamlpos.OneLine
	}
	return yamlpos.Usual
}

// quoteOf is the quotes around texts that would need none: as those that stand there, else as in most statements.
func (s *sheet) quoteOf(key string, like []*yamlpos.Node) byte {
	_, all := s.values(nil, key)
	var wide []*yamlpos.Node
	for _, v := range all {
		wide = append(wide, s.written(v)...)
	}
	for _, list := range [][]*yamlpos.Node{like, wide} {
		votes := map[byte]int{}
		for _, n := range list {
			if n.Kind != yamlpos.Scalar || n.Tag != "" || !yamlpos.IsPlain(n.Value, false) {
				continue
			}
			switch n.Style {
			case yamlpos.SingleQuoted:
				votes['\'']++
			case yamlpos.DoubleQuoted:
				votes['"']++
			case yamlpos.Plain:
				votes[0]++
			case yamlpos.Literal, yamlpos.Folded, yamlpos.Flow, yamlpos.Block:
			}
		}
		if len(votes) > 0 {
			best := byte(0)
			for _, q := range []byte{'\'', '"'} {
				if votes[q] > votes[best] {
					best = q
				}
			}
			return best
		}
	}
	return 0
}
