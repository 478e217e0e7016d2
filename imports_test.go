package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which of our packages each package may import; "x/" stands for x and everything below it.
// The first entry that fits a package decides. docs/architecture.md draws the same picture.
var allowed = []struct {
	pkg string
	may []string
}{
	{"bulkhead/assets/", nil},
	{"bulkhead/model/source", nil},
	{"bulkhead/model/catalog", []string{"assets"}},
	{"bulkhead/model/policy", []string{"model/source", "model/catalog"}},
	{"bulkhead/model/event", []string{"model/policy"}},
	{"bulkhead/model/edit", []string{"model", "model/policy", "model/catalog", "model/source"}},
	{"bulkhead/model/reach", []string{"internal/paged", "model", "model/event", "model/policy", "model/catalog", "model/source"}},
	{"bulkhead/model/advise", []string{"model", "model/policy", "model/catalog", "model/source", "model/edit", "model/reach"}},
	{"bulkhead/model/probe", []string{"model", "model/policy", "model/catalog"}},
	{"bulkhead/model/review", []string{"model", "model/policy", "model/catalog", "model/source", "model/reach"}},
	{"bulkhead/model/export", []string{"model", "model/policy", "model/catalog", "model/source", "model/edit", "model/reach"}},
	{"bulkhead/model", []string{"internal/paged", "model/policy", "model/source"}},
	{"bulkhead/importers", []string{"model", "model/policy", "model/source"}},
	{"bulkhead/importers/yamlpos", []string{"model/source"}},
	{"bulkhead/importers/serverless", []string{"importers", "importers/yamlpos", "importers/cfn", "model", "model/policy", "model/source"}},
	{"bulkhead/importers/account/live", nil},
	{"bulkhead/importers/", []string{"importers", "importers/yamlpos", "model", "model/policy", "model/source", "model/catalog", "model/event"}},
	{"bulkhead/render", []string{"model", "model/reach", "model/catalog", "model/source", "model/policy"}},
	{"bulkhead/render/report", []string{"render/", "assets", "model/"}},
	{"bulkhead/render/code", []string{"model", "model/export", "model/policy"}},
	{"bulkhead/render/gate", []string{"render", "model/"}},
	{"bulkhead/render/", []string{"render/", "assets", "model"}},
	{"bulkhead/app/session", []string{"importers", "model/", "render/code"}},
	{"bulkhead/app/command", []string{"app/session", "importers", "importers/account/live", "importers/account/redact", "importers/revision", "model/", "render/", "assets"}},
	{"bulkhead/app", []string{"app/", "importers", "importers/account/live", "model/", "render/", "assets"}},
	{"bulkhead/app/", []string{"app/", "importers", "model/", "render/", "assets"}},
	{"bulkhead/internal/tightening", []string{"model", "model/policy", "model/catalog"}},
	{"bulkhead/internal/", nil},
	{"bulkhead/docs/", nil},
	{"bulkhead", []string{"app", "app/command", "importers/", "render/", "assets"}},
}

func fits(pattern, path string) bool {
	if base, ok := strings.CutSuffix(pattern, "/"); ok {
		return path == base || strings.HasPrefix(path, pattern)
	}
	return path == pattern
}

// TestImports holds the code against the picture of packages: who may import whom, and Fyne in app alone.
func TestImports(t *testing.T) {
	for _, tags := range []string{"headless", "migrated_fynedo"} {
		list := exec.Command("go", "list", "-tags", tags, "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...")
		list.Env = append(os.Environ(), "CGO_ENABLED=1") // the window's packages are listed, not built
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) < 10 {
			t.Fatalf("go list found %d packages", len(lines))
		}
		for _, line := range lines {
			fields := strings.Fields(line)
			pkg, imports := fields[0], fields[1:]
			i := slices.IndexFunc(allowed, func(a struct {
				pkg string
				may []string
			}) bool {
				return fits(a.pkg, pkg)
			})
			if i < 0 {
				t.Errorf("%s: no rule says what it may import", pkg)
				continue
			}
			for _, im := range imports {
				if strings.HasPrefix(im, "fyne.io/") {
					window := pkg == "bulkhead/app" || fits("bulkhead/app/view/", pkg) || fits("bulkhead/app/canvas/", pkg) || fits("bulkhead/app/theme/", pkg)
					if !window || (tags == "headless" && pkg == "bulkhead/app") {
						t.Errorf("%s (%s) imports %s: Fyne belongs in the window", pkg, tags, im)
					}
				}
				if !strings.HasPrefix(im, "bulkhead/") {
					continue
				}
				if !slices.ContainsFunc(allowed[i].may, func(p string) bool { return fits("bulkhead/"+p, im) }) {
					t.Errorf("%s may not import %s", pkg, im)
				}
			}
		}
	}
}
