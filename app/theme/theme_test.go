package theme

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"bulkhead/render"
)

func TestModesChooseThePalette(t *testing.T) {
	for _, c := range []struct {
		mode    Mode
		variant fyne.ThemeVariant
		want    *render.Palette
	}{
		{System, fynetheme.VariantLight, render.Light},
		{System, fynetheme.VariantDark, render.Dark},
		{Light, fynetheme.VariantDark, render.Light},
		{Dark, fynetheme.VariantLight, render.Dark},
		{ContrastLight, fynetheme.VariantDark, render.ContrastLight},
		{ContrastDark, fynetheme.VariantLight, render.ContrastDark},
	} {
		th := New(c.mode)
		if got := th.Color(fynetheme.ColorNameForeground, c.variant); got != c.want.RGBA(render.Ink) {
			t.Errorf("%v on a desktop of variant %d: ink %v, want that of %s", c.mode, c.variant, got, c.want.Name)
		}
		if ModeOf(c.mode.String()) != c.mode {
			t.Errorf("%q is read as %v", c.mode.String(), ModeOf(c.mode.String()))
		}
	}
}

func TestPaletteFollowsTheApp(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(New(Dark))
	if Palette() != render.Dark || Color(render.Ink) != render.Dark.RGBA(render.Ink) {
		t.Error("dark is not dark")
	}
	a.Settings().SetTheme(New(Light))
	if Palette() != render.Light {
		t.Error("light is not light")
	}
}

func TestEveryColourAndSizeIsGiven(t *testing.T) {
	th := New(Light)
	for _, n := range []fyne.ThemeColorName{fynetheme.ColorNameBackground, fynetheme.ColorNameButton, fynetheme.ColorNameHover, fynetheme.ColorNamePrimary, "unheard of"} {
		if th.Color(n, fynetheme.VariantLight) == nil {
			t.Errorf("no colour %s", n)
		}
	}
	if th.Size(fynetheme.SizeNameText) <= 0 || th.Font(fyne.TextStyle{}) == nil || th.Icon(fynetheme.IconNameCancel) == nil {
		t.Error("something is missing")
	}
	if Icon("crown", render.Crown) == nil || Icon("no such icon", render.Ink) != nil {
		t.Error("icons come by their names only")
	}
}

// TestResourcesAreTheSameEachTime: the toolkit keeps what it read of a resource by the resource, and would read a font anew for
// each label.
func TestResourcesAreTheSameEachTime(t *testing.T) {
	test.NewTempApp(t)
	for _, w := range []render.Weight{render.Regular, render.Medium, render.Bold} {
		if Font(w) != Font(w) {
			t.Errorf("two fonts of weight %d", w)
		}
	}
	if a, b := Icon("hull", render.Link), Icon("hull", render.Link); a == nil || a != b {
		t.Error("two icons of one name and colour")
	}
	if Icon("hull", render.Link) == Icon("hull", render.Danger) {
		t.Error("one icon of two colours")
	}
}
