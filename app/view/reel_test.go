package view

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// A reel of rows 0, 1, 2 …, every tenth of them higher and not to be taken.
func numbered(t *testing.T, n int) (r *Reel, made, filled *int, taken *[]int, win fyne.Window) {
	t.Helper()
	newApp(t)
	made, filled, taken = new(int), new(int), new([]int)
	r = NewReel()
	r.Length = func() int { return n }
	r.Height = func(i int) float32 { return map[bool]float32{true: 36, false: 20}[i%10 == 0] }
	r.New = func() fyne.CanvasObject { *made++; return NewLabel("", body) }
	r.Fill = func(i int, o fyne.CanvasObject) { *filled++; o.(*Label).SetText(itoa(i)) }
	r.Takes = func(i int) bool { return i%10 != 0 }
	r.OnTaken = func(i int) { *taken = append(*taken, i) }
	return r, made, filled, taken, newWindow(t, r, 200, 300)
}

// inView are the texts of the rows in view, from top to bottom.
func inView(r *Reel) []string {
	var out []string
	for _, o := range r.content.Objects {
		if l, ok := o.(*Label); ok {
			out = append(out, l.Text)
		}
	}
	return out
}

// TestAReelCostsAPage: of very many rows it makes and fills those in view alone, wherever it is scrolled to.
func TestAReelCostsAPage(t *testing.T) {
	r, made, filled, _, _ := numbered(t, 100_000)
	if *made > 16 || *filled > 60 {
		t.Fatalf("%d rows were made and %d filled for a page of twelve", *made, *filled)
	}
	if got := inView(r); got[0] != "0" || got[5] != "5" {
		t.Errorf("at the top it shows %q", got)
	}
	was := *filled
	r.Reveal(99_999)
	got := inView(r)
	if got[len(got)-1] != "99999" || !slices.Contains(got, "99990") {
		t.Errorf("at the end it shows %q", got)
	}
	if *made > 16 || *filled-was > 40 {
		t.Errorf("%d rows were made, and %d filled to scroll", *made, *filled-was)
	}
	for i := 1; i < len(got); i++ {
		a, b := r.content.Objects[i-1], r.content.Objects[i]
		if b.Position().Y != a.Position().Y+a.Size().Height+reelGap {
			t.Errorf("row %s stands at %g, the one above ends at %g", got[i], b.Position().Y, a.Position().Y+a.Size().Height)
		}
	}
}

// TestAReelGetsShorter: what is scrolled to is never beyond the rows.
func TestAReelGetsShorter(t *testing.T) {
	r, _, _, _, _ := numbered(t, 1000)
	r.Reveal(999)
	r.Length = func() int { return 3 }
	r.Refresh()
	if got := inView(r); !slices.Equal(got, []string{"0", "1", "2"}) || r.Offset() != 0 {
		t.Errorf("of three rows it shows %q at %g", got, r.Offset())
	}
	r.Length = func() int { return 0 }
	r.Refresh()
	if got := inView(r); len(got) != 0 {
		t.Errorf("of no rows it shows %q", got)
	}
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

// TestAReelByTheKeyboard: arrows go over rows that cannot be taken, the marked row is in view, Enter takes it, and keys that
// it does not use are the window's.
func TestAReelByTheKeyboard(t *testing.T) {
	r, _, _, taken, win := numbered(t, 1000)
	var keys []fyne.KeyName
	runes := ""
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { keys = append(keys, e.Name) })
	win.Canvas().SetOnTypedRune(func(x rune) { runes += string(x) })
	win.Canvas().Focus(r)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			r.TypedKey(&fyne.KeyEvent{Name: k})
			if top, end := r.tops[r.at]-r.Offset(), r.tops[r.at+1]-r.Offset()-reelGap; top < 0 || end > 300 {
				t.Errorf("after %s row %d stands at %g to %g of 300", k, r.at, top, end)
			}
		}
	}
	if !r.mark.Visible() || r.at != 1 {
		t.Errorf("with the focus row %d is marked, %v", r.at, r.mark.Visible())
	}
	press(fyne.KeyReturn)
	for range 8 {
		press(fyne.KeyDown)
	}
	press(fyne.KeyDown, fyne.KeySpace, fyne.KeyUp, fyne.KeyReturn, fyne.KeyEnd, fyne.KeyReturn, fyne.KeyHome, fyne.KeyReturn)
	if want := []int{1, 11, 9, 999, 1}; !slices.Equal(*taken, want) {
		t.Errorf("taken: %v, want %v", *taken, want)
	}
	test.Type(r, "h")
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if runes != "h" || !slices.Equal(keys, []fyne.KeyName{fyne.KeyF5, fyne.KeyEscape}) {
		t.Errorf("the window was handed %q and %q", runes, keys)
	}
	win.Canvas().Unfocus()
	if r.mark.Visible() {
		t.Error("a row is marked without the focus")
	}
}
