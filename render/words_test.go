package render

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  string
	}{{0, "0 %"}, {0.001, "<1 %"}, {0.0049, "<1 %"}, {0.333, "33 %"}, {8.0 / 9, "89 %"}, {0.996, ">99 %"}, {1, "100 %"}} {
		if got := Percent(c.share); got != c.want {
			t.Errorf("%f is %q, want %q", c.share, got, c.want)
		}
	}
}

func TestRouteLabel(t *testing.T) {
	for _, c := range []struct{ routes, want string }{
		{"GET /products", "GET /products"},
		{"ANY /{proxy+}", "ANY /{proxy+}"},
		{"GET /products,GET /products/{id}", "GET /products · 2 routes"},
		{"GET /cart,PUT /cart,DELETE /cart", "/cart · 3 routes"},
		{"GET /a/b/c,POST /a/b/d", "/a/b · 2 routes"},
		{"GET /products,GET /production", "2 routes"}, // segments, not letters
		{"GET /me,GET /orders", "2 routes"},
		{"GET /me,GET /me", "GET /me"},
		{"$default,$connect", "2 routes"},
	} {
		var routes []*model.Trigger
		for _, l := range strings.Split(c.routes, ",") {
			routes = append(routes, &model.Trigger{Label: l})
		}
		if got := routeLabel(routes); got != c.want {
			t.Errorf("%s: %q, want %q", c.routes, got, c.want)
		}
	}
}

func TestSea(t *testing.T) {
	read := catalog.Capabilities(0).With(catalog.Read)
	beyond := func(typ, pattern string) reach.Beyond {
		return reach.Beyond{Service: strings.ToLower(strings.Split(typ+"::x", "::")[1]), Type: typ, Pattern: pattern, Capabilities: read, All: strings.HasSuffix(pattern, ":*") || pattern == "*" || strings.HasSuffix(pattern, ":table/*"), Known: true}
	}
	const table, bucket, secret = "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"
	perhaps := beyond(table, "*")
	perhaps.Certainty = reach.May
	fed := beyond(table, "*")
	fed.Fed = true
	list := beyond(table, "*")
	list.Capabilities = catalog.Capabilities(0).With(catalog.List)
	for _, c := range []struct {
		name   string
		beyond []reach.Beyond
		want   string
	}{
		{"nothing", nil, "nothing beyond the design"},
		{"all of three", []reach.Beyond{beyond(table, "*"), beyond(bucket, "arn:aws:s3:::*"), beyond(secret, "arn:aws:secretsmanager:*:*:secret:*")}, "read any other table, bucket and secret of the account"},
		{"twice the same", []reach.Beyond{beyond(table, "*"), beyond(table, "arn:aws:dynamodb:*:*:table/*")}, "read any other table of the account"},
		{"by name", []reach.Beyond{beyond(table, "arn:aws:dynamodb:us-east-1:1:table/prod-*")}, "read any other table like prod-*"},
		{"objects of one bucket", []reach.Beyond{beyond(bucket, "arn:aws:s3:::logs/*")}, "read the bucket logs"},
		{"both", []reach.Beyond{beyond(table, "*"), beyond(bucket, "arn:aws:s3:::logs")}, "read any other table of the account and the bucket logs"},
		{"a service without kinds", []reach.Beyond{{Service: "xray", Pattern: "*", Capabilities: read}}, "resources of xray"},
		{"perhaps", []reach.Beyond{perhaps}, "perhaps read any other table of the account"},
		{"fed functions are not taken as vulnerable", []reach.Beyond{fed}, "nothing beyond the design"},
		{"listing is no hit", []reach.Beyond{list}, "nothing beyond the design"},
	} {
		s := &survey{view: View{Breach: new(reach.Breach).WithBeyond(c.beyond)}}
		got := s.sea()
		if got.Words != c.want {
			t.Errorf("%s: %q, want %q", c.name, got.Words, c.want)
		}
		if got.Open != (c.want != "nothing beyond the design") {
			t.Errorf("%s: open is %t", c.name, got.Open)
		}
	}
}

func TestWords(t *testing.T) {
	set := func(words string) catalog.Capabilities {
		var s catalog.Capabilities
		for c := catalog.List; c <= catalog.Tag; c++ {
			if strings.Contains(" "+words+" ", " "+c.String()+" ") {
				s = s.With(c)
			}
		}
		return s
	}
	for _, c := range []struct{ all, must, part, want string }{
		{"read", "read", "", "read"},
		{"list read write tag", "list read write tag", "", "read write"},
		{"list", "list", "", "list"},
		{"read delete", "read", "", "read delete?"},
		{"read write delete permissions", "read write delete permissions", "", "everything"},
		{"read write delete permissions", "read", "", "everything?"},
		{"read", "read", "public/*", "read of public/*"},
		{"", "", "", ""},
	} {
		if got := words(set(c.all), set(c.must), c.part); got != c.want {
			t.Errorf("%q, sure %q: %q, want %q", c.all, c.must, got, c.want)
		}
	}
}

// mono sets every letter half as wide as high.
type mono struct{}

func (mono) Width(text string, size float64, _ Weight) float64 {
	return float64(len([]rune(text))) * size / 2
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"Orders", 30, "Orders"}, {"Orders", 29, "Orde…"}, {"Orders", 10, "O…"}, {"Orders", 9, ""}, {"", 10, ""},
		{"a b c", 20, "a b…"}, {"naïve", 20, "naï…"}, {"app.handler", 25, "app…"},
	} {
		if got := Fit(mono{}, c.text, 10, Regular, c.width); got != c.want {
			t.Errorf("%q in %.0f: %q, want %q", c.text, c.width, got, c.want)
		}
	}
	for _, c := range []struct {
		name  string
		width float64
		want  string
	}{
		{"Orders", 30, "Orders"}, {"Orders", 29, "Ord…s"}, {"Orders", 10, "O…"}, {"Orders", 9, ""},
		{"OrdersQueue", 35, "Orde…ue"}, {"OrdersTopic", 35, "Orde…ic"}, {"a-b-c-d-e", 35, "a-b-c…e"},
		{"OrdersTable0C4CDE0B", 70, "OrdersTable…0B"}, {"OrdersTable0C4CDE0B", 50, "Or…able…0B"}, {"OrdersTable0C4CDE0B", 95, "OrdersTable0C4CDE0B"},
		{"00000000-0000-4000", 35, "0000…00"},
		{"shop/Source/LoggingBucket", 80, "…/LoggingBucket"}, {"shop/Source/LoggingBucket", 120, "…/Source/LoggingBucket"}, {"/aws/lambda/webshop-Orders", 85, "…/webshop-Orders"},
		{"Custom::AutoDelete/Handler", 100, "Custom::AutoD…andler"}, {"GET /customers/{id}", 70, "GET /cust…{id}"},
	} {
		if got := FitName(mono{}, c.name, 10, Regular, c.width); got != c.want {
			t.Errorf("%q in %.0f: %q, want %q", c.name, c.width, got, c.want)
		}
	}
	for _, c := range []struct {
		width float64
		want  string
	}{{85, "read write delete"}, {84, "read write …"}, {59, "read …"}, {29, ""}} {
		if got := FitWords(mono{}, "read write delete", 10, Regular, c.width); got != c.want {
			t.Errorf("in %.0f: %q, want %q", c.width, got, c.want)
		}
	}
}

func TestTwoLines(t *testing.T) {
	m := mono{}
	for name, want := range map[string][]string{
		"Orders":                       {"Orders"},
		"EsmSqsFilterFunctionNoFilter": {"EsmSqsFilter", "FunctionNoFilter"},
		"orders-of-the-north-worker":   {"orders-of-the-", "north-worker"},
		"orders_of_the_north_worker":   {"orders_of_the_", "north_worker"},
		"Handler2ForNorthernOrders":    {"Handler2For", "NorthernOrders"},
	} {
		got := TwoLines(m, name, 10, Bold, 100)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Za-z0-9_ -]{1,60}`).Draw(t, "name")
		width := rapid.Float64Range(40, 300).Draw(t, "width")
		lines := TwoLines(m, name, 10, Bold, width)
		if len(lines) == 0 || len(lines) > 2 {
			t.Fatalf("%q: %q", name, lines)
		}
		cut := false
		for _, l := range lines {
			if w := m.Width(l, 10, Bold); w > width {
				t.Fatalf("%q: %q is %v wide, more than %v", name, l, w, width)
			}
			cut = cut || strings.Contains(l, "…") || l == ""
		}
		if whole := strings.Join(lines, ""); !cut && strings.ReplaceAll(whole, " ", "") != strings.ReplaceAll(name, " ", "") {
			t.Fatalf("%q became %q", name, lines)
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		width float64
		lines int
		want  string
	}{
		{100, 2, "one two three four"}, {50, 2, "one two|three four"}, {35, 2, "one two|three…"}, {35, 3, "one two|three|four"}, {20, 1, "one…"},
	} {
		if got := strings.Join(Wrap(mono{}, "one two three four", 10, Regular, c.width, c.lines), "|"); got != c.want {
			t.Errorf("%.0f wide, %d lines: %q, want %q", c.width, c.lines, got, c.want)
		}
	}
}

// TestLongSea: a long sea is told whole, on as many lines as it takes.
func TestLongSea(t *testing.T) {
	words := "any other " + strings.Repeat("database cluster snapshot, ", 30) + "and table of the account"
	f := newFoot(mono{}, &Diagram{Sea: Sea{Words: words, Open: true}}, 400)
	var said []string
	for _, it := range f.items {
		if line, ok := it.(Text); ok && line.Level != Far {
			said = append(said, line.Text)
			if w := (mono{}).Width(line.Text, line.Size, line.Weight); w > 400 {
				t.Errorf("%q is %.0f wide", line.Text, w)
			}
		}
	}
	if got := strings.Join(said, " "); got != "the sea: "+words {
		t.Errorf("the sea says %q", got)
	}
}
