package view

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/model"
	"bulkhead/render"
)

func outlineOf(t *testing.T, sample string) (*OutlinePanel, []Row) {
	t.Helper()
	newApp(t)
	_, st := opened(t, sample)
	rows := Outline(st.After.Design, st.After.Analysis, st.After.Measures, false)
	p := NewOutline()
	newWindow(t, p.Root, 260, 900)
	p.Set(rows)
	return p, rows
}

func TestOutlineShowsTheFiguresOfTheAnalysis(t *testing.T) {
	_, st := opened(t, "webshop")
	rows := Outline(st.After.Design, st.After.Analysis, st.After.Measures, false)
	last := 2.0
	bays := 0
	for _, r := range rows {
		switch r.Place {
		case Bay:
			bays++
			want := st.After.Analysis.Breach(r.ID).Reach.May.Share
			if r.Share != want || r.Figure != render.Percent(want) {
				t.Errorf("%s: %g %q, the analysis says %g", r.Name, r.Share, r.Figure, want)
			}
			if r.Share > last {
				t.Errorf("%s stands behind a function with less reach", r.Name)
			}
			last = r.Share
		case Thing:
			if n := st.After.Measures.Exposure[r.ID]; !r.Dim && r.Figure != of(n, 2) {
				t.Errorf("%s: %q, exposed to %d of 2", r.Name, r.Figure, n)
			}
		case Section, Way, Guest, Mention:
		}
	}
	if bays != 2 {
		t.Errorf("%d functions, want 2", bays)
	}
}

func TestOutlineSearch(t *testing.T) {
	p, rows := outlineOf(t, "webshop")
	for words, want := range map[string][]string{
		"":            nil, // everything
		"pay":         {"PaymentKey", "POST /payment"},
		"dynamodb":    {"Products", "Carts", "Orders"},
		"mail":        {"Mailer", "Outbox"}, // the queue's trigger starts the Mailer
		"POST pay":    {"POST /payment"},
		"nothing-has": {},
	} {
		test.Type(p.Search, "")
		p.Search.SetText(words)
		var got []string
		for _, r := range p.shown {
			if r.Place != Section {
				got = append(got, r.Name)
			}
		}
		if words == "" {
			if len(p.shown) != len(rows) {
				t.Errorf("without words %d of %d rows", len(p.shown), len(rows))
			}
			continue
		}
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("search %q: %q, want %q", words, got, want)
		}
		if len(want) == 0 && !strings.Contains(p.none.Text, words) {
			t.Errorf("search %q: an empty list does not say so: %q", words, p.none.Text)
		}
	}
}

func TestOutlineRowsAndEnterSelect(t *testing.T) {
	p, _ := outlineOf(t, "webshop")
	var got []model.ID
	p.OnSelect = func(id model.ID) { got = append(got, id) }
	for _, r := range all[*outlineRow](p.Root) {
		if r.row.Name == "Mailer" || r.row.Place == Section {
			test.Tap(r)
		}
	}
	p.Search.SetText("payment")
	p.Search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if want := []model.ID{"fn/Mailer", "res/PaymentKey"}; !slices.Equal(got, want) {
		t.Errorf("selected %q, want %q", got, want)
	}
	p.Search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.Search.Text != "" {
		t.Error("Escape leaves the search as it is")
	}
}

func TestOutlineOfAnAccountListsRolesAndUsers(t *testing.T) {
	_, st := opened(t, "team")
	admin := 0
	for _, r := range Outline(st.After.Design, st.After.Analysis, st.After.Measures, false) {
		if r.Place == Guest && r.Admin {
			admin++
		}
	}
	if admin == 0 {
		t.Error("no role or user of the team account leads to an administrator")
	}
}

// Triggers of several kinds are counted where there is little room, and named in full on hover.
func TestOutlineCountsTriggersOfSeveralKinds(t *testing.T) {
	_, st := opened(t, "webshop")
	starters := map[model.ID][]*model.Trigger{"fn/Shop": {{Kind: "api-route"}, {Kind: "api-route"}, {Kind: "schedule", Event: "schedule"}, {Kind: "permission"}}}
	for _, r := range bays(st.After.Design, nil, false, starters) {
		if r.ID == "fn/Shop" && (r.Caption != "3 triggers" || r.Hint != "2 routes, 1 schedule") {
			t.Errorf("%q, in full %q", r.Caption, r.Hint)
		}
		if r.ID != "fn/Shop" && (r.Caption != "no trigger" || r.Hint != "") {
			t.Errorf("%s: %q, in full %q", r.ID, r.Caption, r.Hint)
		}
	}
}

// Names of a list that begin and end alike are cut where they differ.
func TestNamesOfAListDiffer(t *testing.T) {
	rows := []Row{{Place: Guest, ID: "a", Name: "privesc-paths.privesc-AssumeRole-starting-role"}, {Place: Guest, ID: "b", Name: "privesc-paths.privesc-EditExistingLambda-role"}, {Place: Guest, ID: "c", Name: "privesc-paths.privesc-PassExistingRole-role"}}
	style := body.named()
	style.Among = namesOf(rows)
	seen := map[string]string{}
	for _, r := range rows {
		cut := style.fit(r.Name, 130)
		if other := seen[cut]; other != "" || cut == r.Name {
			t.Errorf("%s reads %s, as %q does", r.Name, cut, other)
		}
		seen[cut] = r.Name
	}
}

// A note below the list takes the lines that it needs, whole.
func TestNotesAreShownWhole(t *testing.T) {
	newApp(t)
	p := NewOutline()
	newWindow(t, p.Root, 212, 600)
	p.SetNotes(Note{Text: "2 NOT RESOLVED · 11 POLICY FAULTS", Action: "show"})
	found := false
	for _, x := range all[*Text](p.Root) {
		if strings.Contains(x.Text, "FAULTS") {
			found = true
			if x.cut {
				t.Error("the note is cut")
			}
			if low, foot := fyne.CurrentApp().Driver().AbsolutePositionForObject(x).Y+x.Size().Height, p.Root.Size().Height; low > foot {
				t.Errorf("the note ends at %g, the outline at %g", low, foot)
			}
		}
	}
	if !found {
		t.Error("there is no note")
	}
}
