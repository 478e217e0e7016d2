package view

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/model"
	"bulkhead/model/source"
	"bulkhead/render"
)

// Floods lists what floods, and why, below the picture.
type Floods struct {
	Root     fyne.CanvasObject
	OnSource func(source.Span)
	OnSelect func(model.ID)
	OnWays   func(model.ID) // how the breach reaches it, and which walls would stop that
	OnHop    func(int)
	OnPlay   func() // the water is to go on by itself, or to stop
	OnFold   func()

	value   FloodList
	oneFile bool // all places are in one file
	fold    *Button
	play    *Button
	still   bool
	head    fyne.CanvasObject
	title   *Label
	claim   *Text
	hops    *Stepper
	list    *Reel
	empty   *Label
}

// NewFloods returns an empty list.
func NewFloods() *Floods {
	f := &Floods{title: NewLabel("What floods, and why", heading.whole()), claim: NewText("", small), hops: NewStepper()}
	f.hops.OnChange = func(n int) {
		if f.OnHop != nil {
			if n == f.value.Hops {
				n = 0
			}
			f.OnHop(n)
		}
	}
	f.list = NewReel()
	f.list.Length = func() int { return len(f.value.Rows) }
	f.list.Height = func(int) float32 { return floodHeight }
	f.list.New = func() fyne.CanvasObject { return newFloodRow(f) }
	f.list.Fill = func(i int, o fyne.CanvasObject) { o.(*floodRow).set(f.value.Rows[i]) }
	f.list.Takes = func(i int) bool { return f.value.Rows[i].ID != "" }
	f.list.OnTaken = func(i int) {
		if f.OnSelect != nil {
			f.OnSelect(f.value.Rows[i].ID)
		}
	}
	f.empty = NewLabel("", para)
	f.fold = NewButton("", "down", Quiet, func() {
		if f.OnFold != nil {
			f.OnFold()
		}
	})
	f.fold.Height = 24
	f.play = NewButton("", "play", Quiet, func() {
		if f.OnPlay != nil {
			f.OnPlay()
		}
	})
	f.play.Height = 24
	f.SetPlaying(false)
	f.SetFolded(false)
	f.head = newInset(18, 8, newLine(14, 1, f.title, f.claim, newLine(0, -1, f.play, f.hops), f.fold))
	f.Root = newBehind(NewGround(render.Panel, render.None, 0), &fyne.Container{Layout: headLayout{}, Objects: []fyne.CanvasObject{f.head, newBehind(f.list, newInset(18, 10, f.empty))}})
	f.Set(FloodList{})
	return f
}

// headLayout stands the first at the top and gives the second the rest.
type headLayout struct{}

func (headLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(100, o[0].MinSize().Height+40)
}

func (headLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Resize(fyne.NewSize(s.Width, h))
	o[1].Move(fyne.NewPos(0, h))
	o[1].Resize(fyne.NewSize(s.Width, s.Height-h))
}

// Set shows a list.
func (f *Floods) Set(l FloodList) {
	fresh := l.Start != f.value.Start
	f.value = l
	f.oneFile = true
	for _, r := range l.Rows {
		f.oneFile = f.oneFile && (r.Place.IsZero() || r.Place.File == l.Rows[0].Place.File || l.Rows[0].Place.IsZero())
	}
	f.claim.SetText(l.Claim)
	f.hops.Set(l.Hop, l.Hops)
	f.showPlay()
	f.empty.Hide()
	switch {
	case l.Start == "":
		f.empty.SetText("Click a function, a role or a user: its breach fills what it can reach, and each reason is listed here with the line that permits it.")
		f.empty.Show()
	case len(l.Rows) == 0:
		f.empty.SetText("Nothing floods: a breach here reaches nothing that was seen.")
		f.empty.Show()
	}
	f.list.Refresh()
	if fresh {
		f.list.ScrollTo(0)
	}
}

// Start is where the breach starts whose list is shown.
func (f *Floods) Start() model.ID { return f.value.Start }

// Hops is how many hops the breach has whose list is shown.
func (f *Floods) Hops() int { return f.value.Hops }

// SetPlaying shows whether the water goes on by itself.
func (f *Floods) SetPlaying(on bool) {
	f.play.Icon, f.play.Tip = "play", "Let the water rise hop by hop (Space)"
	if on {
		f.play.Icon, f.play.Tip = "pause", "Stop the water here (Space)"
	}
	f.play.Refresh()
}

// SetStill takes away what moves by itself, or gives it back.
func (f *Floods) SetStill(still bool) {
	f.still = still
	f.showPlay()
}

func (f *Floods) showPlay() {
	if f.still || f.value.Hops < 2 {
		f.play.Hide()
	} else {
		f.play.Show()
	}
}

// SetFolded shows whether only the head is seen.
func (f *Floods) SetFolded(folded bool) {
	f.fold.Icon, f.fold.Tip = "down", "Fold the reasons (Ctrl+J)"
	if folded {
		f.fold.Icon, f.fold.Tip = "up", "Show the reasons (Ctrl+J)"
	}
	f.fold.Refresh()
}

// Need is how high the head is, and how high the panel is with all its rows.
func (f *Floods) Need() (head, all float32) {
	head = f.head.MinSize().Height
	all = head + float32(len(f.value.Rows)+f.value.Hidden)*(floodHeight+reelGap) + 4
	if f.empty.Visible() {
		all = head + 60
	}
	return head, all
}

// longFile is how long the name of a file is that gives way to what the reasons say, where all stand in the one.
const longFile = 16

// waysTip says what the link to ways and walls shows.
const waysTip = "How it is reached, step by step, and which statements to take away so that it is not"

// floodHeight is how high a row is.
const floodHeight = 44

type floodRow struct {
	widget.BaseWidget
	panel *Floods
	row   FloodRow
	hover bool

	ground, bar *canvas.Rectangle
	icon        *Picture
	name, can   *Label
	why, word   *Label
	link, ways  *Link
}

var (
	_ fyne.Tappable      = (*floodRow)(nil)
	_ desktop.Hoverable  = (*floodRow)(nil)
	_ desktop.Cursorable = (*floodRow)(nil)
)

func newFloodRow(f *Floods) *floodRow {
	r := &floodRow{panel: f, ground: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), icon: NewPicture("resource", render.Ink, 18),
		name: NewLabel("", strong.whole()), can: NewLabel("", body), why: NewLabel("", small), word: NewLabel("", small.aligned(fyne.TextAlignTrailing))}
	r.link = NewLink("", Style{Size: 12, Align: fyne.TextAlignTrailing, Color: render.Link}.named(), func() {
		if r.panel.OnSource != nil && !r.row.Place.IsZero() {
			r.panel.OnSource(r.row.Place)
		}
	})
	r.ways = NewLink("ways, walls", Style{Size: 12}, func() {
		if r.panel.OnWays != nil && r.row.Way != "" {
			r.panel.OnWays(r.row.Way)
		}
	})
	r.ways.Tip = waysTip
	r.ExtendBaseWidget(r)
	return r
}

func (r *floodRow) set(row FloodRow) {
	if r.hover && (row.ID != r.row.ID || row.Note != r.row.Note) {
		hideTip(r) // it was about another hit
	}
	r.row = row
	r.Refresh()
}

// Tapped selects what floods without moving the breach where that is a resource.
func (r *floodRow) Tapped(*fyne.PointEvent) {
	if r.row.ID != "" && r.panel.OnSelect != nil {
		r.panel.OnSelect(r.row.ID)
	}
}

func (r *floodRow) Cursor() desktop.Cursor {
	if r.row.ID != "" {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (r *floodRow) MouseIn(e *desktop.MouseEvent) {
	r.hover = true
	r.Refresh()
	if tip := r.tip(); tip != "" {
		showTip(r, tip, e.AbsolutePosition)
	}
}

func (r *floodRow) tip() string {
	tip := ""
	if r.name.cut || r.can.cut {
		tip = r.row.Name + " " + r.row.Can + ". "
	}
	if r.row.Note != "" {
		tip += r.row.Note
	} else if r.why.cut {
		tip += r.row.Why
	}
	return tip
}

func (r *floodRow) MouseMoved(*desktop.MouseEvent) {}

func (r *floodRow) MouseOut() {
	r.hover = false
	r.Refresh()
	hideTip(r)
}

func (r *floodRow) CreateRenderer() fyne.WidgetRenderer { return &floodRowRenderer{r} }

type floodRowRenderer struct{ r *floodRow }

func (w *floodRowRenderer) MinSize() fyne.Size { return fyne.NewSize(200, floodHeight) }

func (w *floodRowRenderer) Layout(s fyne.Size) {
	r := w.r
	r.ground.Move(fyne.NewPos(10, 1))
	r.ground.Resize(fyne.NewSize(s.Width-20, s.Height-2))
	r.bar.Move(fyne.NewPos(18, 6))
	r.bar.Resize(fyne.NewSize(6, s.Height-12))
	r.icon.Move(fyne.NewPos(36, (s.Height-18)/2))
	r.icon.Resize(fyne.NewSize(18, 18))
	right := s.Width - 20
	link := min(220, max(84, float32(r.link.Style.width(r.link.Text))+6))
	text := right - link - 12
	name := min(float32(strong.width(r.row.Name))+2, (text-66)*0.6)
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	place(r.name, 66, 3, name, 20)
	place(r.can, 66+name+8, 3, text-66-name-8, 20)
	word := float32(small.width(r.row.Word)) + 2
	ways := float32(0)
	if r.ways.Visible() {
		ways = float32(r.ways.Style.width(r.ways.Text)) + 2
		place(r.ways, right-word-10-ways, 22, ways, 18)
		ways += 10
	}
	place(r.why, 66, 22, right-word-ways-12-66, 18)
	place(r.link, right-link, 3, link, 20)
	place(r.word, right-word, 22, word, 18)
}

func (w *floodRowRenderer) Refresh() {
	r := w.r
	r.name.Set(r.row.Name, strong.named())
	r.can.Set(r.row.Can, body)
	r.why.SetText(r.row.Why)
	r.word.SetText(r.row.Word)
	r.ways.Hidden = r.row.Way == "" || r.panel.OnWays == nil
	r.icon.Set(r.row.Icon, render.Ink)
	link, tip := "", ""
	if !r.row.Place.IsZero() {
		_, file := splitPath(r.row.Place.File)
		link = fmt.Sprintf("%s:%d", file, r.row.Place.Line)
		if r.panel.oneFile && len(file) > longFile {
			link = "line " + itoa(r.row.Place.Line)
		}
		tip = "Show line " + itoa(r.row.Place.Line) + " of " + r.row.Place.File
	}
	r.link.Tip = tip
	r.link.SetText(link)
	r.bar.FillColor, r.bar.CornerRadius = theme.Color(r.row.Tone), 2
	r.bar.StrokeWidth = 0
	if r.row.Hatched {
		r.bar.FillColor = theme.Faded(r.row.Tone, 0.25)
		r.bar.StrokeColor, r.bar.StrokeWidth = theme.Color(r.row.Tone), 1.5
	}
	r.ground.CornerRadius = 6
	r.ground.FillColor = theme.Faded(render.Ink, 0)
	if r.hover {
		r.ground.FillColor = theme.Faded(render.Ink, 0.055)
	}
	w.Layout(r.Size())
	for _, o := range w.Objects() {
		o.Refresh()
	}
}

func (w *floodRowRenderer) Objects() []fyne.CanvasObject {
	r := w.r
	return []fyne.CanvasObject{r.ground, r.bar, r.icon, r.name, r.can, r.why, r.link, r.ways, r.word}
}

func (w *floodRowRenderer) Destroy() {}
