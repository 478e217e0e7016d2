package command

import (
	"bytes"
	"strings"
	"testing"
)

// What is printed bit by bit is what is printed at once.
func TestPrintListed(t *testing.T) {
	type item struct {
		Name string            `json:"name"`
		Of   map[string][]int  `json:"of"`
		Says map[string]string `json:"says"`
	}
	type document struct {
		Before string         `json:"before"`
		Items  []any          `json:"items"`
		After  map[string]any `json:"after"`
	}
	for n := range 8 {
		// What stands behind the list is longer than an item, or shorter.
		d := document{Before: "\n  \"items\": []", Items: []any{}, After: map[string]any{"items": []int{}, "long": strings.Repeat("x", n%2*5000)}}
		whole := d
		for i := range n {
			whole.Items = append(whole.Items, item{"<&>\n", map[string][]int{"a": {i, 2}, "b": nil}, map[string]string{}})
		}
		var want, got bytes.Buffer
		if err := printJSON(&want, whole); err != nil {
			t.Fatal(err)
		}
		err := printListed(&got, d, "items", func(yield func(any) bool) {
			for _, x := range whole.Items {
				if !yield(x) {
					return
				}
			}
		})
		if err != nil || got.String() != want.String() {
			t.Errorf("%d items, %v:\n%s\nwant\n%s", n, err, got.String(), want.String())
		}
	}
}
