package command_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/internal/corpus"
)

// templates lists the SAM, CloudFormation and CDK templates of the corpus.
func templates(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, kind := range []string{"sam", "cfn", "cdk"} {
		n := len(out)
		err := filepath.WalkDir(filepath.Join(corpus.Dir(t), "templates", kind), func(path string, e fs.DirEntry, err error) error {
			// Of a CDK snapshot's JSON files the templates alone are templates.
			if err == nil && !e.IsDir() && (filepath.Ext(path) == ".yaml" || strings.HasSuffix(path, ".template.json") || kind != "cdk" && filepath.Ext(path) == ".json") {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out) == n {
			t.Fatalf("no templates in %s", kind)
		}
	}
	return out
}

var samples = []string{"sample:lambdashell", "sample:webshop", "sample:webshop/split.bulkhead", "sample:photos", "sample:team"}

// Every template of the corpus and every sample goes through model, breach and report; the documents have the keys
// of the contract, and are the same from run to run.
func TestCorpus(t *testing.T) {
	for _, path := range append(templates(t), samples...) {
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) {
			for _, c := range []struct {
				command string
				keys    map[string][]string
			}{{"model", modelKeys}, {"breach", breachKeys}} {
				text := done(t, c.command, path, "--json")
				if again := done(t, c.command, path, "--json"); again != text {
					t.Errorf("%s --json differs from run to run", c.command)
				}
				hold(t, c.command, decoded[any](t, text), "", c.keys)
				if strings.TrimSpace(done(t, c.command, path)) == "" {
					t.Errorf("%s says nothing", c.command)
				}
			}
			dir := t.TempDir()
			done(t, "report", path, "-o", dir)
			page := read(t, filepath.Join(dir, "index.html"))
			if !strings.Contains(page, "</html>") || !strings.Contains(page, "<svg") {
				t.Error("the page is not whole")
			}
			for _, name := range []string{"hull.svg", "hull.png", "hull.pdf", "map.svg", "map.png", "map.pdf"} {
				if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 500 {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// The keys that the contract names, by the place of the object that must have them; "functions" is each of the list
// of that name. Keys that the contract leaves out where there is nothing to say are not listed.
var (
	modelKeys = map[string][]string{
		"":                     {"source", "functions", "roles", "resources", "triggers", "principals", "diagnostics"},
		"source":               {"kind", "files"},
		"functions":            {"id", "logicalId", "name", "arn", "environment", "policy"},
		"roles":                {"id", "logicalId", "name", "arn", "trust", "managedPolicies", "inlinePolicies", "boundary"},
		"roles.inlinePolicies": {"name", "document"},
		"resources":            {"id", "logicalId", "type", "arn", "policy"},
		"triggers":             {"id", "from", "to", "kind", "event"},
		"principals":           {"id", "kind", "arn"},
		"diagnostics":          {"severity", "file", "line", "column", "summary", "detail"},
	}
	figure     = []string{"resources", "share", "weighted"}
	breachKeys = map[string][]string{
		"":                            {"design", "measures", "notSeen", "unresolved", "breaches"},
		"design":                      {"functions", "resources", "counted"},
		"measures":                    {"worst", "mean", "meanEntry", "watertightness"},
		"breaches":                    {"from", "arn", "admin", "reach", "beyond", "hits"},
		"breaches.reach":              {"of", "must", "may", "fed"},
		"breaches.reach.must":         figure,
		"breaches.reach.may":          figure,
		"breaches.reach.fed":          {"must", "may"},
		"breaches.reach.fed.must":     figure,
		"breaches.reach.fed.may":      figure,
		"breaches.beyond":             {"service", "type", "capabilities", "pattern", "certainty", "evidence"},
		"breaches.hits":               {"id", "target", "arn", "type", "capabilities", "certainty", "hops", "path"},
		"breaches.hits.path":          {"from", "to", "kind", "technique", "evidence", "assumed"},
		"breaches.hits.path.evidence": {"policy", "statement", "sid"},
	}
)

// hold checks the keys of v, which stands at place at, and that lists are lists where there is nothing in them.
func hold(t *testing.T, command string, v any, at string, keys map[string][]string) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			hold(t, command, x, at, keys)
		}
	case map[string]any:
		for _, k := range keys[at] {
			if _, ok := v[k]; !ok {
				t.Errorf("%s --json: %q has no %s", command, at, k)
			}
		}
		for k, x := range v {
			below := strings.TrimPrefix(at+"."+k, ".")
			if _, ok := keys[below]; ok && x == nil {
				t.Errorf("%s --json: %s is null", command, below)
			} else if ok {
				hold(t, command, x, below, keys)
			}
		}
	}
}

// The documents of the samples hold what the contract's keys are for: each place is held at least once.
func TestContractKeysAreMet(t *testing.T) {
	for command, keys := range map[string]map[string][]string{"model": modelKeys, "breach": breachKeys} {
		met := map[string]bool{"": true}
		var walk func(v any, at string)
		walk = func(v any, at string) {
			switch v := v.(type) {
			case []any:
				for _, x := range v {
					walk(x, at)
				}
			case map[string]any:
				met[at] = true
				for k, x := range v {
					walk(x, strings.TrimPrefix(at+"."+k, "."))
				}
			}
		}
		for _, s := range append([]string{write(t, "template.yaml", bucketParameter)}, samples...) {
			walk(decoded[any](t, done(t, command, s, "--json")), "")
		}
		for at := range keys {
			if !met[at] {
				t.Errorf("%s --json: no sample has %s", command, at)
			}
		}
	}
}

// What has a place in the source says it: file and a line that is there.
func TestModelPlaces(t *testing.T) {
	doc := decoded[struct {
		Functions, Roles, Resources []struct {
			LogicalID, File string
			Line            int
			InlinePolicies  []struct {
				File string
				Line int
			}
		}
	}](t, done(t, "model", "sample:lambdashell", "--json"))
	if len(doc.Functions) != 1 || len(doc.Roles) != 1 || len(doc.Resources) != 1 {
		t.Fatalf("%+v", doc)
	}
	for _, c := range []struct {
		file       string
		line, want int
	}{
		{doc.Functions[0].File, doc.Functions[0].Line, 9},
		{doc.Roles[0].File, doc.Roles[0].Line, 22},
		{doc.Roles[0].InlinePolicies[0].File, doc.Roles[0].InlinePolicies[0].Line, 32},
		{doc.Resources[0].File, doc.Resources[0].Line, 43},
	} {
		if c.file != "template.yaml" || c.line != c.want {
			t.Errorf("%s:%d, want line %d", c.file, c.line, c.want)
		}
	}
}

// What a template does not tell is given by flags.
func TestTemplateFlags(t *testing.T) {
	template := write(t, "template.yaml", bucketParameter)
	text := done(t, "model", template, "--json", "--param", "Bucket=photos", "--region", "eu-west-1", "--account", "111122223333")
	for _, want := range []string{`"arn:aws:s3:::photos/*"`, "arn:aws:lambda:eu-west-1:111122223333:function:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if text := done(t, "model", template, "--json"); !strings.Contains(text, `"arn:aws:s3:::${Bucket}/*"`) || !strings.Contains(text, ":us-east-1:123456789012:") {
		t.Errorf("without flags:\n%s", text)
	}
	if !json.Valid([]byte(done(t, "edit", "sample:webshop/split.bulkhead", "--script", write(t, "none.jsonl", ""), "--json"))) {
		t.Error("edit --json is no JSON")
	}
}
