package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bulkhead/internal/corpus"
	"bulkhead/model/policy"
)

// The decision cases of the corpus, compiled, each decided in turn: what "simulate" does for each line when it has
// been read. The cases that ask for some context search one, and are left out.
func BenchmarkSimulateCases(b *testing.B) {
	const target = 500 * time.Nanosecond
	type decision struct {
		stack *policy.Stack
		req   policy.Request
	}
	var all []decision
	for _, name := range []string{"semantics.jsonl", "iamspy-requests.jsonl"} {
		data, err := os.ReadFile(filepath.Join(corpus.Dir(b), "iam-eval", name))
		if err != nil {
			b.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			var c simulationCase
			if err := json.Unmarshal(line, &c); err != nil {
				b.Fatal(err)
			}
			stack, req, err := c.compile()
			if err != nil {
				b.Fatal(err)
			}
			if !req.Open {
				all = append(all, decision{stack, req})
			}
		}
	}
	b.ReportAllocs()
	var d policy.Decision
	i := 0
	for b.Loop() {
		c := &all[i]
		c.stack.EvaluateInto(&c.req, &d)
		if i++; i == len(all) {
			i = 0
		}
	}
	b.ReportMetric(float64(len(all)), "cases")
	b.ReportMetric(float64(target), "target-ns/op")
}
