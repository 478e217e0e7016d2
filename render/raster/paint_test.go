package raster

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/scenetest"
)

// blackOnWhite lets what is painted be counted.
func blackOnWhite() *render.Palette {
	p := &render.Palette{Name: "test"}
	for i := range p.Colors {
		p.Colors[i] = color.NRGBA{A: 255}
	}
	p.Colors[render.Ground] = color.NRGBA{255, 255, 255, 255}
	return p
}

func paint(w, h int, scale float64, items ...render.Item) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	New().Paint(dst, &render.Scene{Width: float64(w) / scale, Height: float64(h) / scale, Items: items}, blackOnWhite(), Viewport{Scale: scale})
	return dst
}

// covered is the area in pixels that is painted black.
func covered(img *image.RGBA) float64 {
	sum := 0.0
	for i := 0; i < len(img.Pix); i += 4 {
		sum += float64(255-img.Pix[i]) / 255
	}
	return sum
}

func grey(img *image.RGBA, x, y int) int { return int(img.RGBAAt(x, y).R) }

func TestRectangle(t *testing.T) {
	img := paint(10, 10, 1, render.Shape{Path: render.Rect(2.5, 3, 4, 2.25, 0), Fill: render.Ink})
	for _, c := range []struct{ x, y, want int }{
		{1, 3, 255}, {2, 3, 128}, {3, 3, 0}, {5, 4, 0}, {6, 4, 128}, {7, 4, 255}, {4, 2, 255}, {4, 5, 191}, {2, 5, 223}, {4, 6, 255},
	} {
		if got := grey(img, c.x, c.y); got < c.want-1 || got > c.want+1 {
			t.Errorf("pixel %d,%d is %d, want %d", c.x, c.y, got, c.want)
		}
	}
	if img.RGBAAt(0, 0) != (color.RGBA{255, 255, 255, 255}) || img.RGBAAt(4, 4).A != 255 {
		t.Error("the picture is not opaque")
	}
}

// TestArea: what is painted has the area that geometry gives, wherever it lies and however it is cut by the edges.
func TestArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		scale := f("scale", 0.5, 3)
		x, y, r := f("x", -20, 120)/scale, f("y", -20, 120)/scale, f("r", 2, 60)/scale
		dst := paint(100, 100, scale, render.Shape{Path: render.Circle(x, y, r), Fill: render.Ink})
		want := 0.0
		for py := range 100 {
			for px := range 100 {
				// A fine grid in pixels that the edge may cross, and the middle in others.
				d := math.Hypot(float64(px)+0.5-x*scale, float64(py)+0.5-y*scale) - r*scale
				switch {
				case d < -1:
					want++
				case d < 1:
					for i := range 16 {
						if math.Hypot(float64(px)+(float64(i%4)+0.5)/4-x*scale, float64(py)+(float64(i/4)+0.5)/4-y*scale) < r*scale {
							want += 1.0 / 16
						}
					}
				}
			}
		}
		if got := covered(dst); math.Abs(got-want) > 1+want*0.01 {
			t.Fatalf("a circle of %v at %v,%v at scale %v covers %v pixels, not %v", r, x, y, scale, got, want)
		}
	})
}

func TestStroke(t *testing.T) {
	line := render.Move(20, 20).Line(80, 20)
	corner := render.Move(20, 20).Line(60, 20).Line(60, 60)
	for _, c := range []struct {
		name string
		s    render.Shape
		want float64
	}{
		{"butt", render.Shape{Path: line, Width: 6}, 360},
		{"round", render.Shape{Path: line, Width: 6, Round: true}, 360 + 9*math.Pi},
		{"slanting", render.Shape{Path: render.Move(20, 20).Line(80, 65), Width: 4}, 300},
		{"miter", render.Shape{Path: corner, Width: 10}, 800},
		{"round corner", render.Shape{Path: corner, Width: 10, Round: true}, 775 + 25*math.Pi/4 + 25*math.Pi},
		{"closed", render.Shape{Path: render.Rect(20, 20, 50, 40, 0), Width: 4}, 54*44 - 46*36},
		{"circle", render.Shape{Path: render.Circle(50, 50, 30), Width: 8}, math.Pi * (34*34 - 26*26)},
		{"dash", render.Shape{Path: line, Width: 6, Dash: []float64{10, 5}}, 240},
		{"odd dash", render.Shape{Path: line, Width: 6, Dash: []float64{10}}, 180},
		{"dots", render.Shape{Path: line, Width: 6, Dash: []float64{0, 10}, Round: true}, 5.9 * 9 * math.Pi}, // one at the end may be missing
		{"hair", render.Shape{Path: line, Width: 0.5}, 30},
		{"slanting hair", render.Shape{Path: render.Move(20, 20).Line(80, 65), Width: 0.5}, 37.5},
		{"steep hair", render.Shape{Path: render.Move(20, 20).Line(30, 95), Width: 0.4}, 0.4 * math.Hypot(10, 75)},
		{"point", render.Shape{Path: render.Move(50, 50), Width: 10, Round: true}, 25 * math.Pi},
		{"back and forth", render.Shape{Path: render.Move(20, 20).Line(80, 20).Line(20, 20), Width: 6}, 360},
		{"curve tighter than its width", render.Shape{Path: render.Circle(50, 50, 3), Width: 12, Round: true}, math.Pi * 81},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.s.Stroke = render.Ink
			if got := covered(paint(100, 100, 1, c.s)); math.Abs(got-c.want) > 2+c.want*0.02 {
				t.Errorf("covers %.1f pixels, want %.1f", got, c.want)
			}
		})
	}
}

func TestOpacityAndHatch(t *testing.T) {
	square := render.Rect(10, 10, 80, 80, 0)
	if got := covered(paint(100, 100, 1, render.Shape{Path: square, Fill: render.Ink, Opacity: 0.25})); math.Abs(got-1600) > 20 {
		t.Errorf("a quarter of opacity covers %v of 6400", got)
	}
	want := 6400 * render.HatchWidth / render.HatchPitch
	for _, scale := range []float64{0.4, 1, 2.5} {
		got := covered(paint(int(100*scale), int(100*scale), scale, render.Shape{Path: square, Hatch: render.Ink})) / scale / scale
		if math.Abs(got-want) > want*0.06 {
			t.Errorf("scale %v: the hatching covers %v of 6400, not %v", scale, got, want)
		}
	}
	img := paint(100, 100, 1, render.Shape{Path: square, Hatch: render.Ink})
	if grey(img, 5, 5) != 255 || grey(img, 95, 50) != 255 {
		t.Error("the hatching leaves its shape")
	}
	// Neighbours' lines meet: two halves are the same as the whole.
	halves := paint(100, 100, 1, render.Shape{Path: render.Rect(10, 10, 40, 80, 0), Hatch: render.Ink}, render.Shape{Path: render.Rect(50, 10, 40, 80, 0), Hatch: render.Ink})
	if !bytes.Equal(img.Pix, halves.Pix) {
		t.Error("two shapes side by side are hatched differently from one")
	}
}

// box is the pixels that are painted.
func box(img *image.RGBA) image.Rectangle {
	r := image.Rectangle{}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if grey(img, x, y) < 200 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestText(t *testing.T) {
	width := font.Metrics().Width("Hamburg", 40, render.Bold)
	for _, c := range []struct {
		anchor render.Anchor
		left   float64
	}{{render.Start, 200}, {render.Middle, 200 - width/2}, {render.End, 200 - width}} {
		b := box(paint(400, 100, 1, render.Text{X: 200, Y: 60, Size: 40, Weight: render.Bold, Anchor: c.anchor, Color: render.Ink, Text: "Hamburg"}))
		if math.Abs(float64(b.Min.X)-c.left) > 5 || math.Abs(float64(b.Max.X)-c.left-width) > 5 {
			t.Errorf("anchor %d: from %d to %d, want about %.0f to %.0f", c.anchor, b.Min.X, b.Max.X, c.left, c.left+width)
		}
		if b.Min.Y < 25 || b.Min.Y > 35 || b.Max.Y < 66 || b.Max.Y > 72 {
			t.Errorf("anchor %d: from %d down to %d, with the baseline at 60", c.anchor, b.Min.Y, b.Max.Y)
		}
	}
	for _, text := range []string{"漢", "\x1b", "🔥"} {
		if box(paint(60, 60, 1, render.Text{X: 10, Y: 40, Size: 30, Color: render.Ink, Text: text})).Empty() {
			t.Errorf("%q is drawn as nothing", text)
		}
	}
	plain := covered(paint(200, 60, 1, render.Text{X: 20, Y: 40, Size: 30, Color: render.Ink, Text: "halo"}))
	if halo := covered(paint(200, 60, 1, render.Text{X: 20, Y: 40, Size: 30, Color: render.Ink, Halo: render.Ink, Text: "halo"})); halo < plain*1.3 {
		t.Errorf("a halo of the same colour covers %v, the text alone %v", halo, plain)
	}
	// The same outline by way of the kept masks, and too large for them.
	small := covered(paint(800, 300, 1, render.Text{X: 20, Y: 200, Size: 155, Color: render.Ink, Text: "Bay"})) / 155 / 155
	large := covered(paint(800, 300, 1, render.Text{X: 20, Y: 200, Size: 180, Color: render.Ink, Text: "Bay"})) / 180 / 180
	if math.Abs(small-large) > 0.01 {
		t.Errorf("in em², %v at size 155 and %v at size 180", small, large)
	}
}

func TestDetail(t *testing.T) {
	items := func(l render.Level) []render.Item {
		return []render.Item{
			render.Shape{Path: render.Rect(10, 10, 20, 20, 0), Fill: render.Ink, Level: l},
			render.Text{X: 40, Y: 30, Size: 20, Color: render.Ink, Text: "text", Level: l},
			render.Icon{Name: "table", X: 10, Y: 40, Size: 24, Color: render.Ink, Level: l},
		}
	}
	for _, c := range []struct {
		level render.Level
		zoom  float64
		shown bool
	}{{render.Always, 0.1, true}, {render.Near, 0.3, false}, {render.Near, 0.6, true}, {render.Near, 0.57, false}, {render.Near, 1, true}, {render.Near, 4, true}, {render.Far, 0.3, true}, {render.Far, 0.6, false}} {
		dst := image.NewRGBA(image.Rect(0, 0, 100, 100))
		Paint(dst, &render.Scene{Items: items(c.level)}, blackOnWhite(), Viewport{Scale: 1, Zoom: c.zoom})
		if shown := covered(dst) > 0; shown != c.shown {
			t.Errorf("level %d at zoom %v: shown is %v", c.level, c.zoom, shown)
		}
	}
	// Small text is a bar, and smaller still nothing.
	text := render.Text{X: 10, Y: 60, Size: 10, Color: render.Ink, Text: "Products"}
	if got := covered(paint(50, 50, 0.3, text)); got == 0 {
		t.Error("text of three pixels is gone")
	}
	if got := covered(paint(50, 50, 0.1, text)); got != 0 {
		t.Error("text of one pixel is drawn")
	}
	if covered(paint(50, 50, 1, render.Icon{Name: "no such icon", X: 10, Y: 10, Size: 24, Color: render.Ink})) == 0 {
		t.Error("an icon that does not exist is drawn as nothing")
	}
}

// TestViewport: a part of a picture is the same as that part of the whole, at any number of processors.
func TestViewport(t *testing.T) {
	s := scenetest.All()
	for _, scale := range []float64{0.5, 1, 2} {
		whole := image.NewRGBA(image.Rect(0, 0, int(s.Width*scale), int(s.Height*scale)))
		Paint(whole, s, render.Light, Viewport{Scale: scale})
		for _, at := range []image.Point{{0, 0}, {37, 51}, {120, 90}} {
			part := image.NewRGBA(image.Rect(-5, 7, 75, 67)) // its own origin must not matter
			New().Paint(part, s, render.Light, Viewport{X: float64(at.X) / scale, Y: float64(at.Y) / scale, Scale: scale})
			worst := 0
			for y := range 60 {
				for x := range 80 {
					p := image.Pt(at.X+x, at.Y+y)
					if !p.In(whole.Rect) {
						continue
					}
					a, b := whole.RGBAAt(p.X, p.Y), part.RGBAAt(x-5, y+7)
					for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
						worst = max(worst, d, -d)
					}
				}
			}
			// Where an edge is cut moves its last bit.
			if worst > 3 {
				t.Errorf("scale %v: the part at %v differs from the whole by %d", scale, at, worst)
			}
		}
		before := runtime.GOMAXPROCS(1)
		again := image.NewRGBA(whole.Rect)
		New().Paint(again, s, render.Light, Viewport{Scale: scale})
		runtime.GOMAXPROCS(before)
		if !bytes.Equal(whole.Pix, again.Pix) {
			t.Errorf("scale %v: another painter with one processor paints another picture", scale)
		}
	}
}

// TestHostile: numbers that make no sense are neither a panic nor a long wait.
func TestHostile(t *testing.T) {
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, 1e18, 1e9, -1e7, 0, 5e-324}
	for _, a := range bad {
		for _, b := range bad {
			img := paint(64, 64, 1,
				render.Shape{Path: render.Move(a, b).Line(30, 30).Cubic(a, 1, 2, b, 40, 50).Close(), Fill: render.Ink, Stroke: render.Ink, Width: 3, Hatch: render.Ink, Dash: []float64{b, 1}},
				render.Shape{Path: render.Move(1, 2).Line(50, 60).Line(a, b), Stroke: render.Ink, Width: a, Dash: []float64{a, b}, Round: true, Opacity: b},
				render.Shape{Path: render.Path{{Op: render.ClosePath}, {Op: render.LineTo, X: 3, Y: a}, {Op: render.Op(77)}}, Fill: render.Ink},
				render.Text{X: a, Y: b, Size: 12, Color: render.Ink, Text: "text"}, render.Text{X: 10, Y: 10, Size: a, Color: render.Ink, Text: "text", Halo: render.Ink},
				render.Icon{Name: "table", X: a, Y: b, Size: 20, Color: render.Ink}, render.Icon{Name: "table", X: 5, Y: 5, Size: b, Color: render.Ink})
			for i := 3; i < len(img.Pix); i += 4 {
				if img.Pix[i] != 255 {
					t.Fatalf("with %v and %v the picture is not opaque", a, b)
				}
			}
			dst := image.NewRGBA(image.Rect(0, 0, 64, 64))
			Paint(dst, scenetest.All(), render.Light, Viewport{X: a, Y: b, Scale: 1})
			Paint(dst, scenetest.All(), render.Light, Viewport{Scale: a})
		}
	}
	Paint(image.NewRGBA(image.Rectangle{}), scenetest.All(), render.Light, Viewport{Scale: 1})
}

func ExamplePaint() {
	s := &render.Scene{Items: []render.Item{render.Shape{Path: render.Rect(0, 0, 10, 10, 0), Fill: render.Danger}}}
	dst := image.NewRGBA(image.Rect(0, 0, 40, 40))
	Paint(dst, s, render.Light, Viewport{X: -5, Y: -5, Scale: 2}) // the scene's corner at pixel 10,10
	fmt.Println(dst.RGBAAt(9, 9), dst.RGBAAt(10, 10))
	// Output: {246 248 250 255} {213 94 0 255}
}
