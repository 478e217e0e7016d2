package cfn

import (
	"cmp"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A template is one parsed file: its sections and its declared resources, as written. Nothing is resolved.
// Sections that are absent (or no mappings) are nil, which every reading function takes.
type template struct {
	File  string
	Stack string // name of the stack, for placeholders
	Kind  string // sam, cloudformation or cdk
	Root  *yamlpos.Node

	Parameters, Mappings, Conditions, Globals, Resources, Outputs *yamlpos.Node

	Declared []*resource // in source order
	byID     map[string]*resource

	included []string              // further files that it was made of
	includes bool                  // it has AWS::Include in it
	loops    bool                  // it has Fn::ForEach in it
	events   map[source.Span]Event // names of triggers, by place, where the source has names of its own
	extra    []madeTrigger
	unknown  map[string]bool // tokens that its texts hold
	files    []treeFile      // that it was made of, its own first; none for a template that stands as it is
	written  []*yamlpos.Node // sections Resources of them
	writer   Writer

	origins map[*yamlpos.Node]madeOf // items of made policy lists → what they are made of
}

// madeOf is what the transform made an item of a role's policies of.
type madeOf struct {
	list     *yamlpos.Node      // Policies of the function, nil for what nobody wrote
	entry    *yamlpos.Node      // item of it
	template string             // SAM policy template
	when     []policy.Condition // conditions that are not decided, under which it is there
}

// A resource is one entry of Resources, or what the SAM transform makes of one.
type resource struct {
	ID        string // logical id
	Type      string // CloudFormation type after the transform: AWS::Lambda::Function for AWS::Serverless::Function
	Written   string // type as written; "" for made ones
	Condition string

	Key   *yamlpos.Node // its logical id in the file; nil for made ones
	Value *yamlpos.Node // all of it; nil for made ones
	Props *yamlpos.Node // Properties, Globals merged in; may be nil. May be made, with spans of what it is made from

	Made     bool      // by the SAM transform, or by what compiled the template
	Compiled bool      // a made one that stands in the template all the same: what is deployed says it as it is
	Owner    *resource // of a made one: the declared resource it is made for
	Hidden   bool      // a made one that is no element of its own

	// Origin is the whole entry, logical id included. A made resource has its owner's, or that of the event it
	// is made for.
	Origin source.Span

	home     *scope // of its template
	own      string // the source's own name for it, "" if that is ID
	code     string // of a function: path of its code, if the source tells by itself
	stem     string // of a function: what logical ids of what is made for it begin with, "" if own
	prefix   string // of a function: what its physical name is by default, its own name behind it
	excluded bool   // its condition is false
	name     string
	naming   bool
	filling  int // patterns being filled for it, one in another
}

// called is the source's own name for the resource.
func (r *resource) called() string { return cmp.Or(r.own, r.ID) }

// condition is the name of the condition under which the resource is there, "" if none.
func (r *resource) condition() string {
	if r.Condition == "" && r.Owner != nil {
		return r.Owner.Condition
	}
	return r.Condition
}

// A policyPlace is where a policy of a role, user or group stands in the file. For a patch: Entry is an item
// of List (or List itself where a single policy is written without a list), Document is the policy document,
// and Statements its Statement value, a sequence or a single mapping.
type policyPlace struct {
	Policy     model.ID
	Holder     *resource     // whose properties it stands in (function, role or policy resource)
	List       *yamlpos.Node // value of Policies or ManagedPolicyArns; nil for a policy that is a resource of its own
	Entry      *yamlpos.Node // nil for what the transform adds unasked (basic execution role)
	Document   *yamlpos.Node // nil for managed policies and SAM policy templates
	Statements *yamlpos.Node
	Template   string // name of the SAM policy template, "" if none
}

// places leads from elements of a design back to the nodes that they were read from.
type places struct {
	resources  map[model.ID]*resource        // functions, roles, policies that are resources, resources, principals
	policies   map[model.ID][]policyPlace    // by role, user or group, in the order of its Policies
	statements map[source.Span]*yamlpos.Node // statement, or the SAM policy template entry that it comes from
	triggers   map[model.ID]*yamlpos.Node    // SAM event, rule target, notification: the node of Trigger.Origin
	variables  map[model.ID]*yamlpos.Node    // by function: Environment.Variables of its own, nil if none
	triggerOf  map[model.ID]*resource        // resource that a trigger stands in
	attached   map[model.ID]model.Attachments
}

// attach notes where it stands that a holder has a managed policy: the first place counts.
func (p *places) attach(holder, id model.ID, at source.Span) {
	if p.attached[holder] == nil {
		p.attached[holder] = model.Attachments{}
	}
	if _, known := p.attached[holder][id]; !known {
		p.attached[holder][id] = at
	}
}

func newPlaces() *places {
	return &places{
		resources:  map[model.ID]*resource{},
		policies:   map[model.ID][]policyPlace{},
		statements: map[source.Span]*yamlpos.Node{},
		triggers:   map[model.ID]*yamlpos.Node{},
		variables:  map[model.ID]*yamlpos.Node{},
		triggerOf:  map[model.ID]*resource{},
		attached:   map[model.ID]model.Attachments{},
	}
}

// section returns a top-level section that must be a mapping; anything else is told and left out.
func section(root *yamlpos.Node, name string, notes *notes) *yamlpos.Node {
	n := root.Get(name).Resolve()
	switch {
	case n == nil:
		return nil
	case n.Kind == yamlpos.Mapping:
		return n
	case n.Null && name != "Resources" && name != "Mappings" && name != "Parameters":
		return nil
	}
	notes.add(source.Error, n.Span(), name+" is not a mapping", "The section was left out.")
	return nil
}

// newTemplate takes a parsed file apart.
func newTemplate(file string, root *yamlpos.Node, notes *notes) *template {
	t := &template{File: file, Root: root, byID: map[string]*resource{}, origins: map[*yamlpos.Node]madeOf{}}
	t.Parameters = section(root, "Parameters", notes)
	t.Mappings = section(root, "Mappings", notes)
	t.Conditions = section(root, "Conditions", notes)
	t.Globals = section(root, "Globals", notes)
	t.Resources = section(root, "Resources", notes)
	t.Outputs = section(root, "Outputs", notes)
	t.checkParameters(notes)
	if t.Resources == nil {
		if root.Get("Resources") == nil {
			notes.add(severityOfEmpty(root), root.Span(), "there is no Resources section", "Nothing was imported.")
		}
		return t
	}
	for _, p := range lastOfEach(t.Resources.Pairs()) {
		if !strings.HasPrefix(p.Key.Value, "Fn::") { // loops are expanded later
			t.declare(p.Key, p.Value, notes)
		}
	}
	return t
}

// checkParameters tells of parameters that CloudFormation does not take.
func (t *template) checkParameters(notes *notes) {
	if t.Parameters == nil {
		return
	}
	for _, p := range lastOfEach(t.Parameters.Pairs()) {
		n := p.Value.Resolve()
		if n == nil || n.Kind != yamlpos.Mapping {
			notes.add(source.Error, p.Key.Span(), "parameter "+p.Key.Value+" is not a mapping", "It was taken as one without a value.")
			continue
		}
		if d := n.Get("Default").Resolve(); d != nil && d.Kind != yamlpos.Scalar {
			notes.add(source.Error, d.Span(), "the default of parameter "+p.Key.Value+" is not a text", "Its elements were joined by commas.")
		}
	}
}

// lastOfEach lists a mapping's entries without those that a later one of the same key replaces.
func lastOfEach(pairs []yamlpos.Pair) []yamlpos.Pair {
	last := make(map[string]int, len(pairs))
	for i, p := range pairs {
		if _, ok := last[p.Key.Value]; !ok || !p.Merged {
			last[p.Key.Value] = i
		}
	}
	if len(last) == len(pairs) {
		return pairs
	}
	out := make([]yamlpos.Pair, 0, len(last))
	for i, p := range pairs {
		if last[p.Key.Value] == i {
			out = append(out, p)
		}
	}
	return out
}

// severityOfEmpty: CDK writes stacks without resources for its own checks.
func severityOfEmpty(root *yamlpos.Node) source.Severity {
	if root.Get("Parameters").Get("BootstrapVersion") != nil {
		return source.Info
	}
	return source.Error
}

func (t *template) declare(key, value *yamlpos.Node, notes *notes) {
	v := value.Resolve()
	if v == nil || v.Kind != yamlpos.Mapping {
		notes.add(source.Error, key.Span(), "resource "+key.Value+" is not a mapping", "It was left out; look at the indentation.")
		return
	}
	r := &resource{ID: key.Value, Key: key, Value: v, Origin: entrySpan(key, value)}
	if v.Span().File != key.Span().File && v.Span().File != "" {
		r.Origin = v.Span() // it stands in a file of its own
	}
	if n := v.Get("Type").Resolve(); n != nil && n.Kind == yamlpos.Scalar && !n.Null {
		r.Type, r.Written = n.Value, n.Value
	} else {
		notes.add(source.Error, key.Span(), "resource "+key.Value+" has no Type", "It was left out.")
		return
	}
	if n := v.Get("Condition").Resolve(); n != nil && n.Kind == yamlpos.Scalar {
		r.Condition = n.Value
	}
	if n := v.Get("Properties").Resolve(); n != nil {
		switch {
		case n.Kind == yamlpos.Mapping:
			r.Props = n
		case !n.Null:
			notes.add(source.Error, n.Span(), "Properties of "+r.ID+" is not a mapping", "They were left out.")
		}
	}
	t.byID[r.ID] = r
	t.Declared = append(t.Declared, r)
}

// entrySpan is a key and its value together.
func entrySpan(key, value *yamlpos.Node) source.Span {
	s := key.Span()
	if value != nil && value.Span().File == s.File && value.Span().End > s.End {
		s.End = value.Span().End
	}
	return s
}

// isSAM reports whether SAM transforms the template.
func (t *template) isSAM() bool { return t.Kind == kindSAM }

// A treeFile is one of the files that a template was made of.
type treeFile struct {
	name string
	root *yamlpos.Node
}

// sources lists the files that the template stands in.
func (t *template) sources() []treeFile {
	if len(t.files) > 0 {
		return t.files
	}
	return []treeFile{{t.File, t.Root}}
}

// sections lists the mappings of resources that the user wrote.
func (t *template) sections() []*yamlpos.Node {
	if t.writer != nil {
		return t.written
	}
	return []*yamlpos.Node{t.Resources}
}
