package view

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// An Entry is a file or a folder that a Browser lists.
type Entry struct {
	Name   string
	Folder bool
	Size   int64 // in bytes
	Time   time.Time
}

// A Spot is a folder that a Browser goes to by one click.
type Spot struct{ Name, Icon, Path string }

// A Browser looks for a file, or for a folder. It reads no disk: OnFolder asks for what is in a folder, and Show takes the answer.
type Browser struct {
	Root     fyne.CanvasObject
	Search   *browserEntry
	OnFolder func(dir string)
	OnChoose func(path string) // Enter, or a second click, on what is looked for
	OnChange func(path string) // what would be chosen now, "" for nothing

	dir     string
	endings []string // that a file may have; none: a folder is looked for
	entries []Entry
	shown   []Entry
	at      int // of shown, -1: none
	crumbs  *fyne.Container
	list    *widget.List
	none    *Label
	others  *Tick // shows files with other endings
}

// NewBrowser looks for a file with one of the endings (".yaml"), or for a folder where there are none. Spots are folders to go to
// at once.
func NewBrowser(endings []string, spots []Spot) *Browser {
	b := &Browser{endings: endings, at: -1, crumbs: newFlow(0), none: NewLabel("", para.aligned(fyne.TextAlignCenter))}
	b.Search = &browserEntry{b: b}
	b.Search.ExtendBaseWidget(b.Search)
	b.Search.PlaceHolder = "Type to search here, or a path"
	b.Search.OnChanged = func(string) { b.typed() }
	b.Search.OnSubmitted = func(string) { b.enter() }
	b.list = widget.NewList(func() int { return len(b.shown) }, func() fyne.CanvasObject { return newBrowserRow(b) }, func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(b.shown) {
			o.(*browserRow).set(i)
		}
	})
	b.list.HideSeparators = true
	side := newColumn(2)
	for _, s := range spots {
		spot := NewButton(s.Name, s.Icon, Quiet, func() { b.Go(s.Path) }).withTip(s.Path)
		spot.Start, spot.Height = true, 30
		side.Add(spot)
	}
	foot := fyne.CanvasObject(NewLabel("", small))
	if len(endings) > 0 {
		b.others = NewTick("Show other files too", func(bool) { b.filter() })
		foot = newInset(0, 6, b.others)
	}
	well := newBehind(NewGround(render.Panel, render.Line, 8), newInset(5, 5, newStack(b.list, newInset(20, 40, b.none))))
	b.Root = WithTips(&fyne.Container{Layout: browserLayout{}, Objects: []fyne.CanvasObject{side, newColumn(8, b.Search, b.crumbs), well, foot}})
	return b
}

// browserLayout stands the spots at the left, and field, list and foot beside them.
type browserLayout struct{}

const spotsWide = 150

func (browserLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(420, 240) }

func (browserLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(-8, 0))
	o[0].Resize(fyne.NewSize(spotsWide, s.Height))
	x, w := float32(spotsWide+6), s.Width-spotsWide-6
	top, foot := heightOf(o[1], w), o[3].MinSize().Height
	o[1].Move(fyne.NewPos(x, 0))
	o[1].Resize(fyne.NewSize(w, top))
	o[2].Move(fyne.NewPos(x, top+8))
	o[2].Resize(fyne.NewSize(w, s.Height-top-8-foot))
	o[3].Move(fyne.NewPos(x, s.Height-foot))
	o[3].Resize(fyne.NewSize(w, foot))
}

// Go asks for another folder.
func (b *Browser) Go(dir string) {
	if b.OnFolder != nil {
		b.OnFolder(filepath.Clean(dir))
	}
}

// Show lists a folder, or says why it cannot be listed.
func (b *Browser) Show(dir string, entries []Entry, err error) {
	b.dir, b.entries = dir, entries
	slices.SortStableFunc(b.entries, func(x, y Entry) int {
		if x.Folder != y.Folder {
			return map[bool]int{true: -1, false: 1}[x.Folder]
		}
		return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	b.Search.SetText("")
	b.crumbs.Objects = nil
	at := dir
	var parts []fyne.CanvasObject
	for {
		name, to := filepath.Base(at), at
		link := NewLink(name, small.in(render.Link).whole(), func() { b.Go(to) })
		parts = append(parts, link)
		up := filepath.Dir(at)
		if up == at {
			break
		}
		if name = filepath.Base(up); name != up { // the root is its own separator
			parts = append(parts, NewLabel("  /  ", small.whole()))
		} else {
			parts = append(parts, NewLabel(" ", small.whole()))
		}
		at = up
	}
	slices.Reverse(parts)
	b.crumbs.Objects = parts
	b.filter()
	if err != nil {
		b.none.SetText("This folder cannot be read: " + err.Error() + ".")
	}
	b.Root.Refresh()
}

// Path is what would be chosen now, "" for nothing.
func (b *Browser) Path() string {
	if b.at >= 0 && b.at < len(b.shown) && (b.shown[b.at].Folder == b.folders()) {
		return filepath.Join(b.dir, b.shown[b.at].Name)
	}
	if b.folders() {
		return b.dir
	}
	return ""
}

func (b *Browser) folders() bool { return len(b.endings) == 0 }

// fits reports whether a file is one that is looked for.
func (b *Browser) fits(e Entry) bool {
	return !e.Folder && slices.Contains(b.endings, strings.ToLower(filepath.Ext(e.Name)))
}

// typed goes to a path, or searches what is here.
func (b *Browser) typed() {
	if text := b.Search.Text; isPath(text) && strings.HasSuffix(text, string(filepath.Separator)) && len(text) > 1 {
		return // until Enter
	}
	b.filter()
}

func isPath(text string) bool { return filepath.IsAbs(text) || strings.HasPrefix(text, "~") }

// filter shows what has all words that were typed; hidden files only where they are asked for.
func (b *Browser) filter() {
	words := strings.Fields(strings.ToLower(b.Search.Text))
	if isPath(b.Search.Text) {
		words = nil
	}
	b.shown, b.at = nil, -1
	files := 0
next:
	for _, e := range b.entries {
		if strings.HasPrefix(e.Name, ".") && (len(words) == 0 || words[0][0] != '.') {
			continue
		}
		if !e.Folder && !b.fits(e) {
			files++
			if b.others == nil || !b.others.Checked {
				continue
			}
		}
		for _, w := range words {
			if !strings.Contains(strings.ToLower(e.Name), w) {
				continue next
			}
		}
		b.shown = append(b.shown, e)
	}
	if len(words) > 0 && len(b.shown) > 0 {
		b.at = 0
	}
	b.none.SetText("")
	switch {
	case len(b.shown) > 0:
	case len(words) > 0:
		b.none.SetText("Nothing here is called that.")
	case b.folders():
		b.none.SetText("No folders in here.")
	case files > 0:
		b.none.SetText("Only files of other kinds in here.")
	default:
		b.none.SetText("This folder is empty.")
	}
	b.list.Refresh()
	b.list.ScrollToTop()
	b.tell()
}

func (b *Browser) tell() {
	if b.OnChange != nil {
		b.OnChange(b.Path())
	}
}

// move marks another entry.
func (b *Browser) move(by int) {
	if n := len(b.shown); n > 0 {
		b.at = min(n-1, max(0, b.at+by))
		b.list.ScrollTo(b.at)
		b.list.Refresh()
		b.tell()
	}
}

// take marks an entry; what is marked already is opened.
func (b *Browser) take(i int) {
	if i == b.at {
		b.open(i)
		return
	}
	b.at = i
	b.list.Refresh()
	b.tell()
}

// open goes into a folder, or chooses a file.
func (b *Browser) open(i int) {
	if i < 0 || i >= len(b.shown) {
		return
	}
	path := filepath.Join(b.dir, b.shown[i].Name)
	if b.shown[i].Folder {
		b.Go(path)
	} else if b.OnChoose != nil {
		b.OnChoose(path)
	}
}

// enter does what Enter does: goes to a path that was typed, else opens what is marked.
func (b *Browser) enter() {
	switch text := strings.TrimSpace(b.Search.Text); {
	case isPath(text):
		b.Go(text)
	case b.at >= 0:
		b.open(b.at)
	case b.folders() && text == "" && b.OnChoose != nil:
		b.OnChoose(b.dir)
	}
}

// browserEntry leads through the list while it has the focus.
type browserEntry struct {
	widget.Entry
	b *Browser
}

// TypedKey moves through the list, and up to the folder above.
func (e *browserEntry) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyUp:
		e.b.move(-1)
	case k.Name == fyne.KeyDown:
		e.b.move(1)
	case k.Name == fyne.KeyPageUp:
		e.b.move(-10)
	case k.Name == fyne.KeyPageDown:
		e.b.move(10)
	case k.Name == fyne.KeyBackspace && e.Text == "":
		e.b.Go(filepath.Dir(e.b.dir))
	default:
		if !escaped(e, k) {
			e.Entry.TypedKey(k)
		}
	}
}

// A browserRow is a file or a folder.
type browserRow struct {
	widget.BaseWidget
	b          *Browser
	at         int
	ground     *canvas.Rectangle
	icon       *Picture
	name       *Text
	size, time *Label
	hover      bool
}

var (
	_ fyne.Tappable      = (*browserRow)(nil)
	_ desktop.Hoverable  = (*browserRow)(nil)
	_ desktop.Cursorable = (*browserRow)(nil)
)

func newBrowserRow(b *Browser) *browserRow {
	r := &browserRow{b: b, ground: canvas.NewRectangle(nil), icon: NewPicture("open", render.Muted, 15), name: NewText("", body),
		size: NewLabel("", small.aligned(fyne.TextAlignTrailing)), time: NewLabel("", small.aligned(fyne.TextAlignTrailing))}
	r.ExtendBaseWidget(r)
	return r
}

func (r *browserRow) set(at int) { r.at = at; r.Refresh() }

// Tapped marks the entry, or opens it.
func (r *browserRow) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
		c.Focus(r.b.Search)
	}
	r.b.take(r.at)
}

// Cursor is a hand.
func (r *browserRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights the entry up.
func (r *browserRow) MouseIn(*desktop.MouseEvent) { r.hover = true; r.Refresh() }

// MouseMoved does nothing.
func (r *browserRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (r *browserRow) MouseOut() { r.hover = false; r.Refresh() }

// CreateRenderer draws the entry.
func (r *browserRow) CreateRenderer() fyne.WidgetRenderer { return &browserRowRenderer{r} }

type browserRowRenderer struct{ r *browserRow }

func (w *browserRowRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 26) }

func (w *browserRowRenderer) Layout(s fyne.Size) {
	const size, when = 74, 124
	r := w.r
	r.ground.Resize(s)
	r.icon.Move(fyne.NewPos(9, (s.Height-15)/2))
	r.icon.Resize(fyne.NewSize(15, 15))
	place := func(o fyne.CanvasObject, h, x, width float32) {
		o.Move(fyne.NewPos(x, (s.Height-h)/2))
		o.Resize(fyne.NewSize(max(0, width), h))
	}
	place(r.name, body.lineHeight(), 33, s.Width-33-size-when-20)
	place(r.size, small.lineHeight(), s.Width-size-when-10, size)
	place(r.time, small.lineHeight(), s.Width-when-10, when)
}

func (w *browserRowRenderer) Refresh() {
	r := w.r
	if r.at >= len(r.b.shown) {
		return
	}
	e := r.b.shown[r.at]
	icon, tone, style := "files", render.Muted, body
	switch {
	case e.Folder:
		icon, tone = "open", render.Link
	case !r.b.fits(e):
		style = body.in(render.Muted)
	}
	r.icon.Set(icon, tone)
	r.name.Set(e.Name, style)
	r.size.SetText("")
	if !e.Folder {
		r.size.SetText(bytes(e.Size))
	}
	r.time.SetText("")
	if !e.Time.IsZero() {
		r.time.SetText(e.Time.Format("2 Jan 2006 15:04"))
	}
	r.ground.CornerRadius = 5
	r.ground.FillColor = theme.Faded(render.Ink, 0)
	switch {
	case r.at == r.b.at:
		r.ground.FillColor = theme.Faded(render.Tile2, 0.25)
	case r.hover:
		r.ground.FillColor = theme.Faded(render.Ink, 0.06)
	}
	w.Layout(r.Size())
	r.ground.Refresh()
}

func (w *browserRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{w.r.ground, w.r.icon, w.r.name, w.r.size, w.r.time}
}

func (w *browserRowRenderer) Destroy() {}

// bytes is a size as people read it.
func bytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.0f kB", float64(n)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
