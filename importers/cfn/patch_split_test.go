package cfn

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
)

// halves splits a function into two: the first half of its triggers, variables and statements goes to a new part.
func halves(d *model.Design, f *model.Function, keeps bool) *edit.Split {
	first := edit.Part{Name: f.LogicalID + "First", Handler: "first.handler"}
	second := edit.Part{Name: f.LogicalID, Keeps: keeps}
	if !keeps {
		second = edit.Part{Name: f.LogicalID + "Second", Handler: "second.handler"}
	}
	s := &edit.Split{Function: f.ID, Confirm: true}
	if !keeps {
		s.Repoint = second.Name
	}
	half := func(i, n int) *edit.Part {
		if i < (n+1)/2 {
			return &first
		}
		return &second
	}
	ts := d.TriggersOf(f.ID)
	for i, t := range ts {
		p := half(i, len(ts))
		p.Triggers = append(p.Triggers, string(t.ID))
	}
	for i, v := range f.Environment {
		p := half(i, len(f.Environment))
		p.Environment = append(p.Environment, v.Name)
		if other := &second; !f.Origin.Contains(v.Origin) { // of Globals: every function has it
			if p == other {
				other = &first
			}
			other.Environment = append(other.Environment, v.Name)
		}
	}
	role := d.Role(f.Role)
	if role == nil {
		return nil
	}
	var grants []edit.Access
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p == nil || p.Document == nil || p.Managed {
			continue
		}
		for _, st := range p.Document.Statements {
			if st.Effect == 0 && !st.NotAction && !st.NotResource && len(st.Resources) > 0 {
				grants = append(grants, edit.Access{Actions: st.Actions, Resources: st.Resources[:1]})
			}
		}
	}
	for i, g := range grants {
		p := half(i, len(grants))
		p.Grants = append(p.Grants, g)
	}
	s.Parts = []edit.Part{first, second}
	return s
}

// hasPlace is where something stands in a template, in an error.
var hasPlace = regexp.MustCompile(`^[^ ]+:\d+: `)

// unsplit are templates of which some splits are not proven, and why. They are refused, not written.
var unsplit = map[string]string{
	"api_merge_definitions_with_conflicting_methods.yaml": "a route stands in an event and in the API's definition: only the event moves",
	"api_with_resource_policy_global.yaml":                "a route stands in an event and in the API's definition: only the event moves",
}

// Every function of the corpus is split in halves, once with a part that stays and once without; the patch is
// proven, or refused with a place.
func TestSplitCorpus(t *testing.T) {
	done, refused := 0, 0
	failed := map[string]bool{}
	for _, file := range inputs(t) {
		if strings.Contains(file, "/error_") {
			continue
		}
		in := tryOpen(t, file)
		if in == nil {
			continue
		}
		for i, f := range in.Design.Functions() {
			if i == 10 {
				break
			}
			for _, keeps := range []bool{true, false} {
				s := halves(in.Design, f, keeps)
				if s == nil {
					continue
				}
				r, err := s.Apply(in.Design)
				if err != nil {
					continue
				}
				edits, err := Source{}.rewrite(in, r.Design)
				if err != nil {
					refused++
					if !hasPlace.MatchString(err.Error()) {
						t.Errorf("%s: %s: refused without a place: %v", file, f.ID, err)
					}
					if os.Getenv("SHOW") != "" {
						t.Logf("%s: %s: %v", file, f.ID, err)
					}
					continue
				}
				if _, err := importers.Prove(context.Background(), in, r.Design, edits); err != nil {
					if failed[filepath.Base(file)] = true; unsplit[filepath.Base(file)] == "" {
						files, _ := in.Files.Apply(edits)
						t.Errorf("%s: %s: %v\n%s", file, f.ID, err, importers.UnifiedDiff(in.Files, files))
					}
					continue
				}
				done++
			}
		}
	}
	for file, why := range unsplit {
		if !failed[file] {
			t.Errorf("%s is split now: take it off the list (%s)", file, why)
		}
	}
	t.Logf("%d splits proven, %d refused", done, refused)
	if done < 350 {
		t.Errorf("only %d splits", done)
	}
}

// The parts of a durable function keep what SAM attaches to its role in place of the basic policy.
func TestSplitDurable(t *testing.T) {
	in := imported(t, "t.yaml", `Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: .
      DurableConfig: {ExecutionTimeout: 100}
      Policies:
        - Statement:
            - Effect: Allow
              Action: [s3:GetObject, s3:PutObject]
              Resource: arn:aws:s3:::one/*
            - Effect: Allow
              Action: sqs:SendMessage
              Resource: arn:aws:sqs:us-east-1:123456789012:two
`, importers.Options{})
	s := halves(in.Design, in.Design.Function("fn/F"), true)
	r, err := s.Apply(in.Design)
	if err != nil {
		t.Fatal(err)
	}
	edits, err := Source{}.rewrite(in, r.Design)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importers.Prove(context.Background(), in, r.Design, edits); err != nil {
		t.Error(err)
	}
}
