package reach

import "slices"

// Nearly half of a large account may reach each other: a single component, of which every edit changes somebody. Its members
// are divided into blocks, so that an edit is about the blocks of those whom it changes.

// greatFrom is how many members a component has at least to be divided.
const greatFrom = 2 * blockSize

// blockSize is how many actors and hubs a block has at most: those of one word of a set.
const blockSize = 64

// A block is some members of a component, and what they reach by themselves and by the components next to them. It is
// never written after it is made.
type block struct {
	at      int32  // the members' word …
	members uint64 // … and which of it they are
	rules   [2]bool
	actors  set
	wet     [depths]set
}

// divide makes the blocks of a component. Those of which nothing changed are the old component's.
func (m *flowing) divide(members []int32, c int32, old *component) []block {
	slices.Sort(members)
	blocks := make([]block, 0, len(members)/blockSize+1)
	before := old.blocks
	for len(members) > 0 {
		b := block{at: members[0] / blockSize}
		n := 0
		for ; n < len(members) && members[n]/blockSize == b.at; n++ {
			b.members |= 1 << (members[n] % blockSize)
		}
		for len(before) > 0 && before[0].at < b.at {
			before = before[1:]
		}
		if len(before) > 0 && before[0].at == b.at && before[0].members == b.members && m.steadfast(members[:n], c) {
			b = before[0]
		} else {
			m.clear()
			b.rules, _ = m.gather(members[:n], c)
			for _, v := range members[:n] {
				if int(v) < len(m.an.actors) {
					m.actors.put(v)
				}
			}
			b.actors = slices.Clone(m.actors)
			for d := range m.wet {
				if d > 0 && slices.Equal(m.wet[d], m.wet[d-1]) {
					b.wet[d] = b.wet[d-1]
				} else {
					b.wet[d] = slices.Clone(m.wet[d])
				}
			}
		}
		blocks = append(blocks, b)
		members = members[n:]
	}
	return blocks
}

// steadfast reports whether members of a block are as they were in the old flow, and what is next to them: inside of the
// component what was inside, outside of it what was outside and is as it was.
func (m *flowing) steadfast(members []int32, c int32) bool {
	for _, v := range members {
		if int(v) >= len(m.old.component) || int(v) < len(m.an.actors) && m.changed.has(v) {
			return false
		}
		was := m.old.component[v]
		for _, to := range m.f.next[v] {
			o := m.f.component[to]
			inside := int(to) < len(m.old.component) && m.old.component[to] == was
			if inside != (o == c) || o != c && !m.kept[o] {
				return false
			}
		}
	}
	return true
}

// add adds what a block reaches to the sets at hand, and to its component whether somebody rules.
func (m *flowing) add(b *block, c *component) {
	m.actors.join(b.actors)
	for d := range m.wet {
		m.wet[d].join(b.wet[d])
	}
	for k := range b.rules {
		c.rules[k] = c.rules[k] || b.rules[k]
	}
}
