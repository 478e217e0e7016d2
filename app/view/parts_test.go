package view

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

func TestToolbarCallsBackAndShowsTheState(t *testing.T) {
	newApp(t)
	bar := NewToolbar()
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	bar.OnOpen, bar.OnUndo, bar.OnRedo, bar.OnVulnerable = note("open"), note("undo"), note("redo"), note("fed")
	bar.OnFit, bar.OnTheme, bar.OnExport = note("fit"), note("theme"), note("export")
	bar.OnChart = func(s Chart) { got = append(got, [...]string{"hull", "map", "table", "heat"}[s]) }
	bar.OnSide = func(s Side) { got = append(got, "side "+itoa(int(s))) }
	bar.OnZoom = func(f float64) { got = append(got, map[bool]string{true: "in", false: "out"}[f > 1]) }
	newWindow(t, bar.Root, 1280, 60)
	labels := []string{"Open", "undo", "redo", "Table", "Hull", "Map", "Heat", "Before", "Compare", "After", "Fed functions vulnerable: off", "zoom-out", "zoom-in", "fit", "Export…"}
	for _, b := range all[*Button](bar.Root) {
		test.Tap(b)
	}
	if !slices.Equal(got, []string{"open", "theme"}) {
		t.Errorf("with nothing open, %q can be done", got)
	}
	got = nil
	bar.Set(Tools{Open: true, Edited: true, Undo: "Tighten statement 1 of ShopRole", Redo: "Split Shop into 2 functions", Side: After, Zoom: 67})
	for _, l := range labels {
		test.Tap(button(t, bar.Root, l))
	}
	want := []string{"open", "undo", "redo", "table", "hull", "map", "heat", "side 0", "side 1", "side 2", "fed", "out", "in", "fit", "export"}
	if !slices.Equal(got, want) {
		t.Errorf("called back %q, want %q", got, want)
	}
	if b := button(t, bar.Root, "undo"); !strings.Contains(b.Tip, "Tighten statement 1") {
		t.Errorf("undo does not say what: %q", b.Tip)
	}
	if !button(t, bar.Root, "After").On || button(t, bar.Root, "Before").On || !strings.Contains(texts(bar.Root), "67 %") {
		t.Error("the state is not shown")
	}
}

func TestToolbarFitsASmallWindow(t *testing.T) {
	newApp(t)
	bar := NewToolbar()
	bar.Set(Tools{Open: true, Zoom: 100})
	if w := bar.Root.MinSize().Width; w > 1100 || w < 400 {
		t.Errorf("the tools need %g points", w)
	}
}

func TestLedgerIsTheMeasures(t *testing.T) {
	newApp(t)
	s, st := opened(t, "webshop")
	figures := func(ms []Measure) map[string]Measure {
		out := map[string]Measure{}
		for _, m := range ms {
			out[m.Name] = m
		}
		return out
	}
	m := figures(Ledger(st))
	if m["Worst breach"].Figure != render.Percent(st.After.Measures.Worst) || m["Worst breach"].Remark != "Shop, and the sea" ||
		m["Mean breach"].Figure != render.Percent(st.After.Measures.Mean) || m["Watertightness"].Figure != "0.42" || m["Administrator"].Figure != "no" {
		t.Errorf("%+v", m)
	}
	on := true
	if _, err := s.Do(&edit.Mark{Resource: "res/PaymentKey", Crown: &on}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Do(&edit.Tighten{Role: "role/ShopRole", Statement: edit.StatementRef{Sid: "Checkout"}, Drop: true}); err != nil {
		t.Fatal(err)
	}
	st, err := s.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m = figures(Ledger(st))
	if x := m["Worst breach"]; x.Figure != "67 %" || x.Before != "100 %" || x.Remark != "−33" || !strings.Contains(x.Tip, "Shop") || x.Verdict != render.Good {
		t.Errorf("after tightening: %+v", x)
	}
	if x := m["Crown jewels"]; x.Figure != "0 of 1" || x.Color != render.Good {
		t.Errorf("the crown jewel is dry: %+v", x)
	}
	bar := NewLedgerBar()
	newWindow(t, bar.Root, 1280, 70)
	bar.Set(Ledger(st), NotSeen(st.After.Design))
	if text := texts(bar.Root); !strings.Contains(text, "67 %") || !strings.Contains(text, "Not seen: SCPs") {
		t.Errorf("shown:\n%s", text)
	}
	bar.Set(nil, "")
	if text := texts(bar.Root); strings.Contains(text, "67 %") || !strings.Contains(text, "…") {
		t.Errorf("while it is computed, an old figure is shown:\n%s", text)
	}
}

func TestLedgerOfAnAccountWithAWayToAdministrator(t *testing.T) {
	_, st := opened(t, "team")
	for _, m := range Ledger(st) {
		if m.Name == "Administrator" && (m.Figure != "yes" || m.Color != render.Danger || !strings.HasPrefix(m.Remark, "from ")) {
			t.Errorf("%+v", m)
		}
	}
}

// Where nothing runs code and nobody becomes an administrator, who is one is not told as nobody.
func TestLedgerOfAdministratorsAlone(t *testing.T) {
	sample := fstest.MapFS{"owner/template.yaml": {Data: []byte("Resources:\n  Owner:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: ssm.amazonaws.com}, Action: 'sts:AssumeRole'}]}\n" +
		"      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n")}}
	s, err := session.OpenSample(t.Context(), sample, "owner", cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	st, err := s.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range Ledger(st) {
		if m.Name == "Administrator" && (m.Figure != "–" || m.Color != render.Ink || m.Remark != "nobody beside 1 administrator") {
			t.Errorf("%+v", m)
		}
	}
}

func TestSourcePaneMarksTheLines(t *testing.T) {
	newApp(t)
	text := "a: 1\nb:\n  - c\n  - d\ne: 2\n"
	at := source.Span{File: "x.yaml", Start: strings.Index(text, "- c"), End: strings.Index(text, "e:"), Line: 3, Column: 3}
	p := NewSourcePane(text, at)
	newWindow(t, p.Root, 400, 300)
	p.Reveal()
	if from, to := p.Marked(); from != 3 || to != 4 {
		t.Errorf("lines %d to %d are marked, want 3 to 4", from, to)
	}
	var lines []string
	for _, l := range all[*sourceLine](p.Root) {
		lines = append(lines, l.number.Text+" "+l.text.Text)
	}
	if !slices.Contains(lines, "4   - d") {
		t.Errorf("shown %q", lines)
	}
}

// Of a file on one line, the stretch is marked that the span is in, and nothing of the line is lost.
func TestSourcePaneOfOneLine(t *testing.T) {
	newApp(t)
	text := `{"a": [` + strings.Repeat(`{"key": "välue"}, `, 400) + `{"Effect": "Allow"}]}`
	start := strings.Index(text, `{"Effect"`)
	p := NewSourcePane(text, source.Span{File: "a.json", Start: start, End: start + len(`{"Effect": "Allow"}`), Line: 1})
	whole, marked := "", ""
	for i, l := range p.lines {
		if (l.number == 1) != (i == 0) {
			t.Errorf("stretch %d has number %d", i, l.number)
		}
		whole += l.text
		if l.marked {
			marked += l.text
		}
	}
	if whole != text {
		t.Error("something of the line is lost")
	}
	if !strings.Contains(marked, `"Effect": "Allow"`) || len(marked) > 300 {
		t.Errorf("marked: %s", marked)
	}
}

func TestSourcePaneOfAnything(t *testing.T) {
	newApp(t)
	for _, text := range []string{"", "\n", "\x00\xff", strings.Repeat("x", 10000)} {
		for _, at := range []source.Span{{}, {File: "x", Start: 0, End: len(text), Line: 1}, {File: "x", Start: 3, End: 99999, Line: 77}} {
			p := NewSourcePane(text, at)
			newWindow(t, p.Root, 300, 200)
			p.Reveal()
		}
	}
}

func TestStripIsPutAway(t *testing.T) {
	newApp(t)
	s := NewStrip()
	newWindow(t, s.Root, 600, 200)
	resized := 0
	s.OnResize = func() { resized++ }
	undone := false
	s.Show(Remark{Text: "the trigger Outbox would stop", Action: "undo", OnTap: func() { undone = true }}, Remark{Text: "second", Grave: true})
	test.Tap(link(t, s.Root, "undo"))
	for _, b := range all[*Button](s.Root)[:1] {
		test.Tap(b)
	}
	if text := texts(s.Root); strings.Contains(text, "Outbox") || !strings.Contains(text, "second") || !undone || resized != 2 {
		t.Errorf("undone %v, resized %d, left:\n%s", undone, resized, text)
	}
}

func TestStripForgetsTheLastEditAlone(t *testing.T) {
	newApp(t)
	s := NewStrip()
	newWindow(t, s.Root, 600, 200)
	s.Show(Remark{Text: "the file changed on disk", Stays: true})
	s.Forget(Remark{Text: "Written: a.svg", Fine: true})
	if text := texts(s.Root); !strings.Contains(text, "on disk") || !strings.Contains(text, "Written") {
		t.Errorf("after an edit:\n%s", text)
	}
	s.Forget()
	if text := texts(s.Root); !strings.Contains(text, "on disk") || strings.Contains(text, "Written") {
		t.Errorf("after the next:\n%s", text)
	}
	s.Clear()
	s.Forget()
	if text := texts(s.Root); strings.Contains(text, "on disk") {
		t.Errorf("cleared:\n%s", text)
	}
}

func TestDiagnosticsLeadToTheirPlaces(t *testing.T) {
	newApp(t)
	var got source.Span
	o := Diagnostics([]source.Diagnostic{
		{Severity: source.Info, Summary: "assumed"},
		{Severity: source.Error, Summary: "broken", Detail: "mend it", Span: source.Span{File: "dir/t.yaml", Line: 7}},
	}, func(at source.Span) { got = at })
	newWindow(t, o, 500, 300)
	test.Tap(link(t, o, "t.yaml:7"))
	text := texts(o)
	if got.Line != 7 || strings.Index(text, "broken") > strings.Index(text, "assumed") || !strings.Contains(text, "mend it") {
		t.Errorf("line %d in:\n%s", got.Line, text)
	}
}

func TestStartOpensSamplesAndRecentFiles(t *testing.T) {
	newApp(t)
	s := NewStart()
	var got []string
	s.OnOpen = func(p string) { got = append(got, p) }
	s.OnDialog = func(folder bool) { got = append(got, map[bool]string{true: "folder", false: "file"}[folder]) }
	newWindow(t, s.Root, 1280, 800)
	s.SetRecent([]string{"/home/me/shop/template.yaml"})
	for _, c := range all[*sampleCard](s.Root) {
		test.Tap(c)
	}
	test.Tap(link(t, s.Root, "template.yaml"))
	for _, x := range all[*Text](newRecent("template.yaml", "/home/me/work/src/github.com/example/infrastructure/templates/services/checkout", func() {})) {
		if cut := x.Style.fit(x.Text, 200); !strings.HasSuffix(cut, "checkout") {
			t.Errorf("of the folder of a template %q is shown", cut)
		}
	}
	test.Tap(button(t, s.Root, "Open template…"))
	test.Tap(button(t, s.Root, "Open folder…"))
	want := []string{"sample:webshop", "sample:photos", "sample:lambdashell", "sample:team", "/home/me/shop/template.yaml", "file", "folder"}
	if !slices.Equal(got, want) {
		t.Errorf("opened %q, want %q", got, want)
	}
	for _, s := range Samples() {
		opened(t, strings.TrimPrefix(s.Path, "sample:"))
	}
}

func TestTextEndsInAnEllipsisAndShowsWholeOnHover(t *testing.T) {
	newApp(t)
	name := "FunctionToFormatCloudWatchEventsOfTheWholeCompany"
	x := NewText(name, body)
	w := newWindow(t, newFixed(120, 20, x), 400, 200)
	x.Resize(fyne.NewSize(120, 20))
	if !x.cut {
		t.Fatal("it fits into 120 points")
	}
	x.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: fyne.NewPos(10, 10)}})
	if got := strings.ReplaceAll(tip(w), " ", ""); got != name && !strings.HasSuffix(got, "…") {
		t.Errorf("the tip says %q", got)
	}
	x.MouseOut()
	if tip(w) != "" {
		t.Error("the tip stays")
	}
	x.Resize(fyne.NewSize(600, 20))
	if x.cut {
		t.Error("it does not fit into 600 points")
	}
}

func TestPanesKeepTheMiddle(t *testing.T) {
	newApp(t)
	left, middle, right := NewLabel("l", body), NewLabel("m", body), NewLabel("r", body)
	p := NewPanes(left, middle, right, 236, 312)
	newWindow(t, p, 1280, 600)
	if middle.Size().Width != 1280-236-312 {
		t.Errorf("the middle is %g wide", middle.Size().Width)
	}
	p.handles[0].Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(2000, 0)})
	if middle.Size().Width < leastMiddle {
		t.Errorf("dragged far, the middle is %g wide", middle.Size().Width)
	}
	p.Fold(true, true)
	if middle.Size().Width != 1280 || left.Visible() || right.Visible() {
		t.Errorf("folded, the middle is %g wide", middle.Size().Width)
	}
}

func TestButtonsByKeyboard(t *testing.T) {
	newApp(t)
	n := 0
	b := NewButton("Split…", "split", Primary, func() { n++ })
	w := newWindow(t, b, 200, 60)
	w.Canvas().Focus(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Set(false, true)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if n != 2 {
		t.Errorf("pressed %d times, want 2", n)
	}
	runes := ""
	w.Canvas().SetOnTypedRune(func(r rune) { runes += string(r) })
	b.TypedRune('h')
	if runes != "h" {
		t.Error("a key that is the window's does not get there while a button has the focus")
	}
}

func TestReasonsTakeNoMoreRoomThanTheyNeed(t *testing.T) {
	newApp(t)
	f := NewFloods()
	d := NewDecks(NewGround(0, 0, 0), f.Root, 0.5)
	d.Need = f.Need
	newWindow(t, d, 800, 800)
	room := func(rows int) float32 {
		l := FloodList{Start: "fn/A", Rows: make([]FloodRow, rows)}
		f.Set(l)
		d.Refresh()
		return d.Bottom.Size().Height
	}
	one, two, many := room(1), room(2), room(60)
	if one >= two || many != d.Size().Height/2 {
		t.Errorf("one row has %g points, two %g, sixty %g of %g", one, two, many, d.Size().Height)
	}
	folds := 0
	f.OnFold = func() { folds++; d.Folded = !d.Folded; f.SetFolded(d.Folded); d.Refresh() }
	fold := slices.IndexFunc(all[*Button](f.Root), func(b *Button) bool { return strings.HasPrefix(b.Tip, "Fold") })
	if fold < 0 {
		t.Fatal("nothing folds the reasons")
	}
	test.Tap(all[*Button](f.Root)[fold])
	if head, _ := f.Need(); folds != 1 || d.Bottom.Size().Height != head {
		t.Errorf("folded %d times, %g points high", folds, d.Bottom.Size().Height)
	}
}

// TestTipGoesWithItsObject: nothing tells a text that it was scrolled away from under the pointer.
func TestTipGoesWithItsObject(t *testing.T) {
	newApp(t)
	long := NewText("a text", body)
	long.Tip = "all of it"
	inner := container.NewWithoutLayout(long)
	long.Resize(fyne.NewSize(80, 20))
	root := newWindow(t, inner, 300, 200).Content().(*fyne.Container)
	shown := func() bool { return len(root.Objects[1].(*fyne.Container).Objects) > 0 }
	long.MouseIn(&desktop.MouseEvent{})
	if !shown() {
		t.Fatal("there is no tip")
	}
	pass()
	if !shown() {
		t.Error("the tip goes though its object stays")
	}
	long.Move(fyne.NewPos(0, 60))
	pass()
	if shown() {
		t.Error("the tip stays where its object no longer is")
	}
}

func TestStartOffersWhatWasNotSaved(t *testing.T) {
	newApp(t)
	s := NewStart()
	newWindow(t, s.Root, 1280, 800)
	s.SetRecovered([]Recovered{{Dir: "a", Title: "shop", Path: "/x/shop.yaml", Edits: 2}, {Dir: "b", Title: "mail", Edits: 1}})
	if text := texts(s.Root); !strings.Contains(text, "2 edits of shop") || !strings.Contains(text, "1 edit of mail") {
		t.Errorf("it offers\n%s", text)
	}
	restored, discarded := "", ""
	s.OnRestore = func(dir string) { restored = dir }
	s.OnDiscard = func(dir string) { discarded = dir }
	test.Tap(button(t, s.Root, "Restore"))
	test.Tap(button(t, s.Root, "Discard"))
	if restored != "a" || discarded != "a" {
		t.Errorf("restored %q, discarded %q", restored, discarded)
	}
	s.SetRecovered(nil)
	if strings.Contains(texts(s.Root), "NOT SAVED") {
		t.Error("nothing is left, and it says so of something")
	}
}

// TestAChoiceIsPressedAnywhere: a click beside its button does what the button does; one that cannot be done does nothing.
func TestAChoiceIsPressedAnywhere(t *testing.T) {
	newApp(t)
	var done []string
	root := NewChoices([]Choice{
		{Icon: "link", Name: "Patch", Sentence: "The change.", Button: "Preview…", OnTap: func() { done = append(done, "patch") }},
		{Icon: "hull", Name: "Picture", Sentence: "The picture.", Button: "Save…", Not: "It is being drawn.", OnTap: func() { done = append(done, "picture") }},
	})
	newWindow(t, root, 500, 300)
	for _, c := range all[*choiceCard](root) {
		test.Tap(c)
	}
	test.Tap(button(t, root, "Preview…"))
	if !slices.Equal(done, []string{"patch", "patch"}) {
		t.Errorf("done: %q", done)
	}
}

// TestStripCountsWhatItHasNoLineFor: of many remarks the first is to be seen, and all of them where somebody asks.
func TestStripCountsWhatItHasNoLineFor(t *testing.T) {
	newApp(t)
	s := NewStrip()
	newWindow(t, s.Root, 700, 200)
	var all2 []Remark
	s.OnAll = func(r []Remark) { all2 = r }
	var remarks []Remark
	for _, x := range []string{"one", "two", "three", "four"} {
		remarks = append(remarks, Remark{Text: x})
	}
	s.Show(remarks[:2]...)
	if !slices.Equal(s.Texts(), []string{"one", "two"}) {
		t.Errorf("two remarks are %q", s.Texts())
	}
	s.Show(remarks...)
	if !slices.Equal(s.Texts(), []string{"one", "3 more remarks"}) {
		t.Errorf("four remarks are %q", s.Texts())
	}
	test.Tap(all[*Link](s.Root)[0])
	if len(all2) != 4 {
		t.Errorf("shown are %v", all2)
	}
}

// Of a breach that leads to an administrator where nothing counts, no share of nothing is told in the colour of danger.
func TestLedgerHasNoShareOfNothing(t *testing.T) {
	_, st := opened(t, "team")
	b := *st.After.Breach
	b.Reach = reach.Figures{}
	b.Admin = true
	st.After.Breach, st.Start = &b, "role/deploy"
	m, ok := reachOf(st)
	if !ok || m.Figure != "admin" || strings.Contains(m.Remark, "0 of 0") {
		t.Errorf("%+v", m)
	}
}
