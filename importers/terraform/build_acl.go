package terraform

import (
	"slices"

	"bulkhead/model/policy"
)

// openTo are what the canned access control lists of buckets let everybody do, or every identity of AWS.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
var openTo = map[string][]string{
	"public-read":        listsObjects,
	"authenticated-read": listsObjects,
	"public-read-write":  append(slices.Clone(listsObjects), "s3:PutObject"),
}

var listsObjects = []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}

// accessControlLists reads the canned access control lists of buckets that let everybody in. A bucket made since April 2023 has
// no lists and ignores public ones unless it says otherwise.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
func (b *builder) accessControlLists() {
	listed, heeded := map[*object]bool{}, map[*object]bool{}
	for _, x := range b.objects {
		bucket := b.find(x.word("bucket"), x, "AWS::S3::Bucket")
		switch x.typ {
		case "aws_s3_bucket_ownership_controls":
			listed[bucket] = slices.Contains([]string{"BucketOwnerPreferred", "ObjectWriter"}, x.word("rule", "object_ownership"))
		case "aws_s3_bucket_public_access_block":
			heeded[bucket] = !isTrue(x.get("ignore_public_acls"))
		}
	}
	for _, x := range b.objects {
		bucket := x
		switch x.typ {
		case "aws_s3_bucket_acl":
			bucket = b.find(x.word("bucket"), x, "AWS::S3::Bucket")
		case "aws_s3_bucket":
		default:
			continue
		}
		actions, e := openTo[x.word("acl")], b.others[bucket]
		if e == nil || actions == nil || !listed[bucket] || !heeded[bucket] {
			continue
		}
		e.Policy = e.Policy.Join(&policy.Document{Version: "2012-10-17", Span: x.span, Statements: []*policy.Statement{{Sid: "Acl", Effect: policy.Allow, Actions: actions,
			Resources: []string{e.ARN, e.ARN + "/*"}, Principals: []policy.Principal{{Kind: "AWS", Value: "*"}}, Span: x.spot("acl")}}})
	}
}
