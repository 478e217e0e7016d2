package edit_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/edit"
)

func TestReadScriptErrors(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"not JSON", `{"op": "mark"`, "line 1: not a JSON object"},
		{"no op", "\n" + `{"resource": "res/X"}`, `line 2: there is no "op"`},
		{"unknown op", `{"op": "explode"}`, `line 1: unknown op "explode"; known are tighten`},
		{"unknown key", "\n\n" + `{"op": "mark", "resource": "res/X", "wieght": 3}`, `line 3: read mark: unknown key "wieght"; known are counted, crown, resource, weight`},
		{"unknown key inside", `{"op": "split", "function": "fn/X", "parts": [{"name": "A", "trigers": []}]}`, `line 1: read split: unknown key "trigers"`},
		{"another spelling", `{"op": "mark", "Resource": "res/X", "crown": true}`, `line 1: read mark: unknown key "Resource"`},
		{"a key twice", `{"op": "mark", "resource": "res/X", "crown": true, "crown": false}`, `line 1: "crown" stands twice`},
		{"wrong type", `{"op": "tighten", "role": 3}`, "line 1: read tighten"},
		{"wrong op", `{"op": 3}`, `"op" must be a string`},
		{"a list", `[]`, "line 1: not a JSON object"},
		{"bad condition", `{"op": "tighten", "role": "r", "statement": {"index": 0}, "conditions": {"StringEquals": {"aws:x": {}}}}`, "a value is a string"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := edit.ReadScript(strings.NewReader(test.script))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// ids, words and edits are what the properties draw from; some fit the fixture, some do not.
var (
	roles     = rapid.SampledFrom([]model.ID{"role/ShopRole", "role/MailerRole", "role/CatalogRole", "role/None"})
	policies  = rapid.SampledFrom([]model.ID{"", "policy/ShopRole/main", "policy/MailerRole/main", "policy/shared", "policy/CatalogRole/CatalogRolePolicy0", "AmazonS3ReadOnlyAccess"})
	functions = rapid.SampledFrom([]model.ID{"fn/Shop", "fn/Mailer", "fn/Catalog", "fn/Worker", "fn/None"})
	actions   = rapid.SliceOfN(rapid.SampledFrom([]string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:*", "sqs:SendMessage", "sqs:ReceiveMessage", "s3:GetObject", "s3:Get*", "lambda:InvokeFunction", "logs:PutLogEvents", "ssm:GetParameter"}), 1, 3)
	resources = rapid.SliceOfN(rapid.SampledFrom([]string{"res/Orders", "res/Products", "res/Outbox", "res/Photos", "res/Photos/*", "res/Orders/index/*", "*", "arn:aws:sqs:*:*:*", "fn/Mailer", "res/None"}), 1, 3)
	triggers  = rapid.SliceOfN(rapid.SampledFrom([]string{"List", "Checkout", "Outbox", "trigger/Shop/List"}), 1, 2)
	names     = rapid.SampledFrom([]string{"Catalog", "Cart", "Shop", "Mailer", "Worker", "Orders", "bad name"})
)

func conditions(t *rapid.T) edit.Conditions {
	if !rapid.Bool().Draw(t, "conditioned") {
		return nil
	}
	return edit.Conditions{{Operator: "StringEquals", Key: "aws:RequestedRegion", Values: []string{rapid.SampledFrom([]string{"us-east-1", "eu-west-1"}).Draw(t, "region")}}}
}

func access(t *rapid.T) edit.Access {
	return edit.Access{Actions: actions.Draw(t, "actions"), Resources: resources.Draw(t, "resources"), Conditions: conditions(t)}
}

func statementRef(t *rapid.T) edit.StatementRef {
	if rapid.Bool().Draw(t, "by sid") {
		return edit.StatementRef{Sid: rapid.SampledFrom([]string{"Tables", "NoTables", "Mail", "Read", "None"}).Draw(t, "sid")}
	}
	i := rapid.IntRange(0, 4).Draw(t, "index")
	return edit.StatementRef{Index: &i}
}

func anyEdit(t *rapid.T) edit.Edit {
	optional := func(g *rapid.Generator[[]string], name string) []string {
		if rapid.Bool().Draw(t, "has "+name) {
			return g.Draw(t, name)
		}
		return nil
	}
	switch rapid.IntRange(0, 11).Draw(t, "op") {
	case 0, 1:
		return &edit.Tighten{Role: roles.Draw(t, "role"), Policy: policies.Draw(t, "policy"), Statement: statementRef(t), Actions: optional(actions, "actions"),
			Resources: optional(resources, "resources"), Conditions: conditions(t), Drop: rapid.Bool().Draw(t, "drop"), Confirm: rapid.Bool().Draw(t, "confirm")}
	case 2:
		e := &edit.ReplaceManaged{Role: roles.Draw(t, "role"), ARN: rapid.SampledFrom([]string{"AmazonS3ReadOnlyAccess", "policy/shared", "none"}).Draw(t, "arn")}
		for range rapid.IntRange(0, 2).Draw(t, "accesses") {
			e.With.Accesses = append(e.With.Accesses, access(t))
		}
		e.Needs = len(e.With.Accesses) == 0 && rapid.Bool().Draw(t, "needs")
		return e
	case 11:
		return &edit.OwnRole{Function: functions.Draw(t, "function"), Needs: rapid.Bool().Draw(t, "needs"), Confirm: rapid.Bool().Draw(t, "confirm")}
	case 3:
		return &edit.Pin{Role: roles.Draw(t, "role"), Actions: actions.Draw(t, "actions"), Resources: resources.Draw(t, "resources")}
	case 4, 5:
		e := &edit.Split{Function: functions.Draw(t, "function")}
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			p := edit.Part{Name: names.Draw(t, "name"), Keeps: rapid.Bool().Draw(t, "keeps"), Triggers: optional(triggers, "triggers")}
			for range rapid.IntRange(0, 2).Draw(t, "grants") {
				p.Grants = append(p.Grants, access(t))
			}
			e.Parts = append(e.Parts, p)
		}
		return e
	case 6:
		return &edit.Merge{Functions: rapid.SliceOfN(functions, 1, 3).Draw(t, "functions")}
	case 7:
		return &edit.MoveTrigger{Trigger: rapid.SampledFrom([]model.ID{"trigger/Shop/List", "trigger/Outbox", "trigger/Catalog/List"}).Draw(t, "trigger"), To: functions.Draw(t, "to")}
	case 8:
		switch rapid.IntRange(0, 2).Draw(t, "new") {
		case 0:
			return &edit.NewFunction{Name: names.Draw(t, "name")}
		case 1:
			return &edit.NewResource{Name: names.Draw(t, "name"), Type: rapid.SampledFrom([]string{"AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::No::Type"}).Draw(t, "type")}
		}
		return &edit.NewTrigger{Name: names.Draw(t, "name"), To: functions.Draw(t, "to"), From: "res/Outbox", Event: rapid.SampledFrom([]string{"sqs", "http", "none"}).Draw(t, "event")}
	case 9:
		return &edit.Grant{Role: roles.Draw(t, "role"), Access: access(t)}
	default:
		w := rapid.Float64Range(0, 10).Draw(t, "weight")
		return &edit.Mark{Resource: rapid.SampledFrom([]model.ID{"res/Orders", "res/None"}).Draw(t, "resource"), Weight: &w}
	}
}

func TestScriptsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var edits []edit.Edit
		for range rapid.IntRange(0, 5).Draw(t, "edits") {
			edits = append(edits, anyEdit(t))
		}
		var first, second bytes.Buffer
		if err := edit.WriteScript(&first, edits); err != nil {
			t.Fatal(err)
		}
		again, err := edit.ReadScript(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, first.String())
		}
		if err := edit.WriteScript(&second, again); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Fatalf("wrote\n%s\nand then\n%s", first.String(), second.String())
		}
		for i := range edits {
			if !reflect.DeepEqual(edits[i], again[i]) {
				t.Fatalf("wrote %+v, read %+v from\n%s", edits[i], again[i], first.String())
			}
		}
	})
}

func TestSavedDesigns(t *testing.T) {
	yes := true
	saved := &edit.SavedDesign{
		Sources: []edit.SourceRef{{Path: "template.yaml", SHA256: edit.Hash([]byte("x"))}}, Params: map[string]string{"Stage": "prod"}, Region: "eu-west-1",
		Notes: map[string]string{"before": "One role for all.\nIt reaches everything.", "before/fn/Shop": "The worst."},
		Edits: []edit.Edit{keeping(), &edit.Mark{Resource: "res/Orders", Crown: &yes}},
	}
	var b bytes.Buffer
	if err := saved.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), `{"bulkhead":"design/v1",`) || !edit.IsSaved(b.Bytes()) {
		t.Errorf("it begins with %.60s", b.String())
	}
	again, err := edit.ReadSaved(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(saved, again) {
		t.Errorf("saved %+v, read %+v", saved, again)
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"something else", `{"op": "mark"}`, "not a saved design"},
		{"newer", `{"bulkhead": "design/v2", "sources": [], "shape": 3}`, "newer Bulkhead (design/v2; this one reads design/v1)"},
		{"an account", `{"bulkhead": "account/v1"}`, `it says it is "account/v1"`},
		{"unknown key", `{"bulkhead": "design/v1", "sources": [], "shape": 3}`, `unknown key "shape"`},
		{"no path", `{"bulkhead": "design/v1", "sources": [{}]}`, "a source has no path"},
		{"a note of nothing", `{"bulkhead": "design/v1", "sources": []}` + "\n" + `{"note": "", "text": "x"}`, "line 2: a note names no step"},
		{"a note with more", `{"bulkhead": "design/v1", "sources": []}` + "\n" + `{"note": "before", "text": "x", "by": "me"}`, `line 2: read note: unknown key "by"`},
		{"bad edit", `{"bulkhead": "design/v1", "sources": []}` + "\n" + `{"op": "x"}`, "line 2: unknown op"},
	} {
		if _, err := edit.ReadSaved(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func FuzzReadScript(f *testing.F) {
	f.Add([]byte(`{"op": "tighten", "role": "role/X", "statement": {"index": 0}, "conditions": {"StringEquals": {"aws:x": ["a", true, 3]}}}`))
	f.Add([]byte(`{"op": "replaceManaged", "role": "r", "arn": "a", "with": {"Version": "2012-10-17", "Statement": []}}`))
	f.Add([]byte("\xef\xbb\xbf\n{\"op\": \"grant\", \"role\": \"r\", \"actions\": [\"a\"], \"resources\": [\"*\"]}\r\n\r\n"))
	f.Add([]byte(`{"bulkhead": "design/v1", "sources": []}`))
	f.Add([]byte(`{"op": "tighten", "role": "", "stAtement": {}, "Conditions": {"": {"": []}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		edits, err := edit.ReadScript(bytes.NewReader(data))
		if err == nil {
			var b bytes.Buffer
			if err := edit.WriteScript(&b, edits); err != nil {
				t.Fatal(err)
			}
			if _, err := edit.ReadScript(&b); err != nil {
				t.Fatalf("what was written cannot be read: %v", err)
			}
		}
		if s, err := edit.ReadSaved(bytes.NewReader(data)); err == nil {
			if err := s.Write(&bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
