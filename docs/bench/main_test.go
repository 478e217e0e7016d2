package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	for _, c := range []struct {
		name, in  string
		out, errs []string // in the table, in what is said beside it
		failed    bool
		err       bool
	}{
		{"a benchmark without target", "goos: linux\npkg: bulkhead/model\ncpu: Abacus\nBenchmarkA-2 \t 10\t 1500000 ns/op\t 20 B/op\t 3 allocs/op\nPASS\nok  \tbulkhead/model\t1s\n",
			[]string{"model BenchmarkA-2 1.5ms 3"}, []string{"cpu: Abacus"}, false, false},
		{"a target met", "pkg: bulkhead/a\nBenchmarkA-2 10 1500000 ns/op 2000000 target-ns/op 7.5 MB/s\n", []string{"a BenchmarkA-2 1.5ms 2ms met 7.5 MB/s"}, nil, false, false},
		{"a target missed", "BenchmarkA-2 10 2500000 ns/op 2000000 target-ns/op\n", []string{"BenchmarkA-2 2.5ms 2ms OVER"}, nil, false, false},
		{"processor time", "BenchmarkA-2 10 2500000 ns/op 1000000 cpu-ns/op 2000000 target-ns/op\n", []string{"BenchmarkA-2 2.5ms 1ms 2ms met"}, nil, false, false},
		{"processor time missed", "BenchmarkA-2 10 1500000 ns/op 2100000 cpu-ns/op 2000000 target-ns/op\n", []string{"OVER"}, nil, false, false},
		{"one that logs", "BenchmarkA-2 10\t 1500 ns/op\n--- BENCH: BenchmarkA-2\n    a.go:1: something\nBenchmarkB-2 5 300 ns/op\n",
			[]string{"BenchmarkA-2 1.5µs", "BenchmarkB-2 300 ns"}, nil, false, false},
		{"one that is skipped", "--- SKIP: BenchmarkA\n    a.go:1: no corpus\nBenchmarkB-2 5 300 ns/op\n", []string{"BenchmarkB-2 300 ns"}, nil, false, false},
		{"one that fails", "BenchmarkB-2 5 300 ns/op\n--- FAIL: BenchmarkA\n    a.go:1: broken\nFAIL\n", []string{"BenchmarkB-2 300 ns"}, []string{"--- FAIL: BenchmarkA", "FAIL"}, true, false},
		{"a panic", "BenchmarkA-2 panic: oh\n\ngoroutine 1 [running]:\nFAIL\tbulkhead/a\t1s\n", nil, []string{"panic: oh", "goroutine 1"}, true, false},
		{"no build", "FAIL\tbulkhead/a [build failed]\n", nil, []string{"[build failed]"}, true, false},
		{"nothing", "", nil, nil, false, true},
		{"no end of line", "BenchmarkA-2 10 15 ns/op", []string{"BenchmarkA-2 15 ns"}, nil, false, false},
		{"a long line", strings.Repeat("x", 1<<20) + "\nBenchmarkA-2 10 15 ns/op\n", []string{"BenchmarkA-2 15 ns"}, nil, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs strings.Builder
			failed, err := table(strings.NewReader(c.in), &out, &errs)
			if failed != c.failed || (err != nil) != c.err {
				t.Errorf("failed %v, %v", failed, err)
			}
			text := regexp.MustCompile(` +`).ReplaceAllString(out.String(), " ")
			for _, want := range c.out {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			for _, want := range c.errs {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("no %q in\n%s", want, errs.String())
				}
			}
		})
	}
}
