package terraform

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// removeItems takes fields out of a list or an object, each with its comma and, where it stands alone, its line.
func removeItems(p *patch, file string, data []byte, spans [][2]int, gone []int, start, end int) {
	isGone := map[int]bool{}
	for _, i := range gone {
		isGone[i] = true
	}
	for _, i := range gone {
		from, to := spans[i][0], spans[i][1]
		// The comma behind it, else the one before.
		behind := to
		for behind < end && (data[behind] == ' ' || data[behind] == '\t') {
			behind++
		}
		comma := behind < end && data[behind] == ','
		if comma {
			to = behind + 1
		} else if next := to + len(data[to:end]) - len(strings.TrimLeft(string(data[to:end]), " \t\r\n")); next < end && data[next] == ',' {
			to, comma = next+1, true
		}
		if !comma {
			// The last one: what stays before it must not end in a comma where it did not before.
			last := i - 1
			for last >= 0 && isGone[last] {
				last--
			}
			if last >= 0 && strings.Contains(string(data[spans[last][1]:from]), ",") && !isGoneBetween(isGone, last+1, i) {
				c := spans[last][1] + strings.IndexByte(string(data[spans[last][1]:from]), ',')
				p.put(file, c, c+1, "")
			} else if last >= 0 && isGoneBetween(isGone, last+1, i) {
				if c := strings.IndexByte(string(data[spans[last][1]:spans[last+1][0]]), ','); c >= 0 {
					p.put(file, spans[last][1]+c, spans[last][1]+c+1, "")
				}
			}
		}
		first := lineStart(data, from)
		rest := strings.IndexByte(string(data[to:]), '\n')
		alone := strings.TrimSpace(string(data[first:from])) == "" && rest >= 0 && (strings.TrimSpace(string(data[to:to+rest])) == "" || isComment(string(data[to:to+rest])))
		switch {
		case alone:
			from, to = first, to+rest+1
		default:
			for to < end && (data[to] == ' ' || data[to] == '\t') && comma {
				to++
			}
			if !comma {
				for from > start && (data[from-1] == ' ' || data[from-1] == '\t') {
					from--
				}
			}
		}
		p.put(file, from, to, "")
	}
}

func isGoneBetween(gone map[int]bool, from, to int) bool {
	for i := from; i < to; i++ {
		if gone[i] {
			return true
		}
	}
	return false
}

// isComment reports whether the rest of a line is a comment of HCL.
func isComment(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "#") || strings.HasPrefix(s, "//")
}

func lineStart(data []byte, at int) int {
	return strings.LastIndexByte(string(data[:at]), '\n') + 1
}

// removeStatements takes statements out of their lists, or their blocks.
func (p *patch) removeStatements(list []*policy.Statement) error {
	lists := map[source.Span][]*site{}
	var order []source.Span
	for _, st := range list {
		s, err := p.site(st.Span)
		if err != nil {
			return err
		}
		switch {
		case s.block != nil:
			g, err := p.open(s)
			if err != nil {
				return err
			}
			from, to := g.blockLines(s.span.Start, s.span.End)
			p.put(s.span.File, p.withBlank(s.span.File, from), to, "")
		case s.list == nil:
			return fmt.Errorf("%s: this statement does not stand in a list, so it cannot be taken out", s.span)
		default:
			if lists[s.list.span] == nil {
				order = append(order, s.list.span)
			}
			lists[s.list.span] = append(lists[s.list.span], s)
		}
	}
	for _, at := range order {
		sites := lists[at]
		var spans [][2]int
		var gone []int
		l := sites[0].list
		if l.tuple != nil {
			for _, e := range l.tuple.Exprs {
				spans = append(spans, [2]int{e.Range().Start.Byte, e.Range().End.Byte})
			}
		} else if l.object != nil {
			for _, i := range l.object.Items {
				spans = append(spans, [2]int{i.KeyExpr.Range().Start.Byte, i.ValueExpr.Range().End.Byte})
			}
		} else {
			for _, n := range l.text.items {
				spans = append(spans, [2]int{n.start, n.end})
			}
		}
		for _, s := range sites {
			gone = append(gone, slices.IndexFunc(spans, func(x [2]int) bool { return x[0] <= s.span.Start && s.span.End <= x[1] }))
		}
		slices.Sort(gone)
		removeItems(p, at.File, p.in.Files[at.File], spans, gone, at.Start, at.End)
	}
	return nil
}

// withBlank takes in the blank line before a place.
func (p *patch) withBlank(file string, from int) int {
	data := p.in.Files[file]
	if from > 1 && data[from-1] == '\n' && data[from-2] == '\n' {
		return from - 1
	}
	return from
}
