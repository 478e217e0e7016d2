package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A meter is a bar that is filled to a share.
type meter struct {
	widget.BaseWidget
	share float64
	tone  render.Color
}

func newMeter() *meter {
	m := &meter{tone: render.Tile2}
	m.ExtendBaseWidget(m)
	return m
}

// Set fills the bar.
func (m *meter) Set(share float64, tone render.Color) {
	m.share, m.tone = share, tone
	m.Refresh()
}

func (m *meter) CreateRenderer() fyne.WidgetRenderer {
	return &meterRenderer{m, canvas.NewRectangle(nil), canvas.NewRectangle(nil)}
}

type meterRenderer struct {
	m           *meter
	track, fill *canvas.Rectangle
}

func (r *meterRenderer) MinSize() fyne.Size { return fyne.NewSize(10, 6) }

func (r *meterRenderer) Layout(s fyne.Size) {
	r.track.Resize(s)
	r.fill.Resize(fyne.NewSize(s.Width*float32(r.m.share), s.Height))
}

func (r *meterRenderer) Refresh() {
	r.track.FillColor, r.track.CornerRadius = theme.Faded(render.Ink, 0.12), 3
	r.fill.FillColor, r.fill.CornerRadius = theme.Color(r.m.tone), 3
	r.fill.Hidden = r.m.share <= 0
	r.Layout(r.m.Size())
	r.track.Refresh()
	r.fill.Refresh()
}

func (r *meterRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.fill} }
func (r *meterRenderer) Destroy()                     {}
