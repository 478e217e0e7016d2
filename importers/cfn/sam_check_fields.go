package cfn

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A field is a property that a SAM type or event takes.
type field struct {
	name    string
	must    bool
	kind    byte // of what it holds: see wrongKind
	noCalls bool // intrinsic functions are not taken
}

// fields reads a list of properties: "Name Stream! Tags{ Layers[ Enabled?" with "!" for those that are required
// and a sign for what they hold (see wrongKind), "=" for those that take no intrinsic functions.
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
			case '{', '[', '<', '"', '?', '#', '%', '|', ',', ';':
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
	samFunction: `FunctionName| Handler Runtime CodeUri| ImageUri PackageType InlineCode DeadLetterQueue{= Description MemorySize Timeout VpcConfig{ Role"
		AssumeRolePolicyDocument{ Policies; RolePath PermissionsBoundary" Environment{ Events{= Tags{ PropagateTags? Tracing| KmsKeyArn DeploymentPreference{=
		ReservedConcurrentExecutions Layers< EventInvokeConfig{ EphemeralStorage AutoPublishAlias AutoPublishCodeSha256" AutoPublishAliasAllProperties?=
		VersionDescription ProvisionedConcurrencyConfig{ FileSystemConfigs ImageConfig CodeSigningConfigArn Architectures SnapStart{ FunctionUrlConfig{
		RuntimeManagementConfig{ LoggingConfig{ RecursiveLoop SourceKMSKeyArn CapacityProviderConfig{ FunctionScalingConfig{ VersionDeletionPolicy
		PublishToLatestPublished TenancyConfig DurableConfig{`,
	samAPI: `Name| StageName!| Tags{ DefinitionBody{ DefinitionUri| MergeDefinitions?= CacheClusterEnabled? CacheClusterSize" Variables{ EndpointConfiguration| MethodSettings[
		BinaryMediaTypes[ MinimumCompressionSize% Cors| Auth{= GatewayResponses{ AccessLogSetting{ CanarySetting{ TracingEnabled? OpenApiVersion= Models{= Domain{=
		FailOnWarnings? Description" Mode" DisableExecuteApiEndpoint? ApiKeySourceType" AlwaysDeploy?= Policy| PropagateTags? SecurityPolicy" EndpointAccessMode"
		__MANAGE_SWAGGER`,
	samHTTPAPI: `Name StageName| Tags{ DefinitionBody{ DefinitionUri| StageVariables{ CorsConfiguration AccessLogSettings{ DefaultRouteSettings{ RouteSettings{ Auth{
		Domain{ FailOnWarnings? Description" DisableExecuteApiEndpoint? PropagateTags? __MANAGE_SWAGGER`,
	samWebSocketAPI: `Name" StageName| Tags{ Routes{! RouteSelectionExpression!" StageVariables{ AccessLogSettings{ DefaultRouteSettings{ RouteSettings{ Auth{
		Domain{ Description" DisableExecuteApiEndpoint? PropagateTags? ApiKeySelectionExpression" DisableSchemaValidation? IpAddressType" FailOnWarnings?`,
	samMachine: `Definition{ DefinitionUri| Logging{ Role" DefinitionSubstitutions{ Events{= Name" Type" Tags{ PropagateTags? Policies; Tracing{ PermissionsBoundary" RolePath
		AutoPublishAlias DeploymentPreference UseAliasAsEventTarget?=`,
	samTable:       `PrimaryKey{ ProvisionedThroughput{ TableName| Tags{ SSESpecification{ PointInTimeRecoverySpecification`,
	samLayer:       `LayerName| Description" ContentUri!| CompatibleArchitectures< CompatibleRuntimes< LicenseInfo" RetentionPolicy" PublishLambdaVersion?`,
	samApplication: `Location!| Parameters{ NotificationARNs< Tags{ TimeoutInMinutes% TemplateUrl"`,
	samConnector:   `Source!{ Destination! Permissions[!`,
	samCapacity:    `CapacityProviderName| VpcConfig{! OperatorRole| Tags{ PropagateTags?= InstanceRequirements{ ScalingConfig{ KmsKeyArn|`,
	samGraphQL: `Auth{!= Tags{ Name XrayEnabled?= SchemaInline"= SchemaUri"= Logging= DataSources{= Functions{= Resolvers{= ApiKeys{= DomainName{ Cache{
		Visibility OwnerContact IntrospectionConfig QueryDepthLimit ResolverCountLimit EnvironmentVariables{`,
}

const pullFields = ` BatchSize% MaximumBatchingWindowInSeconds% Enabled? StartingPositionTimestamp MaximumRetryAttempts% BisectBatchOnFunctionError?
	MaximumRecordAgeInSeconds% DestinationConfig{ ParallelizationFactor% Topics[ Queues[ SourceAccessConfigurations[ SecretsManagerKmsKeyId" TumblingWindowInSeconds%
	FunctionResponseTypes[ KafkaBootstrapServers[ FilterCriteria{ ConsumerGroupId" ScalingConfig{ KmsKeyArn MetricsConfig{ LoggingConfig{ ProvisionedPollerConfig{
	SchemaRegistryConfig{ BootstrapServers[`

// samEvents lists what the events of functions take.
var samEvents = map[string]string{
	"Api":              `Path!"= Method!"= RestApiId Stage" Auth{ RequestModel{ RequestParameters[= TimeoutInMillis% ResponseTransferMode"`,
	"HttpApi":          `Path"= Method"= ApiId" Stage" Auth{ TimeoutInMillis% RouteSettings{ PayloadFormatVersion"`,
	"S3":               `Bucket! Events!,= Filter{`,
	"SNS":              `Topic!" Region" FilterPolicy FilterPolicyScope SqsSubscription RedrivePolicy{`,
	"SQS":              `Queue! StartingPosition` + pullFields,
	"Kinesis":          `Stream! StartingPosition!` + pullFields,
	"DynamoDB":         `Stream! StartingPosition!` + pullFields,
	"MSK":              `Stream! StartingPosition!` + pullFields,
	"MQ":               `Broker! DynamicPolicyName?= StartingPosition` + pullFields,
	"SelfManagedKafka": `StartingPosition` + pullFields,
	"DocumentDB":       `Cluster! DatabaseName! CollectionName FullDocument StartingPosition` + pullFields,
	"Schedule":         `Schedule!" RuleName" Input" Enabled? State" Name" Description" DeadLetterConfig{ RetryPolicy{`,
	"ScheduleV2": `PermissionsBoundary" ScheduleExpression!" FlexibleTimeWindow{ Name" State" Description" StartDate" EndDate" ScheduleExpressionTimezone" GroupName" Input"
		KmsKeyArn" RoleArn" DeadLetterConfig{ RetryPolicy{ OmitName?=`,
	"CloudWatchEvent": functionRule,
	"EventBridgeRule": functionRule,
	"CloudWatchLogs":  `LogGroupName!" FilterPattern!"`,
	"IoTRule":         `Sql!" AwsIotSqlVersion"`,
	"AlexaSkill":      `SkillId"`,
	"Cognito":         `UserPool! Trigger!,=`,
}

const functionRule = `EventBusName" RuleName" Pattern{ DeadLetterConfig{ RetryPolicy{ Input" InputPath" Target{ Enabled? State" InputTransformer{`

// samMachineEvents lists what the events of state machines take.
var samMachineEvents = map[string]string{
	"Api":             `Path!"= Method!"= RestApiId Stage" Auth{ UnescapeMappingTemplate?=`,
	"Schedule":        `Schedule!" Input" Enabled? State" Name" Description" DeadLetterConfig{ RetryPolicy{ Target{ RoleArn"=`,
	"ScheduleV2":      samEvents["ScheduleV2"],
	"CloudWatchEvent": machineRule,
	"EventBridgeRule": machineRule,
}

const machineRule = `EventBusName" RuleName" Pattern{ Input" InputPath" DeadLetterConfig{ RetryPolicy{ State" Target{ InputTransformer{`

// checkFields holds a mapping against what it may have.
func (t *transform) checkFields(what string, n *yamlpos.Node, place source.Span, allowed []field) {
	have := map[string]*yamlpos.Node{}
	if n != nil && n.Kind == yamlpos.Mapping {
		for _, p := range lastOfEach(n.Pairs()) {
			if p.Key.Value == "Fn::Transform" || strings.HasPrefix(p.Key.Value, "Fn::ForEach::") {
				return // it is filled in
			}
			i := slices.IndexFunc(allowed, func(f field) bool { return f.name == p.Key.Value })
			if i < 0 {
				t.refuse(p.Key.Span(), "%s takes no property %s", what, p.Key.Value)
				continue
			}
			have[p.Key.Value] = p.Value
			t.checkField(what, p, allowed[i])
		}
	}
	for _, f := range allowed {
		n := have[f.name].Resolve()
		if f.must && (n == nil || n.Kind == yamlpos.Scalar && n.Null || t.settle(n) == nil && !isNoValue(n)) {
			t.refuse(place, "%s needs the property %s", what, f.name)
		}
	}
}

func (t *transform) checkField(what string, p yamlpos.Pair, f field) {
	n := p.Value.Resolve()
	if isCall(n) {
		if f.noCalls {
			t.refuse(n.Span(), "%s: %s takes no intrinsic function", what, f.name)
		}
		return
	}
	if n == nil || n.Kind == yamlpos.Scalar && n.Null {
		return
	}
	if wrong := wrongKind(n, f.kind); wrong != "" {
		t.refuse(n.Span(), "%s: %s is %s", what, f.name, wrong)
	}
}

// wrongKind says what a value should be by its sign; "" if it is. The signs are { for a mapping, [ for a list, " for a text, ? for true
// or false, # for a number, also in a text, % for a number, | for a text or a mapping, < for a list of those, a comma for a text or
// a list of texts, and ; for a text, a mapping or a list.
func wrongKind(n *yamlpos.Node, kind byte) string {
	plain := plainKind(n)
	switch kind {
	case '{':
		if n.Kind != yamlpos.Mapping {
			return "not a mapping"
		}
	case '[':
		if n.Kind != yamlpos.Sequence {
			return "not a list"
		}
	case '<':
		if n.Kind != yamlpos.Sequence {
			return "not a list"
		}
		for _, i := range n.Items() {
			if i = i.Resolve(); !isCall(i) && plainKind(i) != '"' && i.Kind != yamlpos.Mapping {
				return "not a list of texts"
			}
		}
	case '"':
		if plain != '"' {
			return "not a text"
		}
	case '|':
		if plain != '"' && n.Kind != yamlpos.Mapping {
			return "neither a text nor a mapping"
		}
	case ',':
		ok := plain == '"' || n.Kind == yamlpos.Sequence
		for _, i := range n.Items() {
			ok = ok && plainKind(i.Resolve()) == '"'
		}
		if !ok {
			return "neither a text nor a list of texts"
		}
	case ';':
		if plain != '"' && n.Kind == yamlpos.Scalar {
			return "neither a text, a mapping nor a list"
		}
	case '?':
		if plain != '?' {
			return "neither true nor false"
		}
	case '%':
		if plain != '%' && plain != '?' {
			return "not a number"
		}
	case '#':
		if _, err := strconv.ParseFloat(n.Value, 64); n.Kind != yamlpos.Scalar || err != nil {
			return "not a number"
		}
	}
	return ""
}

// plainKind tells what a scalar is to a reader of YAML 1.1: " for a text, ? for true or false, % for a whole number, # for another
// one; 0 for what is no scalar, for nothing and for a call.
func plainKind(n *yamlpos.Node) byte {
	switch {
	case n == nil || n.Kind != yamlpos.Scalar || n.Null || isCall(n):
		return 0
	case n.Quoted || n.Style == yamlpos.Literal || n.Style == yamlpos.Folded:
		return '"'
	case isBool(n.Value):
		return '?'
	}
	if _, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 0, 64); err == nil {
		return '%'
	}
	if decimal.MatchString(n.Value) {
		return '#'
	}
	return '"'
}

var decimal = regexp.MustCompile(`^[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?$`)

func isBool(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off":
		return true
	}
	return false
}

// isTrueText reports which of the words of isBool it is.
func isTrueText(text string) bool {
	switch strings.ToLower(text) {
	case "true", "yes", "on":
		return true
	}
	return false
}
