package view

import (
	"fmt"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// Side says which of the designs is shown.
type Side uint8

// The sides.
const (
	Before Side = iota
	Both
	After
)

// Chart says how the design is shown.
type Chart uint8

// The charts.
const (
	HullChart Chart = iota
	MapChart
	TableChart
	HeatChart
)

// Tools is what the row of tools shows.
type Tools struct {
	Open       bool // a design is open
	Edited     bool
	Undo, Redo string // sentences, "" where there is nothing
	Chart      Chart
	Side       Side
	Vulnerable bool
	Dark       bool
	Zoom       int // per cent

	LeftFolded, RightFolded bool
}

// A Toolbar is the row of tools. The callbacks must be set.
type Toolbar struct {
	Root fyne.CanvasObject

	OnOpen, OnUndo, OnRedo, OnVulnerable, OnFit, OnTheme, OnExport func()
	OnLeft, OnRight                                                func()
	OnChart                                                        func(Chart)
	OnSide                                                         func(Side)
	OnZoom                                                         func(factor float64)

	open, undo, redo, ranks, hull, graph, heat, before, both, after, fed, fit, in, out, shade, export *Button
	left, right                                                                                       *Button
	zoom                                                                                              *Label
	ofDesign                                                                                          []fyne.CanvasObject // what says nothing while none is open
	tools                                                                                             *fyne.Container
}

// NewToolbar returns the row of tools.
func NewToolbar() *Toolbar {
	t := &Toolbar{}
	t.open = NewButton("Open", "", Plain, func() { t.OnOpen() }).withTip("Open a template, snapshot or saved design (Ctrl+O)")
	t.undo = NewButton("", "undo", Plain, func() { t.OnUndo() })
	t.redo = NewButton("", "redo", Plain, func() { t.OnRedo() })
	t.ranks = NewButton("Table", "list", Plain, func() { t.OnChart(TableChart) }).withTip("Every breach ranked: which compartment hurts most, which resource is most exposed (T)")
	t.heat = NewButton("Heat", "heat", Plain, func() { t.OnChart(HeatChart) }).withTip("Breach everything: compartments against resources (B)")
	t.hull = NewButton("Hull", "hull", Plain, func() { t.OnChart(HullChart) }).withTip("The ship: compartments, water, what is shared (H)")
	t.graph = NewButton("Map", "map", Plain, func() { t.OnChart(MapChart) }).withTip("The graph: who can touch what (M)")
	t.before = NewButton("Before", "", Plain, func() { t.OnSide(Before) }).withTip("The design as it was imported (1)")
	t.both = NewButton("Compare", "", Plain, func() { t.OnSide(Both) }).withTip("Before and after, same things at the same place (2); again: wipe from one to the other (W)")
	t.after = NewButton("After", "", Plain, func() { t.OnSide(After) }).withTip("The design with your edits (3)")
	t.fed = NewButton("Fed functions vulnerable: off", "", Plain, func() { t.OnVulnerable() }).
		withTip("Whether a function whose input the attacker chooses is taken as breached too (F)")
	t.in = NewButton("", "zoom-in", Quiet, func() { t.OnZoom(1.25) }).withTip("Larger (+)")
	t.out = NewButton("", "zoom-out", Quiet, func() { t.OnZoom(0.8) }).withTip("Smaller (−)")
	t.fit = NewButton("", "fit", Quiet, func() { t.OnFit() }).withTip("Show the whole picture (0)")
	t.shade = NewButton("", "moon", Quiet, func() { t.OnTheme() }).withTip("Light or dark")
	t.left = NewButton("", "pane-left", Quiet, func() { t.OnLeft() })
	t.right = NewButton("", "pane-right", Quiet, func() { t.OnRight() })
	t.export = NewButton("Export…", "export", Primary, func() { t.OnExport() }).withTip("Policies, patch, pictures, report (Ctrl+E)")
	t.zoom = NewLabel("100 %", small.aligned(fyne.TextAlignCenter))
	group := func(gap float32, o ...fyne.CanvasObject) fyne.CanvasObject { return newLine(gap, -1, o...) }
	t.ofDesign = []fyne.CanvasObject{
		group(4, t.undo, t.redo),
		group(4, t.ranks, t.hull, t.graph, t.heat),
		group(4, t.before, t.both, t.after),
		t.fed,
		group(0, t.out, newFixed(44, 28, t.zoom), t.in, t.fit),
		t.left, t.right, t.export,
	}
	tools := newLine(10, 4,
		t.open,
		t.ofDesign[0], t.ofDesign[1], t.ofDesign[2],
		newLine(0, -1, t.fed),
		t.ofDesign[4],
		group(0, t.left, t.right, t.shade),
		t.export)
	tools.Layout = &shortening{line{10, 4}, [][]*Button{{t.fed}, {t.ranks, t.hull, t.graph, t.heat}, {t.export, t.open}}}
	t.tools = tools
	t.fed.Brief, t.open.Brief = "wave", "open"
	t.Root = newBehind(NewGround(render.Panel, render.None, 0), newColumn(0, newInset(12, 8, tools), NewRule()))
	t.Set(Tools{Zoom: 100})
	return t
}

// Set shows the tools as they are now.
func (t *Toolbar) Set(s Tools) {
	tip := func(b *Button, what, sentence, key string) {
		b.Tip = what + " " + key
		if sentence != "" {
			b.Tip = what + ": " + sentence + " " + key
		}
	}
	if t.ofDesign[0].Visible() != s.Open {
		for _, o := range t.ofDesign {
			if s.Open {
				o.Show()
			} else {
				o.Hide()
			}
		}
		t.tools.Refresh()
	}
	tip(t.undo, "Undo", s.Undo, "(Ctrl+Z)")
	tip(t.redo, "Redo", s.Redo, "(Ctrl+Shift+Z)")
	t.undo.Set(false, s.Undo == "")
	t.redo.Set(false, s.Redo == "")
	for chart, b := range map[Chart]*Button{HullChart: t.hull, MapChart: t.graph, TableChart: t.ranks, HeatChart: t.heat} {
		b.Set(s.Open && s.Chart == chart, !s.Open)
	}
	t.before.Set(s.Open && s.Side == Before, !s.Open)
	t.both.Set(s.Edited && s.Side == Both, !s.Edited)
	t.after.Set(s.Edited && s.Side == After, !s.Edited)
	label := "Fed functions vulnerable: off"
	if s.Vulnerable {
		label = "Fed functions vulnerable: on"
	}
	if t.fed.Label != label {
		t.fed.Label = label
		t.fed.Refresh()
	}
	t.fed.Set(s.Vulnerable, !s.Open)
	t.export.Set(false, !s.Open)
	for _, b := range []*Button{t.in, t.out, t.fit, t.left, t.right} {
		b.Set(false, !s.Open)
	}
	fold := func(b *Button, what, key string, folded bool) {
		b.Tip = "Fold the " + what + " " + key
		if folded {
			b.Tip = "Show the " + what + " " + key
		}
	}
	fold(t.left, "outline", "(Ctrl+B)", s.LeftFolded)
	fold(t.right, "inspector", "(Ctrl+I)", s.RightFolded)
	icon := "moon"
	if s.Dark {
		icon = "sun"
	}
	if t.shade.Icon != icon {
		t.shade.Icon = icon
		t.shade.Refresh()
	}
	t.zoom.SetText("")
	if s.Open {
		t.zoom.SetText(fmt.Sprintf("%d %%", s.Zoom))
	}
}

// shortening is a line in which some buttons show their icons alone where there is too little room: one lot after the other,
// until the rest fits.
type shortening struct {
	line
	lots [][]*Button
}

// shorten makes the buttons of so many lots short, and the others long.
func (s *shortening) shorten(lots int) {
	for i, lot := range s.lots {
		for _, b := range lot {
			if short := i < lots; b.Short != short {
				b.Short = short
				b.Refresh()
			}
		}
	}
}

// MinSize is that of the shortest form.
func (s *shortening) MinSize(objects []fyne.CanvasObject) fyne.Size {
	was := map[*Button]bool{}
	for _, lot := range s.lots {
		for _, b := range lot {
			was[b], b.Short = b.Short, true
		}
	}
	size := s.line.MinSize(objects)
	for b, short := range was {
		b.Short = short
	}
	return size
}

// Layout takes the longest form that fits.
func (s *shortening) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for lots := range len(s.lots) + 1 {
		s.shorten(lots)
		if s.line.MinSize(objects).Width <= size.Width {
			break
		}
	}
	s.line.Layout(objects, size)
}

// fixed gives an object a size of its own.
type fixed struct{ size fyne.Size }

func newFixed(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: fixed{fyne.NewSize(w, h)}, Objects: []fyne.CanvasObject{o}}
}

func (f fixed) MinSize([]fyne.CanvasObject) fyne.Size { return f.size }

func (f fixed) Layout(o []fyne.CanvasObject, s fyne.Size) {
	for _, x := range o {
		x.Resize(s)
	}
}
