package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

const (
	table = "AWS::DynamoDB::Table"
)

// told is an analysis that was told its answers.
type told struct {
	steps   map[model.ID][]reach.Step
	figures map[model.ID]reach.Figures
}

func (a told) Reach(id model.ID) (reach.Figures, bool) { f, ok := a.figures[id]; return f, ok }
func (a told) Touches(id model.ID) []reach.Step        { return a.steps[id] }
func (a told) Counted(id model.ID) bool                { return strings.HasPrefix(string(id), "res/") }
func (a told) Weight(model.ID) float64                 { return 1 }

func capabilities(cs ...catalog.Capability) catalog.Capabilities {
	var s catalog.Capabilities
	for _, c := range cs {
		s = s.With(c)
	}
	return s
}

var (
	reads = capabilities(catalog.Read)
	owns  = capabilities(catalog.Read, catalog.Write, catalog.Delete)
)

// function makes a function with a role of its own, and the policy by which the role asks for resources by name.
func function(name string, origin int, named ...string) []model.Element {
	doc := &policy.Document{Statements: []*policy.Statement{{}}}
	for _, r := range named {
		doc.Statements[0].Resources = append(doc.Statements[0].Resources, arn(r))
	}
	span := source.Span{File: "t", Start: origin, End: origin + 1, Line: origin}
	return []model.Element{
		&model.Policy{ID: model.ID("policy/" + name), Document: doc},
		&model.Role{ID: model.ID("role/" + name + "Role"), LogicalID: name + "Role", Policies: []model.ID{model.ID("policy/" + name)}},
		&model.Function{ID: model.ID("fn/" + name), LogicalID: name, Handler: "app.handler", Role: model.ID("role/" + name + "Role"), Origin: span},
	}
}

func arn(r string) string { return "arn:aws:dynamodb:us-east-1:111122223333:table/" + r }

func resources(names ...string) []model.Element {
	var out []model.Element
	for _, n := range names {
		out = append(out, &model.Resource{ID: model.ID("res/" + n), LogicalID: n, Name: n, ARN: arn(n), Type: table})
	}
	return out
}

func design(t *testing.T, elements ...[]model.Element) *model.Design {
	t.Helper()
	d, err := model.New(model.Info{Name: "shop", NotSeen: []string{"scps"}, Unresolved: 2, Outside: []string{"VPC vpc-1"}}, slices.Concat(elements...)...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// acts are the steps of a function on resources.
func acts(function string, caps catalog.Capabilities, names ...string) (model.ID, []reach.Step) {
	id := model.ID("fn/" + function)
	var out []reach.Step
	for _, n := range names {
		out = append(out, reach.Step{From: id, To: model.ID("res/" + n), Kind: reach.Acts, Capabilities: caps, Must: caps})
	}
	return id, out
}

func steps(all ...func() (model.ID, []reach.Step)) map[model.ID][]reach.Step {
	out := map[model.ID][]reach.Step{}
	for _, f := range all {
		id, s := f()
		out[id] = append(out[id], s...)
	}
	return out
}

func by(function string, caps catalog.Capabilities, names ...string) func() (model.ID, []reach.Step) {
	return func() (model.ID, []reach.Step) { return acts(function, caps, names...) }
}

// homes are the places of resources: "Orders: role/ShopRole", or "bilge".
func homes(d *render.Diagram) []string {
	var out []string
	for _, b := range d.Bays {
		for _, t := range b.Tiles {
			out = append(out, fmt.Sprintf("%s: %s", t.Name, b.Name))
		}
	}
	for _, t := range d.Bilge {
		out = append(out, t.Name+": bilge")
	}
	slices.Sort(out)
	return out
}

func TestHomes(t *testing.T) {
	d := design(t, function("Shop", 1, "Own", "Shared"), function("Reports", 2, "Shared", "Exports"), resources("Own", "Shared", "Exports", "Wild", "Wilder", "Idle"))
	facts := told{steps: steps(by("Shop", owns, "Own", "Shared", "Exports", "Wild", "Wilder"), by("Reports", reads, "Shared", "Exports", "Wilder"))}
	got := homes(render.Draw(render.View{Design: d, Facts: facts}))
	want := []string{
		"Exports: Reports", // one asks for it by name; the other's wildcard does not make it shared
		"Idle: bilge",      // nobody touches it
		"Own: Shop",
		"Shared: bilge", // two ask for it by name
		"Wild: Shop",    // one touches it, by a wildcard
		"Wilder: bilge", // two do
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestHomesAgree holds the places of before and after to be one.
func TestHomesAgree(t *testing.T) {
	before := design(t, function("Shop", 1), function("Mailer", 2, "Outbox"), resources("Products", "Orders", "Outbox", "Left"))
	after := design(t, function("Catalog", 1, "Products"), function("Cart", 1, "Orders"), function("Checkout", 1, "Orders", "Outbox"), function("Mailer", 2, "Outbox"),
		resources("Products", "Orders", "Outbox", "Left"))
	c := render.Compare{
		Before: render.View{Design: before, Facts: told{steps: steps(by("Shop", owns, "Products", "Orders", "Outbox", "Left"), by("Mailer", reads, "Outbox"))}},
		After: render.View{Design: after, Facts: told{steps: steps(by("Catalog", reads, "Products"), by("Cart", reads, "Orders"), by("Checkout", owns, "Orders", "Outbox"),
			by("Mailer", reads, "Outbox"))}},
	}
	b, a := c.Draw()
	if got, want := homes(b), []string{"Left: bilge", "Orders: bilge", "Outbox: bilge", "Products: Shop"}; !slices.Equal(got, want) {
		t.Errorf("before: %v, want %v", got, want)
	}
	if got, want := homes(a), []string{"Left: bilge", "Orders: bilge", "Outbox: bilge", "Products: Catalog"}; !slices.Equal(got, want) {
		t.Errorf("after: %v, want %v", got, want)
	}
	// Parts stand where the whole stood; what was not split keeps its place.
	if s := b.Bays[0]; s.Cell != 0 || s.Span != 3 {
		t.Errorf("Shop takes %d cells from %d, want 3 from 0", s.Span, s.Cell)
	}
	for i, bay := range a.Bays {
		if bay.Cell != i || bay.Span != 1 {
			t.Errorf("%s takes %d cells from %d", bay.Name, bay.Span, bay.Cell)
		}
		if part := bay.Name != "Mailer"; (bay.PartOf == "Shop") != part || (bay.Mark == render.New) != part {
			t.Errorf("%s: part of %q, mark %d", bay.Name, bay.PartOf, bay.Mark)
		}
	}
	if last := b.Bays[1]; last.Cell != 3 {
		t.Errorf("Mailer stands at %d before, at 3 after", last.Cell)
	}
}

// flooded is a view of a breach of Shop that reads Products for sure and may own Orders, and that feeds Mailer.
func flooded(t *testing.T) render.View {
	d := design(t, function("Shop", 1, "Products", "Orders"), function("Mailer", 2, "Mail"), resources("Products", "Orders", "Mail"))
	feed := reach.Step{From: "fn/Shop", To: "fn/Mailer", Kind: reach.Feeds}
	products := reach.Step{From: "fn/Shop", To: "res/Products", Kind: reach.Acts}
	orders := reach.Step{From: "fn/Shop", To: "res/Orders", Kind: reach.Acts, Certainty: reach.May}
	mail := reach.Step{From: "fn/Mailer", To: "res/Mail", Kind: reach.Acts}
	b := &reach.Breach{
		From: "fn/Shop", Runs: []model.ID{"fn/Shop"}, Fed: []model.ID{"fn/Mailer"},
		Hits: []reach.Hit{
			reach.Hit{Target: "res/Products", Capabilities: reads, Must: reads, Certainty: reach.Must, Hops: 1, Counted: true}.Along(&products),
			reach.Hit{Target: "res/Orders", Capabilities: owns, Must: reads, Certainty: reach.Must, Hops: 1, Counted: true}.Along(&orders),
			reach.Hit{Target: "fn/Mailer", Hops: 1, Fed: true}.Along(&feed),
			reach.Hit{Target: "res/Mail", Capabilities: owns, Must: owns, Certainty: reach.Must, Hops: 2, Counted: true, Fed: true}.Along(&feed, &mail),
		},
		Reach: reach.Figures{Of: 3, Must: reach.Figure{Resources: 1, Share: 1.0 / 3}, May: reach.Figure{Resources: 2, Share: 2.0 / 3},
			FedMust: reach.Figure{Resources: 2, Share: 2.0 / 3}, FedMay: reach.Figure{Resources: 3, Share: 1}},
	}
	facts := told{figures: map[model.ID]reach.Figures{"fn/Shop": b.Reach, "fn/Mailer": {Of: 3}},
		steps: steps(by("Shop", owns, "Products", "Orders"), by("Mailer", owns, "Mail"), func() (model.ID, []reach.Step) { return "fn/Shop", []reach.Step{feed} })}
	return render.View{Design: d, Facts: facts, Breach: b, Measures: reach.Measures{Functions: 2, Worst: 2.0 / 3, WorstOf: "fn/Shop", Mean: 1.0 / 3, Watertightness: 2.0 / 3}}
}

func tileOf(t *testing.T, d *render.Diagram, id model.ID) *render.Tile {
	t.Helper()
	for _, b := range d.Bays {
		for _, tile := range b.Tiles {
			if tile.ID == id {
				return tile
			}
		}
	}
	t.Fatalf("no tile %s", id)
	return nil
}

func TestFlood(t *testing.T) {
	v := flooded(t)
	d := render.Draw(v)
	products, orders, mail := tileOf(t, d, "res/Products"), tileOf(t, d, "res/Orders"), tileOf(t, d, "res/Mail")
	if products.Tone != render.Reads || products.May || products.Words != "read" {
		t.Errorf("Products: %+v", products)
	}
	if orders.Tone != render.Owns || !orders.May || orders.Sure != render.Reads || orders.Words != "read write? delete?" {
		t.Errorf("Orders: %+v", orders)
	}
	if mail.Tone != render.Dry || mail.Words != "read write delete" {
		t.Errorf("Mail is fed only, and shows what its bay can do: %+v", mail)
	}
	shop, mailer := d.Bays[0], d.Bays[1]
	if shop.State != render.Breached || mailer.State != render.Fed {
		t.Errorf("states %d and %d", shop.State, mailer.State)
	}
	if want := (1.0/3 + 1) / 2; shop.Water != want || mailer.Water != 0 || shop.WaterMay {
		t.Errorf("water %f and %f, want %f and 0", shop.Water, mailer.Water, want)
	}
	if len(d.Doors) != 1 || d.Doors[0].Runs || !d.Doors[0].Wet {
		t.Errorf("doors %+v", d.Doors[0])
	}

	v.Vulnerable = true
	d = render.Draw(v)
	if mail = tileOf(t, d, "res/Mail"); mail.Tone != render.Owns || mail.Via != "" {
		t.Errorf("Mail with fed functions vulnerable: %+v", mail)
	}
	if d.Claim.Figure != "100 %" {
		t.Errorf("the figure is %s", d.Claim.Figure)
	}
	v.Hop = 1
	if mail = tileOf(t, render.Draw(v), "res/Mail"); mail.Tone != render.Dry {
		t.Errorf("Mail is wet one hop too soon")
	}
}

// TestPipedWater: a bay that holds nothing of its own fills with the shared things that it can touch, once it is held;
// another that can touch the same stays dry.
func TestPipedWater(t *testing.T) {
	d := design(t, function("Shop", 1, "Products", "Orders"), function("Mailer", 2, "Products", "Orders"), resources("Products", "Orders"))
	step := reach.Step{From: "fn/Shop", To: "res/Orders", Kind: reach.Acts}
	v := render.View{Design: d,
		Facts: told{steps: steps(by("Shop", owns, "Products", "Orders"), by("Mailer", owns, "Products", "Orders"))},
		Breach: &reach.Breach{From: "fn/Shop", Runs: []model.ID{"fn/Shop"},
			Hits: []reach.Hit{reach.Hit{Target: "res/Orders", Capabilities: owns, Certainty: reach.May, Hops: 1, Counted: true}.Along(&step)}}}
	got := render.Draw(v)
	if len(got.Bilge) != 2 || len(got.Bays[0].Tiles) != 0 {
		t.Fatalf("both are to lie in the bilge: %v", homes(got))
	}
	shop, mailer := got.Bays[0], got.Bays[1]
	if shop.Water != 0.5 || !shop.WaterMay || mailer.Water != 0 {
		t.Errorf("water %f (may %t) and %f, want one of two, perhaps, and none", shop.Water, shop.WaterMay, mailer.Water)
	}
	v.Breach.Hits[0].Certainty, v.Breach.Hits[0].Must = reach.Must, owns
	if shop = render.Draw(v).Bays[0]; shop.WaterMay {
		t.Error("the water is sure")
	}
}

// figuresOf is what parts say, in one line.
func figuresOf(parts []render.Part) string {
	var out []string
	for _, p := range parts {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", p.ID, p.Name, p.Figure)))
	}
	return strings.Join(out, ", ")
}

func TestClaim(t *testing.T) {
	v := flooded(t)
	c := render.Draw(v).Claim
	for _, f := range []struct{ name, got, want string }{
		{"title", c.Title, "shop"},
		{"sentence", c.Sentence, "Breach of Shop, the worst: one function, one role"},
		{"figure", c.Figure, "67 %"},
		{"noun", c.Noun, "1 to 2 of 3 resources flood: Orders (read write? delete?), Products (read)"},
		{"notes", strings.Join(c.Notes, " / "), "With fed functions vulnerable too: 100 % / Not seen: SCPs / 2 values not resolved / Walls that IAM does not see: VPC vpc-1"},
		{"parts", figuresOf(c.Parts), "fn/Shop Shop 67 %, fn/Mailer Mailer 0 %"},
		{"sums", figuresOf(c.Sums), "mean 33 %, watertightness 0.67"},
	} {
		if f.got != f.want {
			t.Errorf("%s: %q, want %q", f.name, f.got, f.want)
		}
	}
	if c.Good {
		t.Error("a flood is not good")
	}
	v.Breach = nil
	d := render.Draw(v)
	if c = d.Claim; c.Figure != "67 %" || c.Noun != "the worst breach, of Shop" || c.Sentence != "No breach shown: 2 functions in 2 compartments, 3 resources that count" {
		t.Errorf("without a breach: %+v", c)
	}
	for _, b := range d.Bays {
		if b.Water != 0 || b.State != render.Sound {
			t.Errorf("%s is not dry: %+v", b.Name, b)
		}
	}
}

func TestNoAnalysis(t *testing.T) {
	v := flooded(t)
	v.Facts = nil
	if tile := tileOf(t, render.Draw(v), "res/Products"); tile.Tone != render.Reads {
		t.Errorf("Products: %+v", tile)
	}
	if d := render.Draw(render.View{}); d.Claim.Title == "" || len(d.Bays) != 0 {
		t.Errorf("nothing at all: %+v", d.Claim)
	}
}

// TestMost holds a design with more compartments than bays to show the wettest, and to count the rest.
func TestMost(t *testing.T) {
	const n = 75
	var elements [][]model.Element
	facts := told{figures: map[model.ID]reach.Figures{}}
	for i := range n {
		name := fmt.Sprintf("F%02d", i)
		elements = append(elements, function(name, i+1))
		facts.figures[model.ID("fn/"+name)] = reach.Figures{Of: 100, May: reach.Figure{Resources: i, Share: float64(i) / 100}}
	}
	d := design(t, elements...)
	dry := &reach.Breach{From: "fn/F03", Runs: []model.ID{"fn/F03"}}
	got := render.Draw(render.View{Design: d, Facts: facts, Breach: dry})
	if len(got.Bays) != 60 || got.More != n-59 {
		t.Fatalf("%d bays and %d more", len(got.Bays), got.More)
	}
	more := got.Bays[59]
	if more.Name != "16 more, drier" || more.Left != 16 || more.Caption != "each at most 15 %" || more.State != render.Breached {
		t.Errorf("the last bay is %+v", more)
	}
	if first := got.Bays[0]; first.Name != "F16" {
		t.Errorf("the first bay is %s", first.Name)
	}
	if !slices.ContainsFunc(more.Cabins, func(c *render.Cabin) bool { return c.ID == "fn/F03" && c.State == render.Breached }) {
		t.Error("the breach is not in the bay of those left out")
	}
	if len(got.Clusters) != n {
		t.Errorf("the map has %d clusters", len(got.Clusters))
	}
}
