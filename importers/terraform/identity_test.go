package terraform

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/catalog"
)

var someone = owner{account: "111122223333", region: "eu-west-1", partition: "aws", stack: "shop"}

func attributesOf(t *testing.T, typ, address string, args map[string]string) map[string]string {
	t.Helper()
	given := map[string]cty.Value{}
	for k, v := range args {
		given[k] = cty.StringVal(v)
	}
	out := map[string]string{}
	for k, v := range computed(typ, address, cty.ObjectVal(given), someone) {
		out[k] = v.AsString()
	}
	return out
}

func TestComputed(t *testing.T) {
	for _, c := range []struct {
		typ  string
		args map[string]string
		want map[string]string
	}{
		{"aws_iam_role", map[string]string{"name": "admin", "path": "/team/"}, map[string]string{"arn": "arn:aws:iam::111122223333:role/team/admin", "id": "admin"}},
		{"aws_iam_role", map[string]string{"name_prefix": "admin-"}, map[string]string{"name": "admin-shop-x.y.0-GENERATED", "arn": "arn:aws:iam::111122223333:role/admin-shop-x.y.0-GENERATED"}},
		{"aws_iam_policy", map[string]string{"name": "p"}, map[string]string{"arn": "arn:aws:iam::111122223333:policy/p", "id": "arn:aws:iam::111122223333:policy/p"}},
		{"aws_sqs_queue", map[string]string{"fifo_queue": "true"}, map[string]string{"name": "shop-x.y.0-GENERATED.fifo", "url": "https://sqs.eu-west-1.amazonaws.com/111122223333/shop-x.y.0-GENERATED.fifo"}},
		{"aws_s3_bucket", map[string]string{"bucket": "data"}, map[string]string{"arn": "arn:aws:s3:::data", "id": "data", "region": "eu-west-1"}},
		{"aws_ssm_parameter", map[string]string{"name": "/app/key"}, map[string]string{"arn": "arn:aws:ssm:eu-west-1:111122223333:parameter/app/key"}},
		{"aws_cloudwatch_event_rule", map[string]string{"name": "r", "event_bus_name": "arn:aws:events:eu-west-1:111122223333:event-bus/b"}, map[string]string{"arn": "arn:aws:events:eu-west-1:111122223333:rule/b/r"}},
		{"aws_secretsmanager_secret", map[string]string{"name": "s"}, map[string]string{"arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-XXXXXX"}},
		{"aws_lambda_alias", map[string]string{"name": "live", "function_name": "arn:aws:lambda:eu-west-1:111122223333:function:f"}, map[string]string{"arn": "arn:aws:lambda:eu-west-1:111122223333:function:f:live"}},
		{"aws_lambda_function", map[string]string{"function_name": "f"}, map[string]string{
			"invoke_arn": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:f/invocations"}},
		{"aws_glue_job", map[string]string{"name": "etl"}, map[string]string{"arn": "arn:aws:glue:eu-west-1:111122223333:job/etl", "id": "etl"}},
		{"aws_ecs_service", map[string]string{"name": "web", "cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/c"}, map[string]string{"arn": "arn:aws:ecs:eu-west-1:111122223333:service/c/web"}},
		{"aws_kms_alias", map[string]string{"name": "alias/a"}, map[string]string{"arn": "arn:aws:kms:eu-west-1:111122223333:alias/a"}},
		{"random_string", map[string]string{"length": "8"}, map[string]string{"result": "shop-x.y.0-GENERATED"}},
	} {
		got := attributesOf(t, c.typ, `x.y[0]`, c.args)
		for k, v := range c.want {
			if got[k] != v {
				t.Errorf("%s %v: %s is %q, not %q", c.typ, c.args, k, got[k], v)
			}
		}
		for k := range c.args {
			if _, ok := got[k]; ok {
				t.Errorf("%s %v: %s is given", c.typ, c.args, k)
			}
		}
	}
}

// What AWS generates equals only itself: of two resources, and of two attributes.
func TestGeneratedAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, typ := range slices.Sorted(maps.Keys(identities)) {
		for _, address := range []string{typ + ".a", typ + ".b", "module.m." + typ + ".a", `module.m["x"].` + typ + ".a"} {
			arn := attributesOf(t, typ, address, nil)["arn"]
			if arn == "" || !strings.Contains(arn, "-GENERATED") {
				continue // wholly of what others are called
			}
			if strings.ContainsAny(arn, "*?${}\"[]") {
				t.Errorf("%s: %s has what patterns are made of", address, arn)
			}
			if other, there := seen[arn]; there {
				t.Errorf("%s and %s are both %s", other, address, arn)
			}
			seen[arn] = address
		}
	}
}

// Every type of the table is one of CloudFormation's, and those that are found by their names are the right ones.
func TestTypes(t *testing.T) {
	for typ, x := range identities {
		if x.cfn != "" && catalog.Load().Type(x.cfn) == nil {
			t.Errorf("%s: there is no %s", typ, x.cfn)
		}
	}
	for typ, cfn := range otherwise {
		if catalog.Load().Type(cfn) == nil {
			t.Errorf("%s: there is no %s", typ, cfn)
		}
	}
	for typ, want := range map[string]string{
		"aws_glue_job": "AWS::Glue::Job", "aws_glue_crawler": "AWS::Glue::Crawler", "aws_cloudwatch_log_stream": "AWS::Logs::LogStream", "aws_lb_listener_rule": "AWS::ElasticLoadBalancingV2::ListenerRule",
		"aws_internet_gateway": "AWS::EC2::InternetGateway", "aws_sfn_activity": "AWS::StepFunctions::Activity", "aws_wafv2_web_acl": "AWS::WAFv2::WebACL", "aws_eks_cluster": "AWS::EKS::Cluster",
		"aws_sagemaker_domain": "AWS::SageMaker::Domain", "aws_db_proxy": "AWS::RDS::DBProxy", "aws_bedrockagent_agent_alias": "AWS::Bedrock::AgentAlias", "aws_cloudfront_distribution": "AWS::CloudFront::Distribution",
		"aws_codecommit_repository": "AWS::CodeCommit::Repository", "aws_no_such_thing": "",
	} {
		if got := identityOf(typ).cfn; got != want {
			t.Errorf("%s is %q, not %q", typ, got, want)
		}
	}
	for typ, want := range map[string]bool{
		"aws_s3_bucket_versioning": true, "aws_s3_bucket_policy": true, "aws_iam_role_policy_attachment": true, "aws_lambda_permission": true, "aws_cloudwatch_event_target": true,
		"aws_s3_bucket": false, "aws_kms_alias": false, "aws_no_such_thing": false, "aws_glue_job": false,
	} {
		if got := isSetting(typ); got != want {
			t.Errorf("isSetting(%s) is %t", typ, got)
		}
	}
}
