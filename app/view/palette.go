package view

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A Command is one action of the window.
type Command struct {
	Menu, Name, Keys string
	Disabled         bool
	Run              func()
}

// A Palette finds a command by its words and runs it.
type Palette struct {
	Root   fyne.CanvasObject
	Search *paletteEntry
	OnRun  func(Command)

	all, shown []Command
	at         int // of shown, that Enter runs
	list       *widget.List
	none       *Label
}

// NewPalette lists commands.
func NewPalette(commands []Command) *Palette {
	p := &Palette{all: commands, none: NewLabel("", para)}
	p.Search = &paletteEntry{p: p}
	p.Search.ExtendBaseWidget(p.Search)
	p.Search.PlaceHolder = "What would you like to do?"
	p.Search.OnChanged = func(string) { p.filter() }
	p.Search.OnSubmitted = func(string) { p.run(p.at) }
	p.list = widget.NewList(func() int { return len(p.shown) }, func() fyne.CanvasObject { return newPaletteRow(p) }, func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(p.shown) {
			o.(*paletteRow).set(i)
		}
	})
	p.list.HideSeparators = true
	p.Root = container.NewBorder(newColumn(6, p.Search, p.none), nil, nil, nil, p.list)
	p.filter()
	return p
}

// filter shows the commands that have all words that were typed; those that can be run come first.
func (p *Palette) filter() {
	p.shown, p.at = nil, 0
	words := strings.Fields(strings.ToLower(p.Search.Text))
	for _, disabled := range []bool{false, true} {
	next:
		for _, c := range p.all {
			if c.Disabled != disabled {
				continue
			}
			text := strings.ToLower(c.Menu + " " + c.Name)
			for _, w := range words {
				if !strings.Contains(text, w) {
					continue next
				}
			}
			p.shown = append(p.shown, c)
		}
	}
	p.none.SetText("")
	if len(p.shown) == 0 {
		p.none.SetText("No action is called that.")
	}
	p.list.Refresh()
	p.list.ScrollToTop()
}

// Need is how high the palette is with a screenful of commands.
func (p *Palette) Need() float32 { return 43 + 13*32 }

func (p *Palette) move(by int) {
	if n := len(p.shown); n > 0 {
		p.at = min(n-1, max(0, p.at+by))
		p.list.ScrollTo(p.at)
		p.list.Refresh()
	}
}

func (p *Palette) run(i int) {
	if i < len(p.shown) && !p.shown[i].Disabled && p.OnRun != nil {
		p.OnRun(p.shown[i])
	}
}

// paletteEntry leads up and down through the list while it has the focus.
type paletteEntry struct {
	widget.Entry
	p *Palette
}

// TypedKey moves through the list.
func (e *paletteEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyUp:
		e.p.move(-1)
	case fyne.KeyDown:
		e.p.move(1)
	case fyne.KeyPageUp:
		e.p.move(-8)
	case fyne.KeyPageDown:
		e.p.move(8)
	default:
		if !escaped(e, k) {
			e.Entry.TypedKey(k)
		}
	}
}

type paletteRow struct {
	widget.BaseWidget
	p          *Palette
	at         int
	ground     *canvas.Rectangle
	name       *Label
	menu, keys *Label
}

var (
	_ fyne.Tappable      = (*paletteRow)(nil)
	_ desktop.Hoverable  = (*paletteRow)(nil)
	_ desktop.Cursorable = (*paletteRow)(nil)
)

func newPaletteRow(p *Palette) *paletteRow {
	r := &paletteRow{p: p, ground: canvas.NewRectangle(nil), name: NewLabel("", body), menu: NewLabel("", small), keys: NewLabel("", small.aligned(fyne.TextAlignTrailing))}
	r.ExtendBaseWidget(r)
	return r
}

func (r *paletteRow) set(at int) { r.at = at; r.Refresh() }

// Tapped runs the command.
func (r *paletteRow) Tapped(*fyne.PointEvent) { r.p.run(r.at) }

// Cursor is a hand where the command can be run.
func (r *paletteRow) Cursor() desktop.Cursor {
	if r.at < len(r.p.shown) && r.p.shown[r.at].Disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn makes the row the one that Enter runs.
func (r *paletteRow) MouseIn(*desktop.MouseEvent)    { r.p.at = r.at; r.p.list.Refresh() }
func (r *paletteRow) MouseMoved(*desktop.MouseEvent) {}
func (r *paletteRow) MouseOut()                      {}

func (r *paletteRow) CreateRenderer() fyne.WidgetRenderer { return &paletteRowRenderer{r} }

type paletteRowRenderer struct{ r *paletteRow }

func (w *paletteRowRenderer) MinSize() fyne.Size { return fyne.NewSize(300, 28) }

func (w *paletteRowRenderer) Layout(s fyne.Size) {
	const menu, keys = 64, 120
	w.r.ground.Resize(s)
	place := func(o fyne.CanvasObject, x, width float32) {
		o.Move(fyne.NewPos(x, (s.Height-body.lineHeight())/2))
		o.Resize(fyne.NewSize(max(0, width), body.lineHeight()))
	}
	place(w.r.menu, 10, menu)
	place(w.r.name, 10+menu, s.Width-menu-keys-20)
	place(w.r.keys, s.Width-keys-10, keys)
}

func (w *paletteRowRenderer) Refresh() {
	r := w.r
	if r.at >= len(r.p.shown) {
		return
	}
	c := r.p.shown[r.at]
	style := body
	if c.Disabled {
		style = body.in(render.Muted)
	}
	r.name.Set(c.Name, style)
	r.menu.SetText(c.Menu)
	r.keys.SetText(c.Keys)
	r.ground.CornerRadius = 5
	r.ground.FillColor = theme.Faded(render.Ink, 0)
	if r.at == r.p.at {
		r.ground.FillColor = theme.Faded(render.Tile2, 0.25)
	}
	w.Layout(r.Size())
	for _, o := range w.Objects() {
		o.Refresh()
	}
}

func (w *paletteRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{w.r.ground, w.r.menu, w.r.name, w.r.keys}
}

func (w *paletteRowRenderer) Destroy() {}
