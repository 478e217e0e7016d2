package view

import (
	"slices"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// A Strip is lines above the picture that say what the last edit means; each can be put away.
type Strip struct {
	Root     *fyne.Container
	OnResize func()                 // it has more lines now, or less
	OnAll    func(remarks []Remark) // all of them are to be shown, of which there are more than lines

	lines *fyne.Container
	shown []shownRemark
	texts []string
}

type shownRemark struct {
	row   fyne.CanvasObject
	stays bool
}

// Texts are the remarks as they were shown last.
func (s *Strip) Texts() []string { return s.texts }

// NewStrip returns an empty strip.
func NewStrip() *Strip {
	s := &Strip{lines: newColumn(1)}
	s.Root = s.lines
	return s
}

// A Remark is a line of the strip.
type Remark struct {
	Text   string
	Grave  bool   // a refusal or a failure, not a warning
	Fine   bool   // something went well
	Stays  bool   // speaks of more than the last edit: Forget leaves it
	Action string // "" if none
	OnTap  func()
}

// mostRemarks is how many lines remarks have at most; what is more is counted in the last.
const mostRemarks = 2

// Show puts remarks in the place of those that are there.
func (s *Strip) Show(remarks ...Remark) {
	s.lines.Objects, s.shown, s.texts = nil, nil, nil
	s.append(remarks)
}

// Forget puts away what speaks of the last edit, and shows other remarks in its place.
func (s *Strip) Forget(remarks ...Remark) {
	var stay []shownRemark
	s.lines.Objects, s.texts = nil, nil
	for _, x := range s.shown {
		if x.stays {
			s.lines.Add(x.row)
			stay = append(stay, x)
		}
	}
	s.shown = stay
	s.append(remarks)
}

func (s *Strip) append(remarks []Remark) {
	for i, r := range remarks {
		if i == mostRemarks-1 && len(remarks) > mostRemarks {
			s.add(Remark{Text: plural(len(remarks)-i, "more remark"), Grave: r.Grave, Action: "show all", OnTap: func() {
				if s.OnAll != nil {
					s.OnAll(remarks)
				}
			}})
			break
		}
		s.add(r)
	}
	s.resize()
}

func (s *Strip) resize() {
	s.lines.Refresh()
	if s.OnResize != nil {
		s.OnResize()
	}
}

func (s *Strip) add(r Remark) {
	icon, tone := "warning", render.Crown
	if r.Grave {
		icon, tone = "warning", render.Danger
	}
	if r.Fine {
		icon, tone = "check", render.Good
	}
	s.texts = append(s.texts, r.Text)
	text := NewText(r.Text, body.sized(13).lines(3))
	var row *fyne.Container
	away := NewButton("", "close", Quiet, nil)
	away.Height = 22
	away.OnTap = func() {
		s.lines.Remove(row)
		s.shown = slices.DeleteFunc(s.shown, func(x shownRemark) bool { return x.row == row })
		s.resize()
	}
	parts := []fyne.CanvasObject{NewPicture(icon, tone, 16), text}
	if r.Action != "" {
		parts = append(parts, NewLink(r.Action, small.in(render.Link).whole(), r.OnTap))
	}
	parts = append(parts, away)
	ground := NewGround(tone, render.None, 0)
	ground.alpha = 0.13
	row = newBehind(ground, newInset(16, 5, &fyne.Container{Layout: &tallLine{line{10, 1}}, Objects: parts}))
	s.lines.Add(row)
	s.shown = append(s.shown, shownRemark{row, r.Stays})
}

// Clear puts all away.
func (s *Strip) Clear() { s.Show() }

// tallLine is a line whose stretched object may be several lines high.
type tallLine struct{ line }

func (l *tallLine) heightFor(o []fyne.CanvasObject, width float32) float32 {
	rest := width
	h := float32(0)
	for i, x := range o {
		if i != l.stretch {
			m := x.MinSize()
			rest -= m.Width + l.gap
			h = max(h, m.Height)
		}
	}
	return max(h, heightOf(o[l.stretch], rest))
}

func (l *tallLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.line.Layout(o, size)
	x := o[l.stretch]
	h := heightOf(x, x.Size().Width)
	x.Move(fyne.NewPos(x.Position().X, (size.Height-h)/2))
	x.Resize(fyne.NewSize(x.Size().Width, h))
}
