package view

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/render"
)

// twoStacks is a design of two templates, each with a function that has a table.
func twoStacks(t *testing.T) session.State {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for stack, name := range map[string]string{"shop": "Order", "mail": "Letter"} {
		path := filepath.Join(dir, stack+".yaml")
		template := strings.ReplaceAll(`Transform: AWS::Serverless-2016-10-31
Resources:
  XFn: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: ., Policies: [{DynamoDBCrudPolicy: {TableName: !Ref XTable}}], Events: {Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}}}
  XTable: {Type: AWS::Serverless::SimpleTable}
`, "X", name)
		if err := os.WriteFile(path, []byte(template), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	s, err := session.OpenAll(context.Background(), paths, cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// TestOutlineByStack: each row once, under the heading of its stack, and the figures as they are.
func TestOutlineByStack(t *testing.T) {
	st := twoStacks(t)
	d := st.After.Design
	plain := Outline(d, st.After.Analysis, st.After.Measures, false)
	rows := OutlineByStack(d, st.After.Analysis, st.After.Measures, false)
	head, seen := "", map[model.ID]string{}
	for _, r := range rows {
		if r.Place == Section {
			head = r.Name
			continue
		}
		if _, twice := seen[r.ID]; twice {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = head
		if i := slices.IndexFunc(plain, func(x Row) bool { return x.ID == r.ID }); i < 0 || plain[i].Figure != r.Figure {
			t.Errorf("%s has figure %q", r.ID, r.Figure)
		}
	}
	for _, r := range plain {
		if _, ok := seen[r.ID]; r.Place != Section && !ok {
			t.Errorf("%s is lost", r.ID)
		}
	}
	for id, want := range map[model.ID]string{"fn/OrderFn": "STACK shop", "res/OrderTable": "STACK shop", "fn/LetterFn": "STACK mail", "res/LetterTable": "STACK mail"} {
		if seen[id] != want {
			t.Errorf("%s is under %q, want %q", id, seen[id], want)
		}
	}
	if _, one := opened(t, "webshop"); len(OutlineByStack(one.After.Design, one.After.Analysis, one.After.Measures, false)) != len(Outline(one.After.Design, one.After.Analysis, one.After.Measures, false)) {
		t.Error("a design of one stack is grouped")
	}
}

// TestGroupingIsOffered where there is more than one stack, and the other way back.
func TestGroupingIsOffered(t *testing.T) {
	newApp(t)
	p := NewOutline()
	asked := 0
	p.OnGroup = func() { asked++ }
	newWindow(t, p.Root, 260, 600)
	for _, x := range []struct {
		stacks  int
		grouped bool
		want    string
	}{{1, false, ""}, {3, false, "Group by 3 stacks (G)"}, {3, true, "List all stacks together (G)"}, {1, true, ""}} {
		p.SetStacks(x.stacks, x.grouped)
		got := ""
		if p.group.Visible() {
			got = p.group.Text
			test.Tap(p.group)
		}
		if got != x.want {
			t.Errorf("of %d stacks, grouped %v: %q is offered, want %q", x.stacks, x.grouped, got, x.want)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

// TestTheMapByStack has a node for each stack, and of one that is opened what is in it.
func TestTheMapByStack(t *testing.T) {
	st := twoStacks(t)
	v := render.View{Design: st.After.Design, Analysis: st.After.Analysis, Measures: st.After.Measures, Stacked: true}
	nodes := func(v render.View) []string {
		var out []string
		for _, n := range render.Draw(v).Nodes {
			if _, bundle := render.BundleOf(n.ID); bundle || n.Kind == render.FunctionNode || n.Kind == render.ResourceNode {
				out = append(out, string(n.ID))
			}
		}
		slices.Sort(out)
		return out
	}
	if got := nodes(v); !slices.Equal(got, []string{"bundle/mail", "bundle/shop"}) {
		t.Errorf("the map has %q", got)
	}
	v.Open = []string{"shop"}
	if got := nodes(v); !slices.Equal(got, []string{"bundle/mail", "fn/OrderFn", "res/OrderTable"}) {
		t.Errorf("with shop open the map has %q", got)
	}
	v.Stacked, v.Open = false, nil
	if got := nodes(v); !slices.Equal(got, []string{"fn/LetterFn", "fn/OrderFn", "res/LetterTable", "res/OrderTable"}) {
		t.Errorf("by compartment the map has %q", got)
	}
}
