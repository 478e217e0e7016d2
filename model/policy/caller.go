package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Requests as AWS sees them: what their keys say of the caller is what follows from the caller ("AWS global condition context
// keys"; "IAM policy elements: Variables and tags", the table of principals).

// As is the request as another principal makes it, on a resource of that principal's account unless its ARN tells of another. What
// its keys say of the caller stays where it is true of the principal.
func (r *Request) As(principal string) Request {
	c := parseCaller(principal)
	out := *r
	out.Principal, out.ResourceAccount = principal, c.account
	if f, ok := splitARN(r.Resource); ok && isAccountID(f[4]) {
		out.ResourceAccount = f[4]
	}
	out.Context, out.Over = r.whole(), nil
	maps.DeleteFunc(out.Context, func(key string, values []string) bool { return callerKeys[key] && !c.told(key, values) })
	out.Absent = slices.DeleteFunc(slices.Clone(r.Absent), func(key string) bool { return callerKeys[key] })
	return out
}

// told reports whether a key may tell more of a caller than follows from its ARN: the path of a session's role, a unique id.
func (c *caller) told(key string, values []string) bool {
	if len(values) != 1 {
		return false
	}
	switch key {
	case "aws:principalarn":
		role := parseCaller(values[0])
		return c.typ == typeSession && role.typ == typeRole && role.account == c.account && role.name == c.name && role.partition == c.partition
	case "aws:userid":
		id, session, ok := strings.Cut(values[0], ":")
		switch c.typ {
		case typeUser:
			return !ok && id != ""
		case typeRole:
			return ok && id != "" && session != ""
		case typeSession:
			return ok && id != "" && strings.HasSuffix(c.arn, "/"+session)
		case typeUnknown, typeFederated, typeRoot, typeService, typeProvider, typeAnonymous:
		}
	}
	return false
}

// callers lists who may make a request: those of whom its keys tell, in the accounts of which its resource and its keys do.
func (r *Request) callers() []string {
	one := func(key string) string {
		if v := r.Context[key]; len(v) == 1 {
			return v[0]
		}
		return ""
	}
	var out []string
	add := func(principal string) {
		if !slices.Contains(out, principal) {
			out = append(out, principal)
		}
	}
	id, session, isSession := strings.Cut(one("aws:userid"), ":")
	if c := parseCaller(one("aws:principalarn")); c.isIAM() && c.typ != typeRoot && isAccountID(c.account) && c.name != "" {
		if c.typ == typeRole && session != "" {
			add("arn:" + c.partition + ":sts::" + c.account + ":assumed-role/" + c.name + "/" + session)
		}
		add(c.arn)
	}
	asked := slices.ContainsFunc(r.Absent, func(key string) bool { return callerKeys[key] })
	for key := range r.Context {
		asked = asked || callerKeys[key]
	}
	accounts := []string{}
	if f, ok := splitARN(r.Resource); ok {
		accounts = append(accounts, f[4])
	}
	for _, key := range []string{"aws:principalaccount", "aws:resourceaccount", "kms:calleraccount", "s3:resourceaccount"} {
		accounts = append(accounts, one(key))
	}
	for _, account := range append(accounts, witnessAccount) {
		if !isAccountID(account) {
			continue
		}
		user, role := "arn:aws:iam::"+account+":user/", "arn:aws:iam::"+account+":role/witness"
		typ, name := one("aws:principaltype"), one("aws:username")
		if name != "" || typ == "User" || id != "" && !isSession {
			add(user + cmp.Or(name, "witness"))
		}
		if session != "" && id == account {
			add("arn:aws:sts::" + account + ":federated-user/" + session)
		} else if session != "" {
			add("arn:aws:sts::" + account + ":assumed-role/witness/" + session)
		}
		if typ == "FederatedUser" {
			add("arn:aws:sts::" + account + ":federated-user/witness")
		}
		add(role)
		if asked || usersAlone[lowerASCII(r.Action)] {
			add(user + "witness")
		}
	}
	return out
}

// usersAlone are calls that need more than the credentials of a session.
var usersAlone = map[string]bool{"sts:getfederationtoken": true, "sts:getsessiontoken": true}

// fits reports whether what a request's keys say of its caller is true of it.
func (r *Request) fits() bool {
	is := r.As(r.Principal)
	return maps.EqualFunc(is.Context, r.Context, slices.Equal) && slices.Equal(is.Absent, r.Absent)
}

// real reports whether requests of IAM principals can have these values of a key, nil for none: some keys are always there, some
// never, and what AWS sends as a number, a date, an address or a boolean is one.
func (s *keySpace) real(values []string) bool {
	switch s.key {
	case "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:resourceaccount", "kms:calleraccount", "s3:resourceaccount":
		if values == nil {
			return false
		}
	case "aws:principalisawsservice":
		return len(values) == 1 && values[0] == "false"
	case "aws:principalservicename":
		return values == nil
	}
	return !slices.ContainsFunc(values, s.never)
}

// A form is what values of a key of the caller look like: is tells, and strings that match the same of some patterns all are or all
// are not.
type form struct {
	patterns [][]symbol
	is       func(string) bool
}

var callerForms = func() map[string]form {
	patterns := func(texts ...string) (out [][]symbol) {
		for _, text := range texts {
			out = append(out, symbols(text, syntax{wildcards: true}))
		}
		return out
	}
	return map[string]form{
		"aws:principalarn": {
			[][]symbol{arnSymbols("arn:?*:iam::*:user/?*"), arnSymbols("arn:?*:iam::*:role/?*"), arnSymbols("arn:?*:sts::*:federated-user/?*")},
			func(value string) bool {
				f, ok := splitARN(value)
				kind, name, _ := strings.Cut(f[5], "/")
				return ok && f[1] != "" && f[3] == "" && name != "" && (f[2] == "iam" && (kind == "user" || kind == "role") || f[2] == "sts" && kind == "federated-user")
			},
		},
		"aws:principaltype": {patterns(callerTypes...), func(value string) bool { return slices.Contains(callerTypes, value) }},
		"aws:username":      {patterns("?*"), func(value string) bool { return value != "" }},
		// The id of a user, or that of a role or an account and the name of a session, which has two characters at least.
		"aws:userid": {patterns("?*", "*:*", ":*", "?*:??*", "*:*:*"), func(value string) bool {
			id, session, ok := strings.Cut(value, ":")
			return id != "" && (!ok || len([]rune(session)) > 1 && !strings.Contains(session, ":"))
		}},
	}
}()

// callerTypes are those of IAM principals with policies of their own, as aws:PrincipalType names them.
var callerTypes = []string{"User", "AssumedRole", "FederatedUser"}

// of reports whether what a point says of its key may be true of a caller of a type.
func (s *keySpace) of(p keyPoint, typ string) bool {
	if p.open || s.key != "aws:username" && (len(p.values) != 1 || s.conditions[0].family() != familyText) {
		return true
	}
	switch s.key {
	case "aws:username":
		return (p.values != nil) == (typ == "User")
	case "aws:principaltype":
		return p.values[0] == typ
	case "aws:principalarn":
		f, _ := splitARN(p.values[0])
		return strings.HasPrefix(f[5], map[string]string{"User": "user/", "AssumedRole": "role/", "FederatedUser": "federated-user/"}[typ])
	case "aws:userid":
		return strings.Contains(p.values[0], ":") == (typ != "User")
	}
	return true
}

// never reports a value that the key does not have, by its form or by its type, where the conditions read values as that type.
func (s *keySpace) never(value string) bool {
	ok := true
	switch family := s.conditions[0].family(); {
	case family == familyText && callerForms[s.key].is != nil:
		ok = callerForms[s.key].is(value)
	case family == familyBool && s.typ == "Bool":
		_, ok = parseFlag(value)
	case family == familyNumber && s.typ == "Numeric":
		_, ok = parseDecimal(value)
	case family == familyDate && s.typ == "Date":
		_, ok = parseInstant(value)
	case family == familyIP && s.typ == "IPAddress":
		_, ok = parseNet(value)
	}
	return !ok
}
