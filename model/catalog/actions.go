package catalog

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// A service is one decoded member of the services pack.
type service struct {
	name      string // e.g. "AWS Lambda"
	rcp       bool
	actions   []*Action
	byName    map[string]*Action // by lower-case name
	resources []*ResourceType
	keyTypes  map[string]string // by lower-case name
}

type services struct {
	pack     lazy[*pack]
	all      lazy[[]*Action]
	decoded  sync.Map // prefix → *lazy[*service]
	expanded sync.Map // pattern → []*Action
	count    atomic.Int32
}

func (c *Catalog) servicesPack() *pack {
	return c.services.pack.get(func() *pack { return &pack{name: "services"} })
}

// Services lists the service prefixes, sorted.
func (c *Catalog) Services() []string { return c.servicesPack().members().keys }

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
		return s.keyTypes[strings.ToLower(key)]
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
		return s.byName[strings.ToLower(short)]
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
		if a := s.byName[name]; a != nil {
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
		if _, ok := c.servicesPack().members().members[prefix]; !ok {
			return nil
		}
		s, _ = c.services.decoded.LoadOrStore(prefix, new(lazy[*service]))
	}
	return s.(*lazy[*service]).get(func() *service { return decodeService(string(c.servicesPack().text(prefix))) })
}

// decodeService reads the lines that assets/generate describes.
func decodeService(text string) *service {
	s := &service{byName: map[string]*Action{}, keyTypes: map[string]string{}}
	var prefix string
	var keys []string
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch f[0] {
		case "S":
			prefix, s.name, s.rcp = f[1], f[2], f[3] == "rcp"
		case "K":
			keys = append(keys, f[1])
			if f[2] != "" {
				s.keyTypes[strings.ToLower(f[1])] = f[2]
			}
		case "R":
			s.resources = append(s.resources, &ResourceType{prefix, f[1], strings.Fields(f[2]), pick(keys, f[3])})
		case "A":
			a := &Action{Service: prefix, Name: f[1], Level: levelOf(f[2]), Resources: pick(s.resources, f[3]), ConditionKeys: pick(keys, f[4])}
			a.Capabilities = capabilitiesOf(a)
			s.actions = append(s.actions, a)
			s.byName[strings.ToLower(a.Name)] = a
		}
	}
	return s
}

func levelOf(letter string) Level { return Level(max(0, strings.Index("lrwpt", letter))) }

// pick returns the elements whose numbers are listed; nil for none.
func pick[T any](all []T, numbers string) []T {
	if numbers == "" {
		return nil
	}
	out := make([]T, 0, strings.Count(numbers, ",")+1)
	for n := range strings.SplitSeq(numbers, ",") {
		i, err := strconv.Atoi(n)
		if err != nil {
			panic("catalog: services.pack: " + err.Error())
		}
		out = append(out, all[i])
	}
	return slices.Clip(out)
}
