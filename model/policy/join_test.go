package policy

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// Programs joined decide as their documents compiled together, by the same statements, whichever document these stand in.
func TestJoinIsCompile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var docs []*Document
		var programs []*Program
		for range rapid.IntRange(0, 3).Draw(t, "documents") {
			d := drawDocument(t, "document", false)
			docs, programs = append(docs, d), append(programs, MustCompile(d))
		}
		whole := MustCompile(docs...)
		if n := len(docs); n > 2 && rapid.Bool().Draw(t, "nested") {
			programs = []*Program{Join(programs[:2]...), Join(programs[2:]...)}
		}
		joined := Join(programs...)
		for range 5 {
			r := drawRequest(t)
			x, y := (&Stack{Identity: whole}).Evaluate(r), (&Stack{Identity: joined}).Evaluate(r)
			if !reflect.DeepEqual(x, y) {
				t.Fatalf("%+v of the documents together, %+v joined", x, y)
			}
		}
		if x, y := len(whole.Documents()), len(joined.Documents()); x != y {
			t.Fatalf("%d documents, %d joined", x, y)
		}
	})
}
