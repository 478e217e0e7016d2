package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// MarshalJSON prints a document in IAM's JSON grammar: Version, Id, Statement; a list of one as a string. What
// stood in one order is printed in that order, so equal documents give equal bytes. It fails only where a
// statement holds one operator with one key twice, which IAM's JSON cannot say.
func (d *Document) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	if d.Version != "" {
		b.WriteString(`"Version":`)
		writeString(&b, d.Version)
		b.WriteByte(',')
	}
	if d.ID != "" {
		b.WriteString(`"Id":`)
		writeString(&b, d.ID)
		b.WriteByte(',')
	}
	b.WriteString(`"Statement":[`)
	for i, s := range d.Statements {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := s.write(&b, true); err != nil {
			return nil, fmt.Errorf("print statement %d: %w", i+1, err)
		}
	}
	b.WriteString(`]}`)
	return b.Bytes(), nil
}

// MarshalJSON prints a statement in IAM's JSON grammar.
func (s *Statement) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	if err := s.write(&b, true); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Format prints a document for a file: indented by two spaces, a newline at the end.
func (d *Document) Format() ([]byte, error) {
	flat, err := d.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, flat, "", "  "); err != nil {
		return nil, fmt.Errorf("indent policy: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (s *Statement) write(b *bytes.Buffer, sid bool) error {
	b.WriteByte('{')
	if sid && s.Sid != "" {
		b.WriteString(`"Sid":`)
		writeString(b, s.Sid)
		b.WriteByte(',')
	}
	b.WriteString(`"Effect":"` + s.Effect.String() + `"`)
	if s.Principals != nil {
		b.WriteString(`,"` + not(s.NotPrincipal) + `Principal":`)
		writePrincipals(b, s.Principals)
	}
	b.WriteString(`,"` + not(s.NotAction) + `Action":`)
	writeStrings(b, s.Actions)
	if s.Resources != nil {
		b.WriteString(`,"` + not(s.NotResource) + `Resource":`)
		writeStrings(b, s.Resources)
	}
	if len(s.Conditions) > 0 {
		b.WriteString(`,"Condition":`)
		if err := writeConditions(b, s.Conditions); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func not(n bool) string {
	if n {
		return "Not"
	}
	return ""
}

func writePrincipals(b *bytes.Buffer, principals []Principal) {
	if len(principals) == 1 && principals[0].Kind == "*" {
		b.WriteString(`"*"`)
		return
	}
	var kinds []string
	values := map[string][]string{}
	for _, p := range principals {
		kind := p.Kind
		if kind == "*" {
			kind = "AWS" // {"AWS": "*"} means the same, and can stand beside others
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		values[kind] = append(values[kind], p.Value)
	}
	b.WriteByte('{')
	for i, kind := range kinds {
		if i > 0 {
			b.WriteByte(',')
		}
		writeString(b, kind)
		b.WriteByte(':')
		writeStrings(b, values[kind])
	}
	b.WriteByte('}')
}

func writeConditions(b *bytes.Buffer, conditions []Condition) error {
	var operators []string
	byOperator := map[string][]Condition{}
	seen := map[[2]string]bool{}
	for _, c := range conditions {
		if byOperator[c.Operator] == nil {
			operators = append(operators, c.Operator)
		}
		at := [2]string{c.Operator, c.Key}
		if seen[at] {
			return fmt.Errorf("condition %s has the key %s twice", c.Operator, c.Key)
		}
		seen[at] = true
		byOperator[c.Operator] = append(byOperator[c.Operator], c)
	}
	b.WriteByte('{')
	for i, op := range operators {
		if i > 0 {
			b.WriteByte(',')
		}
		writeString(b, op)
		b.WriteString(":{")
		for j, c := range byOperator[op] {
			if j > 0 {
				b.WriteByte(',')
			}
			writeString(b, c.Key)
			b.WriteByte(':')
			writeStrings(b, c.Values)
		}
		b.WriteByte('}')
	}
	b.WriteByte('}')
	return nil
}

func writeStrings(b *bytes.Buffer, list []string) {
	if len(list) == 1 {
		writeString(b, list[0])
		return
	}
	b.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		writeString(b, s)
	}
	b.WriteByte(']')
}

// writeString writes a JSON string. Unlike encoding/json it leaves <, > and & alone: people read policies.
func writeString(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			b.WriteString(`\u00` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15]))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// Hash identifies the content of a statement (Sid and span aside) in eight hexadecimal digits.
func (s *Statement) Hash() string {
	var b bytes.Buffer
	if err := s.write(&b, false); err != nil {
		// Not printable as IAM's JSON, yet it has an identity: that of its conditions one by one.
		for _, c := range s.Conditions {
			b.WriteString(c.String())
		}
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:4])
}

// Equal reports whether two statements say the same in the same words, Sid included, spans ignored.
func (s *Statement) Equal(t *Statement) bool {
	return s.Sid == t.Sid && s.Effect == t.Effect &&
		s.NotPrincipal == t.NotPrincipal && slices.Equal(s.Principals, t.Principals) &&
		s.NotAction == t.NotAction && slices.Equal(s.Actions, t.Actions) &&
		s.NotResource == t.NotResource && slices.Equal(s.Resources, t.Resources) &&
		slices.EqualFunc(s.Conditions, t.Conditions, Condition.Equal)
}

// Equal reports whether two conditions say the same in the same words.
func (c Condition) Equal(d Condition) bool {
	return c.Operator == d.Operator && c.Key == d.Key && slices.Equal(c.Values, d.Values)
}

// String is "StringEquals aws:SourceAccount 111122223333", for people.
func (c Condition) String() string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = v
		if v == "" || strings.ContainsAny(v, " ,\"") {
			values[i] = strconv.Quote(v)
		}
	}
	return c.Operator + " " + c.Key + " " + strings.Join(values, ", ")
}

// Equal reports whether two documents say the same in the same words and order, spans ignored.
func (d *Document) Equal(e *Document) bool {
	if d == nil || e == nil {
		return d == e
	}
	return d.Version == e.Version && d.ID == e.ID && slices.EqualFunc(d.Statements, e.Statements, (*Statement).Equal)
}
