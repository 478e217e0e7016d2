package policy

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
)

// operator is a condition operator without its set qualifier, negation and IfExists ("IAM JSON policy
// elements: Condition operators").
type operator uint8

const (
	opUnknown operator = iota
	opStringEquals
	opStringIgnoreCase
	opStringLike
	opNumericEquals
	opNumericLess
	opNumericLessEquals
	opNumericGreater
	opNumericGreaterEquals
	opDateEquals
	opDateLess
	opDateLessEquals
	opDateGreater
	opDateGreaterEquals
	opBool
	opBinary
	opIP
	opARN
	opNull
)

// qualifier is a set operator.
type qualifier uint8

const (
	plain qualifier = iota
	forAllValues
	forAnyValue
)

type operatorInfo struct {
	op      operator
	negated bool
}

// operators by lower-case name.
var operators = map[string]operatorInfo{
	"stringequals":              {opStringEquals, false},
	"stringnotequals":           {opStringEquals, true},
	"stringequalsignorecase":    {opStringIgnoreCase, false},
	"stringnotequalsignorecase": {opStringIgnoreCase, true},
	"stringlike":                {opStringLike, false},
	"stringnotlike":             {opStringLike, true},
	"numericequals":             {opNumericEquals, false},
	"numericnotequals":          {opNumericEquals, true},
	"numericlessthan":           {opNumericLess, false},
	"numericlessthanequals":     {opNumericLessEquals, false},
	"numericgreaterthan":        {opNumericGreater, false},
	"numericgreaterthanequals":  {opNumericGreaterEquals, false},
	"dateequals":                {opDateEquals, false},
	"datenotequals":             {opDateEquals, true},
	"datelessthan":              {opDateLess, false},
	"datelessthanequals":        {opDateLessEquals, false},
	"dategreaterthan":           {opDateGreater, false},
	"dategreaterthanequals":     {opDateGreaterEquals, false},
	"bool":                      {opBool, false},
	"binaryequals":              {opBinary, false},
	"ipaddress":                 {opIP, false},
	"notipaddress":              {opIP, true},
	"arnequals":                 {opARN, false},
	"arnlike":                   {opARN, false},
	"arnnotequals":              {opARN, true},
	"arnnotlike":                {opARN, true},
	"null":                      {opNull, false},
}

// A condition is a compiled Condition.
type condition struct {
	from      *Condition
	key       string // lower-case
	op        operator
	negated   bool
	ifExists  bool
	qualifier qualifier
	values    []conditionValue
}

// A conditionValue is one value of a policy's condition, read as its operator reads it.
type conditionValue struct {
	pattern  pattern   // of string operators
	segments []pattern // of ARN operators: six
	open     bool      // holds an unknown, for the operators that compare no text
	valid    bool      // could be read
	number   decimal   // of numeric operators
	when     instant   // of date operators
	net      netip.Prefix
	flag     bool // of Bool and Null
	binary   []byte
	text     string
}

// parseOperator takes an operator's name apart; opUnknown if IAM has none of the name.
func parseOperator(name string) (op operatorInfo, q qualifier, ifExists bool) {
	s := strings.ToLower(name)
	if rest, ok := strings.CutPrefix(s, "forallvalues:"); ok {
		s, q = rest, forAllValues
	} else if rest, ok := strings.CutPrefix(s, "foranyvalue:"); ok {
		s, q = rest, forAnyValue
	}
	if rest, ok := strings.CutSuffix(s, "ifexists"); ok {
		s, ifExists = rest, true
	}
	return operators[s], q, ifExists
}

func compileCondition(c *Condition, variables bool) condition {
	info, q, ifExists := parseOperator(c.Operator)
	out := condition{from: c, key: lowerASCII(c.Key), op: info.op, negated: info.negated, ifExists: ifExists, qualifier: q}
	out.values = make([]conditionValue, len(c.Values))
	for i, text := range c.Values {
		out.values[i] = compileValue(out.op, text, variables)
	}
	return out
}

func compileValue(op operator, s string, variables bool) conditionValue {
	v := conditionValue{text: s, open: hasUnknown(s)}
	switch op {
	case opStringEquals:
		v.pattern = compilePattern(s, syntax{variables: variables})
	case opStringIgnoreCase:
		v.pattern = compilePattern(strings.ToLower(s), syntax{variables: variables})
		if v.open || variables && strings.Contains(s, "${") {
			// The names of unknowns keep their case, those of variables have none.
			v.pattern = compilePattern(s, syntax{variables: variables})
			v.pattern.ignoreCase = true
			v.pattern.symbols = lowerSymbols(v.pattern.symbols)
			v.pattern.prepareSymbols()
		}
	case opStringLike:
		v.pattern = compilePattern(s, syntax{wildcards: true, variables: variables})
	case opARN:
		v.segments = arnSegments(s, variables)
	case opNumericEquals, opNumericLess, opNumericLessEquals, opNumericGreater, opNumericGreaterEquals:
		v.number, v.valid = parseDecimal(s)
	case opDateEquals, opDateLess, opDateLessEquals, opDateGreater, opDateGreaterEquals:
		v.when, v.valid = parseInstant(s)
	case opBool, opNull:
		v.flag, v.valid = parseFlag(s)
	case opIP:
		v.net, v.valid = parseNet(s)
	case opBinary:
		b, err := base64.StdEncoding.DecodeString(s)
		v.binary, v.valid = b, err == nil
	case opUnknown:
	}
	return v
}

// arnSegments compiles the six fields of an ARN pattern; missing ones are *.
func arnSegments(s string, variables bool) []pattern {
	out := make([]pattern, 0, 6)
	for len(out) < 5 {
		at := colonOutsideTokens(s)
		if at < 0 {
			break
		}
		out = append(out, compilePattern(s[:at], syntax{wildcards: true, variables: variables}))
		s = s[at+1:]
	}
	out = append(out, compilePattern(s, syntax{wildcards: true, variables: variables}))
	for len(out) < 6 {
		out = append(out, pattern{shape: shapeAny})
	}
	return out
}

// colonOutsideTokens is the index of the first colon that is not within "${…}", -1 if there is none.
func colonOutsideTokens(s string) int {
	for i := 0; i < len(s); {
		if n := tokenEnd(s[i:]); n > 0 {
			i += n
			continue
		}
		if s[i] == ':' {
			return i
		}
		i++
	}
	return -1
}

func lowerSymbols(in []symbol) []symbol {
	for i := range in {
		if in[i].kind == literal && in[i].char > 0 {
			in[i].char = []rune(strings.ToLower(string(in[i].char)))[0]
		}
		in[i].fallback = strings.ToLower(in[i].fallback)
	}
	return in
}

func parseFlag(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

// parseNet reads an address or a range in CIDR notation. An IPv4 address mapped into IPv6 is the IPv4 address.
func parseNet(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), true
}

// eval decides a condition. A statement that needs a variable which the request does not have cannot apply at
// all: broken is true, whatever the operator.
func (c *condition) eval(v *view) (result tri, broken bool) {
	if c.op == opUnknown {
		// IAM refuses such a policy; what its author meant is not known.
		if v.req.Open {
			return maybe, false
		}
		return no, false
	}
	var buf [1]string
	values, st := v.get(c.key, &buf)
	if st == open {
		return c.byTime(v), false
	}
	if st == present && values[len(values)-1] == OrAbsent {
		there, broken := c.compare(values[:len(values)-1], present, v)
		if gone, _ := c.compare(nil, absent, v); gone != there {
			there = maybe
		}
		return there, broken
	}
	return c.compare(values, st, v)
}

// compare decides a condition on what is known of its key.
func (c *condition) compare(values []string, st presence, v *view) (result tri, broken bool) {
	if c.op == opNull {
		return c.evalNull(st == absent), false
	}
	if c.qualifier != plain && st == present && emptySet(values) {
		st = absent
	}
	if st == absent {
		switch {
		case c.qualifier == forAllValues, c.ifExists:
			return yes, false
		case c.qualifier == forAnyValue:
			return no, false
		}
		return triOf(c.negated, false), false
	}
	switch c.qualifier {
	case forAllValues:
		result = yes
		for _, value := range values {
			t, bad := c.any(value, v)
			if bad {
				return no, true
			}
			result = min(result, t)
		}
		return result, false
	case forAnyValue:
		for _, value := range values {
			t, bad := c.any(value, v)
			if bad {
				return no, true
			}
			result = max(result, t)
		}
		return result, false
	case plain:
	}
	// A key with several values under a plain operator: one that matches is enough, and a negated operator
	// refuses if any does.
	if c.negated {
		result = yes
	}
	for _, value := range values {
		t, bad := c.any(value, v)
		if bad {
			return no, true
		}
		if c.negated {
			result = min(result, t)
		} else {
			result = max(result, t)
		}
	}
	return result, false
}

// emptySet reports a null data set: "no keys in the request, or the key value resolves to a null data set, such
// as an empty string" (Single-valued vs. multivalued context keys).
func emptySet(values []string) bool {
	for _, v := range values {
		if v != "" {
			return false
		}
	}
	return true
}

func (c *condition) evalNull(isAbsent bool) tri {
	for i := range c.values {
		v := &c.values[i]
		if v.open && !v.valid {
			return maybe
		}
		if v.valid && v.flag == isAbsent {
			return yes
		}
	}
	return no
}

// any compares one value of the request with all of the policy: ORed; for a negated operator, none may match.
func (c *condition) any(value string, v *view) (result tri, broken bool) {
	most := yes
	for i := range c.values {
		t, how := c.values[i].matches(c.op, value, v)
		switch {
		case how == openVariable:
			most = maybe
			result = max(result, t)
		case how == compared:
			result = max(result, t)
		case how == brokenVariable && c.negated:
			return no, true
		case how == incomparable && c.negated:
			// What cannot be compared is neither equal nor unequal.
			return no, false
		}
	}
	if c.negated {
		// Without the variable the statement would not apply.
		result = min(result.not(), most)
	}
	return result, false
}

// comparison is how comparing two values went.
type comparison uint8

const (
	compared       comparison = iota
	openVariable              // compared, but the policy's value needs a variable that the request perhaps does not have
	brokenVariable            // the policy's value needs a variable that the request does not have
	incomparable              // one of them is no number, date, address or boolean
)

// matches compares one value of the request with one of the policy.
func (p *conditionValue) matches(op operator, value string, v *view) (tri, comparison) {
	switch op {
	case opStringEquals, opStringLike:
		return matchVariables(&p.pattern, value, v)
	case opStringIgnoreCase:
		if p.pattern.shape == shapeExact && isASCII(value) && !strings.Contains(value, "${") {
			return triOf(equalFold(value, p.pattern.text), false), compared
		}
		return matchVariables(&p.pattern, strings.ToLower(value), v)
	case opARN:
		return p.matchARN(value, v)
	default:
	}
	if p.open || hasUnknown(value) {
		return maybe, compared
	}
	var equal, ok bool
	switch op {
	case opNumericEquals, opNumericLess, opNumericLessEquals, opNumericGreater, opNumericGreaterEquals:
		var n decimal
		n, ok = parseDecimal(value)
		equal = ok && ordered(op-opNumericEquals, n.compare(p.number))
	case opDateEquals, opDateLess, opDateLessEquals, opDateGreater, opDateGreaterEquals:
		var t instant
		t, ok = parseInstant(value)
		equal = ok && ordered(op-opDateEquals, t.compare(p.when))
	case opBool:
		var b bool
		b, ok = parseFlag(value)
		equal = b == p.flag
	case opIP:
		a, err := netip.ParseAddr(value)
		ok = err == nil
		equal = ok && p.net.Contains(a.Unmap().WithZone(""))
	case opBinary:
		b, err := base64.StdEncoding.DecodeString(value)
		ok = true
		equal = value == p.text || err == nil && bytes.Equal(b, p.binary) || value == string(p.binary)
	case opStringEquals, opStringIgnoreCase, opStringLike, opARN, opNull, opUnknown:
	}
	if !ok || !p.valid {
		return no, incomparable
	}
	return triOf(equal, false), compared
}

// ordered tells whether a comparison's outcome satisfies equals, less, less or equal, greater, greater or equal,
// in the order of the operators.
func ordered(relation operator, cmp int) bool {
	switch opNumericEquals + relation {
	case opNumericEquals:
		return cmp == 0
	case opNumericLess:
		return cmp < 0
	case opNumericLessEquals:
		return cmp <= 0
	case opNumericGreater:
		return cmp > 0
	default:
		return cmp >= 0
	}
}

// matchARN matches the six fields of an ARN one by one; what is no ARN matches * alone.
func (p *conditionValue) matchARN(value string, v *view) (tri, comparison) {
	if p.text == "*" {
		return yes, compared
	}
	fields, ok := splitARN(value)
	if !ok {
		if hasUnknown(value) {
			return maybe, compared
		}
		return no, incomparable
	}
	result, all := yes, compared
	for i := range p.segments {
		t, how := matchVariables(&p.segments[i], fields[i], v)
		switch how {
		case compared:
		case openVariable:
			all = how
		case brokenVariable, incomparable:
			return no, how
		}
		if result = min(result, t); result == no && !p.asks(i+1) {
			return no, all
		}
	}
	return result, all
}

// asks reports whether a field from one on has a variable: without it nothing is compared, whatever the other fields are.
func (p *conditionValue) asks(from int) bool {
	for i := from; i < len(p.segments); i++ {
		if p.segments[i].variables {
			return true
		}
	}
	return false
}

// matchVariables matches a pattern after its variables took their values from the request.
func matchVariables(p *pattern, value string, v *view) (tri, comparison) {
	if p.shape != shapeSymbols && !strings.Contains(value, "${") {
		return triOf(p.matchText(value), false), compared
	}
	s := subjectOf(value)
	if p.variables {
		return p.matchFilled(&s, v)
	}
	return p.match(&s), compared
}

// matchFilled matches a pattern that has variables with their values of the request.
func (p *pattern) matchFilled(s *subject, v *view) (tri, comparison) {
	if p.pieces != nil && s.symbols == nil {
		switch p.spell(v) {
		case spelled:
			return triOf(matchSpelled(v.filled, s.text), false), compared
		case unfilled:
			return no, brokenVariable
		case unspelled:
		}
	}
	filled, how := p.fill(v)
	if how == brokenVariable {
		return no, how
	}
	return filled.match(s), how
}

// fill replaces the variables of a pattern; brokenVariable if one is absent and has no default.
func (p *pattern) fill(v *view) (pattern, comparison) {
	how := compared
	out := pattern{shape: shapeSymbols, fold: p.fold, symbols: make([]symbol, 0, len(p.symbols)+16)}
	for i := range p.symbols {
		sym := &p.symbols[i]
		if sym.kind != variable {
			out.symbols = append(out.symbols, *sym)
			continue
		}
		value, st := v.variable(sym.name, sym.fallback, sym.hasFall)
		switch {
		case st == open:
			out.symbols = append(out.symbols, symbol{kind: unknown, name: sym.name})
			if !sym.hasFall {
				how = openVariable
			}
		case st == present && p.ignoreCase:
			out.symbols = append(out.symbols, symbols(strings.ToLower(value), syntax{fold: p.fold})...)
		case st == present:
			out.symbols = append(out.symbols, symbols(value, syntax{fold: p.fold})...)
		default:
			return pattern{}, brokenVariable
		}
	}
	return out, how
}
