// Command bench prints one table of benchmark figures beside their targets.
//
//	go test -bench . ./... | go run ./docs/bench
//
// It reads the benchmarks' own lines. A metric "target-ns/op" that a benchmark reports is its target; it is held
// against "cpu-ns/op", processor time, where the benchmark reports that, and against the time on the clock otherwise.
// What is over its target is marked; only what fails gives exit code 1, because machines differ.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	failed, err := table(os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	if err != nil || failed {
		os.Exit(1)
	}
}

// table writes the table of the benchmarks of in to out, and what failed, with what was said about it, to errs.
func table(in io.Reader, out, errs io.Writer) (failed bool, err error) {
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "package\tbenchmark\tmeasured\tprocessor\ttarget\t\tallocations\tothers")
	var said []string // by the package at hand, in case it fails
	pkg, rows := "", 0
	lines := bufio.NewReader(in)
	for {
		line, readErr := lines.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case fields[0] == "pkg:" && len(fields) == 2:
			pkg, said = strings.TrimPrefix(fields[1], "bulkhead/"), nil
		case fields[0] == "cpu:" && rows == 0:
			fmt.Fprintln(errs, line)
		case fields[0] == "FAIL" || strings.HasPrefix(line, "--- FAIL"):
			for _, s := range append(said, line) {
				fmt.Fprintln(errs, s)
			}
			said, failed = nil, true
		case len(fields) >= 4 && strings.HasPrefix(fields[0], "Benchmark") && number(fields[1]):
			fmt.Fprintln(w, pkg+"\t"+row(fields))
			rows++
		default:
			said = append(said, line)
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return failed, fmt.Errorf("read benchmarks: %w", readErr)
		}
	}
	if err := w.Flush(); err != nil {
		return failed, fmt.Errorf("write the table: %w", err)
	}
	if rows == 0 && !failed {
		return failed, errors.New("no benchmark ran")
	}
	return failed, nil
}

// row is a benchmark's name and figures: name, iterations, then pairs of value and unit.
func row(fields []string) string {
	values := map[string]string{}
	others := ""
	for i := 2; i+1 < len(fields); i += 2 {
		value, unit := fields[i], fields[i+1]
		switch unit {
		case "ns/op", "cpu-ns/op", "target-ns/op", "allocs/op", "B/op":
			values[unit] = value
		default:
			others += value + " " + unit + "  "
		}
	}
	held := values["cpu-ns/op"]
	if held == "" {
		held = values["ns/op"]
	}
	verdict := ""
	if target, err := strconv.ParseFloat(values["target-ns/op"], 64); err == nil {
		verdict = "met"
		if got, err := strconv.ParseFloat(held, 64); err != nil || got > target {
			verdict = "OVER"
		}
	}
	return strings.Join([]string{fields[0], duration(values["ns/op"]), duration(values["cpu-ns/op"]), duration(values["target-ns/op"]), verdict, values["allocs/op"], strings.TrimSpace(others)}, "\t")
}

func number(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
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
