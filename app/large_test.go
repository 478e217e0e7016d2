//go:build !headless

package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/render"
)

// fleet is a template with more functions than a hull has bays, of several teams; each function has a table of its own.
func fleet(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n")
	for i := range render.MostBays + 12 {
		fmt.Fprintf(&b, `  Team%dFn%d:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: .
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Team%dTable%d}
  Team%dTable%d:
    Type: AWS::Serverless::SimpleTable
`, i%4, i, i%4, i, i%4, i)
	}
	path := filepath.Join(t.TempDir(), "fleet.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestALargeDesignOpensOnTheTable: the ranked table first, from there the hull of what is selected, then of a group; and
// every breach at once.
func TestALargeDesignOpensOnTheTable(t *testing.T) {
	w := openWindow(t, fleet(t))
	if chart := do(func() view.Chart { return w.look.chart }); chart != view.TableChart {
		t.Fatalf("it opens on chart %d", chart)
	}
	if shown := do(func() bool { return w.ranks.Root.Visible() && !w.canvas.Visible() }); !shown {
		t.Error("the table is not shown")
	}
	picture := func(what string, does func()) *render.Scene {
		t.Helper()
		was := do(func() *render.Scene { return w.canvas.Scene() })
		do(func() bool { does(); return true })
		until(t, what, func() bool { return w.canvas.Scene() != was && w.canvas.Scene() != nil })
		return do(func() *render.Scene { return w.canvas.Scene() })
	}
	elements := func(s *render.Scene) map[string]bool {
		out := map[string]bool{}
		for _, a := range s.Areas {
			if !a.Leads && strings.HasPrefix(string(a.Element), "fn/") {
				out[string(a.Element)] = true
			}
		}
		return out
	}
	hull := picture("the hull of one", func() { w.ranks.OnHull("fn/Team1Fn5") })
	if got := elements(hull); len(got) != 1 || !got["fn/Team1Fn5"] {
		t.Errorf("the hull around one that leads nowhere shows %v", got)
	}
	group := picture("the hull of a group", func() { w.focus.OnChoose("Team2") })
	// The breach stands in the bay of the rest.
	if got := elements(group); len(got) != 19 || !got["fn/Team2Fn6"] || !got["fn/Team1Fn5"] {
		t.Errorf("the hull of Team2 shows %d: %v", len(got), got)
	}
	picture("the heat view", func() { w.showChart(view.HeatChart) })
	if n := painted(capture(w)); n < 30 {
		t.Errorf("the heat view shows %d colours", n)
	}
	do(func() bool { w.open("sample:lambdashell"); return true })
	until(t, "the hull of a small design", func() bool {
		return w.state.Path == "sample:lambdashell" && w.state.Start != "" && w.look.chart != view.TableChart && w.canvas.Visible()
	})
}

// TestTheChartThatWasAskedForStays: who asks for the map while the figures of a large design are worked out is not sent back to
// the table when they are there.
func TestTheChartThatWasAskedForStays(t *testing.T) {
	w := openWindow(t, fleet(t))
	chart := do(func() view.Chart {
		w.showChart(view.MapChart)
		st := w.state
		st.Start, st.Selected, w.look.chosen = "", "", false
		w.choose(st)
		return w.look.chart
	})
	if chart != view.MapChart {
		t.Errorf("chart %d is shown", chart)
	}
}

// TestABreachOfEverythingIsShownByGroups: a map around a breach that reaches more than a map shows would be one blot.
func TestABreachOfEverythingIsShownByGroups(t *testing.T) {
	data, err := os.ReadFile(fleet(t))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := range mostAround {
		text += fmt.Sprintf("  Other%d:\n    Type: AWS::SQS::Queue\n", i)
	}
	text += "  Wide:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.handler\n      Runtime: python3.12\n      CodeUri: .\n      Policies:\n" +
		"        - {Version: '2012-10-17', Statement: [{Effect: Allow, Action: ['sqs:*', 'dynamodb:*'], Resource: '*'}]}\n"
	path := filepath.Join(t.TempDir(), "wide.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := session.OpenAll(t.Context(), []string{path}, program(t).Sources, session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		start model.ID
		chart view.Chart
		focus string
		want  string
	}{
		{"fn/Wide", view.MapChart, view.FocusBreach, view.FocusAll},
		{"fn/Wide", view.MapChart, "Team2", "Team2"},
		{"fn/Wide", view.HullChart, view.FocusBreach, view.FocusBreach},
		{"fn/Team1Fn5", view.MapChart, view.FocusBreach, view.FocusBreach},
	} {
		s.Select(c.start)
		st, err := s.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := (ask{state: st, look: look{chart: c.chart, focus: c.focus}}).widened().look.focus; got != c.want {
			t.Errorf("%s on chart %d with focus %q is shown with %q, want %q", c.start, c.chart, c.focus, got, c.want)
		}
	}
}
