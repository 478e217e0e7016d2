package terraform

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A reading is one plan or state on its way to objects. No value that it marks as sensitive gets beyond it.
type reading struct {
	name    string
	data    []byte
	root    *yamlpos.Node
	options importers.Options
	owner   owner // of the default provider
	notes
	objects []*object
}

// An entry is a resource instance as a plan or state writes it down.
type entry struct {
	address   string
	typ       string
	data      bool
	values    any // decoded JSON
	sensitive any // the same shape with true at what is sensitive
	node      *yamlpos.Node
	within    *yamlpos.Node // of its values
}

// state reads the output of "terraform show -json" for a state, or a state file.
func (r *reading) state() error {
	if r.root.Get("format_version") == nil {
		return r.stateFile()
	}
	var s tfjson.State
	if err := json.Unmarshal(r.data, &s); err != nil {
		return fmt.Errorf("%s: %w", r.name, unreadable("state", r.root.Get("format_version")))
	}
	if s.Values == nil || s.Values.RootModule == nil {
		r.tell(source.Warning, r.root.Span(), "Nothing was applied yet, or all was destroyed.", "the state is empty")
		return nil
	}
	return r.finish(moduleEntries(s.Values.RootModule, r.root.Get("values").Get("root_module")))
}

// unreadable says that JSON is not of the form that it seems to be, and nothing of what is in it: that may be secret.
func unreadable(what string, version *yamlpos.Node) error {
	if version = version.Resolve(); version != nil && version.Value != "" {
		return fmt.Errorf("not a %s as \"terraform show -json\" prints it (format version %.20q; 0.1 up to 1.x are read)", what, version.Value)
	}
	return fmt.Errorf("not a %s as Terraform writes it", what)
}

// moduleEntries lists the resources of a module and those within, with their places.
func moduleEntries(m *tfjson.StateModule, n *yamlpos.Node) []entry {
	var out []entry
	nodes := itemsOf(n.Get("resources"))
	for i, x := range m.Resources {
		if x == nil || x.DeposedKey != "" {
			continue
		}
		e := entry{address: x.Address, typ: x.Type, data: x.Mode == tfjson.DataResourceMode, values: x.AttributeValues}
		_ = json.Unmarshal(x.SensitiveValues, &e.sensitive) // what is no JSON marks nothing; the decoder has seen that it is
		if i < len(nodes) {
			e.node, e.within = nodes[i], nodes[i].Get("values")
		}
		out = append(out, e)
	}
	children := itemsOf(n.Get("child_modules"))
	for i, c := range m.ChildModules {
		if c != nil {
			var child *yamlpos.Node
			if i < len(children) {
				child = children[i]
			}
			out = append(out, moduleEntries(c, child)...)
		}
	}
	return out
}

func spanOf(n *yamlpos.Node) source.Span {
	if n == nil {
		return source.Span{}
	}
	return n.Span()
}

func itemsOf(n *yamlpos.Node) []*yamlpos.Node {
	if n = n.Resolve(); n == nil {
		return nil
	}
	return n.Items()
}

// A stateFile is a terraform.tfstate of version 4, as far as it is read.
type stateFile struct {
	Version   int `json:"version"`
	Resources []struct {
		Module    string `json:"module"`
		Mode      string `json:"mode"`
		Type      string `json:"type"`
		Name      string `json:"name"`
		Provider  string `json:"provider"`
		Instances []struct {
			IndexKey   any             `json:"index_key"`
			Attributes map[string]any  `json:"attributes"`
			Flat       map[string]any  `json:"attributes_flat"` // as Terraform wrote them before 0.12
			Sensitive  json.RawMessage `json:"sensitive_attributes"`
			Deposed    string          `json:"deposed"`
		} `json:"instances"`
	} `json:"resources"`
}

func (r *reading) stateFile() error {
	var s stateFile
	if err := json.Unmarshal(r.data, &s); err != nil {
		return fmt.Errorf("%s: %w", r.name, unreadable("state", nil))
	}
	if s.Version != 4 {
		return fmt.Errorf("%s: a state file of version %d: version 4 (Terraform 0.12 and newer) is read; open what \"terraform show -json\" prints", r.name, s.Version)
	}
	var out []entry
	nodes := itemsOf(r.root.Get("resources"))
	for i, x := range s.Resources {
		base := x.Type + "." + x.Name
		if x.Mode == "data" {
			base = "data." + base
		}
		if x.Module != "" {
			base = x.Module + "." + base
		}
		var node *yamlpos.Node
		if i < len(nodes) {
			node = nodes[i]
		}
		instances := itemsOf(node.Get("instances"))
		for j, v := range x.Instances {
			if v.Deposed != "" {
				continue
			}
			if v.Attributes == nil && v.Flat != nil {
				v.Attributes = map[string]any{}
				for k, x := range v.Flat {
					if !strings.Contains(k, ".") {
						v.Attributes[k] = x
					}
				}
				at := r.root.Span()
				if j < len(instances) {
					at = instances[j].Span()
				}
				r.list = append(r.list, source.Diagnostic{Severity: source.Warning, Span: at, Summary: base + " is written as Terraform did before version 0.12",
					Detail: "Its lists and maps were left out: run terraform apply -refresh-only, or open what \"terraform show -json\" prints."})
			}
			e := entry{address: base + indexSuffix(v.IndexKey), typ: x.Type, data: x.Mode == "data", values: v.Attributes, sensitive: sensitivePaths(v.Sensitive)}
			if j < len(instances) {
				e.node, e.within = instances[j], instances[j].Get("attributes")
			}
			out = append(out, e)
		}
	}
	return r.finish(out)
}

// indexSuffix is an instance's key as addresses write it: [0] or ["eu"].
func indexSuffix(key any) string {
	switch k := key.(type) {
	case float64:
		return "[" + strconv.Itoa(int(k)) + "]"
	case string:
		return "[" + strconv.Quote(k) + "]"
	}
	return ""
}

// sensitivePaths makes the paths of a state file's sensitive_attributes the shape that "terraform show -json" marks with.
func sensitivePaths(raw json.RawMessage) any {
	var paths [][]struct {
		Type  string `json:"type"`
		Value any    `json:"value"`
	}
	if json.Unmarshal(raw, &paths) != nil {
		return nil
	}
	out := map[string]any{}
	for _, p := range paths {
		in := out
		for i, s := range p {
			key := fmt.Sprint(s.Value)
			if v, ok := s.Value.(map[string]any); ok {
				key = fmt.Sprint(v["value"])
			}
			if i == len(p)-1 {
				in[key] = true
				break
			}
			next, ok := in[key].(map[string]any)
			if !ok {
				if in[key] == true {
					break
				}
				next = map[string]any{}
				in[key] = next
			}
			in = next
		}
	}
	return out
}

// finish makes objects of the entries of a state.
func (r *reading) finish(entries []entry) error {
	r.settle(entries)
	secrets := secretsOf(entries)
	for _, e := range entries {
		x := &object{address: e.address, typ: e.typ, data: e.data, owner: r.ownerOf(e, r.owner)}
		x.value = r.valueOf(e, secrets)
		r.locate(x, e)
		r.objects = append(r.objects, x)
	}
	return nil
}

// settle finds the account and region that most of what has an ARN is in, where no option says.
func (r *reading) settle(entries []entry) {
	accounts, regions, partitions := map[string]int{}, map[string]int{}, map[string]int{}
	for _, e := range entries {
		if e.typ == "aws_caller_identity" {
			if v, ok := e.values.(map[string]any); ok {
				if id, ok := v["account_id"].(string); ok && id != "" {
					accounts[id] += 2
				}
			}
			continue
		}
		f := arnFields(e)
		if e.data || f == nil {
			continue
		}
		accounts[f[4]]++
		regions[f[3]]++
		partitions[f[1]]++
	}
	r.owner.account = cmp.Or(r.options.Account, most(accounts), r.owner.account)
	r.owner.region = cmp.Or(r.options.Region, most(regions), r.owner.region)
	r.owner.partition = cmp.Or(r.options.Partition, most(partitions), r.owner.partition)
}

// most is the key that counts most, the first of equals; "" counts for nothing.
func most(counts map[string]int) string {
	best := ""
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if k != "" && (best == "" || counts[k] > counts[best]) {
			best = k
		}
	}
	return best
}

// arnFields are the six fields of the ARN that an entry says is its own, nil where it says none.
func arnFields(e entry) []string {
	v, ok := e.values.(map[string]any)
	if !ok || !isOwnARN(e.typ) || !strings.HasPrefix(e.typ, "aws_") || isMarked(e.sensitive, "arn") {
		return nil
	}
	for _, name := range []string{"arn", "id"} {
		arn, _ := v[name].(string)
		if f := strings.SplitN(arn, ":", 6); len(f) == 6 && f[0] == "arn" {
			return f
		}
	}
	return nil
}

// ownerOf is the owner that an entry's ARN tells, else the given one.
func (r *reading) ownerOf(e entry, usual owner) owner {
	out := usual
	if f := arnFields(e); f != nil {
		if len(f[4]) == 12 {
			out.account = f[4]
		}
		out.region, out.partition = cmp.Or(f[3], out.region), f[1]
	}
	return out
}

// isMarked reports whether an attribute, or all of the entry, is sensitive.
func isMarked(mark any, name string) bool {
	switch m := mark.(type) {
	case bool:
		return m
	case map[string]any:
		return m[name] == true
	}
	return false
}

// secretsOf finds the access keys of the entries by their secret, to know them in other values.
func secretsOf(entries []entry) map[string]string {
	out := map[string]string{}
	for _, e := range entries {
		if e.typ != "aws_iam_access_key" || e.data {
			continue
		}
		v, _ := e.values.(map[string]any)
		for _, name := range []string{"secret", "ses_smtp_password_v4"} {
			if secret, _ := v[name].(string); len(secret) >= 16 {
				out[secret] = e.address
			}
		}
	}
	return out
}

// valueOf is an entry's value without what is sensitive: a text becomes a token, or the placeholder of the access key
// whose secret it holds.
func (r *reading) valueOf(e entry, secrets map[string]string) cty.Value {
	d := &dropper{reading: r, entry: e, secrets: secrets}
	v := d.value(e.values, e.sensitive, nil)
	if v.IsNull() || !v.Type().IsObjectType() {
		return cty.EmptyObjectVal
	}
	return v
}

// A dropper makes values of JSON and drops what is sensitive.
type dropper struct {
	*reading
	entry
	secrets map[string]string
}

// hidden are attributes that hold secrets whether or not they are marked: older states mark none.
var hidden = map[string]bool{
	"secret": true, "secret_string": true, "secret_binary": true, "password": true, "master_password": true, "ses_smtp_password_v4": true, "private_key": true,
	"encrypted_secret": true, "token": true, "auth_token": true, "client_secret": true, "user_data": true, "user_data_base64": true, "private_key_pem": true, "plaintext": true,
}

func (d *dropper) value(v, mark any, path []string) cty.Value {
	if mark == true || len(path) > 0 && hidden[path[len(path)-1]] && path[0] != "tags" && path[0] != "tags_all" {
		return d.dropped(v, path)
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]cty.Value, len(v))
		for k, e := range v {
			out[k] = d.value(e, markOf(mark, k), append(slices.Clip(path), k))
		}
		return cty.ObjectVal(out)
	case []any:
		out := make([]cty.Value, len(v))
		for i, e := range v {
			k := strconv.Itoa(i)
			out[i] = d.value(e, markOf(mark, k), append(slices.Clip(path), k))
		}
		return cty.TupleVal(out)
	}
	return scalar(v)
}

func scalar(v any) cty.Value {
	switch v := v.(type) {
	case string:
		return cty.StringVal(v)
	case bool:
		return cty.BoolVal(v)
	case float64:
		return cty.NumberFloatVal(v)
	case json.Number:
		if n, err := cty.ParseNumberVal(v.String()); err == nil {
			return n
		}
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// markOf is the mark of an element within a marked shape.
func markOf(mark any, key string) any {
	switch m := mark.(type) {
	case map[string]any:
		return m[key]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i < len(m) {
			return m[i]
		}
	}
	return nil
}

// dropped is what stands for a sensitive value. The names of a function's variables are kept.
func (d *dropper) dropped(v any, path []string) cty.Value {
	switch v := v.(type) {
	case map[string]any:
		if len(path) > 0 && path[0] == "environment" {
			out := make(map[string]cty.Value, len(v))
			for k, e := range v {
				out[k] = d.dropped(e, append(slices.Clip(path), k))
			}
			return cty.ObjectVal(out)
		}
	case []any:
		if len(path) > 0 && path[0] == "environment" {
			out := make([]cty.Value, len(v))
			for i, e := range v {
				out[i] = d.dropped(e, append(slices.Clip(path), strconv.Itoa(i)))
			}
			return cty.TupleVal(out)
		}
	case nil:
		return cty.NullVal(cty.DynamicPseudoType)
	case string:
		if v == "" {
			return cty.StringVal("")
		}
		var marks []string
		for secret, address := range d.secrets {
			if strings.Contains(v, secret) {
				n := naming{typ: "aws_iam_access_key", address: address, owner: d.owner}
				marks = append(marks, n.fill(accessKeySecret))
			}
		}
		if len(marks) > 0 {
			slices.Sort(marks)
			return cty.StringVal(strings.Join(marks, " "))
		}
		return cty.StringVal("${" + tokenName(d.address+"."+strings.Join(path, ".")) + "}")
	}
	return cty.DynamicVal
}

// locate gives an object the places of its parts.
func (r *reading) locate(x *object, e entry) {
	if e.node == nil {
		return
	}
	x.span = e.node.Span()
	x.at = func(path ...string) source.Span {
		n := e.within
		for _, key := range path {
			n = n.Resolve()
			switch {
			case n == nil:
				return source.Span{}
			case n.Kind == yamlpos.Sequence:
				i, err := strconv.Atoi(key)
				if err != nil || i < 0 || i >= len(n.Items()) {
					return source.Span{}
				}
				n = n.Items()[i]
			default:
				n = n.Get(key)
			}
		}
		if n == nil {
			return source.Span{}
		}
		return n.Span()
	}
}
