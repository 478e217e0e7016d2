package model

import "testing"

func TestWithoutType(t *testing.T) {
	for address, want := range map[string]string{
		"aws_lambda_function.worker":                                       "worker",
		"aws_lambda_function.worker[0]":                                    "worker[0]",
		`module.shop["eu.west"].aws_lambda_function.worker`:                `shop["eu.west"].worker`,
		`module.shop["e\"u"].module.jobs[1].aws_iam_role.worker["a.b[c]"]`: `shop["e\"u"].jobs[1].worker["a.b[c]"]`,
		"module.shop.aws_iam_role.this":                                    "shop.this",

		// These say too little, or are no addresses.
		"aws_lambda_function.this": "aws_lambda_function.this", "aws_lambda_function.main[0]": "aws_lambda_function.main[0]",
		"OrdersFunction": "OrdersFunction", "aws_role": "aws_role", "aws_role.with.dots": "aws_role.with.dots", "aws_Role.x": "aws_Role.x", "module.shop": "module.shop", "module.": "module.", "": "",
		"google_thing.x": "google_thing.x", "data.aws_iam_role.x": "data.aws_iam_role.x",
	} {
		if got := withoutType(address); got != want {
			t.Errorf("%s is called %s, not %s", address, got, want)
		}
	}
}

// An address is said short only where it tells who is meant, and found by what it is said as.
func TestNamesOfAddresses(t *testing.T) {
	d, err := New(Info{},
		&Function{ID: "fn/aws_lambda_function.orders", LogicalID: "aws_lambda_function.orders"},
		&Role{ID: "role/aws_iam_role.orders", LogicalID: "aws_iam_role.orders"},
		&Resource{ID: "res/aws_sqs_queue.orders", LogicalID: "aws_sqs_queue.orders"},
		&Resource{ID: "res/aws_sns_topic.orders", LogicalID: "aws_sns_topic.orders"},
		&Resource{ID: "res/aws_s3_bucket.data", LogicalID: "aws_s3_bucket.data"},
	)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[ID]string{
		"fn/aws_lambda_function.orders": "orders", "role/aws_iam_role.orders": "orders", "res/aws_s3_bucket.data": "data",
		"res/aws_sqs_queue.orders": "aws_sqs_queue.orders", "res/aws_sns_topic.orders": "aws_sns_topic.orders",
	} {
		if got := d.Name(id); got != want {
			t.Errorf("%s is called %q, not %q", id, got, want)
		}
	}
	if e := d.Find("data"); e == nil || e.ElementID() != "res/aws_s3_bucket.data" {
		t.Errorf("data finds %v", e)
	}
	if e := d.Find("orders"); e == nil || e.ElementID() != "fn/aws_lambda_function.orders" {
		t.Errorf("orders finds %v: functions come first", e)
	}
	if c := d.Compartments(); len(c) != 1 || c[0].Name != "orders" {
		t.Errorf("the compartments are %+v", c)
	}
}
