package view

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/model"
	"bulkhead/render"
)

// An OutlinePanel lists the design and finds things in it.
type OutlinePanel struct {
	Root     fyne.CanvasObject
	Search   *SearchEntry
	OnSelect func(model.ID)
	OnGroup  func() // the other grouping is asked for

	group    *Link
	rows     []Row
	names    *render.Names // of the rows
	shown    []Row
	selected model.ID
	list     *Reel
	none     *Label
	notes    *fyne.Container
}

// NewOutline returns an empty outline.
func NewOutline() *OutlinePanel {
	p := &OutlinePanel{Search: newSearch("Search (Ctrl+F)")}
	p.none = NewLabel("", para.aligned(fyne.TextAlignCenter))
	p.none.Hide()
	p.list = NewReel()
	p.list.Length = func() int { return len(p.shown) }
	p.list.Height = func(i int) float32 { return rowHeight(p.shown[i]) }
	p.list.New = func() fyne.CanvasObject { return newOutlineRow(p) }
	p.list.Fill = func(i int, o fyne.CanvasObject) {
		o.(*outlineRow).set(p.shown[i], p.shown[i].ID == p.selected && p.selected != "")
	}
	p.list.Takes = func(i int) bool { return p.shown[i].ID != "" }
	p.list.OnTaken = func(i int) {
		if p.OnSelect != nil {
			p.OnSelect(p.shown[i].ID)
		}
	}
	p.notes = newColumn(2)
	p.group = NewLink("", small.in(render.Link), func() {
		if p.OnGroup != nil {
			p.OnGroup()
		}
	})
	p.group.Hide()
	p.Search.OnChanged = func(string) { p.filter() }
	p.Search.onDone = func() { // Enter takes the first that was found
		for _, r := range p.shown {
			if r.ID != "" && p.OnSelect != nil {
				p.OnSelect(r.ID)
				if c := fyne.CurrentApp().Driver().CanvasForObject(p.Search); c != nil {
					c.Unfocus() // what comes next are keys of the window
				}
				return
			}
		}
	}
	p.Root = &fyne.Container{Layout: outlineLayout{}, Objects: []fyne.CanvasObject{
		newInset(12, 10, newColumn(6, p.Search, p.group)), newBehind(p.list, newInset(16, 12, p.none)), newInset(14, 8, p.notes)}}
	return p
}

// outlineLayout: search on top, notes below, the list between.
type outlineLayout struct{}

func (outlineLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(160, 200) }

func (outlineLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	top, foot := heightOf(o[0], s.Width), heightOf(o[2], s.Width)
	if len(o[2].(*fyne.Container).Objects[0].(*fyne.Container).Objects) == 0 {
		foot = 0
	}
	o[0].Resize(fyne.NewSize(s.Width, top))
	o[1].Move(fyne.NewPos(0, top))
	o[1].Resize(fyne.NewSize(s.Width, s.Height-top-foot))
	o[2].Move(fyne.NewPos(0, s.Height-foot))
	o[2].Resize(fyne.NewSize(s.Width, foot))
}

// Set shows rows.
func (p *OutlinePanel) Set(rows []Row) {
	if len(rows) > 0 && len(rows) == len(p.rows) && &rows[0] == &p.rows[0] {
		return
	}
	was := p.index(p.selected)
	p.rows, p.names = rows, namesOf(rows)
	p.filter()
	if is := p.index(p.selected); is != was {
		p.reveal(is)
	}
}

// namesOf are the names of rows.
func namesOf(rows []Row) *render.Names {
	var names render.Names
	for _, r := range rows {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return &names
}

// SetStacks offers to group the rows by so many stacks, or to list them together again; nothing of one stack.
func (p *OutlinePanel) SetStacks(n int, grouped bool) {
	text := "Group by " + plural(n, "stack") + " (G)"
	if grouped {
		text = "List all stacks together (G)"
	}
	if show := n > 1; show == p.group.Visible() && text == p.group.Text {
		return
	} else if show {
		p.group.SetText(text)
		p.group.Show()
	} else {
		p.group.Hide()
	}
	p.Root.(*fyne.Container).Layout.Layout(p.Root.(*fyne.Container).Objects, p.Root.Size())
	p.Root.Refresh()
}

// index is where an element's row is, -1 if it has none.
func (p *OutlinePanel) index(id model.ID) int {
	return slices.IndexFunc(p.shown, func(r Row) bool { return r.ID == id && id != "" })
}

func (p *OutlinePanel) reveal(i int) {
	switch {
	case i < 0:
	case i <= 1:
		p.list.ScrollTo(0) // with the heading
	default:
		p.list.Reveal(i)
	}
}

// A Note is a line below the outline: what is wrong, and what to do about it.
type Note struct {
	Text, Action string
	OnTap        func()
}

// SetNotes shows lines below the list.
func (p *OutlinePanel) SetNotes(notes ...Note) {
	var lines []fyne.CanvasObject
	for _, n := range notes {
		lines = append(lines, &fyne.Container{Layout: &tallLine{line{6, 0}}, Objects: []fyne.CanvasObject{
			NewText(n.Text, section.in(render.Danger).lines(3)), NewLink(n.Action, small.in(render.Link).whole(), n.OnTap)}})
	}
	p.notes.Objects = lines
	p.notes.Refresh()
	p.Root.(*fyne.Container).Layout.Layout(p.Root.(*fyne.Container).Objects, p.Root.Size())
}

func (p *OutlinePanel) filter() {
	p.shown = Search(p.rows, p.Search.Text)
	switch {
	case len(p.shown) > 0:
		p.none.Hide()
	case len(p.rows) == 0:
		p.none.SetText("Nothing in this design.")
		p.none.Show()
	default:
		p.none.SetText("Nothing is called “" + p.Search.Text + "”.")
		p.none.Show()
	}
	p.list.Refresh()
}

// Select marks the row of an element and brings it into view.
func (p *OutlinePanel) Select(id model.ID) {
	if p.selected == id {
		return
	}
	was := p.index(p.selected)
	p.selected = id
	p.list.RefreshRow(was)
	p.list.RefreshRow(p.index(id))
	p.reveal(p.index(id))
}

func rowHeight(r Row) float32 {
	switch r.Place {
	case Section:
		return 30
	case Bay:
		return 42
	case Guest, Way:
		return 40
	case Thing, Mention:
	}
	return 26
}

// outlineRow draws any Row.
type outlineRow struct {
	widget.BaseWidget
	panel *OutlinePanel
	row   Row
	on    bool
	hover bool

	ground        *canvas.Rectangle
	icon, crown   *canvas.Image
	name, caption *Label
	figure        *Label
	track, bar    *canvas.Rectangle
}

var (
	_ fyne.Tappable      = (*outlineRow)(nil)
	_ desktop.Hoverable  = (*outlineRow)(nil)
	_ desktop.Cursorable = (*outlineRow)(nil)
)

func newOutlineRow(p *OutlinePanel) *outlineRow {
	r := &outlineRow{panel: p, ground: canvas.NewRectangle(nil), icon: canvas.NewImageFromResource(nil), crown: canvas.NewImageFromResource(nil),
		name: NewLabel("", body), caption: NewLabel("", small), figure: NewLabel("", small), track: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil)}
	r.icon.FillMode, r.crown.FillMode = canvas.ImageFillContain, canvas.ImageFillContain
	r.ExtendBaseWidget(r)
	return r
}

func (r *outlineRow) set(row Row, on bool) {
	r.row, r.on = row, on
	r.Refresh()
}

// Tapped selects the element.
func (r *outlineRow) Tapped(*fyne.PointEvent) {
	if r.row.ID != "" && r.panel.OnSelect != nil {
		r.panel.OnSelect(r.row.ID)
	}
}

// MouseIn lights the row up and shows the whole name.
func (r *outlineRow) MouseIn(e *desktop.MouseEvent) {
	r.hover = true
	r.Refresh()
	if r.name.cut || r.caption.cut || r.row.Hint != "" {
		tip := r.row.Name
		if caption := cmp.Or(r.row.Hint, r.row.Caption); caption != "" {
			tip += " · " + caption
		}
		showTip(r, tip, e.AbsolutePosition)
	}
}

// MouseMoved does nothing.
func (r *outlineRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (r *outlineRow) MouseOut() {
	r.hover = false
	r.Refresh()
	hideTip(r)
}

// Cursor is a hand over elements.
func (r *outlineRow) Cursor() desktop.Cursor {
	if r.row.ID != "" {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (r *outlineRow) CreateRenderer() fyne.WidgetRenderer { return &outlineRowRenderer{r} }

type outlineRowRenderer struct{ r *outlineRow }

func (w *outlineRowRenderer) MinSize() fyne.Size { return fyne.NewSize(60, 26) }

const (
	barWidth   = 60
	shareWidth = 44 // of the figure beside the bar
)

func (w *outlineRowRenderer) Layout(size fyne.Size) {
	r := w.r
	r.ground.Move(fyne.NewPos(6, 1))
	r.ground.Resize(fyne.NewSize(size.Width-12, size.Height-2))
	right := size.Width - 16
	fw := float32(0)
	if r.row.Figure != "" {
		fw = float32(small.width(r.row.Figure)) + 6
	}
	x := float32(16)
	if !r.icon.Hidden {
		r.icon.Move(fyne.NewPos(x, (size.Height-16)/2))
		r.icon.Resize(fyne.NewSize(16, 16))
		x += 25
	}
	place := func(l *Label, x, y, width float32) {
		l.Move(fyne.NewPos(x, y))
		l.Resize(fyne.NewSize(max(0, width), l.Style.lineHeight()))
	}
	switch r.row.Place {
	case Section:
		place(r.name, 16, size.Height-20, size.Width-32)
	case Bay:
		bar := right - shareWidth - barWidth
		place(r.name, x, 2, right-x)
		place(r.caption, x, 20, bar-x-6)
		r.track.Move(fyne.NewPos(bar, 26))
		r.track.Resize(fyne.NewSize(barWidth, 7))
		r.bar.Move(fyne.NewPos(bar, 26))
		r.bar.Resize(fyne.NewSize(max(barWidth*float32(r.row.Share), 2), 7))
		place(r.figure, right-fw, 20, fw)
	case Guest, Way:
		place(r.name, x, 2, right-x-fw)
		place(r.caption, x, 19, right-x)
		place(r.figure, right-fw, 3, fw)
	case Thing, Mention:
		room := right - x - fw
		if r.row.Crown {
			room -= 20
		}
		place(r.name, x, (size.Height-body.lineHeight())/2, room)
		place(r.figure, right-fw, (size.Height-small.lineHeight())/2, fw)
		r.crown.Move(fyne.NewPos(x+min(room, float32(body.width(r.row.Name))+4), (size.Height-14)/2))
		r.crown.Resize(fyne.NewSize(14, 14))
	}
}

func (w *outlineRowRenderer) Refresh() {
	r := w.r
	row := r.row
	style, cap := body, small
	switch {
	case row.Place == Section:
		style = section
	case row.Place == Bay:
		style = body.weighing(render.Medium)
	case row.Dim:
		style = body.in(render.Muted)
	}
	if row.Place != Section {
		style, cap = style.named(), cap.named()
		style.Among = r.panel.names
	}
	r.name.Set(row.Name, style)
	r.caption.Set(row.Caption, cap)
	fs := small.aligned(fyne.TextAlignTrailing)
	if row.Admin {
		fs = fs.in(render.Danger).weighing(render.Bold)
	}
	r.figure.Set(row.Figure, fs)
	r.icon.Hidden = row.Icon == "" || row.Place == Bay
	if !r.icon.Hidden {
		c := render.Ink
		if row.Dim {
			c = render.Muted
		}
		r.icon.Resource = theme.Icon(row.Icon, c)
	}
	r.crown.Hidden = !row.Crown
	if row.Crown {
		r.crown.Resource = theme.Icon("crown", render.Crown)
	}
	bar := row.Place == Bay && row.Figure != ""
	r.track.Hidden, r.bar.Hidden = !bar, !bar || row.Share == 0
	r.track.FillColor, r.track.CornerRadius = theme.Color(render.Bilge), 3.5
	r.bar.FillColor, r.bar.CornerRadius = theme.Color(render.Tile2), 3.5
	if row.Worst && row.Share > 0 {
		r.bar.FillColor = theme.Color(render.Danger)
	}
	r.ground.CornerRadius = 6
	switch {
	case r.on && row.ID != "":
		r.ground.FillColor = theme.Faded(render.Tile2, 0.22)
	case r.hover && row.ID != "":
		r.ground.FillColor = theme.Faded(render.Ink, 0.055)
	default:
		r.ground.FillColor = theme.Faded(render.Ink, 0)
	}
	w.Layout(r.Size())
	r.ground.Refresh()
	r.icon.Refresh()
	r.crown.Refresh()
	r.track.Refresh()
	r.bar.Refresh()
	r.name.Refresh()
	r.caption.Refresh()
	r.figure.Refresh()
}

func (w *outlineRowRenderer) Objects() []fyne.CanvasObject {
	r := w.r
	return []fyne.CanvasObject{r.ground, r.icon, r.name, r.caption, r.crown, r.figure, r.track, r.bar}
}

func (w *outlineRowRenderer) Destroy() {}

// A SearchEntry is a field to search with: Enter takes what was found, Escape empties it.
type SearchEntry struct {
	widget.Entry
	onDone func()
}

func newSearch(hint string) *SearchEntry {
	e := &SearchEntry{}
	e.ExtendBaseWidget(e)
	e.PlaceHolder = hint
	e.OnSubmitted = func(string) {
		if e.onDone != nil {
			e.onDone()
		}
	}
	return e
}

// TypedKey empties the field on Escape; where it is empty, Escape is the window's.
func (e *SearchEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape && e.Text != "" {
		e.SetText("")
		return
	}
	if escaped(e, k) {
		return
	}
	e.Entry.TypedKey(k)
}
