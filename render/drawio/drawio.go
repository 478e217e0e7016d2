// Package drawio writes maps for diagrams.net (draw.io): compartments as groups with their functions in them, things,
// and edges that stay tied to both.
//
//	Diagram, Scene of its map --Write--> mxfile XML
package drawio

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
)

// A Page is a map with the scene that a layout made of it: places are taken from there.
type Page struct {
	Name    string
	Diagram *render.Diagram
	Scene   *render.Scene
}

type file struct {
	XMLName xml.Name  `xml:"mxfile"`
	Host    string    `xml:"host,attr"`
	Pages   []diagram `xml:"diagram"`
}

type diagram struct {
	ID    string `xml:"id,attr"`
	Name  string `xml:"name,attr"`
	Model struct {
		Grid       int    `xml:"grid,attr"`
		PageWidth  int    `xml:"pageWidth,attr"`
		PageHeight int    `xml:"pageHeight,attr"`
		Background string `xml:"background,attr"`
		Cells      []cell `xml:"root>mxCell"`
	} `xml:"mxGraphModel"`
}

type cell struct {
	ID       string    `xml:"id,attr"`
	Value    string    `xml:"value,attr,omitempty"`
	Style    string    `xml:"style,attr,omitempty"`
	Vertex   string    `xml:"vertex,attr,omitempty"`
	Edge     string    `xml:"edge,attr,omitempty"`
	Parent   string    `xml:"parent,attr,omitempty"`
	Source   string    `xml:"source,attr,omitempty"`
	Target   string    `xml:"target,attr,omitempty"`
	Geometry *geometry `xml:"mxGeometry"`
}

type geometry struct {
	X        float64 `xml:"x,attr,omitempty"`
	Y        float64 `xml:"y,attr,omitempty"`
	Width    float64 `xml:"width,attr,omitempty"`
	Height   float64 `xml:"height,attr,omitempty"`
	Relative string  `xml:"relative,attr,omitempty"`
	As       string  `xml:"as,attr"`
}

// Write writes pages as one file. What the scene of a page has no place for is left out, with its edges.
func Write(w io.Writer, p *render.Palette, pages ...Page) error {
	f := file{Host: "bulkhead"}
	for i, page := range pages {
		f.Pages = append(f.Pages, page.diagram(p, i))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write draw.io: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write draw.io: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (p Page) diagram(colors *render.Palette, n int) diagram {
	d := diagram{ID: fmt.Sprintf("page%d", n), Name: clean(p.Name)}
	d.Model.PageWidth, d.Model.PageHeight = int(math.Ceil(p.Scene.Width)), int(math.Ceil(p.Scene.Height))
	d.Model.Background = hex(colors, render.Ground)
	s := sketch{page: p, colors: colors, diagram: &d, names: map[model.ID]string{}, walls: map[model.ID]render.Area{}}
	s.put(cell{ID: "0"})
	s.put(cell{ID: "1", Parent: "0"})
	s.title()
	for i, c := range p.Diagram.Clusters {
		s.cluster(i, c)
	}
	for i, node := range p.Diagram.Nodes {
		s.node(i, node)
	}
	for i, e := range p.Diagram.Edges {
		s.edge(i, e)
	}
	return d
}

// A sketch is a page in the making.
type sketch struct {
	page   Page
	colors *render.Palette
	*diagram
	names map[model.ID]string      // of the cells of nodes
	walls map[model.ID]render.Area // of clusters
}

func (s *sketch) put(c cell) {
	if g := c.Geometry; g != nil { // a tenth of a point is more than anybody sees
		for _, v := range []*float64{&g.X, &g.Y, &g.Width, &g.Height} {
			*v = math.Round(*v*10) / 10
		}
	}
	s.Model.Cells = append(s.Model.Cells, c)
}

// title says what the picture's claim does.
func (s *sketch) title() {
	c := s.page.Diagram.Claim
	s.put(cell{ID: "claim", Parent: "1", Vertex: "1", Value: clean(c.Title + " · " + c.Description()),
		Style:    "text;whiteSpace=wrap;align=left;verticalAlign=middle;fontSize=14;fontColor=" + hex(s.colors, render.Ink),
		Geometry: &geometry{X: 32, Y: 8, Width: math.Max(400, s.page.Scene.Width-64), Height: 56, As: "geometry"}})
}

// place is the area of an element: of those that stand for it the largest or the smallest, since a compartment is called
// as its role or function.
func (s *sketch) place(id model.ID, largest bool) (render.Area, bool) {
	var best render.Area
	found := false
	for _, a := range s.page.Scene.Areas {
		if a.Element != id || a.Leads {
			continue
		}
		if size := a.W * a.H; !found || largest == (size > best.W*best.H) {
			best, found = a, true
		}
	}
	return best, found
}

func (s *sketch) cluster(i int, c *render.Cluster) {
	a, ok := s.place(c.ID, true)
	if !ok {
		return
	}
	s.walls[c.ID] = a
	name := c.Role
	if name == "" {
		name = c.Name
	}
	fill := render.Bay
	if c.State >= render.Held {
		fill = render.Water
	}
	group := cell{ID: s.wall(i), Parent: "1", Vertex: "1", Value: clean(name), Geometry: &geometry{X: a.X, Y: a.Y, Width: a.W, Height: a.H, As: "geometry"},
		Style: fmt.Sprintf("swimlane;container=1;collapsible=1;startSize=%.0f;rounded=1;arcSize=6;strokeWidth=3;align=left;spacingLeft=10;fontStyle=1;fontColor=%s;strokeColor=%s;fillColor=%s;swimlaneFillColor=%s",
			header, hex(s.colors, render.Ink), hex(s.colors, render.Hull), hex(s.colors, fill), hex(s.colors, fill))}
	if s.headless(c.ID, a) {
		// The function in it says its name; a header would lie under it.
		group.Value = ""
		group.Style = fmt.Sprintf("swimlane;startSize=0;container=1;collapsible=0;rounded=1;arcSize=12;strokeWidth=3;strokeColor=%s;fillColor=%s;swimlaneFillColor=%s", hex(s.colors, render.Hull), hex(s.colors, fill), hex(s.colors, fill))
	}
	s.put(group)
}

// header is the height of a group's title.
const header = 26.0

// headless reports whether a wall leaves no room for a title above what stands inside it.
func (s *sketch) headless(cluster model.ID, wall render.Area) bool {
	for _, n := range s.page.Diagram.Nodes {
		if a, ok := s.place(n.ID, false); ok && n.Cluster == cluster && a.Y < wall.Y+header {
			return true
		}
	}
	return false
}

func (s *sketch) wall(i int) string { return fmt.Sprintf("c%d", i) }

func (s *sketch) node(i int, n *render.Node) {
	a, ok := s.place(n.ID, false)
	if !ok {
		return
	}
	parent := "1"
	if n.Cluster != "" {
		for k, c := range s.page.Diagram.Clusters {
			if wall, stands := s.walls[c.ID]; stands && c.ID == n.Cluster {
				parent = s.wall(k)
				a.X, a.Y = a.X-wall.X, a.Y-wall.Y
			}
		}
	}
	name := fmt.Sprintf("n%d", i)
	s.names[n.ID] = name
	value := n.Name
	if n.Figure != "" {
		value += " · " + n.Figure
	}
	if n.Caption != "" {
		value += "\n" + n.Caption
	}
	fill, ink, edge := render.Panel, render.Ink, render.Line
	switch {
	case n.Tone > render.Dry:
		fill, ink, edge = n.Tone.Color(), n.Tone.OnColor(), n.Tone.Color()
	case n.State == render.Breached:
		edge = render.Danger
	case n.State == render.Held:
		edge = render.Danger
	case n.State == render.Fed:
		edge = render.Feeds
	}
	style := "rounded=1;whiteSpace=wrap;arcSize=12;"
	if n.Kind == render.TriggerNode {
		style, fill, edge = "text;whiteSpace=wrap;align=right;verticalAlign=middle;", render.None, render.None
	}
	if n.May {
		style += "dashed=1;"
	}
	style += fmt.Sprintf("fontColor=%s;fillColor=%s;strokeColor=%s", hex(s.colors, ink), hex(s.colors, fill), hex(s.colors, edge))
	s.put(cell{ID: name, Parent: parent, Vertex: "1", Value: clean(value), Style: style, Geometry: &geometry{X: a.X, Y: a.Y, Width: a.W, Height: a.H, As: "geometry"}})
}

// fewEdges is how many edges a map may have and still label those that the breach does not use.
const fewEdges = 40

func (s *sketch) edge(i int, e *render.Edge) {
	from, to := s.names[e.From], s.names[e.To]
	if from == "" || to == "" {
		return
	}
	color, width, dash := render.Line, 1, ""
	switch e.Kind {
	case render.RunsEdge:
		width = 2
		if e.Wet {
			color = render.Danger
		}
	case render.FeedsEdge:
		dash = "dashed=1;"
		if e.Wet {
			color = render.Feeds
		}
	case render.ActsEdge:
		if e.Wet {
			color, width = render.Tile2, 2
		}
	case render.StartsEdge:
		color = render.Muted
	case render.WearsEdge:
		color = render.Hull
	}
	if e.May {
		dash = "dashed=1;"
	}
	words := e.Words
	if !e.Wet && len(s.page.Diagram.Edges) > fewEdges {
		words = ""
	}
	s.put(cell{ID: fmt.Sprintf("e%d", i), Parent: "1", Edge: "1", Source: from, Target: to, Value: clean(words), Geometry: &geometry{Relative: "1", As: "geometry"},
		Style: fmt.Sprintf("edgeStyle=entityRelationEdgeStyle;curved=1;rounded=1;fontSize=10;%sstrokeWidth=%d;strokeColor=%s;fontColor=%s", dash, width, hex(s.colors, color), hex(s.colors, render.Muted))})
}

func hex(p *render.Palette, c render.Color) string {
	if c == render.None {
		return "none"
	}
	v := p.RGBA(c)
	return fmt.Sprintf("#%02X%02X%02X", v.R, v.G, v.B)
}

// clean is text as an attribute may have it, line by line.
func clean(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = font.Clean(l)
	}
	return strings.Join(lines, "\n")
}
