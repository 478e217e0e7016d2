package hull

import (
	"testing"

	"bulkhead/render"
)

// BenchmarkDraw draws a fleet of 26 compartments; BenchmarkLayout lays it out; BenchmarkLayoutLarge one of 500, of
// which the driest share a bay.
func BenchmarkDraw(b *testing.B) {
	v := fleet(b, 26).view("", "Checkout")
	for b.Loop() {
		render.Draw(v)
	}
}

func BenchmarkLayout(b *testing.B) {
	d := render.Draw(fleet(b, 26).view("", "Checkout"))
	for b.Loop() {
		layout(b, d)
	}
}

func BenchmarkLayoutLarge(b *testing.B) {
	d := render.Draw(fleet(b, 500).view("", "Checkout"))
	for b.Loop() {
		layout(b, d)
	}
}
