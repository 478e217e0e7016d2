package yamlpos

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// pieceBytes is how much text the library is given at once where a file can be read in pieces. Its nodes take fifteen times the text,
// and those of one piece are let go of before the next is read.
const pieceBytes = 64 << 10

// pieceDepth is how deep a text is taken apart: a template's resources are entries of an entry.
const pieceDepth = 2

// inPieces reads a long block mapping some entries at a time. ok is false where that is not surely the same as reading all at once:
// for texts that are something else, that are no YAML, that have several documents or aliases from one piece to another.
func (p *parser) inPieces() (root *Node, ok bool) {
	if len(p.data) <= p.piece || bytes.HasPrefix(p.data, []byte("---")) || bytes.HasPrefix(p.data, []byte("%")) ||
		bytes.Contains(p.data, []byte("\n---")) || bytes.Contains(p.data, []byte("\n...")) || bytes.Contains(p.data, []byte("\n%")) {
		return nil, false
	}
	q := *p // what a text tells that is read again must not be told twice
	q.lines = newLines(q.data)
	q.nodes, q.open = map[*yaml.Node]*Node{}, map[*yaml.Node]bool{}
	if root, ok = q.block(stretch{0, len(q.data)}, 0, context{indent: -1}); !ok {
		return nil, false
	}
	q.base = 0
	*p = q
	return root, true
}

// A stretch is the bytes of whole lines.
type stretch struct{ start, end int }

// block reads the mapping whose keys stand in a column. A long entry that is a mapping itself is taken apart in its turn.
func (p *parser) block(s stretch, column int, c context) (*Node, bool) {
	entries := p.entries(s, column)
	if len(entries) == 0 {
		return nil, false
	}
	start := entries[0].start + column
	n := (&Node{Kind: Mapping, Style: Block, size: 1}).At(p.at(start, start))
	c.indent = column
	c.depth++
	end := start
	take := func(s stretch) (ok bool) {
		end, ok = p.read(n, s, column, end, c)
		return ok
	}
	run := stretch{entries[0].start, entries[0].start} // short entries, not read yet
	for _, e := range entries {
		if e.end-e.start > p.piece && c.depth <= pieceDepth {
			if head, below, inner := p.parted(e, column); inner > column {
				if run.end > run.start && !take(run) || !take(head) {
					return nil, false
				}
				value, ok := p.block(below, inner, c)
				if !ok {
					return nil, false
				}
				last := &n.Pairs()[len(n.Pairs())-1]
				n.size += value.size - last.Value.size
				last.Value = value
				end = max(end, value.Span().End)
				run = stretch{e.end, e.end}
				continue
			}
		}
		run.end = e.end
		if run.end-run.start >= p.piece {
			if !take(run) {
				return nil, false
			}
			run.start = run.end
		}
	}
	if run.end > run.start && !take(run) {
		return nil, false
	}
	n.at.end = int32(end)
	p.duplicates(n.Pairs())
	return n, true
}

// read adds what the library reads in some lines to a mapping, and returns where that ends.
func (p *parser) read(n *Node, s stretch, column, end int, c context) (int, bool) {
	y := p.document(p.data[s.start:s.end])
	if y == nil || y.Kind != yaml.MappingNode || y.Style&yaml.FlowStyle != 0 || y.Column != column+1 || y.Anchor != "" || y.Tag != "!!map" {
		return end, false
	}
	line, _ := p.lines.position(s.start)
	p.base = line - 1
	end, merges, err := p.pairs(n, y, end, c)
	return end, err == nil && len(merges) == 0 // what a merge key brings stands behind all the others
}

// document is what the library reads in a text that has one document; nil where it does not.
func (p *parser) document(data []byte) (y *yaml.Node) {
	defer func() {
		if recover() != nil { // what it did not foresee
			y = nil
		}
	}()
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil
	}
	return doc.Content[0]
}

// entries are the entries of a block mapping, with what follows each of them up to the next. Text in quotes or brackets that goes on
// in the column of the keys is taken apart wrongly; no part of it is YAML then.
func (p *parser) entries(s stretch, column int) []stretch {
	var out []stretch
	for i := s.start; i < s.end; {
		end := s.end
		if n := bytes.IndexByte(p.data[i:s.end], '\n'); n >= 0 {
			end = i + n + 1
		}
		line := p.data[i:end]
		at := indentOf(line)
		switch {
		case at == len(line) || line[at] == '\r' || line[at] == '\n' || line[at] == '#':
		case at < column:
			return nil
		case at == column && startsKey(line[at:]):
			out = append(out, stretch{i, end})
		case len(out) == 0:
			return nil
		}
		if len(out) > 0 {
			out[len(out)-1].end = end
		}
		i = end
	}
	return out
}

// parted takes an entry that is a key alone on its line apart from the mapping below it, whose keys stand in column inner; that is -1
// for any other entry.
func (p *parser) parted(e stretch, column int) (head, below stretch, inner int) {
	n := bytes.IndexByte(p.data[e.start:e.end], '\n')
	if n < 0 {
		return e, e, -1
	}
	head, below = stretch{e.start, e.start + n + 1}, stretch{e.start + n + 1, e.end}
	_, rest, _ := bytes.Cut(p.data[e.start+column:head.end], []byte(":"))
	if rest = bytes.TrimSpace(rest); len(rest) > 0 && rest[0] != '#' {
		return e, e, -1
	}
	for i := below.start; i < below.end; {
		line := p.data[i:below.end]
		at := indentOf(line)
		end := bytes.IndexByte(line, '\n')
		switch {
		case at == len(line) || end < 0:
			return e, e, -1
		case at == end || line[at] == '\r' || line[at] == '#':
			i += end + 1
		case startsKey(line[at:end]):
			return head, below, at
		default:
			return e, e, -1
		}
	}
	return e, e, -1
}

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// startsKey reports whether a line is surely a key, if it is not within a text: only such begin a piece.
func startsKey(line []byte) bool {
	if c := line[0]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
		return false
	}
	for i, c := range line {
		if c == ':' {
			return i+1 == len(line) || white(line, i+1) > 0
		}
		if c == ' ' || c == '#' {
			return false
		}
	}
	return false
}
