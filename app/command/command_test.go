package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/app/command"
	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/importers/serverless"
	"bulkhead/importers/terraform"
	"bulkhead/internal/corpus"
)

// A result is what a command left behind.
type result struct {
	code     int
	out, err string
}

func sources() []importers.Source {
	return slices.Concat(cfn.Sources(), []importers.Source{serverless.New(), account.New()}, terraform.Sources())
}

// environment wires the commands as the program does, without a window.
func environment(t testing.TB, stdin string, out, errs *bytes.Buffer) command.Env {
	t.Helper()
	samples, err := fs.Sub(assets.FS, "samples")
	if err != nil {
		t.Fatal(err)
	}
	return command.Env{
		In: strings.NewReader(stdin), Out: out, Err: errs,
		Sources: sources(),
		Samples: samples,
		Window: func(_ context.Context, paths []string, o importers.Options) error {
			return errors.New("window on " + strings.Join(paths, ", ") + " in " + o.Region)
		},
	}
}

// typed runs a command with text on its standard input.
func typed(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := command.Run(context.Background(), args, environment(t, stdin, &out, &errs))
	return result{code, out.String(), errs.String()}
}

func run(t testing.TB, args ...string) result {
	t.Helper()
	return typed(t, "", args...)
}

// done runs a command that must succeed and returns what it printed.
func done(t testing.TB, args ...string) string {
	t.Helper()
	r := run(t, args...)
	if r.code != 0 {
		t.Fatalf("%v: exit %d: %s", args, r.code, r.err)
	}
	return r.out
}

// decoded reads the one JSON document that a command printed.
func decoded[T any](t testing.TB, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return v
}

// write puts text into a file of the test's own folder and returns its path.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// example is the folder of the worked example beside the corpus.
func example(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(corpus.Dir(t)), "example")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOTICE: skipped, no worked example: %v", err)
	}
	return dir
}

const (
	wide   = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`
	narrow = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}`

	// bucketParameter has a value that no source tells: whether a bucket by name is within it is undecided.
	bucketParameter = `Transform: AWS::Serverless-2016-10-31
Parameters:
  Bucket: {Type: String}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      CodeUri: src/
      Policies:
        - Statement:
            - {Sid: Files, Effect: Allow, Action: s3:GetObject, Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}
            - {Sid: Pictures, Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::pictures/*'}
`
)

func TestExitCodes(t *testing.T) {
	w, n := write(t, "wide.json", wide), write(t, "narrow.json", narrow)
	param := write(t, "template.yaml", bucketParameter)
	tighten := func(resource, more string) string {
		return `{"op": "tighten", "role": "role/FRole", "policy": "policy/FRole/FRolePolicy0", "statement": {"sid": "Files"}, "resources": ["` + resource + `"]` + more + `}`
	}
	denied := write(t, "denied.json", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::alice"}]}`)
	variable := write(t, "variable.json", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}"}}`)
	const req = `{"id": "a", "request": {"principal": "anonymous", "action": "s3:GetObject", "resource": "*", "resourceAccount": "1"}, "identityPolicies": []}`
	for _, c := range []struct {
		name  string
		stdin string
		args  []string
		code  int
		want  string // in what is printed
	}{
		{"version", "", []string{"version"}, 0, "bulkhead "},
		{"help", "", []string{"help"}, 0, "Usage: bulkhead"},
		{"help of a command", "", []string{"help", "breach"}, 0, "--assume-vulnerable"},
		{"help by flag", "", []string{"--help"}, 0, "Usage: bulkhead"},
		{"help of a command by flag", "", []string{"draw", "--help"}, 0, "--view"},
		{"who can", "", []string{"who-can", "secretsmanager:GetSecretValue", "PaymentKey", "sample:webshop"}, 0, "Shop"},
		{"nobody can", "", []string{"who-can", "iam:CreateUser", "*", "sample:lambdashell"}, 0, "nobody in this design may iam:CreateUser"},
		{"within", "", []string{"within", n, w}, 0, "yes: "},
		{"not within", "", []string{"within", w, n}, 1, "no: it allows s3:"},
		{"within by standard input", narrow, []string{"within", "-", w}, 0, "yes: "},
		{"within undecided", "", []string{"within", variable, denied}, 3, "undecided: "},
		{"simulate", req, []string{"simulate"}, 0, `"decision":"implicitDeny"`},
		{"simulate what is no case", "{}", []string{"simulate"}, 2, `"error":`},
		{"an edit", tighten("arn:aws:s3:::${Bucket}/a", ""), []string{"edit", param, "--script", "-"}, 0, "Tighten statement Files"},
		{"an edit that would widen", tighten("arn:aws:s3:::*", ""), []string{"edit", param, "--script", "-"}, 1, "edit 1: "},
		{"an edit of what is not there", `{"op": "tighten", "role": "role/Nobody", "statement": {"index": 0}, "drop": true}`, []string{"edit", param, "--script", "-"}, 2, "Nobody"},
		{"an unknown op", `{"op": "loosen"}`, []string{"edit", param, "--script", "-"}, 2, "loosen"},
		{"an unknown key", `{"op": "pin", "colour": "red"}`, []string{"edit", param, "--script", "-"}, 2, "colour"},
		{"an edit that is undecided", tighten("arn:aws:s3:::photos/*", ""), []string{"edit", param, "--script", "-"}, 3, "undecided"},
		{"the same, confirmed", tighten("arn:aws:s3:::photos/*", `, "confirm": true`), []string{"edit", param, "--script", "-"}, 3, "not proven to allow nothing new"},
		{"a report of what is not proven", tighten("arn:aws:s3:::photos/*", `, "confirm": true`), []string{"report", param, "--script", "-", "-o", t.TempDir()}, 3, "not proven to allow nothing new"},
		{"an export of what is refused", tighten("arn:aws:s3:::*", ""), []string{"export", param, "--script", "-", "--patch"}, 1, "edit 1: "},
		{"the window", "", []string{"sample:webshop", "--region", "eu-west-1"}, 2, "window on sample:webshop in eu-west-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := typed(t, c.stdin, c.args...)
			if r.code != c.code || !strings.Contains(r.out+r.err, c.want) {
				t.Errorf("exit %d, want %d with %q:\n%s\n%s", r.code, c.code, c.want, r.out, r.err)
			}
			if r.code == 0 && strings.Contains(r.err, "bulkhead: ") {
				t.Errorf("done, and an error: %s", r.err)
			}
		})
	}
}

// Bad input and bad usage give one line that names what is wrong, nothing on standard output, and exit code 2.
func TestOneLineErrors(t *testing.T) {
	template := write(t, "template.yaml", bucketParameter)
	scratch := t.TempDir()
	file := write(t, "file", "x")
	for _, c := range []struct {
		name  string
		stdin string
		args  []string
		want  string
	}{
		{"an unknown flag", "", []string{"breach", template, "--colour"}, "--colour"},
		{"no file", "", []string{"breach"}, "file"},
		{"a format that is none", "", []string{"draw", template, "--format", "gif"}, "gif"},
		{"a suffix that is none", "", []string{"draw", template, "-o", filepath.Join(scratch, "a.gif")}, "gif"},
		{"a view that is none", "", []string{"draw", template, "--view", "pie"}, "pie"},
		{"too many pixels", "", []string{"draw", template, "--scale", "40", "--format", "png"}, "40"},
		{"the hull for draw.io", "", []string{"draw", template, "--view", "hull", "--format", "drawio"}, "draw.io takes the map"},
		{"a side that is not there", "", []string{"draw", template, "--side", "both"}, "nothing was edited"},
		{"a missing file", "", []string{"model", filepath.Join(scratch, "nothing.yaml")}, "nothing.yaml"},
		{"an empty file", "", []string{"model", write(t, "empty.yaml", "")}, "empty.yaml"},
		{"a binary file", "", []string{"model", write(t, "binary.yaml", "\x00\x01\xff\xfe\x00")}, "binary.yaml"},
		{"a truncated file", "", []string{"breach", write(t, "cut.json", `{"Resources": {"A": {"Type"`)}, "cut.json"},
		{"a folder of nothing", "", []string{"model", scratch}, filepath.Base(scratch)},
		{"an alias bomb", "", []string{"model", write(t, "bomb.yaml", bomb())}, "bomb.yaml"},
		{"deep nesting", "", []string{"model", write(t, "deep.json", strings.Repeat("[", 10_000))}, "deep.json"},
		{"standard input of nothing", "", []string{"model", "-"}, "stdin"},
		{"a saved design on standard input", `{"bulkhead": "design/v1", "sources": []}` + "\n", []string{"model", "-"}, "path"},
		{"an unknown sample", "", []string{"model", "sample:nothing"}, "nothing"},
		{"an unknown start", "", []string{"breach", template, "--from", "Nobody"}, "Nobody"},
		{"a start that is none", "", []string{"breach", "sample:webshop", "--from", "res/Orders"}, "res/Orders"},
		{"a start of a picture that is none", "", []string{"draw", "sample:webshop", "--breach", "Nobody"}, "Nobody"},
		{"an unknown action", "", []string{"who-can", "s3:GetObjekt", "*", template}, "s3:GetObjekt"},
		{"a policy that is none", "{}", []string{"within", "-", write(t, "a.json", wide)}, "AFTER"},
		{"a policy that is missing", "", []string{"within", write(t, "b.json", wide), filepath.Join(scratch, "none.json")}, "none.json"},
		{"a script that is missing", "", []string{"edit", template, "--script", filepath.Join(scratch, "none.jsonl")}, "none.jsonl"},
		{"a script that is no JSON", "drop it", []string{"edit", template, "--script", "-"}, "line 1"},
		{"an export of nothing", "", []string{"export", template}, "--to DIR"},
		{"a report into a file", "", []string{"report", template, "-o", file}, filepath.Base(file)},
		{"a picture into no folder", "", []string{"draw", template, "-o", filepath.Join(scratch, "no", "a.svg")}, "a.svg"},
		{"one file twice", "", []string{"model", template, template}, "twice"},
		{"a sample and a file", "", []string{"model", "sample:webshop", template}, "together"},
		{"what comes later: suggest", "", []string{"suggest", template}, "not built yet"},
		{"import of what", "", []string{"import"}, "account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := typed(t, c.stdin, c.args...)
			lines := 0
			for line := range strings.Lines(r.err) {
				if strings.HasPrefix(line, "bulkhead: ") {
					lines++
				}
			}
			if r.code != 2 || r.out != "" || lines != 1 || !strings.Contains(r.err, c.want) {
				t.Errorf("exit %d, want 2 and one line with %q:\n%s%s", r.code, c.want, r.err, r.out)
			}
		})
	}
	if entries, err := os.ReadDir(scratch); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// bomb is YAML whose aliases would unfold to 10^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		from, to := string(rune('0'+i)), string(rune('1'+i))
		b.WriteString("a" + to + ": &a" + to + " [" + strings.TrimSuffix(strings.Repeat("*a"+from+", ", 10), ", ") + "]\n")
	}
	return b.String()
}

// An interrupted command says so and writes nothing.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	code := command.Run(ctx, []string{"report", "sample:webshop", "-o", dir}, environment(t, "", &out, &errs))
	if code != 2 || errs.String() != "bulkhead: interrupted; nothing was written\n" {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made")
	}
}

// Both files of decision cases through the command, all right.
func TestSimulateCommand(t *testing.T) {
	for name, want := range map[string]int{"semantics.jsonl": 68, "iamspy-requests.jsonl": 42} {
		cases := read(t, filepath.Join(corpus.Dir(t), "iam-eval", name))
		r := typed(t, cases, "simulate")
		if r.code != 0 {
			t.Fatalf("%s: exit %d: %s", name, r.code, r.err)
		}
		in, out := strings.Split(strings.TrimSpace(cases), "\n"), strings.Split(strings.TrimSpace(r.out), "\n")
		if len(in) != want || len(out) != want {
			t.Fatalf("%s: %d cases, %d decisions, want %d", name, len(in), len(out), want)
		}
		for i := range in {
			c := decoded[struct{ ID, Expected string }](t, in[i])
			d := decoded[struct{ ID, Decision string }](t, out[i])
			if d.ID != c.ID || d.Decision != c.Expected && !(c.Expected == "denied" && strings.HasSuffix(d.Decision, "Deny")) {
				t.Errorf("%s: %s, want %s of %s", d.ID, d.Decision, c.Expected, c.ID)
			}
		}
	}
}
