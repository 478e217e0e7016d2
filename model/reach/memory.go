package reach

// mostRemembered is how many steps of a kind an analysis remembers of those asked for last, at least; twice as many at most. What a
// breach shows is far less; what all breaches of an account show would be hundreds of megabytes.
var mostRemembered = 4096

// A memory keeps what was asked for last: what was not asked for while as many others were is forgotten. It is not safe for
// concurrent use.
type memory[K comparable, V any] struct {
	young, old map[K]V
}

// get is what is remembered of a key.
func (m *memory[K, V]) get(key K) (V, bool) {
	if v, ok := m.young[key]; ok {
		return v, true
	}
	v, ok := m.old[key]
	if ok {
		m.put(key, v)
	}
	return v, ok
}

// put remembers a value.
func (m *memory[K, V]) put(key K, v V) {
	if m.young == nil || len(m.young) >= mostRemembered {
		m.old, m.young = m.young, map[K]V{}
	}
	m.young[key] = v
}
