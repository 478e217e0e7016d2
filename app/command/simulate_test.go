package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/internal/corpus"
)

// simulateAll runs cases and returns the lines that come out, decoded.
func simulateAll(t *testing.T, in string) (lines []map[string]any, code int) {
	t.Helper()
	var out bytes.Buffer
	code, err := Simulate(strings.NewReader(in), &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		lines = append(lines, m)
	}
	return lines, code
}

// All decision cases of the corpus, word for word where they tell more than denied.
func TestSimulateCorpus(t *testing.T) {
	for _, name := range []string{"semantics.jsonl", "iamspy-requests.jsonl"} {
		decideAll(t, filepath.Join(corpus.Dir(t), "iam-eval", name))
	}
}

// Our own decision cases: each names the AWS document that decides it, and what that says.
func TestSimulateDecisions(t *testing.T) {
	files, err := filepath.Glob("testdata/decisions/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range files {
		decideAll(t, path)
	}
}

// decideAll decides the cases of a file, each as they expect it.
func decideAll(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for line := range bytes.Lines(data) {
		var c struct {
			ID, Expected, Why string
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		cases++
		lines, code := simulateAll(t, string(line))
		got, _ := lines[0]["decision"].(string)
		if code != 0 || got != c.Expected && !(c.Expected == "denied" && strings.HasSuffix(got, "Deny")) {
			t.Errorf("%s: %v, want %s: %s", c.ID, lines[0], c.Expected, c.Why)
		}
		if lines[0]["id"] != c.ID {
			t.Errorf("id %v, want %s", lines[0]["id"], c.ID)
		}
	}
	if cases == 0 {
		t.Errorf("%s has no cases", path)
	}
}

func TestSimulateAnswers(t *testing.T) {
	const (
		open = `"identityPolicies": [{"Version": "2012-10-17", "Statement": {"Sid": "s", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}}}}]`
		both = `"identityPolicies": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}}}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}}}]}]`
		req  = `"request": {"principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333", "context": {}}`
		reqY = `"request": {"principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333", "context": {"aws:principaltag/A": "y"}}`
	)
	for _, c := range []struct{ name, in, want string }{
		{"strict", `{"id": "a", ` + req + `, ` + open + `}`, `{"id":"a","decision":"implicitDeny","reasons":[],"assumed":[],"lacking":["identity"]}`},
		{"some context", `{"id": "a", "mode": "exists-context", ` + req + `, ` + open + `}`,
			`{"id":"a","decision":"allowed","reasons":[{"layer":"identity","policy":0,"statement":0,"sid":"s"}],"assumed":[{"operator":"StringEquals","key":"aws:PrincipalTag/a","values":["x"]}]}`},
		{"a context that adds to the given", `{"id": "a", "mode": "exists-context", ` + reqY + `, ` + open + `}`, `{"id":"a","decision":"implicitDeny","reasons":[],"assumed":[],"lacking":["identity"]}`},
		{"any context", `{"id": "a", "mode": "Discovery", ` + reqY + `, ` + open + `}`,
			`{"id":"a","decision":"allowed","reasons":[{"layer":"identity","policy":0,"statement":0,"sid":"s"}],"assumed":[{"operator":"StringEquals","key":"aws:PrincipalTag/a","values":["x"]}]}`},
		{"no context", `{"id": "a", "mode": "Discovery", ` + req + `, ` + both + `}`, `{"id":"a","decision":"implicitDeny","reasons":[],"assumed":[],"lacking":["identity"]}`},
		{"an id that is a number", `{"id": 7, ` + req + `, "identityPolicies": []}`, `{"id":7,"decision":"implicitDeny","reasons":[],"assumed":[],"lacking":["identity"]}`},
		{"no id", `{` + req + `, "identityPolicies": []}`, `{"id":"line 1","decision":"implicitDeny","reasons":[],"assumed":[],"lacking":["identity"]}`},
		{"the four switches", `{"id": "a", "request": {"principal": {"type": "Anonymous"}, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333"}, "resourcePolicy": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}, "settings": {"s3": {"blockPublicAccess": {"RestrictPublicBuckets": true}}}}`,
			`{"id":"a","decision":"explicitDeny","reasons":[],"assumed":[],"lacking":["blockPublicAccess"]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			code, err := Simulate(strings.NewReader(c.in), &out)
			if err != nil || code != exitDone {
				t.Fatalf("exit %d, %v", code, err)
			}
			if got := strings.TrimSpace(out.String()); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A case that cannot be read gives its line and the exit code, and the others are decided.
func TestSimulateErrors(t *testing.T) {
	good := `{"id": "good", "request": {"principal": "anonymous", "action": "s3:GetObject", "resource": "*", "resourceAccount": "1", "context": {"k": [1, true, "x"]}}, "identityPolicies": []}`
	for _, c := range []struct{ in, want string }{
		{`{`, "line 2, column 1: unexpected end of JSON input"},
		{`{"id": "bad", "request": 7}`, "line 2, column 26: request cannot be a number"},
		{"{\"id\": \"bad\", \"request\": \"\x00\"}", `line 2, column 27: invalid character '\x00' in string literal`},
		{`{"id": "bad", "request": ` + strings.Repeat("[", 20000) + `}`, "line 2, column 10025: invalid character '[' exceeded max depth"},
		{"{\"id\": \"bad\xff\", \"request\": {\"principal\": \"anonymous\", \"action\": \"s3:GetObject\"}, \"scps\": [[{\"Id\": \"\xff\"}]]}", "line 2: scps[0][0]: line 1, column 9 (byte 8): byte 0xff is not UTF-8"},
		{`{"id": "bad", "request": {"principal": "anonymous", "action": "GetObject"}}`, `line 2: request.action "GetObject": write service:Action`},
		{`{"id": "bad", "request": {"action": "s3:GetObject"}}`, `line 2: request.principal is missing: write an ARN`},
		{`{"id": "bad", "mode": "Hope", "request": {"principal": "anonymous", "action": "s3:GetObject"}}`, `line 2: mode "Hope"`},
		{`{"id": "bad", "request": {"principal": "anonymous", "action": "s3:GetObject", "context": {"k": {}}}}`, `line 2: request.context "k": {} is not a string`},
		{`{"id": "bad", "request": {"principal": "anonymous", "action": "s3:GetObject"}, "scps": [[{"Statement": {"Effect": "Alow", "Action": "*"}}]]}`, `line 2: scps[0][0]: line 1, column 26 (byte 25): Effect "Alow"`},
		{`{"id": "bad", "request": {"principal": "anonymous", "action": "s3:GetObject"}, "resourcePolicy": []}`, `line 2: resourcePolicy[0]: line 1, column 1 (byte 0): the policy is a list`},
	} {
		lines, code := simulateAll(t, good+"\n"+c.in+"\n\n"+good)
		if code != exitUsage || len(lines) != 3 {
			t.Errorf("%s: exit %d, %d lines", c.in, code, len(lines))
			continue
		}
		if got, _ := lines[1]["error"].(string); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", c.in, got, c.want)
		}
		if lines[2]["decision"] != "implicitDeny" {
			t.Errorf("after %s: %v", c.in, lines[2])
		}
	}
}

func TestWithinCommand(t *testing.T) {
	policy := func(action string) []byte {
		return []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "` + action + `", "Resource": "*"}}`)
	}
	variable := []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}"}}`)
	denied := []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::alice"}]}`)
	for _, c := range []struct {
		name          string
		after, before []byte
		json          bool
		code          int
		want          string // the start of it
	}{
		{"yes", policy("s3:GetObject"), policy("s3:*"), false, exitDone, "yes: it allows nothing that the other does not\n"},
		{"yes in JSON", policy("s3:GetObject"), policy("s3:*"), true, exitDone, `{"answer":"yes","why":"","note":"","witness":null}`},
		{"no", policy("s3:*"), policy("s3:GetObject"), false, exitNo, "no: it allows s3:"},
		{"undecided", variable, denied, false, exitUndecided, "undecided: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			code, err := Within(c.after, c.before, c.json, &out)
			if err != nil || code != c.code || !strings.HasPrefix(out.String(), c.want) {
				t.Errorf("exit %d, %v: %s", code, err, out.String())
			}
		})
	}
	var out bytes.Buffer
	if code, err := Within(policy("s3:*"), []byte("{}"), false, &out); code != exitUsage || err == nil || !strings.HasPrefix(err.Error(), "read BEFORE: line 1, column 1") {
		t.Errorf("exit %d, %v", code, err)
	}
}

// The witness of a no is a case that simulate decides the same way, with the bucket's settings where it takes them.
func TestWithinWitness(t *testing.T) {
	document := func(statement string) string {
		return `{"Version": "2012-10-17", "Statement": ` + statement + `}`
	}
	tagged := `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}`
	for _, x := range []struct{ after, before, settings string }{
		{document(`{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}`), document(`{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}`), ``},
		{document(`{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`), document(tagged), ``},
		{document(strings.Replace(tagged, `"*"`, `"arn:aws:s3:::b/*"`, 1)), document(`[]`), `{"s3":{"bucketAbacEnabled":true}}`},
	} {
		var out bytes.Buffer
		code, err := Within([]byte(x.after), []byte(x.before), true, &out)
		if err != nil || code != exitNo {
			t.Fatalf("exit %d, %v", code, err)
		}
		var v struct {
			Witness, Settings json.RawMessage
		}
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if string(v.Settings) != x.settings {
			t.Errorf("settings %s, not %s", v.Settings, x.settings)
		}
		for doc, want := range map[string]string{x.after: "allowed", x.before: "implicitDeny"} {
			text := `{"id": "w", "request": ` + string(v.Witness) + `, "identityPolicies": [` + doc + `]`
			if x.settings != "" {
				text += `, "settings": ` + string(v.Settings)
			}
			lines, _ := simulateAll(t, text+`}`)
			if lines[0]["decision"] != want {
				t.Errorf("%s under %s: %v, want %s", v.Witness, doc, lines[0], want)
			}
		}
	}
}
