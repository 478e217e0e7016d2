package account

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// Pages of one account's answer are one account, however they stand in a file: what one page names may be in another. That
// more pages follow is told.
func TestPages(t *testing.T) {
	const (
		first = `{"UserDetailList": [{"UserName": "u", "Arn": "arn:aws:iam::111122223333:user/u", "GroupList": ["g"]}], "RoleDetailList": [],
 "IsTruncated": true, "Marker": "m"}`
		last = `{"GroupDetailList": [{"GroupName": "g", "Arn": "arn:aws:iam::111122223333:group/g", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::111122223333:policy/p"}]}], "Policies": [
  {"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}}]}],
 "IsTruncated": false}`
	)
	flat := func(s string) string { return strings.ReplaceAll(s, "\n", "") }
	for name, c := range map[string]struct {
		text string
		line int // of the policy's statement
		more bool
	}{
		"a list":                  {"[" + first + ",\n" + last + "]", 4, false},
		"one after the other":     {first + "\n" + last + "\n", 4, false},
		"one a line":              {flat(first) + "\n" + flat(last) + "\n", 2, false},
		"under a name of its own": {`{"Pages": [` + first + ",\n" + last + "]}", 4, false},
		"the last before":         {last + "\n" + first, 2, true},
		"the first alone":         {first, 0, true},
		"an answer in an answer":  {`{"GetAccountAuthorizationDetailsResponse": {"GetAccountAuthorizationDetailsResult": ` + first + "}}", 0, true},
	} {
		fsys := importers.Memory(source.Files{"a.json": []byte(c.text)}, nil)
		if !New().Detect(fsys, "a.json") {
			t.Errorf("%s: not known", name)
			continue
		}
		in, err := New().Import(context.Background(), fsys, "a.json", importers.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		told := slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return d.Summary == "more pages follow this one" && d.Span.Line > 0 })
		if told != c.more {
			t.Errorf("%s: that more follow is told: %v", name, told)
		}
		u := in.Design.Principal("user/u")
		if u == nil {
			t.Errorf("%s: there is no user", name)
			continue
		}
		if c.line == 0 {
			continue
		}
		p, _ := in.Design.Find("arn:aws:iam::111122223333:policy/p").(*model.Policy)
		if len(u.Groups) != 1 || in.Design.Principal(u.Groups[0]) == nil || p == nil || p.Document == nil {
			t.Errorf("%s: the user is %+v, the policy %+v", name, u, p)
			continue
		}
		at := p.Document.Statements[0].Span
		if text := c.text[at.Start:at.End]; at.Line != c.line || !strings.Contains(text, "s3:GetObject") || text[0] != '{' || text[len(text)-1] != '}' {
			t.Errorf("%s: the statement stands in line %d: %s", name, at.Line, text)
		}
	}
}
