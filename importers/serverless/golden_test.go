package serverless

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// A golden is a service and the template that the framework packages of it.
type golden struct{ ID, Input, Output string }

func goldens(t *testing.T) []golden {
	t.Helper()
	return corpus.Rows[golden](t, "sls-golden", "sls-golden.jsonl")
}

// importFile opens a file of the corpus.
func importFile(t *testing.T, s []importers.Source, path string, o importers.Options) *importers.Import {
	t.Helper()
	path = filepath.Join(corpus.Dir(t), path)
	in, err := importers.OpenFS(context.Background(), s, os.DirFS(filepath.Dir(path)), filepath.Base(path), o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestGolden imports each service and the template that the framework makes of it, and compares the designs: functions,
// roles with trust, policies and boundary, who may call the functions, resources with their policies, and triggers.
func TestGolden(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.ID, func(t *testing.T) {
			got := importFile(t, []importers.Source{New()}, g.Input, importers.Options{}).Design
			info := got.Info()
			want := importFile(t, cfn.Sources(), g.Output, importers.Options{StackName: info.Name, Region: info.Region}).Design
			a, b := summary(want), summary(got)
			for _, line := range a {
				if !slices.Contains(b, line) {
					t.Errorf("missing: %s", line)
				}
			}
			for _, line := range b {
				if !slices.Contains(a, line) {
					t.Errorf("not in the framework's template: %s", line)
				}
			}
		})
	}
}

// summary is a design in lines that do not depend on what the source calls functions and triggers.
func summary(d *model.Design) []string {
	var out []string
	name := func(id model.ID) string {
		if f := d.Function(id); f != nil {
			return f.Name
		}
		return string(id)
	}
	document := func(doc *policy.Document) string {
		if doc == nil {
			return "none"
		}
		lines := []string{doc.Version}
		for _, st := range doc.Statements {
			s := *st
			s.Sid = ""
			text, err := s.MarshalJSON()
			if err != nil {
				return err.Error()
			}
			lines = append(lines, string(text))
		}
		return strings.Join(lines, " ")
	}
	for _, f := range d.Functions() {
		var variables []string
		for _, v := range f.Environment {
			variables = append(variables, v.Name+"="+string(v.Refers))
		}
		sort.Strings(variables)
		policies := []string{}
		if f.Policy != nil {
			for _, st := range f.Policy.Statements {
				policies = append(policies, document(&policy.Document{Statements: []*policy.Statement{st}}))
			}
		}
		sort.Strings(policies)
		out = append(out, fmt.Sprintf("function %s %s %s %s role %s vpc %v tracing %v dlq %s to %v env %v layers %v tags %v package %s permissions %v", f.Name, f.ARN, f.Runtime, f.Handler, f.Role,
			f.VPC, f.Tracing, f.DeadLetter, f.Destinations, variables, f.Layers, f.Tags, f.Package.From, policies))
	}
	for _, r := range d.Roles() {
		var policies []string
		for _, id := range r.Policies {
			p := d.Policy(id)
			policies = append(policies, fmt.Sprintf("%s %s %s", id, p.Name, document(p.Document)))
		}
		out = append(out, fmt.Sprintf("role %s %s %s trust %s boundary %s tags %v policies %v", r.LogicalID, r.Name, r.Path, document(r.Trust), r.Boundary, r.Tags, policies))
	}
	hidden := map[string]bool{}
	for _, r := range d.Resources() {
		switch r.Type {
		// What only says how routes are checked and switched on, and rules that stand as triggers.
		case "AWS::ApiGateway::RequestValidator", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::IoT::TopicRule", "AWS::ElasticLoadBalancingV2::TargetGroup":
			hidden[string(r.ID)] = true
			continue
		}
		out = append(out, fmt.Sprintf("resource %s %s %s %s policy %s", r.LogicalID, r.Type, r.Name, r.ARN, document(r.Policy)))
	}
	for _, tr := range d.Triggers() {
		from := name(tr.From)
		if hidden[from] {
			from = ""
		}
		out = append(out, fmt.Sprintf("trigger from %s to %s %s %s %s open %v keyed %v token %v outside %v filter %v role %s", from, name(tr.To), tr.Kind, tr.Event, tr.Label, tr.Open, tr.Keyed, tr.Token, tr.Outside, tr.Filter, tr.Role))
	}
	return out
}
