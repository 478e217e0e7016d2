package cfn

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A golden is what AWS's own transform makes of a template, as far as the design shows it.
type golden struct {
	ID          string
	Input       string
	Output      string
	Region      string
	ExpectError bool
	Expected    struct {
		Functions map[string]struct{ Role any }
		Roles     map[string]struct {
			Trust    any
			Managed  any
			Inline   any
			Boundary any
		}
		Permissions []struct {
			ID            string
			Function      any
			Principal     any
			Action        any
			SourceARN     any `json:"sourceArn"`
			SourceAccount any
		}
		EventSourceMappings []struct{ ID string }
	}
}

func goldens(t *testing.T) []golden {
	t.Helper()
	return corpus.Rows[golden](t, "sam-golden", "sam-golden.jsonl")
}

// The transform makes of each template what AWS's own does. testdata/sam-golden-known.txt lists the cases that
// are known to differ; one that is not in it must pass, and one that is must fail.
func TestSAMGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/sam-golden-known.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if id, _, _ := strings.Cut(strings.TrimSpace(line), " "); id != "" && !strings.HasPrefix(id, "#") {
			known[id] = true
		}
	}
	good, bad := 0, 0
	for _, g := range goldens(t) {
		why := g.differs(t)
		switch {
		case why != "" && !known[g.ID]:
			t.Errorf("%s: %s", g.ID, why)
		case why == "" && known[g.ID]:
			t.Errorf("%s passes now: take it from testdata/sam-golden-known.txt", g.ID)
		}
		if why == "" {
			if g.ExpectError {
				bad++
			} else {
				good++
			}
		}
	}
	t.Logf("%d good inputs equal, %d bad inputs refused", good, bad)
}

func (g golden) differs(t *testing.T) string {
	file := filepath.Join(corpus.Dir(t), g.Input)
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS(filepath.Dir(file)), filepath.Base(file), importers.Options{Region: g.Region})
	if g.ExpectError {
		if err != nil {
			return ""
		}
		for _, d := range in.Diagnostics {
			if d.Severity == source.Error && d.Rule == "" {
				return ""
			}
		}
		return "no error is told"
	}
	if err != nil {
		return err.Error()
	}
	var why []string
	for _, d := range in.Diagnostics {
		if d.Severity == source.Error && d.Rule == "" { // the transform takes policies that IAM refuses
			why = append(why, d.String())
		}
	}
	whole, err := in.Source.(importers.Whole).Whole(context.Background(), in)
	if err != nil {
		return err.Error()
	}
	in.Design = whole // the transform decides no condition
	functions, roles := map[string]*model.Function{}, map[string]*model.Role{}
	for _, f := range in.Design.Functions() {
		functions[f.LogicalID] = f
	}
	for _, r := range in.Design.Roles() {
		roles[r.LogicalID] = r
	}
	for id, want := range g.Expected.Functions {
		f := functions[id]
		if f == nil {
			why = append(why, "no function "+id)
			continue
		}
		if want := logicalOf(want.Role); want != "" && roles[want] != nil && f.Role != roles[want].ID {
			why = append(why, fmt.Sprintf("%s runs as %s, not %s", id, f.Role, want))
		}
	}
	for id, want := range g.Expected.Roles {
		r := roles[id]
		if r == nil {
			why = append(why, "no role "+id)
			continue
		}
		var managed, inline []string
		for _, p := range r.Policies {
			switch pol := in.Design.Policy(p); {
			case pol.LogicalID != "": // attached by a resource of its own: see policiesDiffer
			case pol.Managed:
				managed = append(managed, pol.ARN)
			default:
				inline = append(inline, statementsOf(pol.Document)...)
			}
		}
		if list := asList(want.Managed); len(list) != len(managed) {
			why = append(why, fmt.Sprintf("%s has managed policies %v, not %v", id, managed, list))
		} else {
			for _, m := range list {
				if text, ok := m.(string); ok && !slices.Contains(managed, text) {
					why = append(why, fmt.Sprintf("%s lacks %s", id, text))
				}
			}
		}
		sort.Strings(inline)
		if w := wantedStatements(want.Inline); !slices.Equal(w, inline) {
			why = append(why, fmt.Sprintf("%s has inline %v, not %v", id, inline, w))
		}
	}
	mappings := 0
	for _, tr := range in.Design.Triggers() {
		if tr.Kind == "event-source-mapping" {
			mappings++
		}
	}
	if mappings < len(g.Expected.EventSourceMappings) {
		why = append(why, fmt.Sprintf("%d mappings, not %d", mappings, len(g.Expected.EventSourceMappings)))
	}
	why = append(why, g.permissionsDiffer(in.Design, functions)...)
	why = append(why, g.policiesDiffer(t, in.Design, roles)...)
	slices.Sort(why)
	return strings.Join(why, "; ")
}

// permissionsDiffer compares who may call each function: principal and action.
func (g golden) permissionsDiffer(d *model.Design, functions map[string]*model.Function) []string {
	want := map[string][]string{}
	for _, p := range g.Expected.Permissions {
		id := logicalOf(p.Function)
		if f := functions[id]; f == nil {
			for _, f := range functions {
				if strings.HasPrefix(id, f.LogicalID+"Alias") {
					id = f.LogicalID
				}
			}
		}
		principal, ok := p.Principal.(string)
		if !ok {
			principal = "?"
		}
		want[id] = append(want[id], fmt.Sprint(principal, " ", p.Action))
	}
	var why []string
	for _, f := range d.Functions() {
		var got []string
		if f.Policy != nil {
			for _, s := range f.Policy.Statements {
				principal := s.Principals[0].Value
				if strings.HasPrefix(principal, "logs.") {
					principal = "?"
				}
				got = append(got, principal+" "+s.Actions[0])
			}
		}
		w := want[f.LogicalID]
		sort.Strings(got)
		sort.Strings(w)
		if !slices.Equal(got, w) {
			why = append(why, fmt.Sprintf("%s may be called by %v, not %v", f.LogicalID, got, w))
		}
	}
	return why
}

// policiesDiffer compares the managed policies that connectors make, and the names of inline policies.
func (g golden) policiesDiffer(t *testing.T, d *model.Design, roles map[string]*model.Role) []string {
	data, err := os.ReadFile(filepath.Join(corpus.Dir(t), g.Output))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Resources map[string]struct {
			Type       any
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	var why []string
	for id, r := range out.Resources {
		switch r.Type {
		case "AWS::IAM::ManagedPolicy":
			p := d.Policy(model.MakeID("policy", id))
			if p == nil {
				why = append(why, "no policy "+id)
				continue
			}
			got := statementsOf(p.Document)
			sort.Strings(got)
			if want := wantedStatements([]any{map[string]any{"PolicyDocument": r.Properties["PolicyDocument"]}}); !slices.Equal(got, want) {
				why = append(why, fmt.Sprintf("policy %s has %v, not %v", id, got, want))
			}
			for _, role := range asList(r.Properties["Roles"]) {
				if h := roles[logicalOf(role)]; h != nil && !slices.Contains(h.Policies, p.ID) {
					why = append(why, fmt.Sprintf("policy %s is not attached to %s", id, h.ID))
				}
			}
		case "AWS::IAM::Role":
			for _, i := range asList(r.Properties["Policies"]) {
				m, _ := i.(map[string]any)
				name, ok := m["PolicyName"].(string)
				if h := roles[id]; ok && h != nil && !slices.Contains(h.Policies, model.MakeID("policy", id+"/"+name)) {
					why = append(why, fmt.Sprintf("%s has no inline policy %s but %v", id, name, h.Policies))
				}
			}
		}
	}
	return why
}

func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// logicalOf is the logical id in a Ref or GetAtt.
func logicalOf(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	for _, key := range []string{"Fn::GetAtt", "Ref"} {
		switch a := m[key].(type) {
		case []any:
			return fmt.Sprint(a[0])
		case string:
			id, _, _ := strings.Cut(a, ".")
			return id
		}
	}
	return ""
}

func statementsOf(d *policy.Document) []string {
	var out []string
	if d == nil {
		return []string{"no document"}
	}
	for _, s := range d.Statements {
		actions := slices.Sorted(slices.Values(s.Actions))
		out = append(out, fmt.Sprintf("%s %v", s.Effect, actions))
	}
	return out
}

func wantedStatements(inline any) []string {
	var out []string
	for _, i := range asList(inline) {
		m, ok := i.(map[string]any)
		if !ok {
			continue
		}
		if branches, ok := m["Fn::If"].([]any); ok { // the condition is left open there; AWS::NoValue has no statements
			out = append(out, wantedStatements(branches[1:])...)
			continue
		}
		doc, ok := m["PolicyDocument"].(map[string]any)
		if !ok {
			doc, _ = m["document"].(map[string]any)
		}
		for _, s := range asList(doc["Statement"]) {
			st, ok := s.(map[string]any)
			if !ok {
				continue
			}
			var actions []string
			for _, a := range asList(st["Action"]) {
				actions = append(actions, fmt.Sprint(a))
			}
			sort.Strings(actions)
			out = append(out, fmt.Sprintf("%s %v", st["Effect"], actions))
		}
	}
	sort.Strings(out)
	return out
}
