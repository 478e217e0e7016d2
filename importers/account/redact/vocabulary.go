package redact

// keys are those of snapshots and of AWS's answers in them. Any other is taken for a name that somebody gave.
var keys = set("bulkhead account alias partition regions taken managementAccount noOrganization authorizationDetails functions versions aliases eventSourceMappings eventInvokeConfigs " +
	"resourcePolicies resources triggers keyGrants stacks scps rcps lastAccessed notRead problems organization templates " +
	// IAM
	"UserDetailList GroupDetailList RoleDetailList Policies IsTruncated Marker Path UserName UserId GroupName GroupId RoleName RoleId Arn CreateDate UpdateDate PasswordLastUsed " +
	"UserPolicyList GroupPolicyList RolePolicyList GroupList AttachedManagedPolicies PermissionsBoundary PermissionsBoundaryType PermissionsBoundaryArn Tags Key Value PolicyName PolicyDocument PolicyArn PolicyId " +
	"PolicyVersionList VersionId IsDefaultVersion Document DefaultVersionId AttachmentCount PermissionsBoundaryUsageCount IsAttachable Description AssumeRolePolicyDocument InstanceProfileList InstanceProfileName " +
	"InstanceProfileId Roles RoleLastUsed LastUsedDate Region MaxSessionDuration " +
	// policies
	"Version Id Statement Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition AWS Service Federated CanonicalUser " +
	// functions
	"FunctionName FunctionArn Role Runtime Handler PackageType CodeSha256 CodeSize KMSKeyArn KmsKeyArn Environment Variables VpcConfig VpcId SubnetIds SecurityGroupIds Ipv6AllowedForDualStack DeadLetterConfig TargetArn TracingConfig Mode " +
	"Layers FileSystemConfigs LocalMountPath ReservedConcurrentExecutions MemorySize Timeout LastModified RevisionId Architectures EphemeralStorage Size SnapStart OptimizationStatus LoggingConfig LogFormat LogGroup State StateReason StateReasonCode " +
	"LastUpdateStatus MasterArn SigningJobArn SigningProfileVersionArn ImageConfigResponse RuntimeVersionConfig RuntimeVersionArn Error Message AliasArn Name FunctionVersion RoutingConfig AdditionalVersionWeights " +
	"UUID EventSourceArn FilterCriteria Filters Pattern DestinationConfig OnSuccess OnFailure Destination BatchSize MaximumBatchingWindowInSeconds StartingPosition StartingPositionTimestamp ParallelizationFactor " +
	"BisectBatchOnFunctionError MaximumRecordAgeInSeconds MaximumRetryAttempts TumblingWindowInSeconds FunctionResponseTypes LastProcessingResult StateTransitionReason Queues Topics SourceAccessConfigurations SelfManagedEventSource ScalingConfig MaximumConcurrency EventSourceMappingArn " +
	"FunctionUrl AuthType InvokeMode Cors Qualifier " +
	// resources and triggers
	"Account Policy Type PartitionKey Workflow Bucket Network Dead Form tagged EventBridge PublicAccessBlock BlockPublicAcls IgnorePublicAcls BlockPublicPolicy RestrictPublicBuckets Acl Grantee Permission From To Kind Filter prefix suffix events pattern scope route schedule auth apiKey " +
	"FilterRules Events FilterPolicy FilterPolicyScope EventPattern target policies Call About KeyId GrantId GranteePrincipal RetiringPrincipal Operations Constraints IssuingAccount CreationDate " +
	"EncryptionContextSubset EncryptionContextEquals StackId StackName StackStatus Resources LogicalResourceId PhysicalResourceId ResourceType " +
	"PolicySummary Content AwsManaged ServiceNamespace ServiceName ActionName LastAuthenticated LastAuthenticatedEntity LastAuthenticatedRegion LastAccessedTime LastAccessedEntity LastAccessedRegion TotalAuthenticatedEntities TrackedActionsLastAccessed ServicesLastAccessed")

// usual are keys whose texts are AWS's words, numbers and dates.
var usual = set("bulkhead partition taken regions region Region Type Kind State Runtime VersionId DefaultVersionId PermissionsBoundaryType CreateDate UpdateDate PasswordLastUsed LastUsedDate " +
	"LastModified LastUpdateStatus PackageType Architectures Mode auth AuthType InvokeMode scope FilterPolicyScope schedule events Events Effect Action NotAction notRead " +
	"StartingPosition StateReasonCode FunctionResponseTypes managementAccount EventBridge IsDefaultVersion AuthorizationType Permission Operations StackStatus ResourceType " +
	"ServiceNamespace ServiceName ActionName Workflow Form LastAuthenticated LastAccessedTime LastAuthenticatedRegion LastAccessedRegion CreationDate OptimizationStatus LogFormat noOrganization LastProcessingResult")
