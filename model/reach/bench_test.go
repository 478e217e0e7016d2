package reach

import (
	"fmt"
	"runtime"
	"strings"
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

// Accounts in which everybody has to do with everybody else. Allocations and what is held are to grow with the number of principals,
// not with its square.
func BenchmarkDense(b *testing.B) {
	catalog.Load()
	for _, kind := range []string{"roles", "policies", "policies and roles", "versions", "trust", "users", "open roles", "open roles and policies"} {
		for _, n := range []int{500, 2000, 5000} {
			b.Run(fmt.Sprintf("%s/principals=%d", strings.ReplaceAll(kind, " ", "-"), n), func(b *testing.B) {
				d := dense(b, kind, n)
				before := inUse()
				var a *Analysis
				for b.Loop() {
					a = nil
					a = analyse(b, d, nil)
					a.Measures(false)
					a.Measures(true)
				}
				b.ReportMetric(float64(inUse()-before)/(1<<20), "MB-held")
				runtime.KeepAlive(a)
			})
		}
	}
}
