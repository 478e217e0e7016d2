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
	res.Policy = joined(res.Policy, r.document(word(string(document), at.Span()), nil))
}

// keyGrant reads an item of KMS's ListGrants. A grant lets a principal use a key beside the key's policy, as a statement of
// that policy would.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
func (r *reader) keyGrant(n *yamlpos.Node) {
	key, ok := r.byID[r.byARN[text(n.Get("KeyId"))]].(*model.Resource)
	grantee := text(n.Get("GranteePrincipal"))
	service := strings.Contains(grantee, ".amazonaws.com")
	if !ok || !service && !strings.HasPrefix(grantee, "arn:") { // one that is gone is told by its id
		return
	}
	s := saidStatement{Sid: text(n.Get("GrantId")), Effect: "Allow", Principal: map[string]string{"AWS": grantee}, Resource: "*"}
	if len(s.Sid) > 16 {
		s.Sid = s.Sid[:16]
	}
	s.Sid = "Grant" + s.Sid
	if service {
		s.Principal = map[string]string{"Service": grantee}
	}
	for _, o := range items(n.Get("Operations")) {
		s.Action = append(s.Action, "kms:"+text(o))
	}
	for _, kind := range []string{"EncryptionContextSubset", "EncryptionContextEquals"} {
		if c := n.Get("Constraints").Get(kind).Resolve(); c != nil {
			for _, p := range c.Pairs() {
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
