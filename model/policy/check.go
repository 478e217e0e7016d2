package policy

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// Check lists what AWS would refuse in a document, and what in it cannot match anything: each with the span of
// its statement, in source order. The catalogue tells which actions there are; nil leaves them unchecked.
func (d *Document) Check(c *catalog.Catalog) []source.Diagnostic {
	k := checker{catalog: c, document: d}
	if len(d.Statements) == 0 {
		k.at = d.Span
		k.report(source.Warning, "no-statements", "the policy has no statements", "It allows and denies nothing.")
	}
	sids := make(map[string]bool, len(d.Statements))
	for _, s := range d.Statements {
		k.at = s.Span
		k.sid(s, sids)
		k.statement(s)
	}
	k.size()
	return k.found
}

// The largest policies that there are, in characters without white space ("IAM and AWS STS quotas": all inline policies
// of a role together; a managed policy is smaller still; Amazon S3 User Guide, "Bucket policies": 20 KB, the largest of the
// resource policies).
const (
	largestIdentity = 10240
	largestManaged  = 6144
	largestResource = 20480
)

// size tells of a document that no kind of policy has room for, and of one that is too large for a managed policy.
func (k *checker) size() {
	text, err := k.document.MarshalJSON()
	if err != nil {
		return
	}
	k.at = k.document.Span
	resource := slices.ContainsFunc(k.document.Statements, func(s *Statement) bool { return s.Principals != nil })
	switch n := len(text); {
	case resource && n > largestResource:
		k.report(source.Warning, "too-large", fmt.Sprintf("the policy has %d characters", n), fmt.Sprintf("No resource policy may have more than %d.", largestResource))
	case !resource && n > largestIdentity:
		k.report(source.Warning, "too-large", fmt.Sprintf("the policy has %d characters", n), fmt.Sprintf("A role's inline policies together may have %d, a managed policy %d, white space aside: make several of it.", largestIdentity, largestManaged))
	case !resource && n > largestManaged:
		k.report(source.Info, "too-large", fmt.Sprintf("the policy has %d characters", n), fmt.Sprintf("It has room as a role's inline policy alone: a managed one may have %d, white space aside.", largestManaged))
	}
}

type checker struct {
	catalog  *catalog.Catalog
	document *Document
	at       source.Span
	found    []source.Diagnostic
	guesses  int // names looked for among those that are like them

	offersOf   *Statement // whose actions' keys offers holds
	offers     keySet
	offersMore bool               // an action that is not known may have any key
	services   map[string]*keySet // keys by service
	every      *keySet            // keys of every action
}

func (k *checker) report(severity source.Severity, rule, summary, detail string) {
	k.found = append(k.found, source.Diagnostic{Severity: severity, Span: k.at, Summary: summary, Detail: detail, Rule: rule})
}

func (k *checker) statement(s *Statement) {
	if len(s.Actions) == 0 {
		k.report(source.Error, "empty-list", not(s.NotAction)+"Action is empty", "AWS refuses the policy. The statement is taken as written: it matches no action.")
	}
	for _, a := range s.Actions {
		k.action(a)
	}
	if s.Resources != nil && len(s.Resources) == 0 {
		k.report(source.Error, "empty-list", not(s.NotResource)+"Resource is empty", "AWS refuses the policy. The statement is taken as written: it matches no resource.")
	}
	for _, r := range s.Resources {
		k.resource(r)
	}
	for _, p := range s.Principals {
		k.principal(p)
	}
	if s.NotPrincipal && s.Effect == Allow {
		k.report(source.Warning, "not-principal-allow", "NotPrincipal with Allow", "It allows everyone but those named, the public included. AWS supports NotPrincipal with Deny alone.")
	}
	k.meets(s)
	k.passRole(s)
	for i := range s.Conditions {
		k.condition(&s.Conditions[i])
		k.conditionKey(s, &s.Conditions[i])
	}
	k.guards(s)
	if k.document.Version != "2012-10-17" && k.usesVariables(s) {
		k.report(source.Warning, "variables-without-version", "policy variables without Version 2012-10-17", `Without "Version": "2012-10-17" a variable is plain text, so the statement does not match what it seems to.`)
	}
}

func (k *checker) usesVariables(s *Statement) bool {
	texts := append([]string{}, s.Resources...)
	for _, c := range s.Conditions {
		texts = append(texts, c.Values...)
	}
	for _, t := range texts {
		for _, sym := range symbols(t, syntax{variables: true}) {
			if sym.kind == variable {
				return true
			}
		}
	}
	return false
}

// action checks one entry of Action: an existing action, or a pattern that some match.
func (k *checker) action(a string) {
	if a == "*" || hasUnknown(a) {
		return
	}
	service, name, ok := strings.Cut(a, ":")
	if !ok || service == "" || name == "" || strings.Contains(name, ":") {
		k.report(source.Error, "malformed-action", fmt.Sprintf("%q is not an action", a), "AWS refuses the policy: write service:Action. It matches nothing.")
		return
	}
	if strings.ContainsAny(service, "*?") {
		k.report(source.Error, "malformed-action", fmt.Sprintf("%q has a wildcard in its service", a), "AWS refuses the policy. It is taken as written.")
		return
	}
	if k.catalog == nil || len(k.catalog.Services()) == 0 {
		return
	}
	known := k.catalog.Actions(lowerASCII(service))
	if known == nil {
		k.report(source.Warning, "unknown-service", fmt.Sprintf("no service has the prefix %q", service), fmt.Sprintf("The action %s is kept; it may be newer than the catalogue, or misspelled.", a))
		return
	}
	if strings.ContainsAny(name, "*?") {
		if len(k.catalog.Expand(a)) == 0 {
			k.report(source.Warning, "no-such-action", fmt.Sprintf("no action matches %q", a), "The pattern is kept; it may be misspelled.")
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
	k.report(source.Warning, "unknown-action", fmt.Sprintf("%q is not an action of AWS", a), detail)
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
		k.report(source.Error, "malformed-arn", fmt.Sprintf("resource %q is neither an ARN nor *", r), "AWS refuses the policy. It is taken as written: it matches nothing.")
		return
	}
	head, _, _ := cutARN(r)
	for _, sym := range symbols(head, syntax{variables: true}) {
		if sym.kind == variable {
			k.report(source.Warning, "misplaced-variable", fmt.Sprintf("resource %q has a variable before its fifth colon", r), "There a variable is plain text, so the entry matches nothing.")
			return
		}
	}
	k.arn(r)
}

func (k *checker) principal(p Principal) {
	if p.Kind == "AWS" && p.Value != "*" && strings.ContainsAny(p.Value, "*?") && !hasUnknown(p.Value) {
		k.report(source.Error, "principal-wildcard", fmt.Sprintf("principal %q has a wildcard", p.Value), `A principal is "*" or named in full. It matches nobody.`)
	}
}

// condition checks the operator and the form of the values.
func (k *checker) condition(c *Condition) {
	info, _, ifExists := parseOperator(c.Operator)
	if info.op == opUnknown {
		k.report(source.Error, "unknown-operator", fmt.Sprintf("%q is not a condition operator", c.Operator), "AWS refuses the policy. The condition is shown as an assumption.")
		return
	}
	if info.op == opNull && ifExists {
		k.report(source.Error, "null-if-exists", "NullIfExists is not a condition operator", "Null itself tests whether a key exists.")
	}
	if !strings.Contains(c.Key, ":") {
		k.report(source.Warning, "unknown-condition-key", fmt.Sprintf("condition key %q has no prefix", c.Key), "Keys are written service:Key or aws:Key.")
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
			k.report(source.Error, "bad-condition-value", fmt.Sprintf("%s %s: %q is not %s", c.Operator, c.Key, v, kind), "AWS refuses the policy. The value matches nothing.")
		}
	}
}
