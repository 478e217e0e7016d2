package cfn

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
)

// Whom VPC Lattice lets call a function is the network's business and its auth policies': outside the model, and said so.
func TestLattice(t *testing.T) {
	for auth, want := range map[string]string{"": "without credentials", "NONE": "without credentials", "AWS_IAM": "as its auth policies let them, which are not judged"} {
		props := "{Name: s}"
		if auth != "" {
			props = "{Name: s, AuthType: " + auth + "}"
		}
		in := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, InlineCode: x}}
  G: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, InlineCode: x}}
  Service: {Type: AWS::VpcLattice::Service, Properties: `+props+`}
  Targets: {Type: AWS::VpcLattice::TargetGroup, Properties: {Type: LAMBDA, Targets: [{Id: !GetAtt F.Arn}]}}
`, importers.Options{})
		notes := in.Design.Info().Outside
		if !slices.ContainsFunc(notes, func(s string) bool {
			return strings.HasPrefix(s, "VPC Lattice: ") && strings.HasSuffix(s, "may call F "+want)
		}) {
			t.Errorf("%s: %q", auth, notes)
		}
	}
}
