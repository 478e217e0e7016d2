package export

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// placeholderAccount stands for the account of a template, which it does not tell.
const placeholderAccount = "123456789012"

// generated is what AWS will make: names that end so in a design, the rest of a secret's ARN with the six characters behind its
// name (catalog.SecretSuffix).
var generated = regexp.MustCompile(`[A-Za-z0-9_.+=@-]*(?:GENERATED(?:-XXXXXX)?|-XXXXXX)`)

// Generated is where in a text the first name stands that AWS will generate, or the first part of one: from, to; nil where
// there is none.
func Generated(text string) []int { return generated.FindStringIndex(text) }

// fills lists the generated names and the unknown values in a text, as they stand there.
func fills(s string) []string {
	out := generated.FindAllString(s, -1)
	for rest := s; ; {
		_, tail, ok := strings.Cut(rest, "${")
		if !ok {
			break
		}
		name, tail, closed := strings.Cut(tail, "}")
		if !closed {
			break
		}
		if !strings.Contains(name, ":") && name != "*" && name != "?" && name != "$" {
			out = append(out, "${"+name+"}")
		}
		rest = tail
	}
	return out
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
