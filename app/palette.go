//go:build !headless

package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"bulkhead/app/view"
)

// showPalette finds any action of the menus by its words.
func (w *window) showPalette() {
	p := view.NewPalette(w.commands())
	d := view.NewSheet("Actions", "", p.Root)
	d.Bare, d.Width, d.Height, d.First = true, 620, p.Need(), p.Search
	p.OnRun = func(c view.Command) {
		d.Hide()
		c.Run()
	}
	w.present(d, nil)
	w.palette = p
}

// commands are the items of the menus, submenus included.
func (w *window) commands() []view.Command {
	var out []view.Command
	var add func(menu, before string, items []*fyne.MenuItem)
	add = func(menu, before string, items []*fyne.MenuItem) {
		for _, i := range items {
			switch {
			case i.IsSeparator:
			case i.ChildMenu != nil:
				add(menu, i.Label+": ", i.ChildMenu.Items)
			case i != w.menu.palette:
				keys := keysOf(i.Shortcut)
				if key := w.menu.single[i]; key != "" {
					keys = key
				}
				out = append(out, view.Command{Menu: menu, Name: before + i.Label, Keys: keys, Disabled: i.Disabled, Run: i.Action})
			}
		}
	}
	for _, m := range w.menu.main.Items {
		add(m.Label, "", m.Items)
	}
	return out
}

// keysOf spells a shortcut as people read it: "Ctrl+Shift+S".
func keysOf(s fyne.Shortcut) string {
	var keys []string
	switch s := s.(type) {
	case *fyne.ShortcutUndo:
		return "Ctrl+Z"
	case *fyne.ShortcutRedo:
		return "Ctrl+Shift+Z"
	case *desktop.CustomShortcut:
		for _, m := range []struct {
			is   fyne.KeyModifier
			name string
		}{{fyne.KeyModifierControl, "Ctrl"}, {fyne.KeyModifierSuper, "Cmd"}, {fyne.KeyModifierAlt, "Alt"}, {fyne.KeyModifierShift, "Shift"}} {
			if s.Modifier&m.is != 0 {
				keys = append(keys, m.name)
			}
		}
		keys = append(keys, string(s.KeyName))
	}
	return strings.Join(keys, "+")
}
