package render_test

import (
	"slices"
	"testing"

	"bulkhead/model"
	"bulkhead/render"
)

// An API that starts several functions stands once on the map, with a line to each and what holds of any of them; routes stand with
// the function that they start.
func TestOneSourceIsOneNode(t *testing.T) {
	d := design(t, function("A", 1), function("B", 2), function("C", 3), []model.Element{
		&model.Resource{ID: "res/Graph", Name: "Graph", Type: "AWS::AppSync::GraphQLApi"},
		&model.Resource{ID: "res/Rest", Name: "Rest", Type: "AWS::ApiGateway::RestApi"},
		&model.Trigger{ID: "trigger/a", From: "res/Graph", To: "fn/A", Kind: "graphql", Label: "GraphQL"},
		&model.Trigger{ID: "trigger/b", From: "res/Graph", To: "fn/B", Kind: "graphql", Label: "GraphQL", Open: true},
		&model.Trigger{ID: "trigger/r", From: "res/Rest", To: "fn/B", Kind: "api-route", Label: "GET /b"},
		&model.Trigger{ID: "trigger/s", From: "res/Rest", To: "fn/C", Kind: "api-route", Label: "GET /c"},
	})
	diagram := render.Draw(render.View{Design: d})
	var triggers, lines []string
	for _, n := range diagram.Nodes {
		if n.Kind == render.TriggerNode {
			triggers = append(triggers, n.Name)
			if n.Name == "Graph" && !n.Open {
				t.Error("that anyone may start one of them is lost")
			}
		}
	}
	for _, e := range diagram.Edges {
		if e.Kind == render.StartsEdge {
			lines = append(lines, string(e.From+" "+e.To))
		}
	}
	if want := []string{"Graph", "GET /b", "GET /c"}; !slices.Equal(triggers, want) {
		t.Errorf("triggers %q, want %q", triggers, want)
	}
	if want := []string{"trigger/a fn/A", "trigger/a fn/B", "trigger/r fn/B", "trigger/s fn/C"}; !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
}
