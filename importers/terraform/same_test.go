package terraform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

var asSame = importers.Options{StackName: "same", Account: "111122223333"}

func differences(a, b *model.Design) string {
	var out strings.Builder
	for _, c := range a.Diff(b) {
		fmt.Fprintf(&out, "%+v\nis %+v\n", c.Before, c.After)
	}
	return out.String()
}

// One configuration is the same design, whether it is read as HCL, as a plan that changes nothing, as a state file or as a
// state that is shown.
func TestSameDesign(t *testing.T) {
	hcl := open(t, "testdata/same", asSame).Design
	if len(hcl.Functions()) != 2 || len(hcl.Triggers()) != 5 || len(hcl.Principals()) != 2 || len(hcl.Resources()) != 7 {
		t.Fatalf("%d functions, %d triggers, %d principals, %d resources", len(hcl.Functions()), len(hcl.Triggers()), len(hcl.Principals()), len(hcl.Resources()))
	}
	for _, f := range []string{"same.tfstate", "same-state.json", "same-plan.json"} {
		if d := open(t, "testdata/"+f, asSame).Design; !d.Same(hcl) {
			t.Errorf("%s differs:\n%s", f, differences(hcl, d))
		}
	}
}

// The plan of what is not there yet is the same design too, but for two policies that it does not tell: what waits for
// names and ARNs is found through the references of the configuration, through modules as well.
func TestPlanOfTheNew(t *testing.T) {
	hcl := open(t, "testdata/same", asSame).Design
	in := open(t, "testdata/new-plan.json", asSame)
	untold := map[model.ID]bool{
		"res/aws_sqs_queue.jobs": true, `policy/module.worker%5B%22in%22%5D.aws_iam_role_policy.this`: true, `policy/module.worker%5B%22out%22%5D.aws_iam_role_policy.this`: true,
	}
	changed := map[model.ID]bool{}
	for _, c := range hcl.Diff(in.Design) {
		if c.Before == nil || c.After == nil {
			t.Errorf("%+v is %+v", c.Before, c.After)
			continue
		}
		id := c.Before.ElementID()
		changed[id] = true
		switch b := c.Before.(type) {
		case *model.Function: // the source ARN of the permission may go on
			a := *c.After.(*model.Function)
			if got := a.Policy.Statements[0].Conditions[0].Values[0]; !strings.HasPrefix(got, "arn:aws:s3:::same-data${") {
				t.Errorf("the permission is for %s", got)
			}
			a.Policy = b.Policy
			if !model.Same(b, &a) {
				t.Errorf("%+v\nis %+v", b, a)
			}
		case *model.Resource:
			a := *c.After.(*model.Resource)
			a.Policy = b.Policy
			if !untold[id] || !model.Same(b, &a) {
				t.Errorf("%+v\nis %+v", b, a)
			}
		case *model.Policy:
			if a := *c.After.(*model.Policy); !untold[id] || a.Document != nil {
				t.Errorf("%+v\nis %+v", b, a)
			}
		default:
			t.Errorf("%+v\nis %+v", c.Before, c.After)
		}
	}
	told := 0
	for _, d := range in.Diagnostics {
		if strings.HasPrefix(d.Summary, "the policy document of") {
			told++
		}
	}
	if told != len(untold) || in.Design.Info().Unresolved < told {
		t.Errorf("%d policies are not told, %d unresolved: %v", told, in.Design.Info().Unresolved, in.Diagnostics)
	}
	for id := range untold {
		if !changed[id] {
			t.Errorf("%s is told", id)
		}
	}
	if s := in.Design.Find("aws_secretsmanager_secret.ci").(*model.Resource); !slices.Equal(s.Credentials, []model.Credential{{User: "user/aws_iam_user.ci"}}) {
		t.Errorf("the secret holds the access keys %+v", s.Credentials)
	}
}

// Every element of a plan or state stands in its file: at what the file says of it.
func TestPlacesInJSON(t *testing.T) {
	for _, f := range []string{"same.tfstate", "same-state.json", "same-plan.json"} {
		in := open(t, "testdata/"+f, asSame)
		for _, e := range in.Design.Elements() {
			at := e.Place()
			if at.IsZero() {
				if p, ok := e.(*model.Policy); !ok || !p.Managed || !strings.Contains(p.ARN, ":aws:policy/") {
					t.Errorf("%s: %s stands nowhere", f, e.ElementID())
				}
				continue
			}
			text := string(in.Files[f][at.Start:at.End])
			name := model.ARN(e)
			if name == "" {
				continue
			}
			if strings.Contains(name, "GENERATED") {
				continue
			}
			if !strings.HasPrefix(text, "{") || !slices.ContainsFunc([]string{name, name[strings.LastIndexAny(name, ":/")+1:]}, func(s string) bool { return strings.Contains(text, s) }) {
				t.Errorf("%s: %s is %.200s", f, e.ElementID(), text)
			}
		}
	}
}
