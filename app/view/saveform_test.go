package view

import (
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestSaveFormSaysWhereAndWhatIsThere(t *testing.T) {
	newApp(t)
	there := filepath.Join("dir", "old.png")
	look := func(path string) Sight {
		if path == there {
			return Sight{Note: "It is written over."}
		}
		return Sight{}
	}
	f := NewSaveForm("shop", "dir", []string{".svg", ".png", ".pdf"}, look)
	newWindow(t, f.Root, 500, 240)
	fine := false
	f.OnChange = func(ok bool) { fine = ok }
	if got := f.Path(); got != filepath.Join("dir", "shop.svg") {
		t.Errorf("a name without an ending is %s", got)
	}
	test.Tap(button(t, f.Root, "PNG"))
	if f.Name.Text != "shop.png" || !fine || !button(t, f.Root, "PNG").On || button(t, f.Root, "SVG").On {
		t.Errorf("after PNG the name is %q", f.Name.Text)
	}
	test.Tap(button(t, f.Root, "PDF"))
	if f.Name.Text != "shop.pdf" {
		t.Errorf("after PDF the name is %q", f.Name.Text)
	}
	f.Name.SetText("old.png")
	if !fine || !strings.Contains(texts(f.Root), "written over") {
		t.Errorf("what is there is not said:\n%s", texts(f.Root))
	}
	for _, bad := range []string{"", "  ", ".svg", "a/b.svg"} {
		if f.Name.SetText(bad); fine {
			t.Errorf("%q counts as a name", bad)
		}
	}
}

// TestSaveFormAsksHowLarge: of a PNG alone.
func TestSaveFormAsksHowLarge(t *testing.T) {
	newApp(t)
	f := NewSaveForm("shop", "dir", []string{".svg", ".png"}, func(string) Sight { return Sight{} })
	newWindow(t, f.Root, 500, 300)
	f.OfferScales()
	if f.sized.Visible() {
		t.Error("it is asked of an SVG")
	}
	test.Tap(button(t, f.Root, "PNG"))
	if !f.sized.Visible() || f.Scale() != 2 || !button(t, f.Root, "2×").On {
		t.Errorf("of a PNG it is asked: %v, first %d", f.sized.Visible(), f.Scale())
	}
	test.Tap(button(t, f.Root, "4×"))
	if f.Scale() != 4 || !button(t, f.Root, "4×").On || button(t, f.Root, "2×").On {
		t.Errorf("4× gives %d", f.Scale())
	}
	test.Tap(button(t, f.Root, "SVG"))
	if f.sized.Visible() {
		t.Error("it is asked of an SVG again")
	}
}
