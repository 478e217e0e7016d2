package reach

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"bulkhead/model/policy"
)

// Some condition keys are what the caller writes into the request, and change nothing of what the request is good for:
// how an object is to be encrypted, which tags a new thing gets. The attacker writes what the policies ask for. Keys
// that narrow down what a call reaches (dynamodb:LeadingKeys, kms:EncryptionContext, s3:x-amz-copy-source, sns:Endpoint)
// or that take more than the request (the key of server-side encryption) are not among them.

// chosenKeys are those keys, lower-case; behind a slash any name. From the condition keys of each service in the Service
// Authorization Reference, "AWS global condition context keys" and "Amazon S3 condition key examples".
var chosenKeys = []string{
	"aws:referer", "aws:useragent", "aws:requesttag/", "aws:tagkeys",
	"s3:x-amz-acl", "s3:x-amz-grant-read", "s3:x-amz-grant-write", "s3:x-amz-grant-read-acp", "s3:x-amz-grant-write-acp", "s3:x-amz-grant-full-control",
	"s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-customer-algorithm", "s3:x-amz-storage-class", "s3:x-amz-metadata-directive",
	"s3:x-amz-website-redirect-location", "s3:x-amz-object-ownership", "s3:x-amz-content-sha256", "s3:object-lock-mode", "s3:object-lock-legal-hold",
	"s3:object-lock-retain-until-date", "s3:object-lock-remaining-retention-days", "s3:requestobjecttag/", "s3:requestobjecttagkeys",
	"s3:prefix", "s3:delimiter", "s3:max-keys", "s3:authtype", "s3:signatureversion", "s3:signatureage", "s3:tlsversion",
	"dynamodb:select", "dynamodb:returnvalues", "dynamodb:returnconsumedcapacity",
	"secretsmanager:versionstage",
	"sts:rolesessionname", "sts:transitivetagkeys", // not sts:SourceIdentity: it takes sts:SetSourceIdentity, and stays as a chain of roles was begun with ("Monitor and control actions taken with assumed roles")
	// Whom a token is for is said by the job that asks for it: identity providers that everybody's jobs share.
	"token.actions.githubusercontent.com:aud", "gitlab.com:aud", "app.terraform.io:aud", "agent.buildkite.com:aud",
}

// isChosen reports whether a key, lower-case, is the caller's choice.
func isChosen(key string) bool {
	if i := strings.IndexByte(key, '/'); i >= 0 {
		key = key[:i+1]
	}
	return isChosenKey[key]
}

var isChosenKey = func() map[string]bool {
	m := map[string]bool{}
	for _, k := range chosenKeys {
		m[k] = true
	}
	return m
}()

// newChoices finds, for each target and for what lies beyond, values of chosen keys with which no condition on them is in
// the way: all Allows that may be about the target hold, no Deny does. One request then satisfies them all. Where no
// value does, the key stays open: each request is tried with all values that make a difference, where these can be told.
func (an *Analysis) newChoices() {
	keys := slices.DeleteFunc(slices.Clone(an.keys), func(k string) bool { return !isChosen(k) })
	an.choices, an.unsettled = nil, nil
	if len(keys) == 0 {
		return
	}
	var asking []*statement // of no target's own policy
	of := func(a *answers) (out []*statement) {
		for _, s := range a.statements {
			if slices.ContainsFunc(s.keys, isChosen) {
				out = append(out, s)
			}
		}
		return out
	}
	for _, p := range an.design.Policies() {
		if p.Document != nil {
			asking = append(asking, of(an.answers(p.Document))...)
		}
	}
	for doc := range guardrailDocuments(an.design) {
		asking = append(asking, of(an.answers(doc))...)
	}
	an.choices, an.unsettled = make([]policy.Context, len(an.world.targets)+1), make([]attempts, len(an.world.targets)+1)
	known, open := map[string]policy.Context{}, map[string]attempts{} // by the statements that ask
	for i := range an.choices {
		about := asking
		if i < len(an.world.targets) {
			about = slices.DeleteFunc(slices.Clone(asking), func(s *statement) bool { return !an.speaksOf(s, int32(i)) })
			if doc := an.resourcePolicy(int32(i)); doc != nil {
				about = append(about, of(an.answers(doc))...)
			}
		}
		if len(about) == 0 {
			continue
		}
		same := spellStatements(about)
		c, ok := known[same]
		if !ok {
			for _, key := range keys {
				values, ok, tries := an.choose(key, about)
				if ok {
					if c == nil {
						c = policy.Context{}
					}
					c[key] = values
				} else if len(tries) > 0 {
					open[same] = append(open[same], attempt{key, tries})
				}
			}
			known[same] = c
		}
		an.choices[i], an.unsettled[i] = c, open[same]
	}
}

// spellStatements tells lists of statements apart.
func spellStatements(list []*statement) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%p ", s)
	}
	return b.String()
}

// speaksOf reports whether a statement may be about a target.
func (an *Analysis) speaksOf(s *statement, ti int32) bool {
	if s.dynamic || s.wide {
		return true
	}
	for _, fi := range an.world.targets[ti].forms {
		if _, v := s.on(fi, an.world.forms[fi].menu); v != never || slices.ContainsFunc(s.parts, func(m match) bool { return m.form == fi }) {
			return true
		}
	}
	return false
}

// An attempt is a key that the caller chooses, and the values that conditions tell apart; nil among them for leaving it out.
type attempt struct {
	key    string
	values [][]string
}

// attempts are those of all open keys, by key.
type attempts []attempt

// mostAttempts bounds the requests that are tried for one.
const mostAttempts = 128

// tries calls do with each combination of values of keys that the actor's requests leave open, until it returns false; it
// reports false where there are too many, or none.
func (an *Analysis) tries(a *actor, t *target, do func(policy.Context) bool) bool {
	if an.unsettled == nil {
		return false
	}
	i := len(an.unsettled) - 1
	if t != nil {
		i = int(an.world.byID[t.id])
	}
	var open attempts
	n := 1
	for _, x := range an.unsettled[i] {
		if _, known := a.value(x.key); !known {
			open, n = append(open, x), n*len(x.values)
		}
	}
	if len(open) == 0 || n > mostAttempts {
		return false
	}
	c := policy.Context{}
	var try func(rest attempts) bool
	try = func(rest attempts) bool {
		if len(rest) == 0 {
			return do(c)
		}
		for _, v := range rest[0].values {
			c[rest[0].key] = v
			if !try(rest[1:]) {
				return false
			}
		}
		return true
	}
	try(open)
	return true
}

// isOpen reports whether requests about a target are to be tried with several values.
func (an *Analysis) isOpen(ti int32) bool { return an.unsettled != nil && len(an.unsettled[ti]) > 0 }

// choose finds a value of a key, nil for leaving it out, with which each statement's conditions on it come out as the
// caller wants; false where none is found or no statement asks. Where none is found, tries are the values that make a difference,
// if all of them can be told.
func (an *Analysis) choose(key string, about []*statement) (values []string, ok bool, tries [][]string) {
	type ask struct {
		stack *policy.Stack
		want  bool
	}
	var asks []ask
	candidates, all := [][]string{nil}, true
	for _, s := range about {
		copied := &policy.Statement{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}}
		for _, c := range s.from.Conditions {
			if strings.ToLower(c.Key) != key {
				continue
			}
			copied.Conditions = append(copied.Conditions, c)
			all = all && tellsApart(c)
			for _, v := range c.Values {
				candidates = append(candidates, valuesNear(v)...)
			}
			candidates = append(candidates, slices.Clone(c.Values))
		}
		if copied.Conditions == nil {
			continue
		}
		if !an.carries(s, key) {
			return nil, false, nil
		}
		asks = append(asks, ask{&policy.Stack{Identity: program(&policy.Document{Version: s.doc.Version, Statements: []*policy.Statement{copied}})}, !s.deny})
	}
	if len(asks) == 0 {
		return nil, false, nil
	}
	candidates = append(candidates, []string{anyName})
	for _, v := range candidates {
		req := policy.Request{Principal: "arn:aws:iam::" + somebody + ":role/" + anyName, Action: "bulkhead:Any", Resource: "*", Open: true, Context: policy.Context{key: v}}
		if v == nil {
			req.Context, req.Absent = nil, []string{key}
		}
		if !slices.ContainsFunc(asks, func(a ask) bool {
			d := a.stack.Evaluate(req)
			return d.Outcome == policy.Allowed != a.want || a.want && !d.Must
		}) {
			return v, true, nil
		}
		if all && !slices.ContainsFunc(tries, func(x []string) bool { return (x == nil) == (v == nil) && slices.Equal(x, v) }) {
			tries = append(tries, v)
		}
	}
	return nil, false, tries
}

// tellsApart reports whether a condition tells no values apart but those that it names, by equality or as numbers, all others, and
// none.
func tellsApart(c policy.Condition) bool {
	plain := func(v string) bool { return !strings.Contains(v, "${") }
	switch {
	case strings.EqualFold(c.Operator, "Null"):
		return true
	case !slices.ContainsFunc(c.Values, func(v string) bool { return !plain(v) }):
	default:
		return false
	}
	operator := strings.ToLower(c.Operator)
	operator = strings.TrimSuffix(operator, "ifexists")
	switch operator {
	case "stringequals", "stringnotequals":
		return true
	case "stringlike", "stringnotlike":
		return !slices.ContainsFunc(c.Values, func(v string) bool { return strings.ContainsAny(v, "*?") })
	}
	return strings.HasPrefix(operator, "numeric") && !slices.ContainsFunc(c.Values, func(v string) bool {
		_, ok := new(big.Int).SetString(v, 10)
		return !ok
	})
}

// valuesNear are values that a condition's value may be about: itself, and of a number, its neighbours.
func valuesNear(v string) [][]string {
	out := [][]string{{instance(v)}}
	if n, ok := new(big.Int).SetString(v, 10); ok {
		for _, d := range []int64{-1, 1} {
			out = append(out, []string{new(big.Int).Add(n, big.NewInt(d)).String()})
		}
	}
	return out
}

// carries reports whether all that a statement is about are calls in which the caller writes a key.
func (an *Analysis) carries(s *statement, key string) bool {
	if key == "aws:referer" || key == "aws:useragent" {
		return true
	}
	if s.from.NotAction {
		return false
	}
	head, _, tagged := strings.Cut(key, "/")
	writes := func(keys []string) bool {
		return slices.ContainsFunc(keys, func(k string) bool {
			k = strings.ToLower(k)
			return k == key || tagged && strings.HasPrefix(k, head+"/")
		})
	}
	for _, p := range s.from.Actions {
		actions := an.world.catalog.Expand(p)
		if len(actions) == 0 {
			return false
		}
		for _, a := range actions {
			// A token, and nothing else, says whom it is for.
			if token := strings.HasSuffix(key, ":aud"); token && a.Name != "AssumeRoleWithWebIdentity" || !token && !writes(a.ConditionKeys) {
				return false
			}
		}
	}
	return true
}

// choice is what the attacker writes for a key in requests about a target, nil for none; nil where it leaves the key out;
// false where that is not settled.
func (an *Analysis) choice(t *target, key string) ([]string, bool) {
	c := an.choicesOn(t)
	if c == nil {
		return nil, false
	}
	v, ok := c[key]
	return v, ok
}

func (an *Analysis) choicesOn(t *target) policy.Context {
	if an.choices == nil {
		return nil
	}
	if t == nil {
		return an.choices[len(an.choices)-1]
	}
	return an.choices[an.world.byID[t.id]]
}

func sameChoices(a, b []policy.Context) bool {
	return slices.EqualFunc(a, b, func(x, y policy.Context) bool {
		return maps.EqualFunc(x, y, func(v, w []string) bool { return (v == nil) == (w == nil) && slices.Equal(v, w) })
	})
}

// sameAttempts reports whether two analyses try the same.
func sameAttempts(a, b []attempts) bool {
	return slices.EqualFunc(a, b, func(x, y attempts) bool {
		return slices.EqualFunc(x, y, func(v, w attempt) bool {
			return v.key == w.key && slices.EqualFunc(v.values, w.values, func(p, q []string) bool { return (p == nil) == (q == nil) && slices.Equal(p, q) })
		})
	})
}
