package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// newPage returns a column that scrolls, and the column.
func newPage(gap, x, y float32) (page, content *fyne.Container) {
	content = newColumn(gap)
	inner := &fyne.Container{Layout: &pageInner{inset: inset{x, y, x, y}}, Objects: []fyne.CanvasObject{content}}
	scroll := container.NewVScroll(inner)
	return &fyne.Container{Layout: &pageLayout{scroll: scroll, inner: inner}, Objects: []fyne.CanvasObject{scroll}}, content
}

// pageLayout tells the content how wide it will be before the scroll asks how high it is.
type pageLayout struct {
	scroll *container.Scroll
	inner  *fyne.Container
}

func (pageLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(120, 80) }

// heightFor is that of a page which need not scroll.
func (p *pageLayout) heightFor(_ []fyne.CanvasObject, width float32) float32 {
	return p.inner.Layout.(*pageInner).heightFor(p.inner.Objects, width)
}

func (p *pageLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	in := p.inner.Layout.(*pageInner)
	changed := in.width != s.Width
	in.width = s.Width
	o[0].Resize(s)
	if changed {
		p.scroll.Refresh()
	}
}

type pageInner struct {
	inset
	width float32
}

func (p *pageInner) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, p.heightFor(o, max(p.width, 60)))
}

// refill shows other objects on a page, from the top if asked.
func refill(page, content *fyne.Container, top bool, objects ...fyne.CanvasObject) {
	content.Objects = objects
	l := page.Layout.(*pageLayout)
	if top {
		l.scroll.Offset = fyne.Position{}
	}
	content.Refresh()
	l.inner.Refresh()
	l.scroll.Refresh()
}
