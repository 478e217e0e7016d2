package catalog

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"bulkhead/assets"
)

// Level is AWS's access level of an action.
type Level uint8

// AWS's access levels.
const (
	LevelList Level = iota
	LevelRead
	LevelWrite
	LevelPermissions
	LevelTagging
)

// An Action is one IAM action.
type Action struct {
	Service       string // prefix, e.g. "s3"
	Name          string // e.g. "GetObject", in AWS's spelling
	Level         Level
	Resources     []*ResourceType // that it can be limited to; empty: it takes "*" only
	ConditionKeys []string        // of the action, beside the global keys and those of its resources

	// Capabilities is what the action is good for: usually one; more where one permission covers several,
	// as dynamodb:BatchWriteItem covers puts and deletes. See rules.go.
	Capabilities Capabilities
}

// String is "s3:GetObject".
func (a *Action) String() string { return a.Service + ":" + a.Name }

// Capability is the gravest of the action's capabilities, the first in order where several are as grave.
func (a *Action) Capability() Capability {
	all := a.Capabilities.All()
	gravest := all[0]
	for _, c := range all[1:] {
		if c.Depth() > gravest.Depth() {
			gravest = c
		}
	}
	return gravest
}

// A ResourceType is a service's type of resource in IAM's sense, e.g. s3 "object".
type ResourceType struct {
	Service, Name string
	ARNs          []string // patterns such as "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	ConditionKeys []string
}

// A service is what the data says of one service.
type service struct {
	name      string // e.g. "AWS Lambda"
	rcp       bool
	actions   []*Action // sorted by name
	resources []*ResourceType
	keys      []conditionKey
}

type conditionKey struct{ name, kind string }

// action finds an action, case ignored; nil if there is none.
func (s *service) action(name string) *Action {
	if i, ok := slices.BinarySearchFunc(s.actions, name, func(a *Action, name string) int { return strings.Compare(a.Name, name) }); ok {
		return s.actions[i]
	}
	for _, a := range s.actions {
		if strings.EqualFold(a.Name, name) {
			return a
		}
	}
	return nil
}

type services struct {
	texts    lazy[*serviceTexts]
	all      lazy[[]*Action]
	decoded  sync.Map // prefix → *lazy[*service]
	expanded sync.Map // pattern → []*Action
	count    atomic.Int32
}

// serviceTexts is where the lines of each service stand.
type serviceTexts struct {
	prefixes []string // sorted
	of       map[string]string
}

func (c *Catalog) serviceTexts() *serviceTexts {
	return c.services.texts.get(func() *serviceTexts {
		x := &serviceTexts{of: make(map[string]string, 512)}
		for rest := assets.Services; rest != ""; {
			text := rest
			if next := strings.Index(rest, "\nS\t"); next >= 0 {
				text = rest[:next+1]
			}
			rest = rest[len(text):]
			prefix, _, _ := strings.Cut(text[len("S\t"):], "\t")
			x.prefixes = append(x.prefixes, prefix)
			x.of[prefix] = text
		}
		return x
	})
}

// Services lists the service prefixes, sorted.
func (c *Catalog) Services() []string { return c.serviceTexts().prefixes }

// ServiceName is AWS's name for a service prefix, such as "Amazon DynamoDB"; "" if there is none.
func (c *Catalog) ServiceName(prefix string) string {
	if name := sharedPrefixes[prefix]; name != "" {
		return name
	}
	if s := c.service(prefix); s != nil {
		return s.name
	}
	return ""
}

// sharedPrefixes are prefixes that several pages of the Service Authorization Reference have: the name of them all together.
var sharedPrefixes = map[string]string{
	"apigateway": "Amazon API Gateway", "aws-marketplace": "AWS Marketplace", "cloudformation": "AWS CloudFormation", "elasticloadbalancing": "Elastic Load Balancing",
	"greengrass": "AWS IoT Greengrass", "kinesisanalytics": "Amazon Kinesis Analytics", "lex": "Amazon Lex", "ses": "Amazon SES", "sms-voice": "AWS End User Messaging SMS",
	"bedrock-agentcore": "Amazon Bedrock AgentCore",
}

// CoveredByRCPs reports whether resource control policies apply to a service's resources (AWS Organizations
// User Guide, "Resource control policies", services that support RCPs).
func (c *Catalog) CoveredByRCPs(prefix string) bool {
	s := c.service(prefix)
	return s != nil && s.rcp
}

// ConditionKeyType is the type of a service's own condition key, such as "String", "ARN", "Bool", "Numeric",
// "Date" or "ArrayOfString", case of the key ignored; "" if the service lists no such key. Keys with a variable
// part stand in their general form: "aws:ResourceTag/${TagKey}".
func (c *Catalog) ConditionKeyType(prefix, key string) string {
	if s := c.service(prefix); s != nil {
		for _, k := range s.keys {
			if strings.EqualFold(k.name, key) {
				return k.kind
			}
		}
	}
	return ""
}

// Actions lists a service's actions, sorted; nil for an unknown prefix.
func (c *Catalog) Actions(service string) []*Action {
	if s := c.service(service); s != nil {
		return s.actions
	}
	return nil
}

// Action returns the action of a full name, case ignored; nil if AWS has none.
func (c *Catalog) Action(name string) *Action {
	prefix, short, ok := strings.Cut(name, ":")
	if !ok {
		return nil
	}
	if s := c.service(prefix); s != nil {
		return s.action(short)
	}
	return nil
}

// ResourceTypes lists a service's resource types, sorted.
func (c *Catalog) ResourceTypes(service string) []*ResourceType {
	if s := c.service(service); s != nil {
		return s.resources
	}
	return nil
}

// maxExpanded bounds what Expand remembers, so that a file of many odd patterns cannot fill the memory.
const maxExpanded = 4096

// Expand lists the actions that a pattern such as "s3:Get*" or "*" stands for, sorted by service and name. As in
// IAM, "*" is any number of characters and "?" one, and case is ignored.
func (c *Catalog) Expand(pattern string) []*Action {
	if strings.Trim(pattern, "*") == "" && pattern != "" {
		return c.every()
	}
	pattern = strings.ToLower(pattern)
	if got, ok := c.services.expanded.Load(pattern); ok {
		return got.([]*Action)
	}
	out := c.expand(pattern)
	if c.services.count.Add(1) <= maxExpanded {
		c.services.expanded.Store(pattern, out)
	}
	return out
}

func (c *Catalog) expand(pattern string) []*Action {
	prefix, name, ok := strings.Cut(pattern, ":")
	if !ok {
		return nil
	}
	if !strings.ContainsAny(prefix, "*?") {
		return c.expandIn(prefix, name)
	}
	var out []*Action
	for _, s := range c.Services() {
		if match(prefix, s) {
			out = append(out, c.expandIn(s, name)...)
		}
	}
	return out
}

// expandIn expands a lower-case pattern for names within one service.
func (c *Catalog) expandIn(prefix, name string) []*Action {
	s := c.service(prefix)
	switch {
	case s == nil:
		return nil
	case strings.Trim(name, "*") == "" && name != "":
		return s.actions
	case !strings.ContainsAny(name, "*?"):
		if a := s.action(name); a != nil {
			return []*Action{a}
		}
		return nil
	}
	var out []*Action
	for _, a := range s.actions {
		if match(name, strings.ToLower(a.Name)) {
			out = append(out, a)
		}
	}
	return out
}

func (c *Catalog) every() []*Action {
	return c.services.all.get(func() []*Action {
		var out []*Action
		for _, s := range c.Services() {
			out = append(out, c.Actions(s)...)
		}
		return out
	})
}

// service decodes a service on first use; nil for an unknown prefix. Prefixes are compared without case, as IAM
// does.
func (c *Catalog) service(prefix string) *service {
	prefix = strings.ToLower(prefix)
	s, ok := c.services.decoded.Load(prefix)
	if !ok {
		if _, ok := c.serviceTexts().of[prefix]; !ok {
			return nil
		}
		s, _ = c.services.decoded.LoadOrStore(prefix, new(lazy[*service]))
	}
	return s.(*lazy[*service]).get(func() *service { return decodeService(c.serviceTexts().of[prefix]) })
}

// decodeService reads the lines that assets/README.md describes. All that it returns is cut from the text.
func decodeService(text string) *service {
	actions, types := make([]Action, strings.Count(text, "\nA\t")), make([]ResourceType, strings.Count(text, "\nR\t"))
	s := &service{actions: make([]*Action, 0, len(actions)), resources: make([]*ResourceType, 0, len(types)), keys: make([]conditionKey, 0, strings.Count(text, "\nK\t"))}
	names := make([]string, 0, cap(s.keys))
	with, of := picker[string]{}, picker[*ResourceType]{}
	var prefix string
	for line := range strings.Lines(text) {
		f := fields(line)
		switch f[0] {
		case "S":
			prefix, s.name, s.rcp = f[1], f[2], f[3] == "rcp"
		case "K":
			names = append(names, f[1])
			s.keys = append(s.keys, conditionKey{f[1], f[2]})
		case "R":
			t := &types[len(s.resources)]
			*t = ResourceType{prefix, f[1], strings.Fields(f[2]), with.pick(names, f[3])}
			s.resources = append(s.resources, t)
		case "A":
			a := &actions[len(s.actions)]
			*a = Action{Service: prefix, Name: f[1], Level: levelOf(f[2]), Resources: of.pick(s.resources, f[3]), ConditionKeys: with.pick(names, f[4])}
			a.Capabilities = capabilitiesOf(a)
			s.actions = append(s.actions, a)
		}
	}
	return s
}

// fields are the tab-separated fields of a line, of which there are five at most.
func fields(line string) (f [5]string) {
	line = strings.TrimSuffix(line, "\n")
	for i := range f {
		f[i], line, _ = strings.Cut(line, "\t")
	}
	return f
}

func levelOf(letter string) Level { return Level(max(0, strings.Index("lrwpt", letter))) }

// A picker picks from one list; those that pick the same share what they get, as most actions of a service do.
type picker[T any] map[string][]T

// pick returns the elements whose numbers are listed; nil for none.
func (p picker[T]) pick(all []T, numbers string) []T {
	if numbers == "" {
		return nil
	}
	if got, ok := p[numbers]; ok {
		return got
	}
	out := make([]T, 0, strings.Count(numbers, ",")+1)
	for n := range strings.SplitSeq(numbers, ",") {
		i, err := strconv.Atoi(n)
		if err != nil {
			panic("catalog: services.txt: " + err.Error())
		}
		out = append(out, all[i])
	}
	p[numbers] = out
	return out
}
