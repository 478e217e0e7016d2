package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// Tips is the layer above a window's content that tips are drawn on. Clicks go through it.
type Tips struct {
	layer *fyne.Container
	from  fyne.CanvasObject // that the tip is of
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

// tipsOf is the layer of the window that an object is in; nil where it has none.
func tipsOf(o fyne.CanvasObject) *Tips {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	root, ok := c.Content().(*fyne.Container)
	if top := c.Overlays().Top(); top != nil {
		// Above a dialog there is no layer of ours.
		return nil
	}
	if !ok {
		return nil
	}
	l, ok := root.Layout.(*tipLayout)
	if !ok {
		return nil
	}
	l.tips.layer, _ = root.Objects[1].(*fyne.Container)
	return &l.tips
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
	t.from = from
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
}

func (t *Tips) hide() {
	t.from = nil
	t.layer.Objects = nil
	t.layer.Refresh()
}
