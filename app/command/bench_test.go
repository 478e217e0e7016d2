package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The headless program's start: the processor time, user and system, of "bulkhead version".
func BenchmarkVersion(b *testing.B) {
	const target = 60 * time.Millisecond
	binary := headless(b)
	var cpu time.Duration
	for b.Loop() {
		c := exec.Command(binary, "version")
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		cpu += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	b.ReportMetric(float64(cpu)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(target), "target-ns/op")
}

// headless builds the headless program.
func headless(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "bulkhead-headless.exe") // a suffix that no system minds and one wants
	build := exec.Command("go", "build", "-tags", "headless,migrated_fynedo", "-o", binary, "bulkhead")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// largest is the corpus template that has most bytes, and how many.
func largest(b *testing.B) (file string, size int64) {
	b.Helper()
	for _, path := range templates(b) {
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		if info.Size() > size {
			file, size = path, info.Size()
		}
	}
	return file, size
}

// The whole report, all pictures and the page, of the corpus template that has most bytes.
func BenchmarkReport(b *testing.B) {
	const target = 2 * time.Second
	file, size := largest(b)
	dir := b.TempDir()
	for b.Loop() {
		done(b, "report", file, "-o", dir)
	}
	b.ReportMetric(float64(size)/1000, "KB-template")
	b.ReportMetric(float64(target), "target-ns/op")
}
