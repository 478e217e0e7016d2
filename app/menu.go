//go:build !headless

package app

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
)

// menu holds the items that change with the state.
type menu struct {
	main                                          *fyne.MainMenu
	recent                                        *fyne.MenuItem
	save, saveAs, export, close                   *fyne.MenuItem
	undo, redo                                    *fyne.MenuItem
	split, tighten, own, crown, ways, who         *fyne.MenuItem
	ranks, hull, graph, heat                      *fyne.MenuItem
	before, both, after, wipe, fed                *fyne.MenuItem
	system, light, dark, diagnostics, hist        *fyne.MenuItem
	palette, reload                               *fyne.MenuItem
	drawing, present                              *fyne.MenuItem
	contrast                                      [2]*fyne.MenuItem
	sizes                                         map[int]*fyne.MenuItem // of texts, in per cent
	motion, twins, copyText, editor, play, stacks *fyne.MenuItem
	draw                                          []*fyne.MenuItem          // into the design
	single                                        map[*fyne.MenuItem]string // keys without a modifier
	shown                                         menuState
}

// menuState is what the menus show; they are made again only when it changes.
type menuState struct {
	open, edited, dirty    bool
	undo, redo             string
	recent                 string
	vulnerable             bool
	chart                  view.Chart
	side                   view.Side
	mode                   theme.Mode
	function, resource     bool
	implicit               bool
	crowned, leftF, rightF bool
	hit                    bool // the breach that is shown reaches what is selected
	takes, drawing, wipe   bool
	still                  bool
	stacks, stacked        bool
	size                   int
}

func ctrl(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
}

func ctrlShift(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

// item is an item of a menu. Its shortcut does nothing while a dialog is open: Fyne hands it on all the same.
func (w *window) item(label string, shortcut fyne.Shortcut, action func()) *fyne.MenuItem {
	i := fyne.NewMenuItem(label, func() {
		if len(w.dialogs) == 0 {
			action()
		}
	})
	i.Shortcut = shortcut
	return i
}

func (w *window) makeMenu() {
	m := &w.menu
	m.recent = fyne.NewMenuItem("Open Recent", nil)
	m.recent.ChildMenu = fyne.NewMenu("")
	samples := fyne.NewMenuItem("Open Sample", nil)
	samples.ChildMenu = fyne.NewMenu("")
	for _, s := range view.Samples() {
		samples.ChildMenu.Items = append(samples.ChildMenu.Items, fyne.NewMenuItem(s.Name, func() { w.guard("Open "+s.Name, func() { w.open(s.Path) }) }))
	}
	m.reload = w.item("Reload Source, Keep Edits", ctrl(fyne.KeyR), w.reload)
	m.save = w.item("Save", ctrl(fyne.KeyS), func() { w.save(nil) })
	m.saveAs = w.item("Save As…", ctrlShift(fyne.KeyS), func() { w.saveAs(nil) })
	m.export = w.item("Export…", ctrl(fyne.KeyE), w.export)
	m.close = w.item("Close Design", ctrl(fyne.KeyW), w.closeDesign)
	quit := w.item("Quit", ctrl(fyne.KeyQ), func() { w.guard("Quit", w.quit) })
	quit.IsQuit = true
	patterns := fyne.NewMenuItem("New From Pattern", nil)
	patterns.ChildMenu = fyne.NewMenu("")
	for i, p := range edit.Patterns() {
		patterns.ChildMenu.Items = append(patterns.ChildMenu.Items, fyne.NewMenuItem(p.Name, func() { w.newDesign(i) }))
	}
	file := fyne.NewMenu("File",
		w.item("New Design", ctrl(fyne.KeyN), func() { w.newDesign(view.Blank) }), patterns,
		w.item("Open…", ctrl(fyne.KeyO), func() { w.chooseFile(false) }),
		w.item("Open Folder…", ctrlShift(fyne.KeyO), func() { w.chooseFile(true) }),
		w.item("Import Account…", ctrlShift(fyne.KeyI), w.importAccount),
		m.recent, samples, m.reload, fyne.NewMenuItemSeparator(), m.save, m.saveAs, m.export, fyne.NewMenuItemSeparator(), m.close, quit)

	m.undo = w.item("Undo", &fyne.ShortcutUndo{}, w.undo)
	m.redo = w.item("Redo", &fyne.ShortcutRedo{}, w.redo)
	m.hist = w.item("History…", ctrl(fyne.KeyH), w.showHistory)
	m.palette = w.item("All Actions…", ctrl(fyne.KeyK), w.showPalette)
	edits := fyne.NewMenu("Edit", m.undo, m.redo, m.hist, fyne.NewMenuItemSeparator(), w.item("Find", ctrl(fyne.KeyF), w.find), m.palette)

	m.split = w.item("Split Function…", ctrl(fyne.KeyT), func() { w.split(w.state.Selected) })
	m.tighten = w.item("Tighten All…", ctrlShift(fyne.KeyT), func() { w.tightenAll(w.roleOf(w.state.Selected)) })
	m.own = w.item("Give It a Role of Its Own", nil, func() { w.giveRole(w.roleOf(w.state.Selected)) })
	m.crown = w.item("Crown Jewel", nil, w.toggleCrown)
	m.ways = w.item("Ways and Walls…", nil, func() { w.showWays(w.floods.Start(), w.state.Selected) })
	m.who = w.item("Who Can…", nil, func() { w.showWhoCan(w.state.Selected) })
	m.diagnostics = w.item("What Was Not Resolved…", nil, w.showDiagnostics)
	m.drawing = w.item("Draw Into the Template", nil, w.toggleDrawing)
	adds := fyne.NewMenuItem("Add", nil)
	adds.ChildMenu = fyne.NewMenu("", w.item("Function…", nil, w.addFunction))
	for _, typ := range edit.NewTypes() {
		adds.ChildMenu.Items = append(adds.ChildMenu.Items, w.item(upper(catalog.KindOf(typ).Noun)+"…", nil, func() { w.addResource(typ) }))
	}
	adds.ChildMenu.Items = append(adds.ChildMenu.Items, w.item("Route…", nil, func() { w.addTrigger("http") }), w.item("Schedule…", nil, func() { w.addTrigger("schedule") }))
	pattern := fyne.NewMenuItem("Add a Pattern", nil)
	pattern.ChildMenu = fyne.NewMenu("")
	for i, p := range edit.Patterns() {
		pattern.ChildMenu.Items = append(pattern.ChildMenu.Items, w.item(p.Name, nil, func() { w.addPattern(i) }))
	}
	m.draw = append(append([]*fyne.MenuItem{adds, pattern, m.drawing}, adds.ChildMenu.Items...), pattern.ChildMenu.Items...)
	design := fyne.NewMenu("Design", adds, pattern, m.drawing, fyne.NewMenuItemSeparator(), m.ways, m.who, m.split, m.tighten, m.own, m.crown, fyne.NewMenuItemSeparator(), m.diagnostics)

	m.ranks = w.item("Table", nil, func() { w.showChart(view.TableChart) })
	m.hull = w.item("Hull", nil, func() { w.showChart(view.HullChart) })
	m.graph = w.item("Map", nil, func() { w.showChart(view.MapChart) })
	m.heat = w.item("Heat: Breach Everything", nil, func() { w.showChart(view.HeatChart) })
	m.before = w.item("Before", nil, func() { w.showSide(view.Before) })
	m.both = w.item("Compare", nil, func() { w.showSide(view.Both) })
	m.wipe = w.item("Wipe From Before to After", nil, w.toggleWipe)
	m.after = w.item("After", nil, func() { w.showSide(view.After) })
	m.fed = w.item("Fed Functions Vulnerable", nil, w.toggleVulnerable)
	m.stacks = w.item("Group by Stack", nil, w.toggleStacks)
	m.play = w.item("Play the Breach", nil, w.togglePlay)
	m.system = w.item("System", nil, func() { w.setTheme(theme.System) })
	m.light = w.item("Light", nil, func() { w.setTheme(theme.Light) })
	m.dark = w.item("Dark", nil, func() { w.setTheme(theme.Dark) })
	m.contrast = [2]*fyne.MenuItem{w.item("High Contrast, Light", nil, func() { w.setTheme(theme.ContrastLight) }), w.item("High Contrast, Dark", nil, func() { w.setTheme(theme.ContrastDark) })}
	shade := fyne.NewMenuItem("Theme", nil)
	shade.ChildMenu = fyne.NewMenu("", m.system, m.light, m.dark, m.contrast[0], m.contrast[1])
	m.sizes = map[int]*fyne.MenuItem{}
	text := fyne.NewMenuItem("Text Size", nil)
	text.ChildMenu = fyne.NewMenu("")
	for _, percent := range textSizes {
		m.sizes[percent] = w.item(fmt.Sprintf("%d %%", percent), nil, func() { w.setTextSize(percent) })
		text.ChildMenu.Items = append(text.ChildMenu.Items, m.sizes[percent])
	}
	m.motion = w.item("Motion", nil, w.toggleMotion)
	m.twins = w.item("Tables of This Picture…", ctrlShift(fyne.KeyB), w.showTwins)
	m.copyText = w.item("Copy What the Picture Says", ctrlShift(fyne.KeyC), w.copyPicture)
	m.editor = w.item("Editor…", nil, w.chooseEditor)
	m.present = w.item("Present…", &desktop.CustomShortcut{KeyName: fyne.KeyF5}, w.askPresent)
	views := fyne.NewMenu("View", m.ranks, m.hull, m.graph, m.heat, fyne.NewMenuItemSeparator(), m.before, m.both, m.after, m.wipe, fyne.NewMenuItemSeparator(), m.fed, m.play, m.stacks, fyne.NewMenuItemSeparator(),
		w.item("Zoom In", ctrl(fyne.KeyEqual), func() { w.canvas.ZoomBy(1.25) }),
		w.item("Zoom Out", ctrl(fyne.KeyMinus), func() { w.canvas.ZoomBy(0.8) }),
		w.item("Fit", ctrl(fyne.Key0), w.canvas.Fit), fyne.NewMenuItemSeparator(),
		w.item("Fold Outline", ctrl(fyne.KeyB), w.foldLeft),
		w.item("Fold Inspector", ctrl(fyne.KeyI), w.foldRight),
		w.item("Fold Reasons", ctrl(fyne.KeyJ), w.foldReasons),
		fyne.NewMenuItemSeparator(), m.twins, m.copyText, fyne.NewMenuItemSeparator(), shade, text, m.motion, m.editor,
		m.present,
		w.item("Full Screen", &desktop.CustomShortcut{KeyName: fyne.KeyF11}, func() { w.win.SetFullScreen(!w.win.FullScreen()) }))

	m.single = map[*fyne.MenuItem]string{m.ranks: "T", m.hull: "H", m.graph: "M", m.heat: "B", m.before: "1", m.both: "2", m.after: "3", m.wipe: "W", m.fed: "F", m.play: "Space", m.stacks: "G"}

	help := fyne.NewMenu("Help", w.item("Keys and Signs", &desktop.CustomShortcut{KeyName: fyne.KeyF1}, w.showHelp), w.item("About Bulkhead", nil, w.showAbout))
	m.main = fyne.NewMainMenu(file, edits, design, views, help)
	w.win.SetMainMenu(m.main)
}

// showMenu brings the menus up to the state.
func (w *window) showMenu() {
	m := &w.menu
	open := w.session != nil
	now := menuState{open: open, edited: w.state.Edited, dirty: w.state.Dirty, undo: w.state.Undo, redo: w.state.Redo, chart: w.look.chart,
		vulnerable: w.state.Vulnerable, side: w.look.side, wipe: w.look.wipe, still: w.still(), size: w.textSize()}
	if t, ok := w.app.Settings().Theme().(*theme.Theme); ok {
		now.mode = t.Mode()
	}
	for _, p := range w.recent() {
		now.recent += p + "\n"
	}
	if open {
		now.stacks, now.stacked = len(w.state.After.Design.Stacks()) > 1, w.look.stacked
		now.function = w.state.After.Design.Function(w.state.Selected) != nil
		now.takes, now.drawing = edit.TakesNew(w.state.After.Design), w.drawing
		now.implicit = edit.OwnRoleOf(w.state.After.Design, w.roleOf(w.state.Selected)) != nil
		if r := w.state.After.Design.Resource(w.state.Selected); r != nil {
			now.resource, now.crowned = true, r.Crown
		}
		if b := w.shownSide().Breach; b != nil {
			now.hit = b.Reaches(w.state.Selected)
		}
	}
	if now == m.shown {
		return
	}
	m.shown = now
	m.recent.ChildMenu.Items = nil
	for _, p := range w.recent() {
		m.recent.ChildMenu.Items = append(m.recent.ChildMenu.Items, fyne.NewMenuItem(p, func() { w.guard("Open another design", func() { w.open(p) }) }))
	}
	m.recent.Disabled = len(w.recent()) == 0
	for _, i := range []*fyne.MenuItem{m.save, m.saveAs, m.export, m.close, m.ranks, m.hull, m.graph, m.heat, m.before, m.fed, m.diagnostics, m.hist, m.reload, m.play, m.present, m.twins, m.copyText} {
		i.Disabled = !open
	}
	m.both.Disabled, m.after.Disabled, m.wipe.Disabled = !now.edited, !now.edited, !now.edited
	m.wipe.Checked = now.edited && now.side == view.Both && w.look.wipe
	m.undo.Label, m.undo.Disabled = sentence("Undo", now.undo), now.undo == ""
	m.redo.Label, m.redo.Disabled = sentence("Redo", now.redo), now.redo == ""
	m.split.Disabled = !now.function
	m.tighten.Disabled = !open || w.roleOf(w.state.Selected) == ""
	m.own.Disabled = !now.implicit
	m.ways.Disabled = !now.hit
	m.who.Disabled = !now.resource
	for _, i := range m.draw {
		i.Disabled = !now.takes
	}
	m.drawing.Checked = now.drawing
	m.crown.Disabled, m.crown.Checked = !now.resource, now.crowned
	for chart, i := range map[view.Chart]*fyne.MenuItem{view.TableChart: m.ranks, view.HullChart: m.hull, view.MapChart: m.graph, view.HeatChart: m.heat} {
		i.Checked = open && now.chart == chart
	}
	m.before.Checked, m.both.Checked, m.after.Checked = open && now.side == view.Before, now.edited && now.side == view.Both, now.edited && now.side == view.After
	m.fed.Checked = now.vulnerable
	m.stacks.Disabled, m.stacks.Checked = !now.stacks, now.stacks && now.stacked
	m.contrast[0].Checked, m.contrast[1].Checked = now.mode == theme.ContrastLight, now.mode == theme.ContrastDark
	for percent, i := range m.sizes {
		i.Checked = percent == now.size
	}
	m.motion.Checked = !now.still
	m.system.Checked, m.light.Checked, m.dark.Checked = now.mode == theme.System, now.mode == theme.Light, now.mode == theme.Dark
	m.main.Refresh()
}

func upper(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

func sentence(verb, what string) string {
	if what == "" {
		return verb
	}
	return verb + " “" + what + "”"
}

// roleOf is the role whose statements are shown with an element.
func (w *window) roleOf(id model.ID) model.ID {
	if w.session == nil {
		return ""
	}
	d := w.state.After.Design
	if f := d.Function(id); f != nil {
		id = f.Role
	}
	if d.Role(id) != nil || d.Principal(id) != nil {
		return id
	}
	return ""
}

func (w *window) toggleCrown() {
	if r := w.state.After.Design.Resource(w.state.Selected); w.session != nil && r != nil {
		on := !r.Crown
		w.do(&edit.Mark{Resource: r.ID, Crown: &on})
	}
}

// contextMenu offers what can be done with a thing of the picture.
func (w *window) contextMenu(id model.ID, at fyne.Position) {
	if w.session == nil {
		return
	}
	d := w.state.After.Design
	var items []*fyne.MenuItem
	add := func(label string, action func()) { items = append(items, fyne.NewMenuItem(label, action)) }
	if f := d.Function(id); f != nil {
		add("Breach "+view.Name(d, id), func() { w.selectElement(id) })
		add("Split…", func() { w.split(id) })
		if d.Role(f.Role) != nil {
			add("Tighten all…", func() { w.tightenAll(f.Role) })
			if e := edit.OwnRoleOf(d, f.Role); e != nil {
				add("Give it a role of its own", func() { w.do(e) })
			}
		}
	}
	if r := d.Resource(id); r != nil {
		label := "Mark as crown jewel"
		if r.Crown {
			label = "No longer a crown jewel"
		}
		on := !r.Crown
		add("Who reaches "+view.Name(d, id), func() { w.selectElement(id) })
		add("Who can…", func() { w.showWhoCan(id) })
		add(label, func() { w.do(&edit.Mark{Resource: id, Crown: &on}) })
	}
	if b := w.shownSide().Breach; b != nil && b.Reaches(id) {
		add("Ways of the breach to it, and walls…", func() { w.showWays(b.From, id) })
	}
	if e := d.Element(id); e != nil && !e.Place().IsZero() {
		at := e.Place()
		add("Show "+at.String(), func() { w.showSource(at) })
	}
	if g := w.openGroupOf(id); g != "" {
		add("Fold "+g, func() { w.openBundle(g) })
	}
	if len(items) > 0 {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
	}
}

// shortcuts are the keys without a modifier; those with one stand in the menus.
func (w *window) shortcuts() {
	c := w.win.Canvas()
	c.SetOnTypedRune(func(r rune) {
		if w.showing != nil {
			if r == 'n' || r == 'N' { // the key itself comes before its letter, which would be written
				w.showing.page.Edit(true)
			}
			return
		}
		if w.session == nil || c.Overlays().Top() != nil {
			return
		}
		switch r {
		case 't', 'T':
			w.showChart(view.TableChart)
		case 'h', 'H':
			w.showChart(view.HullChart)
		case 'm', 'M':
			w.showChart(view.MapChart)
		case 'b', 'B':
			w.showChart(view.HeatChart)
		case '1':
			w.showSide(view.Before)
		case '2':
			w.showSide(view.Both)
		case '3':
			w.showSide(view.After)
		case 'w', 'W':
			w.toggleWipe()
		case 'f', 'F':
			w.toggleVulnerable()
		case 'g', 'G':
			w.toggleStacks()
		case ' ':
			w.togglePlay()
		case '0':
			w.canvas.Fit()
		case '+', '=':
			w.canvas.ZoomBy(1.25)
		case '-', '−':
			w.canvas.ZoomBy(0.8)
		case '/':
			w.find()
		}
	})
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		switch {
		case w.showing != nil:
			w.presentKey(e)
		case e.Name == fyne.KeyEscape:
			w.escape()
		case len(w.dialogs) > 0 && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter):
			w.dialogs[len(w.dialogs)-1].Enter()
		default:
			w.functionKey(e.Name)
		}
	})
	c.AddShortcut(ctrl(fyne.KeyPlus), func(fyne.Shortcut) { w.canvas.ZoomBy(1.25) })
	c.AddShortcut(ctrlShift(fyne.KeyP), func(fyne.Shortcut) {
		if len(w.dialogs) == 0 {
			w.showPalette()
		}
	})
	c.AddShortcut(ctrl(fyne.KeyY), func(fyne.Shortcut) { w.redo() })
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, func(fyne.Shortcut) { w.redo() })
}

// functionKey does what a key without a modifier does: the toolkit hands those to no shortcut, whatever the menus show.
func (w *window) functionKey(key fyne.KeyName) {
	if len(w.dialogs) > 0 {
		return
	}
	switch key {
	case fyne.KeyF1:
		w.showHelp()
	case fyne.KeyF5:
		w.askPresent()
	case fyne.KeyF11:
		w.win.SetFullScreen(!w.win.FullScreen())
	}
}

func (w *window) find() {
	if w.session != nil {
		if w.panes.LeftFolded {
			w.panes.Fold(false, w.panes.RightFolded)
		}
		w.win.Canvas().Focus(w.outline.Search)
	}
}
