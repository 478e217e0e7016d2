package report

import (
	"fmt"
	"strings"

	"bulkhead/render"
)

// Most that is put on paper: the page on the screen has the rest.
const (
	paperBreaches = 10
	paperHits     = 60 // of the breach of the pictures
	paperOthers   = 12 // of another
	paperMessages = 40
	paperRemoved  = 60
)

// paper lays the report out on pages of A4.
func (p *page) paper(pictures []*picture) []*render.Scene {
	s := newSheaf(p.Title + ": blast radius")
	s.heading(0, p.Title)
	s.write(quietRun(some(p.about(), 8)))
	s.y += 4
	for _, side := range p.Sides {
		s.claim(side)
	}
	p.paperFigures(s)
	for _, pic := range pictures {
		title := map[string]string{"hull": "The hull", "map": "The map"}[pic.name]
		if len(pic.sides) == 2 {
			s.figure(title+" before", pic.sides[0])
			s.figure(title+" after", pic.sides[1])
		} else {
			s.figure(title, pic.whole)
		}
	}
	p.paperFunctions(s)
	p.paperBreaches(s)
	if len(p.Edits) > 0 {
		s.heading(1, "Edits")
		for i, e := range p.Edits {
			s.write(run{text: e.Says, size: 12, color: render.Ink, indent: 26, after: 3, mark: fmt.Sprintf("%d.", i+1)})
			if e.Unproven != "" {
				s.write(run{text: "Not proven to allow nothing new: " + e.Unproven, size: 11, color: render.Danger, indent: 26, after: 3})
			}
			for _, w := range e.Warnings {
				s.write(run{text: w, size: 11, color: render.Muted, indent: 42, after: 3, mark: "•"})
			}
		}
	}
	if p.deploy != "" {
		s.heading(1, "Rolling it out")
		s.markdown(p.deploy)
	}
	p.paperUnseen(s)
	s.heading(1, "Words")
	for _, g := range p.Glossary {
		s.need(40)
		s.write(run{text: g.Word, size: 11.5, weight: render.Medium, color: render.Ink, after: 1}, run{text: g.Meaning, size: 11, color: render.Ink, indent: 18, after: 6})
	}
	return s.bound()
}

// claim sets what one side comes to: a large figure, and its sentence beside it.
func (s *sheaf) claim(side sideText) {
	color := render.Danger
	if side.Good {
		color = render.Good
	}
	c := side.Claim
	runs := []run{{text: c.Title, size: 11, weight: render.Medium, color: render.Muted, after: 2}, {text: c.Sentence, size: 14, weight: render.Medium, color: render.Ink, after: 3}}
	if c.Noun != "" {
		runs = append(runs, run{text: c.Noun, size: 12, weight: render.Bold, color: render.Ink, after: 3})
	}
	for _, n := range c.Notes {
		runs = append(runs, run{text: n, size: 11, color: render.Muted, after: 2})
	}
	const beside = 150.0
	lines := s.lines(runs, s.width()-beside)
	high := max(heightOf(lines), 52)
	s.need(high + 18)
	s.put(render.Text{X: paperMargin, Y: s.y + 36, Size: 38, Weight: render.Bold, Color: color, Text: c.Figure})
	s.set(lines, paperMargin+beside, s.y, render.Start)
	s.y += high + 18
}

func (p *page) paperFigures(s *sheaf) {
	s.heading(1, "Figures")
	columns := []column{{"Measure", 3, false}, {"now", 1.2, true}, {"", 4, false}}
	if p.Edited {
		columns = []column{{"Measure", 3, false}, {"before", 1.1, true}, {"after", 1.1, true}, {"", 0.9, false}, {"", 3.6, false}}
	}
	var rows [][]cell
	for _, m := range p.Measures {
		after := small(m.After)
		after.weight = render.Medium
		row := []cell{{small(m.Name)}}
		if p.Edited {
			word := run{size: 10.5, color: render.Good, text: "better"}
			switch {
			case m.Worse:
				word.text, word.color = "worse", render.Danger
			case !m.Better:
				word.text = ""
			}
			row = append(row, cell{small(m.Before)}, cell{after}, cell{word}, cell{faint(m.Note)})
		} else {
			row = append(row, cell{after}, cell{faint(m.Note)})
		}
		rows = append(rows, row)
	}
	s.table(columns, rows)
	if len(p.Added) > 0 {
		s.heading(2, "Newly reached")
		s.list(p.Added)
	}
	if len(p.Removed) > 0 {
		s.heading(2, fmt.Sprintf("%d no longer reached", len(p.Removed)))
		s.list(atMost(p.Removed, paperRemoved))
	}
}

// atMost is the first n, and how many more there are.
func atMost(list []string, n int) []string {
	if len(list) <= n+1 {
		return list
	}
	return append(append([]string{}, list[:n]...), fmt.Sprintf("and %d more", len(list)-n))
}

func (p *page) paperFunctions(s *sheaf) {
	s.heading(1, "Functions")
	columns := []column{{"Function", 2.6, false}, {"Role", 2.2, false}, {"Started by", 2.2, false}}
	if p.Edited {
		columns = append(columns, column{"before", 1.05, true}, column{"after", 1.05, true})
	} else {
		columns = append(columns, column{"reach", 1.05, true})
	}
	columns = append(columns, column{"weighted", 1.1, true}, column{"Admin", 1, false}, column{"The sea", 2.6, false})
	reach := func(b *breachText) cell {
		if b == nil {
			return cell{small("")}
		}
		out := cell{small(b.May), faint(b.Reach)}
		if b.Must != b.May {
			out = append(out, faint("must "+b.Must))
		}
		return out
	}
	var rows [][]cell
	for _, f := range p.Functions {
		b := f.After
		if b == nil {
			b = f.Before
		}
		name := small(f.Name)
		name.weight = render.Medium
		first := cell{name}
		if f.Part {
			first[0].indent = 10
			first = append(first, run{text: "a part", size: 9.5, color: render.Muted, indent: 10})
		}
		if f.After == nil {
			first = append(first, faint("before"))
		}
		row := []cell{first, {small(b.Role)}, {small(b.Starts)}}
		if p.Edited {
			row = append(row, reach(f.Before))
		}
		rows = append(rows, append(row, reach(f.After), cell{small(b.Weight)}, cell{small(b.Admin)}, cell{faint(b.Sea)}))
	}
	s.table(columns, rows)
}

// paperBreaches tells the breach of the pictures first, then others in their order.
func (p *page) paperBreaches(s *sheaf) {
	s.heading(1, "What floods, and why")
	if len(p.Breaches) == 0 {
		s.write(plainRun("There is no function."))
	}
	tell := func(list []breachText) {
		var ordered []*breachText
		for _, shown := range []bool{true, false} {
			for i := range list {
				if list[i].Shown == shown {
					ordered = append(ordered, &list[i])
				}
			}
		}
		for i, b := range ordered {
			if i == paperBreaches {
				s.write(quietRun(fmt.Sprintf("And %d more functions: index.html has them.", len(ordered)-i)))
				return
			}
			s.breach(b)
		}
	}
	tell(p.Breaches)
	if len(p.Earlier) > 0 {
		s.heading(1, "What flooded before")
		s.write(quietRun("Breaches that the edits changed, as they were."))
		tell(p.Earlier)
	}
}

func (s *sheaf) breach(b *breachText) {
	most := paperOthers
	if b.Shown {
		most = paperHits
	}
	s.heading(2, b.Name)
	says := fmt.Sprintf("%s counted resources, %s", b.Reach, b.May)
	if b.Must != b.May {
		says += " (must " + b.Must + ")"
	}
	if b.Shown {
		says += "; the breach of the pictures"
	}
	s.write(quietRun(says))
	if b.Admin != "no" {
		s.write(run{text: "An administrator is reached: " + b.Admin, size: 12, weight: render.Medium, color: render.Danger, after: 5})
	}
	if len(b.Way) > 0 {
		s.heading(3, "The way to an administrator")
		for _, r := range stepRuns(b.Way) {
			r.size, r.indent = r.size+1, r.indent+6
			s.write(r)
		}
	}
	switch {
	case len(b.Hits) > 0:
		s.hits(b.Hits[:min(len(b.Hits), most)], b.More+max(0, len(b.Hits)-most))
	case len(b.Known) == 0:
		s.write(plainRun("Nothing in this design floods."))
	}
	if len(b.Known) > 0 {
		s.write(plainRun("Reaches " + b.KnownWords + "."))
	}
	if len(b.Feeds) > 0 {
		s.write(plainRun("Chooses the input of: " + strings.Join(b.Feeds, ", ") + "."))
	}
	if len(b.Beyond) > 0 {
		s.need(110) // with the head of its table and a row
	}
	s.write(run{text: "The sea: " + b.Sea + ".", size: 12, weight: render.Medium, color: render.Ink, after: 6})
	if len(b.Beyond) == 0 {
		return
	}
	var rows [][]cell
	for _, y := range b.Beyond[:min(len(b.Beyond), most)] {
		rows = append(rows, []cell{{small(y.What)}, {faint(y.Pattern)}, {small(y.Sure)}, evidenceRuns(y.Evidence, 0)})
	}
	s.table([]column{{"Beyond the design", 2.4, false}, {"Pattern", 2.6, false}, {"How sure", 0.9, false}, {"Why", 4, false}}, rows)
	if more := b.MoreBeyond + max(0, len(b.Beyond)-most); more > 0 {
		s.write(quietRun(fmt.Sprintf("And %d more: index.html has them.", more)))
	}
}

func (s *sheaf) hits(hits []hitText, more int) {
	var rows [][]cell
	for _, h := range hits {
		name := small(h.Name)
		name.weight = render.Medium
		does := cell{small(h.Does)}
		if h.Note != "" {
			does = append(does, faint(h.Note))
		}
		rows = append(rows, []cell{{name, faint(h.Kind)}, does, {small(h.Sure)}, {small(fmt.Sprint(h.Hops))}, stepRuns(h.Steps)})
	}
	s.table([]column{{"Hit", 2.3, false}, {"What the attacker can do", 2.1, false}, {"How sure", 0.9, false}, {"Steps", 0.7, true}, {"Why", 4.4, false}}, rows)
	if more > 0 {
		s.write(quietRun(fmt.Sprintf("And %d more: index.html has them, or bulkhead breach.", more)))
	}
}

// stepRuns tells steps with their reasons.
func stepRuns(steps []stepText) cell {
	var out cell
	for i, st := range steps {
		indent := 0.0
		if len(steps) > 1 {
			indent = 15
		}
		says := strings.TrimSpace(st.Says)
		if says != "" {
			r := small(says)
			if r.indent = indent; indent > 0 {
				r.mark = fmt.Sprintf("%d.", i+1)
			}
			out = append(out, r)
		}
		if st.Actions != "" {
			r := faint(st.Actions)
			r.indent = indent
			out = append(out, r)
		}
		out = append(out, evidenceRuns(st.Evidence, indent)...)
		for _, note := range []string{prefixed("assumed: ", st.Assumed), st.Note} {
			if note != "" {
				r := faint(note)
				r.indent = indent
				out = append(out, r)
			}
		}
	}
	return out
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func evidenceRuns(list []evidenceText, indent float64) cell {
	var out cell
	for _, e := range list {
		says := run{text: e.Says, size: 9.5, color: render.Ink, indent: indent, after: 1}
		out = append(out, says)
		if e.Place != "" {
			out = append(out, run{text: e.Place, size: 9, color: render.Link, indent: indent, after: 2})
		}
	}
	return out
}

func (p *page) paperUnseen(s *sheaf) {
	s.heading(1, "Not seen")
	if len(p.NotSeen) > 0 {
		s.write(plainRun("The conclusions above hold as far as was seen. Not seen:"))
		s.list(atMost(p.NotSeen, paperRemoved))
	} else {
		s.write(plainRun("Everything that decides was seen."))
	}
	if len(p.Outside) > 0 {
		s.write(plainRun("Walls that IAM does not see, and this report does not judge:"))
		s.list(atMost(p.Outside, paperRemoved))
	}
	if len(p.Messages) == 0 {
		return
	}
	s.heading(2, "What the import said")
	var rows [][]cell
	more := p.More
	for i, m := range p.Messages {
		if i == paperMessages {
			more += len(p.Messages) - i
			break
		}
		text := cell{small(m.Summary)}
		if m.Detail != "" {
			text = append(text, faint(m.Detail))
		}
		rows = append(rows, []cell{{faint(m.Place)}, {small(m.Severity)}, text})
	}
	s.table([]column{{"Place", 2, false}, {"Severity", 1, false}, {"Message", 6, false}}, rows)
	if more > 0 {
		s.write(quietRun(fmt.Sprintf("And %d more.", more)))
	}
}

// markdown sets the Markdown that DEPLOY.md is written in.
func (s *sheaf) markdown(text string) {
	bare := strings.NewReplacer("`", "", "**", "")
	var now *run
	end := func() {
		if now != nil {
			s.write(*now)
			now = nil
		}
	}
	verbatim := false
	for _, l := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		trimmed := strings.TrimSpace(l)
		switch m := marker.FindStringSubmatch(l); {
		case strings.HasPrefix(trimmed, "```"):
			end()
			verbatim = !verbatim
			s.y += 4
		case verbatim:
			s.write(run{text: l, size: 10.5, color: render.Ink, indent: 18 + 6*float64(len(l)-len(strings.TrimLeft(l, " "))), after: 0})
		case trimmed == "":
			end()
		case strings.HasPrefix(trimmed, "#"):
			end()
			level := len(trimmed) - len(strings.TrimLeft(trimmed, "#"))
			s.heading(min(level+1, 3), bare.Replace(strings.TrimSpace(strings.TrimLeft(trimmed, "#"))))
		case m != nil:
			end()
			mark := m[1]
			if mark == "-" || mark == "*" {
				mark = "•"
			}
			r := plainRun(bare.Replace(strings.TrimSpace(marker.ReplaceAllString(l, ""))))
			deep := float64(len(l) - len(strings.TrimLeft(l, " ")))
			r.indent, r.mark, r.after = 22+deep*6, mark, 3
			now = &r
		case now != nil:
			now.text += " " + bare.Replace(trimmed)
		default:
			r := plainRun(bare.Replace(trimmed))
			now = &r
		}
	}
	end()
}
