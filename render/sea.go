package render

import (
	"cmp"
	"fmt"
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
	var tips []string
	beyond := b.SeaAt(s.view.Vulnerable, s.view.Hop)
	for _, y := range beyond {
		if y.Capabilities.Depth() == 0 {
			continue
		}
		sea.Open = true
		sea.May = sea.May && y.Certainty == reach.May
		tips = append(tips, fmt.Sprintf("%s: %s on %s (%s)", nounOf(y), words(y.Capabilities, y.Capabilities, ""), y.Pattern, y.Certainty))
	}
	if !sea.Open {
		if s.view.Hop > 0 && len(b.Sea(s.view.Vulnerable)) > 0 {
			return Sea{Words: "nothing beyond the design so far"}
		}
		if b.Reach.AtLeast {
			return Sea{Words: "nothing is known beyond the design"}
		}
		return Sea{Words: "nothing beyond the design"}
	}
	sea.Words = reach.SeaWords(beyond)
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

// list joins words: "table, bucket and secret".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
