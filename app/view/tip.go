package view

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// Tips is the layer above a window's content that tips are drawn on. Clicks go through it.
type Tips struct {
	layer *fyne.Container
	from  fyne.CanvasObject // that the tip is of
	place fyne.Position     // of from in the window when the tip was shown
	turn  int               // counts the tips that were shown
}

// WithTips lays a layer for tips over the content of a window.
func WithTips(content fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &tipLayout{}, Objects: []fyne.CanvasObject{content, &fyne.Container{}}}
}

type tipLayout struct{ tips Tips }

func (*tipLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (*tipLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// tipsOf is the layer of the window, or of its topmost dialog, that an object is in; nil where it has none.
func tipsOf(o fyne.CanvasObject) *Tips {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
		if p, ok := top.(*widget.PopUp); ok {
			root = p.Content
		}
	}
	return tipsIn(root)
}

func tipsIn(o fyne.CanvasObject) *Tips {
	c, ok := o.(*fyne.Container)
	if !ok {
		return nil
	}
	if l, ok := c.Layout.(*tipLayout); ok {
		l.tips.layer, _ = c.Objects[1].(*fyne.Container)
		return &l.tips
	}
	for _, x := range c.Objects {
		if t := tipsIn(x); t != nil {
			return t
		}
	}
	return nil
}

const (
	tipWidth = 380
	tipLines = 8
)

func showTip(o fyne.CanvasObject, text string, at fyne.Position) {
	if t := tipsOf(o); t != nil {
		t.show(o, text, at)
	}
}

func hideTip(o fyne.CanvasObject) {
	if t := tipsOf(o); t != nil && t.from == o {
		t.hide()
	}
}

// ShowTip shows a text beside a place of the window, given from the window's top left; it belongs to o.
func ShowTip(o fyne.CanvasObject, text string, at fyne.Position) { showTip(o, text, at) }

// HideTip hides the tip of o, if it is shown.
func HideTip(o fyne.CanvasObject) { hideTip(o) }

func (t *Tips) show(from fyne.CanvasObject, text string, at fyne.Position) {
	t.from, t.place = from, placeOf(from)
	t.turn++
	at = at.Subtract(placeOf(t.layer))
	s := Style{Size: 12, Color: render.Panel, Lines: tipLines}
	lines := s.wrap(text, tipWidth)
	w := float32(0)
	for _, l := range lines {
		w = max(w, float32(s.width(l)))
	}
	size := fyne.NewSize(w+20, float32(len(lines))*s.lineHeight()+10)
	ground := canvas.NewRectangle(theme.Color(render.Ink))
	ground.CornerRadius = 5
	place := t.layer.Size()
	x, y := at.X+12, at.Y+18
	if x+size.Width > place.Width-4 {
		x = fyne.Max(4, place.Width-4-size.Width)
	}
	if y+size.Height > place.Height-4 {
		y = at.Y - size.Height - 8
	}
	ground.Move(fyne.NewPos(x, y))
	ground.Resize(size)
	objects := []fyne.CanvasObject{ground}
	for i, l := range lines {
		o := canvas.NewText(l, theme.Color(render.Panel))
		o.TextSize, o.FontSource = s.size(), theme.Font(render.Regular)
		o.Move(fyne.NewPos(x+10, y+5+float32(i)*s.lineHeight()))
		o.Resize(fyne.NewSize(w, s.lineHeight()))
		objects = append(objects, o)
	}
	t.layer.Objects = objects
	t.layer.Refresh()
	t.follow(t.turn)
}

// tipCheck is how often a tip looks whether its object still stands where it stood.
const tipCheck = 120 * time.Millisecond

// follow hides the tip when its object moves away from under the pointer: nothing tells of that while a list scrolls.
func (t *Tips) follow(turn int) {
	soon(tipCheck, func() {
		switch {
		case t.turn != turn || t.from == nil:
		case placeOf(t.from) != t.place || tipsOf(t.from) != t:
			t.hide()
		default:
			t.follow(turn)
		}
	})
}

func placeOf(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}

func (t *Tips) hide() {
	t.from = nil
	t.layer.Objects = nil
	t.layer.Refresh()
}
