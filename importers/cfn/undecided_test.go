package cfn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

const undecidedHead = `
Parameters: {Stage: {Type: String}}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Both: !And [!Condition Prod, !Equals [!Ref AWS::Region, us-east-1]]
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: data}}
`

// undecidedRole is a function with a role of these further properties.
func undecidedRole(properties string) string {
	return undecidedHead + `
  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {S3Bucket: c, S3Key: k}, Role: !GetAtt R.Arn}}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
` + properties
}

func undecidedInline(statement string) string {
	return undecidedRole("      Policies: [{PolicyName: p, PolicyDocument: {Statement: " + statement + "}}]\n")
}

// TestUndecided: what stands behind a condition that cannot be decided applies perhaps, never surely, whatever it is
// that the condition chooses; where the parameter is given, it applies or does not.
func TestUndecided(t *testing.T) {
	const (
		read  = `{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*'}`
		write = `{Effect: Allow, Action: s3:PutObject, Resource: 'arn:aws:s3:::data/*'}`
		deny  = `{Effect: Deny, Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*'}`
		none  = `!Ref AWS::NoValue`
	)
	for name, c := range map[string]struct{ template, open, prod, dev string }{
		"a statement":             {undecidedInline(`[!If [Prod, ` + read + `, ` + none + `]]`), "may read", "must read", "nothing"},
		"one of two":              {undecidedInline(`[!If [Prod, ` + read + `, ` + write + `]]`), "may read, may write", "must read", "must write"},
		"a denial":                {undecidedInline(`[` + read + `, !If [Prod, ` + deny + `, ` + none + `]]`), "may read", "nothing", "must read"},
		"a list of statements":    {undecidedInline(`!If [Prod, [` + read + `], [` + write + `]]`), "may read, may write", "must read", "must write"},
		"a choice in a choice":    {undecidedInline(`[!If [Prod, !If [Both, ` + read + `, ` + none + `], ` + write + `]]`), "may read, may write", "must read", "must write"},
		"an effect":               {undecidedInline(`[{Effect: !If [Prod, Allow, Deny], Action: s3:GetObject, Resource: '*'}]`), "may read", "must read", "nothing"},
		"an effect against":       {undecidedInline(`[` + read + `, {Effect: !If [Prod, Allow, Deny], Action: s3:GetObject, Resource: '*'}]`), "may read", "must read", "nothing"},
		"an effect by parameter":  {undecidedInline(`[` + read + `, {Effect: !Ref Stage, Action: s3:GetObject, Resource: '*'}]`), "may read", "must read", "must read"},
		"an action":               {undecidedInline(`[{Effect: Allow, Action: [s3:PutObject, !If [Prod, s3:GetObject, ` + none + `]], Resource: '*'}]`), "may read, must write", "must read, must write", "must write"},
		"an exception of actions": {undecidedInline(`[{Effect: Allow, NotAction: [!If [Prod, 's3:*', 'sqs:*']], Resource: 'arn:aws:s3:::data/*'}]`), "may delete, may permissions, may read, may write", "nothing", "must delete, must permissions, must read, must write"},
		"a condition":             {undecidedInline(`[{Effect: Allow, Action: s3:GetObject, Resource: '*', Condition: !If [Prod, {IpAddress: {'aws:SourceIp': '10.0.0.0/8'}}, ` + none + `]}]`), "may read", "may read", "must read"},
		"all at once":             {undecidedInline(`[{Effect: !If [Prod, Allow, Deny], Action: !If [Prod, s3:GetObject, s3:PutObject], Resource: '*'}, ` + read + `, ` + write + `]`), "must read, may write", "must read, must write", "must read"},
		"a resource":              {undecidedInline(`[{Effect: Allow, Action: s3:GetObject, Resource: !If [Prod, 'arn:aws:s3:::data/*', 'arn:aws:s3:::other/*']}]`), "may read", "must read", "nothing"},
		"a resource of several":   {undecidedInline(`[{Effect: Allow, Action: s3:GetObject, Resource: ['arn:aws:s3:::other/*', !If [Prod, 'arn:aws:s3:::data/*', ` + none + `]]}]`), "may read", "must read", "nothing"},
		"an inline policy":        {undecidedRole(`      Policies: [!If [Prod, {PolicyName: p, PolicyDocument: {Statement: [` + read + `]}}, ` + none + `]]`), "may read", "must read", "nothing"},
		"all inline policies":     {undecidedRole(`      Policies: !If [Prod, [{PolicyName: p, PolicyDocument: {Statement: [` + read + `]}}], ` + none + `]`), "may read", "must read", "nothing"},
		"a document":              {undecidedRole(`      Policies: [{PolicyName: p, PolicyDocument: !If [Prod, {Statement: [` + read + `]}, {Statement: [` + write + `]}]}]`), "may read, may write", "must read", "must write"},
		"AWS's policy":            {undecidedRole(`      ManagedPolicyArns: [!If [Prod, 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', ` + none + `]]`), "may read", "must read", "nothing"},
		"AWS's policies":          {undecidedRole(`      ManagedPolicyArns: !If [Prod, ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'], ` + none + `]`), "may read", "must read", "nothing"},
		"the template's policy": {undecidedRole(`      ManagedPolicyArns: [!If [Prod, !Ref M, ` + none + `]]
  M: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [` + read + `]}}}`), "may read", "must read", "nothing"},
		"a policy with a condition": {undecidedRole(`
  P: {Type: AWS::IAM::Policy, Condition: Prod, Properties: {PolicyName: p, Roles: [!Ref R], PolicyDocument: {Statement: [` + read + `]}}}`), "may read", "must read", "nothing"},
		"a policy that chooses its role": {undecidedRole(`
  P: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [!If [Prod, !Ref R, ` + none + `]], PolicyDocument: {Statement: [` + read + `]}}}`), "may read", "must read", "nothing"},
		"a boundary that is perhaps none": {undecidedRole(`      PermissionsBoundary: !If [Prod, !Ref M, ` + none + `]
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [` + read + `, ` + write + `]}}]
  M: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [` + read + `]}}}`), "must read, may write", "must read", "must read, must write"},
		"a boundary of two": {undecidedRole(`      PermissionsBoundary: !If [Prod, !Ref M, 'arn:aws:iam::aws:policy/AmazonSQSFullAccess']
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [` + read + `, ` + write + `]}}]
  M: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [` + read + `]}}}`), "may read", "must read", "nothing"},
		"a bucket policy": {undecidedRole(`      RoleName: r
  P: {Type: AWS::S3::BucketPolicy, Condition: Prod, Properties: {Bucket: !Ref B, PolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: !GetAtt R.Arn}, Action: s3:GetObject, Resource: 'arn:aws:s3:::data/*'}]}}}`), "may read", "must read", "nothing"},
		"what the function needs itself": {undecidedHead + `
  F: {Type: AWS::Lambda::Function, Condition: Both, Properties: {Handler: a.b, Runtime: python3.12, Code: {S3Bucket: c, S3Key: k}, Role: !GetAtt R.Arn}}
  R:
    Type: AWS::IAM::Role
    Condition: Prod
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
  P: {Type: AWS::IAM::Policy, Condition: Prod, Properties: {PolicyName: p, Roles: [!Ref R], PolicyDocument: {Statement: [` + read + `]}}}`, "must read", "must read", "no function"},
		"a SAM policy": {undecidedHead + `
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Policies: [!If [Prod, {S3ReadPolicy: {BucketName: !Ref B}}, ` + none + `]]}`, "may read", "must read", "nothing"},
		"all SAM policies": {undecidedHead + `
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Policies: !If [Prod, {Statement: [` + read + `]}, {Statement: [` + write + `]}]}`, "may read, may write", "must read", "must write"},
		"SAM's boundary": {undecidedHead + `
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Policies: [{Statement: [` + write + `]}], PermissionsBoundary: !If [Prod, 'arn:aws:iam::aws:policy/AmazonSQSFullAccess', ` + none + `]}`, "may write", "nothing", "must write"},
	} {
		t.Run(name, func(t *testing.T) {
			for stage, want := range map[string]string{"": c.open, "prod": c.prod, "dev": c.dev} {
				if name == "an effect by parameter" && stage != "" {
					stage = map[string]string{"prod": "Allow", "dev": "Allow"}[stage]
				}
				got, warned := undecidedHits(t, c.template, stage)
				if got != want {
					t.Errorf("Stage=%q: %s, want %s", stage, got, want)
				}
				if warned != (stage == "") {
					t.Errorf("Stage=%q: the remedy is told: %v", stage, warned)
				}
			}
		})
	}
}

// undecidedHits says what a breach of F does to B, and whether a diagnostic tells to give the parameter.
func undecidedHits(t *testing.T, text, stage string) (hits string, warned bool) {
	t.Helper()
	o := importers.Options{}
	if stage != "" {
		o.Params = map[string]string{"Stage": stage}
	}
	fsys := fstest.MapFS{"t.yaml": &fstest.MapFile{Data: []byte(text)}}
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, "t.yaml", o)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range in.Diagnostics {
		if d.Severity == source.Error {
			t.Errorf("%v", d)
		}
		warned = warned || strings.Contains(d.Detail, "--param")
	}
	a, err := reach.Analyze(context.Background(), in.Design, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	br := a.Breach("fn/F")
	if br == nil {
		return "no function", warned
	}
	var out []string
	for _, h := range br.Hits {
		if h.Target != "res/B" {
			continue
		}
		for _, c := range h.Capabilities.All() {
			certainty := "may"
			if h.Must.Has(c) {
				certainty = "must"
			}
			out = append(out, fmt.Sprintf("%s %s", certainty, c))
		}
	}
	if out == nil {
		return "nothing", warned
	}
	slices.SortFunc(out, func(a, b string) int {
		return strings.Compare(a[strings.Index(a, " "):], b[strings.Index(b, " "):])
	})
	return strings.Join(out, ", "), warned
}
