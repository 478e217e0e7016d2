package account_test

import "testing"

// What a trigger starts in another account stands in that account's file, which may be opened beside this one: it is kept by name.
// What should stand in this file and does not is left out, and so is another account's function, of which the role is not known.
func TestTriggersAbroad(t *testing.T) {
	const near = "arn:aws:events:us-east-1:111122223333:event-bus/near"
	for to, kept := range map[string]bool{
		"arn:aws:events:us-east-1:999999999999:event-bus/far":   true,
		"arn:aws:sqs:us-east-1:999999999999:far":                true,
		"arn:aws:sqs:us-east-1:111122223333:gone":               false,
		"arn:aws:lambda:us-east-1:999999999999:function:far":    false,
		"arn:aws:lambda:us-east-1:111122223333:function:gone":   false,
		"arn:aws:lambda:us-east-1:111122223333:function:gone:1": false,
	} {
		d := readSnapshot(t, `{"bulkhead": "account/v1", "account": "111122223333", "regions": ["us-east-1"],
			"authorizationDetails": {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []},
			"resources": [{"Arn": "`+near+`", "Type": "AWS::Events::EventBus", "Name": "near"}],
			"triggers": [{"From": "`+near+`", "To": "`+to+`", "Kind": "event-rule", "Filter": {"EventPattern": {"source": ["shop"]}}}]}`).Design
		if len(d.Triggers()) == 0 == kept {
			t.Errorf("%s: triggers %v", to, d.Triggers())
			continue
		}
		if !kept {
			continue
		}
		if r := d.Resource(d.Triggers()[0].To); r == nil || r.ARN != to || !r.External {
			t.Errorf("%s is started as %+v", to, r)
		}
	}
}
