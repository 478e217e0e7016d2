// Package theme gives Fyne the look of the pictures: the palettes of render and the Inter fonts.
//
//	render.Light, render.Dark --Theme--> Fyne's colours, fonts and sizes ; Palette --> pictures in the window
package theme

import (
	"fmt"
	"image/color"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"bulkhead/assets"
	"bulkhead/render"
	"bulkhead/render/font"
)

// Mode says which palette the window has.
type Mode uint8

// The modes.
const (
	System Mode = iota // as the desktop says
	Light
	Dark
	ContrastLight // high contrast
	ContrastDark
)

// String is the word that preferences keep: system, light, dark, contrast-light, contrast-dark.
func (m Mode) String() string {
	return [...]string{"system", "light", "dark", "contrast-light", "contrast-dark"}[m]
}

// ModeOf is the mode that a word stands for, System for an unknown one.
func ModeOf(word string) Mode {
	for m := System; m <= ContrastDark; m++ {
		if m.String() == word {
			return m
		}
	}
	return System
}

// A Theme is Fyne's theme for this program.
type Theme struct{ mode Mode }

var _ fyne.Theme = (*Theme)(nil)

// New returns the theme of a mode.
func New(m Mode) *Theme { return &Theme{m} }

// Mode is what New was given.
func (t *Theme) Mode() Mode { return t.mode }

func (t *Theme) palette(v fyne.ThemeVariant) *render.Palette {
	switch {
	case t.mode == ContrastLight:
		return render.ContrastLight
	case t.mode == ContrastDark:
		return render.ContrastDark
	case t.mode == Dark || t.mode == System && v == fynetheme.VariantDark:
		return render.Dark
	}
	return render.Light
}

// Palette is the palette that the window has now.
func Palette() *render.Palette {
	s := fyne.CurrentApp().Settings()
	t, ok := s.Theme().(*Theme)
	if !ok {
		t = New(System)
	}
	return t.palette(s.ThemeVariant())
}

// Color is a colour of Palette.
func Color(c render.Color) color.Color { return Palette().RGBA(c) }

// Faded is a colour of Palette that lets through what is behind it; alpha is 0 to 1.
func Faded(c render.Color, alpha float64) color.Color {
	n := Palette().RGBA(c)
	n.A = uint8(alpha * 255)
	return n
}

// Sheet is the ground of dialogs and menus.
func Sheet() color.Color { return sheet(Palette()) }

func sheet(p *render.Palette) color.Color {
	switch p { // on dark ground no shadow tells where a dialog ends
	case render.ContrastDark:
		return p.RGBA(render.Bilge)
	case render.Dark:
		return p.RGBA(render.Bay)
	}
	return p.RGBA(render.Panel)
}

// Scrim dims what is behind a dialog.
func Scrim() color.Color {
	if Palette().IsDark() {
		return color.NRGBA{A: 0x8C}
	}
	return color.NRGBA{R: 0x0E, G: 0x1A, B: 0x26, A: 0x5C}
}

// Shadow is the colour of a dialog's shadow.
func Shadow() color.Color { return color.NRGBA{A: 0x50} }

// Color gives Fyne's own widgets the palette's colours.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := t.palette(v)
	faded := func(c render.Color, alpha uint8) color.Color {
		n := p.RGBA(c)
		n.A = alpha
		return n
	}
	switch name {
	case fynetheme.ColorNameBackground:
		return p.RGBA(render.Panel)
	case fynetheme.ColorNameForeground:
		return p.RGBA(render.Ink)
	case fynetheme.ColorNameButton, fynetheme.ColorNameInputBackground, fynetheme.ColorNameHeaderBackground, fynetheme.ColorNameDisabledButton:
		return p.RGBA(render.Bilge)
	case fynetheme.ColorNameDisabled, fynetheme.ColorNamePlaceHolder:
		return p.RGBA(render.Muted)
	case fynetheme.ColorNameInputBorder, fynetheme.ColorNameSeparator, fynetheme.ColorNameInnerWindowBorder, fynetheme.ColorNameInnerWindowBorderInactive:
		return p.RGBA(render.Line)
	case fynetheme.ColorNameMenuBackground, fynetheme.ColorNameOverlayBackground:
		return sheet(p)
	case fynetheme.ColorNamePrimary:
		if p == render.Dark { // the buttons of dialogs are those of the window
			return p.RGBA(render.Tile3)
		}
		return p.RGBA(render.Link)
	case fynetheme.ColorNameHyperlink:
		return p.RGBA(render.Link)
	case fynetheme.ColorNameForegroundOnPrimary:
		if p == render.Dark {
			return p.RGBA(render.OnTile3)
		}
		return p.RGBA(render.Panel)
	case fynetheme.ColorNameForegroundOnSuccess, fynetheme.ColorNameForegroundOnError, fynetheme.ColorNameForegroundOnWarning:
		return p.RGBA(render.Panel)
	case fynetheme.ColorNameFocus:
		return faded(render.Ink, 0x48) // over a button of any rank
	case fynetheme.ColorNameSelection:
		return faded(render.Tile2, 0x55)
	case fynetheme.ColorNameHover:
		return faded(render.Ink, 0x0E)
	case fynetheme.ColorNamePressed:
		return faded(render.Ink, 0x22)
	case fynetheme.ColorNameError, fynetheme.ColorNameWarning:
		return p.RGBA(render.Danger)
	case fynetheme.ColorNameSuccess:
		return p.RGBA(render.Good)
	case fynetheme.ColorNameScrollBar:
		return faded(render.Muted, 0x80)
	case fynetheme.ColorNameScrollBarBackground:
		return color.Transparent
	case fynetheme.ColorNameShadow:
		return color.NRGBA{A: 0x18}
	}
	return fynetheme.DefaultTheme().Color(name, variantOf(p))
}

func variantOf(p *render.Palette) fyne.ThemeVariant {
	if p.IsDark() {
		return fynetheme.VariantDark
	}
	return fynetheme.VariantLight
}

// Font gives Inter; code has Fyne's monospaced font.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol:
		return fynetheme.DefaultTheme().Font(s)
	case s.Bold:
		return Font(render.Bold)
	}
	return Font(render.Regular)
}

// Font is the font of a weight, the same each time: the toolkit reads each resource that it is given anew.
func Font(w render.Weight) fyne.Resource { return fonts()[w] }

var fonts = sync.OnceValue(func() (out [3]fyne.Resource) {
	for w, name := range [...]string{"Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-Bold.ttf"} {
		out[w] = &fyne.StaticResource{StaticName: name, StaticContent: font.Of(render.Weight(w)).TTF()}
	}
	return out
})

// Icon is Fyne's own; the program's icons come from Icon of this package.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

// Size makes Fyne's widgets as compact as a desktop program is.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return 13
	case fynetheme.SizeNameCaptionText:
		return 11
	case fynetheme.SizeNameHeadingText:
		return 20
	case fynetheme.SizeNameSubHeadingText:
		return 15
	case fynetheme.SizeNamePadding:
		return 4
	case fynetheme.SizeNameInnerPadding:
		return 7
	case fynetheme.SizeNameInlineIcon:
		return 18
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameSelectionRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNameMenuRadius, fynetheme.SizeNamePopupRadius:
		return 6
	case fynetheme.SizeNameCardRadius, fynetheme.SizeNameDialogRadius:
		return 8
	case fynetheme.SizeNameScrollBar:
		return 10
	case fynetheme.SizeNameScrollBarSmall:
		return 4
	case fynetheme.SizeNameModalBlurRadius:
		return 0 // a blur repaints all that is behind a dialog
	}
	return fynetheme.DefaultTheme().Size(name)
}

// Icon is a drawing of assets/icons in one of the palette's colours; nil where there is none of the name.
func Icon(name string, c render.Color) fyne.Resource {
	return icon(name, Palette().RGBA(c))
}

func icon(name string, c color.NRGBA) fyne.Resource {
	key := painted{name, c}
	if known, ok := icons.Load(key); ok {
		return known.(fyne.Resource)
	}
	data, err := assets.FS.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil
	}
	hex := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	r := &fyne.StaticResource{
		StaticName:    name + hex[1:] + ".svg",
		StaticContent: []byte(strings.ReplaceAll(string(data), "currentColor", hex)),
	}
	icons.Store(key, r)
	return r
}

// A painted is an icon in a colour.
type painted struct {
	name  string
	color color.NRGBA
}

// icons are those that were asked for, by painted.
var icons sync.Map
