package cfn

import (
	"context"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
)

// The role with which what runs in a resource acts is read wherever CloudFormation says it.
func TestRoleOfWhatRuns(t *testing.T) {
	for cfnType, c := range map[string]struct{ properties, want string }{
		"AWS::EC2::Instance":                           {"{IamInstanceProfile: !Ref Profile}", "role/Role"},
		"AWS::CodeBuild::Project":                      {"{ServiceRole: !GetAtt Role.Arn}", "role/Role"},
		"AWS::Glue::DevEndpoint":                       {"{RoleArn: !GetAtt Role.Arn}", "role/Role"},
		"AWS::SageMaker::NotebookInstance":             {"{RoleArn: !GetAtt Role.Arn, InstanceType: ml.t3.medium}", "role/Role"},
		"AWS::AppRunner::Service":                      {"{InstanceConfiguration: {InstanceRoleArn: !GetAtt Role.Arn}}", "role/Role"},
		"AWS::Batch::JobDefinition":                    {"{Type: container, ContainerProperties: {Image: i, JobRoleArn: !GetAtt Role.Arn}}", "role/Role"},
		"AWS::BedrockAgentCore::CodeInterpreterCustom": {"{Name: c, ExecutionRoleArn: !GetAtt Role.Arn}", "role/Role"},
		"AWS::BedrockAgentCore::BrowserCustom":         {"{Name: c, ExecutionRoleArn: !GetAtt Role.Arn}", "role/Role"},
		"AWS::BedrockAgentCore::Runtime":               {"{AgentRuntimeName: c, RoleArn: !GetAtt Role.Arn}", "role/Role"},
		"AWS::S3::Bucket":                              {"{}", ""},
		"AWS::EC2::Instance without a profile":         {"{ImageId: ami-1}", ""},
		"AWS::EC2::Instance with somebody else's":      {"{IamInstanceProfile: theirs}", ""},
		"AWS::CodeBuild::Project with somebody else's": {"{ServiceRole: 'arn:aws:iam::123456789012:role/theirs'}", ""},
	} {
		if i := len("AWS::EC2::Instance"); len(cfnType) > i && cfnType[:i+1] == "AWS::EC2::Instance " {
			cfnType = cfnType[:i]
		} else if i := len("AWS::CodeBuild::Project"); len(cfnType) > i && cfnType[:i+1] == "AWS::CodeBuild::Project " {
			cfnType = cfnType[:i]
		}
		text := `
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  X: {Type: "` + cfnType + `", Properties: ` + c.properties + `}
`
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := in.Design.Resource("res/X")
		if r == nil {
			t.Errorf("%s: no resource", cfnType)
			continue
		}
		if string(r.Role) != c.want {
			t.Errorf("%s %s: %q, not %q", cfnType, c.properties, r.Role, c.want)
		}
	}
}

// A role that an instance profile of the template holds is marked, and no other.
func TestRoleInProfile(t *testing.T) {
	const text = `
Resources:
  Role: &role {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
  Other: *role
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
`
	in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r, o := in.Design.Role("role/Role"), in.Design.Role("role/Other"); r.Profile != model.HasProfile || o.Profile != model.ProfileNotKnown {
		t.Errorf("profiles %v and %v", r.Profile, o.Profile)
	}
}
