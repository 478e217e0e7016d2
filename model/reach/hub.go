package reach

import "maps"

// Thousands have the same row, whose edges lead to thousands: in the graph of actors they go through a hub. Many lack one or another
// of its edges, the one to themselves above all, so that a hub of many edges leads to hubs of blocks of them: who lacks an edge goes
// by those of all other blocks.

// A hub is where all have come who have a row: what is one step on from it are the row's edges, or a block of them.
type hub struct {
	row   *row
	block int32 // -1: all
}

// blockSize is how many edges a block has at most.
const blockSize = 64

// blocks is how many a row has.
func (r *row) blocks() int32 { return int32((len(r.best) + blockSize - 1) / blockSize) }

// block is one of a row's.
func (r *row) block(k int32) []edge {
	return r.best[k*blockSize : min(int(k+1)*blockSize, len(r.best))]
}

// hub is where a hub stands in the flow, a new one where it was not there. lead adds to a list where an edge leads.
func (m *flowing) hub(h hub, lead func(from int32, out []int32, e *edge) []int32) int32 {
	if at, ok := m.f.hubs[h]; ok {
		return at
	}
	if !m.hubs {
		m.f.hubs, m.hubs = maps.Clone(m.f.hubs), true
	}
	var out []int32
	n := h.row.blocks()
	if h.block < 0 && n > 1 {
		for k := range n {
			out = append(out, m.hub(hub{h.row, k}, lead))
		}
	}
	at := int32(m.f.next.Len())
	if out == nil {
		edges := h.row.best
		if h.block >= 0 {
			edges = h.row.block(h.block)
		}
		for k := range edges {
			out = lead(at, out, &edges[k])
		}
	}
	m.f.hubs[h] = at
	m.f.next.Add(out)
	m.steady = false
	return at
}
