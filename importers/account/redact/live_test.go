package redact_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bulkhead/importers/account/live"
	"bulkhead/importers/account/redact"
	"bulkhead/internal/fakeaws"
)

// TestLive: of a snapshot of everything that is read of an account, no key is taken for a name, nothing that somebody named is
// left, and what is left is AWS's.
func TestLive(t *testing.T) {
	for _, name := range os.Environ() {
		if name, _, _ = strings.Cut(name, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	a := fakeaws.New("111122223333")
	a.Fill(5, "SECRET-MARK")
	c, err := live.Access{Region: fakeaws.Region, HTTP: a}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who, err := c.Identify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}, LastAccessed: true})
	if err != nil {
		t.Fatal(err)
	}
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	out := of(t, redact.NewKey(), data)[0]
	if strings.Contains(out, "111122223333") {
		t.Error("the account's number is left")
	}
	was, is := leaves(t, string(data)), leaves(t, out)
	if len(was) != len(is) {
		t.Fatalf("%d values became %d", len(was), len(is))
	}
	// Keys whose values are AWS's in this account.
	aws := regexp.MustCompile(`(?i)\.(Action|Effect|Version|Resource|Principal|AWS|Service|Path|VersionId|DefaultVersionId|PolicyArn|PolicyName|PermissionsBoundaryType|State|Form|Workflow|PackageType|Runtime|Mode|Type|Kind|auth|events|schedule|scope|target|` +
		`Operations|LastAuthenticated|ServiceNamespace|ActionName|LastAccessedTime|FunctionVersion|ResourceType|Permission|Grantee|bulkhead|partition|regions|taken|notRead|SecureTransport|managementAccount|noOrganization)(\[\])*$`)
	env := 0
	for i, x := range was {
		y := is[i]
		if strings.Contains(x.path, ".Variables.") {
			if env++; x.path == y.path {
				t.Errorf("%s is left", x.path)
			}
			continue
		}
		if x.path != y.path && !strings.Contains(x.path, ":") { // condition keys may have names in them
			t.Errorf("%s became %s", x.path, y.path)
		}
		if text, ok := x.value.(string); ok && text == y.value && text != "" && text != "true" && text != "false" && !aws.MatchString(x.path) {
			t.Errorf("%s: %q is left", x.path, text)
		}
	}
	if env == 0 || len(was) < 300 {
		t.Errorf("only %d values, %d of environments", len(was), env)
	}
}

type leaf struct {
	path  string
	value any
}

// leaves are the values of a JSON text, in order.
func leaves(t *testing.T, text string) []leaf {
	t.Helper()
	var out []leaf
	d := json.NewDecoder(strings.NewReader(text))
	var value func(path string)
	value = func(path string) {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'):
			for d.More() {
				key, err := d.Token()
				if err != nil {
					t.Fatal(err)
				}
				value(path + "." + key.(string))
			}
			_, _ = d.Token()
		case json.Delim('['):
			for d.More() {
				value(path + "[]")
			}
			_, _ = d.Token()
		default:
			out = append(out, leaf{path, token})
		}
	}
	value("")
	return out
}
