package live

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Version is what snapshots are marked with.
const Version = "account/v1"

// A Snapshot is what was read of an account, in AWS's own shapes, without credentials and secret values. Package account
// reads it.
type Snapshot struct {
	Bulkhead          string               `json:"bulkhead"`
	Account           string               `json:"account"`
	Alias             string               `json:"alias,omitempty"`
	Partition         string               `json:"partition"`
	Regions           []string             `json:"regions"`
	Taken             string               `json:"taken"`
	ManagementAccount flag                 `json:"managementAccount,omitempty"` // of its organization
	Alone             flag                 `json:"noOrganization,omitempty"`    // it is in none: nothing stands above it
	Authorization     AuthorizationDetails `json:"authorizationDetails"`
	Functions         []Function           `json:"functions"`
	Versions          []Function           `json:"versions,omitempty"`
	Aliases           []Alias              `json:"aliases,omitempty"`
	Mappings          []Mapping            `json:"eventSourceMappings"`
	InvokeConfigs     []InvokeConfig       `json:"eventInvokeConfigs,omitempty"`
	Policies          []ResourcePolicy     `json:"resourcePolicies"`
	Resources         []Resource           `json:"resources"`
	Triggers          []Trigger            `json:"triggers"`
	KeyGrants         []KeyGrant           `json:"keyGrants,omitempty"`
	Stacks            []Stack              `json:"stacks,omitempty"`
	SCPs              []Level              `json:"scps"`
	RCPs              []Level              `json:"rcps"`
	LastAccessed      []LastAccessed       `json:"lastAccessed"`
	NotRead           []string             `json:"notRead"` // what Bulkhead does not read of any account yet
	Problems          []Problem            `json:"problems"`
}

// A ResourcePolicy is the policy of a resource, a function, or a function's alias or version.
type ResourcePolicy struct {
	Resource string
	Account  string   `json:",omitempty"`
	Policy   document `json:"Policy"`
}

// A Resource is anything with an ARN that policies can name, and what else access to it depends on.
type Resource struct {
	Arn               string
	Type              string
	Name              string             `json:",omitempty"`
	PartitionKey      string             `json:",omitempty"`
	KmsKeyArn         string             `json:",omitempty"`
	EventBridge       flag               `json:",omitempty"` // a bucket: sends its events there
	Role              string             `json:",omitempty"` // that it acts with
	Workflow          string             `json:",omitempty"` // a state machine: STANDARD or EXPRESS
	Bucket            string             `json:",omitempty"` // an access point: ARN of what it leads to
	Network           string             `json:",omitempty"` // … and the VPC that it takes calls from alone
	PublicAccessBlock *publicAccessBlock `json:",omitempty"` // a bucket, an access point: its own and the account's together
	Acl               []aclGrant         `json:",omitempty"` // a bucket: to others than its owner
	Tags              []Tag              `json:",omitempty"`
}

// A Trigger starts a function, or carries data from one resource on to another.
type Trigger struct {
	From   string `json:",omitempty"`
	To     string
	Kind   string
	Role   string `json:",omitempty"` // that the service acts with
	State  string `json:",omitempty"` // DISABLED, for what starts nothing until somebody enables it
	Dead   flag   `json:",omitempty"` // what could not be delivered goes there
	Form   string `json:",omitempty"` // in which what a rule or a subscription carries on arrives: asItIs, inEnvelope; "" where that is not told
	Filter filter
}

// A filter is what of a trigger's source passes; what is empty is not written.
type filter struct {
	Prefix   string   `json:"prefix,omitempty"`
	Suffix   string   `json:"suffix,omitempty"`
	Events   []string `json:"events,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
	Scope    string   `json:"scope,omitempty"`
	Route    string   `json:"route,omitempty"`
	Schedule string   `json:"schedule,omitempty"`
	Auth     string   `json:"auth,omitempty"`
	Keyed    flag     `json:"apiKey,omitempty"`
	Tagged   flag     `json:"tagged,omitempty"` // objects with certain tags alone
}

// A Tag is a key and its value.
type Tag struct{ Key, Value string }

// A Level is what an organization attaches at one place above the account, or to it.
type Level struct {
	Target   string     `json:"target"`
	Policies []document `json:"policies"`
}

// A Problem is a call that was not answered: what it would have shown was not seen.
type Problem struct {
	Call  string
	Error string
	About []string `json:",omitempty"` // of which functions, buckets …; none: it is about all
}

// notRead are the things of an account that may let somebody in, or hold data, and are not read yet.
var notRead = []string{
	"AppSync APIs", "backup vaults", "CloudFront distributions", "CloudWatch Logs destinations and resource policies", "CodeBuild projects", "Cognito identity pools", "EC2 instances", "ECS tasks",
	"EFS file systems", "Firehose streams", "Glue jobs", "IoT rules and policies", "load balancers", "MSK clusters", "OpenSearch domains", "RDS databases", "S3 multi-region access points", "SES rules",
	"VPC endpoints and their policies",
}

func newSnapshot(who Identity, o Options) *Snapshot {
	unread := notRead
	if o.Services != nil {
		for _, x := range operations {
			if left := x.of.title + " (left out)"; x.needs == nil && !o.asks(x) && !slices.Contains(unread, left) {
				unread = append(slices.Clone(unread), left)
			}
		}
		slices.Sort(unread)
	}
	return &Snapshot{
		Bulkhead: Version, Account: who.Account, Alias: who.Alias, Partition: partitionOf(o.Regions[0]).name, Regions: o.Regions, Taken: o.now().UTC().Format(time.RFC3339),
		Authorization: AuthorizationDetails{[]userDetail{}, []groupDetail{}, []roleDetail{}, []managedPolicy{}},
		Functions:     []Function{}, Mappings: []Mapping{}, Policies: []ResourcePolicy{}, Resources: []Resource{}, Triggers: []Trigger{}, SCPs: []Level{}, RCPs: []Level{},
		LastAccessed: []LastAccessed{}, NotRead: unread, Problems: []Problem{},
	}
}

// sort puts all that comes in no order of its own into one, so that two snapshots of the same account are the same.
func (s *Snapshot) sort() {
	s.Authorization.sort()
	by(s.Functions, func(f Function) string { return f.FunctionArn })
	by(s.Versions, func(f Function) string { return f.FunctionArn })
	by(s.Aliases, func(a Alias) string { return a.AliasArn })
	by(s.Mappings, func(m Mapping) string { return m.UUID + " " + m.FunctionArn })
	by(s.InvokeConfigs, func(c InvokeConfig) string { return c.FunctionArn })
	by(s.Policies, func(p ResourcePolicy) string { return p.Resource })
	by(s.Resources, func(r Resource) string { return r.Arn })
	by(s.Triggers, func(t Trigger) string {
		f, _ := json.Marshal(t.Filter) //nolint:errcheck // texts
		return t.From + " " + t.To + " " + t.Kind + " " + string(f) + " " + t.State
	})
	by(s.KeyGrants, func(g KeyGrant) string { return g.KeyId + " " + g.GrantId })
	by(s.Stacks, func(x Stack) string { return x.StackId })
	by(s.LastAccessed, func(l LastAccessed) string { return l.Arn })
	by(s.Problems, func(p Problem) string { return p.Call + " " + p.Error })
	for i := range s.Resources {
		sortTags(s.Resources[i].Tags)
	}
	for i := range s.Functions {
		sortTags(s.Functions[i].Tags)
	}
}

func by[T any](list []T, key func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

func sortTags(tags []Tag) { by(tags, func(t Tag) string { return t.Key }) }

// Count says what is in the snapshot, for people.
func (s *Snapshot) Count() []string {
	var out []string
	add := func(n int, one, many string) {
		switch n {
		case 0:
		case 1:
			out = append(out, "1 "+one)
		default:
			out = append(out, group(n)+" "+many)
		}
	}
	add(len(s.Authorization.RoleDetailList), "role", "roles")
	add(len(s.Authorization.UserDetailList), "user", "users")
	add(len(s.Functions), "function", "functions")
	add(len(s.Resources), "resource", "resources")
	add(len(s.Policies), "resource policy", "resource policies")
	add(len(s.Triggers)+len(s.Mappings), "trigger", "triggers")
	add(len(s.SCPs)+len(s.RCPs), "level of guardrails", "levels of guardrails")
	if len(out) == 0 {
		out = append(out, "nothing")
	}
	return out
}

// group writes a number with a comma between thousands.
func group(n int) string {
	s := []byte{}
	for i, d := range []byte(cmp.Or(strings.TrimLeft(jsonNumber(n), "-"), "0")) {
		if i > 0 && (len(jsonNumber(n))-i)%3 == 0 {
			s = append(s, ',')
		}
		s = append(s, d)
	}
	return string(s)
}

func jsonNumber(n int) string { b, _ := json.Marshal(n); return string(b) } //nolint:errcheck // a number
