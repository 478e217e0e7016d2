package command_test

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"bulkhead/internal/corpus"
)

// The gate as a command of its own: an account of 2,000 principals against itself and against itself before an edit of five
// policies, and the corpus template with most bytes against itself without the last of its resources.
func BenchmarkCheck(b *testing.B) {
	program := headless(b)
	measure := func(b *testing.B, target time.Duration, code int, args ...string) {
		var cpu time.Duration
		for b.Loop() {
			c := exec.Command(program, append([]string{"check"}, args...)...)
			out, err := c.CombinedOutput()
			if bad := (*exec.ExitError)(nil); err != nil && !errors.As(err, &bad) || c.ProcessState.ExitCode() != code {
				b.Fatalf("exit %d: %v\n%.2000s", c.ProcessState.ExitCode(), err, out)
			}
			cpu += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		}
		b.ReportMetric(float64(cpu)/float64(b.N), "cpu-ns/op")
		b.ReportMetric(float64(target), "target-ns/op")
	}
	b.Run("template", func(b *testing.B) {
		file, _ := largest(b)
		m := readMutable(b, []byte(read(b, file)))
		rs := in(m.top(), "Resources")
		rs.Content = rs.Content[:len(rs.Content)-2]
		measure(b, time.Second, 0, file, "--baseline", write(b, filepath.Base(file), string(m.bytes())))
	})
	b.Run("account=same", func(b *testing.B) {
		file := account2000(b)
		measure(b, 3*time.Second, 0, file, "--baseline", file)
	})
	b.Run("account=edited", func(b *testing.B) {
		file := account2000(b)
		measure(b, 3*time.Second, 1, edited(b, file), "--baseline", file)
	})
}

// account2000 is the file of a synthetic account, made by bench/gen_account.py beside the corpus.
func account2000(b *testing.B) string {
	b.Helper()
	out, err := exec.Command("python3", filepath.Join(corpus.Dir(b), "..", "bench", "gen_account.py"), strconv.Itoa(2000)).Output()
	if err != nil {
		b.Skipf("NOTICE: skipped, no synthetic account: %v", err)
	}
	return write(b, "account.json", string(out))
}

// edited is an account in which five roles may do one thing more.
func edited(b *testing.B, file string) string {
	b.Helper()
	var account map[string]any
	if err := json.Unmarshal([]byte(read(b, file)), &account); err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, r := range account["authorizationDetails"].(map[string]any)["RoleDetailList"].([]any) {
		policies, _ := r.(map[string]any)["RolePolicyList"].([]any)
		for _, p := range policies {
			statements, _ := p.(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any)
			if s, ok := statements[0].(map[string]any); ok && n < 5 && s["Effect"] == "Allow" {
				if actions, ok := s["Action"].([]any); ok {
					s["Action"] = append(actions, "sqs:DeleteQueue")
					n++
				}
			}
		}
	}
	out, err := json.Marshal(account)
	if err != nil || n != 5 {
		b.Fatalf("%d policies edited: %v", n, err)
	}
	return write(b, "account.json", string(out))
}
