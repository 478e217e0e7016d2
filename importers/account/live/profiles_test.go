package live_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bulkhead/importers/account/live"
)

// TestProfiles lists what the shared configuration names, and keeps no key.
func TestProfiles(t *testing.T) {
	isolated(t)
	if got := live.Profiles(); len(got) != 0 {
		t.Errorf("without files: %v", got)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"config": "[default]\nregion = us-east-1\n\n[profile prod] # ours\nsso_session = corp\nregion=eu-central-1\n[sso-session corp]\nsso_region = eu-west-1\n[services x]\n" +
			"[profile chained]\nrole_arn = arn:aws:iam::111122223333:role/x\n",
		"credentials": "[old]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n[default]\naws_access_key_id = AKIDEXAMPLE\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	want := []live.Profile{{Name: "chained"}, {Name: "default", Region: "us-east-1"}, {Name: "old"}, {Name: "prod", Region: "eu-central-1", SSO: true}}
	if got := live.Profiles(); !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
