package model

import "testing"

func TestFind(t *testing.T) {
	d := design(t,
		&Resource{ID: "res/Orders", LogicalID: "Orders", Name: "shop-orders", ARN: "arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders"},
		&Function{ID: "fn/Orders", LogicalID: "Orders", Name: "orders", ARN: "arn:aws:lambda:us-east-1:123456789012:function:orders"},
		&Role{ID: "role/OrdersRole", LogicalID: "OrdersRole", Name: "shared"},
		&Policy{ID: "policy/P", LogicalID: "P", Name: "shared"},
		&Resource{ID: "res/shadow", LogicalID: "Shadow", Name: "OrdersRole"},
		&Trigger{ID: "trigger/Orders/Get", Name: "Get"},
		&Principal{ID: "user/alice", Name: "alice", ARN: "arn:aws:iam::123456789012:user/alice"},
		&Function{ID: "fn/X1", LogicalID: "X1", Name: "twin"},
		&Function{ID: "fn/X2", LogicalID: "X2", Name: "twin"},
		&Principal{ID: "user/aws_iam_user.intern", LogicalID: "aws_iam_user.intern", Name: "shop-${var.stage}-intern"},
		&Resource{ID: "res/aws_sqs_queue.bell", LogicalID: "aws_sqs_queue.bell", Name: "shop-bell"},
	)
	for name, want := range map[string]ID{
		"fn/Orders": "fn/Orders", // an id
		"arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders": "res/Orders",
		"Orders":      "fn/Orders",       // two with one logical id: the function
		"shop-orders": "res/Orders",      // a physical name
		"OrdersRole":  "role/OrdersRole", // a logical id before a physical name
		"alice":       "user/alice",
		"Get":         "trigger/Orders/Get",
		"shared":      "", // a role or a policy
		"twin":        "", // either function
		"nobody":      "",
		"intern":      "user/aws_iam_user.intern", // a Terraform address without its type, whatever the user is called
		"bell":        "res/aws_sqs_queue.bell",
		"orders ":     "",
	} {
		var got ID
		if e := d.Find(name); e != nil {
			got = e.ElementID()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestFindStart(t *testing.T) {
	d := design(t,
		&Policy{ID: "policy/baker/baker", Name: "baker"}, // an inline policy that is called like its role
		&Role{ID: "role/aws_iam_role.baker", LogicalID: "aws_iam_role.baker", Name: "shop-baker"},
		&Resource{ID: "res/oven", LogicalID: "oven", Name: "oven"},
		&Principal{ID: "group/bakers", Kind: Group, Name: "bakers"},
	)
	for name, want := range map[string]ID{"baker": "role/aws_iam_role.baker", "shop-baker": "role/aws_iam_role.baker", "bakers": "group/bakers", "oven": "", "res/oven": "", "": ""} {
		var got ID
		if e := d.FindStart(name); e != nil {
			got = e.ElementID()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
