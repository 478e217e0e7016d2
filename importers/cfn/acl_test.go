package cfn

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
)

// A bucket's canned access control list lets everybody in where the bucket has lists at all and heeds public ones.
func TestAccessControlLists(t *testing.T) {
	const owned, heeded = "OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}", "PublicAccessBlockConfiguration: {IgnorePublicAcls: false}"
	const lists = "s3:ListBucket s3:ListBucketVersions s3:ListBucketMultipartUploads"
	for properties, want := range map[string]string{
		"AccessControl: PublicRead, " + owned + ", " + heeded:                                                               lists,
		"AccessControl: PublicReadWrite, " + owned + ", " + heeded:                                                          lists + " s3:PutObject",
		"AccessControl: AuthenticatedRead, " + owned + ", " + heeded:                                                        lists,
		"AccessControl: Private, " + owned + ", " + heeded:                                                                  "",
		"AccessControl: PublicRead, " + owned:                                                                               "",
		"AccessControl: PublicRead, " + heeded:                                                                              "",
		"AccessControl: PublicRead, " + owned + ", PublicAccessBlockConfiguration: {IgnorePublicAcls: true}":                "",
		"AccessControl: PublicRead, OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}, " + heeded:        "",
		"AccessControl: PublicRead, OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerPreferred}]}, " + heeded:       lists,
		"AccessControl: !Ref Canned, OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerPreferred}]}, " + heeded:      lists,
		"AccessControl: !Ref AWS::Region, OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerPreferred}]}, " + heeded: "",
	} {
		text := "Parameters: {Canned: {Type: String, Default: PublicRead}}\nResources:\n  B: {Type: AWS::S3::Bucket, Properties: {" + properties + "}}\n"
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", properties, err)
		}
		got := ""
		if p := in.Design.Resource("res/B").Policy; p != nil {
			for _, s := range p.Statements {
				got += strings.Join(s.Actions, " ")
			}
		}
		if got != want {
			t.Errorf("%s: %q, not %q", properties, got, want)
		}
	}
}
