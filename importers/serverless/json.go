package serverless

import (
	"encoding/json"

	"bulkhead/importers/yamlpos"
)

// jsonText prints a value as compact JSON, keys sorted; "" for what cannot be printed.
func jsonText(n *yamlpos.Node) string {
	left := 20_000
	out, err := json.Marshal(plain(n, &left))
	if err != nil {
		return ""
	}
	return string(out)
}

// plain is a value as encoding/json prints it, of up to left parts.
func plain(n *yamlpos.Node, left *int) any {
	n = n.Resolve()
	if *left--; n == nil || *left < 0 {
		return nil
	}
	switch n.Kind {
	case yamlpos.Sequence:
		out := []any{}
		for _, i := range n.Items() {
			out = append(out, plain(i, left))
		}
		return out
	case yamlpos.Mapping:
		out := map[string]any{}
		for _, p := range n.Effective() {
			out[p.Key.Value] = plain(p.Value, left)
		}
		return out
	case yamlpos.Scalar, yamlpos.Alias:
	}
	if n.Null {
		return nil
	}
	if !n.Quoted {
		switch n.Value {
		case "true":
			return true
		case "false":
			return false
		}
		if json.Valid([]byte(n.Value)) && n.Value != "null" && n.Value[0] != '"' {
			return json.Number(n.Value)
		}
	}
	return n.Value
}
