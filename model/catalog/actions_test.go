package catalog

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files")

// The counts change only when the data does; a reviewer reads what a new version of it brought.
func TestCounts(t *testing.T) {
	c := Load()
	var b strings.Builder
	row := func(what string, n int) { fmt.Fprintf(&b, "%-28s %d\n", what, n) }
	row("services", len(c.Services()))
	row("resource types", func() (n int) {
		for _, s := range c.Services() {
			n += len(c.ResourceTypes(s))
		}
		return n
	}())
	for _, p := range []string{"*", "*:*", "s3:*", "S3:*", "s3:Get*", "s3:*Object", "s3:GetObject", "s3:GetObjec?", "dynamodb:*", "sqs:*",
		"lambda:Invoke*", "kms:*", "secretsmanager:*", "iam:*", "sts:AssumeRole*", "*:*Tag*", "nosuch:*", "s3:", "s3", ""} {
		row("actions of "+fmt.Sprintf("%q", p), len(c.Expand(p)))
	}
	levels, sets := map[Level]int{}, map[string]int{}
	for _, a := range c.Expand("*") {
		levels[a.Level]++
		sets[join(a.Capabilities)]++
	}
	for _, l := range []Level{LevelList, LevelRead, LevelWrite, LevelPermissions, LevelTagging} {
		row(fmt.Sprintf("level %d", l), levels[l])
	}
	for _, s := range slices.Sorted(maps.Keys(sets)) {
		row("good for "+s, sets[s])
	}
	row("managed policies", len(c.ManagedPolicies()))
	row("SAM policy templates", len(c.SAMPolicyTemplates()))
	withARN, withName := 0, 0
	for _, n := range c.Types() {
		if c.Type(n).ARN != "" {
			withARN++
		}
		if c.Type(n).NameProperty != "" {
			withName++
		}
	}
	row("CloudFormation types", len(c.Types()))
	row("… with an ARN", withARN)
	row("… with a name property", withName)
	golden(t, "testdata/counts.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it), got\n%s", name, got)
	}
}

func join(s Capabilities) string { return strings.Join(words(s), " ") }

func words(s Capabilities) []string {
	var out []string
	for _, c := range s.All() {
		out = append(out, c.String())
	}
	return out
}

func TestActions(t *testing.T) {
	c := Load()
	for _, x := range []struct {
		action string
		level  Level
		can    string
	}{
		{"s3:GetObject", LevelRead, "read"},
		{"s3:ListBucket", LevelList, "list"},
		{"s3:GetBucketLocation", LevelRead, "list"},
		{"s3:PutObject", LevelWrite, "write"},
		{"s3:DeleteObject", LevelWrite, "delete"},
		{"s3:DeleteBucketWebsite", LevelWrite, "write"},
		{"s3:PutLifecycleConfiguration", LevelWrite, "write delete"},
		{"s3:PutBucketPolicy", LevelPermissions, "permissions"},
		{"s3:PutObjectTagging", LevelTagging, "tag"},
		{"dynamodb:GetItem", LevelRead, "read"},
		{"dynamodb:Query", LevelRead, "read"},
		{"dynamodb:DescribeTable", LevelRead, "list"},
		{"dynamodb:PutItem", LevelWrite, "write"},
		{"dynamodb:DeleteItem", LevelWrite, "delete"},
		{"dynamodb:BatchWriteItem", LevelWrite, "write delete"},
		{"dynamodb:GetRecords", LevelRead, "read"},
		{"sqs:SendMessage", LevelWrite, "send"},
		{"sqs:ReceiveMessage", LevelRead, "read"},
		{"sqs:DeleteMessage", LevelWrite, "delete"},
		{"sqs:GetQueueAttributes", LevelRead, "list"},
		{"sqs:SetQueueAttributes", LevelPermissions, "permissions"},
		{"sns:Publish", LevelWrite, "send"},
		{"sns:Subscribe", LevelWrite, "read write"},
		{"events:PutEvents", LevelWrite, "send"},
		{"kinesis:PutRecords", LevelWrite, "send"},
		{"kinesis:PutResourcePolicy", LevelWrite, "permissions"},
		{"firehose:PutRecordBatch", LevelWrite, "send"},
		{"iot:Publish", LevelWrite, "send"},
		{"states:StartExecution", LevelWrite, "invoke"},
		{"states:SendTaskSuccess", LevelWrite, "send"},
		{"lambda:InvokeFunction", LevelWrite, "invoke"},
		{"lambda:InvokeFunctionUrl", LevelWrite, "invoke"},
		{"lambda:UpdateFunctionCode", LevelWrite, "write"},
		{"lambda:GetFunction", LevelRead, "read"},
		{"lambda:AddPermission", LevelPermissions, "permissions"},
		{"execute-api:Invoke", LevelWrite, "invoke"},
		{"secretsmanager:GetSecretValue", LevelRead, "secret"},
		{"secretsmanager:BatchGetSecretValue", LevelRead, "secret"},
		{"secretsmanager:DescribeSecret", LevelRead, "list"},
		{"secretsmanager:PutSecretValue", LevelWrite, "write"},
		{"ssm:GetParameter", LevelRead, "secret"},
		{"ssm:GetParametersByPath", LevelRead, "secret"},
		{"ssm:PutParameter", LevelWrite, "write"},
		{"kms:Decrypt", LevelWrite, "secret"},
		{"kms:Encrypt", LevelWrite, "write"},
		{"kms:GenerateDataKey", LevelWrite, "write"},
		{"kms:CreateGrant", LevelPermissions, "permissions"},
		{"kms:ScheduleKeyDeletion", LevelWrite, "delete"},
		{"sts:AssumeRole", LevelWrite, "secret"},
		{"sts:GetCallerIdentity", LevelRead, "list"},
		{"iam:CreateAccessKey", LevelWrite, "secret"},
		{"iam:PassRole", LevelWrite, "permissions"},
		{"rds-db:connect", LevelPermissions, "secret"},
		{"ecr:GetAuthorizationToken", LevelRead, "secret"},
		{"logs:PutLogEvents", LevelWrite, "write"},
		{"logs:FilterLogEvents", LevelRead, "read"},
		{"logs:DeleteSubscriptionFilter", LevelWrite, "write"},
		{"elasticfilesystem:ClientWrite", LevelWrite, "write delete"},
	} {
		a := c.Action(x.action)
		if a == nil {
			t.Errorf("%s is not known", x.action)
			continue
		}
		if a.String() != x.action || a.Level != x.level || join(a.Capabilities) != x.can {
			t.Errorf("%s is level %d and good for %q, want level %d and %q", a, a.Level, join(a.Capabilities), x.level, x.can)
		}
	}
	if a := c.Action("DynamoDB:getITEM"); a == nil || a.String() != "dynamodb:GetItem" {
		t.Errorf("case counts: %v", a)
	}
	for _, name := range []string{"", "s3", ":", "s3:", ":GetObject", "s3:GetObjects", "nosuch:GetObject", "s3:Get*"} {
		if a := c.Action(name); a != nil {
			t.Errorf("Action(%q) is %s", name, a)
		}
	}
	if got := c.Action("dynamodb:BatchWriteItem").Capability(); got != Delete {
		t.Errorf("the gravest capability of BatchWriteItem is %s", got)
	}
}

func TestActionResources(t *testing.T) {
	c := Load()
	names := func(a *Action) (out []string) {
		for _, r := range a.Resources {
			out = append(out, r.Name)
		}
		return out
	}
	if got := names(c.Action("dynamodb:Query")); !slices.Equal(got, []string{"index", "table"}) {
		t.Errorf("dynamodb:Query is on %v", got)
	}
	if got := c.Action("s3:GetObject").Resources; len(got) != 2 || got[1].ARNs[0] != "arn:${Partition}:s3:::${BucketName}/${ObjectName}" {
		t.Errorf("s3:GetObject is on %v", got)
	}
	if got := c.Action("s3:ListAllMyBuckets").Resources; got != nil {
		t.Errorf("s3:ListAllMyBuckets is on %v", got)
	}
	if got := c.Action("s3:ListBucket").ConditionKeys; !slices.Contains(got, "s3:prefix") {
		t.Errorf("s3:ListBucket lacks s3:prefix in %v", got)
	}
	if got := c.Action("iam:PassRole").ConditionKeys; !slices.Contains(got, "iam:PassedToService") {
		t.Errorf("iam:PassRole lacks iam:PassedToService in %v", got)
	}
	if got := c.ConditionKeyType("S3", "s3:MAX-keys"); got != "Numeric" {
		t.Errorf("s3:max-keys is of type %q", got)
	}
	if got := c.ServiceName("lambda"); got != "AWS Lambda" {
		t.Errorf("lambda is called %q", got)
	}
	if !c.CoveredByRCPs("s3") || c.CoveredByRCPs("lambda") || c.CoveredByRCPs("nosuch") {
		t.Error("resource control policies: want s3 in, lambda and nosuch out")
	}
}

// Expand is the brute-force filter of all actions, whatever the pattern.
func TestExpandIsFilter(t *testing.T) {
	c := Load()
	all := c.Expand("*")
	rapid.Check(t, func(t *rapid.T) {
		name := []byte(rapid.SampledFrom(all).Draw(t, "action").String())
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			i := rapid.IntRange(0, len(name)-1).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0:
				name[i] = '?'
			case 1:
				name[i] = '*'
			case 2:
				name = slices.Insert(name, i, '*')
			case 3:
				if name[i] >= 'a' && name[i] <= 'z' {
					name[i] -= 'a' - 'A'
				}
			}
		}
		pattern := string(name)
		prefix, short, ok := strings.Cut(strings.ToLower(pattern), ":")
		var want []*Action
		for _, a := range all {
			if ok && match(prefix, a.Service) && match(short, strings.ToLower(a.Name)) {
				want = append(want, a)
			}
		}
		for range 2 { // the second is remembered
			if got := c.Expand(pattern); !slices.Equal(got, want) {
				t.Fatalf("Expand(%q) has %d actions, want %d", pattern, len(got), len(want))
			}
		}
	})
}

// Services, policies and types may be asked for from anywhere at once.
func TestConcurrentUse(t *testing.T) {
	var c Catalog
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for _, s := range []string{"s3", "sqs", "iam"} {
				if len(c.Actions(s)) == 0 {
					t.Errorf("no actions of %s", s)
				}
			}
			if c.ManagedPolicy("AdministratorAccess") == nil || c.Type("AWS::SQS::Queue") == nil || len(c.SAMPolicyTemplates()) == 0 {
				t.Error("something is missing")
			}
			if i%2 == 0 && len(c.TypesOfARN("arn:aws:s3:::x")) == 0 {
				t.Error("no type")
			}
		})
	}
	wg.Wait()
	if a, b := c.Action("s3:GetObject"), c.Actions("s3"); !slices.Contains(b, a) {
		t.Error("an action was decoded twice")
	}
}

func TestActionOfCall(t *testing.T) {
	c := Load()
	if got := c.ActionOfCall("SQS:SendMessageBatch"); got == nil || got.String() != "sqs:SendMessage" {
		t.Errorf("sqs:SendMessageBatch is permitted by %v", got)
	}
	for call, action := range calls {
		if c.Action(call) != nil {
			t.Errorf("%s is an action by now", call)
		}
		if c.Action(action) == nil {
			t.Errorf("%s is no action", action)
		}
	}
}

func BenchmarkLoadAndOneAction(b *testing.B) {
	for b.Loop() {
		c := new(Catalog) // as Load in a new process
		if c.Action("s3:GetObject") == nil {
			b.Fatal("not known")
		}
	}
}

func BenchmarkLoadAndEveryAction(b *testing.B) {
	for b.Loop() {
		if len(new(Catalog).Expand("*")) == 0 {
			b.Fatal("none")
		}
	}
}

func BenchmarkExpandRemembered(b *testing.B) {
	c := Load()
	for b.Loop() {
		if len(c.Expand("dynamodb:*")) == 0 {
			b.Fatal("none")
		}
	}
}
