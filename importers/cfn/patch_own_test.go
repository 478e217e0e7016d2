package cfn

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/source"
)

// Every role that the transform makes for a function of the corpus can be written out, as it is and with what is needed
// of what the transform attaches; the patch is proven, and nothing is left of it to write out. Refusals name the place.
func TestOwnRoleCorpus(t *testing.T) {
	done, refused, narrower := 0, 0, 0
	for _, file := range inputs(t) {
		in := tryOpen(t, file)
		if in == nil {
			continue
		}
		seen := map[model.ID]bool{}
		for _, f := range in.Design.Functions() {
			role := in.Design.Role(f.Role)
			if role == nil || !role.Implicit || seen[role.ID] || role.Origin != f.Origin {
				continue
			}
			seen[role.ID] = true
			for _, e := range []*edit.OwnRole{{Function: f.ID}, {Function: f.ID, Needs: true}} {
				r, err := e.Apply(in.Design)
				if err != nil {
					t.Errorf("%s: %s: %v", file, e, err)
					continue
				}
				edits, err := Source{}.rewrite(in, r.Design)
				if err != nil {
					if !strings.Contains(err.Error(), in.Path+":") {
						t.Errorf("%s: %s: refused without a place: %v", file, e, err)
					}
					t.Logf("%s: %s: %v", file, e, err)
					refused++
					continue
				}
				if _, err := importers.Prove(context.Background(), in, r.Design, edits); err != nil {
					after, _ := in.Files.Apply(edits)
					t.Errorf("%s: %s: %v\n%s", file, e, err, importers.UnifiedDiff(in.Files, after))
					continue
				}
				done++
				for _, w := range r.Warnings {
					if strings.Contains(w, "would") {
						t.Errorf("%s: %s: what was needed is gone: %s", file, e, w)
					}
				}
				if p := in.Design.Policy("policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"); e.Needs && p != nil && !slices.Contains(r.Design.Role(role.ID).Policies, p.ID) {
					narrower++
				}
			}
		}
	}
	t.Logf("%d written out, %d of them with what is needed, %d refused", done, narrower, refused)
	if done < 400 || narrower < 200 || refused*20 > done {
		t.Errorf("%d written out, %d of them with what is needed, %d refused", done, narrower, refused)
	}
}

// A new design with roles of their own is written with them, and imports as it was.
func TestNewTemplateOwnRole(t *testing.T) {
	data, err := NewTemplate(edited(t, blank(t), drawn+`{"op": "ownRole", "function": "fn/Mailer", "needs": true}
{"op": "ownRole", "function": "fn/Shop"}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"MailerRole:\n    Type: AWS::IAM::Role", "Role: !GetAtt MailerRole.Arn", "MailerLogs:\n    Type: AWS::IAM::Policy", "Resource: !GetAtt Outbox.Arn"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("there is no %q in\n%s", want, data)
		}
	}
}

// A statement that names its own function by a name that AWS will generate would close a circle.
func TestOwnLogWithinRoleRefused(t *testing.T) {
	in := memory(t, `Transform: AWS::Serverless-2016-10-31
Resources:
  ShopRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: logs
          PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: logs:PutLogEvents, Resource: '*'}]}
  Shop:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: src/, Role: !GetAtt ShopRole.Arn}
`)
	group := strings.Replace(in.Design.Function("fn/Shop").ARN, ":lambda:", ":logs:", 1)
	group = strings.Replace(group, ":function:", ":log-group:/aws/lambda/", 1) + ":*"
	after := edited(t, in.Design, `{"op": "tighten", "role": "role/ShopRole", "statement": {"index": 0}, "resources": ["`+group+`"]}`)
	_, err := Source{}.rewrite(in, after)
	if err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("got %v", err)
	}
}

func memory(t *testing.T, template string) *importers.Import {
	t.Helper()
	fsys := importers.Memory(source.Files{"template.yaml": []byte(template)}, nil)
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, "template.yaml", importers.Options{StackName: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}
