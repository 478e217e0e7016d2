package cfn

import (
	"fmt"
	"strings"

	"bulkhead/model/source"
)

// unknown returns the token that stands for a value the template does not tell, the same for the same kind
// and name. why, if not "", is told once, at the first place that needs it.
func (s *scope) unknown(kind, name string, span source.Span, why, remedy string) string {
	key := kind + "\x00" + name
	token, ok := s.tokens[key]
	if !ok {
		if s.many && kind != "parameter" && kind != "import" && kind != "dynamic" {
			name = s.stack + "." + name // lines and logical ids are others' as well
		}
		base := tokenName(name)
		token = base
		for i := 2; s.taken[token]; i++ {
			token = fmt.Sprintf("%s-%d", base, i)
		}
		s.taken[token] = true
		s.tokens[key] = token
	}
	if s.notes.quiet == 0 && !s.counted[key] {
		s.counted[key] = true
		s.unresolved++
		if why != "" {
			detail := "It stays as ${" + token + "}"
			if remedy != "" {
				detail += "; " + remedy
			}
			s.notes.add(source.Warning, span, why, detail+".")
		}
	}
	return "${" + token + "}"
}

// tokenName makes a name for a token: no colon and nothing that a policy variable could be.
func tokenName(name string) string {
	var b strings.Builder
	for _, c := range name {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			b.WriteRune(c)
		case c == '$' || c == '{' || c == '}':
		default:
			b.WriteByte('-')
		}
	}
	if b.Len() == 0 {
		return "value"
	}
	return b.String()
}

// hasUnknown reports whether text holds a token.
func hasUnknown(text string) bool {
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			return false
		}
		text = text[i+2:]
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return false
		}
		if name := text[:end]; name != "*" && name != "?" && name != "$" && name != "" && !strings.Contains(name, ":") {
			return true
		}
	}
}

// splitKeepingTokens splits text, but not inside tokens.
func splitKeepingTokens(text, by string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], "${") {
			if end := strings.IndexByte(text[i:], '}'); end > 0 {
				i += end + 1
				continue
			}
		}
		if strings.HasPrefix(text[i:], by) {
			out = append(out, text[start:i])
			i += len(by)
			start = i
			continue
		}
		i++
	}
	return append(out, text[start:])
}
