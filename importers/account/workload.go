package account

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/event"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// nameID returns kind/name, or kind/account:region:name where another element has that id.
func (r *reader) nameID(kind, name, arn string) model.ID {
	id := model.MakeID(kind, name)
	if old := r.byID[id]; old == nil || arn != "" && model.ARN(old) == arn {
		return id
	}
	return model.MakeID(kind, field(arn, 4)+":"+field(arn, 3)+":"+name)
}

// triggerID is an ID for a trigger, which has no name of its own in an account: by what it starts and how, with the account and
// region of that where the same is started elsewhere, and a number where there are more. An account that stands beside others has its
// number put before all of its IDs: of those in one account and region it tells none apart.
func (r *reader) triggerID(name, arn string) model.ID {
	for n := 1; ; n++ {
		each := name
		if n > 1 {
			each = fmt.Sprintf("%s/%d", name, n)
		}
		id := model.MakeID("trigger", each)
		if old, ok := r.byID[id].(*model.Trigger); ok && arn != "" {
			if to := model.ARN(r.byID[old.To]); field(to, 3) != field(arn, 3) || field(to, 4) != field(arn, 4) {
				id = r.nameID("trigger", each, arn)
			}
		}
		if r.byID[id] == nil {
			return id
		}
	}
}

// function reads an item of ListFunctions. Environment values are dropped, names kept.
func (r *reader) function(n *yamlpos.Node) {
	name, arn := text(n.Get("FunctionName")), text(n.Get("FunctionArn"))
	f := &model.Function{ID: r.nameID("fn", name, arn), LogicalID: name, Name: name, ARN: arn, Runtime: text(n.Get("Runtime")), Handler: text(n.Get("Handler")),
		RoleARN: text(n.Get("Role")), VPC: len(items(n.Get("VpcConfig").Get("SubnetIds"))) > 0, Tracing: text(n.Get("TracingConfig").Get("Mode")) == "Active",
		DeadLetter: text(n.Get("DeadLetterConfig").Get("TargetArn")), Tags: tags(n.Get("Tags")), Origin: n.Span()}
	if group := text(n.Get("LoggingConfig").Get("LogGroup")); group != "/aws/lambda/"+name { // AWS lists what Lambda makes as well
		f.WriteLogsTo(group)
	}
	if id, ok := r.byARN[f.RoleARN]; ok {
		f.Role = id
	} else if f.RoleARN != "" {
		f.Role = r.external(f.RoleARN, n.Get("Role").Span())
	}
	if vars := n.Get("Environment").Get("Variables").Resolve(); vars != nil {
		for _, p := range vars.Pairs() {
			f.Environment = append(f.Environment, model.EnvVar{Name: p.Key.Value, Origin: p.Key.Span()})
		}
	}
	for _, l := range items(n.Get("Layers")) {
		f.Layers = append(f.Layers, text(l.Get("Arn")))
	}
	if f.VPC {
		r.outside(fmt.Sprintf("VPC %s: what %s can connect to in it", cmp.Or(text(n.Get("VpcConfig").Get("VpcId")), "of "+name), name))
	}
	for _, fsys := range items(n.Get("FileSystemConfigs")) {
		r.outside(fmt.Sprintf("file system %s, mounted by %s", text(fsys.Get("Arn")), name))
	}
	r.add(f, arn)
}

func (r *reader) outside(wall string) {
	if !slices.Contains(r.info.Outside, wall) {
		r.info.Outside = append(r.info.Outside, wall)
	}
}

// external adds a role that is named but was not seen.
func (r *reader) external(arn string, at source.Span) model.ID {
	role := &model.Role{ID: r.nameID("role", lastPart(arn), arn), LogicalID: lastPart(arn), Name: lastPart(arn), ARN: arn, External: true, Origin: at}
	r.report(source.Warning, at, fmt.Sprintf("the role %s was not seen", arn), "nothing that it allows is shown")
	r.info.Unresolved++
	r.add(role, arn)
	return role.ID
}

func (r *reader) resource(n *yamlpos.Node) {
	arn := text(n.Get("Arn"))
	res, named := r.byID[r.byARN[arn]].(*model.Resource)
	if arn == "" || r.byARN[arn] != "" && !(named && res.External) {
		return
	}
	if !named {
		res = r.newResource(arn, text(n.Get("Type")), n.Span())
	}
	res.External, res.PolicyUnseen, res.Origin = false, false, n.Span()
	res.Type, res.PartitionKey = cmp.Or(text(n.Get("Type")), res.Type), text(n.Get("PartitionKey"))
	res.Tags, res.Workflow, res.Network = tags(n.Get("Tags")), text(n.Get("Workflow")), text(n.Get("Network"))
	if name := text(n.Get("Name")); name != "" { // a key's alias, an API's title: its ARN has an id that says nothing
		res.Name, res.LogicalID = name, name
	}
	res.BlockPublicAccess = text(n.Get("PublicAccessBlock").Get("RestrictPublicBuckets")) == "true"
	if role := text(n.Get("Role")); role != "" {
		if res.Role = r.byARN[role]; res.Role == "" {
			res.Role = r.external(role, n.Get("Role").Span())
		}
	}
	if bucket := text(n.Get("Bucket")); bucket != "" {
		if r.byARN[bucket] == "" {
			r.named(bucket, "AWS::S3::Bucket", n.Get("Bucket").Span())
		}
		res.Bucket = r.byARN[bucket]
	}
	r.sends[res.ID] = text(n.Get("EventBridge")) == "true"
	if key := text(n.Get("KmsKeyArn")); key != "" {
		if r.byARN[key] == "" {
			r.named(key, "AWS::KMS::Key", n.Get("KmsKeyArn").Span())
		}
		res.Key = r.byARN[key]
	}
}

// typeOf is the CloudFormation type of what an ARN names, "" if it is not known.
func (r *reader) typeOf(arn string) string {
	switch e := r.byID[r.byARN[arn]].(type) {
	case *model.Function:
		return "AWS::Lambda::Function"
	case *model.Resource:
		return e.Type
	}
	if types := catalog.Load().TypesOfARN(arn); len(types) > 0 {
		return types[0]
	}
	return ""
}

// newResource adds a resource by its ARN; its type is guessed from the ARN where it is not told.
func (r *reader) newResource(arn, cfnType string, at source.Span) *model.Resource {
	if cfnType == "" {
		cfnType = r.typeOf(arn)
	}
	name := lastPart(arn)
	if strings.Contains(arn, ":secretsmanager:") || strings.Contains(arn, ":parameter/") || strings.Contains(arn, ":log-group:") {
		name = strings.TrimSuffix(strings.TrimPrefix(field(arn, 5), "log-group:"), ":*")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "secret:"), "parameter")
	}
	res := &model.Resource{ID: r.nameID("res", name, arn), LogicalID: name, Name: name, ARN: arn, Type: cfnType, Origin: at}
	if r.byID[res.ID] != nil { // a table and a queue of one name
		res.ID = model.MakeID("res", arn)
	}
	r.add(res, arn)
	return res
}

// resourcePolicy attaches a policy to the function or resource that has it.
func (r *reader) resourcePolicy(n *yamlpos.Node) {
	arn := text(n.Get("Resource"))
	in := &policy.Setting{Type: policy.ResourcePolicy, Of: r.typeOf(arn)}
	if strings.HasPrefix(field(arn, 5), "role/") && field(arn, 2) == "iam" {
		in.Type = policy.TrustPolicy
	}
	d := r.document(n.Get("Policy"), in)
	if arn == "" || n.Get("Policy") == nil {
		return
	}
	id := cmp.Or(r.byARN[arn], r.started(arn)) // a policy of an alias or a version names it in its statements
	if id == "" {
		res := r.newResource(arn, "", n.Span())
		res.External = true
		id = res.ID
	}
	switch e := r.byID[id].(type) {
	case *model.Function:
		e.Policy, e.PolicyUnseen = joined(e.Policy, d), e.PolicyUnseen || d == nil
	case *model.Resource:
		e.Policy, e.PolicyUnseen = joined(e.Policy, d), e.PolicyUnseen || d == nil
		if owner := text(n.Get("Account")); owner != r.info.Account && field(arn, 4) == "" {
			e.Account = owner
		}
	}
}

// started returns the function of an ARN that may be qualified by a version or alias; "" if it was not seen.
func (r *reader) started(arn string) model.ID {
	if id, ok := r.byARN[arn]; ok {
		return id
	}
	if parts := strings.Split(arn, ":"); len(parts) == 8 {
		return r.byARN[strings.Join(parts[:7], ":")]
	}
	return ""
}

// origin returns the resource that events come from, adding it where only its ARN is known.
func (r *reader) origin(arn string, at source.Span) model.ID {
	if arn == "" {
		return ""
	}
	if table, _, ok := strings.Cut(arn, "/stream/"); ok && strings.Contains(arn, ":dynamodb:") {
		arn = table
	}
	if id, ok := r.byARN[arn]; ok {
		return id
	}
	return r.named(arn, "", at).ID
}

// isAbroad reports whether an ARN is of a resource of another account, which its own file may show beside this one. What another
// account's functions run as is not known from their names.
func (r *reader) isAbroad(arn string) bool {
	account := field(arn, 4)
	return account != "" && r.info.Account != "" && account != r.info.Account && !strings.Contains(arn, ":function:")
}

// named adds a resource of which no more is known than its ARN: it may have a policy.
func (r *reader) named(arn, cfnType string, at source.Span) *model.Resource {
	res := r.newResource(arn, cfnType, at)
	res.External, res.PolicyUnseen = true, mayHavePolicy(res.Type)
	return res
}

// mapping reads an item of ListEventSourceMappings.
func (r *reader) mapping(n *yamlpos.Node) {
	from, to := text(n.Get("EventSourceArn")), text(n.Get("FunctionArn"))
	t := &model.Trigger{ID: model.MakeID("trigger", cmp.Or(text(n.Get("UUID")), from+">"+to)), Name: text(n.Get("UUID")), To: r.started(to),
		Kind: "event-source-mapping", Event: field(from, 2), Origin: n.Span()}
	if t.To == "" {
		r.report(source.Warning, n.Span(), fmt.Sprintf("the function %s was not seen", to), "the mapping is left out")
		return
	}
	t.Off = isOff(n)
	t.From = r.origin(from, n.Span())
	t.Label = lastPart(strings.Split(from, "/stream/")[0])
	var patterns []string
	for _, f := range items(n.Get("FilterCriteria").Get("Filters")) {
		patterns = append(patterns, text(f.Get("Pattern")))
	}
	t.Filter.Pattern = strings.Join(patterns, "\n")
	for _, topic := range items(n.Get("Topics")) {
		t.Filter.Parts = append(t.Filter.Parts, text(topic))
	}
	t.Failed = text(n.Get("DestinationConfig").Get("OnFailure").Get("Destination"))
	r.add(t, "")
}

// isOff reports whether what starts something is disabled: a mapping or rule by its State, a pipe by its CurrentState.
func isOff(n *yamlpos.Node) bool {
	for _, key := range []string{"State", "CurrentState"} {
		switch strings.ToUpper(text(n.Get(key))) {
		case "DISABLED", "DISABLING", "STOPPED", "STOPPING":
			return true
		}
	}
	return false
}

// json is a value that is JSON in a text, or JSON itself.
func (r *reader) json(n *yamlpos.Node) string {
	if n = n.Resolve(); n == nil || n.Null {
		return ""
	}
	if n.Kind == yamlpos.Scalar {
		return n.Value
	}
	return string(r.data[n.Span().Start:n.Span().End])
}

// filter reads what of a trigger's source passes: in the snapshot's own words, or as the services tell it, a bucket's
// notification with its Key and Events, a subscription with its FilterPolicy and its scope, a rule with its EventPattern.
// What is neither is told: everything is taken to pass.
func (r *reader) filter(n *yamlpos.Node) model.Filter {
	n = n.Resolve()
	first := func(names ...string) *yamlpos.Node {
		for _, name := range names {
			if x := n.Get(name); x != nil {
				return x
			}
		}
		return nil
	}
	f := model.Filter{Prefix: text(n.Get("prefix")), Suffix: text(n.Get("suffix")), Pattern: r.json(first("pattern", "FilterPolicy", "EventPattern")),
		OnBody: text(first("scope", "FilterPolicyScope")) == "MessageBody", Tagged: text(n.Get("tagged")) == "true"}
	for _, e := range items(first("events", "Events")) {
		f.Events = append(f.Events, text(e))
	}
	for _, rule := range items(n.Get("Key").Get("FilterRules")) {
		switch strings.ToLower(text(rule.Get("Name"))) {
		case "prefix":
			f.Prefix = text(rule.Get("Value"))
		case "suffix":
			f.Suffix = text(rule.Get("Value"))
		}
	}
	known := []string{"prefix", "suffix", "events", "pattern", "scope", "route", "schedule", "auth", "apiKey", "tagged", "Key", "Events", "FilterPolicy", "FilterPolicyScope", "EventPattern", "State", "CurrentState"}
	if n != nil && n.Kind == yamlpos.Mapping {
		for _, m := range n.Pairs() {
			if !slices.Contains(known, m.Key.Value) {
				r.report(source.Warning, m.Key.Span(), fmt.Sprintf("a filter's %q is not known", m.Key.Value), "everything is taken to pass; a filter has prefix, suffix, events and pattern, or is as S3, SNS or EventBridge tells it")
			}
		}
	}
	return f
}

// trigger reads an entry of the snapshot's own list.
func (r *reader) trigger(n *yamlpos.Node) {
	from, to, kind := text(n.Get("From")), text(n.Get("To")), text(n.Get("Kind"))
	t := &model.Trigger{Kind: kind, Event: strings.TrimSuffix(kind, "-notification"), Origin: n.Span()}
	if t.To = r.started(to); t.To == "" && r.isAbroad(to) {
		t.To = r.named(to, "", n.Span()).ID
	}
	if t.To == "" {
		r.report(source.Warning, n.Span(), fmt.Sprintf("%s, which is started, was not seen", to), "the trigger is left out")
		return
	}
	filter := n.Get("Filter")
	t.Filter, t.Off = r.filter(filter), isOff(n) || isOff(filter)
	onDefault := kind == "event-rule"
	if bus := busOf(from); onDefault && bus != "" && bus != "default" {
		onDefault = false
		arn := strings.TrimSuffix(from, field(from, 5)) + "event-bus/" + bus
		if r.byARN[arn] != "" {
			from = arn
		} else if field(from, 5) != "event-bus/"+bus {
			t.Bus = arn
		}
	}
	t.From = r.origin(from, n.Span())
	t.Label = cmp.Or(text(filter.Get("route")), text(filter.Get("schedule")), lastPart(from), kind)
	if role := text(n.Get("Role")); role != "" {
		if t.Role = r.byARN[role]; t.Role == "" {
			t.Role = r.external(role, n.Get("Role").Span())
		}
	}
	t.Dead = text(n.Get("Dead")) == "true"
	switch text(n.Get("Form")) {
	case "asItIs":
		t.Form = model.AsItIs
	case "inEnvelope":
		t.Form = model.InEnvelope
	}
	switch kind {
	case model.Redrive:
		t.Event, t.Label = "sqs", "dead letters"
	case model.Replication:
		t.Event, t.Label = field(from, 2), kind
	case model.Changes:
		t.Event, t.Label = "dynamodb", "changes"
	case "authorizer":
		t.Outside, t.Open, t.Label = true, true, "authorizer"
	case "state-machine-task":
		t.Event, t.Label = "states", "task"
	case "log-subscription":
		t.Event, t.Label = "logs", "log events"
	case "pipe":
		t.Label = "pipe"
	case "api-route":
		auth := text(filter.Get("auth"))
		t.Event, t.Outside, t.Open = "http", true, auth == "NONE"
		t.Keyed = t.Open && text(filter.Get("apiKey")) == "true"
		t.Token = auth == "JWT" || auth == "CUSTOM" || auth == "COGNITO_USER_POOLS"
	case "function-url":
		t.Event, t.Outside, t.Open, t.Label = "url", true, text(filter.Get("auth")) == "NONE", "function URL"
		if parts := strings.Split(to, ":"); len(parts) == 8 {
			t.Alias = parts[7]
		}
	}
	if t.Dead {
		t.Label = "dead letters"
	}
	if kind == "event-rule" && t.Filter.Pattern == "" && text(filter.Get("schedule")) != "" {
		t.Kind, t.Event = "schedule", "schedule" // no event starts it
	}
	t.Name = t.Label
	t.ID = r.triggerID(lastPart(to)+"/"+t.Label, to)
	r.add(t, "")
	if onDefault && t.Kind == "event-rule" {
		r.bucketRules(t)
	}
}

// busOf is the name of the event bus of a rule, or of the bus itself, by its ARN; "" for none but the default one.
func busOf(arn string) string {
	if field(arn, 2) != "events" {
		return ""
	}
	if bus, ok := strings.CutPrefix(field(arn, 5), "event-bus/"); ok {
		return bus
	}
	rule := strings.TrimPrefix(field(arn, 5), "rule/")
	return rule[:max(0, strings.LastIndexByte(rule, '/'))]
}

// bucketRules adds to a rule of the default bus, where buckets send their events, triggers from the buckets that its pattern
// names, and where it does not name all by a plain text, from those that send their events there.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func (r *reader) bucketRules(rule *model.Trigger) {
	var pattern struct {
		DetailType []any `json:"detail-type"`
		Detail     struct{ Bucket struct{ Name []any } }
	}
	sent, others := event.FromBuckets(rule.Filter.Pattern)
	if json.Unmarshal([]byte(rule.Filter.Pattern), &pattern) != nil || !sent {
		return
	}
	ofBucket := func(detailType any) bool {
		s, plain := detailType.(string)
		return !plain || catalog.NotificationOf(s) != ""
	}
	if pattern.DetailType != nil && !slices.ContainsFunc(pattern.DetailType, ofBucket) {
		return
	}
	names := pattern.Detail.Bucket.Name
	for _, e := range r.elements {
		b, ok := e.(*model.Resource)
		if !ok || b.Type != "AWS::S3::Bucket" || !(others && r.sends[b.ID]) && !slices.Contains(names, any(b.Name)) {
			continue
		}
		each := *rule
		each.From, each.ID = b.ID, r.triggerID(lastPart(string(rule.ID))+"/"+b.Name, "")
		r.add(&each, "")
	}
}

// permissions adds a trigger for each service and source that a function's policy lets in, unless it is known.
func (r *reader) permissions() {
	known := map[[2]model.ID]bool{}
	outside := map[model.ID]bool{}
	var functions []*model.Function
	for _, e := range r.elements {
		switch e := e.(type) {
		case *model.Trigger:
			known[[2]model.ID{e.From, e.To}] = true
			outside[e.To] = outside[e.To] || e.Outside
		case *model.Function:
			functions = append(functions, e)
		}
	}
	for _, f := range functions {
		if f.Policy == nil {
			continue
		}
		for _, s := range f.Policy.Statements {
			if s.Effect == policy.Deny || s.NotPrincipal {
				continue
			}
			for _, p := range s.Principals {
				if p.Kind == "Service" {
					r.permission(f, s, p.Value, known, outside)
				}
			}
		}
	}
}

func (r *reader) permission(f *model.Function, s *policy.Statement, service string, known map[[2]model.ID]bool, outside map[model.ID]bool) {
	service, _, _ = strings.Cut(service, ".")
	t := &model.Trigger{To: f.ID, Kind: "permission", Event: service, Origin: s.Span}
	for _, c := range s.Conditions {
		if strings.EqualFold(c.Key, "aws:SourceArn") && len(c.Values) > 0 {
			t.Label = c.Values[0]
		}
	}
	switch service {
	case "apigateway":
		if outside[f.ID] {
			return
		}
		t.Event, t.Outside = "http", true
		if _, route, ok := strings.Cut(t.Label, "/"); ok {
			t.Label = "/" + route
		}
	default:
		id, ok := r.byARN[t.Label]
		if !ok || known[[2]model.ID{id, f.ID}] {
			return
		}
		t.From, t.Label = id, lastPart(t.Label)
	}
	way := [2]model.ID{cmp.Or(t.From, model.ID(t.Event+" "+t.Label)), f.ID}
	if known[way] {
		return // a policy of an alias says it again
	}
	known[way] = true
	t.Name = cmp.Or(s.Sid, t.Label)
	t.ID = r.triggerID(f.LogicalID+"/"+t.Name, f.ARN)
	r.add(t, "")
}

// destinations reads an item of ListFunctionEventInvokeConfigs.
func (r *reader) destinations(n *yamlpos.Node) {
	f, ok := r.byID[r.started(strings.TrimSuffix(text(n.Get("FunctionArn")), ":$LATEST"))].(*model.Function)
	if !ok {
		return
	}
	for _, when := range []string{"OnSuccess", "OnFailure"} {
		if to := text(n.Get("DestinationConfig").Get(when).Get("Destination")); to != "" && !slices.Contains(f.Destinations, to) {
			f.Destinations = append(f.Destinations, to)
		}
	}
}

// stacks tells the elements which stack of CloudFormation they are of.
func (r *reader) stacks(list []*yamlpos.Node) {
	if len(list) == 0 {
		return
	}
	of := map[string]string{}
	for _, n := range list {
		for _, part := range items(n.Get("Resources")) {
			if id := text(part.Get("PhysicalResourceId")); id != "" {
				of[text(part.Get("ResourceType"))+" "+id] = text(n.Get("StackName"))
			}
		}
	}
	find := func(kind string, names ...string) string {
		for _, name := range names {
			if s, ok := of[kind+" "+name]; ok && name != "" {
				return s
			}
		}
		return ""
	}
	for _, e := range r.elements {
		switch e := e.(type) {
		case *model.Function:
			e.Stack = find("AWS::Lambda::Function", e.Name, e.ARN)
		case *model.Role:
			e.Stack = find("AWS::IAM::Role", e.Name, e.ARN)
		case *model.Policy:
			if e.Stack = find("AWS::IAM::ManagedPolicy", e.ARN); e.Stack == "" {
				e.Stack = find("AWS::IAM::Policy", e.Name)
			}
		case *model.Principal:
			e.Stack = find("AWS::IAM::User", e.Name, e.ARN)
		case *model.Resource:
			queue := "" // a queue's physical id is its address
			if e.Type == "AWS::SQS::Queue" {
				queue = "https://sqs." + field(e.ARN, 3) + ".amazonaws.com/" + field(e.ARN, 4) + "/" + e.Name
			}
			e.Stack = find(e.Type, e.ARN, e.Name, lastPart(e.ARN), queue)
		}
	}
}
