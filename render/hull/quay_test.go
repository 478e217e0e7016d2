package hull

import (
	"fmt"
	"slices"
	"testing"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
)

// TestQuay: at most twelve guests are drawn, those that can run as a compartment before those that can only feed one
// or do nothing, grouped by who can become them; the rest are counted, and no breach moves any.
func TestQuay(t *testing.T) {
	d := render.Draw(lambdashell(t).view("", ""))
	bay := d.Bays[0].ID
	for i := range 30 {
		g := &render.Guest{ID: model.ID(fmt.Sprintf("role/R%02d", i)), Name: fmt.Sprintf("R%02d", i), Icon: "role", Group: render.Group(3 - i%4)}
		d.Quay = append(d.Quay, g)
		if i >= 10 {
			d.Doors = append(d.Doors, &render.Door{From: g.ID, To: bay, Runs: i >= 20, Name: d.Bays[0].Name})
		}
	}
	p := newPlan(font.Metrics(), []*render.Diagram{d}, Layout{}.room(1))
	if len(p.quay.at) == 0 || len(p.quay.at) > maxGuests || p.quay.more.w == 0 {
		t.Fatalf("%d guests are drawn, the rest counted: %t", len(p.quay.at), p.quay.more.w > 0)
	}
	var drawn []*render.Guest
	for i, g := range d.Quay {
		if _, ok := p.quay.at[g.ID]; ok {
			drawn = append(drawn, g)
		} else if i >= 20 && len(p.quay.at) == maxGuests {
			t.Errorf("%s can run as a compartment and is not drawn", g.Name)
		}
	}
	slices.SortFunc(drawn, func(a, b *render.Guest) int {
		p, q := p.quay.at[a.ID], p.quay.at[b.ID]
		if p.y != q.y {
			return int(p.y - q.y)
		}
		return int(p.x - q.x)
	})
	if !slices.IsSortedFunc(drawn, func(a, b *render.Guest) int { return int(a.Group) - int(b.Group) }) {
		t.Error("the groups are mixed")
	}
	sound(t, "quay", []*render.Diagram{d})
	before := p.quay
	for i, g := range d.Quay {
		if i%3 == 0 {
			g.State, g.Hop, g.By = render.Held, 2, "a name that is longer than any room on the quay is wide"
		}
	}
	sound(t, "quay, held", []*render.Diagram{d})
	after := newPlan(font.Metrics(), []*render.Diagram{d}, Layout{}.room(1)).quay
	for id, at := range before.at {
		if after.at[id] != at {
			t.Errorf("%s moves with the breach", id)
		}
	}
}
