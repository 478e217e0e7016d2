package live_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

// What a design says where a call was not answered. Each call has been decided by hand.
const (
	missing  = "things are not there"                 // which it would have listed; the design says that the list was not seen
	wall     = "a policy is not seen"                 // of things that are there
	lock     = "what encrypts is not seen"            // of things that are there
	ways     = "whom else it lets in is not seen"     // …
	both     = "policy and encryption are not seen"   // …
	actors   = "what functions may do is not seen"    //
	unwired  = "what starts what is not seen"         // the design says so
	wider    = "what is left out would narrow"        // filters, and what blocks the public: the design says so, and takes what passes for all
	above    = "guardrails are not seen"              // the design says so
	by       = "names, groups or dates are not seen"  // nothing that a breach reaches depends on them
	unasked  = "asked before the account is read"     // who reads, and where
	unlocked = "names of keys in the things' stead"   // a key by an alias that is not known is a key that was not seen
	tagless  = "a condition on a tag holds perhaps"   // a tag that is not known is no other
	instead  = "made where another is not there only" //
)

var decided = map[string]string{
	"apigateway:GetApis":                     missing,
	"apigateway:GetAuthorizers":              unwired,
	"apigateway:GetRestAuthorizers":          unwired,
	"apigateway:GetIntegrations":             unwired,
	"apigateway:GetResources":                unwired,
	"apigateway:GetRestApis":                 missing,
	"apigateway:GetRoutes":                   unwired,
	"cloudformation:ListStackResources":      by,
	"cloudformation:ListStacks":              by,
	"cloudformation:GetTemplate":             by,
	"logs:DescribeLogGroups":                 missing,
	"logs:DescribeSubscriptionFilters":       unwired,
	"cognito-idp:DescribeUserPool":           unwired,
	"cognito-idp:ListUserPools":              missing,
	"dynamodb:DescribeTable":                 both, // its stream has a policy of its own
	"dynamodb:GetResourcePolicy":             wall,
	"dynamodb:ListTables":                    missing,
	"ec2:DescribeRegions":                    unasked,
	"ecr:DescribeRepositories":               missing,
	"ecr:GetRepositoryPolicy":                wall,
	"events:ListEventBuses":                  missing,
	"events:ListRules":                       unwired,
	"events:ListTargetsByRule":               unwired,
	"pipes:DescribePipe":                     unwired,
	"pipes:ListPipes":                        unwired,
	"scheduler:GetSchedule":                  unwired,
	"scheduler:ListSchedules":                unwired,
	"iam:GenerateServiceLastAccessedDetails": by,
	"iam:GetServiceLastAccessedDetails":      by,
	"iam:GetAccountAuthorizationDetails":     actors,
	"iam:ListAccountAliases":                 unasked,
	"kms:DescribeKey":                        by, // a key of AWS's own is then there as well
	"kms:GetKeyPolicy":                       wall,
	"kms:ListAliases":                        unlocked,
	"kms:ListGrants":                         ways,
	"kms:ListKeys":                           missing,
	"kinesis:DescribeStreamSummary":          lock,
	"kinesis:GetResourcePolicy":              wall,
	"kinesis:ListStreams":                    missing,
	"lambda:GetFunctionConcurrency":          by,
	"lambda:GetFunctionUrlConfig":            instead,
	"lambda:GetLayerVersionPolicy":           wall,
	"lambda:GetPolicy":                       wall,
	"lambda:ListAliases":                     ways,
	"lambda:ListEventSourceMappings":         unwired,
	"lambda:ListFunctionEventInvokeConfigs":  unwired,
	"lambda:ListFunctionUrlConfigs":          unwired,
	"lambda:ListFunctions":                   missing,
	"lambda:ListLayers":                      missing,
	"organizations:DescribeOrganization":     above,
	"organizations:DescribePolicy":           above,
	"organizations:ListParents":              above,
	"organizations:ListPoliciesForTarget":    above,
	"s3:GetBucketAcl":                        ways,
	"s3:GetBucketEncryption":                 lock,
	"s3:GetBucketLocation":                   by, // then it is asked where the import began, and told if that is wrong
	"s3:GetBucketNotificationConfiguration":  unwired,
	"s3:GetBucketOwnershipControls":          wider,
	"s3:GetBucketPolicy":                     wall,
	"s3:GetPublicAccessBlock":                wider,
	"s3:GetAccountPublicAccessBlock":         wider,
	"s3:GetBucketReplication":                unwired,
	"s3:ListAccessPoints":                    ways, // to their buckets
	"s3:GetAccessPoint":                      wider,
	"s3:GetAccessPointPolicy":                wall,
	"s3:ListBuckets":                         missing,
	"sns:GetSubscriptionAttributes":          wider,
	"sns:GetTopicAttributes":                 both,
	"sns:ListSubscriptions":                  unwired,
	"sns:ListTopics":                         missing,
	"sqs:GetQueueAttributes":                 both,
	"sqs:ListQueues":                         missing,
	"sts:GetCallerIdentity":                  unasked,
	"secretsmanager:GetResourcePolicy":       wall,
	"secretsmanager:ListSecrets":             missing,
	"states:DescribeStateMachine":            ways, // whom it acts as
	"states:ListStateMachines":               missing,
	"ssm:DescribeParameters":                 missing,
	"ssm:GetResourcePolicies":                wall,
	"tagging:GetResources":                   tagless,
}

// walled is an account in which everything that has a policy keeps out a function whose role may do anything with data, lets in one
// whose role may do nothing, and has a third that holds a grant of the key.
func walled() *fakeaws.Account {
	a := filled(4, 0)
	role := func(name string, statements ...fakeaws.M) {
		arn := a.ARN("iam", "role/"+name)
		a.Add("iam:GetAccountAuthorizationDetails", "", fakeaws.List{Items: []any{fakeaws.Item{Key: "RoleDetailList", Value: fakeaws.M{"Path": "/", "RoleName": name, "Arn": arn,
			"AssumeRolePolicyDocument": says(fakeaws.M{"Effect": "Allow", "Principal": fakeaws.M{"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}),
			"RolePolicyList":           []any{fakeaws.M{"PolicyName": "inline", "PolicyDocument": says(statements...)}}}}}, In: "Marker", Out: "Marker"})
		fn := a.ARN("lambda", "function:"+name)
		a.Add("lambda:ListFunctions", "", fakeaws.List{Key: "Functions", Items: []any{fakeaws.M{"FunctionName": name, "FunctionArn": fn, "Role": arn, "Version": "$LATEST"}}, In: "Marker", Out: "NextMarker"})
	}
	data := []any{"s3:GetObject", "dynamodb:GetItem", "sqs:ReceiveMessage", "sns:Publish", "kinesis:GetRecords", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ecr:BatchGetImage", "events:PutEvents",
		"kms:Decrypt", "kms:GenerateDataKey", "lambda:InvokeFunction"}
	role("walled", fakeaws.M{"Effect": "Allow", "Action": data, "Resource": "*"})
	role("let-in", fakeaws.M{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"})
	role("granted", fakeaws.M{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"})
	role("keyless", fakeaws.M{"Effect": "Allow", "Action": []any{"dynamodb:GetItem", "kinesis:GetRecords", "s3:GetObject", "sqs:ReceiveMessage"}, "Resource": "*"})
	a.Set("kms:GetKeyPolicy", "aws", fakeaws.M{"Policy": says(fakeaws.M{"Effect": "Allow", "Principal": fakeaws.M{"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*",
		"Condition": fakeaws.M{"StringEquals": fakeaws.M{"kms:CallerAccount": a.ID, "kms:ViaService": "sns.us-east-1.amazonaws.com"}}})})
	a.Add("kms:ListAliases", "", fakeaws.List{Key: "Aliases", Items: []any{fakeaws.M{"AliasArn": a.ARN("kms", "alias/aws/sns"), "TargetKeyId": "aws"}}, In: "Marker", Out: "NextMarker"})
	on := func(action string, resources ...any) string {
		return says(fakeaws.M{"Effect": "Deny", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/walled")}, "Action": action, "Resource": resources},
			fakeaws.M{"Effect": "Allow", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/let-in")}, "Action": action, "Resource": resources})
	}
	key := a.ARN("kms", "key/11111111-2222-3333-4444-555555555555")
	a.Set("kms:GetKeyPolicy", "11111111-2222-3333-4444-555555555555", fakeaws.M{"Policy": says(
		fakeaws.M{"Effect": "Deny", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/walled")}, "Action": "kms:*", "Resource": "*"},
		fakeaws.M{"Effect": "Allow", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/let-in")}, "Action": []any{"kms:Decrypt", "kms:GenerateDataKey"}, "Resource": "*"})})
	a.Set("kms:ListGrants", "11111111-2222-3333-4444-555555555555", fakeaws.M{"Grants": []any{fakeaws.M{"KeyId": key, "GrantId": "g", "GranteePrincipal": a.ARN("iam", "role/granted"), "Operations": []any{"Decrypt"}}}})
	a.Set("s3:GetBucketPolicy", "bucket-0", on("s3:GetObject", "arn:aws:s3:::bucket-0/*"))
	a.Set("s3:GetBucketPolicy", "bucket-1", says(fakeaws.M{"Effect": "Allow", "Principal": fakeaws.M{"AWS": "*"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket-1/*",
		"Condition": fakeaws.M{"StringEquals": fakeaws.M{"s3:DataAccessPointAccount": a.ID}}},
		fakeaws.M{"Effect": "Deny", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/walled")}, "Action": "s3:*", "Resource": "*"}))
	door := a.ARN("s3", "accesspoint/door")
	a.Set("s3:ListAccessPoints", "", fakeaws.XML(`<ListAccessPointsResult><AccessPointList><AccessPoint><Name>door</Name><Bucket>bucket-1</Bucket><AccessPointArn>`+door+`</AccessPointArn></AccessPoint></AccessPointList></ListAccessPointsResult>`))
	a.Set("s3:GetAccessPointPolicy", "door", fakeaws.XML(`<GetAccessPointPolicyResult><Policy>`+strings.ReplaceAll(on("s3:GetObject", door+"/object/*"), `"`, "&quot;")+`</Policy></GetAccessPointPolicyResult>`))
	a.Set("s3:GetBucketEncryption", "bucket-0", fakeaws.XML(`<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><KMSMasterKeyID>`+key+`</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`))
	a.Set("dynamodb:GetResourcePolicy", a.ARN("dynamodb", "table/table-0"), fakeaws.M{"Policy": on("dynamodb:GetItem", a.ARN("dynamodb", "table/table-0"))})
	address := "https://sqs.us-east-1.amazonaws.com/" + a.ID + "/queue-0"
	a.Set("sqs:GetQueueAttributes", address, fakeaws.M{"Attributes": fakeaws.M{"QueueArn": a.ARN("sqs", "queue-0"), "KmsMasterKeyId": "alias/data", "Policy": on("sqs:ReceiveMessage", a.ARN("sqs", "queue-0"))}})
	topic := a.ARN("sns", "orders")
	a.Set("sns:GetTopicAttributes", topic, fakeaws.M{"Attributes": fakeaws.Entries{"TopicArn": topic, "KmsMasterKeyId": key, "Policy": on("sns:Publish", topic)}})
	a.Set("kinesis:DescribeStreamSummary", "clicks", fakeaws.M{"StreamDescriptionSummary": fakeaws.M{"StreamARN": a.ARN("kinesis", "stream/clicks"), "KeyId": key}})
	a.Set("kinesis:GetResourcePolicy", a.ARN("kinesis", "stream/clicks"), fakeaws.M{"Policy": on("kinesis:GetRecords", a.ARN("kinesis", "stream/clicks"))})
	a.Set("secretsmanager:GetResourcePolicy", a.ARN("secretsmanager", "secret:db-0-AbCdEf"), fakeaws.M{"ResourcePolicy": on("secretsmanager:GetSecretValue", "*")})
	a.Set("ssm:DescribeParameters", "", fakeaws.M{"Parameters": []any{fakeaws.M{"Name": "plain", "Type": "String", "Tier": "Advanced"}}})
	a.Set("ssm:GetResourcePolicies", a.ARN("ssm", "parameter/plain"), fakeaws.M{"Policies": []any{fakeaws.M{"Policy": on("ssm:GetParameter", a.ARN("ssm", "parameter/plain"))}}})
	a.Set("ecr:DescribeRepositories", "", fakeaws.M{"repositories": []any{fakeaws.M{"repositoryArn": a.ARN("ecr", "repository/shop/images"), "repositoryName": "shop/images"}}})
	a.Set("ecr:GetRepositoryPolicy", "shop/images", fakeaws.M{"policyText": says(fakeaws.M{"Effect": "Deny", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/walled")}, "Action": "ecr:BatchGetImage"},
		fakeaws.M{"Effect": "Allow", "Principal": fakeaws.M{"AWS": a.ARN("iam", "role/let-in")}, "Action": "ecr:BatchGetImage"})})
	bus := a.ARN("events", "event-bus/default")
	a.Set("events:ListEventBuses", "", fakeaws.M{"EventBuses": []any{fakeaws.M{"Name": "default", "Arn": bus, "Policy": on("events:PutEvents", bus)}}})
	for _, name := range []string{"fn-1", "fn-0", "fn-0/live"} {
		fn := a.ARN("lambda", "function:"+strings.ReplaceAll(name, "/", ":"))
		a.Set("lambda:GetPolicy", name, fakeaws.M{"Policy": on("lambda:InvokeFunction", fn, fn+":*")})
	}
	return a
}

func says(statements ...fakeaws.M) string {
	text, err := json.Marshal(fakeaws.M{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestEachCallUnseen denies each call by itself. What the design then says surely is so; what a breach surely reaches in truth is
// there at least perhaps, or is not in the design, or its figure says that it is more; and the design says what was not seen.
func TestEachCallUnseen(t *testing.T) {
	isolated(t)
	o := everything
	o.Template = nil
	whole := walled()
	truth := analysed(t, whole, "", o)
	hits := func(an *reach.Analysis, fn model.ID, target string) catalog.Capabilities {
		for _, h := range an.Breach(fn).Hits {
			if string(h.Target) == target && !h.Fed {
				return h.Must
			}
		}
		return 0
	}
	for _, x := range []string{"res/bucket-0", "res/bucket-1", "res/table-0", "res/queue-0", "res/orders", "res/clicks", "res/db-0-AbCdEf", "res//plain", "res/images", "res/default", "fn/fn-1"} {
		if hits(truth, "fn/let-in", x) == 0 || hits(truth, "fn/walled", x) != 0 {
			t.Errorf("%s: the account is not what it should be: %v let in, %v kept out", x, hits(truth, "fn/let-in", x), hits(truth, "fn/walled", x))
		}
	}
	if hits(truth, "fn/granted", "res/table-0") == 0 || hits(truth, "fn/keyless", "res/table-0") != 0 {
		t.Error("the key is not what it should be")
	}
	for call := range whole.Calls() {
		if decided[call] == "" {
			t.Errorf("what the design says where %s is not answered has not been decided", call)
		}
	}
	for call, what := range decided {
		t.Run(call, func(t *testing.T) {
			if what == unasked || what == instead || call == "cloudformation:GetTemplate" {
				return
			}
			half := analysed(t, walled(), call, o)
			d := half.Design()
			name := strings.NewReplacer("tagging:", "tag:", "GetRestAuthorizers", "GetAuthorizers", "GetAccountPublicAccessBlock", "GetPublicAccessBlock").Replace(call)
			if !slices.ContainsFunc(d.Info().NotSeen, func(s string) bool { return s == name || strings.HasPrefix(s, name+" in ") }) {
				t.Errorf("not seen are %q", d.Info().NotSeen)
			}
			marked := map[string]bool{}
			for _, e := range d.Elements() {
				switch e := e.(type) {
				case *model.Function:
					marked[wall], marked[ways], marked[actors] = marked[wall] || e.PolicyUnseen, marked[ways] || e.MoreUnseen, marked[actors] || d.Role(e.Role).External
				case *model.Resource:
					locked := e.Key != "" && d.Resource(e.Key) == nil
					marked[wall], marked[ways], marked[lock] = marked[wall] || e.PolicyUnseen && !e.External, marked[ways] || e.MoreUnseen, marked[lock] || locked
					marked[both] = marked[both] || e.PolicyUnseen && locked
				}
			}
			for _, x := range []string{wall, ways, lock, both, actors} {
				if marked[x] != (x == what || what == both && (x == wall || x == lock) || x == ways && call == "lambda:GetPolicy") {
					t.Errorf("%s: %t, where %s", x, marked[x], what)
				}
			}
			for _, f := range truth.Design().Functions() {
				was, is := truth.Breach(f.ID), half.Breach(f.ID)
				if is == nil {
					continue // the function was not seen
				}
				if least := what == wall && call != "lambda:GetLayerVersionPolicy" || what == ways || what == both || what == actors; least != is.Reach.AtLeast {
					t.Errorf("the figure of %s is said to be at least what it is: %t", f.ID, is.Reach.AtLeast)
				}
				of := func(b *reach.Breach) map[model.ID]reach.Hit {
					out := map[model.ID]reach.Hit{}
					for _, h := range b.Hits {
						out[h.Target] = h
					}
					return out
				}
				then, now := of(was), of(is)
				for id, h := range now {
					if more := h.Must &^ then[id].Must; more != 0 && what != above {
						t.Errorf("%s surely reaches %s (%v), and in truth does not", f.ID, id, more)
					}
				}
				for id, h := range then {
					r := d.Resource(id)
					if h.Fed || r != nil && (r.External || !h.Counted) || r == nil && (what == unwired || what == missing) {
						continue // it was not seen, counts in nothing, or is fed by what was not seen
					}
					if less := h.Capabilities &^ now[id].Capabilities; less != 0 && d.Element(id) != nil && !is.Reach.AtLeast {
						t.Errorf("%s does not reach %s (%v), and in truth does", f.ID, id, less)
					}
				}
			}
		})
	}
}

// analysed is what is read of an account that denies a call.
func analysed(t *testing.T, a *fakeaws.Account, denied string, o live.Options) *reach.Analysis {
	t.Helper()
	var an *reach.Analysis
	synctest.Test(t, func(t *testing.T) {
		c, who := open(t, a)
		if denied != "" {
			a.Faults = func(c fakeaws.Call) fakeaws.Fault {
				if c.Service+":"+c.Operation == denied {
					return fakeaws.Denied
				}
				return fakeaws.Fine
			}
		}
		s, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		if denied == "" && len(s.Problems) > 0 {
			t.Fatalf("not read: %v", s.Problems)
		}
		in, err := account.New().Import(t.Context(), fstest.MapFS{"a.json": {Data: []byte(encode(t, s))}}, "a.json", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if an, err = reach.Analyze(t.Context(), in.Design, catalog.Load(), nil); err != nil {
			t.Fatal(err)
		}
	})
	return an
}
