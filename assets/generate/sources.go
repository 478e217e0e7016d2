package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeSources says beside the data where it is from.
func writeSources(out string) error {
	var b strings.Builder
	b.WriteString("# Sources of the embedded data\n\nWritten by `go generate ./assets/...`; facts only, no descriptions are kept.\n\n" +
		"| files | from | version | licence | what is kept |\n|---|---|---|---|---|\n")
	row := func(files, from, version, licence, gives string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", files, from, version, licence, gives)
	}
	for _, s := range []struct {
		files string
		source
	}{
		{"data/services.txt", iamData},
		{"data/policies.idx, data/policies.pack", managedPolicies},
		{"data/types.txt", serviceSpec},
		{"fonts/Inter-*.ttf", inter},
	} {
		row(s.files, "npm "+s.name, s.version, s.licence, s.gives)
	}
	row("data/sam-policy-templates.json.gz", "AWS SAM translator, policy_templates.json", "format 0.0.1", "Apache-2.0", "SAM's policy templates: parameters and definition")
	return os.WriteFile(filepath.Join(out, "SOURCES.md"), []byte(b.String()), 0o644)
}
