package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A builder makes a design's elements of objects.
//
//	index (names and ARNs) → roles, principals and policies → functions → resources → resource policies → triggers
type builder struct {
	info    model.Info
	dir     string // that paths are relative to
	catalog *catalog.Catalog
	notes

	objects []*object // managed resources of AWS, in source order
	sources []*object // data sources

	called map[*object]naming
	ids    map[*object]model.ID
	byARN  map[string]*object
	byText map[string][]*object // by name, id and URL

	functions map[*object]*model.Function
	roles     map[*object]*model.Role
	people    map[*object]*model.Principal
	others    map[*object]*model.Resource
	policies  map[model.ID]*model.Policy
	external  map[string]*model.Role    // by ARN
	keys      map[string]bool           // ARNs of keys that are only named
	foreign   map[string]model.ID       // resources that are only named, by ARN
	own       map[*object]owned         // of roles
	sets      map[*object][]*model.Role // of permission sets

	permitted []permission
	starts    []*model.Trigger
	taken     map[model.ID]bool
	elements  []model.Element
}

// build makes a design of objects. Paths in them are relative to dir.
func build(objects []*object, info model.Info, dir string) (*model.Design, []source.Diagnostic, error) {
	b := &builder{
		info: info, dir: dir, catalog: catalog.Load(), called: map[*object]naming{}, ids: map[*object]model.ID{}, byARN: map[string]*object{}, byText: map[string][]*object{},
		functions: map[*object]*model.Function{}, roles: map[*object]*model.Role{}, people: map[*object]*model.Principal{}, others: map[*object]*model.Resource{},
		policies: map[model.ID]*model.Policy{}, external: map[string]*model.Role{}, keys: map[string]bool{}, foreign: map[string]model.ID{}, taken: map[model.ID]bool{}, sets: map[*object][]*model.Role{},
	}
	for _, x := range objects {
		switch {
		case x.data:
			b.sources = append(b.sources, x)
		case strings.HasPrefix(x.typ, "aws_"):
			b.objects = append(b.objects, x)
		}
	}
	b.index()
	b.own = b.ownedByRoles()
	for _, x := range b.objects {
		b.element(x)
	}
	b.attachments()
	b.runAs()
	b.packages()
	b.projectSources()
	b.credentials()
	b.blockPublicAccess()
	b.profiles()
	b.resourcePolicies()
	b.accessControlLists()
	b.stages()
	b.permissions()
	b.triggers()
	b.permissionTriggers()
	b.walls()
	b.guardrails()

	b.info.Unresolved += b.unresolved
	b.info.NotSeen = append(b.info.NotSeen, "scps", "other stacks")
	if len(b.keys) > 0 {
		b.info.NotSeen = append(b.info.NotSeen, "key policies")
	}
	if len(b.external) > 0 {
		b.info.NotSeen = append(b.info.NotSeen, "roles outside the configuration")
	}
	d, err := model.New(b.info, b.elements...)
	if err != nil {
		return nil, nil, err
	}
	return d, b.list, nil
}

// notes collects diagnostics, each once.
type notes struct {
	list       []source.Diagnostic
	seen       map[note]bool
	unresolved int
}

type note struct {
	span    source.Span
	summary string
}

func (n *notes) put(d source.Diagnostic) {
	k := note{d.Span, d.Summary}
	if n.seen[k] {
		return
	}
	if n.seen == nil {
		n.seen = map[note]bool{}
	}
	n.seen[k] = true
	n.list = append(n.list, d)
}

// tell reports something at a place.
func (n *notes) tell(severity source.Severity, span source.Span, detail, format string, args ...any) {
	n.put(source.Diagnostic{Severity: severity, Span: span, Summary: fmt.Sprintf(format, args...), Detail: detail})
}

// add puts an element into the design.
func (b *builder) add(e model.Element) {
	b.taken[e.ElementID()] = true
	b.elements = append(b.elements, e)
}

// free is id, or id with a number where it is taken.
func (b *builder) free(id model.ID) model.ID {
	out := id
	for n := 2; b.taken[out]; n++ {
		out = model.ID(fmt.Sprintf("%s-%d", id, n))
	}
	return out
}

// kindOf says what an object is in the model: fn, role, policy, user, group, res, or "" for what is no element.
func kindOf(typ string) string {
	switch typ {
	case "aws_lambda_function":
		return "fn"
	case "aws_iam_role", "aws_iam_service_linked_role", permissionSet:
		return "role"
	case "aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy":
		return "policy"
	case "aws_iam_user":
		return "user"
	case "aws_iam_group":
		return "group"
	}
	if isSetting(typ) {
		return ""
	}
	return "res"
}

// index names every object and makes names and ARNs findable.
func (b *builder) index() {
	for _, x := range b.objects {
		n := naming{typ: x.typ, address: x.address, args: x.value, owner: x.owner, of: identityOf(x.typ)}
		b.called[x] = n
		if kind := kindOf(x.typ); kind != "" {
			b.ids[x] = model.MakeID(kind, x.address)
		}
		if arn := b.arnOf(x); arn != "" && b.byARN[arn] == nil {
			b.byARN[arn] = x
		}
		names := []string{b.nameOf(x), x.word("id"), x.word("url"), x.word("key_id")}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			if name != "" {
				b.byText[name] = append(b.byText[name], x)
			}
		}
	}
}

// get is the value at a path of the object; see dig.
func (x *object) get(path ...string) cty.Value { return dig(x.value, path...) }

// word is the text at a path, "" where there is none.
func (x *object) word(path ...string) string { return words(x.get(path...)) }

// spot is the place of an attribute, or of the object.
func (x *object) spot(path ...string) source.Span {
	if x.at == nil {
		return x.span
	}
	if at := x.at(path...); !at.IsZero() {
		return at
	}
	return x.span
}

func (b *builder) nameOf(x *object) string {
	n := b.called[x]
	return n.nameOf()
}

// arnOf is the ARN that the object has, else the one that AWS makes.
func (b *builder) arnOf(x *object) string {
	n := b.called[x]
	if !isOwnARN(x.typ) {
		return n.arnOf()
	}
	if arn := cmp.Or(x.word("arn"), x.word("agent_arn")); arn != "" {
		return strings.TrimSuffix(arn, ":*") // of a log group, as older providers write it
	}
	return n.arnOf()
}

// isOwnARN reports whether the attribute arn of a type is its own: of a target it is another's.
func isOwnARN(typ string) bool {
	return typ != "aws_cloudwatch_event_target" && typ != "aws_secretsmanager_secret_version"
}

// idOf is the id of the element that stands for an object, "" for none.
func (b *builder) idOf(x *object) model.ID {
	if x == nil {
		return ""
	}
	return b.ids[x]
}

// typeOf is the CloudFormation type of an object.
func typeOf(x *object) string { return identityOf(x.typ).cfn }

// find returns the object that a text means: its ARN, id, URL or name, or an ARN that continues it, such as a stream's or
// an object's. Only those of the given CloudFormation types count, where any are given. Of several with one name the one
// in the account of who refers counts.
func (b *builder) find(text string, from *object, types ...string) *object {
	fits := func(x *object) bool { return len(types) == 0 || slices.Contains(types, typeOf(x)) }
	if text == "" {
		return nil
	}
	if x := b.byARN[text]; x != nil && fits(x) {
		return x
	}
	if x := b.only(b.byText[text], from, fits); x != nil {
		return x
	}
	switch {
	case strings.HasPrefix(text, "https://sqs."):
		return b.only(b.byText[text[strings.LastIndexByte(text, '/')+1:]], from, func(x *object) bool { return fits(x) && x.typ == "aws_sqs_queue" })
	case strings.HasPrefix(text, "arn:"):
		for arn := text; ; {
			i := strings.LastIndexAny(arn, "/:*")
			if i <= len("arn:") {
				return nil
			}
			arn = arn[:i]
			if x := b.byARN[arn]; x != nil && fits(x) {
				return x
			}
		}
	}
	return nil
}

// only is the one of several that fits; of several the one in the account and region of who refers, or in the account, and
// nil where that does not tell either.
func (b *builder) only(list []*object, from *object, fits func(*object) bool) *object {
	found := slices.DeleteFunc(slices.Clone(list), func(x *object) bool { return !fits(x) })
	if len(found) > 1 && from != nil {
		found = slices.DeleteFunc(found, func(x *object) bool { return x.account != from.account })
	}
	if len(found) > 1 && from != nil {
		found = slices.DeleteFunc(found, func(x *object) bool { return x.region != from.region })
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

// function returns the function that a name, ARN, alias or version means.
func (b *builder) function(text string, from *object) *object {
	x := b.find(text, from, "AWS::Lambda::Function", "AWS::Lambda::Alias")
	if name, _, qualified := strings.Cut(text, ":"); x == nil && strings.Contains(text, ":function:") {
		x = b.find(nameInARN(text), from, "AWS::Lambda::Function") // a partial ARN
	} else if x == nil && qualified {
		x = b.find(name, from, "AWS::Lambda::Function") // a name with a version or alias
	}
	if x != nil && x.typ == "aws_lambda_alias" {
		return b.find(x.word("function_name"), x, "AWS::Lambda::Function")
	}
	return x
}

// nameInARN is the function's name in what may be a name, a partial or a full ARN.
func nameInARN(text string) string {
	if i := strings.Index(text, ":function:"); i >= 0 {
		text = text[i+len(":function:"):]
	}
	name, _, _ := strings.Cut(text, ":")
	return name
}

// elementOf is the id of the function or resource that stands in the design for an object; "" for none.
func (b *builder) elementOf(x *object) model.ID {
	if x == nil {
		return ""
	}
	switch x.typ {
	case "aws_lambda_alias", "aws_lambda_function_url":
		return b.ids[b.function(x.word("function_name"), x)]
	case "aws_kinesis_stream_consumer":
		if of := b.find(x.word("stream_arn"), x, "AWS::Kinesis::Stream"); of != nil {
			return b.ids[of]
		}
	}
	if k := kindOf(x.typ); k != "fn" && k != "res" {
		return ""
	}
	return b.ids[x]
}

// origin is the element that events come from.
func (b *builder) origin(text string, from *object, types ...string) model.ID {
	return b.elementOf(b.find(text, from, types...))
}

// target is the element that events go to: a function (by alias or version too), or a resource.
func (b *builder) target(text string, from *object) model.ID {
	if f := b.function(text, from); f != nil {
		return b.ids[f]
	}
	return b.elementOf(b.find(text, from))
}

// actsAs is the role that a text means; "" for none, and for one that the configuration does not make.
func (b *builder) actsAs(text string, from *object) model.ID {
	return b.idOf(b.find(text, from, "AWS::IAM::Role"))
}

// tags are the tags of an object, the provider's default ones among them where they are told; empty where it surely has none, nil
// where nothing tells them. A plan leaves out what waits.
func (b *builder) tags(x *object) map[string]string {
	var out map[string]string
	told := b.info.Kind != kindPlan
	for _, name := range []string{"tags_all", "tags"} {
		v := oneMap(x.get(name))
		if isMap := v.IsKnown() && !v.IsNull() && (v.Type().IsObjectType() || v.Type().IsMapType()); !isMap {
			told = told && v.IsNull()
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		for _, p := range pairs(v) {
			if t, ok := text(p.value); ok {
				out[p.key] = t
			} else if !p.value.IsNull() && out[p.key] == "" {
				out[p.key] = tokenText(x.address + ".tags." + p.key)
			}
		}
	}
	if out == nil && told {
		return map[string]string{}
	}
	return out
}

// element makes the element of an object; what is only wiring makes none.
func (b *builder) element(x *object) {
	switch kindOf(x.typ) {
	case "fn":
		b.functionOf(x)
	case "role":
		if x.typ == permissionSet {
			b.permissionSet(x)
			return
		}
		b.role(x)
	case "user", "group":
		b.principal(x)
	case "policy":
		b.policy(x)
	case "res":
		b.resource(x)
	}
}

// document reads the policy document at a path of an object, and tells what is wrong with it. nil where there is none
// or it is not known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
func (b *builder) document(x *object, in policy.Setting, path ...string) *policy.Document {
	v := x.get(path...)
	at := x.spot(path...)
	if v.IsNull() {
		return nil
	}
	json, ok := text(v)
	if !ok || isOneToken(json) {
		b.unresolved++
		b.tell(source.Warning, at, "What it allows and denies is not shown. It depends on a value that nobody gave (give it with --param name=value or in a tfvars file), or in a plan on what is known only after it is applied: open the folder, or the state afterwards.", "the policy document of %s is not known", x.address)
		return nil
	}
	if strings.TrimSpace(json) == "" {
		return nil
	}
	d, err := policy.Parse([]byte(json))
	if err != nil {
		b.tell(source.Error, at, "It is left out, with what it allows and denies.", "%s: not a policy: %v", x.address, err)
		return nil
	}
	b.place(x, d, in, at, path)
	return d
}

// isToken reports whether a text is nothing but one unknown.
func isOneToken(text string) bool {
	return strings.HasPrefix(text, "${") && strings.IndexByte(text, '}') == len(text)-1
}

// place gives a document and its statements the places where they are written, and tells what is wrong with them there.
func (b *builder) place(x *object, d *policy.Document, in policy.Setting, at source.Span, path []string) {
	statements := slices.Repeat([]source.Span{at}, len(d.Statements))
	if x.documents != nil {
		if w := x.documents(path...); w != nil && len(w.statements) == len(d.Statements) {
			statements = w.statements
			at = w.span
		}
	}
	whole := d.Span
	within := map[source.Span]source.Span{} // by the place in the text
	for i, s := range d.Statements {
		within[s.Span] = statements[i]
	}
	for _, f := range d.Check(b.catalog, in) {
		f.Span = cmp.Or(within[f.Span], at)
		if f.Span == whole {
			f.Span = at
		}
		b.put(f)
	}
	d.Span = at
	for i, s := range d.Statements {
		s.Span = statements[i]
	}
}
