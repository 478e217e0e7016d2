package yamlpos

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/source"
)

// A Draft is changes of a part of a page.
type Draft struct {
	page   *Page
	within source.Span
	edits  []source.Edit
	err    error
}

// Draft starts changes of what stands in a span.
func (p *Page) Draft(within source.Span) *Draft { return &Draft{page: p, within: within} }

// A Slot is an entry of a collection as it is to be: an old one that stays, a new one, or a new one in the place
// of an old one.
type Slot struct {
	Old int    // index of the old entry, -1 if there is none
	New *Value // nil: the old one stays as it is
	Key string // of a new entry of a mapping
}

// Stay is an entry that stays.
func Stay(i int) Slot { return Slot{Old: i} }

// Fail records that something cannot be expressed; the first such error is what Edits and Copy return.
func (d *Draft) Fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}

// Span is the part that is changed.
func (d *Draft) Span() source.Span { return d.within }

// Err is the first thing that could not be expressed.
func (d *Draft) Err() error { return d.err }

// Change replaces bytes by text, whose lines are ended with \n.
func (d *Draft) Change(start, end int, text string) {
	if d.page.habits.newline != "\n" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", d.page.habits.newline)
	}
	if text == string(d.page.Data[start:end]) {
		return
	}
	d.edits = append(d.edits, source.Edit{Span: d.page.span(start, end), New: text})
}

// Rename writes another key.
func (d *Draft) Rename(key *Node, name string) {
	v := Value{kind: Scalar, text: name}
	switch key.Style {
	case SingleQuoted:
		v.quote = '\''
	case DoubleQuoted:
		v.quote = '"'
	case Plain, Literal, Folded, Flow, Block:
	}
	d.Change(key.Span().Start, key.Span().End, d.page.scalar(v, d.inFlow(key)))
}

// Reword replaces words in the bytes of a node: names that need no quotes, wherever they stand in it.
func (d *Draft) Reword(n *Node, replace func(string) string) {
	d.Change(n.Span().Start, n.Span().End, replace(d.page.Text(n.Span())))
}

// inFlow reports whether a node stands in brackets.
func (d *Draft) inFlow(n *Node) bool {
	for n = d.page.parents[n]; n != nil; n = d.page.parents[n] {
		if n.Style == Flow {
			return true
		}
	}
	return false
}

// Replace writes another value in the place of one.
func (d *Draft) Replace(n *Node, v Value) {
	p := d.page
	m := p.parents[n]
	if m == nil {
		d.Fail("%s: this value cannot be replaced", n.Span())
		return
	}
	if d.inFlow(n) {
		text := p.flow(v, p.lead(n.Span().Start), m.Style == Flow && !p.overLines(m))
		if n.Span().Start == n.Span().End {
			text = " " + text
		}
		d.Change(n.Span().Start, n.Span().End, text)
		return
	}
	at := place{column: p.home(n)}
	from := 0
	if m.Kind == Sequence {
		i := slices.Index(m.Items(), n)
		from = p.dash(m, i) + 1
		at.item, at.gap = true, max(n.Span().Start-from+1, 2)
		if below := p.below(from, n); below > 0 {
			at.gap, at.below = below+1, true
		}
		if n.Span().Start == n.Span().End {
			at.gap = p.habits.gap
		}
	} else {
		from = p.behindColon(p.Key(n))
	}
	text := p.behind(v, at)
	// What stands between the colon and a value on the same line stays: some align their values.
	inline := !strings.HasPrefix(text, "\n") && !bytes.ContainsAny(p.Data[from:n.Span().Start], "\r\n") && n.Span().Start > from
	end := n.Span().End
	if strings.Contains(text, "\n") && p.comment(p.behindWhite(end)) >= 0 {
		end = p.lineEnd(end) // a remark on one line says nothing of the many that take its place
	}
	if inline {
		d.Change(n.Span().Start, end, strings.TrimLeft(text, " "))
		return
	}
	d.Change(from, end, text)
}

// Items makes a sequence's items those of the plan. What an old item has inside may be changed beside it. An
// empty plan is refused where it would leave nothing to write; remove the entry that holds the list instead.
func (d *Draft) Items(seq *Node, plan []Slot) { d.entries(seq, len(seq.Items()), plan) }

// Entries makes a mapping's entries those of the plan; those of merge keys cannot be among them.
func (d *Draft) Entries(m *Node, plan []Slot) { d.entries(m, own(m), plan) }

// own counts the entries that a mapping has itself.
func own(m *Node) int {
	n := 0
	for _, pair := range m.Pairs() {
		if !pair.Merged {
			n++
		}
	}
	return n
}

func (d *Draft) entries(c *Node, n int, plan []Slot) {
	last := -1
	for _, s := range plan {
		if s.Old >= 0 && s.Old <= last || s.Old >= n {
			d.Fail("%s: the entries cannot be put into another order", c.Span())
			return
		}
		last = max(last, s.Old)
	}
	plan = inPlace(plan, n)
	for _, s := range plan {
		if s.Old < 0 && s.New == nil {
			d.Fail("%s: a new entry has no value", c.Span())
			return
		}
	}
	switch {
	case n == 0 && len(plan) > 0:
		d.refill(c, plan)
	case len(plan) == 0 && c.Style == Flow:
		d.Replace(c, Value{kind: c.Kind, layout: OneLine, tag: c.Tag})
	case len(plan) == 0 && c.Style == Block:
		d.Fail("%s: nothing would be left", c.Span())
	case c.Style == Flow:
		d.flowEntries(c, n, plan)
	default:
		d.blockEntries(c, n, plan)
	}
}

// inPlace puts new entries into the places of old ones that go from between the same neighbours, so that lines
// and the comments on them stay.
func inPlace(plan []Slot, n int) []Slot {
	out := slices.Clone(plan)
	free := 0 // first old entry behind the last that stays
	for i := 0; i < len(out); i++ {
		if out[i].Old >= 0 {
			free = out[i].Old + 1
			continue
		}
		next := n
		for _, s := range out[i:] {
			if s.Old >= 0 {
				next = s.Old
				break
			}
		}
		if free < next {
			out[i].Old = free
			free++
		}
	}
	return out
}

// refill writes a collection anew.
func (d *Draft) refill(c *Node, plan []Slot) {
	v := Value{kind: c.Kind, layout: OneLine}
	if c.Style == Block {
		v.layout = Indents
	} else if d.page.overLines(c) {
		v.layout = Lines
	}
	for _, s := range plan {
		if v.kind == Mapping {
			v.keys = append(v.keys, s.Key)
		}
		v.values = append(v.values, *s.New)
	}
	v.tag = c.Tag
	d.Replace(c, v)
}

// start and end of an entry's own bytes.
func (p *Page) entry(c *Node, i int) (start, end int) {
	if c.Kind == Sequence {
		s := c.Items()[i].Span()
		if c.Style == Block {
			return p.dash(c, i), max(s.End, p.dash(c, i)+1)
		}
		return s.Start, s.End
	}
	pair := c.Pairs()[i]
	start, end = pair.Key.Span().Start, max(p.behindColon(pair.Key), pair.Value.Span().End)
	if pair.Value.Span().Start == pair.Value.Span().End {
		end = p.behindColon(pair.Key)
	}
	return start, end
}

// put writes an entry in the place of an old one.
func (d *Draft) put(c *Node, s Slot) {
	switch {
	case s.New == nil:
	case c.Kind == Mapping:
		if c.Pairs()[s.Old].Key.Value != s.Key {
			d.Rename(c.Pairs()[s.Old].Key, s.Key)
		}
		d.Replace(c.Pairs()[s.Old].Value, *s.New)
	default:
		d.Replace(c.Items()[s.Old], *s.New)
	}
}

// flowText is a new entry in brackets.
func (d *Draft) flowText(c *Node, s Slot, lead string) string {
	tight := !d.page.overLines(c)
	if c.Kind == Mapping {
		return d.page.scalar(Text(s.Key), true) + d.page.habits.colon + d.page.flow(*s.New, lead, tight)
	}
	return d.page.flow(*s.New, lead, tight)
}

func (d *Draft) flowEntries(c *Node, n int, plan []Slot) {
	p := d.page
	lead, separator := p.lead(c.Span().Start), p.habits.comma
	if first, _ := p.entry(c, 0); p.overLines(c) {
		lead = p.lead(first)
		separator = ",\n" + lead
	}
	stays := make([]bool, n)
	for _, s := range plan {
		if s.Old >= 0 {
			stays[s.Old] = true
			d.put(c, s)
		}
	}
	for i := 0; i < n; i++ {
		if stays[i] {
			continue
		}
		j := i
		for j+1 < n && !stays[j+1] {
			j++
		}
		start, _ := p.entry(c, i)
		_, end := p.entry(c, j)
		if j+1 < n {
			end, _ = p.entry(c, j+1)
		} else {
			_, start = p.entry(c, i-1) // there is one: not all go
		}
		d.Change(start, end, "")
		i = j
	}
	last := -1
	for _, s := range plan {
		if s.Old >= 0 {
			last = s.Old
			continue
		}
		text := d.flowText(c, s, lead)
		if last < 0 {
			start, _ := p.entry(c, 0)
			d.Change(start, start, text+separator)
			continue
		}
		_, end := p.entry(c, last)
		d.Change(end, end, separator+text)
	}
}

func (d *Draft) blockEntries(c *Node, n int, plan []Slot) {
	p := d.page
	first, _ := p.entry(c, 0)
	column := p.column(first)
	stays := make([]bool, n)
	for _, s := range plan {
		if s.Old >= 0 {
			stays[s.Old] = true
			d.put(c, s)
		}
	}
	for i := 0; i < n; i++ {
		if stays[i] {
			continue
		}
		j := i
		for j+1 < n && !stays[j+1] {
			j++
		}
		d.removeBlock(c, i, j, n)
		i = j
	}
	at := place{column: column, item: c.Kind == Sequence, gap: p.habits.gap}
	if c.Kind == Sequence && c.Items()[0].Span().Start > first+1 {
		at.gap = c.Items()[0].Span().Start - first
		if below := p.below(first, c.Items()[0]); below > 0 {
			at.gap, at.below = below, true
		}
	}
	last := -1
	for _, s := range plan {
		if s.Old >= 0 {
			last = s.Old
			continue
		}
		text := d.blockText(c, s, at)
		if last < 0 {
			d.Change(first, first, text+"\n"+spaces(column))
			continue
		}
		_, end := p.entry(c, last)
		end = p.lineEnd(end)
		d.Change(end, end, "\n"+spaces(column)+text)
	}
}

func (d *Draft) blockText(c *Node, s Slot, at place) string {
	if c.Kind == Sequence {
		return "-" + d.page.behind(*s.New, at)
	}
	return d.page.scalar(Text(s.Key), false) + ":" + d.page.behind(*s.New, at)
}

// removeBlock removes the lines of the entries from i to j of n, with the comments that belong to them: those on
// their lines, those right above at their own column, and those below that are indented deeper.
func (d *Draft) removeBlock(c *Node, i, j, n int) {
	p := d.page
	start, _ := p.entry(c, i)
	_, end := p.entry(c, j)
	if !p.leads(start) {
		// The first entry stands behind a dash: the next one moves up to it.
		if j+1 >= n {
			d.Fail("%s: nothing would be left of what stands here", c.Span())
			return
		}
		next, _ := p.entry(c, j+1)
		d.Change(start, next, "")
		return
	}
	column := p.column(start)
	end = p.lineEnd(end)
	for {
		next := p.nextLine(end)
		if next < 0 || p.comment(next) <= column {
			break
		}
		end = p.lineEnd(next)
	}
	top := p.lineStart(start)
	for top > 0 {
		above := p.lineStart(p.before(top))
		if p.comment(above) != column || p.commentedOut(above) {
			break
		}
		top = above
	}
	// Of the blank lines around, those above go if there are others below, or nothing to part from.
	if next := p.nextLine(end); next < 0 || p.blank(next) || j+1 == n {
		for top > 0 && p.blank(p.lineStart(p.before(top))) {
			top = p.lineStart(p.before(top))
		}
	}
	if top == 0 {
		d.Change(top, max(p.nextLine(end), end), "")
		return
	}
	d.Change(p.before(top), end, "")
}

// before is the end of the line above the one that starts at top.
func (p *Page) before(top int) int {
	if top > 0 && p.Data[top-1] == '\n' {
		top--
		if top > 0 && p.Data[top-1] == '\r' {
			top--
		}
		return top
	}
	return max(top-1, 0)
}

// nextLine is the start of the line below the one that ends at end; -1 if there is none.
func (p *Page) nextLine(end int) int {
	if end >= len(p.Data) {
		return -1
	}
	if next := afterBreak(p.Data, end); next < len(p.Data) {
		return next
	}
	return -1
}

// comment is the column of the comment that the line holds alone; -1 if it holds something else.
func (p *Page) comment(line int) int {
	if p.JSON {
		return -1
	}
	i := line
	for at(p.Data, i) == ' ' || at(p.Data, i) == '\t' {
		i++
	}
	if at(p.Data, i) != '#' {
		return -1
	}
	return i - line
}

// commentedOut reports whether a comment looks like an entry that was taken out: it belongs to nothing.
func (p *Page) commentedOut(line int) bool {
	text := strings.TrimLeft(string(p.Data[line:p.lineEnd(line)]), " \t#")
	return strings.HasPrefix(text, "- ")
}

// behindWhite is the place behind the blanks at a place.
func (p *Page) behindWhite(i int) int {
	for at(p.Data, i) == ' ' || at(p.Data, i) == '\t' {
		i++
	}
	return i
}

func (p *Page) blank(line int) bool {
	return strings.TrimSpace(string(p.Data[line:p.lineEnd(line)])) == ""
}

// Insert writes a whole entry, made by Copy, before an entry of a mapping: on lines of its own, parted as the
// entry is from the one behind it.
func (d *Draft) Insert(m *Node, before int, entry string) {
	p := d.page
	start, end := p.entry(m, before)
	if m.Style == Flow {
		separator := p.habits.comma
		if p.overLines(m) {
			separator = ",\n" + p.lead(start)
		}
		d.Change(start, start, entry+separator)
		return
	}
	d.Change(start, start, entry+p.gapBehind(m, before, end)+spaces(p.column(start)))
}

// Precede writes a new entry before an entry of a mapping, above the comments that belong to that one, parted from it as
// it is from what stands before it.
func (d *Draft) Precede(m *Node, before int, key string, v Value) {
	p := d.page
	start, end := p.entry(m, before)
	if m.Style == Flow || !p.leads(start) {
		d.Insert(m, before, d.flowText(m, Slot{Old: -1, New: &v, Key: key}, p.lead(start)))
		return
	}
	column, top := p.column(start), p.lineStart(start)
	for top > 0 {
		above := p.lineStart(p.before(top))
		if p.comment(above) != column || p.commentedOut(above) {
			break
		}
		top = above
	}
	breaks := "\n"
	if before == 0 && p.gapBehind(m, before, end) != breaks || before > 0 && top > 0 && p.blank(p.lineStart(p.before(top))) {
		breaks += "\n"
	}
	d.Change(top, top, p.Entry(column, key, v)+breaks)
}

// gapBehind is the line breaks that part an entry of a block mapping from the next, or from the one before where
// it is the last.
func (p *Page) gapBehind(m *Node, i, end int) string {
	next := p.nextLine(p.lineEnd(end))
	if i+1 >= own(m) && i > 0 {
		_, e := p.entry(m, i-1)
		next = p.nextLine(p.lineEnd(e))
	}
	breaks := "\n"
	for next >= 0 && p.blank(next) && next < len(p.Data) {
		breaks += "\n"
		next = p.nextLine(p.lineEnd(next))
	}
	return breaks
}

// Append writes a whole entry, made by Copy or a Value, behind the last entry of a mapping.
func (d *Draft) Append(m *Node, key string, v Value) {
	p := d.page
	n := own(m)
	if n == 0 || m.Style == Flow {
		plan := make([]Slot, 0, n+1)
		for i := range n {
			plan = append(plan, Stay(i))
		}
		d.Entries(m, append(plan, Slot{Old: -1, New: &v, Key: key}))
		return
	}
	start, _ := p.entry(m, 0)
	_, end := p.entry(m, n-1)
	column := p.column(start)
	end = p.lineEnd(end)
	text := p.scalar(Text(key), false) + ":" + p.behind(v, place{column: column})
	_, last := p.entry(m, n-1)
	d.Change(end, end, p.gapBehind(m, n-1, last)+spaces(column)+text)
}

// Edits are the changes, in the order of the file; an error if something could not be expressed.
func (d *Draft) Edits() ([]source.Edit, error) {
	if d.err != nil {
		return nil, d.err
	}
	return settle(d.edits), nil
}

// settle sorts edits and leaves out those within a part that is removed or replaced as a whole.
func settle(edits []source.Edit) []source.Edit {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b source.Edit) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		aInserts, bInserts := a.Span.End == a.Span.Start, b.Span.End == b.Span.Start
		if aInserts != bInserts {
			if aInserts {
				return -1
			}
			return 1
		}
		return b.Span.End - a.Span.End
	})
	var out []source.Edit
	end := 0
	for _, e := range sorted {
		if len(out) > 0 && e.Span.Start < end {
			continue
		}
		out = append(out, e)
		end = max(end, e.Span.End)
	}
	return out
}

// Reworded is a text in the quotes of the scalar that it takes the place of; one with a tag, or none, gives no example.
func Reworded(n *Node, text string) Value {
	if n != nil && n.Kind == Scalar && n.Tag == "" {
		switch n.Style {
		case SingleQuoted:
			return Quoted(text, '\'')
		case DoubleQuoted:
			return Quoted(text, '"')
		case Plain, Literal, Folded, Flow, Block:
		}
	}
	return Text(text)
}
