package render

import (
	"slices"
	"testing"

	"bulkhead/model"
)

func TestSpells(t *testing.T) {
	resources := []*model.Resource{
		{ID: "res/Orders", Name: "shop-Orders", ARN: "arn:aws:dynamodb:us-east-1:111122223333:table/shop-Orders"},
		{ID: "res/Orders2", Name: "shop-Orders2", ARN: "arn:aws:dynamodb:us-east-1:111122223333:table/shop-Orders2"},
		{ID: "res/Files", Name: "files", ARN: "arn:aws:s3:::files"},
		{ID: "res/Key", Name: "payment", ARN: "arn:aws:secretsmanager:us-east-1:111122223333:secret:payment-AbCdEf"},
		{ID: "res/Log", Name: "/aws/lambda/shop", ARN: "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/shop"},
		{ID: "res/Unknown", Name: "${Name}", ARN: "arn:aws:sqs:us-east-1:111122223333:${Name}"},
	}
	d, err := model.New(model.Info{})
	if err != nil {
		t.Fatal(err)
	}
	n := newNames(d, resources)
	for _, c := range []struct {
		pattern string
		want    model.ID
	}{
		{"arn:aws:dynamodb:us-east-1:111122223333:table/shop-Orders", "res/Orders"},
		{"arn:aws:dynamodb:*:*:table/shop-Orders/index/*", "res/Orders"},
		{"arn:aws:dynamodb:us-east-1:111122223333:table/shop-Orders2", "res/Orders2"},
		{"arn:aws:dynamodb:us-east-1:111122223333:table/shop-Orders*", "res/Orders"}, // the name, and a wildcard
		{"arn:aws:dynamodb:us-east-1:111122223333:table/shop-*", ""},
		{"arn:aws:dynamodb:us-east-1:111122223333:table/*", ""},
		{"arn:aws:s3:::files", "res/Files"},
		{"arn:aws:s3:::files/*", "res/Files"},
		{"arn:aws:s3:::files/in/*", "res/Files"},
		{"arn:aws:s3:::file*", ""},
		{"arn:aws:sqs:us-east-1:111122223333:files", ""}, // another service
		{"arn:aws:secretsmanager:us-east-1:111122223333:secret:payment-??????", "res/Key"},
		{"arn:aws:secretsmanager:us-east-1:111122223333:secret:payment-AbCdEf", "res/Key"},
		{"arn:aws:secretsmanager:us-east-1:111122223333:secret:pay-*", ""},
		{"arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/shop:*", "res/Log"},
		{"arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/*", ""},
		{"arn:aws:sqs:us-east-1:111122223333:${Name}", "res/Unknown"},
		{"*", ""},
		{"", ""},
		{"arn:aws:s3", ""},
	} {
		got := n.spells(c.pattern)
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.Equal(got, []model.ID{c.want}) {
			t.Errorf("%q spells out %v, want %q", c.pattern, got, c.want)
		}
	}
}
