package cfn

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// isWiring reports whether a type only connects other resources: it becomes a trigger, a statement or an
// attachment, and no element of its own.
func isWiring(cfnType string) bool {
	switch cfnType {
	case "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Url",
		"AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::LayerVersionPermission",
		"AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy",
		"AWS::S3::BucketPolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::Events::EventBusPolicy", "AWS::Kinesis::ResourcePolicy",
		"AWS::StepFunctions::StateMachineVersion", "AWS::StepFunctions::StateMachineAlias",
		"AWS::IAM::UserToGroupAddition", "AWS::CDK::Metadata", "AWS::CloudFormation::WaitConditionHandle", "AWS::CloudFormation::WaitCondition",
		"AWS::ApiGateway::Deployment", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method", "AWS::ApiGateway::Account",
		"AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Deployment", "AWS::Logs::SubscriptionFilter":
		return true
	}
	return false
}

// otherResource makes a Resource of everything else.
func (b *builder) otherResource(r *resource) {
	if isWiring(r.Type) {
		return
	}
	b.checkType(r)
	e := &model.Resource{
		ID: b.ids[r], LogicalID: r.ID, Name: b.nameOf(r), ARN: b.arnOf(r), Type: r.Type, Fresh: b.isFresh(r),
		Tags: b.tags(b.get(r.Props, "Tags")), Stack: b.stack, Origin: r.Origin,
	}
	if e.Fresh {
		e.Name = b.generated(r.ID)
	}
	switch r.Type {
	case "AWS::S3::Bucket":
		e.BlockPublicAccess = b.blocksPublicAccess(r)
	case "AWS::S3::AccessPoint":
		e.BlockPublicAccess = b.blocksPublicAccess(r)
		e.Network = b.words(b.get(r.Props, "VpcConfiguration", "VpcId"))
		e.Bucket = b.elementOf(b.find(b.get(r.Props, "Bucket"), ofType("AWS::S3::Bucket")))
	}
	if r.Type == "AWS::StepFunctions::StateMachine" {
		e.Workflow = b.workflow(r)
	}
	e.Key, e.PartitionKey, e.Role = b.keyOf(r), b.partitionKey(r), b.roleOf(r)
	b.others[r] = e
	b.add(e)
}

// acting are the properties that say with which role what runs in a resource acts.
var acting = map[string][]string{
	"AWS::EC2::Instance": {"IamInstanceProfile"}, "AWS::CodeBuild::Project": {"ServiceRole"}, "AWS::Glue::DevEndpoint": {"RoleArn"}, "AWS::Glue::Job": {"Role"},
	"AWS::SageMaker::NotebookInstance": {"RoleArn"}, "AWS::AppRunner::Service": {"InstanceConfiguration", "InstanceRoleArn"},
	"AWS::Batch::JobDefinition": {"ContainerProperties", "JobRoleArn"}, "AWS::BedrockAgentCore::CodeInterpreterCustom": {"ExecutionRoleArn"},
	"AWS::ECS::TaskDefinition": {"TaskRoleArn"}, "AWS::MWAA::Environment": {"ExecutionRoleArn"}, "AWS::Transfer::User": {"Role"}, "AWS::OSIS::Pipeline": {"PipelineRoleArn"},
	"AWS::StepFunctions::StateMachine": {"RoleArn"}, "AWS::BedrockAgentCore::BrowserCustom": {"ExecutionRoleArn"}, "AWS::BedrockAgentCore::Runtime": {"RoleArn"},
}

// roleOf is the role with which what runs in a resource acts, "" for none, and for one that the template does not make. An
// instance has it by its profile.
func (b *builder) roleOf(r *resource) model.ID {
	if r.Type == "AWS::ECS::Service" { // its tasks have what their definition says
		if task := b.find(b.get(r.Props, "TaskDefinition"), ofType("AWS::ECS::TaskDefinition")); task != nil {
			return b.of(task).roleOf(task)
		}
		return ""
	}
	property, ok := acting[r.Type]
	if !ok {
		return ""
	}
	n := b.get(r.Props, property...)
	if r.Type == "AWS::StepFunctions::StateMachine" && n == nil {
		n = b.get(r.Props, "Role") // SAM's
	}
	if r.Type == "AWS::EC2::Instance" {
		profile := b.find(n, ofType("AWS::IAM::InstanceProfile"))
		if profile == nil {
			return ""
		}
		roles := b.of(profile).items(b.of(profile).get(profile.Props, "Roles"))
		if len(roles) == 0 {
			return ""
		}
		n = roles[0]
	}
	return b.actsAs(n)
}

// profiles marks the roles that instance profiles hold.
func (b *builder) profiles() {
	for _, r := range b.resources {
		if r.Hidden || r.Type != "AWS::IAM::InstanceProfile" {
			continue
		}
		for _, n := range b.items(b.get(r.Props, "Roles")) {
			if role := b.roles[b.find(n, ofType("AWS::IAM::Role"))]; role != nil {
				role.Profile = model.HasProfile
			}
		}
	}
}

// partitionKey is the attribute by which a table's items are spread, "" for what is no table.
func (b *builder) partitionKey(r *resource) string {
	switch r.Written {
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		for _, n := range b.items(b.get(r.Props, "KeySchema")) {
			if b.words(b.get(n, "KeyType")) == "HASH" {
				return b.words(b.get(n, "AttributeName"))
			}
		}
	case samTable:
		return cmp.Or(b.words(b.get(r.Props, "PrimaryKey", "Name")), "id")
	}
	return ""
}

// workflow is of which type a state machine is: STANDARD where it does not say, "" where what it says is not known.
func (b *builder) workflow(r *resource) string {
	n := b.get(r.Props, "StateMachineType")
	if n == nil {
		n = b.get(r.Props, "Type") // SAM's
	}
	if n == nil {
		return "STANDARD"
	}
	if t := b.words(n); t == "STANDARD" || t == "EXPRESS" {
		return t
	}
	return ""
}

// checkType tells of a type that CloudFormation does not have.
func (b *builder) checkType(r *resource) {
	if !strings.HasPrefix(r.Type, "AWS::") || strings.HasPrefix(r.Type, "AWS::Serverless::") {
		return
	}
	if _, ok := shapeOf(r.Type); ok || b.catalog.Type(r.Type) != nil {
		return
	}
	if b.catalog.Type("AWS::SQS::Queue") == nil {
		return // no catalogue to tell by
	}
	span := r.Origin
	if n := r.Value.Get("Type"); n != nil {
		span = n.Span()
	}
	b.note(source.Warning, span, "It was kept as a resource without an ARN.", "%s is not a resource type that is known", r.Type)
}

// blocksPublicAccess: a bucket made since April 2023 blocks public policies unless it says otherwise.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (b *builder) blocksPublicAccess(r *resource) bool {
	n := b.get(r.Props, "PublicAccessBlockConfiguration")
	if n == nil {
		return true
	}
	return b.isTrue(b.get(n, "BlockPublicPolicy")) && b.isTrue(b.get(n, "RestrictPublicBuckets"))
}

func (s *scope) isTrue(n *yamlpos.Node) bool { return strings.EqualFold(s.words(n), "true") }

// keyPaths are the properties that name the key which encrypts a resource.
var keyPaths = [][]string{
	{"KmsMasterKeyId"}, {"KmsKeyId"}, {"KmsKeyArn"}, {"KMSKeyArn"}, {"KmsKey"}, {"EncryptionKey"}, {"KmsKeyIdentifier"}, {"EncryptionKeyArn"},
	{"SSESpecification", "KMSMasterKeyId"}, {"StreamEncryption", "KeyId"},
	{"BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault", "KMSMasterKeyID"},
	{"EncryptionConfiguration", "KmsKeyId"}, {"EncryptionConfiguration", "KmsKey"}, {"EncryptionConfiguration", "KmsKeyArn"},
	{"EncryptionAtRestOptions", "KmsKeyId"}, {"DeliveryStreamEncryptionConfigurationInput", "KeyARN"},
	{"EncryptionInfo", "EncryptionAtRest", "DataVolumeKMSKeyId"}, {"EncryptionOptions", "KmsKeyId"}, {"EncryptionConfig", "KmsKeyId"},
	{"SseSpecification", "KmsMasterKeyId"}, {"ServerSideEncryptionConfiguration", "KmsKeyArn"},
}

// keyOf is the customer-managed key that encrypts a resource: of the design, or one that was not seen.
func (b *builder) keyOf(r *resource) model.ID {
	if r.Type == "AWS::KMS::Key" || r.Type == "AWS::KMS::Alias" {
		return ""
	}
	for _, p := range keyPaths {
		n := b.dig(r.Props, p)
		if n == nil {
			continue
		}
		k := b.find(n, ofType("AWS::KMS::Key", "AWS::KMS::Alias"))
		for range 3 {
			if k == nil || k.Type == "AWS::KMS::Key" {
				break
			}
			k = b.of(k).find(b.of(k).get(k.Props, "TargetKeyId"), ofType("AWS::KMS::Key", "AWS::KMS::Alias"))
		}
		if k != nil {
			return b.ids[k]
		}
		text, ok := b.text(n)
		if !ok || text == "" || strings.Contains(text, "alias/aws/") || strings.HasPrefix(text, "AWS_OWNED") || text == "AES256" {
			continue
		}
		return b.unseenKeyID(text, n)
	}
	return ""
}

// unseenKeyID names a key that the template only names; no element stands for it.
func (b *builder) unseenKeyID(text string, n *yamlpos.Node) model.ID {
	arn := text
	switch {
	case strings.HasPrefix(text, "arn:"), strings.HasPrefix(text, "${"):
	case strings.HasPrefix(text, "alias/"):
		arn = "arn:" + b.partition + ":kms:" + b.region + ":" + b.account + ":" + text
	default:
		arn = "arn:" + b.partition + ":kms:" + b.region + ":" + b.account + ":key/" + text
	}
	b.unseenKeys = true
	b.note(source.Warning, n.Span(), "Its key policy was not seen.", "key %s is not in the template", text)
	return model.MakeID("res", arn)
}

// dig follows keys; on the way it takes the first element of a list.
func (s *scope) dig(n *yamlpos.Node, keys []string) *yamlpos.Node {
	for _, k := range keys {
		n = s.get(n, k)
		if n != nil && n.Kind == yamlpos.Sequence && !isCall(n) {
			list := s.items(n)
			if len(list) == 0 {
				return nil
			}
			n = list[0]
		}
	}
	return n
}

// resourcePolicies puts resource policies on the resources that they are of.
func (b *builder) resourcePolicies() {
	for _, r := range b.resources {
		if r.Hidden && !r.Compiled {
			continue
		}
		p := r.Props
		switch r.Type {
		case "AWS::S3::BucketPolicy":
			b.putPolicy(r, b.get(p, "Bucket"), b.settle(p).Get("PolicyDocument"), "AWS::S3::Bucket")
		case "AWS::SQS::QueuePolicy":
			b.putPolicy(r, b.get(p, "Queues"), b.settle(p).Get("PolicyDocument"), "AWS::SQS::Queue")
		case "AWS::SQS::QueueInlinePolicy":
			b.putPolicy(r, b.get(p, "Queue"), b.settle(p).Get("PolicyDocument"), "AWS::SQS::Queue")
		case "AWS::SNS::TopicPolicy":
			b.putPolicy(r, b.get(p, "Topics"), b.settle(p).Get("PolicyDocument"), "AWS::SNS::Topic")
		case "AWS::SNS::TopicInlinePolicy":
			b.putPolicy(r, b.get(p, "TopicArn"), b.settle(p).Get("PolicyDocument"), "AWS::SNS::Topic")
		case "AWS::SecretsManager::ResourcePolicy":
			b.putPolicy(r, b.get(p, "SecretId"), b.settle(p).Get("ResourcePolicy"), "AWS::SecretsManager::Secret")
		case "AWS::Kinesis::ResourcePolicy":
			b.putPolicy(r, b.get(p, "ResourceArn"), b.settle(p).Get("ResourcePolicy"), "AWS::Kinesis::Stream")
		case "AWS::Events::EventBusPolicy":
			b.busPolicy(r)
		case "AWS::EC2::VPCEndpoint":
			b.endpointPolicy(r)
		case "AWS::Lambda::LayerVersionPermission":
			b.layerPermission(r)
		case "AWS::KMS::Key":
			if doc := b.settle(p).Get("KeyPolicy"); doc != nil && len(b.chosen(doc)) > 0 {
				b.mergePolicy(r, b.document(doc, ofResource(r.Type)))
			} else {
				b.mergePolicy(r, policy.OfKey(b.partition, b.account))
			}
		default:
			b.ownPolicy(r)
			if r.Written == samAPI {
				b.apiPolicy(r)
			}
		}
	}
}

func ofResource(cfnType string) policy.Setting {
	return policy.Setting{Type: policy.ResourcePolicy, Of: cfnType}
}

// endpointPolicy looks at the policy of a VPC endpoint. It is checked like every other; what it denies is no part of the design,
// since nothing tells whose calls take the endpoint (see walls).
func (b *builder) endpointPolicy(r *resource) {
	d := b.document(b.settle(r.Props).Get("PolicyDocument"), policy.Setting{Type: policy.EndpointPolicy})
	if d == nil {
		return
	}
	for _, st := range d.Statements {
		everything := st.Effect == policy.Allow && slices.Contains(st.Actions, "*") && slices.Contains(st.Resources, "*") && len(st.Conditions) == 0 &&
			!st.NotAction && !st.NotResource && slices.ContainsFunc(st.Principals, func(p policy.Principal) bool { return p.Value == "*" }) && !st.NotPrincipal
		if !everything {
			b.endpoints = append(b.endpoints, r.ID)
			if e := b.others[r]; e != nil {
				e.Passes = d
			}
			return
		}
	}
}

// putPolicy puts one document on each resource of a list.
func (b *builder) putPolicy(r *resource, targets, doc *yamlpos.Node, cfnType string) {
	d := b.document(doc, ofResource(cfnType))
	if d == nil {
		if doc == nil {
			b.note(source.Error, r.Origin, "It was left out.", "%s has no policy document", r.ID)
		}
		return
	}
	for _, i := range b.items(targets) {
		t := b.find(i, ofType(cfnType))
		if t == nil {
			b.note(source.Warning, i.Span(), "It was left out.", "%s is a policy of a resource that is not in the template", r.ID)
			continue
		}
		b.mergePolicy(t, only(d, beyond(b.given(r.condition()), b.given(t.condition()))))
	}
}

// mergePolicy adds a document to the resource's policy. AWS keeps one document a resource; where a template
// has several they are one here.
func (b *builder) mergePolicy(r *resource, d *policy.Document) {
	e := b.others[r]
	if e != nil {
		e.Policy = e.Policy.Join(d)
	}
}

// busPolicy reads AWS::Events::EventBusPolicy: a statement, or an action and a principal.
func (b *builder) busPolicy(r *resource) {
	bus := b.find(b.get(r.Props, "EventBusName"), ofType("AWS::Events::EventBus"))
	if bus == nil {
		return
	}
	when := beyond(b.given(r.condition()), b.given(bus.condition()))
	if n := b.get(r.Props, "Statement"); n != nil {
		if list := b.statements(n); len(list) > 0 {
			d := &policy.Document{Version: "2012-10-17", Statements: list, Span: r.Origin}
			b.lint(d, n, ofResource(bus.Type))
			b.mergePolicy(bus, only(d, when))
		}
		return
	}
	principal := b.words(b.get(r.Props, "Principal"))
	st := &policy.Statement{Sid: b.words(b.get(r.Props, "StatementId")), Actions: []string{b.words(b.get(r.Props, "Action"))},
		Resources: []string{b.arnOf(bus)}, Principals: []policy.Principal{policy.PrincipalOf(principal, b.partition)}, Span: r.Origin}
	b.mergePolicy(bus, only(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{st}, Span: r.Origin}, when))
}
