package event

import (
	"fmt"
	"strconv"
	"strings"
)

// Most that words say before they count.
const (
	mostValues       = 3
	mostFields       = 3
	mostAlternatives = 2
)

// Words says what a pattern asks for, after a word such as "whose": "source is shop and detail.total is above 100". ""
// where it lets everything pass. inside are names of objects that go without saying: "detail".
func (p *Pattern) Words(inside ...string) string {
	if p == nil {
		return ""
	}
	var out []string
	for _, a := range p.Alternatives {
		if w := a.words(inside); w != "" {
			out = append(out, w)
		} else {
			return ""
		}
	}
	if n := len(out) - mostAlternatives; n > 1 {
		out = append(out[:mostAlternatives], fmt.Sprintf("%d other ways", n))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", or ")
}

func (a Alternative) words(inside []string) string {
	var out []string
	for _, f := range a {
		out = append(out, f.words(inside))
	}
	if n := len(out) - mostFields; n > 1 {
		out = append(out[:mostFields], fmt.Sprintf("%d more", n))
	}
	return join(out, "and")
}

// join is a list for people: "a, b and c".
func join(words []string, with string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + with + " " + words[n-1]
	}
	return strings.Join(words, "")
}

func (f Field) words(inside []string) string {
	name := f.Path
	for _, x := range inside {
		name = strings.TrimPrefix(name, x+".")
	}
	if len(f.Any) == 0 {
		return name + " is one of nothing"
	}
	// Values of one operator share it: "is a, b or c".
	var phrases []string
	for i := 0; i < len(f.Any); {
		verb, object := f.Any[i].words()
		objects := []string{object}
		for i++; i < len(f.Any); i++ {
			v, o := f.Any[i].words()
			if v != verb || o == "" {
				break
			}
			objects = append(objects, o)
		}
		if n := len(objects) - mostValues; n > 1 {
			objects = append(objects[:mostValues], fmt.Sprintf("%d others", n))
		}
		phrases = append(phrases, strings.TrimSpace(verb+" "+join(objects, "or")))
	}
	return name + " " + strings.Join(phrases, " or ")
}

// words is a verb and what it is about.
func (v Value) words() (verb, object string) {
	switch {
	case len(v.Not) == 1:
		verb, object = v.Not[0].words()
		return negated(verb), object
	case v.Not != nil:
		var objects []string
		for _, n := range v.Not {
			verb, object = n.words()
			objects = append(objects, object)
		}
		if len(objects) == 0 {
			return "is there", ""
		}
		if n := len(objects) - mostValues; n > 1 {
			objects = append(objects[:mostValues], fmt.Sprintf("%d others", n))
		}
		return negated(verb), join(objects, "or")
	}
	switch v.Op {
	case Equals:
		if v.Fold {
			return "is", v.Text + " in any case"
		}
		return "is", quoted(v.Text)
	case Is:
		return "is", v.Text
	case Like:
		return likeWords(v.Text)
	case Numeric:
		var out []string
		for _, b := range v.Bounds {
			out = append(out, map[string]string{"=": "", "<": "below ", "<=": "at most ", ">": "above ", ">=": "at least "}[b.Op]+b.To)
		}
		return "is", strings.Join(out, " and ")
	case CIDR:
		return "is in", v.Text
	case Exists:
		return "is there", ""
	case Absent:
		return "is not there", ""
	}
	return "", ""
}

// quoted is a text as it stands, or in quotation marks where it would not be seen as one.
func quoted(s string) string {
	if s == "" || strings.TrimSpace(s) != s {
		return strconv.Quote(s)
	}
	return s
}

// likeWords says a pattern by where its one wildcard stands.
func likeWords(pattern string) (verb, object string) {
	plain := strings.NewReplacer("${*}", "*", "${?}", "?").Replace
	switch rest := strings.ReplaceAll(pattern, "${*}", ""); {
	case strings.Count(rest, "*") == 1 && strings.HasSuffix(pattern, "*") && len(pattern) > 1:
		return "begins with", plain(strings.TrimSuffix(pattern, "*"))
	case strings.Count(rest, "*") == 1 && strings.HasPrefix(pattern, "*") && len(pattern) > 1:
		return "ends with", plain(strings.TrimPrefix(pattern, "*"))
	}
	return "is like", plain(pattern)
}

func negated(verb string) string {
	switch verb {
	case "begins with":
		return "does not begin with"
	case "ends with":
		return "does not end with"
	}
	if first, rest, ok := strings.Cut(verb, " "); ok {
		return first + " not " + rest
	}
	return verb + " not"
}
