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
		for _, p := range n.Pairs {
			if !p.Merged {
				walk(p.Value)
			}
		}
		for _, i := range n.Items {
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
	if strings.ContainsAny(page.Text(n.Span), "\r\n") {
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
