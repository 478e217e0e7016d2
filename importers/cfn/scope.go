package cfn

import (
	"cmp"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A scope answers what the names in a template stand for: parameters, pseudo parameters, conditions,
// resources. Answers are remembered; it serves one import.
type scope struct {
	template *template
	catalog  *catalog.Catalog
	notes    *notes
	params   map[string]string // given from outside

	partition, region, account, stack string

	made     map[string]*resource // resources of the transform, by logical id
	triggers []madeTrigger        // of SAM events
	routes   []route

	conditions map[string]truth
	deciding   map[string]bool

	tokens     map[string]string // kind and name → token
	taken      map[string]bool
	counted    map[string]bool
	unresolved int

	group              *group
	parent             *scope               // the stack that it nests in
	children           map[*resource]*scope // stacks that nest in it
	constructs, assets map[string]string    // of its stackFile
	passed             *yamlpos.Node        // Parameters that the parent gives
	deep               int                  // how many stacks it nests in
	many               bool                 // other templates are read with it
	unfolded           bool
	exporting          bool
	expanded           []*resource // what the template comes to, in source order

	guessed map[string]bool // ARNs whose form is a guess

	included map[string]*yamlpos.Node        // files that AWS::Include brings
	spliced  map[*yamlpos.Node]*yamlpos.Node // mapping with AWS::Include among its entries → with what that brings

	either map[*yamlpos.Node]*yamlpos.Node // token → the Fn::If that it stands for

	depth, spent int
}

func newScope(t *template, c *catalog.Catalog, o importers.Options, n *notes) *scope {
	s := &scope{
		template: t, catalog: c, notes: n, params: o.Params,
		partition: cmp.Or(o.Partition, "aws"), region: cmp.Or(o.Region, "us-east-1"),
		account: cmp.Or(o.Account, "123456789012"), stack: t.Stack,
		made: map[string]*resource{}, guessed: map[string]bool{},
		conditions: map[string]truth{}, deciding: map[string]bool{},
		either: map[*yamlpos.Node]*yamlpos.Node{},
		tokens: map[string]string{}, taken: map[string]bool{}, counted: map[string]bool{},
		unresolved: len(t.unknown), triggers: t.extra,
	}
	for name := range t.unknown {
		s.taken[name] = true
	}
	return s
}

// An export is an output that other stacks import.
type export struct {
	of    *scope
	value *yamlpos.Node
}

// export adds the template's exports to those of the import.
func (s *scope) export() {
	for _, o := range s.pairs(s.template.Outputs) {
		name := s.get(o.Value, "Export", "Name")
		if value := o.Value.Get("Value"); name != nil && value != nil {
			name := s.words(name)
			s.group.exports[name] = append(s.group.exports[name], export{s, value})
		}
	}
}

// resource returns the declared or made resource called id, nil if there is none.
func (s *scope) resource(id string) *resource {
	if r := s.template.byID[id]; r != nil {
		return r
	}
	return s.made[id]
}

// urlSuffix is AWS::URLSuffix.
func (s *scope) urlSuffix() string {
	if s.partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// pseudo returns a pseudo parameter's value.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func (s *scope) pseudo(name string) (string, bool) {
	switch name {
	case "AWS::AccountId":
		return s.account, true
	case "AWS::Region":
		return s.region, true
	case "AWS::Partition":
		return s.partition, true
	case "AWS::StackName":
		return s.stack, true
	case "AWS::StackId":
		return "arn:" + s.partition + ":cloudformation:" + s.region + ":" + s.account + ":stack/" + s.stack + "/GENERATED", true
	case "AWS::URLSuffix":
		return s.urlSuffix(), true
	}
	return "", false
}

// ref is what Ref returns for a name.
func (s *scope) ref(name string, span source.Span) string {
	if v, ok := s.pseudo(name); ok {
		return v
	}
	if s.template.Parameters.Get(name) != nil {
		return s.param(name, span)
	}
	if r := s.resource(name); r != nil {
		s.tellExcluded(r, span)
		return s.refValue(r)
	}
	if text, ok := s.samRef(name); ok {
		return text
	}
	if s.template.unknown[name] {
		return "${" + name + "}" // told by whoever made the text
	}
	s.notes.add(source.Error, span, "nothing in the template is called "+name, "Its value was taken as unknown.")
	return s.unknown("name", name, span, "", "")
}

func (s *scope) tellExcluded(r *resource, span source.Span) {
	if r.excluded {
		s.notes.add(source.Warning, span, r.ID+" is left out by its condition "+r.Condition+", but is referred to", "Its name was used all the same.")
	}
}

// param is a parameter's value, or a token.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (s *scope) param(name string, span source.Span) string {
	declared := s.template.Parameters.Get(name).Resolve()
	given, isGiven := s.params[name]
	kind := ""
	if n := declared.Get("Type").Resolve(); n != nil {
		kind = n.Value
	}
	if n := declared.Get("NoEcho").Resolve(); n != nil && strings.EqualFold(n.Value, "true") {
		return s.unknown("parameter", name, declared.Span(), "parameter "+name+" is NoEcho: its value is not read", "")
	}
	if n := s.passed.Get(name); n != nil && s.parent != nil {
		if text, ok := s.parent.whole(n); ok {
			return text
		}
	} else if isGiven {
		return given
	}
	def := declared.Get("Default").Resolve()
	if strings.HasPrefix(kind, "AWS::SSM::Parameter::Value<") {
		why := "parameter " + name + " is read from the parameter store when the stack is deployed"
		return s.unknown("parameter", name, declared.Span(), why, "give it with --param "+name+"=Value")
	}
	if def != nil && def.Kind == yamlpos.Scalar {
		return def.Value
	}
	if def != nil && def.Kind == yamlpos.Sequence {
		var list []string
		for _, i := range def.Items() {
			list = append(list, i.Resolve().Value)
		}
		return strings.Join(list, ",")
	}
	place := span
	if declared != nil && !declared.Span().IsZero() {
		place = declared.Span()
	}
	return s.unknown("parameter", name, place, "parameter "+name+" has no value", "give it with --param "+name+"=Value")
}

// paramList is the value of a parameter that is a list.
func (s *scope) paramList(name string) ([]string, bool) {
	declared := s.template.Parameters.Get(name).Resolve()
	if declared == nil {
		return nil, false
	}
	kind := ""
	if n := declared.Get("Type").Resolve(); n != nil {
		kind = n.Value
	}
	if kind != "CommaDelimitedList" && !strings.Contains(kind, "List<") {
		return nil, false
	}
	text := s.param(name, declared.Span())
	if text == "" {
		return nil, true
	}
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list, true
}

// refs lists the logical ids and parameters that a value refers to, in order, without evaluating it. Branches
// that a decided condition leaves out are left out.
func (s *scope) refs(n *yamlpos.Node) []string {
	var out []string
	s.collectRefs(n, &out)
	return out
}

func (s *scope) collectRefs(n *yamlpos.Node, out *[]string) {
	n = n.Resolve()
	if n == nil {
		return
	}
	if !s.enter(n) {
		s.leave()
		return
	}
	defer s.leave()
	if open := s.either[n]; open != nil {
		n = open
	}
	name, arg := intrinsic(n)
	switch name {
	case "Ref":
		if arg != nil && arg.Kind == yamlpos.Scalar {
			*out = append(*out, arg.Value)
		}
		return
	case "Fn::GetAtt":
		if arg != nil {
			if id, _, ok := s.getAttArgs(arg); ok {
				*out = append(*out, id)
			}
		}
		return
	case "Fn::Sub":
		s.collectSub(arg, out)
		return
	case "Fn::If":
		if _, _, both := s.undecidedIf(n); !both {
			if settled := s.settle(n); settled != n {
				s.collectRefs(settled, out)
			}
			return
		}
	}
	if arg != nil && name != "" {
		n = arg
	}
	for _, i := range n.Items() {
		s.collectRefs(i, out)
	}
	for _, p := range n.Pairs() {
		s.collectRefs(p.Value, out)
	}
}

func (s *scope) collectSub(arg *yamlpos.Node, out *[]string) {
	if arg == nil {
		return
	}
	pattern, vars := arg, (*yamlpos.Node)(nil)
	if arg.Kind == yamlpos.Sequence && len(arg.Items()) > 0 {
		pattern = arg.Items()[0].Resolve()
		if len(arg.Items()) > 1 {
			vars = arg.Items()[1].Resolve()
		}
	}
	if pattern == nil {
		return
	}
	rest := pattern.Value
	for {
		_, after, ok := strings.Cut(rest, "${")
		if !ok {
			return
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			return
		}
		rest = tail
		if strings.HasPrefix(name, "!") {
			continue
		}
		name = strings.TrimSpace(name)
		if v := vars.Get(name); v != nil {
			s.collectRefs(v, out)
			continue
		}
		if s.resource(name) == nil {
			name, _, _ = strings.Cut(name, ".")
		}
		*out = append(*out, name)
	}
}
