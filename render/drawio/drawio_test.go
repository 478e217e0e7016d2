package drawio_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/dot"
	"bulkhead/render/drawio"
	"bulkhead/render/font"
)

// A sheet is what draw.io reads.
type sheet struct {
	Cells []struct {
		ID       string `xml:"id,attr"`
		Value    string `xml:"value,attr"`
		Style    string `xml:"style,attr"`
		Parent   string `xml:"parent,attr"`
		Vertex   string `xml:"vertex,attr"`
		Edge     string `xml:"edge,attr"`
		Source   string `xml:"source,attr"`
		Target   string `xml:"target,attr"`
		Geometry struct {
			Y        float64 `xml:"y,attr"`
			Width    float64 `xml:"width,attr"`
			Height   float64 `xml:"height,attr"`
			Relative string  `xml:"relative,attr"`
			As       string  `xml:"as,attr"`
		} `xml:"mxGeometry"`
	} `xml:"mxGraphModel>root>mxCell"`
}

// workers is a map of one function alone in its compartment, two that share a role, and two tables.
func workers() *render.Diagram {
	d := &render.Diagram{Claim: render.Claim{Title: "workers", Sentence: "Breach of A", Figure: "50 %"}}
	d.Clusters = []*render.Cluster{{ID: "role/A", Name: "A", Role: "ARole", State: render.Breached}, {ID: "role/B", Name: "B", Role: "Shared & <common>"}}
	for i, n := range []string{"A", "B", "C"} {
		in := model.ID("role/B")
		if i == 0 {
			in = "role/A"
		}
		d.Nodes = append(d.Nodes, &render.Node{ID: model.ID("fn/" + n), Kind: render.FunctionNode, Cluster: in, Name: n, Caption: strings.ToLower(n) + ".handler", Figure: "50 %", Icon: "function"})
	}
	d.Nodes = append(d.Nodes, &render.Node{ID: "role/B", Kind: render.RoleNode, Cluster: "role/B", Name: "Shared & <common>", Icon: "role"})
	for _, n := range []string{"Orders", "Users"} {
		d.Nodes = append(d.Nodes, &render.Node{ID: model.ID("res/" + n), Kind: render.ResourceNode, Name: n, Icon: "table", Counted: true})
	}
	d.Edges = []*render.Edge{
		{From: "fn/A", To: "res/Orders", Kind: render.ActsEdge, Words: "read write", Tone: render.Changes, Wet: true},
		{From: "fn/B", To: "role/B", Kind: render.WearsEdge}, {From: "fn/C", To: "role/B", Kind: render.WearsEdge},
		{From: "role/B", To: "res/Users", Kind: render.ActsEdge, Words: "read"},
	}
	return d
}

// TestFileIsWhatDrawioReads: each page has the two root cells first, every cell a parent before it, every edge two vertices, and no
// vertex lies on the title of its group.
func TestFileIsWhatDrawioReads(t *testing.T) {
	d := workers()
	scenes, err := dot.Own().Layout(context.Background(), font.Metrics(), d)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := drawio.Write(&b, render.Light, drawio.Page{Name: "one", Diagram: d, Scene: scenes[0]}, drawio.Page{Name: "two", Diagram: d, Scene: scenes[0]}); err != nil {
		t.Fatal(err)
	}
	var file struct {
		XMLName xml.Name `xml:"mxfile"`
		Pages   []sheet  `xml:"diagram"`
	}
	if err := xml.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Pages) != 2 {
		t.Fatalf("%d pages", len(file.Pages))
	}
	for _, page := range file.Pages {
		at := map[string]int{}
		groups, edges := 0, 0
		for i, c := range page.Cells {
			if _, twice := at[c.ID]; twice || c.ID == "" {
				t.Errorf("cell %d is %q, which there is", i, c.ID)
			}
			at[c.ID] = i
			if want := map[int]string{0: "0", 1: "1"}[i]; want != "" && c.ID != want {
				t.Errorf("cell %d is %q, want %q", i, c.ID, want)
			}
			if i == 0 {
				continue
			}
			parent, ok := at[c.Parent]
			if !ok {
				t.Errorf("%s is in %q, which does not stand before it", c.ID, c.Parent)
				continue
			}
			in := page.Cells[parent]
			switch {
			case c.Edge == "1":
				edges++
				for _, end := range []string{c.Source, c.Target} {
					if k, ok := at[end]; !ok || page.Cells[k].Vertex != "1" {
						t.Errorf("%s ends at %q, which is no vertex", c.ID, end)
					}
				}
				if c.Geometry.As != "geometry" || c.Geometry.Relative != "1" {
					t.Errorf("%s has the geometry %+v", c.ID, c.Geometry)
				}
			case c.Vertex == "1":
				if c.Geometry.As != "geometry" || c.Geometry.Width <= 0 || c.Geometry.Height <= 0 {
					t.Errorf("%s has the geometry %+v", c.ID, c.Geometry)
				}
				if strings.Contains(c.Style, "container=1") {
					groups++
				}
				var size float64
				for _, s := range strings.Split(in.Style, ";") {
					_, _ = fmt.Sscanf(s, "startSize=%g", &size)
				}
				if in.Vertex == "1" && c.Geometry.Y < size {
					t.Errorf("%q lies on the title of %q", c.Value, in.Value)
				}
			}
		}
		if groups != 2 || edges != len(d.Edges) {
			t.Errorf("%d groups and %d edges, want 2 and %d", groups, edges, len(d.Edges))
		}
	}
}
