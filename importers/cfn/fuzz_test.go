package cfn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/model/source"
)

// FuzzImport: whatever the bytes are, an import neither panics nor hangs, says the same twice, and every place
// that it names lies in the file.
func FuzzImport(f *testing.F) {
	files, err := filepath.Glob("testdata/read/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	files = append(files, "testdata/read/webshop.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add(small)
	f.Add("Resources:\n  A: &a\n    Type: !Ref AWS::NoValue\n    Properties: {<<: *a, Fn::If: [x, *a, !Sub '${A.${A}}']}\n")
	f.Fuzz(func(t *testing.T, text string) {
		name := "fuzz.yaml"
		if strings.HasPrefix(strings.TrimSpace(text), "{") {
			name = "fuzz.json"
		}
		in, err := importBytes(name, text)
		if err != nil {
			if strings.Contains(err.Error(), "two elements are called") {
				t.Errorf("%v", err)
			}
			return
		}
		within := func(s source.Span) {
			if !s.IsZero() && (s.Start < 0 || s.End < s.Start || s.End > len(text)) {
				t.Errorf("a place outside the file: %+v", s)
			}
		}
		for _, e := range in.Design.Elements() {
			within(e.Place())
		}
		for _, d := range in.Diagnostics {
			within(d.Span)
		}
		again, err := importBytes(name, text)
		if err != nil || printed(again) != printed(in) {
			t.Errorf("read differently a second time: %v", err)
		}
	})
}
