package catalog

import "strings"

// match reports whether text matches an IAM pattern: "*" is any number of characters, "?" exactly one. Case
// counts; callers that ignore it lower both. It takes at most len(pattern)·len(text) steps.
func match(pattern, text string) bool {
	p, t := 0, 0
	star, mark := -1, 0 // last star, and what of text it has eaten
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// overlap reports whether some text matches both patterns.
func overlap(a, b string) bool {
	switch {
	case !strings.ContainsAny(a, "*?"):
		return match(b, a)
	case !strings.ContainsAny(b, "*?"):
		return match(a, b)
	}
	// now[j]: some text matches both the first i of a and the first j of b.
	now := make([]bool, len(b)+1)
	now[0] = true
	for j := 0; j < len(b) && b[j] == '*'; j++ {
		now[j+1] = true
	}
	for i := range len(a) {
		next := make([]bool, len(b)+1)
		next[0] = now[0] && a[i] == '*'
		for j := range len(b) {
			x, y := a[i], b[j]
			switch {
			case x == '*' || y == '*':
				// A star stands for nothing, or eats what the other side has there.
				next[j+1] = now[j+1] || next[j]
			case x == '?' || y == '?' || x == y:
				next[j+1] = now[j]
			}
		}
		now = next
	}
	return now[len(b)]
}
