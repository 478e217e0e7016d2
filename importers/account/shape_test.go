package account

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// wrongs are the places of a shape, each as a file that has something else there.
func wrongs(s *shape, path string, file func(string) string, do func(path, value, file string)) {
	values := map[form][]string{isText: {"5", "true", "[]", "{}"}, isFlag: {"5", `"yes"`, "[]", "{}"}, isList: {"5", `"x"`, "{}"}, isObject: {"5", `"x"`, "[]"}, isDocument: {"5", "false", "[]"}}
	for _, v := range values[s.is] {
		do(path, v, file(v))
	}
	if s.spells != nil {
		do(path, `"5"`, file(`"5"`))
	}
	if s.of != nil {
		do(path+"[0]", "null", file("[null]"))
		wrongs(s.of, path+"[0]", func(v string) string { return file("[" + v + "]") }, do)
	}
	for key, of := range s.keys {
		at := strings.TrimPrefix(path+"."+key, ".")
		wrongs(of, at, func(v string) string {
			pairs := []string{fmt.Sprintf("%q: %s", key, v)}
			for _, need := range s.needs {
				if need != key {
					pairs = append(pairs, fmt.Sprintf("%q: %q", need, "arn:aws:x:us-east-1:111122223333:x/y"))
				}
			}
			return file("{" + strings.Join(pairs, ", ") + "}")
		}, do)
	}
	for _, need := range s.needs {
		do(path, "{}", file("{}"))
		do(path, fmt.Sprintf(`{%q: ""}`, need), file(fmt.Sprintf(`{%q: ""}`, need)))
	}
}

// What is of a wrong type, wherever it stands, is told in one line with its place and what to do, and read as if it were not
// there.
func TestWrongTypesAreTold(t *testing.T) {
	n := 0
	try := func(path, value, file string) {
		n++
		in, err := New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(file)}}, "a.json", importers.Options{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			return
		}
		if !slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool {
			return d.Severity == source.Error && strings.HasPrefix(d.Summary, path+" ") && file[d.Span.Start:d.Span.End] == value && strings.HasSuffix(d.Detail, "it is left out") && !strings.Contains(d.Summary+d.Detail, "\n")
		}) {
			t.Errorf("%s = %s: not told in %v of %s", path, value, in.Diagnostics, file)
		}
	}
	wrongs(snapshot, "", func(v string) string { return strings.Replace(v, "{", `{"bulkhead": "account/v1", `, 1) }, func(path, value, file string) {
		if path != "" && path != "bulkhead" {
			try(path, value, file)
		}
	})
	wrongs(details, "", func(v string) string { return `{"bulkhead": "account/v1", "authorizationDetails": ` + v + "}" }, func(path, value, file string) {
		if path != "" {
			try("authorizationDetails."+path, value, file)
		}
	})
	wrongs(details, "", func(v string) string { return v }, func(path, value, file string) {
		if path != "" {
			try(path, value, file)
		}
	})
	if n < 300 {
		t.Errorf("only %d places tried", n)
	}
}

// The reader asks for no key that the shapes do not know.
func TestShapesKnowWhatIsRead(t *testing.T) {
	known := map[string]bool{"authorizationDetails": true, "Content": true, "Document": true} // the last two: how DescribePolicy gives a policy
	var collect func(s *shape)
	collect = func(s *shape) {
		for key, of := range s.keys {
			known[key] = true
			collect(of)
		}
		if s.of != nil {
			collect(s.of)
		}
	}
	collect(snapshot)
	collect(details)
	for _, file := range []string{"reader.go", "workload.go", "guardrail.go"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		asked := regexp.MustCompile(`Get\("([^"]+)"\)`).FindAllStringSubmatch(string(data), -1)
		if len(asked) == 0 {
			t.Errorf("%s asks for nothing", file)
		}
		for _, m := range asked {
			if !known[m[1]] {
				t.Errorf("%s reads %s, which no shape knows", file, m[1])
			}
		}
	}
}

// A good file has nothing wrong with it.
func TestGoodFilesHaveTheirShape(t *testing.T) {
	data, err := os.ReadFile(team)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(data) {
		t.Fatal("no JSON")
	}
	root, _, err := yamlpos.Parse("a.json", data)
	if err != nil {
		t.Fatal(err)
	}
	r := newReader("a.json", data, nil)
	r.hold(root, snapshot, "")
	r.hold(root.Get("authorizationDetails"), details, "authorizationDetails")
	if len(r.diagnostics) > 0 {
		t.Errorf("%v", r.diagnostics)
	}
}
