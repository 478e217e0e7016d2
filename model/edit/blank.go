package edit

import (
	"errors"
	"fmt"
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
	}
	after, err := d.With(append(changes, model.Change{After: role}, model.Change{After: f})...)
	if err != nil {
		return nil, err
	}
	return &Result{Design: after, Warnings: []string{"code to write: " + f.Handler}}, nil
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
	r := &model.Resource{ID: model.MakeID("res", e.Name), LogicalID: e.Name, Name: physical(stack, e.Name), Type: e.Type, Fresh: true, Stack: stack}
	r.ARN = fillARN(t.ARN, info, r.Name)
	if e.Type == "AWS::SecretsManager::Secret" {
		r.ARN += "-" + catalog.SecretSuffix // AWS adds six characters
	}
	after, err := d.With(model.Change{After: r})
	if err != nil {
		return nil, err
	}
	return &Result{Design: after}, nil
}

// fillARN fills an ARN template with the name in every hole that is not a pseudo parameter.
func fillARN(template string, info model.Info, name string) string {
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(template, "${")
		b.WriteString(text)
		if !ok {
			return b.String()
		}
		hole, after, _ := strings.Cut(rest, "}")
		switch strings.TrimPrefix(hole, "AWS::") {
		case "Partition":
			b.WriteString(info.Partition)
		case "Region":
			b.WriteString(info.Region)
		case "Account", "AccountId":
			b.WriteString(info.Account)
		default:
			b.WriteString(name)
		}
		template = after
	}
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
	if err := e.shape(t, from); err != nil {
		return nil, err
	}
	after, err := d.With(model.Change{After: t})
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
