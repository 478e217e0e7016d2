package terraform

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions are those of Terraform that go-cty has or that are short.
// https://developer.hashicorp.com/terraform/language/functions
var functions = map[string]function.Function{
	"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc, "chunklist": stdlib.ChunklistFunc,
	"coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc,
	"csvdecode": stdlib.CSVDecodeFunc, "distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc,
	"floor": stdlib.FloorFunc, "format": stdlib.FormatFunc, "formatdate": stdlib.FormatDateFunc, "formatlist": stdlib.FormatListFunc,
	"indent": stdlib.IndentFunc, "join": stdlib.JoinFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc,
	"keys": stdlib.KeysFunc, "log": stdlib.LogFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc,
	"min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "pow": stdlib.PowFunc, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc,
	"regexall": stdlib.RegexAllFunc, "reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc,
	"setproduct": stdlib.SetProductFunc, "setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc, "signum": stdlib.SignumFunc,
	"slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "split": stdlib.SplitFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
	"timeadd": stdlib.TimeAddFunc, "title": stdlib.TitleFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc,
	"trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc,
	"zipmap": stdlib.ZipmapFunc, "tostring": stdlib.MakeToFunc(cty.String), "tonumber": stdlib.MakeToFunc(cty.Number),
	"tobool": stdlib.MakeToFunc(cty.Bool), "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
	"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
}

// opaque are functions whose result says nothing of an argument that holds a token: the result is one itself.
// All others keep tokens as the texts that they are.
var opaque = set("abs", "base64decode", "base64encode", "base64gzip", "base64sha256", "base64sha512", "ceil", "cidrhost", "cidrnetmask", "cidrsubnet",
	"cidrsubnets", "csvdecode", "endswith", "floor", "formatdate", "index", "log", "max", "md5", "min", "parseint", "pow", "range",
	"regex", "regexall", "sha1", "sha256", "sha512", "signum", "split", "startswith", "strcontains", "strrev", "substr", "timeadd", "timecmp", "title",
	"tobool", "tonumber", "trim", "urlencode", "urldecode", "provider::aws::arn_parse")

// literally are functions of one text that are done on what is written around tokens, while these become tokens of their own.
var literally = map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper}

func set(names ...string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// maxRepeat bounds what functions that multiply their arguments may make.
const maxRepeat = 1_000_000

// call works out a call.
func (s *scope) call(e *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	name := strings.TrimPrefix(e.Name, "core::")
	switch name {
	case "try":
		return s.try(e)
	case "can":
		s.ev.trying++
		defer func() { s.ev.trying-- }()
		if len(e.Args) != 1 {
			return cty.NilVal, errors.New("can takes one argument")
		}
		_, err := s.eval(e.Args[0])
		if errors.Is(err, errTooMuch) {
			return cty.NilVal, err
		}
		if err == nil {
			if v, err := s.eval(e.Args[0]); err == nil && isUnknown(v) {
				return cty.UnknownVal(cty.Bool), nil
			}
		}
		return cty.BoolVal(err == nil), nil
	}
	args, err := s.arguments(e)
	if err != nil {
		return cty.NilVal, err
	}
	weight := 0
	for _, a := range args {
		if weight += weightOf(a, maxWeight); weight > maxWeight {
			return cty.NilVal, errTooMuch
		}
	}
	s.ev.spent += weight / 64
	if v, ok, err := s.ownFunction(name, e, args); ok || err != nil {
		return v, err
	}
	f, ok := functions[name]
	if !ok {
		if f, ok = moreFunctions[name]; !ok {
			return s.notKnown(name, e, args)
		}
	}
	given := slices.Clone(args)
	v, err := invoke(name, f, args)
	if err != nil && !errors.Is(err, errTooMuch) && slices.ContainsFunc(given, uncertain) {
		return resultToken(name, given), nil // a token stood where something else was wanted
	}
	return v, err
}

// notKnown is the result of a function that is not one of Terraform's pure ones.
func (s *scope) notKnown(name string, e *hclsyntax.FunctionCallExpr, _ []cty.Value) (cty.Value, error) {
	switch name {
	case "timestamp", "plantimestamp", "uuid", "uuidv5", "bcrypt", "rsadecrypt", "base64gzip":
		return s.unknownText(e), nil // another value each time, or a secret
	}
	if strings.Contains(name, "::") {
		return s.unknownText(e), nil
	}
	return cty.NilVal, fmt.Errorf("there is no function %s", name)
}

func (s *scope) arguments(e *hclsyntax.FunctionCallExpr) ([]cty.Value, error) {
	var args []cty.Value
	for i, a := range e.Args {
		v, err := s.part(a)
		if err != nil {
			return nil, err
		}
		v = s.known(v, a)
		if e.ExpandFinal && i == len(e.Args)-1 {
			if isUnknown(v) || v.IsNull() || !v.CanIterateElements() {
				args = append(args, v)
				continue
			}
			for it := v.ElementIterator(); it.Next(); {
				_, x := it.Element()
				args = append(args, x)
			}
			continue
		}
		args = append(args, v)
	}
	return args, nil
}

func (s *scope) try(e *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	var last error
	for _, a := range e.Args {
		s.ev.trying++
		v, err := s.eval(a)
		s.ev.trying--
		if err == nil {
			return s.known(v, a), nil
		}
		if last = err; errors.Is(err, errTooMuch) {
			return cty.NilVal, err
		}
	}
	if last == nil {
		last = errors.New("try has no argument")
	}
	return cty.NilVal, last
}

// resultToken is the token for a call on texts with tokens: the same for the same arguments.
func resultToken(name string, args []cty.Value) cty.Value {
	var parts []string
	for _, a := range args {
		parts = append(parts, brief(a))
	}
	return cty.StringVal(tokenText(name + "(" + strings.Join(parts, ", ") + ")"))
}

// brief is a value as part of a token's name.
func brief(v cty.Value) string {
	if !v.IsKnown() {
		return "?"
	}
	if v.IsNull() {
		return "null"
	}
	if c, err := convert.Convert(v, cty.String); err == nil {
		return strings.NewReplacer("${", "", "}", "").Replace(c.AsString())
	}
	if out, err := stdlib.JSONEncode(v); err == nil && out.IsKnown() {
		return strings.NewReplacer("${", "", "}", "", `"`, "").Replace(out.AsString())
	}
	return "…"
}

// invoke calls a function of go-cty's kind, within bounds and whatever it does.
func invoke(name string, f function.Function, args []cty.Value) (out cty.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = cty.NilVal, fmt.Errorf("%s cannot be worked out", name)
		}
	}()
	if err := bounded(name, args); err != nil {
		return cty.NilVal, err
	}
	params := f.Params()
	for i, a := range args {
		p := f.VarParam()
		if i < len(params) {
			p = &params[i]
		}
		if p == nil {
			return cty.NilVal, fmt.Errorf("%s takes %d arguments", name, len(params))
		}
		if args[i], err = convert.Convert(a, p.Type); err != nil {
			return cty.NilVal, fmt.Errorf("an argument of %s is wrong: %w", name, err)
		}
	}
	v, err := f.Call(args)
	if err != nil {
		return cty.NilVal, err
	}
	v, _ = v.UnmarkDeep()
	if err := sane(v); err != nil {
		return cty.NilVal, err
	}
	if weightOf(v, maxWeight) > maxWeight {
		return cty.NilVal, errTooMuch
	}
	return v, nil
}

// bounded refuses arguments that make a function's result many times as large.
func bounded(name string, args []cty.Value) error {
	length := func(i int) int {
		if i >= len(args) || !args[i].IsKnown() || args[i].IsNull() {
			return 0
		}
		if args[i].Type() == cty.String {
			return len(args[i].AsString())
		}
		if args[i].CanIterateElements() {
			return args[i].LengthInt()
		}
		return 0
	}
	integer := func(i int) float64 {
		if i >= len(args) || !args[i].IsKnown() || args[i].IsNull() || args[i].Type() != cty.Number {
			return 0
		}
		f, _ := args[i].AsBigFloat().Float64()
		return f
	}
	product := 1.0
	switch name {
	case "setproduct":
		for i := range args {
			product *= float64(max(1, length(i)))
		}
		product *= float64(len(args))
	case "formatlist":
		n := 0
		for i := range args[min(1, len(args)):] {
			n = max(n, length(i+1))
		}
		product = float64(n * (length(0) + 1))
	case "join":
		for i := range args {
			product += float64(length(0) * length(i))
		}
	case "replace":
		product = float64((length(0) + 1) * (length(2) + 1))
	case "indent":
		product = math.Abs(integer(0)) * float64(length(1)+1)
	case "range":
		from, to, step := 0.0, integer(0), 1.0
		if len(args) > 1 {
			from, to = integer(0), integer(1)
		}
		if len(args) > 2 {
			step = integer(2)
		}
		if step != 0 {
			product = math.Abs((to - from) / step)
		}
	}
	if name == "format" || name == "formatlist" {
		if length(0) > 0 && args[0].Type() == cty.String && wide(args[0].AsString()) {
			return errTooMuch
		}
	}
	if !(product <= 16*maxRepeat) || name != "replace" && name != "join" && product > maxRepeat {
		return errTooMuch
	}
	return nil
}

// wide reports whether a format asks for a width or precision of more than a thousand.
func wide(format string) bool {
	digits := 0
	for i := range len(format) {
		if c := format[i]; c >= '0' && c <= '9' {
			if digits++; digits > 3 {
				return strings.Contains(format, "%")
			}
			continue
		}
		digits = 0
	}
	return false
}

// ownFunction works out the functions that have to do with tokens or files; ok is false for all others.
func (s *scope) ownFunction(name string, e *hclsyntax.FunctionCallExpr, args []cty.Value) (v cty.Value, ok bool, err error) {
	needs := func(n int) error {
		if len(args) < n {
			return fmt.Errorf("%s takes at least %d arguments", name, n)
		}
		return nil
	}
	if f := literally[name]; f != nil && len(args) == 1 && args[0].Type() == cty.String && uncertain(args[0]) {
		return cty.StringVal(around(args[0].AsString(), f, func(t string) string { return tokenText(name + "(" + t[2:len(t)-1] + ")") })), true, nil
	}
	if opaque[name] && slices.ContainsFunc(args, uncertain) {
		return resultToken(name, args), true, nil
	}
	if slices.Contains([]string{"keys", "values", "flatten", "element", "slice", "reverse", "sort", "distinct", "compact", "zipmap", "lookup", "chunklist", "matchkeys",
		"transpose", "one", "toset", "tolist", "tomap", "setproduct", "setsubtract", "setintersection", "sum", "coalescelist", "alltrue", "anytrue", "trimspace"}, name) && len(args) > 0 && (isToken(args[0]) || isGenerated(args[0])) {
		if isGenerated(args[0]) || strings.HasPrefix(name, "to") || name == "compact" || name == "distinct" || name == "sort" || name == "trimspace" {
			return args[0], true, nil
		}
		return resultToken(name, args), true, nil
	}
	switch name {
	case "sensitive", "nonsensitive", "ephemeralasnull":
		if err := needs(1); err != nil {
			return v, true, err
		}
		return args[0], true, nil
	case "issensitive":
		return cty.False, true, nil
	case "jsonencode":
		if err := needs(1); err != nil {
			return v, true, err
		}
		v, err := invoke(name, stdlib.JSONEncodeFunc, []cty.Value{s.spelled(args[0])})
		return v, true, err
	case "yamlencode": // JSON is YAML
		if err := needs(1); err != nil {
			return v, true, err
		}
		v, err := invoke(name, stdlib.JSONEncodeFunc, []cty.Value{s.spelled(args[0])})
		return v, true, err
	case "merge": // what a token stands for adds what nobody tells
		args = slices.DeleteFunc(args, func(a cty.Value) bool { return isUnknown(a) || a.IsNull() })
		if len(args) == 0 {
			return cty.EmptyObjectVal, true, nil
		}
		out := map[string]cty.Value{}
		for _, a := range args {
			if !a.Type().IsObjectType() && !a.Type().IsMapType() {
				return v, true, errors.New("merge takes maps and objects")
			}
			for it := a.ElementIterator(); it.Next(); {
				k, x := it.Element()
				out[k.AsString()] = x
			}
		}
		return cty.ObjectVal(out), true, nil
	case "concat", "setunion":
		var out []cty.Value
		for _, a := range args {
			switch {
			case isUnknown(a):
				out = append(out, s.known(a, e))
			case a.IsNull() || !a.CanIterateElements() || a.Type().IsObjectType() || a.Type().IsMapType():
				return v, true, fmt.Errorf("%s takes lists", name)
			default:
				for it := a.ElementIterator(); it.Next(); {
					_, x := it.Element()
					out = append(out, x)
				}
			}
		}
		if name == "setunion" && len(out) > 0 {
			t := cty.TupleVal(out)
			if c, err := convert.Convert(t, cty.Set(cty.DynamicPseudoType)); err == nil {
				return c, true, nil
			}
		}
		return cty.TupleVal(out), true, nil
	case "coalesce":
		for _, a := range args {
			if isUnknown(a) {
				return a, true, nil
			}
			if !a.IsNull() && !(a.Type() == cty.String && a.AsString() == "") {
				return a, true, nil
			}
		}
		return v, true, errors.New("coalesce has no argument that is not null")
	case "length":
		if err := needs(1); err != nil {
			return v, true, err
		}
		switch a := args[0]; {
		case isUnknown(a) || a.Type() == cty.String && uncertain(a):
			return cty.UnknownVal(cty.Number), true, nil
		case a.IsNull():
			return v, true, errors.New("null has no length")
		case a.Type() == cty.String:
			v, err := invoke(name, stdlib.StrlenFunc, args[:1])
			return v, true, err
		case a.CanIterateElements():
			return cty.NumberIntVal(int64(a.LengthInt())), true, nil
		}
		return v, true, errors.New("this has no length")
	case "contains":
		if err := needs(2); err != nil {
			return v, true, err
		}
		if isUnknown(args[0]) || args[0].IsNull() || !args[0].CanIterateElements() {
			return cty.UnknownVal(cty.Bool), true, nil
		}
		answer := cty.False
		for it := args[0].ElementIterator(); it.Next(); {
			_, x := it.Element()
			switch is := same(x, args[1]); {
			case !is.IsKnown():
				answer = is
			case is.True():
				return cty.True, true, nil
			}
		}
		return answer, true, nil
	case "lookup":
		if err := needs(2); err != nil {
			return v, true, err
		}
		if isUnknown(args[1]) {
			if found, err := s.ev.member(args[0], args[1]); err == nil && !isUnknown(args[0]) {
				return found, true, nil
			}
			return s.unknownText(e), true, nil
		}
		found, err := s.ev.member(args[0], args[1])
		if err == nil {
			return found, true, nil
		}
		if len(args) > 2 {
			return args[2], true, nil
		}
		return v, true, err
	case "file", "filebase64", "templatefile", "fileexists", "fileset", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512", "templatestring":
		v, err := s.fileFunction(name, e, args)
		return v, true, err
	case "abspath", "pathexpand":
		if err := needs(1); err != nil {
			return v, true, err
		}
		return args[0], true, nil
	case "basename", "dirname":
		if err := needs(1); err != nil {
			return v, true, err
		}
		text, err := s.text(args[0], e)
		if err != nil {
			return v, true, err
		}
		if name == "basename" {
			return cty.StringVal(path.Base(text)), true, nil
		}
		return cty.StringVal(path.Dir(text)), true, nil
	}
	return v, false, nil
}

// spelled is a value in which unknowns of any type are tokens, for texts that are made of it.
func (s *scope) spelled(v cty.Value) cty.Value {
	if !v.IsKnown() {
		return cty.StringVal(tokenText("unknown"))
	}
	if v.IsNull() {
		return v
	}
	switch t := v.Type(); {
	case t.IsObjectType(), t.IsMapType():
		out := map[string]cty.Value{}
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			if k.AsString() != addressKey {
				out[k.AsString()] = s.spelled(e)
			}
		}
		return cty.ObjectVal(out)
	case t.IsTupleType(), t.IsListType(), t.IsSetType():
		var out []cty.Value
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			out = append(out, s.spelled(e))
		}
		return cty.TupleVal(out)
	}
	return v
}

// around makes a text anew from what is written between tokens, and from the tokens.
func around(text string, literal, token func(string) string) string {
	var b strings.Builder
	for {
		start, end, ok := tokenAt(text)
		if !ok {
			b.WriteString(literal(text))
			return b.String()
		}
		b.WriteString(literal(text[:start]))
		b.WriteString(token(text[start:end]))
		text = text[end:]
	}
}
