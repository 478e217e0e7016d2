// Command bench prints one table of benchmark figures beside their targets.
//
//	go test -bench . ./... | go run ./docs/bench
//
// It reads the benchmarks' own lines; a metric "target-ns/op" that a benchmark reports is its target.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	w := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "package\tbenchmark\tmeasured\ttarget\tallocations\tothers")
	pkg, failed := "", false
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fields := strings.Fields(in.Text())
		switch {
		case len(fields) == 2 && fields[0] == "pkg:":
			pkg = fields[1]
		case len(fields) > 0 && (fields[0] == "FAIL" || fields[0] == "---"):
			fmt.Fprintln(os.Stderr, in.Text())
			failed = true
		case len(fields) >= 4 && strings.HasPrefix(fields[0], "Benchmark"):
			measured, target, allocations, others := "", "", "", ""
			for i := 2; i+1 < len(fields); i += 2 {
				value, unit := fields[i], fields[i+1]
				switch unit {
				case "ns/op":
					measured = duration(value)
				case "target-ns/op":
					target = duration(value)
				case "allocs/op":
					allocations = value
				case "B/op":
				default:
					others += value + " " + unit + "  "
				}
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", strings.TrimPrefix(pkg, "bulkhead/"), fields[0], measured, target, allocations, others)
		}
	}
	if err := w.Flush(); err != nil || failed {
		os.Exit(1)
	}
}

func duration(ns string) string {
	f, err := strconv.ParseFloat(ns, 64)
	if err != nil {
		return ns
	}
	if f < 1000 {
		return fmt.Sprintf("%.3g ns", f)
	}
	return time.Duration(f).Round(time.Duration(f) / 100).String()
}
