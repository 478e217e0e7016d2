package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A builder makes a design's elements of one template's resources.
//
//	index (names and ARNs) → principals and policies → functions → resources → resource policies → triggers
type builder struct {
	*scope
	places *places
	scoped scopedNames
	alone  bool // no other template is read with it

	resources []*resource // in source order, made ones behind their owners; excluded ones left out

	*register
	external  map[string]*model.Role
	starts    []*model.Trigger
	startsOf  map[model.ID][]*model.Trigger // by what they reach
	runs      map[model.ID][]*resource      // functions by their role
	permitted []permission
	attached  []attachment
	limited   []limit

	elements   []placed
	outside    []string
	endpoints  []string // VPC endpoints whose policies limit
	unseenKeys bool
}

// A register finds resources and what was made of them, in all templates of an import.
type register struct {
	ids       map[*resource]model.ID
	byARN     map[string]*resource
	byName    map[string][]*resource
	builders  map[*scope]*builder
	functions map[*resource]*model.Function
	roles     map[*resource]*model.Role
	others    map[*resource]*model.Resource
	people    map[*resource]*model.Principal
	policies  map[model.ID]*model.Policy
	foreign   map[string]model.ID // resources that are named only, by ARN
}

func newRegister() *register {
	return &register{
		ids: map[*resource]model.ID{}, byARN: map[string]*resource{}, byName: map[string][]*resource{},
		builders: map[*scope]*builder{}, functions: map[*resource]*model.Function{}, roles: map[*resource]*model.Role{},
		others: map[*resource]*model.Resource{}, people: map[*resource]*model.Principal{}, policies: map[model.ID]*model.Policy{}, foreign: map[string]model.ID{},
	}
}

// placed is an element with the place in the order of elements.
type placed struct {
	element model.Element
	order   int
}

// A permission is who may call a function, from AWS::Lambda::Permission or a SAM event.
type permission struct {
	function  *resource
	statement *policy.Statement
	service   string // principal, e.g. s3.amazonaws.com
	source    string // aws:SourceArn, "" if none
	from      *resource
	owner     *resource // of an AWS::Lambda::Permission
	event     bool      // of a SAM event, which is a trigger already
}

func newBuilder(s *scope, pl *places, r *register) *builder {
	b := &builder{scope: s, places: pl, register: r, external: map[string]*model.Role{}, startsOf: map[model.ID][]*model.Trigger{}, runs: map[model.ID][]*resource{}}
	r.builders[s] = b
	return b
}

// of is the builder of the template that a resource is in: it alone knows what the resource's properties refer to.
func (b *builder) of(r *resource) *builder {
	if o := b.builders[r.home]; o != nil {
		return o
	}
	return b
}

// add puts an element into the design, once.
func (b *builder) add(e model.Element) {
	b.elements = append(b.elements, placed{e, len(b.elements)})
}

// kindOf says what a resource is in the model: fn, role, policy, user, group or res.
func kindOf(cfnType string) string {
	switch cfnType {
	case "AWS::Lambda::Function":
		return "fn"
	case "AWS::IAM::Role", "AWS::IAM::ServiceLinkedRole":
		return "role"
	case "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy":
		return "policy"
	case "AWS::IAM::User":
		return "user"
	case "AWS::IAM::Group":
		return "group"
	}
	return "res"
}

func (b *builder) idOf(r *resource) model.ID {
	if r == nil {
		return ""
	}
	return b.ids[r]
}

// index gives every resource its id and makes names and ARNs findable.
func (b *builder) index() {
	for _, r := range b.resources {
		if r.Hidden {
			continue
		}
		b.ids[r] = model.MakeID(kindOf(r.Type), b.in(r.called()))
		b.places.resources[b.ids[r]] = r
		if arn := b.arnOf(r); arn != "" && b.byARN[arn] == nil {
			b.byARN[arn] = r
		}
		if name := b.nameOf(r); name != "" {
			b.byName[name] = append(b.byName[name], r)
		}
	}
}

// build makes all elements of templates that are all indexed. Each step is done for all before the next: a stack attaches
// to what another makes.
func build(all []*builder) {
	for _, step := range []func(*builder){
		(*builder).dependencies, (*builder).makeElements, (*builder).attachPolicies, (*builder).inlineTogether, (*builder).runAs, (*builder).packages, (*builder).projectSources, (*builder).credentials, (*builder).profiles,
		(*builder).perhapsAttached, (*builder).resourcePolicies, (*builder).accessControlLists, (*builder).stages, (*builder).functionPermissions, (*builder).readTriggers, (*builder).permissionTriggers, (*builder).walls,
	} {
		for _, b := range all {
			step(b)
		}
	}
}

// makeElements makes an element of every resource that is one.
func (b *builder) makeElements() {
	for _, r := range b.resources {
		switch {
		case r.Hidden:
		case r.Type == "AWS::Lambda::Function":
			b.function(r)
		case r.Type == "AWS::IAM::Role":
			b.role(r)
		case r.Type == "AWS::IAM::ServiceLinkedRole":
			b.serviceLinkedRole(r)
		case r.Type == "AWS::IAM::User", r.Type == "AWS::IAM::Group":
			b.principal(r)
		case kindOf(r.Type) == "policy":
			b.policyResource(r)
		default:
			b.otherResource(r)
		}
	}
}

// find returns the resource that a value means: the one that it refers to, else the one whose ARN, URL or
// name it comes to. fits, if not nil, tells which ones may be meant.
func (b *builder) find(n *yamlpos.Node, fits func(*resource) bool) *resource {
	if n == nil {
		return nil
	}
	for _, id := range b.refs(n) {
		if r := b.resource(id); r != nil && b.ids[r] != "" && !nests(r) && (fits == nil || fits(r)) {
			return r
		}
	}
	b.notes.quiet++
	text, ok := b.text(n)
	b.notes.quiet--
	if !ok {
		return nil
	}
	return b.findText(text, fits)
}

func (b *builder) findText(text string, fits func(*resource) bool) *resource {
	if text == "" {
		return nil
	}
	if r := b.byARN[text]; r != nil && (fits == nil || fits(r)) {
		return r
	}
	name := text
	switch {
	case strings.HasPrefix(text, "https://sqs."):
		name = text[strings.LastIndexByte(text, '/')+1:]
	case strings.Contains(text, ":function:"):
		name = nameInARN(text)
	case strings.HasPrefix(text, "arn:"):
		// A stream, an index, an object or a qualifier: the resource whose ARN it continues.
		for arn := text; ; {
			i := strings.LastIndexAny(arn, "/:*")
			if i <= len("arn:") {
				return nil
			}
			arn = arn[:i]
			if r := b.byARN[arn]; r != nil && (fits == nil || fits(r)) {
				return r
			}
		}
	}
	var found *resource
	for _, r := range b.byName[name] {
		if fits != nil && !fits(r) {
			continue
		}
		if found != nil {
			return nil
		}
		found = r
	}
	return found
}

// nests reports whether a resource is another stack: what refers to it means what the stack returns.
func nests(r *resource) bool { return r.Type == "AWS::CloudFormation::Stack" }

// ofType makes a fits function for find.
func ofType(types ...string) func(*resource) bool {
	return func(r *resource) bool { return slices.Contains(types, r.Type) }
}

// findFunction returns the function that a name, ARN, alias or version means.
func (b *builder) findFunction(n *yamlpos.Node) *resource {
	r := b.find(n, ofType("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"))
	for range 5 {
		if r == nil || r.Type == "AWS::Lambda::Function" {
			return r
		}
		r = b.of(r).find(b.of(r).get(r.Props, "FunctionName"), ofType("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"))
	}
	return nil
}

// tags reads a list of Key and Value or, in SAM, a mapping.
func (b *builder) tags(n *yamlpos.Node) map[string]string {
	n = b.settle(n)
	if n == nil {
		return nil
	}
	out := map[string]string{}
	if n.Kind == yamlpos.Mapping {
		for _, p := range b.pairs(n) {
			out[p.Key.Value] = b.words(p.Value)
		}
	}
	if n.Kind == yamlpos.Sequence {
		for _, i := range b.items(n) {
			if key := b.words(b.get(i, "Key")); key != "" {
				out[key] = b.words(b.get(i, "Value"))
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// note reports something about a resource.
func (b *builder) note(severity source.Severity, span source.Span, detail, format string, args ...any) {
	b.notes.add(severity, span, fmt.Sprintf(format, args...), detail)
}
