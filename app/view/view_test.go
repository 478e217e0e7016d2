package view

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
)

// newWindow shows an object in a window of Fyne's test driver.
func newWindow(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewWindow(WithTips(o))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	t.Cleanup(win.Close)
	return win
}

// waiting is what is to be called soon; pass calls it.
var waiting []func()

func init() { soon = func(_ time.Duration, f func()) { waiting = append(waiting, f) } }

func pass() {
	now := waiting
	waiting = nil
	for _, f := range now {
		f()
	}
}

func newApp(t *testing.T) fyne.App {
	t.Helper()
	waiting = nil
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Light))
	return a
}

// opened is a sample, analysed, with its worst function selected.
func opened(t *testing.T, name string) (*session.Session, session.State) {
	t.Helper()
	samples, err := fs.Sub(assets.FS, "samples")
	if err != nil {
		t.Fatal(err)
	}
	sources := append([]importers.Source{}, cfn.Sources()...)
	s, err := session.OpenSample(context.Background(), samples, name, append(sources, account.New()), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	start := st.After.Measures.WorstOf
	if start == "" {
		start = st.After.Design.Functions()[0].ID // nothing floods
	}
	s.Select(start)
	return s, s.State()
}

// all lists the objects of a sort in a tree, in the order in which they are drawn; hidden ones are left out.
func all[T any](o fyne.CanvasObject) []T {
	var out []T
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if x, ok := o.(T); ok {
			out = append(out, x)
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(o)
	return out
}

// texts is what can be read in a tree.
func texts(o fyne.CanvasObject) string {
	var out []string
	for _, l := range all[interface{ text() string }](o) {
		out = append(out, l.text())
	}
	return strings.Join(out, "\n")
}

func link(t *testing.T, o fyne.CanvasObject, label string) *Link {
	t.Helper()
	for _, l := range all[*Link](o) {
		if strings.HasPrefix(l.Text, label) {
			return l
		}
	}
	t.Fatalf("there is no link %q in:\n%s", label, texts(o))
	return nil
}

func button(t *testing.T, o fyne.CanvasObject, label string) *Button {
	t.Helper()
	for _, b := range all[*Button](o) {
		if b.Label == label || b.Label == "" && b.Icon == label {
			return b
		}
	}
	t.Fatalf("there is no button %q", label)
	return nil
}

func chip(t *testing.T, o fyne.CanvasObject, text string) *ChipButton {
	t.Helper()
	for _, c := range all[*ChipButton](o) {
		if c.Chip.Text == text {
			return c
		}
	}
	t.Fatalf("there is no chip %q", text)
	return nil
}

// tip is the tip that the window shows, "" if none.
func tip(w fyne.Window) string {
	layer := w.Content().(*fyne.Container).Objects[1].(*fyne.Container)
	var words []string
	for _, o := range layer.Objects {
		if x, ok := o.(interface{ MinSize() fyne.Size }); ok {
			if text := canvasText(x); text != "" {
				words = append(words, text)
			}
		}
	}
	return strings.Join(words, " ")
}
