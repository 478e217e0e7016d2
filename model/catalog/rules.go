package catalog

import "strings"

// This file is the reviewed table of what actions are good for, where AWS's access level does not tell. An
// action is looked up in its service's rules, then in the rules for every service, and else is what its level
// says. The levels lack delete, send, invoke and secret altogether; and for data they mislead in two ways: "Read"
// is given both to what returns contents and to what only describes the thing, and some "Write" actions return
// contents, credentials, or change who has access.

// A rule says what some actions of a service are good for.
type rule struct {
	actions string // patterns, separated by spaces; the first rule that fits decides
	are     Capabilities
	why     string
}

// can is a set of capabilities.
func can(cs ...Capability) Capabilities {
	var s Capabilities
	for _, c := range cs {
		s = s.With(c)
	}
	return s
}

// capabilitiesOf looks an action up in the tables.
func capabilitiesOf(a *Action) Capabilities {
	for _, r := range rules[a.Service] {
		if r.fits(a.Name) {
			return r.are
		}
	}
	for _, r := range labels {
		if r.fits(a.Name) {
			return r.are
		}
	}
	switch a.Level {
	case LevelList:
		return can(List)
	case LevelRead:
		if only, ok := contents[a.Service]; ok && !(rule{actions: only}).fits(a.Name) {
			return can(List)
		}
		return can(Read)
	case LevelPermissions:
		return can(Permissions)
	case LevelTagging:
		return can(Tag)
	case LevelWrite:
	}
	for _, r := range everywhere {
		if r.fits(a.Name) {
			return r.are
		}
	}
	return can(Write)
}

func (r rule) fits(name string) bool {
	for pattern := range strings.FieldsSeq(r.actions) {
		if match(pattern, name) {
			return true
		}
	}
	return false
}

// contents names, for the services that hold or move data, the actions of level Read that return what is held.
// The others of that level (DescribeTable, GetQueueAttributes, GetBucketLocation …) describe the thing: knowing
// them floods nothing, so they are list.
var contents = map[string]string{
	"s3":                "GetObject GetObjectTorrent GetObjectVersion GetObjectVersionTorrent GetObjectVersionForReplication GetObjectAnnotation GetObjectVersionAnnotation*",
	"s3express":         "",
	"dynamodb":          "GetItem BatchGetItem Query Scan PartiQLSelect ConditionCheckItem GetRecords SearchVectors ReadDataForReplication",
	"dax":               "GetItem BatchGetItem Query Scan ConditionCheckItem",
	"sqs":               "ReceiveMessage",
	"sns":               "",
	"events":            "",
	"kinesis":           "GetRecords SubscribeToShard",
	"firehose":          "",
	"secretsmanager":    "",
	"kms":               "",
	"states":            "DescribeExecution GetExecutionHistory",
	"elasticfilesystem": "ClientMount ReplicationRead",
	"ecr":               "BatchGetImage GetDownloadUrlForLayer",
	"rds":               "DownloadDBLogFilePortion DownloadCompleteDBLogFile",
	"kafka":             "",
	"logs":              "GetLogEvents FilterLogEvents GetLogRecord GetQueryResults StartQuery StartLiveTail Unmask GetLookupTable",
}

// labels are the rules for tags of every service: AWS gives reading them the level Read of some services and Tagging or
// List of others, and changing them Write of some.
var labels = []rule{
	{"ListTags ListTagsFor* ListTagsOf* ListResourceTags ListTaggedResources DescribeTags GetTags GetTagKeys GetTagValues GetResourceTags Get*Tagging", can(List), "tells labels, no contents"},
	{"TagResource UntagResource", can(Tag), "sets labels"},
}

// everywhere are the rules for actions of level Write of every service.
var everywhere = []rule{
	{"*ResourcePolicy", can(Permissions), "a resource's policy says who has access, whatever its level"},
	{"Delete* BatchDelete* AdminDelete* Purge* Terminate* Destroy* Erase* Wipe* Truncate* Drop* Empty* DELETE", can(Delete),
		"destroys the thing or what is in it. Remove*, Deregister*, Detach*, Stop* and Cancel* take a thing out of use or off a list: write"},
}

// rules are the rules of single services.
var rules = map[string][]rule{
	"s3": {
		{"DeleteBucketWebsite DeleteBucketMetadataTableConfiguration DeleteAccessPoint DeleteAccessPointForObjectLambda DeleteMultiRegionAccessPoint DeleteStorageLensConfiguration DeleteStorageLensGroup", can(Write),
			"deletes a setting or a door, no object"},
		{"ReplicateDelete", can(Delete), "deletes objects as replication does"},
		{"PutLifecycleConfiguration", can(Write, Delete), "a rule that expires every object deletes them all"},
		{"PutReplicationConfiguration", can(Read, Write), "copies every new object to a bucket of the caller's choosing, in any account"},
		{"BypassGovernanceRetention", can(Delete), "AWS says permissions; it is what lifts the lock that keeps an object version from being deleted"},
		{"GetDataAccess", can(Secret), "returns temporary credentials"},
	},
	"s3express": {
		{"CreateSession", can(Read, Write, Delete), "a session reads, writes and deletes objects; its mode is a condition"},
		{"DeleteAccessPoint", can(Write), "deletes a door, no object"},
		{"PutLifecycleConfiguration", can(Write, Delete), "as for s3"},
	},
	"dynamodb": {
		{"BatchWriteItem", can(Write, Delete), "one permission for puts and deletes (BatchWriteItem asks for no other)"},
		{"PartiQLDelete", can(Delete), "deletes items"},
		{"UpdateTimeToLive", can(Write, Delete), "expires every item by an attribute they have"},
		{"ExportTableToPointInTime", can(Read), "copies the whole table to a bucket of the caller's choosing, in any account"},
		{"EnableKinesisStreamingDestination", can(Read, Write), "streams every change out"},
		{"DeleteGlobalTableWitness", can(Write), "holds no items"},
	},
	"dax": {
		{"BatchWriteItem", can(Write, Delete), "as for dynamodb"},
		{"DeleteParameterGroup DeleteSubnetGroup", can(Write), "settings, not data"},
	},
	"sqs": {
		{"SendMessage", can(Send), "the message is what its consumer acts on"},
		{"DeleteMessage", can(Delete), "a message deleted before it was worked on is lost: with ReceiveMessage it empties the queue as PurgeQueue does"},
		{"StartMessageMoveTask", can(Send), "puts a dead-letter queue's messages into a queue again"},
	},
	"sns": {
		{"Publish", can(Send), "every subscriber acts on it"},
		{"Subscribe", can(Read, Write), "a subscription of the caller's own receives every message from then on"},
		{"DeleteEndpoint DeletePlatformApplication DeleteSMSSandboxPhoneNumber", can(Write), "registrations; a topic holds no messages"},
	},
	"events": {
		{"PutEvents PutPartnerEvents PutRawEvents", can(Send), "rules act on events"},
		{"StartReplay", can(Send), "sends archived events again"},
		{"InvokeApiDestination", can(Invoke), "calls an endpoint outside"},
		{"RetrieveConnectionCredentials", can(Secret), "returns a connection's credentials"},
		{"DeleteRule DeleteApiDestination DeleteConnection DeleteEndpoint", can(Write), "settings; the bus stays"},
	},
	"tag":       {{"GetResources", can(List), "AWS says read; it tells labels and names"}},
	"pipes":     {{"DeletePipe", can(Write), "carries data, holds none"}},
	"scheduler": {{"DeleteSchedule*", can(Write), "a setting"}},
	"kinesis": {
		{"PutRecord PutRecords", can(Send), "consumers act on records"},
		{"DecreaseStreamRetentionPeriod", can(Write, Delete), "records older than the new period are gone"},
	},
	"firehose": {
		{"PutRecord PutRecordBatch", can(Send), "delivered to the stream's destination"},
		{"UpdateDestination", can(Read, Write), "delivers the stream to a destination of the caller's choosing"},
	},
	"kinesisvideo": {{"PutMedia", can(Send), "consumers act on fragments"}},
	"kafka-cluster": {
		{"Connect", can(List), "AWS says write; it opens a connection, ReadData and WriteData say what for"},
		{"WriteData", can(Send), "consumers act on records"},
		{"DeleteGroup", can(Write), "forgets how far a group has read; no record is lost"},
	},
	"kafka":          {{"PutClusterPolicy DeleteClusterPolicy", can(Permissions), "who has access"}},
	"iot":            {{"Publish RetainPublish", can(Send), "subscribers and rules act on messages"}, {"Receive Subscribe", can(Read), "AWS says write; they are how a client gets messages"}, {"Connect", can(List), "opens a connection, the others say what for"}},
	"secretsmanager": {{"GetSecretValue BatchGetSecretValue", can(Secret), "the secret's value"}, {"ValidateResourcePolicy", can(List), "AWS says permissions; it checks only"}},
	"ssm": {
		{"GetParameter GetParameters GetParametersByPath GetParameterHistory", can(Secret), "values of parameters, SecureStrings decrypted; an ARN does not tell a SecureString from a plain one"},
		{"SendCommand StartSession ResumeSession StartAutomationExecution StartChangeRequestExecution StartAssociationsOnce", can(Invoke), "runs what the caller says on the instances"},
		{"GetAccessToken RequestManagedInstanceRoleToken", can(Secret), "returns credentials"},
		{"PutResourcePolicy DeleteResourcePolicy", can(Permissions), "who has access"},
	},
	"kms": {
		{"Decrypt", can(Secret), "what the key protects, in clear"},
		{"ReEncryptFrom", can(Secret), "re-encrypted under a key of the caller's own, it is decrypted"},
		{"DeriveSharedSecret Sign GenerateMac", can(Secret), "uses the private key as its holder: secrets agreed with others, signatures and codes that others believe"},
		{"Verify VerifyMac GenerateRandom", can(List), "AWS says write; they tell nothing that the caller did not bring"},
		{"DeleteAlias DeleteCustomKeyStore", can(Write), "a name or a connection; the key stays"},
		{"ScheduleKeyDeletion DeleteImportedKeyMaterial", can(Delete), "all that the key protects is lost"},
		// Encrypt, GenerateDataKey*, ReEncryptTo stay write: they make data that the key's readers accept, and
		// open nothing that is already encrypted.
	},
	"states": {
		{"StartExecution StartSyncExecution RedriveExecution", can(Invoke), "runs the state machine, mostly on input of the caller's choosing"},
		{"SendTaskSuccess SendTaskFailure SendTaskHeartbeat", can(Send), "answers a waiting task"},
		{"GetActivityTask", can(Read), "AWS says write; it returns a task's input"},
		{"InvokeHTTPEndpoint", can(Invoke), "calls an endpoint outside"},
		{"RevealSecrets", can(Secret), "shows what a test of a state would hide"},
		{"TestState", can(Invoke), "runs a state with a role of the caller's choosing"},
		{"DeleteStateMachineAlias DeleteStateMachineVersion", can(Write), "a name; the machine stays"},
	},
	"lambda": {
		{"InvokeFunction InvokeFunctionUrl InvokeAsync", can(Invoke), "runs the function on input of the caller's choosing"},
		{"SendDurableExecution*", can(Send), "answers a waiting execution"},
		{"CreateMicrovmAuthToken CreateMicrovmShellAuthToken", can(Secret), "returns credentials"},
		{"ConnectMicrovm RunMicrovm ResumeMicrovm", can(Invoke), "runs code"},
		{"ListFunctions ListVersionsByFunction", can(Read), "AWS says list; each returns the functions' configuration, environment variables included"},
		{"DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig DeleteProvisionedConcurrencyConfig DeleteFunctionCodeSigningConfig DeleteCodeSigningConfig DeleteFunctionUrlConfig DeleteAlias DeleteEventSourceMapping", can(Write), "settings; the function stays"},
		// GetFunction and GetFunctionConfiguration stay read: code and environment may hold secrets, but whether they
		// do is not seen, and a function counts in no measure.
	},
	"execute-api": {
		{"Invoke", can(Invoke), "what is behind the API acts on the request"},
		{"ManageConnections", can(Send), "sends to connected clients"},
	},
	"apigateway": {{"PutPortalProductSharingPolicy", can(Permissions), "who has access"}},
	"appsync": {
		{"GraphQL SourceGraphQL", can(Invoke), "resolvers act on the request"},
		{"EventPublish", can(Send), "subscribers act on events"},
		{"EventSubscribe EventConnect", can(Read), "AWS says write; they are how a client gets events"},
		{"CreateApiKey", can(Secret), "returns a key that opens the API"},
		{"ListApiKeys", can(Secret), "returns the keys"},
	},
	"sts": {
		{"AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot", can(Secret), "credentials of another principal"},
		{"GetSessionToken GetFederationToken GetServiceBearerToken GetDelegatedAccessToken GetWebIdentityToken", can(Secret), "credentials; the caller's own, yet they outlive its session"},
		{"GetCallerIdentity GetAccessKeyInfo DecodeAuthorizationMessage", can(List), "AWS says read or write; they tell names, which any caller may ask"},
		{"SetSourceIdentity SetContext", can(Tag), "labels on a session"},
	},
	"iam": {
		{"CreateAccessKey CreateServiceSpecificCredential ResetServiceSpecificCredential", can(Secret), "returns credentials of a user"},
		{"CreateLoginProfile UpdateLoginProfile ChangePassword", can(Secret), "sets a user's password"},
		{"UploadSSHPublicKey UploadSigningCertificate UpdateAccessKey", can(Secret), "makes credentials of a user work"},
		{"AddUserToGroup PassRole AddRoleToInstanceProfile UpdateSAMLProvider CreateSAMLProvider CreateOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint AddClientIDToOpenIDConnectProvider", can(Permissions),
			"AWS says write; they give a principal, or a service, what it may not do otherwise"},
		{"DeactivateMFADevice DeleteVirtualMFADevice", can(Permissions), "lifts a condition on a user's permissions"},
	},
	"rds-db":   {{"connect", can(Secret), "AWS says permissions; it is the database user's password"}},
	"rds-data": {{"ExecuteStatement BatchExecuteStatement ExecuteSql", can(Read, Write, Delete), "any SQL that the database user may"}, {"BeginTransaction CommitTransaction RollbackTransaction", can(List), "AWS says write; without a statement they change nothing"}},
	"redshift-data": {
		{"ExecuteStatement BatchExecuteStatement", can(Read, Write, Delete), "any SQL that the database user may"},
	},
	"redshift":            {{"GetClusterCredentials GetClusterCredentialsWithIAM GetIdentityCenterAuthToken", can(Secret), "returns a database user's password or a token"}},
	"redshift-serverless": {{"GetCredentials GetIdentityCenterAuthToken", can(Secret), "returns a database user's password or a token"}},
	"dsql":                {{"DbConnect DbConnectAdmin", can(Secret), "is the database user's password"}, {"PutClusterPolicy DeleteClusterPolicy", can(Permissions), "who has access"}},
	"elasticache":         {{"Connect", can(Secret), "is the cache user's password"}},
	"memorydb":            {{"Connect", can(Secret), "is the database user's password"}},
	"neptune-db":          {{"connect", can(Read, Write, Delete), "one permission for every query (engines before 1.2)"}, {"ResetDatabase", can(Delete), "empties the database"}, {"DeleteMLEndpoint DeleteStatistics", can(Write), "derived data"}},
	"timestream":          {{"WriteRecords", can(Write), "adds records"}},
	"qldb":                {{"SendCommand ExecuteStatement", can(Read, Write, Delete), "any statement on the ledger"}},
	"es": {
		{"ESHttpPost", can(Read, Write, Delete), "searches, bulk updates and delete-by-query are all POST"},
		{"ESHttpPut ESHttpPatch", can(Write), "writes documents and indexes"},
		{"ESHttpDelete", can(Delete), "deletes documents and indexes"},
	},
	"aoss": {
		{"APIAccessAll", can(Read, Write, Delete), "every request to the collection's data; its data access policy says which pass"},
		{"CreateAccessPolicy UpdateAccessPolicy DeleteAccessPolicy", can(Permissions), "data access policies say who has access"},
		{"DeleteSecurityPolicy DeleteLifecyclePolicy DeleteSecurityConfig DeleteVpcEndpoint", can(Write), "settings"},
	},
	"elasticfilesystem": {
		{"ClientWrite", can(Write, Delete), "who may write to a mounted file system may delete files"},
		{"ClientRootAccess", can(Permissions), "AWS says write; root passes every file's owner and mode"},
		{"DeleteAccessPoint DeleteMountTarget DeleteReplicationConfiguration", can(Write), "doors and settings, no file"},
	},
	"rds": {
		{"ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute", can(Permissions), "AWS says write; they share a snapshot with other accounts"},
		{"StartExportTask", can(Read), "copies a snapshot's data to a bucket"},
		{"DeleteDBParameterGroup DeleteDBClusterParameterGroup DeleteDBSubnetGroup DeleteDBSecurityGroup DeleteOptionGroup DeleteEventSubscription DeleteDBProxy DeleteDBProxyEndpoint DeleteDBClusterEndpoint DeleteIntegration DeleteCustomDBEngineVersion", can(Write), "settings and doors, no data"},
	},
	"logs": {
		{"PutSubscriptionFilter PutAccountPolicy", can(Read, Write), "sends the log's events to a destination of the caller's choosing"},
		{"CreateExportTask", can(Read), "copies the log to a bucket"},
		{"PutRetentionPolicy", can(Write, Delete), "events older than the new period are deleted"},
		{"*DestinationPolicy", can(Permissions), "who has access"},
		{"DeleteLogGroup DeleteLogStream", can(Delete), "deletes events"},
		{"Delete*", can(Write), "settings, no event"},
	},
	"ecr": {
		{"GetAuthorizationToken", can(Secret), "a registry password for twelve hours, with the caller's permissions"},
		{"PutLifecyclePolicy", can(Write, Delete), "a rule that expires images deletes them"},
		{"DeleteLifecyclePolicy DeletePullThroughCacheRule DeleteRepositoryCreationTemplate DeleteSigningConfiguration", can(Write), "settings, no image"},
	},
	"ecr-public": {{"GetAuthorizationToken", can(Secret), "a registry password"}},
	"codeartifact": {
		{"GetAuthorizationToken", can(Secret), "a repository password"},
		{"PutDomainPermissionsPolicy PutRepositoryPermissionsPolicy DeleteDomainPermissionsPolicy DeleteRepositoryPermissionsPolicy", can(Permissions), "who has access"},
		{"DisposePackageVersions", can(Delete), "deletes the package's files"},
	},
	"cognito-identity":     {{"GetCredentialsForIdentity GetOpenIdToken GetOpenIdTokenForDeveloperIdentity", can(Secret), "returns credentials"}},
	"cognito-idp":          {{"AdminInitiateAuth AdminRespondToAuthChallenge AdminSetUserPassword AdminResetUserPassword AddUserPoolClientSecret", can(Secret), "returns or sets a user's or client's credentials"}, {"DescribeUserPoolClient", can(Secret), "AWS says read; it returns the client's secret"}},
	"codeconnections":      {{"GetConnectionToken GetIndividualAccessToken", can(Secret), "returns a token"}},
	"codestar-connections": {{"GetConnectionToken GetIndividualAccessToken", can(Secret), "returns a token"}},
	"lakeformation":        {{"GetTemporaryGluePartitionCredentials GetTemporaryGlueTableCredentials GetDataAccess", can(Secret), "returns credentials"}},
	"ec2": {
		{"GetPasswordData", can(Secret), "the administrator's password, encrypted with the instance's key pair"},
		{"DeleteTags", can(Tag), "tags"},
		{"RunInstances", can(Invoke), "runs code of the caller's choosing"},
	},
	"ec2-instance-connect": {{"SendSSHPublicKey SendSerialConsoleSSHPublicKey OpenTunnel", can(Invoke), "lets the caller log in"}},
	"ecs":                  {{"RunTask StartTask ExecuteCommand", can(Invoke), "runs code"}},
	"batch":                {{"SubmitJob SubmitServiceJob", can(Invoke), "runs code"}},
	"codebuild":            {{"StartBuild StartBuildBatch RetryBuild RetryBuildBatch StartSandbox StartCommandExecution StartSandboxConnection", can(Invoke), "runs code"}},
	"codepipeline":         {{"StartPipelineExecution", can(Invoke), "runs the pipeline"}},
	"glue":                 {{"StartJobRun StartWorkflowRun StartTrigger StartCrawler RunStatement", can(Invoke), "runs code"}},
	"athena":               {{"StartQueryExecution RunQuery", can(Invoke), "runs a query; what it reads are other permissions"}},
	"sagemaker":            {{"InvokeEndpoint*", can(Invoke), "runs the model"}},
	"bedrock":              {{"Invoke*", can(Invoke), "runs a model or an agent"}},
	"bedrock-agentcore":    {{"Invoke*", can(Invoke), "runs an agent or code"}, {"GetResourceOauth2Token GetResourceApiKey GetWorkloadAccessToken* GetResourcePaymentToken", can(Secret), "returns credentials"}},
	"vpc-lattice-svcs":     {{"Invoke", can(Invoke), "what is behind the service acts on the request"}},
	"ses":                  {{"SendEmail SendRawEmail SendTemplatedEmail SendBulkEmail SendBulkTemplatedEmail SendCustomVerificationEmail SendBounce", can(Send), "mail in the account's name"}},
	"mobiletargeting":      {{"SendMessages SendOTPMessage SendUsersMessages", can(Send), "messages in the account's name"}},
	"sms-voice":            {{"Send*", can(Send), "messages in the account's name"}},
	"social-messaging":     {{"SendWhatsApp*", can(Send), "messages in the account's name"}},
	"lightsail":            {{"CreateBucketAccessKey", can(Secret), "returns a key that opens the bucket"}},
	"ivschat":              {{"SendEvent", can(Send), "clients act on events"}},
	"chime":                {{"SendChannelMessage", can(Send), "messages in the account's name"}},
}
