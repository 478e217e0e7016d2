package importers_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/model"
)

const oneBucket = "Resources:\n  B: {Type: AWS::S3::Bucket}\n"

func formats() []importers.Source { return append(cfn.Sources(), account.New()) }

func openTree(t *testing.T, files map[string]string) *importers.Import {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in, err := importers.OpenFS(context.Background(), formats(), fsys, ".", importers.Options{StackName: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func resources(d *model.Design) []string {
	var out []string
	for _, r := range d.Resources() {
		out = append(out, string(r.ID))
	}
	return out
}

// Each template of a folder is a stack; what tools made, and other people's code, is none.
func TestFolderOfTemplates(t *testing.T) {
	in := openTree(t, map[string]string{
		"template.yaml":                    oneBucket,
		"api/template.yml":                 oneBucket,
		"api/deep/down/queue.json":         `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`,
		".git/template.yaml":               oneBucket,
		".aws-sam/build/template.yaml":     oneBucket,
		"api/.serverless/cloudform.json":   `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`,
		"api/node_modules/x/template.yaml": oneBucket,
		"docker-compose.yaml":              "services: {}\n",
		"package.json":                     `{"name": "shop"}`,
		"k8s.yaml":                         "apiVersion: v1\nkind: Pod\n",
		"broken/template.yaml":             "Resources:\n  B: {Type: AWS::S3::Bucket\n",
	})
	if got, want := resources(in.Design), []string{"res/shop/B", "res/api/B", "res/Q"}; !slices.Equal(got, want) {
		t.Errorf("resources %v, not %v", got, want)
	}
	if info := in.Design.Info(); info.Name != "shop" {
		t.Errorf("the design is called %q", info.Name)
	}
	if len(in.Diagnostics) != 1 || in.Diagnostics[0].Span.File != "broken/template.yaml" || !strings.Contains(in.Diagnostics[0].Summary, "cannot be read") {
		t.Errorf("diagnostics %v", in.Diagnostics)
	}
}

// A folder that is one of a format is one input, however deep it lies; a CDK app is its cloud assembly.
func TestFolderOfFolders(t *testing.T) {
	const manifest = `{"version": "36.0.0", "artifacts": {"App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}`
	const stack = `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`
	in := openTree(t, map[string]string{
		"app/cdk.json":                           "{}",
		"app/cdk.out/manifest.json":              manifest,
		"app/cdk.out/App.template.json":          stack,
		"app/cdk.out/Unused.template.json":       stack,
		"app/test/snap.snapshot/manifest.json":   manifest,
		"app/test/snap.snapshot/A.template.json": stack,
		"old/template.yaml":                      oneBucket,
	})
	if got, want := resources(in.Design), []string{"res/Q", "res/B"}; !slices.Equal(got, want) {
		t.Errorf("resources %v, not %v", got, want)
	}
	_, err := importers.OpenFS(context.Background(), formats(), fstest.MapFS{"cdk.json": {Data: []byte("{}")}}, ".", importers.Options{})
	if err == nil || !strings.Contains(err.Error(), "run cdk synth") {
		t.Errorf("an app that is not synthesized: %v", err)
	}
}

func TestFolderBounds(t *testing.T) {
	files := map[string]string{strings.Repeat("d/", 20) + "template.yaml": oneBucket}
	for i := range 250 {
		files["stacks/"+strings.Repeat("x", i+1)+".yaml"] = oneBucket
	}
	in := openTree(t, files)
	if n := len(in.Design.Resources()); n != 200 {
		t.Errorf("%d stacks", n)
	}
	var said []string
	for _, d := range in.Diagnostics {
		said = append(said, d.Summary)
	}
	if !slices.Contains(said, "there is more in the folder than is read at once") || !slices.Contains(said, "it is more than 8 folders down") {
		t.Errorf("said %q", said)
	}
}

// Nothing outside the folder is read, whatever links and names say.
func TestFolderStaysInside(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"secret/other.yaml": oneBucket,
		"open/template.yaml": "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../secret/other.yaml}}\n" +
			"  L: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: link.yaml}}\n",
	})
	for _, link := range [][2]string{{"../secret", "open/linked"}, {"../secret/other.yaml", "open/link.yaml"}, {".", "open/loop"}} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Skip(err)
		}
	}
	for _, name := range []string{"open", "open/template.yaml"} {
		in, err := importers.Open(context.Background(), formats(), filepath.Join(dir, name), importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := resources(in.Design), []string{"res/N", "res/L"}; !slices.Equal(got, want) {
			t.Errorf("%s: resources %v, not %v", name, got, want)
		}
	}
}
