package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/render"
)

// A Tick is a box with words behind it; a click on either ticks it.
type Tick struct {
	widget.BaseWidget
	Checked  bool
	Disabled bool
	OnChange func(on bool)

	mark  *mark
	label *Label
}

var (
	_ fyne.Tappable      = (*Tick)(nil)
	_ desktop.Cursorable = (*Tick)(nil)
)

// NewTick returns a box that is not ticked.
func NewTick(text string, change func(on bool)) *Tick {
	t := &Tick{OnChange: change, label: NewLabel(text, body.whole())}
	t.mark = newMark(false, false, func() { t.Tapped(nil) })
	t.ExtendBaseWidget(t)
	return t
}

// Text is what stands behind the box.
func (t *Tick) Text() string { return t.label.Text }

// SetChecked ticks the box or not, as a click does.
func (t *Tick) SetChecked(on bool) {
	if t.Checked != on {
		t.Checked = on
		t.Refresh()
		if t.OnChange != nil {
			t.OnChange(on)
		}
	}
}

// Tapped ticks the box, or takes the tick away.
func (t *Tick) Tapped(*fyne.PointEvent) {
	if !t.Disabled {
		t.SetChecked(!t.Checked)
	}
}

// Cursor is a hand where there is something to tick.
func (t *Tick) Cursor() desktop.Cursor {
	if t.Disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// CreateRenderer draws box and words.
func (t *Tick) CreateRenderer() fyne.WidgetRenderer {
	r := &tickRenderer{t}
	r.Refresh()
	return r
}

type tickRenderer struct{ t *Tick }

// tickLead is where the words begin; the box itself keeps a distance at its left, which is given back.
const tickLead = 26

func (r *tickRenderer) MinSize() fyne.Size {
	if r.t.label.Text == "" {
		return fyne.NewSize(18, 24)
	}
	return fyne.NewSize(tickLead+r.t.label.MinSize().Width, 24)
}

func (r *tickRenderer) Layout(s fyne.Size) {
	m := r.t.mark.MinSize()
	r.t.mark.Move(fyne.NewPos(-7, (s.Height-m.Height)/2))
	r.t.mark.Resize(m)
	h := body.lineHeight()
	r.t.label.Move(fyne.NewPos(tickLead, (s.Height-h)/2))
	r.t.label.Resize(fyne.NewSize(max(0, s.Width-tickLead), h))
}

func (r *tickRenderer) Refresh() {
	t := r.t
	t.mark.on = t.Checked
	tone := render.None
	if t.Disabled {
		tone = render.Muted
	}
	t.label.Set(t.label.Text, body.whole().in(tone))
	t.mark.Refresh()
}

func (r *tickRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.mark, r.t.label}
}
func (r *tickRenderer) Destroy() {}
