package cfn

import (
	"strings"
	"testing"

	"bulkhead/model"
)

// one is the template of a resource that has a policy.
func one(cfnType, properties string) string {
	return "  R:\n    Type: " + cfnType + "\n    Properties: {" + properties + "}\n"
}

const anyone = `{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:root"}, Action: "*", Resource: "*"}]}`

// Documents with principals are policies of the resource that they stand in, or that the resource they stand in names,
// whatever the property is called.
func TestResourcePolicies(t *testing.T) {
	text := strings.ReplaceAll(`'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*", "Resource": "*"}]}'`, "\n", "")
	for _, c := range []struct{ name, on, text string }{
		{"repository", "R", one("AWS::ECR::Repository", "RepositoryPolicyText: "+anyone)},
		{"repository in text", "R", one("AWS::ECR::Repository", "RepositoryPolicyText: "+text)},
		{"file system", "R", one("AWS::EFS::FileSystem", "FileSystemPolicy: "+anyone)},
		{"domain", "R", one("AWS::OpenSearchService::Domain", "AccessPolicies: "+anyone)},
		{"vault", "R", one("AWS::Backup::BackupVault", "BackupVaultName: v, AccessPolicy: "+anyone)},
		{"table", "R", one("AWS::DynamoDB::Table", "ResourcePolicy: {PolicyDocument: "+anyone+"}")},
		{"global table", "R", one("AWS::DynamoDB::GlobalTable", "Replicas: [{Region: us-east-1, ResourcePolicy: {PolicyDocument: "+anyone+"}}]")},
		{"code artifact", "R", one("AWS::CodeArtifact::Domain", "DomainName: d, PermissionsPolicyDocument: "+anyone)},
		{"container", "R", one("AWS::MediaStore::Container", "ContainerName: c, Policy: "+text)},
		{"log destination", "R", one("AWS::Logs::Destination", "DestinationName: d, DestinationPolicy: "+text)},
		{"queue", "R", one("AWS::SQS::Queue", "QueueName: q") + "  P: {Type: AWS::SQS::QueueInlinePolicy, Properties: {Queue: !Ref R, PolicyDocument: " + anyone + "}}\n"},
		{"topic", "R", one("AWS::SNS::Topic", "TopicName: q") + "  P: {Type: AWS::SNS::TopicInlinePolicy, Properties: {TopicArn: !Ref R, PolicyDocument: " + anyone + "}}\n"},
		{"secret", "R", one("AWS::SecretsManager::Secret", "Name: q") + "  P: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref R, ResourcePolicy: " + anyone + "}}\n"},
		{"cluster", "R", one("AWS::MSK::Cluster", "ClusterName: q") + "  P: {Type: AWS::MSK::ClusterPolicy, Properties: {ClusterArn: !Ref R, Policy: " + anyone + "}}\n"},
		{"access point", "R", one("AWS::S3::AccessPoint", "Bucket: b, Policy: "+anyone)},
		{"express bucket", "R", one("AWS::S3Express::DirectoryBucket", "BucketName: b--use1-az4--x-s3") + "  P: {Type: AWS::S3Express::BucketPolicy, Properties: {Bucket: !Ref R, PolicyDocument: " + anyone + "}}\n"},
		{"bus", "R", one("AWS::Events::EventBus", "Name: b, Policy: "+anyone)},
		{"layer", "R", one("AWS::Lambda::LayerVersion", "LayerName: l, Content: {S3Bucket: b, S3Key: k}") + "  P: {Type: AWS::Lambda::LayerVersionPermission, Properties: {LayerVersionArn: !Ref R, Action: lambda:GetLayerVersion, Principal: '111122223333'}}\n"},
		{"identity", "R", one("AWS::SES::EmailIdentity", "EmailIdentity: a.example") + "  P: {Type: AWS::SES::EmailIdentityPolicy, Properties: {EmailIdentity: !Ref R, PolicyName: p, PolicyDocument: " + anyone + "}}\n"},
		{"endpoint", "", one("AWS::EC2::VPCEndpoint", "ServiceName: s3, VpcId: v, PolicyDocument: "+anyone)},
		{"permission set", "", one("AWS::SSO::PermissionSet", "InlinePolicy: "+anyone)},
	} {
		d := openFiles(t, "t.yaml", map[string]string{"t.yaml": "Resources:\n" + c.text}).Design
		for _, r := range d.Resources() {
			has := r.Policy != nil && len(r.Policy.Statements) == 1 && strings.HasPrefix(r.Policy.Statements[0].Principals[0].Value, "arn:aws:iam::111122223333:root")
			if has != (r.LogicalID == c.on) {
				t.Errorf("%s: %s has the policy %+v", c.name, r.ID, r.Policy)
			}
		}
	}
}

// A stream's policy is about the stream, not about its table.
func TestStreamPolicy(t *testing.T) {
	d := openFiles(t, "t.yaml", map[string]string{"t.yaml": "Resources:\n" + one("AWS::DynamoDB::Table", "TableName: t, StreamSpecification: {StreamViewType: KEYS_ONLY, ResourcePolicy: {PolicyDocument: "+anyone+"}}")}).Design
	p := d.Resource("res/R").Policy
	if p == nil || p.Statements[0].Resources[0] != "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/*" {
		t.Errorf("the policy is %+v", p)
	}
}

// All types of IAM become what they are.
func TestIAMTypes(t *testing.T) {
	const doc = `PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}`
	d := openFiles(t, "t.yaml", map[string]string{"t.yaml": `Resources:
  U: {Type: AWS::IAM::User, Properties: {UserName: u}}
  G: {Type: AWS::IAM::Group, Properties: {GroupName: g}}
  A: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref G, Users: [u]}}
  UP: {Type: AWS::IAM::UserPolicy, Properties: {UserName: !Ref U, PolicyName: up, ` + doc + `}}
  GP: {Type: AWS::IAM::GroupPolicy, Properties: {GroupName: g, PolicyName: gp, ` + doc + `}}
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  RP: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref R, PolicyName: rp, ` + doc + `}}
  P: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [!Ref R], Users: [!Ref U], ` + doc + `}}
  M: {Type: AWS::IAM::ManagedPolicy, Properties: {Groups: [!Ref G], ` + doc + `}}
  I: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}
  S: {Type: AWS::IAM::ServiceLinkedRole, Properties: {AWSServiceName: es.amazonaws.com}}
  K: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref U}}
`}).Design
	if u := d.Principal("user/U"); len(u.Policies) != 2 || len(u.Groups) != 1 {
		t.Errorf("the user is %+v", u)
	}
	if g := d.Principal("group/G"); len(g.Policies) != 2 {
		t.Errorf("the group is %+v", g)
	}
	if r := d.Role("role/R"); len(r.Policies) != 2 {
		t.Errorf("the role is %+v", r)
	}
	s := d.Role("role/S")
	if s == nil || !s.ServiceLinked || !strings.HasPrefix(s.ARN, "arn:aws:iam::123456789012:role/aws-service-role/es.amazonaws.com/") || s.Trust.Statements[0].Principals[0].Value != "es.amazonaws.com" {
		t.Errorf("the service-linked role is %+v", s)
	}
	for _, id := range []model.ID{"res/I", "res/K"} {
		if d.Resource(id) == nil {
			t.Errorf("%s is missing", id)
		}
	}
}
