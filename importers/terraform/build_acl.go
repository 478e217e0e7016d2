package terraform

import (
	"slices"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// accessControlLists reads the canned access control lists of buckets that let everybody in. A bucket made since April 2023 has
// no lists and ignores public ones unless it says otherwise.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
func (b *builder) accessControlLists() {
	listed, heeded, refused := map[*object]bool{}, map[*object]bool{}, map[*object]bool{}
	for _, x := range b.objects {
		bucket := b.find(x.word("bucket"), x, "AWS::S3::Bucket")
		switch x.typ {
		case "aws_s3_bucket_ownership_controls":
			listed[bucket] = slices.Contains([]string{"BucketOwnerPreferred", "ObjectWriter"}, x.word("rule", "object_ownership"))
		case "aws_s3_bucket_public_access_block":
			heeded[bucket], refused[bucket] = !isTrue(x.get("ignore_public_acls")), isTrue(x.get("block_public_acls"))
		}
	}
	for bucket := range listed {
		if e := b.others[bucket]; e != nil {
			e.PublicLists = listed[bucket] && heeded[bucket] && !refused[bucket]
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
		actions, e := catalog.CannedACL(x.word("acl")), b.others[bucket]
		if e == nil || actions == nil || !listed[bucket] || !heeded[bucket] {
			continue
		}
		e.Policy = e.Policy.Join(&policy.Document{Version: "2012-10-17", Span: x.span, Statements: []*policy.Statement{{Sid: "Acl", Effect: policy.Allow, Actions: actions,
			Resources: []string{e.ARN, e.ARN + "/*"}, Principals: []policy.Principal{{Kind: "AWS", Value: "*"}}, Span: x.spot("acl")}}})
	}
}
