package reach

import (
	"runtime"
	"slices"
	"testing"
	"weak"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// What an actor learned of techniques holds after an edit as far as nothing is said anew of their calls, and no further.
func TestLessonsAfterEdits(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("lambda:CreateFunction lambda:InvokeFunction iam:PassRole", "*")+","+allow("glue:CreateJob", "*"))
	b.role("Deploy", trusts("lambda.amazonaws.com"))
	b.role("Jobs", trusts("glue.amazonaws.com"))
	d := b.design()
	a := analyse(t, d, nil)
	for _, c := range []struct {
		name string
		edit func(doc *policy.Document)
		runs []model.ID
	}{
		{"a statement about something else", func(doc *policy.Document) {
			doc.Statements = append(doc.Statements, document(t, allow("s3:GetObject", "*")).Statements...)
		}, []model.ID{"fn/F", "role/Deploy"}},
		{"the call that lacked", func(doc *policy.Document) {
			doc.Statements = append(doc.Statements, document(t, allow("glue:StartJobRun", "*")).Statements...)
		}, []model.ID{"fn/F", "role/Deploy", "role/Jobs"}},
		{"a denial of what was learned", func(doc *policy.Document) {
			doc.Statements = append(doc.Statements, document(t, deny("lambda:*", "*")).Statements...)
		}, []model.ID{"fn/F", "role/Jobs"}},
		{"a statement less", func(doc *policy.Document) { doc.Statements = doc.Statements[:1] }, []model.ID{"fn/F", "role/Deploy"}},
		{"the same statements in another version of the language", func(doc *policy.Document) { doc.Version = "2008-10-17" }, []model.ID{"fn/F", "role/Deploy"}},
	} {
		doc := *d.Policy("policy/FRole-0").Document
		doc.Statements = slices.Clone(doc.Statements)
		c.edit(&doc)
		d = edited(t, d, "policy/FRole-0", &doc)
		a = analyse(t, d, a)
		fresh := analyse(t, d, nil)
		same(t, a, fresh)
		if runs := slices.Sorted(slices.Values(breach(t, a, f.ID).Runs)); !slices.Equal(runs, c.runs) {
			t.Errorf("after %s it runs %v, not %v", c.name, runs, c.runs)
		}
	}
}

// Tries that are undone leave nothing behind.
func TestAbandonedEditsAreForgotten(t *testing.T) {
	b := build(t)
	b.function("F", allow("s3:GetObject", "*"))
	b.bucket("data")
	d := b.design()
	a := shared(t, d, nil, 1) // all statements reach far
	var tried []weak.Pointer[policy.Document]
	for range 3 {
		doc := document(t, allow("s3:GetObject s3:PutObject", "*"))
		shared(t, edited(t, d, "policy/FRole-0", doc), a, 1).Measures(false)
		tried = append(tried, weak.Make(doc))
	}
	runtime.GC()
	runtime.GC()
	for i, doc := range tried {
		if doc.Value() != nil {
			t.Errorf("try %d is still held", i)
		}
	}
	runtime.KeepAlive(a)
}
