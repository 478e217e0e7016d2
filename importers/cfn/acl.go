package cfn

import (
	"slices"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// accessControlLists reads the canned access control lists of buckets that let everybody in. A bucket made since April 2023 has
// no lists and ignores public ones unless it says otherwise.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
func (b *builder) accessControlLists() {
	for _, r := range b.resources {
		e := b.others[r]
		if e == nil || r.Type != "AWS::S3::Bucket" {
			continue
		}
		canned, block := b.get(r.Props, "AccessControl"), b.get(r.Props, "PublicAccessBlockConfiguration")
		actions, listed := catalog.CannedACL(b.words(canned)), false
		for _, rule := range b.items(b.get(r.Props, "OwnershipControls", "Rules")) {
			listed = listed || slices.Contains([]string{"BucketOwnerPreferred", "ObjectWriter"}, b.words(b.get(rule, "ObjectOwnership")))
		}
		open := listed && block != nil && !b.isTrue(b.get(block, "IgnorePublicAcls"))
		e.PublicLists = open && !b.isTrue(b.get(block, "BlockPublicAcls"))
		if actions == nil || !open {
			continue
		}
		e.Policy = e.Policy.Join(&policy.Document{Version: "2012-10-17", Span: canned.Span(), Statements: []*policy.Statement{{Sid: "Acl", Effect: policy.Allow, Actions: actions,
			Resources: []string{e.ARN, e.ARN + "/*"}, Principals: []policy.Principal{{Kind: "AWS", Value: "*"}}, Span: canned.Span()}}})
	}
}
