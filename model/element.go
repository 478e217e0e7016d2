package model

import (
	"strings"

	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// An ID names an element, the same before and after an edit: "kind/[account:region:][stack/]logicalId",
// percent-escaped. The kinds are fn, role, policy, res, trigger, user and group.
type ID string

// An Element is a Function, Role, Policy, Resource, Trigger or Principal. Elements are values that are never
// written after they were put into a Design; With replaces them.
type Element interface {
	ElementID() ID
	Place() source.Span
	element()
}

// A Function is an AWS Lambda function.
type Function struct {
	ID           ID
	LogicalID    string // the source's own name for it
	Name         string // physical name
	ARN          string
	Runtime      string
	Handler      string
	Role         ID // "" where the role is not in the design and not known
	RoleARN      string
	Policy       *policy.Document // resource policy, from permissions and events; nil if none
	PolicyUnseen bool             // it has, or may have, one that could not be read, beside Policy if that is there
	MoreUnseen   bool             // what else lets somebody in was not read: policies of its aliases and versions
	Environment  []EnvVar
	Credentials  []Credential // access keys that its environment holds, as far as the source makes them
	Code         string       // path of the code where it is local and known, else ""
	Package      Package
	Layers       []string
	VPC          bool
	Tracing      bool
	LogGroup     string   // ARN of the log group that it is told to write to; "" for the one that Lambda makes: see LogGroupARN
	DeadLetter   string   // ARN of the dead-letter target, "" if none
	Destinations []string // ARNs of on-success and on-failure targets of asynchronous calls
	Tags         map[string]string
	Stack        string // the stack (template) it came from

	// Where a framework names functions and what it makes for them: Stem begins the logical ids of what is made for it
	// (its LogicalID if ""), and its name is NamePrefix and its LogicalID unless the source says another (what AWS
	// generates if "").
	Stem, NamePrefix string

	// Origin is where it stands in the source. A part made by a split keeps the origin of the function it
	// came from: two functions with one origin tell the patcher what to copy.
	Origin source.Span
}

// LogGroupARN is the ARN of the log group that the function writes to, without ":*" behind it; "" where its own ARN does not tell.
//
// See the Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs".
func (f *Function) LogGroupARN() string {
	if f.LogGroup != "" {
		return f.LogGroup
	}
	return f.logGroup("/aws/lambda/" + f.nameInARN())
}

// WriteLogsTo sets the log group by its name, as LoggingConfig gives it; "" is the one that Lambda makes. One that is
// given stays through an edit, the one that Lambda makes goes by the function's name.
func (f *Function) WriteLogsTo(name string) {
	if f.LogGroup = ""; name != "" {
		f.LogGroup = f.logGroup(name)
	}
}

// logGroup is the ARN of a log group in the function's account and region; "" where these are not known.
func (f *Function) logGroup(name string) string {
	if f.nameInARN() == "" {
		return ""
	}
	p := strings.SplitN(f.ARN, ":", 6)
	return strings.Join([]string{"arn", p[1], "logs", p[3], p[4], "log-group", name}, ":")
}

// nameInARN is the name that the function's ARN ends with, "" where it is none of a function.
func (f *Function) nameInARN() string {
	if p := strings.SplitN(f.ARN, ":", 7); len(p) == 7 && p[2] == "lambda" {
		return p[6]
	}
	return ""
}

// A Package is where a function's code is taken from when it is deployed, or a project's when it is built; zero where it is local
// or not known.
type Package struct {
	From ID     // bucket, or repository of images or of code
	Key  string // of the object in the bucket
}

// A Credential is a user's access key that stands in something: in a secret's value, in a function's environment, in what
// an instance is started with. Of the key itself nothing is kept.
type Credential struct {
	User ID
	Key  string // of the object that it stands in, in a bucket
}

// An EnvVar is a name in a function's environment and what its value refers to; never the value.
type EnvVar struct {
	Name   string
	Refers ID // resource or function that the value names, "" if none or not known
	Origin source.Span
}

// A Profile says whether an instance profile holds a role: EC2 gives instances a role by its profile alone ("Use an IAM role to
// grant permissions to applications running on Amazon EC2 instances").
type Profile uint8

// What is known of a role's profile.
const (
	ProfileNotKnown Profile = iota
	HasProfile
	NoProfile
)

// A Role is an IAM role.
type Role struct {
	ID            ID
	LogicalID     string
	Name          string
	ARN           string
	UniqueID      string // that AWS gave it, as aws:userid tells; "" where that is not known
	Path          string
	Trust         *policy.Document
	Policies      []ID // inline and managed, in source order
	Listed        Places
	Attached      Attachments
	Boundary      ID   // policy that is its permissions boundary, "" if none
	Implicit      bool // made by the source's transform for a function without a role of its own (SAM)
	Compiled      bool // made by a framework for functions without a role of their own: it cannot be written otherwise than the framework makes it
	External      bool // named by ARN only: its policies were not seen
	ServiceLinked bool
	Profile       Profile // whether an instance profile holds it
	Pins          []Pin   // what the architect says it needs; in no source
	Tags          map[string]string
	Stack         string
	Origin        source.Span
}

// Places tell where policies stand in the list that a role is made from: the Policies of a SAM function, whose
// inline policies are named by their place. Same ignores them, as it does spans.
type Places map[ID]int

// Attachments tell where the source says that a role has a policy: the entry of a list, or what makes the transform
// attach it unasked (an event, the function). It is where a policy of AWS's own leads, which stands in no source. Same
// ignores them.
type Attachments map[ID]source.Span

// A Pin is access that a role is said to need: evidence, not a grant.
type Pin struct{ Actions, Resources []string }

// A Policy is a policy document that is attached to roles, users or groups.
type Policy struct {
	ID        ID
	LogicalID string
	Name      string
	ARN       string // of managed policies, "" for inline ones
	Managed   bool
	Document  *policy.Document   // nil where the document was not seen
	Versions  []*policy.Document // of a managed policy: what its other versions say
	Listed    bool               // … and these are all that it has
	Attaches  bool               // it names the roles that it is attached to, instead of they it
	Stack     string
	Origin    source.Span
}

// A Resource is anything with an ARN that a policy can name, except functions, roles and policies.
type Resource struct {
	ID                ID
	LogicalID         string
	Name              string           // physical name, or LogicalID where AWS generates it
	ARN               string           // "" where its type has none
	Account           string           // of its owner, where neither its ARN nor the design tells
	Type              string           // CloudFormation type, e.g. AWS::DynamoDB::Table
	Policy            *policy.Document // resource policy; nil if none
	Passes            *policy.Document // what its policy lets through, of a VPC endpoint; nil: everything
	Key               ID               // the customer-managed key that encrypts it, "" if none
	External          bool             // named by ARN only: what it is like was not seen
	Fresh             bool             // AWS generates its name
	Weight            float64          // 0: the default of its type
	Crown             bool             // marked as a crown jewel by the architect
	Marked            bool             // counted because the architect marked it (log groups)
	BlockPublicAccess bool             // S3: public policies are ignored and restricted
	PolicyUnseen      bool             // it has, or may have, a policy that could not be read, beside Policy if that is there
	MoreUnseen        bool             // what else lets somebody in, or on, was not read: a key's grants, a bucket's access control list, a machine's role
	Credentials       []Credential     // access keys that it holds, as far as the source makes them
	Package           Package          // where what runs in it takes its code from: of a build project; zero where that is not known
	Role              ID               // that what runs in it has: of an instance, a build project, a notebook; "" where that is none or not known
	Workflow          string           // of a state machine: STANDARD or EXPRESS, "" where that is not known
	PartitionKey      string           // DynamoDB: the attribute that is it, "" where that is not known
	Bucket            ID               // of an access point: the bucket that it leads to
	Network           string           // … and the VPC that it takes calls from alone, "" for any
	Stages            []string         // of an API: names of its stages; none where they are not known
	PublicLists       bool             // S3: access control lists count, those that let everybody in among them
	Tags              map[string]string
	Stack             string
	Origin            source.Span
}

// A Trigger is what starts a function, or carries data from one resource on to another (a topic's
// subscription to a queue, a rule's target).
type Trigger struct {
	ID      ID
	Name    string // the source's own name for it, e.g. the event's key
	From    ID     // resource that it comes from, "" where it comes from outside (a route, a schedule)
	To      ID     // function or resource that it reaches
	Kind    string // event-source-mapping, s3-notification, sns-subscription, event-rule, schedule, api-route, function-url, state-machine-task, log-subscription, permission …
	Event   string // sqs, dynamodb, kinesis, s3, sns, events, schedule, http, url …
	Label   string // for people: "POST /checkout", "nightly", "s3:ObjectCreated:*"
	Open    bool   // anyone outside may start it without AWS credentials (a route or URL without authorizer)
	Keyed   bool   // … who has an API key, which clients carry: it identifies a client and is no authorizer
	Token   bool   // an authorizer of the API's own lets callers in (a JWT, Cognito or Lambda authorizer): no permission of IAM does
	Outside bool   // it comes from outside the account: route, URL, schedule is not outside
	Off     bool   // it is there and disabled (a rule, a mapping, a pipe, a schedule): it starts nothing until somebody enables it
	Reads   bool   // of a state machine's task: it only reads what it is on, so that nothing goes on there
	Filter  Filter
	Form    Form   // in which what it carries on arrives: of rules and subscriptions
	Bus     string // of a rule: ARN of its event bus where that is neither the account's default bus nor in the design
	Keys    string // of what puts objects into a bucket: pattern of their keys; "" for any
	Dead    bool   // what could not be delivered goes there: dead letters of a rule, a subscription, a pipe
	Metric  string // of an alarm: namespace of the metric that it watches, where customers may put some; "" otherwise
	Waits   bool   // of a state machine's task: another waits for a token, with which comes what this one gets
	Alias   string // of the function, whose URL it is: its alias; "" where it is the function's own
	Role    ID     // that the service behind it acts with (a rule's target, a schedule, a pipe, a state machine), "" where it needs or names none
	Failed  string // of a mapping: ARN of where the function's role sends what it could not work off, "" for nowhere
	Stack   string
	Origin  source.Span
}

// Redrive is the kind of trigger by which a queue puts messages that are not worked off into another.
const Redrive = "redrive"

// Replication is the kind of trigger by which a bucket's objects, or a table's items, are copied into another.
const Replication = "replication"

// PipelineSource is the kind of trigger by which a pipeline takes what it works on.
const PipelineSource = "pipeline-source"

// Ingestion is the kind of trigger by which a bucket's documents are taken into an index.
const Ingestion = "ingestion"

// Items is the kind of trigger by which a map of a state machine takes its items from a bucket.
const Items = "items"

// Changes is the kind of trigger by which a table puts what changes into a data stream.
const Changes = "table-changes"

// MetricFilter is the kind of trigger by which what is written to a log group is counted in the metric that an alarm watches.
const MetricFilter = "metric-filter"

// Replay is the kind of trigger by which what an archive kept goes to the bus again that it comes from.
const Replay = "replay"

// A Form is how what a trigger carries on arrives.
type Form uint8

// The forms.
const (
	NotTold    Form = iota // or made of it by an input of the trigger's own
	AsItIs                 // a rule's target gets the event, a subscriber the message with its attributes (raw delivery)
	InEnvelope             // a subscriber gets JSON that has the message as a text
)

// OpenTo says whom an open trigger lets in: "anyone", "anyone with the API key"; "" where it is not open.
func (t *Trigger) OpenTo() string {
	switch {
	case !t.Open:
		return ""
	case t.Keyed:
		return "anyone with the API key"
	}
	return "anyone"
}

// A Filter narrows which events of a trigger's source pass. The zero Filter passes everything.
type Filter struct {
	Prefix, Suffix string   // S3 object keys
	Events         []string // S3 event names
	Pattern        string   // JSON: EventBridge pattern, SNS filter policy, or filters of an event source mapping, one after the other
	OnBody         bool     // SNS: Pattern is about the message's body, not about its attributes
	Tagged         bool     // replication: objects with certain tags alone
	Parts          []string // topics of a Kafka cluster, fields of a GraphQL API ("Query.orders"), events of a repository; none for all
}

// PrincipalKind tells users from groups.
type PrincipalKind string

// The kinds of Principal. Roles are Role elements.
const (
	User  PrincipalKind = "user"
	Group PrincipalKind = "group"
)

// A Principal is an IAM user or group.
type Principal struct {
	ID        ID
	LogicalID string // the source's own name for it, "" where that is its physical name
	Kind      PrincipalKind
	Name      string
	ARN       string
	UniqueID  string // that AWS gave a user, "" where that is not known
	Policies  []ID
	Groups    []ID // of a user
	Boundary  ID
	Tags      map[string]string
	Stack     string
	Origin    source.Span
}

// ElementID is the element's ID.
func (f *Function) ElementID() ID { return f.ID }

// ElementID is the element's ID.
func (r *Role) ElementID() ID { return r.ID }

// ElementID is the element's ID.
func (p *Policy) ElementID() ID { return p.ID }

// ElementID is the element's ID.
func (r *Resource) ElementID() ID { return r.ID }

// ElementID is the element's ID.
func (t *Trigger) ElementID() ID { return t.ID }

// ElementID is the element's ID.
func (p *Principal) ElementID() ID { return p.ID }

// Place is where the element stands in the source.
func (f *Function) Place() source.Span { return f.Origin }

// Place is where the element stands in the source.
func (r *Role) Place() source.Span { return r.Origin }

// Place is where the element stands in the source.
func (p *Policy) Place() source.Span { return p.Origin }

// Place is where the element stands in the source.
func (r *Resource) Place() source.Span { return r.Origin }

// Place is where the element stands in the source.
func (t *Trigger) Place() source.Span { return t.Origin }

// Place is where the element stands in the source.
func (p *Principal) Place() source.Span { return p.Origin }

func (*Function) element()  {}
func (*Role) element()      {}
func (*Policy) element()    {}
func (*Resource) element()  {}
func (*Trigger) element()   {}
func (*Principal) element() {}

// ARN is an element's ARN, "" where it has none.
func ARN(e Element) string {
	switch e := e.(type) {
	case *Function:
		return e.ARN
	case *Role:
		return e.ARN
	case *Policy:
		return e.ARN
	case *Resource:
		return e.ARN
	case *Principal:
		return e.ARN
	}
	return ""
}

// PolicyOf is the policy of an element itself: a function's or resource's, a role's trust policy; nil for none.
func PolicyOf(e Element) *policy.Document {
	switch e := e.(type) {
	case *Function:
		return e.Policy
	case *Role:
		return e.Trust
	case *Resource:
		return e.Policy
	}
	return nil
}

// DocumentOf is what an element says about permissions: a policy's document, else what PolicyOf is; nil for nothing.
func DocumentOf(e Element) *policy.Document {
	if p, ok := e.(*Policy); ok {
		return p.Document
	}
	return PolicyOf(e)
}

// Elsewhere is a resource that is named by its ARN alone, in a source of one account and stack. Whether another account's has a
// policy was not seen.
func Elsewhere(arn, cfnType, stack, account string, at source.Span) *Resource {
	p := strings.SplitN(arn, ":", 6)
	name := p[5][strings.LastIndexAny(p[5], "/:")+1:]
	if p[2] == "logs" {
		name = strings.TrimPrefix(p[5], "log-group:")
	}
	return &Resource{ID: MakeID("res", arn), LogicalID: name, Name: name, ARN: arn, Type: cfnType, Stack: stack, External: true,
		PolicyUnseen: p[4] != "" && p[4] != account, Origin: at}
}
