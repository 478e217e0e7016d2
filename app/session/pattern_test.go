package session_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
)

func blankSession(t *testing.T) *session.Session {
	t.Helper()
	s, err := session.Blank("fresh", cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Each pattern becomes a template that proves itself; a second time it takes names that are free. What its functions
// reach is what they are there for.
func TestPatternsBecomeTemplates(t *testing.T) {
	for _, p := range edit.Patterns() {
		s := blankSession(t)
		for range 2 {
			for _, e := range p.Edits(s.State().After.Design) {
				do(t, s, e)
			}
		}
		patch, err := s.Patch(context.Background())
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if !strings.Contains(patch.Diff, "AWS::Serverless::Function") {
			t.Errorf("%s: the template is\n%s", p.Name, patch.Diff)
		}
		st, err := s.Wait(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		m := st.After.Measures
		if m.Worst == 0 || m.Worst == 1 || len(m.Admin) > 0 {
			t.Errorf("%s: the worst breach reaches %.2f, %d kinds beyond", p.Name, m.Worst, st.After.Sea)
		}
	}
}

// What was granted by name is taken away by name, of any type and use, and nothing else.
func TestTakeAwayIsGrantBackwards(t *testing.T) {
	for _, typ := range edit.NewTypes() {
		s := blankSession(t)
		do(t, s, &edit.NewFunction{Name: "F"})
		do(t, s, &edit.NewResource{Name: "Thing", Type: typ})
		do(t, s, &edit.NewResource{Name: "Other", Type: "AWS::DynamoDB::Table"})
		do(t, s, edit.GrantUse(s.State().After.Design, "role/FRole", "res/Other", edit.Reads))
		before := s.State().After.Design
		uses := edit.UsesOf(typ)
		if uses == 0 {
			t.Errorf("%s has no use", typ)
		}
		for _, use := range []edit.Use{edit.Reads, edit.Writes, edit.Reads | edit.Writes} {
			g := edit.GrantUse(before, "role/FRole", "res/Thing", use)
			if (g == nil) != (uses&use == 0) {
				t.Errorf("%s, use %d: grant %v", typ, use, g)
			}
			if g == nil {
				continue
			}
			do(t, s, g)
			st, err := s.Wait(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if _, may := st.After.Analysis.Depth("fn/F", "res/Thing", false); may == 0 {
				t.Errorf("%s: with %s it is dry", typ, g)
			}
			for n := 0; ; n++ {
				e := edit.TakeAway(s.State().After.Design, "role/FRole", "res/Thing")
				if e == nil {
					break
				}
				if n > 3 {
					t.Fatalf("%s: %s is never enough", typ, e)
				}
				do(t, s, e)
			}
			if st, err = s.Wait(context.Background()); err != nil {
				t.Fatal(err)
			}
			if _, may := st.After.Analysis.Depth("fn/F", "res/Thing", false); may != 0 {
				t.Errorf("%s: taken away, it is wet", typ)
			}
			if _, may := st.After.Analysis.Depth("fn/F", "res/Other", false); may == 0 {
				t.Errorf("%s: the other thing was taken away too", typ)
			}
		}
	}
}

// TestGrantKeyWithTheUse: of what is encrypted by a key of the customer's own, the use alone floods nothing that is kept there;
// with the key it does.
func TestGrantKeyWithTheUse(t *testing.T) {
	const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: ., Role: !GetAtt R.Arn}}
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
  K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}]}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !GetAtt K.Arn}}
  Plain: {Type: AWS::SQS::Queue}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1, StreamEncryption: {EncryptionType: KMS, KeyId: !GetAtt K.Arn}}}
  Parameter: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !GetAtt K.Arn}}
`
	fsys := fstest.MapFS{"template.yaml": {Data: []byte(template)}}
	for _, target := range []model.ID{"res/Queue", "res/Stream", "res/Parameter"} {
		for _, use := range []edit.Use{edit.Reads, edit.Writes} {
			s, err := session.OpenFS(context.Background(), fsys, "template.yaml", sources(), session.Options{})
			if err != nil {
				t.Fatal(err)
			}
			wanted := map[edit.Use][]catalog.Capability{edit.Reads: {catalog.Read, catalog.Secret}, edit.Writes: {catalog.Send, catalog.Write}}[use]
			does := func() bool {
				st, err := s.Wait(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				return slices.ContainsFunc(st.After.Analysis.Breach("fn/F").Hits, func(h reach.Hit) bool {
					return h.Target == target && slices.ContainsFunc(wanted, h.Capabilities.Has)
				})
			}
			d := s.State().After.Design
			do(t, s, edit.GrantUse(d, "role/R", target, use))
			if does() {
				t.Errorf("%s, use %d: it is of use without its key", target, use)
			}
			key := edit.GrantKey(d, "role/R", target, use)
			if key == nil {
				t.Fatalf("%s has no key", target)
			}
			do(t, s, key)
			if !does() {
				t.Errorf("%s, use %d: it is of no use with its key", target, use)
			}
			if g := edit.GrantKey(d, "role/R", "res/Plain", use); g != nil {
				t.Errorf("a key of what has none: %v", g)
			}
			s.Close()
		}
	}
}

func TestFreeNames(t *testing.T) {
	s := blankSession(t)
	do(t, s, &edit.NewFunction{Name: "Shop"})
	do(t, s, &edit.NewResource{Name: "Shop2", Type: "AWS::SQS::Queue"})
	d := s.State().After.Design
	for word, want := range map[string]string{"Shop": "Shop3", "ShopRole": "ShopRole2", "Order-s!": "Orders", "": "Thing"} {
		got := edit.FreeName(d, word)
		if got != want {
			t.Errorf("a free name for %q is %q, want %q", word, got, want)
		}
		if _, err := (&edit.NewFunction{Name: got}).Apply(d); err != nil {
			t.Error(err)
		}
	}
	do(t, s, &edit.NewTrigger{Name: "Poll", To: "fn/Shop", From: "res/Shop2", Event: "sqs"})
	if got := edit.FreeEvent(s.State().After.Design, model.ID("fn/Shop"), "Poll"); got != "Poll2" {
		t.Errorf("a free event is %q", got)
	}
}
