package view

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A Sheet is a dialog on the dimmed window: a title, a sentence, a content, and buttons, the one that Enter presses last. Escape,
// the cross, and where nothing is asked a click beside it leave the sheet.
type Sheet struct {
	Title   string
	Lead    string            // what it is about, under the title
	Content fyne.CanvasObject // nil: none
	Width   float32           // of the whole; 0: 480. It gives way where the window is narrower
	Height  float32           // of a content that scrolls by itself; 0: as high as the content is. It gives way as well
	Bare    bool              // neither title nor cross: the content says all
	First   fyne.Focusable    // has the focus at first; nil: nothing has
	OnLeave func()            // asks before the sheet is left; nil: it is left

	others, actions []*Button // at the left, at the right
	canvas          fyne.Canvas
	root            *fyne.Container // nil while it is not shown
	body            *sheetBody
	onClosed        func()
}

// NewSheet returns a sheet with nothing to press.
func NewSheet(title, lead string, content fyne.CanvasObject) *Sheet {
	return &Sheet{Title: title, Lead: lead, Content: content}
}

// Leave adds a button that leaves the sheet as Escape does.
func (s *Sheet) Leave(label string) *Button { return s.action(label, Plain, s.Escape) }

// Act adds a button that puts the sheet away and then calls f.
func (s *Sheet) Act(label string, rank Rank, f func()) *Button {
	return s.action(label, rank, func() {
		s.Hide()
		f()
	})
}

// Stay adds a button that calls f and lets the sheet stand.
func (s *Sheet) Stay(label string, rank Rank, f func()) *Button { return s.action(label, rank, f) }

// Also adds a button at the left, beside the question: it puts the sheet away if it is to, and calls f.
func (s *Sheet) Also(label string, away bool, f func()) *Button {
	b := newSheetButton(label, Plain, func() {
		if away {
			s.Hide()
		}
		f()
	})
	s.others = append(s.others, b)
	return b
}

func (s *Sheet) action(label string, rank Rank, f func()) *Button {
	b := newSheetButton(label, rank, f)
	s.actions = append(s.actions, b)
	return b
}

func newSheetButton(label string, rank Rank, f func()) *Button {
	b := NewButton(label, "", rank, f)
	b.Height = sheetButton
	return b
}

// Buttons are all that can be pressed, from left to right.
func (s *Sheet) Buttons() []*Button { return slices.Concat(s.others, s.actions) }

// Show shows the sheet above everything else; closed, if not nil, is called when it was put away.
func (s *Sheet) Show(c fyne.Canvas, closed func()) {
	s.canvas, s.onClosed = c, closed
	s.body = s.make()
	scrim := newScrim(func() {
		if len(s.actions) == 0 {
			s.Escape()
		}
	})
	s.root = WithTips(&fyne.Container{Layout: sheetPlace{s}, Objects: []fyne.CanvasObject{scrim, s.body}})
	c.Overlays().Add(s.root)
	if s.First != nil {
		c.Focus(s.First)
	}
}

// Shown reports whether the sheet is to be seen.
func (s *Sheet) Shown() bool { return s.root != nil }

// Hide puts the sheet away.
func (s *Sheet) Hide() {
	if s.root == nil {
		return
	}
	root := s.root
	s.root = nil
	s.canvas.Overlays().Remove(root)
	if s.onClosed != nil {
		s.onClosed()
	}
}

// Escape leaves the sheet, or asks first.
func (s *Sheet) Escape() {
	if s.OnLeave != nil {
		s.OnLeave()
		return
	}
	s.Hide()
}

// Enter presses the button that the sheet is for, if it has one that can be pressed.
func (s *Sheet) Enter() {
	if n := len(s.actions); n > 0 && s.actions[n-1].Rank == Primary {
		s.actions[n-1].Tapped(nil)
	}
}

// Fit makes the sheet as large as its content is now.
func (s *Sheet) Fit() {
	if s.root != nil {
		place := s.root.Objects[0].(*fyne.Container)
		place.Layout.Layout(place.Objects, place.Size())
		s.body.Refresh()
	}
}

// Resize changes how large the sheet wants to be, and makes it so.
func (s *Sheet) Resize(width, height float32) {
	s.Width, s.Height = width, height
	s.Fit()
}

const (
	sheetWide   = 480
	sheetPad    = 24
	sheetAside  = 24 // from the window's edges
	sheetButton = 32
	sheetBleed  = 12 // of a content that scrolls, at both sides: its bar stands there
)

// sheetPlace dims the window and stands the sheet into its middle, a bare one nearer to the top.
type sheetPlace struct{ s *Sheet }

func (sheetPlace) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l sheetPlace) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	wide := l.s.Width
	if wide == 0 {
		wide = sheetWide
	}
	wide = min(wide, size.Width-2*sheetAside)
	high := min(l.s.body.want(wide), size.Height-2*sheetAside)
	y := (size.Height - high) / 2
	if l.s.Bare {
		y = min(y, size.Height*0.14)
	}
	// Whole points, or every line of it is blurred.
	o[1].Move(fyne.NewPos(float32(int((size.Width-wide)/2)), float32(int(y))))
	o[1].Resize(fyne.NewSize(wide, high))
}

// A sheetBody is the panel of a sheet with what stands on it.
type sheetBody struct {
	widget.BaseWidget
	s       *Sheet
	ground  *canvas.Rectangle
	title   *Label
	lead    fyne.CanvasObject
	cross   *Button
	content fyne.CanvasObject // nil: none
	bleeds  bool
}

func (s *Sheet) make() *sheetBody {
	b := &sheetBody{s: s, ground: canvas.NewRectangle(nil), title: NewLabel(s.Title, sheetTitle), lead: lines(s.Lead, sheetLead)}
	b.cross = NewButton("", "close", Quiet, s.Escape).withTip("Leave (Escape)")
	switch c, is := s.Content.(*fyne.Container); {
	case s.Content == nil:
	case s.Height != 0:
		b.content = s.Content
	case is && isPage(c):
		b.content, b.bleeds = s.Content, true
	default:
		page, content := newPage(0, sheetBleed, 2)
		refill(page, content, true, s.Content)
		b.content, b.bleeds = page, true
	}
	b.ExtendBaseWidget(b)
	return b
}

var (
	sheetTitle = Style{Size: 17, Weight: render.Bold, Lines: 2}
	sheetLead  = Style{Size: 13, Color: render.Muted, Lines: 12}
)

func isPage(c *fyne.Container) bool {
	_, is := c.Layout.(*pageLayout)
	return is
}

// parts are the heights of what stands on a panel of a width: title, lead, content, buttons, and the gaps between them.
func (b *sheetBody) parts(wide float32) (head, content, foot float32) {
	inner := wide - 2*sheetPad
	if !b.s.Bare {
		head = 22 + heightOf(b.title, inner-40)
		if b.s.Lead != "" {
			head += 6 + heightOf(b.lead, inner)
		}
		head += 16
	} else {
		head = 14
	}
	switch {
	case b.content == nil:
		head -= 4
	case b.s.Height != 0:
		content = b.s.Height
	default:
		content = heightOf(b.content, inner+2*sheetBleed)
	}
	foot = 22
	if len(b.s.others)+len(b.s.actions) > 0 {
		foot = 20 + sheetButton + 20
	} else if b.s.Bare {
		foot = 14
	}
	return head, content, foot
}

func (b *sheetBody) want(wide float32) float32 {
	head, content, foot := b.parts(wide)
	return head + content + foot
}

func (b *sheetBody) CreateRenderer() fyne.WidgetRenderer {
	r := &sheetRenderer{b: b}
	r.objects = append(r.objects, b.ground)
	if b.content != nil {
		r.objects = append(r.objects, b.content)
	}
	for _, x := range b.s.Buttons() {
		r.objects = append(r.objects, x)
	}
	if !b.s.Bare {
		r.objects = append(r.objects, b.title, b.lead, b.cross)
	}
	r.look()
	return r
}

type sheetRenderer struct {
	b       *sheetBody
	objects []fyne.CanvasObject
}

func (r *sheetRenderer) look() {
	g := r.b.ground
	g.FillColor, g.StrokeColor, g.StrokeWidth, g.CornerRadius = theme.Sheet(), theme.Color(render.Line), 1, 12
	g.Shadow = canvas.Shadow{Color: theme.Shadow(), BlurRadius: 28, Offset: fyne.NewPos(0, 8)}
}

func (r *sheetRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

func (r *sheetRenderer) Layout(size fyne.Size) {
	b := r.b
	b.ground.Resize(size)
	inner := size.Width - 2*sheetPad
	head, _, foot := b.parts(size.Width)
	if !b.s.Bare {
		h := heightOf(b.title, inner-40)
		b.title.Move(fyne.NewPos(sheetPad, 22))
		b.title.Resize(fyne.NewSize(inner-40, h))
		b.cross.Move(fyne.NewPos(size.Width-sheetPad-22, 16))
		b.cross.Resize(b.cross.MinSize())
		b.lead.Move(fyne.NewPos(sheetPad, 22+h+6))
		b.lead.Resize(fyne.NewSize(inner, heightOf(b.lead, inner)))
	}
	if b.content != nil {
		x, w := float32(sheetPad), inner
		switch {
		case b.bleeds:
			x, w = x-sheetBleed, w+2*sheetBleed
		case b.s.Bare:
			x, w = 14, size.Width-28
		}
		b.content.Move(fyne.NewPos(x, head))
		b.content.Resize(fyne.NewSize(w, max(0, size.Height-head-foot)))
	}
	y := size.Height - 20 - sheetButton
	x := float32(sheetPad)
	for _, o := range b.s.others {
		o.Resize(o.MinSize())
		o.Move(fyne.NewPos(x, y))
		x += o.MinSize().Width + 8
	}
	x = size.Width - sheetPad
	for _, o := range slices.Backward(b.s.actions) {
		least := o.MinSize().Max(fyne.NewSize(84, 0))
		x -= least.Width
		o.Resize(least)
		o.Move(fyne.NewPos(x, y))
		x -= 8
	}
}

func (r *sheetRenderer) Refresh() {
	r.look()
	r.b.title.SetText(r.b.s.Title)
	r.Layout(r.b.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}

func (r *sheetRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *sheetRenderer) Destroy()                     {}

// A scrim dims what is behind a sheet.
type scrim struct {
	widget.BaseWidget
	tap func()
}

var (
	_ fyne.Tappable      = (*scrim)(nil)
	_ desktop.Cursorable = (*scrim)(nil)
)

func newScrim(tap func()) *scrim {
	s := &scrim{tap: tap}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped is a click beside the sheet.
func (s *scrim) Tapped(*fyne.PointEvent) { s.tap() }

// Cursor is the usual arrow.
func (s *scrim) Cursor() desktop.Cursor { return desktop.DefaultCursor }

// CreateRenderer dims.
func (s *scrim) CreateRenderer() fyne.WidgetRenderer {
	return &scrimRenderer{canvas.NewRectangle(theme.Scrim())}
}

type scrimRenderer struct{ r *canvas.Rectangle }

func (r *scrimRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *scrimRenderer) Layout(s fyne.Size)           { r.r.Resize(s) }
func (r *scrimRenderer) Refresh()                     { r.r.FillColor = theme.Scrim(); r.r.Refresh() }
func (r *scrimRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.r} }
func (r *scrimRenderer) Destroy()                     {}

// NewWords is some sentences for a sheet, each line for itself.
func NewWords(text string) fyne.CanvasObject { return lines(text, Style{Size: 13, Lines: 20}) }

func lines(text string, style Style) fyne.CanvasObject {
	out := newColumn(6)
	for _, line := range strings.Split(text, "\n") {
		if line == "" {
			out.Add(newFixed(0, 4, NewLabel("", body)))
			continue
		}
		out.Add(NewText(line, style))
	}
	return out
}
