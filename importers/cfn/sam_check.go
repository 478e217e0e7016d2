package cfn

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// refuse tells of what SAM does not take. The import goes on.
func (t *transform) refuse(span source.Span, format string, args ...any) {
	t.notes.add(source.Error, span, fmt.Sprintf(format, args...), "SAM refuses it; it was read as far as it goes.")
}

// A field is a property that a SAM type or event takes.
type field struct {
	name    string
	must    bool
	kind    byte // 0 anything, '{' a mapping, '[' a list, '"' text, '?' true or false, '#' a number
	noCalls bool // intrinsic functions are not taken
}

// fields reads a list of properties: "Name Stream! Tags{ Layers[ Enabled?" with "!" for those that are required
// and a sign for what they hold.
func fields(text string) []field {
	var out []field
	for _, w := range strings.Fields(text) {
		f := field{}
		for {
			last := w[len(w)-1]
			switch last {
			case '!':
				f.must = true
			case '=':
				f.noCalls = true
			case '{', '[', '"', '?', '#':
				f.kind = last
			default:
				last = 0
			}
			if last == 0 {
				break
			}
			w = w[:len(w)-1]
		}
		f.name = w
		out = append(out, f)
	}
	return out
}

// samProperties lists what the SAM resource types take, from the SAM specification.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
var samProperties = map[string]string{
	samFunction: `FunctionName Handler Runtime CodeUri ImageUri PackageType InlineCode DeadLetterQueue{ Description MemorySize Timeout VpcConfig{ Role
		AssumeRolePolicyDocument{ Policies RolePath PermissionsBoundary Environment{ Events{ Tags{ PropagateTags? Tracing KmsKeyArn DeploymentPreference{
		ReservedConcurrentExecutions Layers[ EventInvokeConfig{ EphemeralStorage AutoPublishAlias AutoPublishCodeSha256 AutoPublishAliasAllProperties?=
		VersionDescription ProvisionedConcurrencyConfig{ FileSystemConfigs ImageConfig CodeSigningConfigArn Architectures SnapStart{ FunctionUrlConfig{
		RuntimeManagementConfig{ LoggingConfig{ RecursiveLoop SourceKMSKeyArn CapacityProviderConfig{ FunctionScalingConfig{ VersionDeletionPolicy
		PublishToLatestPublished TenancyConfig{ DurableConfig{`,
	samAPI: `Name StageName! Tags{ DefinitionBody{ DefinitionUri MergeDefinitions? CacheClusterEnabled CacheClusterSize Variables{ EndpointConfiguration MethodSettings[
		BinaryMediaTypes[ MinimumCompressionSize Cors Auth{ GatewayResponses{ AccessLogSetting{ CanarySetting{ TracingEnabled OpenApiVersion Models{ Domain{
		FailOnWarnings Description Mode DisableExecuteApiEndpoint ApiKeySourceType AlwaysDeploy? Policy{ PropagateTags? SecurityPolicy EndpointAccessMode
		__MANAGE_SWAGGER`,
	samHTTPAPI: `Name StageName Tags{ DefinitionBody{ DefinitionUri StageVariables{ CorsConfiguration AccessLogSettings{ DefaultRouteSettings{ RouteSettings{ Auth{
		Domain{ FailOnWarnings Description DisableExecuteApiEndpoint? PropagateTags? __MANAGE_SWAGGER`,
	"AWS::Serverless::WebSocketApi": `Name StageName Tags{ Routes{! RouteSelectionExpression! StageVariables{ AccessLogSettings{ DefaultRouteSettings{ RouteSettings{ Auth{
		Domain{ Description DisableExecuteApiEndpoint? PropagateTags? ApiKeySelectionExpression DisableSchemaValidation? IpAddressType`,
	samMachine: `Definition{ DefinitionUri Logging{ Role DefinitionSubstitutions{ Events{ Name Type Tags{ PropagateTags? Policies Tracing{ PermissionsBoundary RolePath
		AutoPublishAlias" DeploymentPreference{ UseAliasAsEventTarget?`,
	"AWS::Serverless::SimpleTable":      `PrimaryKey{ ProvisionedThroughput{ TableName Tags{ SSESpecification{ PointInTimeRecoverySpecification{`,
	"AWS::Serverless::LayerVersion":     `LayerName Description ContentUri! CompatibleArchitectures[ CompatibleRuntimes[ LicenseInfo RetentionPolicy PublishLambdaVersion?`,
	"AWS::Serverless::Application":      `Location! Parameters{ NotificationARNs[ Tags{ TimeoutInMinutes TemplateUrl`,
	"AWS::Serverless::Connector":        `Source! Destination! Permissions[!`,
	"AWS::Serverless::CapacityProvider": `CapacityProviderName VpcConfig{! OperatorRole Tags{ PropagateTags? InstanceRequirements{ ScalingConfig{ KmsKeyArn`,
	"AWS::Serverless::GraphQLApi": `Auth{! Tags{ Name XrayEnabled SchemaInline SchemaUri Logging DataSources{ Functions{ Resolvers{ ApiKeys{ DomainName{ Cache{
		Visibility OwnerContact IntrospectionConfig QueryDepthLimit ResolverCountLimit EnvironmentVariables{`,
}

const pullFields = ` BatchSize MaximumBatchingWindowInSeconds Enabled StartingPositionTimestamp MaximumRetryAttempts BisectBatchOnFunctionError MaximumRecordAgeInSeconds
	DestinationConfig{ ParallelizationFactor Topics[ Queues[ SourceAccessConfigurations[ SecretsManagerKmsKeyId TumblingWindowInSeconds FunctionResponseTypes[
	KafkaBootstrapServers[ FilterCriteria{ ConsumerGroupId ScalingConfig{ KmsKeyArn MetricsConfig{ LoggingConfig{ ProvisionedPollerConfig{ SchemaRegistryConfig{ BootstrapServers[`

// samEvents lists what the events of functions take.
var samEvents = map[string]string{
	"Api":              `Path! Method! RestApiId Stage Auth{ RequestModel{ RequestParameters[ TimeoutInMillis ResponseTransferMode`,
	"HttpApi":          `Path Method ApiId Stage Auth{ TimeoutInMillis RouteSettings{ PayloadFormatVersion`,
	"S3":               `Bucket! Events! Filter{`,
	"SNS":              `Topic! Region FilterPolicy{ FilterPolicyScope SqsSubscription RedrivePolicy{`,
	"SQS":              `Queue! StartingPosition` + pullFields,
	"Kinesis":          `Stream! StartingPosition!` + pullFields,
	"DynamoDB":         `Stream! StartingPosition!` + pullFields,
	"MSK":              `Stream! StartingPosition! DestinationConfig{ SourceAccessConfigurations[` + pullFields,
	"MQ":               `Broker! DynamicPolicyName? StartingPosition` + pullFields,
	"SelfManagedKafka": `StartingPosition` + pullFields,
	"DocumentDB":       `Cluster! DatabaseName! CollectionName FullDocument StartingPosition` + pullFields,
	"Schedule":         `Schedule! RuleName Input Enabled? State Name Description DeadLetterConfig{ RetryPolicy{`,
	"ScheduleV2": `PermissionsBoundary ScheduleExpression FlexibleTimeWindow{ Name State Description StartDate EndDate ScheduleExpressionTimezone GroupName Input
		KmsKeyArn RoleArn DeadLetterConfig{ RetryPolicy{ OmitName?`,
	"CloudWatchEvent": `EventBusName RuleName Pattern{ DeadLetterConfig{ RetryPolicy{ Input InputPath Target{ Enabled State InputTransformer{`,
	"EventBridgeRule": `EventBusName RuleName Pattern{ DeadLetterConfig{ RetryPolicy{ Input InputPath Target{ InputTransformer{ Enabled State`,
	"CloudWatchLogs":  `LogGroupName! FilterPattern!`,
	"IoTRule":         `Sql! AwsIotSqlVersion`,
	"AlexaSkill":      `SkillId`,
	"Cognito":         `UserPool! Trigger!`,
}

// samMachineEvents lists what the events of state machines take.
var samMachineEvents = map[string]string{
	"Api":             `Path! Method! RestApiId Stage Auth{ UnescapeMappingTemplate?`,
	"Schedule":        `Schedule! Input Enabled? State Name Description DeadLetterConfig{ RetryPolicy{ Target{ RoleArn`,
	"ScheduleV2":      samEvents["ScheduleV2"],
	"CloudWatchEvent": machineRule,
	"EventBridgeRule": machineRule,
}

const machineRule = `EventBusName RuleName Pattern{ Input InputPath DeadLetterConfig{ RetryPolicy{ State Target{ InputTransformer{`

// checkFields holds a mapping against what it may have.
func (t *transform) checkFields(what string, n *yamlpos.Node, place source.Span, allowed []field) {
	have := map[string]*yamlpos.Node{}
	if n != nil && n.Kind == yamlpos.Mapping {
		for _, p := range lastOfEach(n.Pairs) {
			if strings.HasPrefix(p.Key.Value, "Fn::") {
				return // a transform fills it in
			}
			i := slices.IndexFunc(allowed, func(f field) bool { return f.name == p.Key.Value })
			if i < 0 {
				t.refuse(p.Key.Span, "%s takes no property %s", what, p.Key.Value)
				continue
			}
			have[p.Key.Value] = p.Value
			t.checkField(what, p, allowed[i])
		}
	}
	for _, f := range allowed {
		if f.must && (have[f.name] == nil || t.settle(have[f.name]) == nil && !isNoValue(have[f.name])) {
			t.refuse(place, "%s needs the property %s", what, f.name)
		}
	}
}

func (t *transform) checkField(what string, p yamlpos.Pair, f field) {
	n := p.Value.Resolve()
	if isCall(n) {
		if f.noCalls {
			t.refuse(n.Span, "%s: %s takes no intrinsic function", what, f.name)
		}
		return
	}
	if n == nil || n.Kind == yamlpos.Scalar && n.Null {
		return
	}
	if wrong := wrongKind(n, f.kind); wrong != "" {
		t.refuse(n.Span, "%s: %s is %s", what, f.name, wrong)
	}
}

// wrongKind says what a value should be; "" if it is.
func wrongKind(n *yamlpos.Node, kind byte) string {
	switch kind {
	case '{':
		if n.Kind != yamlpos.Mapping {
			return "not a mapping"
		}
	case '[':
		if n.Kind != yamlpos.Sequence {
			return "not a list"
		}
	case '"':
		if n.Kind != yamlpos.Scalar {
			return "not a text"
		}
	case '?':
		if n.Kind != yamlpos.Scalar || n.Quoted || !isBool(n.Value) {
			return "neither true nor false"
		}
	case '#':
		if _, err := strconv.ParseFloat(n.Value, 64); n.Kind != yamlpos.Scalar || err != nil {
			return "not a number"
		}
	}
	return ""
}

func isBool(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off":
		return true
	}
	return false
}

// should tells where a value that is there is of another kind than it should be.
func (t *transform) should(what string, n *yamlpos.Node, kind byte, name string) bool {
	if n == nil || isCall(n) || n.Kind == yamlpos.Scalar && n.Null {
		return true
	}
	if wrong := wrongKind(n, kind); wrong != "" {
		t.refuse(n.Span, "%s: %s is %s", what, name, wrong)
		return false
	}
	return true
}

// check looks at a SAM resource, whether it is made or left out by its condition: SAM does both.
func (t *transform) check(r *resource) {
	switch r.Written {
	case samFunction:
		t.checkFunction(r)
	case samMachine:
		t.checkMachine(r)
	case samAPI, samHTTPAPI:
		t.checkAPI(r)
	case "AWS::Serverless::WebSocketApi":
		t.checkWebSocketAPI(r)
	case "AWS::Serverless::GraphQLApi":
		t.checkGraphQL(r)
	case "AWS::Serverless::CapacityProvider":
		t.checkCapacityProvider(r)
	case "AWS::Serverless::Application":
		t.checkApplication(r)
	case "AWS::Serverless::LayerVersion":
		t.checkLayer(r)
	case "AWS::Serverless::SimpleTable":
		t.checkTable(r)
	case "AWS::S3::Bucket":
		if t.template.isSAM() {
			t.checkBucket(r)
		}
	default:
		t.checkSAM(r)
	}
}

// checkSAM holds a SAM resource against the specification of its type.
func (t *transform) checkSAM(r *resource) {
	list, ok := samProperties[r.Written]
	if !ok {
		return
	}
	what := strings.TrimPrefix(r.Written, "AWS::Serverless::") + " " + r.ID
	t.checkFields(what, r.Props, r.Origin, fields(list))
	t.checkIgnored(r, what, list)
}

// checkIgnored looks at IgnoreGlobals: "*" or names of properties that Globals may hold.
func (t *transform) checkIgnored(r *resource, what, list string) {
	n := r.Value.Get("IgnoreGlobals").Resolve()
	if n == nil || n.Kind == yamlpos.Scalar && n.Value == "*" {
		return
	}
	if n.Kind != yamlpos.Sequence {
		t.refuse(n.Span, `%s: IgnoreGlobals is neither "*" nor a list of properties`, what)
		return
	}
	known := fields(list)
	for _, i := range n.Items {
		i = i.Resolve()
		if !slices.ContainsFunc(known, func(f field) bool { return f.name == i.Value }) {
			t.refuse(i.Span, "%s: IgnoreGlobals names %s, which is no property", what, i.Value)
		}
	}
}

func (t *transform) checkFunction(f *resource) {
	t.checkSAM(f)
	p, what := f.Props, "Function "+f.ID
	kind := t.words(t.get(p, "PackageType"))
	handler, runtime := t.get(p, "Handler"), t.get(p, "Runtime")
	switch kind {
	case "", "Zip":
		if handler == nil || runtime == nil {
			t.refuse(f.Origin, "%s needs Handler and Runtime", what)
		}
	case "Image":
		if handler != nil || runtime != nil || t.get(p, "Layers") != nil {
			t.refuse(f.Origin, "%s is an image and takes no Handler, Runtime or Layers", what)
		}
	default:
		if !hasUnknown(kind) {
			t.refuse(f.Origin, "%s: PackageType is Zip or Image", what)
		}
	}
	t.checkVersions(f, what)
	t.checkCode(f, what)
	t.checkArchitectures(what, "Architectures", t.get(p, "Architectures"), true)
	t.checkFunctionURL(what, t.get(p, "FunctionUrlConfig"))
	t.checkTags(what, t.get(p, "Tags"))
	t.should(what, t.get(p, "Environment", "Variables"), '{', "Variables")
	t.should(what, f.Value.Get("Connectors").Resolve(), '{', "Connectors")
	if d := t.get(p, "DeadLetterQueue"); d != nil && d.Kind == yamlpos.Mapping {
		to := t.get(d, "Type")
		if !t.should(what, to, '"', "DeadLetterQueue.Type") {
			return
		}
		if text := t.words(to); text != "SQS" && text != "SNS" || t.get(d, "TargetArn") == nil {
			t.refuse(d.Span, "%s: DeadLetterQueue needs a Type, SQS or SNS, and a TargetArn", what)
		}
	}
	if d := t.get(p, "EventInvokeConfig", "DestinationConfig"); t.should(what, d, '{', "DestinationConfig") {
		for _, when := range []string{"OnSuccess", "OnFailure"} {
			n := t.get(d, when)
			if n == nil || !t.should(what, n, '{', when) {
				continue
			}
			to := t.words(t.get(n, "Type"))
			if !slices.Contains([]string{"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"}, to) {
				t.refuse(n.Span, "%s: %s has no Type of SQS, SNS, EventBridge, Lambda or S3Bucket", what, when)
			} else if t.get(n, "Destination") == nil && to != "SQS" && to != "SNS" {
				t.refuse(n.Span, "%s: %s needs a Destination", what, when)
			}
		}
	}
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
		for _, x := range f.Pairs {
			if x.Key.Value != "Filters" {
				t.refuse(x.Key.Span, "%s: FilterCriteria takes Filters only", what)
			}
		}
	}
	if d := t.get(p, "DestinationConfig"); d != nil && d.Kind == yamlpos.Mapping && !isCall(d) {
		if on := t.get(d, "OnFailure"); on == nil || on.Kind != yamlpos.Mapping {
			t.refuse(d.Span, "%s: DestinationConfig needs OnFailure, a mapping", what)
		}
	}
	switch e.kind {
	case "S3":
		t.checkBucketOf(e, what)
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
	d := t.get(e.props, "DeadLetterConfig")
	if d == nil || d.Kind != yamlpos.Mapping || isCall(d) {
		return
	}
	arn, kind := t.get(d, "Arn"), t.get(d, "Type")
	switch {
	case arn == nil && kind == nil:
		t.refuse(d.Span, "%s: DeadLetterConfig needs Arn or Type", what)
	case arn != nil && kind != nil:
		t.refuse(d.Span, "%s: DeadLetterConfig has both Arn and Type", what)
	case kind != nil && t.words(kind) != "SQS":
		t.refuse(kind.Span, "%s: DeadLetterConfig is of Type SQS", what)
	}
	if id := t.get(d, "QueueLogicalId"); id != nil && (id.Kind != yamlpos.Scalar || isCall(id)) {
		t.refuse(id.Span, "%s: QueueLogicalId is not a text", what)
	}
}

func (t *transform) checkBucketOf(e event, what string) {
	n := t.get(e.props, "Bucket")
	name, arg := intrinsic(n)
	if name == "Ref" && arg != nil && t.template.byID[arg.Value] != nil {
		return
	}
	if n != nil {
		t.refuse(n.Span, "%s: Bucket is not a Ref of a bucket in this template", what)
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
		t.refuse(n.Span, "%s: UserPool is not a Ref of a user pool in this template", what)
		return
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
	if access == nil {
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
			t.refuse(a.Span, "%s: SourceAccessConfigurations has no Type %s", what, kind)
		}
		if t.get(a, "URI") == nil {
			t.refuse(a.Span, "%s: an entry of SourceAccessConfigurations has no URI", what)
		}
	}
	if auth > 1 {
		t.refuse(access.Span, "%s: SourceAccessConfigurations has more than one way to authenticate", what)
	}
	if subnet != group {
		t.refuse(access.Span, "%s: VPC_SUBNET and VPC_SECURITY_GROUP go together", what)
	}
}

// checkAccess looks at SourceAccessConfigurations: one of the first type, others as allowed.
func (t *transform) checkAccess(e event, what string, types []string) {
	access := t.items(t.get(e.props, "SourceAccessConfigurations"))
	count := 0
	for _, a := range access {
		kind := t.words(t.get(a, "Type"))
		if !slices.Contains(types, kind) {
			t.refuse(a.Span, "%s: SourceAccessConfigurations has no Type %s", what, kind)
		}
		if kind == types[0] {
			count++
			if t.get(a, "URI") == nil {
				t.refuse(a.Span, "%s: %s has no URI", what, kind)
			}
		}
	}
	if count != 1 {
		t.refuse(e.span, "%s needs SourceAccessConfigurations with one %s", what, types[0])
	}
}

func (t *transform) checkMachine(r *resource) {
	t.checkSAM(r)
	what := "StateMachine " + r.ID
	d, uri := t.get(r.Props, "Definition"), t.get(r.Props, "DefinitionUri")
	switch {
	case d != nil && uri != nil:
		t.refuse(uri.Span, "%s has both Definition and DefinitionUri", what)
	case d == nil && uri == nil:
		t.refuse(r.Origin, "%s needs Definition or DefinitionUri", what)
	}
	t.checkURI(what, "DefinitionUri", uri)
	if text := t.words(uri); uri != nil && uri.Kind == yamlpos.Scalar && !isCall(uri) && !strings.HasPrefix(text, "s3://") && path.Ext(text) == "" && !hasUnknown(text) {
		t.refuse(uri.Span, "%s: DefinitionUri is neither an object in S3 nor a file", what)
	}
	if t.get(r.Props, "AutoPublishAlias") == nil {
		for _, key := range []string{"DeploymentPreference", "UseAliasAsEventTarget"} {
			if n := t.get(r.Props, key); n != nil && !strings.EqualFold(t.words(n), "false") {
				t.refuse(n.Span, "%s: %s needs AutoPublishAlias", what, key)
			}
		}
	}
	if t.get(r.Props, "Role") != nil && t.get(r.Props, "Policies") != nil {
		t.refuse(r.Origin, "%s has both Role and Policies", what)
	}
}

func (t *transform) checkApplication(r *resource) {
	t.checkSAM(r)
	n := t.get(r.Props, "Location")
	if n == nil || n.Kind != yamlpos.Mapping || isCall(n) {
		return
	}
	for _, key := range []string{"ApplicationId", "SemanticVersion"} {
		v := t.get(n, key)
		name, _ := intrinsic(v)
		switch {
		case v == nil || v.Kind == yamlpos.Scalar && v.Null:
			t.refuse(n.Span, "Application %s: Location needs %s", r.ID, key)
		case name == "" && v.Kind != yamlpos.Scalar, name != "" && name != "Ref" && name != "Fn::FindInMap":
			t.refuse(v.Span, "Application %s: %s is neither a text, a Ref nor in a mapping", r.ID, key)
		}
	}
}

func (t *transform) checkCapacityProvider(r *resource) {
	t.checkSAM(r)
	what := "CapacityProvider " + r.ID
	if n := t.get(r.Props, "VpcConfig"); n != nil {
		t.checkFields(what+" VpcConfig", n, n.Span, fields("SubnetIds[! SecurityGroupIds["))
	}
	if n := t.get(r.Props, "ScalingConfig"); n != nil {
		t.checkFields(what+" ScalingConfig", n, n.Span, fields("MaxVCpuCount# AverageCPUUtilization# ManualScalingPolicies["))
	}
}

// checkBucket looks at what S3 events add to.
func (t *transform) checkBucket(r *resource) {
	what := "bucket " + r.ID
	n := t.get(r.Props, "NotificationConfiguration")
	if t.should(what, n, '{', "NotificationConfiguration") {
		t.should(what, t.get(n, "LambdaConfigurations"), '[', "LambdaConfigurations")
	}
	t.should(what, t.get(r.Props, "Tags"), '[', "Tags")
}
