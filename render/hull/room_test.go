package hull

import (
	"context"
	"fmt"
	"testing"

	"bulkhead/render"
	"bulkhead/render/font"
)

// TestRooms: whatever the room, the picture keeps to the rules; it is shown there no smaller than one that was laid out
// for another room (as far as all names can be read whole), and its bays stand in the same order.
func TestRooms(t *testing.T) {
	rooms := []Layout{{}, {Width: 700, Height: 450}, {Width: 1300, Height: 800}, {Width: 1900, Height: 500}, {Width: 420, Height: 1200}, {Width: 1, Height: 1}}
	for _, pic := range pictures(t) {
		n := len(pic.diagrams)
		var order []string
		for i, l := range rooms {
			name := fmt.Sprintf("%s in %.0f × %.0f", pic.name, l.Width, l.Height)
			soundIn(t, name, pic.diagrams, l.room(n))
			p := newPlan(font.Metrics(), pic.diagrams, l.room(n))
			for _, other := range rooms {
				q := newPlan(font.Metrics(), pic.diagrams, other.room(n))
				q.room = p.room
				if len(p.rows) == 1 && len(q.rows) == 1 && p.zoom() < 0.84*q.zoom() {
					t.Errorf("%s: shown at %.2f, as laid out for %.0f × %.0f at %.2f", name, p.zoom(), other.Width, other.Height, q.zoom())
				}
			}
			var bays []string
			scenes, err := l.Layout(context.Background(), font.Metrics(), pic.diagrams...)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range scenes[0].Areas {
				for _, b := range pic.diagrams[0].Bays {
					if a.Element == b.ID && !a.Leads && b.ID != "" {
						bays = append(bays, string(b.ID))
					}
				}
			}
			if i == 0 {
				order = bays
			} else if fmt.Sprint(order) != fmt.Sprint(bays) {
				t.Errorf("%s: the bays are %v, want %v", name, bays, order)
			}
		}
	}
}

// TestRoomAndBreach: the room decides where things stand, and no breach does.
func TestRoomAndBreach(t *testing.T) {
	l := Layout{Width: 700, Height: 450}
	dry := newPlan(font.Metrics(), []*render.Diagram{render.Draw(photos(t).view("", ""))}, l.room(1))
	for _, from := range []string{"Ingest", "Index", "user/ana"} {
		wet := newPlan(font.Metrics(), []*render.Diagram{render.Draw(photos(t).view("", from))}, l.room(1))
		for id, at := range dry.tileAt {
			if wet.tileAt[id] != at {
				t.Errorf("breach of %s: %s stands at %v, and at %v when all is dry", from, id, wet.tileAt[id], at)
			}
		}
		if wet.width != dry.width || wet.height != dry.height {
			t.Errorf("breach of %s: the ship is %.0f × %.0f, else %.0f × %.0f", from, wet.width, wet.height, dry.width, dry.height)
		}
	}
}
