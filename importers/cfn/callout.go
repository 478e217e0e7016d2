package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	eventpattern "bulkhead/model/event"
)

// A callout is a property with which a resource calls a function (or sends to another resource).
type callout struct {
	cfnType string
	path    string // keys by dots; a list on the way is gone through
	kind    string
	event   string
	label   string
	outside bool
	from    string // property that names where it comes from, if not the resource itself
	keys    string // property with the prefix of what it puts into a bucket
}

// callouts follow the reference of each type in the CloudFormation template reference.
var callouts = []callout{
	{cfnType: "AWS::AppSync::DataSource", path: "LambdaConfig.LambdaFunctionArn", kind: "graphql", event: "appsync", label: "GraphQL", outside: true, from: "ApiId"},
	{cfnType: "AWS::AppSync::DataSource", path: "DynamoDBConfig.TableName", kind: "graphql-data", event: "appsync", label: "GraphQL", from: "ApiId"},
	{cfnType: "AWS::AppSync::DataSource", path: "EventBridgeConfig.EventBusArn", kind: "graphql-data", event: "appsync", label: "GraphQL", from: "ApiId"},
	{cfnType: "AWS::VpcLattice::TargetGroup", path: "Targets.Id", kind: "lattice", event: "vpc-lattice", label: "VPC Lattice"},
	{cfnType: "AWS::SES::ReceiptRule", path: "Rule.Actions.LambdaAction.FunctionArn", kind: "mail", event: "ses", label: "mail received", outside: true},
	{cfnType: "AWS::SES::ReceiptRule", path: "Rule.Actions.S3Action.BucketName", kind: "mail", event: "ses", label: "mail received", outside: true, keys: "Rule.Actions.S3Action.ObjectKeyPrefix"},
	{cfnType: "AWS::SES::ReceiptRule", path: "Rule.Actions.SNSAction.TopicArn", kind: "mail", event: "ses", label: "mail received", outside: true},
	{cfnType: "AWS::Config::ConfigRule", path: "Source.SourceIdentifier", kind: "config-rule", event: "config", label: "configuration changes"},
	{cfnType: "AWS::CloudWatch::Alarm", path: "AlarmActions", kind: "alarm", event: "alarm", label: "alarm"},
	{cfnType: "AWS::CloudWatch::Alarm", path: "OKActions", kind: "alarm", event: "alarm", label: "alarm over"},
	{cfnType: "AWS::CloudWatch::Alarm", path: "InsufficientDataActions", kind: "alarm", event: "alarm", label: "alarm without data"},
	{cfnType: "AWS::CloudWatch::CompositeAlarm", path: "AlarmActions", kind: "alarm", event: "alarm", label: "alarm"},
	{cfnType: "AWS::CloudWatch::CompositeAlarm", path: "OKActions", kind: "alarm", event: "alarm", label: "alarm over"},
	{cfnType: "AWS::CloudWatch::CompositeAlarm", path: "InsufficientDataActions", kind: "alarm", event: "alarm", label: "alarm without data"},
	{cfnType: "AWS::Logs::Destination", path: "TargetArn", kind: "log-destination", event: "logs", label: "log events"},
	{cfnType: "AWS::CloudFront::Distribution", path: "DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations.LambdaFunctionARN", kind: "cloudfront", event: "cloudfront", label: "CloudFront", outside: true},
	{cfnType: "AWS::CloudFront::Distribution", path: "DistributionConfig.CacheBehaviors.LambdaFunctionAssociations.LambdaFunctionARN", kind: "cloudfront", event: "cloudfront", label: "CloudFront", outside: true},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors.Parameters.ParameterValue", kind: "firehose", event: "firehose", label: "records"},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "ExtendedS3DestinationConfiguration.BucketARN", kind: "firehose", event: "firehose", label: "records", keys: "ExtendedS3DestinationConfiguration.Prefix"},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "S3DestinationConfiguration.BucketARN", kind: "firehose", event: "firehose", label: "records", keys: "S3DestinationConfiguration.Prefix"},
	{cfnType: "AWS::Bedrock::Agent", path: "ActionGroups.ActionGroupExecutor.Lambda", kind: "agent", event: "bedrock", label: "agent action"},
	{cfnType: "AWS::Bedrock::Agent", path: "AgentCollaborators.AgentDescriptor.AliasArn", kind: "agent", event: "bedrock", label: "collaborator"},
	{cfnType: "AWS::Bedrock::AgentAlias", path: "AgentId", kind: "agent", event: "bedrock", label: "alias"},
	{cfnType: "AWS::Bedrock::FlowAlias", path: "FlowArn", kind: "agent", event: "bedrock", label: "alias"},
	{cfnType: "AWS::BedrockAgentCore::GatewayTarget", path: "TargetConfiguration.Mcp.Lambda.LambdaArn", kind: "agent", event: "bedrock", label: "agent tool", from: "GatewayIdentifier"},
	{cfnType: "AWS::CodePipeline::Pipeline", path: "Stages.Actions.Configuration.FunctionName", kind: "pipeline", event: "codepipeline", label: "pipeline"},
	{cfnType: "AWS::S3ObjectLambda::AccessPoint", path: "ObjectLambdaConfiguration.TransformationConfigurations.ContentTransformation.AwsLambda.FunctionArn", kind: "object-lambda", event: "s3", label: "objects read"},
	{cfnType: "AWS::AppSync::GraphQLApi", path: "LambdaAuthorizerConfig.AuthorizerUri", kind: "authorizer", event: "authorizer", label: "authorizer", outside: true},
	{cfnType: "AWS::AppSync::GraphQLApi", path: "AdditionalAuthenticationProviders.LambdaAuthorizerConfig.AuthorizerUri", kind: "authorizer", event: "authorizer", label: "authorizer", outside: true},
	{cfnType: "AWS::AppSync::GraphQLApi", path: "Auth.LambdaAuthorizer.AuthorizerUri", kind: "authorizer", event: "authorizer", label: "authorizer", outside: true}, // SAM's
	{cfnType: "AWS::AppSync::GraphQLApi", path: "Auth.Additional.LambdaAuthorizer.AuthorizerUri", kind: "authorizer", event: "authorizer", label: "authorizer", outside: true},
	{cfnType: "AWS::Bedrock::Flow", path: "Definition.Nodes.Configuration.LambdaFunction.LambdaArn", kind: "agent", event: "bedrock", label: "flow"},
	{cfnType: "AWS::CloudFormation::Macro", path: "FunctionName", kind: "macro", event: "cloudformation", label: "deployment"},
	{cfnType: "AWS::CodeCommit::Repository", path: "Triggers.DestinationArn", kind: "repository", event: "codecommit", label: "commits"},
	{cfnType: "AWS::Config::OrganizationConfigRule", path: "OrganizationCustomRuleMetadata.LambdaFunctionArn", kind: "config-rule", event: "config", label: "configuration changes"},
	{cfnType: "AWS::Connect::IntegrationAssociation", path: "IntegrationArn", kind: "contact-flow", event: "connect", label: "contacts", outside: true, from: "InstanceId"},
	{cfnType: "AWS::IoT::Authorizer", path: "AuthorizerFunctionArn", kind: "authorizer", event: "iot", label: "authorizer", outside: true},
	{cfnType: "AWS::IoT::ProvisioningTemplate", path: "PreProvisioningHook.TargetArn", kind: "iot-provisioning", event: "iot", label: "new things", outside: true},
	{cfnType: "AWS::Kendra::DataSource", path: "CustomDocumentEnrichmentConfiguration.PreExtractionHookConfiguration.LambdaArn", kind: "enrichment", event: "kendra", label: "documents"},
	{cfnType: "AWS::Kendra::DataSource", path: "CustomDocumentEnrichmentConfiguration.PostExtractionHookConfiguration.LambdaArn", kind: "enrichment", event: "kendra", label: "documents"},
	{cfnType: "AWS::KinesisAnalyticsV2::Application", path: "ApplicationConfiguration.SqlApplicationConfiguration.Inputs.InputProcessingConfiguration.InputLambdaProcessor.ResourceARN", kind: "analytics", event: "kinesisanalytics", label: "records"},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "AmazonopensearchserviceDestinationConfiguration.ProcessingConfiguration.Processors.Parameters.ParameterValue", kind: "firehose", event: "firehose", label: "records"},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "HttpEndpointDestinationConfiguration.ProcessingConfiguration.Processors.Parameters.ParameterValue", kind: "firehose", event: "firehose", label: "records"},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "RedshiftDestinationConfiguration.ProcessingConfiguration.Processors.Parameters.ParameterValue", kind: "firehose", event: "firehose", label: "records"},
	{cfnType: "AWS::KinesisFirehose::DeliveryStream", path: "SplunkDestinationConfiguration.ProcessingConfiguration.Processors.Parameters.ParameterValue", kind: "firehose", event: "firehose", label: "records"},
	{cfnType: "AWS::Lex::BotAlias", path: "BotAliasLocaleSettings.BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn", kind: "bot", event: "lex", label: "conversation", outside: true},
	{cfnType: "AWS::Transfer::Server", path: "IdentityProviderDetails.Function", kind: "authorizer", event: "transfer", label: "login", outside: true},
	{cfnType: "AWS::Transfer::Workflow", path: "Steps.CustomStepDetails.Target", kind: "transfer", event: "transfer", label: "files", outside: true},
	{cfnType: "AWS::Lex::Bot", path: "TestBotAliasSettings.BotAliasLocaleSettings.BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn", kind: "bot", event: "lex", label: "conversation", outside: true},
	{cfnType: "AWS::ARCRegionSwitch::Plan", path: "Workflows.Steps.ExecutionBlockConfiguration.CustomActionLambdaConfig.Lambdas.Arn", kind: "region-switch", event: "arc-region-switch", label: "region switch"},
	{cfnType: "AWS::AppFlow::Connector", path: "ConnectorProvisioningConfig.Lambda.LambdaArn", kind: "connector", event: "appflow", label: "records"},
	{cfnType: "AWS::AppSync::Api", path: "EventConfig.AuthProviders.LambdaAuthorizerConfig.AuthorizerUri", kind: "authorizer", event: "authorizer", label: "authorizer", outside: true},
	{cfnType: "AWS::AppSync::FunctionConfiguration", path: "SyncConfig.LambdaConflictHandlerConfig.LambdaConflictHandlerArn", kind: "graphql", event: "appsync", label: "conflicts", from: "ApiId"},
	{cfnType: "AWS::AppSync::Resolver", path: "SyncConfig.LambdaConflictHandlerConfig.LambdaConflictHandlerArn", kind: "graphql", event: "appsync", label: "conflicts", from: "ApiId"},
	{cfnType: "AWS::Bedrock::Agent", path: "CustomOrchestration.Executor.Lambda", kind: "agent", event: "bedrock", label: "orchestration"},
	{cfnType: "AWS::Bedrock::Agent", path: "PromptOverrideConfiguration.OverrideLambda", kind: "agent", event: "bedrock", label: "agent output"},
	{cfnType: "AWS::Bedrock::DataSource", path: "VectorIngestionConfiguration.CustomTransformationConfiguration.Transformations.TransformationFunction.TransformationLambdaConfiguration.LambdaArn", kind: "enrichment", event: "bedrock", label: "documents"},
	{cfnType: "AWS::Bedrock::FlowVersion", path: "Definition.Nodes.Configuration.LambdaFunction.LambdaArn", kind: "agent", event: "bedrock", label: "flow", from: "FlowArn"},
	{cfnType: "AWS::BedrockAgentCore::Evaluator", path: "EvaluatorConfig.CodeBased.LambdaConfig.LambdaArn", kind: "agent", event: "bedrock", label: "evaluation"},
	{cfnType: "AWS::BedrockAgentCore::Gateway", path: "InterceptorConfigurations.Interceptor.Lambda.Arn", kind: "agent", event: "bedrock", label: "agent calls"},
	{cfnType: "AWS::CloudFormation::LambdaHook", path: "LambdaFunction", kind: "hook", event: "cloudformation", label: "deployment"},
	{cfnType: "AWS::EC2::ClientVpnEndpoint", path: "ClientConnectOptions.LambdaFunctionArn", kind: "authorizer", event: "ec2", label: "login", outside: true},
	{cfnType: "AWS::HealthLake::FHIRDatastore", path: "IdentityProviderConfiguration.IdpLambdaArn", kind: "authorizer", event: "healthlake", label: "login", outside: true},
	{cfnType: "AWS::IoT::CertificateProvider", path: "LambdaFunctionArn", kind: "iot-provisioning", event: "iot", label: "certificates", outside: true},
	{cfnType: "AWS::IoT::DomainConfiguration", path: "ServerCertificateConfig.OcspLambdaArn", kind: "iot-provisioning", event: "iot", label: "certificates"},
	{cfnType: "AWS::IoTEvents::AlarmModel", path: "AlarmEventActions.AlarmActions.Lambda.FunctionArn", kind: "alarm", event: "iotevents", label: "alarm"},
	{cfnType: "AWS::IoTEvents::DetectorModel", path: "DetectorModelDefinition.States.OnEnter.Events.Actions.Lambda.FunctionArn", kind: "detector", event: "iotevents", label: "detector"},
	{cfnType: "AWS::IoTEvents::DetectorModel", path: "DetectorModelDefinition.States.OnExit.Events.Actions.Lambda.FunctionArn", kind: "detector", event: "iotevents", label: "detector"},
	{cfnType: "AWS::IoTEvents::DetectorModel", path: "DetectorModelDefinition.States.OnInput.Events.Actions.Lambda.FunctionArn", kind: "detector", event: "iotevents", label: "detector"},
	{cfnType: "AWS::IoTEvents::DetectorModel", path: "DetectorModelDefinition.States.OnInput.TransitionEvents.Actions.Lambda.FunctionArn", kind: "detector", event: "iotevents", label: "detector"},
	{cfnType: "AWS::IoTSiteWise::Portal", path: "Alarms.NotificationLambdaArn", kind: "alarm", event: "iotsitewise", label: "alarm"},
	{cfnType: "AWS::KinesisAnalyticsV2::ApplicationOutput", path: "Output.LambdaOutput.ResourceARN", kind: "analytics", event: "kinesisanalytics", label: "records"},
	{cfnType: "AWS::Pinpoint::ApplicationSettings", path: "CampaignHook.LambdaFunctionName", kind: "campaign", event: "pinpoint", label: "campaigns"},
	{cfnType: "AWS::Pinpoint::Campaign", path: "CampaignHook.LambdaFunctionName", kind: "campaign", event: "pinpoint", label: "campaigns"},
	{cfnType: "AWS::QBusiness::DataSource", path: "DocumentEnrichmentConfiguration.PostExtractionHookConfiguration.LambdaArn", kind: "enrichment", event: "qbusiness", label: "documents"},
	{cfnType: "AWS::QBusiness::DataSource", path: "DocumentEnrichmentConfiguration.PreExtractionHookConfiguration.LambdaArn", kind: "enrichment", event: "qbusiness", label: "documents"},
	{cfnType: "AWS::RefactorSpaces::Service", path: "LambdaEndpoint.Arn", kind: "url", event: "refactor-spaces", label: "requests", outside: true},
	{cfnType: "AWS::SSM::MaintenanceWindowTask", path: "TaskArn", kind: "maintenance", event: "ssm", label: "maintenance window"},
}

// callouts makes triggers of what a resource calls.
func (b *builder) callouts(r *resource) {
	n := 0
	for _, c := range callouts {
		if c.cfnType != r.Type {
			continue
		}
		if at, _, ok := strings.Cut(c.path, ".ProcessingConfiguration."); ok && b.words(b.get(r.Props, at, "ProcessingConfiguration", "Enabled")) == "false" {
			continue
		}
		var values, prefixes []*yamlpos.Node
		b.gather(b.settle(r.Props), strings.Split(c.path, "."), &values)
		if c.keys != "" {
			b.gather(b.settle(r.Props), strings.Split(c.keys, "."), &prefixes)
		}
		for _, v := range values {
			to := b.target(v)
			if to == nil || b.elementOf(to) == b.ids[r] {
				continue
			}
			t := b.newTrigger(r, to, c.kind, c.event)
			if n > 0 {
				t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/%d", r.ID, n)))
			}
			n++
			t.From, t.Label, t.Outside, t.Origin = b.elementOf(r), c.label, c.outside, v.Span()
			if c.from != "" {
				if from := b.source(b.get(r.Props, c.from), nil); from != "" {
					t.From = from
				}
			}
			if len(prefixes) == 1 {
				t.Keys = b.keysOf(prefixes[0])
			}
			b.letsIn(t, r)
			b.addTrigger(t, r, v)
		}
	}
	b.takesIn(r)
}

// letsIn says whom what makes a callout lets call it, and what of it the callout is about.
func (b *builder) letsIn(t *model.Trigger, r *resource) {
	switch from := b.places.resources[t.From]; {
	case t.Kind == "alarm" && r.Type == "AWS::CloudWatch::Alarm":
		t.Metric = b.metric(r)
	case t.Kind == "graphql" || t.Kind == "graphql-data":
		t.Keyed = b.isKeyedGraphQL(t.From)
		t.Token = !t.Keyed && from != nil && !b.takesIAM(from)
		if r.Type == "AWS::AppSync::DataSource" {
			t.Filter.Parts = b.fields(r)
		}
	case from != nil && from.Type == "AWS::BedrockAgentCore::Gateway":
		// AWS_IAM is the authorizer for callers with AWS credentials; NONE asks for nothing.
		kind := b.words(b.get(from.Props, "AuthorizerType"))
		t.Token, t.Open = kind == "CUSTOM_JWT", kind == "NONE"
		t.Outside = t.Open
	case t.Kind == "repository":
		for _, n := range b.items(b.get(r.Props, "Triggers")) {
			if to := b.target(b.get(n, "DestinationArn")); to != nil && b.elementOf(to) == t.To {
				t.Filter.Parts = b.texts(b.get(n, "Events"), nil)
			}
		}
	}
	t.Open = t.Open || t.Kind == "cloudfront" || t.Keyed
}

// takesIAM reports whether a GraphQL API takes callers with AWS credentials, among others ("AWS_IAM authorization").
func (b *builder) takesIAM(api *resource) bool {
	kinds := []string{b.words(b.get(api.Props, "AuthenticationType")), b.words(b.get(api.Props, "Auth", "Type"))}
	for _, path := range [][]string{{"AdditionalAuthenticationProviders"}, {"Auth", "Additional"}} {
		for _, n := range b.items(b.get(api.Props, path...)) {
			kinds = append(kinds, b.words(b.get(n, "AuthenticationType")), b.words(b.get(n, "Type")))
		}
	}
	return slices.ContainsFunc(kinds, func(kind string) bool { return kind == "AWS_IAM" || strings.Contains(kind, "${") }) || kinds[0]+kinds[1] == ""
}

// gather follows keys, through all elements of lists on the way.
func (s *scope) gather(n *yamlpos.Node, keys []string, out *[]*yamlpos.Node) {
	n = s.settle(n)
	switch {
	case n == nil:
	case n.Kind == yamlpos.Sequence && !isCall(n):
		for _, i := range s.items(n) {
			s.gather(i, keys, out)
		}
	case len(keys) == 0:
		*out = append(*out, n)
	default:
		s.gather(s.get(n, keys[0]), keys[1:], out)
	}
}

// isKeyedGraphQL reports whether a GraphQL API takes callers with an API key alone (AWS AppSync Developer Guide, "API_KEY
// authorization").
func (b *builder) isKeyedGraphQL(api model.ID) bool {
	r := b.places.resources[api]
	if r == nil {
		return false
	}
	kind := b.words(b.get(r.Props, "AuthenticationType"))
	if kind == "" {
		kind = b.words(b.get(r.Props, "Auth", "Type"))
	}
	return kind == "API_KEY"
}

// bucketsOf are the buckets whose events an EventBridge pattern asks for, and the kinds of event as notifications name
// them: those that it names, and where it does not name all by a plain text, those that send their events to EventBridge.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func (b *builder) bucketsOf(pattern *yamlpos.Node, text string) (buckets []model.ID, events []string) {
	sources, types := b.get(pattern, "source"), b.get(pattern, "detail-type")
	for _, t := range b.texts(types, nil) {
		if e := catalog.NotificationOf(t); e != "" {
			events = append(events, e)
		}
	}
	sent, others := eventpattern.FromBuckets(text)
	if pattern == nil || !sent || sources == nil && types != nil && events == nil {
		return nil, nil
	}
	names := b.get(pattern, "detail", "bucket", "name")
	for _, n := range b.items(names) {
		if id := b.source(n, ofType("AWS::S3::Bucket")); id != "" && !slices.Contains(buckets, id) {
			buckets = append(buckets, id)
		}
	}
	if others {
		for _, r := range b.resources {
			c := b.get(r.Props, "NotificationConfiguration", "EventBridgeConfiguration")
			if r.Type != "AWS::S3::Bucket" || r.Hidden || c == nil || b.words(b.get(c, "EventBridgeEnabled")) == "false" {
				continue
			}
			if id := b.elementOf(r); !slices.Contains(buckets, id) {
				buckets = append(buckets, id)
			}
		}
	}
	return buckets, events
}
