package session_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/terraform"
	"bulkhead/internal/corpus"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

var principal = regexp.MustCompile(`(?m)^resource\s+"(aws_iam_user|aws_iam_role)"\s+"([^"]+)"`)

// Every escalation of BishopFox/iam-vulnerable is found from its folder, starting as a user or role that its file makes,
// and nothing is found where it sets a trap.
func TestEscalationsOfAFolder(t *testing.T) {
	root := corpus.Dir(t)
	in, err := importers.Open(t.Context(), terraform.Sources(), filepath.Join(root, "privesc", "iam-vulnerable"), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := reach.Analyze(t.Context(), in.Design, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	// Rows that come out otherwise, and why.
	otherwise := map[string]string{
		"privesc17-EditExistingLambdaFunctionWithRole": "the function is in a module that the root module does not call",
		"privesc-permissive-role-trust":                "the role may do nothing: whoever can already assume roles may assume it",
	}
	rows := 0
	for _, row := range corpus.Rows[struct{ ID, Expected, TF string }](t, "privesc", "iam-vulnerable.jsonl") {
		rows++
		text, err := os.ReadFile(filepath.Join(root, row.TF))
		if err != nil {
			t.Fatal(err)
		}
		found, starts := false, 0
		for _, m := range principal.FindAllStringSubmatch(string(text), -1) {
			for _, module := range []string{"privesc-paths", "tool-testing"} {
				e := in.Design.Find("module." + module + "." + m[1] + "." + m[2])
				if e == nil {
					continue
				}
				starts++
				if b := a.Breach(e.ElementID()); b != nil && b.Admin {
					found = true
				}
			}
		}
		name := strings.TrimPrefix(row.ID, "iam-vulnerable/")
		right := starts > 0 && found == (row.Expected == "escalates")
		if why := otherwise[name]; right == (why != "") {
			t.Errorf("%s (%s), from %d starts: found %t; known to come out otherwise: %q", name, row.Expected, starts, found, why)
		}
	}
	if rows < 40 {
		t.Errorf("%d rows", rows)
	}
}
