package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

// Arguments by what they take, where a value waits for something.
var (
	// lists take several values.
	lists = oneOf("resources", "not_resources", "actions", "not_actions", "identifiers", "values", "roles", "users", "groups", "managed_policy_arns", "policy_arns",
		"layers", "source_policy_documents", "override_policy_documents", "alarm_actions")
	// patterns go on behind what they refer to, or not: the plan does not tell.
	goingOn = oneOf("resources", "not_resources", "source_arn", "values")
	// mentions are texts of which only what they refer to counts.
	mentions = oneOf("definition", "secret_string", "value", "body")
	// documents are policies.
	documents = oneOf("policy", "assume_role_policy", "access_policies", "policy_document", "access_policy", "resource_policy", "file_system_policy")
)

// Bounds of how references are followed through modules: how far, and how often in one plan.
const (
	maxHops       = 40
	maxReferences = 200_000
)

// A filling makes the value of one instance.
type filling struct {
	*planning
	*planned
	drop dropper
}

// object makes an object's attributes of what is planned, of what is unknown in it, and of the expressions behind that.
func (f *filling) object(v, mark, unknown any, expressions map[string]*tfjson.Expression, path []string) map[string]cty.Value {
	out := map[string]cty.Value{}
	values, _ := v.(map[string]any)
	for k, e := range values {
		out[k] = f.at(e, markOf(mark, k), markOf(unknown, k), expressions[k], append(slices.Clip(path), k))
	}
	if u, ok := unknown.(map[string]any); ok {
		for k, e := range u {
			if _, there := values[k]; !there && e != false {
				out[k] = f.at(nil, markOf(mark, k), e, expressions[k], append(slices.Clip(path), k))
			}
		}
	}
	return out
}

func (f *filling) at(v, mark, unknown any, e *tfjson.Expression, path []string) cty.Value {
	switch u := unknown.(type) {
	case bool:
		if u {
			return f.filled(e, path)
		}
	case map[string]any:
		if len(u) > 0 {
			var expressions map[string]*tfjson.Expression
			if e != nil && e.ExpressionData != nil && len(e.NestedBlocks) > 0 {
				expressions = e.NestedBlocks[0]
			}
			if mark == true {
				break
			}
			if expressions == nil && anyTrue(u) {
				return f.partly(v, mark, u, e, path)
			}
			return cty.ObjectVal(f.object(v, mark, unknown, expressions, path))
		}
	case []any:
		if mark != true && anyTrue(u) {
			return f.list(v, mark, u, e, path)
		}
	}
	return f.drop.value(v, mark, path)
}

// anyTrue reports whether anything in a shape is true.
func anyTrue(shape any) bool {
	switch s := shape.(type) {
	case bool:
		return s
	case map[string]any:
		for _, e := range s {
			if anyTrue(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(s, anyTrue)
	}
	return false
}

// partly makes a map of which some values wait for something: which of them refers to what is told only where it is one.
func (f *filling) partly(v, mark any, unknown map[string]any, e *tfjson.Expression, path []string) cty.Value {
	out := map[string]cty.Value{}
	known, _ := v.(map[string]any)
	for k, x := range known {
		out[k] = f.drop.value(x, markOf(mark, k), append(slices.Clip(path), k))
	}
	var waiting []string
	for _, k := range slices.Sorted(maps.Keys(unknown)) {
		if unknown[k] == true {
			waiting = append(waiting, k)
			out[k] = cty.NullVal(cty.String)
		}
	}
	if found := f.referred(e, path[len(path)-1]); len(waiting) == 1 && len(found) == 1 {
		out[waiting[0]] = found[0]
	}
	return cty.ObjectVal(out)
}

// list makes a list of which some elements, or parts of them, wait for something: blocks with the expressions that fit
// them, and texts with what the list refers to, in its order.
func (f *filling) list(v, mark any, unknown []any, e *tfjson.Expression, path []string) cty.Value {
	known, _ := v.([]any)
	name := path[len(path)-1]
	var blocks []map[string]*tfjson.Expression
	if e != nil && e.ExpressionData != nil {
		blocks = e.NestedBlocks
	}
	used := map[int]bool{}
	var out []cty.Value
	waiting := 0
	for i, u := range unknown {
		var x any
		if i < len(known) {
			x = known[i]
		}
		k := strconv.Itoa(i)
		switch u := u.(type) {
		case bool:
			if u {
				waiting++
				continue
			}
		case map[string]any:
			var expressions map[string]*tfjson.Expression
			if n := fitting(blocks, x, u, used); n >= 0 {
				expressions, used[n] = blocks[n], true
			}
			out = append(out, cty.ObjectVal(f.object(x, markOf(mark, k), u, expressions, append(slices.Clip(path), k))))
			continue
		}
		out = append(out, f.drop.value(x, markOf(mark, k), append(slices.Clip(path), k)))
	}
	if waiting > 0 {
		found := f.referred(e, name)
		for _, x := range found {
			out = append(out, f.ending(x, name, path))
		}
		if len(found) == 0 {
			out = append(out, f.waits(path))
		}
	}
	return cty.TupleVal(out)
}

// fitting is the block of a configuration that a planned one is of: whose constants it has, and which refers to something
// where it waits. -1 for none.
func fitting(blocks []map[string]*tfjson.Expression, v any, unknown map[string]any, used map[int]bool) int {
	if len(blocks) == 1 {
		return 0 // the one of them, or what a dynamic block makes
	}
	values, _ := v.(map[string]any)
	for i, b := range blocks {
		if used[i] {
			continue
		}
		fits := true
		for k, e := range b {
			if e == nil || e.ExpressionData == nil || len(e.NestedBlocks) > 0 {
				continue
			}
			if len(e.References) == 0 && e.ConstantValue != tfjson.UnknownConstantValue {
				fits = fits && !anyTrue(unknown[k]) && sameConstant(e.ConstantValue, values[k])
			}
		}
		for k, u := range unknown {
			if u == true {
				e := b[k]
				fits = fits && e != nil && e.ExpressionData != nil && len(e.References) > 0
			}
		}
		if fits {
			return i
		}
	}
	return -1
}

// sameConstant compares values as Terraform converts them: "80" is 80, and sets are in any order.
func sameConstant(a, b any) bool {
	x, okX := a.([]any)
	y, okY := b.([]any)
	if okX && okY {
		texts := func(list []any) []string {
			var out []string
			for _, e := range list {
				out = append(out, fmt.Sprint(e))
			}
			slices.Sort(out)
			return out
		}
		return slices.Equal(texts(x), texts(y))
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func oneOf(names ...string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// filled is a value that is known only after the plan is applied, as far as its references tell it.
func (f *filling) filled(e *tfjson.Expression, path []string) cty.Value {
	name := path[len(path)-1]
	if e == nil || e.ExpressionData == nil {
		return cty.NullVal(cty.DynamicPseudoType) // AWS makes it
	}
	found := f.referred(e, name)
	switch {
	case len(path) == 1 && name == nameArgument(identityOf(f.typ), cty.ObjectVal(map[string]cty.Value{name: cty.StringVal("x")})):
		return cty.NullVal(cty.String) // a name that waits for something is taken as one that AWS generates
	case lists[name]:
		var out []cty.Value
		for _, v := range found {
			out = append(out, f.ending(v, name, path))
		}
		if len(out) == 0 {
			return cty.TupleVal([]cty.Value{f.waits(path)})
		}
		return cty.TupleVal(out)
	case mentions[name]:
		var out []string
		for _, v := range found {
			out = append(out, words(v))
		}
		return cty.StringVal(strings.Join(out, " "))
	case documents[name]:
		if len(found) == 1 && strings.HasPrefix(words(found[0]), "{") {
			return found[0]
		}
		return cty.DynamicVal
	case len(found) == 1:
		return f.ending(found[0], name, path)
	case len(e.NestedBlocks) > 0:
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return f.waits(path)
}

// ending is a value with an unknown end where its argument may go on behind it.
func (f *filling) ending(v cty.Value, name string, path []string) cty.Value {
	t, ok := text(v)
	if !goingOn[name] || !ok || strings.HasPrefix(t, "{") {
		return v
	}
	return cty.StringVal(t + words(f.waits(path)))
}

// waits is the token for something that is known only after the plan is applied.
func (f *filling) waits(path []string) cty.Value {
	return cty.StringVal("${" + tokenName(f.planned.address+"."+strings.Join(path, ".")) + "}")
}

// referred lists the values that an expression refers to and that wait for something, each once.
func (f *filling) referred(e *tfjson.Expression, argument string) []cty.Value {
	var out []cty.Value
	for _, v := range f.expression(e, f.planned.module, argument, 0) {
		if !slices.ContainsFunc(out, func(o cty.Value) bool { return o.RawEquals(v) }) {
			out = append(out, v)
		}
	}
	return out
}

func (f *filling) expression(e *tfjson.Expression, module, argument string, hops int) []cty.Value {
	if e == nil || e.ExpressionData == nil || hops > maxHops || f.steps > maxReferences {
		return nil
	}
	if f.steps++; f.steps > maxReferences {
		f.tell(source.Warning, f.root.Span(), "What waits for them is unknown.", "the references of the plan are too many to be followed")
	}
	var out []cty.Value
	for _, ref := range fullReferences(e.References) {
		out = append(out, f.reference(ref, module, argument, hops+1)...)
	}
	for _, b := range e.NestedBlocks {
		for _, k := range slices.Sorted(maps.Keys(b)) {
			out = append(out, f.expression(b[k], module, argument, hops+1)...)
		}
	}
	return out
}

// fullReferences leaves out references that others go on behind: a plan lists aws_iam_role.x.arn, and aws_iam_role.x too.
func fullReferences(list []string) []string {
	var out []string
	for _, r := range list {
		longer := slices.ContainsFunc(list, func(o string) bool { return strings.HasPrefix(o, r+".") || strings.HasPrefix(o, r+"[") })
		if !longer && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// reference lists what a reference from a module comes to, as far as that waits for something.
func (f *filling) reference(ref, module, argument string, hops int) []cty.Value {
	segments := splitAddress(ref)
	switch segments[0] {
	case "each", "count", "local", "path", "self", "terraform":
		return nil
	case "var":
		_, call := f.configModule(module)
		if call == nil || len(segments) < 2 {
			return nil
		}
		name, _ := withoutKey(segments[1])
		return f.expression(call.Expressions[name], parentOf(module), argument, hops)
	case "module":
		if len(segments) < 3 {
			return nil
		}
		name, key := withoutKey(segments[1])
		bare := "module." + name
		if module != "" {
			bare = module + "." + bare
		}
		output, _ := withoutKey(segments[2])
		var out []cty.Value
		for _, k := range chosen(f.modules[bare], key, f.planned.key) {
			m, _ := f.configModule(bare + k)
			if m != nil && m.Outputs[output] != nil {
				out = append(out, f.expression(m.Outputs[output].Expression, bare+k, argument, hops)...)
			}
		}
		return out
	}
	n := 2
	if segments[0] == "data" {
		n = 3
	}
	if len(segments) < n {
		return nil
	}
	base, key := withoutKey(strings.Join(segments[:n], "."))
	instances := f.instances[module+"\x00"+base]
	keys := make([]string, len(instances))
	for i, x := range instances {
		keys[i] = x.key
	}
	var out []cty.Value
	for _, k := range chosen(keys, key, f.planned.key) {
		x := instances[slices.Index(keys, k)]
		if v := f.attributeOf(x, segments[n:], argument); !v.IsNull() {
			out = append(out, v)
		}
	}
	return out
}

// parentOf is the module instance that another is called in.
func parentOf(module string) string {
	segments := splitAddress(module)
	return strings.Join(segments[:max(0, len(segments)-2)], ".")
}

// chosen are the instances that a reference means: the one of its key, else the one of the referring instance's own key,
// else all.
func chosen(keys []string, key, own string) []string {
	for _, k := range []string{key, own} {
		if k != "" && slices.Contains(keys, k) {
			return []string{k}
		}
	}
	return keys
}

// attributeOf is an attribute of an instance, null where the plan knew it when the reference was followed: what waits is
// another. Old plans do not say which attribute.
func (f *filling) attributeOf(x *planned, path []string, argument string) cty.Value {
	if len(path) == 0 {
		path = []string{usualAttribute(x.typ, argument)}
	}
	name, _ := withoutKey(path[0])
	if u := markOf(x.unknown, name); !anyTrue(u) && x.unknown != true {
		if v, ok := x.values.(map[string]any); ok && v[name] != nil {
			return cty.NullVal(cty.DynamicPseudoType)
		}
	}
	o := f.objectOf(x)
	v := o.get(name)
	if v.IsNull() || !v.IsKnown() {
		if x.data {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		v = attribute(x.typ, x.address, o.value, o.owner, name)
	}
	if _, ok := text(v); !ok {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return v
}

// usualAttribute is the attribute that people refer to for an argument.
func usualAttribute(typ, argument string) string {
	switch {
	case typ == "aws_iam_policy_document":
		return "json"
	case strings.HasSuffix(argument, "arn"), argument == "role" && typ == "aws_iam_role", goingOn[argument], argument == "identifiers", strings.HasSuffix(argument, "_arns"):
		return "arn"
	}
	return "id"
}
