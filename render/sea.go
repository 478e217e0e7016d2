package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

// sea puts what the breach reaches beyond the design into words.
func (s *survey) sea() Sea {
	b := s.view.Breach
	if b == nil {
		return Sea{Words: "calm, no breach is shown"}
	}
	sea := Sea{May: true}
	var any, some, services, tips []string
	wide := map[string]bool{}
	typed := map[string]bool{} // services that are there by a kind of thing
	kinds := 0
	add := func(list *[]string, word string) {
		if !slices.Contains(*list, word) {
			*list = append(*list, word)
		}
	}
	for _, y := range b.Beyond {
		if y.Fed && !s.view.Vulnerable || y.Capabilities.Depth() == 0 {
			continue
		}
		sea.Open = true
		sea.May = sea.May && y.Certainty == reach.May
		noun := nounOf(y)
		if y.Type == "" && nameIn(y.Pattern) == "" {
			add(&services, y.Service)
			tips = append(tips, fmt.Sprintf("%s: %s on %s (%s)", y.Service, words(y.Capabilities, y.Capabilities, ""), y.Pattern, y.Certainty))
			continue
		}
		typed[y.Service] = true
		if key := y.Service + " " + noun; !wide[key] {
			wide[key] = true
			kinds++
		}
		if name := nameIn(y.Pattern); name == "" {
			add(&any, noun)
		} else {
			add(&some, noun+" "+strings.TrimPrefix(name, strings.ReplaceAll(noun, " ", "-")+"/"))
		}
		tips = append(tips, fmt.Sprintf("%s: %s on %s (%s)", noun, words(y.Capabilities, y.Capabilities, ""), y.Pattern, y.Certainty))
	}
	if !sea.Open {
		return Sea{Words: "nothing beyond the design"}
	}
	// What the design has of a kind is "any other" of it.
	const names = 4
	var parts []string
	services = slices.DeleteFunc(services, func(s string) bool { return s == "*" || typed[s] })
	switch {
	case kinds > 12 && len(any) > 12:
		services = nil
		parts = append(parts, fmt.Sprintf("nearly everything else of the account (%d kinds of things)", kinds))
	case len(any) > names+1:
		parts = append(parts, fmt.Sprintf("any other %s and %d more kinds of things of the account", strings.Join(any[:names], ", "), len(any)-names))
	case len(any) > 0:
		parts = append(parts, "any other "+list(any)+" of the account")
	}
	switch {
	case len(some) > 3:
		parts = append(parts, fmt.Sprintf("%s and %d more", strings.Join(some[:3], ", "), len(some)-3))
	case len(some) > 0:
		parts = append(parts, list(some))
	}
	switch {
	case len(services) > 3:
		parts = append(parts, fmt.Sprintf("actions of %s and %d more services", strings.Join(services[:3], ", "), len(services)-3))
	case len(services) > 0:
		parts = append(parts, "actions of "+list(services))
	}
	sea.Words = strings.Join(parts, "; ")
	if sea.May {
		sea.Words = "perhaps " + sea.Words
	}
	const lines = 24
	if len(tips) > lines {
		tips = append(tips[:lines], fmt.Sprintf("and %d more", len(tips)-lines))
	}
	sea.Tip = strings.Join(tips, "\n")
	return sea
}

func nounOf(y reach.Beyond) string {
	if k := catalog.KindOf(y.Type); k.Noun != "" && k.Noun != "resource" {
		return k.Noun
	}
	if f := strings.Split(y.Type, "::"); len(f) == 3 {
		return strings.ToLower(f[1]) + " " + spaced(f[2])
	}
	return cmp.Or(y.Service, "resource")
}

// spaced is a CamelCase word in small letters, as a noun.
func spaced(word string) string {
	var b strings.Builder
	for i, r := range word {
		if i > 0 && r >= 'A' && r <= 'Z' && word[i-1] >= 'a' && word[i-1] <= 'z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// nameIn is the name that a resource pattern asks for, "" where it takes any.
func nameIn(pattern string) string {
	f := strings.SplitN(pattern, ":", 6)
	last := f[len(f)-1]
	for _, sep := range [...]string{"/", ":"} {
		if i := strings.Index(last, sep); i >= 0 && strings.Trim(last[i+1:], "*/:") == "" {
			// "table/*" takes any table; "bucket/*" is all of one bucket.
			if len(f) == 6 && f[2] == "s3" && last[:i] != "*" {
				return last[:i]
			}
			return ""
		}
	}
	if strings.Trim(last, "*?") == "" {
		return ""
	}
	// What kind of thing it is, the sentence says already.
	if i := strings.IndexAny(last, ":/"); i > 0 && slices.Contains(kindsInARNs, last[:i]) {
		last = last[i+1:]
	}
	return last
}

// kindsInARNs begin the last part of an ARN and say no name.
var kindsInARNs = []string{"secret", "table", "identity", "function", "log-group", "parameter", "key", "alias", "stateMachine", "execution", "stream", "rule",
	"event-bus", "repository", "role", "user", "cluster", "db", "instance", "deliverystream", "userpool", "project", "topic", "queue"}

// list joins words: "table, bucket and secret".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
