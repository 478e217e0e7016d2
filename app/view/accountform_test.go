package view

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestAccountForm says what was asked for, and tells when that changes.
func TestAccountForm(t *testing.T) {
	f := NewAccountForm([]ProfileChoice{{Name: "prod", Region: "eu-central-1", SSO: true}}, "/tmp/account.json")
	changes := 0
	f.OnChange = func() { changes++ }
	if f.Chosen() != "" || len(f.Asked()) != 0 || f.Path.Text != "/tmp/account.json" {
		t.Errorf("at first: %q %q %q", f.Chosen(), f.Asked(), f.Path.Text)
	}
	f.Profile.Choose(1)
	f.Regions.SetText("eu-west-1, us-east-1;all")
	if f.Chosen() != "prod" || !slices.Equal(f.Asked(), []string{"eu-west-1", "us-east-1", "all"}) || changes != 2 {
		t.Errorf("then: %q %q, %d changes", f.Chosen(), f.Asked(), changes)
	}
	if f.advanced.Visible() {
		t.Error("what few need is unfolded at first")
	}
	test.Tap(f.fold)
	f.Endpoint.SetText("http://127.0.0.1:5000")
	if !f.advanced.Visible() || changes != 3 {
		t.Errorf("another endpoint is another account: %d changes", changes)
	}
	changes = 2
	f.Path.SetText("/tmp/other.json")
	if changes != 2 {
		t.Error("another path asks for another account")
	}
	f.Able(false)
	if !f.Endpoint.Disabled() || !f.Role.Disabled() || !f.Profile.Disabled() {
		t.Error("it can be written into while something goes on")
	}
}
