package command_test

import (
	"slices"
	"strings"
	"testing"
)

// Ways of several steps within an account, as people deploy them: a start, what it leads to, and what it does not.
func TestSeveralSteps(t *testing.T) {
	role := func(name string) string { return "arn:aws:iam::" + ours + ":role/" + name }
	root := aws("arn:aws:iam::" + ours + ":root")
	assume := func(name string) object { return grants("sts:AssumeRole", role(name)) }
	read := grants("s3:ListBucket s3:GetObject", "arn:aws:s3:::data arn:aws:s3:::data/*")
	data := func(a *snapshot) { a.resource("arn:aws:s3:::data", "AWS::S3::Bucket") }
	function := "arn:aws:lambda:us-east-1:" + ours + ":function:"

	for name, c := range map[string]struct {
		make  func(a *snapshot) // the start is user/start, or role/start where there is no such user
		admin string
		hits  string // "target: certainty capabilities; …"
		not   string // targets that are not reached
	}{
		"user, role, passed role, administrator": {
			make: func(a *snapshot) {
				a.user("start", assume("one"))
				a.role("one", aws(a.iam("user/start")), grants("iam:PassRole", role("two")), grants("ec2:RunInstances", "*"))
				a.role("two", service("ec2.amazonaws.com"), grants("iam:AttachRolePolicy", role("two")))
				a.profiles("two", "two")
			},
			admin: "must",
		},
		"no instance profile holds the passed role": {
			make: func(a *snapshot) {
				a.user("start", assume("one"))
				a.role("one", aws(a.iam("user/start")), grants("iam:PassRole", role("two")), grants("ec2:RunInstances", "*"))
				a.role("two", service("ec2.amazonaws.com"), grants("iam:AttachRolePolicy", role("two")))
				a.profiles("two")
			},
			admin: "may",
		},
		"the passed role is of another service": {
			make: func(a *snapshot) {
				a.user("start", assume("one"))
				a.role("one", aws(a.iam("user/start")), grants("iam:PassRole", role("two")), grants("ec2:RunInstances", "*"))
				a.role("two", service("lambda.amazonaws.com"), grants("iam:AttachRolePolicy", role("two")))
			},
			hits: "role/one: must secret",
		},
		"five roles in a row": {
			make: func(a *snapshot) {
				data(a)
				a.user("start", assume("r1"))
				for i := range 5 {
					next, end := assume("r"+string(rune('2'+i))), read
					if i < 4 {
						a.role("r"+string(rune('1'+i)), root, next)
					} else {
						a.role("r5", root, end)
					}
				}
			},
			hits: "res/data: must read",
		},
		"a circle of roles": {
			make: func(a *snapshot) {
				data(a)
				a.user("start", assume("a"))
				a.role("a", root, assume("b"))
				a.role("b", root, assume("a"), read)
			},
			hits: "res/data: must read",
		},
		"changing another role, then assuming it": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:PutRolePolicy", role("weak")), assume("weak"))
				a.role("weak", root, grants("s3:ListAllMyBuckets", "*"))
			},
			admin: "must",
		},
		"changing another role that cannot be assumed": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:PutRolePolicy", role("weak")), assume("weak"))
				a.role("weak", service("ec2.amazonaws.com"), grants("s3:ListAllMyBuckets", "*"))
			},
			hits: "role/weak: must permissions",
		},
		"changing another role that a boundary holds": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:PutRolePolicy", role("weak")), assume("weak"))
				a.role("weak", root, grants("s3:ListAllMyBuckets", "*"))
				bounded(a.roles, a.managed("limit", grants("s3:*", "*")))
			},
			hits: "role/weak: must secret,permissions",
		},
		"rewriting a trust policy, then assuming": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:UpdateAssumeRolePolicy sts:AssumeRole", role("top")))
				a.role("top", service("ec2.amazonaws.com"), administrator)
			},
			admin: "must",
		},
		"rewriting the policy of a role that can be assumed": {
			make: func(a *snapshot) {
				policy := a.managed("shared", grants("s3:ListAllMyBuckets", "*"))
				a.user("start", grants("iam:CreatePolicyVersion", policy), assume("weak"))
				a.role("weak", root, policy)
			},
			admin: "must",
		},
		"rewriting the policy that is a boundary and no grant": {
			make: func(a *snapshot) {
				policy := a.managed("limit", grants("s3:*", "*"))
				a.user("start", grants("iam:CreatePolicyVersion", policy), grants("s3:GetObject", "*"))
				bounded(a.users, policy)
			},
		},
		"keys of a user who is in a group of administrators": {
			make: func(a *snapshot) {
				a.group("admins", administrator)
				a.user("boss", "group/admins")
				a.user("start", grants("iam:CreateAccessKey", "arn:aws:iam::"+ours+":user/*"))
			},
			admin: "must",
		},
		"keys of oneself alone": {
			make: func(a *snapshot) {
				a.user("boss", administrator)
				a.user("start", grants("iam:CreateAccessKey", "arn:aws:iam::"+ours+":user/${aws:username}"))
			},
			not: "user/boss",
		},
		"what a group grants": {
			make: func(a *snapshot) {
				a.group("devs", grants("iam:PassRole", role("top")), grants("lambda:CreateFunction lambda:InvokeFunction", "*"))
				a.user("start", "group/devs")
				a.role("top", service("lambda.amazonaws.com"), administrator)
			},
			admin: "must",
		},
		"permissions split over a group and the user": {
			make: func(a *snapshot) {
				a.group("devs", grants("iam:PassRole", role("top")))
				a.user("start", "group/devs", grants("lambda:CreateFunction lambda:InvokeFunction", "*"))
				a.role("top", service("lambda.amazonaws.com"), administrator)
			},
			admin: "must",
		},
		"a group denies": {
			make: func(a *snapshot) {
				a.group("devs", denies("iam:PassRole", "*"))
				a.user("start", "group/devs", grants("iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "*"))
				a.role("top", service("lambda.amazonaws.com"), administrator)
			},
			not: "role/top",
		},
		"adding oneself to a group that leads on": {
			make: func(a *snapshot) {
				group := a.group("ops", assume("top"))
				a.user("start", grants("iam:AddUserToGroup", group))
				a.role("top", root, administrator)
			},
			admin: "must",
		},
		"a role that adds whoever assumed it to the administrators": {
			make: func(a *snapshot) {
				group := a.group("admins", administrator)
				a.user("start", assume("hr"))
				a.role("hr", root, grants("iam:AddUserToGroup", group))
			},
			admin: "must",
		},
		"a role that adds whoever assumed it to a group of nobodies": {
			make: func(a *snapshot) {
				a.group("admins", administrator)
				group := a.group("readers", grants("s3:ListAllMyBuckets", "*"))
				a.user("start", assume("hr"))
				a.role("hr", root, grants("iam:AddUserToGroup", group))
			},
		},
		"a role that adds users to the administrators, held by no user": {
			make: func(a *snapshot) {
				group := a.group("admins", administrator)
				a.role("start", service("lambda.amazonaws.com"), grants("iam:AddUserToGroup", group))
			},
		},
		"a role that adds a user whom it can become": {
			make: func(a *snapshot) {
				group := a.group("admins", administrator)
				a.role("start", service("lambda.amazonaws.com"), grants("iam:AddUserToGroup", group), grants("iam:CreateAccessKey", "*"))
				a.user("clerk")
			},
			admin: "must",
		},
		"a role that adds its user, whom a boundary holds": {
			make: func(a *snapshot) {
				group := a.group("admins", administrator)
				a.user("start", assume("hr"))
				bounded(a.users, a.managed("limit", grants("sts:AssumeRole", "*")))
				a.role("hr", root, grants("iam:AddUserToGroup", group))
			},
		},
		"passing a role with the service named": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:PassRole", "*", `{"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}`), grants("glue:CreateDevEndpoint ec2:RunInstances", "*"))
				a.role("top", service("glue.amazonaws.com", "ec2.amazonaws.com"), administrator)
			},
			admin: "must",
		},
		"passing a role to a service that it does not create anything of": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:PassRole", "*", `{"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}`), grants("ec2:RunInstances", "*"))
				a.role("top", service("glue.amazonaws.com", "ec2.amazonaws.com"), administrator)
			},
		},
		"a stack set's two roles": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:PassRole", role("Administration")), grants("cloudformation:CreateStackSet cloudformation:CreateStackInstances", "*"))
				a.role("Administration", service("cloudformation.amazonaws.com"), assume("Execution"))
				a.role("Execution", aws(role("Administration")), administrator)
			},
			admin: "must",
		},
		"a bucket through a function of one's own": {
			make: func(a *snapshot) {
				data(a)
				a.user("start", grants("iam:PassRole", role("reader")), grants("lambda:CreateFunction lambda:InvokeFunction", "*"))
				a.role("reader", service("lambda.amazonaws.com"), read)
			},
			hits: "res/data: must read",
		},
		"a bucket through another function's code": {
			make: func(a *snapshot) {
				data(a)
				a.user("start", grants("lambda:UpdateFunctionCode", function+"report"))
				a.function("report", a.role("reader", service("lambda.amazonaws.com"), read))
			},
			hits: "res/data: must read",
		},
		"a bucket through the code of a function of another name": {
			make: func(a *snapshot) {
				data(a)
				a.user("start", grants("lambda:UpdateFunctionCode", function+"reporter"))
				a.function("report", a.role("reader", service("lambda.amazonaws.com"), read))
			},
			not: "res/data fn/report",
		},
		"a bucket through an instance": {
			make: func(a *snapshot) {
				data(a)
				a.user("start", grants("ssm:SendCommand", "*"))
				a.resource(a.at("ec2:instance/i-1"), "AWS::EC2::Instance")
				a.role("host", service("ec2.amazonaws.com"), read)
			},
			hits: "res/data: may read",
		},
		"the administrator's instance": {
			make: func(a *snapshot) {
				host := a.resource(a.at("ec2:instance/i-1"), "AWS::EC2::Instance")
				a.acts(a.role("host", service("ec2.amazonaws.com"), administrator))
				a.user("start", grants("ssm:StartSession", host))
			},
			admin: "may", // if its agent runs
		},
		"another instance than the administrator's": {
			make: func(a *snapshot) {
				a.resource(a.at("ec2:instance/i-1"), "AWS::EC2::Instance")
				a.acts(a.role("host", service("ec2.amazonaws.com"), administrator))
				mine := a.resource(a.at("ec2:instance/i-2"), "AWS::EC2::Instance")
				a.acts(a.role("small", service("ec2.amazonaws.com"), grants("s3:ListAllMyBuckets", "*")))
				a.user("start", grants("ssm:StartSession ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances", mine))
			},
			hits: "role/small: must secret", not: "role/host",
		},
		"an instance that is not shown": {
			make: func(a *snapshot) {
				a.resource(a.at("ec2:instance/i-1"), "AWS::EC2::Instance")
				a.acts(a.role("small", service("ec2.amazonaws.com"), grants("s3:ListAllMyBuckets", "*")))
				a.role("host", service("ec2.amazonaws.com"), administrator)
				a.user("start", grants("ssm:StartSession", a.at("ec2:instance/i-2")))
			},
			admin: "may",
		},
		"starting an instance without changing what it starts": {
			make: func(a *snapshot) {
				host := a.resource(a.at("ec2:instance/i-1"), "AWS::EC2::Instance")
				a.acts(a.role("host", service("ec2.amazonaws.com"), administrator))
				a.user("start", grants("ec2:StopInstances ec2:StartInstances", host))
			},
		},
		"the administrator's build": {
			make: func(a *snapshot) {
				project := a.resource(a.at("codebuild:project/build"), "AWS::CodeBuild::Project")
				a.acts(a.role("build", service("codebuild.amazonaws.com"), administrator))
				a.user("start", grants("codebuild:StartBuild", project))
			},
			admin: "must",
		},
		"a build whose role no service may assume": {
			make: func(a *snapshot) {
				project := a.resource(a.at("codebuild:project/build"), "AWS::CodeBuild::Project")
				a.acts(a.role("build", service("ec2.amazonaws.com"), administrator))
				a.user("start", grants("codebuild:StartBuild", project))
			},
		},
		"a notebook's life cycle": {
			make: func(a *snapshot) {
				notebook := a.resource(a.at("sagemaker:notebook-instance/nb"), "AWS::SageMaker::NotebookInstance")
				a.acts(a.role("science", service("sagemaker.amazonaws.com"), administrator))
				a.user("start", grants("sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance", notebook), grants("sagemaker:CreateNotebookInstanceLifecycleConfig", "*"))
			},
			admin: "must",
		},
		"parts of two notebooks' life cycles": {
			make: func(a *snapshot) {
				notebook := a.resource(a.at("sagemaker:notebook-instance/nb"), "AWS::SageMaker::NotebookInstance")
				a.acts(a.role("science", service("sagemaker.amazonaws.com"), administrator))
				a.user("start", grants("sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance", notebook), grants("sagemaker:StartNotebookInstance", a.at("sagemaker:notebook-instance/other")), grants("sagemaker:CreateNotebookInstanceLifecycleConfig", "*"))
			},
		},
		"instances with a tag": {
			make: func(a *snapshot) {
				a.resource(a.at("ec2:instance/i-1"), "AWS::EC2::Instance")
				a.acts(a.role("host", service("ec2.amazonaws.com"), administrator))
				a.resources[len(a.resources)-1].(object)["Tags"] = []any{object{"Key": "team", "Value": "ops"}}
				a.user("start", grants("ec2-instance-connect:SendSSHPublicKey", a.at("ec2:instance/i-1"), `{"StringEquals": {"aws:ResourceTag/team": "shop"}}`))
			},
		},
		"a secret through three services": {
			make: func(a *snapshot) {
				secret := a.resource(a.at("secretsmanager:secret:db-AbCdEf"), "AWS::SecretsManager::Secret")
				a.user("start", grants("codebuild:StartBuild", "*"))
				a.role("build", service("codebuild.amazonaws.com"), grants("lambda:UpdateFunctionCode", "*"))
				a.function("f", a.role("worker", service("lambda.amazonaws.com"), grants("iam:PassRole", role("task")), grants("ecs:RegisterTaskDefinition ecs:RunTask", "*")))
				a.role("task", service("ecs-tasks.amazonaws.com"), grants("secretsmanager:GetSecretValue", secret))
			},
			hits: "res/db-AbCdEf: may secret",
		},
		"a role that trusts the role by name, without a grant": {
			make: func(a *snapshot) {
				a.role("top", aws(a.role("start", service("lambda.amazonaws.com"), grants("s3:ListAllMyBuckets", "*"))), administrator)
			},
			admin: "must",
		},
		"a role that trusts the account, without a grant": {
			make: func(a *snapshot) {
				a.role("start", service("lambda.amazonaws.com"), grants("s3:ListAllMyBuckets", "*"))
				a.role("top", root, administrator)
			},
		},
		"a role that trusts by name, and a denial": {
			make: func(a *snapshot) {
				a.role("top", aws(a.role("start", service("lambda.amazonaws.com"), denies("sts:AssumeRole", "*"))), administrator)
			},
		},
		"a role that trusts by name, and a boundary": {
			make: func(a *snapshot) {
				a.role("top", aws(a.role("start", service("lambda.amazonaws.com"), grants("s3:*", "*"))), administrator)
				a.roles[0], a.roles[1] = a.roles[1], a.roles[0]
				bounded(a.roles, a.managed("limit", grants("s3:*", "*")))
			},
		},
		"taking one's boundary away": {
			make: func(a *snapshot) {
				a.user("start", grants("*", "*"))
				bounded(a.users, a.managed("limit", grants("iam:DeleteUserPermissionsBoundary s3:*", "*")))
			},
			admin: "must",
		},
		"taking a denial away": {
			make: func(a *snapshot) {
				a.user("start", administrator, a.managed("no", denies("iam:Create* iam:Attach* iam:Put* s3:* dynamodb:* lambda:* ec2:* secretsmanager:* cloudformation:* ssm:*", "*")))
			},
			admin: "must",
		},
		"a denial that cannot be taken away": {
			make: func(a *snapshot) {
				a.user("start", administrator, a.managed("no", denies("iam:* sts:* s3:* dynamodb:* lambda:* ec2:* secretsmanager:* cloudformation:* ssm:*", "*")))
			},
		},
		"making an administrator": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:CreateUser iam:AttachUserPolicy iam:CreateLoginProfile", "*"))
			},
			admin: "must",
		},
		"making a user with a boundary alone": {
			make: func(a *snapshot) {
				a.user("start", grants("iam:CreateUser iam:AttachUserPolicy iam:CreateLoginProfile", "*", `{"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111111111111:policy/limit"}}`))
			},
		},
		"a key's policy": {
			make: func(a *snapshot) {
				key := a.resource(a.at("kms:key/k"), "AWS::KMS::Key", lets(root, "kms:*", "*"))
				data(a)
				a.encrypted(key)
				a.user("start", read, grants("kms:PutKeyPolicy", key))
			},
			hits: "res/data: must read",
		},
		"a bucket's policy names the start": {
			make: func(a *snapshot) {
				a.resource("arn:aws:s3:::data", "AWS::S3::Bucket", lets(aws(a.role("start", service("lambda.amazonaws.com"), grants("s3:ListAllMyBuckets", "*"))), "s3:GetObject", "arn:aws:s3:::data/*"))
			},
			hits: "res/data: must read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newSnapshot(ours)
			c.make(a)
			start := "user/start"
			if !slices.ContainsFunc(a.users, func(u any) bool { return u.(object)["UserName"] == "start" }) {
				start = "role/start"
			}
			got := flooded(t, start, a)
			if got.admin != c.admin {
				t.Errorf("administrator %q, not %q: %v", got.admin, c.admin, got.hits)
			}
			for line := range strings.SplitSeq(c.hits, "; ") {
				if target, how, ok := strings.Cut(line, ": "); ok && got.hits[target] != how {
					t.Errorf("%s: %q, not %q of %v", target, got.hits[target], how, got.hits)
				}
			}
			for target := range strings.FieldsSeq(c.not) {
				if how, ok := got.hits[target]; ok {
					t.Errorf("%s: %q", target, how)
				}
			}
		})
	}
}

// Whatever a start is, and however it is named, each command that takes one takes it.
func TestStarts(t *testing.T) {
	a := newSnapshot(ours)
	a.group("devs", grants("iam:PassRole", "*"), grants("lambda:CreateFunction lambda:InvokeFunction", "*"))
	a.user("ann", "group/devs")
	a.function("f", a.role("top", service("lambda.amazonaws.com"), administrator))
	a.role("low", service("lambda.amazonaws.com"), grants("iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "*"))
	file := a.file(t, t.TempDir())
	for _, start := range []string{"user/ann", "ann", a.iam("user/ann"), "group/devs", "devs", a.iam("group/devs"), "role/low", "low", a.iam("role/low")} {
		if got := flooded(t, start, a); got.admin != "must" {
			t.Errorf("%s: administrator %q", start, got.admin)
		}
		for _, args := range [][]string{{"--ways", "role/top"}, {"--wall", "role/top"}} {
			if out := done(t, append([]string{"breach", file, "--from", start}, args...)...); !strings.Contains(out, "iam:PassRole") {
				t.Errorf("%s %v: %s", start, args, out)
			}
		}
		for _, view := range []string{"hull", "map"} {
			if out := done(t, "draw", file, "--breach", start, "--view", view, "--format", "svg", "-o", "-"); !strings.Contains(out, "top") {
				t.Errorf("%s: no top in the %s", start, view)
			}
		}
	}
	if out := done(t, "who-can", "s3:GetObject", "*", file); !strings.Contains(out, "ann") || !strings.Contains(out, "low") {
		t.Errorf("who can: %s", out)
	}
}
