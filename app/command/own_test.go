package command_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/internal/corpus"
)

// filters is a template in which the transform gives each of six functions that poll a queue a role that may read all.
func filters(t *testing.T) string {
	t.Helper()
	return read(t, filepath.Join(corpus.Dir(t), "templates", "sam", "aws-samples__serverless-patterns", "lambda-esm-sqs-filters-sam", "template.yaml"))
}

type reaches struct {
	Breaches []struct {
		Reach struct {
			Of  int
			May struct{ Resources int }
		}
		Hits []struct {
			Target string
			Path   []struct {
				Evidence []struct {
					File string
					Line int
				}
			}
		}
	}
}

const prefix = "EsmSqsFilterFunctionPrefix"

// What the transform attaches unasked stands at the line of what it is for: the event, or the function.
func TestImpliedPoliciesHavePlaces(t *testing.T) {
	text := filters(t)
	lines := strings.Split(text, "\n")
	b := decoded[reaches](t, done(t, "breach", write(t, "template.yaml", text), "--from", prefix, "--json")).Breaches[0]
	if len(b.Hits) != 7 {
		t.Fatalf("%d hits", len(b.Hits))
	}
	for _, h := range b.Hits {
		e := h.Path[0].Evidence[0]
		want := "SQSEvent:"
		if strings.Contains(h.Target, "/aws/lambda/") {
			want = prefix + ":"
		}
		if e.File != "template.yaml" || !strings.Contains(lines[e.Line-1], want) {
			t.Errorf("%s is led to %s:%d, not to %s", h.Target, e.File, e.Line, want)
		}
	}
}

// A role that the transform makes is tightened in one step: its patch is proven, and after it the function reaches its
// own queue alone.
func TestOwnRole(t *testing.T) {
	const role = `"role": "role/` + prefix + `Role"`
	const polling = `"actions": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]`
	tests := []struct {
		name, script string
		left         int
		warns        string
	}{
		{"with what is needed", `{"op": "ownRole", "function": "` + prefix + `", "needs": true}`, 1, ""},
		{"as it is", `{"op": "ownRole", "function": "` + prefix + `"}`, 6, ""},
		{"one policy by what is needed of it", `{"op": "replaceManaged", ` + role + `, "arn": "AWSLambdaSQSQueueExecutionRole", "needs": true}`, 1, ""},
		{"one policy by resources", `{"op": "replaceManaged", ` + role + `, "arn": "AWSLambdaSQSQueueExecutionRole", "with": [{` + polling + `, "resources": ["res/EsmSqsFilterQueuePrefix"]}]}`, 1, ""},
		{"one policy by actions", `{"op": "replaceManaged", ` + role + `, "arn": "AWSLambdaSQSQueueExecutionRole", "with": [{` + polling + `}]}`, 1, ""},
		{"one policy by nothing", `{"op": "replaceManaged", ` + role + `, "arn": "AWSLambdaSQSQueueExecutionRole", "with": []}`, 0, "would stop"},
		{"one action less", `{"op": "replaceManaged", ` + role + `, "arn": "AWSLambdaSQSQueueExecutionRole", "with": [{"actions": ["sqs:ReceiveMessage", "sqs:GetQueueAttributes"]}]}`, 1, "no longer allowed sqs:DeleteMessage"},
		{"a statement", `{"op": "tighten", ` + role + `, "policy": "AWSLambdaSQSQueueExecutionRole", "statement": {"index": 0}, ` + polling + `, "resources": ["res/EsmSqsFilterQueuePrefix"]}`, 1, ""},
		{"the log", `{"op": "replaceManaged", ` + role + `, "arn": "AWSLambdaBasicExecutionRole", "with": []}`, 6, ""}, // the other policy allows it too
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source, script := write(t, "template.yaml", filters(t)), write(t, "edits.jsonl", test.script)
			r := run(t, "export", source, "--script", script, "--patch")
			if r.code != 0 || (test.warns == "") != (r.err == "") || !strings.Contains(r.err, test.warns) {
				t.Fatalf("exit %d: %s", r.code, r.err)
			}
			patched := applied(t, read(t, source), r.out)
			file := write(t, "template.yaml", patched)
			b := decoded[reaches](t, done(t, "breach", file, "--from", prefix, "--json")).Breaches[0].Reach
			if b.Of != 7 || b.May.Resources != test.left {
				t.Errorf("reaches %d of %d\n%s", b.May.Resources, b.Of, r.out)
			}
			if want := fmt.Sprintf("%d of 7", test.left); !strings.Contains(done(t, "edit", source, "--script", script), want) {
				t.Errorf("edit does not say %s", want)
			}
			again := run(t, "edit", file, "--script", write(t, "again.jsonl", `{"op": "ownRole", "function": "`+prefix+`"}`))
			if again.code != 2 || !strings.Contains(again.err, "stands in the source already") {
				t.Errorf("again: exit %d: %s", again.code, again.err)
			}
		})
	}
}
