package edit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"bulkhead/model/policy"
)

// Conditions are the conditions of a statement, written in scripts as IAM's Condition element:
// {"StringEquals": {"aws:SourceAccount": "123456789012"}}.
type Conditions []policy.Condition

// MarshalJSON prints IAM's Condition element, in the order of the conditions.
func (c Conditions) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	var done []string
	for i, first := range c {
		if slices.Contains(done, first.Operator) {
			continue
		}
		if len(done) > 0 {
			b.WriteByte(',')
		}
		done = append(done, first.Operator)
		fmt.Fprintf(&b, "%s:{", quote(first.Operator))
		sep := ""
		for _, one := range c[i:] {
			if one.Operator != first.Operator {
				continue
			}
			fmt.Fprintf(&b, "%s%s:", sep, quote(one.Key))
			sep = ","
			values, err := json.Marshal(one.Values)
			if len(one.Values) == 1 {
				values, err = json.Marshal(one.Values[0])
			}
			if err != nil {
				return nil, fmt.Errorf("print condition on %s: %w", one.Key, err)
			}
			b.Write(values)
		}
		b.WriteByte('}')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a string always marshals
		return `""`
	}
	return string(b)
}

// UnmarshalJSON reads IAM's Condition element and keeps its order.
func (c *Conditions) UnmarshalJSON(data []byte) error {
	*c = nil
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return object(d, "conditions", func(operator string) error {
		return object(d, operator, func(key string) error {
			var value any
			if err := d.Decode(&value); err != nil {
				return fmt.Errorf("condition %s: %w", key, err)
			}
			list, ok := value.([]any)
			if !ok {
				list = []any{value}
			}
			if len(list) == 0 {
				return fmt.Errorf("condition %s has no values", key)
			}
			one := policy.Condition{Operator: operator, Key: key}
			for _, v := range list {
				switch v := v.(type) {
				case string:
					one.Values = append(one.Values, v)
				case json.Number, bool:
					one.Values = append(one.Values, fmt.Sprint(v))
				default:
					return fmt.Errorf("condition %s: a value is a string, a number, true or false", key)
				}
			}
			*c = append(*c, one)
			return nil
		})
	})
}

// object reads one JSON object and calls member behind each key.
func object(d *json.Decoder, what string, member func(key string) error) error {
	t, err := d.Token()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if t != json.Delim('{') {
		return fmt.Errorf("%s: must be an object, as in IAM's Condition element", what)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		key, _ := t.(string) // keys of an object are strings
		if err := member(key); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
