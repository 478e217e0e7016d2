package catalog

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A shape is an ARN or ARN template as a pattern: every variable is "*".
type shape struct {
	fields [6]string // arn, partition, service, region, account, resource
	of     *Type
}

// shapeOf splits an ARN, template or pattern into its six fields with variables as "*". As IAM does, fields that
// are missing at the end are completed with "*". Text that is no ARN gives false.
func shapeOf(arn string) (f [6]string, ok bool) {
	if strings.Contains(arn, "${") {
		arn = wild(arn)
	}
	for i := range len(f) - 1 {
		var more bool
		if f[i], arn, more = strings.Cut(arn, ":"); !more {
			arn = "*"
		}
	}
	f[5] = arn
	return f, overlap(f[0], "arn")
}

// wild is a template with its variables as "*".
func wild(arn string) string {
	var b strings.Builder
	for rest := arn; ; {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			break
		}
		name, after, found := strings.Cut(after, "}")
		if !found {
			break
		}
		switch name {
		case "Path": // of IAM's names: begins and ends with a slash
			b.WriteByte('/')
		case "EventBusPath", "GroupPath": // empty for the default one
		case "AliasName": // of a key: begins so
			b.WriteString("alias/*")
		default: // another variable of a template, or a policy variable: any text
			b.WriteByte('*')
		}
		rest = after
	}
	return b.String()
}

// overlaps reports whether some ARN has both shapes, field by field; in the last field "*" crosses everything.
func (s shape) overlaps(f [6]string) bool {
	for i := range f {
		if !overlap(s.fields[i], f[i]) {
			return false
		}
	}
	return true
}

// An arnIndex finds types by the service field of their ARNs.
type arnIndex map[string]*serviceARNs

// serviceARNs are the types whose ARNs have one service.
type serviceARNs struct {
	types  []*Type
	shapes lazy[[]shape] // each most likely first
}

// shapesOf lists the shapes of the ARNs that have a service, the likeliest type's first.
func (t *typeTable) shapesOf(service string) []shape {
	all := t.arns.get(func() arnIndex {
		x := arnIndex{}
		for _, t := range t.byName {
			if t.ARN == "" || strings.HasPrefix(t.Name, "AWS::Serverless::") {
				continue // what SAM makes of it is listed by itself
			}
			_, rest, _ := strings.Cut(strings.TrimPrefix(t.ARN, "arn:"), ":")
			service, _, _ := strings.Cut(rest, ":")
			if x[service] == nil {
				x[service] = &serviceARNs{}
			}
			x[service].types = append(x[service].types, t)
		}
		return x
	})[service]
	if all == nil {
		return nil
	}
	return all.shapes.get(func() []shape {
		slices.SortFunc(all.types, func(a, b *Type) int { return likelier(service, a, b) })
		shapes := make([]shape, 0, len(all.types))
		for _, t := range all.types {
			f, _ := shapeOf(t.ARN)
			shapes = append(shapes, shape{f, t})
		}
		return shapes
	})
}

// owners are namespaces of CloudFormation types whose ARNs have a service that is called otherwise, where the
// service has types of several namespaces.
var owners = map[string]string{"es": "OpenSearchService"}

// likelier orders types of one ARN service: those of the service's own namespace (RDS before Neptune and DocDB,
// which share its ARNs), what is counted, what has a noun, what has the plainest name (Table before GlobalTable).
func likelier(service string, a, b *Type) int {
	rank := func(t *Type) int {
		n := 0
		if !strings.EqualFold(t.namespace(), strings.ReplaceAll(service, "-", "")) && t.namespace() != owners[service] {
			n += 4
		}
		if !t.Kind.Counted {
			n += 2
		}
		if t.Kind == kindOther {
			n++
		}
		return n
	}
	return cmp.Or(rank(a)-rank(b), len(a.Name)-len(b.Name), strings.Compare(a.Name, b.Name))
}

// namespace is "DynamoDB" of AWS::DynamoDB::Table.
func (t *Type) namespace() string {
	f := strings.Split(t.Name, "::")
	if len(f) < 2 {
		return ""
	}
	return f[1]
}

// TypesOfARN lists the CloudFormation types that an ARN or ARN pattern may be of, most likely first. A part of a
// thing counts as the thing: an object's ARN is of AWS::S3::Bucket. A pattern that leaves the service open, such as
// "*", gives nil: ask TypesOf with the action then.
func (c *Catalog) TypesOfARN(pattern string) []string {
	f, ok := shapeOf(pattern)
	if !ok || strings.ContainsAny(f[2], "*?") {
		return nil
	}
	var out []string
	for _, s := range c.typeTable().shapesOf(f[2]) {
		if s.overlaps(f) {
			out = append(out, s.of.Name)
		}
	}
	// Types of a service that share a head, as bucket and object do: s3's bucket overlaps an object's ARN by
	// itself, other services' parts are known from their IAM resource types.
	for _, rt := range c.ResourceTypes(f[2]) {
		if t := c.TypeOf(rt); t != "" && !slices.Contains(out, t) && rt.Matches(pattern) {
			out = append(out, t)
		}
	}
	return out
}

// TypesOf lists the CloudFormation types that an action on a resource pattern may touch, what is counted first,
// without doubles; nil if the action takes no resource or none that CloudFormation makes.
func (c *Catalog) TypesOf(a *Action, pattern string) []string {
	var out []string
	for _, rt := range a.Resources {
		if t := c.TypeOf(rt); t != "" && !slices.Contains(out, t) && rt.Matches(pattern) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int {
		counted := func(t string) int {
			if KindOf(t).Counted {
				return 0
			}
			return 1
		}
		return counted(a) - counted(b)
	})
	return out
}

// Matches reports whether an ARN of the type may match the pattern, which may be "*".
func (rt *ResourceType) Matches(pattern string) bool {
	if strings.Trim(pattern, "*") == "" && pattern != "" {
		return true
	}
	p, ok := shapeOf(pattern)
	if !ok {
		return false
	}
	for _, arn := range rt.ARNs {
		f, _ := shapeOf(arn)
		if (shape{fields: f}).overlaps(p) {
			return true
		}
	}
	return false
}

// TypeOf returns the CloudFormation type that an IAM resource type is, or is part of: for s3 "object" it is
// AWS::S3::Bucket, for dynamodb "index" AWS::DynamoDB::Table. "" if CloudFormation has none.
func (c *Catalog) TypeOf(rt *ResourceType) string {
	return c.belongs(rt).of
}

// PartOf is what part of its CloudFormation type an IAM resource type is, such as "object" of a bucket or "index"
// of a table; "" if it is the whole, or of no type.
func (c *Catalog) PartOf(rt *ResourceType) string {
	if b := c.belongs(rt); b.of != "" && !b.whole {
		return rt.Name
	}
	return ""
}

// Creates reports whether an action makes a resource of a type, so that it does nothing to one that is there: it
// fails, or leaves all as it is. Making a part, such as a stream of a log group, changes the whole.
func (c *Catalog) Creates(a *Action, rt *ResourceType) bool {
	made, ok := strings.CutPrefix(a.Name, "Create")
	if !ok || c.PartOf(rt) != "" {
		return false
	}
	if makers[a.Service+":"+a.Name+" "+rt.Name] {
		return true
	}
	of := c.TypeOf(rt)
	return strings.EqualFold(made, joints.Replace(rt.Name)) || made == of[strings.LastIndexByte(of, ':')+1:]
}

// makers are actions that make a resource of a type that they are not called after.
var makers = map[string]bool{
	"iam:CreateServiceLinkedRole role": true, "es:CreateElasticsearchDomain domain": true, "kafka:CreateClusterV2 cluster": true,
	"cassandra:Create keyspace": true, "cassandra:Create table": true,
}

// joints are what types' names are joined with in IAM and not in CloudFormation.
var joints = strings.NewReplacer("-", "", "_", "")

// A belonging is where an IAM resource type belongs.
type belonging struct {
	of    string // CloudFormation type, "" for none
	whole bool   // it is the thing itself, not a part of it
}

// belongs finds where a resource type belongs and remembers it.
func (c *Catalog) belongs(rt *ResourceType) belonging {
	if b, ok := c.types.belongings.Load(rt); ok {
		return b.(belonging)
	}
	b := c.findBelonging(rt)
	c.types.belongings.Store(rt, b)
	return b
}

func (c *Catalog) findBelonging(rt *ResourceType) belonging {
	if t, ok := belongings[rt.Service+" "+strings.ToLower(rt.Name)]; ok {
		of, part := strings.CutPrefix(t, "part of ")
		return belonging{of, !part}
	}
	best, bestLength := "", 0
	for _, arn := range rt.ARNs {
		f, _ := shapeOf(arn)
		for _, s := range c.typeTable().shapesOf(f[2]) {
			if s.fields == f {
				return belonging{s.of.Name, true}
			}
			// The longest head wins, the likeliest type among equals.
			head := s.fields[5]
			if len(head) > bestLength && s.fields[3] == f[3] && s.fields[4] == f[4] &&
				(strings.HasPrefix(f[5], head+"/") || strings.HasPrefix(f[5], head+":")) {
				best, bestLength = s.of.Name, len(head)
			}
		}
	}
	if best == "" {
		// No ARN tells; the name may, as ecs "service" is AWS::ECS::Service.
		for _, s := range c.typeTable().namespaces()[plain(rt.Service)] {
			if plain(s[strings.LastIndexByte(s, ':')+1:]) == plain(rt.Name) {
				return belonging{s, true}
			}
		}
	}
	return belonging{best, false}
}

// plain is a name without case, dashes and spaces.
func plain(s string) string { return strings.ToLower(gaps.Replace(s)) }

var gaps = strings.NewReplacer("-", "", " ", "", "_", "")

// namespaces lists the types of each namespace, sorted, by its plain name.
func (t *typeTable) namespaces() map[string][]string {
	return t.spaces.get(func() map[string][]string {
		out := map[string][]string{}
		for _, name := range slices.Sorted(maps.Keys(t.byName)) {
			n := plain(t.byName[name].namespace())
			out[n] = append(out[n], name)
		}
		return out
	})
}

// FunctionARNs lists what looks like the ARN of a function in text, such as the definition of a state machine, without
// qualifiers.
func FunctionARNs(text string) []string {
	var out []string
	for {
		i := strings.Index(text, ":function:")
		if i < 0 {
			return out
		}
		start := strings.LastIndex(text[:i], "arn:")
		rest := text[i+len(":function:"):]
		end := strings.IndexFunc(rest, func(c rune) bool {
			return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '$' || c == '{' || c == '}')
		})
		if end < 0 {
			end = len(rest)
		}
		if start >= 0 {
			out = append(out, text[start:i]+":function:"+rest[:end])
		}
		text = rest
	}
}
