package command

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
)

// A scale is a size of account, in principals, and what is asked of it on two cores.
type scale struct {
	n          int
	cold, edit time.Duration
	peak       float64 // MB; 0: none is asked
	large      bool    // measured where BULKHEAD_BENCH_LARGE is set alone
}

var scales = []scale{
	{200, 100 * time.Millisecond, 2 * time.Millisecond, 0, false},
	{2000, time.Second, 16 * time.Millisecond, 250, false},
	{10000, 8 * time.Second, 50 * time.Millisecond, 1000, true},
	{20000, 20 * time.Second, 100 * time.Millisecond, 2000, true},
}

// accountOf is the file of a synthetic account, made by bench/gen_account.py beside the corpus.
func accountOf(b *testing.B, n int) string {
	generator := filepath.Join(corpus.Dir(b), "..", "bench", "gen_account.py")
	if _, err := os.Stat(generator); err != nil {
		b.Skipf("NOTICE: skipped, no %s", generator)
	}
	out, err := exec.Command("python3", generator, strconv.Itoa(n)).Output()
	if err != nil {
		b.Skipf("NOTICE: skipped, no synthetic account: %v", err)
	}
	file := filepath.Join(b.TempDir(), fmt.Sprintf("account-%d.json", n))
	if err := os.WriteFile(file, out, 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

func importAccount(t testing.TB, file string) *model.Design {
	in, err := account.New().Import(context.Background(), os.DirFS(filepath.Dir(file)), filepath.Base(file), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in.Design
}

// analyseAll is an analysis with the measures of every start.
func analyseAll(t testing.TB, d *model.Design, prev *reach.Analysis) *reach.Analysis {
	a, err := reach.Analyze(context.Background(), d, catalog.Load(), prev)
	if err != nil {
		t.Fatal(err)
	}
	a.Measures(false)
	a.Measures(true)
	return a
}

// TestColdAccount is what the benchmark runs as a process of its own, for the peak of its memory.
func TestColdAccount(t *testing.T) {
	file := os.Getenv("BULKHEAD_COLD_ACCOUNT")
	if file == "" {
		t.Skip("run by BenchmarkAccount")
	}
	begin := time.Now()
	d := importAccount(t, file)
	read := time.Since(begin)
	analyseAll(t, d, nil)
	fmt.Printf("cold %d %d\n", read, time.Since(begin))
}

func BenchmarkAccount(b *testing.B) {
	analysed := map[int]float64{}
	for _, s := range scales {
		if s.large && os.Getenv("BULKHEAD_BENCH_LARGE") == "" {
			continue
		}
		b.Run(fmt.Sprintf("cold/principals=%d", s.n), func(b *testing.B) {
			file := accountOf(b, s.n)
			var cold, read, peak, processor float64
			for b.Loop() {
				c := exec.Command(os.Args[0], "-test.run", "^TestColdAccount$")
				c.Env = append(os.Environ(), "BULKHEAD_COLD_ACCOUNT="+file)
				out, err := c.Output()
				if err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				_, line, _ := strings.Cut(string(out), "cold ")
				var r, t int64
				if _, err := fmt.Sscan(line, &r, &t); err != nil {
					b.Fatalf("%v in %q", err, out)
				}
				read, cold = read+float64(r), cold+float64(t)
				peak = max(peak, peakMB(c.ProcessState))
				processor += float64(c.ProcessState.UserTime() + c.ProcessState.SystemTime())
			}
			data, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			begin := time.Now()
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
			decode := time.Since(begin)
			k := float64(b.N)
			analysed[s.n] = processor / k
			b.ReportMetric(cold/k, "ns/op")
			b.ReportMetric(processor/k/1e6, "ms-processor") // of both cores; the target is for the clock on two
			b.ReportMetric(read/k/1e6, "ms-read")
			b.ReportMetric((cold-read)/k/1e6, "ms-analysis")
			b.ReportMetric(float64(decode)/1e6, "ms-json")
			if peak > 0 {
				b.ReportMetric(peak, "MB-peak")
			}
			if s.peak > 0 {
				b.ReportMetric(s.peak, "MB-target")
			}
			if before := map[int]int{2000: 200, 10000: 2000, 20000: 10000}[s.n]; analysed[before] > 0 {
				b.ReportMetric(math.Log(analysed[s.n]/analysed[before])/math.Log(float64(s.n)/float64(before)), "exponent")
			}
			b.ReportMetric(float64(s.cold), "target-ns/op")
		})
		b.Run(fmt.Sprintf("edit/principals=%d", s.n), func(b *testing.B) {
			benchmarkEdits(b, s, func(d *model.Design, rnd *rand.Rand, inline []model.ID) (old *model.Policy, say []*policy.Statement) {
				old = d.Policy(inline[rnd.Intn(len(inline))])
				donor := d.Policy(inline[rnd.Intn(len(inline))])
				return old, append(slices.Clone(old.Document.Statements), donor.Document.Statements...)
			})
		})
		for _, actions := range escalations {
			name, _, _ := strings.Cut(actions, " ")
			b.Run(fmt.Sprintf("escalation/%s/principals=%d", name, s.n), func(b *testing.B) {
				more, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["` + strings.ReplaceAll(actions, " ", `", "`) + `"], "Resource": "*"}]}`))
				if err != nil {
					b.Fatal(err)
				}
				last := model.ID("") // whose policy has it
				benchmarkEdits(b, s, func(d *model.Design, rnd *rand.Rand, inline []model.ID) (old *model.Policy, say []*policy.Statement) {
					if old = d.Policy(last); old != nil && slices.Contains(old.Document.Statements, more.Statements[0]) {
						return old, old.Document.Statements[:len(old.Document.Statements)-1]
					}
					last = inline[rnd.Intn(len(inline))]
					old = d.Policy(last)
					return old, append(slices.Clone(old.Document.Statements), more.Statements...)
				})
			})
		}
	}
}

// escalations are what an edit gives on everything, so that it changes who can make what of itself or of others.
var escalations = []string{"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:AddUserToGroup", "iam:CreateAccessKey", "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary",
	"iam:DeleteRolePolicy iam:DetachRolePolicy", "iam:*", "iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey"}

// benchmarkEdits measures a hundred edits a round, each of one inline policy and all measures after it. edit chooses the policy
// and what it is to say.
func benchmarkEdits(b *testing.B, s scale, edit func(d *model.Design, rnd *rand.Rand, inline []model.ID) (*model.Policy, []*policy.Statement)) {
	d := importAccount(b, accountOf(b, s.n))
	a := analyseAll(b, d, nil)
	var inline []model.ID
	for _, p := range d.Policies() {
		if !p.Managed && p.Document != nil {
			inline = append(inline, p.ID)
		}
	}
	rnd := rand.New(rand.NewSource(1))
	times := []time.Duration{}
	var with time.Duration
	before := processorTime()
	whole, analysis := d, a
	for b.Loop() {
		d, a = whole, analysis // policies that take from each other grow without end
		for range 100 {
			old, say := edit(d, rnd, inline)
			p, doc := *old, *old.Document
			doc.Statements = say
			p.Document = &doc
			begin := time.Now()
			after, err := d.With(model.Change{Before: old, After: &p})
			if err != nil {
				b.Fatal(err)
			}
			with += time.Since(begin)
			a = analyseAll(b, after, a)
			times = append(times, time.Since(begin))
			d = after
		}
	}
	if used := processorTime() - before; used > 0 {
		b.ReportMetric(float64(used)/float64(len(times))/1e6, "ms-processor-mean")
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*99/100]), "ns/op")
	b.ReportMetric(float64(times[len(times)/2])/1e6, "ms-median")
	b.ReportMetric(float64(with)/float64(len(times))/1e6, "ms-With")
	b.ReportMetric(float64(s.edit), "target-ns/op")
}

// What a breach of one function comes to, before the rest of the account is known. The figures are means over ten functions, each the
// first of an analysis of its own.
func BenchmarkFirstAnswer(b *testing.B) {
	for _, s := range scales {
		if s.n < 2000 || s.large && os.Getenv("BULKHEAD_BENCH_LARGE") == "" {
			continue
		}
		b.Run(fmt.Sprintf("principals=%d", s.n), func(b *testing.B) {
			d := importAccount(b, accountOf(b, s.n))
			functions := d.Functions()
			var first, whole time.Duration
			told, asked := 0, 0
			for b.Loop() {
				for i := range 10 {
					from := functions[len(functions)*i/10].ID
					begin := time.Now()
					_, err := reach.AnalyzeFirst(context.Background(), d, catalog.Load(), nil, reach.First{Of: func() model.ID { return from }, Tell: func(*reach.Breach) {
						first += time.Since(begin)
						told++
					}})
					if err != nil {
						b.Fatal(err)
					}
					whole += time.Since(begin)
					asked++
				}
			}
			b.ReportMetric(float64(first)/float64(max(told, 1)), "ns/op")
			b.ReportMetric(float64(whole)/float64(asked)/1e6, "ms-whole")
			b.ReportMetric(float64(told)/float64(asked), "told")
		})
	}
}

// Accounts in which principals have less in common: with a permissions boundary whose variables each fills in, or with a
// statement of its own about everything. Processor time and what is held are to grow with the account, not with its square.
func BenchmarkAccountApart(b *testing.B) {
	for _, kind := range []struct {
		name string
		add  func(role map[string]any, i int)
	}{
		{"boundary with variables", func(role map[string]any, _ int) {
			role["PermissionsBoundary"] = map[string]any{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Own"}
		}},
		{"wide statements with conditions", func(role map[string]any, i int) {
			inline, _ := role["RolePolicyList"].([]any)
			role["RolePolicyList"] = append(inline, map[string]any{"PolicyName": "wide", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
				"Effect": "Allow", "Action": []any{"s3:GetObject", "sqs:SendMessage", "dynamodb:GetItem"}, "Resource": "*",
				"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceVpce": fmt.Sprintf("vpce-%08x", i)}}}}}})
		}},
	} {
		used := map[int]float64{}
		for _, n := range []int{500, 2000} {
			b.Run(fmt.Sprintf("%s/principals=%d", strings.ReplaceAll(kind.name, " ", "-"), n), func(b *testing.B) {
				file := accountOf(b, n)
				data, err := os.ReadFile(file)
				if err != nil {
					b.Fatal(err)
				}
				var snapshot map[string]any
				if err := json.Unmarshal(data, &snapshot); err != nil {
					b.Fatal(err)
				}
				details := snapshot["authorizationDetails"].(map[string]any)
				for i, r := range details["RoleDetailList"].([]any) {
					kind.add(r.(map[string]any), i)
				}
				details["Policies"] = append(details["Policies"].([]any), map[string]any{"PolicyName": "Own", "PolicyId": "ANPAOWN", "Arn": "arn:aws:iam::111122223333:policy/Own", "Path": "/", "DefaultVersionId": "v1",
					"PolicyVersionList": []any{map[string]any{"VersionId": "v1", "IsDefaultVersion": true, "Document": map[string]any{"Version": "2012-10-17", "Statement": []any{
						map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"},
						map[string]any{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}-data-*/*"}}}}}})
				if data, err = json.Marshal(snapshot); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(file, data, 0o600); err != nil {
					b.Fatal(err)
				}
				d := importAccount(b, file)
				before, spent := heldMB(), time.Duration(0)
				var a *reach.Analysis
				for b.Loop() {
					a = nil
					begin := processorTime()
					a = analyseAll(b, d, nil)
					spent += processorTime() - begin
				}
				used[n] = float64(spent) / float64(b.N)
				b.ReportMetric(used[n], "cpu-ns/op")
				b.ReportMetric(heldMB()-before, "MB-held")
				if n > 500 && used[500] > 0 {
					b.ReportMetric(math.Log(used[n]/used[500])/math.Log(float64(n)/500), "exponent")
				}
				runtime.KeepAlive(a)
			})
		}
	}
}

// heldMB is the memory that is still in use after collecting garbage, in MB.
func heldMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// Who can do one action, in a warm account.
func BenchmarkWhoCanAccount(b *testing.B) {
	d := importAccount(b, accountOf(b, 2000))
	a := analyseAll(b, d, nil)
	resource := ""
	for _, r := range d.Resources() {
		if r.Type == "AWS::S3::Bucket" {
			resource = r.ARN + "/x"
			break
		}
	}
	for b.Loop() {
		if _, err := a.WhoCan(context.Background(), "s3:GetObject", resource); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(5*time.Millisecond), "target-ns/op")
}

// One breach, nothing remembered of it before: its hits with their capabilities, and then the ways to one of them with their
// statements, to the last; and all ways of all hits with all statements.
func BenchmarkBreachAccount(b *testing.B) {
	d := importAccount(b, accountOf(b, 2000))
	a := analyseAll(b, d, nil)
	var times, all []time.Duration
	for b.Loop() {
		times, all = times[:0], all[:0]
		for _, f := range d.Functions()[:60] {
			begin := time.Now()
			breach := a.Breach(f.ID)
			if n := len(breach.Hits); n > 0 {
				breach.Hits[n-1].Path()
			}
			times = append(times, time.Since(begin))
			for _, h := range breach.Hits {
				for _, w := range slices.Concat(h.Ways(), h.FedWays()) {
					w.Path()
				}
			}
			all = append(all, time.Since(begin))
		}
		a = analyseAll(b, d, nil)
	}
	slices.Sort(times)
	slices.Sort(all)
	b.ReportMetric(float64(times[len(times)/2]), "ns/op")
	b.ReportMetric(float64(times[len(times)-1])/1e6, "ms-max")
	b.ReportMetric(float64(all[len(all)/2])/1e6, "ms-median-all-ways")
	b.ReportMetric(float64(all[len(all)-1])/1e6, "ms-max-all-ways")
	b.ReportMetric(float64(5*time.Millisecond), "target-ns/op")
}
