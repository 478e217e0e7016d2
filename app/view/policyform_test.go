package view

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestPolicyForm: the first form is always written; what is ticked is asked for, and said.
func TestPolicyForm(t *testing.T) {
	newApp(t)
	f := NewPolicyForm([]FormChoice{{"json", "IAM JSON", "policies"}, {"cdk-ts", "CDK, TypeScript", "cdk-ts"}, {"terraform", "Terraform", "terraform"}}, "out", func(p string) Sight {
		return Sight{Note: p + " is made.", Bad: p == "gone/out"}
	})
	can := true
	f.OnChange = func(ok bool) { can = ok }
	newWindow(t, f.Root, 680, 420)
	checks := map[string]*Tick{}
	for _, c := range all[*Tick](f.Root) {
		checks[c.Text()] = c
	}
	test.Tap(checks["IAM JSON"])
	test.Tap(checks["Terraform"])
	if got := f.Forms(); !slices.Equal(got, []string{"json", "terraform"}) || f.Boundaries() || f.SCP() {
		t.Errorf("%q, boundaries %v, SCP %v", got, f.Boundaries(), f.SCP())
	}
	test.Tap(checks["A permissions boundary for each role"])
	test.Tap(checks["Service control policies for the account"])
	if !f.Boundaries() || !f.SCP() {
		t.Error("the walls are not asked for")
	}
	if text := texts(f.Root); !strings.Contains(text, "out is made. It gets policies/, terraform/, scp.json, DEPLOY.md.") {
		t.Errorf("it is not said what is written:\n%s", text)
	}
	f.Folder.SetText("gone/out")
	if can {
		t.Error("it could be written where nothing can be")
	}
}
