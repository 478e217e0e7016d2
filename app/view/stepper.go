package view

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A Stepper is a slider with a notch for each hop of the water.
type Stepper struct {
	widget.BaseWidget
	OnChange func(int)

	at, most int
	focused  bool
}

var (
	_ fyne.Tappable     = (*Stepper)(nil)
	_ fyne.Draggable    = (*Stepper)(nil)
	_ fyne.Focusable    = (*Stepper)(nil)
	_ desktop.Hoverable = (*Stepper)(nil)
)

// NewStepper returns a slider without notches.
func NewStepper() *Stepper {
	s := &Stepper{}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows that the water stands at a hop of so many.
func (s *Stepper) Set(at, most int) {
	if s.at != at || s.most != most {
		s.at, s.most = at, most
		s.Refresh()
	}
}

const (
	stepperWidth = 190
	stepperLabel = 78
)

func (s *Stepper) step(at int) {
	at = max(1, min(s.most, at))
	if at != s.at && s.most > 1 {
		s.at = at
		s.Refresh()
		if s.OnChange != nil {
			s.OnChange(at)
		}
	}
}

func (s *Stepper) x(i int) float32 {
	if s.most < 2 {
		return stepperLabel + 8
	}
	return stepperLabel + 8 + float32(i-1)*(stepperWidth-stepperLabel-16)/float32(s.most-1)
}

func (s *Stepper) nearest(x float32) int {
	best := 1
	for i := 1; i <= s.most; i++ {
		if abs(s.x(i)-x) < abs(s.x(best)-x) {
			best = i
		}
	}
	return best
}

func abs(x float32) float32 { return max(x, -x) }

// Tapped goes to the notch that is nearest.
func (s *Stepper) Tapped(e *fyne.PointEvent) { s.step(s.nearest(e.Position.X)) }

// Dragged takes the water along.
func (s *Stepper) Dragged(e *fyne.DragEvent) { s.step(s.nearest(e.Position.X)) }

// DragEnd does nothing.
func (s *Stepper) DragEnd() {}

// FocusGained shows the focus.
func (s *Stepper) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides it.
func (s *Stepper) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune hands keys on to the window.
func (s *Stepper) TypedRune(r rune) {
	handRune(s, r)
}

// TypedKey steps by the arrow keys.
func (s *Stepper) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.step(s.at - 1)
	case fyne.KeyRight, fyne.KeyUp:
		s.step(s.at + 1)
	default:
		handKey(s, e)
	}
}

// MouseIn explains the slider.
func (s *Stepper) MouseIn(e *desktop.MouseEvent) {
	if s.most > 1 {
		showTip(s, "How far the water came: drag to see it rise hop by hop (← →)", e.AbsolutePosition)
	}
}

// MouseMoved does nothing.
func (s *Stepper) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (s *Stepper) MouseOut() { hideTip(s) }

// CreateRenderer draws the slider.
func (s *Stepper) CreateRenderer() fyne.WidgetRenderer {
	r := &stepperRenderer{s: s, label: NewLabel("", small.aligned(fyne.TextAlignTrailing)), track: canvas.NewRectangle(nil), done: canvas.NewRectangle(nil), knob: canvas.NewCircle(nil)}
	r.Refresh()
	return r
}

type stepperRenderer struct {
	s           *Stepper
	label       *Label
	track, done *canvas.Rectangle
	knob        *canvas.Circle
	notches     []*canvas.Circle
}

func (r *stepperRenderer) MinSize() fyne.Size {
	if r.s.most < 2 { // words alone
		return fyne.NewSize(float32(small.width(r.label.Text))+2, 22)
	}
	return fyne.NewSize(stepperWidth, 22)
}

func (r *stepperRenderer) Layout(size fyne.Size) {
	s := r.s
	mid := size.Height / 2
	r.label.Move(fyne.NewPos(0, mid-small.lineHeight()/2))
	w := float32(stepperLabel - 8)
	if s.most < 2 {
		w = size.Width
	}
	r.label.Resize(fyne.NewSize(w, small.lineHeight()))
	r.track.Move(fyne.NewPos(s.x(1), mid-1.5))
	r.track.Resize(fyne.NewSize(s.x(max(1, s.most))-s.x(1), 3))
	r.done.Move(fyne.NewPos(s.x(1), mid-1.5))
	r.done.Resize(fyne.NewSize(max(0, s.x(max(1, s.at))-s.x(1)), 3))
	for i, n := range r.notches {
		n.Move(fyne.NewPos(s.x(i+1)-4, mid-4))
		n.Resize(fyne.NewSize(8, 8))
	}
	r.knob.Move(fyne.NewPos(s.x(max(1, s.at))-7, mid-7))
	r.knob.Resize(fyne.NewSize(14, 14))
}

func (r *stepperRenderer) Refresh() {
	s := r.s
	text := ""
	switch {
	case s.most == 1:
		text = "all within 1 hop"
	case s.most > 1:
		text = fmt.Sprintf("hop %d of %d", s.at, s.most)
	}
	r.label.SetText(text)
	for len(r.notches) < s.most {
		r.notches = append(r.notches, canvas.NewCircle(nil))
	}
	r.notches = r.notches[:s.most]
	for i, n := range r.notches {
		n.FillColor = theme.Color(render.Line)
		if i < s.at {
			n.FillColor = theme.Color(render.Tile2)
		}
		n.Hidden = s.most < 2
	}
	r.track.FillColor, r.done.FillColor = theme.Color(render.Line), theme.Color(render.Tile2)
	r.knob.FillColor = theme.Color(render.Danger)
	r.knob.StrokeColor, r.knob.StrokeWidth = theme.Color(render.Panel), 2
	if s.focused {
		r.knob.StrokeColor = theme.Color(render.Link)
	}
	hide := s.most < 2
	r.track.Hidden, r.done.Hidden, r.knob.Hidden = hide, hide, hide
	r.Layout(s.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *stepperRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.track, r.done}
	for _, n := range r.notches {
		out = append(out, n)
	}
	return append(out, r.knob, r.label)
}

func (r *stepperRenderer) Destroy() {}
