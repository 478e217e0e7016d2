package view

import (
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// reelGap is what is left between two rows of a Reel.
const reelGap = 4

// A Reel is a list of rows, each as high as it likes, with objects for those alone that are in view: a whole account
// costs no more than a page of it. (The toolkit's own list lays out everything anew for each height that it is told.)
// With the keyboard the arrows go from row to row, Enter and Space take one.
type Reel struct {
	widget.BaseWidget
	Length  func() int
	Height  func(i int) float32                // of a row; nil: all as high as a new one wants to be
	New     func() fyne.CanvasObject           // a row, to be filled
	Fill    func(i int, row fyne.CanvasObject) // shows row i in an object
	Takes   func(i int) bool                   // whether a row can be taken; nil: all can
	OnTaken func(i int)                        // by the keyboard: a click is the row's

	tops    []float32 // where each row begins, and where the one after the last would
	scroll  *container.Scroll
	content *fyne.Container
	shown   map[int]fyne.CanvasObject
	idle    []fyne.CanvasObject // rows that are out of view
	mark    *canvas.Rectangle   // around the row that Enter takes
	at      int                 // that row
	focused bool
}

var _ fyne.Focusable = (*Reel)(nil)

// NewReel returns a list; the functions that it asks may be nil until it is shown.
func NewReel() *Reel {
	r := &Reel{shown: map[int]fyne.CanvasObject{}, mark: canvas.NewRectangle(nil)}
	r.mark.Hide()
	r.content = &fyne.Container{Layout: reelLayout{r}}
	r.scroll = container.NewVScroll(r.content)
	r.scroll.OnScrolled = func(fyne.Position) { r.place() }
	r.ExtendBaseWidget(r)
	return r
}

// Refresh shows what the rows are now.
func (r *Reel) Refresh() {
	r.measure()
	r.at = max(0, min(r.at, r.length()-1))
	r.scroll.Offset.Y = max(0, min(r.scroll.Offset.Y, r.tops[len(r.tops)-1]-r.scroll.Size().Height))
	r.scroll.Refresh()
	r.place()
	for i, row := range r.shown {
		r.Fill(i, row)
	}
	r.light()
}

// RefreshRow shows what a row is now, if it is in view; it stays as high as it was.
func (r *Reel) RefreshRow(i int) {
	if row := r.shown[i]; row != nil {
		r.Fill(i, row)
	}
}

// Reveal brings a row into view.
func (r *Reel) Reveal(i int) {
	if i < 0 || i >= r.length() {
		return
	}
	room := r.scroll.Size().Height
	top, end := r.tops[i], r.tops[i+1]
	switch off := r.scroll.Offset.Y; {
	case top < off:
		r.ScrollTo(top)
	case end > off+room:
		r.ScrollTo(end - room)
	}
}

// ScrollTo brings a height to the top, as far as there are rows below.
func (r *Reel) ScrollTo(y float32) {
	r.scroll.Offset.Y = max(0, min(y, r.tops[len(r.tops)-1]-r.scroll.Size().Height))
	r.scroll.Refresh()
	r.place()
}

// Offset is the height that is at the top.
func (r *Reel) Offset() float32 { return r.scroll.Offset.Y }

func (r *Reel) length() int { return len(r.tops) - 1 }

// measure finds out where the rows are.
func (r *Reel) measure() {
	n := 0
	if r.Length != nil {
		n = r.Length()
	}
	one := float32(0)
	if r.Height == nil && n > 0 {
		one = r.spare().MinSize().Height
	}
	r.tops = append(r.tops[:0], 0)
	for i := range n {
		h := one
		if r.Height != nil {
			h = r.Height(i)
		}
		r.tops = append(r.tops, r.tops[i]+h+reelGap)
	}
}

// spare is a row that is out of view, which stays idle.
func (r *Reel) spare() fyne.CanvasObject {
	if len(r.idle) == 0 {
		r.idle = append(r.idle, r.New())
	}
	return r.idle[0]
}

// place puts objects where rows are in view.
func (r *Reel) place() {
	if len(r.tops) == 0 {
		r.measure()
	}
	size := r.scroll.Size()
	from, to := r.scroll.Offset.Y, r.scroll.Offset.Y+size.Height
	first := max(0, sort.Search(r.length(), func(i int) bool { return r.tops[i+1] > from }))
	last := sort.Search(r.length(), func(i int) bool { return r.tops[i] >= to })
	for i, row := range r.shown {
		if i < first || i >= last {
			delete(r.shown, i)
			r.idle = append(r.idle, row)
		}
	}
	for i := first; i < last; i++ {
		row, fresh := r.shown[i], false
		if row == nil {
			row, fresh = r.take(), true
			r.shown[i] = row
		}
		row.Move(fyne.NewPos(0, r.tops[i]))
		row.Resize(fyne.NewSize(size.Width, r.tops[i+1]-r.tops[i]-reelGap))
		if fresh {
			r.Fill(i, row)
		}
	}
	// In the order of the rows, so that Tab goes through what they hold in it.
	objects := make([]fyne.CanvasObject, 0, len(r.shown)+1)
	for i := first; i < last; i++ {
		objects = append(objects, r.shown[i])
	}
	objects = append(objects, r.mark)
	if !slices.Equal(objects, r.content.Objects) {
		r.content.Objects = objects
		r.content.Refresh()
	}
	r.light()
}

func (r *Reel) take() fyne.CanvasObject {
	if n := len(r.idle); n > 0 {
		row := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return row
	}
	return r.New()
}

// light shows which row Enter takes.
func (r *Reel) light() {
	if !r.focused || r.at >= r.length() {
		r.mark.Hide()
		return
	}
	r.mark.FillColor = theme.Faded(render.Ink, 0)
	r.mark.StrokeColor, r.mark.StrokeWidth, r.mark.CornerRadius = theme.Color(render.Link), 2, 6
	r.mark.Move(fyne.NewPos(4, r.tops[r.at]))
	r.mark.Resize(fyne.NewSize(max(0, r.scroll.Size().Width-8), r.tops[r.at+1]-r.tops[r.at]-reelGap))
	r.mark.Show()
	r.mark.Refresh()
}

// FocusGained marks the row that Enter takes: the first in view, if the last one marked is not.
func (r *Reel) FocusGained() {
	r.focused = true
	if r.shown[r.at] == nil || !r.takes(r.at) {
		from := sort.Search(r.length(), func(i int) bool { return r.tops[i] >= r.scroll.Offset.Y })
		r.at = max(0, min(from, r.length()-1))
		r.step(0)
	}
	r.light()
}

// FocusLost takes the mark away.
func (r *Reel) FocusLost() {
	r.focused = false
	r.light()
}

// TypedRune hands letters on to the window, whose shortcuts they are.
func (r *Reel) TypedRune(x rune) {
	if x != ' ' {
		handRune(r, x)
	}
}

// TypedKey goes through the rows and takes one.
func (r *Reel) TypedKey(e *fyne.KeyEvent) {
	page := max(1, len(r.shown)-2)
	switch e.Name {
	case fyne.KeyDown:
		r.step(1)
	case fyne.KeyUp:
		r.step(-1)
	case fyne.KeyPageDown:
		r.step(page)
	case fyne.KeyPageUp:
		r.step(-page)
	case fyne.KeyHome:
		r.step(-r.length())
	case fyne.KeyEnd:
		r.step(r.length())
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if r.takes(r.at) && r.OnTaken != nil {
			r.OnTaken(r.at)
		}
	default:
		handKey(r, e)
	}
}

func (r *Reel) takes(i int) bool { return i < r.length() && (r.Takes == nil || r.Takes(i)) }

// step goes so many rows on, to one that can be taken.
func (r *Reel) step(by int) {
	n := r.length()
	if n <= 0 {
		return
	}
	to, way := max(0, min(r.at+by, n-1)), 1
	if by < 0 {
		way = -1
	}
	for _, way := range []int{way, -way} {
		i := to
		for i >= 0 && i < n && !r.takes(i) {
			i += way
		}
		if i >= 0 && i < n {
			r.at = i
			break
		}
	}
	r.Reveal(r.at)
	if r.at <= 1 { // with the heading
		r.ScrollTo(0)
	}
	r.light()
}

// CreateRenderer shows the rows that are in view.
func (r *Reel) CreateRenderer() fyne.WidgetRenderer { return reelRenderer{r} }

type reelRenderer struct{ r *Reel }

func (reelRenderer) Destroy()                       {}
func (reelRenderer) MinSize() fyne.Size             { return fyne.NewSize(40, 40) }
func (w reelRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{w.r.scroll} }

func (w reelRenderer) Layout(s fyne.Size) {
	w.r.scroll.Resize(s)
	w.r.place()
}

func (w reelRenderer) Refresh() {
	w.r.scroll.Refresh()
	canvas.Refresh(w.r)
}

// reelLayout gives the content the height of all rows; the rows are put by the reel.
type reelLayout struct{ r *Reel }

func (l reelLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	if len(l.r.tops) == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(0, l.r.tops[len(l.r.tops)-1])
}

func (reelLayout) Layout([]fyne.CanvasObject, fyne.Size) {}
