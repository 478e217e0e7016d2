package terraform

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// Whatever stands anywhere in a plan or state, it is read or refused in one line.
func TestOddJSON(t *testing.T) {
	var files [][]byte
	for _, f := range []string{"same.tfstate", "same-state.json", "new-plan.json", "secrets.tfstate"} {
		data, err := os.ReadFile("testdata/" + f)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	odd := []string{`null`, `true`, `7.5`, `""`, `"x"`, `"${x}"`, `"arn:aws:iam::1:role/x"`, `"{"`, `"module.m["`, `[]`, `[null, "x", {}]`, `{}`, `{"references": ["module.a.b", "var.x", "data.", ""]}`}
	rapid.Check(t, func(t *rapid.T) {
		var v any
		if err := json.Unmarshal(rapid.SampledFrom(files).Draw(t, "file"), &v); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			v = change(t, v, odd)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []Source{{kindPlan}, {kindState}} {
			in, err := s.Import(t.Context(), importers.Memory(source.Files{"x.json": data}, nil), "x.json", asSame)
			switch {
			case err != nil && strings.Contains(err.Error(), "\n"):
				t.Errorf("more than a line: %v", err)
			case err == nil && in.Design == nil:
				t.Error("no design")
			}
		}
	})
}

// change puts something odd at a drawn place.
func change(t *rapid.T, v any, odd []string) any {
	switch x := v.(type) {
	case map[string]any:
		if len(x) > 0 && rapid.IntRange(0, 7).Draw(t, "deeper") > 0 {
			k := rapid.SampledFrom(slices.Sorted(maps.Keys(x))).Draw(t, "key")
			x[k] = change(t, x[k], odd)
			return x
		}
	case []any:
		if len(x) > 0 && rapid.IntRange(0, 7).Draw(t, "deeper") > 0 {
			i := rapid.IntRange(0, len(x)-1).Draw(t, "index")
			x[i] = change(t, x[i], odd)
			return x
		}
	}
	var out any
	if err := json.Unmarshal([]byte(rapid.SampledFrom(odd).Draw(t, "odd")), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
