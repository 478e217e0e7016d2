package event

import (
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"bulkhead/model/policy"
)

// Op is how a Value compares.
type Op uint8

// The operators ("Comparison operators for use in event patterns in Amazon EventBridge").
const (
	Equals  Op = iota // a string
	Like              // a string with * for anything
	Is                // a number, true, false or null, as JSON writes it
	Numeric           // a number within bounds
	CIDR              // an address in a range
	Exists            // anything
	Absent            // nothing
)

// A Value is one of what a field may be.
type Value struct {
	Op   Op
	Text string // of Equals, Is and CIDR as written; of Like the text, with * as a wildcard unless escaped as ${*}
	Fold bool   // letters match in either case
	Not  []Value
	// Not is of anything-but: whatever is there and is none of these. Op and Text are not used then.
	Bounds []Bound // of Numeric
}

// A Bound is one side of a numeric comparison.
type Bound struct {
	Op string // =, <, <=, >, >=
	To string // a JSON number
}

// value reads one entry of a field's list.
func value(raw json.RawMessage) (Value, error) {
	var x any
	if err := decode(raw, &x); err != nil {
		return Value{}, fmt.Errorf("read event pattern: %w", err)
	}
	switch x := x.(type) {
	case string:
		return Value{Op: Equals, Text: x}, nil
	case map[string]any:
		if len(x) == 1 {
			for op, of := range x {
				return operator(op, of)
			}
		}
	case json.Number, bool, nil:
		return scalar(x), nil
	}
	return Value{}, fmt.Errorf("event pattern: not a value or an operator: %.40s", raw)
}

// scalar is a value that is compared as it stands.
func scalar(x any) Value {
	switch x := x.(type) {
	case string:
		return Value{Op: Equals, Text: x}
	case nil:
		return Value{Op: Is, Text: "null"}
	default:
		return Value{Op: Is, Text: fmt.Sprint(x)}
	}
}

func decode(raw json.RawMessage, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	return dec.Decode(into)
}

func operator(op string, of any) (Value, error) {
	text, isText := of.(string)
	fold := false
	if m, ok := of.(map[string]any); ok && (op == "prefix" || op == "suffix") && len(m) == 1 {
		text, isText = m["equals-ignore-case"].(string)
		fold = isText
	}
	switch {
	case op == "prefix" && isText:
		v := Prefix(text)
		v.Fold = fold
		return v, nil
	case op == "suffix" && isText:
		v := Suffix(text)
		v.Fold = fold
		return v, nil
	case op == "equals-ignore-case" && isText:
		return Value{Op: Equals, Text: text, Fold: true}, nil
	case op == "wildcard" && isText:
		return Value{Op: Like, Text: wildcard(text)}, nil
	case op == "cidr" && isText:
		return Value{Op: CIDR, Text: text}, nil
	case op == "exists":
		switch of {
		case true:
			return Value{Op: Exists}, nil
		case false:
			return Value{Op: Absent}, nil
		}
	case op == "numeric":
		if list, ok := of.([]any); ok {
			return numeric(list)
		}
	case op == "anything-but":
		return anythingBut(of)
	}
	return Value{}, fmt.Errorf("event pattern: the operator %s is not known, or not with this", op)
}

// Prefix is texts that begin with one.
func Prefix(text string) Value { return Value{Op: Like, Text: Literal(text) + "*"} }

// Suffix is texts that end with one.
func Suffix(text string) Value { return Value{Op: Like, Text: "*" + Literal(text)} }

// anythingBut reads what may not be: a value, several, or an operator with one or several.
func anythingBut(of any) (Value, error) {
	out := Value{Not: []Value{}}
	each := func(x any, add func(any) error) error {
		items, ok := x.([]any)
		if !ok {
			return add(x)
		}
		for _, i := range items {
			if err := add(i); err != nil {
				return err
			}
		}
		return nil
	}
	m, ok := of.(map[string]any)
	if !ok {
		err := each(of, func(x any) error {
			switch x.(type) {
			case string, json.Number, bool, nil:
				out.Not = append(out.Not, scalar(x))
				return nil
			}
			return fmt.Errorf("event pattern: anything-but takes values and operators")
		})
		return out, err
	}
	for op, x := range m {
		if err := each(x, func(x any) error {
			v, err := operator(op, x)
			out.Not = append(out.Not, v)
			return err
		}); err != nil {
			return out, err
		}
	}
	return out, nil
}

func numeric(list []any) (Value, error) {
	v := Value{Op: Numeric}
	for len(list) >= 2 {
		op, ok := list[0].(string)
		to, isNumber := list[1].(json.Number)
		if !ok || !isNumber || !slices.Contains([]string{"=", "<", "<=", ">", ">="}, op) {
			break
		}
		v.Bounds, list = append(v.Bounds, Bound{op, to.String()}), list[2:]
	}
	if len(list) > 0 || len(v.Bounds) == 0 {
		return Value{}, fmt.Errorf("event pattern: numeric takes comparisons and numbers by turns")
	}
	return v, nil
}

// Literal is a text as a pattern of package policy that matches it alone. An unknown ${Name} stays one.
func Literal(s string) string { return escapes.Replace(s) }

var escapes = strings.NewReplacer("*", "${*}", "?", "${?}")

// wildcard is EventBridge's wildcard text as a pattern of package policy: \* and \\ are plain there, and ? is too.
func wildcard(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteString(Literal(s[i : i+1]))
		case s[i] == '*':
			b.WriteByte('*')
		default:
			b.WriteString(Literal(s[i : i+1]))
		}
	}
	return b.String()
}

// glob is the strings that a value is as a pattern of package policy; false where it is of no strings, or not of those
// that a pattern can say.
func (v Value) glob() (string, bool) {
	switch {
	case v.Not != nil:
		return "*", true
	case v.Op == Equals:
		return Literal(v.Text), true
	case v.Op == Like:
		return v.Text, true
	case v.Op == Exists, v.Op == CIDR:
		return "*", true
	}
	return "", false
}

// match tells whether a value is a string, surely and perhaps, because of unknowns.
func (v Value) match(s string) (must, may bool) {
	if v.Not != nil {
		must, may = true, true
		for _, n := range v.Not {
			isMust, isMay := n.match(s)
			must, may = must && !isMay, may && !isMust
		}
		return must, may
	}
	switch v.Op {
	case Equals, Like:
		p, _ := v.glob()
		if v.Fold {
			p, s = lower(p), strings.ToLower(s)
		}
		return policy.Match(p, s)
	case Exists:
		return true, true
	case CIDR:
		p, err := netip.ParsePrefix(v.Text)
		a, noAddress := netip.ParseAddr(s)
		in := err == nil && noAddress == nil && p.Contains(a)
		return in, in
	case Is, Numeric, Absent:
	}
	return false, false
}

// lower is a pattern in lower case, its unknowns as they are.
func lower(p string) string {
	var b strings.Builder
	for {
		i := strings.Index(p, "${")
		end := strings.IndexByte(p[max(i, 0):], '}')
		if i < 0 || end < 0 {
			b.WriteString(strings.ToLower(p))
			return b.String()
		}
		b.WriteString(strings.ToLower(p[:i]) + p[i:i+end+1])
		p = p[i+end+1:]
	}
}

// possible reports whether anything at all is the value.
func (v Value) possible() bool {
	switch {
	case v.Not != nil:
		return true
	case v.Op == Numeric:
		return meet(v.Bounds)
	case v.Op == CIDR:
		_, err := netip.ParsePrefix(v.Text)
		_, single := netip.ParseAddr(v.Text)
		return err == nil || single == nil || strings.Contains(v.Text, "${")
	}
	return true
}

// meet reports whether some number is within all bounds.
func meet(bounds []Bound) bool {
	low, high := math.Inf(-1), math.Inf(1)
	openLow, openHigh := false, false
	for _, b := range bounds {
		n, err := strconv.ParseFloat(b.To, 64)
		if err != nil {
			return true
		}
		if above := b.Op == ">"; b.Op[0] != '<' && (n > low || n == low && above) {
			low, openLow = n, above
		}
		if below := b.Op == "<"; b.Op[0] != '>' && (n < high || n == high && below) {
			high, openHigh = n, below
		}
	}
	return low < high || low == high && !openLow && !openHigh
}

// Absent reports whether the field passes where the event has nothing at its path.
func (f Field) Absent() bool {
	return slices.ContainsFunc(f.Any, func(v Value) bool { return v.Not == nil && v.Op == Absent })
}

// Match tells whether the field passes with a string at its path, surely and perhaps.
func (f Field) Match(s string) (must, may bool) {
	for _, v := range f.Any {
		x, y := v.match(s)
		must, may = must || x, may || y
	}
	return must, may
}

// Globs are the strings with which the field passes, as patterns of package policy that together match all of them, and
// perhaps more.
func (f Field) Globs() []string {
	var out []string
	for _, v := range f.Any {
		g, ok := v.glob()
		if !ok {
			continue
		}
		if out = append(out, g); v.Fold {
			out = append(out, anyCase(g))
		}
	}
	return out
}

// anyCase is a pattern that matches a text whatever the case of its letters, and more: a letter may be any character.
func anyCase(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case strings.HasPrefix(p[i:], "${"):
			end := strings.IndexByte(p[i:], '}')
			if end < 0 {
				end = len(p) - i - 1
			}
			b.WriteString(p[i : i+end+1])
			i += end
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			b.WriteByte('?')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Possible reports whether the field passes with anything at its path, or nothing.
func (f Field) Possible() bool { return slices.ContainsFunc(f.Any, Value.possible) }

// Needed reports whether the field passes only if something is at its path.
func (f Field) Needed() bool { return !f.Absent() }
