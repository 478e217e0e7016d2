package code

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// Roles and parameters may be called as languages call things of their own: what is written is a program all the same, and makes
// each role's policies once.
func TestReservedWords(t *testing.T) {
	// As language references list them.
	keywords := map[string][]string{
		"cdk-ts": strings.Fields(`break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof
			interface let new null package private protected public return static super switch this throw true try typeof var void while with yield await eval arguments`),
		"cdk-python": strings.Fields(`False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or
			pass raise return try while with yield list`),
	}
	var elements []model.Element
	names := []string{"Delete", "Default", "Import", "Class", "New", "Lambda", "List", "Global", "Function", "Public", "Shop", "ShopBoundary", "ShopPolicy1"}
	for _, n := range names {
		doc, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${Import}-${Version}-${Lambda}-` + strings.ToLower(n) + `/*"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		elements = append(elements, &model.Role{ID: model.MakeID("role", n), LogicalID: n, Name: n, ARN: "arn:aws:iam::123456789012:role/" + n, Policies: []model.ID{model.MakeID("policy", n)}},
			&model.Policy{ID: model.MakeID("policy", n), Name: "p", Document: doc})
	}
	d, err := model.New(model.Info{Name: "words", Kind: "sam", Partition: "aws", Account: "123456789012", Region: "us-east-1"}, elements...)
	if err != nil {
		t.Fatal(err)
	}
	holders, err := export.Policies(d, export.Options{Boundaries: true})
	if err != nil {
		t.Fatal(err)
	}
	for form, words := range keywords {
		files, err := Write(form, &Set{Design: d, Holders: holders})
		if err != nil {
			t.Fatal(err)
		}
		for path, data := range files {
			text := string(data)
			seen := map[string]bool{}
			for _, m := range regexp.MustCompile(`(?m)^(?:export function|export const|def) (\w+)|^    (\w+): str |names\.(\w+)`).FindAllStringSubmatch(text, -1) {
				name := m[1] + m[2] + m[3]
				if slices.Contains(words, name) && !(form == "cdk-ts" && m[3] != "") {
					t.Errorf("%s: something is called %s", path, name)
				}
				if m[1] != "" && seen[name] {
					t.Errorf("%s: two things are called %s", path, name)
				}
				seen[name] = seen[name] || m[1] != ""
			}
			for _, n := range names {
				if c := strings.Count(text, "-"+strings.ToLower(n)+"/*"); c != 2 { // the policy and the boundary
					t.Errorf("%s: what %s may do is there %d times", path, n, c)
				}
			}
			if form == "cdk-python" {
				compiles(t, text)
			}
		}
	}
	files, err := Write("terraform", &Set{Design: d, Holders: holders})
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range files {
		if regexp.MustCompile(`variable "(source|version|providers|count|for_each|lifecycle|depends_on|locals)"`).Match(data) {
			t.Errorf("%s: a variable has a reserved name", path)
		}
	}
}

// compiles asks Python, where there is one, whether a text is a program.
func compiles(t *testing.T, text string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		return
	}
	c := exec.Command(python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	c.Stdin = strings.NewReader(text)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
