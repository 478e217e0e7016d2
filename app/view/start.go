package view

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// A Sample is a design that comes with the program.
type Sample struct {
	Path, Name, Sentence, Icon string
}

// Samples are those of the gallery.
func Samples() []Sample {
	return []Sample{
		{"sample:webshop", "Webshop monolith", "Ten routes, one function, one wide role: a breach floods everything. Split it.", "table"},
		{"sample:photos", "Photo pipeline", "Bucket, function, queue, function, table: see what a breach feeds further down.", "bucket"},
		{"sample:lambdashell", "LambdaShell", "A function left open to code execution whose small role gives the attacker nothing.", "function"},
		{"sample:team", "Team account", "An account with a deploy role, a CI role and a way to become administrator.", "user"},
	}
}

// Start is the page while nothing is open.
type Start struct {
	Root      fyne.CanvasObject
	OnAccount func()
	OnOpen    func(path string) // a recent file or a sample
	OnDialog  func(folder bool)

	OnNew func(pattern int) // a new design: blank, or one of edit.Patterns

	OnRestore, OnDiscard func(dir string) // of what was not saved

	recent    *fyne.Container
	recovered *fyne.Container
}

// Blank starts a design from nothing, where the number of a pattern is asked for.
const Blank = -1

// A Recovered is a design that was being edited when the program ended without being asked to.
type Recovered struct {
	Dir, Title, Path string
	Edits, Notes     int
	Time             time.Time
}

// what is "2 edits", "1 note", "2 edits and 1 note".
func (r Recovered) what() string {
	var parts []string
	if r.Edits > 0 || r.Notes == 0 {
		parts = append(parts, plural(r.Edits, "edit"))
	}
	if r.Notes > 0 {
		parts = append(parts, plural(r.Notes, "note"))
	}
	return strings.Join(parts, " and ")
}

// mostRecovered is how many are offered; the next come when these are gone.
const mostRecovered = 3

// SetRecovered offers what was not saved.
func (s *Start) SetRecovered(all []Recovered) {
	s.recovered.Objects = nil
	if len(all) > 0 {
		s.recovered.Add(NewLabel("NOT SAVED", section.in(render.Danger)))
	}
	for _, r := range all[:min(len(all), mostRecovered)] {
		text := NewText(r.what()+" of "+r.Title, strong)
		text.Tip = r.Path
		restore := NewButton("Restore", "", Plain, func() { s.OnRestore(r.Dir) })
		discard := NewButton("Discard", "", Quiet, func() { s.OnDiscard(r.Dir) })
		restore.Height, discard.Height = 26, 26
		row := newLine(8, 0, newColumn(0, text, NewLabel("left behind "+r.Time.Format("2 January 15:04"), small)), discard, restore)
		s.recovered.Add(newBehind(NewGround(render.Panel, render.Line, 8), newInset(12, 7, row)))
	}
	if len(all) > 0 {
		s.recovered.Add(spacer(8))
	}
	s.recovered.Refresh()
	s.Root.Refresh()
}

// NewStart returns the page.
func NewStart() *Start {
	s := &Start{recent: newColumn(2), recovered: newColumn(6)}
	open := NewButton("Open template…", "open", Primary, func() { s.OnDialog(false) })
	folder := NewButton("Open folder…", "files", Plain, func() { s.OnDialog(true) })
	blank := NewButton("New design", "plus", Plain, func() { s.OnNew(Blank) }).withTip("A blank page: draw functions, resources, triggers and grants, and export a SAM template (Ctrl+N)")
	live := NewButton("Import account…", "import", Plain, func() { s.OnAccount() }).withTip("Read a live AWS account into a snapshot: nothing is changed, and no object, item, message or secret is read (Ctrl+Shift+I)")
	open.Height, folder.Height, blank.Height, live.Height = 34, 34, 34, 34
	patterns := newPairs(6, false)
	for i, p := range edit.Patterns() {
		b := NewButton(p.Name, p.Icon, Quiet, func() { s.OnNew(i) }).withTip(p.Sentence)
		b.Height = 28
		patterns.Add(b)
	}
	left := newColumn(10,
		newLine(14, 1, NewPicture("hull", render.Link, 44), newColumn(0, NewLabel("Bulkhead", title.sized(28)), NewLabel("Where would the water stop?", small.sized(13)))),
		spacer(4),
		NewLabel("Open a SAM or CloudFormation template, a folder of CDK, Terraform or Serverless, an account snapshot or a saved design, or drop one here. Click a function to see what a breach of it floods; then tighten its role, split it, and take the policies back to the repo.", para.sized(13)),
		spacer(4),
		s.recovered,
		newPairs(8, true, open, folder, blank, live),
		spacer(2),
		NewLabel("START FROM A PATTERN", section), patterns,
		spacer(10),
		NewLabel("RECENT", section), s.recent)
	cards := newColumn(10, NewLabel("SAMPLES", section))
	for _, x := range Samples() {
		cards.Add(newSampleCard(x, func() { s.OnOpen(x.Path) }))
	}
	s.Root = newBehind(NewGround(render.Ground, render.None, 0), container.NewVScroll(&fyne.Container{Layout: startLayout{}, Objects: []fyne.CanvasObject{left, cards}}))
	s.SetRecent(nil)
	return s
}

// SetRecent lists the files that were opened last.
func (s *Start) SetRecent(paths []string) {
	s.recent.Objects = nil
	if len(paths) == 0 {
		s.recent.Add(NewLabel("Nothing was opened yet.", small.sized(13)))
	}
	for _, p := range paths {
		dir, name := splitPath(p)
		s.recent.Add(newRecent(name, dir, func() { s.OnOpen(p) }))
	}
	s.recent.Refresh()
}

func splitPath(p string) (dir, name string) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] == '/' || p[i] == '\\' {
			return p[:i], p[i+1:]
		}
	}
	return "", p
}

func newRecent(name, dir string, tap func()) fyne.CanvasObject {
	t := NewText(dir, small.named()) // cut in the middle: what tells folders of templates apart stands at their end
	return newLine(10, 1, NewLink(name, strong.in(render.Link).whole(), tap), t)
}

// startLayout sets two columns in the middle of the window.
type startLayout struct{}

func (startLayout) widths(w float32) (left, right, x float32) {
	left, right = 430, 400
	if w < left+right+60+80 {
		left, right = (w-140)*0.52, (w-140)*0.48
	}
	return left, right, max(40, (w-left-right-60)/2)
}

func (l startLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	left, right, _ := l.widths(900)
	return fyne.NewSize(600, max(heightOf(o[0], left), heightOf(o[1], right))+80)
}

func (l startLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	left, right, x := l.widths(s.Width)
	hl, hr := heightOf(o[0], left), heightOf(o[1], right)
	y := max(40, (s.Height-max(hl, hr))/2.6)
	o[0].Move(fyne.NewPos(x, y))
	o[0].Resize(fyne.NewSize(left, hl))
	o[1].Move(fyne.NewPos(x+left+60, y))
	o[1].Resize(fyne.NewSize(right, hr))
}

func spacer(h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(theme.Faded(render.Ink, 0))
	r.SetMinSize(fyne.NewSize(0, h))
	return r
}

// sampleCard is a card that can be clicked.
type sampleCard struct {
	widget.BaseWidget
	tap     func()
	ground  *Ground
	content fyne.CanvasObject
	focused bool
}

var (
	_ fyne.Tappable      = (*sampleCard)(nil)
	_ fyne.Focusable     = (*sampleCard)(nil)
	_ desktop.Hoverable  = (*sampleCard)(nil)
	_ desktop.Cursorable = (*sampleCard)(nil)
)

func newSampleCard(s Sample, tap func()) *sampleCard {
	c := &sampleCard{tap: tap, ground: NewGround(render.Panel, render.Line, 8)}
	text := newColumn(2, NewLabel(s.Name, heading), NewLabel(s.Sentence, para.lines(3)))
	c.content = newInset(14, 12, newSide(38, NewPicture(s.Icon, render.Link, 24), text))
	c.ExtendBaseWidget(c)
	return c
}

func (c *sampleCard) heightFor(w float32) float32 { return heightOf(c.content, w) }

func (c *sampleCard) Tapped(*fyne.PointEvent)        { c.tap() }
func (c *sampleCard) Cursor() desktop.Cursor         { return desktop.PointerCursor }
func (c *sampleCard) MouseMoved(*desktop.MouseEvent) {}
func (c *sampleCard) TypedRune(r rune)               { handRune(c, r) }
func (c *sampleCard) MouseIn(*desktop.MouseEvent)    { c.ground.light(true) }
func (c *sampleCard) MouseOut()                      { c.ground.light(c.focused) }
func (c *sampleCard) FocusGained()                   { c.focused = true; c.ground.light(true) }
func (c *sampleCard) FocusLost()                     { c.focused = false; c.ground.light(false) }

func (c *sampleCard) TypedKey(e *fyne.KeyEvent) {
	if presses(e) {
		c.tap()
		return
	}
	handKey(c, e)
}

func (c *sampleCard) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(newBehind(c.ground, c.content))
}

// side stands a thing of a fixed width before the rest.
type side struct{ width float32 }

func newSide(width float32, left, rest fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: side{width}, Objects: []fyne.CanvasObject{left, rest}}
}

func (l side) heightFor(o []fyne.CanvasObject, w float32) float32 {
	return max(o[0].MinSize().Height, heightOf(o[1], w-l.width))
}

func (l side) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(l.width+b.Width, max(a.Height, b.Height))
}

func (l side) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(o[0].MinSize())
	h := heightOf(o[1], s.Width-l.width)
	o[1].Move(fyne.NewPos(l.width, max(0, (s.Height-h)/2)))
	o[1].Resize(fyne.NewSize(s.Width-l.width, h))
}

// Picture is an icon in a colour of the palette.
type Picture struct {
	widget.BaseWidget
	name  string
	color render.Color
	size  float32
}

// NewPicture returns an icon of assets/icons.
func NewPicture(name string, c render.Color, size float32) *Picture {
	p := &Picture{name: name, color: c, size: size}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes the icon.
func (p *Picture) Set(name string, c render.Color) {
	if p.name != name || p.color != c {
		p.name, p.color = name, c
		p.Refresh()
	}
}

// CreateRenderer draws the icon.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer {
	r := &pictureRenderer{p, canvas.NewImageFromResource(theme.Icon(p.name, p.color))}
	r.image.FillMode = canvas.ImageFillContain
	return r
}

type pictureRenderer struct {
	p     *Picture
	image *canvas.Image
}

func (r *pictureRenderer) MinSize() fyne.Size { return fyne.NewSize(r.p.size, r.p.size) }

func (r *pictureRenderer) Layout(s fyne.Size) {
	r.image.Move(fyne.NewPos((s.Width-r.p.size)/2, (s.Height-r.p.size)/2))
	r.image.Resize(fyne.NewSize(r.p.size, r.p.size))
}

func (r *pictureRenderer) Refresh() {
	r.image.Resource = theme.Icon(r.p.name, r.p.color)
	r.image.Refresh()
}

func (r *pictureRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.image} }
func (r *pictureRenderer) Destroy()                     {}
