package view

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// shopPlan is the plan of the Webshop's split: the payment route with the secret becomes a part of its own.
func shopPlan(t *testing.T) (*session.Session, session.State, *SplitPlan) {
	t.Helper()
	s, st := opened(t, "webshop")
	p := NewSplitPlan(st.After.Design, st.After.Design.Function("fn/Shop"))
	return s, st, p
}

func offer(t *testing.T, p *SplitPlan, name string) int {
	t.Helper()
	i := slices.IndexFunc(p.Offers, func(o Offer) bool { return o.Name == name })
	if i < 0 {
		t.Fatalf("nothing of %s is offered: %+v", name, p.Offers)
	}
	return i
}

func TestSplitPlanBecomesASplit(t *testing.T) {
	s, st, p := shopPlan(t)
	if len(p.Triggers) != 10 || len(p.Vars) != 6 || len(p.Offers) != 6 {
		t.Fatalf("%d triggers, %d variables, %d offers; want 10, 6, 6", len(p.Triggers), len(p.Vars), len(p.Offers))
	}
	p.Parts[1].Name, p.Parts[1].Handler = "Payment", "payment.handler"
	for i, x := range p.Triggers {
		if x.Label == "POST /payment" {
			p.MoveTrigger(i, 1)
		}
	}
	key := offer(t, p, "PaymentKey")
	p.Give(key, 0, 0)
	p.Give(key, 1, len(p.Offers[key].Levels))
	for v, x := range p.Vars {
		if x.Name == "PAYMENT_KEY" {
			p.GiveVar(v, 0, false)
			p.GiveVar(v, 1, true)
		}
	}
	e := p.Edit()
	r, err := s.Try(e)
	if err != nil {
		t.Fatal(err)
	}
	a, err := reach.Analyze(context.Background(), r.Design, catalog.Load(), st.After.Analysis)
	if err != nil {
		t.Fatal(err)
	}
	reaches := func(name string) []string {
		var out []string
		f := r.Design.Find(name)
		for _, h := range a.Breach(f.ElementID()).Hits {
			if h.Counted && !h.Fed {
				out = append(out, Name(r.Design, h.Target))
			}
		}
		slices.Sort(out)
		return out
	}
	if got := reaches("Payment"); !slices.Equal(got, []string{"PaymentKey"}) {
		t.Errorf("Payment reaches %q", got)
	}
	if got := reaches("Shop"); slices.Contains(got, "PaymentKey") || len(got) != 5 {
		t.Errorf("Shop still reaches %q", got)
	}
	v := SplitVerdict(st, a, e)
	if !strings.Contains(v.Text, "83 %") || !strings.Contains(v.Text, "in the mean") || !v.Better || len(v.Shares) != 2 || v.Shares[1].Text == "" || !v.Shares[1].Good {
		t.Errorf("%+v", v)
	}
}

// TestAnEmptyPartIsNoGain: the plan that the board opens with takes nothing from the whole.
func TestAnEmptyPartIsNoGain(t *testing.T) {
	s, st, p := shopPlan(t)
	e := p.Edit()
	r, err := s.Try(e)
	if err != nil {
		t.Fatal(err)
	}
	a, err := reach.Analyze(context.Background(), r.Design, catalog.Load(), st.After.Analysis)
	if err != nil {
		t.Fatal(err)
	}
	if v := SplitVerdict(st, a, e); v.Better || strings.Contains(v.Text, "mean") {
		t.Errorf("an empty part is praised: %+v", v)
	}
}

func TestAnUntouchedBoardMayBeLeft(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	b := NewSplitBoard(p)
	b.OnChange = func() {}
	newWindow(t, b.Root, 1200, 1400)
	if b.Touched {
		t.Error("a board that was just opened counts as touched")
	}
	all[*Field](b.Root)[2].SetText("Catalog")
	if !b.Touched {
		t.Error("a name was typed, and the board counts as untouched")
	}
}

func TestEveryLevelOfEveryOfferCanBeGiven(t *testing.T) {
	for _, sample := range []string{"webshop", "photos", "team", "lambdashell"} {
		s, st := opened(t, sample)
		for _, f := range st.After.Design.Functions() {
			if st.After.Design.Role(f.Role) == nil {
				continue
			}
			p := NewSplitPlan(st.After.Design, f)
			for o := range p.Offers {
				for l := range p.Offers[o].Levels {
					p.Give(o, 1, l+1)
					if _, err := s.Try(p.Edit()); err != nil {
						t.Errorf("%s: %s, %s of %s: %v", sample, f.ID, p.Offers[o].Levels[l].Name, p.Offers[o].Name, err)
					}
				}
				p.Give(o, 1, 0)
			}
		}
	}
}

func TestSplitPlanKeepsItsOrder(t *testing.T) {
	_, _, p := shopPlan(t)
	p.Add(PartPlan{})
	if p.Parts[2].Name == p.Parts[1].Name || p.Parts[2].Name == "" {
		t.Errorf("two parts are called %q", p.Parts[2].Name)
	}
	p.MoveTrigger(0, 1)
	p.MoveTrigger(1, 2)
	p.Remove(1)
	if p.TriggerOf(0) != 0 || p.TriggerOf(1) != 1 {
		t.Errorf("after a part went, triggers are at %d and %d", p.TriggerOf(0), p.TriggerOf(1))
	}
	p.Keep(1)
	if p.Parts[0].Keeps || !p.Parts[1].Keeps || p.Parts[1].Name != "Shop" || p.Parts[0].Name == "Shop" {
		t.Errorf("parts %+v", p.Parts)
	}
	p.Remove(1) // two at least
	if len(p.Parts) != 2 {
		t.Error("a split into one")
	}
}

func TestSplitTableMovesTriggersAndNames(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	b := NewSplitBoard(p)
	changes := 0
	b.OnChange = func() { changes++ }
	newWindow(t, b.Root, 1200, 1400)
	test.Tap(button(t, b.Root, "Table"))
	marks := all[*mark](b.Root)
	// Two for the part that stays, then a pair for each trigger.
	test.Tap(marks[3])
	if p.TriggerOf(0) != 1 || changes != 1 {
		t.Errorf("the trigger is at part %d after %d changes", p.TriggerOf(0), changes)
	}
	if marks := all[*mark](b.Root); !marks[3].on || marks[2].on {
		t.Error("the board does not show it")
	}
	var names []*Field
	for _, e := range all[*Field](b.Root) {
		if e.Text == "Shop2" {
			names = append(names, e)
		}
	}
	names[0].SetText("Catalog")
	if p.Parts[1].Name != "Catalog" {
		t.Errorf("the part is called %q", p.Parts[1].Name)
	}
	test.Tap(button(t, b.Root, "Add a part"))
	if len(p.Parts) != 3 {
		t.Errorf("%d parts", len(p.Parts))
	}
	b.Judge("Trigger X goes nowhere", render.Danger, []string{"a warning"}, nil)
	if text := texts(b.Root); !strings.Contains(text, "goes nowhere") || !strings.Contains(text, "A warning") {
		t.Errorf("the verdict is not shown:\n%s", text)
	}
	test.Tap(button(t, b.Root, "Cards"))
	if card(b, "GET /products", 1) == nil {
		t.Error("the cards do not show what was moved in the table")
	}
}

// card is the card of a name in the column of a part; nil where it has none.
func card(b *SplitBoard, name string, part int) *splitCard {
	for _, col := range b.cards.columns {
		for _, c := range col.cards {
			if c.name == name && col.part == part {
				return c
			}
		}
	}
	return nil
}

// dragTo drags a card into the middle of a column, in steps, as a mouse does.
func dragTo(b *SplitBoard, c *splitCard, part int) {
	for _, col := range b.cards.columns {
		if col.part != part {
			continue
		}
		from, to := placeOf(c), placeOf(col.root).AddXY(col.root.Size().Width/2, 200)
		for i := range 5 {
			at := from.AddXY((to.X-from.X)*float32(i+1)/5, (to.Y-from.Y)*float32(i+1)/5)
			c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at}})
		}
		if len(b.cards.layer.Objects) != 1 {
			panic("nothing follows the pointer")
		}
		c.DragEnd()
		return
	}
}

// TestCardsAreDragged: the board opens as cards; triggers, access and variables go where they are dropped, and a trigger
// cannot be left out.
func TestCardsAreDragged(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	b := NewSplitBoard(p)
	changes := 0
	b.OnChange = func() { changes++ }
	newWindow(t, b.Root, 1200, 1400)
	payment, key := card(b, "POST /payment", 0), offer(t, p, "PaymentKey")
	if payment == nil || card(b, "POST /payment", 1) != nil {
		t.Fatal("the trigger is not a card of the first part alone")
	}
	dragTo(b, payment, nobody)
	if changes != 0 || card(b, "POST /payment", 0) == nil {
		t.Error("a trigger was left out")
	}
	dragTo(b, payment, 1)
	if changes != 1 || card(b, "POST /payment", 1) == nil || card(b, "POST /payment", 0) != nil {
		t.Errorf("after %d changes the trigger is not where it was dropped", changes)
	}
	if text := texts(b.Root); !strings.Contains(text, "POST /payment is here without PaymentKey") {
		t.Errorf("nothing says that the route comes without its secret:\n%s", text)
	}
	level := p.LevelOf(key, 0)
	dragTo(b, card(b, "PaymentKey", 0), 1)
	if p.LevelOf(key, 0) != 0 || p.LevelOf(key, 1) != level || level == 0 {
		t.Errorf("the key is at levels %d and %d", p.LevelOf(key, 0), p.LevelOf(key, 1))
	}
	if text := texts(b.Root); strings.Contains(text, "is here without PaymentKey") || !strings.Contains(text, "Has PAYMENT_KEY, may not use PaymentKey") {
		t.Errorf("what the parts lack is not said as it is:\n%s", text)
	}
	dragTo(b, card(b, "PAYMENT_KEY", 0), 1)
	if text := texts(b.Root); strings.Contains(text, "may not use") {
		t.Errorf("the variable went, and the warning stays:\n%s", text)
	}
	dragTo(b, card(b, "Receipts", 0), nobody)
	if card(b, "Receipts", nobody) == nil {
		t.Error("what was dragged out is not listed as left out")
	}
	dragTo(b, card(b, "Receipts", nobody), 0)
	if receipts := offer(t, p, "Receipts"); p.LevelOf(receipts, 0) != len(p.Offers[receipts].Levels) {
		t.Error("what was left out does not come back whole")
	}
}

// TestCardsByKeyboard moves a card by the arrows, which keeps the focus, and takes it away by Delete.
func TestCardsByKeyboard(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	b := NewSplitBoard(p)
	win := newWindow(t, b.Root, 1200, 1400)
	press := func(k fyne.KeyName) {
		win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
	win.Canvas().Focus(card(b, "Carts", 0))
	press(fyne.KeyRight)
	if win.Canvas().Focused() != card(b, "Carts", 1) {
		t.Fatalf("the focus is on %v", win.Canvas().Focused())
	}
	press(fyne.KeyRight)
	if win.Canvas().Focused() != card(b, "Carts", nobody) {
		t.Fatal("right of the last part is what is left out")
	}
	press(fyne.KeyLeft)
	press(fyne.KeyLeft)
	if carts := offer(t, p, "Carts"); p.LevelOf(carts, 0) == 0 || win.Canvas().Focused() != card(b, "Carts", 0) {
		t.Error("it did not come back by the same way")
	}
	press(fyne.KeyDelete)
	if card(b, "Carts", nobody) == nil {
		t.Error("Delete does not take it away")
	}
}

// TestCardsByMenu gives a part by the card's menu a level, and another the same.
func TestCardsByMenu(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	b := NewSplitBoard(p)
	newWindow(t, b.Root, 1200, 1400)
	choose := func(c *splitCard, label string) {
		t.Helper()
		for _, i := range c.actions() {
			if i.Label == label {
				i.Action()
				return
			}
		}
		t.Fatalf("there is no %q", label)
	}
	orders := offer(t, p, "Orders")
	choose(card(b, "Orders", 0), "Read")
	choose(card(b, "Orders", 0), "Give Shop2 the same")
	for part := range 2 {
		if l := p.LevelOf(orders, part); l == 0 || p.Offers[orders].Levels[l-1].Name != "read" {
			t.Errorf("part %d has level %d", part, l)
		}
	}
	choose(card(b, "Orders", 1), "Take it away")
	choose(card(b, "GET /orders", 0), "Move to Shop2")
	if p.LevelOf(orders, 1) != 0 || card(b, "GET /orders", 1) == nil {
		t.Error("the menu does not do what it says")
	}
}

func TestChooserKeepsWhatIsChosen(t *testing.T) {
	newApp(t)
	c := NewActionChooser(edit.ExpandActions("dynamodb:*"))
	newWindow(t, c.Root, 500, 900)
	if len(c.Chosen()) != 0 || !strings.Contains(c.count.Text, "None is kept") {
		t.Errorf("at first %q are chosen: %s", c.Chosen(), c.count.Text)
	}
	for _, r := range all[*choiceRow](c.Root) {
		if r.name.Text == "READ" {
			test.Tap(r)
		}
	}
	read := c.Chosen()
	if !slices.Contains(read, "dynamodb:GetItem") || slices.Contains(read, "dynamodb:DeleteItem") {
		t.Errorf("the group read is %q", read)
	}
	c.Choose("dynamodb:GetItem", false)
	if slices.Contains(c.Chosen(), "dynamodb:GetItem") {
		t.Error("it stays chosen")
	}
	c.filter("query")
	if len(c.shown) < 2 || len(c.shown) > 4 {
		t.Errorf("the search shows %d rows", len(c.shown))
	}
}

// TestSuggestedSplit: by a button the Webshop is shared out by its routes and names; what comes of it can be split so, and most
// parts reach less than the whole.
func TestSuggestedSplit(t *testing.T) {
	s, st, p := shopPlan(t)
	board := NewSplitBoard(p)
	changed := 0
	board.OnChange = func() { changed++ }
	newWindow(t, board.Root, 1200, 800)
	test.Tap(button(t, board.Root, "Suggest"))
	if changed != 1 || !board.Touched {
		t.Fatalf("the plan changed %d times", changed)
	}
	has := map[string]string{}
	for i, part := range p.Parts {
		var routes []string
		for k, x := range p.Triggers {
			if p.TriggerOf(k) == i {
				routes = append(routes, x.Label)
			}
		}
		has[part.Name] = strings.Join(routes, ", ")
	}
	for name, want := range map[string]string{"ShopProducts": "GET /products, GET /products/{id}", "ShopCart": "GET /cart, PUT /cart, DELETE /cart", "ShopPayment": "POST /payment",
		"ShopOrders": "GET /orders, GET /orders/{id}", "ShopReceipts": "GET /receipts/{id}", "Shop": "POST /checkout"} {
		if has[name] != want {
			t.Errorf("%s has %q, want %q", name, has[name], want)
		}
	}
	r, err := s.Try(p.Edit())
	if err != nil {
		t.Fatal(err)
	}
	a, err := reach.Analyze(context.Background(), r.Design, catalog.Load(), st.After.Analysis)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := st.After.Analysis.Reach("fn/Shop")
	for _, part := range p.Parts {
		f, ok := a.Reach(r.Design.Find(part.Name).ElementID())
		if !ok || f.May.Share >= whole.May.Share/2 {
			t.Errorf("%s reaches %v, the whole %v", part.Name, f.May.Share, whole.May.Share)
		}
	}
	// What is in a bucket is read with it.
	if b := a.Breach("fn/ShopReceipts"); b == nil || !slices.ContainsFunc(b.Hits, func(h reach.Hit) bool { return h.Target == "res/Receipts" && h.Capabilities.Has(catalog.Read) }) {
		t.Error("the part that is given a bucket to read cannot read what is in it")
	}
	// What only asks may only read.
	orders := offer(t, p, "Orders")
	for i, part := range p.Parts {
		if l := p.LevelOf(orders, i); part.Name == "ShopOrders" && (l == 0 || p.Offers[orders].Levels[l-1].Name != "read") {
			t.Errorf("%s has level %d of Orders", part.Name, l)
		}
	}
	if !strings.Contains(texts(board.Root), "no code was read") {
		t.Error("it is not said that this is a guess")
	}
}

// TestOwnRoleBoard: of a function that shares its role the board opens with one part, which keeps being the function; what it does
// not need is dragged out; of one that shares none, two parts are the least.
func TestOwnRoleBoard(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	if p.Remove(1); len(p.Parts) != 2 || p.Shared {
		t.Errorf("a function with a role of its own has %d parts", len(p.Parts))
	}
	p.Shared = true
	p.Remove(0)
	if len(p.Parts) != 1 || !p.Parts[0].Keeps || p.Parts[0].Name != "Shop" {
		t.Fatalf("parts %+v", p.Parts)
	}
	if p.Remove(0); len(p.Parts) != 1 {
		t.Error("the last part goes")
	}
	b := NewSplitBoard(p)
	changes := 0
	b.OnChange = func() { changes++ }
	newWindow(t, b.Root, 1000, 900)
	if !strings.Contains(texts(b.Root), "Other functions share the role") {
		t.Error("the board does not say what it is for")
	}
	p.Give(0, 0, len(p.Offers[0].Levels))
	b.build()
	dragTo(b, card(b, p.Offers[0].Name, 0), nobody)
	if p.LevelOf(0, 0) != 0 || changes != 1 {
		t.Errorf("dragged out, it has level %d after %d changes", p.LevelOf(0, 0), changes)
	}
	e := p.Edit()
	if len(e.Parts) != 1 || !e.Parts[0].Keeps {
		t.Errorf("it comes to %+v", e)
	}
}

func TestAnyOf(t *testing.T) {
	for want, actions := range map[string][]string{
		"anything of transcribe": {"transcribe:*"}, "anything of s3 and sqs": {"s3:GetObject", "S3:Put*", "sqs:*"}, "anything": {"*"},
		"anything of a, b and 2 more services": {"a:x", "b:x", "c:x", "d:x"},
	} {
		if got := anyOf(actions); got != want {
			t.Errorf("%q is %q, want %q", actions, got, want)
		}
	}
}
