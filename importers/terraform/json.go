package terraform

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// blockLabels is how many labels the blocks of a configuration have that JSON nests by name.
// https://developer.hashicorp.com/terraform/language/syntax/json
var blockLabels = map[string]int{"variable": 1, "output": 1, "provider": 1, "module": 1, "resource": 2, "data": 2, "terraform": 0}

// parseJSON reads a *.tf.json or *.tfvars.json file as the body that native syntax would give. A nested block is an
// argument whose value is an object or a list of them; nil if nothing can be read.
func (ev *evaluator) parseJSON(name string, data []byte) *hclsyntax.Body {
	root, _, err := yamlpos.Parse(name, data)
	if err != nil || root.Kind != yamlpos.Mapping {
		detail := "It is no JSON object. What it declares is missing."
		if err != nil {
			detail = err.Error() + "."
		}
		ev.tell(source.Error, source.Span{File: name}, "this file could not be read", detail)
		return nil
	}
	j := &jsonReader{ev}
	if strings.HasSuffix(path.Base(name), ".tfvars.json") {
		return j.body(root, true)
	}
	out := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: j.span(root.Span()), EndRange: j.span(root.Span())}
	for _, p := range root.Effective() {
		switch typ := p.Key.Value; typ {
		case "//":
		case "locals":
			for _, o := range objectsOf(p.Value) {
				out.Blocks = append(out.Blocks, j.block(typ, nil, o))
			}
		default:
			labels, ok := blockLabels[typ]
			if !ok {
				continue // moved, import, check and what later versions add say nothing of what there is
			}
			j.labelled(out, typ, nil, labels, p.Value)
		}
	}
	return out
}

type jsonReader struct{ ev *evaluator }

func (j *jsonReader) span(s source.Span) hcl.Range {
	at := func(b int) hcl.Pos { return hcl.Pos{Line: s.Line, Column: s.Column, Byte: b} }
	return hcl.Range{Filename: s.File, Start: at(s.Start), End: at(s.End)}
}

// objectsOf is an object, or the objects of a list.
func objectsOf(n *yamlpos.Node) []*yamlpos.Node {
	switch n.Kind {
	case yamlpos.Mapping:
		return []*yamlpos.Node{n}
	case yamlpos.Sequence:
		var out []*yamlpos.Node
		for _, i := range n.Items() {
			out = append(out, objectsOf(i)...)
		}
		return out
	case yamlpos.Scalar, yamlpos.Alias:
	}
	return nil
}

// labelled adds the blocks that stand below n, which lacks so many levels of labels.
func (j *jsonReader) labelled(out *hclsyntax.Body, typ string, labels []string, lacks int, n *yamlpos.Node) {
	for _, o := range objectsOf(n) {
		if lacks == 0 {
			out.Blocks = append(out.Blocks, j.block(typ, labels, o))
			continue
		}
		for _, p := range o.Effective() {
			if p.Key.Value != "//" {
				j.labelled(out, typ, append(labels[:len(labels):len(labels)], p.Key.Value), lacks-1, p.Value)
			}
		}
	}
}

func (j *jsonReader) block(typ string, labels []string, n *yamlpos.Node) *hclsyntax.Block {
	at := j.span(n.Span())
	b := &hclsyntax.Block{Type: typ, Labels: labels, Body: j.body(n, false), TypeRange: at, OpenBraceRange: at, CloseBraceRange: at}
	for range labels {
		b.LabelRanges = append(b.LabelRanges, at)
	}
	if typ == "terraform" {
		if n := n.Get("required_providers"); n != nil {
			for _, o := range objectsOf(n) {
				b.Body.Blocks = append(b.Body.Blocks, j.block("required_providers", nil, o))
			}
		}
	}
	return b
}

// body turns the members of an object into arguments. Values of variables are taken literally.
func (j *jsonReader) body(n *yamlpos.Node, literal bool) *hclsyntax.Body {
	out := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: j.span(n.Span()), EndRange: j.span(n.Span())}
	for _, p := range n.Effective() {
		switch p.Key.Value {
		case "//":
			continue
		case "dynamic":
			for _, o := range objectsOf(p.Value) {
				for _, d := range o.Effective() {
					for _, content := range objectsOf(d.Value) {
						out.Blocks = append(out.Blocks, j.dynamic(d.Key.Value, content))
					}
				}
			}
			continue
		}
		at := j.span(source.Span{File: p.Key.Span().File, Start: p.Key.Span().Start, End: p.Value.Span().End, Line: p.Key.Span().Line, Column: p.Key.Span().Column})
		out.Attributes[p.Key.Value] = &hclsyntax.Attribute{
			Name: p.Key.Value, Expr: j.expression(p.Value, literal), SrcRange: at, NameRange: j.span(p.Key.Span()), EqualsRange: at,
		}
	}
	return out
}

func (j *jsonReader) dynamic(typ string, n *yamlpos.Node) *hclsyntax.Block {
	b := j.block("dynamic", []string{typ}, n)
	if c := n.Get("content"); c != nil {
		delete(b.Body.Attributes, "content")
		for _, o := range objectsOf(c) {
			b.Body.Blocks = append(b.Body.Blocks, j.block("content", nil, o))
		}
	}
	return b
}

func (j *jsonReader) expression(n *yamlpos.Node, literal bool) hclsyntax.Expression {
	at := j.span(n.Span())
	switch n.Kind {
	case yamlpos.Mapping:
		o := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, p := range n.Effective() {
			if p.Key.Value == "//" {
				continue
			}
			o.Items = append(o.Items, hclsyntax.ObjectConsItem{
				KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: j.expression(p.Key, literal), ForceNonLiteral: true},
				ValueExpr: j.expression(p.Value, literal),
			})
		}
		return o
	case yamlpos.Sequence:
		t := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, i := range n.Items() {
			t.Exprs = append(t.Exprs, j.expression(i, literal))
		}
		return t
	case yamlpos.Alias:
		return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: at}
	case yamlpos.Scalar:
	}
	constant := func(v cty.Value) hclsyntax.Expression { return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at} }
	switch {
	case n.Quoted && !literal && (strings.Contains(n.Value, "${") || strings.Contains(n.Value, "%{")):
		data := []byte(n.Value)
		start := at.Start
		start.Byte++
		if tame(data) == nil {
			if e, diags := hclsyntax.ParseTemplate(data, n.Span().File, start); !diags.HasErrors() {
				return e
			}
		}
		return constant(cty.StringVal(n.Value))
	case n.Quoted:
		return constant(cty.StringVal(n.Value))
	case n.Null:
		return constant(cty.NullVal(cty.DynamicPseudoType))
	case n.Value == "true", n.Value == "false":
		return constant(cty.BoolVal(n.Value == "true"))
	}
	if v, err := number(n.Value); err == nil {
		return constant(v)
	}
	return constant(cty.StringVal(n.Value))
}
