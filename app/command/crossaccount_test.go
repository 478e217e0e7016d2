package command_test

import (
	"slices"
	"strings"
	"testing"
)

const (
	ours, theirs, third = "111111111111", "222222222222", "333333333333"
	administrator       = "arn:aws:iam::aws:policy/AdministratorAccess"
)

// Steps from account to account, the accounts opened together in any order.
func TestAcrossAccounts(t *testing.T) {
	everything := grants("*", "*")
	lambda := service("lambda.amazonaws.com")
	root := func(number string) object { return aws("arn:aws:iam::" + number + ":root") }
	assume := func(arn string) object { return grants("sts:AssumeRole", arn) }
	key := "arn:aws:kms:us-east-1:" + theirs + ":key/k"
	secret := "arn:aws:secretsmanager:us-east-1:" + theirs + ":secret:db-AbCdEf"
	queue := "arn:aws:sqs:us-east-1:" + theirs + ":work"
	bucket := "arn:aws:s3:::theirs"
	role := func(number, name string) string { return "arn:aws:iam::" + number + ":role/" + name }

	for name, c := range map[string]struct {
		make  func(a, b, c *snapshot) // the start is user/start of a
		admin string
		hits  string // "target: certainty capabilities", by target, one after the other
		not   string // targets that are not reached
	}{
		"an administrator is none elsewhere": {
			make: func(a, b, _ *snapshot) {
				a.user("start", everything)
				b.function("f", b.role("app", lambda, grants("s3:*", "*")))
				b.role("anybody's", root(theirs), everything)
				b.user("bob", everything)
				b.group("admins", everything)
				b.managed("p", everything)
				b.resource(bucket, "AWS::S3::Bucket")
				b.resource(key, "AWS::KMS::Key")
				b.resource(queue, "AWS::SQS::Queue")
			},
			admin: "must", not: "fn/f role/app role/anybody's user/bob group/admins res/theirs res/k res/work",
		},
		"three accounts in a row": {
			make: func(a, b, c *snapshot) {
				a.user("start", assume(role(theirs, "middle")))
				b.role("middle", root(ours), assume(role(third, "top")))
				c.role("top", aws(role(theirs, "middle")), everything)
			},
			admin: "must", hits: "role/middle: must secret",
		},
		"three accounts, the last step not granted": {
			make: func(a, b, c *snapshot) {
				a.user("start", assume(role(theirs, "middle")))
				b.role("middle", root(ours), assume(role(third, "other")))
				c.role("top", aws(role(theirs, "middle")), everything)
			},
			hits: "role/middle: must secret", not: "role/top",
		},
		"three accounts, the last trusts another": {
			make: func(a, b, c *snapshot) {
				a.user("start", assume("*"))
				b.role("middle", root(ours), assume("*"))
				c.role("top", aws(role(theirs, "elsewhere")), everything)
			},
			hits: "role/middle: must secret", not: "role/top",
		},
		"trust of the account without a grant": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:GetObject", "*"))
				b.role("top", root(ours), everything)
			},
			not: "role/top",
		},
		"trust of the user itself without a grant": { // across accounts it takes both
			make: func(a, b, _ *snapshot) {
				b.role("top", aws(a.user("start", grants("s3:GetObject", "*"))), everything)
			},
			not: "role/top",
		},
		"a grant that trust does not answer": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", root(theirs), everything)
			},
			not: "role/top",
		},
		"trust by the account's number": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", aws(ours), everything)
			},
			admin: "must",
		},
		"trust that asks for an external id": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", trusts(root(ours), `{"StringEquals": {"sts:ExternalId": "s"}}`), everything)
			},
			admin: "may",
		},
		"trust of the organization": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", trusts(aws("*"), `{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}`), everything)
			},
			admin: "may",
		},
		"trust of whoever is called so": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", trusts(root(ours), `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/st*"}}`), everything)
			},
			admin: "must",
		},
		"trust of whoever is called otherwise": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", trusts(root(ours), `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/st*"}}`), everything)
			},
			not: "role/top",
		},
		"passing a role and making a function in another account": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume(role(theirs, "deploy")))
				b.role("deploy", root(ours), grants("iam:PassRole", role(theirs, "top")), grants("lambda:CreateFunction lambda:InvokeFunction", "arn:aws:lambda:us-east-1:"+theirs+":function:*"))
				b.role("top", lambda, everything)
			},
			admin: "must",
		},
		"no role of another account can be passed": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "*"))
				b.role("top", lambda, everything)
			},
			not: "role/top",
		},
		"no identity of another account can be changed": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("iam:PutRolePolicy iam:UpdateAssumeRolePolicy iam:CreateAccessKey iam:CreatePolicyVersion iam:AddUserToGroup sts:AssumeRole", "arn:aws:iam::"+theirs+":*"))
				b.role("top", lambda, everything)
				b.user("boss", everything, b.managed("p", everything))
				b.group("admins", everything)
			},
			not: "role/top user/boss group/admins",
		},
		"making a user of another account": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume(role(theirs, "hr")))
				b.role("hr", root(ours), grants("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", "arn:aws:iam::"+theirs+":user/*"))
			},
			admin: "must",
		},
		"what runs in another account": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("ssm:SendCommand", "*"))
				b.role("top", service("ec2.amazonaws.com"), everything)
			},
			not: "role/top",
		},
		"a bucket that lets the account": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:GetObject", bucket+"/*"))
				b.resource(bucket, "AWS::S3::Bucket", lets(root(ours), "s3:GetObject s3:PutObject", bucket+"/*"))
			},
			hits: "res/theirs: must read",
		},
		"a bucket that lets the account, without a grant": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:DeleteObject", bucket+"/*"))
				b.resource(bucket, "AWS::S3::Bucket", lets(root(ours), "s3:GetObject s3:PutObject", bucket+"/*"))
			},
			not: "res/theirs",
		},
		"a bucket that lets anybody of the account but the caller": {
			make: func(a, b, _ *snapshot) {
				user := a.user("start", grants("s3:GetObject", bucket+"/*"))
				denial := lets(aws(user), "s3:*", bucket+"/*")
				denial["Effect"] = "Deny"
				b.resource(bucket, "AWS::S3::Bucket", lets(root(ours), "s3:GetObject", bucket+"/*"), denial)
			},
			not: "res/theirs",
		},
		"a queue": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("sqs:*", "*"))
				b.resource(queue, "AWS::SQS::Queue", lets(aws(ours), "sqs:SendMessage", queue))
			},
			hits: "res/work: must send",
		},
		"a secret and its key": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("secretsmanager:GetSecretValue kms:Decrypt", "*"))
				b.resource(key, "AWS::KMS::Key", lets(root(ours), "kms:Decrypt", "*"))
				b.resource(secret, "AWS::SecretsManager::Secret", lets(root(ours), "secretsmanager:GetSecretValue", "*"))
				b.encrypted(key)
			},
			hits: "res/db-AbCdEf: must secret",
		},
		"a secret without its key": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("secretsmanager:GetSecretValue", "*"))
				b.resource(key, "AWS::KMS::Key", lets(root(ours), "kms:Decrypt", "*"))
				b.resource(secret, "AWS::SecretsManager::Secret", lets(root(ours), "secretsmanager:GetSecretValue", "*"))
				b.encrypted(key)
			},
			not: "res/db-AbCdEf res/k",
		},
		"a secret whose key lets its own account alone": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("secretsmanager:GetSecretValue kms:Decrypt", "*"))
				b.resource(key, "AWS::KMS::Key", lets(root(theirs), "kms:*", "*"))
				b.resource(secret, "AWS::SecretsManager::Secret", lets(root(ours), "secretsmanager:GetSecretValue", "*"))
				b.encrypted(key)
			},
			not: "res/db-AbCdEf res/k",
		},
		"one's own bucket behind another account's key": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:GetObject kms:Decrypt", "*"))
				a.resource("arn:aws:s3:::mine", "AWS::S3::Bucket")
				a.encrypted(key)
				b.resource(key, "AWS::KMS::Key", lets(root(theirs), "kms:*", "*"))
			},
			not: "res/mine res/k",
		},
		"one's own bucket behind another account's key that lets it": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:GetObject kms:Decrypt", "*"))
				a.resource("arn:aws:s3:::mine", "AWS::S3::Bucket")
				a.encrypted(key)
				b.resource(key, "AWS::KMS::Key", lets(root(theirs), "kms:*", "*"), lets(root(ours), "kms:Decrypt", "*"))
			},
			hits: "res/mine: must read",
		},
		"a function's code that its policy lets change": {
			make: func(a, b, _ *snapshot) {
				user := a.user("start", grants("lambda:UpdateFunctionCode", "*"))
				b.policyOf(b.function("f", b.role("app", lambda, everything)), lets(aws(user), "lambda:UpdateFunctionCode", "*"))
			},
			admin: "must",
		},
		"a function's code without its policy": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("lambda:UpdateFunctionCode", "*"))
				b.function("f", b.role("app", lambda, everything))
			},
			not: "fn/f",
		},
		"the default bus of another account": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("events:PutEvents iot:Publish execute-api:Invoke", "*"))
				f := b.function("f", b.role("app", lambda, grants("s3:*", "*")))
				b.triggers = append(b.triggers, object{"From": b.at("events:rule/r"), "To": f, "Kind": "event-rule", "Filter": object{"pattern": object{"source": []string{"shop"}}}},
					object{"From": "", "To": f, "Kind": "api-route", "Filter": object{"route": "GET /", "auth": "AWS_IAM"}})
			},
			not: "fn/f",
		},
		"the default bus of one's own account": {
			make: func(a, _, _ *snapshot) {
				a.user("start", grants("events:PutEvents", "*"))
				f := a.function("f", a.role("app", lambda, grants("s3:*", "*")))
				a.triggers = append(a.triggers, object{"From": a.at("events:rule/r"), "To": f, "Kind": "event-rule", "Filter": object{"pattern": object{"source": []string{"shop"}}}})
			},
			hits: "fn/f: must invoke",
		},
		"the organization denies where the role is": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", root(ours), everything)
				b.levels = []any{object{"target": "root", "policies": []any{document([]any{denies("*", "*"), everything})}}}
			},
			hits: "role/top: must secret",
		},
		"the organization denies where the user is": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume("*"))
				b.role("top", root(ours), everything)
				a.levels = []any{object{"target": "root", "policies": []any{document([]any{denies("sts:*", "*"), everything})}}}
			},
			not: "role/top",
		},
		"a resource control of one's own account binds no bucket of another": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:GetObject", "*"))
				a.resource("arn:aws:s3:::mine", "AWS::S3::Bucket")
				control := lets(object{"AWS": "*"}, "s3:*", "*")
				control["Effect"], control["Principal"] = "Deny", "*"
				a.controls = []any{object{"target": "root", "policies": []any{document([]any{control})}}}
				b.resource(bucket, "AWS::S3::Bucket", lets(root(ours), "s3:GetObject", bucket+"/*"))
			},
			hits: "res/theirs: must read", not: "res/mine",
		},
		"a resource control of the bucket's account": {
			make: func(a, b, _ *snapshot) {
				a.user("start", grants("s3:GetObject", "*"))
				control := lets(object{"AWS": "*"}, "s3:*", "*")
				control["Effect"], control["Principal"] = "Deny", "*"
				b.controls = []any{object{"target": "root", "policies": []any{document([]any{control})}}}
				b.resource(bucket, "AWS::S3::Bucket", lets(root(ours), "s3:GetObject", bucket+"/*"))
			},
			not: "res/theirs",
		},
		"the same names in both": {
			make: func(a, b, _ *snapshot) {
				a.user("start", assume(role(theirs, "app")))
				a.role("app", lambda, everything)
				b.role("app", root(ours), grants("s3:GetObject", "*"))
				a.resource("arn:aws:s3:::mine", "AWS::S3::Bucket")
				b.resource(bucket, "AWS::S3::Bucket")
			},
			hits: "res/theirs: must read", not: "res/mine role/111111111111:us-east-1:app",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, order := range [][3]int{{0, 1, 2}, {2, 1, 0}} {
				all := [3]*snapshot{newSnapshot(ours), newSnapshot(theirs), newSnapshot(third)}
				c.make(all[0], all[1], all[2])
				got := flooded(t, "user/start", all[order[0]], all[order[1]], all[order[2]])
				if got.admin != c.admin {
					t.Errorf("administrator %q, not %q: %v", got.admin, c.admin, got.hits)
				}
				for line := range strings.SplitSeq(c.hits, "; ") {
					if target, how, ok := strings.Cut(line, ": "); ok && got.hits[target] != how {
						t.Errorf("%s: %q, not %q", target, got.hits[target], how)
					}
				}
				for target := range strings.FieldsSeq(c.not) {
					if how, ok := got.hits[target]; ok {
						t.Errorf("%s: %q", target, how)
					}
				}
			}
		})
	}
}

// Who can is asked of several accounts at once.
func TestWhoCanAcrossAccounts(t *testing.T) {
	a, b := newSnapshot(ours), newSnapshot(theirs)
	a.user("near", grants("s3:GetObject", "*"))
	a.user("far", grants("sts:AssumeRole", b.iam("role/reader")))
	b.role("reader", aws(ours), grants("s3:GetObject", "*"))
	b.resource("arn:aws:s3:::theirs", "AWS::S3::Bucket")
	dir := t.TempDir()
	type who struct{ Principal, How string }
	got := decoded[struct{ Principals []who }](t, done(t, "who-can", "s3:GetObject", "arn:aws:s3:::theirs/x", a.file(t, dir), b.file(t, dir), "--json")).Principals
	want := []who{{"role/reader", "direct"}, {"user/far", "path"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
