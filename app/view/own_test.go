package view

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model/edit"
)

const twoQueues = `Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Returns: {Type: AWS::SQS::Queue}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Events:
        Orders:
          Type: SQS
          Properties: {Queue: !GetAtt Orders.Arn}
`

// ofTwoQueues is an inspector of a function whose role the transform makes: it may read both queues, and polls one.
func ofTwoQueues(t *testing.T) (*Inspector, *intents, *session.Session) {
	t.Helper()
	newApp(t)
	s, err := session.OpenFS(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(twoQueues)}}, "template.yaml", cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	in, got := NewInspector(), &intents{}
	in.OnEdit = func(e edit.Edit) { got.edits = append(got.edits, e) }
	newWindow(t, in.Root, 330, 1400)
	s.Select("fn/Shop")
	in.Set(waited(t, s))
	return in, got, s
}

func waited(t *testing.T, s *session.Session) session.State {
	t.Helper()
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// The role that the transform makes is offered as one of its own; after it there is nothing more to offer.
func TestRoleOfItsOwnIsOffered(t *testing.T) {
	in, got, s := ofTwoQueues(t)
	if text := texts(in.Root); !strings.Contains(text, "line 12") {
		t.Errorf("what the event attaches does not lead to its line:\n%s", text)
	}
	was := s.State().After.Analysis.Breach("fn/Shop")
	test.Tap(link(t, in.Root, "A role of its own with what its trigger and its log need"))
	if len(got.edits) != 1 {
		t.Fatalf("%d edits", len(got.edits))
	}
	if _, err := s.Do(got.edits[0]); err != nil {
		t.Fatal(err)
	}
	st := waited(t, s)
	if e := EffectOf(was, st.After.Analysis.Breach("fn/Shop"), false); e.Text != "100 % → 50 %" {
		t.Errorf("the effect is %s", e.Text)
	}
	in.Set(st)
	if text := texts(in.Root); !strings.Contains(text, "reaches 1 of 2") || !strings.Contains(text, "was 100 %") {
		t.Errorf("what it was before is not said:\n%s", text)
	}
	if n := len(in.Suggestions()); n > 0 {
		t.Errorf("%d more are offered: %+v", n, in.Suggestions())
	}
	if c := chip(t, in.Root, "log of Shop").Chip; c.Wild {
		t.Errorf("the log of the function alone is shown as a wildcard: %+v", c)
	}
}

// An action of AWS's own policy goes by its ×, and the role is its own by that.
func TestCrossOnAChipOfAWS(t *testing.T) {
	in, got, s := ofTwoQueues(t)
	remove(chip(t, in.Root, "sqs:DeleteMessage"))
	if len(got.edits) != 1 {
		t.Fatalf("%d edits", len(got.edits))
	}
	r, err := s.Do(got.edits[0])
	if err != nil {
		t.Fatal(err)
	}
	if !r.Stops || !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "sqs:DeleteMessage") }) {
		t.Errorf("nothing says that polling stops: %q", r.Warnings)
	}
	if r.Design.Role("role/ShopRole").Implicit {
		t.Error("the role is still the transform's")
	}
}
