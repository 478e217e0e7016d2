package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"bulkhead/model"
	"bulkhead/model/source"
)

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
