package live_test

import (
	"testing"
	"time"

	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
)

// BenchmarkTake imports an account of 2,000 functions over loopback, with every tenth try throttled.
func BenchmarkTake(b *testing.B) {
	isolated(b)
	a := filled(2000, 50)
	a.Faults = func(c fakeaws.Call) fakeaws.Fault {
		if some(c, 10) {
			return fakeaws.Throttled
		}
		return fakeaws.Fine
	}
	client, err := live.Access{Region: fakeaws.Region, Endpoint: a.Serve(b)}.Open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	who, err := client.Identify(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Minute), "target-ns/op")
	for b.Loop() {
		s, err := client.Take(b.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
		if err != nil || len(s.Functions) != 2000 || len(s.Problems) != 0 {
			b.Fatalf("%d functions, %v, %v", len(s.Functions), s.Problems, err)
		}
	}
}
