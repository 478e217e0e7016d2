package view

import (
	"cmp"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/model"
	"bulkhead/render"
)

// A RankTable lists every breach at once: the compartments, worst first, or the resources, most exposed first. A click on
// the head of a column sorts by it, a second click the other way round.
type RankTable struct {
	Root     fyne.CanvasObject
	OnSelect func(model.ID)
	OnHull   func(model.ID) // its hull is to be shown

	ranking  *render.Ranking
	things   bool // the resources are shown
	rows     []rankRow
	sorts    [2]order // of the compartments, and of the resources
	selected model.ID

	title         *Text
	bays, storage *Button
	heads         *fyne.Container
	list          *Reel
}

// An order is by a column, downward from the greatest or from the first name.
type order struct {
	by   int
	back bool
}

// A rankRow is one line, compartment or resource.
type rankRow struct {
	id     model.ID
	at     int // place in the ranking
	name   string
	note   string // beside the name, quieter
	icon   string
	crown  bool
	admin  bool
	open   bool
	share  float64
	sure   float64
	figure string
	cells  []string // of the columns behind the name and before the share, and behind it
	tip    string
}

// A rankColumn is a column of the table; its width 0 takes the rest.
type rankColumn struct {
	head    string
	width   float32
	right   bool
	share   bool
	compare func(r *render.Ranking, i, j int) int // rows of the ranking; less is first
}

const rankGap = 14

func (t *RankTable) columns() []rankColumn {
	if t.things {
		at := func(r *render.Ranking, i int) render.Exposure { return r.Exposures[i] }
		return []rankColumn{
			{head: "Resource", compare: func(r *render.Ranking, i, j int) int { return cmp.Compare(at(r, i).Name, at(r, j).Name) }},
			{head: "Kind", width: 96, compare: func(r *render.Ranking, i, j int) int { return cmp.Compare(at(r, i).Noun, at(r, j).Noun) }},
			{head: "Weight", width: 58, right: true, compare: func(r *render.Ranking, i, j int) int { return -cmp.Compare(at(r, i).Weight, at(r, j).Weight) }},
			{head: "Reached by the breach of", width: 190, share: true, compare: func(r *render.Ranking, i, j int) int { return -cmp.Compare(at(r, i).By, at(r, j).By) }},
		}
	}
	at := func(r *render.Ranking, i int) render.Rank { return r.Ranks[i] }
	out := []rankColumn{{head: "Compartment", compare: func(r *render.Ranking, i, j int) int { return cmp.Compare(at(r, i).Name, at(r, j).Name) }}}
	if t.ranking != nil && t.ranking.By != "" {
		head := upper(t.ranking.By)
		if t.ranking.By == "name" {
			head = "Group"
		}
		out = append(out, rankColumn{head: head, width: 92, compare: func(r *render.Ranking, i, j int) int { return cmp.Compare(at(r, i).Bundle, at(r, j).Bundle) }})
	}
	return append(out,
		rankColumn{head: "Triggers", width: 60, right: true, compare: func(r *render.Ranking, i, j int) int { return -cmp.Compare(at(r, i).Triggers, at(r, j).Triggers) }},
		rankColumn{head: "A breach reaches", width: t.reachWidth(), share: true, compare: func(r *render.Ranking, i, j int) int { return -cmp.Compare(at(r, i).Share, at(r, j).Share) }},
		rankColumn{head: "Resources", width: 68, right: true, compare: func(r *render.Ranking, i, j int) int { return -cmp.Compare(at(r, i).Resources, at(r, j).Resources) }},
		rankColumn{head: "Weighted", width: 64, right: true, compare: func(r *render.Ranking, i, j int) int { return -cmp.Compare(at(r, i).Weighted, at(r, j).Weighted) }})
}

// reachWidth is the width of the column of shares: wider where they say what they were.
func (t *RankTable) reachWidth() float32 {
	if t.ranking != nil && slices.ContainsFunc(t.ranking.Ranks, func(k render.Rank) bool { return k.Was >= 0 && k.Was != k.Share }) {
		return 226
	}
	return 150
}

// NewRankTable returns an empty table.
func NewRankTable() *RankTable {
	t := &RankTable{title: NewText("", small)}
	t.sorts = [2]order{{by: -1}, {by: -1}}
	t.bays = NewButton("Compartments", "", Plain, func() { t.show(false) }).withTip("Which compartment hurts most")
	t.storage = NewButton("Resources", "", Plain, func() { t.show(true) }).withTip("Which resource is most exposed")
	t.bays.Height, t.storage.Height = 26, 26
	t.heads = &fyne.Container{Layout: rankHeads{t}}
	t.list = NewReel()
	t.list.Length = func() int { return len(t.rows) }
	t.list.New = func() fyne.CanvasObject { return newRankLine(t) }
	t.list.Fill = func(i int, o fyne.CanvasObject) { o.(*rankLine).set(t.rows[i]) }
	t.list.OnTaken = func(i int) {
		if t.OnSelect != nil {
			t.OnSelect(t.rows[i].id)
		}
	}
	top := newInset(16, 8, newLine(12, 1, newLine(4, -1, t.bays, t.storage), t.title))
	t.Root = newBehind(NewGround(render.Ground, render.None, 0), NewFrame(newColumn(0, top, t.heads, NewRule()), t.list, nil))
	t.show(false)
	return t
}

// Set shows a ranking.
func (t *RankTable) Set(r *render.Ranking) {
	if t.ranking == r {
		return
	}
	was := t.row()
	t.ranking = r
	t.fill()
	if is := t.row(); is != was && is >= 0 { // figures came, and with them another order
		t.list.Reveal(is)
	}
}

// row is where the row stands that is marked, -1 for nowhere.
func (t *RankTable) row() int {
	return slices.IndexFunc(t.rows, func(r rankRow) bool { return r.id == t.selected })
}

// Select marks the row of an element.
func (t *RankTable) Select(id model.ID) {
	if t.selected == id {
		return
	}
	t.selected = id
	t.list.Refresh()
	if i := t.row(); i >= 0 {
		t.list.Reveal(i)
	}
}

func (t *RankTable) show(things bool) {
	t.things = things
	t.bays.Set(!things, false)
	t.storage.Set(things, false)
	t.fill()
	t.list.ScrollTo(0)
}

// SortBy sorts by the column of a name; by the same again, the other way round.
func (t *RankTable) SortBy(head string) {
	o := &t.sorts[index(t.things)]
	i := slices.IndexFunc(t.columns(), func(c rankColumn) bool { return c.head == head })
	switch {
	case i < 0:
		return
	case t.sorted() == i:
		*o = order{i, !o.back}
	default:
		*o = order{by: i}
	}
	t.fill()
	t.list.ScrollTo(0)
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

// sorted is the column that is sorted by.
func (t *RankTable) sorted() int {
	if by := t.sorts[index(t.things)].by; by >= 0 && by < len(t.columns()) {
		return by
	}
	return slices.IndexFunc(t.columns(), func(c rankColumn) bool { return c.share })
}

// fill makes the rows anew.
func (t *RankTable) fill() {
	t.rows = nil
	columns := t.columns()
	if r := t.ranking; r != nil {
		t.title.SetText(r.Claim.Sentence)
		n := len(r.Ranks)
		if t.things {
			n = len(r.Exposures)
		}
		at := make([]int, n)
		for i := range at {
			at[i] = i
		}
		by, back := columns[t.sorted()], t.sorts[index(t.things)].back
		slices.SortStableFunc(at, func(i, j int) int {
			if back {
				return by.compare(r, j, i)
			}
			return by.compare(r, i, j)
		})
		for _, i := range at {
			if t.things {
				t.rows = append(t.rows, thingRow(r, i))
			} else {
				t.rows = append(t.rows, bayRow(r, i))
			}
		}
	}
	t.heads.Objects = nil
	for i, c := range columns {
		head := c.head
		if i == t.sorted() {
			head += map[bool]string{false: " ↓", true: " ↑"}[t.sorts[index(t.things)].back]
		}
		style := small.weighing(render.Medium).in(render.Muted)
		if c.right {
			style = style.aligned(fyne.TextAlignTrailing)
		}
		l := NewLink(head, style, func() { t.SortBy(c.head) })
		l.Tip = "Sort by this; again, the other way round"
		t.heads.Add(l)
	}
	t.heads.Refresh()
	t.list.Refresh()
}

func bayRow(r *render.Ranking, i int) rankRow {
	k := r.Ranks[i]
	row := rankRow{id: k.Start, at: i, name: k.Name, admin: k.Admin, open: k.Open, share: k.Share, sure: k.Sure, figure: render.Share(k.Share, k.AtLeast), icon: "function"}
	resources, weighted := itoa(k.Resources), percent(k.Weighted)
	if r.Pending {
		row.figure, resources, weighted = "…", "…", "…"
	}
	if k.Functions > 1 {
		row.note = plural(k.Functions, "function")
	}
	if r.By != "" {
		row.cells = append(row.cells, k.Bundle)
	}
	triggers := ""
	if k.Triggers > 0 {
		triggers = itoa(k.Triggers)
	}
	row.cells = append(row.cells, triggers, "", resources, weighted)
	row.tip = k.Name
	if k.Caption != "" {
		row.tip += " · " + k.Caption
	}
	if k.Admin {
		row.tip += "\nAn administrator is reachable."
	}
	if k.Was >= 0 && k.Was != k.Share && !r.Pending {
		row.figure += " (was " + percent(k.Was) + ")"
	}
	return row
}

func thingRow(r *render.Ranking, i int) rankRow {
	e := r.Exposures[i]
	share := 0.0
	if r.Functions > 0 {
		share = float64(e.By) / float64(r.Functions)
	}
	figure := of(e.By, r.Functions)
	if r.Pending {
		figure = "…"
	}
	return rankRow{id: e.ID, at: i, name: e.Name, icon: e.Icon, crown: e.Crown, share: share, sure: share, figure: figure,
		cells: []string{e.Noun, fmt.Sprintf("%g", e.Weight), ""}, tip: e.Noun + " " + e.Name}
}

// places are where the columns begin and how wide they are.
func (t *RankTable) places(width float32) (x, w []float32) {
	const left, right = 52, 16
	columns := t.columns()
	rest := width - left - right
	for _, c := range columns {
		rest -= c.width + rankGap
	}
	at := float32(left)
	for _, c := range columns {
		wide := c.width
		if wide == 0 {
			wide = max(80, rest+rankGap)
		}
		x, w = append(x, at), append(w, wide)
		at += wide + rankGap
	}
	return x, w
}

// rankHeads sets the heads over their columns.
type rankHeads struct{ t *RankTable }

func (rankHeads) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 24) }

func (h rankHeads) Layout(o []fyne.CanvasObject, s fyne.Size) {
	x, w := h.t.places(s.Width)
	for i, head := range o {
		if i < len(x) {
			head.Move(fyne.NewPos(x[i], 2))
			head.Resize(fyne.NewSize(w[i], 20))
		}
	}
}

// rankLine draws any row.
type rankLine struct {
	widget.BaseWidget
	t     *RankTable
	row   rankRow
	hover bool

	ground, track, bar, sure *canvas.Rectangle
	icon, mark               *canvas.Image
	number, name, figure     *Label
	cells                    []*Label
	hull                     *Link
}

var (
	_ fyne.Tappable      = (*rankLine)(nil)
	_ desktop.Hoverable  = (*rankLine)(nil)
	_ desktop.Cursorable = (*rankLine)(nil)
)

func newRankLine(t *RankTable) *rankLine {
	l := &rankLine{t: t, ground: canvas.NewRectangle(nil), track: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), sure: canvas.NewRectangle(nil),
		icon: canvas.NewImageFromResource(nil), mark: canvas.NewImageFromResource(nil),
		number: NewLabel("", small.aligned(fyne.TextAlignTrailing)), name: NewLabel("", body.weighing(render.Medium).named()), figure: NewLabel("", body.weighing(render.Medium))}
	for range 6 {
		l.cells = append(l.cells, NewLabel("", small))
	}
	l.icon.FillMode, l.mark.FillMode = canvas.ImageFillContain, canvas.ImageFillContain
	l.hull = NewLink("hull", small.in(render.Link).whole(), func() {
		if t.OnHull != nil {
			t.OnHull(l.row.id)
		}
	})
	l.ExtendBaseWidget(l)
	return l
}

func (l *rankLine) set(r rankRow) {
	l.row = r
	l.Refresh()
}

// Tapped selects the element.
func (l *rankLine) Tapped(*fyne.PointEvent) {
	if l.t.OnSelect != nil {
		l.t.OnSelect(l.row.id)
	}
}

// Cursor is a hand.
func (l *rankLine) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights the row up and shows what there is no room for.
func (l *rankLine) MouseIn(e *desktop.MouseEvent) {
	l.hover = true
	l.Refresh()
	showTip(l, l.row.tip, e.AbsolutePosition)
}

// MouseMoved does nothing.
func (l *rankLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (l *rankLine) MouseOut() {
	l.hover = false
	l.Refresh()
	hideTip(l)
}

func (l *rankLine) CreateRenderer() fyne.WidgetRenderer { return &rankLineRenderer{l} }

type rankLineRenderer struct{ l *rankLine }

func (r *rankLineRenderer) MinSize() fyne.Size { return fyne.NewSize(300, 28) }

func (r *rankLineRenderer) Layout(s fyne.Size) {
	l := r.l
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	place(l.ground, 6, 1, s.Width-12, s.Height-2)
	text := func(o *Label, x, w float32) {
		place(o, x, (s.Height-o.Style.lineHeight())/2, w, o.Style.lineHeight())
	}
	text(l.number, 4, 36)
	x, w := l.t.places(s.Width)
	place(l.icon, x[0], (s.Height-15)/2, 15, 15)
	room := w[0] - 22
	if l.on() || l.hover {
		place(l.hull, x[0]+w[0]-30, (s.Height-18)/2, 30, 18)
		room -= 36
	}
	if l.row.crown || l.row.admin {
		room -= 18
	}
	text(l.name, x[0]+22, room)
	place(l.mark, x[0]+22+min(room, float32(l.name.Style.width(l.row.name))+6), (s.Height-13)/2, 13, 13)
	for i, c := range l.t.columns()[1:] {
		if c.share {
			const long = 72
			place(l.track, x[i+1], (s.Height-8)/2, long, 8)
			place(l.bar, x[i+1], (s.Height-8)/2, max(2, long*float32(l.row.share)), 8)
			place(l.sure, x[i+1], (s.Height-8)/2, long*float32(l.row.sure), 8)
			text(l.figure, x[i+1]+long+8, w[i+1]-long-8)
		} else if i < len(l.cells) {
			text(l.cells[i], x[i+1], w[i+1])
		}
	}
}

func (l *rankLine) on() bool { return l.row.id != "" && l.row.id == l.t.selected }

func (r *rankLineRenderer) Refresh() {
	l := r.l
	l.number.SetText(itoa(l.row.at + 1))
	l.name.SetText(l.row.name)
	l.figure.SetText(l.row.figure)
	l.hull.Hidden = l.t.things || !(l.on() || l.hover)
	columns := l.t.columns()
	for i, label := range l.cells {
		label.Hidden = i >= len(columns)-1 || i >= len(l.row.cells) || columns[i+1].share
		if !label.Hidden {
			style := small.sized(13)
			if columns[i+1].right {
				style = style.aligned(fyne.TextAlignTrailing)
			}
			label.Set(l.row.cells[i], style)
		}
	}
	l.icon.Resource = theme.Icon(l.row.icon, render.Muted)
	l.mark.Hidden = !l.row.crown && !l.row.admin
	if l.row.crown {
		l.mark.Resource = theme.Icon("crown", render.Crown)
	} else if l.row.admin {
		l.mark.Resource = theme.Icon("warning", render.Danger)
	}
	for _, b := range []*canvas.Rectangle{l.track, l.bar, l.sure} {
		b.CornerRadius = 3
	}
	l.track.FillColor, l.bar.FillColor, l.sure.FillColor = theme.Faded(render.Ink, 0.12), theme.Color(render.Tile1), theme.Color(render.Tile2)
	l.bar.Hidden, l.sure.Hidden = l.row.share == 0, l.row.sure == 0
	l.ground.CornerRadius = 6
	switch {
	case l.on():
		l.ground.FillColor = theme.Faded(render.Tile2, 0.22)
	case l.hover:
		l.ground.FillColor = theme.Faded(render.Ink, 0.055)
	default:
		l.ground.FillColor = theme.Faded(render.Ink, 0)
	}
	r.Layout(l.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *rankLineRenderer) Objects() []fyne.CanvasObject {
	l := r.l
	out := []fyne.CanvasObject{l.ground, l.icon, l.mark, l.number, l.name, l.track, l.bar, l.sure, l.figure, l.hull}
	for _, c := range l.cells {
		out = append(out, c)
	}
	return out
}

func (r *rankLineRenderer) Destroy() {}
