package cfn

import (
	"encoding/json"
	"strings"

	"bulkhead/importers/yamlpos"
)

// maxPlain bounds the size of a value that is printed as JSON, against aliases that multiply.
const maxPlain = 50_000

// jsonText prints a mapping as compact JSON, keys as written, for filters; "" if n is not there.
func (s *scope) jsonText(n *yamlpos.Node) string {
	if n == nil {
		return ""
	}
	if text, ok := s.text(n); ok {
		return text
	}
	left := maxPlain
	out, err := json.Marshal(s.plain(n, &left))
	if err != nil {
		return ""
	}
	return string(out)
}

// plain turns a value into what encoding/json prints.
func (s *scope) plain(n *yamlpos.Node, left *int) any {
	n = s.settle(n)
	if *left--; n == nil || *left < 0 {
		return nil
	}
	if text, ok := s.text(n); ok {
		if !n.Quoted && n.Kind == yamlpos.Scalar && !isCall(n) {
			switch text {
			case "true":
				return true
			case "false":
				return false
			}
			if c := text[:min(1, len(text))]; strings.Contains("-0123456789", c) && c != "" && json.Valid([]byte(text)) {
				return json.Number(text)
			}
		}
		return text
	}
	switch n.Kind {
	case yamlpos.Sequence:
		out := []any{}
		for _, i := range s.items(n) {
			out = append(out, s.plain(i, left))
		}
		return out
	case yamlpos.Mapping:
		out := map[string]any{}
		for _, p := range s.pairs(n) {
			out[p.Key.Value] = s.plain(p.Value, left)
		}
		return out
	case yamlpos.Scalar, yamlpos.Alias:
	}
	return nil
}
