package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
)

// Each case is one function F with a role of its own, beside a bucket, a table, a queue, a secret and a key.
func TestActs(t *testing.T) {
	table, bucket, queue := arnOf("AWS::DynamoDB::Table", "Orders"), arnOf("AWS::S3::Bucket", "receipts"), arnOf("AWS::SQS::Queue", "Jobs")
	secret := arnOf("AWS::SecretsManager::Secret", "Stripe")
	for _, c := range []struct {
		name     string
		policies []string
		want     []string
	}{
		{"nothing", nil, nil},
		{"one action on one table", []string{allow("dynamodb:GetItem", table)}, []string{"must read res/Orders"}},
		{"another table", []string{allow("dynamodb:GetItem", table+"2")}, nil},
		{"an action of another service on the table", []string{allow("sqs:SendMessage", table)}, nil},
		{"describing floods nothing", []string{allow("dynamodb:DescribeTable dynamodb:ListTables", "*")}, nil},
		{"everything on one table", []string{allow("dynamodb:*", table)}, []string{"must read write delete permissions res/Orders"}},
		{"a wildcard that matches", []string{allow("dynamodb:PutI*", "arn:aws:dynamodb:*:*:table/Ord*")}, []string{"must write res/Orders"}},
		{"case of actions is ignored", []string{allow("DynamoDB:getitem", table)}, []string{"must read res/Orders"}},
		{"case of resources is not", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:"+testAccount+":table/orders")}, nil},
		{"over two policies", []string{allow("dynamodb:GetItem", table), allow("dynamodb:PutItem", table)}, []string{"must read write res/Orders"}},
		{"denied in another policy", []string{allow("dynamodb:*", "*"), deny("dynamodb:*", table+"*")}, nil},
		{"its indexes and streams are not denied with it", []string{allow("dynamodb:Query dynamodb:GetRecords", "*"), deny("dynamodb:*", table)}, []string{"must read res/Orders part index/*, stream/*"}},
		{"partly denied", []string{allow("dynamodb:*", "*"), deny("dynamodb:Delete* dynamodb:BatchWriteItem dynamodb:PartiQL* dynamodb:UpdateTimeToLive", table+"*")}, []string{"must read write permissions res/Orders"}},
		{"NotAction", []string{`{"Effect": "Allow", "NotAction": ["s3:*", "sqs:*", "secretsmanager:*", "kms:*", "iam:*", "sts:*", "lambda:*", "logs:*"], "Resource": "*"}`}, []string{"must read write delete permissions res/Orders"}},
		{"NotResource", []string{`{"Effect": "Allow", "Action": ["dynamodb:GetItem", "sqs:SendMessage"], "NotResource": "` + table + `"}`}, []string{"must send res/Jobs"}},
		{"the bucket is not its objects", []string{allow("s3:GetObject", bucket)}, nil},
		{"objects are not the bucket", []string{allow("s3:DeleteBucket", bucket+"/*")}, nil},
		{"all objects", []string{allow("s3:GetObject", bucket+"/*")}, []string{"must read res/receipts"}},
		{"a part of the objects", []string{allow("s3:GetObject", bucket+"/public/*")}, []string{"must read res/receipts part public/*"}},
		{"one object", []string{allow("s3:GetObject", bucket+"/logo.png")}, []string{"must read res/receipts part logo.png"}},
		{"two parts", []string{allow("s3:GetObject", bucket+"/a/* "+bucket+"/b/*")}, []string{"must read res/receipts part a/*, b/*"}},
		{"a part of any bucket", []string{allow("s3:GetObject", "arn:aws:s3:::*/public/*")}, []string{"must read res/receipts part public/*"}},
		{"all but a part", []string{allow("s3:GetObject", bucket+"/*"), deny("s3:GetObject", bucket+"/private/*")}, []string{"must read res/receipts"}},
		{"a part that is denied", []string{allow("s3:GetObject", bucket+"/private/*"), deny("s3:*", bucket+"/private/*")}, nil},
		{"only what a denial spares", []string{allow("s3:GetObject", bucket+"/*"), `{"Effect": "Deny", "Action": "s3:*", "NotResource": "` + bucket + `/public/*"}`}, []string{"must read res/receipts part public/*"}},
		{"whole and part together are the whole", []string{allow("s3:GetObject", bucket+"/*"), allow("s3:PutObject", bucket+"/in/*")}, []string{"must read write res/receipts"}},
		{"an index", []string{allow("dynamodb:Query", table+"/index/*")}, []string{"must read res/Orders part index/*"}},
		{"one index", []string{allow("dynamodb:Query", table+"/index/byDate")}, []string{"must read res/Orders part index/byDate"}},
		{"a stream", []string{allow("dynamodb:GetRecords", table+"/stream/*")}, []string{"must read res/Orders part stream/*"}},
		{"a queue", []string{allow("sqs:*", queue)}, []string{"must read write send delete permissions res/Jobs"}},
		{"a secret by its usual pattern", []string{allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:"+testAccount+":secret:Stripe-??????")}, []string{"must secret res/Stripe"}},
		{"a secret by its ARN", []string{allow("secretsmanager:GetSecretValue", secret)}, []string{"must secret res/Stripe"}},
		{"a condition that nobody knows", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`}, []string{"may read res/Orders"}},
		{"a condition and none", []string{`{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`, allow("dynamodb:GetItem", "*")}, []string{"must read write? delete? permissions? res/Orders"}},
		{"a denial under a condition that nobody knows", []string{allow("dynamodb:GetItem", "*"), `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`}, []string{"may read res/Orders"}},
		{"TLS is the attacker's choice", []string{allow("dynamodb:GetItem", "*"), `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`}, []string{"must read res/Orders"}},
		{"the principal is known: itself", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "` + roleARN("F*") + `"}}}`}, []string{"must read res/Orders"}},
		{"the principal is known: another", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "` + roleARN("G*") + `"}}}`}, nil},
		{"the function is known: itself", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "` + functionARN("F") + `"}}}`}, []string{"must read res/Orders"}},
		{"the function is known: another", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "` + functionARN("G") + `"}}}`}, nil},
		{"MFA is not with a function", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`}, nil},
		{"without MFA, which a function's session says or says nothing of", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}`}, []string{"may read res/Orders"}},
		{"denied without MFA", []string{allow("dynamodb:GetItem", "*"), `{"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`}, nil},
		{"denied where it says so", []string{allow("dynamodb:GetItem", "*"), `{"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}`}, []string{"may read res/Orders"}},
		{"denied where it says nothing", []string{allow("dynamodb:GetItem", "*"), `{"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}`}, []string{"may read res/Orders"}},
		{"denied with MFA", []string{allow("dynamodb:GetItem", "*"), `{"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`}, []string{"must read res/Orders"}},
		{"the account is known", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "` + testAccount + `"}}}`}, []string{"must read res/Orders"}},
		{"another account", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "999999999999"}}}`}, nil},
		{"a region", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}`}, nil},
		{"tags of the resource, known", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}`}, []string{"must read res/Orders"}},
		{"tags of the resource, others", []string{`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "other"}}}`}, nil},
		{"a tag of the principal in the resource", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/app}")}, []string{"must read res/Orders"}},
		{"a variable that is not there", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:username}")}, nil},
		{"a variable with a default", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:username,'Orders'}")}, []string{"must read res/Orders"}},
		{"a variable that is not known", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${aws:SourceVpc}")}, []string{"may read res/Orders"}},
		{"a parameter without a value", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${Table}")}, []string{"may read res/Orders"}},
		{"a denial on a parameter without a value", []string{allow("dynamodb:GetItem", "*"), deny("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/${Table}")}, []string{"may read res/Orders"}},
		{"an action without a value", []string{allow("dynamodb:${Verb}Item", "*")}, []string{"may read write delete res/Orders"}},
		{"an action without a value, beside one", []string{allow("dynamodb:${Verb}Item dynamodb:GetItem", "*")}, []string{"must read write? delete? res/Orders"}},
		{"any action at all", []string{allow("${Action}", table)}, []string{"may read write delete permissions res/Orders"}},
		{"all but an action without a value", []string{`{"Effect": "Allow", "NotAction": ["s3:*", "sqs:*", "secretsmanager:*", "kms:*", "iam:*", "sts:*", "lambda:*", "logs:*", "dynamodb:Get${What}"], "Resource": "*"}`}, []string{"must read write delete permissions res/Orders"}},
		{"a denial of an action without a value", []string{allow("dynamodb:GetItem sqs:SendMessage", "*"), deny("dynamodb:${Verb}Item", "*")}, []string{"must send res/Jobs", "may read res/Orders"}},
		{"a denial of any action at all", []string{allow("dynamodb:GetItem sqs:SendMessage", "*"), deny("${Blocked}", "*")}, []string{"may send res/Jobs", "may read res/Orders"}},
		{"a variable in an action is plain text", []string{allow("dynamodb:${aws:username}Item", "*")}, nil},
		{"a denial to a principal without a value", []string{allow("s3:GetObject", bucket+"/logo.png"), "BUCKET " + `{"Effect": "Deny", "Principal": {"AWS": "${Somebody}"}, "Action": "s3:*", "Resource": "` + bucket + `/*"}`}, []string{"may read res/receipts part logo.png"}},
		{"a principal without a value", []string{"BUCKET " + `{"Effect": "Allow", "Principal": {"AWS": "${Somebody}"}, "Action": "s3:GetObject", "Resource": "` + bucket + `/*"}`}, []string{"may read res/receipts"}},
		{"its own log group", []string{allow("logs:PutLogEvents logs:CreateLogStream", "*")}, []string{"must write res//aws/lambda/F (own log)"}},
		{"its own log group and more", []string{allow("logs:*", "*")}, []string{"must read write delete res//aws/lambda/F"}},
		{"an ARN of fewer fields", []string{allow("dynamodb:GetItem", "arn:aws:dynamodb:*")}, []string{"must read res/Orders"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			var identity, bucketPolicy []string
			for _, p := range c.policies {
				if p, ok := strings.CutPrefix(p, "BUCKET "); ok {
					bucketPolicy = append(bucketPolicy, p)
				} else {
					identity = append(identity, p)
				}
			}
			f := b.function("F", identity...)
			b.roleOf(f).Tags = map[string]string{"app": "Orders"}
			receipts := b.bucket("receipts")
			if bucketPolicy != nil {
				receipts.Policy = document(t, strings.Join(bucketPolicy, ","))
			}
			b.table("Orders").Tags = map[string]string{"Team": "shop"}
			b.queue("Jobs")
			b.resource("AWS::SecretsManager::Secret", "Stripe")
			want(t, breach(t, b.analyse(), f.ID), c.want...)
		})
	}
}

func TestBoundary(t *testing.T) {
	bucket := arnOf("AWS::S3::Bucket", "receipts")
	for _, c := range []struct {
		name, identity, boundary string
		want                     []string
	}{
		{"allows all", allow("s3:GetObject", bucket+"/*"), allow("*", "*"), []string{"must read res/receipts"}},
		{"allows another service", allow("s3:GetObject", bucket+"/*"), allow("dynamodb:*", "*"), nil},
		{"never grants", allow("dynamodb:GetItem", "*"), allow("*", "*"), nil},
		{"allows a part", allow("s3:GetObject", bucket+"/*"), allow("s3:*", bucket+"/public/*"), []string{"must read res/receipts part public/*"}},
		{"denies", allow("s3:*", "*"), allow("*", "*") + "," + deny("s3:*", "*"), nil},
		{"both parts meet", allow("s3:GetObject", bucket+"/a*"), allow("s3:*", bucket+"/*z"), []string{"must read res/receipts part a* ∩ *z"}},
		{"parts that do not meet", allow("s3:GetObject", bucket+"/a*"), allow("s3:*", bucket+"/b*"), nil},
		{"under a condition", allow("s3:GetObject", bucket+"/*"), `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "false"}}}`, []string{"must read res/receipts"}},
		{"under a condition that no call of one's own meets", allow("s3:GetObject", bucket+"/*"), `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}`, nil},
		{"under a condition that nobody knows", allow("s3:GetObject", bucket+"/*"), `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}`, []string{"may read res/receipts"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.identity)
			p := b.managed("Boundary", c.boundary)
			for _, e := range b.elements {
				if r, ok := e.(*model.Role); ok {
					r.Boundary = p.ID
				}
			}
			b.bucket("receipts")
			want(t, breach(t, b.analyse(), f.ID), c.want...)
		})
	}
}

func TestResourcePolicies(t *testing.T) {
	bucket, key := arnOf("AWS::S3::Bucket", "receipts"), arnOf("AWS::KMS::Key", "k1")
	statement := func(effect, principal, action, resource, condition string) string {
		return `{"Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "` + action + `", "Resource": "` + resource + `"` + condition + `}`
	}
	self := `{"AWS": "` + roleARN("FRole") + `"}`
	root := `{"AWS": "arn:aws:iam::` + testAccount + `:root"}`
	for _, c := range []struct {
		name, identity, bucketPolicy, keyPolicy string
		want                                    []string
	}{
		{"grants to the role by itself", "", statement("Allow", self, "s3:GetObject", bucket+"/*", ""), "", []string{"must read res/receipts"}},
		{"grants to another role", "", statement("Allow", `{"AWS": "`+roleARN("Other")+`"}`, "s3:GetObject", bucket+"/*", ""), "", nil},
		{"grants to everybody", "", statement("Allow", `"*"`, "s3:GetObject", bucket+"/*", ""), "", []string{"must read res/receipts"}},
		{"the account alone grants nothing", "", statement("Allow", root, "s3:GetObject", bucket+"/*", ""), "", nil},
		{"grants to a service", "", statement("Allow", `{"Service": "cloudfront.amazonaws.com"}`, "s3:GetObject", bucket+"/*", ""), "", nil},
		{"grants to the session", "", statement("Allow", `{"AWS": "arn:aws:sts::`+testAccount+`:assumed-role/FRole/F"}`, "s3:GetObject", bucket+"/*", ""), "", []string{"must read res/receipts"}},
		{"grants to another session", "", statement("Allow", `{"AWS": "arn:aws:sts::`+testAccount+`:assumed-role/FRole/G"}`, "s3:GetObject", bucket+"/*", ""), "", nil},
		{"denies everybody", allow("s3:*", "*"), statement("Deny", `"*"`, "s3:*", bucket+"/*", "") + "," + statement("Deny", `"*"`, "s3:*", bucket, ""), "", nil},
		{"denies everybody without TLS", allow("s3:GetObject", "*"), statement("Deny", `"*"`, "s3:*", bucket+"/*", `, "Condition": {"Bool": {"aws:SecureTransport": "false"}}`), "", []string{"must read res/receipts"}},
		{"denies everybody from elsewhere", allow("s3:GetObject", "*"), statement("Deny", `"*"`, "s3:*", bucket+"/*", `, "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}`), "", []string{"may read res/receipts"}},
		{"denies all but another role", allow("s3:GetObject", "*"), `{"Effect": "Deny", "NotPrincipal": {"AWS": "` + roleARN("Other") + `"}, "Action": "s3:*", "Resource": "` + bucket + `/*"}`, "", nil},
		{"denies the role", allow("s3:GetObject", "*"), statement("Deny", self, "s3:*", bucket+"/*", ""), "", nil},
		{"grants a part", "", statement("Allow", self, "s3:GetObject", bucket+"/in/*", ""), "", []string{"must read res/receipts part in/*"}},
		{"a key policy that leaves it to identity policies", allow("kms:Decrypt", key), "", statement("Allow", root, "kms:*", "*", ""), []string{"must secret res/k1"}},
		{"a key policy that leaves it, and no identity policy", "", "", statement("Allow", root, "kms:*", "*", ""), nil},
		{"a key policy for another role alone", allow("kms:*", "*"), "", statement("Allow", `{"AWS": "`+roleARN("Other")+`"}`, "kms:*", "*", ""), nil},
		{"a key policy for the role", "", "", statement("Allow", self, "kms:Decrypt", "*", ""), []string{"must secret res/k1"}},
		{"a key without a policy has the default one", allow("kms:Decrypt", key), "", "", []string{"must secret res/k1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			var f *model.Function
			if c.identity == "" {
				f = b.function("F")
			} else {
				f = b.function("F", c.identity)
			}
			r := b.bucket("receipts")
			if c.bucketPolicy != "" {
				r.Policy = document(t, c.bucketPolicy)
			}
			k := b.resource("AWS::KMS::Key", "k1")
			if c.keyPolicy != "" {
				k.Policy = document(t, c.keyPolicy)
			}
			want(t, breach(t, b.analyse(), f.ID), c.want...)
		})
	}
}

// Reading encrypted data needs the key as well.
func TestKeys(t *testing.T) {
	table, key := arnOf("AWS::DynamoDB::Table", "Orders"), arnOf("AWS::KMS::Key", "k1")
	// Keys that no element stands for, by their ARNs.
	near := model.MakeID("res", "arn:aws:kms:us-east-1:"+testAccount+":key/near")
	far, alias := model.MakeID("res", "arn:aws:kms:us-east-1:999999999999:key/far"), model.MakeID("res", "arn:aws:kms:us-east-1:999999999999:alias/far")
	for _, c := range []struct {
		name     string
		key      model.ID
		policies []string
		want     []string
	}{
		{"no key", "", []string{allow("dynamodb:*", table)}, []string{"must read write delete permissions res/Orders"}},
		{"without the key", "res/k1", []string{allow("dynamodb:GetItem dynamodb:PutItem dynamodb:DeleteItem", table)}, []string{"must delete res/Orders"}},
		{"with it for reading", "res/k1", []string{allow("dynamodb:GetItem dynamodb:PutItem", table), allow("kms:Decrypt", key)}, []string{"must read res/Orders", "must secret res/k1"}},
		{"with it for writing", "res/k1", []string{allow("dynamodb:GetItem dynamodb:PutItem", table), allow("kms:GenerateDataKey", key)}, []string{"must write res/Orders", "must write res/k1"}},
		{"through the service alone", "res/k1", []string{allow("dynamodb:GetItem", table), `{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}}}`},
			[]string{"must read res/Orders"}},
		{"through a service's calls", "res/k1", []string{allow("dynamodb:GetItem", table), `{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}`},
			[]string{"must read res/Orders"}},
		{"by its own calls alone", "res/k1", []string{allow("dynamodb:GetItem", table), `{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:ViaService": "true"}}}`},
			[]string{"must secret res/k1"}},
		{"through another service", "res/k1", []string{allow("dynamodb:GetItem", table), `{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}`},
			nil},
		{"by a grant to itself", "res/k1", []string{allow("dynamodb:GetItem", table), allow("kms:CreateGrant", key)}, []string{"must read res/Orders", "must secret write permissions res/k1"}},
		{"by writing the key's policy", "res/k1", []string{allow("dynamodb:GetItem dynamodb:PutItem", table), allow("kms:PutKeyPolicy", key)}, []string{"must read write res/Orders", "must secret write delete permissions res/k1"}},
		{"by a grant on another key", "res/k1", []string{allow("dynamodb:GetItem", table), allow("kms:CreateGrant", key+"2")}, nil},
		{"by a grant for AWS alone", "res/k1", []string{allow("dynamodb:GetItem", table), `{"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": "*", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}`}, []string{"may permissions res/k1"}},
		{"by a grant for something else", "res/k1", []string{allow("dynamodb:GetItem", table), `{"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt"]}}}`}, []string{"must write permissions? res/k1"}},
		{"by a grant, and denied all the same", "res/k1", []string{allow("dynamodb:GetItem", table), allow("kms:CreateGrant", key), deny("kms:Decrypt", "*")}, []string{"must secret write permissions res/k1"}},
		{"with a key that was not seen", "res/elsewhere", []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table)}, []string{"must read? delete res/Orders"}},
		{"with one of the account that was not seen", near, []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table)}, []string{"must read? delete res/Orders"}},
		{"with one that was not seen, denied", near, []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table), deny("kms:*", "*")}, []string{"must delete res/Orders"}},
		{"with one that was not seen, denied by its ARN", near, []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table), deny("kms:Decrypt", "*:key/near")}, []string{"must delete res/Orders"}},
		{"with one that was not seen, another denied", near, []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table), deny("kms:Decrypt", "*:key/other")}, []string{"must read? delete res/Orders"}},
		{"with another account's", far, []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table)}, []string{"must delete res/Orders"}},
		{"with another account's, and permission for another key", far, []string{allow("dynamodb:GetItem dynamodb:DeleteTable", table), allow("kms:Decrypt", key)}, []string{"must delete res/Orders", "must secret res/k1"}},
		{"with another account's, and permission for it", far, []string{allow("dynamodb:GetItem dynamodb:PutItem", table), allow("kms:Decrypt", "arn:aws:kms:us-east-1:999999999999:key/far")}, []string{"may read res/Orders"}},
		{"with another account's by an alias, and permission for a key there", alias, []string{allow("dynamodb:GetItem", table), allow("kms:Decrypt", "arn:aws:kms:us-east-1:999999999999:key/far")}, []string{"may read res/Orders"}},
		{"with another account's by an alias, and permission for the alias", alias, []string{allow("dynamodb:GetItem", table), allow("kms:Decrypt", "arn:aws:kms:us-east-1:999999999999:alias/far")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policies...)
			b.table("Orders").Key = c.key
			b.resource("AWS::KMS::Key", "k1")
			want(t, breach(t, b.analyse(), f.ID), c.want...)
		})
	}
}

// The key of another account is in the design by its ARN alone: what its policy says was not seen, and no permission
// within this account suffices.
func TestForeignKey(t *testing.T) {
	const far = "arn:aws:kms:us-east-1:999999999999:key/far"
	for _, c := range []struct {
		name   string
		policy string
		want   []string
	}{
		{"without permission", allow("sqs:ReceiveMessage sqs:DeleteQueue", "*"), []string{"must delete res/Jobs"}},
		{"with permission", allow("sqs:ReceiveMessage", "*") + "," + allow("kms:Decrypt", far), []string{"may read res/Jobs", "may secret res/far"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policy)
			k := b.resource("AWS::KMS::Key", "far")
			k.ARN = far
			b.queue("Jobs").Key = k.ID
			want(t, breach(t, b.analyse(), f.ID), c.want...)
		})
	}
}

func TestFreshAndUnknownNames(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:"+testAccount+":table/stack-Fresh-GENERATED"))
	fresh := b.table("stack-Fresh-GENERATED")
	fresh.Fresh = true
	b.table("stack-Fresh-GENERATED2").Fresh = true
	unknown := b.table("Named")
	unknown.ARN = "arn:aws:dynamodb:us-east-1:" + testAccount + ":table/${Name}"
	want(t, breach(t, b.analyse(), f.ID), "must read res/stack-Fresh-GENERATED", "may read res/Named")
}

// Evidence names the policy, the statement and what of the step it allows.
func TestEvidence(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sqs:SendMessage", "*"), allow("dynamodb:GetItem", "*")+","+allow("dynamodb:PutItem", "*"))
	b.table("Orders")
	h := breach(t, b.analyse(), f.ID).Hits[0]
	if len(h.Path()) != 1 || len(h.Path()[0].Evidence) != 2 {
		t.Fatalf("path %+v", h.Path())
	}
	for i, e := range h.Path()[0].Evidence {
		if e.Policy != "policy/FRole-1" || e.Statement != i || len(e.Actions) != 1 || e.Layer != "identity" {
			t.Errorf("evidence %d: %+v", i, e)
		}
	}
	if got := h.Path()[0].Actions; len(got) != 2 || got[0] != "dynamodb:GetItem" || got[1] != "dynamodb:PutItem" {
		t.Errorf("actions %v", got)
	}
}

// Conditions on a target's tags hold for functions, roles and users as for data, whatever the technique; iam:PassRole
// does not see a role's tags.
func TestTagsOfPrincipals(t *testing.T) {
	const trustsAccount = lambdaTrust + `, {"Effect": "Allow", "Principal": {"AWS": "` + testAccount + `"}, "Action": "sts:AssumeRole"}`
	for _, c := range []struct {
		name, actions, key string
		target             model.ID
		red                Certainty // of the step to what is tagged red; 255: none
	}{
		{"code", "lambda:UpdateFunctionCode", "aws:ResourceTag/team", "fn/G", none},
		{"input", "lambda:InvokeFunction", "aws:ResourceTag/team", "fn/G", none},
		{"assumption", "sts:AssumeRole", "aws:ResourceTag/team", "role/Deploy", none},
		{"assumption by the key of IAM", "sts:AssumeRole", "iam:ResourceTag/team", "role/Deploy", none},
		{"a user's keys", "iam:CreateAccessKey", "iam:ResourceTag/team", "user/U", none},
		{"passing", "iam:PassRole lambda:CreateFunction lambda:InvokeFunction iam:UpdateAssumeRolePolicy", "iam:ResourceTag/team", "role/Deploy", May},
	} {
		for _, team := range []string{"red", "blue"} {
			b := build(t)
			f := b.function("F", `{"Effect": "Allow", "Action": `+quoted(c.actions)+`, "Resource": "*", "Condition": {"StringEquals": {"`+c.key+`": "blue"}}}`)
			tags := map[string]string{"team": team}
			b.function("G").Tags = tags
			b.role("Deploy", trustsAccount).Tags = tags
			b.user("U").Tags = tags
			got := none
			for _, s := range analyse(t, b.design(), nil).Touches(f.ID) {
				if s.To == c.target {
					got = s.Certainty
				}
			}
			if team == "red" && got != c.red || team == "blue" && got == none {
				t.Errorf("%s of what is %s: %v", c.name, team, got)
			}
		}
	}
}

const none = Certainty(255)

// Settings of what a key encrypts take no key; and a grant that may be made for a service alone opens nothing to whoever calls
// the key itself.
func TestKeysOfTables(t *testing.T) {
	key := arnOf("AWS::KMS::Key", "k")
	for grants, want := range map[string]string{
		allow("dynamodb:UpdateTable", "*"):                                   "must write res/T",
		allow("dynamodb:PutItem", "*"):                                       "",
		allow("dynamodb:GetItem", "*") + "," + allow("kms:CreateGrant", key): "must read res/T",
		allow("dynamodb:GetItem", "*") + "," + conditional("kms:CreateGrant", key, `"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}`): "",
		allow("dynamodb:GetItem", "*") + "," + conditional("kms:Decrypt", key, `"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}`):     "must read res/T",
		allow("dynamodb:GetItem", "*") + "," + conditional("kms:Decrypt", key, `"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}`):           "",
		allow("dynamodb:GetItem", "*") + "," + conditional("kms:CreateGrant", key, `"Bool": {"kms:GrantIsForAWSResource": "true"}`):                          "",
	} {
		b := build(t)
		f := b.function("F", grants)
		b.table("T").Key = b.resource("AWS::KMS::Key", "k").ID
		got := ""
		for _, line := range say(breach(t, b.analyse(), f.ID)) {
			if strings.HasSuffix(line, "res/T") {
				got = line
			}
		}
		if got != want {
			t.Errorf("%s: %q, not %q", grants, got, want)
		}
	}
}

// Sending to what a key encrypts takes the key for writing, reading from it for reading.
func TestKeysOfQueues(t *testing.T) {
	key := arnOf("AWS::KMS::Key", "k")
	for grants, want := range map[string][]string{
		allow("sqs:SendMessage", "*"):                                           nil,
		allow("sqs:SendMessage", "*") + "," + allow("kms:Decrypt", key):         {"must secret res/k"},
		allow("sqs:SendMessage", "*") + "," + allow("kms:GenerateDataKey", key): {"must send res/Q"},
		allow("sns:Publish", "*"):                                               nil,
		allow("sns:Publish", "*") + "," + allow("kms:GenerateDataKey", key):     {"must send res/N"},
		allow("sqs:PurgeQueue", "*"):                                            {"must delete res/Q"},
	} {
		b := build(t)
		f := b.function("F", grants)
		k := b.resource("AWS::KMS::Key", "k")
		b.queue("Q").Key = k.ID
		b.resource("AWS::SNS::Topic", "N").Key = k.ID
		var got []string
		for _, line := range say(breach(t, b.analyse(), f.ID)) {
			if !strings.HasSuffix(line, "res/k") || strings.Contains(line, "secret") {
				got = append(got, line)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", grants, got, want)
		}
	}
}
