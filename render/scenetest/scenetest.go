// Package scenetest has scenes to test writers by.
package scenetest

import "bulkhead/render"

// All is a small picture with one of everything that a scene can hold.
func All() *render.Scene {
	s := &render.Scene{Width: 420, Height: 300, Title: "Signs & <shapes>", Description: `One of "everything".`}
	add := func(items ...render.Item) { s.Items = append(s.Items, items...) }

	// Texts: weights, anchors, halo, characters that need care.
	add(
		render.Text{X: 20, Y: 30, Size: 16, Weight: render.Bold, Color: render.Ink, Text: "Before → after"},
		render.Text{X: 400, Y: 30, Size: 20, Weight: render.Bold, Anchor: render.End, Color: render.Danger, Text: "89 %"},
		render.Text{X: 20, Y: 46, Size: 11, Color: render.Muted, Text: "a < b && \"c\" > 'd'"},
		render.Text{X: 210, Y: 46, Size: 11, Weight: render.Medium, Anchor: render.Middle, Color: render.Link, Halo: render.Ground, Text: "Größe ≤ ⅓"},
		render.Text{X: 300, Y: 46, Size: 11, Color: render.Ink, Text: "two  spaces", Level: render.Near},
	)
	// Shapes: rectangle, round rectangle, circle, path; fill, stroke, dash, hatch, opacity.
	add(
		render.Shape{Path: render.Rect(20, 60, 80, 40, 0), Fill: render.Tile1, Stroke: render.Hull, Width: 1},
		render.Shape{Path: render.Rect(110, 60, 80, 40, 6), Fill: render.Tile2, Hatch: render.Tile3, Stroke: render.Line, Width: 1.5},
		render.Shape{Path: render.Rect(200, 60, 80, 40, 6), Hatch: render.Crown},
		render.Shape{Path: render.Circle(320, 80, 20), Fill: render.Tile3, Opacity: 0.5},
		render.Shape{Path: render.Circle(370, 80, 20), Stroke: render.Danger, Width: 4, Opacity: 0.4},
		render.Shape{Path: render.Star(40, 140, 20), Fill: render.Danger, Stroke: render.Bay, Width: 1.5},
		render.Shape{Path: render.Move(80, 120).Line(110, 160).Line(140, 118).Line(146, 160), Stroke: render.Hull, Width: 6},
		render.Shape{Path: render.Move(160, 120).Line(190, 160).Line(220, 118).Line(226, 160), Stroke: render.Hull, Width: 6, Round: true},
		render.Shape{Path: render.Rect(245, 120, 70, 40, 8), Stroke: render.Feeds, Width: 1.75, Dash: []float64{2, 3}, Round: true},
		render.Shape{Path: render.Move(330, 120).Cubic(400, 120, 330, 160, 400, 160), Stroke: render.Good, Width: 2.5, Dash: []float64{8, 4}},
		render.Shape{Path: append(render.Rect(20, 180, 60, 40, 0), render.Circle(50, 200, 12)...), Fill: render.Water},
		render.Shape{Path: render.Wave(100, 200, 120, 26, 4), Stroke: render.Tile3, Width: 2},
		render.Shape{Path: render.CrownPath(250, 210, 20), Fill: render.Crown},
		render.Shape{Path: render.Move(280, 200).Line(320, 200), Stroke: render.Danger, Width: 2.5},
		render.Shape{Path: render.Arrow(320, 200, 1, 0, 7), Stroke: render.Danger, Width: 2.5, Round: true},
		render.Shape{Path: render.Drop(350, 185, 24), Fill: render.Link, Level: render.Near},
	)
	// A tile as pictures have it, one with an icon that does not exist, and areas that overlap.
	add(
		render.Shape{Path: render.Rect(20, 240, 140, 40, 6), Fill: render.Tile3},
		render.Icon{Name: "table", X: 30, Y: 252, Size: 16, Color: render.OnTile3},
		render.Text{X: 54, Y: 257, Size: 12, Weight: render.Medium, Color: render.OnTile3, Text: "Products"},
		render.Text{X: 54, Y: 271, Size: 10, Color: render.OnTile3, Text: "read write delete", Level: render.Near},
		render.Icon{Name: "no such icon", X: 180, Y: 248, Size: 24, Color: render.Muted, Level: render.Near},
		render.Icon{Name: "key", X: 220, Y: 244, Size: 32, Color: render.Ink},
	)
	s.Areas = []render.Area{
		{X: 0, Y: 0, W: 420, H: 50, Tip: "what it says"},
		{X: 20, Y: 240, W: 140, H: 40, Element: "res/Products", Tip: "Products <table>\nread, write & delete"},
		{X: 5, Y: 5, W: 0, H: 3, Tip: "nothing to point at"},
	}
	return s
}
