package cfn

import (
	"testing"

	"bulkhead/importers"
)

// A resource that names a function in one of these properties calls it (each type's page in the template reference).
func TestCallouts(t *testing.T) {
	for _, c := range []struct {
		typ, props, kind string
		outside          bool
	}{
		{"AWS::ARCRegionSwitch::Plan", `Workflows: [{Steps: [{ExecutionBlockConfiguration: {CustomActionLambdaConfig: {Lambdas: [{Arn: !GetAtt F.Arn}]}}}]}]`, "region-switch", false},
		{"AWS::AppFlow::Connector", `ConnectorProvisioningConfig: {Lambda: {LambdaArn: !GetAtt F.Arn}}`, "connector", false},
		{"AWS::AppSync::Api", `EventConfig: {AuthProviders: [{AuthType: AWS_LAMBDA, LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt F.Arn}}]}`, "authorizer", true},
		{"AWS::AppSync::FunctionConfiguration", `SyncConfig: {LambdaConflictHandlerConfig: {LambdaConflictHandlerArn: !GetAtt F.Arn}}`, "graphql", false},
		{"AWS::AppSync::Resolver", `SyncConfig: {LambdaConflictHandlerConfig: {LambdaConflictHandlerArn: !GetAtt F.Arn}}`, "graphql", false},
		{"AWS::Bedrock::Agent", `CustomOrchestration: {Executor: {Lambda: !GetAtt F.Arn}}`, "agent", false},
		{"AWS::Bedrock::Agent", `PromptOverrideConfiguration: {OverrideLambda: !GetAtt F.Arn}`, "agent", false},
		{"AWS::Bedrock::DataSource", `VectorIngestionConfiguration: {CustomTransformationConfiguration: {Transformations: [{TransformationFunction: {TransformationLambdaConfiguration: {LambdaArn: !GetAtt F.Arn}}}]}}`, "enrichment", false},
		{"AWS::Bedrock::FlowVersion", `Definition: {Nodes: [{Configuration: {LambdaFunction: {LambdaArn: !GetAtt F.Arn}}}]}`, "agent", false},
		{"AWS::BedrockAgentCore::Evaluator", `EvaluatorConfig: {CodeBased: {LambdaConfig: {LambdaArn: !GetAtt F.Arn}}}`, "agent", false},
		{"AWS::BedrockAgentCore::Gateway", `InterceptorConfigurations: [{Interceptor: {Lambda: {Arn: !GetAtt F.Arn}}}]`, "agent", false},
		{"AWS::CloudFormation::LambdaHook", `LambdaFunction: !GetAtt F.Arn`, "hook", false},
		{"AWS::EC2::ClientVpnEndpoint", `ClientConnectOptions: {Enabled: true, LambdaFunctionArn: !GetAtt F.Arn}`, "authorizer", true},
		{"AWS::HealthLake::FHIRDatastore", `IdentityProviderConfiguration: {IdpLambdaArn: !GetAtt F.Arn}`, "authorizer", true},
		{"AWS::IoT::CertificateProvider", `LambdaFunctionArn: !GetAtt F.Arn`, "iot-provisioning", true},
		{"AWS::IoT::DomainConfiguration", `ServerCertificateConfig: {OcspLambdaArn: !GetAtt F.Arn}`, "iot-provisioning", false},
		{"AWS::IoTEvents::AlarmModel", `AlarmEventActions: {AlarmActions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}`, "alarm", false},
		{"AWS::IoTEvents::DetectorModel", `DetectorModelDefinition: {States: [{OnEnter: {Events: [{Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}]}}]}`, "detector", false},
		{"AWS::IoTEvents::DetectorModel", `DetectorModelDefinition: {States: [{OnInput: {TransitionEvents: [{Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}]}}]}`, "detector", false},
		{"AWS::IoTSiteWise::Portal", `Alarms: {NotificationLambdaArn: !GetAtt F.Arn}`, "alarm", false},
		{"AWS::KinesisAnalyticsV2::ApplicationOutput", `Output: {LambdaOutput: {ResourceARN: !GetAtt F.Arn}}`, "analytics", false},
		{"AWS::Pinpoint::ApplicationSettings", `CampaignHook: {LambdaFunctionName: !Ref F}`, "campaign", false},
		{"AWS::Pinpoint::Campaign", `CampaignHook: {LambdaFunctionName: !GetAtt F.Arn}`, "campaign", false},
		{"AWS::QBusiness::DataSource", `DocumentEnrichmentConfiguration: {PreExtractionHookConfiguration: {LambdaArn: !GetAtt F.Arn}}`, "enrichment", false},
		{"AWS::RefactorSpaces::Service", `EndpointType: LAMBDA, LambdaEndpoint: {Arn: !GetAtt F.Arn}`, "url", true},
		{"AWS::SSM::MaintenanceWindowTask", `TaskType: LAMBDA, TaskArn: !GetAtt F.Arn`, "maintenance", false},
	} {
		in := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, InlineCode: x}}
  Caller: {Type: "`+c.typ+`", Properties: {`+c.props+`}}
`, importers.Options{})
		got := in.Design.Triggers()
		if len(got) != 1 || got[0].Kind != c.kind || got[0].Outside != c.outside || got[0].To != "fn/F" {
			t.Errorf("%s {%s}: %+v", c.typ, c.props, got)
		}
	}
}
