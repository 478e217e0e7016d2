// Package slides makes the steps of a presentation: before, each breach that was chosen, after, and the figures.
//
//	Steps --Draw, Layout--> Slides --> present mode | HTML | PDF | SVG and PNG, one a step
package slides

import (
	"context"
	"fmt"
	"strings"

	"bulkhead/render"
)

// A Step asks for a slide: the design, or before and after drawn together of which one is shown.
type Step struct {
	Key     string // that notes are kept by
	Title   string
	Compare render.Compare
	After   bool // which of the two is shown
}

// A Slide is one step, drawn.
type Slide struct {
	Key   string
	Title string
	Note  string
	Scene *render.Scene
	Claim render.Claim
	Twins []render.Twin // say what the picture shows
}

// Draw lays the steps out, the same things at the same places in each, and adds the figures.
func Draw(ctx context.Context, layout render.Layout, m render.Metrics, steps []Step, notes map[string]string) ([]Slide, error) {
	var out []Slide
	for _, s := range steps {
		d, scene, err := s.draw(ctx, layout, m)
		if err != nil {
			return nil, fmt.Errorf("slide %s: %w", s.Title, err)
		}
		out = append(out, Slide{Key: s.Key, Title: s.Title, Note: notes[s.Key], Scene: scene, Claim: d.Claim, Twins: d.Twins()})
	}
	if len(steps) > 0 {
		last := steps[len(steps)-1].Compare
		out = append(out, figures(m, last, notes["figures"]))
	}
	return out, nil
}

func (s Step) draw(ctx context.Context, layout render.Layout, m render.Metrics) (*render.Diagram, *render.Scene, error) {
	c := s.Compare
	if c.Before.Design == c.After.Design {
		d := render.Draw(c.After)
		scenes, err := layout.Layout(ctx, m, d)
		if err != nil {
			return nil, nil, err
		}
		return d, scenes[0], nil
	}
	c.Before.Title, c.After.Title = "", "" // they are called Before and After
	b, a := c.Draw()
	scenes, err := layout.Layout(ctx, m, b, a)
	if err != nil {
		return nil, nil, err
	}
	if s.After {
		return a, scenes[1], nil
	}
	return b, scenes[0], nil
}

// A figure is one measure, before and after.
type figure struct {
	name, before, after string
	better              int // −1 worse, 0 the same or nothing to compare, 1 better
}

func measured(c render.Compare) []figure {
	b, a := c.Before.Measures, c.After.Measures
	compare := func(name string, x, y float64, show func(float64) string) figure {
		f := figure{name: name, before: show(x), after: show(y)}
		switch {
		case y < x-1e-9:
			f.better = 1
		case y > x+1e-9:
			f.better = -1
		}
		return f
	}
	count := func(x float64) string { return fmt.Sprintf("%.0f", x) }
	out := []figure{
		compare("Worst breach", b.Worst, a.Worst, render.Percent),
		compare("Mean breach", b.Mean, a.Mean, render.Percent),
		compare("Watertightness", 1-b.Watertightness, 1-a.Watertightness, func(x float64) string { return fmt.Sprintf("%.2f", 1-x) }),
		compare("Functions that reach an administrator", float64(len(b.Admin)), float64(len(a.Admin)), count),
	}
	if a.Crowns > 0 {
		out = append(out, compare("Crown jewels exposed", float64(b.CrownsExposed), float64(a.CrownsExposed), count))
	}
	return out
}

// figures is the last slide: what the measures were and are, in large type.
func figures(m render.Metrics, c render.Compare, note string) Slide {
	const width, margin, line = 1000.0, 60.0, 84.0
	edited := c.Before.Design != c.After.Design
	s := &render.Scene{Width: width, Title: "Figures"}
	add := func(items ...render.Item) { s.Items = append(s.Items, items...) }
	add(render.Text{X: margin, Y: 70, Size: 34, Weight: render.Bold, Color: render.Ink, Text: "Figures"})
	twin := render.Twin{Title: "Figures", Head: []string{"Measure", "Value"}}
	if edited {
		twin.Head = []string{"Measure", "Before", "After"}
		add(render.Text{X: 640, Y: 108, Size: 15, Anchor: render.End, Color: render.Muted, Text: "before"},
			render.Text{X: width - margin, Y: 108, Size: 15, Anchor: render.End, Color: render.Muted, Text: "after"})
	}
	y := 160.0
	var says []string
	for _, f := range measured(c) {
		for i, l := range render.Wrap(m, f.name, 21, render.Regular, 420, 2) {
			add(render.Text{X: margin, Y: y + float64(i)*26, Size: 21, Color: render.Ink, Text: l})
		}
		tone := render.Ink
		if f.better > 0 {
			tone = render.Good
		} else if f.better < 0 {
			tone = render.Danger
		}
		add(render.Text{X: width - margin, Y: y, Size: 40, Weight: render.Bold, Anchor: render.End, Color: tone, Text: f.after})
		row := []string{f.name, f.after}
		if edited {
			add(render.Text{X: 640, Y: y, Size: 40, Weight: render.Regular, Anchor: render.End, Color: render.Muted, Text: f.before},
				render.Shape{Path: render.Move(675, y-13).Line(745, y-13), Stroke: render.Muted, Width: 2},
				render.Shape{Path: render.Arrow(748, y-13, 1, 0, 9), Stroke: render.Muted, Width: 2, Round: true})
			row = []string{f.name, f.before, f.after}
			says = append(says, fmt.Sprintf("%s %s, before %s", f.name, f.after, f.before))
		} else {
			says = append(says, f.name+" "+f.after)
		}
		add(render.Shape{Path: render.Move(margin, y+32).Line(width-margin, y+32), Stroke: render.Line, Width: 1})
		twin.Rows = append(twin.Rows, row)
		y += line
	}
	s.Height = max(562, y)
	s.Items = append([]render.Item{render.Shape{Path: render.Rect(0, 0, width, s.Height, 0), Fill: render.Ground}}, s.Items...)
	s.Description = strings.Join(says, ". ") + "."
	return Slide{Key: "figures", Title: "Figures", Note: note, Scene: s, Twins: []render.Twin{twin}, Claim: render.Claim{Title: "Figures", Sentence: s.Description}}
}

// A Breach is one that is to be shown, before and after.
type Breach struct {
	Key     string // of the start
	Name    string
	Compare render.Compare
}

// Steps are the steps of a presentation: the design without a breach, each breach, and where something was edited the same
// of the design after.
func Steps(calm render.Compare, breaches []Breach) []Step {
	edited := calm.Before.Design != calm.After.Design
	title, sides := calm.After.Title, []bool{true}
	if edited {
		title, sides = "Before", []bool{false, true}
	}
	var out []Step
	for _, after := range sides {
		key, suffix := "before", ""
		if edited && after {
			title, key, suffix = "After", "after", " after"
		}
		out = append(out, Step{Key: key, Title: title, Compare: calm, After: after})
		for _, b := range breaches {
			out = append(out, Step{Key: key + "/" + b.Key, Title: "Breach of " + b.Name + suffix, Compare: b.Compare, After: after})
		}
	}
	return out
}
