package command_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bulkhead/internal/corpus"
)

// A pathway is a row of the catalogue of pathfinding.cloud.
type pathway struct {
	ID, Category  string
	Required      []struct{ Permission string }
	Prerequisites json.RawMessage
}

func pathways(t testing.TB) []pathway {
	t.Helper()
	out := corpus.Rows[pathway](t, "privesc", "pathfinding-cloud-paths.jsonl")
	if len(out) < 60 {
		t.Fatalf("%d rows", len(out))
	}
	return out
}

func (p *pathway) permissions() []string {
	var out []string
	for _, r := range p.Required {
		out = append(out, r.Permission)
	}
	return out
}

// alters reports whether the path changes what its target may do, so that the target is nobody before.
func (p *pathway) alters() bool {
	return slices.ContainsFunc(p.permissions(), func(x string) bool {
		return regexp.MustCompile(`^iam:(Attach|Put|CreatePolicyVersion)`).MatchString(x)
	})
}

var (
	servicePrincipal = regexp.MustCompile(`[a-z0-9.-]+\.amazonaws\.com`)
	runsAs           = map[string]string{"apprunner": "tasks.apprunner", "bedrock-agentcore": "bedrock-agentcore", "cloudformation": "cloudformation", "codebuild": "codebuild",
		"ec2": "ec2", "ssm": "ec2", "ec2-instance-connect": "ec2", "glue": "glue", "sagemaker": "sagemaker", "datapipeline": "datapipeline"}
	existing = map[string][2]string{
		"apprunner": {"apprunner:service/web/0123456789abcdef", "AWS::AppRunner::Service"}, "bedrock-agentcore": {"bedrock-agentcore:code-interpreter-custom/ci-1", "AWS::BedrockAgentCore::CodeInterpreterCustom"},
		"cloudformation": {"cloudformation:stack/prod/0123", "AWS::CloudFormation::Stack"}, "codebuild": {"codebuild:project/build", "AWS::CodeBuild::Project"},
		"ec2": {"ec2:instance/i-0123456789abcdef0", "AWS::EC2::Instance"}, "glue": {"glue:devEndpoint/dev", "AWS::Glue::DevEndpoint"}, "sagemaker": {"sagemaker:notebook-instance/nb", "AWS::SageMaker::NotebookInstance"},
	}
)

// account is the smallest account that has the path, from a user or a role as start, without one of its permissions ("" for
// none).
func (p *pathway) account(kind, without string) *snapshot {
	a := newSnapshot(ours)
	self := a.iam(kind + "/start")
	var given []any
	permissions := p.permissions()
	services := servicePrincipal.FindAllString(string(p.Prerequisites), -1)
	passes := slices.Contains(permissions, "iam:PassRole")
	targets := []any{administrator}
	if p.alters() {
		targets = []any{grants("s3:ListAllMyBuckets", "*")}
	}
	target := a.iam("role/target")
	trust := trusts(aws(a.iam("root")))
	switch owner, _, _ := strings.Cut(permissions[len(permissions)-1], ":"); {
	case passes || owner == "lambda":
		if len(services) == 0 {
			services = []string{owner + ".amazonaws.com"}
		}
		trust = trusts(service(services...))
	case runsAs[owner] != "":
		trust = trusts(service(runsAs[owner] + ".amazonaws.com"))
	}
	for _, x := range permissions {
		owner, action, _ := strings.Cut(x, ":")
		at := "*"
		switch {
		case owner == "sts" || x == "iam:PassRole" || x == "iam:UpdateAssumeRolePolicy":
			at = target
		case x == "iam:CreatePolicyVersion":
			policy := a.managed("editable", grants("s3:ListAllMyBuckets", "*"))
			at = policy
			if p.Category == "self-escalation" {
				given = append(given, policy)
			} else {
				targets = append(targets, policy)
			}
		case x == "iam:AddUserToGroup":
			at = a.group("admins", administrator)
		case owner == "iam" && strings.Contains(action, "Group"):
			at = a.group("team", grants("s3:ListAllMyBuckets", "*"))
			if kind == "user" {
				given = append(given, "group/team")
			}
		case owner == "iam" && p.Category == "self-escalation":
			at = self
		case owner == "iam" && strings.Contains(action, "Role"):
			at = target
		case owner == "iam":
			at = a.iam("user/target")
		case owner == "lambda" && !passes:
			at = a.at("lambda:function:target")
		case strings.Contains(action, "LaunchTemplate"):
			at = a.at("ec2:launch-template/lt-0123456789abcdef0")
		case !passes && existing[owner] != [2]string{} && len(strings.Split(action, "Create")) == 1:
			at = a.at(existing[owner][0])
		}
		if x != without {
			given = append(given, grants(x, at))
		}
	}
	if kind == "user" {
		a.user("start", given...)
	} else {
		a.role("start", service("lambda.amazonaws.com"), given...)
	}
	a.role("target", trust, targets...)
	a.user("target", targets...)
	if !passes && slices.ContainsFunc(permissions, func(x string) bool { return strings.HasPrefix(x, "lambda:") }) {
		a.function("target", target)
	}
	for _, x := range existing {
		a.resource(a.at(x[0]), x[1])
	}
	return a
}

// Every path of pathfinding.cloud, in the smallest account that has it, leads from a user and from a role to the
// administrator, and does not where one of its permissions is missing, unless the others are another path.
func TestPathwaysLeadWhereTheySay(t *testing.T) {
	rows := pathways(t)
	// What a path is listed with and works without, by the catalogue's own words; and paths of other catalogues.
	spare := map[string]string{"ec2instanceconnect-003": "ec2:DescribeInstances"}
	others := [][]string{{"iam:PassRole", "ecs:RunTask"}, {"iam:PassRole", "ecs:StartTask"}}
	for _, p := range rows {
		t.Run(p.ID, func(t *testing.T) {
			for _, kind := range []string{"user", "role"} {
				words := string(p.Prerequisites)
				can := !strings.Contains(words, "Principal must be a "+map[string]string{"user": "role", "role": "user"}[kind]) &&
					(kind == "user" || !slices.Contains(p.permissions(), "iam:AddUserToGroup"))
				if got := flooded(t, kind+"/start", p.account(kind, "")); (got.admin != "") != can {
					t.Errorf("from a %s with all of it: administrator %q, %v", kind, got.admin, got.hits)
				}
				if !can {
					continue
				}
				for _, missing := range p.permissions() {
					left := slices.DeleteFunc(p.permissions(), func(x string) bool { return x == missing })
					still := spare[p.ID] == missing || !p.alters() && slices.ContainsFunc(others, func(o []string) bool { return subset(o, left) }) ||
						!p.alters() && slices.ContainsFunc(rows, func(o pathway) bool { return o.ID != p.ID && !o.alters() && subset(o.permissions(), left) })
					if got := flooded(t, kind+"/start", p.account(kind, missing)); (got.admin != "") != still {
						t.Errorf("from a %s without %s: administrator %q, %v", kind, missing, got.admin, got.hits)
					}
				}
			}
		})
	}
}

func subset(of, in []string) bool {
	return !slices.ContainsFunc(of, func(x string) bool { return !slices.Contains(in, x) })
}
