// Package table draws every breach at once: the ranked table of compartments and resources, and the heat view.
//
//	View --Rankings, Heats--> Ranking, Heat --Draw, DrawHeat--> Scene
package table

import (
	"fmt"

	"bulkhead/render"
)

// Lengths of the tables, in points.
const (
	line      = 25.0 // of a row
	headline  = 26.0
	gap       = 44.0 // between the two tables
	bar       = 96.0 // of a share
	maxRanks  = 60
	maxThings = 60
)

// A pen writes items.
type pen struct {
	m render.Metrics
	*render.Scene
	signs []render.SignKind
}

func (p *pen) add(items ...render.Item) { p.Items = append(p.Items, items...) }

func (p *pen) sign(k render.SignKind) { p.signs = append(p.signs, k) }

func (p *pen) text(x, y float64, a render.Anchor, w render.Weight, c render.Color, size float64, words string) {
	if words != "" {
		p.add(render.Text{X: x, Y: y, Size: size, Weight: w, Anchor: a, Color: c, Text: words})
	}
}

// sheet puts what was written between the claim and the legend.
func (p *pen) sheet(r *render.Ranking) *render.Scene {
	p.Legend = render.Legend(p.m, p.signs...)
	d := &render.Diagram{Claim: r.Claim.Beside(r.Sea), Sea: r.Sea}
	return render.Sheets(p.m, []*render.Diagram{d}, []*render.Scene{p.Scene})[0]
}

// Draw is the ranked table as a picture: the compartments, worst breach first, beside the resources, most exposed first.
// What is beyond some sixty rows is counted.
func Draw(m render.Metrics, r *render.Ranking) *render.Scene {
	p := &pen{m: m, Scene: &render.Scene{}}
	left := p.ranks(r, 0)
	right := p.exposures(r, left+gap)
	p.Width = right
	rows := max(min(len(r.Ranks), maxRanks+1), min(len(r.Exposures), maxThings+1))
	p.Height = headline + float64(rows)*line + 8
	return p.sheet(r)
}

// A column of a table.
type column struct {
	head  string
	width float64
	right bool
}

func (p *pen) heads(x float64, columns []column) (at []float64, end float64) {
	for i, c := range columns {
		if i > 0 {
			x += 14
		}
		at = append(at, x)
		if c.right {
			p.text(x+c.width, 14, render.End, render.Medium, render.Muted, render.SizeSmall, c.head)
		} else {
			p.text(x, 14, render.Start, render.Medium, render.Muted, render.SizeSmall, c.head)
		}
		x += c.width
	}
	p.add(render.Shape{Path: render.Move(at[0], headline-4).Line(x, headline-4), Stroke: render.Hull, Width: 1.5})
	return at, x
}

func (p *pen) ranks(r *render.Ranking, x float64) float64 {
	columns := []column{{"", 26, true}, {"Compartment, worst breach first", 216, false}}
	if r.By != "" {
		columns = append(columns, column{map[string]string{"name": "Group"}[r.By], 92, false})
		if last := &columns[len(columns)-1]; last.head == "" {
			last.head = upper(r.By)
		}
	}
	columns = append(columns, column{"Triggers", 50, true}, column{"A breach reaches", bar + 54, false}, column{"Resources", 58, true}, column{"Weighted", 54, true})
	at, end := p.heads(x, columns)
	for i, k := range r.Ranks {
		y := headline + float64(i)*line
		if i == maxRanks && len(r.Ranks) > maxRanks+1 {
			p.text(at[1], y+17, render.Start, render.Regular, render.Muted, render.SizeBody,
				fmt.Sprintf("and %d more, each at most %s", len(r.Ranks)-i, render.Percent(k.Share)))
			break
		}
		p.rule(x, end, y+line, i)
		base := y + 17
		p.text(at[0]+26, base, render.End, render.Regular, render.Muted, render.SizeSmall, fmt.Sprint(i+1))
		room := columns[1].width
		if k.Admin {
			p.sign(render.AdminSign)
			p.add(render.Shape{Path: render.Star(at[1]+room-7, base-4, 6), Fill: render.Danger})
			room -= 18
		}
		name := render.FitName(p.m, k.Name, render.SizeBody, render.Medium, room)
		p.text(at[1], base, render.Start, render.Medium, render.Ink, render.SizeBody, name)
		if w := p.m.Width(name, render.SizeBody, render.Medium) + 8; k.Functions > 1 && room-w > 60 {
			p.text(at[1]+w, base, render.Start, render.Regular, render.Muted, render.SizeSmall, render.Fit(p.m, fmt.Sprintf("%d functions", k.Functions), render.SizeSmall, render.Regular, room-w))
		}
		next := 2
		if r.By != "" {
			p.text(at[2], base, render.Start, render.Regular, render.Muted, render.SizeBody, render.FitName(p.m, k.Bundle, render.SizeBody, render.Regular, columns[2].width))
			next++
		}
		if k.Triggers > 0 {
			p.text(at[next]+columns[next].width, base, render.End, render.Regular, render.Muted, render.SizeBody, fmt.Sprint(k.Triggers))
		}
		if k.Open {
			p.sign(render.OpenSign)
			p.add(render.Icon{Name: "globe", X: at[next], Y: base - 11, Size: 13, Color: render.Muted})
		}
		p.share(at[next+1], base, k)
		p.text(at[next+2]+columns[next+2].width, base, render.End, render.Regular, render.Ink, render.SizeBody, fmt.Sprint(k.Resources))
		p.text(at[next+3]+columns[next+3].width, base, render.End, render.Regular, render.Ink, render.SizeBody, render.Percent(k.Weighted))
		p.Areas = append(p.Areas, render.Area{X: x, Y: y, W: end - x, H: line, Element: k.Start, Tip: rankTip(k)})
	}
	return end
}

// share is a breach's share as a bar, what is sure of it full, and as a figure.
func (p *pen) share(x, base float64, k render.Rank) {
	p.add(render.Shape{Path: render.Rect(x, base-9, bar, 9, 2), Fill: render.Bilge})
	if k.Share > 0 {
		p.add(render.Shape{Path: render.Rect(x, base-9, max(2, bar*k.Share), 9, 2), Fill: render.Tile2})
		if k.Sure < k.Share {
			p.sign(render.SureSign)
			from := bar * k.Sure
			p.add(render.Shape{Path: render.Rect(x+from, base-9, max(2, bar*k.Share-from), 9, 2), Fill: render.Tile2, Hatch: render.Tile1})
		}
	}
	figure := render.Share(k.Share, k.AtLeast)
	p.text(x+bar+8, base, render.Start, render.Medium, render.Ink, render.SizeBody, figure)
}

func (p *pen) exposures(r *render.Ranking, x float64) float64 {
	if len(r.Exposures) == 0 {
		return x - gap
	}
	columns := []column{{"Resource, most exposed first", 190, false}, {"", 84, false}, {"Reached by the breach of", bar + 74, false}}
	at, end := p.heads(x, columns)
	for i, e := range r.Exposures {
		y := headline + float64(i)*line
		if i == maxThings && len(r.Exposures) > maxThings+1 {
			p.text(at[0], y+17, render.Start, render.Regular, render.Muted, render.SizeBody, fmt.Sprintf("and %d more, each by at most %d", len(r.Exposures)-i, e.By))
			break
		}
		p.rule(x, end, y+line, i)
		base := y + 17
		p.add(render.Icon{Name: e.Icon, X: at[0], Y: base - 12, Size: 15, Color: render.Muted, Level: render.Near})
		room := columns[0].width - 22
		if e.Crown {
			p.sign(render.CrownSign)
			p.add(render.Shape{Path: render.CrownPath(at[0]+columns[0].width-14, base, 13), Fill: render.Crown})
			room -= 18
		}
		p.text(at[0]+22, base, render.Start, render.Medium, render.Ink, render.SizeBody, render.FitName(p.m, e.Name, render.SizeBody, render.Medium, room))
		p.text(at[1], base, render.Start, render.Regular, render.Muted, render.SizeSmall, render.Fit(p.m, e.Noun, render.SizeSmall, render.Regular, columns[1].width))
		p.add(render.Shape{Path: render.Rect(at[2], base-9, bar, 9, 2), Fill: render.Bilge})
		if e.By > 0 {
			p.add(render.Shape{Path: render.Rect(at[2], base-9, max(2, bar*float64(e.By)/float64(max(1, r.Functions))), 9, 2), Fill: render.Tile2})
		}
		p.text(at[2]+bar+8, base, render.Start, render.Medium, render.Ink, render.SizeBody, fmt.Sprintf("%d of %d", e.By, r.Functions))
		p.Areas = append(p.Areas, render.Area{X: x, Y: y, W: end - x, H: line, Element: e.ID, Tip: exposureTip(e, r.Functions)})
	}
	return end
}

// rule parts rows, a little stronger after every fifth.
func (p *pen) rule(x, end, y float64, i int) {
	s := render.Shape{Path: render.Move(x, y).Line(end, y), Stroke: render.Line, Width: 0.75}
	if i%5 == 4 {
		s.Width = 1.25
	}
	p.add(s)
}

func rankTip(k render.Rank) string {
	tip := "compartment " + k.Name
	if k.Caption != "" {
		tip += "\n" + k.Caption
	}
	tip += fmt.Sprintf("\na breach reaches %s: %d resources, %s weighted", render.Share(k.Share, k.AtLeast), k.Resources, render.Percent(k.Weighted))
	if k.Sure < k.Share {
		tip += "; " + render.Percent(k.Sure) + " whatever the unknowns"
	}
	if k.Was >= 0 && k.Was != k.Share {
		tip += "\nbefore the edits it reached " + render.Percent(k.Was)
	}
	if k.Admin {
		tip += "\nan administrator is reachable"
	}
	return tip
}

func exposureTip(e render.Exposure, functions int) string {
	tip := fmt.Sprintf("%s %s\nreached by the breach of %d of %d functions", e.Noun, e.Name, e.By, functions)
	if e.Crown {
		tip += "\na crown jewel"
	}
	return tip
}

func upper(word string) string {
	if word == "" {
		return ""
	}
	return string(word[0]-'a'+'A') + word[1:]
}
