package serverless

import "strings"

// A text is a string with variables in it, taken apart: "${self:service}-${opt:stage, 'dev'}".
// https://www.serverless.com/framework/docs/guides/variables
type text []part

// A part of a text is literal, or a variable.
type part struct {
	literal  string
	variable *variable
}

// A variable is what stands in ${…}: sources, of which the first that has a value counts.
type variable struct{ sources []origin }

// An origin is one source of a variable: "self:custom.stage", "file(./config.yml):stage", 'dev'.
type origin struct {
	kind    string // self, opt, env, file …; "" for a value that is written out
	params  []text // in parentheses
	address text
	called  bool   // it has parentheses or a colon
	value   text   // written out, or a variable in ${…}
	quoted  bool   // … in quotes: a string
	written string // as it stands
}

// maxDepth bounds how deep variables stand in one another.
const maxDepth = 40

// parseText takes a string apart. What is no variable stays as it is, such as ${AWS::Region} and ${Name}.
func parseText(s string) text {
	p := &scanner{s: s}
	return p.text("", 0)
}

// A scanner reads variables from a string.
type scanner struct {
	s  string
	at int
}

// text reads up to one of the bytes in until, or to the end.
func (p *scanner) text(until string, depth int) text {
	var out text
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, part{literal: b.String()})
			b.Reset()
		}
	}
	for p.at < len(p.s) {
		c := p.s[p.at]
		switch {
		case strings.HasPrefix(p.s[p.at:], `\${`):
			b.WriteString("${")
			p.at += 3
			continue
		case strings.HasPrefix(p.s[p.at:], "${"):
			start := p.at
			p.at += 2
			if v := p.variable(depth + 1); v != nil {
				flush()
				out = append(out, part{variable: v})
				continue
			}
			p.at = start
			b.WriteString("${")
			p.at += 2
			continue
		case strings.IndexByte(until, c) >= 0:
			flush()
			return out
		}
		b.WriteByte(c)
		p.at++
	}
	flush()
	return out
}

// variable reads what follows "${" up to its "}"; nil, and at an unspecified place, if it is no variable.
func (p *scanner) variable(depth int) *variable {
	if depth > maxDepth {
		return nil
	}
	v := &variable{}
	for {
		p.space()
		o, ok := p.source(depth, len(v.sources) == 0)
		if !ok {
			return nil
		}
		v.sources = append(v.sources, o)
		p.space()
		if p.at >= len(p.s) {
			return nil
		}
		p.at++
		switch p.s[p.at-1] {
		case '}':
			return v
		case ',':
		default:
			return nil
		}
	}
}

func (p *scanner) space() {
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.at]) >= 0 {
		p.at++
	}
}

// source reads one source. The first one of a variable has to have a kind.
func (p *scanner) source(depth int, first bool) (origin, bool) {
	start := p.at
	end := func(o origin) (origin, bool) {
		o.written = strings.TrimSpace(p.s[start:p.at])
		return o, true
	}
	if p.at >= len(p.s) {
		return origin{}, false
	}
	if c := p.s[p.at]; !first && (c == '\'' || c == '"') {
		p.at++
		from := p.at
		for p.at < len(p.s) && p.s[p.at] != c {
			p.at++
		}
		if p.at >= len(p.s) {
			return origin{}, false
		}
		p.at++
		return end(origin{value: parseText(p.s[from : p.at-1]), quoted: true})
	}
	if strings.HasPrefix(p.s[p.at:], "${") {
		value := p.text(",}", depth)
		if len(value) == 0 || value[0].variable == nil {
			return origin{}, false
		}
		return end(origin{value: trim(value)})
	}
	o := origin{}
	from := p.at
	for p.at < len(p.s) && isKind(p.s[p.at], p.at > from) {
		p.at++
	}
	o.kind = p.s[from:p.at]
	if o.kind != "" && p.at < len(p.s) && p.s[p.at] == '(' {
		p.at++
		o.called = true
		for {
			param := trim(p.text(",)", depth))
			o.params = append(o.params, param)
			if p.at >= len(p.s) {
				return origin{}, false
			}
			p.at++
			if p.s[p.at-1] == ')' {
				break
			}
		}
	}
	switch {
	case o.kind != "" && p.at < len(p.s) && p.s[p.at] == ':' && !strings.HasPrefix(p.s[p.at:], "::"):
		p.at++
		o.called = true
		o.address = trim(p.text(",}", depth))
		return end(o)
	case o.called:
		return end(o)
	case first:
		return origin{}, false
	}
	// A fallback without quotes: a number, true, null.
	p.at = from
	value := trim(p.text(",}", depth))
	if len(value) != 1 || value[0].variable != nil {
		return origin{}, false
	}
	return end(origin{value: value})
}

// isKind reports whether a byte may stand in the name of a source.
func isKind(c byte, behind bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || behind && (c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
}

// trim takes white space from both ends of a text.
func trim(t text) text {
	if len(t) > 0 && t[0].variable == nil {
		t[0].literal = strings.TrimLeft(t[0].literal, " \t\r\n")
	}
	if n := len(t) - 1; n >= 0 && t[n].variable == nil {
		t[n].literal = strings.TrimRight(t[n].literal, " \t\r\n")
	}
	var out text
	for _, p := range t {
		if p.variable != nil || p.literal != "" {
			out = append(out, p)
		}
	}
	return out
}
