package view

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// shownSheet shows a sheet on a window, and returns the window and its layer above.
func shownSheet(t *testing.T, s *Sheet, w, h float32) (fyne.Window, *int) {
	t.Helper()
	win := newWindow(t, NewLabel("", body), w, h)
	closed := new(int)
	s.Show(win.Canvas(), func() { *closed++ })
	return win, closed
}

// TestSheetAsks: the buttons stand from left to right as they are read, Enter presses the one that the sheet is for, and what it
// does is done when the sheet is away.
func TestSheetAsks(t *testing.T) {
	newApp(t)
	done := ""
	s := NewSheet("Close without saving?", "The edits are lost.", nil)
	s.Also("Don’t save", true, func() { done = "lost" })
	s.Leave("Cancel")
	save := s.Act("Save", Primary, func() { done = "saved" })
	win, closed := shownSheet(t, s, 900, 600)
	x := float32(-1)
	for _, b := range s.Buttons() {
		if at := placeOf(b).X; at <= x {
			t.Errorf("%s stands at %v, behind %v", b.Label, at, x)
		} else {
			x = at
		}
	}
	save.Set(false, true)
	if s.Enter(); done != "" || !s.Shown() {
		t.Error("Enter presses what cannot be pressed")
	}
	save.Set(false, false)
	if s.Enter(); done != "saved" || s.Shown() || *closed != 1 || win.Canvas().Overlays().Top() != nil {
		t.Errorf("Enter did %q, %d closed", done, *closed)
	}
	s.Hide()
	if *closed != 1 {
		t.Error("it was put away twice")
	}
}

// TestSheetIsLeft by Escape, by its cross, by a click beside it where nothing is asked, and not before it asked where it has to.
func TestSheetIsLeft(t *testing.T) {
	newApp(t)
	asked := 0
	s := NewSheet("Split", "", NewLabel("parts", body))
	s.OnLeave = func() { asked++ }
	s.Leave("Cancel")
	win, closed := shownSheet(t, s, 900, 600)
	s.Escape()
	test.Tap(s.body.cross)
	test.Tap(s.Buttons()[0])
	test.TapCanvas(win.Canvas(), fyne.NewPos(10, 10))
	if asked != 3 || *closed != 0 {
		t.Errorf("%d asked, %d closed", asked, *closed)
	}
	s.Hide()
	told := NewSheet("Keys", "", NewLabel("keys", body))
	told.Show(win.Canvas(), nil)
	test.TapCanvas(win.Canvas(), fyne.NewPos(10, 10))
	if told.Shown() {
		t.Error("a click beside it does not put away what asks nothing")
	}
}

// TestSheetFits: as wide as it wants or the window lets it, as high as its content, which scrolls where there is no room.
func TestSheetFits(t *testing.T) {
	newApp(t)
	long := newColumn(4)
	for range 60 {
		long.Add(NewLabel("a line", body))
	}
	s := NewSheet("Long", strings.Repeat("words that wrap ", 20), long)
	s.Width = 700
	s.Leave("Close")
	win, _ := shownSheet(t, s, 800, 500)
	size, at := s.body.Size(), s.body.Position()
	if size.Width != 700 || size.Height != 500-2*sheetAside || at.X != 50 || at.Y != sheetAside {
		t.Errorf("it has %v at %v", size, at)
	}
	if b := s.Buttons()[0]; placeOf(b).Y+b.Size().Height > 500-sheetAside {
		t.Error("the button is out of sight")
	}
	win.Resize(fyne.NewSize(500, 1900))
	if size := s.body.Size(); size.Width != 500-2*sheetAside || size.Height >= 1900-2*sheetAside || size.Height < 900 {
		t.Errorf("in another window it has %v", size)
	}
	was := s.body.Size().Height
	long.Objects = long.Objects[:10]
	s.Fit()
	if now := s.body.Size().Height; now > was-500 {
		t.Errorf("with less in it, it is %v high, and was %v", now, was)
	}
	s.Hide()
}

// TestSheetHasTheFocus where it is asked for: the field is written into, and Enter in it reaches the window.
func TestSheetHasTheFocus(t *testing.T) {
	newApp(t)
	f := NewField("Function")
	s := NewSheet("A new function", "Name", f)
	s.First = f
	s.Leave("Cancel")
	win, _ := shownSheet(t, s, 600, 400)
	entered := 0
	win.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyReturn {
			entered++
		}
	})
	test.Type(win.Canvas().Focused(), "Worker")
	if f.Text != "Worker" {
		t.Errorf("typed, the field says %q: what is there is written over", f.Text)
	}
	win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if entered != 1 {
		t.Error("Enter does not reach the window")
	}
	s.Hide()
}

func TestTick(t *testing.T) {
	newApp(t)
	var got []bool
	x := NewTick("Crown jewel", func(on bool) { got = append(got, on) })
	win := newWindow(t, x, 200, 30)
	test.Tap(x)
	win.Canvas().Focus(x.mark)
	win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(got) != 2 || !got[0] || got[1] || x.Checked {
		t.Errorf("told %v, now %v", got, x.Checked)
	}
	x.Disabled = true
	if test.Tap(x); x.Checked || len(got) != 2 {
		t.Error("it is ticked though it is off")
	}
}

func TestPicker(t *testing.T) {
	newApp(t)
	changes := 0
	p := NewPicker([]Option{{Name: "default"}, {"prod", "SSO"}, {"audit", ""}}, func() { changes++ })
	win := newWindow(t, p, 300, 200)
	win.Canvas().Focus(p)
	press := func(k fyne.KeyName) { p.TypedKey(&fyne.KeyEvent{Name: k}) }
	press(fyne.KeyUp)
	press(fyne.KeyDown)
	if p.Chosen() != "prod" || changes != 1 || !strings.Contains(texts(p), "SSO") {
		t.Errorf("chosen %q after %d changes, shown %q", p.Chosen(), changes, texts(p))
	}
	press(fyne.KeyReturn)
	if win.Canvas().Overlays().Top() == nil {
		t.Error("Enter lists nothing")
	}
	p.Set([]Option{{Name: "one"}}, 0)
	p.Disable()
	press(fyne.KeyDown)
	if p.Chosen() != "one" || changes != 1 {
		t.Errorf("chosen %q after %d changes", p.Chosen(), changes)
	}
}
