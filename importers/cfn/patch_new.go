package cfn

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// isNew reports whether an element of the design after comes from nothing in the template.
func (p *patch) isNew(e model.Element) bool {
	return e.Place().IsZero() && p.before.Element(e.ElementID()) == nil
}

// additions writes functions, resources and events that are new and a copy of nothing. Only a SAM template takes
// them: it makes roles and permissions itself.
func (p *patch) additions(_ []model.Change) error {
	if len(p.sheets) != 1 || p.sheets[0].template.Kind != kindSAM {
		return nil
	}
	s := p.sheets[0]
	for _, e := range p.after.Elements() {
		if !p.isNew(e) {
			continue
		}
		switch e := e.(type) {
		case *model.Resource:
			if e.LogicalID != "" && !s.isMade(e) {
				s.add(e.LogicalID, s.newResource(e))
			}
			p.done[e.ID] = true
		case *model.Function:
			s.add(e.LogicalID, s.newFunction(e))
			p.done[e.ID] = true
		case *model.Role:
			if e.Implicit {
				p.done[e.ID] = true
			}
		case *model.Trigger:
			if p.after.Function(e.To) != nil && (p.isNew(p.after.Function(e.To)) || p.done[e.To]) {
				p.done[e.ID] = true
			}
		case *model.Policy, *model.Principal:
		}
	}
	return nil
}

// isMade reports whether the transform makes a resource unasked, once an event needs it.
func (s *sheet) isMade(e *model.Resource) bool {
	return e.LogicalID == implicitHTTP || e.LogicalID == implicitRest
}

// newResource is a resource with the least that CloudFormation wants of it.
func (s *sheet) newResource(e *model.Resource) yamlpos.Value {
	written, properties := e.Type, yamlpos.MappingOf(yamlpos.Usual)
	text := yamlpos.Text
	switch e.Type {
	case "AWS::DynamoDB::Table":
		written = samTable
		if slices.ContainsFunc(s.patch.after.Triggers(), func(t *model.Trigger) bool { return t.From == e.ID && t.Event == "dynamodb" }) {
			written = e.Type
			key := yamlpos.MappingOf(yamlpos.OneLine).Put("AttributeName", text("id"))
			properties = properties.Put("BillingMode", text("PAY_PER_REQUEST")).
				Put("AttributeDefinitions", yamlpos.ListOf(yamlpos.Usual, key.Put("AttributeType", text("S")))).
				Put("KeySchema", yamlpos.ListOf(yamlpos.Usual, key.Put("KeyType", text("HASH")))).
				Put("StreamSpecification", yamlpos.MappingOf(yamlpos.OneLine).Put("StreamViewType", text("NEW_AND_OLD_IMAGES")))
		}
	case "AWS::Kinesis::Stream":
		properties = properties.Put("StreamModeDetails", yamlpos.MappingOf(yamlpos.OneLine).Put("StreamMode", text("ON_DEMAND")))
	case "AWS::SecretsManager::Secret":
		properties = properties.Put("GenerateSecretString", yamlpos.MappingOf(yamlpos.OneLine))
	case "AWS::SSM::Parameter":
		properties = properties.Put("Type", text("String")).Put("Value", text("to be set"))
	}
	if property := s.nameProperty(e.Type); property != "" && !e.Fresh && e.Name != e.LogicalID {
		properties = properties.Put(property, s.sub(s.nameSub(e.Name)))
	}
	v := yamlpos.MappingOf(yamlpos.Usual).Put("Type", text(written))
	if properties.Len() > 0 {
		v = v.Put("Properties", properties)
	}
	return v
}

// nameSub is a name for Fn::Sub that is another in every stack and account.
func (s *sheet) nameSub(name string) string {
	if rest, ok := strings.CutPrefix(name, s.stack+"-"); ok {
		name = "${AWS::StackName}-" + rest
	}
	if rest, ok := strings.CutSuffix(name, "-"+s.account); ok {
		name = rest + "-${AWS::AccountId}"
	}
	return name
}

// newFunction is a function with its events, variables and policies.
func (s *sheet) newFunction(f *model.Function) yamlpos.Value {
	p := yamlpos.MappingOf(yamlpos.Usual)
	put := func(key, value string) {
		if global := s.words(s.template.Globals.Get("Function").Get(key)); value != "" && value != global {
			p = p.Put(key, yamlpos.Text(value))
		}
	}
	put("CodeUri", cmp.Or(f.Code, "src")+"/")
	put("Handler", f.Handler)
	put("Runtime", f.Runtime)
	if len(f.Environment) > 0 {
		variables := yamlpos.MappingOf(yamlpos.Usual)
		for _, v := range f.Environment {
			variables = variables.Put(v.Name, s.variable(v))
		}
		p = p.Put("Environment", yamlpos.MappingOf(yamlpos.Usual).Put("Variables", variables))
	}
	s.holder = f.LogicalID
	defer func() { s.holder = "" }()
	role := s.patch.after.Role(f.Role)
	switch {
	case role != nil && role.Implicit:
		if policies := s.newPolicies(f, role); len(policies) > 0 {
			p = p.Put("Policies", yamlpos.ListOf(yamlpos.Usual, policies...))
		}
	case role != nil && s.patch.isNew(role):
		s.newRole(role)
		p = p.Put("Role", s.getAtt(role.LogicalID, "Arn"))
	default:
		s.draft.Fail("%s is new and has %s: a new function gets a role of its own", f.ID, f.Role)
		return p
	}
	events := yamlpos.MappingOf(yamlpos.Usual)
	for _, t := range s.patch.now.triggers[f.ID] {
		events = events.Put(t.Name, s.newEvent(t))
	}
	if events.Len() > 0 {
		p = p.Put("Events", events)
	}
	return yamlpos.MappingOf(yamlpos.Usual).Put("Type", yamlpos.Text(samFunction)).Put("Properties", p)
}

// newPolicies lists the policies of a new function whose role the transform makes.
func (s *sheet) newPolicies(f *model.Function, role *model.Role) []yamlpos.Value {
	none := &model.Role{ID: role.ID, LogicalID: role.LogicalID, Implicit: true}
	h := &holding{sheet: s, draft: s.draft, props: yamlpos.MembersOf(nil), before: none, after: role}
	var out []yamlpos.Value
	for _, pol := range h.samOrder() {
		if !pol.Managed || !s.attaches(pol, f) {
			out = append(out, h.newEntry(pol))
		}
	}
	return out
}

// newRole adds a role that is new, and the policies beside it, once.
func (s *sheet) newRole(role *model.Role) {
	if s.patch.done[role.ID] {
		return
	}
	s.patch.done[role.ID] = true
	none := &resource{}
	s.add(role.LogicalID, s.roleResource(s.draft, none, &model.Role{ID: role.ID}, role))
	for _, id := range role.Policies {
		q := s.patch.after.Policy(id)
		if q == nil || s.patch.done[id] {
			continue
		}
		s.patch.done[id] = true
		if q.LogicalID != "" && !q.Managed {
			s.add(q.LogicalID, s.besideResource(none, q))
		}
	}
}

// attaches reports whether SAM attaches a managed policy to the role that it makes for a function.
func (s *sheet) attaches(p *model.Policy, f *model.Function) bool {
	switch p.Name {
	case "AWSLambdaBasicExecutionRole":
		return true
	case "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess":
		return f.Tracing
	case "AWSLambdaVPCAccessExecutionRole":
		return f.VPC
	}
	event := map[string]string{"AWSLambdaSQSQueueExecutionRole": "sqs", "AWSLambdaKinesisExecutionRole": "kinesis", "AWSLambdaDynamoDBExecutionRole": "dynamodb", "AWSLambdaMSKExecutionRole": "kafka"}[p.Name]
	return event != "" && slices.ContainsFunc(s.patch.now.triggers[f.ID], func(t *model.Trigger) bool { return t.Event == event })
}

// variable is the value of a new variable: the name of what it refers to.
func (s *sheet) variable(v model.EnvVar) yamlpos.Value {
	switch e := s.patch.after.Element(v.Refers).(type) {
	case *model.Resource:
		return s.ref(e.LogicalID)
	case *model.Function:
		return s.ref(e.LogicalID)
	}
	return yamlpos.Quoted("", '\'')
}

// newEvent is a SAM event.
func (s *sheet) newEvent(t *model.Trigger) yamlpos.Value {
	p := yamlpos.MappingOf(yamlpos.Usual)
	from := ""
	if r := s.patch.after.Resource(t.From); r != nil {
		from = r.LogicalID
	}
	kind := ""
	switch {
	case t.Event == "sqs":
		kind, p = "SQS", p.Put("Queue", s.getAtt(from, "Arn"))
	case t.Event == "kinesis":
		kind, p = "Kinesis", p.Put("Stream", s.getAtt(from, "Arn")).Put("StartingPosition", yamlpos.Text("LATEST"))
	case t.Event == "dynamodb":
		kind, p = "DynamoDB", p.Put("Stream", s.getAtt(from, "StreamArn")).Put("StartingPosition", yamlpos.Text("LATEST"))
	case t.Event == "s3":
		kind, p = "S3", p.Put("Bucket", s.ref(from))
		var events []yamlpos.Value
		for _, e := range t.Filter.Events {
			events = append(events, yamlpos.Text(e))
		}
		if len(events) == 1 {
			p = p.Put("Events", events[0])
		} else {
			p = p.Put("Events", yamlpos.ListOf(yamlpos.Usual, events...))
		}
	case t.Event == "sns":
		kind, p = "SNS", p.Put("Topic", s.ref(from))
	case t.Event == "schedule":
		kind, p = "Schedule", p.Put("Schedule", yamlpos.Text(t.Label))
	case t.Event == "http":
		method, path, _ := strings.Cut(t.Label, " ")
		kind, p = "HttpApi", p.Put("Method", yamlpos.Text(method)).Put("Path", yamlpos.Text(path))
	default:
		s.draft.Fail("%s: an event %s cannot be written", t.ID, t.Event)
	}
	if from == "" && slices.Contains([]string{"sqs", "kinesis", "dynamodb", "s3", "sns"}, t.Event) {
		s.draft.Fail("%s: what it comes from is not in the template", t.ID)
	}
	return yamlpos.MappingOf(yamlpos.Usual).Put("Type", yamlpos.Text(kind)).Put("Properties", p)
}

// Draft writes a design that comes from no source as template.yaml, a SAM template.
func (s Source) Draft(d *model.Design) (source.Files, error) {
	data, err := NewTemplate(d)
	if err != nil {
		return nil, err
	}
	return source.Files{"template.yaml": data}, nil
}

// NewTemplate writes a design that comes from no source as a SAM template, and proves that it imports as the
// design. The file system of the code is not looked at.
func NewTemplate(d *model.Design) ([]byte, error) {
	info := d.Info()
	name := cmp.Or(info.Name, "design")
	stack := ""
	for _, f := range d.Functions() {
		stack = cmp.Or(stack, f.Stack)
	}
	for _, r := range d.Resources() {
		stack = cmp.Or(stack, r.Stack)
	}
	const file = "template.yaml"
	head := "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nDescription: " + yamlpos.Line(name) + "\n"
	in := &importers.Import{
		Source: Source{kindSAM}, Path: file, Files: source.Files{file: []byte(head + "\nResources: {}\n")},
		Options: importers.Options{Partition: info.Partition, Region: info.Region, Account: info.Account, StackName: cmp.Or(stack, name)},
	}
	p, err := newPatch(in, d)
	if err != nil {
		return nil, err
	}
	in.Design = p.before
	if err := p.additions(nil); err != nil {
		return nil, err
	}
	s := p.sheets[0]
	if err := s.draft.Err(); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	var b strings.Builder
	b.WriteString(head)
	if len(s.added) == 0 {
		b.WriteString("\nResources: {}\n")
	} else {
		b.WriteString("\nResources:\n")
	}
	for i, a := range s.added {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.Entry(2, a.id, a.value) + "\n")
	}
	data := []byte(b.String())
	again := *in
	again.Files = source.Files{file: data}
	r, err := readAgain(context.Background(), &again)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	if differences := importers.Differences(d, r.design); len(differences) > 0 {
		return nil, fmt.Errorf("write %s: %w", name, &importers.ProofError{Differences: differences})
	}
	return data, nil
}
