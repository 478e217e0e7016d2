package reach

import (
	"slices"
	"strings"

	"bulkhead/model/policy"
)

// Which forms does a resource pattern reach? Forms are found by the text before the first wildcard, not by trying
// every pattern on every form.

func (w *world) sortForms() {
	type entry struct {
		literal string
		form    int32
	}
	entries := make([]entry, len(w.forms))
	for i, f := range w.forms {
		lit := f.witness
		if f.space != "" {
			lit = f.space
		}
		lit = literalPrefix(lit)
		entries[i] = entry{lit, int32(i)}
		if f.space != "" || f.loose {
			w.open[lit] = append(w.open[lit], int32(i))
			if !slices.Contains(w.lengths, len(lit)) {
				w.lengths = append(w.lengths, len(lit))
			}
		}
	}
	slices.Sort(w.lengths)
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.literal, b.literal) })
	for _, e := range entries {
		w.literals = append(w.literals, e.literal)
		w.order = append(w.order, e.form)
	}
}

// literalPrefix is a pattern up to its first wildcard or unknown.
func literalPrefix(p string) string {
	for i := 0; i < len(p); i++ {
		if p[i] == '*' || p[i] == '?' || p[i] == '$' && i+1 < len(p) && p[i+1] == '{' {
			return p[:i]
		}
	}
	return p
}

// A match is a pattern on a form.
type match struct {
	form int32
	must bool // surely

	// Where the pattern reaches only a part of the form: an ARN of that part, the pattern, and what it is called
	// where the pattern does not tell.
	part, pattern, name string
}

// match finds the forms that a resource pattern without policy variables reaches, in order.
func (w *world) match(pattern string) []match {
	w.mu.RLock()
	out, ok := w.patterns[pattern]
	w.mu.RUnlock()
	if ok {
		return out
	}
	out = []match{}
	arn, perhaps := whenChosen(pattern)
	for _, p := range completions(arn) {
		for _, m := range w.find(p) {
			m.must = m.must && !perhaps
			out = append(out, m)
		}
	}
	w.mu.Lock()
	w.patterns[pattern] = out
	w.mu.Unlock()
	return out
}

func (w *world) find(pattern string) []match {
	lit := literalPrefix(pattern)
	var forms []int32
	from, _ := slices.BinarySearch(w.literals, lit)
	for i := from; i < len(w.literals) && strings.HasPrefix(w.literals[i], lit); i++ {
		forms = append(forms, w.order[i])
	}
	for _, n := range w.lengths {
		if n >= len(lit) {
			break
		}
		forms = append(forms, w.open[lit[:n]]...)
	}
	slices.Sort(forms)
	var out []match
	for _, i := range forms {
		f := &w.forms[i]
		must, may := policy.Match(pattern, f.witness)
		switch {
		case must || may:
			out = append(out, match{form: i, must: must})
		case f.space != "":
			if part, ok := within(pattern, f.space); ok {
				out = append(out, match{form: i, must: true, part: part, pattern: pattern})
			}
		}
	}
	return out
}

// within is an ARN that both patterns match; one with names that nobody gave where that can be.
func within(pattern, space string) (string, bool) {
	if pattern == "*" {
		return instance(space), true
	}
	if policy.Apart(pattern, space) {
		return "", false
	}
	both := func(s string) bool {
		p, _ := policy.Match(pattern, s)
		q, _ := policy.Match(space, s)
		return p && q
	}
	for _, guess := range [2]string{instance(pattern), instance(space)} {
		if both(guess) {
			return guess, true
		}
	}
	if guess := byField(pattern, space, longer); both(guess) {
		return guess, true
	}
	if guess := byField(pattern, space, behind); both(guess) {
		return guess, true
	}
	for _, guess := range intoHead(pattern, space) {
		if both(guess) {
			return guess, true
		}
	}
	return policy.Overlap(pattern, space)
}

// byField takes each field from the pattern that leaves it less open, where both have as many, and picks where both leave it open;
// "" otherwise.
func byField(pattern, space string, pick func(p, q string) string) string {
	p, q := strings.Split(pattern, ":"), strings.Split(space, ":")
	if len(p) != len(q) {
		return ""
	}
	for i := range p {
		switch {
		case !strings.ContainsAny(p[i], "*?"):
		case strings.ContainsAny(q[i], "*?"):
			p[i] = pick(p[i], q[i])
		default:
			p[i] = q[i]
		}
	}
	return instance(strings.Join(p, ":"))
}

func longer(p, q string) string {
	if len(p) > len(q) {
		return p
	}
	return q
}

// behind is the text of both fields that has what the second begins with in the place of the first's wildcard, and otherwise some
// text of both, "" for none.
func behind(p, q string) string {
	for _, guess := range intoHead(p, q) {
		one, _ := policy.Match(p, guess)
		if other, _ := policy.Match(q, guess); one && other {
			return guess
		}
	}
	text, _ := policy.Overlap(p, q)
	return text
}

// intoHead are texts in which a pattern's first wildcard takes what a space begins with.
func intoHead(pattern, space string) []string {
	lit, head := literalPrefix(pattern), literalPrefix(space)
	if len(lit) == len(pattern) || !strings.HasPrefix(head, lit) {
		return nil
	}
	rest := instance(pattern[len(lit)+1:])
	return []string{strings.TrimRight(head, "/:") + rest, head + rest}
}

// instance fills a pattern's wildcards.
func instance(pattern string) string { return filler.Replace(pattern) }

var filler = strings.NewReplacer("*", anyName, "?", anyCharacter)

// asPattern has the wildcards again of what instance filled.
var asPattern = strings.NewReplacer(anyName, "*", anyCharacter, "?")

// whenChosen is the ARN of a Resource that a template's condition chooses, "${NAME}arn:…": all of it or nothing, so that it
// never is a part of something else's name.
func whenChosen(pattern string) (arn string, chosen bool) {
	arn = pattern
	for strings.HasPrefix(arn, "${") {
		end := strings.IndexByte(arn, '}')
		if end < 0 || strings.Contains(arn[:end], ":") {
			break
		}
		arn = arn[end+1:]
	}
	if len(arn) == len(pattern) || !strings.HasPrefix(arn, "arn:") {
		return pattern, false
	}
	return arn, true
}

// completions are the patterns that a Resource entry stands for: an ARN with fewer than six fields is completed
// with * (IAM JSON policy elements: Resource), and one with a wildcard is taken as it stands as well; the short form in an
// API's own policy is of the API ("API Gateway resource policy examples").
func completions(pattern string) []string {
	if within, ok := strings.CutPrefix(pattern, "execute-api:/"); ok {
		return []string{"arn:*:execute-api:*:*:*/" + within}
	}
	if !strings.HasPrefix(pattern, "arn:") {
		return []string{pattern}
	}
	_, colons := resourcePart(pattern)
	if colons == 5 {
		return []string{pattern}
	}
	full := pattern + strings.Repeat(":*", 5-colons)
	if literalPrefix(pattern) == pattern {
		return []string{full}
	}
	return []string{pattern, full}
}

// allCompletions are those of several entries.
func allCompletions(entries []string) []string {
	plain := func(p string) bool {
		if !strings.HasPrefix(p, "arn:") {
			return !strings.HasPrefix(p, "execute-api:/")
		}
		_, colons := resourcePart(p)
		return colons == 5
	}
	if !slices.ContainsFunc(entries, func(p string) bool { return !plain(p) }) {
		return entries // as they stand
	}
	var out []string
	for _, p := range entries {
		out = append(out, completions(p)...)
	}
	return out
}

// resourcePart is where the sixth field of an ARN begins, its length where there is none, and how many of the first five
// colons it has; those within ${…} do not count.
func resourcePart(pattern string) (at, colons int) {
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "${"):
			if end := strings.IndexByte(pattern[i:], '}'); end > 0 {
				i += end
			}
		case pattern[i] == ':':
			if colons++; colons == 5 {
				return i + 1, colons
			}
		}
	}
	return len(pattern), colons
}
