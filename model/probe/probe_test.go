package probe_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/probe"
)

const number = "111122223333"

func document(t *testing.T, statements string) *policy.Document {
	t.Helper()
	d, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + statements + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func design(t *testing.T) *model.Design {
	t.Helper()
	full := document(t, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)
	tagged := document(t, `{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:RequestedRegion": "eu-west-1"}}}`)
	elements := []model.Element{
		&model.Policy{ID: "policy/some", Name: "some", Document: document(t, `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket", "sqs:*"], "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:Delete*", "Resource": "*"}`)},
		&model.Policy{ID: "policy/tagged", Name: "tagged", Document: tagged},
		&model.Policy{ID: "policy/full", Name: "full", Document: full},
		&model.Policy{ID: "policy/limit", Name: "limit", ARN: "arn:aws:iam::" + number + ":policy/limit", Managed: true, Document: document(t, `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`)},
		&model.Policy{ID: "policy/unseen", Name: "unseen"},
		&model.Role{ID: "role/some", Name: "some", ARN: "arn:aws:iam::" + number + ":role/some", Policies: []model.ID{"policy/some"}},
		&model.Role{ID: "role/tagged", Name: "tagged", ARN: "arn:aws:iam::" + number + ":role/tagged", Tags: map[string]string{"Team": "red"}, Policies: []model.ID{"policy/tagged"}},
		&model.Role{ID: "role/bounded", Name: "bounded", ARN: "arn:aws:iam::" + number + ":role/bounded", Policies: []model.ID{"policy/full"}, Boundary: "policy/limit"},
		&model.Role{ID: "role/unseen", Name: "unseen", ARN: "arn:aws:iam::" + number + ":role/unseen", Policies: []model.ID{"policy/unseen"}},
		&model.Role{ID: "role/other", Name: "other", ARN: "arn:aws:iam::444455556666:role/other", Policies: []model.ID{"policy/full"}},
		&model.Principal{ID: "group/g", Kind: model.Group, Name: "g", ARN: "arn:aws:iam::" + number + ":group/g", Policies: []model.ID{"policy/some"}},
		&model.Principal{ID: "user/u", Kind: model.User, Name: "u", ARN: "arn:aws:iam::" + number + ":user/u", Groups: []model.ID{"group/g"}},
		&model.Resource{ID: "res/b", Name: "b", ARN: "arn:aws:s3:::b", Type: "AWS::S3::Bucket"},
		&model.Resource{ID: "res/q", Name: "q", ARN: "arn:aws:sqs:eu-west-1:" + number + ":q", Type: "AWS::SQS::Queue"},
		&model.Resource{ID: "res/far", Name: "far", ARN: "arn:aws:sqs:eu-west-1:444455556666:far", Type: "AWS::SQS::Queue"},
	}
	d, err := model.New(model.Info{Name: "account", Account: number, Region: "eu-west-1", Partition: "aws"}, elements...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDraw(t *testing.T) {
	d := design(t)
	questions, err := probe.Draw(d, catalog.Load(), number, 120, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := probe.Draw(d, catalog.Load(), number, 120, 1)
	if err != nil || !reflect.DeepEqual(questions, again) {
		t.Errorf("one seed draws two samples (%v)", err)
	}
	if other, _ := probe.Draw(d, catalog.Load(), number, 120, 2); reflect.DeepEqual(questions, other) {
		t.Error("another seed draws the same")
	}
	counts, seen := map[string]int{}, map[string]bool{}
	for _, q := range questions {
		key := fmt.Sprint(q.ARN, q.Action, q.Resource)
		if seen[key] {
			t.Errorf("%s is drawn twice", key)
		}
		seen[key] = true
		counts[q.Answer.String()]++
		counts[q.Class.String()]++
		counts[string(q.Principal)]++
		if strings.Contains(q.ARN+q.Resource, "444455556666") {
			t.Errorf("%v is of another account", q)
		}
		object := strings.HasSuffix(q.Action, "Object")
		if q.Resource == "arn:aws:s3:::b" && object || q.Resource == "arn:aws:s3:::b/probe" && q.Action == "s3:ListBucket" {
			t.Errorf("%s is asked on %s", q.Action, q.Resource)
		}
		switch q.Principal {
		case "role/bounded":
			if q.Class != probe.Boundary || (q.Answer == policy.Allowed) != strings.HasPrefix(q.Action, "s3:") {
				t.Errorf("%+v", q)
			}
		case "role/tagged":
			if strings.HasPrefix(q.Action, "s3:") && q.Class != probe.Conditions {
				t.Errorf("%+v", q)
			}
		case "role/unseen", "role/other":
			t.Errorf("%+v is of a principal whose policies are not seen, or not of the account", q)
		}
	}
	if len(questions) != 120 || counts["allowed"] < 40 || counts["explicitDeny"] < 3 || counts["implicitDeny"] < 20 || counts["user/u"] == 0 || counts["conditions"] == 0 || counts["identity policies"] == 0 {
		t.Errorf("%d questions: %v", len(questions), counts)
	}
}

func TestDrawOfNothing(t *testing.T) {
	d, err := model.New(model.Info{Account: number})
	if err != nil {
		t.Fatal(err)
	}
	if questions, err := probe.Draw(d, catalog.Load(), number, 10, 1); err != nil || len(questions) != 0 {
		t.Errorf("%v, %v", questions, err)
	}
}
