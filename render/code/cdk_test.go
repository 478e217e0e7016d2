package code

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// A reader evaluates what a program for the CDK is made of, in TypeScript or Python: calls of PolicyStatement with literals,
// lists, mappings and templates. It knows nothing of how they were written.
type reader struct {
	t     *testing.T
	text  string
	at    int
	value func(expression string) string // of what a template refers to
}

// functions are the functions of a program, with the statements that each returns.
func functions(t *testing.T, text string, value func(string) string) map[string][]any {
	out := map[string][]any{}
	for _, m := range regexp.MustCompile(`(?m)^(?:export function|def) (\w+)\(.*$`).FindAllStringSubmatchIndex(text, -1) {
		body := text[m[1]:]
		start := strings.Index(body, "return [")
		r := &reader{t: t, text: body, at: start + len("return "), value: value}
		out[text[m[2]:m[3]]] = r.read().([]any)
	}
	return out
}

func (r *reader) space() {
	for r.at < len(r.text) && strings.ContainsRune(" \n,", rune(r.text[r.at])) {
		r.at++
	}
}

func (r *reader) skip(s string) bool {
	r.space()
	if strings.HasPrefix(r.text[r.at:], s) {
		r.at += len(s)
		return true
	}
	return false
}

func (r *reader) read() any {
	r.space()
	switch {
	case r.skip("["):
		list := []any{}
		for !r.skip("]") {
			list = append(list, r.read())
		}
		return list
	case r.skip("new PolicyStatement({"):
		return r.members("})", ":")
	case r.skip("{"):
		return r.members("}", ":")
	case r.skip("PolicyStatement("):
		return r.members(")", "=")
	case r.skip("Effect."):
		return r.word()
	case r.skip("`"):
		return r.quoted('`', "${")
	case r.skip(`f"`):
		return r.quoted('"', "{")
	case r.skip(`'`):
		return r.quoted('\'', "")
	case r.skip(`"`):
		return r.quoted('"', "")
	}
	return r.value(r.word())
}

func (r *reader) word() string {
	m := regexp.MustCompile(`^[\w.]+`).FindString(r.text[r.at:])
	if m == "" {
		r.t.Fatalf("cannot read %.60q", r.text[r.at:])
	}
	r.at += len(m)
	return m
}

func (r *reader) members(end, assign string) map[string]any {
	out := map[string]any{}
	for !r.skip(end) {
		r.space()
		key := ""
		if c := r.text[r.at]; c == '\'' || c == '"' {
			r.at++
			key = r.quoted(c, "")
			if !r.skip(":") {
				r.t.Fatalf("no colon behind %q", key)
			}
		} else {
			key = r.word()
			if !r.skip(assign) {
				r.t.Fatalf("nothing assigned to %q: %.300q", key, r.text[max(0, r.at-200):])
			}
		}
		out[key] = r.read()
	}
	return out
}

// quoted reads a text to its end; what stands between open and } in it is an expression, and a brace that is doubled none.
func (r *reader) quoted(end byte, open string) string {
	var b strings.Builder
	for {
		rest := r.text[r.at:]
		switch {
		case rest[0] == end:
			r.at++
			return b.String()
		case rest[0] == '\\':
			c := rest[1]
			if c == 'n' {
				c = '\n'
			}
			b.WriteByte(c)
			r.at += 2
		case open == "{" && (strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}")):
			b.WriteByte(rest[0])
			r.at += 2
		case open != "" && strings.HasPrefix(rest, open):
			expression, _, _ := strings.Cut(rest[len(open):], "}")
			b.WriteString(r.value(expression))
			r.at += len(open) + len(expression) + 1
		default:
			b.WriteByte(rest[0])
			r.at++
		}
	}
}

// documentOf is the policy of statements as a program makes them.
func documentOf(t *testing.T, statements []any) *policy.Document {
	iam := map[string]string{"sid": "Sid", "actions": "Action", "notactions": "NotAction", "resources": "Resource", "notresources": "NotResource", "conditions": "Condition", "effect": "Effect"}
	var out []map[string]any
	for _, s := range statements {
		one := map[string]any{}
		for k, v := range s.(map[string]any) {
			name := iam[strings.ToLower(strings.ReplaceAll(k, "_", ""))]
			if name == "" {
				t.Fatalf("the CDK has no property %q", k)
			}
			if name == "Effect" {
				v = map[any]string{"ALLOW": "Allow", "DENY": "Deny"}[v]
			}
			one[name] = v
		}
		out = append(out, one)
	}
	data, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": out})
	if err != nil {
		t.Fatal(err)
	}
	d, err := policy.Parse(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return d
}

// What a program for the CDK makes, in either language, is the policies that were exported.
func TestCDKMakesThePolicies(t *testing.T) {
	all := designs(t)
	all["awkward"] = awkward(t)
	for path, d := range all {
		holders, err := export.Policies(d, export.Options{Boundaries: true})
		if err != nil {
			t.Fatal(err)
		}
		info := d.Info()
		set := &Set{Design: d, Holders: holders}
		if info.Kind != "account" {
			set.Place = Place{info.Partition, info.Region, info.Account}
		}
		s := newSheet(set)
		for form, name := range map[string]func(string) string{"cdk-ts": lower, "cdk-python": snake} {
			files, err := Write(form, set)
			if err != nil {
				t.Fatal(err)
			}
			for _, data := range files {
				made := functions(t, string(data), func(expression string) string {
					switch expression {
					case "Aws.PARTITION":
						return info.Partition
					case "Aws.REGION":
						return info.Region
					case "Aws.ACCOUNT_ID":
						return info.Account
					}
					for _, f := range s.fills {
						if expression == "names."+name(f.Name) {
							return f.Value
						}
					}
					t.Fatalf("%s: what is %s?", path, expression)
					return ""
				})
				n := 0
				hold := func(function string, want *policy.Document) {
					n++
					got := documentOf(t, made[function])
					if !got.Equal(&policy.Document{Version: "2012-10-17", Statements: byOperators(export.Current(want).Statements)}) {
						t.Errorf("%s: %s of %s makes\n%s\nwant\n%s", path, function, form, printed(t, got), printed(t, export.Current(want)))
					}
				}
				for _, e := range s.roles {
					for i, d := range e.Inline {
						function := name(e.Name)
						if i > 0 {
							function += strconv.Itoa(i + 1)
						}
						hold(function, d)
					}
					for i, d := range e.Managed {
						hold(name(fmt.Sprintf("%sPolicy%d", e.Name, i+1)), d)
					}
					if d := e.newBoundary(); d != nil {
						hold(name(e.Name+"Boundary"), d)
					}
				}
				if n != len(made) {
					t.Errorf("%s: %s has %d functions, want %d", path, form, len(made), n)
				}
			}
		}
	}
}

// byOperators are statements with the conditions of one operator together, and of each the keys in order.
func byOperators(in []*policy.Statement) []*policy.Statement {
	var out []*policy.Statement
	for _, s := range in {
		c := *s
		c.Conditions = byOperator(s.Conditions)
		out = append(out, &c)
	}
	return out
}

// A role whose policies have no room in line has them in several managed ones, in each form.
func largeDesign(t *testing.T) *model.Design {
	t.Helper()
	d := &policy.Document{Version: "2012-10-17"}
	for n := range 260 {
		d.Statements = append(d.Statements, &policy.Statement{Effect: policy.Allow, Actions: []string{fmt.Sprintf("dynamodb:Act%d", n)}, Resources: []string{fmt.Sprintf("arn:aws:dynamodb:us-east-1:123456789012:table/t%d", n)}})
	}
	out, err := model.New(model.Info{Name: "large", Kind: "sam", Partition: "aws", Account: "123456789012", Region: "us-east-1"},
		&model.Role{ID: "role/Large", LogicalID: "Large", Name: "large-Large-GENERATED", ARN: "arn:aws:iam::123456789012:role/large-Large-GENERATED", Policies: []model.ID{"policy/a"}},
		&model.Policy{ID: "policy/a", Name: "a", Document: d})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLargeRolesRoundTrip(t *testing.T) { roundTrip(t, largeDesign(t)) }
