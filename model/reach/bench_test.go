package reach

import (
	"testing"

	"bulkhead/model/catalog"
)

// A small design from scratch; accounts of 200 and more principals are measured in app/command.
func BenchmarkSmallDesign(b *testing.B) {
	d := example(b).design()
	catalog.Load()
	for b.Loop() {
		analyse(b, d, nil)
	}
}
