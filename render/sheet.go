package render

// Margins and gaps of a sheet.
const (
	sheetMargin = 32.0
	sheetWidth  = 720.0 // the least: a claim needs its line
	legendGap   = 20.0
	legendLine  = 22.0
)

// Sheets puts each body between its claim and its legend: title, sentence and figure above, the sea, the parts' shares
// and what was not seen below. Bodies that are drawn together come as one call: their sheets have one size, the bodies
// one place, and all have the legend of all. A body brings its own Legend; Items and Areas count from its own corner.
func Sheets(m Metrics, diagrams []*Diagram, bodies []*Scene) []*Scene {
	width := sheetWidth
	var kinds []SignKind
	for _, b := range bodies {
		width = max(width, b.Width+2*sheetMargin)
		for _, s := range b.Legend {
			kinds = append(kinds, s.Kind)
		}
	}
	legend := Legend(m, kinds...)
	inner := width - 2*sheetMargin

	heads := make([]head, len(diagrams))
	foots := make([]foot, len(diagrams))
	var high, low, tall float64
	for i, d := range diagrams {
		heads[i], foots[i] = newHead(m, &d.Claim, inner), newFoot(m, d, inner)
		high, low, tall = max(high, heads[i].height), max(low, foots[i].height), max(tall, bodies[i].Height)
	}
	out := make([]*Scene, len(diagrams))
	for i, d := range diagrams {
		s := &Scene{Width: width, Title: d.Claim.Title, Description: d.Claim.Description()}
		s.Items = append(s.Items, heads[i].items...)
		s.Areas = append(s.Areas, heads[i].areas...)
		s.put(bodies[i], (width-bodies[i].Width)/2, high)
		y := high + tall
		s.put(&Scene{Items: foots[i].items, Areas: foots[i].areas}, 0, y)
		s.finish(legend, y+low)
		out[i] = s
	}
	return out
}

// finish adds the legend at y and the height.
func (s *Scene) finish(legend []Sign, y float64) {
	s.Legend, s.Foot, s.FootY = legend, len(s.Items), y
	items, height := flow(legend, s.Width-2*sheetMargin)
	s.put(&Scene{Items: AtLevel(Near, items...)}, sheetMargin, y)
	s.put(&Scene{Items: farLegend(legend, s.Width-2*sheetMargin, height)}, sheetMargin, y)
	s.Height = y + height + 14
	s.Items = append([]Item{Shape{Path: Rect(0, 0, s.Width, s.Height, 0), Fill: Ground}}, s.Items...)
	s.Foot++
}

// flow sets signs in lines no wider than width; the first line's middle is at y = 12.
func flow(legend []Sign, width float64) ([]Item, float64) {
	var items []Item
	x, y := 0.0, 12.0
	for _, sign := range legend {
		if x > 0 && x+sign.Width > width {
			x, y = 0, y+legendLine
		}
		for _, it := range sign.Items {
			items = append(items, Shifted(it, x, y))
		}
		x += sign.Width + legendGap
	}
	if len(legend) == 0 {
		return nil, 0
	}
	return items, y + 12
}

// farScale is how much larger a legend is where what is Near is left out.
const farScale = 1.6

// farLegend sets as many of the signs as the same room holds when they are larger, and says if there are more.
func farLegend(legend []Sign, width, height float64) []Item {
	if len(legend) == 0 {
		return nil
	}
	var items []Item
	const line, end = legendLine * farScale, 24.0
	lines := max(1, int((height+10)/line))
	x, y := 0.0, (height-line*float64(lines))/2+line/2
	for i, sign := range legend {
		w, more := sign.Width*farScale, 0.0
		if i < len(legend)-1 && lines == 1 {
			more = end
		}
		if x > 0 && x+w+more > width {
			if lines == 1 {
				items = append(items, Text{X: x, Y: y + 6, Size: farBody, Color: Muted, Text: "…"})
				break
			}
			x, y, lines = 0, y+line, lines-1
		}
		for _, it := range sign.Items {
			items = append(items, Shifted(Scaled(it, farScale), x, y))
		}
		x += w + legendGap*1.3
	}
	return AtLevel(Far, items...)
}

// put adds the items, areas and markers of a scene, moved.
func (s *Scene) put(from *Scene, dx, dy float64) {
	for _, it := range from.Items {
		s.Items = append(s.Items, Shifted(it, dx, dy))
	}
	for _, a := range from.Areas {
		a.X, a.Y = a.X+dx, a.Y+dy
		s.Areas = append(s.Areas, a)
	}
	for _, a := range from.Markers {
		a.X, a.Y = a.X+dx, a.Y+dy
		s.Markers = append(s.Markers, a)
	}
}

// Shifted returns the item moved by (dx, dy).
func Shifted(it Item, dx, dy float64) Item {
	switch it := it.(type) {
	case Shape:
		it.Path = it.Path.Shift(dx, dy)
		return it
	case Text:
		it.X, it.Y = it.X+dx, it.Y+dy
		return it
	case Icon:
		it.X, it.Y = it.X+dx, it.Y+dy
		return it
	}
	return it
}

// Scaled returns the item k times as large about the origin. Halos and hatching keep their size.
func Scaled(it Item, k float64) Item {
	switch it := it.(type) {
	case Shape:
		path := make(Path, len(it.Path))
		for i, s := range it.Path {
			path[i] = Segment{Op: s.Op, X1: s.X1 * k, Y1: s.Y1 * k, X2: s.X2 * k, Y2: s.Y2 * k, X: s.X * k, Y: s.Y * k}
		}
		it.Path, it.Width = path, it.Width*k
		dash := make([]float64, len(it.Dash))
		for i, d := range it.Dash {
			dash[i] = d * k
		}
		it.Dash = dash
		return it
	case Text:
		it.X, it.Y, it.Size = it.X*k, it.Y*k, it.Size*k
		return it
	case Icon:
		it.X, it.Y, it.Size = it.X*k, it.Y*k, it.Size*k
		return it
	}
	return it
}

// Stack puts scenes one above the other with one legend. Nil scenes are left out; none give an empty scene.
func Stack(scenes ...*Scene) *Scene { return join(scenes, true) }

// Beside puts scenes side by side with one legend. Nil scenes are left out; none give an empty scene.
func Beside(scenes ...*Scene) *Scene { return join(scenes, false) }

func join(scenes []*Scene, stacked bool) *Scene {
	out := &Scene{}
	signOf := map[SignKind]Sign{}
	var bottom, right float64
	n := 0
	for _, s := range scenes {
		if s == nil {
			continue
		}
		first := 1 // the ground, which the joined picture has of its own
		if s.Foot == 0 {
			first = 0
		}
		body := &Scene{Items: s.Items[first:max(s.Foot, first)], Areas: s.Areas, Markers: s.Markers}
		if s.Foot == 0 {
			body.Items, body.Areas = s.Items, s.Areas
		}
		height := s.FootY
		if s.Foot == 0 {
			height = s.Height
		}
		if stacked {
			out.put(body, 0, bottom)
			bottom += height
			right = max(right, s.Width)
		} else {
			out.put(body, right, 0)
			right += s.Width
			bottom = max(bottom, height)
		}
		for _, sign := range s.Legend {
			signOf[sign.Kind] = sign
		}
		if n++; n == 1 {
			out.Title, out.Description = s.Title, s.Description
		} else {
			out.Title, out.Description = out.Title+" and "+s.Title, out.Description+" "+s.Description
		}
	}
	var legend []Sign
	for k := range signs {
		if sign, ok := signOf[SignKind(k)]; ok {
			legend = append(legend, sign)
		}
	}
	out.Width = right
	out.finish(legend, bottom)
	return out
}
