package policy

import (
	"fmt"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A Setting is where a document stands. The zero value is a document of no known type, whose findings stand at their
// statements.
type Setting struct {
	Type Type
	Of   string // CloudFormation type of the resource that a ResourcePolicy is of, "" if not known

	// Taken says that AWS has the document already: its size is not asked, since quotas can be raised.
	Taken bool

	// Place finds a part of a statement in the source, the zero Span where it does not; nil finds none. What it
	// does not find is reported at its statement. Places makes one for JSON text.
	Place func(*Statement, Part) source.Span
}

// A Part is the part of a statement, or with a nil statement of a document, that a finding is about.
type Part struct {
	Element  string // as IAM spells it, without Not: Sid, Action, Resource, Principal, Condition, Version; "" is all of it
	Operator string // of a Condition
	Key      string // of a Condition; "" is the operator
	Value    string // of a list: the first entry that reads so; "" is the element, or the key
}

// Check lists what AWS would refuse in a document, and what in it cannot match anything, in source order. The
// catalogue tells which actions there are; nil leaves them unchecked.
func (d *Document) Check(c *catalog.Catalog, in Setting) []source.Diagnostic {
	k := checker{catalog: c, document: d, in: in}
	if len(d.Statements) == 0 {
		k.report(source.Warning, "no-statements", Part{}, "the policy has no statements", "It allows and denies nothing.")
	}
	k.version()
	sids := make(map[string]*Statement, len(d.Statements))
	for _, s := range d.Statements {
		k.statement = s
		k.sid(s, sids)
		k.elements(s)
		k.check(s)
	}
	k.statement = nil
	k.size()
	return k.found
}

type checker struct {
	catalog   *catalog.Catalog
	document  *Document
	in        Setting
	statement *Statement // that is being checked; nil: the document
	found     []source.Diagnostic
	told      map[source.Diagnostic]bool
	guesses   int // names looked for among those that are like them

	wideOf     *Statement // of which wide is what everyAction says
	wide       bool
	offersOf   *Statement // whose actions' keys offers holds
	offers     keySet
	offersMore bool               // an action that is not known may have any key
	services   map[string]*keySet // keys by service
	every      *keySet            // keys of every action
}

func (k *checker) report(severity source.Severity, rule string, part Part, summary, detail string) {
	var at source.Span
	if k.in.Place != nil {
		at = k.in.Place(k.statement, part)
	}
	if at.IsZero() {
		if at = k.document.Span; k.statement != nil {
			at = k.statement.Span
		}
	}
	d := source.Diagnostic{Severity: severity, Span: at, Summary: summary, Detail: detail, Rule: rule}
	if !at.IsZero() { // what stands twice in one list is told once
		if k.told[d] {
			return
		}
		if k.told == nil {
			k.told = map[source.Diagnostic]bool{}
		}
		k.told[d] = true
	}
	k.found = append(k.found, d)
}

func (k *checker) check(s *Statement) {
	if len(s.Actions) == 0 {
		k.report(source.Error, "empty-list", Part{Element: "Action"}, not(s.NotAction)+"Action is empty", "AWS refuses the policy. The statement is taken as written: it matches no action.")
	}
	for _, a := range s.Actions {
		k.action(a)
	}
	if s.Resources != nil && len(s.Resources) == 0 {
		k.report(source.Error, "empty-list", Part{Element: "Resource"}, not(s.NotResource)+"Resource is empty", "AWS refuses the policy. The statement is taken as written: it matches no resource.")
	}
	for _, r := range s.Resources {
		k.resource(r)
	}
	for _, p := range s.Principals {
		k.principal(p)
	}
	if s.NotPrincipal && s.Effect == Allow {
		k.report(source.Warning, "not-principal-allow", Part{Element: "Principal"}, "NotPrincipal with Allow", "It allows everyone but those named, the public included. AWS supports NotPrincipal with Deny alone.")
	}
	k.meets(s)
	k.passRole(s)
	k.characters(s)
	for i := range s.Conditions {
		k.condition(&s.Conditions[i])
		k.conditionKey(s, &s.Conditions[i])
	}
	k.guards(s)
	if part, ok := usesVariables(s); ok && k.document.Version != "2012-10-17" && !hasUnknown(k.document.Version) {
		k.report(source.Warning, "variables-without-version", part, "policy variables without Version 2012-10-17", `Without "Version": "2012-10-17" a variable is plain text, so the statement does not match what it seems to.`)
	}
}

// usesVariables is the first part of a statement with a policy variable.
func usesVariables(s *Statement) (Part, bool) {
	has := func(text string) bool {
		if !strings.Contains(text, "${") {
			return false
		}
		for _, sym := range symbols(text, syntax{variables: true}) {
			if sym.kind == variable {
				return true
			}
		}
		return false
	}
	for _, r := range s.Resources {
		if has(r) {
			return Part{Element: "Resource", Value: r}, true
		}
	}
	for i := range s.Conditions {
		for _, v := range s.Conditions[i].Values {
			if has(v) {
				return s.Conditions[i].part(v), true
			}
		}
	}
	return Part{}, false
}

// part is one value of a condition; "" is its key.
func (c *Condition) part(value string) Part {
	return Part{Element: "Condition", Operator: c.Operator, Key: c.Key, Value: value}
}

// action checks one entry of Action: an existing action, or a pattern that some match.
func (k *checker) action(a string) {
	if a == "*" || hasUnknown(a) {
		return
	}
	part := Part{Element: "Action", Value: a}
	service, name, ok := strings.Cut(a, ":")
	if !ok || service == "" || name == "" || strings.Contains(name, ":") {
		k.report(source.Error, "malformed-action", part, fmt.Sprintf("%q is not an action", a), "AWS refuses the policy: write service:Action. It matches nothing.")
		return
	}
	if strings.ContainsAny(service, "*?") {
		k.report(source.Error, "malformed-action", part, fmt.Sprintf("%q has a wildcard in its service", a), "AWS refuses the policy. It is taken as written.")
		return
	}
	if k.catalog == nil || len(k.catalog.Services()) == 0 {
		return
	}
	known := k.catalog.Actions(lowerASCII(service))
	if known == nil {
		k.report(source.Warning, "unknown-service", part, fmt.Sprintf("no service has the prefix %q", service), fmt.Sprintf("The action %s is kept; it may be newer than the catalogue, or misspelled.", a))
		return
	}
	if strings.ContainsAny(name, "*?") {
		if len(k.catalog.Expand(a)) == 0 {
			k.report(source.Warning, "no-such-action", part, fmt.Sprintf("no action matches %q", a), "The pattern is kept; it may be misspelled.")
		}
		return
	}
	if k.catalog.Action(a) != nil {
		return
	}
	detail := "It is kept; it may be newer than the catalogue, or misspelled."
	if k.guesses++; k.guesses <= 50 {
		if near := nearest(name, known); near != "" {
			detail = fmt.Sprintf("It is kept as written. Is it %s:%s?", service, near)
		}
	}
	k.report(source.Warning, "unknown-action", part, fmt.Sprintf("AWS lists no action %q", a), detail)
}

// nearest is the action whose name is most like a text, "" if none is within two edits.
func nearest(name string, actions []*catalog.Action) string {
	best, found := 3, ""
	name = lowerASCII(name)
	for _, a := range actions {
		if n := distance(name, lowerASCII(a.Name), best); n < best {
			best, found = n, a.Name
		}
	}
	return found
}

// distance is the number of letters to insert, delete or replace, or limit if it is not less.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
	}
	return min(row[len(b)], limit)
}

func (k *checker) resource(r string) {
	if strings.Trim(r, "*") == "" && r != "" || strings.HasPrefix(r, "${") {
		return
	}
	if !strings.HasPrefix(r, "arn:") {
		// "Access policy language overview for Amazon API Gateway": an API's own policy may leave out what is the API's.
		if (k.in.Type == ResourcePolicy || k.in.Type == AnyType && k.statement.Principals != nil) && strings.HasPrefix(r, "execute-api:/") {
			return
		}
		k.report(source.Error, "malformed-arn", Part{Element: "Resource", Value: r}, fmt.Sprintf("resource %q is neither an ARN nor *", r), "AWS refuses the policy. It is taken as written: it matches nothing.")
		return
	}
	head, _, _ := cutARN(r)
	if !strings.Contains(head, "${") {
		k.arn(r)
		return
	}
	for _, sym := range symbols(head, syntax{variables: true}) {
		if sym.kind == variable {
			k.report(source.Warning, "misplaced-variable", Part{Element: "Resource", Value: r}, fmt.Sprintf("resource %q has a variable before its fifth colon", r), "There a variable is plain text, so the entry matches nothing.")
			return
		}
	}
	k.arn(r)
}

func (k *checker) principal(p Principal) {
	if p.Kind == "AWS" && p.Value != "*" && strings.ContainsAny(p.Value, "*?") && !hasUnknown(p.Value) {
		k.report(source.Error, "principal-wildcard", Part{Element: "Principal", Value: p.Value}, fmt.Sprintf("principal %q has a wildcard", p.Value), `A principal is "*" or named in full. It matches nobody.`)
	}
}

// condition checks the operator and the form of the values.
func (k *checker) condition(c *Condition) {
	info, _, ifExists := parseOperator(c.Operator)
	if info.op == opUnknown {
		k.report(source.Error, "unknown-operator", Part{Element: "Condition", Operator: c.Operator}, fmt.Sprintf("%q is not a condition operator", c.Operator), "AWS refuses the policy. The condition is shown as an assumption.")
		return
	}
	if info.op == opNull && ifExists {
		k.report(source.Error, "null-if-exists", Part{Element: "Condition", Operator: c.Operator}, "NullIfExists is not a condition operator", "Null itself tests whether a key exists.")
	}
	if !strings.Contains(c.Key, ":") {
		k.report(source.Warning, "unknown-condition-key", c.part(""), fmt.Sprintf("condition key %q has no prefix", c.Key), "Keys are written service:Key or aws:Key.")
	}
	kind := ""
	switch info.op {
	case opNumericEquals, opNumericLess, opNumericLessEquals, opNumericGreater, opNumericGreaterEquals:
		kind = "a number"
	case opDateEquals, opDateLess, opDateLessEquals, opDateGreater, opDateGreaterEquals:
		kind = "a date (ISO 8601) or seconds since 1970"
	case opBool, opNull:
		kind = "true or false"
	case opIP:
		kind = "an IP address or range"
	case opBinary:
		kind = "base64"
	case opUnknown, opStringEquals, opStringIgnoreCase, opStringLike, opARN:
		return
	}
	for _, v := range c.Values {
		if value := compileValue(info.op, v, false); !value.valid && !value.open {
			k.report(source.Error, "bad-condition-value", c.part(v), fmt.Sprintf("%s %s: %q is not %s", c.Operator, c.Key, v, kind), "AWS refuses the policy. The value matches nothing.")
		}
	}
}
