package view

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/source"
)

// intents is what an inspector asked for.
type intents struct {
	edits    []edit.Edit
	sources  []source.Span
	selected []model.ID
	split    []model.ID
	kept     []string
	narrowed []string
	replaced []string
}

func inspect(t *testing.T, sample string, id model.ID) (*Inspector, *intents, *session.Session) {
	t.Helper()
	newApp(t)
	s, _ := opened(t, sample)
	in, got := NewInspector(), &intents{}
	in.OnEdit = func(e edit.Edit) { got.edits = append(got.edits, e) }
	in.OnSource = func(at source.Span) { got.sources = append(got.sources, at) }
	in.OnSelect = func(id model.ID) { got.selected = append(got.selected, id) }
	in.OnSplit = func(id model.ID) { got.split = append(got.split, id) }
	in.OnTight = func(model.ID) {}
	in.OnKeep = func(_ Card, c Chip) { got.kept = append(got.kept, c.Value) }
	in.OnNarrow = func(_ Card, c Chip) { got.narrowed = append(got.narrowed, c.Value) }
	in.OnReplace = func(_ model.ID, p PolicyCard) { got.replaced = append(got.replaced, p.ARN) }
	newWindow(t, in.Root, 330, 1400)
	s.Select(id)
	in.Set(s.State())
	return in, got, s
}

func remove(c *ChipButton) {
	c.Tapped(&fyne.PointEvent{Position: fyne.NewPos(c.Size().Width-8, 10)})
}

func TestCrossOnAChipTightens(t *testing.T) {
	in, got, s := inspect(t, "webshop", "fn/Shop")
	remove(chip(t, in.Root, "sqs:SendMessage"))
	if len(got.edits) != 1 {
		t.Fatalf("%d edits", len(got.edits))
	}
	e, ok := got.edits[0].(*edit.Tighten)
	if !ok || e.Drop || !slices.Equal(e.Actions, []string{"secretsmanager:GetSecretValue"}) || e.Role != "role/ShopRole" {
		t.Fatalf("the × asks for %+v", got.edits[0])
	}
	if _, err := s.Do(e); err != nil {
		t.Fatal(err)
	}
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	in.Set(st)
	for _, c := range all[*ChipButton](in.Root) {
		if c.Chip.Text == "sqs:SendMessage" {
			t.Error("the action is still shown after the edit")
		}
	}
	remove(chip(t, in.Root, "secretsmanager:GetSecretValue"))
	if e, ok := got.edits[1].(*edit.Tighten); !ok || !e.Drop {
		t.Errorf("the × of the last action asks for %+v, not to drop the statement", got.edits[1])
	}
}

func TestWildcardsOpen(t *testing.T) {
	in, got, _ := inspect(t, "webshop", "fn/Shop")
	test.Tap(chip(t, in.Root, "dynamodb:*"))
	test.Tap(chip(t, in.Root, "*"))
	if !slices.Equal(got.kept, []string{"dynamodb:*"}) || !slices.Equal(got.narrowed, []string{"*"}) || len(got.edits) > 0 {
		t.Errorf("kept %q, narrowed %q, edits %v", got.kept, got.narrowed, got.edits)
	}
	if c := chip(t, in.Root, "dynamodb:*"); !c.Chip.Wild || !strings.HasPrefix(c.Chip.Opens, "opens to ") {
		t.Errorf("a wildcard looks like an action: %+v", c.Chip)
	}
}

func TestSuggestionIsTheNarrowing(t *testing.T) {
	in, got, s := inspect(t, "webshop", "fn/Shop")
	test.Tap(link(t, in.Root, "Only Products, Carts, Orders"))
	if len(got.edits) != 1 {
		t.Fatalf("%d edits", len(got.edits))
	}
	if _, err := s.Do(got.edits[0]); err != nil {
		t.Errorf("the suggestion is refused: %v", err)
	}
	key := in.Suggestions()[0].Key
	in.SetEffect(key, Effect{Text: "the sea dries", Good: true})
	pass()
	if !strings.Contains(texts(in.Root), "the sea dries") {
		t.Error("the effect of a suggestion is not shown")
	}
}

func TestInspectorLinks(t *testing.T) {
	in, got, _ := inspect(t, "webshop", "fn/Shop")
	test.Tap(button(t, in.Root, "Split…"))
	test.Tap(link(t, in.Root, "line 30"))
	test.Tap(link(t, in.Root, "ShopRole"))
	test.Tap(link(t, in.Root, "replace…"))
	if !slices.Equal(got.split, []model.ID{"fn/Shop"}) || len(got.sources) != 1 || got.sources[0].Line != 30 ||
		!slices.Equal(got.selected, []model.ID{"role/ShopRole"}) || len(got.replaced) != 1 {
		t.Errorf("got %+v", got)
	}
}

// Before the analysis is done the inspector says what is told first of the start, and of nobody else.
func TestInspectorSaysFirst(t *testing.T) {
	in, _, s := inspect(t, "webshop", "fn/Shop")
	st := s.State()
	if st.First = st.After.Breach; st.First == nil || !strings.Contains(texts(in.Root), "reaches ") {
		t.Fatal("no breach to tell")
	}
	st.After.Analysis, st.After.Breach = nil, nil
	said := func(st session.State) bool {
		in.Set(st)
		return strings.Contains(texts(in.Root), "reaches ")
	}
	if !said(st) {
		t.Error("it does not say what is told first")
	}
	if other := st.After.Design.Functions()[1].ID; other == "fn/Shop" {
		t.Fatal("the start is the other function")
	} else if st.Selected = other; said(st) {
		t.Error("it says of another what is told of the start")
	}
	if st.Selected, st.First = "fn/Shop", nil; said(st) {
		t.Error("it says what nobody told")
	}
}

func TestInspectorMarksCrownJewels(t *testing.T) {
	in, got, _ := inspect(t, "webshop", "res/PaymentKey")
	all[*Tick](in.Root)[0].SetChecked(true)
	e, ok := got.edits[0].(*edit.Mark)
	if !ok || e.Resource != "res/PaymentKey" || e.Crown == nil || !*e.Crown {
		t.Errorf("the box asks for %+v", got.edits)
	}
	if text := texts(in.Root); !strings.Contains(text, "REACHED BY 1 OF 2") || !strings.Contains(text, "Shop") {
		t.Errorf("it does not say who reaches the key:\n%s", text)
	}
}

// TestInspectorShowsEverything selects every element of every sample: nothing may be empty or panic.
func TestInspectorShowsEverything(t *testing.T) {
	for _, sample := range []string{"webshop", "webshop/split.bulkhead", "photos", "lambdashell", "team"} {
		in, _, s := inspect(t, sample, "")
		for _, e := range s.State().After.Design.Elements() {
			s.Select(e.ElementID())
			in.Set(s.State())
			if text := texts(in.Root); !strings.Contains(text, Name(s.State().After.Design, e.ElementID())) {
				t.Errorf("%s: %s is shown without its name:\n%s", sample, e.ElementID(), text)
			}
		}
	}
}

func TestInspectorOfWhatWasSplit(t *testing.T) {
	in, _, s := inspect(t, "webshop/split.bulkhead", "fn/Catalog")
	if text := texts(in.Root); !strings.Contains(text, "CatalogRole") {
		t.Errorf("the part is not shown:\n%s", text)
	}
	if !s.Undo() {
		t.Fatal("nothing to undo")
	}
	if _, err := s.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	in.Set(s.State())
	if text := texts(in.Root); !strings.Contains(text, "Nothing selected") {
		t.Errorf("what is gone is still shown:\n%s", text)
	}
}

func TestRemovingNeverWidensOrVanishes(t *testing.T) {
	for _, sample := range []string{"webshop", "photos", "team"} {
		s, st := opened(t, sample)
		d := st.After.Design
		for _, r := range d.Roles() {
			for _, p := range PoliciesOf(d, r.ID) {
				for _, c := range p.Cards {
					if !c.Editable {
						continue
					}
					for _, a := range c.Actions {
						if c.NotAction {
							continue
						}
						if _, err := s.Try(c.WithoutAction(d, a.Value)); err != nil {
							t.Errorf("%s: %s %s without %s: %v", sample, r.ID, c.Title, a.Value, err)
						}
					}
					for _, x := range c.Resources {
						if c.NotRes {
							continue
						}
						if _, err := s.Try(c.WithoutResource(d, x.Value)); err != nil {
							t.Errorf("%s: %s %s without %s: %v", sample, r.ID, c.Title, x.Value, err)
						}
					}
				}
			}
		}
	}
}

// TestALongRoleComesInPortions: of hundreds of statements the first are shown at once, more as one scrolls or asks, in order and
// each once; what starts the function is not behind them all.
func TestALongRoleComesInPortions(t *testing.T) {
	newApp(t)
	var b strings.Builder
	b.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Runtime: python3.12\n      CodeUri: .\n" +
		"      Events: {Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}\n      Policies:\n        - Statement:\n")
	const all = 3*portion + 5
	for i := range all {
		fmt.Fprintf(&b, "            - {Sid: S%d, Effect: Allow, Action: 'dynamodb:GetItem', Resource: '*'}\n", i)
	}
	b.WriteString("  Orders: {Type: AWS::DynamoDB::Table}\n")
	s, err := session.OpenFS(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(b.String())}}, "template.yaml", cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if _, err := s.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.Select("fn/F")
	in := NewInspector()
	offers := 0
	in.OnOffers = func() { offers++ }
	newWindow(t, in.Root, 300, 800)
	in.Set(s.State())
	shown := func() (n int) {
		text := texts(in.Root)
		for i := range all {
			if c := strings.Count(text+"\n", fmt.Sprintf("%d S%d\n", i+1, i)); c > 1 {
				t.Fatalf("statement %d is there %d times", i+1, c)
			} else if c == 1 {
				if n != i {
					t.Fatalf("statement %d follows %d", i+1, n)
				}
				n++
			}
		}
		return n
	}
	if n := shown(); n != portion {
		t.Errorf("%d statements are shown at first, want %d", n, portion)
	}
	if text := texts(in.Root); strings.Index(text, "STARTED BY") > strings.Index(text, "1 S0") || !strings.Contains(text, "STARTED BY") {
		t.Error("what starts the function stands behind its statements")
	}
	was := len(in.Suggestions())
	test.Tap(in.reading.more)
	if n := shown(); n != 2*portion || len(in.Suggestions()) <= was || offers != 1 {
		t.Errorf("asked for more: %d statements, %d suggestions, %d times offered", n, len(in.Suggestions()), offers)
	}
	scroll := in.page.Layout.(*pageLayout).scroll
	for range 20 {
		scroll.ScrollToBottom()
		in.scrolled(scroll.Offset, scroll.Size())
	}
	// AWSLambdaBasicExecutionRole has one more.
	if n := shown(); n != all || in.reading.more != nil {
		t.Errorf("scrolled to the end: %d of %d statements", n, all)
	}
}
