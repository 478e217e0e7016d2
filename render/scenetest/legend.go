package scenetest

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/render"
)

// Unexplained compares what a body (a layout's scene, before it has claim and legend) shows with what its legend
// explains, by look alone: colour, dashes, hatching, outline or line, globe, question mark. It returns what is shown
// and not explained, and what is explained and not shown.
func Unexplained(s *render.Scene) []string {
	var out []string
	shown := looks(s.Items)
	explained := map[string]bool{}
	kinds := map[render.SignKind]bool{}
	for _, sign := range s.Legend {
		kinds[sign.Kind] = true
		mine := looks(sign.Items)
		for l := range mine {
			explained[l] = true
		}
		for _, l := range needs(sign.Kind, mine) {
			if !slices.ContainsFunc(strings.Split(l, " or "), func(l string) bool { return shown[l] }) {
				out = append(out, fmt.Sprintf("the legend explains %q, but nothing shows %s", sign.Kind, l))
			}
		}
	}
	for l := range shown {
		ok := explained[l]
		switch {
		case l == "?" || strings.HasPrefix(l, "hatch"):
			ok = kinds[render.MaySign]
		case l == "danger outline": // about what is breached or held
			ok = ok || kinds[render.BreachSign]
		case strings.HasSuffix(l, " broken"):
			solid, _ := strings.CutSuffix(l, " broken")
			ok = ok || kinds[render.MayLineSign] && explained[solid]
		}
		if !ok {
			out = append(out, "the legend does not explain "+l)
		}
	}
	slices.Sort(out)
	return out
}

// anyOf are looks of which a picture must have one where the legend's example shows one of several.
var anyOf = map[render.SignKind]string{
	render.MaySign:     "hatch or ?",
	render.SureSign:    "hatch",
	render.MayLineSign: "danger line broken or tile1 broken or tile2 broken or tile3 broken",
	render.WetPipeSign: "tile1 or tile2 or tile3",
}

// needs lists the looks that a picture must have for a sign to be in its legend.
func needs(k render.SignKind, mine map[string]bool) []string {
	if some, ok := anyOf[k]; ok {
		return []string{some}
	}
	var out []string
	for l := range mine {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

var signal = map[render.Color]string{
	render.Danger: "danger", render.Feeds: "feeds", render.Good: "good", render.Crown: "crown", render.Link: "link",
	render.Tile1: "tile1", render.Tile2: "tile2", render.Tile3: "tile3", render.Water: "water",
	// The quiet inks: text on a tone takes another than text on a bay.
	render.Muted: "quiet", render.Ink: "quiet", render.OnTile1: "quiet", render.OnTile2: "quiet", render.OnTile3: "quiet",
}

func looks(items []render.Item) map[string]bool {
	out := map[string]bool{}
	for _, it := range items {
		switch it := it.(type) {
		case render.Icon:
			if it.Name == "globe" {
				out["globe"] = true
			}
		case render.Text:
			if strings.HasSuffix(it.Text, "?") || strings.Contains(it.Text, "? ") {
				out["?"] = true
			}
		case render.Shape:
			if it.Hatch != render.None {
				out["hatch"] = true
			}
			if name := signal[it.Fill]; name != "" {
				out[name] = true
			}
			if look := outline(it); look != "" {
				out[look] = true
			}
		}
	}
	return out
}

// outline is what the stroke of a shape looks like, "" where it is the ship's, a tile's or no signal.
func outline(s render.Shape) string {
	closed := slices.ContainsFunc(s.Path, func(g render.Segment) bool { return g.Op == render.ClosePath })
	name, c := signal[s.Stroke], s.Stroke
	if c == render.Bilge || c == render.Line && closed || c == render.Hull && (closed || s.Width > 1.5) {
		return "" // the ground about a pipe, a tile's edge, the ship
	}
	if c == render.Line {
		name = "pale"
	}
	if c == render.Hull {
		return "thin wall line"
	}
	if c == render.Tile1 || c == render.Tile2 || c == render.Tile3 {
		if len(s.Dash) > 0 {
			return name + " broken"
		}
		return name
	}
	if c == render.Good {
		if s.Width < 1.9 {
			return "good, thin"
		}
		return name
	}
	if name == "" {
		return ""
	}
	what := " line"
	if closed {
		what = " outline"
	}
	if len(s.Dash) > 0 {
		what += " broken"
	}
	return name + what
}
