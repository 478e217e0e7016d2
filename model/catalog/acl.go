package catalog

import "strings"

// CannedACL is what a canned access control list of a bucket lets everybody do, or every identity of AWS; nil for those that let
// neither in. Names are those of the API ("public-read") or of CloudFormation ("PublicRead").
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
func CannedACL(name string) []string {
	switch strings.ToLower(strings.ReplaceAll(name, "-", "")) {
	case "publicread", "authenticatedread":
		return []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}
	case "publicreadwrite":
		return append(CannedACL("public-read"), "s3:PutObject")
	}
	return nil
}
