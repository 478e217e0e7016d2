package terraform

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

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
	case !isNative(at.File):
		return nil, fmt.Errorf("%s: a configuration in JSON is not edited", at)
	case overriding(i.decl.block.Body, at.File) != "":
		return nil, fmt.Errorf("%s: %s cannot be changed: %s overrides a part of it", at, i.object.address, overriding(i.decl.block.Body, at.File))
	}
	return &rewriting{patch: p, instance: i, file: at.File, data: p.in.Files[at.File], start: at.Start, end: at.End}, nil
}

// overriding is a file other than a block's own that a part of the block stands in; "" for none.
func overriding(body *hclsyntax.Body, file string) string {
	for _, a := range body.Attributes {
		if other := a.SrcRange.Filename; other != file {
			return other
		}
	}
	for _, b := range body.Blocks {
		if other := b.TypeRange.Filename; other != file {
			return other
		}
		if other := overriding(b.Body, file); other != "" {
			return other
		}
	}
	return ""
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
	text := string(out[w.start : len(out)-(len(w.data)-w.end)])
	if rest, ok := strings.CutSuffix(text, "\n\n}"); ok { // what stood last was taken out
		text = rest + "\n}"
	}
	return text, nil
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
func (w *rewriting) cut(r hcl.Range) { w.cutFrom(lineStart(w.data, r.Start.Byte), r) }

// cutBlock takes a nested block out, with the comment right above it.
func (w *rewriting) cutBlock(b *hclsyntax.Block) {
	w.cutFrom(w.withComments(w.file, b.TypeRange.Start.Byte), hcl.RangeBetween(b.TypeRange, b.CloseBraceRange))
}

func (w *rewriting) cutFrom(from int, r hcl.Range) {
	to := r.End.Byte
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

func (w *rewriting) span(r hcl.Range) source.Span { return w.evaluator.span(r) }
