package yamlpos

// Members gathers what becomes of a mapping's own entries, for one call of Entries.
type Members struct {
	node *Node
	gone map[int]bool
	set  map[int]Slot
	more []Slot
}

// MembersOf starts with every entry staying as it is. A nil or other node has no entries.
func MembersOf(m *Node) *Members {
	return &Members{node: m, gone: map[int]bool{}, set: map[int]Slot{}}
}

// Index is the place of a key among the own entries, of duplicates the last; -1 if there is none.
func (m *Members) Index(key string) int {
	found := -1
	if m.node == nil || m.node.Kind != Mapping {
		return found
	}
	for i, p := range m.node.Pairs() {
		if !p.Merged && p.Key.Value == key {
			found = i
		}
	}
	return found
}

// Value is the value of an own entry, nil if there is none.
func (m *Members) Value(key string) *Node {
	if i := m.Index(key); i >= 0 {
		return m.node.Pairs()[i].Value
	}
	return nil
}

// Remove takes an entry out.
func (m *Members) Remove(key string) {
	if i := m.Index(key); i >= 0 {
		m.gone[i] = true
	}
}

// Set puts a value in the place of an entry's, or behind all others.
func (m *Members) Set(key string, v Value) {
	if i := m.Index(key); i >= 0 {
		m.set[i] = Slot{Old: i, New: &v, Key: key}
		return
	}
	m.more = append(m.more, Slot{Old: -1, New: &v, Key: key})
}

// Swap puts another key and value in the place of an entry.
func (m *Members) Swap(old, key string, v Value) {
	if i := m.Index(old); i >= 0 {
		m.set[i] = Slot{Old: i, New: &v, Key: key}
		return
	}
	m.Set(key, v)
}

// Empty reports whether no entry is left, own or merged.
func (m *Members) Empty() bool {
	return m.node != nil && len(m.gone) == len(m.node.Pairs()) && len(m.more) == 0
}

// Changed reports whether entries come, go or get another value.
func (m *Members) Changed() bool { return len(m.gone)+len(m.set)+len(m.more) > 0 }

// Write makes the changes.
func (m *Members) Write(d *Draft) {
	if !m.Changed() {
		return
	}
	var plan []Slot
	for i, p := range m.node.Pairs() {
		switch s, ok := m.set[i]; {
		case p.Merged || m.gone[i]:
		case ok:
			plan = append(plan, s)
		default:
			plan = append(plan, Stay(i))
		}
	}
	// What comes is not put into the place of what goes: another key is another entry.
	if len(m.more) > 0 && len(m.gone) > 0 {
		d.entries(m.node, own(m.node), plan)
		all := make([]Slot, 0, len(plan)+len(m.more))
		for i := range own(m.node) {
			all = append(all, Stay(i))
		}
		plan = append(all, m.more...)
	} else {
		plan = append(plan, m.more...)
	}
	d.entries(m.node, own(m.node), plan)
}
