package session_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/edit"
)

// A function with every kind of event, configuration and policy that SAM makes something of.
const everyEvent = "testdata/events.yaml"

func open(t *testing.T, path string) *session.Session {
	t.Helper()
	s, err := session.Open(context.Background(), filepath.FromSlash(path), sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// patched does edits and proves the patch: what comes back is the diff.
func patched(t *testing.T, s *session.Session, edits ...edit.Edit) string {
	t.Helper()
	for _, e := range edits {
		if _, err := s.Do(e); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Patch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range p.Diagnostics {
		t.Errorf("the patched template says %s", d)
	}
	return p.Diff
}

func TestSplitMovesEveryKindOfEvent(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		for _, trigger := range open(t, everyEvent).State().After.Design.TriggersOf("fn/Shop") {
			name := "stays/"
			e := &edit.Split{Function: "fn/Shop", Parts: []edit.Part{
				{Name: "Part", Handler: "part.handler", Triggers: []string{string(trigger.ID)}, Environment: []string{"TABLE"}, Grants: []edit.Access{
					{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/Table"}}, {Actions: []string{"s3:GetObject"}, Resources: []string{"res/Bucket/*"}},
				}},
				{Name: "Shop", Keeps: keeps, Environment: []string{"QUEUE"}, Grants: []edit.Access{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/Queue"}}}},
			}}
			if !keeps {
				name = "goes/"
				e.Parts[1].Name, e.Repoint = "Rest", "Rest"
			}
			t.Run(name+string(trigger.ID), func(t *testing.T) {
				s := open(t, everyEvent)
				diff := patched(t, s, e)
				if !strings.Contains(diff, "+  Part:") {
					t.Errorf("no part in\n%s", diff)
				}
				after := s.State().After.Design
				whole, rest := len(s.State().Before.Design.TriggersOf("fn/Shop")), model.ID("fn/"+e.Parts[1].Name)
				if a, b := len(after.TriggersOf("fn/Part")), len(after.TriggersOf(rest)); a != 1 || a+b != whole {
					t.Errorf("of %d triggers, %d went to the part and %d are left", whole, a, b)
				}
			})
		}
	}
}

func TestOtherEditsArePatched(t *testing.T) {
	yes := true
	tests := []struct {
		name  string
		edits []edit.Edit
		want  string // in the diff
	}{
		{"replace a managed policy", []edit.Edit{&edit.ReplaceManaged{Role: "role/ShopRole", ARN: "AmazonS3ReadOnlyAccess",
			With: edit.With{Accesses: []edit.Access{{Actions: []string{"s3:GetObject"}, Resources: []string{"res/Bucket/*"}}}}}}, "+              Action: s3:GetObject"},
		{"detach a managed policy", []edit.Edit{&edit.ReplaceManaged{Role: "role/ShopRole", ARN: "AmazonS3ReadOnlyAccess"}}, "-        - AmazonS3ReadOnlyAccess"},
		{"tighten a policy template", []edit.Edit{&edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy1", Statement: edit.StatementRef{Index: new(int)}, Actions: []string{"dynamodb:GetItem"}}}, "+              Action: dynamodb:GetItem"},
		{"drop the only statement", []edit.Edit{&edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy1", Statement: edit.StatementRef{Index: new(int)}, Drop: true}}, "-        - DynamoDBCrudPolicy"},
		{"drop one of two", []edit.Edit{&edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy2", Statement: edit.StatementRef{Sid: "Send"}, Drop: true}}, "-            - Sid: Send"},
		{"drop several, one after the other", []edit.Edit{
			&edit.ReplaceManaged{Role: "role/ShopRole", ARN: "AmazonS3ReadOnlyAccess"},
			&edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy0", Statement: edit.StatementRef{Index: new(int)}, Drop: true},
			&edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy0", Statement: edit.StatementRef{Sid: "Send"}, Resources: []string{"res/Queue"}},
		}, "+              Resource: !GetAtt Queue.Arn"},
		{"add a condition", []edit.Edit{&edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy2", Statement: edit.StatementRef{Sid: "Send"},
			Conditions: edit.Conditions{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}}}}}, "aws:SecureTransport"},
		{"grant", []edit.Edit{&edit.Grant{Role: "role/ShopRole", Sid: "More", Access: edit.Access{Actions: []string{"kinesis:PutRecord"}, Resources: []string{"res/Stream"}}}}, "+            - Sid: More"},
		{"marks only", []edit.Edit{&edit.Mark{Resource: "res/Table", Crown: &yes}}, ""},
		{"split and tighten a part", []edit.Edit{
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{
				{Name: "Part", Triggers: []string{"Http"}, Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, Resources: []string{"res/Table"}}}},
				{Name: "Shop", Keeps: true}}},
			&edit.Tighten{Role: "role/PartRole", Policy: "policy/PartRole/PartRolePolicy0", Statement: edit.StatementRef{Index: new(int)}, Actions: []string{"dynamodb:GetItem"}},
		}, "+              Action: dynamodb:GetItem"},
		{"split twice", []edit.Edit{
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "A", Triggers: []string{"Http"}}, {Name: "Shop", Keeps: true}}},
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "B", Triggers: []string{"Queue"}}, {Name: "Shop", Keeps: true}}},
		}, "+  B:"},
		{"split a part", []edit.Edit{
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "A", Triggers: []string{"Http", "Rest"}, Grants: []edit.Access{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"*"}}}}, {Name: "Shop", Keeps: true}}},
			&edit.Split{Function: "fn/A", Parts: []edit.Part{{Name: "B", Triggers: []string{"Rest"}}, {Name: "A", Keeps: true, Grants: []edit.Access{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/Queue"}}}}}},
		}, "+  B:"},
		{"split and merge again", []edit.Edit{
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "A", Triggers: []string{"Http"}, Environment: []string{"TABLE"}, Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/Table"}}}},
				{Name: "Shop", Keeps: true, Environment: []string{"QUEUE"}, Grants: []edit.Access{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/Queue"}}}}}},
			&edit.Merge{Functions: []model.ID{"fn/A", "fn/Shop"}, Into: "fn/Shop"},
		}, "+              Action: dynamodb:GetItem"},
		{"split and move a trigger", []edit.Edit{
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "A", Triggers: []string{"Http"}}, {Name: "Shop", Keeps: true}}},
			&edit.MoveTrigger{Trigger: "trigger/Shop/Rest", To: "fn/A"},
		}, "+        Rest:"},
		{"move a queue's events", []edit.Edit{
			&edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "A", Triggers: []string{"Http"}}, {Name: "Shop", Keeps: true}}},
			&edit.MoveTrigger{Trigger: "trigger/Shop/Queue", To: "fn/A"},
		}, "+        Queue:"},
		{"new things", []edit.Edit{
			&edit.NewFunction{Name: "Worker", Code: "worker"}, &edit.NewResource{Name: "Jobs", Type: "AWS::SQS::Queue"}, &edit.NewTrigger{Name: "Jobs", To: "fn/Worker", From: "res/Jobs", Event: "sqs"},
			&edit.Grant{Role: "role/WorkerRole", Access: edit.Access{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"res/Table"}}},
		}, "+  Worker:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			diff := patched(t, open(t, everyEvent), test.edits...)
			if !strings.Contains(diff, test.want) || test.want == "" && diff != "" {
				t.Errorf("no %q in\n%s", test.want, diff)
			}
		})
	}
}
