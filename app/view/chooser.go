package view

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A Chooser asks for some of many, grouped, with a search.
type Chooser struct {
	Root fyne.CanvasObject

	values []choice
	shown  []int // indexes of values; -1-g: the head of group g
	groups []string
	chosen map[string]bool
	list   *widget.List
	count  *Label
	words  *Label
	noun   string
}

type choice struct {
	value, text string
	group       int
	icon        string
}

// NewActionChooser asks which actions to keep, grouped by what they are good for. Those in chosen are chosen at first.
func NewActionChooser(actions []string, chosen ...string) *Chooser {
	c := &Chooser{chosen: map[string]bool{}, noun: "action"}
	for k := catalog.List; k <= catalog.Tag; k++ {
		c.groups = append(c.groups, k.String())
	}
	known := catalog.Load()
	for _, a := range actions {
		x := choice{value: a, text: a}
		if k := known.Action(a); k != nil {
			x.group = int(k.Capability())
		}
		c.values = append(c.values, x)
	}
	for _, a := range chosen {
		c.chosen[a] = true
	}
	// Lists and tags harm least and are asked for least.
	slices.SortStableFunc(c.values, func(a, b choice) int { return behindOthers(a.group) - behindOthers(b.group) })
	c.make("Search actions")
	return c
}

func behindOthers(group int) int {
	if c := catalog.Capability(group); c == catalog.List || c == catalog.Tag {
		return group + 100
	}
	return group
}

// NewResourceChooser asks for things of the design, named as scripts do ("res/Orders", "res/Files/*"); those in own
// are chosen at first, or else offered alone.
func NewResourceChooser(d *model.Design, own []string) *Chooser {
	c := &Chooser{chosen: map[string]bool{}, noun: "resource", groups: []string{"in this design"}}
	for _, r := range own {
		if strings.HasPrefix(r, "arn:") || r == "*" {
			continue
		}
		id, part := model.ID(r), ""
		if d.Element(id) == nil {
			if at := strings.LastIndexAny(r, "/:"); at > 0 {
				id, part = model.ID(r[:at]), r[at:]
			}
		}
		c.values = append(c.values, choice{value: r, text: Name(d, id) + part, icon: Icon(d, id)})
		c.chosen[r] = true
	}
	c.make("Search resources")
	return c
}

// Explain says above the list what becomes of what is chosen.
func (c *Chooser) Explain(words string) {
	c.words.SetText(words)
	c.words.Show()
}

// Chosen lists what is chosen, in order.
func (c *Chooser) Chosen() []string {
	var out []string
	for _, v := range c.values {
		if c.chosen[v.value] {
			out = append(out, v.value)
		}
	}
	return out
}

// Choose turns one on or off.
func (c *Chooser) Choose(value string, on bool) {
	c.chosen[value] = on
	c.list.Refresh()
	c.sum()
}

// Need is how high the chooser is with all that it offers.
func (c *Chooser) Need() float32 {
	const row, above = 30, 120
	return above + row*float32(max(len(c.shown), 2))
}

func (c *Chooser) sum() {
	n := len(c.Chosen())
	text := fmt.Sprintf("%d of %s kept", n, plural(len(c.values), c.noun))
	if n == 0 {
		text = "None is kept: it goes altogether."
	}
	c.count.SetText(text)
}

func (c *Chooser) make(hint string) {
	search := newSearch(hint)
	c.count = NewLabel("", small)
	c.list = widget.NewList(func() int { return len(c.shown) }, func() fyne.CanvasObject { return newChoiceRow(c) }, func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(c.shown) {
			o.(*choiceRow).set(c.shown[i])
		}
	})
	c.list.HideSeparators = true
	search.OnChanged = c.filter
	empty := NewLabel("", para)
	if len(c.values) == 0 {
		empty.SetText("The design has nothing that it would stand for.")
	}
	c.filter("")
	c.sum()
	c.words = NewLabel("", para)
	c.words.Hide()
	c.Root = WithTips(container.NewBorder(newColumn(6, c.words, search, c.count, empty), nil, nil, nil, c.list))
}

func (c *Chooser) filter(words string) {
	c.shown = nil
	group := -1
	for i, v := range c.values {
		if !strings.Contains(strings.ToLower(v.text), strings.ToLower(strings.TrimSpace(words))) {
			continue
		}
		if v.group != group {
			group = v.group
			c.shown = append(c.shown, -1-group)
		}
		c.shown = append(c.shown, i)
	}
	c.list.Refresh()
}

// of lists the indexes of a group.
func (c *Chooser) of(group int) []int {
	var out []int
	for i, v := range c.values {
		if v.group == group {
			out = append(out, i)
		}
	}
	return out
}

type choiceRow struct {
	widget.BaseWidget
	c     *Chooser
	at    int
	check *mark
	name  *Label
	note  *Label
	icon  *Picture
}

func newChoiceRow(c *Chooser) *choiceRow {
	r := &choiceRow{c: c, check: newMark(false, false, nil), name: NewLabel("", body), note: NewLabel("", small.whole()), icon: NewPicture("resource", 0, 15)}
	r.ExtendBaseWidget(r)
	return r
}

// Tapped turns the row on or off.
func (r *choiceRow) Tapped(*fyne.PointEvent) { r.check.tap() }

func (r *choiceRow) set(at int) {
	r.at = at
	r.note.SetText("")
	r.icon.Hide()
	if at < 0 {
		g := -1 - at
		members := r.c.of(g)
		n := 0
		for _, i := range members {
			if r.c.chosen[r.c.values[i].value] {
				n++
			}
		}
		r.name.Set(strings.ToUpper(r.c.groups[g]), section)
		r.note.SetText(fmt.Sprintf("%d of %d", n, len(members)))
		r.check.on = n == len(members) && n > 0
		r.check.tap = func() {
			for _, i := range members {
				r.c.chosen[r.c.values[i].value] = n < len(members)
			}
			r.c.list.Refresh()
			r.c.sum()
		}
	} else {
		v := r.c.values[at]
		r.name.Set(v.text, body)
		if v.icon != "" {
			r.icon.Set(v.icon, 0)
			r.icon.Show()
		}
		r.check.on = r.c.chosen[v.value]
		r.check.tap = func() { r.c.Choose(v.value, !r.c.chosen[v.value]) }
	}
	r.check.Refresh()
	r.Refresh()
}

func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: choiceLayout{r}, Objects: []fyne.CanvasObject{r.check, r.icon, r.name, r.note}})
}

type choiceLayout struct{ r *choiceRow }

func (choiceLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(160, 26) }

func (l choiceLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	r := l.r
	x := float32(4)
	if r.at >= 0 {
		x = 22
	}
	r.check.Move(fyne.NewPos(x, (s.Height-r.check.MinSize().Height)/2))
	r.check.Resize(r.check.MinSize())
	x += 34
	if r.icon.Visible() {
		r.icon.Move(fyne.NewPos(x, (s.Height-15)/2))
		r.icon.Resize(fyne.NewSize(15, 15))
		x += 23
	}
	note := r.note.MinSize()
	r.name.Move(fyne.NewPos(x, (s.Height-body.lineHeight())/2))
	r.name.Resize(fyne.NewSize(s.Width-x-note.Width-10, body.lineHeight()))
	r.note.Move(fyne.NewPos(s.Width-note.Width-6, (s.Height-small.lineHeight())/2))
	r.note.Resize(note)
}

// Checks asks for some of a few sentences; all are chosen at first.
type Checks struct {
	Root fyne.CanvasObject
	on   []*Tick
	says []*Label

	page, content *fyne.Container
}

// Say puts the effect of what a sentence offers behind it.
func (c *Checks) Say(i int, e Effect) {
	c.says[i].Set(e.Text, effectStyle(e))
	refill(c.page, c.content, false, c.content.Objects...)
}

// NewChecks returns a check box for each sentence.
func NewChecks(names []string) *Checks {
	c := &Checks{}
	c.page, c.content = newPage(6, sheetBleed, 2)
	var rows []fyne.CanvasObject
	for _, n := range names {
		b := NewTick("", nil)
		b.Checked = true
		c.on = append(c.on, b)
		says := NewLabel("", effectStyle(Effect{}))
		c.says = append(c.says, says)
		row := &fyne.Container{Layout: &tallLine{line{8, 0}}, Objects: []fyne.CanvasObject{NewLabel(n, body.lines(3)), says}}
		rows = append(rows, newSide(tickLead, b, row))
	}
	refill(c.page, c.content, true, rows...)
	c.Root = c.page
	return c
}

// Choose chooses the first n alone.
func (c *Checks) Choose(n int) {
	for i, b := range c.on {
		b.SetChecked(i < n)
	}
}

// Chosen lists the indexes of those that are chosen.
func (c *Checks) Chosen() []int {
	var out []int
	for i, b := range c.on {
		if b.Checked {
			out = append(out, i)
		}
	}
	return out
}
