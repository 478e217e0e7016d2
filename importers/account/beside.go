package account

import (
	"encoding/json"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// joined is a policy with the statements of another; each may be nil.
func joined(a, b *policy.Document) *policy.Document {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	out := *a
	out.Statements = slices.Concat(a.Statements, b.Statements)
	return &out
}

// destinations reads an item of ListFunctionEventInvokeConfigs.
func (r *reader) destinations(n *yamlpos.Node) {
	f, ok := r.byID[r.started(strings.TrimSuffix(text(n.Get("FunctionArn")), ":$LATEST"))].(*model.Function)
	if !ok {
		return
	}
	for _, when := range []string{"OnSuccess", "OnFailure"} {
		if to := text(n.Get("DestinationConfig").Get(when).Get("Destination")); to != "" && !slices.Contains(f.Destinations, to) {
			f.Destinations = append(f.Destinations, to)
		}
	}
}

// A said statement is one that something else than a policy amounts to.
type saidStatement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal map[string]string
	Action    []string
	Resource  any
	Condition map[string]map[string]string `json:",omitempty"`
}

// says adds a statement to the policy of a resource.
func (r *reader) says(res *model.Resource, at *yamlpos.Node, s saidStatement) {
	document, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []saidStatement{s}}) //nolint:errcheck // texts
	res.Policy = joined(res.Policy, r.document(word(string(document), at.Span), nil))
}

// keyGrant reads an item of KMS's ListGrants. A grant lets a principal use a key beside the key's policy, as a statement of
// that policy would.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
func (r *reader) keyGrant(n *yamlpos.Node) {
	key, ok := r.byID[r.byARN[text(n.Get("KeyId"))]].(*model.Resource)
	grantee := text(n.Get("GranteePrincipal"))
	if !ok || grantee == "" {
		return
	}
	s := saidStatement{Sid: text(n.Get("GrantId")), Effect: "Allow", Principal: map[string]string{"AWS": grantee}, Resource: "*"}
	if len(s.Sid) > 16 {
		s.Sid = s.Sid[:16]
	}
	s.Sid = "Grant" + s.Sid
	if !strings.HasPrefix(grantee, "arn:") {
		s.Principal = map[string]string{"Service": grantee}
	}
	for _, o := range items(n.Get("Operations")) {
		s.Action = append(s.Action, "kms:"+text(o))
	}
	for _, kind := range []string{"EncryptionContextSubset", "EncryptionContextEquals"} {
		if c := n.Get("Constraints").Get(kind).Resolve(); c != nil {
			for _, p := range c.Pairs {
				if s.Condition == nil {
					s.Condition = map[string]map[string]string{"StringEquals": {}}
				}
				s.Condition["StringEquals"]["kms:EncryptionContext:"+p.Key.Value] = text(p.Value)
			}
		}
	}
	if len(s.Action) > 0 {
		r.says(key, n, s)
	}
}

// listed are the actions that a permission of a bucket's access control list stands for.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#acl-access-policy-permission-mapping
var listed = map[string][]string{
	"READ":      {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
	"WRITE":     {"s3:PutObject"},
	"READ_ACP":  {"s3:GetBucketAcl"},
	"WRITE_ACP": {"s3:PutBucketAcl"},
}

// accessControlList reads whom else than its owner the list of a bucket lets in: everybody, every identity of AWS, or another
// account.
func (r *reader) accessControlList(n *yamlpos.Node) {
	bucket, ok := r.byID[r.byARN[text(n.Get("Arn"))]].(*model.Resource)
	if !ok {
		return
	}
	ignored := text(n.Get("PublicAccessBlock").Get("IgnorePublicAcls")) == "true"
	for _, g := range items(n.Get("Acl")) {
		grantee, permission := text(g.Get("Grantee")), text(g.Get("Permission"))
		s := saidStatement{Sid: "Acl" + strings.ReplaceAll(permission, "_", ""), Effect: "Allow", Principal: map[string]string{"CanonicalUser": grantee}, Resource: []string{bucket.ARN, bucket.ARN + "/*"}}
		if strings.Contains(grantee, "://") {
			group := grantee[strings.LastIndexByte(grantee, '/')+1:]
			if ignored || group != "AllUsers" && group != "AuthenticatedUsers" {
				continue
			}
			s.Principal = map[string]string{"AWS": "*"}
		}
		if permission == "FULL_CONTROL" {
			s.Action = slices.Concat(listed["READ"], listed["WRITE"], listed["READ_ACP"], listed["WRITE_ACP"])
		} else {
			s.Action = listed[permission]
		}
		if len(s.Action) > 0 {
			r.says(bucket, g, s)
		}
	}
}

// stacks tells the elements which stack of CloudFormation they are of.
func (r *reader) stacks(list []*yamlpos.Node) {
	if len(list) == 0 {
		return
	}
	of := map[string]string{}
	for _, n := range list {
		for _, part := range items(n.Get("Resources")) {
			if id := text(part.Get("PhysicalResourceId")); id != "" {
				of[text(part.Get("ResourceType"))+" "+id] = text(n.Get("StackName"))
			}
		}
	}
	find := func(kind string, names ...string) string {
		for _, name := range names {
			if s, ok := of[kind+" "+name]; ok && name != "" {
				return s
			}
		}
		return ""
	}
	for _, e := range r.elements {
		switch e := e.(type) {
		case *model.Function:
			e.Stack = find("AWS::Lambda::Function", e.Name, e.ARN)
		case *model.Role:
			e.Stack = find("AWS::IAM::Role", e.Name, e.ARN)
		case *model.Policy:
			if e.Stack = find("AWS::IAM::ManagedPolicy", e.ARN); e.Stack == "" {
				e.Stack = find("AWS::IAM::Policy", e.Name)
			}
		case *model.Principal:
			e.Stack = find("AWS::IAM::User", e.Name, e.ARN)
		case *model.Resource:
			queue := "" // a queue's physical id is its address
			if e.Type == "AWS::SQS::Queue" {
				queue = "https://sqs." + field(e.ARN, 3) + ".amazonaws.com/" + field(e.ARN, 4) + "/" + e.Name
			}
			e.Stack = find(e.Type, e.ARN, e.Name, lastPart(e.ARN), queue)
		}
	}
}
