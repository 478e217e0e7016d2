package policy

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"bulkhead/model/source"
)

// A SyntaxError is a policy that cannot be read, with its place.
type SyntaxError struct {
	Offset       int // in bytes, from 0
	Line, Column int // from 1; Column in bytes
	Message      string
}

// Error is "line 3, column 14 (byte 52): Effect is missing".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d (byte %d): %s", e.Line, e.Column, e.Offset, e.Message)
}

// maxDepth bounds the nesting of JSON. A policy needs five levels.
const maxDepth = 100

// kind is a kind of JSON value.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// A node is a JSON value with its place. The reader is our own because encoding/json keeps no places and lets
// duplicate keys pass, which IAM refuses.
type node struct {
	kind       kind
	text       string // of a string, decoded; of a number or boolean, as written
	start, end int
	items      []node
	members    []member
}

type member struct {
	name       string
	start, end int // of the name
	value      node
}

// reader reads JSON (RFC 8259) into nodes.
type reader struct {
	data []byte
	at   int
}

// lineColumn tells people where a byte stands.
func lineColumn(data []byte, offset int) (line, column int) {
	offset = min(offset, len(data))
	line, last := 1, -1
	for i, c := range data[:offset] {
		if c == '\n' {
			line++
			last = i
		}
	}
	return line, offset - last
}

func (r *reader) fail(offset int, format string, args ...any) error {
	line, column := lineColumn(r.data, offset)
	return &SyntaxError{Offset: offset, Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
}

// spanner turns byte offsets, asked for in rising order, into spans without counting lines anew each time.
type spanner struct {
	data        []byte
	at          int
	line, start int // of the line that at is in
}

func (s *spanner) span(start, end int) source.Span {
	if start < s.at || s.line == 0 {
		s.at, s.line, s.start = 0, 1, 0
	}
	for ; s.at < start; s.at++ {
		if s.data[s.at] == '\n' {
			s.line++
			s.start = s.at + 1
		}
	}
	return source.Span{Start: start, End: end, Line: s.line, Column: start - s.start + 1}
}

// readJSON reads one JSON value and nothing after it.
func readJSON(data []byte) (node, *reader, error) {
	r := &reader{data: data}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		r.at = 3
	}
	r.space()
	if r.at == len(data) {
		return node{}, r, r.fail(0, "the policy is empty")
	}
	n, err := r.value(0)
	if err != nil {
		return node{}, r, err
	}
	r.space()
	if r.at < len(data) {
		return node{}, r, r.fail(r.at, "%s after the end of the policy", r.here())
	}
	return n, r, nil
}

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// here names what stands at the reader, for messages.
func (r *reader) here() string {
	if r.at >= len(r.data) {
		return "the end of the text"
	}
	c, n := utf8.DecodeRune(r.data[r.at:])
	if c == utf8.RuneError && n == 1 {
		return fmt.Sprintf("byte 0x%02x", r.data[r.at])
	}
	return strconv.QuoteRune(c)
}

// words are the values that JSON spells out.
var words = []struct {
	text string
	kind kind
}{{"true", boolean}, {"false", boolean}, {"null", null}}

func (r *reader) value(depth int) (node, error) {
	if depth > maxDepth {
		return node{}, r.fail(r.at, "nested more than %d levels deep", maxDepth)
	}
	if r.at >= len(r.data) {
		return node{}, r.fail(r.at, "the text ends where a value is expected")
	}
	switch c := r.data[r.at]; {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"':
		start := r.at
		s, err := r.string()
		return node{kind: text, text: s, start: start, end: r.at}, err
	case c == '-' || '0' <= c && c <= '9':
		return r.number()
	}
	for _, w := range words {
		if bytes.HasPrefix(r.data[r.at:], []byte(w.text)) {
			n := node{kind: w.kind, text: w.text, start: r.at, end: r.at + len(w.text)}
			r.at = n.end
			return n, nil
		}
	}
	return node{}, r.fail(r.at, "%s where a value is expected", r.here())
}

func (r *reader) object(depth int) (node, error) {
	n := node{kind: object, start: r.at}
	seen := map[string]bool{}
	r.at++
	r.space()
	if r.at < len(r.data) && r.data[r.at] == '}' {
		r.at++
		n.end = r.at
		return n, nil
	}
	for {
		r.space()
		if r.at >= len(r.data) || r.data[r.at] != '"' {
			return node{}, r.fail(r.at, "%s where a name in quotation marks is expected", r.here())
		}
		m := member{start: r.at}
		var err error
		if m.name, err = r.string(); err != nil {
			return node{}, err
		}
		m.end = r.at
		if seen[m.name] {
			return node{}, r.fail(m.start, "%q stands twice in one object", m.name)
		}
		seen[m.name] = true
		r.space()
		if r.at >= len(r.data) || r.data[r.at] != ':' {
			return node{}, r.fail(r.at, "%s where a colon is expected", r.here())
		}
		r.at++
		r.space()
		if m.value, err = r.value(depth + 1); err != nil {
			return node{}, err
		}
		n.members = append(n.members, m)
		more, err := r.more('}')
		if err != nil {
			return node{}, err
		}
		if !more {
			n.end = r.at
			return n, nil
		}
	}
}

func (r *reader) array(depth int) (node, error) {
	n := node{kind: array, start: r.at}
	r.at++
	r.space()
	if r.at < len(r.data) && r.data[r.at] == ']' {
		r.at++
		n.end = r.at
		return n, nil
	}
	for {
		r.space()
		item, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
		more, err := r.more(']')
		if err != nil {
			return node{}, err
		}
		if !more {
			n.end = r.at
			return n, nil
		}
	}
}

// more steps over the comma (true) or the closing bracket (false) behind a value.
func (r *reader) more(closing byte) (bool, error) {
	r.space()
	if r.at < len(r.data) {
		switch r.data[r.at] {
		case ',':
			r.at++
			return true, nil
		case closing:
			r.at++
			return false, nil
		}
	}
	return false, r.fail(r.at, "%s where a comma or %q is expected", r.here(), string(closing))
}

func (r *reader) number() (node, error) {
	start := r.at
	digits := func() bool {
		from := r.at
		for r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9' {
			r.at++
		}
		return r.at > from
	}
	if r.data[r.at] == '-' {
		r.at++
	}
	zero := r.at < len(r.data) && r.data[r.at] == '0'
	whole := r.at
	if !digits() || zero && r.at > whole+1 {
		return node{}, r.fail(start, "a number that JSON does not know")
	}
	if r.at < len(r.data) && r.data[r.at] == '.' {
		r.at++
		if !digits() {
			return node{}, r.fail(start, "a number that JSON does not know")
		}
	}
	if r.at < len(r.data) && (r.data[r.at] == 'e' || r.data[r.at] == 'E') {
		r.at++
		if r.at < len(r.data) && (r.data[r.at] == '+' || r.data[r.at] == '-') {
			r.at++
		}
		if !digits() {
			return node{}, r.fail(start, "a number that JSON does not know")
		}
	}
	return node{kind: number, text: string(r.data[start:r.at]), start: start, end: r.at}, nil
}

// string reads a string that starts at the reader and decodes it.
func (r *reader) string() (string, error) {
	start := r.at
	r.at++
	from := r.at
	var b []byte // nil while the text stands as it is
	for r.at < len(r.data) {
		c := r.data[r.at]
		switch {
		case c == '"':
			var s string
			if b == nil {
				s = string(r.data[from:r.at])
			} else {
				s = string(append(b, r.data[from:r.at]...))
			}
			r.at++
			return s, nil
		case c < 0x20:
			return "", r.fail(r.at, "the control character 0x%02x within a string", c)
		case c == '\\':
			b = append(b, r.data[from:r.at]...)
			var err error
			if b, err = r.escape(b); err != nil {
				return "", err
			}
			if b == nil {
				b = []byte{}
			}
			from = r.at
		case c < utf8.RuneSelf:
			r.at++
		default:
			u, n := utf8.DecodeRune(r.data[r.at:])
			if u == utf8.RuneError && n == 1 {
				return "", r.fail(r.at, "byte 0x%02x is not UTF-8", c)
			}
			r.at += n
		}
	}
	return "", r.fail(start, "a string without its closing quotation mark")
}

// escape decodes one backslash sequence at the reader and appends it to b.
func (r *reader) escape(b []byte) ([]byte, error) {
	start := r.at
	if r.at+1 >= len(r.data) {
		return nil, r.fail(start, "a backslash at the end of the text")
	}
	c := r.data[r.at+1]
	r.at += 2
	switch c {
	case '"', '\\', '/':
		return append(b, c), nil
	case 'b':
		return append(b, '\b'), nil
	case 'f':
		return append(b, '\f'), nil
	case 'n':
		return append(b, '\n'), nil
	case 'r':
		return append(b, '\r'), nil
	case 't':
		return append(b, '\t'), nil
	case 'u':
		u, ok := r.hex()
		if !ok {
			return nil, r.fail(start, `\u without four hexadecimal digits`)
		}
		if !utf16.IsSurrogate(u) {
			return utf8.AppendRune(b, u), nil
		}
		if r.at+1 < len(r.data) && r.data[r.at] == '\\' && r.data[r.at+1] == 'u' {
			r.at += 2
			if low, ok := r.hex(); ok {
				if u = utf16.DecodeRune(u, low); u != utf8.RuneError {
					return utf8.AppendRune(b, u), nil
				}
			}
		}
		return nil, r.fail(start, "half of a surrogate pair")
	}
	return nil, r.fail(start, "a backslash before a character that JSON does not escape")
}

func (r *reader) hex() (rune, bool) {
	if r.at+4 > len(r.data) {
		return 0, false
	}
	u, err := strconv.ParseUint(string(r.data[r.at:r.at+4]), 16, 32)
	if err != nil {
		return 0, false
	}
	r.at += 4
	return rune(u), true
}
