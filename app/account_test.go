//go:build !headless

package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/app/view"
	"bulkhead/internal/fakeaws"
)

// TestImportAnAccount signs in to a fake account in the window, reads it and opens what was read.
func TestImportAnAccount(t *testing.T) {
	w := openWindow(t, "sample:lambdashell")
	a := fakeaws.New("111122223333")
	a.Fill(4, "MARKED")
	a.Faults = func(c fakeaws.Call) fakeaws.Fault {
		if c.Operation == "GetKeyPolicy" {
			return fakeaws.Denied
		}
		return fakeaws.Fine
	}
	dir := t.TempDir()
	for name, value := range map[string]string{"ACCESS_KEY_ID": "AKIDEXAMPLE", "SECRET_ACCESS_KEY": "x", "SESSION_TOKEN": "", "PROFILE": "", "REGION": "", "EC2_METADATA_DISABLED": "true",
		"CONFIG_FILE": filepath.Join(dir, "config"), "SHARED_CREDENTIALS_FILE": filepath.Join(dir, "credentials"), "ENDPOINT_URL": ""} {
		t.Setenv("AWS_"+name, value)
	}
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte("[default]\nregion = us-east-1\n[profile prod]\nsso_session = corp\nregion = eu-central-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "team.json")
	do(func() bool { w.importAccount(); return true })
	form := do(func() *accountImport { return w.account })
	if got := do(func() []view.Option { return form.form.Profile.Options }); len(got) != 3 || got[2].Name != "prod" || got[2].Note != "IAM Identity Center (SSO) · eu-central-1" {
		t.Errorf("profiles: %q", got)
	}

	endpoint := a.Serve(t)
	do(func() bool {
		form.form.Endpoint.SetText(endpoint)
		form.form.Regions.SetText("mars-north-1")
		form.next.OnTap()
		return true
	})
	until(t, "a region that there is not", func() bool { return !form.next.Disabled })
	if do(func() bool { return form.client != nil }) {
		t.Error("signed in to a region that there is not")
	}
	do(func() bool {
		form.form.Regions.SetText("us-east-1")
		form.form.Path.SetText(path)
		form.next.OnTap()
		return true
	})
	until(t, "signing in", func() bool { return form.client != nil && form.next.Label == "Import" })
	do(func() bool { form.next.OnTap(); return true })
	until(t, "the account's picture", func() bool {
		return w.session != nil && w.state.Analysed() && len(w.state.After.Design.Functions()) == 4 && len(w.dialogs) == 1
	})
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "MARKED") {
		t.Errorf("the snapshot: %v", err)
	}
	if _, err := os.Stat(path + ".partial"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
	do(func() bool { w.escape(); return true })
}
