package view

import (
	"context"
	"slices"
	"strings"
	"testing"

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
	all[*Field](b.Root)[1].SetText("Catalog")
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

func TestSplitBoardMovesTriggersAndNames(t *testing.T) {
	newApp(t)
	_, _, p := shopPlan(t)
	b := NewSplitBoard(p)
	changes := 0
	b.OnChange = func() { changes++ }
	newWindow(t, b.Root, 1200, 1400)
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
