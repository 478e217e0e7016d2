package catalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/internal/corpus"
)

func TestManagedPolicies(t *testing.T) {
	c := Load()
	for _, name := range c.ManagedPolicies() {
		p := c.ManagedPolicy(name)
		if p == nil {
			t.Errorf("%s is listed but not there", name)
			continue
		}
		var doc struct {
			Version   string
			Statement json.RawMessage // one or a list of them
		}
		if err := json.Unmarshal(p.Document, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		statements := "[" + string(doc.Statement) + "]"
		if doc.Statement[0] == '[' {
			statements = string(doc.Statement)
		}
		var list []struct{ Effect string }
		if err := json.Unmarshal([]byte(statements), &list); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if doc.Version != "2012-10-17" || len(list) == 0 || list[0].Effect == "" {
			t.Errorf("%s is no policy: %.100s", name, p.Document)
		}
		if p.Name != name || !strings.HasPrefix(p.ARN, "arn:aws:iam::aws:policy/") || !strings.HasSuffix(p.ARN, "/"+name) || !strings.HasPrefix(p.Version, "v") {
			t.Errorf("%s has name %s, ARN %s, version %s", name, p.Name, p.ARN, p.Version)
		}
		if again := c.ManagedPolicy(p.ARN); again == nil || string(again.Document) != string(p.Document) {
			t.Errorf("%s is another by its ARN", name)
		}
	}
	admin := c.ManagedPolicy("arn:aws-us-gov:iam::aws:policy/AdministratorAccess")
	if admin == nil || string(admin.Document) != `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}` {
		t.Errorf("AdministratorAccess is %v", admin)
	}
	if p := c.ManagedPolicy("service-role/AWSLambdaBasicExecutionRole"); p == nil || p.ARN != "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" {
		t.Errorf("with its path: %v", p)
	}
	for _, name := range []string{"", "NoSuchPolicy", "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", "arn:aws:iam::111122223333:policy/AdministratorAccess",
		"arn:", "arn:aws:iam::aws:policy/", "x/AdministratorAccess", "administratoraccess"} {
		if p := c.ManagedPolicy(name); p != nil {
			t.Errorf("ManagedPolicy(%q) is %s", name, p.ARN)
		}
	}
}

// Each template's definition refers to just its parameters.
func TestSAMPolicyTemplates(t *testing.T) {
	c := Load()
	for _, p := range c.SAMPolicyTemplates() {
		var definition any
		if err := json.Unmarshal(p.Definition, &definition); err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		refs := map[string]bool{}
		var walk func(any)
		walk = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				if ref, ok := v["Ref"].(string); ok && !strings.HasPrefix(ref, "AWS::") {
					refs[ref] = true
				}
				for _, w := range v {
					walk(w)
				}
			case []any:
				for _, w := range v {
					walk(w)
				}
			}
		}
		walk(definition)
		for _, param := range p.Parameters {
			if !refs[param] {
				t.Errorf("%s does not use its parameter %s", p.Name, param)
			}
			delete(refs, param)
		}
		for ref := range refs {
			t.Errorf("%s uses %s, which is no parameter", p.Name, ref)
		}
	}
	if p := c.SAMPolicyTemplate("DynamoDBCrudPolicy"); p == nil || len(p.Parameters) != 1 || p.Parameters[0] != "TableName" {
		t.Errorf("DynamoDBCrudPolicy is %v", p)
	}
	if c.SAMPolicyTemplate("NoSuchPolicy") != nil {
		t.Error("NoSuchPolicy is there")
	}
}

// The embedded templates are the corpus's.
func TestSAMPolicyTemplatesAreTheCorpus(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(corpus.Dir(t), "data", "sam-policy-templates.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Templates map[string]struct {
			Definition json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	got := Load().SAMPolicyTemplates()
	if len(got) != len(want.Templates) {
		t.Errorf("%d templates, want %d", len(got), len(want.Templates))
	}
	for _, p := range got {
		if compact(t, p.Definition) != compact(t, want.Templates[p.Name].Definition) {
			t.Errorf("%s differs", p.Name)
		}
	}
}

func compact(t *testing.T, b []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func BenchmarkLoadAndOnePolicy(b *testing.B) {
	for b.Loop() {
		if new(Catalog).ManagedPolicy("AWSLambdaBasicExecutionRole") == nil {
			b.Fatal("not known")
		}
	}
}
