package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// An Option is one of those that a Picker offers, with what is to be known of it.
type Option struct{ Name, Note string }

// A Picker is a field that shows one of some options; a click, Space or Enter lists them, the arrows go through them.
type Picker struct {
	widget.BaseWidget
	Options  []Option
	OnChange func()

	at             int // of Options; -1: none
	off            bool
	hover, focused bool
}

var (
	_ fyne.Tappable      = (*Picker)(nil)
	_ fyne.Focusable     = (*Picker)(nil)
	_ fyne.Disableable   = (*Picker)(nil)
	_ desktop.Hoverable  = (*Picker)(nil)
	_ desktop.Cursorable = (*Picker)(nil)
)

// NewPicker shows the first of some options.
func NewPicker(options []Option, change func()) *Picker {
	p := &Picker{Options: options, OnChange: change}
	p.ExtendBaseWidget(p)
	return p
}

// At is which option is chosen, -1 where there is none.
func (p *Picker) At() int {
	if p.at >= len(p.Options) {
		return -1
	}
	return p.at
}

// Chosen is the name of the option that is chosen.
func (p *Picker) Chosen() string {
	if i := p.At(); i >= 0 {
		return p.Options[i].Name
	}
	return ""
}

// Set shows other options, of which one is chosen, and tells nobody.
func (p *Picker) Set(options []Option, at int) {
	p.Options, p.at = options, at
	p.Refresh()
}

// Choose chooses an option.
func (p *Picker) Choose(i int) {
	if i >= 0 && i < len(p.Options) && i != p.at {
		p.at = i
		p.Refresh()
		if p.OnChange != nil {
			p.OnChange()
		}
	}
}

// Enable lets a person choose.
func (p *Picker) Enable() { p.off = false; p.Refresh() }

// Disable lets nobody choose.
func (p *Picker) Disable() { p.off = true; p.Refresh() }

// Disabled reports whether nobody can choose.
func (p *Picker) Disabled() bool { return p.off }

// Tapped lists the options.
func (p *Picker) Tapped(*fyne.PointEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if p.off || c == nil || len(p.Options) == 0 {
		return
	}
	var items []*fyne.MenuItem
	for i, o := range p.Options {
		label := o.Name
		if o.Note != "" {
			label += "   " + o.Note
		}
		item := fyne.NewMenuItem(label, func() { p.Choose(i) })
		item.Checked = i == p.at
		items = append(items, item)
	}
	widget.ShowPopUpMenuAtRelativePosition(fyne.NewMenu("", items...), c, fyne.NewPos(0, p.Size().Height+3), p)
}

// FocusGained shows the focus.
func (p *Picker) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost hides it.
func (p *Picker) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune hands letters on to the window.
func (p *Picker) TypedRune(r rune) {
	if r != ' ' {
		handRune(p, r)
	}
}

// TypedKey lists the options, or goes to the one before or behind.
func (p *Picker) TypedKey(k *fyne.KeyEvent) {
	switch {
	case presses(k):
		p.Tapped(nil)
	case k.Name == fyne.KeyUp && !p.off:
		p.Choose(p.at - 1)
	case k.Name == fyne.KeyDown && !p.off:
		p.Choose(p.at + 1)
	default:
		handKey(p, k)
	}
}

// MouseIn lights the field up.
func (p *Picker) MouseIn(*desktop.MouseEvent) { p.hover = true; p.Refresh() }

// MouseMoved does nothing.
func (p *Picker) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (p *Picker) MouseOut() { p.hover = false; p.Refresh() }

// Cursor is a hand where there is something to choose.
func (p *Picker) Cursor() desktop.Cursor {
	if p.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// CreateRenderer draws the field.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	r := &pickerRenderer{p: p, ground: canvas.NewRectangle(nil), name: NewLabel("", body), note: NewLabel("", small.whole()), open: NewPicture("down", render.Muted, 14)}
	r.Refresh()
	return r
}

type pickerRenderer struct {
	p          *Picker
	ground     *canvas.Rectangle
	name, note *Label
	open       *Picture
}

func (r *pickerRenderer) MinSize() fyne.Size { return fyne.NewSize(120, 29) }

func (r *pickerRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	r.open.Move(fyne.NewPos(s.Width-26, (s.Height-14)/2))
	r.open.Resize(fyne.NewSize(14, 14))
	note := r.note.MinSize().Width
	if r.note.Text == "" {
		note = -8
	}
	name := min(float32(body.width(r.name.Text))+4, s.Width-10-34-note-8)
	h := body.lineHeight()
	r.name.Move(fyne.NewPos(7, (s.Height-h)/2))
	r.name.Resize(fyne.NewSize(max(0, name), h))
	r.note.Move(fyne.NewPos(7+name+8, (s.Height-small.lineHeight())/2))
	r.note.Resize(r.note.MinSize())
}

func (r *pickerRenderer) Refresh() {
	p := r.p
	o := Option{}
	if i := p.At(); i >= 0 {
		o = p.Options[i]
	}
	tone := render.None
	if p.off {
		tone = render.Muted
	}
	r.name.Set(o.Name, body.in(tone))
	r.note.SetText(o.Note)
	g := r.ground
	g.FillColor, g.StrokeColor, g.StrokeWidth, g.CornerRadius = theme.Color(render.Bilge), theme.Color(render.Line), 1, 6
	switch {
	case p.focused:
		g.StrokeColor, g.StrokeWidth = theme.Color(render.Link), 2
	case p.hover && !p.off:
		g.StrokeColor = theme.Color(render.Muted)
	}
	r.Layout(p.Size())
	g.Refresh()
	r.open.Refresh()
}

func (r *pickerRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.name, r.note, r.open}
}
func (r *pickerRenderer) Destroy() {}
