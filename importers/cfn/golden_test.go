package cfn

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each template in testdata imports as its golden file says.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "testdata/read/webshop.json", "testdata/read/assembly")
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			in := open(t, file, importers.Options{StackName: "stack"})
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
			compareGolden(t, golden, printed(in))
		})
	}
}

// compareGolden holds text against a golden file.
func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		switch {
		case i >= len(w):
			t.Fatalf("%s ends before line %d:\n%s", file, i+1, strings.Join(g[i:], "\n"))
		case i >= len(g):
			t.Fatalf("%s goes on at line %d:\n%s", file, i+1, strings.Join(w[i:], "\n"))
		case w[i] != g[i]:
			t.Fatalf("%s:%d (go test ./importers/cfn -update writes it anew)\nwant %s\ngot  %s", file, i+1, w[i], g[i])
		}
	}
}

// printed is an import as text for people: each element with its place, then the diagnostics.
func printed(in *importers.Import) string {
	var b strings.Builder
	info := in.Design.Info()
	fmt.Fprintf(&b, "%s %s %v; not seen: %v; outside: %v; unresolved: %d\n", info.Name, info.Kind, info.Files, info.NotSeen, info.Outside, info.Unresolved)
	for _, e := range in.Design.Elements() {
		fmt.Fprintf(&b, "\n%s%s\n", e.ElementID(), place(e.Place()))
		line := func(name string, v any) {
			if text := strings.TrimSpace(fmt.Sprint(v)); text != "" && text != "[]" && text != "map[]" && text != "false" {
				fmt.Fprintf(&b, "  %s %s\n", name, text)
			}
		}
		switch e := e.(type) {
		case *model.Function:
			line("arn", e.ARN)
			line("runs", e.Runtime+" "+e.Handler+" "+e.Code)
			line("role", string(e.Role)+" "+e.RoleARN)
			for _, v := range e.Environment {
				line("variable", v.Name+" "+string(v.Refers)+place(v.Origin))
			}
			line("layers", e.Layers)
			line("vpc", e.VPC)
			line("tracing", e.Tracing)
			line("dead letter", e.DeadLetter)
			line("destinations", e.Destinations)
			line("tags", e.Tags)
			document(&b, "called by", e.Policy)
		case *model.Role:
			line("arn", e.ARN)
			line("implicit", e.Implicit)
			line("external", e.External)
			line("boundary", e.Boundary)
			line("tags", e.Tags)
			document(&b, "trust", e.Trust)
			line("policies", e.Policies)
		case *model.Policy:
			line("arn", e.ARN)
			if e.Origin.IsZero() && e.Document != nil {
				line("document", "of AWS")
			} else {
				document(&b, "document", e.Document)
			}
		case *model.Resource:
			line("arn", e.ARN)
			line("type", e.Type)
			line("fresh", e.Fresh)
			line("key", e.Key)
			line("tags", e.Tags)
			if e.Type == "AWS::S3::Bucket" {
				line("blocks public access:", fmt.Sprint(e.BlockPublicAccess, " "))
			}
			document(&b, "policy", e.Policy)
		case *model.Trigger:
			line("from", e.From)
			line("to", e.To)
			line("is", e.Kind+" "+e.Event+" "+e.Label)
			line("open", e.Open)
			line("outside", e.Outside)
			if f := e.Filter; f.Prefix+f.Suffix+f.Pattern != "" || f.Events != nil {
				line("filter", fmt.Sprintf("%q %q %v %s", f.Prefix, f.Suffix, f.Events, f.Pattern))
			}
		case *model.Principal:
			line("arn", e.ARN)
			line("policies", e.Policies)
			line("groups", e.Groups)
			line("boundary", e.Boundary)
			line("tags", e.Tags)
		}
	}
	b.WriteString("\n")
	for _, d := range in.Diagnostics {
		fmt.Fprintf(&b, "%s (%s)\n", d, d.Detail)
	}
	return b.String()
}

func place(s source.Span) string {
	if s.IsZero() {
		return ""
	}
	return fmt.Sprintf(" @%d:%d", s.Line, s.Column)
}

func document(b *strings.Builder, name string, d *policy.Document) {
	if d == nil {
		return
	}
	fmt.Fprintf(b, "  %s %s%s\n", name, d.Version, place(d.Span))
	for _, s := range d.Statements {
		text, err := (&policy.Document{Statements: []*policy.Statement{s}}).MarshalJSON()
		if err != nil {
			text = []byte(err.Error())
		}
		fmt.Fprintf(b, "    %s%s\n", strings.TrimSuffix(strings.TrimPrefix(string(text), `{"Statement":[`), "]}"), place(s.Span))
	}
}
