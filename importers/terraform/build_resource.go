package terraform

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// resource makes a Resource. A type that CloudFormation does not have keeps Terraform's name.
func (b *builder) resource(x *object) {
	n := b.called[x]
	e := &model.Resource{
		ID: b.ids[x], LogicalID: x.address, Name: b.nameOf(x), ARN: b.arnOf(x), Type: typeOf(x), Fresh: n.isFresh(),
		Tags: b.tags(x), Stack: b.info.Name, Origin: x.span,
	}
	if e.Type == "" {
		e.Type = x.typ
		b.tell(source.Info, x.span, "It was kept as a resource without an ARN.", "%s is not a resource type that is known", x.typ)
	}
	if e.Type == "AWS::S3::Bucket" {
		// A bucket made since April 2023 blocks public policies unless it says otherwise.
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
		e.BlockPublicAccess = true
	}
	switch e.Type {
	case "AWS::DynamoDB::Table":
		e.PartitionKey = x.word("hash_key")
	case "AWS::StepFunctions::StateMachine":
		e.Workflow = workflowOf(x)
	case "AWS::S3::AccessPoint":
		e.Network = x.word("vpc_configuration", "vpc_id")
		if bucket := b.find(x.word("bucket"), x, "AWS::S3::Bucket"); bucket != nil {
			e.Bucket = b.ids[bucket]
		}
		block := []string{"public_access_block_configuration", "block_public_policy"}
		e.BlockPublicAccess = x.word(block...) == "" || isTrue(x.get(block...)) && isTrue(x.get(block[0], "restrict_public_buckets"))
	}
	if parts := strings.SplitN(e.ARN, ":", 6); len(parts) == 6 && parts[4] == "" && x.account != b.info.Account {
		e.Account = x.account
	}
	b.others[x] = e
	b.add(e)
	e.Key, e.Role = b.keyOf(x), b.roleOf(x)
}

// acting are the arguments that say with which role what runs in a resource acts.
var acting = map[string][]string{
	"aws_codebuild_project": {"service_role"}, "aws_glue_dev_endpoint": {"role_arn"}, "aws_glue_job": {"role_arn"}, "aws_sagemaker_notebook_instance": {"role_arn"},
	"aws_cloudformation_stack": {"iam_role_arn"}, "aws_sfn_state_machine": {"role_arn"}, "aws_ecs_task_definition": {"task_role_arn"},
	"aws_apprunner_service": {"instance_configuration", "instance_role_arn"}, "aws_bedrockagentcore_code_interpreter": {"execution_role_arn"},
	"aws_mwaa_environment": {"execution_role_arn"}, "aws_transfer_user": {"role"}, "aws_osis_pipeline": {"pipeline_role_arn"},
	"aws_bedrockagentcore_browser": {"execution_role_arn"}, "aws_bedrockagentcore_agent_runtime": {"role_arn"},
}

// roleOf is the role with which what runs in a resource acts, "" for none, and for one that the configuration does not
// make. An instance has it by its profile.
func (b *builder) roleOf(x *object) model.ID {
	switch x.typ {
	case "aws_batch_job_definition":
		var container struct {
			JobRoleARN string `json:"jobRoleArn"`
		}
		_ = json.Unmarshal([]byte(x.word("container_properties")), &container) // what is none names no role
		return b.actsAs(container.JobRoleARN, x)
	case "aws_instance", "aws_spot_instance_request":
		if role := b.profileRole(x.word("iam_instance_profile"), x); role != "" {
			return role
		}
		for _, name := range []string{"id", "name"} {
			if template := b.find(x.word("launch_template", name), x, "AWS::EC2::LaunchTemplate"); template != nil {
				return b.templateRole(template)
			}
		}
		return ""
	case "aws_emr_cluster":
		return b.profileRole(x.word("ec2_attributes", "instance_profile"), x)
	case "aws_sagemaker_user_profile":
		if role := x.word("user_settings", "execution_role"); role != "" {
			return b.actsAs(role, x)
		}
		if domain := b.find(x.word("domain_id"), x, "AWS::SageMaker::Domain"); domain != nil {
			return b.actsAs(domain.word("default_user_settings", "execution_role"), domain)
		}
		return ""
	case "aws_launch_template":
		return b.templateRole(x)
	case "aws_ecs_service":
		if task := b.find(x.word("task_definition"), x, "AWS::ECS::TaskDefinition"); task != nil {
			return b.roleOf(task)
		}
		return ""
	}
	if path, ok := acting[x.typ]; ok {
		return b.actsAs(x.word(path...), x)
	}
	return ""
}

// templateRole is the role of the instances that a launch template makes.
func (b *builder) templateRole(x *object) model.ID {
	return b.profileRole(cmp.Or(x.word("iam_instance_profile", "arn"), x.word("iam_instance_profile", "name")), x)
}

// profileRole is the role that an instance profile holds, which a text means.
func (b *builder) profileRole(text string, from *object) model.ID {
	if profile := b.find(text, from, "AWS::IAM::InstanceProfile"); profile != nil {
		return b.actsAs(profile.word("role"), profile)
	}
	return ""
}

// workflowOf is of which type a state machine is: STANDARD where it does not say, "" where what it says is not known.
func workflowOf(x *object) string {
	if absent(x.get("type")) {
		return "STANDARD"
	}
	if t := x.word("type"); t == "STANDARD" || t == "EXPRESS" {
		return t
	}
	return ""
}

// profiles marks the roles that instance profiles hold.
func (b *builder) profiles() {
	for _, x := range b.objects {
		if x.typ == "aws_iam_instance_profile" {
			if role := b.roles[b.find(x.word("role"), x, "AWS::IAM::Role")]; role != nil {
				role.Profile = model.HasProfile
			}
		}
	}
}

// blockPublicAccess reads what buckets say of public policies.
func (b *builder) blockPublicAccess() {
	for _, x := range b.objects {
		if x.typ != "aws_s3_bucket_public_access_block" {
			continue
		}
		if e := b.others[b.find(x.word("bucket"), x, "AWS::S3::Bucket")]; e != nil {
			e.BlockPublicAccess = isTrue(x.get("block_public_policy")) && isTrue(x.get("restrict_public_buckets"))
		}
	}
	for _, x := range b.objects {
		if x.typ == "aws_s3_bucket_server_side_encryption_configuration" {
			if e := b.others[b.find(x.word("bucket"), x, "AWS::S3::Bucket")]; e != nil {
				if key := b.key(x, "rule", "apply_server_side_encryption_by_default", "kms_master_key_id"); key != "" {
					e.Key = key
				}
			}
		}
	}
}

// keyPaths are the arguments that name the key which encrypts a resource.
var keyPaths = [][]string{
	{"kms_master_key_id"}, {"kms_key_id"}, {"kms_key_arn"}, {"kms_key"}, {"kms_key_identifier"}, {"customer_managed_key_arn"}, {"customer_encryption_key_arn"}, {"encryption_key"},
	{"server_side_encryption", "kms_key_arn"}, {"server_side_encryption", "key_arn"},
	{"server_side_encryption_configuration", "rule", "apply_server_side_encryption_by_default", "kms_master_key_id"},
	{"encryption_configuration", "kms_key"}, {"encryption_configuration", "kms_key_id"}, {"encryption_configuration", "kms_key_arn"},
	{"encrypt_at_rest", "kms_key_id"}, {"encryption_info", "encryption_at_rest_kms_key_arn"}, {"encryption_options", "kms_key_id"}, {"encryption_config", "provider", "key_arn"},
}

// keyOf is the customer-managed key that encrypts a resource: of the design, or one that was not seen.
func (b *builder) keyOf(x *object) model.ID {
	switch x.typ {
	case "aws_kms_key", "aws_kms_alias", "aws_kms_replica_key", "aws_kms_external_key":
		return ""
	case "aws_ssm_parameter":
		return b.key(x, "key_id")
	}
	for _, p := range keyPaths {
		if id := b.key(x, p...); id != "" {
			return id
		}
	}
	return ""
}

func (b *builder) key(x *object, path ...string) model.ID {
	value := x.word(path...)
	if value == "" || strings.Contains(value, "alias/aws/") || strings.HasPrefix(value, "AWS_OWNED") || value == "AES256" {
		return ""
	}
	const key, alias = "AWS::KMS::Key", "AWS::KMS::Alias"
	k := b.find(value, x, key, alias, "AWS::KMS::ReplicaKey")
	for range 3 {
		if k == nil || typeOf(k) != alias {
			break
		}
		k = b.find(k.word("target_key_id"), k, key, alias)
	}
	if k != nil {
		return b.ids[k]
	}
	arn := value
	start := "arn:" + x.partition + ":kms:" + x.region + ":" + x.account + ":"
	switch {
	case strings.HasPrefix(value, "arn:"), strings.HasPrefix(value, "${"):
	case strings.HasPrefix(value, "alias/"):
		arn = start + value
	default:
		arn = start + "key/" + value
	}
	b.keys[arn] = true
	b.tell(source.Warning, x.spot(path...), "Its key policy was not seen.", "key %s is not in the configuration", value)
	return model.MakeID("res", arn)
}

// A policyOf is a type that says the policy of a resource.
type policyOf struct {
	typ      string // Terraform type
	resource string // argument that names the resource; "" where it is the object itself
	document string
	cfn      []string // types of the resource
}

// policiesOf follow the Terraform AWS provider's documentation of each type.
var policiesOf = []policyOf{
	{"aws_s3_bucket", "", "policy", nil},
	{"aws_s3_bucket_policy", "bucket", "policy", []string{"AWS::S3::Bucket"}},
	{"aws_s3_access_point", "", "policy", nil},
	{"aws_s3control_access_point_policy", "access_point_arn", "policy", []string{"AWS::S3::AccessPoint"}},
	{"aws_sqs_queue", "", "policy", nil},
	{"aws_sqs_queue_policy", "queue_url", "policy", []string{"AWS::SQS::Queue"}},
	{"aws_sns_topic", "", "policy", nil},
	{"aws_sns_topic_policy", "arn", "policy", []string{"AWS::SNS::Topic"}},
	{"aws_secretsmanager_secret", "", "policy", nil},
	{"aws_secretsmanager_secret_policy", "secret_arn", "policy", []string{"AWS::SecretsManager::Secret"}},
	{"aws_kms_key", "", "policy", nil},
	{"aws_kms_external_key", "", "policy", nil},
	{"aws_kms_replica_key", "", "policy", nil},
	{"aws_kms_key_policy", "key_id", "policy", []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}},
	{"aws_ecr_repository_policy", "repository", "policy", []string{"AWS::ECR::Repository"}},
	{"aws_efs_file_system_policy", "file_system_id", "policy", []string{"AWS::EFS::FileSystem"}},
	{"aws_cloudwatch_event_bus_policy", "event_bus_name", "policy", []string{"AWS::Events::EventBus"}},
	{"aws_dynamodb_resource_policy", "resource_arn", "policy", []string{"AWS::DynamoDB::Table"}},
	{"aws_api_gateway_rest_api", "", "policy", nil},
	{"aws_api_gateway_rest_api_policy", "rest_api_id", "policy", []string{"AWS::ApiGateway::RestApi"}},
	{"aws_opensearch_domain", "", "access_policies", nil},
	{"aws_opensearch_domain_policy", "domain_name", "access_policies", []string{"AWS::OpenSearchService::Domain"}},
	{"aws_elasticsearch_domain", "", "access_policies", nil},
	{"aws_elasticsearch_domain_policy", "domain_name", "access_policies", []string{"AWS::Elasticsearch::Domain"}},
	{"aws_backup_vault_policy", "backup_vault_name", "policy", []string{"AWS::Backup::BackupVault"}},
	{"aws_glacier_vault", "", "access_policy", nil},
	{"aws_media_store_container_policy", "container_name", "policy", []string{"AWS::MediaStore::Container"}},
	{"aws_codeartifact_domain_permissions_policy", "domain", "policy_document", []string{"AWS::CodeArtifact::Domain"}},
	{"aws_codeartifact_repository_permissions_policy", "repository", "policy_document", []string{"AWS::CodeArtifact::Repository"}},
	{"aws_msk_cluster_policy", "cluster_arn", "policy", []string{"AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster"}},
	{"aws_ses_identity_policy", "identity", "policy", []string{"AWS::SES::EmailIdentity"}},
	{"aws_sesv2_email_identity_policy", "email_identity", "policy", []string{"AWS::SES::EmailIdentity"}},
	{"aws_vpclattice_auth_policy", "resource_identifier", "policy", nil},
	{"aws_vpc_endpoint", "", "policy", nil},
	{"aws_vpc_endpoint_policy", "vpc_endpoint_id", "policy", []string{"AWS::EC2::VPCEndpoint"}},
}

// resourcePolicies puts resource policies on the resources that they are of: those of a type of their own, and else what
// the resource itself says, which is a copy of these once they are applied.
func (b *builder) resourcePolicies() {
	known := map[string]policyOf{}
	for _, p := range policiesOf {
		known[p.typ] = p
	}
	var own []*object
	for _, x := range b.objects {
		p, ok := known[x.typ]
		switch {
		case ok && p.resource == "":
			own = append(own, x)
		case ok:
			b.putPolicy(x, p)
		case x.typ == "aws_cloudwatch_event_permission":
			b.busPermission(x)
		case x.typ == "aws_lambda_layer_version_permission":
			b.layerPermission(x)
		case isSetting(x.typ) && x.word("resource_arn") != "" && !absent(x.get("policy")):
			b.putPolicy(x, policyOf{x.typ, "resource_arn", "policy", nil}) // the usual form of such a type
		default:
			b.unread(x)
		}
	}
	for _, x := range own {
		if e := b.others[x]; e != nil && e.Policy == nil && !absent(x.get(known[x.typ].document)) {
			e.Policy = b.document(x, policy.Setting{Type: policy.ResourcePolicy, Of: e.Type}, known[x.typ].document)
		}
	}
	for _, x := range b.objects { // an endpoint's lets nobody in: it limits what passes
		if e := b.others[x]; e != nil && e.Type == "AWS::EC2::VPCEndpoint" {
			e.Passes, e.Policy = e.Policy, nil
		}
	}
	defer b.keyGrants()
	for _, x := range b.objects {
		if e := b.others[x]; e != nil && e.Policy == nil && (e.Type == "AWS::KMS::Key" || e.Type == "AWS::KMS::ReplicaKey") && absent(x.get("policy")) {
			e.Policy = policy.OfKey(x.partition, x.account)
		}
	}
}

// unread tells of a policy that is of no resource of a design, such as one of a whole account.
func (b *builder) unread(x *object) {
	if kind := kindOf(x.typ); kind != "" && kind != "res" || x.typ == "aws_organizations_policy" {
		return
	}
	for _, name := range []string{"policy", "policy_document", "resource_policy", "access_policy", "content"} {
		if strings.Contains(x.word(name), `"Statement"`) {
			b.tell(source.Warning, x.spot(name), "What it allows and denies is not shown.", "the policy of %s is not judged", x.address)
		}
	}
}

// layerPermission reads aws_lambda_layer_version_permission: one statement of a layer's policy.
func (b *builder) layerPermission(x *object) {
	layer := b.find(lastPart(x.word("layer_name")), x, "AWS::Lambda::LayerVersion") // its ARN is without a version
	e := b.others[layer]
	if e == nil {
		b.missing(x, "is a permission on a layer that is not in the configuration")
		return
	}
	st := &policy.Statement{Sid: x.word("statement_id"), Actions: []string{x.word("action")}, Resources: []string{e.ARN},
		Principals: []policy.Principal{policy.PrincipalOf(x.word("principal"), x.partition)}, Span: x.span}
	if org := x.word("organization_id"); org != "" {
		st.Conditions = []policy.Condition{{Operator: "StringEquals", Key: "aws:PrincipalOrgID", Values: []string{org}}}
	}
	e.Policy = e.Policy.Join(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: x.span})
}

// keyGrants read aws_kms_grant: it lets a principal use a key beside the key's policy, as a statement of that policy would.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
func (b *builder) keyGrants() {
	for _, x := range b.objects {
		if x.typ != "aws_kms_grant" {
			continue
		}
		e := b.others[b.find(x.word("key_id"), x, "AWS::KMS::Key", "AWS::KMS::ReplicaKey")]
		if e == nil {
			b.missing(x, "is a grant on a key that is not in the configuration")
			continue
		}
		st := &policy.Statement{Sid: "Grant", Resources: []string{"*"}, Principals: []policy.Principal{policy.PrincipalOf(x.word("grantee_principal"), x.partition)}, Span: x.span}
		for _, o := range texts(x.get("operations")) {
			st.Actions = append(st.Actions, "kms:"+o)
		}
		for _, c := range items(x.get("constraints")) {
			for _, kind := range []string{"encryption_context_subset", "encryption_context_equals"} {
				for _, p := range pairs(dig(c, kind)) {
					st.Conditions = append(st.Conditions, policy.Condition{Operator: "StringEquals", Key: "kms:EncryptionContext:" + p.key, Values: []string{words(p.value)}})
				}
			}
		}
		if len(st.Actions) > 0 {
			e.Policy = e.Policy.Join(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: x.span})
		}
	}
}

// putPolicy puts a document on the resource that an object names.
func (b *builder) putPolicy(x *object, p policyOf) {
	e := b.others[b.find(x.word(p.resource), x, p.cfn...)]
	if e == nil {
		b.tell(source.Warning, x.span, "It was left out.", "%s is a policy of a resource that is not in the configuration", x.address)
		return
	}
	if d := b.document(x, policy.Setting{Type: policy.ResourcePolicy, Of: e.Type}, p.document); d != nil {
		e.Policy = e.Policy.Join(d)
	}
}

// busPermission reads aws_cloudwatch_event_permission: one statement of a bus's policy.
func (b *builder) busPermission(x *object) {
	name := x.word("event_bus_name")
	bus := b.find(name, x, "AWS::Events::EventBus")
	if bus == nil {
		return // the default bus is no resource of the configuration
	}
	action := x.word("action")
	if action == "" {
		action = "events:PutEvents"
	}
	st := &policy.Statement{Sid: x.word("statement_id"), Actions: []string{action}, Resources: []string{b.arnOf(bus)},
		Principals: []policy.Principal{policy.PrincipalOf(x.word("principal"), x.partition)}, Span: x.span}
	if c := x.get("condition", "key"); !c.IsNull() {
		st.Conditions = []policy.Condition{{Operator: x.word("condition", "type"), Key: words(c), Values: []string{x.word("condition", "value")}}}
	}
	e := b.others[bus]
	e.Policy = e.Policy.Join(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: x.span})
}

// absent reports whether a value is not there: null, or an empty text.
func absent(v cty.Value) bool {
	t, ok := text(v)
	return v.IsNull() || ok && t == ""
}
