package view

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// Progress is a note over the window that says what goes on, and can end it.
type Progress struct {
	Root     *fyne.Container
	OnCancel func()
	Still    func() bool // motion is off; nil: it is on

	text   *Label
	tide   *tide
	cancel *Button
}

// NewProgress returns a hidden note.
func NewProgress() *Progress {
	p := &Progress{text: NewLabel("", small.in(render.Ink).whole()), tide: newTide()}
	p.cancel = NewButton("Cancel", "", Plain, func() {
		if p.OnCancel != nil {
			p.OnCancel()
		}
	}).withTip("End this; nothing is changed by it")
	p.cancel.Height = 24
	note := newBehind(NewGround(render.Panel, render.Line, 8), newInset(14, 7, newLine(12, 1, p.text, newInset(0, 9, p.tide), p.cancel)))
	p.Root = &fyne.Container{Layout: noteLayout{}, Objects: []fyne.CanvasObject{note}}
	p.Root.Hide()
	return p
}

// Set says what goes on; "" hides the note.
func (p *Progress) Set(doing string) {
	if doing == "" {
		p.tide.stop()
		p.Root.Hide()
		return
	}
	p.text.SetText(doing + "…")
	if p.Still == nil || !p.Still() {
		p.tide.start()
	}
	p.Root.Show()
	p.Root.Refresh()
}

// noteLayout stands a note at the top, in the middle.
type noteLayout struct{}

func (noteLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (noteLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	m := o[0].MinSize()
	w := min(max(m.Width+160, 380), s.Width-24)
	o[0].Resize(fyne.NewSize(w, m.Height))
	o[0].Move(fyne.NewPos((s.Width-w)/2, 10))
}

// A tide is a bar along which a wave goes, to and fro: something goes on, nobody knows how long. It moves a few times a second:
// each move paints the whole window again, and the processors have better to do.
type tide struct {
	widget.BaseWidget
	at   float32 // 0 to 2: there and back
	quit chan struct{}
}

const (
	tideBeat = 120 * time.Millisecond
	tideStep = 0.08
)

func newTide() *tide {
	t := &tide{}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tide) start() {
	if t.quit != nil {
		return
	}
	quit := make(chan struct{})
	t.quit = quit
	go func() {
		tick := time.NewTicker(tideBeat)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			fyne.Do(func() {
				if t.quit == quit {
					t.at += tideStep
					if t.at >= 2 {
						t.at -= 2
					}
					t.Refresh()
				}
			})
		}
	}()
}

func (t *tide) stop() {
	if t.quit != nil {
		close(t.quit)
		t.quit = nil
	}
}

func (t *tide) CreateRenderer() fyne.WidgetRenderer {
	return &tideRenderer{t, canvas.NewRectangle(nil), canvas.NewRectangle(nil)}
}

type tideRenderer struct {
	t           *tide
	track, wave *canvas.Rectangle
}

func (r *tideRenderer) MinSize() fyne.Size { return fyne.NewSize(60, 6) }

func (r *tideRenderer) Layout(s fyne.Size) {
	at := r.t.at
	if at > 1 {
		at = 2 - at
	}
	wide := s.Width * 0.3
	r.track.Resize(s)
	r.wave.Resize(fyne.NewSize(wide, s.Height))
	r.wave.Move(fyne.NewPos((s.Width-wide)*at, 0))
}

func (r *tideRenderer) Refresh() {
	r.track.FillColor, r.wave.FillColor = theme.Color(render.Bilge), theme.Color(render.Tile2)
	r.track.CornerRadius, r.wave.CornerRadius = 3, 3
	r.Layout(r.t.Size())
	r.track.Refresh()
	r.wave.Refresh()
}

func (r *tideRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.wave} }
func (r *tideRenderer) Destroy()                     { r.t.stop() }
