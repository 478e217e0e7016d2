package edit

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// lambdaTrust is the trust policy that SAM gives to the role of a function.
func lambdaTrust() *policy.Document {
	return &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{
		Actions:    []string{"sts:AssumeRole"},
		Principals: []policy.Principal{{Kind: "Service", Value: "lambda.amazonaws.com"}},
	}}}
}

// takesNew reports why nothing new can be drawn into a design: only SAM templates, and blank designs that become
// one, take it.
func takesNew(d *model.Design, name string) error {
	switch kind := d.Info().Kind; {
	case kind != "sam" && kind != "blank":
		return fmt.Errorf("new elements can be drawn into SAM templates and blank designs, not into one from %s", kind)
	case !logicalID.MatchString(name):
		return fmt.Errorf("%q: a template's logical ids have letters and digits only", name)
	}
	for _, kind := range []string{"fn", "role", "res", "policy"} {
		if d.Element(model.MakeID(kind, name)) != nil {
			return fmt.Errorf("there is already a %s", model.MakeID(kind, name))
		}
	}
	return nil
}

// stackOf is the name of the stack that new elements belong to.
func stackOf(d *model.Design) string {
	for _, e := range d.Elements() {
		switch e := e.(type) {
		case *model.Function:
			return e.Stack
		case *model.Resource:
			return e.Stack
		}
	}
	return firstOf(d.Info().Name, "design")
}

// Apply adds the function and its role.
func (e *NewFunction) Apply(d *model.Design) (*Result, error) {
	if err := takesNew(d, e.Name); err != nil {
		return nil, err
	}
	if d.Element(model.MakeID("role", e.Name+"Role")) != nil {
		return nil, fmt.Errorf("there is already a %s", model.MakeID("role", e.Name+"Role"))
	}
	info, stack := d.Info(), stackOf(d)
	role := &model.Role{
		ID: model.MakeID("role", e.Name+"Role"), LogicalID: e.Name + "Role", Name: physical(stack, e.Name+"Role"),
		ARN:   fmt.Sprintf("arn:%s:iam::%s:role/%s", info.Partition, info.Account, physical(stack, e.Name+"Role")),
		Trust: lambdaTrust(), Implicit: true, Stack: stack,
	}
	var changes []model.Change
	if p, isNew := awsPolicy(d, "AWSLambdaBasicExecutionRole"); p != nil {
		role.Policies = []model.ID{p.ID}
		if isNew {
			changes = append(changes, model.Change{After: p})
		}
	}
	f := &model.Function{
		ID: model.MakeID("fn", e.Name), LogicalID: e.Name, Name: physical(stack, e.Name),
		ARN:     fmt.Sprintf("arn:%s:lambda:%s:%s:function:%s", info.Partition, info.Region, info.Account, physical(stack, e.Name)),
		Runtime: firstOf(e.Runtime, "python3.13"), Handler: firstOf(e.Handler, strings.ToLower(e.Name)+".handler"),
		Code: firstOf(e.Code, "src"), Role: role.ID, RoleARN: role.ARN, Stack: stack,
		Environment: globals(d),
	}
	after, err := d.With(append(changes, model.Change{After: role}, model.Change{After: f})...)
	if err != nil {
		return nil, err
	}
	return &Result{Design: after, Warnings: []string{"code to write: " + f.Handler}}, nil
}

// globals are the variables that stand outside every function, where all functions of the source get them from.
func globals(d *model.Design) []model.EnvVar {
	var out []model.EnvVar
	for _, f := range d.Functions() {
		for _, v := range f.Environment {
			if isGlobal(f, v) && !slices.ContainsFunc(out, func(o model.EnvVar) bool { return o.Name == v.Name }) {
				out = append(out, v)
			}
		}
	}
	return out
}

// isGlobal reports whether a variable stands outside the function, where all functions of the source get it from.
func isGlobal(f *model.Function, v model.EnvVar) bool {
	return !v.Origin.IsZero() && !f.Origin.IsZero() && !f.Origin.Contains(v.Origin)
}

// Apply adds the resource.
func (e *NewResource) Apply(d *model.Design) (*Result, error) {
	if err := takesNew(d, e.Name); err != nil {
		return nil, err
	}
	t := catalog.Load().Type(e.Type)
	if t == nil {
		return nil, fmt.Errorf("there is no CloudFormation type %s", e.Type)
	}
	switch e.Type {
	case "AWS::Lambda::Function", "AWS::Serverless::Function":
		return nil, errors.New("a function is made with newFunction")
	}
	if strings.HasPrefix(e.Type, "AWS::IAM::") {
		return nil, errors.New("roles and policies come with functions; they are no resources")
	}
	info, stack := d.Info(), stackOf(d)
	r := newResource(t, info, stack, e.Name)
	after, err := d.With(model.Change{After: r})
	if err != nil {
		return nil, err
	}
	return &Result{Design: after}, nil
}

// newResource is a resource of which nothing is known but its type: AWS names it.
func newResource(t *catalog.Type, info model.Info, stack, name string) *model.Resource {
	r := &model.Resource{ID: model.MakeID("res", name), LogicalID: name, Name: physical(stack, name), Type: t.Name, Fresh: true, Stack: stack}
	r.BlockPublicAccess = t.Name == "AWS::S3::Bucket" // as new buckets are
	switch t.Name {
	case "AWS::DynamoDB::Table":
		r.PartitionKey = "id" // as SAM's simple tables have it
	case "AWS::StepFunctions::StateMachine":
		r.Workflow = "STANDARD" // the default
	case "AWS::ApiGatewayV2::Api":
		r.Stages = []string{"$default"} // as SAM's HTTP APIs have it
	}
	r.ARN = t.FillARN(func(variable string) string {
		switch variable {
		case "Partition":
			return info.Partition
		case "Region":
			return info.Region
		case "Account":
			return info.Account
		case "Path", "EventBusName", "GroupName", "Cluster":
			return ""
		}
		return r.Name
	})
	return r
}

// Apply adds the trigger, with what lets it in or lets it be polled.
func (e *NewTrigger) Apply(d *model.Design) (*Result, error) {
	if kind := d.Info().Kind; kind != "sam" && kind != "blank" {
		return nil, fmt.Errorf("new elements can be drawn into SAM templates and blank designs, not into one from %s", kind)
	}
	f, ok := d.Find(string(e.To)).(*model.Function)
	if !ok {
		return nil, fmt.Errorf("there is no function %s", e.To)
	}
	if !logicalID.MatchString(e.Name) {
		return nil, fmt.Errorf("%q: the name of an event has letters and digits only", e.Name)
	}
	_, path, _ := strings.Cut(string(f.ID), "/")
	t := &model.Trigger{ID: model.MakeID("trigger", path+"/"+e.Name), Name: e.Name, To: f.ID, Event: e.Event, Stack: f.Stack}
	var from *model.Resource
	if e.From != "" {
		if from, ok = d.Find(string(e.From)).(*model.Resource); !ok {
			return nil, fmt.Errorf("there is no resource %s", e.From)
		}
		t.From = from.ID
	}
	err := e.shape(t, from)
	if err != nil {
		return nil, err
	}
	var changes []model.Change
	if e.Event == "s3" && from.Fresh && from.Origin.IsZero() {
		// A bucket that notifies a function whose role names it is a circle that CloudFormation refuses, unless
		// the role knows the bucket's name.
		changes, from = withName(d, from)
	}
	if d, err = d.With(append(changes, model.Change{After: t})...); err != nil {
		return nil, err
	}
	changes = nil
	st, api := letIn(d, f, t, from)
	if st != nil {
		n := *f
		doc := policy.Document{Version: "2012-10-17", ID: "default"}
		if f.Policy != nil {
			doc = *f.Policy
		}
		doc.Statements = append(slices.Clip(doc.Statements), st)
		n.Policy = &doc
		changes = append(changes, model.Change{Before: f, After: &n})
	}
	if api != nil {
		from := *t
		from.From = api.ID
		changes = append(changes, model.Change{Before: t, After: &from})
		if d.Element(api.ID) == nil {
			changes = append(changes, model.Change{After: api})
		}
	}
	after, err := d.With(changes...)
	if err != nil {
		return nil, err
	}
	if role := after.Role(f.Role); role != nil {
		if after, err = syncExecution(after, role); err != nil {
			return nil, err
		}
	}
	return &Result{Design: after}, nil
}

// withName gives a resource that AWS would name a name of its own, wherever it is named.
func withName(d *model.Design, r *model.Resource) ([]model.Change, *model.Resource) {
	n := *r
	n.Name = strings.ToLower(r.Stack + "-" + r.LogicalID + "-" + d.Info().Account)
	n.ARN = strings.ReplaceAll(r.ARN, r.Name, n.Name)
	n.Fresh = false
	changes := []model.Change{{Before: r, After: &n}}
	for _, p := range d.Policies() {
		if doc := withARNs(p.Document, r.ARN, n.ARN); doc != p.Document {
			c := *p
			c.Document = doc
			changes = append(changes, model.Change{Before: p, After: &c})
		}
	}
	return changes, &n
}

// letIn is what SAM makes of an event that calls the function: the statement of the function's policy that permits
// it and, for a route, the API. Both nil for a source that Lambda polls.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func letIn(d *model.Design, f *model.Function, t *model.Trigger, from *model.Resource) (*policy.Statement, *model.Resource) {
	info := d.Info()
	permit := func(service, operator, key, value string) *policy.Statement {
		return &policy.Statement{
			Principals: []policy.Principal{{Kind: "Service", Value: service + ".amazonaws.com"}},
			Actions:    []string{"lambda:InvokeFunction"}, Resources: []string{f.ARN},
			Conditions: []policy.Condition{{Operator: operator, Key: key, Values: []string{value}}},
		}
	}
	switch t.Event {
	case "s3":
		return permit("s3", "StringEquals", "AWS:SourceAccount", info.Account), nil
	case "sns":
		return permit("sns", "ArnLike", "AWS:SourceArn", from.ARN), nil
	case "schedule":
		rule := physical(f.Stack, f.LogicalID+t.Name)
		return permit("events", "ArnLike", "AWS:SourceArn", fmt.Sprintf("arn:%s:events:%s:%s:rule/%s", info.Partition, info.Region, info.Account, rule)), nil
	case "http":
		api := newResource(catalog.Load().Type("AWS::ApiGatewayV2::Api"), info, f.Stack, "ServerlessHttpApi")
		method, path, _ := strings.Cut(t.Label, " ")
		if method == "ANY" {
			method = "*"
		}
		path = parameters.ReplaceAllString(path, "*")
		source := fmt.Sprintf("arn:%s:execute-api:%s:%s:%s/*/%s%s", info.Partition, info.Region, info.Account, api.Name, method, path)
		return permit("apigateway", "ArnLike", "AWS:SourceArn", source), api
	}
	return nil, nil
}

// parameters are the variable parts of a route's path.
var parameters = regexp.MustCompile(`\{[^}]*\}`)

// shape fills in what the event means.
func (e *NewTrigger) shape(t *model.Trigger, from *model.Resource) error {
	needs := func(types ...string) error {
		for _, x := range types {
			if from != nil && from.Type == x {
				return nil
			}
		}
		return fmt.Errorf("an event %s comes from one of %s", e.Event, strings.Join(types, ", "))
	}
	switch e.Event {
	case "sqs":
		t.Kind, t.Label = "event-source-mapping", "sqs"
		return needs("AWS::SQS::Queue")
	case "dynamodb":
		t.Kind, t.Label = "event-source-mapping", "dynamodb"
		return needs("AWS::DynamoDB::Table")
	case "kinesis":
		t.Kind, t.Label = "event-source-mapping", "kinesis"
		return needs("AWS::Kinesis::Stream")
	case "s3":
		t.Kind, t.Label = "s3-notification", "s3:ObjectCreated:*"
		t.Filter.Events = []string{"s3:ObjectCreated:*"}
		return needs("AWS::S3::Bucket")
	case "sns":
		t.Kind, t.Label = "sns-subscription", "sns"
		return needs("AWS::SNS::Topic")
	case "schedule":
		t.Kind, t.Label = "schedule", firstOf(e.Rate, "rate(1 hour)")
	case "http":
		t.Kind, t.Label = "api-route", strings.TrimSpace(strings.ToUpper(firstOf(e.Method, "GET"))+" "+firstOf(e.Path, "/"))
		t.Outside, t.Open = true, true
	default:
		return fmt.Errorf("unknown event %q; known are sqs, dynamodb, kinesis, s3, sns, schedule and http", e.Event)
	}
	return nil
}
