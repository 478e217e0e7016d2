package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
)

// checkEvents looks at the events of what its condition leaves out: SAM makes it all the same.
func (t *transform) checkEvents(r *resource) {
	if r.Written != samFunction && r.Written != samMachine {
		return
	}
	for _, p := range t.pairs(t.get(r.Props, "Events")) {
		e, ok := t.newEvent(r, p)
		if !ok {
			continue
		}
		if known := map[bool]map[string]string{true: samMachineEvents, false: samEvents}[r.Written == samMachine]; known[e.kind] == "" {
			t.wrongEvent(e, "it has no Type that is known")
		}
		t.checkEvent(e)
	}
}

// checkWritten looks for intrinsic functions in the place of events or of all their properties, into which SAM does not look.
func (t *transform) checkWritten(what string, events *yamlpos.Node) {
	events = events.Resolve()
	if events == nil || events.Kind != yamlpos.Mapping || isCall(events) {
		return
	}
	for _, p := range lastOfEach(events.Pairs()) {
		if p.Key.Value == "Fn::Transform" || strings.HasPrefix(p.Key.Value, "Fn::ForEach::") {
			continue // filled in before SAM
		}
		if strings.HasPrefix(p.Key.Value, "Fn::") {
			t.refuse(p.Key.Span(), "%s: %s stands beside events", what, p.Key.Value)
			continue
		}
		for _, n := range []*yamlpos.Node{p.Value.Resolve(), p.Value.Get("Properties").Resolve()} {
			if isCall(n) {
				t.refuse(n.Span(), "%s: event %s takes no intrinsic function there", what, p.Key.Value)
				break
			}
		}
	}
}

// elementsOf lists the elements of a list as they stand; none for what is not there.
func elementsOf(n *yamlpos.Node) []*yamlpos.Node {
	if n = n.Resolve(); n == nil {
		return nil
	}
	return n.Items()
}

// asWritten lists the entries of a mapping as they stand, whatever conditions say; none for what is not there.
func asWritten(n *yamlpos.Node) []yamlpos.Pair {
	if n = n.Resolve(); n == nil {
		return nil
	}
	return lastOfEach(n.Pairs())
}

func (t *transform) checkEvent(e event) {
	list, ok := samEvents[e.kind]
	if e.of.Written == samMachine {
		list, ok = samMachineEvents[e.kind]
	}
	if !ok {
		return
	}
	what := "event " + e.key + " of " + e.of.ID
	t.checkFields(what, e.props, e.span, fields(list))
	if t.get(e.of.Props, "TenancyConfig") != nil && e.kind != "Api" && e.kind != "HttpApi" {
		t.refuse(e.span, "%s: a function with TenancyConfig takes Api and HttpApi events only", what)
	}
	t.checkRuleQueue(e, what)
	p := e.props
	if t.get(p, "State") != nil && t.get(p, "Enabled") != nil {
		t.refuse(e.span, "%s has both State and Enabled", what)
	}
	if f := t.get(p, "FilterCriteria"); f != nil && f.Kind == yamlpos.Mapping && !isCall(f) {
		for _, x := range f.Pairs() {
			if x.Key.Value != "Filters" {
				t.refuse(x.Key.Span(), "%s: FilterCriteria takes Filters only", what)
			}
		}
	}
	if f := t.get(p, "FilterCriteria"); f != nil && !isCall(f) && len(f.Pairs()) > 0 && e.kind == "DocumentDB" {
		t.refuse(f.Span(), "%s takes no FilterCriteria", what)
	}
	if d := t.get(p, "DestinationConfig"); d != nil && d.Kind == yamlpos.Mapping && len(d.Pairs()) > 0 {
		on := t.get(d, "OnFailure")
		if on == nil || on.Kind != yamlpos.Mapping {
			t.refuse(d.Span(), "%s: DestinationConfig needs OnFailure, a mapping", what)
		} else if !isFalsy(t.get(on, "Type")) {
			t.oneOf(what, "Type of OnFailure", t.get(on, "Type"), "SQS", "SNS", "S3", "Kafka")
		}
	}
	if n := t.get(p, "ConsumerGroupId"); !isEmpty(n) && e.kind != "MSK" && e.kind != "SelfManagedKafka" {
		t.refuse(n.Span(), "%s: ConsumerGroupId is for Kafka", what)
	}
	if n := t.get(p, "SecretsManagerKmsKeyId"); isCall(n) {
		t.refuse(n.Span(), "%s: SecretsManagerKmsKeyId is not a text", what)
	}
	if e.kind == "MSK" || e.kind == "SelfManagedKafka" {
		t.checkRegistry(t.get(p, "SchemaRegistryConfig"), what)
	}
	switch e.kind {
	case "S3":
		t.checkBucketOf(e, what)
	case "SNS":
		if q := t.get(p, "SqsSubscription"); q != nil && q.Kind == yamlpos.Mapping && len(q.Pairs()) > 0 {
			if t.get(q, "QueueArn") == nil || t.get(q, "QueueUrl") == nil {
				t.refuse(q.Span(), "%s: SqsSubscription needs QueueArn and QueueUrl", what)
			}
			if id := q.Get("QueuePolicyLogicalId").Resolve(); !isFalsy(id) && (isCall(id) || plainKind(id) != '"') {
				t.refuse(id.Span(), "%s: QueuePolicyLogicalId is not a text", what)
			}
		} else {
			t.should(what, q, '?', "SqsSubscription")
		}
	case "ScheduleV2":
		if n := t.get(p, "Name"); n != nil && t.isTrue(t.get(p, "OmitName")) {
			t.refuse(n.Span(), "%s has a Name and OmitName", what)
		}
	case "Cognito":
		t.checkPool(e, what)
	case "SelfManagedKafka":
		t.checkKafka(e, what)
	case "MQ":
		t.checkAccess(e, what, []string{"BASIC_AUTH", "VIRTUAL_HOST"})
	case "DocumentDB":
		t.checkAccess(e, what, []string{"BASIC_AUTH"})
	case "Api":
		t.checkRestEvent(e, what)
	case "HttpApi":
		t.checkHTTPEvent(e, what)
	}
}

// checkRuleQueue looks at the dead-letter queue of a rule or schedule: given, or made.
func (t *transform) checkRuleQueue(e event, what string) {
	if raw := e.props.Get("DeadLetterConfig").Resolve(); isCall(raw) {
		t.refuse(raw.Span(), "%s: DeadLetterConfig takes no intrinsic function", what)
		return
	}
	d := t.get(e.props, "DeadLetterConfig")
	if d == nil || d.Kind != yamlpos.Mapping {
		return
	}
	arn, kind := t.get(d, "Arn"), t.get(d, "Type")
	switch {
	case arn == nil && kind == nil:
		t.refuse(d.Span(), "%s: DeadLetterConfig needs Arn or Type", what)
	case arn != nil && kind != nil:
		t.refuse(d.Span(), "%s: DeadLetterConfig has both Arn and Type", what)
	case kind != nil && t.words(kind) != "SQS":
		t.refuse(kind.Span(), "%s: DeadLetterConfig is of Type SQS", what)
	}
	if id := t.get(d, "QueueLogicalId"); id != nil && (id.Kind != yamlpos.Scalar || isCall(id)) {
		t.refuse(id.Span(), "%s: QueueLogicalId is not a text", what)
	}
}

func (t *transform) checkBucketOf(e event, what string) {
	n := t.get(e.props, "Bucket")
	name, arg := intrinsic(n)
	if name == "Ref" && arg != nil && t.template.byID[arg.Value] != nil {
		return
	}
	if n != nil {
		t.refuse(n.Span(), "%s: Bucket is not a Ref of a bucket in this template", what)
	}
}

// checkPool looks at the user pool of an event, whose trigger no other event may have.
func (t *transform) checkPool(e event, what string) {
	n := t.get(e.props, "UserPool")
	name, arg := intrinsic(n)
	if n == nil {
		return
	}
	if name != "Ref" || arg == nil || t.template.byID[arg.Value] == nil {
		t.refuse(n.Span(), "%s: UserPool is not a Ref of a user pool in this template", what)
		return
	}
	if config := t.get(t.template.byID[arg.Value].Props, "LambdaConfig"); config != nil && config.Kind != yamlpos.Mapping {
		t.refuse(config.Span(), "user pool %s: LambdaConfig is not a mapping", arg.Value)
	}
	for _, trigger := range t.texts(t.get(e.props, "Trigger"), nil) {
		key := arg.Value + "." + trigger
		if t.poolTriggers[key] {
			t.refuse(e.span, "%s: %s of %s has a function already", what, trigger, arg.Value)
		}
		t.poolTriggers[key] = true
	}
}

func (t *transform) checkKafka(e event, what string) {
	if len(t.items(t.get(e.props, "KafkaBootstrapServers"))) == 0 {
		t.refuse(e.span, "%s needs KafkaBootstrapServers", what)
	}
	if topics := t.get(e.props, "Topics"); topics == nil || topics.Kind == yamlpos.Sequence && len(t.items(topics)) != 1 {
		t.refuse(e.span, "%s needs Topics with one topic", what)
	}
	access := t.get(e.props, "SourceAccessConfigurations")
	for _, a := range elementsOf(access) {
		if isCall(a.Resolve()) {
			t.refuse(a.Span(), "%s: an entry of SourceAccessConfigurations takes no intrinsic function", what)
		}
	}
	if isFalsy(access) {
		t.refuse(e.span, "%s needs SourceAccessConfigurations", what)
		return
	}
	auth, subnet, group := 0, false, false
	for _, a := range t.items(access) {
		switch kind := t.words(t.get(a, "Type")); kind {
		case "VPC_SUBNET":
			subnet = true
		case "VPC_SECURITY_GROUP":
			group = true
		case "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH":
			auth++
		case "SERVER_ROOT_CA_CERTIFICATE":
		default:
			t.refuse(a.Span(), "%s: SourceAccessConfigurations has no Type %s", what, kind)
		}
		if uri := t.get(a, "URI"); isEmpty(uri) || !isCall(uri) && plainKind(uri) != '"' {
			t.refuse(a.Span(), "%s: an entry of SourceAccessConfigurations has no URI", what)
		}
	}
	if auth > 1 {
		t.refuse(access.Span(), "%s: SourceAccessConfigurations has more than one way to authenticate", what)
	}
	if subnet != group {
		t.refuse(access.Span(), "%s: VPC_SUBNET and VPC_SECURITY_GROUP go together", what)
	}
}

// checkRegistry looks at where the schemas of a Kafka topic are.
func (t *transform) checkRegistry(n *yamlpos.Node, what string) {
	if n == nil || n.Kind != yamlpos.Mapping || len(n.Pairs()) == 0 {
		return
	}
	t.checkFields(what+" SchemaRegistryConfig", n, n.Span(), fields("SchemaRegistryURI! EventRecordFormat! SchemaValidationConfigs![ AccessConfigs["))
	t.oneOf(what, "EventRecordFormat", t.get(n, "EventRecordFormat"), "JSON", "SOURCE")
	for _, a := range t.items(t.get(n, "AccessConfigs")) {
		if a.Get("Type") == nil || a.Get("URI") == nil {
			t.refuse(a.Span(), "%s: an entry of AccessConfigs needs Type and URI", what)
		}
	}
}

// checkAccess looks at SourceAccessConfigurations: one of the first type, others as allowed.
func (t *transform) checkAccess(e event, what string, types []string) {
	access := t.items(t.get(e.props, "SourceAccessConfigurations"))
	count := 0
	for _, a := range access {
		kind := t.words(t.get(a, "Type"))
		if !slices.Contains(types, kind) {
			t.refuse(a.Span(), "%s: SourceAccessConfigurations has no Type %s", what, kind)
		}
		if kind == types[0] {
			count++
			if isFalsy(t.get(a, "URI")) {
				t.refuse(a.Span(), "%s: %s has no URI", what, kind)
			}
		}
	}
	if count != 1 {
		t.refuse(e.span, "%s needs SourceAccessConfigurations with one %s", what, types[0])
	}
}
