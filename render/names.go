package render

import (
	"slices"
	"strings"
	"unicode"
)

// Names are the names that one picture or list shows, sorted. Those of them that would read the same once they are cut are cut where they differ.
type Names []string

// NamesOf are the names of diagrams that are shown together, sorted.
func NamesOf(diagrams ...*Diagram) Names {
	var out Names
	for _, d := range diagrams {
		for _, b := range d.Bays {
			out = append(out, b.Name, b.Role)
			for _, c := range b.Cabins {
				out = append(out, c.Name)
			}
			for _, t := range b.Tiles {
				out = append(out, t.Name)
			}
		}
		for _, t := range d.Bilge {
			out = append(out, t.Name)
		}
		for _, g := range d.Quay {
			out = append(out, g.Name)
		}
		for _, n := range d.Nodes {
			out = append(out, n.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Fit is FitName for a name of the picture.
func (n Names) Fit(m Metrics, name string, size float64, w Weight, width float64) string {
	cut := FitName(m, name, size, w, width)
	if cut == name || cut == "" {
		return cut
	}
	twins := n.twins(name, cut)
	if len(twins) == 0 {
		return cut
	}
	runes := []rune(name)
	best := ""
	for _, at := range slices.Backward(joints(runes)) {
		tail := string(runes[at:])
		if slices.ContainsFunc(twins, func(t string) bool { return strings.HasSuffix(t, tail) }) {
			continue
		}
		if m.Width("…"+tail, size, w) <= width {
			best = "…" + tail // and more of it, as far as there is room
			continue
		}
		if best == "" {
			if inner := cutMiddle(m, tail, "", 2, size, w, width-m.Width("…", size, w)); inner != "" {
				best = "…" + inner
			}
		}
		break
	}
	if best == "" {
		return cut
	}
	return best
}

// twins are the other names that may read as a name does once it is cut.
func (n Names) twins(name, cut string) []string {
	head := cut[:strings.Index(cut, "…")]
	tail := cut[strings.LastIndex(cut, "…")+len("…"):]
	var out []string
	from, _ := slices.BinarySearch(n, head)
	for _, other := range n[from:] {
		if !strings.HasPrefix(other, head) {
			break
		}
		if other != name && strings.HasSuffix(other, tail) && len(other) >= len(head)+len(tail) {
			out = append(out, other)
		}
	}
	return out
}

// joints are where the words of a name begin, the first apart ("Orders|Queue", "orders-|queue").
func joints(runes []rune) []int {
	var out []int
	for i := 1; i < len(runes); i++ {
		before, after := runes[i-1], runes[i]
		joint := strings.ContainsRune("-_ ./:", before) && !strings.ContainsRune("-_ ./:", after)
		hump := unicode.IsUpper(after) && (unicode.IsLower(before) || unicode.IsDigit(before))
		if joint || hump {
			out = append(out, i)
		}
	}
	return out
}
