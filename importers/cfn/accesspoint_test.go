package cfn

import (
	"testing"

	"bulkhead/importers"
)

// An access point leads to the bucket that its property names, and blocks public access unless it says otherwise.
func TestAccessPoints(t *testing.T) {
	d := imported(t, "template.yaml", `
Resources:
  Data: {Type: AWS::S3::Bucket}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: named}}
  Door: {Type: AWS::S3::AccessPoint, Properties: {Name: door, Bucket: !Ref Data}}
  Inner: {Type: AWS::S3::AccessPoint, Properties: {Name: inner, Bucket: named, VpcConfiguration: {VpcId: vpc-1}, PublicAccessBlockConfiguration: {BlockPublicPolicy: false}}}
  Elsewhere: {Type: AWS::S3::AccessPoint, Properties: {Name: elsewhere, Bucket: others}}
`, importers.Options{}).Design
	if r := d.Resource("res/Door"); r.Bucket != "res/Data" || r.Network != "" || !r.BlockPublicAccess {
		t.Errorf("%+v", r)
	}
	if r := d.Resource("res/Inner"); r.Bucket != "res/Named" || r.Network != "vpc-1" || r.BlockPublicAccess {
		t.Errorf("%+v", r)
	}
	if r := d.Resource("res/Elsewhere"); r.Bucket != "" {
		t.Errorf("%+v", r)
	}
}
