package canvas

import (
	"image"
	"math"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/theme"
	"bulkhead/model"
	"bulkhead/render"
)

func scene() *render.Scene {
	return &render.Scene{Width: 800, Height: 400, Items: []render.Item{
		render.Shape{Path: render.Rect(0, 0, 800, 400, 0), Fill: render.Ground},
		render.Shape{Path: render.Rect(100, 100, 300, 200, 0), Fill: render.Water},
		render.Text{X: 120, Y: 130, Size: 14, Text: "Shop", Color: render.Ink},
	}, Areas: []render.Area{
		{X: 100, Y: 100, W: 300, H: 200, Element: "fn/Shop", Tip: "Shop, breached"},
		{X: 120, Y: 200, W: 100, H: 40, Element: "res/Orders", Tip: "Orders: read"},
		{X: 500, Y: 20, W: 100, H: 20, Tip: "only words"},
		{X: 600, Y: 370, W: 60, H: 15, Element: "fn/Shop", Leads: true},
	}}
}

func shown(t *testing.T) (*Canvas, fyne.Window) {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Light))
	c := New()
	w := test.NewWindow(c)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(800, 400))
	t.Cleanup(w.Close)
	c.SetScene(scene())
	c.paint(800, 400)
	return c, w
}

func at(x, y float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(x, y)} }

func TestClickSelectsTheTopmostThing(t *testing.T) {
	c, _ := shown(t)
	var got []model.ID
	c.OnSelect = func(id model.ID) { got = append(got, id) }
	for _, p := range []fyne.PointEvent{at(300, 150), at(150, 220), at(550, 30), at(10, 10)} {
		c.Tapped(&p)
	}
	if want := []model.ID{"fn/Shop", "res/Orders", "", ""}; !slices.Equal(got, want) {
		t.Errorf("selected %q, want %q", got, want)
	}
	menus := 0
	c.OnMenu = func(id model.ID, _ fyne.Position) {
		if id == "res/Orders" {
			menus++
		}
	}
	for _, p := range []fyne.PointEvent{at(150, 220), at(10, 10)} {
		c.TappedSecondary(&p)
	}
	if menus != 1 {
		t.Errorf("%d menus", menus)
	}
}

func TestWheelZoomsAtThePointer(t *testing.T) {
	c, _ := shown(t)
	p := at(300, 150)
	before := c.x + float64(p.Position.X)/c.zoom
	z := c.Zoom()
	c.Scrolled(&fyne.ScrollEvent{PointEvent: p, Scrolled: fyne.NewDelta(0, 25)})
	after := c.x + float64(p.Position.X)/c.zoom
	if c.Zoom() <= z || math.Abs(before-after) > 1e-6 {
		t.Errorf("zoom %g → %g, the point moved from %g to %g", z, c.Zoom(), before, after)
	}
	for range 200 {
		c.Scrolled(&fyne.ScrollEvent{PointEvent: p, Scrolled: fyne.NewDelta(0, 25)})
	}
	if c.Zoom() > maxZoom {
		t.Errorf("zoom %g", c.Zoom())
	}
}

func TestDragPansAndFitReturns(t *testing.T) {
	c, _ := shown(t)
	x, y, z := c.x, c.y, c.zoom
	c.Dragged(&fyne.DragEvent{PointEvent: at(100, 100), Dragged: fyne.NewDelta(40, -20)})
	if math.Abs(c.x-(x-40/z)) > 1e-6 || math.Abs(c.y-(y+20/z)) > 1e-6 {
		t.Errorf("dragged by 40, −20 it moved by %g, %g", (x-c.x)*z, (y-c.y)*z)
	}
	c.Dragged(&fyne.DragEvent{PointEvent: at(100, 100), Dragged: fyne.NewDelta(1e6, 1e6)})
	if w := float64(c.Size().Width) / c.zoom; c.x+w < 0 {
		t.Errorf("the picture is out of sight: x %g, %g wide", c.x, w)
	}
	c.Fit()
	if c.x != x || c.y != y || c.zoom != z {
		t.Errorf("fit: %g %g %g, want %g %g %g", c.x, c.y, c.zoom, x, y, z)
	}
}

func TestPointingAndSelectingPaintNothingAgain(t *testing.T) {
	c, w := shown(t)
	w.Canvas().Capture()
	n := c.paints
	for _, p := range []fyne.PointEvent{at(300, 150), at(150, 220), at(550, 30), at(10, 10)} {
		c.MouseMoved(&desktop.MouseEvent{PointEvent: p})
		c.paint(800, 400)
	}
	c.Select("fn/Shop")
	c.paint(800, 400)
	w.Canvas().Capture()
	if c.paints != n {
		t.Errorf("the picture was painted %d times more", c.paints-n)
	}
	c.ZoomBy(2)
	c.paint(800, 400)
	if c.paints == n {
		t.Error("zooming does not paint")
	}
}

func TestSelectionIsMarkedOnceWhereTheThingStands(t *testing.T) {
	c, _ := shown(t)
	c.Select("fn/Shop")
	r := test.WidgetRenderer(c).(*renderer)
	visible := 0
	for _, f := range r.selected {
		if f.Visible() {
			visible++
		}
	}
	if visible != 1 {
		t.Errorf("%d marks, want 1: a figure in the foot is not the thing", visible)
	}
	c.Select("")
	if r.selected[0].Visible() {
		t.Error("the mark stays")
	}
}

func TestThemeRepaints(t *testing.T) {
	c, _ := shown(t)
	light := c.paint(800, 400).At(5, 5)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Dark))
	if dark := c.paint(800, 400).At(5, 5); dark == light {
		t.Error("the picture keeps its light ground in the dark")
	}
}

func TestEmptyCanvasTakesEveryEvent(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Light))
	c := New()
	w := test.NewWindow(c)
	defer w.Close()
	c.OnSelect = func(model.ID) {}
	p := at(10, 10)
	c.Tapped(&p)
	c.Scrolled(&fyne.ScrollEvent{PointEvent: p, Scrolled: fyne.NewDelta(0, 9)})
	c.Dragged(&fyne.DragEvent{PointEvent: p, Dragged: fyne.NewDelta(9, 9)})
	c.MouseMoved(&desktop.MouseEvent{PointEvent: p})
	c.Fit()
	c.SetScene(&render.Scene{})
	c.Fit()
	c.paint(100, 100)
}

func BenchmarkPaint(b *testing.B) {
	a := test.NewApp()
	defer a.Quit()
	a.Settings().SetTheme(theme.New(theme.Light))
	c := New()
	c.Resize(fyne.NewSize(1280, 800))
	c.SetScene(scene())
	for b.Loop() {
		c.x += 0.1
		c.paint(1280, 800)
	}
}

// TestPlaceIsFree: a click at the place of a thing picks it, though another stands over its middle.
func TestPlaceIsFree(t *testing.T) {
	c, _ := shown(t)
	s := scene()
	s.Areas = append(s.Areas, render.Area{X: 150, Y: 150, W: 200, H: 120, Element: "res/Over"})
	c.SetScene(s)
	var got model.ID
	c.OnSelect = func(id model.ID) { got = id }
	for _, id := range []model.ID{"fn/Shop", "res/Over"} {
		p, ok := c.Place(id)
		if !ok {
			t.Fatalf("%s has no place", id)
		}
		c.Tapped(&fyne.PointEvent{Position: p})
		if got != id {
			t.Errorf("a click at the place of %s picks %q", id, got)
		}
	}
}

// TestCarrying: a thing that can be carried is taken up where it stands and put down on what is under it; anything else
// pans.
func TestCarrying(t *testing.T) {
	c, _ := shown(t)
	var got []string
	c.OnCarry = func(thing, from, onto model.ID, _ fyne.Position) {
		got = append(got, string(thing)+" out of "+string(from)+" onto "+string(onto))
	}
	c.Carries = func(id model.ID) bool { return id == "res/Orders" }
	c.CarryTip = func(thing, _, onto model.ID) string { return string(thing) + " → " + string(onto) }
	drag := func(x0, y0, x1, y1 float32) {
		for i := range 4 {
			at := fyne.NewPos(x0+(x1-x0)*float32(i+1)/4, y0+(y1-y0)*float32(i+1)/4)
			c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Dragged: fyne.NewDelta((x1-x0)/4, (y1-y0)/4)})
		}
		c.DragEnd()
	}
	x, y := c.x, c.y
	drag(150, 220, 10, 10)   // out of the bay
	drag(150, 220, 350, 150) // within it
	if c.x != x || c.y != y {
		t.Error("carrying moves the picture")
	}
	if want := []string{"res/Orders out of fn/Shop onto ", "res/Orders out of fn/Shop onto fn/Shop"}; !slices.Equal(got, want) {
		t.Errorf("carried %q, want %q", got, want)
	}
	drag(350, 150, 300, 100)
	if c.x == x && c.y == y || len(got) != 2 {
		t.Error("what cannot be carried does not pan")
	}
}

// TestCarryingTheBreach: its sign is taken up before what stands there, whatever else can be carried, and pans nothing.
func TestCarryingTheBreach(t *testing.T) {
	c, _ := shown(t)
	s := scene()
	s.Markers = []render.Area{{X: 110, Y: 110, W: 30, H: 30}}
	c.SetScene(s)
	c.Carries = func(model.ID) bool { return false }
	c.CarryTip = func(thing, _, onto model.ID) string { return string(thing) + " → " + string(onto) }
	drag := func(x0, y0, x1, y1 float32) {
		for i := range 4 {
			at := fyne.NewPos(x0+(x1-x0)*float32(i+1)/4, y0+(y1-y0)*float32(i+1)/4)
			c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Dragged: fyne.NewDelta((x1-x0)/4, (y1-y0)/4)})
		}
		c.DragEnd()
	}
	x := c.x
	drag(125, 125, 300, 150)
	if c.x == x {
		t.Error("where nobody takes it the sign is in the way of panning")
	}
	c.Fit()
	var got []model.ID
	c.OnCarry = func(thing, _, onto model.ID, _ fyne.Position) { got = append(got, thing, onto) }
	x = c.x
	drag(125, 125, 150, 220)
	drag(125, 125, 10, 10)
	if want := []model.ID{render.BreachMarker, "res/Orders", render.BreachMarker, ""}; !slices.Equal(got, want) || c.x != x {
		t.Errorf("carried %q, want %q; the picture moved: %v", got, want, c.x != x)
	}
}

// TestRise: on the way from one picture to the next the lower part is new and the upper as it was; in the end all is new.
func TestRise(t *testing.T) {
	c, _ := shown(t)
	next := scene()
	c.Rise(next) // the test's driver takes no time for it
	if c.Scene() != next || c.rising != nil {
		t.Errorf("risen it shows the new picture: %v, it still rises: %v", c.Scene() == next, c.rising != nil)
	}
	was, now := image.NewRGBA(image.Rect(0, 0, 60, 100)), image.NewRGBA(image.Rect(0, 0, 60, 100))
	for i := range now.Pix {
		now.Pix[i] = 200
	}
	r := &rise{from: was, frame: image.NewRGBA(was.Rect)}
	for _, level := range []float64{0, 0.3, 0.7, 1} {
		r.level = level
		got, fresh := r.over(now), 0
		for y := range 100 {
			for x := range 60 {
				if got.RGBAAt(x, y).A == 200 {
					fresh++
				}
				if y > 0 && got.RGBAAt(x, y).A < got.RGBAAt(x, y-1).A {
					t.Fatalf("at level %g the column %d is new above and old below", level, x)
				}
			}
		}
		if share := float64(fresh) / 6000; math.Abs(share-level) > 0.07 {
			t.Errorf("at level %g %.2f of it is new", level, share)
		}
	}
	if got := r.over(image.NewRGBA(image.Rect(0, 0, 30, 30))); got.Rect.Dx() != 30 {
		t.Error("a picture of another size rises")
	}
}

// TestWipe: two pictures share place and zoom; the line between them can be dragged.
func TestWipe(t *testing.T) {
	c, w := shown(t)
	other := &render.Scene{Width: 720, Height: 400, Items: []render.Item{render.Shape{Path: render.Rect(0, 0, 720, 400, 0), Fill: render.Danger}}}
	c.SetWipe(other)
	danger := theme.Palette().RGBA(render.Danger)
	red := func(x, y int) bool {
		r, g, b, _ := c.paint(800, 400).At(x, y).RGBA()
		return uint8(r>>8) == danger.R && uint8(g>>8) == danger.G && uint8(b>>8) == danger.B
	}
	if red(300, 200) || !red(500, 200) {
		t.Errorf("left of the line the other picture: %v, right of it: %v", red(300, 200), red(500, 200))
	}
	x := c.x
	c.Dragged(&fyne.DragEvent{PointEvent: at(220, 200), Dragged: fyne.NewDelta(-180, 0)})
	c.DragEnd()
	if c.x != x || red(150, 200) || !red(300, 200) {
		t.Errorf("dragged to 220, the line is at %g", c.wipe*800)
	}
	c.ZoomBy(1.5)
	if red(150, 200) || !red(300, 200) {
		t.Error("zooming moves the line")
	}
	c.SetWipe(nil)
	w.Canvas().Capture()
	if red(500, 200) {
		t.Error("the wipe stays")
	}
}

// TestOverview: a picture that would be too small to be read opens about the breach, with an overview that leads elsewhere; the
// whole is shown when it is asked for.
func TestOverview(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	c := New()
	w := test.NewWindow(c)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(fyne.NewSize(800, 500))
	s := &render.Scene{Width: 4000, Height: 1000, Markers: []render.Area{{X: 2990, Y: 490, W: 20, H: 20}}}
	c.SetScene(s)
	if c.Zoom() != home {
		t.Fatalf("it opens at %v", c.Zoom())
	}
	if p := c.On(3000, 500); p.X < 390 || p.X > 410 || p.Y < 240 || p.Y > 260 {
		t.Errorf("the breach is at %v", p)
	}
	at, size, ok := c.overview()
	if !ok {
		t.Fatal("there is no overview")
	}
	selected := false
	c.OnSelect = func(model.ID) { selected = true }
	c.Tapped(&fyne.PointEvent{Position: at.AddXY(size.Width*0.25, size.Height/2)})
	if p := c.On(1000, 500); selected || p.X < 390 || p.X > 410 {
		t.Errorf("a click on the overview leads to %v; it selects: %v", p, selected)
	}
	for range 4 {
		p := at.AddXY(size.Width*0.5, size.Height/2)
		c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p}, Dragged: fyne.NewDelta(3, 0)})
	}
	c.DragEnd()
	if p := c.On(2000, 500); p.X < 390 || p.X > 410 {
		t.Errorf("a drag on the overview leads to %v", p)
	}
	c.Fit()
	if _, _, ok := c.overview(); ok || c.Zoom() != 0.2 {
		t.Errorf("the whole is shown at %v, with an overview: %v", c.Zoom(), ok)
	}
	c.Resize(fyne.NewSize(1000, 500))
	if c.Zoom() != 0.25 {
		t.Errorf("the whole does not stay: %v", c.Zoom())
	}
	c.Home()
	if c.Zoom() != home {
		t.Errorf("home is at %v", c.Zoom())
	}
	c.SetScene(&render.Scene{Width: 900, Height: 500})
	if _, _, ok := c.overview(); ok || c.Zoom() < 0.9 {
		t.Errorf("a picture that fits is shown at %v, with an overview: %v", c.Zoom(), ok)
	}
}

// TestTurn: a picture that is too large to be seen whole turns to what is asked for, and stays there when it is drawn anew.
func TestTurn(t *testing.T) {
	c, _ := shown(t)
	if c.Turn("res/Orders") || !c.fitted {
		t.Error("a picture that is seen whole turns")
	}
	large := &render.Scene{Width: 8000, Height: 4000, Areas: []render.Area{{X: 7000, Y: 3500, W: 200, H: 100, Element: "fn/Far"}}}
	c.SetScene(large)
	c.Home()
	if !c.Turn("fn/Far") || c.Turn("fn/None") {
		t.Error("it does not turn to what it has, or to what it has not")
	}
	at, _ := c.Place("fn/Far")
	if at.X < 0 || at.Y < 0 || at.X > 800 || at.Y > 400 {
		t.Errorf("the thing is at %v, out of sight", at)
	}
	c.SetScene(&render.Scene{Width: 8000, Height: 4000, Areas: large.Areas})
	if again, _ := c.Place("fn/Far"); again != at {
		t.Errorf("drawn anew, the thing is at %v, and was at %v", again, at)
	}
}
