package terraform

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

// An unknown is a text that nobody tells. It stands in texts as the token "${name}", as it does in a design: it
// surely equals itself and perhaps anything else. Whatever is done with it, other than joining texts, is a token again.
type unknown struct {
	name   string
	span   source.Span // where it is asked for
	what   string      // what is unknown, for people
	remedy string
}

// maxTokenName keeps the names of tokens short enough to be read.
const maxTokenName = 120

// tokenText is "${name}" without the characters that would end it or make an IAM variable of it.
func tokenText(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	name = strings.NewReplacer(":", "|", "${", "", "{", "(", "}", ")", `"`, "'", `\`, "/", "*", "×", "?", "¿").Replace(name)
	if r := []rune(name); len(r) > maxTokenName {
		name = fmt.Sprintf("%s…%08x", string(r[:maxTokenName-9]), hash(name))
	}
	if strings.Trim(name, "$ ") == "" {
		name = "unknown"
	}
	return "${" + name + "}"
}

// hash tells apart the tokens whose names were shortened (FNV-1a).
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// tokenAt finds the first token of a text: where it starts and ends; false if there is none. IAM's own variables,
// which have a colon, are none.
func tokenAt(s string) (start, end int, ok bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], "${")
		if i < 0 {
			return 0, 0, false
		}
		i += from
		n := strings.IndexByte(s[i:], '}')
		if n < 0 {
			return 0, 0, false
		}
		body := s[i+2 : i+n]
		if body != "" && body != "*" && body != "?" && body != "$" && !strings.ContainsAny(body, ":\"") {
			return i, i + n + 1, true
		}
		from = i + 2
	}
}

func hasTokenText(s string) bool {
	_, _, ok := tokenAt(s)
	return ok
}

// isToken reports whether a value is a text that is one token and nothing else.
func isToken(v cty.Value) bool {
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return false
	}
	s := v.AsString()
	start, end, ok := tokenAt(s)
	return ok && start == 0 && end == len(s)
}

// nameOfToken is the name of a value that isToken.
func nameOfToken(v cty.Value) string {
	s := v.AsString()
	return s[2 : len(s)-1]
}

// isUnknown reports whether nothing is known of a value.
func isUnknown(v cty.Value) bool { return !v.IsKnown() || isToken(v) }

// isGenerated reports whether a value is the placeholder for something that AWS generates, whatever its type is.
func isGenerated(v cty.Value) bool {
	return v.IsKnown() && !v.IsNull() && v.Type() == cty.String && strings.HasSuffix(v.AsString(), "-GENERATED")
}

// uncertain reports whether a value holds a token or an unknown anywhere.
func uncertain(v cty.Value) bool {
	if !v.IsKnown() {
		return true
	}
	if v.IsNull() {
		return false
	}
	switch t := v.Type(); {
	case t == cty.String:
		return hasTokenText(v.AsString())
	case t.IsCollectionType(), t.IsTupleType(), t.IsObjectType():
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			if uncertain(e) || t.IsMapType() && uncertain(k) {
				return true
			}
		}
	}
	return false
}

// mayEqual reports whether two texts with tokens may be the same: what is written before the first and behind the last
// token has to fit.
func mayEqual(a, b string) bool {
	ai, _, aok := tokenAt(a)
	bi, _, bok := tokenAt(b)
	switch {
	case !aok && !bok:
		return a == b
	case !aok:
		return mayEqual(b, a)
	case !bok:
		start, end := a[:ai], a[strings.LastIndexByte(a, '}')+1:]
		return len(start)+len(end) <= len(b) && strings.HasPrefix(b, start) && strings.HasSuffix(b, end)
	}
	n := min(ai, bi)
	return a[:n] == b[:n]
}

// unknownText is the token for an expression whose value nobody tells, named by what it says.
func (s *scope) unknownText(e hclsyntax.Expression) cty.Value { return s.unknownPart(e, "") }

// unknownPart is the token for the part of an expression at a path.
func (s *scope) unknownPart(e hclsyntax.Expression, path string) cty.Value {
	name := s.sourceText(e.Range())
	if path != "" {
		name = "(" + name + ")" + path
	}
	if s.m != nil {
		name = s.m.path + name
	}
	return cty.StringVal(tokenText(name))
}

func (s *scope) sourceText(r hcl.Range) string {
	data := s.ev.files[r.Filename]
	if r.Start.Byte < 0 || r.Start.Byte >= r.End.Byte || r.End.Byte > len(data) || r.End.Byte-r.Start.Byte > 2000 {
		return "unknown"
	}
	return string(data[r.Start.Byte:r.End.Byte])
}

// note remembers what a token stands for, once, to be told at the end.
func (ev *evaluator) note(text string, span source.Span, what, remedy string) {
	if ev.tokens[text] == nil {
		ev.tokens[text] = &unknown{text, span, what, remedy}
		ev.tokenOrder = append(ev.tokenOrder, text)
	}
}

// tellUnknown reports everything that nobody told.
func (ev *evaluator) tellUnknown() {
	for _, text := range ev.tokenOrder {
		u := ev.tokens[text]
		ev.tell(source.Warning, u.span, u.what, "It stands as "+text+". "+u.remedy)
	}
}

// tell reports something about a place, once.
func (ev *evaluator) tell(severity source.Severity, at source.Span, summary, detail string) {
	key := fmt.Sprintf("%s %d %d %s", at.File, at.Start, severity, summary)
	if ev.told[key] || ev.quiet > 0 {
		return
	}
	ev.told[key] = true
	const most = 500
	if len(ev.diagnostics) >= most {
		if len(ev.diagnostics) == most {
			ev.diagnostics = append(ev.diagnostics, source.Diagnostic{Severity: source.Warning, Span: at, Summary: "there is more to tell", Detail: fmt.Sprintf("Only the first %d problems are shown.", most)})
		}
		return
	}
	ev.diagnostics = append(ev.diagnostics, source.Diagnostic{Severity: severity, Span: at, Summary: summary, Detail: detail})
}

// tellHCL passes on what the parser says.
func (ev *evaluator) tellHCL(diags hcl.Diagnostics) {
	for _, d := range diags {
		severity := source.Error
		if d.Severity == hcl.DiagWarning {
			severity = source.Warning
		}
		var at source.Span
		if d.Subject != nil {
			at = ev.span(*d.Subject)
		}
		ev.tell(severity, at, strings.TrimSuffix(d.Summary, "."), strings.Join(strings.Fields(d.Detail), " ")+" What stands there was left out.")
	}
}

// span is a range with the byte column that the rest of the program counts.
func (ev *evaluator) span(r hcl.Range) source.Span {
	if r.Filename == "" {
		return source.Span{}
	}
	s := source.Span{File: r.Filename, Start: r.Start.Byte, End: r.End.Byte, Line: r.Start.Line, Column: r.Start.Column}
	if data, ok := ev.files[r.Filename]; ok { // the parser's places may lie behind the end
		s.Start, s.End = min(max(0, s.Start), len(data)), min(max(0, s.Start, s.End), len(data))
		s.Column = s.Start - bytes.LastIndexByte(data[:s.Start], '\n')
	}
	return s
}
