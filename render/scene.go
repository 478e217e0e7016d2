// Package render turns a design and its breach into pictures.
//
//	View --Draw--> Diagram --Layout (hull, dot)--> Scene (a display list) --> window | svg | png | pdf
//
// A Scene has shapes and texts in the order of painting, colours by role; a Palette gives the colours.
package render

import (
	"context"
	"image/color"
	"iter"

	"bulkhead/model"
)

// A Scene is one picture: a display list in points, y downward, origin top left.
type Scene struct {
	Width, Height float64
	Title         string // for the file's title, alternative text and window
	Description   string // the claim in one or two sentences: the picture's alternative text
	Items         []Item
	Areas         []Area // what can be pointed at, topmost last
	Markers       []Area // signs of the breach, which can be taken elsewhere

	Legend []Sign  // signs that the scene uses and explains
	Foot   int     // index in Items of the legend's first item; 0: there is no legend
	FootY  float64 // where the legend begins; above it the scene can be joined with others (Stack, Beside)
}

// BreachMarker is the id of a sign of the breach while it is being carried: it is no element.
const BreachMarker model.ID = "breach/"

// An Item is a Shape, Text or Icon.
type Item interface{ item() }

// A Shape is a path, filled or stroked or both.
type Shape struct {
	Path    Path
	Fill    Color // None: not filled
	Stroke  Color
	Width   float64   // of the stroke
	Dash    []float64 // lengths of dashes and gaps; nil: solid
	Round   bool      // round caps and joins; otherwise butt and miter
	Hatch   Color     // diagonal hatching over the fill, None: none
	Opacity float64   // 0 means 1
	Level   Level
}

// A Text is one line of text.
type Text struct {
	X, Y   float64 // of the baseline's start, middle or end, by Anchor
	Size   float64
	Weight Weight
	Anchor Anchor
	Color  Color
	Text   string
	Halo   Color // outline behind the text, None: none
	Level  Level
}

// An Icon is a drawing from assets/icons scaled into a square.
type Icon struct {
	Name  string
	X, Y  float64 // top left
	Size  float64
	Color Color
	Level Level
}

func (Shape) item() {}
func (Text) item()  {}
func (Icon) item()  {}

// Level says at which zoom an item shows, for the window: at any, or only near by.
type Level uint8

// The levels of detail.
const (
	Always Level = iota
	Near         // from a little above half size on
	Far          // only where what is Near is left out: the same in fewer words, larger. Pages and files that scale leave it out
)

// LevelOf is the level of an item.
func LevelOf(it Item) Level {
	switch it := it.(type) {
	case Shape:
		return it.Level
	case Text:
		return it.Level
	case Icon:
		return it.Level
	}
	return Always
}

// AtLevel are items at another level.
func AtLevel(l Level, items ...Item) []Item {
	out := make([]Item, len(items))
	for i, it := range items {
		switch x := it.(type) {
		case Shape:
			x.Level = l
			it = x
		case Text:
			x.Level = l
			it = x
		case Icon:
			x.Level = l
			it = x
		}
		out[i] = it
	}
	return out
}

// Printed are the items of a picture on paper, or of one that scales: all but what is Far.
func (s *Scene) Printed() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, it := range s.Items {
			if LevelOf(it) != Far && !yield(it) {
				return
			}
		}
	}
}

// An Area is a part of the picture that stands for an element.
type Area struct {
	X, Y, W, H float64
	Element    model.ID
	Tip        string // shown on hover: the whole name and what it means
	Leads      bool   // it leads to the element or speaks of it, and is not where the element stands
}

// Weight is the weight of a text.
type Weight uint8

// The weights.
const (
	Regular Weight = iota
	Medium
	Bold
)

// Anchor says which point of a text X is.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Metrics measures text. A writer and the layout use the same.
type Metrics interface {
	// Width of a line of text in points.
	Width(text string, size float64, w Weight) float64
}

// A Layout places diagrams. The same element stands at the same place in each scene.
type Layout interface {
	Layout(ctx context.Context, m Metrics, diagrams ...*Diagram) ([]*Scene, error)
}

// Path is a sequence of segments.
type Path []Segment

// Op is what a segment does.
type Op uint8

// The operations of a path; each takes its points from Segment.
const (
	MoveTo    Op = iota // X, Y
	LineTo              // X, Y
	CubicTo             // X1, Y1, X2, Y2, X, Y
	ClosePath           // nothing
)

// A Segment is one step of a Path.
type Segment struct {
	Op             Op
	X1, Y1, X2, Y2 float64
	X, Y           float64
}

// Color is a role that a palette gives a colour to.
type Color uint8

// The roles of colour. None paints nothing.
const (
	None Color = iota
	Ground
	Panel
	Ink
	Muted
	Line
	Hull
	Bay
	Bilge
	Water
	Tile1   // read
	Tile2   // write, send
	Tile3   // delete, permissions, secret
	OnTile1 // text on them
	OnTile2
	OnTile3
	Link
	Danger
	OnDanger
	Crown
	Feeds
	Good
	colors
)

// A Palette gives each role its colour.
type Palette struct {
	Name   string // light, dark
	Colors [colors]color.NRGBA
}

// RGBA is the colour of a role.
func (p *Palette) RGBA(c Color) color.NRGBA { return p.Colors[c] }
