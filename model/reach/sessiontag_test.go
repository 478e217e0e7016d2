package reach

import "testing"

// A trust policy that asks for a tag of the session is met by whoever may pass tags to it as well.
func TestTagsOfSessionsTakePermission(t *testing.T) {
	asks := func(actions, operator, value string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("FRole") + `"}, "Action": ` + quoted(actions) + `, "Condition": {"` + operator + `": {` + value + `}}}`
	}
	const both, tag, none = "sts:AssumeRole sts:TagSession", `"aws:RequestTag/x": "1"`, `"aws:RequestTag/x": "true"`
	for _, c := range []struct{ name, trust, more, want string }{
		{"both are let", asks(both, "StringEquals", tag), "", "sts-001 must"},
		{"tags are not", asks("sts:AssumeRole", "StringEquals", tag), "", ""},
		{"tags are denied", asks(both, "StringEquals", tag), deny("sts:TagSession", "*"), ""},
		{"keys of tags", asks("sts:AssumeRole", "ForAnyValue:StringEquals", `"aws:TagKeys": "x"`), "", ""},
		{"keys of transitive tags", asks("sts:AssumeRole", "ForAnyValue:StringEquals", `"sts:TransitiveTagKeys": "x"`), "", ""},
		{"keys of transitive tags, where tags are let", asks(both, "ForAnyValue:StringEquals", `"sts:TransitiveTagKeys": "x"`), "", "sts-001 must"},
		{"no transitive tag is asked for", asks("sts:AssumeRole", "Null", `"sts:TransitiveTagKeys": "true"`), "", "sts-001 must"},
		{"no tag is asked for", asks("sts:AssumeRole", "Null", none), "", "sts-001 must"},
		{"by a statement of its own", asks("sts:AssumeRole", "StringEquals", tag) + "," + asks("sts:TagSession", "StringLike", `"aws:RequestTag/x": "*"`), "", "sts-001 must"},
	} {
		b := build(t)
		says := allow(both, "*")
		if c.more != "" {
			says += "," + c.more
		}
		f := b.function("F", says)
		r := b.role("Target", c.trust)
		if got := runsTo(breach(t, b.analyse(), f.ID), r.ID); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
