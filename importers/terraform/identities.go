package terraform

import "bulkhead/model/catalog"

// regional is the usual start of an ARN.
func regional(service, rest string) string {
	return "arn:${Partition}:" + service + ":${Region}:${Account}:" + rest
}

// global is the start of an ARN of IAM.
func global(rest string) string { return "arn:${Partition}:iam::${Account}:" + rest }

const (
	queueURL  = "https://sqs.${Region}.${URLSuffix}/${Account}/${Name}"
	invokeARN = "arn:${Partition}:apigateway:${Region}:lambda:path/2015-03-31/functions/"
)

// identities follow "Argument Reference" and "Attribute Reference" of each resource in the Terraform AWS provider's
// documentation, https://registry.terraform.io/providers/hashicorp/aws/latest/docs; ARNs are those of the Service
// Authorization Reference. What is not here is named as identityOf finds it.
var identities = map[string]identity{
	"aws_ssoadmin_permission_set":     {cfn: "AWS::IAM::Role", name: "name", arn: "arn:${Partition}:iam::${Account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_${Name}_GENERATED", id: "${Arn}"},
	"aws_iam_role":                    {cfn: "AWS::IAM::Role", name: "name", id: "${Name}", attrs: map[string]string{"unique_id": "AROA${Fresh}", "path": "/"}},
	"aws_iam_user":                    {cfn: "AWS::IAM::User", name: "name", id: "${Name}", attrs: map[string]string{"unique_id": "AIDA${Fresh}", "path": "/"}},
	"aws_iam_group":                   {cfn: "AWS::IAM::Group", name: "name", id: "${Name}", attrs: map[string]string{"unique_id": "AGPA${Fresh}", "path": "/"}},
	"aws_iam_policy":                  {cfn: "AWS::IAM::ManagedPolicy", name: "name", id: "${Arn}", attrs: map[string]string{"policy_id": "ANPA${Fresh}", "path": "/"}},
	"aws_iam_role_policy":             {cfn: "AWS::IAM::RolePolicy", name: "name", id: "${role}:${Name}"},
	"aws_iam_user_policy":             {cfn: "AWS::IAM::UserPolicy", name: "name", id: "${user}:${Name}"},
	"aws_iam_group_policy":            {cfn: "AWS::IAM::GroupPolicy", name: "name", id: "${group}:${Name}"},
	"aws_iam_instance_profile":        {cfn: "AWS::IAM::InstanceProfile", name: "name", id: "${Name}", attrs: map[string]string{"unique_id": "AIPA${Fresh}", "path": "/"}},
	"aws_iam_access_key":              {cfn: "AWS::IAM::AccessKey", id: "AKIA${Fresh}", attrs: map[string]string{"secret": accessKeySecret, "ses_smtp_password_v4": accessKeySecret}},
	"aws_iam_service_linked_role":     {cfn: "AWS::IAM::ServiceLinkedRole", arn: global("role/aws-service-role/${aws_service_name}/${Fresh}"), id: "${Arn}", attrs: map[string]string{"name": "${Fresh}", "path": "/aws-service-role/${aws_service_name}/"}},
	"aws_iam_openid_connect_provider": {cfn: "AWS::IAM::OIDCProvider", id: "${Arn}"},
	"aws_iam_saml_provider":           {cfn: "AWS::IAM::SAMLProvider", name: "name", arn: global("saml-provider/${Name}"), id: "${Arn}"},

	"aws_lambda_function": {cfn: "AWS::Lambda::Function", name: "function_name", id: "${Name}", attrs: map[string]string{
		"invoke_arn": invokeARN + "${Arn}/invocations", "qualified_arn": "${Arn}:$LATEST", "version": "$LATEST",
		"qualified_invoke_arn": invokeARN + "${Arn}:$LATEST/invocations", "response_streaming_invoke_arn": "arn:${Partition}:apigateway:${Region}:lambda:path/2021-11-15/functions/${Arn}/response-streaming-invocations"}},
	"aws_lambda_alias":                {cfn: "AWS::Lambda::Alias", name: "name", arn: regional("lambda", "function:${function_name:name}:${Name}"), id: "${Arn}", attrs: map[string]string{"invoke_arn": invokeARN + "${Arn}/invocations"}},
	"aws_lambda_layer_version":        {cfn: "AWS::Lambda::LayerVersion", name: "layer_name", arn: regional("lambda", "layer:${Name}:1"), id: "${Arn}", attrs: map[string]string{"layer_arn": regional("lambda", "layer:${Name}"), "version": "1"}},
	"aws_lambda_event_source_mapping": {cfn: "AWS::Lambda::EventSourceMapping", id: "${Fresh}", attrs: map[string]string{"uuid": "${Fresh}"}},
	"aws_lambda_function_url":         {cfn: "AWS::Lambda::Url", id: "${function_name}", attrs: map[string]string{"url_id": "${Fresh}", "function_url": "https://${Fresh}.lambda-url.${Region}.on.aws/", "function_arn": regional("lambda", "function:${function_name:name}")}},
	"aws_lambda_permission":           {id: "${statement_id}"},

	"aws_s3_bucket": {cfn: "AWS::S3::Bucket", name: "bucket", id: "${Name}", attrs: map[string]string{
		"bucket_domain_name": "${Name}.s3.${URLSuffix}", "bucket_regional_domain_name": "${Name}.s3.${Region}.${URLSuffix}", "website_endpoint": "${Name}.s3-website-${Region}.${URLSuffix}"}},
	"aws_s3_object":                      {id: "${key}", arn: "arn:${Partition}:s3:::${bucket}/${key}"},
	"aws_s3_bucket_object":               {id: "${key}", arn: "arn:${Partition}:s3:::${bucket}/${key}"},
	"aws_s3_access_point":                {cfn: "AWS::S3::AccessPoint", name: "name", id: "${Account}:${Name}"},
	"aws_s3_bucket_policy":               {id: "${bucket}"},
	"aws_s3_bucket_notification":         {id: "${bucket}"},
	"aws_dynamodb_table":                 {cfn: "AWS::DynamoDB::Table", name: "name", id: "${Name}", attrs: map[string]string{"stream_arn": "${Arn}/stream/GENERATED", "stream_label": "GENERATED"}},
	"aws_secretsmanager_secret":          {cfn: "AWS::SecretsManager::Secret", name: "name", arn: regional("secretsmanager", "secret:${Name}-"+catalog.SecretSuffix), id: "${Arn}"},
	"aws_secretsmanager_secret_version":  {id: "${secret_id}|${Fresh}", attrs: map[string]string{"arn": "${secret_id}", "version_id": "${Fresh}"}},
	"aws_secretsmanager_secret_policy":   {id: "${secret_arn}"},
	"aws_secretsmanager_secret_rotation": {id: "${secret_id}"},
	"aws_ssm_parameter":                  {cfn: "AWS::SSM::Parameter", name: "name", id: "${Name}"},
	"aws_ssm_document":                   {cfn: "AWS::SSM::Document", name: "name", id: "${Name}"},
	"aws_kms_key":                        {cfn: "AWS::KMS::Key", arn: regional("kms", "key/${Fresh}"), id: "${Fresh}", attrs: map[string]string{"key_id": "${Fresh}"}},
	"aws_kms_external_key":               {cfn: "AWS::KMS::Key", arn: regional("kms", "key/${Fresh}"), id: "${Fresh}"},
	"aws_kms_replica_key":                {cfn: "AWS::KMS::ReplicaKey", arn: regional("kms", "key/${Fresh}"), id: "${Fresh}", attrs: map[string]string{"key_id": "${Fresh}"}},
	"aws_kms_alias":                      {cfn: "AWS::KMS::Alias", name: "name", id: "${Name}", attrs: map[string]string{"target_key_arn": regional("kms", "key/${target_key_id:name}")}},
	"aws_efs_file_system":                {cfn: "AWS::EFS::FileSystem", arn: regional("elasticfilesystem", "file-system/${Fresh}"), id: "${Fresh}"},
	"aws_efs_access_point":               {cfn: "AWS::EFS::AccessPoint", arn: regional("elasticfilesystem", "access-point/${Fresh}"), id: "${Fresh}"},
	"aws_db_instance":                    {cfn: "AWS::RDS::DBInstance", name: "identifier", arn: regional("rds", "db:${Name}"), id: "${Name}"},
	"aws_rds_cluster":                    {cfn: "AWS::RDS::DBCluster", name: "cluster_identifier", arn: regional("rds", "cluster:${Name}"), id: "${Name}"},
	"aws_rds_cluster_instance":           {cfn: "AWS::RDS::DBInstance", name: "identifier", arn: regional("rds", "db:${Name}"), id: "${Name}"},
	"aws_docdb_cluster":                  {cfn: "AWS::DocDB::DBCluster", name: "cluster_identifier", arn: regional("rds", "cluster:${Name}"), id: "${Name}"},
	"aws_neptune_cluster":                {cfn: "AWS::Neptune::DBCluster", name: "cluster_identifier", arn: regional("rds", "cluster:${Name}"), id: "${Name}"},
	"aws_redshift_cluster":               {cfn: "AWS::Redshift::Cluster", name: "cluster_identifier", arn: regional("redshift", "cluster:${Name}"), id: "${Name}"},
	"aws_elasticache_cluster":            {cfn: "AWS::ElastiCache::CacheCluster", name: "cluster_id", arn: regional("elasticache", "cluster:${Name}"), id: "${Name}"},
	"aws_opensearch_domain":              {cfn: "AWS::OpenSearchService::Domain", name: "domain_name", arn: regional("es", "domain/${Name}"), id: "${Arn}"},
	"aws_elasticsearch_domain":           {cfn: "AWS::Elasticsearch::Domain", name: "domain_name", arn: regional("es", "domain/${Name}"), id: "${Arn}"},
	"aws_ecr_repository":                 {cfn: "AWS::ECR::Repository", name: "name", id: "${Name}", attrs: map[string]string{"repository_url": "${Account}.dkr.ecr.${Region}.${URLSuffix}/${Name}", "registry_id": "${Account}"}},
	"aws_glue_catalog_database":          {cfn: "AWS::Glue::Database", name: "name", arn: regional("glue", "database/${Name}"), id: "${Account}:${Name}"},
	"aws_glue_catalog_table":             {cfn: "AWS::Glue::Table", name: "name", arn: regional("glue", "table/${database_name}/${Name}"), id: "${Account}:${database_name}:${Name}"},
	"aws_glue_dev_endpoint":              {cfn: "AWS::Glue::DevEndpoint", name: "name", arn: regional("glue", "devEndpoint/${Name}"), id: "${Name}"},
	"aws_athena_workgroup":               {cfn: "AWS::Athena::WorkGroup", name: "name", id: "${Name}"},
	"aws_backup_vault":                   {cfn: "AWS::Backup::BackupVault", name: "name", arn: regional("backup", "backup-vault:${Name}"), id: "${Name}"},
	"aws_media_store_container":          {cfn: "AWS::MediaStore::Container", name: "name", id: "${Name}"},
	"aws_codeartifact_domain":            {cfn: "AWS::CodeArtifact::Domain", name: "domain", arn: regional("codeartifact", "domain/${Name}"), id: "${Arn}"},
	"aws_codeartifact_repository":        {cfn: "AWS::CodeArtifact::Repository", name: "repository", arn: regional("codeartifact", "repository/${domain}/${Name}"), id: "${Arn}"},

	"aws_sqs_queue":                        {cfn: "AWS::SQS::Queue", name: "name", id: queueURL, attrs: map[string]string{"url": queueURL}},
	"aws_sns_topic":                        {cfn: "AWS::SNS::Topic", name: "name", id: "${Arn}"},
	"aws_sns_topic_subscription":           {cfn: "AWS::SNS::Subscription", arn: "${topic_arn}:${Fresh}", id: "${Arn}"},
	"aws_kinesis_stream":                   {cfn: "AWS::Kinesis::Stream", name: "name", id: "${Arn}"},
	"aws_kinesis_stream_consumer":          {cfn: "AWS::Kinesis::StreamConsumer", name: "name", arn: "${stream_arn}/consumer/${Name}:1", id: "${Arn}"},
	"aws_kinesis_firehose_delivery_stream": {cfn: "AWS::KinesisFirehose::DeliveryStream", name: "name", arn: regional("firehose", "deliverystream/${Name}"), id: "${Arn}"},
	"aws_cloudwatch_event_archive":         {cfn: "AWS::Events::Archive", name: "name", arn: regional("events", "archive/${Name}"), id: "${Name}"},
	"aws_cloudwatch_log_metric_filter":     {cfn: "AWS::Logs::MetricFilter", id: "${name}"},
	"aws_osis_pipeline":                    {cfn: "AWS::OSIS::Pipeline", name: "pipeline_name", arn: regional("osis", "pipeline/${Name}"), id: "${Name}"},
	"aws_cloudwatch_event_bus":             {cfn: "AWS::Events::EventBus", name: "name", id: "${Name}"},
	"aws_cloudwatch_event_rule":            {cfn: "AWS::Events::Rule", name: "name", id: "${Name}"},
	"aws_cloudwatch_event_target":          {id: "${rule}-${target_id}"},
	"aws_scheduler_schedule":               {cfn: "AWS::Scheduler::Schedule", name: "name", id: "${group_name|default}/${Name}"},
	"aws_cloudwatch_log_group":             {cfn: "AWS::Logs::LogGroup", name: "name", id: "${Name}"},
	"aws_cloudwatch_metric_alarm":          {cfn: "AWS::CloudWatch::Alarm", name: "alarm_name", arn: regional("cloudwatch", "alarm:${Name}"), id: "${Name}"},
	"aws_cloudwatch_composite_alarm":       {cfn: "AWS::CloudWatch::CompositeAlarm", name: "alarm_name", arn: regional("cloudwatch", "alarm:${Name}"), id: "${Name}"},
	"aws_sfn_state_machine":                {cfn: "AWS::StepFunctions::StateMachine", name: "name", arn: regional("states", "stateMachine:${Name}"), id: "${Arn}"},
	"aws_msk_cluster":                      {cfn: "AWS::MSK::Cluster", name: "cluster_name", arn: regional("kafka", "cluster/${Name}/GENERATED"), id: "${Arn}"},
	"aws_msk_serverless_cluster":           {cfn: "AWS::MSK::ServerlessCluster", name: "cluster_name", arn: regional("kafka", "cluster/${Name}/GENERATED"), id: "${Arn}"},
	"aws_mq_broker":                        {cfn: "AWS::AmazonMQ::Broker", name: "broker_name", arn: regional("mq", "broker:${Name}:GENERATED"), id: "${Fresh}"},
	"aws_iot_topic_rule":                   {cfn: "AWS::IoT::TopicRule", name: "name", arn: regional("iot", "rule/${Name}"), id: "${Name}"},
	"aws_ses_email_identity":               {cfn: "AWS::SES::EmailIdentity", name: "email", arn: regional("ses", "identity/${Name}"), id: "${Name}"},
	"aws_ses_domain_identity":              {cfn: "AWS::SES::EmailIdentity", name: "domain", arn: regional("ses", "identity/${Name}"), id: "${Name}"},

	"aws_api_gateway_rest_api": {cfn: "AWS::ApiGateway::RestApi", arn: "arn:${Partition}:apigateway:${Region}::/restapis/${Fresh}", id: "${Fresh}", attrs: map[string]string{
		"execution_arn": regional("execute-api", "${Fresh}"), "root_resource_id": "${Fresh}-root"}},
	"aws_api_gateway_resource":    {cfn: "AWS::ApiGateway::Resource", id: "${Fresh}"},
	"aws_api_gateway_method":      {cfn: "AWS::ApiGateway::Method", id: "agm-${rest_api_id}-${resource_id}-${http_method}"},
	"aws_api_gateway_integration": {id: "agi-${rest_api_id}-${resource_id}-${http_method}"},
	"aws_api_gateway_deployment": {cfn: "AWS::ApiGateway::Deployment", id: "${Fresh}", attrs: map[string]string{
		"execution_arn": regional("execute-api", "${rest_api_id}/${stage_name}"), "invoke_url": "https://${rest_api_id}.execute-api.${Region}.${URLSuffix}/${stage_name}"}},
	"aws_api_gateway_stage": {cfn: "AWS::ApiGateway::Stage", name: "stage_name", arn: "arn:${Partition}:apigateway:${Region}::/restapis/${rest_api_id}/stages/${Name}", id: "ags-${rest_api_id}-${Name}", attrs: map[string]string{
		"execution_arn": regional("execute-api", "${rest_api_id}/${Name}"), "invoke_url": "https://${rest_api_id}.execute-api.${Region}.${URLSuffix}/${Name}"}},
	"aws_apigatewayv2_api": {cfn: "AWS::ApiGatewayV2::Api", arn: "arn:${Partition}:apigateway:${Region}::/apis/${Fresh}", id: "${Fresh}", attrs: map[string]string{
		"execution_arn": regional("execute-api", "${Fresh}"), "api_endpoint": "https://${Fresh}.execute-api.${Region}.${URLSuffix}"}},
	"aws_apigatewayv2_stage": {cfn: "AWS::ApiGatewayV2::Stage", name: "name", arn: "arn:${Partition}:apigateway:${Region}::/apis/${api_id}/stages/${Name}", id: "${Name}", attrs: map[string]string{
		"execution_arn": regional("execute-api", "${api_id}/${Name}"), "invoke_url": "https://${api_id}.execute-api.${Region}.${URLSuffix}/${Name}"}},
	"aws_appsync_function":                  {cfn: "AWS::AppSync::FunctionConfiguration", name: "name", arn: regional("appsync", "apis/${api_id}/functions/${Fresh}"), id: "${api_id}-${Fresh}", attrs: map[string]string{"function_id": "${Fresh}"}},
	"aws_appsync_graphql_api":               {cfn: "AWS::AppSync::GraphQLApi", arn: regional("appsync", "apis/${Fresh}"), id: "${Fresh}"},
	"aws_cognito_user_pool":                 {cfn: "AWS::Cognito::UserPool", arn: regional("cognito-idp", "userpool/${Fresh}"), id: "${Fresh}", attrs: map[string]string{"endpoint": "cognito-idp.${Region}.${URLSuffix}/${Fresh}"}},
	"aws_cognito_identity_pool":             {cfn: "AWS::Cognito::IdentityPool", arn: regional("cognito-identity", "identitypool/${Fresh}"), id: "${Fresh}"},
	"aws_cloudfront_origin_access_identity": {cfn: "AWS::CloudFront::CloudFrontOriginAccessIdentity", id: "${Fresh}", attrs: map[string]string{"iam_arn": "arn:${Partition}:iam::cloudfront:user/CloudFront Origin Access Identity ${Fresh}"}},

	"aws_lb":                                {cfn: "AWS::ElasticLoadBalancingV2::LoadBalancer", name: "name", arn: regional("elasticloadbalancing", "loadbalancer/app/${Name}/GENERATED"), id: "${Arn}"},
	"aws_alb":                               {cfn: "AWS::ElasticLoadBalancingV2::LoadBalancer", name: "name", arn: regional("elasticloadbalancing", "loadbalancer/app/${Name}/GENERATED"), id: "${Arn}"},
	"aws_lb_target_group":                   {cfn: "AWS::ElasticLoadBalancingV2::TargetGroup", name: "name", arn: regional("elasticloadbalancing", "targetgroup/${Name}/GENERATED"), id: "${Arn}"},
	"aws_alb_target_group":                  {cfn: "AWS::ElasticLoadBalancingV2::TargetGroup", name: "name", arn: regional("elasticloadbalancing", "targetgroup/${Name}/GENERATED"), id: "${Arn}"},
	"aws_lb_listener":                       {cfn: "AWS::ElasticLoadBalancingV2::Listener", arn: regional("elasticloadbalancing", "listener/app/${Fresh}/GENERATED/GENERATED"), id: "${Arn}"},
	"aws_alb_listener":                      {cfn: "AWS::ElasticLoadBalancingV2::Listener", arn: regional("elasticloadbalancing", "listener/app/${Fresh}/GENERATED/GENERATED"), id: "${Arn}"},
	"aws_ecs_cluster":                       {cfn: "AWS::ECS::Cluster", name: "name", arn: regional("ecs", "cluster/${Name}"), id: "${Arn}"},
	"aws_ecs_service":                       {cfn: "AWS::ECS::Service", name: "name", arn: regional("ecs", "service/${cluster:name|default}/${Name}"), id: "${Arn}"},
	"aws_ecs_task_definition":               {cfn: "AWS::ECS::TaskDefinition", name: "family", arn: regional("ecs", "task-definition/${Name}:1"), id: "${Name}", attrs: map[string]string{"revision": "1", "arn_without_revision": regional("ecs", "task-definition/${Name}")}},
	"aws_codebuild_project":                 {cfn: "AWS::CodeBuild::Project", name: "name", id: "${Arn}"},
	"aws_codecommit_repository":             {cfn: "AWS::CodeCommit::Repository", name: "repository_name", arn: regional("codecommit", "${Name}"), id: "${Name}", attrs: map[string]string{"clone_url_http": "https://git-codecommit.${Region}.amazonaws.com/v1/repos/${Name}", "clone_url_ssh": "ssh://git-codecommit.${Region}.amazonaws.com/v1/repos/${Name}"}},
	"aws_codepipeline":                      {cfn: "AWS::CodePipeline::Pipeline", name: "name", id: "${Name}"},
	"aws_cloudformation_stack":              {cfn: "AWS::CloudFormation::Stack", name: "name", arn: regional("cloudformation", "stack/${Name}/GENERATED"), id: "${Arn}"},
	"aws_instance":                          {cfn: "AWS::EC2::Instance", arn: regional("ec2", "instance/${Fresh}"), id: "${Fresh}"},
	"aws_spot_instance_request":             {cfn: "AWS::EC2::Instance", arn: regional("ec2", "instance/${Fresh}"), id: "${Fresh}", attrs: map[string]string{"spot_instance_id": "${Fresh}"}},
	"aws_launch_template":                   {cfn: "AWS::EC2::LaunchTemplate", arn: regional("ec2", "launch-template/${Fresh}"), id: "${Fresh}"},
	"aws_security_group":                    {cfn: "AWS::EC2::SecurityGroup", arn: regional("ec2", "security-group/${Fresh}"), id: "${Fresh}"},
	"aws_vpc":                               {cfn: "AWS::EC2::VPC", arn: regional("ec2", "vpc/${Fresh}"), id: "${Fresh}"},
	"aws_default_vpc":                       {cfn: "AWS::EC2::VPC", arn: regional("ec2", "vpc/${Fresh}"), id: "${Fresh}"},
	"aws_subnet":                            {cfn: "AWS::EC2::Subnet", arn: regional("ec2", "subnet/${Fresh}"), id: "${Fresh}"},
	"aws_transfer_user":                     {cfn: "AWS::Transfer::User", name: "user_name", arn: regional("transfer", "user/${server_id:name}/${Name}"), id: "${server_id:name}/${Name}"},
	"aws_sagemaker_user_profile":            {cfn: "AWS::SageMaker::UserProfile", name: "user_profile_name", arn: regional("sagemaker", "user-profile/${domain_id}/${Name}"), id: "${Arn}"},
	"aws_sagemaker_notebook_instance":       {cfn: "AWS::SageMaker::NotebookInstance", name: "name", arn: regional("sagemaker", "notebook-instance/${Name}"), id: "${Name}"},
	"aws_elastic_beanstalk_environment":     {cfn: "AWS::ElasticBeanstalk::Environment", name: "name", arn: regional("elasticbeanstalk", "environment/${application}/${Name}"), id: "${Fresh}"},
	"aws_elastic_beanstalk_application":     {cfn: "AWS::ElasticBeanstalk::Application", name: "name", arn: regional("elasticbeanstalk", "application/${Name}"), id: "${Name}"},
	"aws_bedrockagent_agent":                {cfn: "AWS::Bedrock::Agent", arn: regional("bedrock", "agent/${Fresh}"), id: "${Fresh}", attrs: map[string]string{"agent_id": "${Fresh}", "agent_arn": "${Arn}"}},
	"aws_bedrockagent_agent_alias":          {cfn: "AWS::Bedrock::AgentAlias", arn: regional("bedrock", "agent-alias/${agent_id}/${Fresh}"), id: "${Fresh},${agent_id}", attrs: map[string]string{"agent_alias_id": "${Fresh}", "agent_alias_arn": "${Arn}"}},
	"aws_bedrockagent_agent_action_group":   {id: "${Fresh},${agent_id},${agent_version}"},
	"aws_bedrockagent_agent_collaborator":   {id: "${agent_id},${agent_version},${Fresh}"},
	"aws_bedrockagent_flow":                 {cfn: "AWS::Bedrock::Flow", arn: regional("bedrock", "flow/${Fresh}"), id: "${Fresh}"},
	"aws_bedrockagentcore_gateway":          {cfn: "AWS::BedrockAgentCore::Gateway", arn: regional("bedrock-agentcore", "gateway/${Fresh}"), id: "${Fresh}", attrs: map[string]string{"gateway_id": "${Fresh}", "gateway_arn": "${Arn}"}},
	"aws_bedrockagentcore_gateway_target":   {cfn: "AWS::BedrockAgentCore::GatewayTarget", id: "${Fresh}", attrs: map[string]string{"target_id": "${Fresh}"}},
	"aws_cloudwatch_log_destination":        {cfn: "AWS::Logs::Destination", name: "name", arn: regional("logs", "destination:${Name}"), id: "${Name}"},
	"aws_lexv2models_bot":                   {cfn: "AWS::Lex::Bot", arn: regional("lex", "bot/${Fresh}"), id: "${Fresh}"},
	"aws_datasync_location_s3":              {cfn: "AWS::DataSync::LocationS3", arn: regional("datasync", "location/loc-${Fresh}"), id: "${Arn}"},
	"aws_datasync_task":                     {cfn: "AWS::DataSync::Task", arn: regional("datasync", "task/task-${Fresh}"), id: "${Arn}"},
	"aws_codecommit_trigger":                {},
	"aws_bedrockagentcore_agent_runtime":    {cfn: "AWS::BedrockAgentCore::Runtime", name: "agent_runtime_name", arn: regional("bedrock-agentcore", "runtime/${Name}-GENERATED"), id: "${Name}-GENERATED", attrs: map[string]string{"agent_runtime_id": "${Name}-GENERATED", "agent_runtime_arn": "${Arn}"}},
	"aws_bedrockagentcore_code_interpreter": {cfn: "AWS::BedrockAgentCore::CodeInterpreterCustom", name: "name", arn: regional("bedrock-agentcore", "code-interpreter-custom/${Name}-GENERATED"), id: "${Name}-GENERATED", attrs: map[string]string{"code_interpreter_id": "${Name}-GENERATED", "code_interpreter_arn": "${Arn}"}},
	"aws_bedrockagentcore_browser":          {cfn: "AWS::BedrockAgentCore::BrowserCustom", name: "name", arn: regional("bedrock-agentcore", "browser-custom/${Name}-GENERATED"), id: "${Name}-GENERATED", attrs: map[string]string{"browser_id": "${Name}-GENERATED", "browser_arn": "${Arn}"}},
	"aws_apprunner_service":                 {cfn: "AWS::AppRunner::Service", name: "service_name", arn: regional("apprunner", "service/${Name}/GENERATED"), id: "${Arn}"},
	"aws_batch_job_definition":              {cfn: "AWS::Batch::JobDefinition", name: "name", arn: regional("batch", "job-definition/${Name}:1"), id: "${Arn}"},
	"aws_batch_job_queue":                   {cfn: "AWS::Batch::JobQueue", name: "name", arn: regional("batch", "job-queue/${Name}"), id: "${Arn}"},
	"aws_batch_compute_environment":         {cfn: "AWS::Batch::ComputeEnvironment", name: "compute_environment_name", arn: regional("batch", "compute-environment/${Name}"), id: "${Name}"},
	"aws_autoscaling_group":                 {cfn: "AWS::AutoScaling::AutoScalingGroup", name: "name", arn: regional("autoscaling", "autoScalingGroup:GENERATED:autoScalingGroupName/${Name}"), id: "${Name}"},
	"aws_acm_certificate":                   {cfn: "AWS::CertificateManager::Certificate", arn: regional("acm", "certificate/${Fresh}"), id: "${Arn}"},
	"aws_route53_zone":                      {cfn: "AWS::Route53::HostedZone", arn: "arn:${Partition}:route53:::hostedzone/${Fresh}", id: "${Fresh}", attrs: map[string]string{"zone_id": "${Fresh}"}},
	"aws_route53_record":                    {cfn: "AWS::Route53::RecordSet", id: "${zone_id}_${name}_${type}"},

	"random_id":       {id: "${Fresh}", attrs: map[string]string{"hex": "${Fresh}", "dec": "${Fresh}", "b64_url": "${Fresh}", "b64_std": "${Fresh}"}},
	"random_string":   {id: "${Fresh}", attrs: map[string]string{"result": "${Fresh}"}},
	"random_password": {id: "${Fresh}", attrs: map[string]string{"result": "${Fresh}"}},
	"random_pet":      {id: "${Fresh}"},
	"random_uuid":     {id: "${Fresh}", attrs: map[string]string{"result": "${Fresh}"}},
	"random_integer":  {id: "${Fresh}", attrs: map[string]string{"result": "${Fresh}"}},
}

// accessKeySecret stands for the secret of an access key, and in a text that holds it.
const (
	accessKeySecret = "${Fresh}" + secretMark
	secretMark      = "-secret"
)

// wiring are types that only connect other resources: they become a trigger, a statement or an attachment.
var wiring = []string{
	"aws_lambda_permission", "aws_lambda_event_source_mapping", "aws_lambda_event_invoke_config", "aws_lambda_function_url", "aws_lambda_alias", "aws_lambda_layer_version_permission",
	"aws_sns_topic_subscription", "aws_sns_topic_policy", "aws_sqs_queue_policy", "aws_s3_bucket_policy", "aws_kinesis_resource_policy", "aws_cloudwatch_event_bus_policy", "aws_cloudwatch_event_permission",
	"aws_api_gateway_deployment", "aws_api_gateway_resource", "aws_api_gateway_method", "aws_api_gateway_account",
	"aws_apigatewayv2_route", "aws_apigatewayv2_integration", "aws_apigatewayv2_deployment", "aws_cloudwatch_log_subscription_filter",
	"aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy", "aws_kms_grant",
	"aws_ssoadmin_account_assignment", "aws_ssoadmin_permission_set_inline_policy", "aws_ssoadmin_managed_policy_attachment", "aws_ssoadmin_customer_managed_policy_attachment", "aws_ssoadmin_permissions_boundary_attachment",
}
