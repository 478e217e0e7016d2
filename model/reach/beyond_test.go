package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// What a breach reaches beyond the design, in words: one line for each entry, then the headline.
func TestBeyond(t *testing.T) {
	own := "arn:aws:logs:us-east-1:" + testAccount + ":log-group:/aws/lambda/F:*"
	for _, c := range []struct {
		name     string
		policies []string
		want     []string
		headline string
	}{
		{"nothing", nil, nil, ""},
		{"what the design has", []string{allow("dynamodb:*", arnOf("AWS::DynamoDB::Table", "Orders")+" "+arnOf("AWS::DynamoDB::Table", "Orders")+"/index/*"), allow("s3:*", arnOf("AWS::S3::Bucket", "data")+" "+arnOf("AWS::S3::Bucket", "data")+"/*")}, nil, ""},
		{"all parts of a table of the design", []string{allow("dynamodb:*", arnOf("AWS::DynamoDB::Table", "Orders")+"/*")}, nil, ""},
		{"tables that begin with a table's name", []string{allow("dynamodb:GetItem", arnOf("AWS::DynamoDB::Table", "Orders")+"*")}, []string{"must dynamodb [read] read any other table like Orders*"}, "read any other table like Orders*"},
		{"a secret of the design by its usual pattern", []string{allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+testAccount+":secret:Stripe-??????")}, nil, ""},
		{"its own log group", []string{allow("logs:CreateLogStream logs:PutLogEvents", own)}, nil, ""},
		{"its own log group, region open", []string{allow("logs:PutLogEvents", "arn:aws:logs:*:*:log-group:/aws/lambda/F:*")}, nil, ""},
		{"its own function, versions too", []string{allow("lambda:InvokeFunction", functionARN("F")+" "+functionARN("F")+":*")}, nil, ""},
		{"any log group", []string{allow("logs:PutLogEvents", "*")}, []string{"must logs [write] write any log group of the account"}, "write any log group of the account"},
		{"any secret", []string{allow("secretsmanager:GetSecretValue", "*")}, []string{"must secretsmanager [secret] any other secret of the account"}, "any other secret of the account"},
		{"any secret by its full pattern", []string{allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+testAccount+":secret:*")}, []string{"must secretsmanager [secret] any other secret of the account"}, "any other secret of the account"},
		{"secrets by a prefix", []string{allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+testAccount+":secret:prod/*")}, []string{"must secretsmanager [secret] any other secret like prod/*"}, "any other secret like prod/*"},
		{"one secret elsewhere", []string{allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+testAccount+":secret:prod-AbCdEf")}, []string{"must secretsmanager [secret] the secret prod-AbCdEf"}, "the secret prod-AbCdEf"},
		{"listing is no hit", []string{allow("dynamodb:ListTables dynamodb:DescribeTable s3:ListAllMyBuckets", "*")}, nil, ""},
		{"denied", []string{allow("secretsmanager:GetSecretValue", "*"), deny("secretsmanager:*", "*")}, nil, ""},
		{"denied but for one", []string{allow("secretsmanager:GetSecretValue", "*"), `{"Effect": "Deny", "Action": "secretsmanager:*", "NotResource": "` + arnOf("AWS::SecretsManager::Secret", "Stripe") + `"}`}, nil, ""},
		{"denied but for some", []string{allow("secretsmanager:GetSecretValue", "*"), `{"Effect": "Deny", "Action": "secretsmanager:*", "NotResource": "arn:aws:secretsmanager:us-east-1:` + testAccount + `:secret:team/*"}`},
			[]string{"must secretsmanager [secret] any other secret like team/*"}, "any other secret like team/*"},
		{"under a condition", []string{`{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`}, []string{"may secretsmanager [secret] any other secret of the account"}, "perhaps any other secret of the account"},
		{"tables and buckets", []string{allow("dynamodb:PutItem s3:GetObject", "*")}, []string{"must dynamodb [write] write any other table of the account", "must s3 [read] read any other bucket of the account"}, "write any other table; read any other bucket of the account"},
		{"no data", []string{allow("cloudwatch:PutMetricData xray:PutTraceSegments", "*")}, []string{"must cloudwatch [write] resources of Amazon CloudWatch", "must xray [write] resources of AWS X-Ray"}, "resources of Amazon CloudWatch and resources of AWS X-Ray"},
		{"a role elsewhere: whether it trusts is not known", []string{allow("sts:AssumeRole", "arn:aws:iam::999999999999:role/Deploy")}, []string{"may sts [secret] the role Deploy of account 999999999999"}, "perhaps the role Deploy of account 999999999999"},
		{"a table of a parameter", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:"+testAccount+":table/${Table}")}, []string{"must dynamodb [read] read the table ${Table}"}, "read the table ${Table}"},
		{"a wider pattern says it all", []string{allow("dynamodb:GetItem", "*"), allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:"+testAccount+":table/x-*")}, []string{"must dynamodb [read] read any other table of the account"}, "read any other table of the account"},
		{"log groups by their name", []string{allow("logs:PutLogEvents", "arn:aws:logs:us-east-1:"+testAccount+":log-group:/aws/lambda/shop-*")}, []string{"must logs [write] write any log group like /aws/lambda/shop-*"}, "write any log group like /aws/lambda/shop-*"},
		{"log groups by their streams", []string{allow("logs:PutLogEvents", "arn:aws:logs:us-east-1:"+testAccount+":log-group:/aws/lambda/shop-*:*")}, []string{"must logs [write] write any log group like /aws/lambda/shop-*"}, "write any log group like /aws/lambda/shop-*"},
		{"all log groups by their streams", []string{allow("logs:PutLogEvents logs:GetLogEvents", "arn:aws:logs:us-east-1:"+testAccount+":log-group:*:log-stream:*")}, []string{"must logs [read write] read and write any log group of the account"}, "read and write any log group of the account"},
		{"some streams of all log groups", []string{allow("logs:GetLogEvents", "arn:aws:logs:us-east-1:"+testAccount+":log-group:*:log-stream:audit-*")}, []string{"must logs [read] read log-stream:audit-* of any log group of the account"}, "read log-stream:audit-* of any log group"},
		{"streams of tables", []string{allow("dynamodb:GetRecords dynamodb:DescribeStream", "*")}, []string{"must dynamodb [read] read the stream of any other table of the account"}, "read the stream of any other table"},
		{"streams of tables by their ARNs", []string{allow("dynamodb:*", "arn:aws:dynamodb:us-east-1:"+testAccount+":table/*/stream/*")}, []string{"must dynamodb [read permissions] the stream of any other table of the account"}, "the stream of any other table"},
		{"indexes of some tables", []string{allow("dynamodb:Query", "arn:aws:dynamodb:us-east-1:"+testAccount+":table/x-*/index/*")}, []string{"must dynamodb [read] read indexes of any other table like x-*"}, "read indexes of any other table like x-*"},
		{"objects of buckets", []string{allow("s3:*", "arn:aws:s3:::logs-*/*")}, []string{"must s3 [read write delete permissions] any other bucket like logs-*"}, "any other bucket like logs-*"},
		{"objects of buckets: no bucket's settings", []string{allow("s3:PutBucketPolicy s3:GetObject", "arn:aws:s3:::logs-*/*")}, []string{"must s3 [read] read any other bucket like logs-*"}, "read any other bucket like logs-*"},
		{"some objects of all buckets", []string{allow("s3:PutObject", "arn:aws:s3:::*/public/*")}, []string{"must s3 [write] write public/* of any other bucket of the account"}, "write public/* of any other bucket"},
		{"all of one, some of another", []string{allow("dynamodb:GetItem", "*"), allow("s3:GetObject", "arn:aws:s3:::*/public/*")}, []string{"must dynamodb [read] read any other table of the account", "must s3 [read] read public/* of any other bucket of the account"}, "read any other table of the account and public/* of any other bucket"},
		{"aliases of functions", []string{allow("lambda:InvokeFunction", functionARN("team-*")+":*")}, []string{"must lambda [invoke] start any other function like team-*"}, "start any other function like team-*"},
		{"tags", []string{allow("lambda:ListTags sqs:ListQueueTags s3:GetObjectTagging kms:ListResourceTags tag:GetResources sns:TagResource ec2:DescribeTags", "*")}, nil, ""},
		{"reading all, writing some", []string{allow("s3:GetObject", "*"), allow("s3:PutObject", "arn:aws:s3:::logs-*/*")}, []string{"must s3 [read] read any other bucket of the account", "must s3 [write] write any other bucket like logs-*"}, "read any other bucket of the account; write any other bucket like logs-*"},
		{"a key: its policy was not seen", []string{allow("kms:Decrypt", "*")}, []string{"may kms [secret] any key of the account"}, "perhaps any key of the account"},
		{"one key elsewhere in the account", []string{allow("kms:Decrypt", arnOf("AWS::KMS::Key", "1234"))}, []string{"may kms [secret] the key 1234"}, "perhaps the key 1234"},
		{"a role of the account: whether it trusts is not known", []string{allow("sts:AssumeRole", roleARN("Deploy"))}, []string{"may sts [secret] the role Deploy"}, "perhaps the role Deploy"},
		{"a role of another stack", []string{allow("sts:AssumeRole", "${Import}")}, []string{"may sts [secret] the role ${Import}"}, "perhaps the role ${Import}"},
		{"what a condition of the template chooses", []string{allow("s3:GetObject sqs:SendMessage", "${Dev}arn:aws:s3:::dev/* ${Dev2}${Dev}arn:aws:s3:::data/*")},
			[]string{"may s3 [read] read the bucket dev"}, "perhaps read the bucket dev"},
		{"any role", []string{allow("sts:AssumeRole", "*")}, []string{"may sts [secret] any other role of the account"}, "perhaps any other role of the account"},
		{"a service by a wildcard, and one more", []string{allow("dynamodb*:GetItem cognito-idp:AdminGetUser", "*")},
			[]string{"must dynamodb [read] read any other table of the account", "must cognito-idp [read] read any user pool of the account"}, "read any other table and any user pool of the account"},
		{"every service behind a wildcard for one", []string{allow("s*:* cognito-idp:* *", "*")}, nil, "anything of the account"},
		{"everything", []string{adminGrant}, nil, "anything of the account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policies...)
			b.table("Orders")
			b.bucket("data")
			b.resource("AWS::SecretsManager::Secret", "Stripe")
			br := breach(t, b.analyse(), f.ID)
			var got []string
			for _, y := range br.Beyond() {
				got = append(got, y.Certainty.String()+" "+y.Service+" ["+joinCaps(y)+"] "+y.Words())
			}
			if !strings.HasPrefix(c.name, "every") && !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if words := SeaWords(br.Beyond()); words != c.headline {
				t.Errorf("headline %q, want %q", words, c.headline)
			}
		})
	}
}

func joinCaps(y Beyond) string {
	var out []string
	for _, c := range y.Capabilities.All() {
		out = append(out, c.String())
	}
	return strings.Join(out, " ")
}

func TestBeyondBoundary(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("secretsmanager:GetSecretValue", "*"))
	p := b.managed("Boundary", allow("secretsmanager:*", "arn:aws:secretsmanager:us-east-1:"+testAccount+":secret:team/*"))
	b.roleOf(f).Boundary = p.ID
	if words := SeaWords(breach(t, b.analyse(), f.ID).Beyond()); words != "any secret like team/*" {
		t.Errorf("sea: %s", words)
	}
}

// The count is of what a headline in full names, each once, whichever entries it comes from; of all functions together it
// is not less than of any one.
func TestSeaKinds(t *testing.T) {
	b := build(t)
	b.function("F", allow("s3:GetObject polly:* dynamodb:GetItem dynamodb:Query logs:PutLogEvents", "*"), allow("s3:PutObject", "arn:aws:s3:::logs-*/*"))
	b.function("G", allow("logs:GetLogEvents s3:GetObject", "*"), allow("logs:*", "arn:aws:logs:us-east-1:"+testAccount+":log-group:x*:*"))
	a := b.analyse()
	for id, want := range map[string]int{"fn/F": 5, "fn/G": 3} { // table, bucket, log group, Polly, buckets like; bucket, log group, log groups like
		sea := breach(t, a, model.ID(id)).Beyond()
		full := SeaInFull(sea)
		if n := KindsOf(sea); n != want {
			t.Errorf("%s: %d kinds in %q", id, n, full)
		}
	}
	if n := a.SeaKinds(false); n != 6 {
		t.Errorf("%d kinds of both", n)
	}
}

// In full, everything is named that a headline leaves out: by its noun, else by its service where no noun of the service
// stands for it.
func TestSeaInFull(t *testing.T) {
	services := []string{"polly", "transcribe", "translate", "comprehend", "rekognition", "textract", "xray", "cloudwatch", "ses", "athena", "iot", "sagemaker"}
	b := build(t)
	f := b.function("F", allow(strings.Join(services, ":* ")+":* dynamodb:* s3:*", "*"))
	sea := breach(t, b.analyse(), f.ID).Beyond()
	short, full := SeaWords(sea), SeaInFull(sea)
	if !strings.HasSuffix(short, "more") || strings.Contains(full, " more") {
		t.Errorf("the headline is %q, in full %q", short, full)
	}
	for _, y := range sea {
		by := func(x Beyond) bool {
			return x.Service == y.Service && x.noun() != "" && strings.Contains(full, x.noun())
		}
		if !strings.Contains(full, y.Words()) && !slices.ContainsFunc(sea, by) {
			t.Errorf("%q does not say %q", full, y.Words())
		}
	}
}

// What is only made is nothing of the sea; what somebody else reaches who is perhaps reached is perhaps reached.
func TestBeyondOfOthers(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sqs:CreateQueue dynamodb:CreateTable", "*"))
	if sea := breach(t, b.analyse(), f.ID).Beyond(); len(sea) > 0 {
		t.Errorf("making things reaches %+v", sea)
	}
	for condition, want := range map[string]Certainty{"": Must, `, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}`: May} {
		b := build(t)
		f := b.function("F", allow("sts:AssumeRole", roleARN("R")))
		b.role("R", `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "sts:AssumeRole"`+condition+`}`, allow("s3:GetObject", "*"))
		sea := breach(t, b.analyse(), f.ID).Beyond()
		if len(sea) != 1 || sea[0].Certainty != want || sea[0].Principal != "role/R" {
			t.Errorf("%q: %+v", condition, sea)
		}
	}
}

// Some calls of STS are decided by who makes them, whatever the statements: each has an answer of its own, which hides no other's.
func TestJudgeOfTokens(t *testing.T) {
	b := build(t)
	b.function("F", allow("sts:GetSessionToken sts:GetWebIdentityToken sts:GetAccessKeyInfo", "*"))
	b.user("U", allow("sts:*", "*"), deny("sts:Get*", "*"))
	a := b.analyse()
	m := a.world.everyAction("sts")
	all := make(bits, m.words)
	for i := range m.actions {
		all.set(i)
	}
	for _, x := range a.actors[:a.size.actors] {
		must, may := a.judge(x, -1, m, "*", all, nil)
		for i, action := range m.actions {
			d := a.direct(x, -1, action.String(), "*", nil)
			if may.has(i) != (d.Outcome == policy.Allowed) || must.has(i) != d.Must {
				t.Errorf("%s %s: judged must %v may %v, decided %v must %v", x.id, action, must.has(i), may.has(i), d.Outcome, d.Must)
			}
		}
	}
}

// What stands for one character reaches beyond the design whichever name the design has.
func TestBeyondOfOneCharacter(t *testing.T) {
	for _, name := range []string{"order-0", "order-1", "order-a", "order-9"} {
		b := build(t)
		f := b.function("F", allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:"+testAccount+":order-?"))
		b.queue(name)
		if sea := breach(t, b.analyse(), f.ID).Beyond(); len(sea) != 1 || sea[0].Certainty != Must || !sea[0].Capabilities.Has(catalog.Send) {
			t.Errorf("beside %s: %+v", name, sea)
		}
	}
}

// A denial of one of the names that a question mark stands for is none of the others.
func TestOneCharacterIsDenied(t *testing.T) {
	b := build(t)
	data := b.bucket("data")
	queues := "arn:aws:sqs:us-east-1:" + testAccount + ":q-"
	f := b.function("F", allow("s3:GetObject", data.ARN+"/log-?"), deny("s3:GetObject", data.ARN+"/log-0"), allow("sqs:SendMessage", queues+"?"), deny("sqs:SendMessage", queues+"0"))
	x := breach(t, b.analyse(), f.ID)
	if h := hitOf(x, data.ID); h == nil || h.Certainty != Must {
		t.Errorf("hit %+v", h)
	}
	if sea := x.Beyond(); len(sea) != 1 || sea[0].Certainty != Must {
		t.Errorf("beyond: %+v", sea)
	}
}
