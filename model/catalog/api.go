package catalog

// This file pins the signatures that other packages build on; their bodies move to files of their own.

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

// A Catalog is what is known of AWS. It is safe for concurrent use.
type Catalog struct{}

// Load returns the embedded catalogue; the first call of each part decodes it.
func Load() *Catalog { return &Catalog{} }

// An Action is one IAM action.
type Action struct {
	Service       string // prefix, e.g. "s3"
	Name          string // e.g. "GetObject", in AWS's spelling
	Level         Level
	Capability    Capability
	Resources     []*ResourceType // that it can be limited to; empty: it takes "*" only
	ConditionKeys []string        // of the action, beside the global keys
}

// String is "s3:GetObject".
func (a *Action) String() string { return a.Service + ":" + a.Name }

// A ResourceType is a service's type of resource in IAM's sense, e.g. s3 "object".
type ResourceType struct {
	Service, Name string
	ARNs          []string // patterns such as "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	ConditionKeys []string
}

// Services lists the service prefixes, sorted.
func (c *Catalog) Services() []string { return nil }

// Actions lists a service's actions, sorted; nil for an unknown prefix.
func (c *Catalog) Actions(service string) []*Action { return nil }

// Action returns the action of a full name, case ignored; nil if AWS has none.
func (c *Catalog) Action(name string) *Action { return nil }

// Expand lists the actions that a pattern such as "s3:Get*" or "*" stands for, sorted.
func (c *Catalog) Expand(pattern string) []*Action { return nil }

// ResourceTypes lists a service's resource types, sorted.
func (c *Catalog) ResourceTypes(service string) []*ResourceType { return nil }

// A ManagedPolicy is an AWS managed policy.
type ManagedPolicy struct {
	Name, ARN string
	Document  []byte // JSON
}

// ManagedPolicy returns the AWS managed policy of an ARN (any partition) or of a bare name, nil if AWS has none.
func (c *Catalog) ManagedPolicy(arnOrName string) *ManagedPolicy { return nil }

// A Type is a CloudFormation resource type.
type Type struct {
	Name         string   // AWS::DynamoDB::Table
	ARN          string   // template such as "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}", "" if unknown
	PrimaryID    []string // property or attribute names that Ref returns, best known
	Attributes   []string // names that GetAtt takes
	NameProperty string   // property that names it physically, "" if none
	Kind         Kind
}

// Type returns the CloudFormation type, nil if it is not known.
func (c *Catalog) Type(name string) *Type { return nil }

// A Kind is a family of resources as people see it.
type Kind struct {
	Noun    string // "table", "bucket", "queue" …; "resource" for the rest
	Plural  string
	Item    string  // what it holds: "item", "object", "message" …; "" if nothing
	Icon    string  // name of an icon in assets/icons, without extension
	Counted bool    // holds or moves data (see docs/measures.md)
	Weight  float64 // default weight in weighted reach
}

// KindOf returns the kind of a CloudFormation type, known or not.
func KindOf(cfnType string) Kind { return Kind{} }

// TypesOfARN lists the CloudFormation types that an ARN or ARN pattern may be of, most likely first.
func (c *Catalog) TypesOfARN(pattern string) []string { return nil }
