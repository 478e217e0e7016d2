//go:build !headless

package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// real is the app of the tests that need a real window; nil where there is no display.
var real fyne.App

// TestMain gives Fyne the main goroutine, as a program does, and runs the tests in another.
func TestMain(m *testing.M) {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		os.Exit(m.Run())
	}
	home, err := os.MkdirTemp("", "bulkhead-window")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, v := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		if err := os.Setenv(v, home); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	real = fyneapp.NewWithID("dev.bulkhead.Test")
	real.Settings().SetTheme(theme.New(theme.Light))
	code := make(chan int, 1)
	real.Lifecycle().SetOnStarted(func() {
		go func() {
			code <- m.Run()
			fyne.Do(real.Quit)
		}()
	})
	real.Run()
	_ = os.RemoveAll(home)
	os.Exit(<-code)
}

func display(t *testing.T) {
	t.Helper()
	if real == nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI is set and there is no display: the window is not tested")
		}
		t.Skip("NOTICE: skipped, no display to open a window on")
	}
}

func program(t *testing.T) Program {
	t.Helper()
	samples, err := fs.Sub(assets.FS, "samples")
	if err != nil {
		t.Fatal(err)
	}
	return Program{Sources: append(slices.Clone(cfn.Sources()), account.New()), Samples: samples, Version: "test"}
}

// do runs f where the window's things may be touched.
func do[T any](f func() T) T {
	var out T
	fyne.DoAndWait(func() { out = f() })
	return out
}

// until waits for something to come true in the window.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	const limit = 60 * time.Second // of a slow machine; it is no measure of speed
	for start := time.Now(); time.Since(start) < limit; time.Sleep(20 * time.Millisecond) {
		if do(f) {
			return
		}
	}
	t.Fatalf("it never came to this: %s", what)
}

func openWindow(t *testing.T, path string) *window {
	t.Helper()
	display(t)
	p := program(t)
	w := do(func() *window {
		w := newWindow(real, p, importers.Options{})
		w.win.Show()
		w.win.Resize(fyne.NewSize(1280, 800))
		w.open(path)
		return w
	})
	t.Cleanup(func() {
		do(func() bool {
			w.close()
			// The last window that closes would end the program.
			w.win.Hide()
			return true
		})
	})
	until(t, "the picture of "+path, func() bool { return w.canvas.Scene() != nil && w.state.Analysed() && w.state.Start != "" })
	return w
}

// capture is what the window shows, painted in memory: what a graphics card has painted cannot be read back on every
// display.
func capture(w *window) image.Image { return captureAt(w, 1) }

// captureAt is the same at so many pixels a point.
func captureAt(w *window, scale float32) image.Image {
	return do(func() image.Image {
		content, size := w.win.Content(), w.win.Canvas().Size()
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetScale(scale)
		c.SetContent(content)
		c.Resize(size)
		for _, o := range w.win.Canvas().Overlays().List() { // dialogs
			c.Overlays().Add(o)
		}
		img := c.Capture()
		w.win.SetContent(content)
		return img
	})
}

// painted counts the colours of a picture, few for an empty one.
func painted(img image.Image) int {
	seen := map[[3]uint32]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			r, g, bl, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r, g, bl}] = true
		}
	}
	return len(seen)
}

// TestTheMainJobInARealWindow opens the sample, clicks a function, tightens, undoes, compares, splits and closes.
func TestTheMainJobInARealWindow(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	if n := painted(capture(w)); n < 40 {
		t.Errorf("the window shows %d colours: it is empty", n)
	}

	click := func(id model.ID) {
		t.Helper()
		if !do(func() bool {
			at, ok := w.canvas.Place(id)
			if ok {
				w.canvas.Tapped(&fyne.PointEvent{Position: at})
			}
			return ok
		}) {
			t.Fatalf("%s is not in the picture", id)
		}
	}
	click("fn/Mailer")
	until(t, "the breach of Mailer", func() bool { return w.state.Start == "fn/Mailer" && w.state.After.Breach != nil })
	want := do(func() string { return render.Percent(w.state.After.Analysis.Breach("fn/Mailer").Reach.May.Share) })
	until(t, "the figure of Mailer in the picture", func() bool { return strings.Contains(w.canvas.Scene().Description, want) })
	click("fn/Shop")
	until(t, "suggestions for Shop", func() bool { return w.state.Start == "fn/Shop" && len(w.inspect.Suggestions()) > 0 })

	worst := do(func() float64 { return w.state.After.Measures.Worst })
	do(func() bool {
		c := view.PoliciesOf(w.state.After.Design, "role/ShopRole")[0].Cards[2]
		w.inspect.OnEdit(c.WithoutAction(w.state.After.Design, "secretsmanager:GetSecretValue"))
		return true
	})
	until(t, "less reach after tightening", func() bool { return w.state.Edited && w.state.Analysed() && w.state.After.Measures.Worst < worst })
	if side := do(func() view.Side { return w.look.side }); side != view.After {
		t.Errorf("after an edit side %d is shown", side)
	}

	do(func() bool { w.showSide(view.Both); return true })
	until(t, "both pictures, one above the other", func() bool {
		return w.look.side == view.Both && strings.Contains(w.canvas.Scene().Title, " and ")
	})
	compare := capture(w)

	do(func() bool { w.undo(); return true })
	until(t, "the old figure after undo", func() bool { return !w.state.Edited && w.state.Analysed() && w.state.After.Measures.Worst == worst })
	if side := do(func() view.Side { return w.look.side }); side != view.Before {
		t.Errorf("with nothing edited side %d is shown", side)
	}
	until(t, "one picture again", func() bool { return !strings.Contains(w.canvas.Scene().Title, " and ") })
	if same(compare, capture(w)) {
		t.Error("comparing and not comparing look alike")
	}

	do(func() bool { w.split("fn/Shop"); return true })
	until(t, "a verdict on the split", func() bool { return w.board != nil && len(w.dialogs) == 1 })
	do(func() bool {
		w.board.Plan.MoveTrigger(0, 1)
		w.escape()
		w.do(w.board.Plan.Edit())
		return true
	})
	until(t, "three functions", func() bool { return len(w.state.After.Design.Functions()) == 3 && w.state.Analysed() })

	asked := do(func() bool {
		w.guard("Close", func() { t.Error("it closed without asking for the edits") })
		return w.asked != nil
	})
	if !asked {
		t.Error("nobody asked whether to save")
	}
	do(func() bool { w.escape(); w.leave(); w.showStart(); return true })
	if n := painted(capture(w)); n < 10 {
		t.Errorf("the start page shows %d colours", n)
	}
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 2 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 2 {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// TestEverySampleEverySide shows each sample as hull and map, in both themes, without a failure.
func TestEverySampleEverySide(t *testing.T) {
	for _, s := range []string{"sample:photos", "sample:lambdashell", "sample:team", "sample:webshop/split.bulkhead"} {
		w := openWindow(t, s)
		scene := do(func() *render.Scene { return w.canvas.Scene() })
		do(func() bool { w.showChart(view.MapChart); return true })
		until(t, "the map of "+s, func() bool { return w.canvas.Scene() != scene })
		do(func() bool { w.toggleTheme(); return true })
		if n := painted(capture(w)); n < 40 {
			t.Errorf("%s as a map in the dark shows %d colours", s, n)
		}
		do(func() bool {
			w.toggleTheme()
			w.showHelp()
			w.showDiagnostics()
			w.showHistory()
			w.export()
			return true
		})
		if n := do(func() int { return len(w.dialogs) }); n != 4 {
			t.Errorf("%s: %d dialogs are open, want 4", s, n)
		}
		do(func() bool {
			for range 4 {
				w.escape()
			}
			return true
		})
		if n := do(func() int { return len(w.dialogs) }); n != 0 {
			t.Errorf("%s: Escape leaves %d dialogs open", s, n)
		}
	}
}

func TestWhatCannotBeOpenedIsSaid(t *testing.T) {
	w := openWindow(t, "sample:lambdashell")
	do(func() bool { w.open(t.TempDir() + "/nothing.yaml"); return true })
	until(t, "an error", func() bool { return len(w.dialogs) == 1 })
	if open := do(func() bool { return w.session != nil }); !open {
		t.Error("what was open is gone")
	}
}

// TestSavedSampleOpensAgain saves an edited sample, and opens what was saved.
func TestSavedSampleOpensAgain(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	do(func() bool { w.selectElement("fn/Shop"); return true })
	until(t, "suggestions", func() bool { return len(w.inspect.Suggestions()) > 0 })
	do(func() bool { w.inspect.OnEdit(w.inspect.Suggestions()[0].Edit); return true })
	until(t, "figures of the edited design", func() bool { return w.state.Edited && w.state.Analysed() })
	dir := t.TempDir()
	do(func() bool { w.saveTo(dir+"/shop.bulkhead", nil); return true })
	if dirty := do(func() bool { return w.state.Dirty }); dirty {
		t.Error("after saving, there are edits that are not saved")
	}
	do(func() bool { w.open(dir + "/shop.bulkhead"); return true })
	until(t, "the saved design", func() bool {
		return w.state.Path == dir+"/shop.bulkhead" && len(w.state.Steps) == 1 && w.state.Analysed() && !w.state.Dirty
	})
	if err := os.WriteFile(dir+"/template.yaml", []byte("Resources: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(func() bool { w.open("sample:webshop"); return true })
	until(t, "the sample again", func() bool { return w.state.Path == "sample:webshop" && w.state.Analysed() })
	do(func() bool { w.saveTo(dir+"/other.bulkhead", nil); return true })
	if n := do(func() int { return len(w.dialogs) }); n != 1 {
		t.Errorf("%d dialogs: another template was written over, or nothing was said", n)
	}
	do(func() bool { w.escape(); return true })
}

// TestFileDialogsOpen opens every dialog that asks for a file or folder.
func TestFileDialogsOpen(t *testing.T) {
	w := openWindow(t, "sample:photos")
	for name, f := range map[string]func(){
		"actions": w.showPalette, "history": w.showHistory,
		"open": func() { w.chooseFile(false) }, "open a folder": func() { w.chooseFile(true) }, "picture": w.exportPicture,
		"policies": w.exportPolicies, "report": w.exportReport, "save": func() { w.save(nil) },
	} {
		do(func() bool { f(); return true })
		if n := do(func() int { return len(w.dialogs) }); n != 1 {
			t.Errorf("%s: %d dialogs are open", name, n)
		}
		do(func() bool { w.escape(); return true })
		if n := do(func() int { return len(w.dialogs) }); n != 0 {
			t.Errorf("%s: Escape leaves it open", name)
		}
	}
}

// TestPicturesAreWritten writes what the window shows in each format.
func TestPicturesAreWritten(t *testing.T) {
	w := openWindow(t, "sample:photos")
	scene := do(func() *render.Scene { return w.canvas.Scene() })
	for name, magic := range map[string]string{"a.svg": "<", "a.png": "\x89PNG", "a.PDF": "%PDF"} {
		data, err := pictureAs(scene, render.Light, name, 2)
		if err != nil || !strings.HasPrefix(string(data), magic) {
			t.Errorf("%s: %v, %.20q", name, err, data)
		}
	}
	if _, err := pictureAs(scene, render.Light, "a.doc", 2); err == nil || !strings.Contains(err.Error(), ".svg") {
		t.Errorf("a.doc: %v", err)
	}
}

// onDisk is a copy of the Webshop's template in a folder of its own.
func onDisk(t *testing.T) string {
	t.Helper()
	data, err := fs.ReadFile(assets.FS, "samples/webshop/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/template.yaml"
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func tighten(t *testing.T, w *window) {
	t.Helper()
	do(func() bool { w.selectElement("fn/Shop"); return true })
	until(t, "suggestions", func() bool { return len(w.inspect.Suggestions()) > 0 })
	do(func() bool { w.inspect.OnEdit(w.inspect.Suggestions()[0].Edit); return true })
	until(t, "figures of the edited design", func() bool { return w.state.Edited && w.state.Analysed() })
}

// TestSavingOverAFile fails while it writes: what was there stays whole until the new content is.
func TestSavingOverAFile(t *testing.T) {
	w := openWindow(t, "sample:photos")
	path := t.TempDir() + "/old.svg"
	if err := os.WriteFile(path, []byte("precious"), 0o640); err != nil {
		t.Fatal(err)
	}
	ask := func(content func(string) ([]byte, error)) {
		do(func() bool {
			w.saveFile("Save", "old.svg", []string{".svg"}, content)
			w.form.Folder.SetText(filepath.Dir(path))
			w.form.OnSubmit()
			return true
		})
		until(t, "the file, or an error", func() bool { return w.working == "" && w.opening == nil })
	}
	ask(func(string) ([]byte, error) {
		if data, err := os.ReadFile(path); err != nil || string(data) != "precious" {
			t.Errorf("while the new content is made, the file holds %q, %v", data, err)
		}
		return nil, errors.New("no ink")
	})
	if n := do(func() int { return len(w.dialogs) }); n != 1 {
		t.Errorf("%d dialogs say that it failed", n)
	}
	do(func() bool { w.escape(); return true })
	ask(func(string) ([]byte, error) { return []byte("new"), nil })
	data, err := os.ReadFile(path)
	if info, _ := os.Stat(path); err != nil || string(data) != "new" || info.Mode().Perm() != 0o640 {
		t.Errorf("it holds %q, %v, mode %v", data, err, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Dir(path) + "/.bulkhead-*"); len(left) > 0 {
		t.Errorf("%q is left behind", left)
	}
}

// TestDropWriteAndReload drops a template, tightens it, writes it, and reads it again after another hand wrote.
func TestDropWriteAndReload(t *testing.T) {
	w := openWindow(t, "sample:photos")
	path := onDisk(t)
	do(func() bool {
		w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
		return true
	})
	until(t, "what was dropped", func() bool { return w.state.Path == path && w.state.Analysed() && w.state.Start != "" })
	tighten(t, w)
	do(func() bool {
		w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
		return true
	})
	if n := do(func() int { return len(w.dialogs) }); n != 1 {
		t.Errorf("a drop on edits that are not saved: %d dialogs ask", n)
	}
	do(func() bool { w.escape(); return true })

	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("# another hand\n"), before...), 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, "word of the change", func() bool { return len(w.changed) == 1 })
	do(func() bool { w.reload(); return true })
	until(t, "the source as it is now, with the edit", func() bool {
		return w.opening == nil && len(w.changed) == 0 && len(w.state.Steps) == 1 && w.state.Analysed() && w.state.Selected == "fn/Shop"
	})
	do(func() bool {
		s := w.session
		w.background("Writing", func(ctx context.Context) error {
			_, err := s.WriteSource(ctx)
			return err
		}, func() {})
		return true
	})
	until(t, "nothing left to save", func() bool { return w.opening == nil && !w.session.State().Dirty })
	after, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(after), "# another hand\n") || string(after) == "# another hand\n"+string(before) {
		t.Errorf("written, the template begins with %.40q (%v)", after, err)
	}
	until(t, "a window that knows", func() bool { return !w.state.Dirty })
}

// TestWhatAKillLeftIsRestored leaves edits as a program does that is killed, and takes them up again.
func TestWhatAKillLeftIsRestored(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	aside := func() int {
		entries, _ := os.ReadDir(w.keeper.root)
		return len(entries)
	}
	others := do(aside)
	tighten(t, w)
	var dir string
	until(t, "the edits aside", func() bool {
		dir = w.keeper.dir
		_, err := session.ReadRecovery(dir)
		return err == nil
	})
	if n := len(do(w.keeper.found)); n != 0 {
		t.Errorf("%d recoveries of a program that runs", n)
	}
	// No process has this number.
	left := filepath.Join(filepath.Dir(dir), "999999999-1")
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	do(func() bool { w.leave(); w.showStart(); return true })
	if _, err := os.Stat(dir); err == nil {
		t.Error("edits that were given up stay aside")
	}
	found := do(w.keeper.found)
	if len(found) != 1 || found[0].Edits != 1 || found[0].Path != "sample:webshop" {
		t.Fatalf("found %+v", found)
	}
	do(func() bool { w.restore(found[0].Dir); return true })
	until(t, "the edit, not saved", func() bool {
		return w.session != nil && w.state.Analysed() && w.state.Dirty && len(w.state.Steps) == 1 && w.state.Path == "sample:webshop"
	})
	if n := len(do(w.keeper.found)); n != 0 {
		t.Errorf("%d recoveries are offered of what is being edited", n)
	}
	on := true
	do(func() bool { w.do(&edit.Mark{Resource: "res/Orders", Crown: &on}); return true })
	until(t, "the next edit in the same place", func() bool {
		r, err := session.ReadRecovery(w.keeper.dir)
		return err == nil && r.Edits == 2
	})
	if n := do(aside) - others; n != 1 {
		t.Errorf("the edits are kept in %d places", n)
	}
	do(func() bool { w.undo(); return true })
	until(t, "one edit", func() bool { return len(w.state.Steps) == 1 })
	do(func() bool { w.undo(); return true })
	until(t, "nothing left aside", func() bool { return !w.state.Dirty && aside() == others })
}

// TestARefusalShowsItsWitness widens a statement, as a hand-written edit may.
func TestARefusalShowsItsWitness(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	do(func() bool {
		d := w.state.After.Design
		w.do(view.PoliciesOf(d, "role/ShopRole")[0].Cards[2].Replaced(d, true, "sqs:SendMessage", []string{"sqs:*"}))
		return true
	})
	until(t, "a refusal", func() bool { return len(w.strip.Texts()) > 0 })
	text := do(func() string { return strings.Join(w.strip.Texts(), "\n") })
	if !strings.Contains(text, "refused") || !strings.Contains(text, "sqs:") || strings.Count(text, "sqs:") < 2 {
		t.Errorf("the refusal says %q", text)
	}
	if edited := do(func() bool { return w.state.Edited }); edited {
		t.Error("it was done all the same")
	}
}

// TestEveryActionIsInThePalette runs one by its words.
func TestEveryActionIsInThePalette(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	names := map[string]bool{}
	for _, c := range do(w.commands) {
		names[c.Menu+" "+c.Name] = true
		if c.Run == nil {
			t.Errorf("%s does nothing", c.Name)
		}
	}
	for _, want := range []string{"File Export…", "File Open Sample: Photo pipeline", "Edit Undo", "Design Split Function…", "Design Give It a Role of Its Own", "View Theme: Dark", "View Fold Reasons", "Help Keys and Signs"} {
		if !names[want] {
			t.Errorf("%q is not among %d actions", want, len(names))
		}
	}
	do(func() bool {
		w.showPalette()
		w.palette.Search.SetText("view map")
		w.palette.Search.OnSubmitted("")
		return true
	})
	if graph, n := do(func() bool { return w.look.chart == view.MapChart }), do(func() int { return len(w.dialogs) }); !graph || n != 0 {
		t.Errorf("the palette did not show the map, or stays (%d dialogs)", n)
	}
}

// TestARoleOfItsOwnByName gives a function one by the words of the palette, and Tighten All offers it for another.
func TestARoleOfItsOwnByName(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	do(func() bool { w.selectElement("fn/Shop"); return true })
	until(t, "the action for Shop", func() bool { return w.state.Selected == "fn/Shop" && !w.menu.own.Disabled })
	do(func() bool {
		w.showPalette()
		w.palette.Search.SetText("role of its own")
		w.palette.Search.OnSubmitted("")
		return true
	})
	until(t, "a role of its own", func() bool { return w.state.Edited && !w.state.After.Design.Role("role/ShopRole").Implicit })
	until(t, "nothing more to give", func() bool { return w.menu.own.Disabled })
	do(func() bool { w.tightenAll("role/MailerRole"); return true })
	until(t, "a dialog that offers to tighten Mailer", func() bool { return len(w.dialogs) == 1 })
}

// TestTheSplitBoardAsksBeforeItIsLost.
func TestTheSplitBoardAsksBeforeItIsLost(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	open := func() { do(func() bool { w.split("fn/Shop"); return true }) }
	dialogs := func() int { return do(func() int { return len(w.dialogs) }) }
	open()
	do(func() bool { w.escape(); return true })
	if n := dialogs(); n != 0 {
		t.Fatalf("a board that nobody touched asks: %d dialogs", n)
	}
	open()
	do(func() bool { w.board.Touched = true; w.escape(); return true })
	if n := dialogs(); n != 2 {
		t.Fatalf("Escape leaves %d dialogs, want the board and the question", n)
	}
	do(func() bool { w.escape(); return true }) // stays
	if n := dialogs(); n != 1 {
		t.Errorf("after staying %d dialogs", n)
	}
	do(func() bool { w.escape(); w.dialogs[1].Enter(); return true })
	if n := dialogs(); n != 1 {
		t.Errorf("Enter loses what was shared out: %d dialogs", n)
	}
	do(func() bool { w.escape(); test.Tap(w.dialogs[1].Buttons()[0]); return true })
	if n := dialogs(); n != 0 {
		t.Errorf("who leaves it all the same has %d dialogs", n)
	}
}

// TestLayoutIsRemembered folds, closes and opens again.
func TestLayoutIsRemembered(t *testing.T) {
	w := openWindow(t, "sample:photos")
	do(func() bool { w.foldLeft(); w.foldReasons(); w.close(); return true })
	again := openWindow(t, "sample:photos")
	l, r, d := do(func() bool { return again.panes.LeftFolded }), do(func() bool { return again.panes.RightFolded }), do(func() bool { return again.decks.Folded })
	if !l || r || !d {
		t.Errorf("folded: outline %v, inspector %v, reasons %v", l, r, d)
	}
	do(func() bool { again.foldLeft(); again.foldReasons(); return true })
}

func TestCancelledAnalysisCanBeTakenUpAgain(t *testing.T) {
	w := openWindow(t, "sample:team")
	do(func() bool {
		on := true
		if _, err := w.session.Do(&edit.Mark{Resource: w.state.After.Design.Resources()[0].ID, Crown: &on}); err != nil {
			t.Error(err)
		}
		w.state = w.session.State() // before the analysis is through, perhaps
		w.cancel()
		return true
	})
	do(func() bool {
		s := w.session
		go func() { _, _ = s.Wait(context.Background()) }()
		return true
	})
	until(t, "figures", func() bool { return w.state.Edited && w.state.Analysed() && w.working == "" })
}

func TestNoDisplayIsAnError(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has windows without a display")
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	err := Run(context.Background(), Program{}, nil, importers.Options{})
	if err == nil || !strings.Contains(err.Error(), "bulkhead tour") {
		t.Errorf("without a display: %v", err)
	}
}
