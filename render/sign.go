package render

import (
	"slices"
	"strconv"
)

// A Sign is an entry of the legend.
type Sign struct {
	Kind  SignKind
	Items []Item // about the line y = 0, from x = 0 to Width
	Width float64
}

// SignKind is something that a picture uses and must explain.
type SignKind uint8

// The signs, in the order of the legend.
const (
	BreachSign SignKind = iota
	HeldSign
	ReadSign
	ChangeSign
	OwnSign
	MaySign
	SureSign
	MayLineSign
	WaterSign
	InflowSign
	ShareSign
	CrownSign
	ViaSign
	PipeSign
	WetPipeSign
	TapSign
	RunsSign
	FeedsSign
	FedSign
	DoorSign
	FeedDoorSign
	OpenSign
	NewSign
	MovedSign
	MinorSign
	EdgeSign
	RunEdgeSign
	FeedEdgeSign
	StartSign
	WallSign
	FloodSign
	WearSign
	AdminSign
	OutsideSign

	signs int = iota // how many there are
)

// words of the signs, as the legend has them.
var signWords = [signs]string{
	BreachSign:   "breach",
	InflowSign:   "breached, holds nothing: share of all",
	HeldSign:     "held too, at that step",
	ReadSign:     "read",
	ChangeSign:   "write, send",
	OwnSign:      "delete, permissions, secret",
	MaySign:      "may: rests on something unknown",
	SureSign:     "left part: sure",
	MayLineSign:  "broken line: may",
	WaterSign:    "share of what the bay holds; once held, of what it touches",
	ShareSign:    "what a breach of it reaches",
	CrownSign:    "crown jewel",
	ViaSign:      "reached from another bay",
	PipeSign:     "can touch what is shared",
	WetPipeSign:  "pipe in use",
	TapSign:      "can touch, in the bilge",
	RunsSign:     "runs as another",
	FeedsSign:    "chooses its input",
	FedSign:      "fed",
	DoorSign:     "could run as another",
	FeedDoorSign: "could choose its input",
	OpenSign:     "open to anyone",
	NewSign:      "new",
	MovedSign:    "moved",
	MinorSign:    "shown, not counted",
	EdgeSign:     "can touch",
	RunEdgeSign:  "could run as another",
	FeedEdgeSign: "could choose its input",
	StartSign:    "starts",
	WallSign:     "compartment: functions with one role",
	FloodSign:    "its code or role is held",
	WearSign:     "has the role",
	AdminSign:    "an administrator is reachable",
	OutsideSign:  "from outside the account",
}

// String is what the legend says of the sign.
func (k SignKind) String() string { return signWords[k] }

// Sign is the sign of the tone; Dry has none.
func (t Tone) Sign() SignKind {
	return [...]SignKind{SignKind(signs), ReadSign, ChangeSign, OwnSign}[t]
}

// Legend returns the signs of the kinds, each once, in the legend's order.
func Legend(m Metrics, kinds ...SignKind) []Sign {
	kinds = slices.Clone(kinds)
	slices.Sort(kinds)
	var out []Sign
	for _, k := range slices.Compact(kinds) {
		if k < SignKind(signs) {
			out = append(out, newSign(m, k))
		}
	}
	return out
}

func newSign(m Metrics, k SignKind) Sign {
	items, w := swatch(k)
	items = append(items, Text{X: w + 7, Y: 4, Size: SizeSmall, Color: Muted, Text: k.String()})
	return Sign{Kind: k, Items: items, Width: w + 7 + m.Width(k.String(), SizeSmall, Regular)}
}

// swatch draws a sign about y = 0 and returns its width.
func swatch(k SignKind) ([]Item, float64) {
	tile := func(fill, hatch Color) ([]Item, float64) {
		return []Item{Shape{Path: Rect(0, -7, 22, 14, 3), Fill: fill, Hatch: hatch}}, 22
	}
	arrow := func(c Color, width float64, dash []float64) ([]Item, float64) {
		return []Item{
			Shape{Path: Move(0, 0).Line(25, 0), Stroke: c, Width: width, Dash: dash},
			Shape{Path: Arrow(27, 0, 1, 0, 7), Stroke: c, Width: width, Round: true},
		}, 28
	}
	switch k {
	case BreachSign:
		return []Item{Shape{Path: Star(9, 0, 10), Fill: Danger}}, 18
	case AdminSign:
		return []Item{Shape{Path: Star(7, 0, 6), Fill: Danger}}, 14
	case HeldSign:
		return HeldMark(8, 0, 1, Panel), 16
	case ReadSign:
		return tile(Tile1, None)
	case ChangeSign:
		return tile(Tile2, None)
	case OwnSign:
		return tile(Tile3, None)
	case MaySign:
		items, w := tile(Tile1, Tile2)
		return append(items, Shape{Path: Rect(7, -6, 8, 12, 2), Fill: Tile1}, Text{X: 11, Y: 4, Size: SizeSmall, Weight: Medium, Anchor: Middle, Color: OnTile1, Text: "?"}), w
	case MayLineSign:
		return []Item{Shape{Path: Move(0, 0).Line(27, 0), Stroke: Muted, Width: 2.25, Dash: []float64{7, 3}}}, 27
	case SureSign:
		items, w := tile(Tile2, Tile1)
		return append(items, Shape{Path: LeftRect(0, -7, 9, 14, 3), Fill: Tile1}), w
	case WaterSign:
		return []Item{Shape{Path: Move(0, -3).Waves(22, 11, 2.5).Line(22, 7).Line(0, 7).Close(), Fill: Water},
			Shape{Path: Wave(0, -3, 22, 11, 2.5), Stroke: Tile2, Width: 1}}, 22
	case InflowSign:
		items, w := swatch(WaterSign)
		return append(items, Shape{Path: Star(11, 1, 6), Fill: Danger}), w
	case ShareSign:
		return []Item{Text{X: 0, Y: 4, Size: SizeSmall, Color: Ink, Text: "%"}}, 10
	case CrownSign:
		return []Item{Shape{Path: CrownPath(8, 5, 14), Fill: Crown}}, 16
	case ViaSign:
		return ViaMark(0, 0), 14
	case PipeSign:
		return []Item{Shape{Path: Move(0, 0).Line(24, 0), Stroke: Line, Width: 5}, Shape{Path: Move(0, 0).Line(24, 0), Stroke: Bilge, Width: 2.5}}, 24
	case WetPipeSign:
		return []Item{Shape{Path: Move(0, 0).Line(24, 0), Stroke: Hull, Width: 5}, Shape{Path: Move(0, 0).Line(24, 0), Stroke: Tile2, Width: 3}}, 24
	case TapSign:
		return TapMark(0, 0, Muted), 14
	case RunsSign:
		return arrow(Danger, 2.5, nil)
	case FeedsSign:
		return arrow(Feeds, 2, []float64{4, 3})
	case FedSign:
		return []Item{Shape{Path: Rect(0, -7, 22, 14, 3), Stroke: Feeds, Width: 1.75, Dash: []float64{2, 3}, Round: true}}, 22
	case DoorSign:
		return arrow(Muted, 1.5, nil)
	case FeedDoorSign:
		return arrow(Muted, 1.5, []float64{3, 2.5})
	case RunEdgeSign:
		return arrow(Line, 2.5, nil)
	case FeedEdgeSign:
		return arrow(Line, 1.75, []float64{4, 3})
	case OutsideSign:
		return []Item{Shape{Path: Rect(0, -8, 26, 16, 8), Fill: Panel, Stroke: Line, Width: 1.25}, Icon{Name: "globe", X: 6, Y: -7, Size: 14, Color: Ink}}, 26
	case OpenSign:
		return []Item{Icon{Name: "globe", X: 0, Y: -7, Size: 14, Color: Muted}}, 14
	case NewSign:
		return []Item{Shape{Path: Move(4, -8).Line(4, 8), Stroke: Good, Width: 4}}, 8
	case MovedSign:
		return MovedMark(0, 0), 12
	case MinorSign:
		return []Item{Shape{Path: Rect(0, -7, 22, 14, 3), Stroke: Muted, Fill: Panel, Width: 1, Dash: []float64{3, 3}}}, 22
	case WallSign:
		return []Item{Shape{Path: Rect(1, -7, 22, 14, 3), Fill: Bay, Stroke: Hull, Width: 2.5}}, 24
	case WearSign:
		return []Item{Shape{Path: Move(0, 0).Line(24, 0), Stroke: Hull, Width: 1.25}}, 24
	case FloodSign:
		return []Item{Shape{Path: Rect(1, -7, 22, 14, 3), Fill: Water, Stroke: Hull, Width: 2.5}}, 24
	case StartSign:
		return arrow(Muted, 1.25, nil)
	case EdgeSign:
		return arrow(Line, 1, nil)
	}
	return nil, 0
}

// HeldMark is the sign of what the breach holds after so many steps, 15 wide about its middle (x, y).
func HeldMark(x, y float64, step int, ground Color) []Item {
	return []Item{Shape{Path: Circle(x, y, 7.5), Fill: ground, Stroke: Danger, Width: 2}, Text{X: x, Y: y + 3.6, Size: SizeSmallest, Weight: Bold, Anchor: Middle, Color: Ink, Text: strconv.Itoa(step)}}
}

// ViaMark is the sign on a tile that is wet by another compartment than its home's, 14 wide about (x, y).
func ViaMark(x, y float64) []Item {
	return []Item{Shape{Path: Circle(x+7, y, 7), Fill: Panel, Stroke: Link, Width: 1.25}, Shape{Path: Drop(x+7, y-4.5, 8.5), Fill: Link}}
}

// TapMark is the end of a pipe, 14 wide about (x, y): a thing in the bilge that a bay can touch.
func TapMark(x, y float64, c Color) []Item {
	return []Item{
		Shape{Path: Move(x+2, y-5).Line(x+10, y-5), Stroke: c, Width: 1.5, Round: true},
		Shape{Path: Move(x+6, y-5).Line(x+6, y+1), Stroke: c, Width: 1.5},
		Shape{Path: Circle(x+6, y+3.5, 2.5), Stroke: c, Width: 1.5},
	}
}

// MovedMark is the sign of a thing that stood elsewhere before, 12 wide about (x, y).
func MovedMark(x, y float64) []Item {
	return []Item{
		Shape{Path: Move(x+1, y+3).Cubic(x+1, y-4, x+5, y-5, x+10, y-2), Stroke: Good, Width: 1.75, Round: true},
		Shape{Path: Arrow(x+11, y-1, 1, 0.55, 5), Stroke: Good, Width: 1.75, Round: true},
	}
}
