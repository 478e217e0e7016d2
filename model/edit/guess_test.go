package edit_test

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
)

// guessed is what GuessParts says of a function with routes, other triggers by what they come from, and things with the
// variables that name them: "word: triggers | things" a line.
func guessed(t *testing.T, name string, routes []string, sources []string, things map[string]string) string {
	t.Helper()
	d := shop(t)
	f := &model.Function{ID: model.MakeID("fn", name), LogicalID: name, Name: name, ARN: arnOf("function", name), Role: "role/ShopRole"}
	more := []model.Change{}
	var ids []model.ID
	put := func(name string) model.ID {
		id := model.MakeID("res", name)
		if d.Element(id) == nil && !slices.Contains(ids, id) {
			more = append(more, model.Change{After: &model.Resource{ID: id, LogicalID: name, Name: "stack-" + name + "-GENERATED", Type: "AWS::DynamoDB::Table", ARN: arnOf("table", name)}})
		}
		return id
	}
	for _, name := range sortedNames(things) {
		id := put(name)
		ids = append(ids, id)
		if v := things[name]; v != "" {
			f.Environment = append(f.Environment, model.EnvVar{Name: v, Refers: id})
		}
	}
	more = append(more, model.Change{After: f})
	for i, r := range routes {
		more = append(more, model.Change{After: &model.Trigger{ID: model.ID("trigger/" + name + "/" + itoa(i)), Name: "E" + itoa(i), To: f.ID, Kind: "api-route", Event: "http", Label: r}})
	}
	for _, s := range sources {
		id := put(s)
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
		more = append(more, model.Change{After: &model.Trigger{ID: model.ID("trigger/" + name + "/" + s), Name: s, From: id, To: f.ID, Kind: "event-source-mapping", Event: "sqs", Label: "sqs"}})
	}
	d, err := d.With(more...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, g := range edit.GuessParts(d, f, ids) {
		line := g.Word
		if g.Reads {
			line += " (reads)"
		}
		line += ":"
		for _, id := range g.Triggers {
			if x, ok := d.Element(id).(*model.Trigger); ok {
				line += " " + strings.ReplaceAll(x.Label, " ", "")
			}
		}
		line += " |"
		for _, id := range g.Things {
			line += " " + d.Name(id)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func sortedNames(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func itoa(n int) string { return string(rune('0' + n)) }

func TestGuessParts(t *testing.T) {
	for _, test := range []struct {
		name, function  string
		routes, sources []string
		things          map[string]string
		want            string
	}{
		{"by paths and names", "Desk", []string{"GET /v1/books", "GET /v1/books/{id}", "PUT /v1/loans/{id}", "GET /health"}, nil, map[string]string{"BooksTable": "", "LoanTable": "", "Audit": ""},
			"books (reads): GET/v1/books GET/v1/books/{id} | BooksTable\nloans: PUT/v1/loans/{id} | LoanTable\n: GET/health | Audit"},
		{"by variables, where the names say nothing", "Desk", []string{"GET /books", "POST /categories"}, nil, map[string]string{"T1": "BOOKS_TABLE", "T2": "CATEGORY_TABLE"},
			"books (reads): GET/books | T1\ncategories: POST/categories | T2\n: |"},
		{"by where they come from", "Desk", []string{"GET /books"}, []string{"Inbox", "Returns"}, map[string]string{"Books": "", "ReturnedBooks": ""},
			"books (reads): GET/books | Books ReturnedBooks\nInbox: sqs | Inbox\nReturns: sqs | Returns\n: |"},
		{"the function's own name tells nothing apart", "BookDesk", []string{"GET /book-list", "GET /desk"}, nil, map[string]string{"BookTable": ""}, ""},
		{"one route for all", "Desk", []string{"ANY /{proxy+}"}, nil, map[string]string{"Books": ""}, ""},
		{"one subject alone", "Desk", []string{"GET /books", "POST /books"}, nil, map[string]string{"Books": ""}, ""},
		{"nothing starts it", "Desk", nil, nil, map[string]string{"Books": "", "Loans": ""}, ""},
	} {
		if got := guessed(t, test.function, test.routes, test.sources, test.things); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// TestGuessesShareEverythingOut: each trigger is in one part, and each thing in one at least.
func TestGuessesShareEverythingOut(t *testing.T) {
	var routes []string
	things := map[string]string{}
	for _, w := range strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota") {
		routes = append(routes, "GET /"+w)
		things[strings.ToUpper(w[:1])+w[1:]] = ""
	}
	lines := strings.Split(guessed(t, "Desk", routes, nil, things), "\n")
	if len(lines) != 7 {
		t.Errorf("%d parts of nine subjects: %q", len(lines), lines)
	}
	for _, r := range routes {
		if n := strings.Count(strings.Join(lines, " ")+" ", " "+strings.ReplaceAll(r, " ", "")+" "); n != 1 {
			t.Errorf("%s is in %d parts", r, n)
		}
	}
	for x := range things {
		if n := strings.Count(strings.Join(lines, " ")+" ", " "+x+" "); n != 1 {
			t.Errorf("%s is in %d parts: %q", x, n, lines)
		}
	}
}
