package policy_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/model/policy"
)

func init() { policy.TemplatePolicies = templatePolicies }

// templatePolicies are the policies of roles in the corpus's templates, with what those leave open as unknowns.
func templatePolicies(t *testing.T) []*policy.Document {
	t.Helper()
	var out []*policy.Document
	err := filepath.WalkDir(filepath.Join(corpus.Dir(t), "templates"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".template.json") {
			return err
		}
		in, err := importers.OpenFS(context.Background(), cfn.Sources(), os.DirFS(filepath.Dir(path)), filepath.Base(path), importers.Options{})
		if err != nil {
			return nil // no template
		}
		for _, p := range in.Design.Policies() {
			if p.Document != nil && !strings.HasPrefix(p.ARN, "arn:aws:iam::aws:") {
				out = append(out, p.Document)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d policies in the corpus's templates", len(out))
	}
	return out
}
