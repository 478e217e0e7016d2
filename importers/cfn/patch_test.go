package cfn

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/internal/tightening"
	"bulkhead/model/edit"
	"bulkhead/model/source"
)

// patched is the file after a patch that was proven.
func patched(t testing.TB, in *importers.Import, script string) string {
	t.Helper()
	edits, err := edit.ReadScript(strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	d := in.Design
	for _, e := range edits {
		r, err := e.Apply(d)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		d = r.Design
	}
	changes, err := Source{}.rewrite(in, d)
	if err != nil {
		t.Fatal(err)
	}
	after, err := in.Files.Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importers.Prove(context.Background(), in, d, changes); err != nil {
		t.Errorf("%v\n%s", err, importers.UnifiedDiff(in.Files, after))
	}
	return string(after[in.Path])
}

// The worked example: before.yaml and edits.jsonl come to exactly after.yaml.
func TestWorkedExample(t *testing.T) {
	dir := filepath.Join(filepath.Dir(corpus.Dir(t)), "example")
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	in := open(t, filepath.Join(dir, "before.yaml"), importers.Options{})
	got := patched(t, in, read("edits.jsonl"))
	if want := read("after.yaml"); got != want {
		t.Errorf("got\n%s", importers.UnifiedDiff(map[string][]byte{"x": []byte(want)}, map[string][]byte{"x": []byte(got)}))
	}
}

// BenchmarkPatch tightens one of 1,000 functions, and proves it.
func BenchmarkPatch(b *testing.B) {
	var t strings.Builder
	t.WriteString("Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Runtime: python3.12, Handler: app.handler, CodeUri: src/}}\nResources:\n")
	for i := range 1_000 {
		fmt.Fprintf(&t, `  Q%[1]d: {Type: AWS::SQS::Queue}
  F%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - Statement: [{Effect: Allow, Action: [sqs:SendMessage, sqs:ReceiveMessage], Resource: '*'}]
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Q%[1]d.Arn}}
`, i)
	}
	fsys := importers.Memory(source.Files{"bench.yaml": []byte(t.String())}, nil)
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, "bench.yaml", importers.Options{})
	if err != nil {
		b.Fatal(err)
	}
	p := in.Design.Policy("policy/F500Role/F500RolePolicy0")
	st := *p.Document.Statements[0]
	st.Actions, st.Resources = st.Actions[:1], []string{in.Design.Resource("res/Q7").ARN}
	after := tightening.Tightened(b, in.Design, p, 0, &st)
	b.SetBytes(int64(t.Len()))
	for b.Loop() {
		edits, err := Source{}.rewrite(in, after)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := importers.Prove(context.Background(), in, after, edits); err != nil {
			b.Fatal(err)
		}
	}
}
