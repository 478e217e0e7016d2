package model

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "bulkhead/internal/draws"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

func design(t testing.TB, elements ...Element) *Design {
	t.Helper()
	d, err := New(Info{Name: "test"}, elements...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ids(d *Design) string {
	var out []string
	for _, e := range d.Elements() {
		out = append(out, string(e.ElementID()))
	}
	return strings.Join(out, " ")
}

func TestNewRefuses(t *testing.T) {
	for want, elements := range map[string][]Element{
		"two elements are called fn/A": {&Function{ID: "fn/A"}, &Resource{ID: "res/A"}, &Role{ID: "fn/A"}},
		"an element of test has no id": {&Function{ID: "fn/A"}, &Role{}},
	} {
		if d, err := New(Info{Name: "test"}, elements...); err == nil || err.Error() != want || d != nil {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestElements(t *testing.T) {
	d := design(t, &Resource{ID: "res/T"}, &Function{ID: "fn/A"}, &Role{ID: "role/A"}, &Policy{ID: "policy/A"}, &Trigger{ID: "trigger/A"},
		&Principal{ID: "user/A"}, &Function{ID: "fn/B"})
	if got, want := ids(d), "res/T fn/A role/A policy/A trigger/A user/A fn/B"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	if fs := d.Functions(); len(fs) != 2 || fs[0].ID != "fn/A" || fs[1].ID != "fn/B" {
		t.Errorf("functions %v", fs)
	}
	if len(d.Roles()) != 1 || len(d.Policies()) != 1 || len(d.Resources()) != 1 || len(d.Triggers()) != 1 || len(d.Principals()) != 1 {
		t.Error("a list of one is not of one")
	}
	if d.Function("fn/B") == nil || d.Role("role/A") == nil || d.Policy("policy/A") == nil || d.Resource("res/T") == nil || d.Trigger("trigger/A") == nil || d.Principal("user/A") == nil {
		t.Error("something is not found by its id")
	}
	if d.Function("role/A") != nil || d.Role("fn/A") != nil || d.Element("fn/C") != nil || d.Resource("") != nil {
		t.Error("something is found that is not there")
	}
	named := d.WithInfo(Info{Name: "other"})
	if named.Info().Name != "other" || d.Info().Name != "test" || !named.Same(d) {
		t.Errorf("other information: %s, then %s", named.Info().Name, d.Info().Name)
	}
}

func TestMakeID(t *testing.T) {
	for _, c := range []struct {
		kind, name string
		want       ID
	}{
		{"fn", "Orders", "fn/Orders"},
		{"role", "123456789012:us-east-1/Deploy", "role/123456789012:us-east-1/Deploy"},
		{"res", "a b", "res/a%20b"},
		{"res", "100%", "res/100%25"},
		{"res", "%2F", "res/%252F"},
		{"res", "q?x#y", "res/q%3Fx%23y"},
		{"res", "Grün", "res/Gr%C3%BCn"},
	} {
		if got := MakeID(c.kind, c.name); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// An ID tells its name back, so two names never meet in one ID; and it holds nothing that ends a word.
func TestMakeIDTellsTheName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		id := string(MakeID("res", name))
		if back, err := url.PathUnescape(strings.TrimPrefix(id, "res/")); err != nil || back != name {
			t.Fatalf("%q became %s became %q, %v", name, id, back, err)
		}
		if strings.ContainsAny(id, " \t\n\"?#") {
			t.Fatalf("%q is no ID", id)
		}
	})
}

func TestCompartments(t *testing.T) {
	d := design(t,
		&Function{ID: "fn/A", LogicalID: "A", Role: "role/Shared"},
		&Function{ID: "fn/B", LogicalID: "B", Role: "role/Own"},
		&Function{ID: "fn/C", LogicalID: "C", Role: "role/Shared"},
		&Function{ID: "fn/D", LogicalID: "D"},
		&Function{ID: "fn/E", LogicalID: "E"},
		&Role{ID: "role/Own", LogicalID: "Own"},
		&Role{ID: "role/Shared", Name: "shared"},
		&Role{ID: "role/Nobodys", Name: "nobodys"},
	)
	var got []string
	for _, c := range d.Compartments() {
		got = append(got, fmt.Sprint(c.ID, " ", c.Name, " ", c.Functions))
	}
	want := []string{"role/Shared shared [fn/A fn/C]", "role/Own B [fn/B]", "fn/D D [fn/D]", "fn/E E [fn/E]"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTriggersOf(t *testing.T) {
	d := design(t,
		&Trigger{ID: "trigger/2", To: "fn/A"}, &Trigger{ID: "trigger/1", To: "fn/A", From: "res/Q"}, &Trigger{ID: "trigger/3", From: "fn/A", To: "res/Q"})
	if ts := d.TriggersOf("fn/A"); len(ts) != 2 || ts[0].ID != "trigger/2" || ts[1].ID != "trigger/1" {
		t.Errorf("triggers of the function: %v", ts)
	}
	if ts := d.TriggersOf("res/Q"); len(ts) != 1 || ts[0].ID != "trigger/3" {
		t.Errorf("triggers of the queue: %v", ts)
	}
	if ts := d.TriggersOf("fn/B"); ts != nil {
		t.Errorf("triggers of nothing: %v", ts)
	}
}

func TestWith(t *testing.T) {
	span := source.Span{File: "t.yaml", Start: 5, End: 9, Line: 2, Column: 1}
	a, b, r := &Function{ID: "fn/A", Origin: span}, &Function{ID: "fn/B"}, &Role{ID: "role/A", Origin: span}
	d := design(t, a, r, b)
	for _, c := range []struct {
		name    string
		changes []Change
		want    string // ids, or the error
	}{
		{"nothing", []Change{{}}, "fn/A role/A fn/B"},
		{"removes", []Change{{Before: r}}, "fn/A fn/B"},
		{"replaces in place", []Change{{Before: r, After: &Role{ID: "role/A", Name: "x"}}}, "fn/A role/A fn/B"},
		{"renames in place", []Change{{Before: a, After: &Function{ID: "fn/Z"}}}, "fn/Z role/A fn/B"},
		{"adds at the end", []Change{{After: &Function{ID: "fn/C"}}}, "fn/A role/A fn/B fn/C"},
		{"adds behind its origin", []Change{{After: &Function{ID: "fn/C", Origin: span}}}, "fn/A fn/C role/A fn/B"},
		{"adds several behind their origin, in order", []Change{{After: &Function{ID: "fn/D", Origin: span}}, {After: &Function{ID: "fn/C", Origin: span}}}, "fn/A fn/D fn/C role/A fn/B"},
		{"frees an id and takes it", []Change{{Before: a}, {After: &Role{ID: "fn/A"}}}, "role/A fn/B fn/A"},
		{"adds what is there", []Change{{After: &Function{ID: "fn/B"}}}, "error: fn/B is there already"},
		{"renames to what is there", []Change{{Before: a, After: &Function{ID: "fn/B"}}}, "error: fn/B is there already"},
		{"removes what is not there", []Change{{Before: &Function{ID: "fn/Z"}}}, "error: there is no fn/Z"},
		{"removes twice", []Change{{Before: a}, {Before: a}}, "error: there is no fn/A"},
		{"replaces what is not there", []Change{{Before: &Role{ID: "role/Z"}, After: &Role{ID: "role/Z"}}}, "error: there is no role/Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			switch n, err := d.With(c.changes...); {
			case err != nil && n != nil:
				t.Fatal("a design and an error")
			case err != nil:
				got = "error: " + err.Error()
			default:
				got = ids(n)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if ids(d) != "fn/A role/A fn/B" || d.Element("fn/A") != Element(a) {
				t.Errorf("the design itself became %s", ids(d))
			}
		})
	}
}

func TestSame(t *testing.T) {
	doc := func(sid, action string, line int) *policy.Document {
		return &policy.Document{Statements: []*policy.Statement{{Sid: sid, Effect: policy.Allow, Actions: []string{action}, Resources: []string{"*"}, Span: source.Span{File: "t", Line: line}}}}
	}
	base := &Policy{ID: "policy/P", Document: doc("a", "s3:GetObject", 1)}
	for _, c := range []struct {
		name string
		a, b Element
		want bool
	}{
		{"another place", base, &Policy{ID: "policy/P", Document: doc("a", "s3:GetObject", 7), Origin: source.Span{File: "u", Line: 3}}, true},
		{"another action", base, &Policy{ID: "policy/P", Document: doc("a", "s3:PutObject", 1)}, false},
		{"another Sid", base, &Policy{ID: "policy/P", Document: doc("b", "s3:GetObject", 1)}, false},
		{"no document", base, &Policy{ID: "policy/P"}, false},
		{"an empty list", &Role{ID: "role/R"}, &Role{ID: "role/R", Policies: []ID{}, Tags: map[string]string{}}, true},
		{"another order of policies", &Role{ID: "role/R", Policies: []ID{"a", "b"}}, &Role{ID: "role/R", Policies: []ID{"b", "a"}}, false},
		{"places in a list", &Role{ID: "role/R", Listed: Places{"a": 1}}, &Role{ID: "role/R", Listed: Places{"a": 2}}, true},
		{"another tag", &Role{ID: "role/R", Tags: map[string]string{"a": "1"}}, &Role{ID: "role/R", Tags: map[string]string{"a": "2"}}, false},
		{"a tag of another name", &Role{ID: "role/R", Tags: map[string]string{"a": "1"}}, &Role{ID: "role/R", Tags: map[string]string{"b": "1"}}, false},
		{"another sort of element", &Role{ID: "x"}, &Policy{ID: "x"}, false},
		{"nothing", nil, nil, true},
		{"something and nothing", base, nil, false},
	} {
		if got := Same(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if got := Same(c.b, c.a); got != c.want {
			t.Errorf("%s, turned round: %v", c.name, got)
		}
	}
	x, y := &Function{ID: "fn/X"}, &Function{ID: "fn/Y"}
	if !design(t, x, y).Same(design(t, y, x)) {
		t.Error("the order of elements counts")
	}
}

func TestDiff(t *testing.T) {
	a, b, c := &Function{ID: "fn/A"}, &Function{ID: "fn/B"}, &Function{ID: "fn/C"}
	b2, d := &Function{ID: "fn/B", Handler: "x"}, &Function{ID: "fn/D"}
	moved := &Function{ID: "fn/A", Origin: source.Span{File: "t", Line: 7}}
	got := design(t, c, b, a).Diff(design(t, d, moved, b2))
	if want := []Change{{Before: c}, {Before: b, After: b2}, {After: d}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// drawDesign draws a small design whose ids often meet those of another one.
func drawDesign(t *rapid.T, name string) *Design {
	var elements []Element
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(strings.Split("ABCDEFGH", "")), 0, 8, rapid.ID).Draw(t, name)
	for _, n := range names {
		text := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, n)
		origin := source.Span{File: "t", Start: rapid.IntRange(0, 2).Draw(t, n+" start"), End: 3}
		switch n {
		case "A", "B", "C":
			elements = append(elements, &Function{ID: MakeID("fn", n), Handler: text, Origin: origin})
		case "D", "E":
			elements = append(elements, &Role{ID: MakeID("role", n), Name: text, Origin: origin})
		case "F":
			elements = append(elements, &Policy{ID: MakeID("policy", n), Origin: origin, Document: &policy.Document{Statements: []*policy.Statement{{Sid: text}}}})
		default:
			elements = append(elements, &Resource{ID: MakeID("res", n), Tags: map[string]string{"t": text}, Origin: origin})
		}
	}
	d, err := New(Info{}, elements...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What differs, made, leaves no difference; and a difference is empty exactly between designs that say the same.
func TestDiffMadeIsSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawDesign(t, "a"), drawDesign(t, "b")
		before := ids(a)
		changes := a.Diff(b)
		made, err := a.With(changes...)
		if err != nil {
			t.Fatal(err)
		}
		if rest := made.Diff(b); len(rest) > 0 || !made.Same(b) || !b.Same(made) {
			t.Fatalf("left over: %v", rest)
		}
		if len(made.Elements()) != len(b.Elements()) || ids(a) != before {
			t.Fatalf("%s became %s (want %s), and a %s", before, ids(made), ids(b), ids(a))
		}
		if len(changes) == 0 != a.Same(b) || a.Same(b) != b.Same(a) || !a.Same(a) {
			t.Fatal("Same and Diff do not agree")
		}
	})
}
