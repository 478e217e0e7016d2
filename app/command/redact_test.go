package command_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/assets"
	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
)

// nameless is what breach --json says without names: the measures, and of each start what it hits and reaches beyond, by kind.
func nameless(t testing.TB, files ...string) string {
	t.Helper()
	type said struct {
		Measures struct{ Worst, Mean, MeanEntry, WorstWeighted, MeanWeighted float64 }
		NotSeen  []string
		Breaches []struct {
			Admin bool
			Reach any
			Hits  []struct {
				Type, Certainty string
				Capabilities    []string
				Hops            int
			}
			Beyond []struct {
				Service, Type, Certainty string
				Capabilities             []string
			}
		}
	}
	s := decoded[said](t, done(t, append([]string{"breach", "--json"}, files...)...))
	s.NotSeen = []string{fmt.Sprint(len(s.NotSeen))}
	lines := []string{}
	for _, b := range s.Breaches {
		var kinds []string
		for _, h := range b.Hits {
			kinds = append(kinds, fmt.Sprint(h.Type, h.Certainty, h.Capabilities, h.Hops))
		}
		for _, y := range b.Beyond { // which patterns are told as one goes by their order
			for _, can := range y.Capabilities {
				if kind := fmt.Sprint("sea ", y.Service, y.Type, y.Certainty, can); !slices.Contains(kinds, kind) {
					kinds = append(kinds, kind)
				}
			}
		}
		slices.Sort(kinds)
		reach, _ := json.Marshal(b.Reach)
		lines = append(lines, fmt.Sprint(b.Admin, string(reach), kinds))
	}
	slices.Sort(lines)
	return fmt.Sprint(s.Measures, s.NotSeen, "\n", strings.Join(lines, "\n"))
}

// TestRedact: the sample account under other names says the same, by itself and against how it was.
func TestRedact(t *testing.T) {
	data, err := fs.ReadFile(assets.FS, "samples/team/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	was, wider := write(t, "snapshot.json", string(data)), write(t, "wider.json", strings.Replace(string(data), `"dynamodb:GetItem"`, `"dynamodb:*"`, 1))
	key := filepath.Join(dir, "key.json")
	out := filepath.Join(dir, "out")
	done(t, "redact", was, wider, "-o", out, "--key", key)
	listed, err := os.ReadDir(out)
	if err != nil || len(listed) != 2 {
		t.Fatalf("%v, %v", listed, err)
	}
	for _, f := range []string{key, filepath.Join(out, listed[0].Name())} {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info.Mode(), err)
		}
	}
	a := done(t, "redact", was, "--key", key)
	if a != done(t, "redact", was, "--key", key) {
		t.Error("with one key, the same snapshot came out differently")
	}
	if a == done(t, "redact", was) {
		t.Error("without a key it came out the same")
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(data)
	_ = z.Close()
	if b := done(t, "redact", write(t, "snapshot.json.gz", packed.String()), "--key", key); b != a {
		t.Error("compressed, the same snapshot came out differently")
	}
	is, widerIs := write(t, "is.json", a), write(t, "wider.json", done(t, "redact", wider, "--key", key))
	if a, b := nameless(t, was), nameless(t, is); a != b {
		t.Errorf("before:\n%s\nafter:\n%s", a, b)
	}
	rules := func(file, base string) string {
		var out []string
		for _, f := range check(t, 1, file, "--baseline", base).Findings {
			out = append(out, f.Rule)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	if a, b := rules(wider, was), rules(widerIs, is); a != b || a == "" {
		t.Errorf("check finds %s before, %s after", a, b)
	}
	for _, args := range [][]string{{"redact", was, is}, {"redact", filepath.Join(dir, "none")}, {"redact", was, "--key", was}, {"redact", write(t, "t.yaml", shop("s3:GetObject"))}} {
		if r := run(t, args...); r.code != 2 || strings.Count(r.err, "\n") != 1 || r.out != "" {
			t.Errorf("%v: exit %d: %s", args, r.code, r.err)
		}
	}
}

// TestRedactDrawn: accounts whose names and patterns have much to do with each other say the same under other names.
func TestRedactDrawn(t *testing.T) {
	dir := t.TempDir()
	drawings, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		if drawings >= 30 {
			return // enough for one run
		}
		word := rapid.SampledFrom([]string{"orders", "order", "ord", "pay", "payments", "dev", "prod", "Prod", "1", "12"})
		name := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(word, 1, 3).Draw(t, "words"), rapid.SampledFrom([]string{"-", "_", ""}).Draw(t, "between"))
		})
		names := rapid.SliceOfNDistinct(name, 3, 6, rapid.ID[string]).Draw(rt, "names")
		pattern := rapid.Custom(func(t *rapid.T) string {
			n := rapid.SampledFrom(names).Draw(t, "of")
			i := rapid.IntRange(0, len(n)).Draw(t, "from")
			j := rapid.IntRange(i, len(n)).Draw(t, "to")
			return n[:i] + rapid.SampledFrom([]string{"*", "", "?", "${aws:PrincipalTag/team}"}).Draw(t, "wildcard") + n[j:]
		})
		a := newSnapshot("111122223333")
		for _, n := range names {
			a.resource("arn:aws:s3:::"+n, "AWS::S3::Bucket")
			a.resource(a.at("sqs:"+n), "AWS::SQS::Queue")
			a.resource(a.at("dynamodb:table/"+n), "AWS::DynamoDB::Table")
			role := a.role(n, service("lambda.amazonaws.com"), grants("s3:GetObject s3:PutObject", "arn:aws:s3:::"+pattern.Draw(rt, "buckets")+"/*"),
				grants("sqs:SendMessage", a.at("sqs:"+pattern.Draw(rt, "queues"))), denies("dynamodb:*", "*", `{"StringNotLike": {"aws:PrincipalTag/team": "`+pattern.Draw(rt, "teams")+`"}}`),
				grants("dynamodb:*", a.at("dynamodb:table/"+pattern.Draw(rt, "tables"))), grants("iam:PassRole lambda:*", a.iam("role/"+pattern.Draw(rt, "roles"))+" "+a.at("lambda:function:"+pattern.Draw(rt, "functions"))))
			a.roles[len(a.roles)-1].(object)["Tags"] = []any{object{"Key": "team", "Value": word.Draw(rt, "team")}}
			a.function(n, role)
		}
		was := a.file(t, dir)
		is := filepath.Join(dir, "is.json")
		drawings++
		// The key is drawn as well, so that the same names come about in every run of one seed.
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "seed")
		key := filepath.Join(dir, "key.json")
		if err := os.WriteFile(key, fmt.Appendf(nil, `{"bulkhead": "redaction/v1", "seed": %q}`, base64.StdEncoding.EncodeToString(seed)), 0o600); err != nil {
			rt.Fatal(err)
		}
		switch r := run(t, "redact", was, "-o", is, "--key", key); {
		case strings.Contains(r.err, "cannot be redacted so that patterns match"):
			refused++
			return
		case r.code != 0:
			rt.Fatalf("%s\n%s", r.err, read(t, was))
		}
		if a, b := nameless(t, was), nameless(t, is); a != b {
			rt.Fatalf("before:\n%s\nafter:\n%s", a, b)
		}
	})
	if refused*10 > drawings {
		t.Errorf("%d of %d were refused", refused, drawings)
	}
}

// TestRedactHalfSeen keeps what was not seen of an account, which figures depend on: calls and why they failed stay, what they were
// about has its other name.
func TestRedactHalfSeen(t *testing.T) {
	reader(t)
	a := team(4)
	a.Faults = func(c fakeaws.Call) fakeaws.Fault {
		switch {
		case c.Operation == "GetResourcePolicy" && c.Service == "dynamodb", c.Operation == "GetQueueAttributes", c.Operation == "ListGrants", c.Operation == "GetBucketPolicy":
			return fakeaws.Denied
		case c.Operation == "GetPolicy" && c.Args["FunctionName"] == "fn-1", c.Operation == "DescribeStateMachine":
			return fakeaws.Failed
		case c.Operation == "GetTopicAttributes":
			return fakeaws.Missing
		}
		return fakeaws.Fine
	}
	dir := t.TempDir()
	file, shown := filepath.Join(dir, "team.json"), filepath.Join(dir, "shown.json")
	done(t, "import", "account", "--endpoint-url", a.Serve(t), "--region", fakeaws.Region, "-o", file)
	done(t, "redact", file, "-o", shown)
	was, err := live.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	is, err := live.Read(shown)
	if err != nil {
		t.Fatal(err)
	}
	if len(was.Problems) != 7 || len(is.Problems) != len(was.Problems) {
		t.Fatalf("problems %v became %v", was.Problems, is.Problems)
	}
	for i, p := range was.Problems {
		q := is.Problems[i]
		if p.Call != q.Call || p.Error != q.Error || len(p.About) != len(q.About) || len(p.About) > 0 && p.About[0] == q.About[0] {
			t.Errorf("%v became %v", p, q)
		}
	}
}
