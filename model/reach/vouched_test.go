package reach

import (
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// What a data access policy of a collection decides as well is perhaps, in the sea too; what IAM decides alone is sure.
func TestDataAccessPoliciesDecideAsWell(t *testing.T) {
	b := build(t)
	c := b.resource("AWS::OpenSearchServerless::Collection", "c")
	c.ARN = "arn:aws:aoss:us-east-1:" + testAccount + ":collection/c"
	data := b.function("Data", allow("aoss:APIAccessAll", "*"))
	both := b.function("Both", allow("aoss:*", "*"))
	a := b.analyse()
	h := hitOn(t, breach(t, a, data.ID), c.ID)
	if h.Certainty != May || h.Last().Note == "" {
		t.Errorf("with aoss:APIAccessAll alone %v, %q", h.Certainty, h.Last().Note)
	}
	for _, x := range breach(t, a, data.ID).Beyond() {
		if x.Certainty != May {
			t.Errorf("%s is %v", x.Words(), x.Certainty)
		}
	}
	h = hitOn(t, breach(t, a, both.ID), c.ID)
	if !h.Must.Has(catalog.Delete) || h.Must.Has(catalog.Read) || !h.Capabilities.Has(catalog.Read) {
		t.Errorf("with aoss:* %v, surely %v", h.Capabilities.All(), h.Must.All())
	}
}

// A headline names other databases than RDS's by their service, says what can be done for each thing, and calls services by
// the name that all their pages share.
func TestSeaNamesServices(t *testing.T) {
	for _, x := range []struct{ actions, on, want string }{
		{"aoss:*", "*", "any OpenSearch Serverless database of the account"},
		{"rds:*", "*", "any database of the account"},
		{"elasticache:* rds:*", "*", "any ElastiCache database and database of the account"},
		{"logs:PutLogEvents cloudformation:GetTemplate", "*", "write any log group of the account; resources of AWS CloudFormation"},
	} {
		b := build(t)
		f := b.function("F", allow(x.actions, x.on))
		if got := SeaWords(breach(t, b.analyse(), f.ID).Sea(false)); got != x.want && !strings.HasPrefix(got, x.want+"; ") {
			t.Errorf("%s: %q, not %q", x.actions, got, x.want)
		}
	}
}

func hitOn(t *testing.T, b *Breach, target model.ID) Hit {
	t.Helper()
	for _, h := range b.Hits {
		if h.Target == target {
			return h
		}
	}
	t.Fatalf("%s does not hit %s", b.From, target)
	return Hit{}
}
