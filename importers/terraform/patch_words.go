package terraform

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// say is how a statement says a text: as it does already, as a literal, or by references to what the text is made of.
func (g *page) say(text string) (string, error) {
	if s, ok := g.spoken[text]; ok {
		return s, nil
	}
	var out string
	var err error
	switch {
	case g.site.plain:
		out, err = g.plainJSON(text)
	case g.site.kind == inText:
		out, err = g.sayIn(g.site.scope, text, true)
	default:
		out, err = g.sayIn(g.site.scope, text, false)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", g.site.span, err)
	}
	return out, nil
}

// plainJSON is a text in a file of JSON, which cannot refer to anything.
func (g *page) plainJSON(text string) (string, error) {
	if hasTokenText(text) || strings.Contains(text, "-GENERATED") || g.isPlaceholder(text) {
		return "", fmt.Errorf("a file cannot say %s, which only the configuration knows", text)
	}
	out, err := json.Marshal(text)
	if err != nil {
		return "", err
	}
	s := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(out))
	return s, nil
}

// jsonValue is what a JSON string of the statement's file comes to; false where it refers to what is not in it.
func (g *page) jsonValue(raw string) (string, bool) {
	if len(raw) < 2 {
		return "", false
	}
	var out string
	if g.site.plain {
		err := json.Unmarshal([]byte(raw), &out)
		return out, err == nil
	}
	t, diags := hclsyntax.ParseTemplate([]byte(raw), "", hcl.InitialPos)
	if diags.HasErrors() {
		return "", false
	}
	v, err := g.site.scope.quietly(t)
	s, ok := text(v)
	if err != nil || !ok || json.Unmarshal([]byte(s), &out) != nil {
		return "", false
	}
	return out, true
}

// isPlaceholder reports whether a text names the account that stands for one that nobody tells.
func (p *patch) isPlaceholder(text string) bool {
	return p.in.Options.Account == "" && strings.Contains(text, usualAccount) || strings.Contains(text, "9000000000")
}

// sayIn is a text as HCL in a scope: a reference, a literal, or a template; in JSON always the latter. It is what the
// evaluator makes the text of again, or an error.
func (p *patch) sayIn(s *scope, text string, inJSON bool) (string, error) {
	try := func(src string) bool {
		data := []byte(src)
		if inJSON {
			t, diags := hclsyntax.ParseTemplate(data, "", hcl.InitialPos)
			if diags.HasErrors() {
				return false
			}
			var out string
			v, err := s.quietly(t)
			w := words(v)
			return err == nil && json.Unmarshal([]byte(w), &out) == nil && out == text
		}
		e, diags := hclsyntax.ParseExpression(data, "", hcl.InitialPos)
		if diags.HasErrors() {
			return false
		}
		v, err := s.quietly(e)
		return err == nil && words(v) == text
	}
	if ref, rest, ok := p.newName(s, text); ok {
		switch {
		case rest == "" && !inJSON:
			return ref, nil
		case !strings.ContainsAny(rest, `"\\$%`):
			return `"${` + ref + `}` + rest + `"`, nil
		}
	}
	if !inJSON {
		if ref := p.refersTo(s, text); ref != "" && try(ref) {
			return ref, nil
		}
	}
	// The text part by part: what a reference says, what a token stands for, and what is written.
	var b strings.Builder
	rest := text
	literal := func(t string) {
		q, _ := json.Marshal(t)
		t = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(q))
		t = t[1 : len(t)-1]
		b.WriteString(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(t))
	}
	known := p.namesIn(s)
	for rest != "" {
		ref, used := "", 0
		for _, n := range known {
			if i := strings.Index(rest, n.value); i == 0 && len(n.value) > used && ends(rest[len(n.value):]) {
				ref, used = n.ref, len(n.value)
			}
		}
		if start, end, ok := tokenAt(rest); used == 0 && ok && start == 0 {
			ref, used = rest[2:end-1], end
		}
		if used > 0 {
			b.WriteString("${" + ref + "}")
			rest = rest[used:]
			continue
		}
		// As far as the next thing that is known.
		next := len(rest)
		for _, n := range known {
			if i := strings.Index(rest[1:], n.value); i >= 0 && i+1 < next && starts(rest[:i+1]) && ends(rest[i+1+len(n.value):]) {
				next = i + 1
			}
		}
		if start, _, ok := tokenAt(rest[1:]); ok && start+1 < next {
			next = start + 1
		}
		literal(rest[:next])
		rest = rest[next:]
	}
	src := `"` + b.String() + `"`
	plain := strings.ReplaceAll(src, "$${", "")
	if !try(src) || strings.Contains(plain, "-GENERATED") || p.isPlaceholder(plain) {
		return "", fmt.Errorf("the configuration has no way to say %s", text)
	}
	return src, nil
}

func ends(rest string) bool { return rest == "" || strings.ContainsAny(rest[:1], "/:*") }

func starts(before string) bool {
	return before == "" || strings.ContainsAny(before[len(before)-1:], "/:")
}

// A nameRef is a text and the reference that says it.
type nameRef struct{ value, ref string }

// namesIn lists what references of a module say: the ARNs, names and ids of its resources, the account and the region of
// its data sources; the longest first.
func (p *patch) namesIn(s *scope) []nameRef {
	if s.m == nil { // a template: its variables
		var out []nameRef
		for name, v := range s.vars {
			if t := words(v); len(t) > 3 {
				out = append(out, nameRef{t, name})
			}
		}
		slices.SortFunc(out, func(a, b nameRef) int { return cmp.Or(len(b.value)-len(a.value), strings.Compare(a.ref, b.ref)) })
		return out
	}
	if list, ok := p.named[s.m]; ok {
		return list
	}
	var out []nameRef
	for _, d := range s.m.decls.resources {
		x := s.m.resource(d)
		if x == nil || p.gone[s.m.path+d.key()] {
			continue
		}
		for _, i := range x.instances {
			ref := d.key()
			switch x.kind {
			case counted:
				ref += "[" + numberText(i.key) + "]"
			case keyed:
				ref += "[" + strconv.Quote(numberText(i.key)) + "]"
			case single:
			}
			names := []string{"arn", "name", "id", "bucket", "function_name", "url", "execution_arn"}
			if d.data {
				switch d.typ {
				case "aws_caller_identity":
					names = []string{"account_id"}
				case "aws_region":
					names = []string{"name"}
				case "aws_partition":
					names = nil
				case "aws_iam_policy_document", "archive_file":
					continue
				}
			}
			for _, name := range names {
				v, err := p.evaluator.member(i.value, cty.StringVal(name))
				if t := words(v); err == nil && len(t) > 3 && !isToken(v) && (name == "arn" || strings.Contains(t, "-GENERATED") || name == "account_id" || name == "name" && d.typ == "aws_region") {
					out = append(out, nameRef{t, ref + "." + name})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b nameRef) int { return len(b.value) - len(a.value) })
	p.named[s.m] = out
	return out
}

// newName is the reference to a function or role that the patch makes, for its ARN or what continues it.
func (p *patch) newName(s *scope, text string) (ref, rest string, ok bool) {
	if s.m == nil {
		return "", "", false
	}
	try := func(logical, arn string) {
		if after, found := strings.CutPrefix(text, arn); found && arn != "" && ends(after) && strings.HasPrefix(logical, s.m.path) {
			ref, rest, ok = strings.TrimPrefix(logical, s.m.path)+".arn", after, true
		}
	}
	for _, f := range p.after.Functions() {
		if p.before.Function(f.ID) == nil {
			try(f.LogicalID, f.ARN)
		}
	}
	for _, r := range p.after.Roles() {
		if p.before.Role(r.ID) == nil {
			try(r.LogicalID, r.ARN)
		}
	}
	return ref, rest, ok
}

// refersTo is the reference that says just a text, "" if there is none.
func (p *patch) refersTo(s *scope, text string) string {
	if start, end, ok := tokenAt(text); ok && start == 0 && end == len(text) {
		return text[2 : len(text)-1]
	}
	for _, n := range p.namesIn(s) {
		if n.value == text && strings.HasSuffix(n.ref, ".arn") {
			return n.ref
		}
	}
	return ""
}
