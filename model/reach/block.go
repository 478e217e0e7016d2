package reach

import "slices"

// Nearly half of a large account may reach each other, by way of somebody who reaches everybody: a component that has to do
// with every edit. What it reaches is put together of blocks, so that an edit is about the blocks of those whom it changes.

// greatFrom is how many members and steps onward a component has at least to be divided.
const greatFrom = 256

// A block is some members of a component and some of what is one step on from them, a word of a set of each, and what
// these reach. Its sets are never written after they are made.
type block struct {
	word            int
	members, onward uint64
	rules           [2]realms
	actors          set
	wet             [depths]set
}

// divide makes the blocks of a component. Those of which nothing changed are the old ones.
func (m *flowing) divide(members []int32, c int32, old []block) []block {
	m.inside, m.outside = cleared(m.inside, len64(m.f.next.Len())), cleared(m.outside, len64(m.f.next.Len()))
	for _, v := range members {
		m.inside.put(v)
		for _, to := range m.f.next.At(v) {
			if m.f.component[to] != c {
				m.outside.put(to)
			}
		}
	}
	all := component{alone: -1}
	if len(members) == 1 {
		all.alone = members[0]
	}
	blocks := make([]block, 0, len(m.inside))
	for word := range m.inside {
		b := block{word: word, members: m.inside[word], onward: m.outside[word]}
		if b.members|b.onward == 0 {
			continue
		}
		for len(old) > 0 && old[0].word < word {
			old = old[1:]
		}
		if len(old) > 0 && old[0].word == word && old[0].members == b.members && old[0].onward == b.onward && m.keepsBlock(&b) {
			blocks = append(blocks, old[0])
			continue
		}
		m.clear()
		all.rules = [2]realms{}
		b.eachOf(b.members, func(v int32) { m.bring(v, &all) })
		b.eachOf(b.onward, func(to int32) { m.take(to, m.f.component[to], &all.rules) })
		b.rules, b.actors = all.rules, slices.Clone(m.actors)
		for d := range m.wet {
			if d > 0 && slices.Equal(m.wet[d], m.wet[d-1]) {
				b.wet[d] = b.wet[d-1]
			} else {
				b.wet[d] = slices.Clone(m.wet[d])
			}
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// keepsBlock reports whether nothing changed of the members of a block and of what is one step on.
func (m *flowing) keepsBlock(b *block) bool {
	if b.word < len(m.changed) && m.changed[b.word]&b.members != 0 {
		return false
	}
	kept := true
	b.eachOf(b.onward, func(to int32) { kept = kept && m.kept[m.f.component[to]] })
	return kept
}

// eachOf calls do for the members of a word of the block.
func (b *block) eachOf(word uint64, do func(i int32)) {
	set{word}.each(func(i int32) bool {
		do(int32(b.word)<<6 + i)
		return true
	})
}

// add adds what a block reaches to the sets at hand, and to its component whether somebody rules.
func (m *flowing) add(b *block, c *component) {
	m.actors.join(b.actors)
	for d := range m.wet {
		m.wet[d].join(b.wet[d])
	}
	for k, r := range b.rules {
		c.rules[k] |= r
	}
}
