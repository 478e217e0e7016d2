package reach

import (
	"slices"
	"strings"
	"sync"
)

// How a technique leads from its permissions to another principal.
type route uint8

const (
	// onTarget: the permissions on a function, role or user give its code or credentials.
	onTarget route = iota
	// passing: iam:PassRole on a role whose trust policy names the service, and the other permissions on something
	// of the service's, give the role's credentials.
	passing
	// existing: the permissions on something that exists already and runs with a role which trusts the service
	// give that role's credentials. Designs do not tell what runs with which role, so it is always may.
	existing
	// running: the permissions on a resource give the credentials of the role that the design shows it acting with.
	running
	// altering: the permissions on a role, user, group or policy change what a principal may do. Whoever acts as that
	// principal, itself above all, may then do anything that its boundary leaves.
	altering
	// unguarding: as altering, but takes away what holds the principal: its boundary, or its denials.
	unguarding
	// joining: the permissions on a group give what it is granted to any user. It is for who holds one, or is one that has a boundary or
	// is denied something, which it keeps.
	joining
	// creating: the permissions on one new name make a principal that may do anything.
	creating
	// federating: the permissions on an identity provider that a role trusts give the role's credentials, to whoever the attacker
	// says that it vouches for.
	federating
	// feeding: the permissions on a function choose its input.
	feeding
	// mapping: the permissions on some event source mapping choose any function's input.
	mapping
	// deputizing: the permissions on one source of a service's, the first on it itself, have the service start any function whose
	// policy lets it for that source.
	deputizing
)

// A technique is one known way onward, as data.
type technique struct {
	id    string
	route route
	on    sort     // onTarget, running, altering, unguarding, joining: what the permissions are on
	needs []string // all of them, each "service:Action" or several with |; iam:PassRole is understood in passing
	by    []string // passing, existing, running: services, one of which the role must trust
	there []string // passing: CloudFormation types of what has to exist, as the technique does not make it
	note  string   // why it is only perhaps, "" if nothing beside the policies decides
	says  string   // for people, before the name of the target: "replaces the code of"
	hands string   // passing: the one of needs whose caller passes the role, "" for the first
	lets  bool     // feeding: it gives itself the permissions, by the target's policy

	shown   bool // existing: counts only for what the design shows to run with the role, as many other things may have such a role
	fresh   bool // deputizing: what it sets up has an id of the service's, so that a source that is named whole is none of its
	scripts bool // existing: the first of needs takes a document of Systems Manager's as well, which runs what it is given
}

// Instances and containers that a design does not show.
const (
	ifOneRuns    = "if something of that service runs with this role"
	ifQualified  = "if the function has such a version or alias"
	ifLetIn      = "if it lets callers in"
	ifEmpty      = "if there is an instance profile without a role"
	ifProfile    = "if an instance profile holds the role, which the design does not show"
	ifImageObeys = "if an image runs what it is given"
	ifTargets    = "as far as its targets do it: they start builds, tasks, commands, executions and functions, and send messages"
	ifFiles      = "as far as it is about files in buckets and file systems"
	ifPods       = "if it runs pods in the cluster"
	ifMoves      = "as far as it moves data: it reads sources and writes targets that its caller names"
	ifOneMaybe   = "if a version of the policy allows more than the current one"
)

// techniques are the known ways onward, in order of preference where several lead to the same place. They are the
// union of the published catalogues; ids are theirs. Rows that need more than another row with the same effect are
// left out: whoever may lambda:UpdateFunctionCode need not lambda:InvokeFunction as well, as the code runs at the next
// invocation; codedeploy-001 leads to instances and containers alone: of a function a deployment shifts an alias between
// versions that are there, and brings no code ("AppSpec 'resources' section"); layers, environment and aliases (layer-poison, env-hijack, alias-repoint) start with permissions that
// suffice alone; iam-014 to iam-021 are an altering and an assumption one after the other, which the graph joins.
var techniques = []technique{
	{id: "sts-001", route: onTarget, on: isRole, needs: []string{"sts:AssumeRole"}, says: "assumes"},

	{id: "lambda-003", route: onTarget, on: isFunction, needs: []string{"lambda:UpdateFunctionCode"}, says: "replaces the code of"},
	{id: "lambda-update-function-configuration", route: onTarget, on: isFunction, needs: []string{"lambda:UpdateFunctionConfiguration"}, says: "puts a layer or a start-up variable into"},

	{id: "lambda-001", route: passing, needs: []string{"lambda:CreateFunction", "lambda:InvokeFunction"}, by: []string{"lambda.amazonaws.com"}},
	{id: "lambda-002", route: passing, needs: []string{"lambda:CreateFunction", "lambda:CreateEventSourceMapping"}, by: []string{"lambda.amazonaws.com"}},
	{id: "lambda-006", route: passing, needs: []string{"lambda:CreateFunction", "lambda:AddPermission"}, by: []string{"lambda.amazonaws.com"}},
	{id: "lambda-update-function-configuration-update-function-code-passrole", route: passing, needs: []string{"lambda:UpdateFunctionConfiguration"}, by: []string{"lambda.amazonaws.com"}, there: []string{"AWS::Lambda::Function"}},
	{id: "microvm-build", route: passing, needs: []string{"lambda:CreateMicrovmImage"}, by: []string{"lambda.amazonaws.com"}},
	{id: "microvm-rebuild", route: passing, needs: []string{"lambda:UpdateMicrovmImage"}, by: []string{"lambda.amazonaws.com"}, there: []string{"AWS::Lambda::MicrovmImage"}},
	{id: "microvm-run", route: passing, needs: []string{"lambda:RunMicrovm"}, by: []string{"lambda.amazonaws.com"}, there: []string{"AWS::Lambda::MicrovmImage"}, note: ifImageObeys},
	{id: "ec2-001", route: passing, needs: []string{"ec2:RunInstances"}, by: []string{"ec2.amazonaws.com"}},
	{id: "ec2-003", route: passing, needs: []string{"ec2:RequestSpotInstances"}, by: []string{"ec2.amazonaws.com"}},
	{id: "ec2-replace-iam-instance-profile-association-passrole", route: passing, needs: []string{"ec2:ReplaceIamInstanceProfileAssociation|ec2:AssociateIamInstanceProfile"}, by: []string{"ec2.amazonaws.com"}, there: []string{"AWS::EC2::Instance"}},
	{id: "autoscaling-create-auto-scaling-group-create-launch-configuration-passrole", route: passing, needs: []string{"autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"}, hands: "autoscaling:CreateLaunchConfiguration", by: []string{"ec2.amazonaws.com"}},
	{id: "autoscaling-update-auto-scaling-group-create-launch-configuration-passrole", route: passing, needs: []string{"autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"}, hands: "autoscaling:CreateLaunchConfiguration", by: []string{"ec2.amazonaws.com"}, there: []string{"AWS::AutoScaling::AutoScalingGroup"}},
	{id: "ec2-create-launch-template-create-auto-scaling-group-passrole", route: passing, needs: []string{"ec2:CreateLaunchTemplate", "autoscaling:CreateAutoScalingGroup"}, hands: "autoscaling:CreateAutoScalingGroup", by: []string{"ec2.amazonaws.com"}},
	{id: "imagebuilder-001", route: passing, needs: []string{"imagebuilder:CreateInfrastructureConfiguration", "imagebuilder:CreateImage"}, by: []string{"ec2.amazonaws.com"}},
	{id: "ecs-004", route: passing, needs: []string{"ecs:RegisterTaskDefinition", "ecs:RunTask"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::ECS::Cluster"}},
	{id: "ecs-005", route: passing, needs: []string{"ecs:RegisterTaskDefinition", "ecs:StartTask"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::ECS::ContainerInstance"}},
	{id: "ecs-008", route: passing, needs: []string{"ecs:RunTask"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::ECS::TaskDefinition", "AWS::ECS::Cluster"}},
	{id: "ecs-009", route: passing, needs: []string{"ecs:StartTask"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::ECS::TaskDefinition", "AWS::ECS::ContainerInstance"}},
	{id: "ecs-003", route: passing, needs: []string{"ecs:RegisterTaskDefinition", "ecs:CreateService"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::ECS::Cluster"}},
	{id: "ecs-update-service-passrole", route: passing, needs: []string{"ecs:RegisterTaskDefinition", "ecs:UpdateService"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::ECS::Service"}},
	{id: "s3-create-job", route: passing, needs: []string{"s3:CreateJob"}, by: []string{"batchoperations.s3.amazonaws.com"}, note: "for what a batch job does: copies, tags, restores, calls of a function"},
	{id: "batch-001", route: passing, needs: []string{"batch:RegisterJobDefinition", "batch:SubmitJob"}, by: []string{"ecs-tasks.amazonaws.com"}, there: []string{"AWS::Batch::JobQueue"}},
	{id: "cloudformation-001", route: passing, needs: []string{"cloudformation:CreateStack"}, by: []string{"cloudformation.amazonaws.com"}},
	{id: "cloudformation-update-stack-passrole", route: passing, needs: []string{"cloudformation:UpdateStack"}, by: []string{"cloudformation.amazonaws.com"}, there: []string{"AWS::CloudFormation::Stack"}},
	{id: "cloudformation-003", route: passing, needs: []string{"cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"}, by: []string{"cloudformation.amazonaws.com"}},
	{id: "cloudformation-004", route: passing, needs: []string{"cloudformation:UpdateStackSet"}, by: []string{"cloudformation.amazonaws.com"}, there: []string{"AWS::CloudFormation::StackSet"}},
	{id: "cloudformation-create-change-set-execute-change-set-passrole", route: passing, needs: []string{"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"}, by: []string{"cloudformation.amazonaws.com"}},
	{id: "eks-pod-identity", route: passing, needs: []string{"eks:CreatePodIdentityAssociation"}, by: []string{"pods.eks.amazonaws.com"}, note: ifPods},
	{id: "eks-pod-identity-update", route: passing, needs: []string{"eks:UpdatePodIdentityAssociation"}, by: []string{"pods.eks.amazonaws.com"}, note: ifPods},
	{id: "codebuild-001", route: passing, needs: []string{"codebuild:CreateProject", "codebuild:StartBuild"}, by: []string{"codebuild.amazonaws.com"}},
	{id: "codebuild-004", route: passing, needs: []string{"codebuild:CreateProject", "codebuild:StartBuildBatch"}, by: []string{"codebuild.amazonaws.com"}},
	{id: "codebuild-update-project-start-build-passrole", route: passing, needs: []string{"codebuild:UpdateProject", "codebuild:StartBuild|codebuild:StartBuildBatch"}, by: []string{"codebuild.amazonaws.com"}, there: []string{"AWS::CodeBuild::Project"}},
	{id: "datapipeline-001", route: passing, needs: []string{"datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"}, hands: "datapipeline:ActivatePipeline", by: []string{"datapipeline.amazonaws.com"}},
	{id: "glue-001", route: passing, needs: []string{"glue:CreateDevEndpoint"}, by: []string{"glue.amazonaws.com"}},
	{id: "glue-003", route: passing, needs: []string{"glue:CreateJob", "glue:StartJobRun"}, by: []string{"glue.amazonaws.com"}},
	{id: "glue-004", route: passing, needs: []string{"glue:CreateJob", "glue:CreateTrigger"}, by: []string{"glue.amazonaws.com"}},
	{id: "glue-005", route: passing, needs: []string{"glue:UpdateJob", "glue:StartJobRun"}, by: []string{"glue.amazonaws.com"}, there: []string{"AWS::Glue::Job"}},
	{id: "glue-006", route: passing, needs: []string{"glue:UpdateJob", "glue:CreateTrigger"}, by: []string{"glue.amazonaws.com"}, there: []string{"AWS::Glue::Job"}},
	{id: "glue-007", route: passing, needs: []string{"glue:CreateSession", "glue:RunStatement"}, by: []string{"glue.amazonaws.com"}},
	{id: "sagemaker-001", route: passing, needs: []string{"sagemaker:CreateNotebookInstance"}, by: []string{"sagemaker.amazonaws.com"}},
	{id: "sagemaker-update-passrole", route: passing, needs: []string{"sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance", "sagemaker:StartNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl|sagemaker:CreateNotebookInstanceLifecycleConfig"}, hands: "sagemaker:UpdateNotebookInstance", by: []string{"sagemaker.amazonaws.com"}, there: []string{"AWS::SageMaker::NotebookInstance"}},
	{id: "sagemaker-002", route: passing, needs: []string{"sagemaker:CreateTrainingJob"}, by: []string{"sagemaker.amazonaws.com"}},
	{id: "sagemaker-003", route: passing, needs: []string{"sagemaker:CreateProcessingJob"}, by: []string{"sagemaker.amazonaws.com"}},
	{id: "stepfunctions-001", route: passing, needs: []string{"states:CreateStateMachine", "states:StartExecution"}, by: []string{"states.amazonaws.com"}},
	{id: "stepfunctions-update-passrole", route: passing, needs: []string{"states:UpdateStateMachine", "states:StartExecution|states:StartSyncExecution"}, by: []string{"states.amazonaws.com"}, there: []string{"AWS::StepFunctions::StateMachine"}},
	{id: "stepfunctions-test-state", route: passing, needs: []string{"states:TestState"}, by: []string{"states.amazonaws.com"}},
	{id: "scheduler-001", route: passing, needs: []string{"scheduler:CreateSchedule"}, by: []string{"scheduler.amazonaws.com"}},
	{id: "events-rule-passrole", route: passing, needs: []string{"events:PutRule", "events:PutTargets"}, hands: "events:PutTargets", by: []string{"events.amazonaws.com"}, note: ifTargets},
	{id: "pipes-passrole", route: passing, needs: []string{"pipes:CreatePipe"}, by: []string{"pipes.amazonaws.com"}, note: ifTargets},
	{id: "scheduler-edit", route: passing, needs: []string{"scheduler:UpdateSchedule"}, by: []string{"scheduler.amazonaws.com"}, there: []string{"AWS::Scheduler::Schedule"}},
	{id: "role-alias", route: passing, needs: []string{"rolesanywhere:CreateProfile|rolesanywhere:UpdateProfile"}, by: []string{"rolesanywhere.amazonaws.com"}, note: "if it has a certificate that a trust anchor of the account accepts"},
	{id: "ssm-003", route: passing, needs: []string{"ssm:CreateDocument", "ssm:StartAutomationExecution"}, hands: "ssm:StartAutomationExecution", by: []string{"ssm.amazonaws.com"}},
	{id: "apprunner-001", route: passing, needs: []string{"apprunner:CreateService"}, by: []string{"tasks.apprunner.amazonaws.com"}},
	{id: "apprunner-update-passrole", route: passing, needs: []string{"apprunner:UpdateService"}, by: []string{"tasks.apprunner.amazonaws.com"}, there: []string{"AWS::AppRunner::Service"}},
	{id: "amplify-001", route: passing, needs: []string{"amplify:CreateApp", "amplify:CreateBranch", "amplify:StartJob"}, by: []string{"amplify.amazonaws.com"}},
	{id: "bedrock-001", route: passing, needs: []string{"bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"}, by: []string{"bedrock-agentcore.amazonaws.com"}},
	{id: "bedrock-003", route: passing, needs: []string{"bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:CreateAgentRuntimeEndpoint", "bedrock-agentcore:CreateWorkloadIdentity", "bedrock-agentcore:InvokeAgentRuntimeCommand"}, by: []string{"bedrock-agentcore.amazonaws.com"}},
	{id: "bedrock-update-passrole", route: passing, needs: []string{"bedrock-agentcore:UpdateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand|bedrock-agentcore:InvokeAgentRuntime"}, by: []string{"bedrock-agentcore.amazonaws.com"}, there: []string{"AWS::BedrockAgentCore::Runtime"}},
	{id: "bedrock-006", route: passing, needs: []string{"bedrock-agentcore:CreateBrowser", "bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"}, by: []string{"bedrock-agentcore.amazonaws.com"}},
	{id: "braket-001", route: passing, needs: []string{"braket:CreateJob"}, by: []string{"braket.amazonaws.com"}},
	{id: "cognitoidentity-001", route: passing, needs: []string{"cognito-identity:SetIdentityPoolRoles"}, by: []string{"cognito-identity.amazonaws.com"}, there: []string{"AWS::Cognito::IdentityPool"}},
	{id: "emr-001", route: passing, needs: []string{"elasticmapreduce:RunJobFlow"}, by: []string{"elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"}},
	{id: "emrserverless-001", route: passing, needs: []string{"emr-serverless:CreateApplication", "emr-serverless:StartJobRun"}, hands: "emr-serverless:StartJobRun", by: []string{"emr-serverless.amazonaws.com"}},
	{id: "gamelift-001", route: passing, needs: []string{"gamelift:CreateBuild", "gamelift:CreateFleet"}, hands: "gamelift:CreateFleet", by: []string{"gamelift.amazonaws.com"}},
	{id: "kinesisanalytics-001", route: passing, needs: []string{"kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"}, by: []string{"kinesisanalytics.amazonaws.com"}},
	{id: "transfer-user", route: passing, needs: []string{"transfer:CreateUser"}, by: []string{"transfer.amazonaws.com"}, there: []string{"AWS::Transfer::Server"}, note: ifFiles},
	// Services that carry data from where the caller says to where it says, as the role (Amazon OpenSearch Service Developer Guide, "Setting
	// up roles and users in Amazon OpenSearch Ingestion": "you also need the iam:PassRole permission for the pipeline role"; AWS DMS User
	// Guide, "Prerequisites for using Amazon S3 as a target"; Amazon AppFlow API Reference, RedshiftConnectorProfileProperties).
	{id: "osis-pipeline", route: passing, needs: []string{"osis:CreatePipeline"}, by: []string{"osis-pipelines.amazonaws.com"}, note: ifMoves},
	{id: "osis-pipeline-update", route: passing, needs: []string{"osis:UpdatePipeline"}, by: []string{"osis-pipelines.amazonaws.com"}, there: []string{"AWS::OSIS::Pipeline"}, note: ifMoves},
	{id: "dms-task", route: passing, needs: []string{"dms:CreateEndpoint|dms:ModifyEndpoint", "dms:CreateReplicationTask", "dms:StartReplicationTask"}, by: []string{"dms.amazonaws.com"}, there: []string{"AWS::DMS::ReplicationInstance"}, note: ifMoves},
	{id: "dms-replication", route: passing, needs: []string{"dms:CreateEndpoint|dms:ModifyEndpoint", "dms:CreateReplicationConfig", "dms:StartReplication"}, by: []string{"dms.amazonaws.com"}, note: ifMoves},
	{id: "appflow-flow", route: passing, needs: []string{"appflow:CreateConnectorProfile", "appflow:CreateFlow", "appflow:StartFlow"}, by: []string{"appflow.amazonaws.com"}, note: ifMoves},
	{id: "omics-001", route: passing, needs: []string{"omics:CreateWorkflow", "omics:StartRun"}, hands: "omics:StartRun", by: []string{"omics.amazonaws.com"}},

	{id: "stepfunctions-002", route: running, on: isResource, needs: []string{"states:UpdateStateMachine", "states:StartExecution|states:StartSyncExecution"}, by: []string{"states.amazonaws.com"}},

	{id: "ssm-001", route: existing, needs: []string{"ssm:StartSession"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns},
	{id: "ssm-002", route: existing, needs: []string{"ssm:SendCommand"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns, scripts: true},
	{id: "ssm-create-association", route: existing, needs: []string{"ssm:CreateAssociation"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns, scripts: true},
	{id: "ec2-002", route: existing, needs: []string{"ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns},
	{id: "ec2-004", route: existing, needs: []string{"ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns},
	{id: "ec2instanceconnect-003", route: existing, needs: []string{"ec2-instance-connect:SendSSHPublicKey"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns},
	{id: "autoscaling-create-auto-scaling-group", route: existing, needs: []string{"autoscaling:CreateAutoScalingGroup"}, by: []string{"ec2.amazonaws.com"}, note: ifOneRuns},
	{id: "codedeploy-001", route: existing, needs: []string{"codedeploy:CreateDeployment", "codedeploy:RegisterApplicationRevision", "codedeploy:GetDeploymentConfig"}, by: []string{"ec2.amazonaws.com", "ecs-tasks.amazonaws.com"}, note: ifOneRuns},
	{id: "ecs-006", route: existing, needs: []string{"ecs:ExecuteCommand"}, by: []string{"ecs-tasks.amazonaws.com"}, note: ifOneRuns},
	{id: "batch-002", route: existing, needs: []string{"batch:SubmitJob"}, by: []string{"ecs-tasks.amazonaws.com"}, note: ifOneRuns},
	{id: "codebuild-002", route: existing, needs: []string{"codebuild:StartBuild"}, by: []string{"codebuild.amazonaws.com"}, note: ifOneRuns},
	{id: "codebuild-003", route: existing, needs: []string{"codebuild:StartBuildBatch"}, by: []string{"codebuild.amazonaws.com"}, note: ifOneRuns},
	{id: "cloudformation-002", route: existing, needs: []string{"cloudformation:UpdateStack"}, by: []string{"cloudformation.amazonaws.com"}, note: ifOneRuns},
	{id: "cloudformation-005", route: existing, needs: []string{"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"}, by: []string{"cloudformation.amazonaws.com"}, note: ifOneRuns},
	{id: "glue-002", route: existing, needs: []string{"glue:UpdateDevEndpoint"}, by: []string{"glue.amazonaws.com"}, note: ifOneRuns},
	{id: "sagemaker-004", route: existing, needs: []string{"sagemaker:CreatePresignedNotebookInstanceUrl"}, by: []string{"sagemaker.amazonaws.com"}, note: ifOneRuns},
	{id: "sagemaker-005", route: existing, needs: []string{"sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance", "sagemaker:StartNotebookInstance"}, by: []string{"sagemaker.amazonaws.com"}, note: ifOneRuns},
	{id: "stepfunctions-002", route: existing, needs: []string{"states:UpdateStateMachine", "states:StartExecution|states:StartSyncExecution"}, by: []string{"states.amazonaws.com"}, note: ifOneRuns},
	{id: "apprunner-002", route: existing, needs: []string{"apprunner:UpdateService"}, by: []string{"tasks.apprunner.amazonaws.com"}, note: ifOneRuns},
	{id: "bedrock-002", route: existing, needs: []string{"bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"}, by: []string{"bedrock-agentcore.amazonaws.com"}, note: ifOneRuns},
	{id: "bedrock-004", route: existing, needs: []string{"bedrock-agentcore:InvokeAgentRuntimeCommand"}, by: []string{"bedrock-agentcore.amazonaws.com"}, note: ifOneRuns},
	{id: "bedrock-007", route: existing, needs: []string{"bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"}, by: []string{"bedrock-agentcore.amazonaws.com"}, note: ifOneRuns},

	{id: "emr-add-steps", route: existing, needs: []string{"elasticmapreduce:AddJobFlowSteps"}, by: []string{"ec2.amazonaws.com"}, note: ifLetIn, shown: true},
	{id: "sagemaker-domain", route: existing, needs: []string{"sagemaker:CreatePresignedDomainUrl"}, by: []string{"sagemaker.amazonaws.com"}, note: ifLetIn, shown: true},
	{id: "osis-pipeline-edit", route: existing, needs: []string{"osis:UpdatePipeline"}, by: []string{"osis-pipelines.amazonaws.com"}, note: ifMoves, shown: true},
	{id: "transfer-key", route: existing, needs: []string{"transfer:ImportSshPublicKey"}, by: []string{"transfer.amazonaws.com"}, note: ifFiles, shown: true},
	{id: "servicecatalog-artifact", route: existing, needs: []string{"servicecatalog:CreateProvisioningArtifact|servicecatalog:UpdateProvisioningArtifact", "servicecatalog:ProvisionProduct|servicecatalog:UpdateProvisionedProduct"}, by: []string{"servicecatalog.amazonaws.com"}, note: ifOneRuns},

	{id: "saml-provider", route: federating, needs: []string{"iam:UpdateSAMLProvider"}, says: "signs in, as an identity provider of its own, as"},
	{id: "iam-012", route: onTarget, on: isRole, needs: []string{"iam:UpdateAssumeRolePolicy"}, says: "rewrites the trust policy of, and assumes,"},
	{id: "iam-002", route: onTarget, on: isUser, needs: []string{"iam:CreateAccessKey"}, says: "makes an access key of"},
	{id: "iam-004", route: onTarget, on: isUser, needs: []string{"iam:CreateLoginProfile"}, says: "gives a console password to"},
	{id: "iam-006", route: onTarget, on: isUser, needs: []string{"iam:UpdateLoginProfile"}, says: "changes the console password of"},
	{id: "iam-013", route: onTarget, on: isGroup, needs: []string{"iam:AddUserToGroup"}, says: "adds itself to"},

	{id: "iam-005", route: altering, on: isRole, needs: []string{"iam:PutRolePolicy"}, says: "writes an inline policy of"},
	{id: "iam-009", route: altering, on: isRole, needs: []string{"iam:AttachRolePolicy"}, says: "attaches a policy to"},
	{id: "iam-007", route: altering, on: isUser, needs: []string{"iam:PutUserPolicy"}, says: "writes an inline policy of"},
	{id: "iam-008", route: altering, on: isUser, needs: []string{"iam:AttachUserPolicy"}, says: "attaches a policy to"},
	{id: "iam-011", route: altering, on: isGroup, needs: []string{"iam:PutGroupPolicy"}, says: "writes an inline policy of"},
	{id: "iam-010", route: altering, on: isGroup, needs: []string{"iam:AttachGroupPolicy"}, says: "attaches a policy to"},
	{id: tagsPrincipal, route: altering, on: isRole, needs: []string{"iam:TagRole|iam:UntagRole"}, says: "changes the tags of"},
	{id: tagsPrincipal, route: altering, on: isUser, needs: []string{"iam:TagUser|iam:UntagUser"}, says: "changes the tags of"},
	{id: tagsSession, route: altering, on: isRole, needs: []string{"sts:AssumeRole", "sts:TagSession"}, says: "assumes, with tags of its choice,"},
	{id: "iam-013", route: joining, on: isGroup, needs: []string{"iam:AddUserToGroup"}, says: "adds a user that it holds to"},
	{id: "iam-001", route: altering, on: isPolicy, needs: []string{"iam:CreatePolicyVersion"}, says: "rewrites the policy"},
	{id: "iam-set-default-policy-version", route: altering, on: isPolicy, needs: []string{"iam:SetDefaultPolicyVersion"}, says: "sets another version of the policy"}, // one that allows everything
	{id: "iam-set-default-policy-version", route: altering, on: isPolicy, needs: []string{"iam:SetDefaultPolicyVersion"}, note: ifOneMaybe, says: "sets another version of the policy"},
	{id: "guard-removal", route: unguarding, on: isRole, needs: []string{"iam:DeleteRolePermissionsBoundary|iam:PutRolePermissionsBoundary"}, says: "removes the permissions boundary of"},
	{id: "guard-removal", route: unguarding, on: isUser, needs: []string{"iam:DeleteUserPermissionsBoundary|iam:PutUserPermissionsBoundary"}, says: "removes the permissions boundary of"},
	{id: "deny-removal", route: unguarding, on: isRole, needs: []string{"iam:DetachRolePolicy|iam:DeleteRolePolicy"}, says: "removes the policies that deny from"},
	{id: "deny-removal", route: unguarding, on: isUser, needs: []string{"iam:DetachUserPolicy|iam:DeleteUserPolicy"}, says: "removes the policies that deny from"},
	{id: "deny-removal", route: unguarding, on: isGroup, needs: []string{"iam:RemoveUserFromGroup"}, says: "removes the membership in"},

	{id: "iam-create-user", route: creating, needs: []string{"iam:CreateUser", "iam:AttachUserPolicy|iam:PutUserPolicy", "iam:CreateAccessKey|iam:CreateLoginProfile"}, says: "makes a new administrator user"},
	{id: "iam-create-role", route: creating, needs: []string{"iam:CreateRole", "iam:AttachRolePolicy|iam:PutRolePolicy"}, says: "makes a new administrator role"},

	{id: "invoke", route: feeding, on: isFunction, needs: []string{"lambda:InvokeFunction|lambda:InvokeAsync"}, says: "invokes"},
	{id: "add-permission", route: feeding, on: isFunction, needs: []string{"lambda:InvokeFunction|lambda:InvokeAsync"}, lets: true, says: "lets itself invoke"},
	{id: "deputy-events", route: deputizing, needs: []string{"events:PutRule", "events:PutTargets"}, by: []string{"events.amazonaws.com"}, says: "has a rule of its own start"},
	{id: "deputy-events-target", route: deputizing, needs: []string{"events:PutTargets"}, by: []string{"events.amazonaws.com"}, note: "if there is a rule that runs, to give a target to", says: "has a rule start"},
	{id: "deputy-s3", route: deputizing, needs: []string{"s3:PutBucketNotification", "s3:PutObject"}, by: []string{"s3.amazonaws.com"}, says: "has a bucket notify"},
	{id: "deputy-sns", route: deputizing, needs: []string{"sns:Subscribe", "sns:Publish"}, by: []string{"sns.amazonaws.com"}, says: "subscribes to a topic"},
	{id: "deputy-logs", route: deputizing, needs: []string{"logs:PutSubscriptionFilter", "logs:PutLogEvents"}, by: []string{"logs.amazonaws.com"}, says: "subscribes to a log group"},
	{id: "deputy-iot", route: deputizing, needs: []string{"iot:CreateTopicRule", "iot:Publish"}, by: []string{"iot.amazonaws.com"}, says: "has a topic rule of its own start"},
	{id: "deputy-config", route: deputizing, needs: []string{"config:PutConfigRule"}, by: []string{"config.amazonaws.com"}, says: "has a Config rule of its own start"},
	{id: "deputy-bedrock", route: deputizing, needs: []string{"bedrock:InvokeInlineAgent"}, by: []string{"bedrock.amazonaws.com"}, note: "if the model of an agent of its own calls it", fresh: true, says: "has an agent of its own call"},
	{id: "esm-create", route: mapping, needs: []string{"lambda:CreateEventSourceMapping"}, note: "if the function's role may read a source that it writes to", says: "gives an event source to"},
	{id: "esm-repoint", route: mapping, needs: []string{"lambda:UpdateEventSourceMapping"}, note: "if the function's role may read the other source", says: "gives another event source to"},
}

// filling are ways to an instance profile that holds a role, by which alone EC2 takes one: a new profile, one that holds another
// (it takes one role at a time), or one that holds none and that designs do not show. They are no techniques by themselves.
var filling = []technique{
	{id: "new-profile", route: passing, needs: []string{"iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"}},
	{id: "emptied-profile", route: passing, needs: []string{"iam:RemoveRoleFromInstanceProfile", "iam:AddRoleToInstanceProfile"}, there: []string{"AWS::IAM::InstanceProfile"}},
	{id: "empty-profile", route: passing, needs: []string{"iam:AddRoleToInstanceProfile"}},
}

// unbinding makes a principal that has to have a boundary, and takes that off.
var unbinding = []*technique{
	{id: "iam-create-user", route: creating, needs: []string{"iam:CreateUser", "iam:AttachUserPolicy|iam:PutUserPolicy", "iam:CreateAccessKey|iam:CreateLoginProfile", "iam:DeleteUserPermissionsBoundary"}, says: "makes a new administrator user"},
	{id: "iam-create-role", route: creating, needs: []string{"iam:CreateRole", "iam:AttachRolePolicy|iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"}, says: "makes a new administrator role"},
}

// newMember makes a user that is in a group: iam:AddUserToGroup on the group, and the rest on one new name.
var newMember = &technique{id: "iam-create-member", route: creating, on: isGroup, needs: []string{"iam:CreateUser", "iam:CreateAccessKey|iam:CreateLoginProfile"}, says: "makes a new member of"}

// poisons are what a function reads at its start, named in its environment: whoever writes it chooses input of the
// function's. Whether the function trusts it is not seen.
var poisons = map[string]carrier{
	"AWS::SSM::Parameter":         {technique: "config-poison", actions: []string{"ssm:putparameter"}, note: "if the function acts on the parameter's value", says: "writes a parameter that is read by"},
	"AWS::SecretsManager::Secret": {technique: "secret-poison", actions: []string{"secretsmanager:putsecretvalue", "secretsmanager:updatesecret"}, note: "if the function acts on the secret's value", says: "writes a secret that is read by"},
}

// Ways to run as somebody through what a resource holds.
var (
	atDeployment = "when it is deployed again"
	whenBuilt    = "when what it writes is built"
	deployBucket = carrier{technique: "deploy-bucket", actions: []string{"s3:putobject"}, note: atDeployment, says: "replaces the package of"}
	sourceBucket = carrier{technique: "deploy-bucket", actions: []string{"s3:putobject"}, note: whenBuilt, says: "replaces the source that is built as"}
	codePush     = carrier{technique: "code-push", actions: []string{"codecommit:gitpush", "codecommit:putfile", "codecommit:createcommit", "codecommit:mergebranchesbyfastforward", "codecommit:mergebranchesbysquash",
		"codecommit:mergebranchesbythreeway", "codecommit:mergepullrequestbyfastforward", "codecommit:mergepullrequestbysquash", "codecommit:mergepullrequestbythreeway"}, note: whenBuilt, says: "pushes code that is built as"}
	jobScript = carrier{technique: "deploy-bucket", actions: sourceBucket.actions, note: "when the job is run", says: "replaces the script that runs as"}
	scriptNow = carrier{technique: "deploy-bucket", actions: sourceBucket.actions, says: "replaces the script of, and runs, what acts as"}
	workflow  = carrier{technique: "deploy-bucket", actions: sourceBucket.actions, says: "writes a workflow that runs as"}
	sourceNow = carrier{technique: "deploy-bucket", actions: sourceBucket.actions, says: "replaces the source of, and runs, what acts as"}
	codeNow   = carrier{technique: "code-push", actions: codePush.actions, says: "pushes code to, and builds, what acts as"}
	imagePush = carrier{technique: "image-push", actions: []string{"ecr:putimage", "ecr:uploadlayerpart", "ecr:initiatelayerupload", "ecr:completelayerupload"}, note: atDeployment, says: "pushes an image of"}
)

// doors are feeds that lead through something that the design does not show as a resource.
var (
	defaultBus = carrier{technique: "events-bus", actions: []string{"events:putevents"}, says: "puts an event on the default bus that starts"}
	otherBus   = carrier{technique: "events-bus", actions: []string{"events:putevents"}, says: "puts an event on a bus that the design does not show, which starts"}
	iotTopic   = carrier{technique: "iot-rule", actions: []string{"iot:publish"}, says: "publishes a message on a topic whose rule starts"}
	iotSome    = carrier{technique: "iot-rule", actions: []string{"iot:publish"}, note: "if the rule selects the message", says: "publishes a message on a topic whose rule starts"}
	signedURL  = carrier{technique: "invoke-url", actions: []string{"lambda:invokefunctionurl", "lambda:invokefunction"}, says: "calls the function URL of"}
	signedAPI  = carrier{technique: "api-invoke", actions: []string{"execute-api:invoke"}, note: "if the route is of an API that the grant names", says: "calls a route that starts"}
)

// openRoute is how anyone starts a function by a route or URL without authorizer.
var openRoute = carrier{technique: "open-route", says: "calls an open route that starts"}

// publicURL is how anyone starts a function whose policy lets everybody call its URL.
var publicURL = carrier{technique: "open-route", actions: signedURL.actions, says: "calls an open route that starts"}

// wholly are the carriers that take all of their actions; of the others, one is enough.
var wholly = []*carrier{&imagePush, &signedURL, &publicURL}

// keyedRoute is how anyone does who has the API key that a route asks for.
var keyedRoute = carrier{technique: "open-route", says: "calls an open route that starts", note: "if it has the API key"}

// A plan is a technique prepared for trying: its needs as numbers of actions.
type plan struct {
	*technique
	needs [][]int // all of them, one of each
}

// A planTable is all techniques by where they start.
type planTable struct {
	actions  []string // that techniques need, without doubles
	services []string // that techniques go by, without doubles
	on       map[sort][]*plan
	rest     []*plan // existing, creating, mapping, deputizing
	passing  []*plan
}

// elsewhere are the plans of which the permissions somewhere are all.
var elsewhere = sync.OnceValue(func() []*plan {
	return slices.DeleteFunc(slices.Clone(plans().rest), func(p *plan) bool { return p.route == deputizing || p.route == federating || p.shown })
})

var plans = sync.OnceValue(func() *planTable {
	t := &planTable{on: map[sort][]*plan{}}
	number := map[string]int{}
	for i := range techniques {
		p := &plan{technique: &techniques[i]}
		for _, need := range techniques[i].needs {
			var alternatives []int
			for action := range strings.SplitSeq(need, "|") {
				n, ok := number[action]
				if !ok {
					n = len(t.actions)
					number[action] = n
					t.actions = append(t.actions, action)
				}
				alternatives = append(alternatives, n)
			}
			p.needs = append(p.needs, alternatives)
		}
		for _, s := range p.by {
			if p.route != deputizing && !slices.Contains(t.services, s) {
				t.services = append(t.services, s)
			}
		}
		switch p.route {
		case onTarget, running, altering, unguarding, joining, feeding:
			t.on[p.on] = append(t.on[p.on], p)
		case passing:
			t.passing = append(t.passing, p)
		case existing, creating, mapping, deputizing, federating:
			t.rest = append(t.rest, p)
		}
	}
	for i := range filling {
		t.passing = append(t.passing, &plan{technique: &filling[i]})
	}
	for _, more := range []string{"iam:PassRole", "lambda:InvokeFunctionUrl"} {
		if _, ok := number[more]; !ok {
			t.actions = append(t.actions, more)
		}
	}
	return t
})
