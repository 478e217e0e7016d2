package source

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "bulkhead/internal/draws"
)

func at(file string, start, end int) Span { return Span{File: file, Start: start, End: end} }

func TestApply(t *testing.T) {
	const before = "0123456789"
	for _, c := range []struct {
		name  string
		edits []Edit
		want  string
	}{
		{"nothing", nil, before},
		{"replaces", []Edit{{at("a", 2, 4), "xyz"}}, "01xyz456789"},
		{"removes", []Edit{{at("a", 0, 10), ""}}, ""},
		{"inserts at the start", []Edit{{at("a", 0, 0), "x"}}, "x0123456789"},
		{"inserts at the end", []Edit{{at("a", 10, 10), "x"}}, "0123456789x"},
		{"in any order", []Edit{{at("a", 8, 9), "y"}, {at("a", 1, 2), "x"}}, "0x234567y9"},
		{"insertions at one place keep their order", []Edit{{at("a", 5, 5), "2"}, {at("a", 5, 5), "1"}, {at("a", 5, 5), "3"}}, "0123421356789"},
		{"an insertion before what is replaced", []Edit{{at("a", 5, 6), "R"}, {at("a", 5, 5), "I"}}, "01234IR6789"},
		{"an insertion behind what is replaced", []Edit{{at("a", 6, 6), "I"}, {at("a", 5, 6), "R"}}, "01234RI6789"},
		{"neighbours", []Edit{{at("a", 2, 4), "x"}, {at("a", 4, 6), "y"}}, "01xy6789"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := Files{"a": []byte(before), "b": []byte("other")}
			edits := slices.Clone(c.edits)
			out, err := files.Apply(edits)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(out["a"]); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if string(out["b"]) != "other" || len(out) != 2 {
				t.Errorf("the other file became %q of %d", out["b"], len(out))
			}
			if string(files["a"]) != before || !slices.Equal(edits, c.edits) {
				t.Error("Apply changed what it was given")
			}
		})
	}
}

// What is refused is refused as a whole, and says where.
func TestApplyRefuses(t *testing.T) {
	good := Edit{at("a", 0, 1), "x"}
	for _, c := range []struct {
		name  string
		edits []Edit
		want  string
	}{
		{"a file that is not there", []Edit{good, {at("c", 0, 0), ""}}, `"c": not one of the opened files`},
		{"behind the end", []Edit{good, {at("a", 9, 11), ""}}, "outside the file"},
		{"before the start", []Edit{good, {at("a", -1, 1), ""}}, "outside the file"},
		{"backwards", []Edit{good, {at("a", 5, 4), ""}}, "outside the file"},
		{"an overlap", []Edit{good, {at("a", 3, 6), "x"}, {at("a", 5, 8), "y"}}, "overlaps"},
		{"one within another", []Edit{{at("a", 2, 9), "x"}, good, {at("a", 5, 6), "y"}}, "overlaps"},
		{"the same place twice", []Edit{good, good}, "overlaps"},
		{"an insertion into what is replaced", []Edit{{at("a", 3, 6), "x"}, {at("a", 4, 4), "y"}}, "overlaps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := Files{"a": []byte("0123456789"), "b": []byte("other")}
			out, err := files.Apply(append([]Edit{{at("b", 0, 5), "changed"}}, c.edits...))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, c.want)
			}
			if out != nil || string(files["a"]) != "0123456789" || string(files["b"]) != "other" {
				t.Errorf("something was applied: %q, %q", out, files)
			}
		})
	}
}

// Applying edits in any order is splicing them in from the last to the first.
func TestApplyIsSplicing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 60, 80).Draw(t, "text")
		cuts := rapid.SliceOfN(rapid.IntRange(0, len(text)), 0, 12).Draw(t, "cuts")
		slices.Sort(cuts)
		var edits []Edit // apart, in order
		for i := 0; i+1 < len(cuts); i += 2 {
			if n := len(edits); n > 0 && edits[n-1].Span.Start == cuts[i] && cuts[i] < edits[n-1].Span.End {
				continue
			}
			edits = append(edits, Edit{at("a", cuts[i], cuts[i+1]), rapid.StringN(0, 4, 8).Draw(t, "new")})
		}
		want := text
		for _, e := range slices.Backward(edits) {
			want = want[:e.Span.Start] + e.New + want[e.Span.End:]
		}
		given := edits
		if distinctStarts(edits) {
			given = rapid.Permutation(edits).Draw(t, "given")
		}
		out, err := Files{"a": []byte(text)}.Apply(given)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(out["a"]); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// distinctStarts reports whether the order of edits follows from their places.
func distinctStarts(edits []Edit) bool {
	for i := 1; i < len(edits); i++ {
		if edits[i].Span.Start == edits[i-1].Span.Start {
			return false
		}
	}
	return true
}

// Two edits are refused exactly if a byte, or a place between bytes that one inserts at, is strictly within both.
func TestApplyRefusesOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := func(name string) Span {
			start := rapid.IntRange(0, 10).Draw(t, name)
			return at("a", start, rapid.IntRange(start, 10).Draw(t, name+" end"))
		}
		a, b := span("a"), span("b")
		_, err := Files{"a": []byte("0123456789")}.Apply([]Edit{{a, "x"}, {b, "y"}})
		overlap := max(a.Start, b.Start) < min(a.End, b.End) || // bytes of both
			a.Start == a.End && b.Start < a.Start && a.Start < b.End ||
			b.Start == b.End && a.Start < b.Start && b.Start < a.End
		if (err != nil) != overlap {
			t.Fatalf("%v and %v: %v", a, b, err)
		}
	})
}

func TestSpan(t *testing.T) {
	if s := (Span{}); !s.IsZero() || s.String() != "" || s.Contains(s) {
		t.Errorf("nowhere is %q", s)
	}
	s := Span{File: "t.yaml", Start: 10, End: 20, Line: 3, Column: 5}
	if s.IsZero() || s.String() != "t.yaml:3" {
		t.Errorf("a place is %q", s)
	}
	for _, c := range []struct {
		in   Span
		want bool
	}{
		{s, true},
		{at("t.yaml", 10, 10), true},
		{at("t.yaml", 20, 20), true},
		{at("t.yaml", 12, 18), true},
		{at("t.yaml", 9, 12), false},
		{at("t.yaml", 12, 21), false},
		{at("u.yaml", 12, 18), false},
		{Span{}, false},
	} {
		if s.Contains(c.in) != c.want {
			t.Errorf("%+v contains %+v: %v", s, c.in, !c.want)
		}
	}
}

func TestDiagnosticString(t *testing.T) {
	for _, c := range []struct {
		in   Diagnostic
		want string
	}{
		{Diagnostic{Warning, Span{File: "t.yaml", Line: 3, Column: 5}, "odd", "more", ""}, "t.yaml:3:5: warning: odd"},
		{Diagnostic{Error, Span{}, "bad", "", ""}, "error: bad"},
		{Diagnostic{Info, Span{}, "so", "", ""}, "info: so"},
	} {
		if got := c.in.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// More insertions at one place than a sort would leave in order by chance.
func TestApplyKeepsTheOrderOfManyInsertions(t *testing.T) {
	var edits []Edit
	want := ""
	for i := range 60 {
		text := string(rune('A' + i))
		edits = append(edits, Edit{at("a", 1, 1), text}, Edit{at("a", 2, 2), text})
		want += text
	}
	out, err := Files{"a": []byte("012")}.Apply(edits)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out["a"]); got != "0"+want+"1"+want+"2" {
		t.Errorf("got %s", got)
	}
}
