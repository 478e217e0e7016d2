//go:build !headless

package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"bulkhead/app/canvas"
	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/dot"
)

// Keys of what is remembered from one start to the next.
const (
	prefTheme   = "theme"
	prefRecent  = "recent"
	prefLeft    = "left"
	prefRight   = "right"
	prefLower   = "lower"
	prefWidth   = "width"
	prefHeight  = "height"
	prefStacked = "stacked"
	prefFolded  = "folded" // letters of the parts that are folded: l, r, d
)

// A window is the one window of the program. Its fields belong to Fyne's goroutine.
type window struct {
	app     fyne.App
	win     fyne.Window
	program Program
	options importers.Options

	session *session.Session // nil while nothing is open
	unwatch func()
	state   session.State // as shown
	look    look

	sized     bool          // the size of texts was chosen here
	twins     []render.Twin // say what the picture shows
	drawing   bool          // what can be drawn into a template is to be seen
	unfolded  bool          // the reasons are to be seen
	comparing bool          // two pictures are shown, or all breaches at once, which need the room more than the reasons of one of them

	maps *dot.Layout

	tools    *view.Toolbar
	start    *view.Start
	outline  *view.OutlinePanel
	canvas   *canvas.Canvas
	ranks    *view.RankTable
	focus    *view.FocusBar
	stock    *view.Stock
	floods   *view.Floods
	inspect  *view.Inspector
	ledger   *view.LedgerBar
	strip    *view.Strip
	progress *view.Progress
	panes    *view.Panes
	decks    *view.Decks
	body     fyne.CanvasObject // the three parts with the bar below
	root     *fyne.Container   // the start page, or the body

	keeper   *keeper
	quitting bool  // the person was asked about edits that are not saved
	job      job   // the picture that is being made
	playing  *play // nil while the water stands
	beat     time.Duration
	turn     []model.ID // one of which the next picture is to show, of a group that was opened
	clicked  bool       // the element that is selected next was chosen by hand
	learned  learned
	shown    ask           // of the picture that is shown
	showing  *presentation // nil while nothing is presented
	opening  context.CancelFunc
	proofs   proofs
	weighing context.CancelFunc
	account  *accountImport
	working  string // what goes on, as the progress strip is to say
	menu     menu
	dialogs  []*view.Sheet // that are shown, topmost last

	unwatchSource context.CancelFunc
	changed       []string // files of the source that changed on disk

	// Open dialogs, for tests.
	palette  *view.Palette
	form     *view.SaveForm
	policies *view.PolicyForm
	who      *view.WhoCan
	pane     *view.SourcePane
	chooser  *view.Chooser
	asked    *view.Sheet
	browser  *view.Browser
	early    *view.Sheet // lists what can be exported, from before there was a picture
	board    *view.SplitBoard
	offered  *fyne.Menu // what a thing that was dragged is to be for
}

// A look is what of the design is shown, and how; it is no part of the design.
type look struct {
	chart view.Chart
	side  view.Side
	wipe  bool // both sides in one place, with a line between them
	hop   int  // water up to this hop, 0: all

	open  string // groups that the map of a large design shows whole, a line each
	focus string // of a large design, what hull and map show: a group, or one of view's keys

	stacked bool // stack by stack
	chosen  bool // the first breach was chosen
	charted bool // the chart was chosen by hand
}

func newWindow(a fyne.App, p Program, o importers.Options) *window {
	w := &window{app: a, win: a.NewWindow("Bulkhead"), program: p, options: o, maps: dot.New(), keeper: newKeeper(), beat: beat}
	pref := a.Preferences()
	w.takeTextSize()
	w.makeParts()
	w.makeMenu()
	w.shortcuts()
	w.win.SetContent(view.WithTips(view.NewFrame(w.tools.Root, container.NewStack(w.root, w.progress.Root), nil)))
	w.win.SetPadded(false)
	w.win.Resize(fyne.NewSize(float32(pref.FloatWithFallback(prefWidth, 1280)), float32(pref.FloatWithFallback(prefHeight, 800))))
	w.win.SetMaster()
	w.win.SetOnDropped(w.dropped)
	w.win.SetCloseIntercept(func() { w.guard("Close", w.quit) })
	a.Settings().AddListener(func(fyne.Settings) {
		w.showTools()
		if slices.Contains(w.root.Objects, w.start.Root) { // the toolkit refreshes what is seen
			for _, part := range []fyne.CanvasObject{w.panes, w.decks, w.outline.Root, w.strip.Root, w.progress.Root, w.canvas, w.ranks.Root, w.focus.Root, w.stock.Root, w.floods.Root, w.inspect.Root, w.ledger.Root} {
				part.Refresh()
			}
		} else {
			w.start.Root.Refresh()
		}
	})
	w.showTools()
	return w
}

func (w *window) makeParts() {
	pref := w.app.Preferences()
	w.tools = view.NewToolbar()
	w.tools.OnOpen = func() { w.chooseFile(false) }
	w.tools.OnUndo, w.tools.OnRedo = w.undo, w.redo
	w.tools.OnChart, w.tools.OnSide = w.showChart, w.showSide
	w.tools.OnVulnerable, w.tools.OnTheme, w.tools.OnExport = w.toggleVulnerable, w.toggleTheme, w.export

	w.start = view.NewStart()
	w.start.OnOpen, w.start.OnDialog = func(path string) { w.open(path) }, w.chooseFile
	w.start.OnNew, w.start.OnAccount = w.newDesign, w.importAccount
	w.start.OnRestore, w.start.OnDiscard = w.restore, w.discardRecovery
	w.start.SetRecent(w.recent())
	w.start.SetRecovered(w.keeper.found())

	w.outline = view.NewOutline()
	w.outline.OnSelect, w.outline.OnGroup = w.selectElement, w.toggleStacks
	w.look.stacked = pref.Bool(prefStacked)
	w.canvas = canvas.New()
	w.canvas.OnSelect = w.selectElement
	w.canvas.OnMenu = w.contextMenu
	w.canvas.OnCarry, w.canvas.Carries, w.canvas.CarryTip = w.carried, w.carries, w.carryTip
	w.stock = view.NewStock()
	w.stock.OnFunction, w.stock.OnResource, w.stock.OnTrigger, w.stock.OnPattern = w.addFunction, w.addResource, w.addTrigger, w.addPattern
	w.canvas.OnResize = func() {
		if w.session != nil && w.state.Analysed() {
			w.picture()
		}
	}
	w.canvas.OnZoom = func(int) { w.showTools() }
	w.tools.OnFit, w.tools.OnZoom = w.canvas.Fit, w.canvas.ZoomBy
	w.tools.OnLeft, w.tools.OnRight = w.foldLeft, w.foldRight
	w.ranks = view.NewRankTable()
	w.ranks.OnSelect = w.selectElement
	w.ranks.OnHull = func(id model.ID) {
		w.selectElement(id)
		w.look.focus = view.FocusBreach
		w.showChart(view.HullChart)
	}
	w.ranks.Root.Hide()
	w.focus = view.NewFocusBar()
	w.focus.OnChoose = w.showFocus
	w.floods = view.NewFloods()
	w.floods.OnSource, w.floods.OnSelect, w.floods.OnHop, w.floods.OnPlay = w.showSource, w.selectElement, w.showHop, w.togglePlay
	w.floods.OnWays = func(id model.ID) { w.showWays(w.floods.Start(), id) }
	w.floods.SetStill(w.still())
	w.inspect = view.NewInspector()
	w.inspect.OnWays = w.showWays
	w.inspect.OnWhoCan = w.showWhoCan
	w.inspect.OnEdit, w.inspect.OnSource, w.inspect.OnSelect, w.inspect.OnSplit = w.do, w.showSource, w.selectElement, w.split
	w.inspect.OnTight, w.inspect.OnOffers, w.inspect.OnOwn = w.tightenAll, w.effects, w.ownRole
	w.inspect.OnKeep, w.inspect.OnNarrow, w.inspect.OnReplace = w.keepActions, w.narrowResources, w.replaceManaged
	w.ledger = view.NewLedgerBar()
	w.strip = view.NewStrip()
	w.strip.OnAll = w.showRemarks
	w.progress = view.NewProgress()
	w.progress.OnCancel, w.progress.Still = w.cancel, w.still

	picture := view.NewFrame(view.NewColumn(w.focus.Root, w.stock.Root, w.strip.Root), container.NewStack(w.canvas, w.ranks.Root), nil)
	w.strip.OnResize = picture.Refresh
	w.decks = view.NewDecks(picture, w.floods.Root, float32(pref.FloatWithFallback(prefLower, 0.3)))
	w.decks.Need = w.floods.Need
	w.floods.OnFold = w.foldReasons
	w.panes = view.NewPanes(w.outline.Root, w.decks, w.inspect.Root,
		float32(pref.FloatWithFallback(prefLeft, 212)), float32(pref.FloatWithFallback(prefRight, 292)))
	folded := pref.String(prefFolded)
	w.panes.LeftFolded, w.panes.RightFolded = strings.Contains(folded, "l"), strings.Contains(folded, "r")
	w.unfolded = !strings.Contains(folded, "d")
	w.foldDecks()
	w.body = view.NewFrame(nil, w.panes, w.ledger.Root)
	w.root = container.NewStack(w.start.Root)
}

// showTools brings the row of tools and the menus up to the state.
func (w *window) showTools() {
	w.tools.Set(view.Tools{
		Open: w.session != nil, Edited: w.state.Edited, Undo: w.state.Undo, Redo: w.state.Redo, Chart: w.look.chart, Side: w.look.side,
		Vulnerable: w.state.Vulnerable, Dark: theme.Palette().IsDark(), Zoom: int(w.canvas.Zoom()*100 + 0.5),
		LeftFolded: w.panes.LeftFolded, RightFolded: w.panes.RightFolded,
	})
	w.showMenu()
}

// show brings the window up to a state of the session.
func (w *window) show(st session.State) {
	was := w.state
	w.state = st
	if len(was.Steps) != len(st.Steps) || was.Undo != st.Undo || was.Dirty != st.Dirty || !maps.Equal(was.Notes, st.Notes) || was.SavePath != st.SavePath {
		w.keeper.follow(w.session, st)
	}
	w.title()
	switch {
	case st.Edited && !was.Edited:
		w.look.side = view.After
	case !st.Edited:
		w.look.side = view.Before
	}
	if st.Start != was.Start {
		w.pause()
		w.look.hop = 0
		if w.clicked {
			w.rush()
		}
	}
	w.clicked = false
	if st.Progress.Doing != "" {
		w.busy(st.Progress.Doing)
	} else if w.opening == nil && w.proofs.cancel == nil && w.working != drawing {
		w.idle()
	}
	if st.Err != nil && was.Err == nil {
		w.fail("Analyse "+st.Title, st.Err)
	}
	w.showTools()
	w.ledger.Set(view.Ledger(st), view.NotSeen(st.After.Design))
	w.outline.Select(st.Selected)
	w.outline.SetNotes(w.notes()...)
	w.inspect.Set(st)
	w.showStock()
	w.canvas.Select(w.pictured(st.Selected))
	w.ranks.Select(st.Selected)
	if !w.picture() {
		w.effects()
	}
}

// showStart goes back to the start page.
func (w *window) showStart() {
	w.root.Objects = []fyne.CanvasObject{w.start.Root}
	w.root.Refresh()
	w.start.SetRecent(w.recent())
	w.start.SetRecovered(w.keeper.found())
	w.title()
	w.showTools()
}

func (w *window) title() {
	t := "Bulkhead"
	if w.session != nil {
		if w.state.Before.Design == nil {
			return
		}
		info := w.state.Before.Design.Info()
		var parts []string
		if w.state.Path != "" {
			parts = append(parts, w.state.Path)
		}
		if kind := view.KindName(info.Kind); kind != "" {
			parts = append(parts, kind)
		}
		if info.Region != "" {
			parts = append(parts, info.Region)
		}
		t = w.state.Title + " — " + strings.Join(parts, " · ") + " — Bulkhead"
		if w.state.Dirty {
			t = "● " + t
		}
	}
	w.win.SetTitle(t)
}

func (w *window) notes() []view.Note {
	var out []view.Note
	if n := view.Unresolved(w.state); n != "" {
		out = append(out, view.Note{Text: n, Action: "show", OnTap: w.showDiagnostics})
	}
	if len(w.changed) > 0 {
		out = append(out, view.Note{Text: "SOURCE CHANGED", Action: "reload", OnTap: w.reload})
	}
	if w.state.Written && w.state.Differs {
		out = append(out, view.Note{Text: "SOURCE DIFFERS", Action: "patch", OnTap: w.previewPatch})
	}
	return out
}

func (w *window) selectElement(id model.ID) {
	if name, ok := render.BundleOf(id); ok {
		w.openBundle(name)
		return
	}
	if w.session != nil {
		w.clicked = true
		w.session.Select(id)
	}
}

func (w *window) showChart(s view.Chart) {
	if was := w.look.chart; was != s && w.session != nil {
		w.look.chart, w.look.charted = s, true
		w.comparing = s == view.HeatChart || w.look.side == view.Both
		w.foldDecks()
		w.showRanks()
		if was == view.TableChart {
			w.canvas.SetScene(nil) // what is there is the table, to be exported
		}
		w.canvas.Home()
		w.showTools()
		w.picture()
	}
}

// showRanks shows the table in the place of the picture, or the picture.
func (w *window) showRanks() {
	ranks := w.look.chart == view.TableChart
	if ranks {
		w.ranks.Root.Show()
		w.canvas.Hide()
	} else {
		w.ranks.Root.Hide()
		w.canvas.Show()
	}
}

// showFocus shows another part of a large design.
func (w *window) showFocus(focus string) {
	if w.look.focus != focus && w.session != nil {
		w.look.focus = focus
		w.canvas.Home()
		w.picture()
	}
}

// toggleWipe compares both sides in one place, or one above the other.
func (w *window) toggleWipe() {
	if w.session == nil || !w.state.Edited {
		return
	}
	w.look.wipe = !w.look.wipe
	if w.look.side != view.Both {
		w.look.wipe = true
		w.showSide(view.Both)
		return
	}
	w.canvas.Home()
	w.showTools()
	w.picture()
}

func (w *window) showSide(s view.Side) {
	if s == view.Both && w.look.side == view.Both {
		w.toggleWipe()
		return
	}
	if w.look.side != s && w.session != nil && (s == view.Before || w.state.Edited) {
		refit := w.look.side == view.Both || s == view.Both
		w.pause()
		w.look.side = s
		w.look.hop = 0
		if refit {
			w.comparing = s == view.Both || w.look.chart == view.HeatChart
			w.foldDecks()
			w.canvas.Home()
		}
		w.showTools()
		w.picture()
	}
}

// foldDecks shows the reasons, or their head alone.
func (w *window) foldDecks() {
	w.decks.Folded = !w.unfolded || w.comparing
	w.floods.SetFolded(w.decks.Folded)
	w.decks.Refresh()
}

// foldReasons folds the reasons or unfolds them.
func (w *window) foldReasons() {
	w.unfolded = w.decks.Folded
	w.comparing = false
	w.foldDecks()
}

func (w *window) foldLeft() {
	w.panes.Fold(!w.panes.LeftFolded, w.panes.RightFolded)
	w.showTools()
}

func (w *window) foldRight() {
	w.panes.Fold(w.panes.LeftFolded, !w.panes.RightFolded)
	w.showTools()
}

func (w *window) showHop(hop int) {
	w.pause()
	if w.look.hop != hop {
		w.look.hop = hop
		w.picture()
	}
}

func (w *window) toggleVulnerable() {
	if w.session != nil {
		w.session.Assume(!w.state.Vulnerable)
	}
}

func (w *window) toggleTheme() {
	w.setTheme(map[*render.Palette]theme.Mode{render.Light: theme.Dark, render.Dark: theme.Light,
		render.ContrastLight: theme.ContrastDark, render.ContrastDark: theme.ContrastLight}[theme.Palette()])
}

func (w *window) setTheme(m theme.Mode) {
	w.app.Preferences().SetString(prefTheme, m.String())
	w.app.Settings().SetTheme(theme.New(m))
	w.showTools()
}

// undo takes back what was done last: an edit that is not proven yet, else the last step.
func (w *window) undo() {
	switch {
	case w.session == nil:
	case w.proofs.unwait():
	case w.proofs.cancel != nil:
		w.cancel()
	default:
		w.step((*session.Session).Undo)
	}
}

func (w *window) redo() {
	if w.session != nil && w.proofs.cancel == nil {
		w.step((*session.Session).Redo)
	}
}

// step goes a step back or on, when what is being done to the design is done: that may be proofs.
func (w *window) step(f func(*session.Session) bool) {
	w.strip.Forget() // it spoke of another step
	if s := w.session; w.opening != nil {
		go f(s)
	} else {
		f(s)
	}
}

// close ends what runs and remembers how the window stood.
func (w *window) close() {
	pref := w.app.Preferences()
	pref.SetFloat(prefLeft, float64(w.panes.LeftWidth))
	pref.SetFloat(prefRight, float64(w.panes.RightWidth))
	pref.SetFloat(prefLower, float64(w.decks.Lower))
	folded := ""
	for letter, is := range map[string]bool{"l": w.panes.LeftFolded, "r": w.panes.RightFolded, "d": !w.unfolded} {
		if is {
			folded += letter
		}
	}
	pref.SetString(prefFolded, folded)
	if !w.quitting {
		w.keeper.leave(w.session, w.state)
	}
	w.leave()
	_ = w.maps.Close() // its process ends with us at the latest
}

// leave closes the session that is open.
func (w *window) leave() {
	w.pause()
	w.job.stop()
	w.proofs.stop()
	if w.unwatchSource != nil {
		w.unwatchSource()
		w.unwatchSource, w.changed = nil, nil
	}
	if w.unwatch != nil {
		w.unwatch()
		w.unwatch = nil
	}
	if w.session != nil {
		w.keeper.forget() // who leaves was asked
		w.session.Close()
		w.session = nil
	}
	w.state = session.State{}
	w.look = look{chart: w.look.chart, wipe: w.look.wipe, stacked: w.look.stacked}
	w.canvas.SetWipe(nil)
	w.learned.forget()
}

func (w *window) quit() {
	size := w.win.Canvas().Size()
	w.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(size.Height))
	w.quitting = true
	w.app.Quit()
}
