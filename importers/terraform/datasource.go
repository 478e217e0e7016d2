package terraform

import (
	"maps"
	"path"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// stackName is what generated names begin with.
func (ev *evaluator) stackName() string { return ev.options.StackName }

// dataSource lists what a data source tells of itself: what is worked out without asking anybody, and of what its
// arguments name the identity.
func (m *module) dataSource(d *declared, s *scope, address string, args cty.Value, o owner, i *instance) map[string]cty.Value {
	str := cty.StringVal
	arg := func(name string) string { return words(dig(args, name)) }
	switch d.typ {
	case "aws_caller_identity":
		return map[string]cty.Value{
			"account_id": str(o.account), "id": str(o.account), "user_id": str("AIDA-CALLER-GENERATED"), "arn": str("arn:" + o.partition + ":iam::" + o.account + ":user/" + caller),
		}
	case "aws_region":
		region := o.region
		if r := arg("name") + arg("region"); r != "" {
			region = r
		}
		return map[string]cty.Value{"name": str(region), "id": str(region), "region": str(region), "endpoint": str("ec2." + region + "." + urlSuffix(o.partition)), "description": str(region)}
	case "aws_partition":
		reverse := "com.amazonaws"
		if o.partition == "aws-cn" {
			reverse = "cn.com.amazonaws"
		}
		return map[string]cty.Value{"partition": str(o.partition), "id": str(o.partition), "dns_suffix": str(urlSuffix(o.partition)), "reverse_dns_prefix": str(reverse)}
	case "aws_service_principal":
		return map[string]cty.Value{"name": str(arg("service_name") + ".amazonaws.com"), "id": str(arg("service_name") + ".amazonaws.com")}
	case "aws_iam_policy_document":
		text := m.policyDocument(s, address, args, i)
		return map[string]cty.Value{"json": text, "minified_json": text, "id": str(hashText(text))}
	case "aws_iam_policy":
		arn := arg("arn")
		if arn == "" && arg("name") != "" {
			if p := catalog.Load().ManagedPolicy(arg("name")); p != nil {
				arn = strings.Replace(p.ARN, "arn:aws:", "arn:"+o.partition+":", 1)
			} else {
				arn = "arn:" + o.partition + ":iam::" + o.account + ":policy" + strings.TrimSuffix("/"+strings.Trim(arg("path_prefix"), "/"), "/") + "/" + arg("name")
			}
		}
		if arn == "" {
			break
		}
		out := map[string]cty.Value{"arn": str(arn), "id": str(arn), "name": str(arn[strings.LastIndexByte(arn, '/')+1:])}
		if p := catalog.Load().ManagedPolicy(arn); p != nil {
			out["policy"] = str(string(p.Document))
		}
		return out
	case "aws_iam_session_context":
		return map[string]cty.Value{"issuer_arn": str(arg("arn"))}
	case "aws_arn":
		if v, err := arnParse([]cty.Value{str(arg("arn"))}); err == nil {
			out := v.AsValueMap()
			out["account"] = out["account_id"]
			return out
		}
	case "aws_availability_zones":
		var names []cty.Value
		for _, z := range "abc" {
			names = append(names, str(o.region+string(z)))
		}
		return map[string]cty.Value{"names": cty.TupleVal(names), "id": str(o.region)}
	case "template_file":
		if v, err := s.render([]byte(arg("template")), address, dig(args, "vars")); err == nil {
			return map[string]cty.Value{"rendered": v}
		}
	case "local_file":
		if name, err := m.inside(arg("filename")); err == nil {
			if data, err := m.read(name); err == nil {
				return map[string]cty.Value{"content": str(string(data))}
			}
		}
	case "archive_file":
		return map[string]cty.Value{"output_path": dig(args, "output_path"), "id": str(path.Base(arg("output_path")))}
	}
	if !strings.HasPrefix(d.typ, "aws_") {
		return nil
	}
	if !isNamed(d.typ, args) {
		return nil
	}
	out := computed(d.typ, address, args, o)
	maps.DeleteFunc(out, func(name string, v cty.Value) bool {
		return strings.Contains(words(v), "GENERATED") && name != "stream_arn" // whose beginning tells the table
	})
	return out
}

// caller is the name of whoever deploys a configuration. It is nobody whom the configuration makes: a principal of this
// name equals only itself.
const caller = "terraform-caller-GENERATED"

func hashText(v cty.Value) string {
	if !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return ""
	}
	const digits = "0123456789"
	h := hash(v.AsString())
	out := make([]byte, 10)
	for i := range out {
		out[i] = digits[h%10]
		h /= 10
	}
	return string(out)
}

// tellTokens reports the tokens that stand in what was read and that no variable explains, each with where it stands.
func (ev *evaluator) tellTokens() {
	for _, o := range ev.objects {
		for _, p := range pairs(o.value) {
			if tellsNothing[p.key] {
				continue
			}
			for name := range tokensIn(p.value) {
				ev.tellToken(name, o.at(p.key))
			}
		}
	}
}

// tellsNothing has the arguments of which nothing is in a design.
var tellsNothing = set("source_code_hash", "etag", "source_hash", "content_md5", "content_base64", "triggers", "triggers_replace", "user_data", "user_data_base64",
	"image_uri", "code_sha256", "keepers", "tags", "tags_all", "description", "filename", "source", "output_path", "program", "vpc_config")

func tokensIn(v cty.Value) map[string]bool {
	out := map[string]bool{}
	var walk func(v cty.Value)
	walk = func(v cty.Value) {
		switch {
		case v == cty.NilVal, !v.IsKnown(), v.IsNull():
		case v.Type() == cty.String:
			around(v.AsString(), func(string) string { return "" }, func(t string) string { out[t] = true; return "" })
		case v.CanIterateElements():
			for it := v.ElementIterator(); it.Next(); {
				_, e := it.Element()
				walk(e)
			}
		}
	}
	walk(v)
	return out
}

func (ev *evaluator) tellToken(token string, at source.Span) {
	name := token[2 : len(token)-1]
	if strings.Contains(name, "var.") && strings.ContainsAny(name, "(?[ ") || ev.tokens[token] != nil {
		return // what is made of a variable that was told
	}
	bare := name
	for strings.HasPrefix(bare, "module.") { // module.a["x"].data.aws_y.z
		_, rest, ok := strings.Cut(bare[len("module."):], ".")
		if !ok {
			return
		}
		bare = rest
	}
	if kind, _, _ := strings.Cut(bare, "."); kind == "data" {
		ev.note(token, at, "nobody tells "+name, "It is asked of AWS or of a program when the configuration is deployed. Open the plan instead: terraform show -json.")
	}
}
