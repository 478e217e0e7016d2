package differential

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/app/command"
)

var (
	caseCount = flag.Int("cases", 0, "how many cases to compare; 0: none")
	seed      = flag.Uint64("seed", 1, "what they are drawn from")
	folder    = flag.String("engine", "", "where the other engine is installed")
)

// batch is how many cases go to either engine at a time.
const batch = 5000

// TestDifferential decides drawn cases with both engines. A disagreement is explained where a class of known
// differences can write the case so that it says the same without what the other engine does otherwise, and then
// both agree with the answer that Bulkhead gave.
func TestDifferential(t *testing.T) {
	if *caseCount == 0 {
		t.Skip("NOTICE: skipped, no -cases (see make differential)")
	}
	other := startEngine(t)
	d := newDrawer(*seed)
	counts := map[string]int{}
	refused, decided, unknown := 0, map[string]int{}, 0
	for n := 0; n < *caseCount; n += batch {
		var cases []*drawn
		for i := range min(batch, *caseCount-n) {
			cases = append(cases, d.draw(n+i))
		}
		ours, theirs := bulkhead(t, cases), other.decide(t, cases)
		for i, c := range cases {
			switch {
			case strings.HasPrefix(theirs[i], "error"):
				if refused++; refused < 4 && testing.Verbose() {
					t.Logf("not decided by the other engine: %s: %s", theirs[i], text(c))
				}
				continue
			case ours[i] == theirs[i]:
				decided[ours[i]]++
				continue
			}
			if class := explain(t, other, c, ours[i]); class != "" {
				counts[class]++
				continue
			}
			if unknown++; unknown <= 12 {
				small := shrink(t, other, c)
				t.Errorf("not a known difference: Bulkhead %s, the other %s:\n%s", bulkhead(t, small)[0], other.decide(t, small)[0], text(small[0]))
			}
		}
	}
	t.Logf("%d cases from seed %d: agreed on %v; not decided by the other engine %d; unexplained %d", *caseCount, *seed, decided, refused, unknown)
	for _, k := range known {
		t.Logf("%7d  %s", counts[k.name], k.name)
	}
	t.Logf("%7d  several at once", counts["several"])
	if unknown > 0 {
		t.Errorf("%d disagreements are not of a known class", unknown)
	}
	if refused*20 > *caseCount {
		t.Errorf("the other engine decided too few: %d of %d were refused", refused, *caseCount)
	}
}

// Every class of the table is told in the file, and every class that is told is in the table.
func TestKnownDifferencesAreTold(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			told[strings.TrimSpace(cells[1])] = true
		}
	}
	for _, k := range known {
		if !told[k.name] {
			t.Errorf("README.md does not tell of %q", k.name)
		}
		delete(told, k.name)
	}
	if delete(told, "class"); len(told) != 1 { // the line under the heading is left
		t.Errorf("README.md tells of classes that are no more: %v", told)
	}
}

// explain names the class of a disagreement, "several" if it takes more than one, "" if none explains it.
func explain(t *testing.T, other *engine, c *drawn, ours string) string {
	type try struct {
		name    string
		rewrite *drawn
	}
	tries := []try{{"", c}}
	for _, k := range known {
		for _, earlier := range tries {
			if again := k.rewrite(clone(earlier.rewrite)); again != nil && len(tries) < 512 {
				name := k.name
				if earlier.name != "" {
					name = "several"
				}
				tries = append(tries, try{name, again})
			}
		}
	}
	slices.SortStableFunc(tries, func(a, b try) int { return severalLast(a.name) - severalLast(b.name) })
	var cases []*drawn
	for _, y := range tries {
		cases = append(cases, y.rewrite)
	}
	mine, theirs := bulkhead(t, cases), other.decide(t, cases)
	for i := range tries {
		if mine[i] == ours && theirs[i] == ours {
			return tries[i].name
		}
	}
	return ""
}

func severalLast(name string) int {
	if name == "several" {
		return 1
	}
	return 0
}

// shrink takes away what a disagreement does not need.
func shrink(t *testing.T, other *engine, c *drawn) []*drawn {
	for {
		tries := smaller(c)
		if len(tries) == 0 {
			return []*drawn{c}
		}
		mine, theirs := bulkhead(t, tries), other.decide(t, tries)
		i := slices.IndexFunc(tries, func(s *drawn) bool {
			k := slices.Index(tries, s)
			return mine[k] != theirs[k] && !strings.HasPrefix(theirs[k], "error") && explain(t, other, s, mine[k]) == ""
		})
		if i < 0 {
			return []*drawn{c}
		}
		c = tries[i]
	}
}

// derived are keys that Bulkhead knows by itself and the other engine has to be told.
var derived = []string{"aws:PrincipalArn", "aws:PrincipalAccount", "aws:username"}

// smaller lists a case with one thing less each.
func smaller(c *drawn) (out []*drawn) {
	try := func(change func(*drawn)) {
		again := clone(c)
		change(again)
		if text(again) != text(c) {
			out = append(out, again)
		}
	}
	try(func(c *drawn) { c.SCPs = nil })
	try(func(c *drawn) { c.RCPs = nil })
	try(func(c *drawn) { c.Endpoint = nil })
	try(func(c *drawn) { c.Session = nil })
	try(func(c *drawn) { c.Boundary = nil })
	try(func(c *drawn) { c.Settings = settings{} })
	for i := range c.Identity {
		try(func(c *drawn) { c.Identity = slices.Delete(c.Identity, i, i+1) })
	}
	for key := range c.Request.Context {
		if slices.Contains(derived, key) {
			continue
		}
		try(func(c *drawn) { delete(c.Request.Context, key) })
	}
	for k, s := range c.statements() {
		try(func(c *drawn) { c.drop(k) })
		try(func(c *drawn) { delete(c.statements()[k], "Condition") })
		for element, value := range s {
			if list, ok := value.([]any); ok {
				for i := range list {
					try(func(c *drawn) { c.statements()[k][element] = list[i] })
				}
			}
			if element != "Condition" {
				continue
			}
			for operator := range value.(document) {
				try(func(c *drawn) { delete(c.statements()[k]["Condition"].(document), operator) })
			}
		}
	}
	return out
}

// documents lists every policy of the case.
func (c *drawn) documents() (out []document) {
	out = append(out, c.Identity...)
	if c.Resource != nil {
		out = append(out, c.Resource)
	}
	if c.Boundary != nil {
		out = append(out, *c.Boundary...)
	}
	for _, level := range slices.Concat(c.SCPs, c.RCPs) {
		out = append(out, level...)
	}
	return append(append(out, c.Session...), c.Endpoint...)
}

// statements lists every statement of the case.
func (c *drawn) statements() (out []document) {
	for _, d := range c.documents() {
		out = append(out, statementsOf(d)...)
	}
	return out
}

func statementsOf(d document) (out []document) {
	if one, ok := d["Statement"].(document); ok {
		return []document{one}
	}
	for _, s := range d["Statement"].([]any) {
		out = append(out, s.(document))
	}
	return out
}

// drop takes the k-th statement away, unless it is its document's last.
func (c *drawn) drop(k int) {
	for _, d := range c.documents() {
		n := len(statementsOf(d))
		if list, ok := d["Statement"].([]any); ok && k < n && n > 1 {
			d["Statement"] = slices.Delete(list, k, k+1)
		}
		if k < n {
			return
		}
		k -= n
	}
}

func text(c *drawn) string {
	out, err := json.Marshal(c)
	if err != nil {
		panic(err) // it is made of strings
	}
	return string(out)
}

// clone is a deep copy, as it comes from JSON: lists are []any.
func clone(c *drawn) *drawn {
	var out drawn
	if err := json.Unmarshal([]byte(text(c)), &out); err != nil {
		panic(err) // it has just been written
	}
	return &out
}

func lines(cases []*drawn) []byte {
	var in bytes.Buffer
	for _, c := range cases {
		in.WriteString(text(c) + "\n")
	}
	return in.Bytes()
}

// bulkhead decides cases as the command does.
func bulkhead(t *testing.T, cases []*drawn) []string {
	t.Helper()
	var out bytes.Buffer
	if _, err := command.Simulate(bytes.NewReader(lines(cases)), &out); err != nil {
		t.Fatal(err)
	}
	answers := make([]string, 0, len(cases))
	for line := range strings.Lines(out.String()) {
		var a struct{ Decision, Error string }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if a.Error != "" {
			t.Fatalf("Bulkhead: %s", a.Error)
		}
		answers = append(answers, a.Decision)
	}
	if len(answers) != len(cases) {
		t.Fatalf("Bulkhead answered %d of %d cases", len(answers), len(cases))
	}
	return answers
}

// An engine is the other engine's process.
type engine struct {
	in  *bufio.Writer
	out *bufio.Scanner
}

func startEngine(t *testing.T) *engine {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOTICE: skipped, node is not installed")
	}
	if _, err := os.Stat(filepath.Join(*folder, "node_modules", "@cloud-copilot", "iam-simulate")); *folder == "" || err != nil {
		t.Skipf("NOTICE: skipped, @cloud-copilot/iam-simulate is not in %q", *folder)
	}
	cmd := exec.Command(node, "driver.mjs", *folder)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // which ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("driver: %v", err)
		}
	})
	return &engine{bufio.NewWriter(in), bufio.NewScanner(out)}
}

func (e *engine) decide(t *testing.T, cases []*drawn) []string {
	t.Helper()
	wrote := make(chan error, 1)
	go func() {
		_, err := e.in.Write(lines(cases))
		if err == nil {
			err = e.in.Flush()
		}
		wrote <- err
	}()
	answers := make([]string, 0, len(cases))
	for range cases {
		if !e.out.Scan() {
			t.Fatalf("the other engine stopped: %v", e.out.Err())
		}
		answers = append(answers, e.out.Text())
	}
	if err := <-wrote; err != nil {
		t.Fatal(fmt.Errorf("write cases: %w", err))
	}
	return answers
}
